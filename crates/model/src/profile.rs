//! Intervals by the likelihood itself, where Wald's normal approximation is poor.
//!
//! The profile of a coefficient is ℓ(v), the largest log-likelihood where it has the value v. The interval is where 2·(ℓ(β̂ⱼ) − ℓ(v)) ≤ q², with q the normal quantile: all values that a
//! likelihood-ratio test would not reject (Venzon and Moolgavkar, *Applied Statistics* 37, 1988). Its ends are the roots of
//!
//! ```text
//! r(v) = ±√(2·(ℓ(β̂ⱼ) − ℓ(v))) = ±q,      dr/dv = −(dℓ/dv)/r,
//! ```
//!
//! which is nearly a straight line, so Newton's method finds them in a few fits.
//!
//! There always are two: where a fit exists the classes overlap, and ℓ falls without bound in every direction.
//!
//! Invariant: an end is a root to [`ROOT_TOLERANCE`].

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::distributions::two_sided_quantile;
use crate::error::Error;
use crate::fit::Fit;
use crate::objective::Objective;
use crate::quasi_newton::{self, Manner};
use crate::regression::LogisticRegression;
use crate::restricted::Restricted;
use crate::solver::Goal;

/// r and q agree to this share of q.
const ROOT_TOLERANCE: f64 = 1e-10;

/// Fits for one end.
const FITS: usize = 60;

/// Steps of one fit.
const STEPS: usize = 100;

impl LogisticRegression {
    /// Profile-likelihood intervals of the coefficients, the intercept's first, that cover the truth with this probability, as 0.95. They are
    /// finite: the likelihood of classes that overlap falls without bound in every direction.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let data = spector()?.dataset;
    /// let regression = LogisticRegression::new();
    /// let fit = regression.fit(&data)?;
    /// let (lower, upper) = regression.profile_intervals(&data, &fit, 0.95)?[1];
    /// // Of GPA, where Wald's ends are 0.35 and 5.30: R 4.2.2's confint(glm(…)), which interpolates between fits.
    /// assert!((lower - 0.639_366_5).abs() < 1e-3 && (upper - 5.757_253_2).abs() < 1e-3);
    /// # Ok::<(), chainrule_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotNested`] if the fit is no maximum of the likelihood of these data; [`Error::InvalidLevel`] unless the level is between 0 and 1.
    pub fn profile_intervals(&self, data: &Dataset, fit: &Fit, level: f64) -> Result<Vec<(f64, f64)>, Error> {
        let quantile = two_sided_quantile(level);
        if quantile.is_nan() {
            return Err(Error::InvalidLevel { level });
        }
        let present = data.present();
        let data = present.as_ref();
        let is_of_data =
            fit.feature_names() == data.feature_names() && fit.total_weight() == data.total_weight();
        let inference = match fit.inference() {
            Ok(inference) if fit.is_maximum_likelihood() => inference,
            _ => return Err(Error::NotNested { reason: "the fit has to be a maximum of the likelihood" }),
        };
        if !is_of_data {
            return Err(Error::NotNested { reason: "the fit is not of these data" });
        }
        let objective = self.unpenalised(data)?;
        let given = DVector::from_column_slice(fit.coefficients()).insert_row(0, fit.intercept());
        let profile = Profile::new(&objective, &given)?;
        let errors = inference.standard_errors();
        (0..given.len())
            .map(|j| {
                let end = |sign: f64| profile.end(j, given[j], errors[j], sign * quantile);
                Ok((end(-1.0)?, end(1.0)?))
            })
            .collect()
    }
}

/// The likelihood around its maximum.
struct Profile<'o, 'd> {
    objective: &'o Objective<'d>,
    best: DVector<f64>,
    value: f64,
}

impl<'o, 'd> Profile<'o, 'd> {
    fn new(objective: &'o Objective<'d>, given: &DVector<f64>) -> Result<Self, Error> {
        let best = objective.units().standard(given);
        Ok(Profile { objective, value: objective.value(&best)?, best })
    }

    /// The v beyond the estimate at which r(v) = q, which has the sign of the side.
    fn end(&self, j: usize, estimate: f64, error: f64, q: f64) -> Result<f64, Error> {
        let along = self.along(j);
        let mut start = self.best.clone().remove_row(j);
        // Between these the root lies; beyond the outer one nothing is known yet.
        let (mut inner, mut outer) = (estimate, f64::INFINITY * q.signum());
        let mut v = estimate + q * error;
        for _ in 0..FITS {
            let restricted = Restricted::new(self.objective, &along, j, v);
            let manner = Manner::newton(STEPS);
            let (outcome, _) =
                quasi_newton::minimise(&restricted, start.clone(), manner, Goal::Precise, &mut |_| Ok(None))?;
            let (value, gradient) = self.objective.value_and_gradient(&restricted.point(&outcome.point))?;
            let total = self.objective.examples().total_weight();
            let root = (2.0 * total * (value - self.value).max(0.0)).sqrt() * q.signum();
            if (root - q).abs() <= ROOT_TOLERANCE * q.abs() {
                return Ok(v);
            }
            (inner, outer) = if root.abs() < q.abs() { (v, outer) } else { (inner, v) };
            start = outcome.point;
            let slope = total * gradient[j] / along[j] / root;
            v = next(v + (q - root) / slope, inner, outer, estimate);
        }
        Ok(v)
    }

    /// What the coefficient of the given columns is as a linear function in standard coordinates.
    fn along(&self, j: usize) -> DVector<f64> {
        let size = self.best.len();
        let mut along = DVector::zeros(size);
        for (k, (mean, scale, _)) in self.objective.units().moments().enumerate() {
            if j == 0 {
                along[k + 1] = -mean;
            } else if k + 1 == j {
                along[j] = 1.0 / scale;
            }
        }
        if j == 0 {
            along[0] = 1.0;
        }
        along
    }
}

/// Newton's next value if it lies between the bounds, else one that halves what is left, or goes twice as far.
fn next(wanted: f64, inner: f64, outer: f64, estimate: f64) -> f64 {
    let is_between = (wanted - inner) * (outer - wanted) > 0.0;
    match (wanted.is_finite() && is_between, outer.is_finite()) {
        (true, true) => wanted,
        (true, false) => {
            inner + (wanted - inner).clamp(-4.0 * (inner - estimate).abs(), 4.0 * (inner - estimate).abs())
        }
        (false, true) => 0.5 * (inner + outer),
        (false, false) => inner + 2.0 * (inner - estimate),
    }
}
