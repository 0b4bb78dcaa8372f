//! The gradient at a point with a bound on the error of each entry: what a proof begins with.
//!
//! With u = 2⁻⁵³ and γₙ = n·u/(1 − n·u) (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition 2002, chapters 3 and 4), and means over the examples
//! with the weights pᵢ = cᵢ/Σc:
//!
//! 1. A logit, a chain of d fused multiply-adds onto b + o, is off by at most e = γ_{d+5}·(|b| + |o| + Σⱼ|wⱼxⱼ|); its residual by e/4, since σ has slopes of at most ¼,
//!    and by [`RESIDUAL`]·u of itself, supposing that e^x keeps the budget that tests hold it to. Three of the operations are those of a column that is a standardised copy.
//! 2. A sum of chains of n additions is off by γₙ·Σ|terms|, and what compensated additions of chunks add is of second order (Ogita, Rump and Oishi, *SIAM Journal on
//!    Scientific Computing* 26, 2005).
//! 3. By Cauchy and Schwarz mean|wₖxₖ·xⱼ| ≤ |wₖ|·qₖ·qⱼ with the root mean squares q, and |r| ≤ 1. So with S = |b| + q_o + Σₖ|wₖ|·qₖ
//!
//!    ```text
//!    |error of ∂F₀/∂wⱼ| ≤ qⱼ·(γ_{d+5}·S/4 + γ_{n + RESIDUAL + 6})
//!    ```
//!    And |r| ≤ L and a(1 − a) ≤ L, so with S′ = |b| + max|o| + Σₖ|wₖ|·max|xₖ| it is at most max|xⱼ|·mean L·(1.1·γ_{d+5}·S′ + γ_{n + RESIDUAL + 6}) too, which is less where the losses are
//!    small (1.1 is more than e^e for an e below 0.09).
//! 4. Into standard coordinates, ∇′ⱼ = (∇ⱼ − μⱼ∇₀)/sⱼ + λⱼw′ⱼ: the errors in the same way, and the roundings of the operations.
//!
//! Everything that adds bounds up is multiplied by [`UPWARDS`].
//!
//! Invariant: the true gradient lies within the errors of what is given.

use nalgebra::DVector;

use crate::closed_form::{self, LONGEST_CHAIN, Means};
use crate::objective::Objective;

/// The unit roundoff of f64.
pub(crate) const UNIT: f64 = f64::EPSILON / 2.0;

/// A residual s·σ(t): e^(−|t|) within 4 ulp, which is 8·u, and three operations.
const RESIDUAL: usize = 16;

/// More than the roundings of adding up as many bounds as there are coefficients: 1 + 2⁻²⁰ is so for up to 10⁹.
pub(crate) const UPWARDS: f64 = 1.0 + 1.0 / (1 << 20) as f64;

/// More than the roundings of second moments, relative to their parts.
const ROUNDED_AWAY: f64 = 1e-12;

/// What is known of an objective at a point, in its standard coordinates.
pub(crate) struct Evidence {
    /// J
    pub(crate) value: f64,
    /// The mean log-loss alone.
    pub(crate) mean_loss: f64,
    /// ∇′
    pub(crate) gradient: DVector<f64>,
    /// Bounds on the errors of ∇′.
    pub(crate) errors: DVector<f64>,
    /// The same but for what comes from the errors of the logits.
    pub(crate) errors_of_sums: DVector<f64>,
    /// A bound on the error of any logit.
    pub(crate) logit_error: f64,
    /// The mean of a(1 − a), a little less than it is.
    pub(crate) curvature: f64,
    /// By how much a(1 − a) is off at most, relatively, in any example.
    pub(crate) curvature_error: f64,
    /// qⱼ′ of the standardised columns.
    pub(crate) mean_squares: DVector<f64>,
    /// A bound on |xⱼ′| of the standardised columns.
    pub(crate) largest: DVector<f64>,
}

