//! A claimed Jacobian held against differences of a vector-valued function.
//!
//! Invariant: f is evaluated once at each point, however many outputs it has.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::error::{Error, expect_length};
use crate::gradient::along_axis;
use crate::options::Check;
use crate::place::Place;
use crate::report::{Finding, Report};
use crate::scales::estimate;

/// A function with several outputs and what is claimed to be its Jacobian.
#[derive(Clone, Debug)]
pub struct Jacobian<F, J> {
    f: F,
    jacobian: J,
}

/// A check of a Jacobian: `jacobian(x)[i][j]` is claimed to be ∂fᵢ/∂xⱼ at x.
///
/// ```
/// use chainrule_check::check_jacobian;
///
/// let polar = |x: &[f64]| [x[0] * x[1].cos(), x[0] * x[1].sin()];
/// let claim = |x: &[f64]| vec![vec![x[1].cos(), -x[0] * x[1].sin()], vec![x[1].sin(), x[0] * x[1].cos()]];
/// assert!(check_jacobian(polar, claim).at(&[2.0, 0.7])?.agree_to(9).is_ok());
///
/// let transposed = |x: &[f64]| vec![vec![x[1].cos(), x[1].sin()], vec![-x[0] * x[1].sin(), x[0] * x[1].cos()]];
/// let report = check_jacobian(polar, transposed).at(&[2.0, 0.7])?;
/// assert!(report.to_string().contains("transposed with [1][0]"));
/// # Ok::<(), chainrule_check::Error>(())
/// ```
pub fn check_jacobian<F, J, Y>(f: F, jacobian: J) -> Check<Jacobian<F, J>>
where
    F: Fn(&[f64]) -> Y,
    J: Fn(&[f64]) -> Vec<Vec<f64>>,
    Y: AsRef<[f64]>,
{
    Check::new(Jacobian { f, jacobian })
}

impl<F, J, Y> Check<Jacobian<F, J>>
where
    F: Fn(&[f64]) -> Y,
    J: Fn(&[f64]) -> Vec<Vec<f64>>,
    Y: AsRef<[f64]>,
{
    /// A verdict for every entry at x, row by row. Some 190 to 240 evaluations of f a coordinate.
    ///
    /// # Errors
    /// As for a gradient; [`Error::WrongLength`] unless the claim has one row an output, each with one entry a coordinate.
    pub fn at(&self, x: &[f64]) -> Result<Report, Error> {
        self.validate(x)?;
        let claimed = (self.kind.jacobian)(x);
        expect_length("claimed Jacobian", "outputs", (self.kind.f)(x).as_ref().len(), claimed.len())?;
        if claimed.is_empty() {
            return Err(Error::NothingToCheck { what: "outputs" });
        }
        Ok(Report::new(entries(self, &self.kind.f, &claimed, x)?, x))
    }
}

/// A finding for every entry of a matrix of claims about f.
pub(crate) fn entries<K, Y: AsRef<[f64]>>(
    check: &Check<K>,
    f: impl Fn(&[f64]) -> Y,
    claimed: &[Vec<f64>],
    x: &[f64],
) -> Result<Vec<Finding>, Error> {
    for row in claimed {
        expect_length("row of claims", "point", x.len(), row.len())?;
    }
    let column = |j| derivatives(along_axis(&f, x, j), x[j], claimed.len(), check.scale(j));
    let columns: Vec<_> = (0..x.len()).map(column).collect();
    let finding = |row: usize, column: usize, claimed: f64| {
        Finding::new(Place::Entry { row, column }, claimed, &columns[column][row], check.floor)
    };
    let row = |(i, row): (usize, &Vec<f64>)| -> Vec<Finding> {
        row.iter().enumerate().map(|(j, &claimed)| finding(i, j, claimed)).collect()
    };
    Ok(claimed.iter().enumerate().flat_map(row).collect())
}

/// The derivative of every output of a function of one variable.
pub(crate) fn derivatives<Y: AsRef<[f64]>>(
    mut f: impl FnMut(f64) -> Y,
    x: f64,
    outputs: usize,
    scale: Option<f64>,
) -> Vec<Result<Derivative, Doubt>> {
    let seen: RefCell<HashMap<u64, Y>> = RefCell::default();
    let mut output = |i: usize, t: f64| {
        let mut seen = seen.borrow_mut();
        let y = seen.entry(t.to_bits()).or_insert_with(|| f(t));
        y.as_ref().get(i).copied().unwrap_or(f64::NAN)
    };
    (0..outputs).map(|i| estimate(|t| output(i, t), x, scale)).collect()
}
