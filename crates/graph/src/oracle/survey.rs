//! An operation's value and partials at f64, over its whole domain, held to their budgets.
//!
//! Invariant: every sample is counted: as judged, as excused, or as one that has no truth.

use super::judgement::{self, Judgement, TRUTH_ULPS, is_beyond};
use super::samples::samples;
use crate::op::Op;
use crate::rules::{Rules, Table};

/// How the value and each partial of an operation do over its domain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Survey {
    /// The operation.
    pub op: Op,
    /// Its value rule.
    pub value: Measured,
    /// Its partials in the order of the arguments; one for all if their number is any.
    pub partials: Vec<Measured>,
}

/// How far from the truth one rule gets.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Measured {
    /// How many samples were judged.
    pub cases: usize,
    /// The error that takes up most of its budget, in units of the last place.
    pub ulps: f64,
    /// The budget at the same sample.
    pub budget: f64,
    /// The sample: the arguments of the operation.
    pub at: Vec<f64>,
    /// How many samples are beyond their budget and excused: something over- or underflowed on the way.
    pub excused: usize,
    /// How many samples have no truth to be held to: the value is beyond the range of the oracle, or did not
    /// settle.
    pub without_truth: usize,
}

impl Survey {
    /// Whether the value and all partials are within their budgets.
    pub fn holds(&self) -> bool {
        self.value.holds() && self.partials.iter().all(Measured::holds)
    }
}

impl Measured {
    /// Whether every judged sample is within its budget.
    pub fn holds(&self) -> bool {
        !is_beyond(self.ulps, self.budget)
    }

    fn count(&mut self, judgement: Option<Judgement>, arguments: &[f64]) {
        match judgement {
            None => self.without_truth += 1,
            Some(Judgement { excused: true, .. }) => self.excused += 1,
            Some(judged) => {
                self.cases += 1;
                if self.at.is_empty() || usage(judged.ulps, judged.budget) > usage(self.ulps, self.budget) {
                    (self.ulps, self.budget) = (judged.ulps, judged.budget);
                    self.at = arguments.to_vec();
                }
            }
        }
    }
}

/// Holds an operation of the table to its budgets, at its [`samples`] with `draws` seeded draws.
///
/// ```
/// use chainrule_graph::Op;
/// use chainrule_graph::oracle::survey;
///
/// let found = survey(Op::Sqrt, 20);
/// assert!(found.holds() && found.value.ulps <= 0.5, "{found:?}");
/// ```
pub fn survey(op: Op, draws: usize) -> Survey {
    let mut value = Measured::default();
    let mut partials = vec![Measured::default(); op.arity().unwrap_or(1)];
    for arguments in samples(op, draws) {
        let found = Table.value(op, &arguments);
        value.count(judgement::of_value(op, &arguments, found), &arguments);
        for position in 0..arguments.len() {
            let claimed = Table.partial(op, position, &arguments, &found);
            let judged = judgement::of_partial(op, position, &arguments, claimed);
            let place = position.min(partials.len() - 1);
            partials[place].count(judged, &arguments);
        }
    }
    Survey { op, value, partials }
}

/// The part of a budget that an error takes up.
fn usage(ulps: f64, budget: f64) -> f64 {
    ulps / (budget + TRUTH_ULPS)
}
