//! The two sweeps, written once for every number type and every rule set.
//!
//! For nodes v₁ … v_n in the order of their creation and an output J:
//!
//! * forward: v_i = op_i(arguments of v_i), upwards;
//! * reverse: v̄_J = 1 ([`Real::seed`]), and every node i from J downwards adds v̄_i · ∂v_i/∂v_k to v̄_k for each of its arguments k.
//!   That is the chain rule, summed over all paths from J.
//!
//! In the product 0 · ∞ is 0: what nobody asks for does not turn an infinite slope (√ at 0) into a NaN. An adjoint of 0 hides
//! whatever partial; a partial of 0 does not hide an adjoint that is NaN, unless it is a weight ([`Op::is_weight`]), since what a
//! `select` does not take has no part in the result. The same products carry tangents forwards.
//!
//! Invariant: these are the only loops of the crate that apply the chain rule, and theirs are the only products of it.

use crate::nodes::{Kind, Nodes};
use crate::op::Op;
use crate::real::Real;
use crate::record::Record;
use crate::rules::{Rules, Table};

/// The values of all nodes; `leaf` gives those of parameters and data by their index, each once, or ends the sweep.
pub(crate) fn forward<R: Real, T: Rules, E>(
    nodes: &Nodes,
    rules: &T,
    mut leaf: impl FnMut(usize) -> Result<R, E>,
) -> Result<Vec<R>, E> {
    let mut values: Vec<R> = Vec::with_capacity(nodes.len());
    let mut arguments = Vec::new();
    for index in 0..nodes.len() {
        let value = match nodes.kind(index) {
            Kind::Parameter | Kind::Data => leaf(index)?,
            Kind::Constant(place) => R::constant(nodes.constant(place)),
            // One argument or two are most operations, and need no list.
            Kind::Operation(op) => match *nodes.arguments(index) {
                [x] => R::apply(rules, op, &[values[x as usize].clone()]),
                [x, y] => R::apply(rules, op, &[values[x as usize].clone(), values[y as usize].clone()]),
                _ => {
                    gather(nodes, index, &values, &mut arguments);
                    R::apply(rules, op, &arguments)
                }
            },
        };
        values.push(value);
    }
    Ok(values)
}

/// The adjoints ∂v_output/∂v_i of all nodes up to the output.
///
/// Nothing flows into a node that is not `active`, so its adjoint stays 0 and costs nothing. What is active must be
/// so by dependence: a node made from an active one is active. Partials are multiplied in as they are, which is what a tape does with its edges,
/// or factor by factor: an expression may be evaluated anywhere, and differentiated again.
pub(crate) fn reverse<R: Real, T: Rules>(
    nodes: &Nodes,
    rules: &T,
    values: &[R],
    output: usize,
    by_factors: bool,
    active: impl Fn(usize) -> bool,
) -> Vec<R> {
    let mut adjoints = vec![R::constant(0.0); output + 1];
    adjoints[output] = values[output].seed();
    let mut arguments = Vec::new();
    for index in (0..=output).rev() {
        let Kind::Operation(op) = nodes.kind(index) else { continue };
        if adjoints[index].is_known(0.0) {
            continue;
        }
        let mut flow = |arguments: &[R]| {
            for (position, &argument) in nodes.arguments(index).iter().enumerate() {
                if !active(argument as usize) {
                    continue;
                }
                let contribution = if by_factors {
                    rules.flow(op, position, arguments, &values[index], &adjoints[index])
                } else {
                    let partial = rules.partial(op, position, arguments, &values[index]);
                    carried(rules, op.is_weight(position), &adjoints[index], &partial)
                };
                accumulate(&mut adjoints[argument as usize], contribution);
            }
        };
        match *nodes.arguments(index) {
            [x] => flow(&[values[x as usize].clone()]),
            [x, y] => flow(&[values[x as usize].clone(), values[y as usize].clone()]),
            _ => {
                gather(nodes, index, values, &mut arguments);
                flow(&arguments);
            }
        }
    }
    adjoints
}

