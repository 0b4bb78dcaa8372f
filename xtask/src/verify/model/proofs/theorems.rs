//! The bounds of a certificate once more, from the theorems.
//!
//! With the mean log-loss F₀, F = F₀ + λ/2·‖w‖², h = mean a(1 − a) and mⱼ = mean a(1 − a)·x′ⱼ, g = ∇F in standard coordinates and λⱼ = λ/sⱼ²:
//!
//! ```text
//! strong convexity   δ = −ln(1 − |g₀|/h),   ρ² = Σ (|gⱼ| + δ/4·qⱼ)²/λⱼ   or with the column m  |gⱼ − g₀/h·mⱼ| + (e^δ − 1)·δ·(|mⱼ| + |x′ⱼ|/4)
//!                    ‖w − w*‖ ≤ ρ/√λ,   |b − b*| ≤ δ + ρ·(‖max|x′|‖_Λ + ‖μ/s‖_Λ),   F − F* ≤ |g₀|·δ + ρ²/2
//! self-concordance   ν² = gᵀH⁻¹g,   R = max √(x̃ᵀH⁻¹x̃),   r = ν/(1 − Rν),   |βⱼ − βⱼ*| ≤ r·√(tH⁻¹tᵀ),   F − F* ≤ ν·r
//! ```
//!
//! What roundings add follows from u = 2⁻⁵³, γₙ = nu/(1 − nu), the operations that a gradient is made of, and Cauchy's inequality for the sizes of
//! what they round.
//!
//! Invariant: computed by other means than the model crate's, by Gauss and Jordan's elimination, without its allowances for adding bounds up.

use chainrule_model::Theorem;

use super::super::oracle::Sample;
use super::seen::{Seen, Units};

const UNIT: f64 = f64::EPSILON / 2.0;

/// Additions one after the other: 64 in a lane, 3 over the lanes, and at most 256 blocks of a chunk.
const CHAIN: usize = 64 + 3 + 256;

/// e^x within 4 ulp and three operations, and beside them in a gradient: sums' last, the division, products with a weight and a column.
const RESIDUAL: usize = 16;
const BESIDE: usize = 6;

fn gamma(operations: usize) -> f64 {
    operations as f64 * UNIT / (1.0 - operations as f64 * UNIT)
}

pub(super) fn norm(entries: impl IntoIterator<Item = f64>) -> f64 {
    entries.into_iter().map(|entry| entry * entry).sum::<f64>().sqrt()
}

/// Which gradient a proof rests on: one more, with what its sums lose added up, or the solver's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Basis {
    Compensated,
    AtHand,
}

/// Bounds, and what proves them.
#[derive(Clone, Debug)]
pub(in crate::verify::model) struct Bounds {
    pub(super) theorem: Theorem,
    pub(super) coefficients: Vec<f64>,
    pub(super) weights: f64,
    pub(super) gap: f64,
    pub(super) gradient_norm: f64,
}

impl Bounds {
    /// The smaller one of each.
    pub(super) fn and(&self, other: &Bounds) -> Bounds {
        let coefficients: Vec<f64> =
            self.coefficients.iter().zip(&other.coefficients).map(|(one, two)| one.min(*two)).collect();
        let pairs = || self.coefficients.iter().zip(&other.coefficients).chain([(&self.gap, &other.gap)]);
        let theorem = match (pairs().all(|(one, two)| one <= two), pairs().all(|(one, two)| two <= one)) {
            (true, _) => self.theorem,
            (_, true) => other.theorem,
            _ => Theorem::Both,
        };
        Bounds {
            theorem,
            weights: self.weights.min(other.weights).min(norm(coefficients[1..].iter().copied())),
            coefficients,
            gap: self.gap.min(other.gap),
            gradient_norm: self.gradient_norm.min(other.gradient_norm),
        }
    }
}

/// A point with what is known of it.
pub(super) struct Place<'p> {
    pub(super) units: &'p Units,
    pub(super) seen: Seen,
    /// max|oᵢ|
    pub(super) offset: f64,
    pub(super) examples: usize,
    pub(super) total: f64,
    pub(super) lambda: f64,
    basis: Basis,
    /// By what limits of a proof are multiplied: where a little more and a little less make a difference there is no telling.
    edge: f64,
    standard: Vec<f64>,
    /// Sizes of the columns beside which roundings of means are counted: q, or the largest.
    sizes: Vec<f64>,
    reaches: Vec<f64>,
}

