//! Whether a function is level around a point: exactly constant, and not only as far as rounding shows.
//!
//! Where f does not move at all, its slope may be 0, or merely too small to move a rounded value. What lies beyond the level part tells. Close beyond
//! its end
//!
//! * a piecewise function that leaves by a kink, or smoothly, moves ever more: a hundred thousand times as far from the end many times as much;
//! * one that leaves by a step moves once. The step is meant if it is large beside all that f does for some way, and may be a grid's if not;
//! * one that saturates creeps away by the smallest steps that its intermediate results have, each of them like a step, and tiny beside what
//!   f does farther away;
//! * one that does not depend on the argument never leaves.
//!
//! Invariant: only values of f are compared, and what merely may be level is not said to be.

/// Where f is level at this distance, beside the scale, its level is looked at more closely: about the finest steps.
const NEAR: f64 = 6e-5;

/// How far one looks: to 2ᵏ of that, up to k = this.
const FAR: i32 = 60;

/// Distances are no less than this many units in the last place of x: nearer points are x itself, where nothing moves.
const APART: f64 = 64.0;

/// Where between one distance and the next one looks too: a wave may be in step with powers of two.
const BETWEEN: f64 = 0.618;

/// Halvings to find where the level ends, to 10⁻¹² of its length.
const HALVINGS: usize = 40;

/// How far beyond its end one looks for the function to go on moving, relative to the level's length.
const CLOSE_BEYOND: f64 = 1e-7;

/// Whoever moves there this many times as much as at the end itself goes on moving.
const GOES_ON: f64 = 64.0;

/// Whoever leaves by no more units in the last place than this creeps.
const CREEP: f64 = 64.0;

/// How far away one looks for what f does on the whole, in lengths of the level, though as far as the scale at least; and how often on the way.
const AFAR: f64 = 8.0;
const LOOKS: i32 = 8;

/// A jump of this share of what f does is a step, a smaller one may be a grid's.
const STEP: f64 = 0.01;

/// A jump of less than this share of what f does may be the smallest that an intermediate result makes: f64 has sixteen digits, and a function may
/// well lose some.
const SMALLEST: f64 = 1e-10;

/// What f is like around a point, from certainly flat to anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ground {
    /// Exactly constant.
    Level,
    /// Constant up to a small step, which may be a grid's.
    Terrace,
    /// It moves, or may do so below its rounding.
    Slope,
}

/// What was seen of a level.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub(crate) ground: Ground,
    /// The least step by which f leaves it, so that nothing smaller can be seen of f; infinite if none was seen.
    pub(crate) jump: f64,
}

/// What f is like around x, where it is `centre`, on a scale.
pub(crate) fn level(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Level {
    let right = towards(f, x, centre, scale);
    if right.jump.is_infinite() && right.ground == Ground::Slope {
        return right; // no level at all
    }
    let left = towards(f, x, centre, -scale);
    Level { ground: right.ground.max(left.ground), jump: right.jump.min(left.jump) }
}

fn towards(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Level {
    let without_jump = |ground| Level { ground, jump: f64::INFINITY };
    let mut inside = (NEAR * scale.abs()).max(APART * f64::EPSILON * x.abs()).copysign(scale);
    for k in 0..FAR {
        let (outside, between) = (2.0 * inside, f(x + BETWEEN * inside));
        if k == 0 && (between != centre || f(x + inside) != centre) {
            return without_jump(Ground::Slope);
        }
        if !between.is_finite() || !(x + outside).is_finite() {
            return without_jump(Ground::Level); // the end of the domain, or of all numbers
        }
        if between != centre {
            return beyond(f, x, centre, scale, [inside / 2.0, BETWEEN * inside]);
        }
        let value = f(x + outside);
        if !value.is_finite() {
            return without_jump(Ground::Level); // the end of the domain, and level up to there
        }
        if value != centre {
            return beyond(f, x, centre, scale, [inside, outside]);
        }
        inside = outside;
    }
    without_jump(Ground::Level)
}

/// What the way tells by which f leaves its level, somewhere between two distances.
fn beyond(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64, between: [f64; 2]) -> Level {
    let [mut inside, mut outside] = between;
    for _ in 0..HALVINGS {
        let middle = inside + (outside - inside) / 2.0;
        if f(x + middle) == centre {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    let mut moved = |distance: f64| (f(x + distance) - centre).abs();
    let (jump, next) = (moved(outside), moved(outside * (1.0 + CLOSE_BEYOND)));
    if next >= GOES_ON * jump {
        return Level { ground: Ground::Level, jump };
    }
    let far = if scale.abs() > (AFAR * outside).abs() { scale } else { AFAR * outside };
    let looks = (1..=LOOKS).map(|k| moved(outside + (far - outside) * f64::from(k) / f64::from(LOOKS)));
    let range = looks.filter(|moved| moved.is_finite()).fold(centre.abs(), f64::max);
    let unit = f64::EPSILON * centre.abs() + f64::MIN_POSITIVE * f64::EPSILON;
    let ground = if jump <= CREEP * unit || jump <= SMALLEST * range {
        Ground::Slope
    } else if jump > STEP * range {
        Ground::Level
    } else {
        Ground::Terrace
    };
    Level { ground, jump }
}
