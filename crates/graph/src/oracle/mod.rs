//! Arbitrary precision: what f64 results are held to (feature `oracle`).
//!
//! A [`BigFloat`] is one more number type, so every rule and both sweeps run at it; [`settled`] doubles its
//! precision until two results agree; [`ulps`] says how far an f64 is from such a truth. There are two
//! truths, and they answer different questions:
//!
//! | truth | is | convicts |
//! |---|---|---|
//! | rounding truth: [`value`], [`gradient`] | the sweeps at [`BigFloat`], same graph and inputs | rounding |
//! | derivative truth: [`derivative`], [`slope`] | differences of values | a wrong partial |
//!
//! Every value and partial of the table has a budget in ulps ([`Op::value_ulps`](crate::Op::value_ulps));
//! [`survey`] holds an operation to them over its whole domain, and [`first_wrong_node`] a run at its own
//! values.
//!
//! Invariant: nothing else in this crate uses it; it is for those who verify.

mod big;
mod conviction;
mod judgement;
mod samples;
mod settle;
mod strain;
mod survey;
mod truth;
mod ulps;

pub use big::{BigFloat, EXPONENT_LIMIT, LEAST_PRECISION, MOST_PRECISION, PRECISION_CAP};
pub use conviction::{WrongNode, first_wrong_node};
pub use samples::samples;
pub use settle::{AGREEING_BITS, FIRST_PRECISION, settled};
pub use survey::{Measured, Survey, survey};
pub use truth::{derivative, gradient, slope, value, value_of};
pub use ulps::ulps;
