//! Bounds from the Hessian, with or without penalty: it changes slowly, so a small Newton step proves that an optimum is near.
//!
//! Let S be the examples, or some of them, H = Σ_{i∈S} pᵢ·a(1 − a)·x̃x̃ᵀ + diag(0, λ) at β positive definite, ν = √(∇FᵀH⁻¹∇F) and R = max_{i∈S} √(x̃⁽ⁱ⁾ᵀH⁻¹x̃⁽ⁱ⁾).
//! Of all examples H is ∇²F(β); what others add to ∇²F is positive semidefinite. The gradient is always that of all.
//!
//! 1. The third derivative of the log-loss is a(1 − a)(1 − 2a), of size at most the second. So along β + tΔ the curvature of each example falls at most as e^(−t·|x̃ᵀΔ|), and that of
//!    the penalty not at all: Δᵀ∇²F(β + tΔ)Δ ≥ e^(−tM)·‖Δ‖²_H with M = max_{i∈S}|x̃ᵀΔ| ≤ R·‖Δ‖_H (Bach, *Electronic Journal of Statistics* 4, 2010, in coordinates in which
//!    nothing depends on the units).
//! 2. On the ellipsoid ‖Δ‖_H = r therefore Δᵀ∇F(β + Δ) ≥ −ν·r + r·(1 − e^(−R·r))/R, which is above 0 if R·ν < 1 and r > −ln(1 − R·ν)/R; ν/(1 − R·ν) is larger than that. There F rises
//!    outwards everywhere, so a minimum lies inside; F is strictly convex, so it is the only one:
//!
//!    ```text
//!    ‖β − β*‖_H ≤ r = ν/(1 − R·ν),    |βⱼ − βⱼ*| ≤ r·√(H⁻¹)ⱼⱼ,    F(β) − F* ≤ −∇FᵀΔ ≤ ν·r
//!    ```
//! 3. Without penalty this also proves that the classes overlap: separated classes have no minimum.
//! 4. R is at most Σⱼ max|x̃ⱼ|·√(H⁻¹)ⱼⱼ, and with H⁻¹ = D·WᵀW·D at most ‖W‖·maxᵢ ‖D·x̃⁽ⁱ⁾‖, which is less where there are many columns; ‖W‖² ≤ ‖W‖₁·‖W‖_∞.
//!
//! Where a residual stands for a nearly dependent column the penalty is a matrix P in these coordinates instead of diag(λ), and with w = T·β for a coefficient of the given
//! columns its bound is r·√(TH⁻¹Tᵀ).
//!
//! # Rounding
//!
//! What the errors of a(1 − a) do is a factor of each example's part, so H ≽ (1 − ε)·(the matrix of the computed curvatures), whatever its condition. Of that every
//! entry computed is off by at most γ·qⱼqₖ, where q² bounds the diagonal's parts before centring (all terms of qⱼ² have one sign; Cauchy and Schwarz for the others). With D scaling to a diagonal of ones and W ≈ L⁻¹ of the Cholesky factor of the scaled matrix C, computed
//! anyhow, let e ≥ ‖I − W·C·Wᵀ‖ + γ·‖|W|·D⁻¹q‖² + ε. If e < ½ then W·(the true C)·Wᵀ ≽ (1 − e)·I, so H⁻¹ ≼ D⁻¹WᵀW·D⁻¹/(1 − e), and ν, R and (H⁻¹)ⱼⱼ follow from W.
//!
//! The errors of the logits, at most η each, put δᵢ ≤ a(1 − a)·η·e^η into the residuals, and a gradient of Σ pᵢδᵢx̃⁽ⁱ⁾ has a length of at most √(Σ pᵢδᵢ²/a(1 − a)) in the inverse of
//! ∇²F, that is η·e^η·√(mean a(1 − a)) ≤ η·e^η/2: this does not depend on the condition of H either. The other errors of the gradient are taken entry by entry, and where S is not all examples these too.
//!
//! Invariant: that of [`certificate`](super); nothing is supposed of the factorisation, since its product is checked.

use nalgebra::{DMatrix, DVector};

use super::evidence::{Evidence, UPWARDS, rounding};
use super::reported::{Reported, mapping_errors};
use super::{Certificate, Theorem};
use crate::closed_form::LONGEST_CHAIN;
use crate::error::Error;
use crate::fit::euclidean_norm;
use crate::metric::scaled;
use crate::objective::Objective;

/// An inverse that is this wrong proves nothing useful.
const LARGEST_DEFECT: f64 = 0.5;

/// R·ν beyond this proves nothing useful.
const LARGEST_STEP: f64 = 0.5;

/// A matrix that is at most the Hessian of an objective at a point, as computed, and the examples that make it up.
pub(crate) struct Below<'o, 'd> {
    pub(crate) hessian: DMatrix<f64>,
    over: &'o Objective<'d>,
    is_whole: bool,
}

impl<'o, 'd> Below<'o, 'd> {
    /// The Hessian itself.
    pub(crate) fn whole(objective: &'o Objective<'d>, hessian: DMatrix<f64>) -> Self {
        Below { hessian, over: objective, is_whole: true }
    }

    /// What a part of the examples adds to the Hessian of the whole; the part has this share of the weights, or more.
    pub(crate) fn part(part: &'o Objective<'d>, share: f64, point: &DVector<f64>) -> Result<Self, Error> {
        let hessian = part.ridge().added_to_matrix(part.closed_hessian(point)? * share, 1.0 - share);
        Ok(Below { hessian, over: part, is_whole: false })
    }
}

