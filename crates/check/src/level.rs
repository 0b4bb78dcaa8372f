//! Whether a function is level around a point: exactly constant, and not only as far as rounding shows.
//!
//! Where f does not move at all, its slope may be 0, or merely too small to move a rounded value. What lies beyond the level part tells: a
//! piecewise function (a maximum, a step, a ramp at rest) leaves its level at a kink or with a jump, one that saturates creeps
//! away by single units in the last place, and one that does not depend on the argument never leaves it. Steps that are small beside f
//! are a grid's or meant, and nobody can say which.
//!
//! Invariant: only values of f are compared, and a staircase of small steps, such as a coarse grid makes, is not level.

/// How far one looks: to 2ᵏ of the first step, up to k = this.
const FAR: i32 = 250;

/// Halvings to find where the level ends, to a thousandth of its length.
const HALVINGS: usize = 12;

/// How far beyond the end one looks, relative to the level's length: twice, to see whether f goes on moving.
const BEYOND: [f64; 2] = [1.02, 1.05];

/// Whoever leaves by more units in the last place than this does not creep.
const LEAP: f64 = 64.0;

/// A jump of this share of the values is a step, a smaller one may be a grid's.
const STEP: f64 = 0.01;

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

/// What f is like around x, where it is `centre`, at least as far as `near` on both sides.
pub(crate) fn ground(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, near: f64) -> Ground {
    match towards(f, x, centre, near) {
        Ground::Slope => Ground::Slope,
        right => right.max(towards(f, x, centre, -near)),
    }
}

fn towards(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, near: f64) -> Ground {
    if f(x + near) != centre {
        return Ground::Slope;
    }
    let mut inside = near;
    for _ in 0..FAR {
        let outside = 2.0 * inside;
        let value = f(x + outside);
        if !value.is_finite() {
            return Ground::Level; // the end of the domain, and level up to there
        }
        if value != centre {
            return beyond(f, x, centre, inside, outside);
        }
        inside = outside;
    }
    Ground::Level
}

/// What the way tells by which f leaves its level, somewhere between `inside` and `outside`.
fn beyond(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, mut inside: f64, mut outside: f64) -> Ground {
    for _ in 0..HALVINGS {
        let middle = inside + (outside - inside) / 2.0;
        if f(x + middle) == centre {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    let [first, second] = BEYOND.map(|share| f(x + share * outside) - centre);
    let ulp = f64::EPSILON * centre.abs() + f64::MIN_POSITIVE * f64::EPSILON;
    let moved = first.abs();
    if moved <= LEAP * ulp {
        Ground::Slope
    } else if second.abs() > moved || moved > STEP * centre.abs() {
        Ground::Level
    } else {
        Ground::Terrace
    }
}
