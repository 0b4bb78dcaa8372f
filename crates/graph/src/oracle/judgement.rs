//! One value or partial of one operation, held to its truth and its budget.
//!
//! Invariant: no judgement without a truth, and none against a rule that is out of its range at the point.

use super::big::BigFloat;
use super::samples::is_smooth;
use super::settle::AGREEING_BITS;
use super::strain::{is_partial_strained, is_value_strained};
use super::truth::{derivative, value_of};
use super::ulps::{ulps, ulps_at};
use crate::op::Op;
use crate::real::Real;

/// What a truth that has settled may still be off by, in units of the last place of an f64: the bits that
/// agreed are so many more than those of an f64.
pub(super) const TRUTH_ULPS: f64 = 1.0 / (1_u64 << (AGREEING_BITS - f64::MANTISSA_DIGITS as usize)) as f64;

/// How far something claimed is from its truth.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) truth: BigFloat,
    pub(super) ulps: f64,
    pub(super) budget: f64,
    /// Beyond its budget, and something over- or underflowed on the way.
    pub(super) excused: bool,
}

impl Judgement {
    pub(super) fn is_wrong(&self) -> bool {
        is_beyond(self.ulps, self.budget) && !self.excused
    }
}

/// A claimed value of an operation; `None` where it has no truth.
pub(super) fn of_value(op: Op, arguments: &[f64], claimed: f64) -> Option<Judgement> {
    let truth = value_of(op, arguments)?;
    let (size, count) = match op.arity() {
        Some(_) => (truth.clone(), 1.0),
        None => (value_of(op, &magnitudes(arguments))?, arguments.len() as f64),
    };
    let ulps = ulps_at(claimed, &truth, &size);
    let budget = op.value_ulps(arguments) * count;
    let excused = is_beyond(ulps, budget) && is_value_strained(op, arguments);
    Some(Judgement { truth, ulps, budget, excused })
}

/// A claimed partial of an operation; `None` where no difference can judge.
pub(super) fn of_partial(op: Op, position: usize, arguments: &[f64], claimed: f64) -> Option<Judgement> {
    if !is_smooth(op, arguments) {
        return None;
    }
    let truth = derivative(op, position, arguments)?;
    let ulps = ulps(claimed, &truth);
    let budget = op.partial_ulps(position, arguments);
    let excused = is_beyond(ulps, budget) && is_partial_strained(op, position, arguments);
    Some(Judgement { truth, ulps, budget, excused })
}

/// A claimed partial where the table promises one: it has to be that number.
pub(super) fn of_promise(promised: f64, claimed: f64) -> Judgement {
    let truth = BigFloat::constant(promised);
    Judgement { ulps: ulps(claimed, &truth), truth, budget: 0.0, excused: false }
}

/// Whether an error is beyond its budget for certain.
pub(super) fn is_beyond(ulps: f64, budget: f64) -> bool {
    ulps > budget + TRUTH_ULPS
}

fn magnitudes(arguments: &[f64]) -> Vec<f64> {
    arguments.iter().map(|argument| argument.abs()).collect()
}
