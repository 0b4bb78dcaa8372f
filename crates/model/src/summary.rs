//! A fit as a table: for the terminal by `Display`, for machines by serde (feature `serde`).
//!
//! Invariant: nothing is computed here but what stands in a column; what is withheld is left out, with the reason.

use std::fmt;

use chainrule_data::one_line;

use crate::certificate::Certificate;
use crate::fit::Fit;

/// The level of the intervals in the table.
const LEVEL: f64 = 0.95;

/// The coefficients and the figures of a fit.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// What the labels say.
    pub target: String,
    /// The label whose probability is modelled.
    pub event: String,
    /// What was added to the mean log-loss, as text: `none`, `l2:` with λ, or `firth`.
    pub penalty: String,
    /// The number of examples, weights counted.
    pub total_weight: f64,
    /// One row a coefficient, the intercept's first.
    pub rows: Vec<Row>,
    /// Why there are no standard errors, if there are none.
    pub withheld: Option<String>,
    /// −Σᵢ cᵢ·L⁽ⁱ⁾
    pub log_likelihood: f64,
    /// −2·log-likelihood
    pub deviance: f64,
    /// That of the intercept alone, with the offset if there is one.
    pub null_deviance: f64,
    /// Akaike's criterion, unless withheld.
    pub aic: Option<f64>,
    /// The Bayesian criterion, unless withheld.
    pub bic: Option<f64>,
    /// Why there are no information criteria, if there are none.
    pub criteria_withheld: Option<String>,
    /// 1 − log-likelihood / null log-likelihood
    pub mcfadden_r2: f64,
    /// Proven bounds, if there are any.
    pub certificate: Option<Certificate>,
    /// J
    pub objective: f64,
    /// ‖∇J‖
    pub gradient_norm: f64,
    /// Steps over all examples.
    pub iterations: usize,
    /// Whether this is an optimum.
    pub converged: bool,
}

/// A coefficient in a [`Summary`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Row {
    /// The feature's name; `(intercept)` for the intercept.
    pub name: String,
    /// βⱼ
    pub coefficient: f64,
    /// Standard error and what follows from it, unless withheld.
    pub wald: Option<Wald>,
}

/// What stands beside a coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Wald {
    /// sⱼ
    pub standard_error: f64,
    /// βⱼ/sⱼ
    pub z: f64,
    /// How probable so large a |z| is where the true coefficient is 0.
    pub p: f64,
    /// The ends of the 95 % interval.
    pub interval: (f64, f64),
}

impl Summary {
    pub(crate) fn of(fit: &Fit) -> Self {
        let names = fit.feature_names().iter().map(|name| one_line(name));
        let names = std::iter::once("(intercept)".to_owned()).chain(names);
        let coefficients = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
        let wald = wald(fit);
        let row = |(at, (name, coefficient))| Row { name, coefficient, wald: wald.get(at).copied() };
        Summary {
            target: one_line(fit.target()),
            event: one_line(&fit.classes().event),
            penalty: fit.penalty().to_string(),
            total_weight: fit.total_weight(),
            rows: names.zip(coefficients).enumerate().map(row).collect(),
            withheld: fit.inference().err().map(|withheld| withheld.to_string()),
            log_likelihood: fit.log_likelihood(),
            deviance: fit.deviance(),
            null_deviance: fit.null_deviance(),
            aic: fit.aic().ok(),
            bic: fit.bic().ok(),
            criteria_withheld: fit.aic().err().map(|withheld| withheld.to_string()),
            mcfadden_r2: fit.mcfadden_r2(),
            certificate: fit.certificate().cloned(),
            objective: fit.objective(),
            gradient_norm: fit.gradient_norm(),
            iterations: fit.iterations(),
            converged: fit.converged(),
        }
    }
}

impl Summary {
    /// What a reader has to know of the method.
    fn by(&self) -> String {
        match self.penalty.as_str() {
            "none" => String::new(),
            "firth" => ", Firth's bias-reduced likelihood".to_owned(),
            penalty => format!(", penalty {penalty}"),
        }
    }
}

/// The columns beside the coefficients; none if they are withheld.
fn wald(fit: &Fit) -> Vec<Wald> {
    let Ok(inference) = fit.inference() else { return Vec::new() };
    let errors = inference.standard_errors().into_iter().zip(inference.z());
    let rest = inference.p().into_iter().zip(inference.confidence_intervals(LEVEL));
    let wald = |((standard_error, z), (p, interval))| Wald { standard_error, z, p, interval };
    errors.zip(rest).map(wald).collect()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        writeln!(f, "P({} = {}) by logistic regression{}\n", self.target, self.event, self.by())?;
        if self.withheld.is_none() {
            let (coefficient, error) = ("coefficient", "std error");
            let rest = format!("{error:>11}  {:>8}  {:>8}  95% interval", "z", "p");
            writeln!(f, "  {:<width$}  {coefficient:>24}  {rest}", "")?;
        }
        for Row { name, coefficient, wald } in &self.rows {
            write!(f, "  {name:<width$}  {coefficient:>24.16e}")?;
            if let Some(Wald { standard_error, z, p, interval: (lower, upper) }) = wald {
                write!(f, "  {standard_error:>11.4e}  {z:>8.3}  {p:>8.2e}  [{lower:.4e}, {upper:.4e}]")?;
            }
            writeln!(f)?;
        }
        if let Some(withheld) = &self.withheld {
            writeln!(f, "\n  {withheld}")?;
        }
        write!(
            f,
            "\n  log-likelihood {:.6}, deviance {:.6} (intercept alone {:.6}), ",
            self.log_likelihood, self.deviance, self.null_deviance
        )?;
        if let (Some(aic), Some(bic)) = (self.aic, self.bic) {
            write!(f, "AIC {aic:.6}, BIC {bic:.6}, ")?;
        }
        writeln!(f, "McFadden R² {:.4}", self.mcfadden_r2)?;
        // One reason is said once.
        if let Some(reason) =
            self.criteria_withheld.as_ref().filter(|_| self.criteria_withheld != self.withheld)
        {
            writeln!(f, "  {reason}")?;
        }
        if let Some(bounds) = &self.certificate {
            writeln!(f, "  {bounds}")?;
        }
        let state = if self.converged { "converged" } else { "not converged" };
        write!(
            f,
            "  objective {:.16e}, gradient norm {:.1e}, {} iterations, {state}",
            self.objective, self.gradient_norm, self.iterations
        )
    }
}
