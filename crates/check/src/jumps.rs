//! Where a function jumps: what rounding its values, or an iteration inside it that stops at a tolerance, leaves behind.
//!
//! The m-th differences of a smooth function at an even spacing fade as m grows. Those of a jump J do not: the largest of them is J times the largest
//! binomial coefficient of order m − 1. So the largest m-th difference divided by that coefficient bounds all jumps between the values, for each m,
//! and the least bound counts. What exceeds rounding is looked at more closely, again and again: a jump stays as large as it is, a kink shrinks
//! with the spacing, and a curve that was merely sampled too coarsely fades at once.
//!
//! Noise does not shrink either, but is not clean: beside the largest change there are others of its size.
//!
//! Invariant: what is said to be a jump still is one at 10⁻⁵ of the first spacing.

use crate::stencil::value_rounding;

/// The spacing of the first look, beside the scale: 25 values span nearly twice that. An eighth of the golden ratio, since steps might be in step
/// with a round number.
const SPACING: f64 = 0.077_254_248_593_736_86;

/// Values on either side of the middle; half as many in the last closer looks.
const SIDE: i32 = 12;

/// The highest order of differences of the first look and of closer ones.
const ORDERS: usize = 12;
const CLOSE_ORDERS: usize = 6;

/// A bound of no more than this many roundings is no jump.
const ROUNDINGS: f64 = 8.0;

/// Closer looks, each with less than a quarter of the spacing: by the third power of the golden ratio, which is in step with no grid.
const LOOKS: usize = 8;
const CLOSER: f64 = 4.236_067_977_499_79;

/// The first closer looks are as wide as six spacings, since several jumps blur the place of each; later ones half as wide.
const WIDE_LOOKS: usize = 2;

/// A kink is a quarter as large in each closer look; noise and jumps do not shrink. What has shrunk to this share so many times in a row is no jump.
const SHRUNK: f64 = 0.7;
const SHRINKING: usize = 2;

/// A jump does not grow; what has grown by so much is a pole.
const GROWN: f64 = 4.0;

/// The lowest order whose bound is so little more than the least says where the jump is.
const AS_SMALL: f64 = 1.25;

/// What is nothing but a curve is bounded so many times as closely two orders later.
const FADING: f64 = 4.0;

/// A jump is clean if no other change beside it, less the usual one, is more than this share of it: noise has several as large.
const CLEAN: f64 = 0.08;

/// A jump is the only one if without it no other one of this share of it can be left.
const SOLE: f64 = 0.5;

/// Closer looks stand so much of a spacing aside, since the value at the point itself may be neither that before a jump nor that after it.
const ASIDE: f64 = 0.3;

/// A jump between two points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jump {
    /// Between which points.
    pub(crate) between: [f64; 2],
    /// The value before it.
    before: f64,
    /// By how much f jumps, and without its sign.
    change: f64,
    pub(crate) size: f64,
    /// By how much the values around it are off: the most that any closer look saw.
    pub(crate) noise: f64,
    /// Whether f is smooth on either side, and not merely noisy.
    pub(crate) is_clean: bool,
    /// Whether f is smooth from one end of the first look to the jump, and from there to the other end.
    pub(crate) is_only: bool,
}

impl Jump {
    /// Whether the jump is at a point, as far as the last look tells.
    pub(crate) fn is_at(&self, x: f64) -> bool {
        let [before, after] = self.between;
        let near = after - before;
        before - near <= x && x <= after + near
    }
}

/// Where a wide look shows nothing but a curve that is not sampled closely enough, narrower ones are taken: so many, each so much narrower.
const NARROWER: i32 = 2;
const NARROWING: f64 = 4.0;

