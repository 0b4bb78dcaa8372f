//! A claimed gradient held against differences of the function, by coordinates or along random directions.
//!
//! Invariant: the claim is evaluated once, at the point; everything else is values of f.

use crate::derivative::Derivative;
use crate::error::{Error, expect_length};
use crate::gradient::{along_axis, moved};
use crate::options::Check;
use crate::place::Place;
use crate::random::Directions;
use crate::report::{Finding, Report};
use crate::scales::estimate;

/// A function and what is claimed to be its gradient.
#[derive(Clone, Debug)]
pub struct Gradient<F, G> {
    f: F,
    gradient: G,
}

/// A check of a gradient: `gradient(x)[i]` is claimed to be ∂f/∂xᵢ at x.
///
/// ```
/// use chainrule_check::{Fault, Verdict, check};
///
/// let f = |x: &[f64]| x[0].sin() * x[1];
/// let claim = |x: &[f64]| [x[0].cos() * x[1], -x[0].sin()]; // one sign too many
///
/// let report = check(f, claim).at(&[1.0, 2.0])?;
/// assert!(matches!(report.findings()[0].verdict, Verdict::Agrees { digits: 9.. }));
/// assert_eq!(report.findings()[1].verdict, Verdict::Wrong { fault: Fault::Sign });
/// # Ok::<(), chainrule_check::Error>(())
/// ```
pub fn check<F, G, C>(f: F, gradient: G) -> Check<Gradient<F, G>>
where
    F: Fn(&[f64]) -> f64,
    G: Fn(&[f64]) -> C,
    C: AsRef<[f64]>,
{
    Check::new(Gradient { f, gradient })
}

impl<F, G, C> Check<Gradient<F, G>>
where
    F: Fn(&[f64]) -> f64,
    G: Fn(&[f64]) -> C,
    C: AsRef<[f64]>,
{
    /// A verdict for every coordinate at x. Some 190 to 240 evaluations of f a coordinate, more where differences are in trouble.
    ///
    /// # Errors
    /// [`Error::PointNotFinite`], [`Error::BadScale`], [`Error::BadFloor`], [`Error::WrongLength`] unless the claim has as
    /// many entries as the point. A wrong claim is no error here; see [`Report::agree_to`].
    pub fn at(&self, x: &[f64]) -> Result<Report, Error> {
        let claimed = self.claims(x)?;
        let finding = |(i, &claimed): (usize, &f64)| {
            let expected = estimate(along_axis(&self.kind.f, x, i), x[i], self.scale(i));
            Finding::new(Place::Coordinate(i), claimed, &expected, self.floor)
        };
        Ok(Report::new(claimed.as_ref().iter().enumerate().map(finding).collect(), x))
    }

    /// A verdict for each of several random directions v at x, with claim gradient(x)·v: for points of so many coordinates that
    /// [`at`](Self::at) takes too long. Every coordinate weighs in with 1/2 to 1 of its scale, so an error in one of n shows
    /// about √n times smaller.
    ///
    /// ```
    /// use chainrule_check::check;
    ///
    /// let x: Vec<f64> = (0..1000).map(|i| f64::from(i) / 500.0).collect();
    /// let f = |x: &[f64]| x.iter().map(|x| x.sin()).sum();
    /// let mut gradient: Vec<f64> = x.iter().map(|x| x.cos()).collect();
    /// assert!(check(f, |_| gradient.clone()).along(&x, 3)?.agree_to(8).is_ok());
    ///
    /// gradient[123] *= 1.0001;
    /// assert!(check(f, |_| gradient.clone()).along(&x, 3)?.wrong().count() == 3);
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub fn along(&self, x: &[f64], directions: usize) -> Result<Report, Error> {
        self.validate_random(x, "directions", directions)?;
        let claimed = self.claims(x)?;
        let claimed = claimed.as_ref();
        let mut random = Directions::new(self.seed);
        let finding = |k| {
            let direction = random.next(x.iter().enumerate().map(|(i, &x)| self.scale_or_default(i, x)));
            let products = || claimed.iter().zip(&direction).map(|(g, v)| g * v);
            // Adding up the claim rounds too, and that is not the claim's fault.
            let rounding = f64::EPSILON * products().map(f64::abs).sum::<f64>() * claimed.len() as f64;
            let expected = estimate(|t| (self.kind.f)(&moved(x, &direction, t)), 0.0, Some(1.0))
                .map(|expected| Derivative { error: expected.error + rounding, ..expected });
            Finding::new(Place::Direction(k), products().sum(), &expected, self.floor)
        };
        Ok(Report::new((0..directions).map(finding).collect(), &[]))
    }

    fn claims(&self, x: &[f64]) -> Result<C, Error> {
        self.validate(x)?;
        let claimed = (self.kind.gradient)(x);
        expect_length("claimed gradient", "point", x.len(), claimed.as_ref().len())?;
        Ok(claimed)
    }
}
