//! Residuals instead of columns that are nearly combinations of others.
//!
//! Where x₂ is x₁ plus 10⁻⁷ of noise the Hessian has a condition of 10¹⁴, and neither solvers nor proofs have digits left. The same linear functions
//! are those of x₁ and of r = x₂ − c·x₁, which are as good as uncorrelated. So with the regression coefficients c of a column on those before it
//!
//! ```text
//! r⁽ⁱ⁾ = xⱼ⁽ⁱ⁾ − Σ_{k < j} cₖ·xₖ⁽ⁱ⁾,     passes see (r − μ)/s
//! ```
//!
//! The c are found by the bound on the Hessian, that is by the Gram matrix and the penalty, so that a column is taken out of another only where the
//! penalty does not tell them apart. What is lost of the c to rounding is a share of r of about the unit roundoff over r's share in xⱼ. Where that is
//! much they are found once more with r instead of xⱼ, and added up. Any c that are near will do, since r is that of these very c: it is summed with
//! three times the precision and rounded twice, so it is as near to the truth as a standardised copy of a column.
//!
//! Under a penalty s² is var r + 4λ·(1 + Σc²), so that the curvature along r′ is about ¼ whichever of the two it is made of.
//!
//! A column of which no more is left than its numbers' own roundings is determined by the others.
//!
//! Invariant: a residual is made of columns before its own, in their given units.

use chainrule_data::Dataset;
use chainrule_program::kernels::two_sum;
use nalgebra::DMatrix;

use crate::certificate::evidence::UNIT;
use crate::collinear::{REAL_SHARE, Regression, regressions};
use crate::objective::Objective;

/// A column of which less than this share of the sum of squares is independent of the columns before it is nearly dependent, and taken out. Columns
/// are compared only where the factorisation of the bound on the Hessian leaves one in doubt. There solvers without a Hessian are the faster the more
/// is taken out.
const NEARLY: f64 = 1e-3;

/// What a row shares with another by chance, in what is left of it.
const CHANCE: f64 = 0.3;

/// A share of a sum of squares that may be lost to rounding.
const LOST: f64 = 1e-15;

/// The roundings of a column's numbers and of those it is made of, in units of their sizes: a residual of no more is none.
const ROUNDINGS: f64 = 8.0 * UNIT;

/// A residual below this share of the numbers it is made of is looked for once more.
const LITTLE: f64 = 1e-9;

/// How often coefficients are found once more: each time all but about ten digits of what is left are taken out.
const ROUNDS: usize = 4;

/// Products of numbers below this and above its inverse neither overflow nor underflow, nor do what three of them lose.
const HUGE: f64 = 1e50;

/// x − Σ cₖ·xₖ of a column.
#[derive(Clone, Debug)]
pub(crate) struct Residual {
    pub(crate) column: usize,
    /// The columns that are taken out, each with its c, none of them 0.
    pub(crate) of: Vec<(usize, f64)>,
    pub(crate) mean: f64,
    pub(crate) scale: f64,
    /// The standard deviation.
    deviation: f64,
    /// Σ of the largest numbers that make it up.
    size: f64,
}

impl Residual {
    fn new(data: &Dataset, column: usize, of: Vec<(usize, f64)>, lambda: f64) -> Self {
        let largest = data.largest();
        let size = largest[column] + of.iter().map(|&(k, factor)| (factor * largest[k]).abs()).sum::<f64>();
        let unscaled = Residual { column, of, mean: 0.0, scale: 1.0, deviation: 0.0, size };
        let values = unscaled.standardised(data);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = (squares / count).sqrt();
        let squared: f64 = unscaled.of.iter().map(|(_, factor)| factor * factor).sum();
        let scale = deviation.hypot(2.0 * (lambda * (1.0 + squared)).sqrt());
        Residual { mean, scale, deviation, ..unscaled }
    }

    /// (r − μ)/s of each example.
    pub(crate) fn standardised(&self, data: &Dataset) -> Vec<f64> {
        let columns: Vec<&[f64]> = data.columns().collect();
        let own = columns[self.column];
        let others: Vec<(&[f64], f64)> = self.of.iter().map(|&(k, factor)| (columns[k], factor)).collect();
        let of_example = |i: usize| {
            let mut sum = Sum::of(own[i]);
            sum.add(-self.mean);
            for (column, factor) in &others {
                sum.subtract_product(*factor, column[i]);
            }
            sum.rounded() / self.scale
        };
        (0..own.len()).map(of_example).collect()
    }

