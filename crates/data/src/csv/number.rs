//! Fields as numbers.
//!
//! A number is an optional sign, decimal digits with at most one point among them, and an optional
//! decimal exponent; its value is the nearest f64, which may be 0 for a number too small.
//!
//! Invariant: what is accepted is finite.

use super::Place;
use crate::Error;
use crate::shown::shown;

/// Why a field is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing is there.
    Empty,
    /// It is text.
    Text,
    /// It spells NaN or infinity, which f64 would accept.
    NotFinite,
    /// It exceeds the largest f64.
    TooLarge,
}

/// The value of a field without blanks around it.
pub(super) fn parse(field: &str) -> Result<f64, Fault> {
    if field.is_empty() {
        return Err(Fault::Empty);
    }
    if spells_non_finite(field) {
        return Err(Fault::NotFinite);
    }
    let value: f64 = field.parse().map_err(|_| Fault::Text)?;
    if value.is_finite() { Ok(value) } else { Err(Fault::TooLarge) }
}

impl Fault {
    /// The error of this field at this place.
    pub(super) fn at(self, place: Place, field: &str) -> Error {
        let found = shown(field);
        match self {
            Fault::Empty => Error::EmptyField { place },
            Fault::Text => Error::NotANumber { place, found },
            Fault::NotFinite => Error::NotFinite { place, found },
            Fault::TooLarge => Error::TooLarge { place, found },
        }
    }
}

fn spells_non_finite(field: &str) -> bool {
    let unsigned = field.strip_prefix(['+', '-']).unwrap_or(field);
    ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word))
}
