//! Whether a hyperplane divides the classes, so that the likelihood has no maximum.
//!
//! With sᵢ = 1 for events and −1 for the others, a direction (b, w) with w ≠ 0 separates *completely* if sᵢ·(b + w·x⁽ⁱ⁾) > 0 for every example, and *quasi-completely* if it is
//! ≥ 0 for all and > 0 for some. Exactly then maximum likelihood has no finite optimum (Albert and Anderson, *Biometrika* 71, 1984). Both are linear programs, here
//! with the shortest direction in the sum of sizes, so that it names few columns:
//!
//! ```text
//! minimise Σⱼ|w′ⱼ|   subject to   sᵢ(b′ + w′·x′⁽ⁱ⁾) ≥ 1 for all i                        (complete)
//!                    subject to   sᵢ(b′ + w′·x′⁽ⁱ⁾) ≥ 0 for all i, their mean ≥ 1        (quasi-complete)
//! ```
//!
//! on standardised columns. They are solved for some of the examples; the most violated of the others join until none is violated. What is infeasible for some is so for all.
//!
//! Invariant: no direction is reported that was not looked at again over all examples, on the columns as they are, with dot products of about twice the precision (Ogita, Rump and Oishi,
//! *SIAM Journal on Scientific Computing* 26, 2005).

use std::fmt;

use chainrule_data::{Dataset, Standardiser};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::names::quoted;

/// How a hyperplane divides the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeparationKind {
    /// Every example lies strictly on its class's side.
    Complete,
    /// No example lies on the other class's side, some lie on the hyperplane.
    QuasiComplete,
}

impl fmt::Display for SeparationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SeparationKind::Complete => "complete",
            SeparationKind::QuasiComplete => "quasi-complete",
        })
    }
}

/// A hyperplane that divides the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Separation {
    kind: SeparationKind,
    columns: Vec<String>,
    intercept: f64,
    weights: Vec<f64>,
    margin: f64,
}

impl Separation {
    /// Complete or quasi-complete.
    pub fn kind(&self) -> SeparationKind {
        self.kind
    }

    /// The columns it takes, in the order of the data: without them it would not divide the classes.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// b of the direction, in the units of the columns as they were given.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// w of the direction, one a feature; 0 for the columns it does not take.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The smallest distance of an example from the hyperplane, (b + w·x)/‖w‖; 0 if the separation is quasi-complete.
    pub fn margin(&self) -> f64 {
        self.margin
    }
}

impl fmt::Display for Separation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} separation by {}", self.kind, quoted(&self.columns))?;
        match self.kind {
            SeparationKind::Complete => write!(f, ", margin {:.1e}", self.margin),
            SeparationKind::QuasiComplete => f.write_str(", some examples on the hyperplane"),
        }
    }
}

/// More columns than this are not looked at by linear programs, whose time grows with their third power.
const MOST_COLUMNS: usize = 400;

/// Examples to begin with, for each coefficient and beside.
const FIRST_EXAMPLES: usize = 4;
const FIRST_BESIDE: usize = 50;

/// Columns are left out one by one where columns times examples are no more than this.
const MOST_TRIED: usize = 200_000;

/// How often violated examples may join, at most so many at once for each coefficient and beside.
const ROUNDS: usize = 60;

/// What a linear program calls feasible, in standard units: ten times the solver's own 10⁻⁷.
const FEASIBLE: f64 = 1e-6;

/// A part of a direction this small beside the largest is what rounding left of nothing.
const NOTHING: f64 = 1e-9;