    /// Whether it is no more than the roundings of the numbers it is made of.
    pub(crate) fn is_rounding(&self) -> bool {
        self.deviation <= ROUNDINGS * self.size
    }

    /// What is left of the column, as a share of its sum of squares around the mean.
    pub(crate) fn share_left(&self, objective: &Objective<'_>) -> f64 {
        (self.deviation / objective.units().deviations()[self.column]).powi(2)
    }

    /// The columns with a real share in what the residual's column is, or nearly is.
    pub(crate) fn made_of(&self, objective: &Objective<'_>) -> Vec<usize> {
        let deviations = objective.units().deviations();
        let share = |&(k, factor): &(usize, f64)| (factor * deviations[k]).abs();
        let most = self.of.iter().map(share).fold(0.0, f64::max);
        // What is left by chance of other columns is no more than the residual.
        let least = REAL_SHARE * most + self.deviation;
        self.of.iter().filter(|part| share(part) > least).map(|&(k, _)| k).collect()
    }
}

/// A sum with three times the precision (Ogita, Rump and Oishi, *SIAM Journal on Scientific Computing* 26, 2005, algorithm 4.8 with K = 3): off by
/// the unit roundoff of itself, and by less than 10⁻⁴⁰ of the sum of sizes for up to a thousand terms.
struct Sum {
    sum: f64,
    lost: f64,
    lost_of_lost: f64,
}

impl Sum {
    fn of(first: f64) -> Self {
        Sum { sum: first, lost: 0.0, lost_of_lost: 0.0 }
    }

    fn add(&mut self, term: f64) {
        let (sum, lost) = two_sum(self.sum, term);
        let (lost, of_lost) = two_sum(self.lost, lost);
        *self = Sum { sum, lost, lost_of_lost: self.lost_of_lost + of_lost };
    }

    fn subtract_product(&mut self, one: f64, other: f64) {
        let product = one * other;
        self.add(-product);
        self.add(-one.mul_add(other, -product));
    }

    fn rounded(&self) -> f64 {
        let (sum, lost) = two_sum(self.sum, self.lost);
        sum + (lost + self.lost_of_lost)
    }
}

/// The objective with residuals instead of the columns that are nearly dependent on those before them; of the columns that are so but for rounding
/// too where a penalty says what their coefficients are. Under none these are left as they are, and come along.
pub(crate) fn taken_out<'d>(
    objective: &Objective<'d>,
    data: &'d Dataset,
    lambda: f64,
) -> (Objective<'d>, Vec<Residual>) {
    let (mut current, mut known, mut refined): (_, Vec<Residual>, Vec<bool>) =
        (objective.clone(), Vec::new(), vec![false; data.dimension()]);
    for _ in 0..ROUNDS {
        let is_settled =
            |column: usize| known.iter().any(|residual| residual.column == column && residual.is_rounding());
        let is_wanted = |row: usize, left: f64| {
            let Some(column) = row.checked_sub(1) else { return false };
            let is_little = |residual: &Residual| {
                residual.column == column && residual.deviation < LITTLE * residual.size
            };
            let is_doubtful = !refined[column] && known.iter().any(is_little);
            !is_settled(column) && (left <= NEARLY || is_doubtful)
        };
        let curvatures = current.curvature_bound();
        let found: Vec<Residual> = regressions(&curvatures, NEARLY, is_wanted)
            .into_iter()
            .filter_map(|regression| further(&current, data, &regression, &curvatures, &known, lambda))
            .collect();
        if found.is_empty() {
            break;
        }
        for residual in found {
            let at = known.iter().position(|known| known.column == residual.column);
            match at {
                Some(at) => {
                    refined[residual.column] = true;
                    known[at] = residual;
                }
                None => known.push(residual),
            }
        }
        known.sort_by_key(|residual| residual.column);
        let usable = known.iter().filter(|residual| lambda > 0.0 || !residual.is_rounding());
        current = objective.with_residuals(data, usable.cloned().collect(), lambda);
    }
    (current, known)
}

