//! From the point that was proved to the coefficients that are reported.
//!
//! A solver's point (b′, w′) is evaluated with the coefficients of the columns that passes see; reported are those of the columns as they were given,
//! wⱼ = w′ⱼ/sⱼ and b = b′ − Σ w′ⱼμⱼ/sⱼ, rounded; of a column that a residual x − Σ cₖxₖ stands for, cₖ times its coefficient is taken off those of
//! the others. Where no column is a standardised copy these are the same numbers. Where one is, they differ by the roundings of the way back: mⱼ at
//! most, m₀ for the intercept. With η = m₀ + Σⱼ mⱼ·max|xⱼ| no logit moves by more, and no mean of a(1 − a) on the way is larger than c = min(¼,
//! e^η·mean a(1 − a), e^η·mean L). With Gⱼ ≥ |∂F/∂wⱼ| before
//!
//! ```text
//! F rises by at most Σⱼ Gⱼmⱼ + η²c/2 + λ/2·Σ_{j ≥ 1} mⱼ²
//! |∂F/∂wⱼ| by at most η·min(qⱼ/4, c·max|xⱼ|) + λ·mⱼ       (max|x₀| = 1, no λ for the intercept)
//! ```
//!
//! Coefficients that somebody else found are brought to a point and back, which moves them by at most mⱼ again; by Cauchy and Schwarz F rises by no more than
//! ‖∇F‖·‖m‖ + η²/8 + λ/2·Σ_{j ≥ 1} mⱼ² on the way from there.
//!
//! Invariant: what holds of the solver's point is carried over to the reported one, never the other way.

use nalgebra::DVector;

use super::Certificate;
use super::evidence::{Evidence, UNIT, UPWARDS};
use crate::fit::euclidean_norm;
use crate::objective::Objective;

/// What the way back costs.
pub(super) struct Reported {
    /// A bound on ‖∇F‖ by the coefficients of the given columns.
    pub(super) gradient_norm: f64,
    /// By how much F is larger at most.
    pub(super) rise: f64,
}

impl Reported {
    /// From bounds on what the roundings of the way back do to each coefficient.
    pub(super) fn new(objective: &Objective<'_>, evidence: &Evidence, mapped: &DVector<f64>) -> Self {
        let (units, lambda) = (objective.units(), objective.ridge().lambda());
        let moments: Vec<(f64, f64, f64)> = units.moments().collect();
        let mut slopes = units.sizes_in_given(&(evidence.gradient.abs() + &evidence.errors));
        let is_moved = (0..moments.len()).any(|j| units.is_copied(j));
        if !is_moved {
            return Reported { gradient_norm: euclidean_norm(&slopes) * UPWARDS, rise: 0.0 };
        }
        let reaches = moments.iter().zip(mapped.iter().skip(1)).map(|((_, _, largest), m)| largest * m);
        let eta = (mapped[0] + reaches.sum::<f64>()) * UPWARDS;
        let grown = (eta + evidence.logit_error).exp() * UPWARDS;
        let curvature = (evidence.curvature_at_most.min(evidence.mean_loss) * grown).min(0.25);
        let mut rise = slopes.dot(mapped) + eta * eta * curvature / 2.0;
        slopes[0] += eta * curvature;
        let roots = units.sizes_in_given(&evidence.mean_squares.clone().insert_row(0, 1.0));
        for (j, (_, _, largest)) in moments.iter().enumerate() {
            let m = mapped[j + 1];
            rise += lambda / 2.0 * m * m;
            slopes[j + 1] += eta * (roots[j + 1] / 4.0).min(largest * curvature) + lambda * m;
        }
        Reported { gradient_norm: euclidean_norm(&slopes) * UPWARDS, rise: rise * UPWARDS }
    }
}

impl Certificate {
    /// The same of coefficients that are not those that it is of but near, all of the given columns.
    pub(crate) fn carried(self, objective: &Objective<'_>, from: &DVector<f64>, to: &DVector<f64>) -> Self {
        let moved = (to - from).abs() * UPWARDS;
        if moved.amax() == 0.0 {
            return self;
        }
        let lambda = objective.ridge().lambda();
        let sizes = || std::iter::once(1.0).chain(objective.units().moments().map(|(_, _, largest)| largest));
        let eta = sizes().zip(&moved).map(|(size, m)| size * m).sum::<f64>() * UPWARDS;
        let penalised = moved.clone().remove_row(0);
        let [length, of_weights] = [euclidean_norm(&moved), euclidean_norm(&penalised)];
        let turned = DVector::from_iterator(moved.len(), sizes().map(|size| size * eta / 4.0));
        let rise = self.gradient_norm * length + eta * eta / 8.0 + lambda / 2.0 * of_weights * of_weights;
        let coefficients = self.coefficients.iter().zip(&moved).map(|(bound, m)| (bound + m) * UPWARDS);
        Certificate {
            coefficients: coefficients.collect(),
            weights: (self.weights + of_weights) * UPWARDS,
            gap: (self.gap + rise) * UPWARDS,
            gradient_norm: (self.gradient_norm + euclidean_norm(&turned) + lambda * of_weights) * UPWARDS,
            ..self
        }
    }
}

/// γₙ/n for up to 10⁹ operations, or more.
const GAMMA: f64 = UNIT * UPWARDS;

/// What a few operations lose below the smallest normal number, in whose steps of 2⁻¹⁰⁷⁴ they end.
const SUBNORMAL: f64 = 4e-323;

/// What the roundings of the way from the given columns and back can do to each coefficient.
pub(super) fn mapping_errors(objective: &Objective<'_>, point: &DVector<f64>) -> DVector<f64> {
    objective.units().rounded_in_given(point).map(|rounded| rounded * GAMMA + SUBNORMAL)
}