/// A hyperplane that divides the classes, or none if they overlap or none could be shown.
///
/// Every example counts, whatever its weight.
///
/// ```
/// use chainrule_data::Dataset;
/// use chainrule_model::{SeparationKind, separation};
/// use nalgebra::{DVector, dmatrix};
///
/// // No event has x < 2, and nobody else x > 2.
/// let features = dmatrix![1.0, 7.0; 2.0, 4.0; 2.0, 4.0; 3.0, 5.0];
/// let labels = DVector::from_column_slice(&[0.0, 0.0, 1.0, 1.0]);
/// let data = Dataset::new(features, labels, vec!["x".to_string(), "noise".to_string()])?;
/// let found = separation(&data)?.ok_or("none")?;
/// assert_eq!((found.kind(), found.columns()), (SeparationKind::QuasiComplete, &["x".to_string()][..]));
/// assert_eq!((found.intercept(), found.weights()), (-2.0, &[1.0, 0.0][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of standardising the columns.
pub fn separation(data: &Dataset) -> Result<Option<Separation>, Error> {
    let standardiser = Standardiser::fit(data)?;
    if data.dimension() == 0 || data.dimension() > MOST_COLUMNS {
        return Ok(None);
    }
    let table = Table::new(data, &standardiser);
    if let Some(direction) = table.shortest(SeparationKind::Complete) {
        let found = table.candidates(&direction).into_iter().find_map(|given| proved(data, &given));
        if found.as_ref().is_some_and(|found| found.kind == SeparationKind::Complete) {
            return Ok(found);
        }
    }
    let Some(direction) = table.shortest(SeparationKind::QuasiComplete) else { return Ok(None) };
    let polished = table.polished(&direction);
    let snapped = table.snapped(&polished);
    let candidates =
        snapped.into_iter().chain(table.candidates(&polished)).chain(table.candidates(&direction));
    Ok(candidates.into_iter().find_map(|given| proved(data, &given)))
}

/// What a direction for the columns as they are separates, if it does; the intercept comes first.
///
/// An example that lies on the wrong side by no more than rounding the direction to f64 can have moved it counts as one on the hyperplane.
pub(crate) fn proved(data: &Dataset, direction: &[f64]) -> Option<Separation> {
    let (&intercept, weights) = direction.split_first()?;
    let length = crate::fit::euclidean_norm(&DVector::from_column_slice(weights));
    if !(direction.iter().all(|entry| entry.is_finite()) && length > 0.0) {
        return None;
    }
    let used: Vec<(&[f64], f64)> =
        data.columns().zip(weights.iter().copied()).filter(|(_, weight)| *weight != 0.0).collect();
    let unit = (weights.len() + 2) as f64 * f64::EPSILON;
    let (mut least, mut some_beyond) = (f64::INFINITY, false);
    for (row, &label) in data.labels().iter().enumerate() {
        let (sum, size) = dot(intercept, used.iter().map(|(column, weight)| (column[row], *weight)));
        let side = if label > 0.5 { sum } else { -sum };
        // Off by one unit, and by unit² of the size.
        if side < -unit * size || !side.is_finite() {
            return None;
        }
        let is_beyond = side > unit * unit * size;
        some_beyond |= is_beyond;
        least = least.min(if is_beyond { side } else { 0.0 });
    }
    let kind = if least > 0.0 { SeparationKind::Complete } else { SeparationKind::QuasiComplete };
    let names = data.feature_names().iter().zip(weights).filter(|(_, weight)| **weight != 0.0);
    some_beyond.then(|| Separation {
        kind,
        columns: names.map(|(name, _)| name.clone()).collect(),
        intercept,
        weights: weights.to_vec(),
        margin: least / length,
    })
}

/// b + Σ x·w as if computed with twice the precision and rounded, and |b| + Σ|x·w|.
fn dot(intercept: f64, pairs: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    let (mut sum, mut lost, mut size) = (intercept, 0.0, intercept.abs());
    for (x, w) in pairs {
        let product = x * w;
        let of_product = x.mul_add(w, -product);
        let next = sum + product;
        let part = next - sum;
        lost += ((sum - (next - part)) + (product - part)) + of_product;
        sum = next;
        size += product.abs();
    }
    (sum + lost, size)
}

/// The examples in standard units.
struct Table<'d> {
    data: &'d Dataset,
    means: DVector<f64>,
    scales: DVector<f64>,
    columns: Vec<Vec<f64>>,
}

impl<'d> Table<'d> {
    fn new(data: &'d Dataset, standardiser: &Standardiser) -> Self {
        let columns = data.columns().enumerate().map(|(j, column)| standardiser.standardised(j, column));
        Table { data, means: standardiser.means(), scales: standardiser.scales(), columns: columns.collect() }
    }

    /// sᵢ
    fn side(&self, row: usize) -> f64 {
        2.0 * self.data.labels()[row] - 1.0
    }

    /// sᵢ·(1, x′)
    fn row(&self, row: usize) -> Vec<f64> {
        let side = self.side(row);
        std::iter::once(side).chain(self.columns.iter().map(|column| side * column[row])).collect()
    }

