//! The scale on which a function changes, found by trying.
//!
//! The first scale is max(|x|, 1), and |x| too where x is small, since such a point may lie in units in which 1 is far away. Where that
//! gives few digits others are tried: larger ones where rounding is what hurts, as long as they say the same and more closely;
//! smaller ones where truncation does.
//!
//! A function that is flat around the point ([`level`](crate::level)) has derivative 0, error 0. Where its values are coarser than rounding
//! ([`coarseness`](crate::coarseness)) the size of their steps or jumps is noise like any other, at one scale.
//!
//! Invariant: of two scales that contradict each other the narrower is believed if it sees clearly and the wider does not; if both do, the error
//! covers both.

use crate::coarseness::{Coarseness, SMALL, coarseness, is_rounding};
use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::level::step;
use crate::tables::at_scale;

/// An estimate this good, relative to its value, is not improved upon.
const SHARP: f64 = 1e-10;

/// An estimate this good, relative to its value, is better than a contradicting one from farther away.
const CLEAR: f64 = 1e-4;

/// From one scale to the next.
const SCALE_FACTOR: f64 = 64.0;

/// How many scales are tried in one direction: 64⁶ is 7·10¹⁰.
const SCALES: usize = 6;

/// From one scale to the next rounding grows by its factor; this much shows that it does.
const RISE: f64 = 4.0;

/// The finest step of a table, beside the scale: 0.029·2⁻⁹.
const FINEST: f64 = 6e-5;

/// Another scale is worth going on from if it has at least halved the error.
const IMPROVEMENT: f64 = 0.5;

/// f′(x) at the best of several scales, or why there is no quotient at all.
pub(crate) fn estimate(
    mut f: impl FnMut(f64) -> f64,
    x: f64,
    scale: Option<f64>,
) -> Result<Derivative, Doubt> {
    let f = &mut f;
    let centre = f(x);
    if !centre.is_finite() {
        return Err(whence(f, x, centre));
    }
    let home = scale.unwrap_or_else(|| x.abs().max(1.0));
    let is_small = is_small(x, scale.is_none());
    let any_scale = |f: &mut _, least_move| best_of_scales(f, [x, centre], least_move, home, is_small);
    let found = match coarseness(f, [x, centre], home, is_small) {
        Coarseness::Flat => return Ok(Derivative::exactly(0.0)),
        Coarseness::None { least_move } => any_scale(f, least_move).map(|found| named(f, x, found, home)),
        Coarseness::Steps { size, noise } => at_scale(f, x, centre, size, home, Some(noise)).map(|trend| {
            // On a tread that the finest steps see, the slope may be 0 as well: nobody knows whether the steps are meant.
            let is_wide = size > FINEST * home * trend.value.abs();
            let error = if is_wide { trend.error + trend.value.abs() } else { trend.error };
            Derivative { error, ..doubted(trend, Doubt::Steps { size }) }
        }),
        // Not from farther away: there whatever is bounded has a small slope, and noise hides that narrower steps see another.
        Coarseness::Jumps { size, noise } => at_scale(f, x, centre, f64::INFINITY, home, Some(noise))
            .map(|trend| doubted(covering(piece(f, [x, centre], home), trend), Doubt::Jumps { size })),
        // Nobody knows whether the break is meant, so that the slope beside it convicts nobody.
        Coarseness::Break { doubt } => any_scale(f, f64::INFINITY)
            .map(|found| Derivative { is_contested: true, ..doubted(found, doubt) }),
    };
    found.ok_or_else(|| whence(f, x, centre))
}

/// With a doubt that comes before all others but that of a kink.
fn doubted(found: Derivative, doubt: Doubt) -> Derivative {
    if matches!(found.doubt, Doubt::Kink { .. }) { found } else { Derivative { doubt, ..found } }
}

