//! The two sweeps, written once for every number type and every rule set.
//!
//! For nodes v₁ … v_n in the order of their creation and an output J:
//!
//! * forward: v_i = op_i(arguments of v_i), upwards;
//! * reverse: v̄_J = 1, and every node i from J downwards adds v̄_i · ∂v_i/∂v_k to v̄_k for each of its arguments k.
//!   That is the chain rule, summed over all paths from J.
//!
//! Invariant: these are the only loops of the crate that apply the chain rule, and [`chain`] is the only product.

use crate::nodes::{Kind, Nodes};
use crate::op::Op;
use crate::real::Real;
use crate::record::Record;
use crate::rules::Rules;

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
/// so by dependence: a node made from an active one is active.
pub(crate) fn reverse<R: Real, T: Rules>(
    nodes: &Nodes,
    rules: &T,
    values: &[R],
    output: usize,
    active: impl Fn(usize) -> bool,
) -> Vec<R> {
    let mut adjoints = vec![R::constant(0.0); output + 1];
    adjoints[output] = R::constant(1.0);
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
                let partial = rules.partial(op, position, arguments, &values[index]);
                let contribution = chain(rules, &adjoints[index], &partial);
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

/// The adjoints ∂v_output/∂v_i of all records of a tape up to the output, in place of what was in `adjoints`.
///
/// The same sweep with local derivatives that were computed when they were recorded.
pub(crate) fn reverse_recorded<R: Real, T: Rules>(
    record: &Record<R>,
    rules: &T,
    output: usize,
    adjoints: &mut Vec<R>,
) {
    adjoints.clear();
    adjoints.resize(output + 1, R::constant(0.0));
    adjoints[output] = R::constant(1.0);
    // Records are counted down to the output, then down from it.
    let mut index = record.len();
    for edge in record.edges().iter().rev() {
        index -= usize::from(edge.is_last);
        if index > output || edge.argument as usize == index {
            continue;
        }
        let contribution = chain(rules, &adjoints[index], &edge.partial);
        accumulate(&mut adjoints[edge.argument as usize], contribution);
    }
}

/// The product of the chain rule, adjoint · partial; a zero adjoint gives 0 whatever the partial.
///
/// A factor that is known to be 1 or 0, or an adjoint known to be 0, leaves no trace in an expression: through what is flat nothing flows.
#[inline]
pub(crate) fn chain<R: Real, T: Rules>(rules: &T, adjoint: &R, partial: &R) -> R {
    if partial.is_known(1.0) || adjoint.is_known(0.0) {
        adjoint.clone()
    } else if adjoint.is_known(1.0) || partial.is_known(0.0) {
        partial.clone()
    } else {
        R::apply(rules, Op::Chain, &[adjoint.clone(), partial.clone()])
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
