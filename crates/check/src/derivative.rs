//! The derivative of a function of one variable, with an error estimate.
//!
//! Four tables ([`ridders`](crate::ridders)) with first steps of different size are filled to the end. An entry can look good by
//! accident, where f is noisy or has a kink, but hardly in most tables: the best table's answer is trusted no further than
//! the others agree with it. The first steps are fractions of a *scale*, max(|x|, 1) to begin with; where that gives
//! few digits, other scales are tried, |x| first, then larger ones where rounding is what hurts and smaller ones
//! where truncation does, as long as that helps.
//!
//! A function that is level around the point ([`level`](crate::level)) has derivative 0, error 0.
//!
//! What cannot be seen: a feature narrower than the last steps, a few 10⁻⁵ of the scale, that leaves the thirteen values by which
//! noise is measured alone.
//!
//! Invariant: a value never comes without its error, and no point outside the finite part of f's domain is used.

use crate::doubt::Doubt;
use crate::error::Error;
use crate::level::is_level;
use crate::noise::noise;
use crate::ridders::{CAUTION, Entry, SHRINK, table};
use crate::stencil::{Stencil, value_rounding};

/// First steps, relative to the scale: four tables, so that one suits most functions.
const FIRST_STEPS: [f64; 4] = [1.0, 0.3, 0.1, 0.03];

/// How often a table whose widest stencil leaves the domain may start smaller: to 2⁻⁶⁰ of the first step.
const RETREATS: usize = 60;

/// The spacing at which noise is measured, beside the first step.
const NOISE_SPACING: f64 = 1e-3;

/// An estimate this good, relative to its value, is not improved upon.
const SHARP: f64 = 1e-10;

/// An estimate this good, relative to its value, is better than a contradicting one from farther away.
const CLEAR: f64 = 1e-4;

/// A point this small is looked at on its own scale too, beside that of 1: the finest steps on that scale are larger.
const SMALL: f64 = 1e-3;

/// From one scale to the next.
const SCALE_FACTOR: f64 = 64.0;

/// How many scales are tried in one direction: 64⁶ is 7·10¹⁰.
const SCALES: usize = 6;

/// Another scale is worth going on from if it has at least halved the error.
const IMPROVEMENT: f64 = 0.5;

/// A scatter of more than this share of all that f moves is not known to be noise.
const MOSTLY_NOISE: f64 = 0.03;

/// Where f is level at this distance, beside the scale, its level is looked at more closely: about the finest steps.
const NEAR: f64 = 6e-5;

/// Extrapolated jumps gather the noise of several values: up to this many times that of a slope.
const SCATTERED: f64 = 16.0;

/// Below this order of closing, differences are not those of a smooth function: half-way between 1 and 2.
const SMOOTH_ORDER: f64 = 1.5;

/// An estimated derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Derivative {
    /// The estimate.
    pub value: f64,
    /// The estimated absolute error: disagreement of neighbouring extrapolations and of the tables, rounding, and what jump
    /// there is between the slopes on either side.
    pub error: f64,
    /// The order at which central differences close: 2 or more for a smooth function; `None` where rounding hides it.
    pub order: Option<f64>,
    /// What the error is mostly made of.
    pub doubt: Doubt,
}

impl Derivative {
    /// Whether differences are seen not to close at order 2.
    pub fn is_rough(&self) -> bool {
        self.order.is_some_and(|order| order < SMOOTH_ORDER)
    }

    /// Whether rounding or noise is what limits the estimate, so that its error is well known.
    pub(crate) fn is_hidden(&self) -> bool {
        matches!(self.doubt, Doubt::NearZero | Doubt::Noise { .. })
    }
}

/// f′(x), with the first steps chosen by the scale of x: max(|x|, 1) and fractions of it.
///
/// Some 190 evaluations where the first scale does, and as many again, with up to 480 more for a finite neighbourhood, on each of up to
/// seven others.
///
/// ```
/// let d = chainrule_check::derivative(f64::exp, 1.0)?;
/// assert!((d.value - 1.0_f64.exp()).abs() <= d.error);
/// assert!(d.error < 1e-10);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// [`Error::PointNotFinite`]; [`Error::NoFiniteNeighbours`] if f is not finite at x and near it on both sides.
pub fn derivative(f: impl FnMut(f64) -> f64, x: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    estimate(f, x, None).map_err(|doubt| Error::NoFiniteNeighbours { x, doubt })
}

