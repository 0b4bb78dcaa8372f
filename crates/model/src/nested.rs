//! Two fits of the same examples, one with some of the other's features: is the larger one worth it?
//!
//! If the coefficients of the k features left out are 0, twice the difference of the log-likelihoods is about χ² with k degrees of freedom (Wilks, *Annals of Mathematical
//! Statistics* 9, 1938).
//!
//! Invariant: both are maxima of the likelihood of the same labels.

use crate::distributions::chi_squared_tail;
use crate::error::Error;
use crate::fit::Fit;

/// A likelihood-ratio test.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LikelihoodRatio {
    /// Twice the difference of the log-likelihoods, the difference of the deviances.
    pub statistic: f64,
    /// How many features the smaller fit lacks.
    pub degrees_of_freedom: usize,
    /// How probable so large a statistic is where their coefficients are 0.
    pub p: f64,
}

impl Fit {
    /// Tests this fit against one of the same examples with some of its features alone.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let data = spector()?.dataset;
    /// let full = LogisticRegression::new().fit(&data)?;
    /// let nested = LogisticRegression::new().fit(&data.with_columns(&["GPA", "TUCE"])?)?;
    /// let test = full.likelihood_ratio_test(&nested)?;
    /// assert_eq!(test.degrees_of_freedom, 1);
    /// assert!((test.statistic - 6.20).abs() < 0.01 && (test.p - 0.0128).abs() < 1e-4);
    /// # Ok::<(), chainrule_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotNested`] if the other fit has a feature that this one has not, or as many, if either is no maximum of the likelihood, or if they are not of the
    /// same examples as far as their null deviances and weights tell.
    pub fn likelihood_ratio_test(&self, nested: &Fit) -> Result<LikelihoodRatio, Error> {
        self.check_nested(nested)?;
        let degrees_of_freedom = self.feature_names().len() - nested.feature_names().len();
        // Rounding may leave the smaller fit ahead by nothing.
        let statistic = (nested.deviance() - self.deviance()).max(0.0);
        let p = chi_squared_tail(statistic, degrees_of_freedom);
        Ok(LikelihoodRatio { statistic, degrees_of_freedom, p })
    }

    fn check_nested(&self, nested: &Fit) -> Result<(), Error> {
        /// Null deviances of the same examples differ by rounding.
        const SAME: f64 = 1e-9;
        let near = |one: f64, other: f64| (one - other).abs() <= SAME * one.abs();
        if !(self.is_maximum_likelihood() && nested.is_maximum_likelihood()) {
            return Err(Error::NotNested {
                reason: "both have to be maxima of the likelihood, without penalty, and not to a tolerance alone",
            });
        }
        let are_same = near(self.total_weight(), nested.total_weight())
            && near(self.null_deviance(), nested.null_deviance());
        if !are_same {
            return Err(Error::NotNested { reason: "they are not of the same examples" });
        }
        let known = self.feature_names();
        let is_part = nested.feature_names().iter().all(|name| known.contains(name));
        if !is_part || nested.feature_names().len() >= known.len() {
            return Err(Error::NotNested {
                reason: "the smaller one's features have to be some of the larger one's, and fewer",
            });
        }
        Ok(())
    }
}
