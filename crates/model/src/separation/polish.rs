//! From a linear program's direction to directions on the columns as they are.
//!
//! A solver's zeros are 10⁻⁷, so examples that belong on the hyperplane lie next to it. A quasi-complete separation is proved only if they lie on it exactly; of these ways one mostly
//! gets there:
//!
//! - weights next to nothing are left out;
//! - the direction is projected on those that vanish on the examples next to the hyperplane;
//! - it is taken in units of one of its weights, rounded to twelve digits, and multiplied by what makes small fractions whole: data of few binary digits then lie exactly on it.
//!
//! Invariant: these are guesses; nothing is claimed of them here.

use nalgebra::{DMatrix, DVector};

use super::program::FEASIBLE;
use super::table::Table;

/// A part of a direction this small beside the largest is what rounding left of nothing.
const NOTHING: f64 = 1e-9;

/// The largest denominator of weights that are fractions of one of them.
const MOST_DENOMINATOR: u32 = 1_000;

/// Directions on the columns as they are that may be what a direction in standard units is meant to be, the neatest first.
pub(super) fn guesses(table: &Table<'_>, direction: &[f64]) -> Vec<Vec<f64>> {
    let polished = polished(table, direction);
    let snapped = snapped(table, &polished);
    snapped.into_iter().chain(as_found(table, &polished)).chain(as_found(table, direction)).collect()
}

/// A direction on the columns as they are: without the parts that are next to nothing, and with them.
pub(super) fn as_found(table: &Table<'_>, direction: &[f64]) -> [Vec<f64>; 2] {
    let least = NOTHING * largest_weight(direction);
    let clean = |&w: &f64| if w.abs() <= least { 0.0 } else { w };
    let cleaned: Vec<f64> = std::iter::once(direction[0]).chain(direction[1..].iter().map(clean)).collect();
    [in_given(table, &cleaned), in_given(table, direction)]
}

fn largest_weight(direction: &[f64]) -> f64 {
    direction[1..].iter().fold(0.0, |largest, w| largest.max(w.abs()))
}

fn in_given(table: &Table<'_>, direction: &[f64]) -> Vec<f64> {
    let weights = || direction[1..].iter().zip(&table.scales).map(|(w, scale)| w / scale);
    let moved: f64 = weights().zip(&table.means).map(|(w, mean)| w * mean).sum();
    let intercept = direction[0] - moved;
    // What is left of two large numbers that are the same is their rounding.
    let rounding = direction.len() as f64 * f64::EPSILON * intercept_size(table, direction);
    std::iter::once(if intercept.abs() <= rounding { 0.0 } else { intercept }).chain(weights()).collect()
}

/// How large the numbers are that make up the intercept on the columns as they are.
fn intercept_size(table: &Table<'_>, direction: &[f64]) -> f64 {
    let moments = table.means.iter().zip(&table.scales);
    let moved = direction[1..].iter().zip(moments).map(|(w, (mean, scale))| (w * mean / scale).abs());
    direction[0].abs() + moved.sum::<f64>()
}

/// The part of a direction that vanishes on the examples it puts on the hyperplane, which the solver leaves to within its tolerance.
fn polished(table: &Table<'_>, direction: &[f64]) -> Vec<f64> {
    let least = NOTHING * largest_weight(direction);
    let used: Vec<usize> =
        (0..direction.len() - 1).filter(|&column| direction[column + 1].abs() > least).collect();
    let mut gram = DMatrix::<f64>::zeros(used.len() + 1, used.len() + 1);
    table.each_side(direction, |row, side| {
        if side.abs() <= 10.0 * FEASIBLE {
            let entries = DVector::from_vec(table.row(row, &used));
            gram.ger(1.0, &entries, &entries, 1.0);
        }
    });
    let of_used = std::iter::once(direction[0]).chain(used.iter().map(|&column| direction[column + 1]));
    let kept = without_image(gram, &DVector::from_iterator(used.len() + 1, of_used));
    let mut polished = vec![0.0; direction.len()];
    polished[0] = kept[0];
    used.iter().zip(kept.iter().skip(1)).for_each(|(&column, &entry)| polished[column + 1] = entry);
    polished
}

/// The projection of a vector on the null space of a symmetric matrix.
fn without_image(matrix: DMatrix<f64>, vector: &DVector<f64>) -> DVector<f64> {
    let eigen = matrix.symmetric_eigen();
    let null = NOTHING * eigen.eigenvalues.amax();
    let mut kept = DVector::zeros(vector.len());
    for (value, of_value) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if value.abs() <= null {
            kept += of_value * of_value.dot(vector);
        }
    }
    kept
}

/// The direction on the columns as they are, in units of one of its weights and to twelve digits, and these times the denominator of the weights.
fn snapped(table: &Table<'_>, direction: &[f64]) -> Vec<Vec<f64>> {
    let [given, _] = as_found(table, direction);
    let size = intercept_size(table, direction);
    let in_unit = |unit: f64| -> Vec<f64> {
        let weights = given[1..].iter().map(|weight| rounded(weight / unit, weight.abs() / unit));
        std::iter::once(rounded(given[0] / unit, size / unit)).chain(weights).collect()
    };
    let units = given[1..].iter().filter(|weight| **weight != 0.0).map(|weight| weight.abs());
    units.flat_map(|unit| [Some(in_unit(unit)), whole(&given, size, unit)]).flatten().collect()
}

/// The direction in units of a weight times the least number that makes all weights whole, if that is small and not 1.
fn whole(given: &[f64], size: f64, unit: f64) -> Option<Vec<f64>> {
    let is_whole = |number: f64| (number - number.round()).abs() <= NOTHING * number.abs().max(1.0);
    let denominator = (2..=MOST_DENOMINATOR)
        .map(f64::from)
        .find(|by| given[1..].iter().all(|weight| is_whole(weight / unit * by)))?;
    let factor = denominator / unit;
    let weights = given[1..].iter().map(|weight| (weight * factor).round());
    Some(std::iter::once(rounded(given[0] * factor, size * factor)).chain(weights).collect())
}

/// A number rounded to twelve decimal digits of a size that it does not exceed.
fn rounded(number: f64, size: f64) -> f64 {
    let decimals = 11.0 - size.log10().floor();
    if !(decimals.is_finite() && (0.0..300.0).contains(&decimals)) {
        return number;
    }
    format!("{number:.*}", decimals as usize).parse().unwrap_or(number)
}