impl<'p> Place<'p> {
    pub(super) fn new(
        sample: &Sample,
        units: &'p Units,
        point: &[f64],
        seen: Seen,
        lambda: f64,
        basis: Basis,
        edge: f64,
    ) -> Self {
        let offset = sample.offset.iter().flatten().fold(0.0_f64, |most, o| most.max(o.abs()));
        let reach = |j: usize| {
            if units.is_copied(j) {
                seen.reaches[j]
            } else {
                units.largest[j] / units.scales[j] + (units.means[j] / units.scales[j]).abs()
            }
        };
        let reaches: Vec<f64> = (0..units.means.len()).map(reach).collect();
        let sizes = if basis == Basis::AtHand { reaches.clone() } else { seen.roots.clone() };
        let (examples, total) = (sample.labels.len(), sample.total().to_f64());
        let standard = units.standard(point);
        Place { units, seen, offset, examples, total, lambda, basis, edge, standard, sizes, reaches }
    }

    fn width(&self) -> usize {
        self.units.means.len()
    }

    pub(super) fn value(&self) -> f64 {
        let of_weight = |j: usize| self.penalty(j) * self.standard[j + 1].powi(2) / 2.0;
        self.seen.loss + (0..self.width()).map(of_weight).sum::<f64>()
    }

    /// λⱼ
    fn penalty(&self, j: usize) -> f64 {
        self.lambda / self.units.scales[j].powi(2)
    }

    /// |b| + |o| + Σ |wⱼ|·size of the columns that a pass sees.
    fn logit_size(&self, sizes: &[f64]) -> f64 {
        let mut intercept = self.standard[0];
        let mut size = self.offset;
        for (j, most) in sizes.iter().enumerate() {
            let (mean, scale) = self.units.of_seen(j);
            let weight = self.standard[j + 1] / scale;
            if !self.units.is_copied(j) {
                intercept -= weight * self.units.means[j];
            }
            size += (weight * (mean + scale * most)).abs();
        }
        size + intercept.abs()
    }

    /// Relative roundings of a logit and of a mean.
    fn precision(&self) -> [f64; 2] {
        match self.basis {
            Basis::Compensated => [
                gamma(4) + gamma(self.width() + 2).powi(2),
                gamma(RESIDUAL + BESIDE) + gamma(self.examples).powi(2),
            ],
            Basis::AtHand => [gamma(self.width() + 5), gamma(CHAIN + RESIDUAL + BESIDE)],
        }
    }

    /// No logit is off by more.
    fn logit_error(&self) -> f64 {
        self.precision()[0] * self.logit_size(&self.reaches)
    }

    /// What the entries of g are off by, with or without what comes of logits.
    fn errors(&self, has_logits: bool) -> Vec<f64> {
        let [of_logit, of_sums] = self.precision();
        let of_logit = if has_logits { of_logit } else { 0.0 };
        let moved = (of_logit * self.logit_size(&self.reaches)).exp_m1();
        let by_root = of_logit * self.logit_size(&self.sizes) / 4.0 + of_sums;
        let by_size = (moved + of_sums * (1.0 + moved)) * self.seen.loss;
        let of_mean = |root: f64, size: f64| (root * by_root).min(size * by_size);
        let of_intercept = of_mean(1.0, 1.0);
        let of_weight = |j: usize| {
            let (mean, scale) = self.units.of_seen(j);
            let carried = (of_mean(mean + scale * self.sizes[j], mean + scale * self.reaches[j])
                + mean * of_intercept)
                / scale;
            let centred = 2.0 * gamma(4) * mean / scale * self.seen.gradient[0].abs();
            let penalty = self.penalty(j) * self.standard[j + 1].abs();
            carried + centred + gamma(9) * (penalty + self.seen.gradient[j + 1].abs())
        };
        std::iter::once(of_intercept).chain((0..self.width()).map(of_weight)).collect()
    }