    /// sᵢ(b′ + w′·x′) for all examples.
    fn sides(&self, direction: &[f64]) -> Vec<f64> {
        let mut sides = vec![direction[0]; self.data.len()];
        for (column, &weight) in
            self.columns.iter().zip(&direction[1..]).filter(|(_, weight)| **weight != 0.0)
        {
            sides.iter_mut().zip(column).for_each(|(sum, x)| *sum += weight * x);
        }
        sides.iter_mut().enumerate().for_each(|(row, sum)| *sum *= self.side(row));
        sides
    }

    /// A direction that no example violates and that takes no column it could do without, if the data are small enough to try.
    fn shortest(&self, kind: SeparationKind) -> Option<Vec<f64>> {
        let mut found = self.direction(kind, &vec![true; self.columns.len()])?;
        let mut order: Vec<usize> = (0..self.columns.len()).filter(|&j| found[j + 1] != 0.0).collect();
        if order.len() * self.data.len() > MOST_TRIED {
            return Some(found);
        }
        order.sort_by(|&one, &other| found[one + 1].abs().total_cmp(&found[other + 1].abs()));
        for without in order {
            let allowed: Vec<bool> =
                (0..self.columns.len()).map(|j| j != without && found[j + 1] != 0.0).collect();
            found = self.direction(kind, &allowed).unwrap_or(found);
        }
        Some(found)
    }

    /// A direction along the allowed columns that no example violates, in standard units; none if there is none, or the solver gives up.
    fn direction(&self, kind: SeparationKind, allowed: &[bool]) -> Option<Vec<f64>> {
        let size = self.columns.len() + 1;
        let mut chosen = self.first_rows(FIRST_EXAMPLES * size + FIRST_BESIDE);
        let mean = self.mean_row();
        for _ in 0..ROUNDS {
            let rows: Vec<Vec<f64>> = chosen.iter().map(|&row| self.row(row)).collect();
            let direction = solved(kind, &rows, &mean, allowed)?;
            let wanted = if kind == SeparationKind::Complete { 1.0 } else { 0.0 };
            let sides = self.sides(&direction);
            let mut violated: Vec<usize> =
                (0..sides.len()).filter(|&row| sides[row] < wanted - FEASIBLE).collect();
            if violated.is_empty() {
                return Some(direction);
            }
            violated.sort_by(|&one, &other| sides[one].total_cmp(&sides[other]));
            violated.truncate(2 * size + FIRST_BESIDE);
            chosen.extend(violated);
            chosen.sort_unstable();
            chosen.dedup();
        }
        None
    }

    /// About so many examples, evenly spread, half of each class.
    fn first_rows(&self, count: usize) -> Vec<usize> {
        let of_class = |side: f64| -> Vec<usize> {
            let all: Vec<usize> = (0..self.data.len()).filter(|&row| self.side(row) == side).collect();
            let step = (2 * all.len() / count).max(1);
            all.into_iter().step_by(step).collect()
        };
        [of_class(1.0), of_class(-1.0)].concat()
    }

    fn mean_row(&self) -> Vec<f64> {
        let sides: Vec<f64> = (0..self.data.len()).map(|row| self.side(row)).collect();
        let examples = sides.len() as f64;
        let of_column =
            |column: &Vec<f64>| column.iter().zip(&sides).map(|(x, s)| x * s).sum::<f64>() / examples;
        std::iter::once(sides.iter().sum::<f64>() / examples)
            .chain(self.columns.iter().map(of_column))
            .collect()
    }

    /// A direction on the columns as they are: without the parts that are next to nothing, and with them.
    fn candidates(&self, direction: &[f64]) -> Vec<Vec<f64>> {
        let largest = direction[1..].iter().fold(0.0_f64, |largest, w| largest.max(w.abs()));
        let clean = |&w: &f64| if w.abs() <= NOTHING * largest { 0.0 } else { w };
        let cleaned: Vec<f64> =
            std::iter::once(direction[0]).chain(direction[1..].iter().map(clean)).collect();
        vec![self.in_given(&cleaned), self.in_given(direction)]
    }

    fn in_given(&self, direction: &[f64]) -> Vec<f64> {
        let weights = || direction[1..].iter().zip(&self.scales).map(|(w, scale)| w / scale);
        let moved: f64 = weights().zip(&self.means).map(|(w, mean)| w * mean).sum();
        let intercept = direction[0] - moved;
        // What is left of two large numbers that are the same is their rounding.
        let rounding = direction.len() as f64 * f64::EPSILON * self.intercept_size(direction);
        std::iter::once(if intercept.abs() <= rounding { 0.0 } else { intercept }).chain(weights()).collect()
    }

