//! Whether a hyperplane divides the classes, so that the likelihood has no maximum.
//!
//! With sᵢ = 1 for events and −1 for the others, a direction (b, w) with w ≠ 0 separates *completely* if sᵢ·(b + w·x⁽ⁱ⁾) > 0 for every example, and *quasi-completely* if it is
//! ≥ 0 for all and > 0 for some. Exactly then maximum likelihood has no finite optimum (Albert and Anderson, *Biometrika* 71, 1984). A single column shows it by the ranges of its
//! values (`single`). Otherwise both are linear programs (`program`), here with the shortest direction in the sum of sizes, so that it names few columns:
//!
//! ```text
//! minimise Σⱼ|w′ⱼ|   subject to   sᵢ(b′ + w′·x′⁽ⁱ⁾) ≥ 1 for all i                        (complete)
//!                    subject to   sᵢ(b′ + w′·x′⁽ⁱ⁾) ≥ 0 for all i, their mean ≥ 1        (quasi-complete)
//! ```
//!
//! on standardised columns (`table`). What solvers find is true to 10⁻⁷; guesses at what is meant (`polish`) are looked at again.
//!
//! Invariant: no direction is reported that was not looked at again over all examples, on the columns as they are, and what is said of it is a theorem about these f64s. Signs are those
//! of exact arithmetic (`exact`), so that classes that overlap by one unit in the last place are not called separated, and examples on the hyperplane are exactly on it.
//! A hyperplane through given points need not be one of f64s, though, and decimal fractions that lie on one do not once they are rounded: 0.1 + 0.2 and 0.15 + 0.15 are two numbers.
//! Then what can be proved is said: *within rounding*, no example lies on the wrong side of a direction with n columns by more than τ·(|b| + Σ|x·w|), τ = (n + 2)·2⁻⁵². There |b| is
//! about Σ|x·w| or less, so that changing features by shares of hardly more than 2τ brings these examples on the hyperplane: the direction separates such data quasi-completely.

use std::cmp::Ordering;
use std::fmt;

use chainrule_data::{Dataset, Standardiser};
use nalgebra::DVector;

use crate::error::Error;
use crate::names::quoted;

use exact::{Dot, signed_dot};
use program::{Answer, Search};
use table::Table;

mod exact;
mod polish;
mod program;
mod single;
mod table;

/// How a hyperplane divides the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeparationKind {
    /// Every example lies strictly on its class's side.
    Complete,
    /// No example lies on the other class's side, some lie on the hyperplane.
    QuasiComplete,
    /// Some examples lie on the other class's side, but by no more than rounding their features may have moved them: for data that are decimal fractions
    /// this is quasi-complete separation as f64s show it.
    WithinRounding,
}

impl fmt::Display for SeparationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SeparationKind::Complete => "complete",
            SeparationKind::QuasiComplete => "quasi-complete",
            SeparationKind::WithinRounding => "within rounding quasi-complete",
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

    /// The columns it takes, in the order of the data.
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

    /// The smallest distance of an example from the hyperplane, (b + w·x)/‖w‖; 0 unless the separation is complete.
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
            SeparationKind::WithinRounding => f.write_str(", some examples next to the hyperplane"),
        }
    }
}

/// What is known of hyperplanes that divide the classes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Separability {
    /// This one does.
    Separable(Separation),
    /// There is none, as linear programs see it: to 10⁻⁷ of the columns' standard deviations.
    Overlap,
    /// None was found, but there may be one: there are too many columns to look at all of them together, the solver gave up, there is one class only, or what it found could not be proved.
    Unknown,
}

/// Of more columns than this, only so many are looked at together by linear programs, whose time grows with their third power.
const MOST_COLUMNS: usize = 400;

/// A hyperplane that divides the classes, or none if they overlap or none could be shown; [`separability`] tells these two apart.
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
    Ok(match separability(data)? {
        Separability::Separable(found) => Some(found),
        Separability::Overlap | Separability::Unknown => None,
    })
}

/// Whether a hyperplane divides the classes, as far as can be told.
///
/// Each column is looked at alone, however many there are. Of up to 400 all are then looked at together, and a separation is complete if there is one that is; of more, the 400 on which the
/// classes' means are farthest apart.
///
/// # Errors
/// Those of standardising the columns.
pub fn separability(data: &Dataset) -> Result<Separability, Error> {
    let standardiser = Standardiser::fit(data)?;
    let table = Table::new(data, &standardiser);
    let alone = single::best(&table).and_then(|single| proved(data, &single.direction));
    let is_whole = table.dimension() <= MOST_COLUMNS;
    // Whether many columns together separate completely where one does quasi-completely is not worth minutes.
    if let Some(found) = &alone
        && (found.kind == SeparationKind::Complete || !is_whole)
    {
        return Ok(Separability::Separable(found.clone()));
    }
    let columns = if is_whole { (0..table.dimension()).collect() } else { most_apart(&table) };
    Ok(match together(&table, columns, alone) {
        Separability::Overlap if !is_whole => Separability::Unknown,
        known => known,
    })
}

