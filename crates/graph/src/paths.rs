//! All paths from an output down to an input, with the product of the local derivatives along each.
//!
//! The chain rule says that ∂output/∂input is the sum of these products. Paths can be exponentially many (x doubled
//! n times by x + x has 2ⁿ), so they are counted first, by one pass over the nodes, and then listed up to a bound.
//!
//! Invariant: the walk never enters a node that has no path to the input, so each step belongs to a listed path.

use crate::node::{Node, NodeKind};
use crate::nodes::Nodes;
use crate::real::Real;
use crate::rules::Rules;
use crate::run::{Edge, Run};
use crate::sweep;

/// Paths from one node to another, from [`Run::paths`].
#[derive(Clone, Debug)]
pub struct Paths<'g, R> {
    listed: Vec<Path<'g, R>>,
    total: u128,
}

/// One path: its edges from the output down to the input, and the product of their local derivatives.
#[derive(Clone, Debug)]
pub struct Path<'g, R> {
    /// The edges, from the output down.
    pub edges: Vec<Edge<'g, R>>,
    /// The product of the edges' partials; 1 for the path without edges.
    pub product: R,
}

impl<'g, R> Paths<'g, R> {
    /// How many paths there are, listed or not; `u128::MAX` stands for that many or more.
    pub fn total(&self) -> u128 {
        self.total
    }

    /// Whether all paths are listed.
    pub fn is_complete(&self) -> bool {
        self.listed.len() as u128 == self.total
    }

    /// The number of paths listed.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether no path is listed.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The listed paths, first arguments first.
    pub fn iter(&self) -> std::slice::Iter<'_, Path<'g, R>> {
        self.listed.iter()
    }
}

impl<'p, 'g, R> IntoIterator for &'p Paths<'g, R> {
    type Item = &'p Path<'g, R>;
    type IntoIter = std::slice::Iter<'p, Path<'g, R>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'g, R> Path<'g, R> {
    /// The nodes along the path, from the output to the input; none for the path without edges.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'g>> {
        let output = self.edges.first().map(|edge| edge.node);
        output.into_iter().chain(self.edges.iter().map(|edge| edge.argument))
    }
}

pub(crate) fn between<'g, R: Real, T: Rules>(
    run: &Run<'g, R, T>,
    nodes: &Nodes,
    output: usize,
    input: usize,
    limit: usize,
) -> Paths<'g, R> {
    let counts = count(nodes, output, input);
    let total = counts[output];
    let mut walk = Walk { run, nodes, counts: &counts, path: Vec::new(), levels: Vec::new() };
    let mut listed = Vec::new();
    let mut next = (total > 0).then_some(output);
    while let Some(node) = next.filter(|_| listed.len() < limit) {
        if node == input {
            listed.push(walk.path());
        }
        walk.enter(node);
        next = walk.advance();
    }
    Paths { listed, total }
}

/// The number of paths from each node up to the output down to the input.
fn count(nodes: &Nodes, output: usize, input: usize) -> Vec<u128> {
    let mut counts = vec![0_u128; output + 1];
    if input <= output {
        counts[input] = 1;
    }
    for index in input + 1..=output {
        let through = |&argument: &u32| counts[argument as usize];
        counts[index] = nodes.arguments(index).iter().map(through).fold(0, u128::saturating_add);
    }
    counts
}

/// A depth-first walk with a stack of its own.
struct Walk<'w, 'g, R, T> {
    run: &'w Run<'g, R, T>,
    nodes: &'w Nodes,
    counts: &'w [u128],
    /// The edges from the output to the current node.
    path: Vec<Edge<'g, R>>,
    /// For each node on the way the edges still to be tried with the node each leads to, the next one last.
    levels: Vec<Vec<(usize, Edge<'g, R>)>>,
}

impl<'g, R: Real, T: Rules> Walk<'_, 'g, R, T> {
    fn enter(&mut self, node: usize) {
        let arguments = self.nodes.arguments(node).iter().map(|&argument| argument as usize);
        let edges = arguments.zip(self.run.edges_at(node));
        let mut edges: Vec<_> = edges.filter(|&(argument, _)| self.counts[argument] > 0).collect();
        edges.reverse();
        self.levels.push(edges);
    }

    /// Moves along the next edge in depth-first order, to the node that is returned; `None` at the end.
    fn advance(&mut self) -> Option<usize> {
        while let Some(edges) = self.levels.last_mut() {
            if let Some((argument, edge)) = edges.pop() {
                self.path.push(edge);
                return Some(argument);
            }
            self.levels.pop();
            self.path.pop();
        }
        None
    }

    fn path(&self) -> Path<'g, R> {
        let through = |product: R, edge: &Edge<'g, R>| {
            let is_weight =
                matches!(edge.node.kind(), NodeKind::Operation(op) if op.is_weight(edge.position));
            sweep::carried(self.run.rules(), is_weight, &product, &edge.partial)
        };
        Path { edges: self.path.clone(), product: self.path.iter().fold(R::constant(1.0), through) }
    }
}
