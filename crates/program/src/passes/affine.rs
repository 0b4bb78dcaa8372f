//! Affine fusion: a sum of products becomes one operation, Σ aᵢ·bᵢ, which a program computes column by column.
//!
//! a·b + c·d + e is dot([a, c], [b, d]) + e. Products keep their order; terms that are no products are added after those that are, in theirs.
//! A sum is taken apart only where nobody else uses it, so nothing is computed twice.
//!
//! Invariant: of n terms the result is off by no more than n·ε/2 of the sum of their sizes, as the sum itself may be.

use chainrule_graph::{Error, Node, NodeKind, Op, Real};

use crate::expression::{Expression, Step};

/// The same expression with sums of two products and more fused.
///
/// # Errors
/// As [`Expression::rewritten`].
pub fn affine(expression: &Expression) -> Result<Expression, Error> {
    let uses = uses(expression);
    let is_inner = inner_sums(expression, &uses);
    let fused = expression.rewritten(|_, step| {
        if step.op != Op::Add || step.source.index().is_some_and(|index| is_inner[index]) {
            return step.kept();
        }
        let mut sum = Sum::default();
        sum.take_apart(step, step.source, &uses);
        if sum.products.len() >= 2 { sum.node() } else { step.kept() }
    })?;
    Expression::new(fused.graph(), &fused.outputs()) // without the sums that were taken apart
}

/// How often each node is used, by others and as an output.
fn uses(expression: &Expression) -> Vec<usize> {
    let mut uses = vec![0; expression.graph().len()];
    let arguments = expression.graph().nodes().flat_map(Node::arguments);
    for index in arguments.chain(expression.outputs()).filter_map(Node::index) {
        uses[index] += 1;
    }
    uses
}

/// Which sums are nothing but terms of another: that one takes them apart, so that each is looked at once.
fn inner_sums(expression: &Expression, uses: &[usize]) -> Vec<bool> {
    let mut is_inner = vec![false; uses.len()];
    let sums = expression.graph().nodes().filter(|node| node.kind() == NodeKind::Operation(Op::Add));
    for index in sums.flat_map(Node::arguments).filter_map(Node::index) {
        is_inner[index] = uses[index] == 1;
    }
    is_inner
}

/// Σ aᵢ·bᵢ + Σ cᵢ
#[derive(Default)]
struct Sum<'g> {
    products: Vec<(Node<'g>, Node<'g>)>,
    terms: Vec<Node<'g>>,
}

impl<'g> Sum<'g> {
    /// The terms of a sum in the old graph, and of those that it alone uses, as they are in the new one.
    fn take_apart(&mut self, step: &Step<'g, '_>, sum: Node<'_>, uses: &[usize]) {
        let mut waiting: Vec<Node<'_>> = sum.arguments().into_iter().rev().collect();
        while let Some(term) = waiting.pop() {
            let is_inner = term.index().is_some_and(|index| uses[index] == 1);
            let arguments = term.arguments();
            match (term.kind(), arguments.as_slice()) {
                (NodeKind::Operation(Op::Add), &[a, b]) if is_inner => waiting.extend([b, a]),
                (NodeKind::Operation(Op::Mul), &[a, b]) if is_inner => {
                    self.products.extend(step.became(a).zip(step.became(b)));
                }
                (NodeKind::Operation(Op::Dot), all) if is_inner => {
                    let (left, right) = all.split_at(all.len() / 2);
                    let pair = |(&a, &b)| step.became(a).zip(step.became(b));
                    self.products.extend(left.iter().zip(right).filter_map(pair));
                }
                _ => self.terms.extend(step.became(term)),
            }
        }
    }

    fn node(&self) -> Node<'g> {
        let products = Node::dot(self.products.iter().map(|(a, b)| (a, b)));
        self.terms.iter().fold(products, |sum, &term| sum + term)
    }
}
