//! The plane that separates two classes.
//!
//! A unit vector n and an offset o make the hyperplane n·x + o = 0; n·x + o is the signed Euclidean
//! distance of x from it, positive on the side of the events.
//!
//! Invariant: n has length 1 up to rounding, at least one component, and finite components.

use crate::Error;
use nalgebra::DVector;

/// A hyperplane n·x + o = 0 with unit normal n, the events on its positive side.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hyperplane {
    /// The unit normal n (d), pointing towards the events.
    pub normal: DVector<f64>,
    /// The offset o, in the unit of the features.
    pub offset: f64,
}

impl Hyperplane {
    /// The signed distance n·x + o of an example (d features), summed in the order of the features and
    /// the offset last.
    ///
    /// # Errors
    ///
    /// [`Error::ComponentCount`] if the example has another number of features than the normal.
    pub fn signed_distance(&self, example: &[f64]) -> Result<f64, Error> {
        if example.len() == self.normal.len() {
            Ok(self.distance(example))
        } else {
            let (expected, found) = (self.normal.len(), example.len());
            Err(Error::ComponentCount { what: "the example", expected, found })
        }
    }

    /// The signed distance of an example known to have as many features as the normal.
    pub(crate) fn distance(&self, example: &[f64]) -> f64 {
        // A plain loop, since the order of summation decides the bits.
        self.normal.iter().zip(example).map(|(n, x)| n * x).fold(0.0, |sum, term| sum + term) + self.offset
    }

    /// More than what the rounding of a distance can amount to, whatever the order of summation.
    ///
    /// The d + 1 terms sum with an error of at most (d + 1)·u·S/(1 − (d + 1)·u), u = ε/2 and
    /// S = Σ|nⱼ·xⱼ| + |o|; this is twice that and some more, to cover a second order of summation
    /// and the rounding of |n| to 1 as well.
    pub(crate) fn slack(&self, example: &[f64]) -> f64 {
        let size =
            self.normal.iter().zip(example).map(|(n, x)| (n * x).abs()).fold(0.0, |sum, term| sum + term);
        (self.normal.len() + 4) as f64 * f64::EPSILON * (size + self.offset.abs())
    }

    /// Moves an example along the normal by a signed length.
    pub(crate) fn shift(&self, example: &mut [f64], length: f64) {
        for (x, n) in example.iter_mut().zip(self.normal.iter()) {
            *x += length * n;
        }
    }
}
