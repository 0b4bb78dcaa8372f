//! How coarse a function's values are: whether they are rounded, or the results of an iteration that stops at a tolerance.
//!
//! Rounded values are off by up to the step of the grid, and truncated ones by what they jump, whatever the regularity of either: that is noise. A
//! function with one large jump, or one at the point itself, may be meant.
//!
//! Invariant: what is not seen to be coarse is left to the measured noise of the tables.

use crate::doubt::Doubt;
use crate::jumps::{Jump, Look, jump};
use crate::level::{Ground, ground, step};

/// How far away one looks for what f does on the whole, in lengths of the level around the point.
const AFAR: f64 = 8.0;

/// A step of no more units in the last place of what f does than this is rounding.
const ROUNDINGS: f64 = 64.0;

/// A jump of more than this share of what f does may be meant; iterations stop earlier.
const MEANT: f64 = 0.01;

/// Jumps as near to 0 as this, seen from a small point, may be a steep slope on the point's own scale.
pub(crate) const SMALL: f64 = 1e-3;

/// How coarse the values of f are.
pub(crate) enum Coarseness {
    /// They are all the same.
    Flat,
    /// No coarser than rounding; f leaves its level by so much, if it is level.
    None { least_move: f64 },
    /// They move in steps.
    Steps { size: f64, noise: f64 },
    /// They jump from one smooth piece to the next.
    Jumps { size: f64, noise: f64 },
    /// The same by so much, or so near, that it may be meant.
    Break { doubt: Doubt },
}

impl Coarseness {
    const UNSEEN: Coarseness = Coarseness::None { least_move: f64::INFINITY };
}

/// How coarse the values of f are within a scale of x, where it is `centre`.
pub(crate) fn coarseness(
    f: &mut impl FnMut(f64) -> f64,
    [x, centre]: [f64; 2],
    scale: f64,
    is_small: bool,
) -> Coarseness {
    match ground(f, x, centre, scale) {
        Ground::Flat => Coarseness::Flat,
        Ground::Step { size, distance } => {
            let look = Look::around(f, x, centre, scale.max(AFAR * distance));
            stepped(f, &look, size)
        }
        Ground::Slope => {
            let (jump, range) = nearby_jump(f, [x, centre], scale, is_small);
            jump.map_or(Coarseness::UNSEEN, |jump| jumping(f, x, jump, range))
        }
    }
}

/// Whether a step is no more than rounding of values of this size.
pub(crate) fn is_rounding(step: f64, range: f64) -> bool {
    step <= ROUNDINGS * f64::EPSILON * range + f64::MIN_POSITIVE * f64::EPSILON
}

/// What a step means by which f leaves the level around the point.
fn stepped(f: &mut impl FnMut(f64) -> f64, look: &Look, size: f64) -> Coarseness {
    if is_rounding(size, look.range()) {
        return Coarseness::None { least_move: size };
    }
    let noise = look.jump(f).map_or(size, |jump| jump.noise.max(size));
    Coarseness::Steps { size, noise }
}

/// The largest jump within a scale. A point that vanishes beside 1 lives in units of its own, and a small one may do so.
fn nearby_jump(
    f: &mut impl FnMut(f64) -> f64,
    [x, centre]: [f64; 2],
    scale: f64,
    is_small: bool,
) -> (Option<Jump>, f64) {
    if is_small && x.abs() < f64::EPSILON {
        return jump(f, x, centre, x.abs());
    }
    let (found, range) = jump(f, x, centre, scale);
    let is_at_zero = |jump: Jump| jump.between.iter().all(|point| point.abs() < SMALL);
    if is_small && found.is_some_and(is_at_zero) { jump(f, x, centre, x.abs()) } else { (found, range) }
}

/// What a jump nearby means.
fn jumping(f: &mut impl FnMut(f64) -> f64, x: f64, jump: Jump, range: f64) -> Coarseness {
    let step = step(f, jump.between).filter(|&size| !is_rounding(size, range));
    let size = jump.size;
    match step {
        _ if jump.is_only && jump.is_at(x) => Coarseness::Break { doubt: Doubt::Break { size } },
        Some(size) => Coarseness::Steps { size, noise: jump.noise.max(size) },
        None if !jump.is_clean => Coarseness::UNSEEN,
        None if size <= MEANT * range => Coarseness::Jumps { size, noise: jump.noise },
        None => Coarseness::Break { doubt: Doubt::Jumps { size } },
    }
}
