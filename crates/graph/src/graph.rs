//! `Graph`: define a computation by writing formulas, then run it as often as wanted.
//!
//! A graph is a list of nodes. Its leaves are *parameters* (what one differentiates by), *data* (one value
//! an example) and constants; every other node is an operation of earlier nodes.
//!
//! Invariant: nodes are only ever added, and an evaluation ([`Run`]) sees the graph as it was when it began.
//! A mistake while building (a name given twice, operands of two graphs) does not panic: the node it concerns is
//! *poisoned*, so is everything made from it, and asking for its value returns the error.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::error::Error;
use crate::node::{Located, Node, NodeKind, Place};
use crate::nodes::{Index, Kind, Nodes};
use crate::op::Op;
use crate::owner::Owner;
use crate::real::Real;
use crate::rules::{Rules, Table};
use crate::run::Run;
use crate::sweep;

/// A computational graph of scalar nodes.
///
/// ```
/// use chainrule_graph::Graph;
///
/// let g = Graph::new();
/// let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
/// let u = (b * c).named("u");
/// let v = (a + u).named("v");
/// let j = (3.0 * v).named("J");
///
/// let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?; // forward
/// assert_eq!(run.value(j)?, 33.0);
/// let d = run.gradient(j)?; // reverse
/// assert_eq!((d[a], d[b], d[c]), (3.0, 6.0, 9.0));
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// A graph and its nodes stay in the thread that made them.
#[derive(Debug)]
pub struct Graph {
    owner: Owner,
    // Shared with the runs: an evaluation keeps its own view at no cost, and the list is copied only if
    // nodes are added while a run is alive.
    nodes: RefCell<Rc<Nodes>>,
    names: RefCell<Names>,
    faults: RefCell<Vec<Error>>,
}

#[derive(Debug, Default)]
struct Names {
    by_node: BTreeMap<Index, String>,
    by_name: HashMap<String, Index>,
}

impl Names {
    /// All names with commas, in the order of their nodes.
    fn known(&self) -> String {
        if self.by_node.is_empty() {
            return "none".to_owned();
        }
        self.by_node.values().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl Default for Graph {
    fn default() -> Self {
        Graph::new()
    }
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Self {
        Graph {
            owner: Owner::graph(),
            nodes: RefCell::default(),
            names: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    /// The identity by which errors name this graph.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// A new leaf to differentiate by. A name that is taken gives a poisoned node.
    pub fn parameter(&self, name: &str) -> Node<'_> {
        self.leaf(Kind::Parameter, name)
    }

    /// A new leaf that holds one value an example. A name that is taken gives a poisoned node.
    pub fn data(&self, name: &str) -> Node<'_> {
        self.leaf(Kind::Data, name)
    }

    /// A new leaf with a fixed value.
    ///
    /// Only needed for a constant that is asked for by itself: `3.0 * v` makes its own.
    pub fn constant(&self, value: f64) -> Node<'_> {
        if self.has_room(0) {
            self.placed(self.push(|nodes| nodes.push_constant(value)))
        } else {
            self.fault(Error::Full { graph: self.owner })
        }
    }

    /// The node with this name.
    ///
    /// # Errors
    /// [`Error::UnknownName`], with the names there are.
    pub fn node(&self, name: &str) -> Result<Node<'_>, Error> {
        let names = self.names.borrow();
        match names.by_name.get(name) {
            Some(&index) => Ok(self.placed(index)),
            None => {
                Err(Error::UnknownName { graph: self.owner, name: name.to_owned(), known: names.known() })
            }
        }
    }

