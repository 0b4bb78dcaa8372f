//! How far a penalised fit can be from the optimum: bounds that are proved, roundings included.
//!
//! # What is proved
//!
//! With the mean log-loss F₀ and λ > 0 the objective is F(b, w) = F₀(b, w) + λ/2·‖w‖²; the intercept b is not penalised. Let g(w) = min_b F(b, w),
//! attained at b̂(w). F₀ is jointly convex, so its partial minimum is convex, and g, which is that plus λ/2·‖w‖², is λ-strongly convex with
//! ∇g(w) = ∇_w F(b̂(w), w). Therefore, with the optimum (b*, w*):
//!
//! 1. ‖w − w*‖ ≤ ‖∇g(w)‖/λ and g(w) − g(w*) ≤ ‖∇g(w)‖²/(2λ).
//! 2. |∂F₀/∂wⱼ(b̂, w) − ∂F₀/∂wⱼ(b, w)| ≤ ¼·|b̂ − b|·mean|xⱼ|, since σ has slopes of at most ¼. So with |b̂ − b| ≤ δ
//!
//!    ```text
//!    ‖w − w*‖ ≤ ρ = (‖∇_w F(b, w)‖ + δ/4·‖(mean|x₁|, …, mean|x_d|)‖)/λ
//!    ```
//! 3. F(b, w) − g(w) ≤ |∂F/∂b|·δ by convexity in b, so F(b, w) − F* ≤ |∂F/∂b|·δ + λ·ρ²/2.
//! 4. b̂(w) has a gradient of the form −E[x] with weights a(1 − a), so |b − b*| ≤ δ + ρ·maxᵢ‖x⁽ⁱ⁾‖.
//!
//! δ is found by the sign of ∂F/∂b, which rises with b: below 0 at b − δ and above 0 at b + δ.
//!
//! # Rounding
//!
//! With u = 2⁻⁵³ and γₙ = n·u/(1 − n·u) (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition 2002, chapters 3 and 4): a logit of d products and a sum is off by at
//! most γ_{d+1}·(|b| + Σ|wⱼxⱼ|), its residual by a quarter of that and by [`RESIDUAL`]·u of itself, supposing that e^x and the logarithm keep the
//! budgets that the tests hold them to; a compensated sum of m terms is off by u·|sum| + m²·u²·Σ|terms|. Every bound here is the sum of
//! these, and everything that adds such bounds up, at most m terms at a time, is multiplied by 1 + 8·γ₍m+100₎.
//!
//! Invariant: a bound is never smaller than what it bounds; where none can be given there is no certificate.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::loss::residual;

/// The unit roundoff of f64.
const UNIT: f64 = f64::EPSILON / 2.0;

/// A residual s·σ(t): e^(−|t|) within 4 ulp, which is 8·u, and three operations.
const RESIDUAL: f64 = 16.0;

/// How often δ is doubled before it is given up.
const DOUBLINGS: usize = 100;

/// Bounds on how far coefficients are from the optimum of a penalised objective.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    gradient_norm: f64,
    weights: f64,
    intercept: f64,
    gap: f64,
}

impl Certificate {
    /// An upper bound on ‖∇F‖ at the coefficients, the intercept's entry included, roundings included.
    pub fn gradient_norm(&self) -> f64 {
        self.gradient_norm
    }

    /// An upper bound on ‖w − w*‖.
    pub fn weights(&self) -> f64 {
        self.weights
    }

    /// An upper bound on |b − b*|.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// An upper bound on F(b, w) − F*.
    pub fn gap(&self) -> f64 {
        self.gap
    }
}

/// The certificate of a point, the intercept first; none without penalty, or if a bound is not finite.
pub(crate) fn certificate(data: &Dataset, lambda: f64, point: &DVector<f64>) -> Option<Certificate> {
    let logits = Logits::new(data, point);
    let residuals = logits.residuals(data, 0.0);
    let by_intercept = residuals.mean(data, |_| 1.0);
    let delta = logits.bracket(data, by_intercept)?;
    let mut squares = 0.0;
    let mut moved = 0.0;
    let mut lengths = vec![0.0; data.len()];
    for (j, column) in data.columns().enumerate() {
        let (weight, loss) = (point[j + 1], residuals.mean(data, |i| column[i]));
        let penalty = lambda * weight;
        let found = loss.value + penalty;
        let bound = found.abs() + loss.error + UNIT * (2.0 * penalty.abs() + found.abs());
        squares += bound * bound;
        let mean_size = column.iter().map(|x| x.abs()).sum::<f64>() / data.len() as f64;
        moved += mean_size * mean_size;
        lengths.iter_mut().zip(column).for_each(|(length, x)| *length += x * x);
    }
    let by_weights = squares.sqrt();
    let up = upwards(data);
    let slope = by_intercept.value.abs() + by_intercept.error;
    let weights = (by_weights + delta / 4.0 * moved.sqrt()) / lambda * up;
    let largest =
        (0..data.len()).map(|i| data.columns().map(|x| x[i] * x[i]).sum::<f64>()).fold(0.0, f64::max);
    let certificate = Certificate {
        gradient_norm: by_weights.hypot(slope) * up,
        weights,
        intercept: (delta + weights * largest.sqrt()) * up,
        gap: (slope * delta + lambda * weights * weights / 2.0) * up,
    };
    let bounds = [certificate.gradient_norm, weights, certificate.intercept, certificate.gap];
    (lambda > 0.0 && bounds.iter().all(|bound| bound.is_finite())).then_some(certificate)
}