    /// How large the numbers are that make up the intercept on the columns as they are.
    fn intercept_size(&self, direction: &[f64]) -> f64 {
        let moments = self.means.iter().zip(&self.scales);
        let moved = direction[1..].iter().zip(moments).map(|(w, (mean, scale))| (w * mean / scale).abs());
        direction[0].abs() + moved.sum::<f64>()
    }

    /// The part of a direction that vanishes on the examples it puts on the hyperplane, which the solver leaves to within its tolerance.
    fn polished(&self, direction: &[f64]) -> Vec<f64> {
        let largest = direction[1..].iter().fold(0.0_f64, |largest, w| largest.max(w.abs()));
        let used: Vec<usize> =
            (0..direction.len()).filter(|&j| j == 0 || direction[j].abs() > NOTHING * largest).collect();
        let sides = self.sides(direction);
        let mut gram = DMatrix::<f64>::zeros(used.len(), used.len());
        for row in (0..sides.len()).filter(|&row| sides[row].abs() <= 10.0 * FEASIBLE) {
            let entry = |at: usize| used[at].checked_sub(1).map_or(1.0, |j| self.columns[j][row]);
            let entries = DVector::from_fn(used.len(), |at, _| entry(at));
            gram.ger(1.0, &entries, &entries, 1.0);
        }
        let eigen = gram.symmetric_eigen();
        let free = NOTHING * eigen.eigenvalues.amax();
        let start = DVector::from_iterator(used.len(), used.iter().map(|&j| direction[j]));
        let mut kept = DVector::zeros(used.len());
        for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
            if value.abs() <= free {
                kept += vector * vector.dot(&start);
            }
        }
        let mut polished = vec![0.0; direction.len()];
        used.iter().zip(kept.iter()).for_each(|(&j, &entry)| polished[j] = entry);
        polished
    }

    /// The direction on the columns as they are, in units of one of its weights and to twelve digits: data of few digits then lie exactly on the hyperplane.
    fn snapped(&self, direction: &[f64]) -> Vec<Vec<f64>> {
        let Some(given) = self.candidates(direction).into_iter().next() else { return Vec::new() };
        let size = self.intercept_size(direction);
        let in_unit = |unit: &f64| {
            let unit = unit.abs();
            let weights = given[1..].iter().map(|weight| rounded(weight / unit, weight.abs() / unit));
            std::iter::once(rounded(given[0] / unit, size / unit)).chain(weights).collect()
        };
        given[1..].iter().filter(|weight| **weight != 0.0).map(in_unit).collect()
    }
}

/// A number rounded to twelve decimal digits of a size that it does not exceed.
fn rounded(number: f64, size: f64) -> f64 {
    let decimals = 11.0 - size.log10().floor();
    if !(decimals.is_finite() && (0.0..300.0).contains(&decimals)) {
        return number;
    }
    format!("{number:.*}", decimals as usize).parse().unwrap_or(number)
}

/// The shortest direction that these examples do not violate; none if there is none, or the solver gives up.
fn solved(kind: SeparationKind, rows: &[Vec<f64>], mean: &[f64], allowed: &[bool]) -> Option<Vec<f64>> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let free = problem.add_var(0.0, (f64::NEG_INFINITY, f64::INFINITY));
    let parts: Vec<(Variable, Variable)> = allowed
        .iter()
        .map(|&may_be| {
            let most = if may_be { f64::INFINITY } else { 0.0 };
            (problem.add_var(1.0, (0.0, most)), problem.add_var(1.0, (0.0, most)))
        })
        .collect();
    let terms = |row: &[f64]| -> Vec<(Variable, f64)> {
        let of_parts = parts.iter().zip(&row[1..]).flat_map(|(&(plus, minus), &x)| [(plus, x), (minus, -x)]);
        std::iter::once((free, row[0])).chain(of_parts).collect()
    };
    let least = if kind == SeparationKind::Complete { 1.0 } else { 0.0 };
    for row in rows {
        problem.add_constraint(terms(row), ComparisonOp::Ge, least);
    }
    if kind == SeparationKind::QuasiComplete {
        problem.add_constraint(terms(mean), ComparisonOp::Ge, 1.0);
    }
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let weights = parts.iter().map(|&(plus, minus)| solution.var_value(plus) - solution.var_value(minus));
    Some(std::iter::once(solution.var_value(free)).chain(weights).collect())
}
