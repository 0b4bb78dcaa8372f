//! The derivative of a function of one variable, by extrapolated central differences, with an error estimate.
//!
//! The central difference D(h) = (f(x + h) − f(x − h)) / 2h of a smooth f has an expansion in even powers,
//!
//! ```text
//! D(h) = f′(x) + c₁·h² + c₂·h⁴ + …
//! ```
//!
//! so with steps that shrink by a factor r each time, (r²ʲ·D(h/r) − D(h)) / (r²ʲ − 1) removes the j-th power (Richardson's
//! extrapolation). Ridders ("Accurate computation of F′(x) and F′(x)F″(x)", *Advances in Engineering Software* 4(2), 1982,
//! pp. 75–76) keeps the whole triangle of extrapolations and takes the entry whose neighbours agree best.
//!
//! Two errors compete: truncation, seen as the disagreement between an entry and those it was made from, and rounding
//! or other noise of f, ε·|f|/h, which grows as h shrinks. Each entry carries both, and the one with the least sum is the estimate.
//!
//! Several tables with first steps of different size are filled to the end. An entry can look good by accident, where f
//! is noisy or has a kink, but hardly in most tables: the best table's answer is trusted no further than the others agree with it.
//!
//! A function that is constant over a whole stencil is taken for flat there: derivative 0, error 0.
//!
//! What cannot be seen: a feature narrower than the last steps, a few 10⁻⁴ of the scale, that leaves the thirteen values by which
//! noise is measured alone.
//!
//! Invariant: a value never comes without its error, and no point outside the finite part of f's domain is used.

use crate::error::Error;

/// First steps, relative to the scale of the point: four tables, so that one suits most functions.
const FIRST_STEPS: [f64; 4] = [1.0, 0.3, 0.1, 0.03];

/// The factor r by which steps shrink: a power of two keeps the steps exact.
const SHRINK: f64 = 2.0;

/// Rows of a table. The last step is 2⁻⁹ of the first; below that rounding has long won.
const ROWS: usize = 10;

/// How often a table whose widest stencil leaves the domain may start smaller: to 2⁻⁶⁰ of the first step.
const RETREATS: usize = 60;

/// The rounding error of one value of f, relative to it. f may be a few operations; 2 ulp is what a good elementary
/// function of an exact argument makes.
const VALUE_ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The spacing at which noise is measured, beside the first step: close enough that the sixth differences of a function
/// that is smooth on the scale of the step are below rounding, (10⁻³)⁶ = 10⁻¹⁸.
const NOISE_SPACING: f64 = 1e-3;

/// The best of some forty entries agrees with its neighbours better than it deserves; this much worse is believed.
const CAUTION: f64 = 4.0;

/// An estimated derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Derivative {
    /// The estimate.
    pub value: f64,
    /// The estimated absolute error: disagreement of neighbouring extrapolations plus rounding.
    pub error: f64,
}