/// What linear programs find along these columns, unless a column alone does as much.
fn together(table: &Table<'_>, columns: Vec<usize>, alone: Option<Separation>) -> Separability {
    let mut search = Search::new(table, columns);
    if let Answer::Direction(direction) | Answer::Doubtful(direction) =
        search.shortest(SeparationKind::Complete)
    {
        let found = polish::as_found(table, &direction).iter().find_map(|given| exactly(table.data, given));
        if let Some(found) = found.filter(|found| found.kind == SeparationKind::Complete) {
            return Separability::Separable(found);
        }
    }
    if let Some(found) = alone {
        return Separability::Separable(found);
    }
    match search.shortest(SeparationKind::QuasiComplete) {
        Answer::Direction(direction) | Answer::Doubtful(direction) => {
            let guesses = polish::guesses(table, &direction);
            let exact = guesses.iter().find_map(|given| exactly(table.data, given));
            let found = exact.or_else(|| guesses.iter().find_map(|given| within_rounding(table.data, given)));
            found.map_or(Separability::Unknown, Separability::Separable)
        }
        Answer::Infeasible => Separability::Overlap,
        Answer::Unknown => Separability::Unknown,
    }
}

/// As many columns as linear programs can take, on which the classes' means are farthest apart, in the order of the data.
fn most_apart(table: &Table<'_>) -> Vec<usize> {
    let mean = table.mean_row();
    let mut columns: Vec<usize> = (0..table.dimension()).collect();
    columns.sort_by(|&one, &other| mean[other + 1].abs().total_cmp(&mean[one + 1].abs()));
    columns.truncate(MOST_COLUMNS);
    columns.sort_unstable();
    columns
}

/// What a direction for the columns as they are separates, if it does; the intercept comes first.
pub(crate) fn proved(data: &Dataset, direction: &[f64]) -> Option<Separation> {
    exactly(data, direction).or_else(|| within_rounding(data, direction))
}

/// A complete or quasi-complete separation, if it is one in exact arithmetic.
fn exactly(data: &Dataset, direction: &[f64]) -> Option<Separation> {
    let claim = Claim::new(data, direction)?;
    let (mut least, mut some_on, mut some_beyond) = (f64::INFINITY, false, false);
    for (row, &label) in data.labels().iter().enumerate() {
        let (order, value) = signed_dot(direction[0], claim.pairs(row));
        let (order, side) = if label > 0.5 { (order, value) } else { (order.reverse(), -value) };
        match order {
            Ordering::Less => return None,
            Ordering::Equal => some_on = true,
            Ordering::Greater => some_beyond = true,
        }
        least = least.min(side);
    }
    let (kind, least) = match some_on {
        // Products that underflow may leave nothing of a number that is positive.
        false => (SeparationKind::Complete, least.max(f64::MIN_POSITIVE)),
        true => (SeparationKind::QuasiComplete, 0.0),
    };
    some_beyond.then(|| claim.separation(kind, least))
}

/// A separation by a direction from which no example lies farther on the wrong side than rounding may have moved it, and some lie farther on the right one.
fn within_rounding(data: &Dataset, direction: &[f64]) -> Option<Separation> {
    let claim = Claim::new(data, direction)?;
    let mut some_beyond = false;
    for (row, &label) in data.labels().iter().enumerate() {
        let Dot { value, size, unit } = Dot::new(direction[0], claim.pairs(row));
        let (side, moved) = (if label > 0.5 { value } else { -value }, unit * size);
        if !(side >= -moved && moved.is_finite()) {
            return None;
        }
        some_beyond |= side > moved;
    }
    some_beyond.then(|| claim.separation(SeparationKind::WithinRounding, 0.0))
}

/// A direction that is said to separate the classes.
struct Claim<'c> {
    data: &'c Dataset,
    direction: &'c [f64],
    /// The columns it takes, with their weights.
    used: Vec<(&'c [f64], f64)>,
    length: f64,
}

impl<'c> Claim<'c> {
    /// None unless the direction is one.
    fn new(data: &'c Dataset, direction: &'c [f64]) -> Option<Self> {
        let (_, weights) = direction.split_first()?;
        let used: Vec<(&[f64], f64)> =
            data.columns().zip(weights.iter().copied()).filter(|(_, weight)| *weight != 0.0).collect();
        let length = crate::fit::euclidean_norm(&DVector::from_column_slice(weights));
        let is_one = direction.iter().all(|entry| entry.is_finite()) && !used.is_empty();
        is_one.then_some(Claim { data, direction, used, length })
    }

    /// The products of w·x of an example.
    fn pairs(&self, row: usize) -> impl Iterator<Item = (f64, f64)> + Clone {
        self.used.iter().map(move |(column, weight)| (column[row], *weight))
    }

    /// The claim, once it is proved.
    fn separation(&self, kind: SeparationKind, least: f64) -> Separation {
        let weights = &self.direction[1..];
        let names = self.data.feature_names().iter().zip(weights).filter(|(_, weight)| **weight != 0.0);
        Separation {
            kind,
            columns: names.map(|(name, _)| name.clone()).collect(),
            intercept: self.direction[0],
            weights: weights.to_vec(),
            margin: least / self.length,
        }
    }
}
