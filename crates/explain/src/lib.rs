//! A computational graph as a worked chain rule.
#![forbid(unsafe_code)]

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