/// The certificate of a point from a matrix below the Hessian there; none if the Newton step is too long for a proof.
pub(crate) fn certificate(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    evidence: &Evidence,
    below: &Below<'_, '_>,
) -> Option<Certificate> {
    let size = point.len();
    let root = Root::new(evidence, below)?;
    let decrement = root.decrement(evidence, below.is_whole);
    // √((H⁻¹)ⱼⱼ) and, since ‖W·v‖ ≤ Σ|vⱼ|·‖W·eⱼ‖, R from the largest of each column.
    let lengths = DVector::from_fn(size, |j, _| root.inverse.column(j).norm() * root.scale[j] * root.slack);
    let by_columns = lengths[0] + lengths.rows(1, size - 1).dot(&evidence.largest);
    let is_short = |reach: f64| reach * decrement * UPWARDS < LARGEST_STEP; // not a number is not
    let reach = if is_short(by_columns) { by_columns } else { by_columns.min(root.reach(below.over)) };
    if !is_short(reach) {
        return None;
    }
    let distance = decrement / (1.0 - reach * decrement) * UPWARDS;
    let mapped = mapping_errors(objective, point);
    let units = objective.units();
    let of_weights =
        units.moments().zip(lengths.iter().skip(1)).enumerate().map(|(j, ((_, scale, _), length))| {
            if units.is_mixed(j) { root.length(&units.row(j + 1)) } else { length / scale }
        });
    let coefficients = std::iter::once(root.length(&units.row(0))).chain(of_weights);
    let bounds: Vec<f64> =
        coefficients.zip(mapped.iter()).map(|(l, m)| (l * distance + m) * UPWARDS).collect();
    let reported = Reported::new(objective, evidence, &mapped);
    Certificate {
        theorem: Theorem::SelfConcordance,
        gradient_norm: reported.gradient_norm,
        compensated_gradient_norm: evidence.compensated_norm(objective),
        weights: euclidean_norm(&DVector::from_column_slice(&bounds[1..])) * UPWARDS,
        coefficients: bounds,
        gap: (decrement * distance + reported.rise) * UPWARDS,
    }
    .finite()
}

/// W and D with H⁻¹ ≼ slack²·D·Wᵀ·W·D, proved (D here is what the text calls D⁻¹).
struct Root {
    inverse: DMatrix<f64>,
    scale: DVector<f64>,
    slack: f64,
}

impl Root {
    fn new(evidence: &Evidence, below: &Below<'_, '_>) -> Option<Self> {
        let Below { hessian, over, .. } = below;
        let size = hessian.nrows();
        let sizes = sizes(over, hessian);
        let (matrix, scale) = scaled(hessian.clone());
        let factor = nalgebra::Cholesky::new(matrix.clone())?.l();
        let inverse = factor.solve_lower_triangular(&DMatrix::identity(size, size))?;
        let absolute = inverse.abs();
        let product = &inverse * &matrix * inverse.transpose() - DMatrix::identity(size, size);
        // ‖|W|·|C|·|W|ᵀ‖ ≤ max|C|·‖|W|·1‖², without a product of matrices.
        let of_product = matrix.amax() * absolute.column_sum().norm_squared() * rounding(2 * size + 6);
        let of_penalty = if over.ridge().is_coupled() { size } else { 0 };
        let chunks = over.examples().len().div_ceil(LONGEST_CHAIN) + LONGEST_CHAIN;
        let of_entries =
            (&absolute * sizes.component_mul(&scale)).norm_squared() * rounding(chunks + 12 + of_penalty);
        let defect = (product.norm() + of_product + of_entries + evidence.curvature_error) * UPWARDS;
        // Not a number is no proof.
        let is_proof = defect < LARGEST_DEFECT && size > 0;
        is_proof.then(|| Root { inverse, scale, slack: UPWARDS / (1.0 - defect).sqrt() })
    }

    /// ν
    fn decrement(&self, evidence: &Evidence, is_whole: bool) -> f64 {
        let sizes = evidence.gradient.component_mul(&self.scale);
        let errors = if is_whole { &evidence.errors_of_sums } else { &evidence.errors };
        let errors = errors.component_mul(&self.scale);
        let most = evidence.curvature_at_most.sqrt().min(0.5);
        let of_logits = if is_whole { evidence.logit_error * evidence.logit_error.exp() * most } else { 0.0 };
        // A product with W is a chain of d + 1 operations.
        let off = self.inverse.abs() * (errors + sizes.abs() * rounding(sizes.len() + 2));
        (((&self.inverse * &sizes).abs() + off).norm() * self.slack + of_logits) * UPWARDS
    }

    /// R by the longest of the examples.
    fn reach(&self, over: &Objective<'_>) -> f64 {
        let absolute = self.inverse.abs();
        let (rows, columns) = (absolute.column_sum().amax(), absolute.row_sum().amax());
        (rows * columns).sqrt() * over.longest(&self.scale) * self.slack * UPWARDS
    }

    /// √(tᵀH⁻¹t) for a linear function t of the coordinates, each entry of it off by a few roundings.
    fn length(&self, along: &DVector<f64>) -> f64 {
        let along = along.component_mul(&self.scale);
        let off = self.inverse.abs() * along.abs() * rounding(self.scale.len() + 5);
        ((&self.inverse * along).abs() + off).norm() * self.slack
    }
}

/// qⱼ: the square root of the diagonal before it is centred, and of the penalty.
fn sizes(objective: &Objective<'_>, hessian: &DMatrix<f64>) -> DVector<f64> {
    let of_ones = hessian[(0, 0)].abs().sqrt();
    let means = (0..hessian.nrows()).map(|j| {
        let (mean, scale) = if j == 0 { (0.0, 1.0) } else { objective.units().of_seen(j - 1) };
        (hessian[(j, j)].abs().sqrt() + 2.0 * mean.abs() / scale * of_ones) * UPWARDS
    });
    DVector::from_iterator(hessian.nrows(), means)
}
