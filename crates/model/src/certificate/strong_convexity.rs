//! Bounds from a penalty on every weight, by the gradient alone.
//!
//! With the mean log-loss F₀ and λ > 0 the objective is F(b, w) = F₀(b, w) + λ/2·‖w‖²; the intercept b is not penalised. Let g(w) = min_b F(b, w),
//! attained at b̂(w). F₀ is jointly convex, so its partial minimum is convex, and g, which is that plus λ/2·‖w‖², is λ-strongly convex with
//! ∇g(w) = ∇_w F(b̂(w), w). It does not matter whether b is the intercept of the columns or of the centred ones, and in standard coordinates, w′ⱼ = sⱼwⱼ, the penalty is ½Σλⱼw′ⱼ²
//! with λⱼ = λ/sⱼ². Therefore, with the optimum (b*, w*) and ‖v‖²_Λ = Σ vⱼ²/λⱼ:
//!
//! 1. √λ·‖w − w*‖ ≤ ‖∇g‖_Λ and g(w) − g(w*) ≤ ‖∇g‖²_Λ/2.
//! 2. Along b, F₀″ = h has |F₀‴| ≤ F₀″ (the log-loss's a(1 − a)(1 − 2a)), so F₀″ falls at most as e^(−t) and |∂F/∂b| at b ± δ has changed by at least h·(1 − e^(−δ)).
//!    If that is more than |∂F/∂b|, that is δ = −ln(1 − |∂F/∂b|/h), then |b̂ − b| ≤ δ.
//! 3. |∂F₀/∂w′ⱼ(b̂, w) − ∂F₀/∂w′ⱼ(b, w)| ≤ ¼·|b̂ − b|·mean|x′ⱼ|, since σ has slopes of at most ¼. So
//!
//!    ```text
//!    ‖∇g‖_Λ ≤ ρ = ‖ |∇_w F(b, w)| + δ/4·mean|x′| ‖_Λ
//!    ```
//! 4. F(b, w) − g(w) ≤ |∂F/∂b|·δ by convexity in b, so F(b, w) − F* ≤ |∂F/∂b|·δ + ρ²/2.
//! 5. b̂(w) has a gradient of the form −E[x′] with weights a(1 − a), so |b′ − b′*| ≤ δ + ρ·‖(max|x′ⱼ|)‖_Λ, and b = b′ − Σ w′ⱼμⱼ/sⱼ.
//!
//! Invariant: that of [`certificate`](super).

use nalgebra::DVector;

use super::evidence::{Evidence, UPWARDS, rounding};
use super::{Certificate, Theorem};
use crate::fit::euclidean_norm;
use crate::objective::Objective;

/// The certificate of a point; none unless every weight is penalised by the same λ > 0 in its given unit.
pub(crate) fn certificate(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    evidence: &Evidence,
    lambda: f64,
) -> Option<Certificate> {
    let slope = evidence.gradient[0].abs() + evidence.errors[0];
    let ratio = slope / evidence.curvature * UPWARDS;
    if !(lambda > 0.0 && evidence.curvature > 0.0 && ratio < 1.0) {
        return None;
    }
    let delta = -(-ratio).ln_1p() * UPWARDS;
    let (mut squares, mut reaches, mut means) = (0.0, 0.0, 0.0);
    for (j, (mean, _, _)) in objective.units().moments().enumerate() {
        let penalty = objective.penalties()[j];
        let moved = delta / 4.0 * evidence.mean_squares[j];
        let bound = evidence.gradient[j + 1].abs() + evidence.errors[j + 1] + moved;
        squares += bound / penalty * bound;
        reaches += evidence.largest[j] / penalty * evidence.largest[j];
        means += mean / penalty * mean;
    }
    let length = squares.sqrt() * UPWARDS;
    let weights = length / lambda.sqrt() * UPWARDS;
    let mapped = mapping_errors(objective, point);
    let intercept = delta + length * (reaches.sqrt() + means.sqrt());
    let each = |j: usize| if j == 0 { intercept } else { weights };
    Certificate {
        theorem: Theorem::StrongConvexity,
        gradient_norm: gradient_norm(objective, evidence),
        compensated_gradient_norm: evidence.compensated_norm(objective),
        coefficients: (0..point.len()).map(|j| (each(j) + mapped[j]) * UPWARDS).collect(),
        weights: (weights + euclidean_norm(&mapped.rows(1, point.len() - 1).into_owned())) * UPWARDS,
        gap: (slope * delta + length * length / 2.0) * UPWARDS,
    }
    .finite()
}

/// What the roundings of the way from the given columns and back can do to each coefficient.
pub(super) fn mapping_errors(objective: &Objective<'_>, point: &DVector<f64>) -> DVector<f64> {
    let given = objective.units().in_given(point);
    let moved: f64 =
        objective.units().moments().zip(point.iter().skip(1)).map(|((mean, _, _), w)| (w * mean).abs()).sum();
    let mut errors = given.map(|coefficient| rounding(4) * coefficient.abs());
    errors[0] = rounding(2 * point.len() + 6) * (point[0].abs() + moved);
    errors
}

/// A bound on ‖∇F‖ by the coefficients of the given columns.
pub(super) fn gradient_norm(objective: &Objective<'_>, evidence: &Evidence) -> f64 {
    let sizes = evidence.gradient.abs() + &evidence.errors;
    let slopes = objective.units().moments().enumerate();
    let squares =
        slopes.map(|(j, (mean, scale, _))| scale * (sizes[j + 1] + mean.abs() * sizes[0])).collect();
    sizes[0].hypot(euclidean_norm(&DVector::<f64>::from_vec(squares))) * UPWARDS
}