    /// By how much a(1 − a) is off, relatively.
    fn curvature_error(&self) -> f64 {
        gamma(self.width() + 5) * self.logit_size(&self.reaches) + gamma(RESIDUAL + 4)
    }

    /// The least and the most that h can be.
    fn curvature(&self) -> [f64; 2] {
        let off = self.curvature_error() + gamma(CHAIN + 3);
        let most = if self.basis == Basis::AtHand { 0.25 } else { self.seen.hessian[0][0] * (1.0 + off) };
        [self.seen.hessian[0][0] * (1.0 - off), most]
    }

    /// What roundings between the coordinates can do to each coefficient, in the given units.
    fn mapped(&self) -> Vec<f64> {
        let far = |j: usize| (self.standard[j + 1] * self.units.means[j] / self.units.scales[j]).abs();
        let moved: f64 = (0..self.width()).map(far).sum();
        let operations = 3.0 * (self.width() + 1) as f64 + 8.0;
        let of_intercept = operations * (self.standard[0].abs() + moved) * UNIT;
        let of_weight = |j: usize| 4.0 * (self.standard[j + 1] / self.units.scales[j]).abs() * UNIT;
        std::iter::once(of_intercept).chain((0..self.width()).map(of_weight)).collect()
    }

    /// A bound on ‖∇F‖ in the given units, and by how much F rises on the way there.
    fn reported(&self) -> [f64; 2] {
        let errors = self.errors(true);
        let size = |j: usize| self.seen.gradient[j].abs() + errors[j];
        let in_given = |j: usize, of_weight: f64, of_ones: f64| {
            self.units.scales[j] * of_weight + self.units.means[j].abs() * of_ones
        };
        let mut slopes: Vec<f64> = std::iter::once(size(0))
            .chain((0..self.width()).map(|j| in_given(j, size(j + 1), size(0))))
            .collect();
        if !(0..self.width()).any(|j| self.units.is_copied(j)) {
            return [norm(slopes), 0.0];
        }
        let mapped = self.mapped();
        let eta = mapped[0] + (0..self.width()).map(|j| mapped[j + 1] * self.units.largest[j]).sum::<f64>();
        let grown = (eta + self.logit_error()).exp();
        let curvature = (self.curvature()[1].min(self.seen.loss) * grown).min(0.25);
        let mut rise = eta * eta * curvature / 2.0;
        rise += slopes.iter().zip(&mapped).map(|(slope, m)| slope * m).sum::<f64>();
        slopes[0] += eta * curvature;
        for j in 0..self.width() {
            let root = in_given(j, self.sizes[j], 1.0);
            rise += self.lambda / 2.0 * mapped[j + 1].powi(2);
            slopes[j + 1] +=
                eta * (root / 4.0).min(self.units.largest[j] * curvature) + self.lambda * mapped[j + 1];
        }
        [norm(slopes), rise]
    }

    /// By the penalty.
    pub(super) fn by_penalty(&self) -> Option<Bounds> {
        let errors = self.errors(true);
        let slope = self.seen.gradient[0].abs() + errors[0];
        let [least, _] = self.curvature();
        let ratio = slope / least;
        if self.lambda <= 0.0 || !(0.0..self.edge).contains(&ratio) {
            return None;
        }
        let delta = -(1.0 - ratio).ln();
        let delta = if ratio < 1e-6 { ratio + ratio * ratio / 2.0 } else { delta };
        let of_weight = |j: usize| match self.basis {
            Basis::Compensated => {
                self.seen.gradient[j + 1].abs() + errors[j + 1] + delta / 4.0 * self.sizes[j]
            }
            Basis::AtHand => self.profiled(j, delta, &errors),
        };
        let in_root = |of: &dyn Fn(usize) -> f64| {
            norm((0..self.width()).map(|j| of(j) * self.units.scales[j] / self.lambda.sqrt()))
        };
        let length = in_root(&of_weight);
        let far = in_root(&|j| self.reaches[j]) + in_root(&|j| self.units.means[j] / self.units.scales[j]);
        let weights = length / self.lambda.sqrt();
        let mapped = self.mapped();
        let [gradient_norm, rise] = self.reported();
        let each = |j: usize| if j == 0 { delta + length * far } else { weights };
        Some(Bounds {
            theorem: Theorem::StrongConvexity,
            coefficients: (0..=self.width()).map(|j| each(j) + mapped[j]).collect(),
            weights: weights + norm(mapped[1..].iter().copied()),
            gap: slope * delta + length * length / 2.0 + rise,
            gradient_norm,
        })
    }

