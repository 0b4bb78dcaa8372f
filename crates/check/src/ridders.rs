//! One table of extrapolated difference quotients.
//!
//! With steps that shrink by a factor r each time, (r²ʲ·D(h/r) − D(h)) / (r²ʲ − 1) removes the j-th even power of h from the
//! central quotient D (Richardson's extrapolation). Ridders ("Accurate computation of F′(x) and F′(x)F″(x)", *Advances in
//! Engineering Software* 4(2), 1982, pp. 75–76) keeps the whole triangle of extrapolations and takes the entry whose neighbours
//! agree best. The jump between the one-sided slopes is extrapolated beside it, its odd powers removed in the same way.
//!
//! Three errors are in an entry: truncation, seen as the disagreement with the entries it was made from; rounding or other
//! noise of f, which grows as h shrinks; and a jump that stays, which says that there are two slopes and not one.
//! The entry with the least sum is the table's estimate.
//!
//! Invariant: the table is filled to the end, however good an entry looks; a value never comes without its error.

use crate::stencil::{Quotient, Stencil};

/// The factor r by which steps shrink: a power of two keeps the steps exact.
pub(crate) const SHRINK: f64 = 2.0;

/// Rows of a table. The last step is 2⁻⁹ of the first; below that rounding has long won.
const ROWS: usize = 10;

/// The best of some forty entries agrees with its neighbours better than it deserves; this much worse is believed.
pub(crate) const CAUTION: f64 = 4.0;

/// A change between two rows shows truncation, and not rounding, if it is this many times what rounding can make.
const ABOVE_ROUNDING: f64 = 8.0;

/// Jumps that grow by this much as the step is halved are neither those of a smooth function, which halve, nor a kink's, which stay.
const GROWTH: f64 = 1.2;

/// The rows, from the finest, in which jumps may not grow.
const SETTLED_ROWS: usize = 4;

/// A table's estimate, with its error by cause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) slope: f64,
    pub(crate) truncation: f64,
    pub(crate) rounding: f64,
    pub(crate) jump: f64,
    /// The order at which the quotients close that it was made from, as far as they are not yet rounding.
    pub(crate) order: Option<f64>,
}

impl Entry {
    pub(crate) fn error(&self) -> f64 {
        self.truncation + self.rounding + self.jump.abs()
    }
}

/// Fills one table and returns its best entry; nothing if f is not finite at two steps at least.
pub(crate) fn table<F: FnMut(f64) -> f64>(stencil: &mut Stencil<'_, F>, first_step: f64) -> Option<Entry> {
    let steps = (0..ROWS).scan(first_step, |step, _| {
        let this = *step;
        *step /= SHRINK;
        Some(this)
    });
    let rows: Vec<Option<Quotient>> = steps.map(|step| stencil.quotient(step)).collect();
    let quotients = without_gaps(&rows);
    let rows = triangle(&quotients);
    let mut best: Option<(usize, Entry)> = None;
    let mut jump = Jump { size: 0.0, error: f64::INFINITY };
    for (i, pair) in rows.windows(2).enumerate() {
        for (j, made) in made_from(&pair[1], &pair[0]).enumerate() {
            let entry = made.slope();
            if entry.error().is_finite() && best.is_none_or(|(_, best)| entry.error() < best.error()) {
                let order = order(&quotients, i + 1, j + 1);
                best = Some((i + 1, Entry { order, ..entry }));
            }
            let other = made.jump();
            if other.error < jump.error {
                jump = other;
            }
        }
    }
    let (row, best) = best?;
    // The jump of the best entry may be small by accident; the table's own best knowledge of it is not.
    let jump = if jump.size.abs() > best.jump.abs() { jump.size } else { best.jump };
    let doubtful = growing_jump(&quotients).max(unconfirmed(best.slope, &rows[row + 1..]));
    Some(Entry { truncation: best.truncation.max(doubtful), jump, ..best })
}

/// The rows after the last gap: they are combined as those of steps that shrink by one factor. The finest may be missing, where steps vanish.
fn without_gaps(rows: &[Option<Quotient>]) -> Vec<Quotient> {
    let end = rows.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let start = rows[..end].iter().rposition(Option::is_none).map_or(0, |gap| gap + 1);
    rows[start..end].iter().copied().flatten().collect()
}

/// Every row of the table.
fn triangle(quotients: &[Quotient]) -> Vec<Vec<Quotient>> {
    let mut rows: Vec<Vec<Quotient>> = Vec::with_capacity(quotients.len());
    for &quotient in quotients {
        let row = extrapolate(quotient, rows.last().map_or(&[], Vec::as_slice));
        rows.push(row);
    }
    rows
}