/// f′(x), with the first steps chosen by the scale of x: max(|x|, 1) and fractions of it.
///
/// Usually 140 evaluations; up to 480 more to find a finite neighbourhood.
///
/// ```
/// let d = chainrule_check::derivative(f64::exp, 1.0)?;
/// assert!((d.value - 1.0_f64.exp()).abs() <= d.error);
/// assert!(d.error < 1e-10);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// [`Error::PointNotFinite`]; [`Error::NoFiniteNeighbours`] if f is not finite near x on both sides.
pub fn derivative(mut f: impl FnMut(f64) -> f64, x: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    let scale = x.abs().max(1.0);
    let steps: Vec<f64> =
        FIRST_STEPS.iter().filter_map(|share| widest_step(&mut f, x, share * scale)).collect();
    let mut noises: Vec<f64> = steps.iter().map(|step| noise(&mut f, x, step * NOISE_SPACING)).collect();
    noises.sort_by(f64::total_cmp);
    // The wide spacings can take a narrow feature for noise, a narrow one can miss a coarse grid.
    let noise = noises.get(noises.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
    let tables = steps.into_iter().filter_map(|step| table(&mut f, x, step, noise)).collect();
    agreed(tables).ok_or(Error::NoFiniteNeighbours { x })
}

/// f′(x) by one table that starts at a given step, in the units of x.
///
/// ```
/// // A function that lives on a scale of 10⁻⁶.
/// let d = chainrule_check::derivative_from(|x| (1e6 * x).sin(), 0.0, 1e-6)?;
/// assert!((d.value - 1e6).abs() <= d.error && d.error < 1e-3);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// As [`derivative`], and [`Error::BadStep`].
pub fn derivative_from(mut f: impl FnMut(f64) -> f64, x: f64, step: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    if !(step.is_finite() && step > 0.0) {
        return Err(Error::BadStep { step });
    }
    let nowhere = || Error::NoFiniteNeighbours { x };
    let step = widest_step(&mut f, x, step).ok_or_else(nowhere)?;
    let noise = noise(&mut f, x, step * NOISE_SPACING);
    table(&mut f, x, step, noise).ok_or_else(nowhere)
}

/// The estimate of least error among several tables, no more certain than the others bear out: its error is at least
/// a few times the median of its distances to them.
fn agreed(mut tables: Vec<Derivative>) -> Option<Derivative> {
    tables.sort_by(|a, b| a.error.total_cmp(&b.error));
    let (best, others) = tables.split_first()?;
    let mut distances: Vec<f64> = others.iter().map(|other| (other.value - best.value).abs()).collect();
    distances.sort_by(f64::total_cmp);
    let median = distances.get(distances.len() / 2).copied().unwrap_or(0.0);
    Some(Derivative { value: best.value, error: best.error.max(CAUTION * median) })
}

fn expect_finite(x: f64) -> Result<(), Error> {
    if x.is_finite() { Ok(()) } else { Err(Error::PointNotFinite { x }) }
}

/// An entry of a table: an extrapolated difference quotient and what rounding may have done to it.
#[derive(Clone, Copy)]
struct Entry {
    value: f64,
    rounding: f64,
}

/// Fills one table to the end and returns its best entry; nothing if f is not finite at the first step.
fn table(f: &mut impl FnMut(f64) -> f64, x: f64, first_step: f64, noise: f64) -> Option<Derivative> {
    let mut stencil = Stencil { f, x, noise, largest: 0.0, level: None, flat: true };
    let mut step = first_step;
    let mut previous = vec![stencil.quotient(step)?];
    let mut best: Option<Derivative> = None;
    for _ in 1..ROWS {
        step /= SHRINK;
        let Some(quotient) = stencil.quotient(step) else { continue };
        let row = extrapolate(quotient, &previous);
        for candidate in candidates(&row, &previous) {
            if best.is_none_or(|best| candidate.error < best.error) {
                best = Some(candidate);
            }
        }
        previous = row;
    }
    if stencil.flat { Some(Derivative { value: 0.0, error: 0.0 }) } else { best }
}

/// The widest step, halving from `first`, at which f is finite on both sides.
fn widest_step(f: &mut impl FnMut(f64) -> f64, x: f64, first: f64) -> Option<f64> {
    let halved = (0..RETREATS).scan(first, |step, _| {
        let this = *step;
        *step /= SHRINK;
        Some(this)
    });
    let mut steps = halved.take_while(|step| x + step > x - step);
    steps.find(|step| f(x + step).is_finite() && f(x - step).is_finite())
}

/// The noise of f's values near x, by the sixth differences of thirteen neighbouring values: those of a smooth function vanish,
/// those of independent errors grow by √(12 choose 6). 0 if f is not finite there.
///
/// After Hamming, *Introduction to Applied Numerical Analysis* (1971), chapter 6, and Moré and Wild, "Estimating
/// computational noise", *SIAM Journal on Scientific Computing* 33(3), 2011.
fn noise(f: &mut impl FnMut(f64) -> f64, x: f64, spacing: f64) -> f64 {
    let mut differences: Vec<f64> = (-6..=6).map(|k| f(x + f64::from(k) * spacing)).collect();
    for _ in 0..6 {
        differences = differences.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    let largest = differences.into_iter().map(f64::abs).fold(0.0, f64::max);
    let noise = CAUTION * largest / 924.0_f64.sqrt();
    if noise.is_finite() { noise } else { 0.0 }
}

/// Difference quotients of f around x, and what has been seen of f on the way.
struct Stencil<'f, F> {
    f: &'f mut F,
    x: f64,
    /// The noise of f, as measured.
    noise: f64,
    /// The largest |f|, which sets the rounding error of every value.
    largest: f64,
    /// The first value of f, and whether all others equal it.
    level: Option<f64>,
    flat: bool,
}

impl<F: FnMut(f64) -> f64> Stencil<'_, F> {
    /// D(h) between the two points that are really used, so that their rounding does not enter.
    fn quotient(&mut self, step: f64) -> Option<Entry> {
        let (right, left) = (self.x + step, self.x - step);
        let width = right - left;
        let (above, below) = ((self.f)(right), (self.f)(left));
        let value = (above - below) / width;
        if !(width > 0.0 && value.is_finite()) {
            return None;
        }
        let level = *self.level.get_or_insert(above);
        self.flat &= above == level && below == level;
        self.largest = self.largest.max(above.abs()).max(below.abs());
        let noise = (VALUE_ROUNDING * self.largest).max(self.noise);
        let rounding = noise / step + f64::EPSILON * value.abs();
        rounding.is_finite().then_some(Entry { value, rounding })
    }
}

/// The next row: the new quotient, then each power of h² removed in turn with the help of the row before.
fn extrapolate(quotient: Entry, previous: &[Entry]) -> Vec<Entry> {
    let mut row = vec![quotient];
    let mut power = 1.0;
    for (j, coarse) in previous.iter().enumerate() {
        power *= SHRINK * SHRINK;
        let fine = row[j];
        let value = fine.value + (fine.value - coarse.value) / (power - 1.0);
        let rounding = (power * fine.rounding + coarse.rounding) / (power - 1.0);
        row.push(Entry { value, rounding });
    }
    row
}

/// Each extrapolation of a row with its error: the larger disagreement with the two entries it was made from.
fn candidates<'a>(row: &'a [Entry], previous: &'a [Entry]) -> impl Iterator<Item = Derivative> + 'a {
    let made_from = row.iter().zip(previous);
    row.iter().skip(1).zip(made_from).filter_map(|(entry, (fine, coarse))| {
        let disagreement = (entry.value - fine.value).abs().max((entry.value - coarse.value).abs());
        let error = CAUTION * disagreement + entry.rounding;
        error.is_finite().then_some(Derivative { value: entry.value, error })
    })
}
