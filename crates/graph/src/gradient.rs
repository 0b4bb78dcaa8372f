//! What a reverse sweep returns.
//!
//! Invariant: a gradient is a value of its own; it keeps no hold on the graph or tape, and nothing adds to it.

use std::ops::Index;

use crate::error::Error;
use crate::node::{Node, Place};
use crate::owner::Owner;
use crate::real::Real;
use crate::tape::Var;

/// The adjoints ∂output/∂node of an output with respect to every node of its graph or tape.
///
/// `gradient[node]` reads one. Nodes that the output does not depend on have adjoint 0.
#[derive(Clone, Debug)]
pub struct Gradient<R> {
    owner: Owner,
    adjoints: Vec<R>,
    /// Of a tape: how often it had been rewound.
    epoch: u32,
    zero: R,
}

impl<R: Real> Gradient<R> {
    pub(crate) fn new(owner: Owner, adjoints: Vec<R>) -> Self {
        Gradient { owner, adjoints, epoch: 0, zero: R::constant(0.0) }
    }

    /// Hands the room out for the adjoints of an output of a tape.
    pub(crate) fn refilled(&mut self, owner: Owner, epoch: u32) -> &mut Vec<R> {
        (self.owner, self.epoch) = (owner, epoch);
        &mut self.adjoints
    }

    /// The adjoint of a node.
    ///
    /// # Errors
    /// [`Error::NotInGraph`] if the node belongs to another graph, or the error that poisoned it.
    pub fn get(&self, node: Node<'_>) -> Result<&R, Error> {
        match node.0 {
            Place::Nowhere(_) => Ok(&self.zero),
            Place::At(graph, index) => self.of(graph.owner(), index as usize),
            Place::Poisoned(graph, fault) => Err(graph.error_of(fault)),
        }
    }

    /// The adjoint of a variable of a tape.
    ///
    /// # Errors
    /// [`Error::NotInGraph`] if the variable belongs to another tape, or the error that poisoned it.
    pub fn get_var<S: Real>(&self, variable: &Var<'_, S>) -> Result<&R, Error> {
        match variable.location()? {
            None => Ok(&self.zero),
            // Made after a rewinding after this gradient, at an index that another record may have had then.
            Some((owner, _, epoch)) if owner == self.owner && epoch > self.epoch => Ok(&self.zero),
            Some((owner, index, _)) => self.of(owner, index),
        }
    }

    /// The adjoints of all nodes, or variables and operations of a tape, in the order in which they were made, up to the output.
    ///
    /// Parameters that were made first have the first adjoints: no look-up for each.
    pub fn adjoints(&self) -> &[R] {
        &self.adjoints
    }

    fn of(&self, owner: Owner, index: usize) -> Result<&R, Error> {
        if owner == self.owner {
            Ok(self.adjoints.get(index).unwrap_or(&self.zero))
        } else {
            Err(Error::NotInGraph { node: index, other: owner, graph: self.owner })
        }
    }
}

impl<R: Real> Index<Node<'_>> for Gradient<R> {
    type Output = R;

    /// The adjoint of a node.
    ///
    /// # Panics
    /// If the node belongs to another graph or is poisoned; [`Gradient::get`] returns these as errors.
    #[expect(
        clippy::panic,
        reason = "indexing has no other way to refuse, and `get` is the way that does not"
    )]
    fn index(&self, node: Node<'_>) -> &R {
        self.get(node).unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<R: Real, S: Real> Index<Var<'_, S>> for Gradient<R> {
    type Output = R;

    /// The adjoint of a variable of a tape.
    ///
    /// # Panics
    /// If the variable belongs to another tape or is poisoned; [`Gradient::get_var`] returns these as errors.
    #[expect(
        clippy::panic,
        reason = "indexing has no other way to refuse, and `get_var` is the way that does not"
    )]
    fn index(&self, variable: Var<'_, S>) -> &R {
        self.get_var(&variable).unwrap_or_else(|error| panic!("{error}"))
    }
}
