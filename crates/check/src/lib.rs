//! Is this gradient right?
//!
//! For any function of a slice of f64: derivatives by extrapolated central differences, each with an estimate of
//! its own error, and a claimed gradient held against them.
//!
//! ```
//! use chainrule_check::{Verdict, compare};
//!
//! let f = |x: &[f64]| x[0].sin() * x[1];
//! let claimed = [1.0_f64.cos() * 2.0, 1.0_f64.cos()]; // the second should be a sine
//!
//! let comparisons = compare(f, &claimed, &[1.0, 2.0])?;
//! assert_eq!(comparisons[0].verdict(1e-8), Verdict::Agrees);
//! assert_eq!(comparisons[1].verdict(1e-8), Verdict::Wrong);
//! assert!((comparisons[1].expected.value - 1.0_f64.sin()).abs() < 1e-10);
//! # Ok::<(), chainrule_check::Error>(())
//! ```
//!
//! Differences have limits: at a kink, at the edge of the domain, or where f is noisy, no quotient is good. The
//! estimated error says so, and the verdict is then [`Verdict::CannotTell`], not a guess.

#![forbid(unsafe_code)]

mod compare;
mod error;
mod gradient;
mod ridders;

pub use compare::{Comparison, Verdict, compare};
pub use error::Error;
pub use gradient::{directional, gradient};
pub use ridders::{Derivative, derivative, derivative_from};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
