//! Everything that can keep a fit from being an answer.
//!
//! Invariant: an error names the thing, the place and what to do; a fit that was not reached comes along, so
//! nothing that was computed is lost. It is one line, whatever the columns are called.

use chainrule_data::shown;

use crate::collinear::Dependence;
use crate::fit::Fit;
use crate::names::{listed, quoted};
use crate::separation::Separation;

/// What is wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The optimum was not reached.
    #[error("the fit was not reached after {} iterations (gradient norm {:.1e}): {obstacle}", .fit.iterations(), .fit.gradient_norm())]
    NotReached {
        /// What stood in the way.
        obstacle: Obstacle,
        /// The last point, for a look; not an answer.
        fit: Box<Fit>,
    },
    /// All labels are the same. Weights that leave a class without weight are an error of the data, [`chainrule_data::Error::ClassWithoutWeight`].
    #[error("all {examples} labels are {label}; both classes are needed for a finite fit")]
    OneClass {
        /// How many examples there are.
        examples: usize,
        /// The label that all of them have.
        label: f64,
    },
    /// A penalty that is not a finite number ≥ 0.
    #[error("the penalty {lambda} is not a finite number of at least 0; give λ ≥ 0")]
    InvalidPenalty {
        /// What was given.
        lambda: f64,
    },
    /// A tolerance that is not a share.
    #[error("the tolerance {tolerance} is not between 0 and 1; give the relative gap to be proved, as 1e-6")]
    InvalidTolerance {
        /// What was given.
        tolerance: f64,
    },
    /// A minimum of a custom loss was not reached.
    #[error("a minimum of the loss was not reached (gradient norm {gradient_norm:.1e}): {}", of_loss(.obstacle))]
    LossNotReached {
        /// What stood in the way.
        obstacle: Obstacle,
        /// ‖∇J‖ at the last point.
        gradient_norm: f64,
        /// The last point, for a look; not an answer.
        parameters: Vec<f64>,
    },
    /// A name that no parameter of a loss has.
    #[error("`{}` is no parameter of the loss; its parameters are: {known}", shown(.name))]
    NoSuchParameter {
        /// The name.
        name: String,
        /// The parameters there are, as the message lists them.
        known: String,
    },
    /// A level that is no probability.
    #[error(
        "the level {level} is not between 0 and 1; give the probability that an interval is to cover, as 0.95"
    )]
    InvalidLevel {
        /// What was given.
        level: f64,
    },
    /// Fits that cannot be compared.
    #[error("the fits cannot be compared: {reason}")]
    NotNested {
        /// What is the matter.
        reason: &'static str,
    },
    /// A fit whose likelihood has no profile.
    #[error("there are no profile-likelihood intervals of the fit: {reason}")]
    NoProfile {
        /// What is the matter.
        reason: &'static str,
    },
    /// An end of a profile-likelihood interval was not found.
    #[error(
        "the {end} end of the profile-likelihood interval of `{}` was not found: on the way there the fits with the coefficient held end \
         without an optimum, \
         as they do on nearly separable data; ask for a lower level, allow more iterations if they are limited, or take Wald's interval",
        shown(.column)
    )]
    ProfileNotReached {
        /// The name of the column, or `(intercept)`.
        column: String,
        /// Which of the two: `lower` or `upper`.
        end: &'static str,
    },
    /// Firth's objective with a method that needs a convex one.
    #[error(
        "firth's objective is not convex, so a stated number of descent steps has no safe size; use `fit`"
    )]
    NotConvex,
    /// A solver or a setting that was asked for and that this cannot be done with.
    #[error("{asked} cannot be used for {purpose}: {reason}; {remedy}")]
    Unsupported {
        /// What was asked for, as `gradient descent`.
        asked: String,
        /// What it was to be used for, as `a custom loss`.
        purpose: &'static str,
        /// Why it cannot be.
        reason: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A vector of the wrong length.
    #[error("{found} {what} were given where {expected} are needed")]
    WrongLength {
        /// What was counted.
        what: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// The data were refused.
    #[error(transparent)]
    Data(#[from] chainrule_data::Error),
    /// The graph was refused.
    #[error(transparent)]
    Graph(#[from] chainrule_graph::Error),
    /// The compiled graph was refused, or what it was to run over.
    #[error(transparent)]
    Program(#[from] chainrule_program::Error),
}

/// What stood in the way of a fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// A hyperplane divides the classes, wholly or but for examples on it, so the likelihood has no maximum.
    #[error(
        "the data are separable ({separation}), so coefficients would grow for ever; add a penalty (λ > 0), use Firth's likelihood, leave out a \
         column, or take a stated number of descent steps"
    )]
    Separable {
        /// Which, and by which columns.
        separation: Box<Separation>,
    },
    /// The solver does not end, as on separated classes, but whether they are could not be decided.
    #[error(
        "the fit does not end, as on separated classes, but whether a hyperplane divides them could not be decided for {columns} columns \
         together; add a penalty \
         (λ > 0), use Firth's likelihood, or leave out columns"
    )]
    Undecided {
        /// How many columns there are.
        columns: usize,
    },
    /// Columns are linear combinations of others, or constant.
    #[error(
        "columns that say nothing new, but for the roundings of their numbers: {}; leave them out or add a penalty (λ > 0)",
        listed(.dependences, "; ", ToString::to_string)
    )]
    Collinear {
        /// The columns, in the order of the data.
        dependences: Vec<Dependence>,
    },
    /// Columns are so nearly linear combinations of others that no digits are left to prove a point to be near the optimum.
    #[error(
        "nearly dependent columns: {} (condition number {condition:.1e}), so no point could be proved to be near the optimum; leave them \
         out or add a penalty (λ > 0)",
        listed(.dependences, "; ", nearly)
    )]
    NearlyDependent {
        /// The columns, in the order of the data, each with those it is nearly made of.
        dependences: Vec<Dependence>,
        /// The largest over the smallest singular value of the standardised columns, the intercept's beside them.
        condition: f64,
    },
    /// The solver was content, but its point could not be proved to be near the optimum.
    #[error(
        "the gap to the optimum is proved to be at most {gap:.1e}, where {wanted:.1e} is asked for; {}",
        to_prove(.far)
    )]
    Unproved {
        /// The bound that was proved; ∞ if none was.
        gap: f64,
        /// What it has to be.
        wanted: f64,
        /// Columns whose means are so many standard deviations from 0 that the roundings of coefficients alone may leave no proof.
        far: Vec<String>,
    },
    /// A coefficient is beyond the largest f64.
    #[error(
        "the coefficient of column `{}` is beyond the largest f64; multiply the column by a large factor",
        shown(.column)
    )]
    Overflow {
        /// The name of the column.
        column: String,
    },
    /// Steps of a descent in the given units are beyond the largest f64.
    #[error("a step overflows through column `{}`, the largest; divide it by a large factor", shown(.column))]
    StepOverflow {
        /// The name of the column.
        column: String,
    },
    /// Parameters of a loss that change nothing, or that others can stand in for.
    #[error(
        "parameters that the data do not determine, to a millionth of their effect: {}; leave them out, bring the data nearer to 0 and 1, \
         or add a penalty with `l2`",
        listed(.dependences, "; ", undetermined)
    )]
    Dependent {
        /// The parameters, in the order of the graph.
        dependences: Vec<Dependence>,
    },
    /// A stationary point of a loss that is no minimum.
    #[error(
        "the solver came to a point that is level but no minimum, as a saddle or a maximum; begin elsewhere with `start`"
    )]
    NoMinimumHere,
    /// The loss goes on falling wherever the solver ends.
    #[error(
        "the loss goes on falling, so it may have no minimum; add a penalty with `l2`, or begin elsewhere with `start`"
    )]
    NoMinimum,
    /// The loss, or its gradient, has no value where a fit begins.
    #[error("the loss or its gradient is not a finite number at the start; begin elsewhere with `start`")]
    NotFinite,
    /// The Hessian lost its definiteness to rounding.
    #[error(
        "the Hessian is singular to working precision, as it becomes on nearly separable data; add a penalty (λ > 0)"
    )]
    SingularHessian,
    /// No step lowers the objective any more, yet the steps are not small.
    #[error("no step lowers the objective; scale the columns or add a penalty (λ > 0)")]
    NoDescent,
    /// The allowed iterations are used up.
    #[error(
        "the iterations are used up; allow more, or use Newton's method if it was another; \
         if the coefficients keep growing the data are nearly separable: add a penalty (λ > 0)"
    )]
    IterationLimit,
}

