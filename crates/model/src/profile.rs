//! Intervals by the likelihood itself, where Wald's normal approximation is poor.
//!
//! The profile of a coefficient is ℓ(v), the largest log-likelihood where it has the value v. The interval is where 2·(ℓ(β̂ⱼ) − ℓ(v)) ≤ q², with q
//! the normal quantile: all values that a likelihood-ratio test would not reject (Venzon and Moolgavkar, *Applied Statistics* 37, 1988). Its ends are
//! the roots of
//!
//! ```text
//! r(v) = ±√(2·(ℓ(β̂ⱼ) − ℓ(v))) = ±q,      dr/dv = −(dℓ/dv)/r,
//! ```
//!
//! which is nearly a straight line, so Newton's method finds them in a few fits.
//!
//! There always are two: where a fit exists the classes overlap, and ℓ falls without bound in every direction. But examples that overlap by next to
//! no weight put an end where all other logits are so large that what is left of the information is 0 in f64. A value at which a fit did not reach
//! its optimum says nothing of ℓ: one nearer to the last optimum is tried. Fits begin where the optima move to: along the covariance's column at
//! first, Cⱼ/Cⱼⱼ, then along the line through the last two.
//!
//! Invariant: an end is a root to [`ROOT_TOLERANCE`], of fits that reached their optima; where none was found that is said.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::distributions::two_sided_quantile;
use crate::error::Error;
use crate::fit::Fit;
use crate::newton_cg;
use crate::objective::Objective;
use crate::penalty::Penalty;
use crate::quasi_newton::{self, Look, Manner};
use crate::regression::LogisticRegression;
use crate::restricted::Restricted;
use crate::solver::{Goal, Outcome, Problem, Solver};

/// r and q agree to this share of q.
const ROOT_TOLERANCE: f64 = 1e-10;

/// Fits for one end.
const FITS: usize = 60;

/// The deviance at a fit's coefficients, by these data and by the fit, agree to this share: they differ by rounding, which is more where columns lie
/// far from 0.
const SAME: f64 = 1e-6;

impl LogisticRegression {
    /// Profile-likelihood intervals of the coefficients, the intercept's first, that cover the truth with this probability, as 0.95. They are
    /// finite: the likelihood of classes that overlap falls without bound in every direction.
    ///
    /// Each end takes a few fits with the coefficient held, by this regression's solver, Newton's method if it was left automatic, within its limit
    /// of steps. An end is a root to ten digits; a tolerance of the regression is one of the fit itself.
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
    /// [`Error::NoProfile`] if the fit is no maximum of the likelihood of these data, or if the regression has a penalty; [`Error::InvalidLevel`]
    /// unless the level is between 0 and 1;
    /// [`Error::Unsupported`] for gradient descent;
    /// [`Error::ProfileNotReached`] where an end was not found, as on nearly separable data.
    pub fn profile_intervals(&self, data: &Dataset, fit: &Fit, level: f64) -> Result<Vec<(f64, f64)>, Error> {
        let quantile = two_sided_quantile(level);
        if quantile.is_nan() {
            return Err(Error::InvalidLevel { level });
        }
        if self.solver == Solver::GradientDescent {
            return Err(Error::Unsupported {
                asked: self.solver.to_string(),
                purpose: "profile-likelihood intervals",
                reason: "no step is known to be safe with a coefficient held",
                remedy: "choose another solver, or leave it automatic",
            });
        }
        if self.penalty == Penalty::Firth || self.penalty.lambda() > 0.0 {
            let reason =
                "the regression has a penalty, and they are those of the likelihood alone; ask one without";
            return Err(Error::NoProfile { reason });
        }
        let present = data.present();
        let data = present.as_ref();
        let inference = match fit.inference() {
            Ok(inference) if fit.is_maximum_likelihood() => inference,
            _ => {
                return Err(Error::NoProfile {
                    reason: "it has to be a maximum of the likelihood, without penalty, and not to a tolerance alone",
                });
            }
        };
        let of_other_data = Error::NoProfile { reason: "it is not of these data" };
        if fit.feature_names() != data.feature_names() || fit.total_weight() != data.total_weight() {
            return Err(of_other_data);
        }
        let objective = self.unpenalised(data)?;
        let given = DVector::from_column_slice(fit.coefficients()).insert_row(0, fit.intercept());
        let profile = Profile::new(self, &objective, &given)?;
        let deviance = 2.0 * data.total_weight() * profile.value;
        if (deviance - fit.deviance()).abs() > SAME * deviance {
            return Err(of_other_data);
        }
        let errors = inference.standard_errors();
        let interval = |j: usize| {
            let not_reached = |end| {
                let column = j.checked_sub(1).map_or("(intercept)", |j| &data.feature_names()[j]).to_owned();
                Error::ProfileNotReached { column, end }
            };
            let mut restricted = Restricted::new(&objective, &profile.along(j), j);
            let tangent = inference.covariance().column(j) / inference.covariance()[(j, j)];
            let estimate = Estimate { j, value: given[j], error: errors[j], tangent };
            let mut end = |q: f64| profile.end(&mut restricted, &estimate, q);
            let lower = end(-quantile)?.ok_or_else(|| not_reached("lower"))?;
            let upper = end(quantile)?.ok_or_else(|| not_reached("upper"))?;
            Ok((lower, upper))
        };
        (0..given.len()).map(interval).collect()
    }
}

