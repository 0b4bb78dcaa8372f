//! Single columns that divide the classes, told by the classes' ranges.
//!
//! A threshold t on x divides the classes exactly if one class has no value above t and the other none below it:
//!
//! ```text
//! largest x of one class ≤ t ≤ smallest x of the other      completely, if both can be strict
//! ```
//!
//! This takes one pass over each column whatever their number, and finds the usual case: an indicator that only one class has.
//!
//! Invariant: comparisons of the values as they are; nothing is rounded but the middle of a gap.

use super::SeparationKind;
use super::table::Table;

/// What a column does alone.
pub(super) struct Single {
    pub(super) kind: SeparationKind,
    /// (b, w) for the columns as they are, w = ±1 for this one.
    pub(super) direction: Vec<f64>,
    /// The gap, or the mean distance from the hyperplane, in standard units.
    width: f64,
}

/// The column that divides the classes best: completely and with the widest gap, or else with the largest mean distance.
pub(super) fn best(table: &Table<'_>) -> Option<Single> {
    let rank = |single: &Single| (single.kind == SeparationKind::Complete, single.width);
    let better = |one: &Single, other: &Single| {
        let ((one, by_one), (other, by_other)) = (rank(one), rank(other));
        // Of equally good ones the first.
        one.cmp(&other).then(by_one.total_cmp(&by_other)).then(std::cmp::Ordering::Greater)
    };
    let columns = table.data.columns().enumerate();
    columns.filter_map(|(j, column)| of_column(table, j, column)).max_by(better)
}

fn of_column(table: &Table<'_>, j: usize, column: &[f64]) -> Option<Single> {
    let [others, events] = ranges(table, column)?;
    let (w, below, above) = if others.1 <= events.0 {
        (1.0, others.1, events.0)
    } else if events.1 <= others.0 {
        (-1.0, events.1, others.0)
    } else {
        return None;
    };
    // A constant column divides nothing.
    if others.0.min(events.0) == others.1.max(events.1) {
        return None;
    }
    let threshold = below / 2.0 + above / 2.0;
    let kind = if below < threshold && threshold < above {
        SeparationKind::Complete
    } else {
        SeparationKind::QuasiComplete
    };
    // Beside values that are neighbours, or so small that half of them is rounded, the middle is one of them or neither.
    let threshold = if kind == SeparationKind::Complete { threshold } else { below };
    let mut direction = vec![0.0; table.dimension() + 1];
    direction[0] = -w * threshold + 0.0;
    direction[j + 1] = w;
    let width = match kind {
        SeparationKind::Complete => (above / 2.0 - below / 2.0) / table.scales[j],
        _ => mean_distance(column, threshold) / table.scales[j],
    };
    Some(Single { kind, direction, width })
}

/// The least and the largest value of those that are no events, and of the events; none if there are not both.
fn ranges(table: &Table<'_>, column: &[f64]) -> Option<[(f64, f64); 2]> {
    let mut ranges = [(f64::INFINITY, f64::NEG_INFINITY); 2];
    for (&x, &label) in column.iter().zip(table.data.labels()) {
        let (least, largest) = &mut ranges[usize::from(label > 0.5)];
        (*least, *largest) = (least.min(x), largest.max(x));
    }
    ranges.iter().all(|(least, largest)| least <= largest).then_some(ranges)
}

fn mean_distance(column: &[f64], threshold: f64) -> f64 {
    let count = column.len() as f64;
    column.iter().map(|x| (x - threshold).abs() / count).sum()
}
