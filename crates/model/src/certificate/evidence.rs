//! The gradient at a point with a bound on the error of each entry: what a proof begins with.
//!
//! With u = 2⁻⁵³ and γₙ = n·u/(1 − n·u) (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition 2002, chapters 3 and 4), and means
//! over the examples with the weights pᵢ = cᵢ/Σc:
//!
//! 1. A logit is off by at most e = g·(|b| + |o| + Σⱼ|wⱼxⱼ|), where g is γ_{d+5} of a chain of d fused multiply-adds onto b + o, and γ₄ + γ²_{d+2}
//!    where what the operations lose is added up beside; its residual by e/4, since σ has slopes of at most ¼, and by `RESIDUAL`·u of itself,
//!    supposing that e^x keeps the budget that tests hold it to. Three of the operations are those of a column that is a standardised copy. The third
//!    is more than what the sums of a residual, which stands for a nearly dependent column, lose beside the rounding of the sum itself, once its
//!    sizes are taken to be `LEAST_RESIDUAL` at least.
//! 2. A sum of chains of n additions is off by γₙ·Σ|terms|, and by γ₁ + γ²ₘ of it where what additions lose is added up beside, as over the chunks it
//!    always is (Ogita, Rump and Oishi, *SIAM Journal on Scientific Computing* 26, 2005). Let s be γ_{n + RESIDUAL + 6}, with n = 0 and γ²ₘ more in
//!    the second case.
//! 3. By Cauchy and Schwarz mean|wₖxₖ·xⱼ| ≤ |wₖ|·qₖ·qⱼ with the root mean squares q, and |r| ≤ 1. So with S = |b| + q_o + Σₖ|wₖ|·qₖ
//!
//!    ```text
//!    |error of ∂F₀/∂wⱼ| ≤ qⱼ·(g·S/4 + s)
//!    ```
//!    And |r| ≤ L, which changes at most by a factor of e^e with a logit, so with S′ = |b| + max|o| + Σₖ|wₖ|·max|xₖ| it is at most max|xⱼ|·mean
//!    L·(e^(g·S′) − 1 + s·e^(g·S′)) too, which is less where the losses are small. No root mean square is larger than the largest.
//! 4. Into standard coordinates, ∇′ⱼ = (∇ⱼ − μⱼ∇₀)/sⱼ + λⱼw′ⱼ: the errors in the same way, and the roundings of the operations, of which |∇ⱼ|/sⱼ ≤
//!    |∇′ⱼ| + |λⱼw′ⱼ| + |μⱼ∇₀|/sⱼ.
//!
//! Everything that adds bounds up is multiplied by `UPWARDS`.
//!
//! Invariant: the true gradient lies within the errors of what is given.

use nalgebra::DVector;

use crate::closed_form::{self, LONGEST_CHAIN, Means};
use crate::examples::Examples;
use crate::fit::euclidean_norm;
use crate::objective::Objective;
use crate::solver::Place;

/// The unit roundoff of f64.
pub(crate) const UNIT: f64 = f64::EPSILON / 2.0;

/// A residual s·σ(t): e^(−|t|) within 4 ulp, which is 8·u, and three operations.
const RESIDUAL: usize = 16;

/// A residual's size is taken to be at least this, so that what its sums lose, below 10⁻²⁵, is nothing beside a rounding of it.
const LEAST_RESIDUAL: f64 = 1e-8;

/// More than the roundings of adding up as many bounds as there are coefficients: 1 + 2⁻²⁰ is so for up to 10⁹.
pub(crate) const UPWARDS: f64 = 1.0 + 1.0 / (1 << 20) as f64;

/// More than what products below the smallest normal number lose of a mean over columns of size 1: weights add up to 10⁻⁶⁰ at least, and columns are
/// no larger than 10¹⁰⁰.
const UNDERFLOW: f64 = 1e-150;

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
    /// The mean of a(1 − a), or less than it is.
    pub(crate) curvature: f64,
    /// The mean of a(1 − a), or more than it is.
    pub(crate) curvature_at_most: f64,
    /// By how much a(1 − a) is off at most, relatively, in any example.
    pub(crate) curvature_error: f64,
    /// The first column of the loss's Hessian and bounds on the errors of its entries, if the pass made it.
    pub(crate) column: Option<(DVector<f64>, DVector<f64>)>,
    /// qⱼ′ of the standardised columns, or more.
    pub(crate) mean_squares: DVector<f64>,
    /// A bound on |xⱼ′| of the standardised columns.
    pub(crate) largest: DVector<f64>,
    /// Whether what operations lose was added up beside.
    pub(crate) is_compensated: bool,
}