/// How far the rows of finer steps stay away from a slope, beyond their rounding: those of a smooth function confirm it, but what seems to
/// settle may be a wave that is in step with the wide steps.
fn unconfirmed(slope: f64, finer: &[Vec<Quotient>]) -> f64 {
    let beyond = |entry: &Quotient| (entry.slope - slope).abs() - CAUTION * entry.rounding;
    let nearest = |row: &Vec<Quotient>| row.iter().map(beyond).fold(f64::INFINITY, f64::min);
    finer.iter().map(nearest).fold(0.0, f64::max)
}

/// The next row: the new quotients, then each power of h removed in turn with the help of the row before.
fn extrapolate(quotient: Quotient, previous: &[Quotient]) -> Vec<Quotient> {
    let mut row = vec![quotient];
    let mut even = 1.0;
    let mut odd = 1.0 / SHRINK;
    for (j, coarse) in previous.iter().enumerate() {
        even *= SHRINK * SHRINK;
        odd *= SHRINK * SHRINK;
        let fine = row[j];
        row.push(Quotient {
            slope: fine.slope + (fine.slope - coarse.slope) / (even - 1.0),
            rounding: (even * fine.rounding + coarse.rounding) / (even - 1.0),
            jump: fine.jump + (fine.jump - coarse.jump) / (odd - 1.0),
        });
    }
    row
}

/// An extrapolation and the two that it was made from.
struct Made {
    entry: Quotient,
    from: [Quotient; 2],
}

/// What a table knows of the jump.
struct Jump {
    size: f64,
    error: f64,
}

fn made_from<'a>(row: &'a [Quotient], previous: &'a [Quotient]) -> impl Iterator<Item = Made> + 'a {
    let from = row.iter().zip(previous);
    row.iter().skip(1).zip(from).map(|(&entry, (&fine, &coarse))| Made { entry, from: [fine, coarse] })
}

impl Made {
    fn slope(&self) -> Entry {
        let Quotient { slope, rounding, jump } = self.entry;
        let truncation = CAUTION * self.disagreement(|quotient| quotient.slope);
        Entry { slope, truncation, rounding, jump, order: None }
    }

    fn jump(&self) -> Jump {
        let error = self.disagreement(|quotient| quotient.jump) + self.entry.rounding;
        Jump { size: self.entry.jump, error }
    }

    /// The larger difference to what it was made from.
    fn disagreement(&self, of: impl Fn(&Quotient) -> f64) -> f64 {
        let [fine, coarse] = &self.from;
        let value = of(&self.entry);
        (value - of(fine)).abs().max((value - of(coarse)).abs())
    }
}

/// The largest jump at the finest steps, if jumps grow there as steps shrink: then f changes within those steps, and wider ones only
/// seem to know better because whatever is bounded has a small slope from far away. 0 otherwise.
fn growing_jump(quotients: &[Quotient]) -> f64 {
    let is_seen = |quotient: &&Quotient| quotient.jump.abs() > ABOVE_ROUNDING * quotient.rounding;
    let seen = quotients.iter().rev().filter(is_seen).map(|quotient| quotient.jump.abs());
    let finest: Vec<f64> = seen.take(SETTLED_ROWS).collect();
    if finest.windows(2).any(|pair| pair[0] > GROWTH * pair[1]) {
        finest.into_iter().fold(0.0, f64::max)
    } else {
        0.0
    }
}

/// p where D(h) − D(h/r) shrinks like hᵖ, by the rows that the entry in row i, column j was made from: the two finest pairs of changes that
/// rounding has not reached, the larger order of them, since a change that passes through 0 makes one pair look worse than it is. Nothing if
/// there is no pair.
fn order(quotients: &[Quotient], i: usize, j: usize) -> Option<f64> {
    // A pair of changes takes three rows.
    let (first, last) = (i.saturating_sub(j.max(2)), i.max(2));
    let changes: Vec<f64> = quotients
        .get(first..=last)?
        .windows(2)
        .map(|pair| ((pair[0].slope - pair[1].slope).abs(), pair[0].rounding + pair[1].rounding))
        .take_while(|(change, rounding)| *change > ABOVE_ROUNDING * rounding)
        .map(|(change, _)| change)
        .collect();
    let orders = changes.windows(2).map(|pair| (pair[0] / pair[1]).log(SHRINK));
    orders.rev().take(2).reduce(f64::max)
}
