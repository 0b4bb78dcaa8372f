//! Everything that keeps a check from being made.
//!
//! Invariant: an error names the coordinate or vector, the place, and what to do. A claim that fails its check is no error of
//! this kind: that is a [`Report`](crate::Report).

use crate::doubt::Doubt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The point itself is not finite.
    #[error("the point {x} is not a finite number; take differences at a finite one")]
    PointNotFinite {
        /// The coordinate's value.
        x: f64,
    },
    /// A scale that is not a finite number above 0.
    #[error("the scale {scale} is not a finite number above 0; give the size of a change that matters to f")]
    BadScale {
        /// What was given.
        scale: f64,
    },
    /// A floor that is not a finite number from 0 on.
    #[error(
        "the floor {floor} is not a finite number of at least 0; give the largest error that does not matter"
    )]
    BadFloor {
        /// What was given.
        floor: f64,
    },
    /// The function has no finite values at the point and on both sides of it.
    #[error(
        "f is not finite at {x} and on both sides of it, however near; take a point inside the domain ({doubt})"
    )]
    NoFiniteNeighbours {
        /// The coordinate's value.
        x: f64,
        /// What was seen there.
        doubt: Doubt,
    },
    /// No coordinates were given, or no directions or vectors asked for: a check that finds nothing must not pass.
    #[error("there are no {what}, so nothing would be checked; give one at least")]
    NothingToCheck {
        /// Coordinates, directions or vectors.
        what: &'static str,
    },
    /// A vector of the wrong length.
    #[error("the {what} has {found} entries where {expected} are expected; give one an entry of the {of}")]
    WrongLength {
        /// Which vector.
        what: &'static str,
        /// What it has to match.
        of: &'static str,
        /// The length it should have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
}

pub(crate) fn expect_length(
    what: &'static str,
    of: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::WrongLength { what, of, expected, found }) }
}