    /// A bound on |∂g/∂w′ⱼ| by the Hessian's first column.
    fn profiled(&self, j: usize, delta: f64, errors: &[f64]) -> f64 {
        let (g, column) = (&self.seen.gradient, &self.seen.hessian[0]);
        let off = self.curvature_error() + gamma(CHAIN + 8);
        let (mean, scale) = self.units.of_seen(j);
        let [off_first, off_here] = [off / 4.0, off * (self.reaches[j] / 4.0 + mean / scale)];
        let moved = g[0] / column[0] * column[j + 1];
        let of_slope =
            (errors[0] + g[0].abs() * off_first / column[0]) / self.curvature()[0] * column[j + 1].abs();
        let rounded = gamma(6) * (g[j + 1].abs() + moved.abs());
        let beyond = delta.exp_m1() * delta * (column[j + 1].abs() + off_here + self.sizes[j] / 4.0);
        (g[j + 1] - moved).abs() + errors[j + 1] + of_slope + delta * off_here + rounded + beyond
    }

    /// By a Hessian below the whole one, here without penalty: a share of a part's, or all of it, and the standardised examples that make it up.
    pub(super) fn by_hessian(&self, hessian: &[Vec<f64>], over: &Over<'_>) -> Option<Bounds> {
        let size = self.width() + 1;
        let mut matrix = hessian.to_vec();
        for (j, row) in matrix.iter_mut().enumerate().skip(1) {
            row[j] += self.penalty(j - 1);
        }
        let scale: Vec<f64> = (0..size).map(|j| 1.0 / matrix[j][j].sqrt()).collect();
        let scaled = |j: usize, k: usize| matrix[j][k] * scale[j] * scale[k];
        let c: Vec<Vec<f64>> = (0..size).map(|j| (0..size).map(|k| scaled(j, k)).collect()).collect();
        let w = inverse_factor(&c)?;
        let along = |v: &[f64]| -> Vec<f64> {
            w.iter().map(|row| row.iter().zip(v).zip(&scale).map(|((w, v), d)| w * v * d).sum()).collect()
        };
        let sizes_along = |v: &[f64]| -> Vec<f64> {
            w.iter()
                .map(|row| row.iter().zip(v).zip(&scale).map(|((w, v), d)| (w * v * d).abs()).sum())
                .collect()
        };
        let of_ones = matrix[0][0].sqrt();
        let diagonal = |j: usize| {
            let (mean, unit) = if j == 0 { (0.0, 1.0) } else { self.units.of_seen(j - 1) };
            matrix[j][j].sqrt() + 2.0 * mean / unit * of_ones
        };
        let diagonal: Vec<f64> = (0..size).map(diagonal).collect();
        let chunks = over.examples.len().div_ceil(CHAIN) + CHAIN;
        let largest = c.iter().flatten().fold(0.0_f64, |most, entry| most.max(entry.abs()));
        let of_ones = norm(w.iter().map(|row| row.iter().map(|w| w.abs()).sum::<f64>())).powi(2);
        let defect = largest * of_ones * gamma(2 * size + 6)
            + norm(sizes_along(&diagonal)).powi(2) * gamma(chunks + 12)
            + self.curvature_error();
        if defect >= 0.5 * self.edge {
            return None;
        }
        let slack = 1.0 / (1.0 - defect).sqrt();
        let errors = self.errors(!over.is_whole);
        let g = &self.seen.gradient;
        let off = sizes_along(&errors).into_iter().zip(sizes_along(g)).map(|(e, g)| e + g * gamma(size + 2));
        let eta = self.logit_error();
        let of_logits =
            if over.is_whole { eta * eta.exp() * self.curvature()[1].sqrt().min(0.5) } else { 0.0 };
        let decrement = norm(along(g).iter().zip(off).map(|(g, off)| g.abs() + off)) * slack + of_logits;
        let length = |t: &[f64]| {
            let rounded = sizes_along(t).into_iter().map(|size| size * gamma(t.len() + 5));
            norm(along(t).iter().zip(rounded).map(|(a, r)| a.abs() + r)) * slack
        };
        let unit = |j: usize| (0..size).map(|k| f64::from(u8::from(j == k))).collect::<Vec<f64>>();
        let lengths: Vec<f64> = (0..size).map(|j| norm(along(&unit(j))) * slack).collect();
        let by_columns = lengths[0] + (1..size).map(|j| lengths[j] * self.reaches[j - 1]).sum::<f64>();
        let rows = w.iter().map(|row| row.iter().map(|w| w.abs()).sum::<f64>()).fold(0.0, f64::max);
        let columns = (0..size).map(|j| w.iter().map(|row| row[j].abs()).sum::<f64>()).fold(0.0, f64::max);
        let longest = over.examples.iter().map(|x| norm(x.iter().zip(&scale).map(|(x, d)| x * d)));
        let by_examples = (rows * columns).sqrt() * longest.fold(0.0, f64::max) * slack;
        let reach =
            if by_columns * decrement < 0.5 * self.edge { by_columns } else { by_columns.min(by_examples) };
        if reach * decrement >= 0.5 * self.edge {
            return None;
        }
        let distance = decrement / (1.0 - reach * decrement);
        let intercept: Vec<f64> = std::iter::once(1.0)
            .chain((0..self.width()).map(|j| -self.units.means[j] / self.units.scales[j]))
            .collect();
        let mapped = self.mapped();
        let each = |j: usize| match j {
            0 => length(&intercept) * distance + mapped[0],
            _ => lengths[j] / self.units.scales[j - 1] * distance + mapped[j],
        };
        let coefficients: Vec<f64> = (0..size).map(each).collect();
        let [gradient_norm, rise] = self.reported();
        let weights = norm(coefficients[1..].iter().copied());
        let gap = decrement * distance + rise;
        Some(Bounds { theorem: Theorem::SelfConcordance, coefficients, weights, gap, gradient_norm })
    }