/// A number and what it may be off by.
#[derive(Clone, Copy)]
struct Bounded {
    value: f64,
    error: f64,
}

/// The logits at a point, and what each may be off by.
struct Logits {
    logits: Vec<f64>,
    errors: Vec<f64>,
}

impl Logits {
    fn new(data: &Dataset, point: &DVector<f64>) -> Self {
        let mut logits = vec![point[0]; data.len()];
        let mut sizes = vec![point[0].abs(); data.len()];
        for (column, &weight) in data.columns().zip(point.iter().skip(1)) {
            for ((logit, size), &x) in logits.iter_mut().zip(&mut sizes).zip(column) {
                *logit += weight * x;
                *size += (weight * x).abs();
            }
        }
        // A product and a sum for each feature: 2d + 1 roundings are more than there are on any way.
        let (gamma, up) = (rounding(2 * point.len() + 1), upwards(data));
        let errors = sizes.into_iter().map(|size| gamma * size * up).collect();
        Logits { logits, errors }
    }

    /// The residuals at b + shift.
    fn residuals(&self, data: &Dataset, shift: f64) -> Residuals {
        let labels = data.labels().iter();
        let found = self.logits.iter().zip(&self.errors).zip(labels).map(|((&logit, error), &label)| {
            let logit = logit + shift;
            let residual = residual(logit, label);
            // One rounding more for the product with a column.
            let error = (error + UNIT * logit.abs()) / 4.0 + (RESIDUAL + 1.0) * UNIT * residual.abs();
            (residual, error)
        });
        let (values, errors) = found.unzip();
        Residuals { values, errors }
    }

    /// ∂F/∂b at b + shift.
    fn by_intercept(&self, data: &Dataset, shift: f64) -> Bounded {
        self.residuals(data, shift).mean(data, |_| 1.0)
    }

    /// A δ with the minimum over the intercept within b ± δ, by the sign of ∂F/∂b on both sides.
    fn bracket(&self, data: &Dataset, at_point: Bounded) -> Option<f64> {
        let curvature = 0.25; // the largest there is, so that the first δ is not too large
        let mut delta = ((at_point.value.abs() + at_point.error) / curvature).max(UNIT);
        for _ in 0..DOUBLINGS {
            let (below, above) = (self.by_intercept(data, -delta), self.by_intercept(data, delta));
            if below.value + below.error < 0.0 && above.value - above.error > 0.0 {
                return Some(delta * upwards(data));
            }
            delta *= 2.0;
        }
        None
    }
}

/// r⁽ⁱ⁾, and what each times a number may be off by, for each unit of that number.
struct Residuals {
    values: Vec<f64>,
    errors: Vec<f64>,
}

impl Residuals {
    /// The mean of residuals times a factor.
    fn mean(&self, data: &Dataset, factor: impl Fn(usize) -> f64) -> Bounded {
        let (mut sum, mut lost, mut sizes, mut errors) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        for (i, (residual, error)) in self.values.iter().zip(&self.errors).enumerate() {
            let factor = factor(i);
            let term = residual * factor;
            // Neumaier's sum: what each addition loses is added up beside.
            let next = sum + term;
            lost += if sum.abs() >= term.abs() { (sum - next) + term } else { (term - next) + sum };
            sum = next;
            sizes += term.abs();
            errors += factor.abs() * error;
        }
        let examples = data.len() as f64;
        let (value, share) = (sum + lost, examples * UNIT);
        let of_sum = UNIT * value.abs() + share * share * sizes;
        Bounded {
            value: value / examples,
            error: (errors + of_sum + UNIT * value.abs()) / examples * upwards(data),
        }
    }
}

/// More than the roundings of adding up as many bounds as there are examples.
fn upwards(data: &Dataset) -> f64 {
    1.0 + 8.0 * rounding(data.len() + data.dimension() + 100)
}

/// γₙ
fn rounding(operations: usize) -> f64 {
    let share = operations as f64 * UNIT;
    share / (1.0 - share)
}
