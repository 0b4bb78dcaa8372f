//! Gradients, Hessians and Jacobians of plain Rust functions, as one-liners.
//!
//! Invariant: nothing is differentiated here; these are the tape and the dual number, composed.

use crate::dual::Dual;
use crate::error::Error;
use crate::gradient::Gradient;
use crate::graph::symmetric;
use crate::real::Real;
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
    let gradient = slopes(&tape.gradient(&output)?, &variables)?.copied().collect();
    Ok((output.value(), gradient))
}

/// The Hessian ∂²f/∂xᵢ∂xⱼ as n rows of n, by a reverse sweep over dual numbers for each row.
///
/// It is symmetric to the bit: what stands above the diagonal is what was computed below.
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
    let mut tape = Tape::new();
    let unit = |row| (0..x.len()).map(move |place| if place == row { 1.0 } else { 0.0 });
    let rows = (0..x.len()).map(|row| tangents_of_gradient(&mut tape, &f, x, unit(row)));
    Ok(symmetric(&rows.collect::<Result<Vec<_>, _>>()?))
}

/// The Hessian times a direction of as many entries as `x`, by one recording and one reverse sweep over dual numbers.
///
/// ```
/// use chainrule_graph::{Real, hessian_vector};
///
/// let product = hessian_vector(|x| x[0] * x[0] * x[1] + x[1].exp(), &[3.0, 0.0], &[1.0, -1.0])?;
/// assert_eq!(product, [-6.0, 5.0]); // [[0, 6], [6, 1]]·(1, −1)
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// As [`value_and_gradient`]; [`Error::WrongLength`] for a direction of another length than `x`.
pub fn hessian_vector(
    f: impl for<'t> Fn(&[Var<'t, Dual<f64>>]) -> Var<'t, Dual<f64>>,
    x: &[f64],
    direction: &[f64],
) -> Result<Vec<f64>, Error> {
    if x.len() != direction.len() {
        return Err(Error::WrongLength { what: "direction", expected: x.len(), found: direction.len() });
    }
    tangents_of_gradient(&mut Tape::new(), f, x, direction.iter().copied())
}

/// The Jacobian ∂fᵢ/∂xⱼ of several outputs, a row for each, by one recording and a reverse sweep for each output.
///
/// ```
/// use chainrule_graph::{Real, jacobian};
///
/// let j = jacobian(|x| vec![x[0] * x[1], x[1].exp()], &[3.0, 0.0])?;
/// assert_eq!(j, [[0.0, 3.0], [0.0, 1.0]]); // [[x₁, x₀], [0, e^x₁]]
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// As [`value_and_gradient`].
pub fn jacobian(
    f: impl for<'t> FnOnce(&[Var<'t>]) -> Vec<Var<'t>>,
    x: &[f64],
) -> Result<Vec<Vec<f64>>, Error> {
    let tape = Tape::new();
    let variables: Vec<Var<'_>> = x.iter().map(|&value| tape.var(value)).collect();
    f(&variables)
        .iter()
        .map(|output| Ok(slopes(&tape.gradient(output)?, &variables)?.copied().collect()))
        .collect()
}

/// The Hessian times a direction: the gradient's tangents when x moves that way.
fn tangents_of_gradient(
    tape: &mut Tape<Dual<f64>>,
    f: impl for<'t> Fn(&[Var<'t, Dual<f64>>]) -> Var<'t, Dual<f64>>,
    x: &[f64],
    direction: impl Iterator<Item = f64>,
) -> Result<Vec<f64>, Error> {
    tape.clear();
    let moving = x.iter().zip(direction).map(|(&value, tangent)| tape.var(Dual::new(value, tangent)));
    let variables: Vec<_> = moving.collect();
    let adjoints = tape.gradient(&f(&variables))?;
    Ok(slopes(&adjoints, &variables)?.map(|adjoint| adjoint.tangent).collect())
}

/// The adjoints of variables.
fn slopes<'g, R: Real>(
    gradient: &'g Gradient<R>,
    variables: &[Var<'_, R>],
) -> Result<impl Iterator<Item = &'g R>, Error> {
    let slopes: Vec<&R> =
        variables.iter().map(|variable| gradient.get_var(variable)).collect::<Result<_, _>>()?;
    Ok(slopes.into_iter())
}
