//! Whether a function is flat around a point, or moves in steps.
//!
//! Where f does not move at all, its slope may be 0, or merely too small to move a rounded value. What lies beyond the level part tells:
//!
//! * a piecewise function that leaves by a kink, or smoothly, moves ever more: a hundred thousand times as far from the end many times as much;
//! * one that is rounded leaves by a step, be it a tenth or the last unit of an intermediate result;
//! * one that does not depend on the argument never leaves.
//!
//! Invariant: only values of f are compared, and what merely may be flat is not said to be.

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

/// What f is like around a point.
#[derive(Clone, Copy)]
pub(crate) enum Ground {
    /// It moves at once.
    Slope,
    /// Exactly constant.
    Flat,
    /// Constant up to a step of this size, and at most so far away.
    Step { size: f64, distance: f64 },
}

/// What f is like around x, where it is `centre`, on a scale.
pub(crate) fn ground(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Ground {
    match (towards(f, x, centre, scale), towards(f, x, centre, -scale)) {
        // Beside a step the other side is the next level.
        (Ground::Slope, step @ Ground::Step { .. }) | (step @ Ground::Step { .. }, Ground::Slope) => step,
        (Ground::Slope, _) | (_, Ground::Slope) => Ground::Slope,
        (Ground::Flat, other) | (other, Ground::Flat) => other,
        (Ground::Step { size: one, distance: right }, Ground::Step { size: other, distance: left }) => {
            Ground::Step { size: one.min(other), distance: right.max(left) }
        }
    }
}

fn towards(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Ground {
    let mut inside = (NEAR * scale.abs()).max(APART * f64::EPSILON * x.abs()).copysign(scale);
    for k in 0..FAR {
        let (outside, between) = (2.0 * inside, f(x + BETWEEN * inside));
        if k == 0 && (between != centre || f(x + inside) != centre) {
            return Ground::Slope;
        }
        if !between.is_finite() || !(x + outside).is_finite() {
            return Ground::Flat; // the end of the domain, or of all numbers
        }
        if between != centre {
            return beyond(f, x, [inside / 2.0, BETWEEN * inside]);
        }
        let value = f(x + outside);
        if !value.is_finite() {
            return Ground::Flat; // the end of the domain, and level up to there
        }
        if value != centre {
            return beyond(f, x, [inside, outside]);
        }
        inside = outside;
    }
    Ground::Flat
}

/// What the way tells by which f leaves its level, somewhere between two distances.
fn beyond(f: &mut impl FnMut(f64) -> f64, x: f64, [inside, outside]: [f64; 2]) -> Ground {
    let edge = edge(f, [x + inside, x + outside]);
    let distance = edge.points[1] - x;
    let size = (edge.values[1] - edge.values[0]).abs();
    let next = (f(edge.points[1] + CLOSE_BEYOND * distance) - edge.values[0]).abs();
    if next >= GOES_ON * size { Ground::Flat } else { Ground::Step { size, distance: distance.abs() } }
}

/// Two neighbouring points between which f leaves the value that it has at the first.
struct Edge {
    points: [f64; 2],
    values: [f64; 2],
}

fn edge(f: &mut impl FnMut(f64) -> f64, [mut inside, mut outside]: [f64; 2]) -> Edge {
    let (level, mut beyond) = (f(inside), f(outside));
    for _ in 0..HALVINGS {
        let middle = inside + (outside - inside) / 2.0;
        let value = f(middle);
        if value == level {
            inside = middle;
        } else {
            (outside, beyond) = (middle, value);
        }
    }
    Edge { points: [inside, outside], values: [level, beyond] }
}

/// How far beside an edge f has to be level, in distances of its two points.
const TREAD: f64 = 16.0;

/// The step that f takes between two points, if it is level before and after it.
pub(crate) fn step(f: &mut impl FnMut(f64) -> f64, between: [f64; 2]) -> Option<f64> {
    let Edge { points: [inside, outside], values: [level, beyond] } = edge(f, between);
    let tread = TREAD * (outside - inside);
    let is_level = tread != 0.0 && f(inside - tread) == level && f(outside + tread) == beyond;
    (level != beyond && is_level).then(|| (beyond - level).abs())
}
