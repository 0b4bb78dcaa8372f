//! Is this gradient right?
//!
//! For any function of a slice of f64: derivatives by extrapolated central differences, each with an estimate of
//! its own error, and claimed derivatives held against them. For every coordinate the answer is *agrees to N digits*,
//! *wrong* (and how, as far as the numbers show it) or *cannot tell* (and why): never a yes with a tolerance inside.
//!
//! ```
//! use chainrule_check::check;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let f = |x: &[f64]| x[0].sin() * x[1];
//! let gradient = |x: &[f64]| [x[0].cos() * x[1], x[0].sin()];
//!
//! check(f, gradient).at(&[1.0, 2.0])?.agree_to(9)?; // one line in a test
//! # Ok(())
//! # }
//! ```
//!
//! A wrong claim fails it with a table:
//!
//! ```
//! # use chainrule_check::check;
//! let f = |x: &[f64]| x[0].sin() * x[1];
//! let claim = |x: &[f64]| [x[0].cos() * x[1], 0.5 * x[0].sin()];
//!
//! let failure = check(f, claim).at(&[1.0, 2.0])?.agree_to(9).unwrap_err();
//! let text = failure.to_string();
//! assert!(text.starts_with("1 of 2 agree, 1 wrong, 0 not told, 9 digits required of each"));
//! assert!(text.ends_with("WRONG: missing factor 2"));
//! # Ok::<(), chainrule_check::Error>(())
//! ```
//!
//! The method stands in [`derivative`](fn@derivative); [`check_jacobian`], [`check_hessian`] and [`check_hessian_vector`] use it too.
//! With the feature `json`, reports and all they are made of can be serialised.

#![forbid(unsafe_code)]

mod check;
mod coarseness;
mod derivative;
mod doubt;
mod error;
mod fault;
mod gradient;
mod hessian;
mod jacobian;
mod jumps;
mod level;
mod noise;
mod options;
mod place;
mod random;
mod report;
mod ridders;
mod scales;
mod stencil;
mod tables;
mod verdict;

pub use check::{Gradient, check};
pub use derivative::{Derivative, derivative, derivative_at_scale};
pub use doubt::Doubt;
pub use error::Error;
pub use fault::Fault;
pub use gradient::{directional, gradient};
pub use hessian::{Hessian, HessianVector, check_hessian, check_hessian_vector};
pub use jacobian::{Jacobian, check_jacobian};
pub use options::Check;
pub use place::Place;
pub use report::{Finding, Report};
pub use verdict::Verdict;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
