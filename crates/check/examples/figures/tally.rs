//! What became of claims about random functions: the counts behind the README's figures.
//!
//! Invariant: a right coordinate is certified, not told or a false alarm; a planted error is called wrong, certified to no more digits than
//! the claim has, a miss, or not told.

use chainrule_check::{Error, Report, Verdict, check};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::functions::Case;

/// Planted relative errors.
pub(crate) const PLANTED: [f64; 6] = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

/// The counts of one family of functions.
#[derive(Default)]
pub(crate) struct Tally {
    /// Coordinates of right gradients.
    pub(crate) right: usize,
    /// Right ones that are called wrong, or certified where there is no derivative.
    pub(crate) alarms: usize,
    /// Right ones of which nothing is told.
    pub(crate) untold: usize,
    /// To how many digits the others are certified.
    pub(crate) digits: Vec<u32>,
    /// Planted errors that are certified to more digits than they have.
    pub(crate) misses: usize,
    /// Of each size of planted errors: called wrong.
    pub(crate) found: [usize; PLANTED.len()],
    /// Of each size of planted errors: certified to no more digits than they have.
    pub(crate) truthful: [usize; PLANTED.len()],
}

impl Tally {
    /// Counts the verdicts on the right gradient.
    pub(crate) fn right(&mut self, case: &Case) -> Result<(), Error> {
        for (i, finding) in report(case, &case.gradient)?.findings().iter().enumerate() {
            let has_derivative = !(case.is_kinked && i == 0);
            self.right += 1;
            match finding.verdict {
                Verdict::Agrees { digits } if has_derivative => self.digits.push(digits),
                Verdict::CannotTell { .. } => self.untold += 1,
                _ => self.alarms += 1,
            }
        }
        Ok(())
    }

    /// Counts the verdict on the error that was planted at a place: the k-th size of them.
    pub(crate) fn planted(
        &mut self,
        case: &Case,
        k: usize,
        place: usize,
        claimed: &[f64],
    ) -> Result<(), Error> {
        match report(case, claimed)?.findings()[place].verdict {
            Verdict::Wrong { .. } => self.found[k] += 1,
            // The claim itself is rounded, by some ulps.
            Verdict::Agrees { digits } if 0.1_f64.powf(f64::from(digits)) < 0.999 * PLANTED[k] => {
                self.misses += 1;
            }
            Verdict::Agrees { .. } => self.truthful[k] += 1,
            _ => {}
        }
        Ok(())
    }
}

/// A claim with the k-th error in one coordinate, and which.
pub(crate) fn plant(case: &Case, k: usize, random: &mut ChaCha8Rng) -> (usize, Vec<f64>) {
    let place = random.random_range(0..case.x.len());
    let mut claimed = case.gradient.clone();
    claimed[place] *= if random.random_bool(0.5) { 1.0 + PLANTED[k] } else { 1.0 - PLANTED[k] };
    (place, claimed)
}

fn report(case: &Case, claimed: &[f64]) -> Result<Report, Error> {
    check(&case.f, |_: &[f64]| claimed).at(&case.x)
}
