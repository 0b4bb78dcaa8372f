//! What is added to the mean log-loss.
//!
//! Invariant: an L2 penalty that is used has a λ that is finite and not negative.

use std::fmt;
use std::str::FromStr;

use chainrule_data::shown;

use crate::error::Error;

/// A penalty on the weights; the intercept is never penalised.
///
/// As text it is `none`, `l2:` with λ, or `firth`:
///
/// ```
/// use chainrule_model::Penalty;
///
/// assert_eq!("l2:0.01".parse(), Ok(Penalty::L2(0.01)));
/// assert_eq!(Penalty::Firth.to_string(), "firth");
/// assert!("lasso".parse::<Penalty>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Penalty {
    /// No penalty: maximum likelihood.
    #[default]
    None,
    /// λ/2·‖w‖², added to the *mean* log-loss.
    L2(f64),
    /// Half the logarithm of the information's determinant, taken off the log-likelihood's loss (Firth, *Biometrika* 80, 1993): takes off the
    /// coefficients' bias of order 1/m, and is finite on separated data.
    ///
    /// It has a solver of its own, which goes on as long as rounding lets it; to ask for another one, or for a tolerance, is an error.
    ///
    /// ```
    /// use chainrule_data::Separable;
    /// use chainrule_model::{LogisticRegression, Penalty};
    ///
    /// let made = Separable::new(100, 2).margin(0.2).seed(1).generate()?;
    /// let fit = LogisticRegression::new().penalty(Penalty::Firth).fit(&made.dataset)?;
    /// assert!(fit.coefficients().iter().all(|w| w.abs() < 50.0)); // by maximum likelihood they would grow for ever
    /// # Ok::<(), chainrule_model::Error>(())
    /// ```
    Firth,
}

impl Penalty {
    /// λ; 0 where there is none.
    pub(crate) fn lambda(self) -> f64 {
        match self {
            Penalty::None | Penalty::Firth => 0.0,
            Penalty::L2(lambda) => lambda,
        }
    }
}

impl fmt::Display for Penalty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Penalty::None => f.write_str("none"),
            Penalty::L2(lambda) => write!(f, "l2:{lambda}"),
            Penalty::Firth => f.write_str("firth"),
        }
    }
}

/// A text that is no penalty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no penalty; write `none`, `l2:LAMBDA` with a number, or `firth`", shown(.text))]
pub struct ParsePenaltyError {
    text: String,
}

impl FromStr for Penalty {
    type Err = ParsePenaltyError;

    fn from_str(text: &str) -> Result<Self, ParsePenaltyError> {
        let lambda = text.strip_prefix("l2:").and_then(|lambda| lambda.parse().ok());
        match (text, lambda) {
            ("none", _) => Ok(Penalty::None),
            ("firth", _) => Ok(Penalty::Firth),
            (_, Some(lambda)) => Ok(Penalty::L2(lambda)),
            _ => Err(ParsePenaltyError { text: text.to_owned() }),
        }
    }
}

/// A λ, if it is finite and not negative.
pub(crate) fn checked(lambda: f64) -> Result<f64, Error> {
    if lambda.is_finite() && lambda >= 0.0 { Ok(lambda) } else { Err(Error::InvalidPenalty { lambda }) }
}
