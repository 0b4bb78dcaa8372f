//! A whole graph in text: a label for every node, and the statements that read back as the graph.
//!
//! Invariant: [`Graph::parse`] reads what is printed here, into an empty graph, as the same graph.

use std::fmt;

use crate::form::Printed;
use crate::formula::constant;
use crate::graph::Graph;
use crate::lexer::written;
use crate::node::{Node, NodeKind};
use crate::notation::{Notation, value_of_symbol};

/// How many operations a statement may nest: fewer than [`Graph::parse`] reads, and no more than a reader follows.
const DEEPEST: usize = 50;

impl Graph {
    /// A label for each node, in order: its name; of an operation without one the first of u, v, n3, n4, … that is free;
    /// of a constant without one its value.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// g.parse("3 * (a + b*c)")?;
    /// assert_eq!(g.labels(), ["3", "a", "b", "c", "u", "v", "J"]);
    /// # Ok::<(), chainrule_graph::Error>(())
    /// ```
    pub fn labels(&self) -> Vec<String> {
        let mut free = (1_usize..).map(candidate).filter(|candidate| self.find(candidate).is_none());
        let label = |node: Node<'_>| match (node.name(), node.kind()) {
            (Some(name), _) => name,
            (None, NodeKind::Operation(_)) => free.next().unwrap_or_default(),
            (None, _) => node.to_string(),
        };
        self.nodes().map(label).collect()
    }
}

/// The short name of the operation without a name that is the `number`-th of them, if it is free.
fn candidate(number: usize) -> String {
    match number {
        1 => "u".to_owned(),
        2 => "v".to_owned(),
        _ => format!("n{number}"),
    }
}

/// The graph as statements, as [`Graph::parse`] reads them: every node that has a name, is used more than once, or is
/// a result is one; the others are written where they are used.
///
/// Read into an empty graph they make the same leaves in the same order, the same operations, and the same names. A
/// node without a name that is a statement of its own has its [label](Graph::labels) for a name, the last result `J`.
/// A text that is longer than `parse` reads, or has a [`dot`](crate::Op::Dot) of an odd number of arguments, does not
/// read back; neither does that of a graph without leaves and operations, which is empty.
///
/// ```
/// use chainrule_graph::{Graph, Real};
///
/// let g = Graph::new();
/// let (b, a) = (g.data("b"), g.parameter("learning rate"));
/// let u = a * b;
/// let _ = (u * u).exp().named("J");
/// assert_eq!(g.to_string(), "data b; u = `learning rate` * b; J = exp(u * u)");
/// let h = Graph::new();
/// h.parse(&g.to_string())?;
/// assert_eq!(h.to_string(), g.to_string());
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Listing::new(self).statements().join("; "))
    }
}

/// A graph on its way to text.
struct Listing<'g> {
    graph: &'g Graph,
    nodes: Vec<Node<'g>>,
    labels: Vec<String>,
    /// Whether each node is a statement of its own.
    apart: Vec<bool>,
}

impl<'g> Listing<'g> {
    fn new(graph: &'g Graph) -> Self {
        let nodes: Vec<_> = graph.nodes().collect();
        let apart = apart(&nodes);
        Listing { graph, nodes, labels: graph.labels(), apart }
    }

    fn statements(&self) -> Vec<String> {
        let apart = self.nodes.iter().filter(|node| self.is_apart(**node));
        self.declarations().into_iter().chain(apart.map(|&node| self.statement(node))).collect()
    }

    fn is_apart(&self, node: Node<'_>) -> bool {
        node.index().is_some_and(|index| self.apart[index])
    }

    fn statement(&self, node: Node<'g>) -> String {
        let formula = self.formula(node);
        match node.index().filter(|index| node.name().is_some() || index + 1 < self.nodes.len()) {
            Some(index) => format!("{} = {formula}", written(&self.labels[index])),
            None => formula.into_text(), // the last result may go without a name
        }
    }

