//! What every kind of check can be told.
//!
//! Invariant: no option makes a verdict *agree*: scales and seeds change where f is looked at, the floor only excuses.

use crate::derivative::expect_scale;
use crate::error::{Error, expect_length};

/// A check that is still to be made, of one kind: a gradient, a Jacobian, a Hessian, products with one.
///
/// Made by [`check`](crate::check), [`check_jacobian`](crate::check_jacobian), [`check_hessian`](crate::check_hessian) and
/// [`check_hessian_vector`](crate::check_hessian_vector).
#[derive(Clone, Debug)]
pub struct Check<K> {
    pub(crate) kind: K,
    pub(crate) scales: Option<Vec<f64>>,
    pub(crate) floor: f64,
    pub(crate) seed: u64,
}

impl<K> Check<K> {
    pub(crate) fn new(kind: K) -> Self {
        Check { kind, scales: None, floor: 0.0, seed: 0 }
    }

    /// The size of a change that matters to f, one a coordinate, in its units. Without it max(|xᵢ|, 1) is tried first,
    /// then others.
    ///
    /// ```
    /// // At 0 nothing else shows that f lives on a scale of 10⁻⁶.
    /// let f = |x: &[f64]| (1e6 * x[0]).sin();
    /// let checked = chainrule_check::check(f, |_: &[f64]| [1e6]).scales(&[1e-6]).at(&[0.0])?;
    /// assert!(checked.agree_to(9).is_ok());
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    #[must_use]
    pub fn scales(mut self, scales: &[f64]) -> Self {
        self.scales = Some(scales.to_vec());
        self
    }

    /// The largest absolute error that does not matter, in the units of the derivative. It *excuses* what is otherwise wrong or not
    /// told, and never certifies anything. 0 unless set.
    ///
    /// ```
    /// // At a minimum no digit of the slope 0 can be certified.
    /// let checked = |floor| chainrule_check::check(|x: &[f64]| x[0].cos(), |_: &[f64]| [0.0]).floor(floor).at(&[0.0]);
    /// assert!(checked(0.0)?.agree_to(9).is_err());
    /// assert!(checked(1e-9)?.agree_to(9).is_ok());
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    #[must_use]
    pub fn floor(mut self, floor: f64) -> Self {
        self.floor = floor;
        self
    }

    /// The seed of the random directions or vectors; the same seed gives the same ones everywhere. 0 unless set.
    ///
    /// ```
    /// let f = |x: &[f64]| x[0] * x[1];
    /// let checked = chainrule_check::check(f, |x: &[f64]| [x[1], x[0]]).seed(7).along(&[2.0, 3.0], 4)?;
    /// assert!(checked.agree_to(9).is_ok());
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// As [`validate`](Self::validate), for so many random directions or vectors.
    pub(crate) fn validate_random(&self, x: &[f64], what: &'static str, number: usize) -> Result<(), Error> {
        if number == 0 { Err(Error::NothingToCheck { what }) } else { self.validate(x) }
    }

    /// The options, found sound for a point.
    pub(crate) fn validate(&self, x: &[f64]) -> Result<(), Error> {
        if x.is_empty() {
            return Err(Error::NothingToCheck { what: "coordinates" });
        }
        if let Some(&x) = x.iter().find(|x| !x.is_finite()) {
            return Err(Error::PointNotFinite { x });
        }
        if !(self.floor.is_finite() && self.floor >= 0.0) {
            return Err(Error::BadFloor { floor: self.floor });
        }
        let Some(scales) = &self.scales else { return Ok(()) };
        expect_length("list of scales", "point", x.len(), scales.len())?;
        scales.iter().try_for_each(|&scale| expect_scale(scale))
    }

    /// The scale of coordinate i, if it was given.
    pub(crate) fn scale(&self, i: usize) -> Option<f64> {
        self.scales.as_ref().and_then(|scales| scales.get(i)).copied()
    }

    /// The scale of coordinate i, given or not.
    pub(crate) fn scale_or_default(&self, i: usize, x: f64) -> f64 {
        self.scale(i).unwrap_or_else(|| x.abs().max(1.0))
    }
}