/// The adjoints ∂v_output/∂v_i of all records of a tape up to the output, whose own is `seed`, in place of what was in `adjoints`.
///
/// The same sweep with local derivatives that were computed when they were recorded.
pub(crate) fn reverse_recorded<R: Real, T: Rules>(
    record: &Record<R>,
    rules: &T,
    output: usize,
    seed: R,
    adjoints: &mut Vec<R>,
) {
    adjoints.clear();
    adjoints.resize(output + 1, R::constant(0.0));
    adjoints[output] = seed;
    // Records are counted down to the output, then down from it.
    let mut index = record.len();
    for edge in record.edges().iter().rev() {
        index -= usize::from(edge.is_last);
        if index > output || edge.argument as usize == index {
            continue;
        }
        let contribution = carried(rules, edge.is_weight, &adjoints[index], &edge.partial);
        accumulate(&mut adjoints[edge.argument as usize], contribution);
    }
}

impl Op {
    /// What an adjoint of this operation, or a tangent of its argument `position`, becomes on its way along the edge between them, whose
    /// local derivative is `partial`: the product of the chain rule.
    ///
    /// ```
    /// use chainrule_graph::Op;
    ///
    /// assert_eq!(Op::Sqrt.carried(0, &0.0, &f64::INFINITY), 0.0); // nobody asks for the slope of √ at 0
    /// assert_eq!(Op::Select.carried(1, &f64::INFINITY, &0.0), 0.0); // the branch is not taken
    /// assert!(Op::Sin.carried(0, &f64::NAN, &0.0).is_nan());
    /// ```
    pub fn carried<R: Real>(self, position: usize, carried: &R, partial: &R) -> R {
        self::carried(&Table, self.is_weight(position), carried, partial)
    }
}

/// y, or NaN where x is NaN.
#[inline(always)]
pub(crate) fn unless_nan<R: Real, T: Rules>(rules: &T, x: &R, y: &R) -> R {
    R::apply(rules, Op::Inside, &[R::apply(rules, Op::Abs, std::slice::from_ref(x)), y.clone()])
}

/// A derivative, or NaN where the value that it is one of is not finite: there is no slope outside of a domain or beyond all
/// numbers, whatever the operations on the way make of it.
#[inline(always)]
pub(crate) fn of_finite<R: Real, T: Rules>(rules: &T, value: &R, derivative: &R) -> R {
    R::apply(rules, Op::Inside, &[value.clone() - value, derivative.clone()])
}

/// What an adjoint or a tangent becomes on its way along an edge.
#[inline]
pub(crate) fn carried<R: Real, T: Rules>(rules: &T, is_weight: bool, carried: &R, partial: &R) -> R {
    if is_weight { product(rules, Op::Route, partial, carried) } else { chain(rules, carried, partial) }
}

/// The product of the chain rule, adjoint · partial; a zero adjoint gives 0 whatever the partial.
#[inline]
pub(crate) fn chain<R: Real, T: Rules>(rules: &T, adjoint: &R, partial: &R) -> R {
    product(rules, Op::Chain, adjoint, partial)
}

/// One of the two products. A factor that is known to be 1 or 0 leaves no trace in an expression: through what is flat nothing flows.
#[inline]
fn product<R: Real, T: Rules>(rules: &T, op: Op, first: &R, second: &R) -> R {
    if second.is_known(1.0) || first.is_known(0.0) {
        first.clone()
    } else if first.is_known(1.0) || second.is_known(0.0) {
        second.clone()
    } else {
        R::apply(rules, op, &[first.clone(), second.clone()])
    }
}

/// Adds a contribution; the first one to an untouched sum takes its place.
#[inline]
pub(crate) fn accumulate<R: Real>(sum: &mut R, contribution: R) {
    if contribution.is_known(0.0) {
        return;
    }
    *sum = if sum.is_known(0.0) { contribution } else { sum.clone() + contribution };
}

/// The values of a node's arguments, in order.
pub(crate) fn gather<R: Clone>(nodes: &Nodes, index: usize, values: &[R], arguments: &mut Vec<R>) {
    arguments.clear();
    arguments.extend(nodes.arguments(index).iter().map(|&argument| values[argument as usize].clone()));
}