impl Evidence {
    /// ‖∇‖ by the coefficients of the columns as they were given, if its sums are compensated.
    pub(crate) fn compensated_norm(&self, objective: &Objective<'_>) -> Option<f64> {
        let norm = || euclidean_norm(&objective.units().gradient_in_given(&self.gradient));
        self.is_compensated.then(norm)
    }
}

/// Looks at an objective at a point in its coordinates, by one pass over the data whose sums are compensated.
pub(crate) fn evidence(objective: &Objective<'_>, point: &DVector<f64>) -> Evidence {
    let examples = objective.examples();
    let Means { loss, curvature, gradient, squares, means } =
        closed_form::evidence(examples, &objective.units().on_columns(point));
    let mean_squares = mean_squares(objective, &squares, &means);
    let gradient = objective.in_coordinates(&gradient, point);
    let precision = Precision::compensated(examples);
    weighed(objective, point, Seen { mean_loss: loss, curvature, gradient, mean_squares }, &precision)
}

/// The same without a pass, from what a solver saw at the point by the closed form: bounds that are less tight.
pub(crate) fn evidence_at_hand(objective: &Objective<'_>, place: &Place) -> Evidence {
    let seen = Seen {
        // Not less than the mean loss, whatever the difference rounded away.
        mean_loss: place.value - objective.penalty(&place.point) + rounding(4) * place.value,
        curvature: place.column.as_ref().map_or(0.0, |column| column[0]),
        gradient: place.gradient.clone(),
        mean_squares: largest(objective),
    };
    let evidence = weighed(objective, &place.point, seen, &Precision::plain(objective.examples()));
    let column = place.column.clone().map(|column| with_errors(objective, &evidence, column));
    Evidence { column, ..evidence }
}

/// The Hessian's first column with bounds on the errors of its entries: before it is brought into standard coordinates each is a mean of a(1 − a)·x,
/// at most ¼·max|x|, relatively as far off as a(1 − a) and a sum are.
fn with_errors(
    objective: &Objective<'_>,
    evidence: &Evidence,
    column: DVector<f64>,
) -> (DVector<f64>, DVector<f64>) {
    let off = evidence.curvature_error + rounding(LONGEST_CHAIN + 8);
    let errors = DVector::from_fn(column.len(), |j, _| match j.checked_sub(1) {
        None => off / 4.0 * UPWARDS,
        Some(j) => {
            let (mean, scale) = objective.units().of_seen(j);
            off * (evidence.largest[j] / 4.0 + mean.abs() / scale) * UPWARDS
        }
    });
    (column, errors)
}

/// How precise a pass is, relative to the sizes of what is added up.
struct Precision {
    logits: f64,
    sums: f64,
    is_compensated: bool,
}

impl Precision {
    fn plain(examples: &Examples<'_>) -> Self {
        let logits = rounding(examples.dimension() + 5);
        Precision { logits, sums: rounding(LONGEST_CHAIN + RESIDUAL + 6), is_compensated: false }
    }

    fn compensated(examples: &Examples<'_>) -> Self {
        let squared = |operations| rounding(operations) * rounding(operations);
        Precision {
            logits: rounding(4) + squared(examples.dimension() + 2),
            sums: rounding(RESIDUAL + 6) + squared(examples.len()),
            is_compensated: true,
        }
    }
}

/// What was computed.
struct Seen {
    mean_loss: f64,
    curvature: f64,
    gradient: DVector<f64>,
    mean_squares: Vec<f64>,
}

