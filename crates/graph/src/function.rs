//! Gradients and Hessians of plain Rust functions, as one-liners.
//!
//! Invariant: nothing is differentiated here; these are the tape and the dual number, composed.

use crate::dual::Dual;
use crate::error::Error;
use crate::tape::{Tape, Var};

/// f(x) and ∇f(x), of as many coordinates as `x`, by one recording and one reverse sweep.
///
/// A function that is generic over [`Real`](crate::Real) is passed in a closure, which fixes its type:
///
/// ```
/// use chainrule_graph::{Real, value_and_gradient};
///
/// /// Rosenbrock's valley.
/// fn rosenbrock<R: Real>(x: &[R]) -> R {
///     let across = x[1].clone() - x[0].powi(2);
///     (R::constant(1.0) - &x[0]).powi(2) + R::constant(100.0) * across.powi(2)
/// }
///
/// let (value, gradient) = value_and_gradient(|x| rosenbrock(x), &[-1.0, 2.0])?;
/// assert_eq!(value, 104.0);
/// assert_eq!(gradient, [396.0, 200.0]);
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// The error that poisoned the result, if `f` uses variables of another tape.
pub fn value_and_gradient(
    f: impl for<'t> FnOnce(&[Var<'t>]) -> Var<'t>,
    x: &[f64],
) -> Result<(f64, Vec<f64>), Error> {
    let tape = Tape::new();
    let variables: Vec<Var<'_>> = x.iter().map(|&value| tape.var(value)).collect();
    let output = f(&variables);
    let adjoints = tape.gradient(&output)?;
    let gradient =
        variables.iter().map(|variable| adjoints.get_var(variable).copied()).collect::<Result<_, _>>()?;
    Ok((output.value(), gradient))
}

/// The Hessian ∂²f/∂xᵢ∂xⱼ as n rows of n, by a reverse sweep over dual numbers for each row.
///
/// ```
/// use chainrule_graph::{Real, hessian};
///
/// let h = hessian(|x| x[0] * x[0] * x[1] + x[1].exp(), &[3.0, 0.0])?;
/// assert_eq!(h, [[0.0, 6.0], [6.0, 1.0]]); // [[2·x₁, 2·x₀], [2·x₀, e^x₁]]
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// As [`value_and_gradient`].
pub fn hessian(
    f: impl for<'t> Fn(&[Var<'t, Dual<f64>>]) -> Var<'t, Dual<f64>>,
    x: &[f64],
) -> Result<Vec<Vec<f64>>, Error> {
    (0..x.len()).map(|row| hessian_row(&f, x, row)).collect()
}

/// The Hessian times the unit vector of `row`: the tangents of the gradient in that direction.
fn hessian_row(
    f: impl for<'t> Fn(&[Var<'t, Dual<f64>>]) -> Var<'t, Dual<f64>>,
    x: &[f64],
    row: usize,
) -> Result<Vec<f64>, Error> {
    let tape = Tape::new();
    let seed = |(place, &value)| if place == row { Dual::variable(value) } else { Dual::fixed(value) };
    let variables: Vec<_> = x.iter().enumerate().map(|x| tape.var(seed(x))).collect();
    let adjoints = tape.gradient(&f(&variables))?;
    variables.iter().map(|variable| adjoints.get_var(variable).map(|adjoint| adjoint.tangent)).collect()
}
