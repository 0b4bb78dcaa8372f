//! Derivatives of a function of several variables, one coordinate or one direction at a time.
//!
//! Invariant: the function is only ever evaluated on vectors of the point's own length.

use crate::derivative::{Derivative, derivative, derivative_at_scale, expect_finite};
use crate::error::{Error, expect_length};

/// ∂f/∂xᵢ for every coordinate, each with its error.
///
/// ```
/// let g = chainrule_check::gradient(|x| x[0] * x[1].sin(), &[2.0, 0.5])?;
/// assert!((g[0].value - 0.5_f64.sin()).abs() <= g[0].error);
/// assert!((g[1].value - 2.0 * 0.5_f64.cos()).abs() <= g[1].error);
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// Those of [`derivative`], of the first coordinate that has one.
pub fn gradient(f: impl Fn(&[f64]) -> f64, x: &[f64]) -> Result<Vec<Derivative>, Error> {
    (0..x.len()).map(|i| derivative(along_axis(&f, x, i), x[i])).collect()
}

/// The derivative of f at x along a direction, which need not have length 1: d/dt f(x + t·direction) at t = 0.
///
/// ```
/// let d = chainrule_check::directional(|x| x[0] * x[1], &[2.0, 3.0], &[1.0, -1.0])?;
/// assert!((d.value - 1.0).abs() <= d.error); // 3·1 + 2·(−1)
/// # Ok::<(), chainrule_check::Error>(())
/// ```
///
/// # Errors
/// Those of [`derivative`], and [`Error::WrongLength`].
pub fn directional(f: impl Fn(&[f64]) -> f64, x: &[f64], direction: &[f64]) -> Result<Derivative, Error> {
    expect_length("direction", "point", x.len(), direction.len())?;
    x.iter().try_for_each(|&x| expect_finite(x))?;
    let scales = x.iter().zip(direction).filter(|(_, d)| **d != 0.0).map(|(x, d)| x.abs().max(1.0) / d.abs());
    // Steps in t that move the first coordinate to do so by its own size: smaller ones may be lost in its rounding.
    let scale = scales.fold(f64::INFINITY, f64::min);
    let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
    derivative_at_scale(|t| f(&moved(x, direction, t)), 0.0, scale)
}

/// f as a function of coordinate i alone.
pub(crate) fn along_axis<Y>(f: impl Fn(&[f64]) -> Y, x: &[f64], i: usize) -> impl FnMut(f64) -> Y {
    let mut point = x.to_vec();
    move |value| {
        point[i] = value;
        f(&point)
    }
}

/// x + t·direction.
pub(crate) fn moved(x: &[f64], direction: &[f64], t: f64) -> Vec<f64> {
    x.iter().zip(direction).map(|(x, d)| x + t * d).collect()
}
