//! What can be said of one claimed derivative.
//!
//! With an estimate d ± e of the derivative and a claim c, the truth T lies within e of d. If |c − d| > e the claim is wrong.
//! Otherwise |c − T| ≤ |c − d| + e and |T| ≥ |d| − e, so the relative error of the claim is at most their ratio: that
//! many digits are *certified*, not hoped for.
//!
//! Invariant: no tolerance certifies, and only the rounding of the claim itself acquits; a floor, if one is given, turns what is not certified into
//! *excused*, never
//! into *agrees*.

use std::fmt;

use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::fault::Fault;

/// Fewer certified digits than this are no agreement: an error of one in a million could hide behind it.
const FEWEST_DIGITS: u32 = 6;

/// An f64 holds no more decimal digits than this for certain.
const MOST_DIGITS: u32 = 15;

/// The estimate's error holds nearly always; nearly is enough to certify some digits less, and not enough to call a claim wrong that
/// is off by hardly more.
const CONVICTION: f64 = 2.0;

/// The same where the derivative is lost in the rounding of f. Its size is measured on values that may be steadier than those nearer by.
const HIDDEN_CONVICTION: f64 = 100.0;

/// A claim is computed too, with rounding errors of its own, or those of an iteration inside f that stops at 10⁻¹² or so, and neither is a mistake
/// in a
/// formula. It is certified to the digits it has.
const CLAIM_ROUNDING: f64 = 1e-10;

/// Where truncation, kinks or noise limit the differences, their error is only as good as the differences themselves: they
/// convict nobody unless it is this small beside their value.
const PLAIN: f64 = 1e-2;

/// What can be said of a claimed derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(tag = "verdict", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Verdict {
    /// It agrees with the truth to this many digits: its relative error is at most 10⁻ᵈⁱᵍⁱᵗˢ.
    Agrees {
        /// The digits, 6 to 15.
        digits: u32,
    },
    /// It is off by more than all doubt.
    Wrong {
        /// The likely kind of mistake.
        fault: Fault,
    },
    /// The differences are not known well enough to say either.
    CannotTell {
        /// Why not.
        doubt: Doubt,
    },
    /// It would be one of the two before, but is off by no more than the floor that was asked for.
    Excused,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Agrees { digits } => write!(f, "agrees to {digits} digits"),
            Verdict::Wrong { fault } => write!(f, "WRONG: {fault}"),
            Verdict::CannotTell { doubt } => write!(f, "cannot tell: {doubt}"),
            Verdict::Excused => f.write_str("excused by the floor"),
        }
    }
}

/// The verdict on a claim. The fault of a wrong one is found when all claims are known.
pub(crate) fn judge(claimed: f64, expected: &Result<Derivative, Doubt>, floor: f64) -> Verdict {
    let expected = match expected {
        Ok(expected) => expected,
        Err(doubt) => return Verdict::CannotTell { doubt: *doubt },
    };
    if claimed.is_nan() {
        return Verdict::Wrong { fault: Fault::NotFinite };
    }
    if claimed == 0.0 && matches!(expected.doubt, Doubt::Steps { .. }) {
        return Verdict::CannotTell { doubt: expected.doubt }; // on a tread it is right
    }
    // An infinite claim is off by no more than differences doubt where a slope is upright.
    let off = (claimed - expected.value).abs();
    let rough = expected.is_rough();
    let wrong = off > doubtful(expected);
    let bound = off + expected.error;
    match certified_digits(bound, expected) {
        digits if !wrong && !rough && digits >= FEWEST_DIGITS => Verdict::Agrees { digits },
        _ if bound <= floor => Verdict::Excused,
        _ if wrong && claimed.is_infinite() => Verdict::Wrong { fault: Fault::NotFinite },
        _ if wrong => Verdict::Wrong { fault: Fault::Other },
        _ => Verdict::CannotTell { doubt: expected.doubt },
    }
}

/// How far off a claim may be without being wrong.
fn doubtful(expected: &Derivative) -> f64 {
    let size = expected.value.abs();
    if expected.is_contested {
        f64::INFINITY
    } else if expected.error <= PLAIN * size {
        (CONVICTION * expected.error).max(CLAIM_ROUNDING * size)
    } else if expected.doubt == Doubt::NearZero {
        HIDDEN_CONVICTION * expected.error
    } else {
        f64::INFINITY
    }
}

/// The digits to which two numbers agree, 0 to 15.
pub(crate) fn digits(relative_error: f64) -> u32 {
    let digits = -relative_error.log10();
    if digits >= f64::from(MOST_DIGITS) { MOST_DIGITS } else { digits.max(0.0) as u32 }
}

/// The digits that a claim within `bound` of the truth has for certain.
fn certified_digits(bound: f64, expected: &Derivative) -> u32 {
    if bound == 0.0 {
        return MOST_DIGITS;
    }
    let smallest = expected.value.abs() - expected.error;
    if smallest > 0.0 { digits(bound / smallest) } else { 0 }
}
