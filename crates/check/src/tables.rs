//! Four tables at one scale, and what they agree on.
//!
//! The first steps are different fractions of the scale. An entry of a table can look good by accident, where f is noisy or has a kink, but
//! hardly in most tables: the best table's answer is trusted no further than the others agree with it.
//!
//! Invariant: no point outside the finite part of f's domain is used.

use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::noise::{Scatter, noise};
use crate::ridders::{CAUTION, Entry, SHRINK, table};
use crate::stencil::Stencil;

/// First steps, relative to the scale: four tables, so that one suits most functions. About 1, 0.3, 0.1 and 0.03, but in no simple
/// ratio: to steps of 1, 0.3 and 0.1, halved again and again, a wave of 1000 radians looks smooth, since 1000/160 is nearly 2π.
const FIRST_STEPS: [f64; 4] = [1.0, 0.31, 0.097, 0.029];

/// How often a table whose widest stencil leaves the domain may start smaller: to 2⁻⁶⁰ of the first step.
const RETREATS: usize = 60;

/// The spacing at which noise is measured, beside the first step.
const NOISE_SPACING: f64 = 1e-3;

/// A scatter of more than this share of all that f moves is not known to be noise.
const MOSTLY_NOISE: f64 = 0.03;

/// Extrapolated jumps gather the noise of several values: up to this many times that of a slope.
const SCATTERED: f64 = 16.0;

/// f′(x) by four tables at one scale, for a function that is seen to move by so much at least, if it moves, and whose values are known to be off by
/// so
/// much, if they are coarse; nothing if f is not finite near x.
pub(crate) fn at_scale(
    f: &mut impl FnMut(f64) -> f64,
    x: f64,
    centre: f64,
    least_move: f64,
    scale: f64,
    coarseness: Option<f64>,
) -> Option<Derivative> {
    let steps: Vec<f64> = FIRST_STEPS.iter().filter_map(|share| widest_step(f, x, share * scale)).collect();
    let measured = typical_noise(f, x, &steps);
    let scatter = match coarseness {
        Some(noise) => Scatter { noise: noise.max(measured.noise), size: f64::INFINITY },
        None => measured,
    };
    let mut stencil = Stencil::new(f, x, centre, scatter, least_move);
    let tables: Vec<Entry> = steps.into_iter().filter_map(|step| table(&mut stencil, step)).collect();
    agreed(
        tables,
        if coarseness.is_some() {
            Noise::Some(scatter.noise)
        } else {
            Noise::of(scatter.noise, stencil.spread())
        },
    )
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
    fn of(noise: f64, spread: f64) -> Noise {
        if noise == 0.0 {
            Noise::None
        } else if noise <= MOSTLY_NOISE * spread {
            Noise::Some(noise)
        } else {
            Noise::All
        }
    }
}

/// The noise that two spacings of the three narrower steps show at least: a wide one can take a narrow feature for noise, and a ripple that is in
/// step with
/// the spacing looks smooth.
fn typical_noise(f: &mut impl FnMut(f64) -> f64, x: f64, steps: &[f64]) -> Scatter {
    let mut scatters: Vec<Scatter> =
        steps.iter().skip(1).map(|step| noise(f, x, step * NOISE_SPACING)).collect();
    scatters.sort_by(|a, b| b.noise.total_cmp(&a.noise));
    scatters.get(1).copied().unwrap_or(Scatter::NONE)
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
    Some(Derivative { value: best.slope, error, order: best.order, doubt, is_contested: false })
}

/// The largest part of the error, by name.
fn doubt(best: &Entry, disagreement: f64, noise: Noise) -> Doubt {
    let others = best.truncation.max(disagreement);
    let jump = best.jump.abs();
    let noisy = matches!(noise, Noise::Some(_));
    if jump > best.truncation.max(best.rounding) && !(noisy && jump <= SCATTERED * best.rounding) {
        return Doubt::Kink { left: best.slope - best.jump / 2.0, right: best.slope + best.jump / 2.0 };
    }
    match noise {
        Noise::Some(size) => Doubt::Noise { size },
        Noise::None if best.rounding >= others => Doubt::NearZero,
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
    let mut steps = halved.filter(|step| (x + step).is_finite()).take_while(|step| x + step > x - step);
    steps.find(|step| f(x + step).is_finite() && f(x - step).is_finite())
}
