//! Printing: a node as a formula, in text or LaTeX, from the forms in the table.
//!
//! Invariant: printing always ends soon. A formula deeper or longer than the bounds below shows the rest by
//! name or index, since the text of a shared sub-expression can grow exponentially and a chain has no end.

use std::fmt;

use crate::form::Printed;
use crate::graph::Graph;
use crate::node::{Node, NodeKind, Place};
use crate::notation::Notation;

/// How many operations a printed formula may nest.
const DEEPEST: usize = 100;
/// How many nodes a printed formula may show.
const LONGEST: usize = 10_000;

impl Node<'_> {
    /// The formula in text, down to the leaves; [`to_string`](ToString::to_string) stops at named nodes.
    ///
    /// ```
    /// # use chainrule_graph::Graph;
    /// let g = Graph::new();
    /// let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
    /// let j = 3.0 * (a + (b * c).named("u"));
    /// assert_eq!(j.formula(), "3 * (a + b * c)");
    /// assert_eq!(j.to_string(), "3 * (a + u)");
    /// ```
    pub fn formula(self) -> String {
        Printer { notation: Notation::Text, through_names: true, shown: 0 }.print(self, 0).into_text()
    }

    /// The formula in LaTeX, down to the leaves.
    ///
    /// ```
    /// # use chainrule_graph::{Graph, Real};
    /// let g = Graph::new();
    /// let j = (g.parameter("w1") / g.parameter("b")).sqrt();
    /// assert_eq!(j.latex(), r"\sqrt{\frac{w_{1}}{b}}");
    /// ```
    pub fn latex(self) -> String {
        Printer { notation: Notation::Latex, through_names: true, shown: 0 }.print(self, 0).into_text()
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer { notation: Notation::Text, through_names: false, shown: 0 };
        printer.print(*self, 0).fmt(f)
    }
}

struct Printer {
    notation: Notation,
    /// Whether a named node below the root is shown by its formula.
    through_names: bool,
    shown: usize,
}

impl Printer {
    fn print(&mut self, node: Node<'_>, depth: usize) -> Printed {
        self.shown += 1;
        match (node.kind(), node.0) {
            (NodeKind::Constant(value), place) if node.name().is_none() || self.through_names => {
                match place {
                    Place::At(graph, _) => constant(self.notation, graph, value),
                    Place::Nowhere(_) | Place::Poisoned(..) => self.notation.number(value),
                }
            }
            (NodeKind::Operation(op), _) if self.goes_into(node, depth) => {
                let arguments: Vec<_> =
                    node.arguments().into_iter().map(|argument| self.print(argument, depth + 1)).collect();
                self.notation.operation(op, &arguments)
            }
            (_, Place::At(graph, index)) => match graph.name_of(index) {
                Some(name) => self.notation.name(&name),
                None => Printed::atom(left_out(self.notation, &graph.label(index))),
            },
            (_, Place::Nowhere(_) | Place::Poisoned(..)) => Printed::atom("?".to_owned()),
        }
    }

    fn goes_into(&self, node: Node<'_>, depth: usize) -> bool {
        let wanted = depth == 0 || self.through_names || node.name().is_none();
        wanted && depth < DEEPEST && self.shown < LONGEST
    }
}

/// The index of what is left out, which is no name.
fn left_out(notation: Notation, label: &str) -> String {
    if notation == Notation::Latex { format!("\\{label}") } else { label.to_owned() }
}

/// A constant of a graph: its symbol, unless a node has that name, or its digits.
pub(crate) fn constant(notation: Notation, graph: &Graph, value: f64) -> Printed {
    match notation.symbol(value) {
        Some((name, printed)) if graph.find(name).is_none() => printed,
        _ => notation.number(value),
    }
}
