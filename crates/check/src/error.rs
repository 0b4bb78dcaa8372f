//! Everything that keeps a derivative from being estimated.
//!
//! Invariant: an error names the coordinate or vector, the place, and what to do.

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
    /// A first step that is not a finite number above 0.
    #[error("the first step {step} is not a finite number above 0; give one on the scale on which f changes")]
    BadStep {
        /// What was given.
        step: f64,
    },
    /// The function has no finite values on both sides of the point, however near.
    #[error("f is not finite on both sides of {x}, however near; take a point inside the domain")]
    NoFiniteNeighbours {
        /// The coordinate's value.
        x: f64,
    },
    /// A vector of the wrong length.
    #[error("the {what} has {found} entries where the point has {expected}; give one an entry of the point")]
    WrongLength {
        /// Which vector.
        what: &'static str,
        /// The point's length.
        expected: usize,
        /// The vector's length.
        found: usize,
    },
}
