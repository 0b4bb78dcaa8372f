//! Constant folding: what is made of constants alone is computed once, and what changes nothing is left out.
//!
//! x·1, 1·x, x/1, x − 0 and −(−x) are x, to the bit and for every x. 0·x and x + 0 stay: an infinite x, or −0, would come out differently.
//! Signs move outwards and meet: (−x)·y is −(x·y), so (−x)·(−y) is x·y, and x − (−y) is x + y; rounding does not see them.
//!
//! Invariant: the same bits before and after.

use chainrule_graph::{Error, Node, NodeKind, Op, Rules, Table};

use crate::expression::Expression;

/// The same expression with constants folded.
///
/// # Errors
/// As [`Expression::rewritten`].
pub fn fold(expression: &Expression) -> Result<Expression, Error> {
    expression.rewritten(|graph, step| {
        let constants: Option<Vec<f64>> = step.arguments.iter().map(constant).collect();
        match constants {
            Some(values) => graph.constant(Table.value(step.op, &values)),
            None => unchanged(step.op, &step.arguments)
                .or_else(|| without_signs(step.op, &step.arguments))
                .unwrap_or_else(|| step.kept()),
        }
    })
}

fn constant(node: &Node<'_>) -> Option<f64> {
    match node.kind() {
        NodeKind::Constant(value) => Some(value),
        _ => None,
    }
}

/// The argument that the operation leaves as it is.
fn unchanged<'g>(op: Op, arguments: &[Node<'g>]) -> Option<Node<'g>> {
    let is = |node: &Node<'_>, value: f64| constant(node).is_some_and(|c| c.to_bits() == value.to_bits());
    match (op, arguments) {
        (Op::Mul | Op::Chain | Op::Route | Op::Div, &[x, one]) if is(&one, 1.0) => Some(x),
        (Op::Mul, &[one, x]) if is(&one, 1.0) => Some(x),
        (Op::Sub, &[x, zero]) if is(&zero, 0.0) => Some(x),
        (Op::PowI(1), &[x]) => Some(x),
        (Op::Neg, &[x]) if x.kind() == NodeKind::Operation(Op::Neg) => x.arguments().first().copied(),
        _ => None,
    }
}

/// The same operation with the signs of its arguments outside of it, or gone.
fn without_signs<'g>(op: Op, arguments: &[Node<'g>]) -> Option<Node<'g>> {
    let &[x, y] = arguments else { return None };
    match (op, negated(x), negated(y)) {
        (Op::Mul, Some(x), Some(y)) => Some(x * y),
        (Op::Mul, Some(x), None) => Some(-(x * y)),
        (Op::Mul, None, Some(y)) => Some(-(x * y)),
        (Op::Div, Some(x), Some(y)) => Some(x / y),
        (Op::Sub, _, Some(y)) => Some(x + y),
        (Op::Add, _, Some(y)) => Some(x - y),
        (Op::Add, Some(x), None) => Some(y - x),
        _ => None,
    }
}

/// x, of −x.
fn negated(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        NodeKind::Operation(Op::Neg) => node.arguments().first().copied(),
        _ => None,
    }
}