/// A coefficient at the maximum.
struct Estimate {
    /// Its place, the intercept's being 0.
    j: usize,
    value: f64,
    /// Its standard error.
    error: f64,
    /// By how much all coefficients move with it.
    tangent: DVector<f64>,
}

/// The likelihood around its maximum.
struct Profile<'o, 'd> {
    regression: &'o LogisticRegression,
    objective: &'o Objective<'d>,
    best: DVector<f64>,
    value: f64,
}

impl<'o, 'd> Profile<'o, 'd> {
    fn new(
        regression: &'o LogisticRegression,
        objective: &'o Objective<'d>,
        given: &DVector<f64>,
    ) -> Result<Self, Error> {
        let best = objective.units().standard(given);
        Ok(Profile { regression, objective, value: objective.value(&best)?, best })
    }

    /// A fit with the coefficient held, by the regression's solver.
    fn fitted(
        &self,
        restricted: &Restricted<'_, Objective<'d>>,
        start: DVector<f64>,
    ) -> Result<Outcome, Error> {
        let watch = &mut |_: &Look<'_>| Ok(None);
        let limit = self.regression.step_limit();
        let manner = match self.regression.solver {
            Solver::NewtonCg => {
                return newton_cg::minimise(restricted, start, Goal::Precise, limit, watch);
            }
            Solver::Lbfgs => Manner::lbfgs(restricted.curvatures(), limit),
            _ => Manner::newton(limit),
        };
        Ok(quasi_newton::minimise(restricted, start, manner, Goal::Precise, watch)?.0)
    }

    /// The v beyond the estimate at which r(v) = q, which has the sign of the side; none if it was not found.
    fn end(
        &self,
        restricted: &mut Restricted<'_, Objective<'d>>,
        estimate: &Estimate,
        q: f64,
    ) -> Result<Option<f64>, Error> {
        let (total, j) = (self.objective.examples().total_weight(), estimate.j);
        // The last optimum, for which value, and how the others move from there.
        let (mut optimum, mut known) = (self.best.clone().remove_row(j), estimate.value);
        let mut tangent = self.objective.units().standard(&estimate.tangent).remove_row(j);
        if tangent.iter().any(|entry| !entry.is_finite()) {
            tangent.fill(0.0);
        }
        // Between these the root lies; beyond the outer one nothing is known yet.
        let (mut inner, mut outer) = (estimate.value, f64::INFINITY * q.signum());
        let mut v = estimate.value + q * estimate.error;
        for _ in 0..FITS {
            if !v.is_finite() {
                break;
            }
            restricted.hold(v);
            let outcome = self.fitted(restricted, &optimum + &tangent * (v - known))?;
            if outcome.obstacle.is_some() {
                v = 0.5 * (known + v);
                continue;
            }
            let (value, gradient) =
                self.objective.value_and_gradient(&restricted.point(&outcome.place.point))?;
            let root = (2.0 * total * (value - self.value).max(0.0)).sqrt() * q.signum();
            if (root - q).abs() <= ROOT_TOLERANCE * q.abs() {
                return Ok(Some(v));
            }
            (inner, outer) = if root.abs() < q.abs() { (v, outer) } else { (inner, v) };
            if v != known {
                tangent = (&outcome.place.point - optimum) / (v - known);
            }
            (optimum, known) = (outcome.place.point, v);
            let slope = total * gradient[j] / restricted.divisor() / root;
            v = next(v + (q - root) / slope, inner, outer, estimate.value);
        }
        Ok(None)
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
