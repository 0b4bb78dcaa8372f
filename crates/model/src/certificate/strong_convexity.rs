//! Bounds from a penalty on every weight, by the gradient alone.
//!
//! With the mean log-loss F₀ and λ > 0 the objective is F(b, w) = F₀(b, w) + λ/2·‖w‖²; the intercept b is not penalised. Let g(w) = min_b F(b, w),
//! attained at b̂(w). F₀ is jointly convex, so its partial minimum is convex, and g, which is that plus λ/2·‖w‖², is λ-strongly convex with
//! ∇g(w) = ∇_w F(b̂(w), w). It does not matter whether b is the intercept of the columns or of the centred ones, and in standard coordinates, w′ⱼ =
//! sⱼwⱼ, the penalty is ½Σλⱼw′ⱼ² with λⱼ = λ/sⱼ². Therefore, with the optimum (b*, w*) and ‖v‖²_Λ = Σ vⱼ²/λⱼ:
//!
//! 1. √λ·‖w − w*‖ ≤ ‖∇g‖_Λ and g(w) − g(w*) ≤ ‖∇g‖²_Λ/2.
//! 2. Along b, F₀″ = h has |F₀‴| ≤ F₀″ (the log-loss's a(1 − a)(1 − 2a)), so F₀″ falls at most as e^(−t) and |∂F/∂b| at b ± δ has changed by at least
//!    h·(1 − e^(−δ)). If that is more than |∂F/∂b|, that is δ = −ln(1 − |∂F/∂b|/h), then |b̂ − b| ≤ δ.
//! 3. |∂F₀/∂w′ⱼ(b̂, w) − ∂F₀/∂w′ⱼ(b, w)| ≤ ¼·|b̂ − b|·mean|x′ⱼ|, since σ has slopes of at most ¼. So
//!
//!    ```text
//!    ‖∇g‖_Λ ≤ ρ = ‖ |∇_w F(b, w)| + δ/4·mean|x′| ‖_Λ
//!    ```
//!    With the first column of F₀'s Hessian, h = mean a(1 − a) and mⱼ = mean a(1 − a)·x′ⱼ, both change along b by factors of at most e^δ for each
//!    example, so b̂ − b is −(∂F/∂b)/h up to a share of e^δ − 1, the slope changes by (b̂ − b)·mⱼ up to (e^δ − 1)·δ·mean|x′ⱼ|/4, and
//!
//!    ```text
//!    |∂g/∂w′ⱼ| ≤ |∂F/∂w′ⱼ − (∂F/∂b)/h·mⱼ| + (e^δ − 1)·δ·(|mⱼ| + mean|x′ⱼ|/4)
//!    ```
//! 4. F(b, w) − g(w) ≤ |∂F/∂b|·δ by convexity in b, so F(b, w) − F* ≤ |∂F/∂b|·δ + ρ²/2.
//! 5. b̂(w) has a gradient of the form −E[x′] with weights a(1 − a), so |b′ − b′*| ≤ δ + ρ·‖(max|x′ⱼ|)‖_Λ, and b = b′ − Σ w′ⱼμⱼ/sⱼ.
//!
//! Invariant: that of [`certificate`](super).

use nalgebra::DVector;

use super::evidence::{Evidence, UPWARDS, rounding};
use super::reported::{Reported, mapping_errors};
use super::{Certificate, Theorem};
use crate::fit::euclidean_norm;
use crate::objective::Objective;

/// The certificate of a point; none unless every weight is penalised by the same λ > 0 in its given unit, and none where residuals stand for columns.
pub(crate) fn certificate(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    evidence: &Evidence,
    lambda: f64,
) -> Option<Certificate> {
    let slope = evidence.gradient[0].abs() + evidence.errors[0];
    let ratio = slope / evidence.curvature * UPWARDS;
    let is_exact = objective.penalties().iter().all(|penalty| penalty.is_normal() && *penalty < f64::MAX);
    let has_no_residuals = objective.units().residuals().is_empty();
    if !(lambda > 0.0 && has_no_residuals && is_exact && evidence.curvature > 0.0 && ratio < 1.0) {
        return None;
    }
    let delta = -(-ratio).ln_1p() * UPWARDS;
    // 1/√λⱼ = sⱼ/√λ, since λⱼ itself may be as large as its square may not.
    let roots: Vec<f64> = objective.units().moments().map(|(_, scale, _)| scale / lambda.sqrt()).collect();
    let in_root = |of: &dyn Fn(usize) -> f64| {
        euclidean_norm(&DVector::from_fn(roots.len(), |j, _| of(j) * roots[j])) * UPWARDS
    };
    let length = in_root(&|j| match &evidence.column {
        Some(column) => profiled(evidence, column, j, delta),
        None => {
            evidence.gradient[j + 1].abs() + evidence.errors[j + 1] + delta / 4.0 * evidence.mean_squares[j]
        }
    });
    let reaches = in_root(&|j| evidence.largest[j]);
    let means: Vec<f64> = objective.units().moments().map(|(mean, _, _)| mean).collect();
    let intercept = (delta + length * (reaches + in_root(&|j| means[j]))) * UPWARDS;
    let weights = length / lambda.sqrt() * UPWARDS;
    let gap = (slope * delta + length * length / 2.0) * UPWARDS;
    let mapped = mapping_errors(objective, point);
    let each = |j: usize| if j == 0 { intercept } else { weights };
    let reported = Reported::new(objective, evidence, &mapped);
    Certificate {
        theorem: Theorem::StrongConvexity,
        gradient_norm: reported.gradient_norm,
        compensated_gradient_norm: evidence.compensated_norm(objective),
        coefficients: (0..point.len()).map(|j| (each(j) + mapped[j]) * UPWARDS).collect(),
        weights: (weights + euclidean_norm(&mapped.rows(1, point.len() - 1).into_owned())) * UPWARDS,
        gap: (gap + reported.rise) * UPWARDS,
    }
    .finite()
}

/// A bound on |∂g/∂w′ⱼ| by the Hessian's first column.
fn profiled(evidence: &Evidence, (column, off): &(DVector<f64>, DVector<f64>), j: usize, delta: f64) -> f64 {
    let (slope, at) = (evidence.gradient[0], j + 1);
    let moved = slope / column[0] * column[at];
    let known = (evidence.gradient[at] - moved).abs() + evidence.errors[at];
    // h is at least `curvature`, and what (∂F/∂b)/h is off by comes from the slope and from h.
    let of_slope =
        (evidence.errors[0] + slope.abs() * off[0] / column[0]) / evidence.curvature * column[at].abs();
    let size = column[at].abs() + off[at];
    let rounded = rounding(6) * (evidence.gradient[at].abs() + moved.abs());
    let beyond = delta.exp_m1() * delta * (size + evidence.mean_squares[j] / 4.0);
    (known + of_slope + delta * off[at] + rounded + beyond) * UPWARDS
}
