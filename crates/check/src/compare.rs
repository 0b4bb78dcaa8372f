//! A claimed gradient held against differences of the function, coordinate by coordinate.
//!
//! Invariant: *agrees* needs two things, a small difference and a difference quotient that is itself known that well; where
//! the second is missing the verdict is *cannot tell*, unless the claim is off by more than all doubt.

use crate::error::Error;
use crate::gradient::{expect_length, partial};
use crate::ridders::Derivative;

/// One coordinate of a claimed gradient beside its estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Which coordinate, counted from 0.
    pub coordinate: usize,
    /// The derivative that was claimed.
    pub claimed: f64,
    /// The derivative by differences.
    pub expected: Derivative,
    /// |claimed − expected| / max(|claimed|, |expected|); 0 if they are equal, NaN if the claim is NaN.
    pub relative_error: f64,
}

/// What can be said of a claimed derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It agrees within the bound, and the differences are known that well.
    Agrees,
    /// It is off by more than the bound and all doubt about the differences.
    Wrong,
    /// The differences are not known well enough to say either.
    CannotTell,
}

impl Comparison {
    /// The verdict at a bound on the relative error.
    ///
    /// ```
    /// use chainrule_check::{Verdict, compare};
    ///
    /// let f = |x: &[f64]| x[0].exp();
    /// let right = compare(f, &[1.0_f64.exp()], &[1.0])?;
    /// assert_eq!(right[0].verdict(1e-9), Verdict::Agrees);
    /// let wrong = compare(f, &[-1.0_f64.exp()], &[1.0])?;
    /// assert_eq!(wrong[0].verdict(1e-9), Verdict::Wrong);
    /// // No difference quotient in f64 is good to 1e-17.
    /// assert_eq!(right[0].verdict(1e-17), Verdict::CannotTell);
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    pub fn verdict(&self, bound: f64) -> Verdict {
        if !self.claimed.is_finite() {
            return Verdict::Wrong; // the estimate is finite
        }
        let scale = self.claimed.abs().max(self.expected.value.abs());
        let off = (self.claimed - self.expected.value).abs();
        if off > bound * scale + self.expected.error {
            Verdict::Wrong
        } else if off <= bound * scale && self.expected.error <= bound * scale {
            Verdict::Agrees
        } else {
            Verdict::CannotTell
        }
    }
}

/// Compares a claimed gradient of f at x with differences.
///
/// # Errors
/// Those of [`derivative`](crate::derivative), of the first coordinate that has one; [`Error::WrongLength`] unless there is
/// one claim a coordinate.
pub fn compare(f: impl Fn(&[f64]) -> f64, claimed: &[f64], x: &[f64]) -> Result<Vec<Comparison>, Error> {
    expect_length("claimed gradient", x.len(), claimed.len())?;
    let mut point = x.to_vec();
    claimed
        .iter()
        .enumerate()
        .map(|(coordinate, &claimed)| {
            let expected = partial(&f, &mut point, coordinate)?;
            let relative_error = relative_error(claimed, expected.value);
            Ok(Comparison { coordinate, claimed, expected, relative_error })
        })
        .collect()
}

fn relative_error(claimed: f64, expected: f64) -> f64 {
    if claimed == expected {
        return 0.0;
    }
    (claimed - expected).abs() / claimed.abs().max(expected.abs())
}
