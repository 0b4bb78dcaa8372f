//! Derivatives of a function of several variables, one coordinate or one direction at a time.
//!
//! Invariant: the function is only ever evaluated on vectors of the point's own length.

use crate::error::Error;
use crate::ridders::{Derivative, derivative};

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
    let mut point = x.to_vec();
    (0..x.len()).map(|i| partial(&f, &mut point, i)).collect()
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
    expect_length("direction", x.len(), direction.len())?;
    let along = |t: f64| {
        let moved: Vec<f64> = x.iter().zip(direction).map(|(x, d)| x + t * d).collect();
        f(&moved)
    };
    derivative(along, 0.0)
}

/// ∂f/∂xᵢ; the point is as before when it returns.
pub(crate) fn partial(f: impl Fn(&[f64]) -> f64, point: &mut [f64], i: usize) -> Result<Derivative, Error> {
    let x = point[i];
    let result = derivative(
        |moved| {
            point[i] = moved;
            f(point)
        },
        x,
    );
    point[i] = x;
    result
}

pub(crate) fn expect_length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::WrongLength { what, expected, found }) }
}