    /// All nodes in the order of their creation: arguments come before what is made from them.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.len()).map(|index| self.placed(index as Index))
    }

    /// The node of an index, if there is one; `nodes().nth(index)` would count.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    ///
    /// let graph = Graph::new();
    /// let x = graph.parameter("x");
    /// assert_eq!(graph.nth(0).map(|node| node.formula()), Some(x.formula()));
    /// assert!(graph.nth(1).is_none());
    /// ```
    pub fn nth(&self, index: usize) -> Option<Node<'_>> {
        (index < self.len()).then(|| self.placed(index as Index))
    }

    /// The parameters, in the order of their creation.
    pub fn parameters(&self) -> impl Iterator<Item = Node<'_>> {
        let nodes = self.snapshot();
        (0..nodes.len())
            .filter(move |&index| nodes.kind(index) == Kind::Parameter)
            .map(|index| self.placed(index as Index))
    }

    /// The number of nodes, constants included.
    pub fn len(&self) -> usize {
        self.nodes.borrow().len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Evaluates every node, with a value for every parameter and data node: the forward sweep.
    ///
    /// The values may be of any [`Real`]: dual numbers for a directional derivative, nodes for a substitution.
    ///
    /// # Errors
    /// [`Error::MissingBinding`], [`Error::DuplicateBinding`], [`Error::NotALeaf`], [`Error::NotInGraph`], or
    /// the error that poisoned a node in the list.
    pub fn at<R: Real>(&self, bindings: &[(Node<'_>, R)]) -> Result<Run<'_, R>, Error> {
        self.at_with(Table, bindings)
    }

    /// The same as [`at`](Self::at) with another set of rules.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn at_with<R: Real, T: Rules>(
        &self,
        rules: T,
        bindings: &[(Node<'_>, R)],
    ) -> Result<Run<'_, R, T>, Error> {
        let nodes = self.snapshot();
        let mut leaves = self.bind(&nodes, bindings)?;
        let values = sweep::forward(&nodes, &rules, |index| {
            let missing = || Error::MissingBinding { graph: self.owner, name: self.label(index as Index) };
            leaves[index].take().ok_or_else(missing)
        })?;
        Ok(Run::new(self, nodes, values, rules))
    }

    /// ∂output/∂input for each input, as new nodes of this graph: the reverse sweep over expressions.
    ///
    /// Derivatives can be differentiated again. Where the output does not depend on an input, the
    /// derivative is the constant 0. Where the output is not finite, a derivative that is no constant
    /// is NaN.
    ///
    /// ```
    /// use chainrule_graph::{Graph, Real};
    ///
    /// let g = Graph::new();
    /// let x = g.parameter("x");
    /// let slope = g.derivative(x.sin() * x, &[x])?[0];
    /// let curvature = g.derivative(slope, &[x])?[0];
    /// let run = g.at(&[(x, 0.0)])?;
    /// assert_eq!(run.value(curvature)?, 2.0); // 2·cos x − x·sin x
    /// # Ok::<(), chainrule_graph::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInGraph`], or the error that poisoned a node.
    pub fn derivative<'g>(&'g self, output: Node<'g>, inputs: &[Node<'g>]) -> Result<Vec<Node<'g>>, Error> {
        let formulas = self.derivative_formulas(output, inputs)?;
        Ok(formulas.into_iter().map(|slope| of_finite(output, slope)).collect())
    }

    /// The same formulas as on paper: [`derivative`](Self::derivative) without a look at the output's value.
    ///
    /// What is made of them (a Hessian's columns, a program that looks at the output itself) may be simpler; where the output is
    /// not finite they may be.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative).
    pub fn derivative_formulas<'g>(
        &'g self,
        output: Node<'g>,
        inputs: &[Node<'g>],
    ) -> Result<Vec<Node<'g>>, Error> {
        let inputs = inputs.iter().map(|&input| self.locate(input)).collect::<Result<Vec<_>, _>>()?;
        let zero = Node::constant(0.0);
        let Located::At(output) = self.locate(output)? else {
            return Ok(vec![zero; inputs.len()]);
        };
        let nodes = self.snapshot();
        let values: Vec<Node<'g>> = (0..=output as Index).map(|index| self.placed(index)).collect();
        let active = depends_on(&nodes, &inputs);
        let adjoints = sweep::reverse(&nodes, &Table, &values, output, true, |index| active[index]);
        let at = |input| match input {
            Located::At(index) if index <= output => adjoints[index],
            Located::At(_) | Located::Nowhere(_) => zero, // made after the output, or no node of a graph
        };
        Ok(inputs.into_iter().map(at).collect())
    }

    /// ∂²output/∂inputᵢ∂inputⱼ as new nodes, row by row: [`derivative`](Self::derivative), twice. What stands on either side of the
    /// diagonal is the same node.
    ///
    /// # Errors
    /// As [`derivative`](Self::derivative).
    pub fn hessian<'g>(&'g self, output: Node<'g>, inputs: &[Node<'g>]) -> Result<Vec<Vec<Node<'g>>>, Error> {
        let slopes = self.derivative_formulas(output, inputs)?.into_iter().enumerate();
        let triangle = slopes.map(|(row, slope)| {
            let formulas = self.derivative_formulas(slope, &inputs[..=row])?;
            Ok(formulas.into_iter().map(|entry| of_finite(output, entry)).collect())
        });
        Ok(symmetric(&triangle.collect::<Result<Vec<_>, Error>>()?))
    }

    pub(crate) fn snapshot(&self) -> Rc<Nodes> {
        Rc::clone(&self.nodes.borrow())
    }

    pub(crate) fn placed(&self, index: Index) -> Node<'_> {
        Node(Place::At(self, index))
    }

    /// The node with this name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<Node<'_>> {
        self.names.borrow().by_name.get(name).map(|&index| self.placed(index))
    }

    pub(crate) fn name_of(&self, index: Index) -> Option<String> {
        self.names.borrow().by_node.get(&index).cloned()
    }

    /// The node's name, or its index as `#3`.
    pub(crate) fn label(&self, index: Index) -> String {
        self.name_of(index).unwrap_or_else(|| format!("#{index}"))
    }

    /// A poisoned node that carries `error`.
    pub(crate) fn fault(&self, error: Error) -> Node<'_> {
        let mut faults = self.faults.borrow_mut();
        faults.push(error);
        Node(Place::Poisoned(self, (faults.len() - 1) as Index))
    }

    pub(crate) fn error_of(&self, fault: Index) -> Error {
        self.faults.borrow()[fault as usize].clone()
    }

    /// Where a node of this graph is, or a constant that belongs to no graph.
    pub(crate) fn locate(&self, node: Node<'_>) -> Result<Located, Error> {
        match node.0 {
            Place::Nowhere(value) => Ok(Located::Nowhere(value)),
            Place::Poisoned(graph, fault) => Err(graph.error_of(fault)),
            Place::At(graph, index) if graph.owner == self.owner => Ok(Located::At(index as usize)),
            Place::At(other, index) => {
                Err(Error::NotInGraph { node: index as usize, other: other.owner, graph: self.owner })
            }
        }
    }

    /// Adds the node of an operation, and of each constant among its arguments.
    pub(crate) fn operation<'g>(&'g self, op: Op, arguments: &[Node<'g>]) -> Node<'g> {
        if !self.has_room(2 * arguments.len()) {
            return self.fault(Error::Full { graph: self.owner });
        }
        let indices: Vec<Index> = arguments
            .iter()
            .filter_map(|argument| match argument.0 {
                Place::At(_, index) => Some(index),
                Place::Nowhere(value) => Some(self.push(|nodes| nodes.push_constant(value))),
                Place::Poisoned(..) => None, // the caller has sorted these out
            })
            .collect();
        self.placed(self.push(|nodes| nodes.push_operation(op, indices.into_iter())))
    }

    pub(crate) fn rename<'g>(&'g self, index: Index, name: &str) -> Node<'g> {
        let mut names = self.names.borrow_mut();
        match names.by_name.get(name) {
            Some(&holder) if holder == index => self.placed(index),
            Some(_) => self.fault(Error::DuplicateName { graph: self.owner, name: name.to_owned() }),
            None => {
                names.by_name.insert(name.to_owned(), index);
                if let Some(former) = names.by_node.insert(index, name.to_owned()) {
                    names.by_name.remove(&former);
                }
                self.placed(index)
            }
        }
    }

    fn leaf(&self, kind: Kind, name: &str) -> Node<'_> {
        if self.names.borrow().by_name.contains_key(name) {
            return self.fault(Error::DuplicateName { graph: self.owner, name: name.to_owned() });
        }
        if !self.has_room(0) {
            return self.fault(Error::Full { graph: self.owner });
        }
        let index = self.push(|nodes| nodes.push_leaf(kind));
        self.rename(index, name)
    }

    fn has_room(&self, arguments: usize) -> bool {
        self.nodes.borrow().has_room(arguments)
    }

    fn push(&self, add: impl FnOnce(&mut Nodes) -> Index) -> Index {
        add(Rc::make_mut(&mut self.nodes.borrow_mut()))
    }

    /// The value of every leaf that is bound, by its index.
    fn bind<R: Real>(&self, nodes: &Nodes, bindings: &[(Node<'_>, R)]) -> Result<Vec<Option<R>>, Error> {
        let mut leaves = vec![None; nodes.len()];
        for (node, value) in bindings {
            let index = self.leaf_index(nodes, *node)?;
            if leaves[index].replace(value.clone()).is_some() {
                return Err(Error::DuplicateBinding { graph: self.owner, name: self.label(index as Index) });
            }
        }
        Ok(leaves)
    }

    fn leaf_index(&self, nodes: &Nodes, node: Node<'_>) -> Result<usize, Error> {
        let not_a_leaf = |node: String| Error::NotALeaf { graph: self.owner, node };
        let Located::At(index) = self.locate(node)? else {
            return Err(not_a_leaf(node.to_string()));
        };
        match nodes.kind(index) {
            Kind::Parameter | Kind::Data => Ok(index),
            Kind::Constant(_) | Kind::Operation(_) => Err(not_a_leaf(self.label(index as Index))),
        }
    }
}

/// A derivative, NaN where the output is not finite; a constant stays one.
fn of_finite<'g>(output: Node<'g>, derivative: Node<'g>) -> Node<'g> {
    match derivative.kind() {
        NodeKind::Constant(_) => derivative,
        _ => sweep::of_finite(&Table, &output, &derivative),
    }
}

/// A square matrix by its lower triangle.
pub(crate) fn symmetric<R: Clone>(triangle: &[Vec<R>]) -> Vec<Vec<R>> {
    let entry = |row: usize, column: usize| triangle[row.max(column)][row.min(column)].clone();
    (0..triangle.len()).map(|row| (0..triangle.len()).map(|column| entry(row, column)).collect()).collect()
}

/// Whether each node depends on one of the inputs, itself included.
fn depends_on(nodes: &Nodes, inputs: &[Located]) -> Vec<bool> {
    let mut active = vec![false; nodes.len()];
    for input in inputs {
        if let Located::At(index) = *input {
            active[index] = true;
        }
    }
    for index in 0..nodes.len() {
        active[index] |= nodes.arguments(index).iter().any(|&argument| active[argument as usize]);
    }
    active
}
