//! How far an f64 is from the truth, in units of the last place.
//!
//! Invariant: the unit is that of the truth, not of what was found, so a result that is far too large is not
//! excused by its own coarse spacing.

use super::big::{BigFloat, LEAST_EXPONENT};
use crate::real::Real;

/// The spacing of f64 is 2 to this power less than the number.
const FRACTION_BITS: isize = f64::MANTISSA_DIGITS as isize - 1;

/// |found − truth| in units of the last place of an f64 at the truth: 2^(e−52) for 2^e ≤ |truth| < 2^(e+1), and
/// 2^−1074 where that would be smaller.
///
/// 0 if both are NaN, or the truth rounds to an infinity and `found` is the same one; infinite if only one of
/// them is NaN or infinite. A correctly rounded result is at most 0.5 away.
///
/// ```
/// use chainrule_graph::oracle::{BigFloat, ulps};
///
/// let truth = BigFloat::new(1.0, 128);
/// assert_eq!(ulps(1.0 + f64::EPSILON, &truth), 1.0);
/// assert_eq!(ulps(0.0, &BigFloat::new(5e-324, 128)), 1.0);
/// assert_eq!(ulps(f64::NAN, &truth), f64::INFINITY);
/// ```
pub fn ulps(found: f64, truth: &BigFloat) -> f64 {
    ulps_at(found, truth, truth)
}

/// The same in units of the last place of an f64 at `size`.
pub(super) fn ulps_at(found: f64, truth: &BigFloat, size: &BigFloat) -> f64 {
    let nearest = truth.to_f64();
    if !found.is_finite() || !nearest.is_finite() {
        let same = found == nearest || (found.is_nan() && nearest.is_nan());
        return if same { 0.0 } else { f64::INFINITY };
    }
    let error = (BigFloat::constant(found) - truth).scaled(-unit_exponent(size));
    error.to_f64().abs()
}

/// The e of the unit 2^e.
fn unit_exponent(size: &BigFloat) -> isize {
    size.exponent().map_or(LEAST_EXPONENT, |exponent| (exponent - FRACTION_BITS).max(LEAST_EXPONENT))
}
