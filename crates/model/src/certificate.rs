//! How far a fit can be from the optimum: bounds that are proved, roundings included.
//!
//! Two theorems give them, each for this very objective: [`strong_convexity`] where there is a penalty on every weight, by one pass over the data;
//! [`self_concordance`], which needs the Hessian and holds with and without penalty. What both stand on is the gradient with a bound on its error, [`evidence`]; what comes of them is
//! carried to the coefficients that are reported, [`reported`]. Where bounds by the penalty are wide beside standard errors, as [`narrow`] tells, the better of the two
//! theorems' bounds is taken for each coefficient. Of large data a part can do for both, [`at_hand`]. The pages of these modules are the proofs; there is nothing in them to call.
//!
//! Invariant: a bound is never smaller than what it bounds; where none can be given there is no certificate.

pub mod at_hand;
pub mod evidence;
pub mod narrow;
pub mod reported;
pub mod self_concordance;
pub mod strong_convexity;

use std::fmt;

use nalgebra::DVector;

use crate::certificate::evidence::UPWARDS;
use crate::fit::euclidean_norm;
use crate::objective::Objective;

/// What proves a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Theorem {
    /// The penalty makes the objective strongly convex in the weights.
    StrongConvexity,
    /// The log-loss is self-concordant in a generalised sense, so its Hessian changes slowly.
    SelfConcordance,
    /// Some of the bounds follow from the one, some from the other.
    Both,
    /// None: the solver came where no step lowers the objective beyond rounding, and the gradient there is as small as is said. Firth's objective is not convex in
    /// general, so nothing bounds the way to an optimum.
    Stationarity,
}

impl fmt::Display for Theorem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Theorem::StrongConvexity => "strong convexity",
            Theorem::SelfConcordance => "self-concordance",
            Theorem::Both => "strong convexity and self-concordance",
            Theorem::Stationarity => "stationarity",
        })
    }
}

/// Bounds on how far coefficients are from the optimum, in the units of the columns as they were given; ∞ where there is none.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Certificate {
    pub(crate) theorem: Theorem,
    pub(crate) gradient_norm: f64,
    pub(crate) compensated_gradient_norm: Option<f64>,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) weights: f64,
    pub(crate) gap: f64,
}

impl Certificate {
    /// What proves it.
    pub fn theorem(&self) -> Theorem {
        self.theorem
    }

    /// An upper bound on ‖∇F‖ at the coefficients, the intercept's entry included; by [`Theorem::Stationarity`] the norm as computed.
    pub fn gradient_norm(&self) -> f64 {
        self.gradient_norm
    }

    /// ‖∇F‖ at the coefficients, evaluated again with logits and sums to which is added what their operations lost: what
    /// [`Fit::gradient_norm`](crate::Fit::gradient_norm) is without its roundings. None where the proof did without, as of large data with a tolerance.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let fit = LogisticRegression::new().fit(&spector()?.dataset)?;
    /// let proof = fit.certificate().ok_or("none")?;
    /// assert!(proof.compensated_gradient_norm().ok_or("none")? <= proof.gradient_norm());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compensated_gradient_norm(&self) -> Option<f64> {
        self.compensated_gradient_norm
    }

    /// Upper bounds on |βⱼ − βⱼ*|, the intercept's first.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// An upper bound on ‖w − w*‖.
    pub fn weights(&self) -> f64 {
        self.weights
    }

    /// An upper bound on |b − b*|.
    pub fn intercept(&self) -> f64 {
        self.coefficients.first().copied().unwrap_or(f64::NAN)
    }

    /// An upper bound on F(b, w) − F*.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// What is known of a stationary point, from a gradient in the coordinates of the objective.
    pub(crate) fn of_stationarity(objective: &Objective<'_>, gradient: &DVector<f64>) -> Self {
        Certificate {
            theorem: Theorem::Stationarity,
            gradient_norm: euclidean_norm(&objective.units().gradient_in_given(gradient)),
            compensated_gradient_norm: None,
            coefficients: vec![f64::INFINITY; gradient.len()],
            weights: f64::INFINITY,
            gap: f64::INFINITY,
        }
    }

    /// The smaller one of each of two certificates' bounds.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let pairs = || self.coefficients.iter().zip(&other.coefficients);
        let coefficients: Vec<f64> = pairs().map(|(one, two)| one.min(*two)).collect();
        let is_first = pairs().all(|(one, two)| one <= two) && self.gap <= other.gap;
        let is_second = pairs().all(|(one, two)| two <= one) && other.gap <= self.gap;
        let theorem = match (is_first, is_second) {
            (true, _) => self.theorem,
            (_, true) => other.theorem,
            _ => Theorem::Both,
        };
        let of_each = euclidean_norm(&DVector::from_column_slice(&coefficients[1..])) * UPWARDS;
        Certificate {
            theorem,
            gradient_norm: self.gradient_norm.min(other.gradient_norm),
            compensated_gradient_norm: self.compensated_gradient_norm.or(other.compensated_gradient_norm),
            weights: self.weights.min(other.weights).min(of_each),
            coefficients,
            gap: self.gap.min(other.gap),
        }
    }

    /// The certificate, if every bound is a finite number.
    pub(crate) fn finite(self) -> Option<Self> {
        let others = [self.gradient_norm, self.weights, self.gap];
        let is_finite = self.coefficients.iter().chain(&others).all(|bound| bound.is_finite());
        is_finite.then_some(self)
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.theorem == Theorem::Stationarity {
            return write!(
                f,
                "stationary: gradient norm {:.1e}; nothing is proved of the way to an optimum",
                self.gradient_norm
            );
        }
        write!(
            f,
            "proved by {}: weights within {:.1e} of the optimum's, intercept within {:.1e}, objective within {:.1e}, gradient norm at most {:.1e}",
            self.theorem,
            self.weights,
            self.intercept(),
            self.gap,
            self.gradient_norm
        )?;
        match self.compensated_gradient_norm {
            Some(norm) => write!(f, " ({norm:.1e} by compensated sums)"),
            None => Ok(()),
        }
    }
}
