//! What kind of mistake makes a wrong claim, as far as the numbers show it.
//!
//! A sign, a factor or a constant forgotten in one formula is usually forgotten for every coordinate, so what all wrong claims
//! have in common is looked for first; a single wrong claim is compared with the mistakes that give round numbers.
//!
//! Invariant: a guess is only a hint: it never makes a claim wrong, nor right.

use std::fmt;

use crate::derivative::Derivative;
use crate::place::Place;

/// Two numbers are taken for the same if they differ by no more than this, relatively, beside the doubt: claims with a mistake
/// of another kind come this near by accident once in a hundred thousand times.
const SAME: f64 = 1e-5;

/// The largest numerator and denominator of a factor that somebody may have forgotten.
const ROUND: u32 = 12;

/// An offset is round if no more than this share of all numbers of its size would pass for round: of large ones nearly all would.
const RARE: f64 = 0.02;

/// The likely kind of mistake in a wrong claim.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fault {
    /// The claim is infinite or not a number.
    NotFinite,
    /// The claim is 0, the derivative is not.
    Zero,
    /// The claim has the opposite sign.
    Sign,
    /// The claim is another entry's derivative, and the other way round.
    Transposed {
        /// Whose.
        with: Place,
    },
    /// The claim lacks a factor.
    MissingFactor {
        /// What the claim has to be multiplied with.
        factor: f64,
    },
    /// The claim is off by a constant.
    Constant {
        /// Claimed minus expected.
        offset: f64,
    },
    /// Two entries that have to be equal are not.
    Asymmetric,
    /// None of these.
    Other,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotFinite => f.write_str("not a finite number"),
            Fault::Zero => f.write_str("zero where there is a slope"),
            Fault::Sign => f.write_str("opposite sign"),
            Fault::Transposed { with } => write!(f, "transposed with {with}"),
            Fault::MissingFactor { factor } => write!(f, "missing factor {}", Round(*factor)),
            Fault::Constant { offset } => write!(f, "off by a constant {}", Round(*offset)),
            Fault::Asymmetric => f.write_str("not symmetric"),
            Fault::Other => f.write_str("off"),
        }
    }
}

/// Of more wrong claims than this none is compared with all others: where so many are wrong, they were not exchanged.
const MOST_COMPARED: usize = 1000;

/// A wrong claim, for comparison with others.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) place: Place,
    pub(crate) claimed: f64,
    pub(crate) expected: Derivative,
}

/// The likely fault of each of several finite wrong claims that were made together, at a point.
pub(crate) fn likely(wrong: &[Claim], point: &[f64]) -> Vec<Fault> {
    let factor = common(wrong, 1.0, |claim| claim.expected.value / claim.claimed);
    let offset = common(wrong, 0.0, |claim| claim.claimed - claim.expected.value);
    wrong
        .iter()
        .map(|claim| {
            alone(claim)
                .or_else(|| transposed(claim, wrong))
                .or_else(|| factor.map(|factor| Fault::MissingFactor { factor }))
                .or_else(|| offset.map(|offset| Fault::Constant { offset }))
                .or_else(|| round_factor(claim, point))
                .or_else(|| round_offset(claim))
                .unwrap_or(Fault::Other)
        })
        .collect()
}

/// Faults that one claim shows by itself.
fn alone(claim: &Claim) -> Option<Fault> {
    let Claim { claimed, expected, .. } = *claim;
    if claimed == 0.0 { Some(Fault::Zero) } else { is_same(-claimed, &expected).then_some(Fault::Sign) }
}

fn transposed(claim: &Claim, wrong: &[Claim]) -> Option<Fault> {
    if wrong.len() > MOST_COMPARED {
        return None;
    }
    let swapped = |other: &&Claim| {
        other.place != claim.place
            && is_same(claim.claimed, &other.expected)
            && is_same(other.claimed, &claim.expected)
    };
    wrong.iter().find(swapped).map(|other| Fault::Transposed { with: other.place })
}

/// What several wrong claims have in common, if there are several, beside what a right claim has.
fn common(wrong: &[Claim], right: f64, of: impl Fn(&Claim) -> f64) -> Option<f64> {
    let (first, rest) = wrong.split_first()?;
    let value = of(first);
    let all =
        rest.iter().all(|claim| (of(claim) - value).abs() <= SAME * value.abs().min((value - right).abs()));
    (!rest.is_empty() && value.is_finite() && value != 0.0 && all).then_some(value)
}

/// A forgotten whole number, fraction, or coordinate of the point.
fn round_factor(claim: &Claim, point: &[f64]) -> Option<Fault> {
    let fractions = (1..=ROUND).flat_map(|p| (1..=ROUND).map(move |q| f64::from(p) / f64::from(q)));
    let coordinates = point.iter().flat_map(|&x| [x, x.recip()]);
    let factors = fractions.chain(coordinates).flat_map(|factor| [factor, -factor]);
    // What may be 0 is any claim times a factor that is small enough.
    let has_slope = claim.expected.value.abs() > claim.expected.error;
    let may_be_missing = |factor: f64| has_slope && factor.abs() != 1.0;
    let fits = |factor: &f64| may_be_missing(*factor) && is_same(claim.claimed * factor, &claim.expected);
    factors.into_iter().find(fits).map(|factor| Fault::MissingFactor { factor })
}

/// A constant that is a multiple of 1/12 or 1/10.
fn round_offset(claim: &Claim) -> Option<Fault> {
    let offset = claim.claimed - claim.expected.value;
    [f64::from(ROUND), 10.0].into_iter().find_map(|parts| {
        let round = (offset * parts).round() / parts;
        let near = SAME * round.abs() + claim.expected.error;
        let is_rare = 2.0 * near * parts <= RARE;
        let fits = is_rare && (offset - round).abs() <= near;
        fits.then_some(Fault::Constant { offset: round })
    })
}

fn is_same(value: f64, expected: &Derivative) -> bool {
    (value - expected.value).abs() <= SAME * expected.value.abs() + expected.error
}

/// A number to five digits, or to as many as tell it from 1.
struct Round(f64);

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ones = -(self.0 - 1.0).abs().log10(); // digits in common with 1
        let more = if ones.is_finite() { ones.max(0.0) as usize } else { 0 };
        Short { number: self.0, digits: 5 + more }.fmt(f)
    }
}

/// A number to so many digits, without zeros at the end.
pub(crate) struct Short {
    pub(crate) number: f64,
    pub(crate) digits: usize,
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits.saturating_sub(1);
        let rounded: f64 = format!("{:.digits$e}", self.number).parse().unwrap_or(self.number);
        if (1e-4..1e6).contains(&rounded.abs()) { write!(f, "{rounded}") } else { write!(f, "{rounded:e}") }
    }
}