/// The slope of the piece between two jumps on which x lies, if it is clear.
fn piece(f: &mut impl FnMut(f64) -> f64, [x, centre]: [f64; 2], home: f64) -> Option<Derivative> {
    let scales = [home, home / SCALE_FACTOR, home / SCALE_FACTOR / SCALE_FACTOR];
    let found = scales.into_iter().filter_map(|scale| at_scale(f, x, centre, f64::INFINITY, scale, None));
    found.filter(is_clear).min_by(|a, b| a.error.total_cmp(&b.error))
}

/// What the trend of f says and what the piece says on which x lies, covered by one error.
fn covering(piece: Option<Derivative>, trend: Derivative) -> Derivative {
    let reach = piece.map_or(0.0, |piece| (trend.value - piece.value).abs() + piece.error);
    Derivative { error: trend.error.max(reach), ..trend }
}

/// With what keeps the differences from saying more, by name: after a kink roughness comes first, since it makes all else doubtful. Noise may be
/// that of steps that are finer than the steps of the tables.
fn named(f: &mut impl FnMut(f64) -> f64, x: f64, found: Derivative, home: f64) -> Derivative {
    let doubt = match (found.doubt, found.order) {
        (Doubt::Kink { .. }, _) => found.doubt,
        (_, Some(order)) if found.is_rough() => Doubt::NotSmooth { order },
        (doubt @ (Doubt::Noise { .. } | Doubt::Unresolved), _) => {
            let size = step(f, [x, x + FINEST * home]).filter(|&size| !is_rounding(size, f(x).abs()));
            size.map_or(doubt, |size| Doubt::Steps { size })
        }
        (doubt, _) => doubt,
    };
    Derivative { doubt, ..found }
}

/// f′(x) at the best of several scales around `home` for a function that is seen to move by so much at least, if it moves; nothing if f is finite
/// beside x at none.
fn best_of_scales(
    f: &mut impl FnMut(f64) -> f64,
    [x, centre]: [f64; 2],
    least_move: f64,
    home: f64,
    is_small: bool,
) -> Option<Derivative> {
    let mut at = |scale: f64| at_scale(f, x, centre, least_move, scale, None);
    let (first, narrowest) =
        if is_small { (of_small(&mut at, x.abs(), home), x.abs()) } else { (at(home), home) };
    if first.is_some_and(|first| first.is_noisy()) {
        // What looks like noise may be a ripple, which only narrow steps can tell.
        let resolved = narrowed(&mut at, first, narrowest);
        if resolved.is_some_and(|resolved| resolved.is_contested) {
            resolved
        } else {
            widened(&mut at, resolved, home)
        }
    } else {
        let wide = widened(&mut at, first, home);
        narrowed(&mut at, wide, narrowest)
    }
}

/// Whether a point may live on a scale of its own.
fn is_small(x: f64, is_guess: bool) -> bool {
    is_guess && 0.0 < x.abs() && x.abs() < SMALL
}

/// The best of ever larger scales, as long as rounding is what hurts and each is better than the one before.
fn widened(
    at: &mut impl FnMut(f64) -> Option<Derivative>,
    mut best: Option<Derivative>,
    mut scale: f64,
) -> Option<Derivative> {
    for _ in 0..SCALES {
        let Some(hidden) = best.filter(|best| !is_sharp(best) && best.is_hidden()) else { break };
        scale *= SCALE_FACTOR;
        match at(scale).filter(|other| improves(other, &hidden)) {
            Some(other) => best = Some(other),
            None => break,
        }
    }
    best
}

/// The best of ever smaller scales, as long as truncation is what hurts, or what seems to be noise.
fn narrowed(
    at: &mut impl FnMut(f64) -> Option<Derivative>,
    mut best: Option<Derivative>,
    mut scale: f64,
) -> Option<Derivative> {
    let mut has_risen = false;
    for _ in 0..SCALES {
        if best.is_some_and(|best| is_sharp(&best) || best.is_contested || best.doubt == Doubt::NearZero) {
            break;
        }
        scale /= SCALE_FACTOR;
        let other = at(scale);
        if best.is_some_and(|best| best.is_noisy()) {
            best = resolved(other, best);
            continue;
        }
        has_risen |= other.zip(best).is_some_and(|(other, best)| rises(&other, &best));
        best = nearer(other, best, has_risen);
        // What is unresolved by wide steps and hidden from narrow ones has digits at no scale.
        if let (Some(best), Some(other)) = (&mut best, other.filter(Derivative::is_hidden)) {
            best.doubt = other.doubt;
        }
    }
    best
}

