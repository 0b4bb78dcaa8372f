//! Common subexpressions: the same operation of the same arguments is computed once.
//!
//! Invariant: the same bits before and after.

use std::collections::HashMap;

use chainrule_graph::{Error, Node, NodeKind, Op};

use crate::expression::Expression;

/// What an argument is known by: the bits of a constant, else its index.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Constant(u64),
    Node(usize),
}

/// The same expression with everything computed once.
///
/// # Errors
/// As [`Expression::rewritten`].
pub fn share(expression: &Expression) -> Result<Expression, Error> {
    let mut known: HashMap<(Op, Vec<Key>), usize> = HashMap::new();
    expression.rewritten(|graph, step| {
        let keys: Vec<Key> = step.arguments.iter().map(key).collect();
        let place = known.get(&(step.op, keys.clone())).copied();
        if let Some(node) = place.and_then(|place| graph.nth(place)) {
            return node;
        }
        let node = step.kept();
        known.extend(node.index().map(|index| ((step.op, keys), index)));
        node
    })
}

fn key(node: &Node<'_>) -> Key {
    match (node.kind(), node.index()) {
        (NodeKind::Constant(value), _) => Key::Constant(value.to_bits()),
        (_, Some(index)) => Key::Node(index),
        (_, None) => Key::Constant(f64::NAN.to_bits()), // poisoned, and refused in the end
    }
}
