//! The derivative of a function of one variable, with an error estimate.
//!
//! How it is found: quotients at one step ([`stencil`](crate::stencil)), a table of them extrapolated ([`ridders`](crate::ridders)), four
//! tables at one scale ([`tables`](crate::tables)), and the scale that suits f ([`scales`](crate::scales)).
//!
//! What f's values are coarse by is found first ([`coarseness`](crate::coarseness)).
//!
//! What cannot be seen: a feature narrower than the last steps, a few 10⁻⁵ of the scale, that leaves the values by which noise is
//! measured alone.
//!
//! Invariant: a value never comes without its error.

use crate::doubt::Doubt;
use crate::error::Error;
use crate::scales::estimate;

/// Below this order of closing, differences are not those of a smooth function: half-way between 1 and 2.
const SMOOTH_ORDER: f64 = 1.5;

/// An estimated derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Derivative {
    /// The estimate.
    pub value: f64,
    /// The estimated absolute error: disagreement of neighbouring extrapolations and of the tables, rounding, and what jump
    /// there is between the slopes on either side.
    pub error: f64,
    /// The order at which central differences close: 2 or more for a smooth function; `None` where rounding hides it.
    pub order: Option<f64>,
    /// What the error is mostly made of.
    pub doubt: Doubt,
    /// Whether narrow steps see clearly what wide ones contradict: a ripple where there seemed to be noise, or rounding within f, in which case
    /// the error covers both.
    #[cfg_attr(feature = "json", serde(skip))]
    pub(crate) is_contested: bool,
}

impl Derivative {
    /// A value without any doubt about it.
    pub(crate) fn exactly(value: f64) -> Self {
        Derivative { value, error: 0.0, order: None, doubt: Doubt::NearZero, is_contested: false }
    }

    /// Whether differences are seen not to close at order 2.
    pub fn is_rough(&self) -> bool {
        self.order.is_some_and(|order| order < SMOOTH_ORDER)
    }

    /// Whether rounding or noise is what limits the estimate, so that its error is well known.
    pub(crate) fn is_hidden(&self) -> bool {
        self.doubt == Doubt::NearZero || self.is_noisy()
    }

    pub(crate) fn is_noisy(&self) -> bool {
        matches!(self.doubt, Doubt::Noise { .. })
    }
}

/// f′(x), with the first steps chosen by the scale of x: max(|x|, 1) and fractions of it.
///
/// Some 190 to 240 evaluations where the first scale does, and 190 more, with up to 480 for a finite neighbourhood, on each of up to thirteen
/// others; up
/// to 900 more to tell a kink or a pole from a jump, and up to 1,500 to tell noise from one; a function that does not move at all some 240.
///
/// ```
/// let d = chainrule_check::derivative(f64::exp, 1.0)?;
/// assert!((d.value - 1.0_f64.exp()).abs() <= d.error);
/// assert!(d.error < 1e-10);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// [`Error::PointNotFinite`]; [`Error::NoFiniteNeighbours`] if f is not finite at x and near it on both sides.
pub fn derivative(f: impl FnMut(f64) -> f64, x: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    estimate(f, x, None).map_err(|doubt| Error::NoFiniteNeighbours { x, doubt })
}

/// f′(x) with first steps on a given scale, in the units of x, on which f changes.
///
/// ```
/// // A function that lives on a scale of 10⁻⁶.
/// let d = chainrule_check::derivative_at_scale(|x| (1e6 * x).sin(), 0.0, 1e-6)?;
/// assert!((d.value - 1e6).abs() <= d.error && d.error < 1e-3);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// As [`derivative`], and [`Error::BadScale`].
pub fn derivative_at_scale(f: impl FnMut(f64) -> f64, x: f64, scale: f64) -> Result<Derivative, Error> {
    expect_finite(x)?;
    expect_scale(scale)?;
    estimate(f, x, Some(scale)).map_err(|doubt| Error::NoFiniteNeighbours { x, doubt })
}

pub(crate) fn expect_finite(x: f64) -> Result<(), Error> {
    if x.is_finite() { Ok(()) } else { Err(Error::PointNotFinite { x }) }
}

pub(crate) fn expect_scale(scale: f64) -> Result<(), Error> {
    if scale.is_finite() && scale > 0.0 { Ok(()) } else { Err(Error::BadScale { scale }) }
}
