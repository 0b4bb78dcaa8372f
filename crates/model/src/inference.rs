//! What statistics says of coefficients of maximum likelihood.
//!
//! At the optimum of m examples the coefficients β = (b, w) are nearly normal around the truth, with the inverse of the observed information as covariance:
//!
//! ```text
//! I = Σᵢ cᵢ·a⁽ⁱ⁾(1 − a⁽ⁱ⁾)·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ = Σc·∇²J,   standard errors sⱼ = √(I⁻¹)ⱼⱼ,   zⱼ = βⱼ/sⱼ,   pⱼ = 2·Φ(−|zⱼ|) = erfc(|zⱼ|/√2)
//! ```
//!
//! (Wald's statistic; McCullagh and Nelder, *Generalized Linear Models*, 2nd edition 1989, section 4.4.) Under a penalty none of this holds: the
//! coefficients are biased on purpose, so nothing is reported, and the reason is. The same goes for Akaike's and the Bayesian criterion, which
//! compare largest likelihoods.
//!
//! Invariant: p-values come from the complementary error function, so that those far out keep their digits.

use nalgebra::{DMatrix, DVector};

use crate::distributions::{normal_tails, two_sided_quantile};
use crate::units::Units;

/// The covariance of fitted coefficients and what follows from it; entries are the intercept's, then the weights'.
#[derive(Clone, Debug)]
pub struct Inference {
    point: DVector<f64>,
    covariance: DMatrix<f64>,
    standard_errors: Vec<f64>,
}

/// Why there is no inference, or no information criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Withheld {
    /// The weights are pulled towards 0.
    #[error(
        "standard errors, AIC and BIC are those of maximum likelihood, and a penalty biases the coefficients; fit without one to get them"
    )]
    Penalty,
    /// The likelihood is not at its largest, but at that of the bias-reduced estimate, which has standard errors and no criteria.
    #[error(
        "AIC and BIC are those of the largest likelihood, and Firth's estimate does not reach it; fit without a penalty to get them"
    )]
    Firth,
    /// The point is no optimum.
    #[error("standard errors, AIC and BIC are those of an optimum, and none was reached")]
    NoOptimum,
    /// The information matrix has no inverse to working precision.
    #[error(
        "standard errors are those of an information matrix with an inverse, and it is singular to working precision; leave out columns that others determine"
    )]
    Singular,
}

impl Inference {
    /// From a root of the covariance in standard coordinates, C = BᵀB. Standard errors are lengths, not roots of variances, which in the units of a column may be out of range.
    pub(crate) fn new(point: DVector<f64>, units: &Units, root: &DMatrix<f64>) -> Self {
        let (known, mut root) = (root, root.clone());
        // b = b′ − Σ w′ⱼμⱼ/sⱼ, wⱼ = w′ⱼ/sⱼ, but for what residuals take up
        root.set_column(0, &(known * units.row(0)));
        let scales: Vec<f64> =
            std::iter::once(1.0).chain(units.moments().map(|(_, scale, _)| scale)).collect();
        for j in (1..root.ncols()).filter(|j| units.is_mixed(j - 1)) {
            root.set_column(j, &(known * units.row(j) * scales[j]));
        }
        let lengths = root.column_iter().zip(&scales).map(|(column, scale)| column.norm() / scale);
        let standard_errors = lengths.collect();
        for (mut column, scale) in root.column_iter_mut().zip(&scales) {
            column /= *scale;
        }
        Inference { point, covariance: root.tr_mul(&root), standard_errors }
    }

    /// The covariance of the coefficients, (d + 1) × (d + 1), the intercept's row and column first; 0 or ∞ where it is out of the range of f64.
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }

    /// sⱼ, the square roots of the covariance's diagonal.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.standard_errors.clone()
    }

    /// zⱼ, coefficients in units of their standard errors.
    pub fn z(&self) -> Vec<f64> {
        self.point.iter().zip(&self.standard_errors).map(|(coefficient, error)| coefficient / error).collect()
    }

    /// pⱼ, how probable so large a |zⱼ| is where the true coefficient is 0.
    pub fn p(&self) -> Vec<f64> {
        self.z().into_iter().map(normal_tails).collect()
    }

    /// Wald's intervals βⱼ ± q·sⱼ that cover the truth with this probability, as 0.95: lower and upper ends. A level outside
    /// (0, 1) gives NaN.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let fit = LogisticRegression::new().fit(&spector()?.dataset)?;
    /// let (lower, upper) = fit.inference()?.confidence_intervals(0.95)[1];
    /// assert!((lower - 0.3508).abs() < 1e-4 && (upper - 5.3014).abs() < 1e-4); // of GPA
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn confidence_intervals(&self, level: f64) -> Vec<(f64, f64)> {
        let quantile = two_sided_quantile(level);
        let ends = |(coefficient, error): (&f64, &f64)| {
            (coefficient - quantile * error, coefficient + quantile * error)
        };
        self.point.iter().zip(&self.standard_errors).map(ends).collect()
    }
}