/// The residual of a column from a regression on those before it in the coordinates; none of columns whose products may overflow.
fn further(
    current: &Objective<'_>,
    data: &Dataset,
    regression: &Regression,
    curvatures: &DMatrix<f64>,
    known: &[Residual],
    lambda: f64,
) -> Option<Residual> {
    let column = regression.row.checked_sub(1)?;
    let scales: Vec<f64> = current.units().moments().map(|(_, scale, _)| scale).collect();
    let of_known = |column: usize| known.iter().find(|residual| residual.column == column);
    // In the given columns: what is known of this one, and with each share the column and what its own residual takes out.
    let mut factors = vec![0.0; column];
    let mut add = |of: usize, by: f64| {
        if of < column {
            factors[of] += by;
        }
        let taken_out = current.units().residuals().iter().find(|residual| residual.column == of);
        for &(k, factor) in taken_out.iter().flat_map(|residual| &residual.of) {
            factors[k] -= by * factor;
        }
    };
    let length = |row: usize| curvatures[(row, row)].sqrt();
    let by_chance = CHANCE * regression.left.max(LOST).sqrt() * length(regression.row);
    let is_more = |&&(row, share): &&(usize, f64)| share.abs() * length(row) > by_chance;
    for &(row, share) in regression.shares.iter().filter(is_more) {
        if let Some(of) = row.checked_sub(1) {
            add(of, share * scales[column] / scales[of]);
        }
    }
    for &(k, factor) in of_known(column).iter().flat_map(|residual| &residual.of) {
        factors[k] += factor;
    }
    let largest = data.largest();
    let share = |k: usize, factor: f64| (factor * largest[k]).abs();
    let most = factors.iter().enumerate().map(|(k, &factor)| share(k, factor)).fold(0.0, f64::max);
    // What is nothing beside the others' roundings only costs time.
    let is_real = |&(k, factor): &(usize, f64)| factor != 0.0 && share(k, factor) > ROUNDINGS * most;
    let of: Vec<(usize, f64)> = factors.into_iter().enumerate().filter(is_real).collect();
    let is_moderate = |number: f64| number < HUGE && number > 1.0 / HUGE;
    let are_moderate = of
        .iter()
        .all(|&(k, factor)| is_moderate(factor.abs()) && is_moderate(largest[k]) && is_moderate(scales[k]));
    let is_possible = !of.is_empty() && are_moderate && is_moderate(largest[column]);
    is_possible.then(|| Residual::new(data, column, of, lambda))
}

/// The condition number of the standardised columns, the intercept's beside them: the largest over the smallest singular value; ∞ if columns are
/// dependent.
pub(crate) fn condition(objective: &Objective<'_>) -> f64 {
    let (gram, scale) = crate::metric::scaled(objective.mean_gram());
    let Some(factor) = nalgebra::Cholesky::new(gram) else { return f64::INFINITY };
    // The triangular factor of the given columns: each is made of its residual, and of the columns taken out.
    let mut triangle = factor.l().transpose();
    for (mut column, scale) in triangle.column_iter_mut().zip(&scale) {
        column /= *scale;
    }
    let units = objective.units();
    let (means, scales): (Vec<f64>, Vec<f64>) = units.moments().map(|(mean, scale, _)| (mean, scale)).unzip();
    let mut given = DMatrix::zeros(triangle.nrows(), triangle.ncols());
    given.set_column(0, &triangle.column(0));
    for j in 0..scales.len() {
        let mut column = triangle.column(j + 1) * scales[j] + triangle.column(0) * (scales[j] * means[j]);
        if let Some(residual) = units.residuals().iter().find(|residual| residual.column == j) {
            for &(k, factor) in &residual.of {
                column += given.column(k + 1) * factor;
            }
        }
        given.set_column(j + 1, &column);
    }
    // Centred, the first row being the share of the ones.
    for j in 1..given.ncols() {
        given[(0, j)] = 0.0;
        let length = given.column(j).norm();
        given.column_mut(j).unscale_mut(length);
    }
    let values = given.singular_values();
    values.max() / values.min()
}