/// Looks at an objective at a point in its coordinates, by one pass over the data.
pub(crate) fn evidence(objective: &Objective<'_>, point: &DVector<f64>) -> Evidence {
    let (examples, units) = (objective.examples(), objective.units());
    let on_columns = units.on_columns(point);
    let seen: Vec<(f64, f64)> = (0..examples.dimension()).map(|j| units.of_seen(j)).collect();
    let Means { loss: mean_loss, curvature, gradient, squares, means } =
        closed_form::evidence(examples, &on_columns);
    // Root mean squares of the standardised columns, and of the columns as passes see them.
    // Around a centre at most ten deviations away mean x² − 2μ·mean x + μ² loses two digits, which is within what is added.
    let around = |(square, mean): (&f64, &f64), centre: f64| {
        (square - 2.0 * centre * mean + centre * centre).max(0.0) + ROUNDED_AWAY * (square + centre * centre)
    };
    let standard: Vec<f64> = squares
        .iter()
        .zip(&means)
        .zip(&seen)
        .map(|(moments, (centre, scale))| around(moments, *centre).sqrt() / scale * UPWARDS)
        .collect();
    let roots: Vec<f64> = standard
        .iter()
        .zip(&seen)
        .map(|(root, (mean, scale))| (mean.abs() + scale * root) * UPWARDS)
        .collect();
    let largest = largest(objective);
    let offset =
        examples.offset().map_or(0.0, |offset| offset.iter().fold(0.0, |most, o| f64::max(most, o.abs())));
    let dimension = examples.dimension();
    let largest_seen: Vec<f64> = (0..dimension)
        .map(|j| {
            let (mean, scale) = units.of_seen(j);
            mean.abs() + scale * largest[j]
        })
        .collect();
    let size = |by: &[f64]| {
        let weights = on_columns.iter().skip(1).zip(by);
        on_columns[0].abs() + offset + weights.map(|(w, x)| (w * x).abs()).sum::<f64>()
    };
    let (typical, extreme) = (size(&roots), size(&largest_seen));
    let (of_logit, of_sum) = (rounding(dimension + 5), rounding(LONGEST_CHAIN + RESIDUAL + 6));
    // What a mean is off by: for a column of root mean square 1, and for one of largest size 1.
    let off = |logit: f64| {
        let by_root = (logit * typical / 4.0 + of_sum) * UPWARDS;
        let by_size = (logit * extreme * 1.1 + of_sum) * mean_loss * UPWARDS;
        let off = move |(root, size): (&f64, &f64)| (root * by_root).min(size * by_size);
        let of_columns = roots.iter().zip(&largest_seen).map(off);
        DVector::from_iterator(dimension + 1, std::iter::once(off((&1.0, &1.0))).chain(of_columns))
    };
    let (_, errors_of_sums) = in_standard(objective, point, &gradient, &off(0.0));
    let (gradient, errors) = in_standard(objective, point, &gradient, &off(of_logit));
    // |d ln a(1 − a)/dz| ≤ 1; a(1 − a) itself is e^(−|z|) and four operations.
    let curvature_error = (of_logit * extreme + rounding(RESIDUAL + 4)) * UPWARDS;
    let off = curvature_error + rounding(LONGEST_CHAIN + 3);
    Evidence {
        value: mean_loss + objective.penalty(point),
        mean_loss,
        gradient,
        errors,
        errors_of_sums,
        logit_error: of_logit * extreme * UPWARDS,
        curvature: curvature * (1.0 - off * UPWARDS),
        curvature_error,
        mean_squares: DVector::from_vec(standard),
        largest: DVector::from_vec(largest),
    }
}

/// ∇′ and bounds on its errors, from a gradient by the coefficients of the columns that passes see.
fn in_standard(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    gradient: &DVector<f64>,
    errors: &DVector<f64>,
) -> (DVector<f64>, DVector<f64>) {
    let units = objective.units();
    let mut pulled = units.gradient(gradient);
    let mut bounds = errors.clone();
    for (j, lambda) in objective.penalties().iter().enumerate() {
        let (mean, scale) = units.of_seen(j);
        let (of_intercept, penalty) = (mean.abs() * gradient[0].abs(), lambda * point[j + 1]);
        let carried = errors[j + 1] + mean.abs() * errors[0];
        let rounded = rounding(4) * (gradient[j + 1].abs() + of_intercept);
        pulled[j + 1] += penalty;
        // The coefficient itself is one of the columns' coefficients, rounded, times the scale.
        let of_penalty = rounding(5) * (penalty.abs() + pulled[j + 1].abs());
        bounds[j + 1] = ((carried + rounded) / scale + of_penalty) * UPWARDS;
    }
    (pulled, bounds)
}

/// Bounds on |x′ⱼ| of the standardised columns: looked up where there is a copy, since its mean may be far away.
fn largest(objective: &Objective<'_>) -> Vec<f64> {
    let columns = objective.examples().columns();
    let bound = |(j, (mean, scale, largest)): (usize, (f64, f64, f64))| {
        let most = if objective.units().is_copied(j) {
            columns[j].iter().fold(0.0, |most, x| f64::max(most, x.abs()))
        } else {
            largest / scale + mean.abs()
        };
        most * UPWARDS
    };
    objective.units().moments().enumerate().map(bound).collect()
}

/// γₙ
pub(crate) fn rounding(operations: usize) -> f64 {
    let share = operations as f64 * UNIT;
    share / (1.0 - share)
}
