//! Logistic regression whose gradient can be defended: by the closed form, or by the computational graph.
//!
//! For examples x⁽ⁱ⁾ ∈ ℝᵈ with labels y⁽ⁱ⁾ ∈ {0, 1}, logits z⁽ⁱ⁾ = w·x⁽ⁱ⁾ + b and a = σ(z), it minimises
//!
//! ```text
//! J(b, w) = (1/m) Σᵢ [ −y⁽ⁱ⁾·ln a⁽ⁱ⁾ − (1 − y⁽ⁱ⁾)·ln(1 − a⁽ⁱ⁾) ] + λ/2·‖w‖²
//! ```
//!
//! with the intercept b unpenalised and **no penalty unless asked for**. The loss is computed from the logits
//! ([`log_loss`]), so it is right where the textbook formula is already NaN.
//!
//! ```
//! use chainrule_data::certified::spector;
//! use chainrule_model::{Gradient, LogisticRegression};
//!
//! let certified = spector()?;
//! let fit = LogisticRegression::new().gradient(Gradient::Graph).fit(&certified.dataset)?;
//! for (found, certified) in fit.coefficients().iter().zip(&certified.coefficients) {
//!     assert!((found / certified - 1.0).abs() < 1e-8);
//! }
//! println!("{}", fit.summary());
//! # Ok::<(), chainrule_model::Error>(())
//! ```
//!
//! # Penalties in other packages
//!
//! λ here multiplies a *mean* loss. scikit-learn's `C` multiplies a *sum*: C = 1/(λ·m). glmnet's `lambda` with
//! `alpha = 0` is λ (its columns are standardised unless told otherwise).
//!
//! # Features
//!
//! `rayon`: passes over the data on the threads of a pool, with the same bits. `serde`: summaries as data. `argmin`: [`Objective`] implements the traits of
//! argmin, for its solvers.
//!
//! # What is proved
//!
//! A fit comes with a [`Certificate`]: bounds on how far it is from the optimum, roundings included. The theorems and their proofs stand in [`certificate`].
//!
//! # Separable data
//!
//! On separable data J has no minimum: the weights grow for ever. [`LogisticRegression::fit`] then returns an
//! error that says so, never numbers that look like an answer. [`LogisticRegression::descend`] takes a stated
//! number of gradient steps and claims no optimum, so the lesson can train there too.

#![forbid(unsafe_code)]

#[cfg(feature = "argmin")]
mod argmin;
pub mod certificate;
mod closed_form;
mod collinear;
mod custom;
mod descent;
mod distributions;
mod error;
mod examples;
mod firth;
mod fit;
mod fitting;
mod graph_route;
mod inference;
mod information;
mod loss;
mod memory;
mod metric;
mod names;
mod nested;
mod newton;
mod newton_cg;
mod null;
mod objective;
mod parts;
mod penalty;
mod profile;
mod quasi_newton;
mod regression;
mod residuals;
mod restricted;
mod ridge;
mod separation;
mod solver;
mod summary;
mod units;
mod verdict;
mod watch;

pub use certificate::{Certificate, Theorem};
pub use collinear::Dependence;
pub use custom::{LossRegression, Minimum};
pub use error::{Error, Obstacle};
pub use fit::Fit;
pub use inference::{Inference, Withheld};
pub use loss::{log_loss, loss_by_probability, probability_by_logit, residual};
pub use nested::LikelihoodRatio;
pub use objective::{Gradient, Objective};
pub use penalty::{ParsePenaltyError, Penalty};
pub use regression::LogisticRegression;
pub use separation::{Separability, Separation, SeparationKind, separability, separation};
pub use solver::Solver;
pub use summary::{Row, Summary, Wald};
pub use watch::Progress;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