/// f′(x) with first steps on a given scale, in the units of x, on which f changes.
///
/// ```
/// // A function that lives on a scale of 10⁻⁶.
/// let d = chainrule_check::derivative_at_scale(|x| (1e6 * x).sin(), 0.0, 1e-6)?;
/// assert!((d.value - 1e6).abs() <= d.error && d.error < 1e-3);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// As [`derivative`], and [`Error::BadScale`].
pub fn derivative_at_scale(f: impl FnMut(f64) -> f64, x: f64, scale: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    expect_scale(scale)?;
    estimate(f, x, Some(scale)).map_err(|doubt| Error::NoFiniteNeighbours { x, doubt })
}

pub(crate) fn expect_finite(x: f64) -> Result<(), Error> {
    if x.is_finite() { Ok(()) } else { Err(Error::PointNotFinite { x }) }
}

pub(crate) fn expect_scale(scale: f64) -> Result<(), Error> {
    if scale.is_finite() && scale > 0.0 { Ok(()) } else { Err(Error::BadScale { scale }) }
}

/// f′(x) at the best of several scales, or why there is no quotient at all.
pub(crate) fn estimate(
    mut f: impl FnMut(f64) -> f64,
    x: f64,
    scale: Option<f64>,
) -> Result<Derivative, Doubt> {
    let centre = f(x);
    if !centre.is_finite() {
        return Err(whence(&mut f, x, centre));
    }
    let home = scale.unwrap_or_else(|| x.abs().max(1.0));
    if is_level(&mut f, x, centre, NEAR * home) {
        return Ok(Derivative { value: 0.0, error: 0.0, order: None, doubt: Doubt::NearZero });
    }
    let mut at = |scale: f64| at_scale(&mut f, x, centre, scale);
    let mut best = at(home);
    // A point much smaller than 1 may lie in units in which 1 is far away.
    let own = x.abs();
    let is_small = scale.is_none() && 0.0 < own && own < SMALL;
    if is_small {
        best = near(at(own), best);
    }
    // Rounding asks for wider steps, truncation for narrower ones.
    let mut wider = home;
    for _ in 0..SCALES {
        let Some(hidden) = best.filter(|best| !is_sharp(best) && best.is_hidden()) else { break };
        wider *= SCALE_FACTOR;
        let Some(other) = at(wider).filter(|other| improves(other, &hidden)) else { break };
        best = Some(other);
    }
    let mut narrower = if is_small { own } else { home };
    for _ in 0..SCALES {
        if best.is_some_and(|best| is_sharp(&best) || best.is_hidden()) {
            break;
        }
        narrower /= SCALE_FACTOR;
        let other = at(narrower);
        best = nearer(other, best);
        // What is unresolved by wide steps and hidden from narrow ones has digits at no scale.
        if let (Some(best), Some(other)) = (&mut best, other.filter(Derivative::is_hidden)) {
            best.doubt = other.doubt;
        }
    }
    best.ok_or_else(|| whence(&mut f, x, centre))
}

fn is_sharp(estimate: &Derivative) -> bool {
    estimate.error <= SHARP * estimate.value.abs()
}

/// Whether another estimate says the same, and more closely.
fn improves(other: &Derivative, best: &Derivative) -> bool {
    other.error <= IMPROVEMENT * best.error && !contradict(other, best)
}

fn contradict(one: &Derivative, other: &Derivative) -> bool {
    (one.value - other.value).abs() > one.error + other.error
}

/// Of an estimate by narrow steps and one by wide ones the better one: the narrow one if it is sharp, or contradicts the other
/// clearly, since then f has features between the two scales that only narrow steps are near enough to see.
fn nearer(narrow: Option<Derivative>, wide: Option<Derivative>) -> Option<Derivative> {
    let (Some(narrow), Some(wide)) = (narrow, wide) else { return narrow.or(wide) };
    let clear = narrow.error <= CLEAR * narrow.value.abs();
    let convinces = is_sharp(&narrow) || clear && contradict(&narrow, &wide);
    Some(if convinces || narrow.error < wide.error { narrow } else { wide })
}