/// An obstacle in words that fit any loss.
fn of_loss(obstacle: &Obstacle) -> String {
    let text = match obstacle {
        Obstacle::SingularHessian => {
            "the Hessian is not positive definite to working precision; begin nearer to a minimum with `start`, add a penalty with `l2`, or \
             leave out a \
             parameter that others can stand in for"
        }
        Obstacle::NoDescent => {
            "no step lowers the loss; begin elsewhere with `start`, or bring parameters to like sizes"
        }
        Obstacle::IterationLimit => {
            "the iterations are used up; allow more with `iteration_limit`, use another solver, or begin nearer to a minimum with `start`"
        }
        other => return other.to_string(),
    };
    text.to_owned()
}

/// What to do where a gap is not proved.
fn to_prove(far: &[String]) -> String {
    if far.is_empty() {
        return "add a penalty (λ > 0), or set a larger tolerance".to_owned();
    }
    format!(
        "the values of {} lie so far from 0, beside how much they vary, that rounding is to blame: subtract from each column a number near \
         its mean, or set a \
         larger tolerance",
        quoted(far)
    )
}

/// A column that is nearly determined.
fn nearly(dependence: &Dependence) -> String {
    let column = shown(dependence.column());
    match dependence.of() {
        [] => format!("`{column}` is nearly constant"),
        of => format!("`{column}` is nearly determined by {}", quoted(of)),
    }
}

/// A parameter in the words of a loss.
fn undetermined(dependence: &Dependence) -> String {
    let parameter = shown(dependence.column());
    match dependence.of() {
        [] => format!("`{parameter}` changes nothing"),
        of => format!("{} can stand in for `{parameter}`", quoted(of)),
    }
}
