//! Whether a rule is in its range at a point: whether nothing over- or underflows on the way to its result.
//!
//! A rounding error is relative to the number that is rounded. What is subnormal has fewer bits to be
//! relative to, and what has over- or underflowed is lost: a / hypot(a, b) is 0 where hypot overflows, though
//! its value is 0.7. No budget in ulps can hold there. Which points those are is not listed but seen, by
//! running the rule at numbers that watch themselves.
//!
//! Invariant: only what a rule works with counts, not its result: an underflow at the very end is half a
//! unit.

use crate::op::Op;
use crate::operators::real_operators;
use crate::real::{Number, Primitive, Real};
use crate::rules::{Rules, Table};

/// Whether the table's partial works with a number that has over- or underflowed, the operation's value
/// included.
pub(super) fn is_partial_strained(op: Op, position: usize, arguments: &[f64]) -> bool {
    let watched = watched(arguments);
    let value = Watched::computed(Table.value(op, arguments), &watched);
    Table.partial(op, position, &watched, &value).strained
}

/// The same for the table's value rule.
pub(super) fn is_value_strained(op: Op, arguments: &[f64]) -> bool {
    Table.value(op, &watched(arguments)).strained
}

fn watched(arguments: &[f64]) -> Vec<Watched> {
    arguments.iter().map(|&argument| Watched::constant(argument)).collect()
}

/// An f64 that knows how it came about.
#[derive(Clone, Debug)]
struct Watched {
    value: f64,
    /// Over- or underflowed itself.
    lost: bool,
    /// Made from one that had.
    strained: bool,
}

impl Watched {
    fn computed(value: f64, arguments: &[Self]) -> Self {
        // A zero factor makes an exact zero.
        let exact =
            value.is_normal() || (value == 0.0 && arguments.iter().any(|argument| argument.value == 0.0));
        let strained = arguments.iter().any(|argument| argument.lost || argument.strained);
        Watched { value, lost: !exact, strained }
    }
}

impl Real for Watched {
    fn constant(value: f64) -> Self {
        Watched { value, lost: false, strained: false }
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        let values: Vec<f64> = arguments.iter().map(|argument| argument.value).collect();
        let mut result = Watched::computed(rules.value(op, &values), arguments);
        if matches!(op, Op::Add | Op::Sub | Op::Sum) {
            // A sum does not underflow: as a multiple of 2^−1074 it is exact where it is subnormal or 0.
            result.lost = !result.value.is_finite();
        }
        result
    }
}

impl Number for Watched {
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
        let values: Vec<f64> = arguments.iter().map(|argument| argument.value).collect();
        Watched::computed(f64::compute(primitive, &values), arguments)
    }
}

real_operators!(impl[] Watched);