/// The largest jump that is seen within a scale of the point, and the range of f there.
pub(crate) fn jump(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> (Option<Jump>, f64) {
    let mut look = Look::around(f, x, centre, scale);
    let range = look.range();
    let mut first = None;
    for k in 1..=NARROWER {
        if look.bound(ORDERS).is_none() {
            return (first, range);
        }
        let found = look.largest(f);
        if found.is_some_and(|jump| jump.is_clean) {
            return (found, range);
        }
        first = first.or(found);
        look = Look::around(f, x, centre, scale / NARROWING.powi(k));
    }
    let found = look.largest(f).filter(|jump| jump.is_clean || first.is_none());
    (found.or(first), range)
}

/// Values at even spacing.
pub(crate) struct Look {
    start: f64,
    spacing: f64,
    values: Vec<f64>,
}

/// No jump within a look is larger than this.
#[derive(Clone, Copy)]
struct Bound {
    size: f64,
    /// Where it is, in spacings from the start.
    place: f64,
    /// Whether the last orders still bound ever more closely, so that nothing but a curve is seen.
    is_fading: bool,
}

impl Look {
    /// The values of f within a scale of x, where it is `centre`, as far as they are finite.
    pub(crate) fn around(f: &mut impl FnMut(f64) -> f64, x: f64, centre: f64, scale: f64) -> Look {
        let spacing = SPACING * scale;
        let mut side = |step: f64| -> Vec<f64> {
            (1..=SIDE).map(|k| f(x + f64::from(k) * step)).take_while(|value| value.is_finite()).collect()
        };
        let (left, right) = (side(-spacing), side(spacing));
        let start = x - left.len() as f64 * spacing;
        let values = left.into_iter().rev().chain([centre]).chain(right).collect();
        Look { start, spacing, values }
    }

    /// The first clean jump that a part shows, or else the first.
    fn largest(&self, f: &mut impl FnMut(f64) -> f64) -> Option<Jump> {
        let mut first = None;
        for part in self.parts() {
            let found = part.jump(f);
            if found.is_some_and(|jump| jump.is_clean) {
                return found;
            }
            first = first.or(found);
        }
        first
    }

    /// The look itself, its halves and its middle: where f bends too much for the whole to show a jump, a part may.
    fn parts(&self) -> impl Iterator<Item = Look> + '_ {
        let half = self.values.len() / 2;
        [(0, 2 * half), (half, 2 * half), (0, half), (half / 2, half / 2 + half)].into_iter().map(
            |(from, to)| Look {
                start: self.start + from as f64 * self.spacing,
                spacing: self.spacing,
                values: self.values.iter().copied().skip(from).take(to - from + 1).collect(),
            },
        )
    }

    /// The largest value.
    pub(crate) fn range(&self) -> f64 {
        self.values.iter().copied().map(f64::abs).fold(0.0, f64::max)
    }

    /// The largest jump that is seen.
    pub(crate) fn jump(&self, f: &mut impl FnMut(f64) -> f64) -> Option<Jump> {
        let bound = self.bound(ORDERS)?;
        if bound.is_fading {
            return None;
        }
        let mut look = self.closer(f, bound, SIDE);
        let mut sizes = vec![look.bound(CLOSE_ORDERS)?.size];
        for k in 1..LOOKS {
            let bound = look.bound(CLOSE_ORDERS)?;
            look = look.closer(f, bound, if k < WIDE_LOOKS { SIDE } else { SIDE / 2 });
            sizes.push(look.bound(CLOSE_ORDERS)?.size);
            let last = &sizes[sizes.len().saturating_sub(SHRINKING + 1)..];
            if last.len() > SHRINKING && last.windows(2).all(|pair| pair[1] <= SHRUNK * pair[0]) {
                return None;
            }
        }
        let (early, late) = sizes.split_at(LOOKS / 2);
        if late.last()? > &(GROWN * early.first()?) {
            return None;
        }
        let noise = late.iter().copied().fold(0.0, f64::max);
        let jump = look.closest(noise)?;
        Some(Jump { is_only: self.is_smooth_without(&jump), ..jump })
    }

    /// Whether nothing but the jump keeps the look from being one of a smooth function.
    fn is_smooth_without(&self, jump: &Jump) -> bool {
        let joined = |(k, &value): (usize, &f64)| {
            let point = self.start + k as f64 * self.spacing;
            if jump.is_at(point) {
                jump.before
            } else if point > jump.between[0] {
                value - jump.change
            } else {
                value
            }
        };
        let values = self.values.iter().enumerate().map(joined).collect();
        let bound = Look { values, ..*self }.bound(ORDERS);
        bound.is_none_or(|bound| bound.size <= SOLE * jump.size)
    }

    /// The least of the bounds by each order; nothing if rounding is all that is seen, or f is not finite.
    fn bound(&self, orders: usize) -> Option<Bound> {
        let rounding = ROUNDINGS * value_rounding(self.range());
        let mut differences = self.values.clone();
        let mut bounds = Vec::with_capacity(orders);
        for order in 1..=orders.min(self.values.len().saturating_sub(2)) {
            differences = differences.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let largest = differences.iter().map(|d| d.abs()).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            let (place, largest) = largest?;
            let size = largest / middle_binomial(order - 1);
            if !(size > rounding && size.is_finite()) {
                return None;
            }
            bounds.push((size, place as f64 + order as f64 / 2.0));
        }
        let least = bounds.iter().map(|bound| bound.0).fold(f64::INFINITY, f64::min);
        // Lower orders tell better where it is.
        let place = bounds.iter().find(|bound| bound.0 <= AS_SMALL * least)?.1;
        let [.., before, _, last] = bounds.as_slice() else { return None };
        Some(Bound { size: least, place, is_fading: FADING * last.0 < before.0 })
    }

    /// A look at a place of this one with a quarter of the spacing.
    fn closer(&self, f: &mut impl FnMut(f64) -> f64, bound: Bound, side: i32) -> Look {
        let spacing = self.spacing / CLOSER;
        let start = self.start + bound.place * self.spacing - (f64::from(side) + ASIDE) * spacing;
        Look { start, spacing, values: (0..=2 * side).map(|k| f(start + f64::from(k) * spacing)).collect() }
    }

    /// The largest change from one value to the next, as a jump.
    fn closest(&self, noise: f64) -> Option<Jump> {
        let changes: Vec<f64> = self.values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Beside the mean of its neighbours, which it is on a curve.
        let unusual = |k: usize| changes[k] - (changes[k - 1] + changes[k + 1]) / 2.0;
        let inner = 1..changes.len().checked_sub(1)?;
        let k = inner.clone().max_by(|&a, &b| unusual(a).abs().total_cmp(&unusual(b).abs()))?;
        let change = unusual(k);
        let others = inner.filter(|other| other.abs_diff(k) > 1);
        let next = others.map(|k| unusual(k).abs()).fold(0.0, f64::max);
        let size = change.abs();
        let point = |k: usize| self.start + k as f64 * self.spacing;
        Some(Jump {
            between: [point(k), point(k + 1)],
            before: *self.values.get(k)?,
            change,
            size,
            noise: noise.max(size),
            is_clean: next <= CLEAN * size,
            is_only: false,
        })
    }
}

/// The largest binomial coefficient of an order.
fn middle_binomial(order: usize) -> f64 {
    (1..=order / 2).fold(1.0, |product, k| product * (order + 1 - k) as f64 / k as f64)
}
