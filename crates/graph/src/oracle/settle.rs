//! When a number of arbitrary precision is believed: when twice the precision says the same.
//!
//! Rounding can hide a number altogether. At 256 bits 1 − σ(180) is 0, at 512 bits it still is at z = 400, so
//! two precisions can agree on a 0 that is none, and on the infinity that dividing by it gives, and on the
//! NaN after that. What is finite and not 0 has digits, and digits that were made by rounding differ at the
//! next precision.
//!
//! Invariant: a result of 0, an infinity or a NaN is believed only at the last precision, [`PRECISION_CAP`]
//! bits, and only if the one before gave the same. What cancels to less than 2^−2048 of its terms is beyond
//! this oracle.

use std::convert::Infallible;

use super::big::{BigFloat, PRECISION_CAP};

/// The first precision in bits; the next ones are its doubles.
pub const FIRST_PRECISION: usize = 128;

/// How many leading bits of two results have to agree: 17 more than an f64 has, so that an error that is left
/// over is below 10⁻⁵ ulp.
pub const AGREEING_BITS: usize = 70;

/// The value of `f` at the first precision in bits at which it agrees with the one before to
/// [`AGREEING_BITS`]; `None` if it still does not at [`PRECISION_CAP`].
///
/// ```
/// use chainrule_graph::Real;
/// use chainrule_graph::oracle::{BigFloat, settled};
///
/// // 1 − σ(z) at z = 800 is e^(−800), which no precision below 1155 bits can tell from 0.
/// let lost = |precision| BigFloat::constant(1.0) - BigFloat::new(800.0, precision).sigmoid();
/// let found = settled(lost).expect("4096 bits are enough");
/// assert_eq!(format!("{found:.5}"), "3.6679e-348");
/// ```
pub fn settled(f: impl Fn(usize) -> BigFloat) -> Option<BigFloat> {
    let Ok(mut one) = all_settled(|precision| Ok::<_, Infallible>(vec![f(precision)]));
    one.pop().flatten()
}

/// The same for several numbers that are computed together.
pub(super) fn all_settled<E>(
    f: impl Fn(usize) -> Result<Vec<BigFloat>, E>,
) -> Result<Vec<Option<BigFloat>>, E> {
    let mut coarse = f(FIRST_PRECISION)?;
    let mut settled = vec![None; coarse.len()];
    let mut precision = FIRST_PRECISION;
    while precision < PRECISION_CAP && settled.iter().any(Option::is_none) {
        precision *= 2;
        let fine = f(precision)?;
        for (place, (coarse, fine)) in settled.iter_mut().zip(coarse.iter().zip(&fine)) {
            if place.is_none() && agree(coarse, fine, precision) {
                *place = Some(fine.clone());
            }
        }
        coarse = fine;
    }
    Ok(settled)
}

/// Whether the results at half of `precision` and at `precision` settle the matter.
fn agree(coarse: &BigFloat, fine: &BigFloat, precision: usize) -> bool {
    let (Some(size), Some(_)) = (fine.exponent(), coarse.exponent()) else {
        let same = coarse == fine || (coarse.is_nan() && fine.is_nan());
        // A constant has not been computed: a leaf that nothing depends on has the adjoint 0 exactly.
        return same && (precision == PRECISION_CAP || fine.precision().is_none());
    };
    let difference = coarse.clone() - fine;
    difference.exponent().is_none_or(|difference| difference < size - AGREEING_BITS as isize)
}
