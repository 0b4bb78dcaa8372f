//! A computational graph as a worked chain rule, in numbered steps.
//!
//! An [`Explanation`] holds what a lesson writes on the blackboard: the value of each node, the local derivative on each edge in symbols and
//! in numbers, the adjoints of the reverse sweep, and for each input one product for each path, summed where paths join, with the nudge
//! beside it. Each step says which earlier ones it follows from, and [`Explanation::verify`] computes each again. Text, LaTeX, SVG, DOT and JSON are
//! readings of the same steps.
//!
//! ```
//! use chainrule_explain::Explanation;
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let j = g.parse("3*(a + b*c)")?;
//! let run = g.at(&[(g.node("a")?, 5.0), (g.node("b")?, 3.0), (g.node("c")?, 2.0)])?;
//! let explanation = Explanation::new(&run, j)?;
//! println!("{explanation}");
//! assert_eq!(explanation.derivative("b"), Some(6.0));
//! # Ok::<(), chainrule_explain::Error>(())
//! ```
//!
//! Invariant: nothing here differentiates; values, local derivatives and formulas come from the graph's own table.
//!
//! # Features
//!
//! - `json`: the steps as JSON, and `serde::Serialize` for all that they are made of.
#![forbid(unsafe_code)]

mod domain;
mod dot;
mod equation;
mod error;
mod explanation;
#[cfg(feature = "json")]
mod json;
mod latex;
mod layout;
mod lesson;
mod measured;
mod nudge;
mod number;
mod picture;
mod steps;
mod svg;
mod symbols;
mod text;
mod verify;

pub use error::Error;
pub use explanation::{Explanation, Notation, Operand, Role, Statement, Step, Term};
pub use lesson::{Derivative, Identity, logistic, logistic_identities};
pub use text::Text;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