/// The same where the point itself sets the narrow scale: as long as f is seen to bend within it, nothing that is seen from
/// far away counts.
fn near(narrow: Option<Derivative>, wide: Option<Derivative>) -> Option<Derivative> {
    match narrow {
        Some(narrow) if !narrow.is_hidden() => Some(narrow),
        _ => nearer(narrow, wide),
    }
}

/// f′(x) by four tables at one scale; nothing if f is not finite near x.
fn at_scale(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Option<Derivative> {
    let steps: Vec<f64> = FIRST_STEPS.iter().filter_map(|share| widest_step(f, x, share * scale)).collect();
    let noise = typical_noise(f, x, &steps);
    let mut stencil = Stencil::new(f, x, centre, noise);
    let tables: Vec<Entry> = steps.into_iter().filter_map(|step| table(&mut stencil, step)).collect();
    agreed(tables, Noise::of(noise, centre, stencil.spread()))
}

/// What the scatter of f's values means.
#[derive(Clone, Copy)]
enum Noise {
    /// No more than rounding.
    None,
    /// Noise of this size on a function that moves by much more.
    Some(f64),
    /// All that f does within the steps looks like noise; it may be a function that moves much faster.
    All,
}

impl Noise {
    fn of(noise: f64, centre: f64, spread: f64) -> Noise {
        if noise <= 2.0 * value_rounding(centre.abs()) {
            Noise::None
        } else if noise <= MOSTLY_NOISE * spread {
            Noise::Some(noise)
        } else {
            Noise::All
        }
    }
}

/// The noise that two spacings show at least: a wide one can take a narrow feature for noise, and a ripple that is in step with
/// the spacing looks smooth.
fn typical_noise(f: &mut impl FnMut(f64) -> f64, x: f64, steps: &[f64]) -> f64 {
    let mut noises: Vec<f64> = steps.iter().map(|step| noise(f, x, step * NOISE_SPACING)).collect();
    noises.sort_by(|a, b| b.total_cmp(a));
    noises.get(1).copied().unwrap_or(0.0)
}

/// The estimate of least error among several tables, no more certain than the others bear out: its error is at least
/// a few times the median of its distances to them.
fn agreed(mut tables: Vec<Entry>, noise: Noise) -> Option<Derivative> {
    tables.sort_by(|a, b| a.error().total_cmp(&b.error()));
    let (best, others) = tables.split_first()?;
    let mut distances: Vec<f64> = others.iter().map(|other| (other.slope - best.slope).abs()).collect();
    distances.sort_by(f64::total_cmp);
    let disagreement = CAUTION * distances.get(distances.len() / 2).copied().unwrap_or(0.0);
    let error = best.error().max(disagreement);
    let doubt = doubt(best, disagreement, noise);
    Some(Derivative { value: best.slope, error, order: best.order, doubt })
}

/// The largest part of the error, by name.
fn doubt(best: &Entry, disagreement: f64, noise: Noise) -> Doubt {
    let others = best.truncation.max(disagreement);
    let jump = best.jump.abs();
    let noisy = matches!(noise, Noise::Some(_));
    if jump > best.truncation.max(best.rounding) && !(noisy && jump <= SCATTERED * best.rounding) {
        return Doubt::Kink { left: best.slope - best.jump / 2.0, right: best.slope + best.jump / 2.0 };
    }
    match (best.order, noise) {
        (_, Noise::Some(size)) => Doubt::Noise { size },
        (_, Noise::None) if best.rounding >= others => Doubt::NearZero,
        (Some(order), Noise::None) if order < SMOOTH_ORDER => Doubt::NotSmooth { order },
        _ => Doubt::Unresolved,
    }
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

/// Why there is no quotient: f has no values on one side, or infinite ones.
fn whence(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64) -> Doubt {
    let near = x.abs().max(f64::MIN_POSITIVE) * f64::EPSILON;
    let values = [centre, f(x + near), f(x - near)];
    if values.iter().any(|value| value.is_nan()) { Doubt::DomainEdge } else { Doubt::Overflow }
}