/// What was computed with bounds on its errors.
fn weighed(objective: &Objective<'_>, point: &DVector<f64>, seen: Seen, precision: &Precision) -> Evidence {
    let Seen { mean_loss, curvature, gradient, mean_squares } = seen;
    let (examples, units) = (objective.examples(), objective.units());
    let dimension = examples.dimension();
    let on_columns = units.on_columns(point);
    let largest = largest(objective);
    // Of the columns as passes see them.
    let as_seen = |by: &[f64]| -> Vec<f64> {
        let of_column = |(j, size): (usize, &f64)| {
            let (mean, scale) = units.of_seen(j);
            (mean.abs() + scale * size) * UPWARDS
        };
        by.iter().enumerate().map(of_column).collect()
    };
    let (roots, most) = (as_seen(&mean_squares), as_seen(&largest));
    let offset =
        examples.offset().map_or(0.0, |offset| offset.iter().fold(0.0, |most, o| f64::max(most, o.abs())));
    let size = |by: &[f64]| {
        let weights = on_columns.iter().skip(1).zip(by);
        on_columns[0].abs() + offset + weights.map(|(w, x)| (w * x).abs()).sum::<f64>()
    };
    let (typical, extreme) = (size(&roots), size(&most));
    // What a mean is off by: for a column of root mean square 1, and for one of largest size 1.
    let off = |of_logit: f64| {
        let by_root = (of_logit * typical / 4.0 + precision.sums) * UPWARDS;
        let moved = (of_logit * extreme).exp_m1();
        let by_size = (moved + precision.sums * (1.0 + moved)) * mean_loss * UPWARDS;
        let off =
            move |(root, size): (&f64, &f64)| (root * by_root).min(size * by_size) + UNDERFLOW * (1.0 + size);
        let of_columns = roots.iter().zip(&most).map(off);
        DVector::from_iterator(dimension + 1, std::iter::once(off((&1.0, &1.0))).chain(of_columns))
    };
    let errors_of_sums = in_standard(objective, point, &gradient, &off(0.0));
    let errors = in_standard(objective, point, &gradient, &off(precision.logits));
    // |d ln a(1 − a)/dz| ≤ 1; a(1 − a) itself is e^(−|z|) and four operations. The Hessian's logits are not compensated.
    let curvature_error = (rounding(dimension + 5) * extreme + rounding(RESIDUAL + 4)) * UPWARDS;
    let off = curvature_error + rounding(LONGEST_CHAIN + 3);
    Evidence {
        value: mean_loss + objective.penalty(point),
        mean_loss,
        gradient,
        errors,
        errors_of_sums,
        logit_error: precision.logits * extreme * UPWARDS,
        curvature: curvature * (1.0 - off * UPWARDS),
        curvature_at_most: if precision.is_compensated { curvature * (1.0 + off * UPWARDS) } else { 0.25 },
        curvature_error,
        column: None,
        mean_squares: DVector::from_vec(mean_squares),
        largest: DVector::from_vec(largest),
        is_compensated: precision.is_compensated,
    }
}

/// Bounds on the errors of ∇′, from those of a gradient by the coefficients of the columns that passes see.
fn in_standard(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    gradient: &DVector<f64>,
    errors: &DVector<f64>,
) -> DVector<f64> {
    let mut bounds = errors.clone();
    let (penalties, operations) = objective.ridge().sizes(point);
    for (j, &penalty) in penalties.iter().enumerate() {
        let (mean, scale) = objective.units().of_seen(j);
        let of_intercept = mean.abs() * gradient[0].abs() / scale;
        let carried = (errors[j + 1] + mean.abs() * errors[0]) / scale;
        // Four operations on the loss's part; the coefficient itself is one of the columns' coefficients, rounded, times the scale.
        let rounded =
            rounding(4) * 2.0 * of_intercept + rounding(8 + operations) * (penalty + gradient[j + 1].abs());
        bounds[j + 1] = (carried + rounded) * UPWARDS;
    }
    bounds
}

/// Root mean squares of the standardised columns, from the mean squares and the means of those that passes see.
fn mean_squares(objective: &Objective<'_>, squares: &[f64], means: &[f64]) -> Vec<f64> {
    // Around a centre at most ten deviations away mean x² − 2μ·mean x + μ² loses two digits, which is within what is added.
    let around = |(j, (square, mean)): (usize, (&f64, &f64))| {
        let (centre, scale) = objective.units().of_seen(j);
        let square = (square - 2.0 * centre * mean + centre * centre).max(0.0)
            + ROUNDED_AWAY * (square + centre * centre);
        (square.sqrt() / scale).max(least(objective, j)) * UPWARDS
    };
    squares.iter().zip(means).enumerate().map(around).collect()
}

/// The size of a column that is taken to be larger: of a residual, which may be 0 where a penalty gives the scale.
fn least(objective: &Objective<'_>, j: usize) -> f64 {
    if objective.units().is_residual(j) { LEAST_RESIDUAL } else { 0.0 }
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
        most.max(least(objective, j)) * UPWARDS
    };
    objective.units().moments().enumerate().map(bound).collect()
}

/// γₙ
pub(crate) fn rounding(operations: usize) -> f64 {
    let share = operations as f64 * UNIT;
    share / (1.0 - share)
}