/// What narrow steps make of noise: if they see clearly, either the same and more closely, or a ripple where the noise was. Then nobody knows
/// whether the
/// ripple is meant, so that its slope convicts nobody who left it out.
fn resolved(narrow: Option<Derivative>, noisy: Option<Derivative>) -> Option<Derivative> {
    let (Some(narrow), Some(noisy)) = (narrow, noisy) else { return noisy };
    if !is_clear(&narrow) {
        Some(noisy)
    } else if contradict(&narrow, &noisy) {
        Some(Derivative { doubt: noisy.doubt, is_contested: true, ..narrow })
    } else if narrow.error < noisy.error {
        Some(narrow)
    } else {
        Some(noisy)
    }
}

/// An estimate by narrow steps that wide ones contradict with good reason: its error reaches to theirs.
fn contested(narrow: &Derivative, wide: &Derivative) -> Derivative {
    let error = narrow.error + wide.error + (narrow.value - wide.value).abs();
    Derivative { doubt: Doubt::Unresolved, error, is_contested: true, ..*narrow }
}

fn is_sharp(estimate: &Derivative) -> bool {
    estimate.error <= SHARP * estimate.value.abs()
}

fn is_clear(estimate: &Derivative) -> bool {
    estimate.error <= CLEAR * estimate.value.abs()
}

/// Whether another estimate says the same, and more closely.
fn improves(other: &Derivative, best: &Derivative) -> bool {
    other.error <= IMPROVEMENT * best.error && !contradict(other, best)
}

/// Whether narrower steps say the same with a larger error, as they do where rounding is in the way.
fn rises(narrow: &Derivative, wide: &Derivative) -> bool {
    narrow.error >= RISE * wide.error && !contradict(narrow, wide)
}

fn contradict(one: &Derivative, other: &Derivative) -> bool {
    (one.value - other.value).abs() > one.error + other.error
}

/// Of an estimate by narrow steps and one by wide ones the better one: the narrow one if it is sharp, or contradicts the other
/// clearly, since then f has features between the two scales that only narrow steps are near enough to see. But where wide steps see clearly
/// too, or nothing but rounding and noise is in their way, or rounding has been seen to rise as steps got narrower, the features may be those of
/// rounding within f: a numerator whose bits stand still.
fn nearer(narrow: Option<Derivative>, wide: Option<Derivative>, has_risen: bool) -> Option<Derivative> {
    let (Some(narrow), Some(wide)) = (narrow, wide) else { return narrow.or(wide) };
    let contradicts = is_clear(&narrow) && contradict(&narrow, &wide);
    if contradicts && (has_risen || is_clear(&wide) || wide.is_hidden()) {
        return Some(contested(&narrow, &wide));
    }
    Some(if contradicts || is_sharp(&narrow) || narrow.error < wide.error { narrow } else { wide })
}

/// The better of the estimates on a small point's own scale and on that of 1. A point that vanishes beside 1 is in units of its own: no f in which
/// both
/// meet could see it.
fn of_small(at: &mut impl FnMut(f64) -> Option<Derivative>, own: f64, home: f64) -> Option<Derivative> {
    let (narrow, wide) = (at(own), at(home));
    if own < f64::EPSILON && narrow.is_some_and(|narrow| is_clear(&narrow)) {
        narrow
    } else {
        nearer(narrow, wide, false)
    }
}

/// Why there is no quotient: f has no values on one side, or infinite ones.
fn whence(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64) -> Doubt {
    let near = x.abs().max(f64::MIN_POSITIVE) * f64::EPSILON;
    let values = [centre, f(x + near), f(x - near)];
    if values.iter().any(|value| value.is_nan()) { Doubt::DomainEdge } else { Doubt::Overflow }
}