    fn formula(&self, node: Node<'g>) -> Printed {
        match node.kind() {
            NodeKind::Operation(op) => {
                let arguments: Vec<_> =
                    node.arguments().into_iter().map(|argument| self.operand(argument)).collect();
                Notation::Source.operation(op, &arguments)
            }
            NodeKind::Constant(value) => constant(Notation::Source, self.graph, value),
            NodeKind::Parameter | NodeKind::Data | NodeKind::Poisoned => self.name(node),
        }
    }

    fn operand(&self, node: Node<'g>) -> Printed {
        if self.is_apart(node) { self.name(node) } else { self.formula(node) }
    }

    fn name(&self, node: Node<'g>) -> Printed {
        Notation::Source.name(node.index().map_or("", |index| &self.labels[index]))
    }

    /// The leaves that the formulas do not make by themselves: those up to the last that is data or unused, has the name
    /// of a constant, or does not stand in the order in which the formulas first use them.
    fn declarations(&self) -> Vec<String> {
        let is_leaf = |node: &Node<'_>| matches!(node.kind(), NodeKind::Parameter | NodeKind::Data);
        let leaves: Vec<_> = self.nodes.iter().copied().filter(is_leaf).collect();
        let first_uses = self.first_uses();
        let first_use = |leaf: Node<'_>| leaf.index().and_then(|index| first_uses[index]);
        let mut declared = leaves.len();
        let mut next_use = usize::MAX;
        while let Some(&leaf) = declared.checked_sub(1).and_then(|last| leaves.get(last)) {
            let needs_none =
                leaf.kind() == NodeKind::Parameter && !leaf.name().is_some_and(|name| is_constant(&name));
            match first_use(leaf) {
                Some(place) if needs_none && place < next_use => next_use = place,
                _ => break,
            }
            declared -= 1;
        }
        let kinds = leaves[..declared].chunk_by(|one, other| one.kind() == other.kind());
        kinds.map(|leaves| self.declaration(leaves)).collect()
    }

    fn declaration(&self, leaves: &[Node<'g>]) -> String {
        let names: Vec<_> = leaves.iter().map(|&leaf| self.name(leaf).into_text()).collect();
        let is_data = leaves.first().is_some_and(|leaf| leaf.kind() == NodeKind::Data);
        format!("{} {}", if is_data { "data" } else { "parameter" }, names.join(", "))
    }

    /// Where in the order of the text each node is first used.
    fn first_uses(&self) -> Vec<Option<usize>> {
        let mut uses = vec![None; self.nodes.len()];
        let mut count = 0;
        for &statement in self.nodes.iter().filter(|node| self.is_apart(**node)) {
            let mut open = vec![statement];
            while let Some(node) = open.pop() {
                if let Some(index) = node.index() {
                    uses[index].get_or_insert(count);
                    count += 1;
                }
                let inner = node.index() == statement.index() || !self.is_apart(node);
                open.extend(node.arguments().into_iter().rev().filter(|_| inner));
            }
        }
        uses
    }
}

fn is_constant(name: &str) -> bool {
    value_of_symbol(name).is_some()
}

/// Which nodes are statements of their own: constants with a name, and operations that have a name, are not used exactly
/// once, or nest too deep; and the last node, if nothing comes of it.
fn apart(nodes: &[Node<'_>]) -> Vec<bool> {
    let mut uses = vec![0_usize; nodes.len()];
    nodes
        .iter()
        .flat_map(|node| node.arguments())
        .filter_map(|node| node.index())
        .for_each(|index| uses[index] += 1);
    let mut depths = vec![0_usize; nodes.len()];
    let mut apart = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let is_apart = match node.kind() {
            NodeKind::Operation(_) => {
                let inner = node.arguments().into_iter().filter_map(|argument| argument.index());
                depths[index] = 1 + inner.map(|argument| depths[argument]).max().unwrap_or(0);
                node.name().is_some() || uses[index] != 1 || depths[index] == DEEPEST
            }
            NodeKind::Constant(_) => node.name().is_some() || (uses[index] == 0 && index + 1 == nodes.len()),
            NodeKind::Parameter | NodeKind::Data | NodeKind::Poisoned => false,
        };
        if is_apart {
            depths[index] = 0;
        }
        apart.push(is_apart);
    }
    apart
}