    /// The largest share of what is narrow, a thousandth of the standard error or of a bound below it, that a bound takes up.
    pub(super) fn breadth(&self, bounds: &Bounds) -> f64 {
        let most = self.curvature()[1].min(0.25);
        let along =
            |j: usize| (self.sizes[j].powi(2) / 4.0).min(self.reaches[j].powi(2) * most) + self.penalty(j);
        let allowed = |j: usize| {
            let error = match j {
                0 => (0..self.width())
                    .map(|k| (self.units.means[k] / self.units.scales[k]).abs() / along(k).sqrt())
                    .fold(1.0 / most.sqrt(), f64::max),
                _ => 1.0 / self.units.scales[j - 1] / along(j - 1).sqrt(),
            };
            1e-3 * error / self.total.sqrt()
        };
        bounds.coefficients.iter().enumerate().map(|(j, bound)| bound / allowed(j)).fold(0.0, f64::max)
    }
}

/// The examples that a Hessian is made of, as standardised rows with 1 first.
pub(super) struct Over<'o> {
    pub(super) examples: &'o [Vec<f64>],
    pub(super) is_whole: bool,
}

/// L⁻¹ of A = L·Lᵀ, by elimination: the rows of a lower triangle that turn A into a diagonal, divided by its roots.
pub(super) fn inverse_factor(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut left = matrix.to_vec();
    let mut rows: Vec<Vec<f64>> =
        (0..size).map(|j| (0..size).map(|k| f64::from(u8::from(j == k))).collect()).collect();
    for j in 0..size {
        if left[j][j].is_nan() || left[j][j] <= 0.0 {
            return None;
        }
        let (pivot, row) = (left[j].clone(), rows[j].clone());
        for k in j + 1..size {
            let factor = left[k][j] / pivot[j];
            for at in 0..size {
                left[k][at] -= factor * pivot[at];
                rows[k][at] -= factor * row[at];
            }
        }
    }
    Some(
        rows.iter().enumerate().map(|(j, row)| row.iter().map(|w| w / left[j][j].sqrt()).collect()).collect(),
    )
}
