//! What is made of where a solver ended: an optimum, proved, or what stands in the way of calling it one.
//!
//! Invariant: a fit that converged has a certificate that reaches what was asked for; what is wrong with any other is named.

use chainrule_data::Dataset;
use nalgebra::{DMatrix, DVector};

use crate::certificate::at_hand;
use crate::certificate::evidence::{Evidence, evidence, evidence_at_hand};
use crate::certificate::narrow::is_narrow;
use crate::certificate::self_concordance::{self, Below};
use crate::certificate::{Certificate, Theorem, strong_convexity};
use crate::collinear::nearly_dependent;
use crate::descent;
use crate::error::{Error, Obstacle};
use crate::firth::Firth;
use crate::fit::{Fit, Known, PROVED_GAP};
use crate::fitting::{Ended, Fitting};
use crate::inference::Withheld;
use crate::information::inverse_root;
use crate::null::Null;
use crate::objective::{Gradient, Objective};
use crate::penalty::Penalty;
use crate::regression::LogisticRegression;
use crate::residuals::condition;
use crate::separation::Separability;
use crate::solver::{MANY_COEFFICIENTS, Outcome, Place, Problem};

/// From this condition number on nearly dependent columns are named as the cause of a proof that fails, and from this distance of a mean from 0, in
/// standard deviations, the column is. By either number n the roundings of coefficients move logits by about the unit roundoff times n and the
/// standardised coefficients, and J by the square of that. At a million this is below 10⁻¹⁹ for coefficients of about 1, far below any gap that is
/// asked for, so below it the cause is another.
const ILL_CONDITIONED: f64 = 1e6;

/// What is known of a point.
struct Findings {
    value: f64,
    mean_loss: f64,
    certificate: Option<Certificate>,
    /// The Hessian of the log-loss by the closed form, if it was needed.
    hessian: Option<DMatrix<f64>>,
}

impl Fitting<'_> {
    /// The fit, or the error that says why it is none.
    pub(crate) fn judged(&self, ended: Ended) -> Result<Fit, Error> {
        let Ended { mut outcome, proof, separability } = ended;
        if !outcome.is_seen {
            outcome.place = self.place(outcome.place.point)?;
        }
        let findings = self.findings(&outcome.place, proof, outcome.obstacle.is_some())?;
        let obstacle = self.obstacle(&outcome, &findings, separability)?;
        let known = Known {
            value: findings.value,
            mean_loss: findings.mean_loss,
            gradient: self.objective.units().gradient_in_given(&outcome.place.gradient),
            penalty: self.regression.penalty,
            converged: obstacle.is_none(),
            covariance_root: self.covariance_root(
                &outcome.place.point,
                obstacle.is_some(),
                findings.hessian,
            )?,
            certificate: findings.certificate,
            null_log_likelihood: self.null.log_likelihood,
        };
        let fit = Fit::new(self.data, &self.objective, outcome, known);
        match obstacle {
            None => Ok(fit),
            Some(obstacle) => Err(Error::NotReached { obstacle, fit: Box::new(fit) }),
        }
    }

    /// What is proved of coefficients of the given columns, by the route of a fit that ended there.
    pub(crate) fn certificate(&self, given: &DVector<f64>) -> Result<Option<Certificate>, Error> {
        let units = self.objective.units();
        let place = self.place(units.standard(given))?;
        let proof = match self.regression.tolerance {
            Some(tolerance) => self.proof_at_hand(&place, self.provable_part(), tolerance * place.value)?,
            None => None,
        };
        let proof = self.findings(&place, proof, false)?.certificate;
        let carried = |proof: Certificate| {
            proof.carried(&self.objective, &units.in_given(&place.point), given).finite()
        };
        Ok(proof.and_then(carried))
    }

    fn place(&self, point: DVector<f64>) -> Result<Place, Error> {
        match self.regression.penalty {
            Penalty::Firth => Place::at(&Firth::new(&self.objective), point),
            _ => Place::at(&self.objective, point),
        }
    }

    fn findings(
        &self,
        place: &Place,
        proof: Option<Certificate>,
        is_obstructed: bool,
    ) -> Result<Findings, Error> {
        let (objective, point) = (&self.objective, &place.point);
        let proof = match (proof, self.regression.tolerance) {
            (None, Some(tolerance)) if !is_obstructed => {
                self.proof_at_hand(place, None, tolerance * place.value)?
            }
            (proof, _) => proof,
        };
        if let Some(proof) = proof {
            let mean_loss = place.value - objective.penalty(point);
            let certificate = Some(self.narrowed(point, &evidence_at_hand(objective, place), proof)?.0);
            return Ok(Findings { value: place.value, mean_loss, certificate, hessian: None });
        }
        let evidence = evidence(objective, point);
        let mean_loss = evidence.mean_loss;
        if self.regression.penalty == Penalty::Firth {
            let certificate = Some(Certificate::of_stationarity(objective, &place.gradient));
            return Ok(Findings { value: place.value, mean_loss, certificate, hessian: None });
        }
        let (certificate, hessian) = self.certified(point, &evidence, is_obstructed)?;
        Ok(Findings { value: evidence.value, mean_loss, certificate, hessian })
    }

    /// The certificate of a point, and the Hessian if it was needed.
    fn certified(
        &self,
        point: &DVector<f64>,
        evidence: &Evidence,
        is_obstructed: bool,
    ) -> Result<(Option<Certificate>, Option<DMatrix<f64>>), Error> {
        let objective = &self.objective;
        let by_penalty =
            strong_convexity::certificate(objective, point, evidence, self.regression.penalty.lambda());
        let is_enough = |proof: &Certificate| proof.gap <= self.proved_gap() * evidence.value;
        if is_obstructed {
            return Ok((by_penalty, None));
        }
        if by_penalty.as_ref().is_some_and(is_enough)
            && let Some(proof) = by_penalty
        {
            let (proof, hessian) = self.narrowed(point, evidence, proof)?;
            return Ok((Some(proof), hessian));
        }
        let below = Below::whole(objective, objective.closed_hessian(point)?);
        let by_hessian = self_concordance::certificate(objective, point, evidence, &below);
        let proofs = by_penalty.into_iter().chain(by_hessian);
        Ok((proofs.reduce(|one, other| one.and(&other)), Some(below.hessian)))
    }

    /// A certificate by strong convexity, with the better of both theorems' bounds where its own are wide beside standard errors: by the Hessian of a
    /// part, if that is enough, since of large data that of all costs about as much as the fit. Beside it the Hessian, if it was needed.
    fn narrowed(
        &self,
        point: &DVector<f64>,
        evidence: &Evidence,
        proof: Certificate,
    ) -> Result<(Certificate, Option<DMatrix<f64>>), Error> {
        let objective = &self.objective;
        let is_done = |proof: &Certificate| is_narrow(objective, evidence, proof);
        let is_by_penalty = proof.theorem == Theorem::StrongConvexity;
        if !is_by_penalty || is_done(&proof) || objective.size() >= MANY_COEFFICIENTS {
            return Ok((proof, None));
        }
        let better = |proof: Certificate, other: Option<Certificate>| match other {
            Some(other) => proof.and(&other),
            None => proof,
        };
        let proof = match self.largest_part() {
            Some(part) => better(proof, at_hand::by_part(objective, point, evidence, part)?),
            None => proof,
        };
        let is_loose = self.regression.tolerance.is_some() && self.largest_part().is_some();
        if is_done(&proof) || is_loose {
            return Ok((proof, None));
        }
        let below = Below::whole(objective, objective.closed_hessian(point)?);
        let by_hessian = self_concordance::certificate(objective, point, evidence, &below);
        Ok((better(proof, by_hessian), Some(below.hessian)))
    }

    /// A root of (Σc·∇²)⁻¹ at an optimum without penalty, by the route of the gradient.
    fn covariance_root(
        &self,
        point: &DVector<f64>,
        is_obstructed: bool,
        hessian: Option<DMatrix<f64>>,
    ) -> Result<Result<DMatrix<f64>, Withheld>, Error> {
        if is_obstructed {
            return Ok(Err(Withheld::NoOptimum));
        }
        if self.regression.penalty.lambda() > 0.0 {
            return Ok(Err(Withheld::Penalty));
        }
        let hessian = match (hessian, self.regression.gradient) {
            (Some(hessian), Gradient::ClosedForm) => hessian,
            _ => self.objective.hessian(point)?,
        };
        Ok(inverse_root(&self.objective, point, &hessian)?.ok_or(Withheld::Singular))
    }

    /// What stands in the way of calling a point the optimum.
    fn obstacle(
        &self,
        outcome: &Outcome,
        findings: &Findings,
        separability: Option<Separability>,
    ) -> Result<Option<Obstacle>, Error> {
        let found = outcome.obstacle.clone().or_else(|| self.overflow(&outcome.place.point));
        let found = found.or_else(|| self.unproved(findings.value, findings.certificate.as_ref()));
        match found {
            Some(obstacle) if self.may_be_separation(&obstacle) => {
                let has_ended = matches!(obstacle, Obstacle::Unproved { .. });
                Ok(Some(match self.separated(&outcome.place.point, separability)? {
                    Separability::Separable(found) => Obstacle::Separable { separation: Box::new(found) },
                    Separability::Unknown if !has_ended => {
                        Obstacle::Undecided { columns: self.data.dimension() }
                    }
                    _ => self.of_columns(obstacle),
                }))
            }
            Some(obstacle) => Ok(Some(self.of_columns(obstacle))),
            None => Ok(None),
        }
    }

    /// An obstacle, or nearly dependent columns if these are what leaves no digits for a proof; with columns far from 0 if it is these.
    fn of_columns(&self, obstacle: Obstacle) -> Obstacle {
        let may_be =
            matches!(obstacle, Obstacle::Unproved { .. } | Obstacle::SingularHessian | Obstacle::NoDescent);
        if !may_be {
            return obstacle;
        }
        let distances = self.objective.units().distances();
        let farthest = distances.clone().fold(0.0, f64::max);
        let dependences = nearly_dependent(&self.objective, self.data);
        if !dependences.is_empty() {
            let condition = condition(&self.objective);
            // The larger of the two loses more digits.
            if condition > ILL_CONDITIONED.max(farthest) {
                return Obstacle::NearlyDependent { dependences, condition };
            }
        }
        let is_far = |&(_, distance): &(&String, f64)| distance > ILL_CONDITIONED;
        match obstacle {
            Obstacle::Unproved { gap, wanted, .. } => {
                let columns = self.data.feature_names().iter().zip(distances);
                let far = columns.filter(is_far).map(|(name, _)| name.clone()).collect();
                Obstacle::Unproved { gap, wanted, far }
            }
            other => other,
        }
    }

    /// Why a point without obstacle is no answer, if it is none.
    fn unproved(&self, value: f64, certificate: Option<&Certificate>) -> Option<Obstacle> {
        let wanted = self.proved_gap() * value;
        match certificate {
            Some(proof) if proof.theorem == Theorem::Stationarity || proof.gap <= wanted => None,
            Some(proof) => Some(Obstacle::Unproved { gap: proof.gap, wanted, far: Vec::new() }),
            None => Some(Obstacle::Unproved { gap: f64::INFINITY, wanted, far: Vec::new() }),
        }
    }

    fn proved_gap(&self) -> f64 {
        self.regression.tolerance.unwrap_or(PROVED_GAP)
    }

    /// Whether an obstacle is what separated classes look like.
    fn may_be_separation(&self, obstacle: &Obstacle) -> bool {
        let is_other = matches!(
            obstacle,
            Obstacle::Separable { .. } | Obstacle::Collinear { .. } | Obstacle::Overflow { .. }
        );
        self.may_separate() && !is_other
    }

    /// A coefficient of the given columns beyond the largest f64. The intercept's is so through some weight's.
    fn overflow(&self, point: &DVector<f64>) -> Option<Obstacle> {
        let given = self.objective.units().in_given(point);
        if given.iter().all(|coefficient| coefficient.is_finite()) {
            return None;
        }
        let largest = given.iter().skip(1).map(|w| w.abs()).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        let name = self.data.feature_names().get(largest?.0)?;
        Some(Obstacle::Overflow { column: name.clone() })
    }
}

/// The point after a stated number of steps of gradient descent, in the units of the columns: a trajectory that claims no optimum.
pub(crate) fn of_trajectory(
    regression: &LogisticRegression,
    data: &Dataset,
    steps: usize,
) -> Result<Fit, Error> {
    let lambda = regression.penalty.lambda();
    let objective = Objective::new(data, lambda, regression.gradient)?.on_threads(regression.parallel);
    let outcome = descent::trajectory(&objective, steps)?;
    let (value, gradient) = objective.value_and_gradient(&outcome.place.point)?;
    let is_finite =
        value.is_finite() && gradient.iter().chain(&outcome.place.point).all(|entry| entry.is_finite());
    let known = Known {
        value,
        mean_loss: value - objective.penalty(&outcome.place.point),
        gradient,
        penalty: regression.penalty,
        converged: false,
        covariance_root: Err(Withheld::NoOptimum),
        certificate: certificate_on_the_way(data, lambda, &outcome.place.point),
        null_log_likelihood: Null::of(data, regression.parallel)?.log_likelihood,
    };
    let fit = Fit::new(data, &objective, outcome, known);
    let sizes = data.largest().iter().zip(data.feature_names());
    match sizes.max_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((_, column)) if !is_finite => {
            let obstacle = Obstacle::StepOverflow { column: column.clone() };
            Err(Error::NotReached { obstacle, fit: Box::new(fit) })
        }
        _ => Ok(fit),
    }
}

/// What a penalty proves of coefficients of the given columns; none of columns that cannot be standardised.
fn certificate_on_the_way(data: &Dataset, lambda: f64, given: &DVector<f64>) -> Option<Certificate> {
    let standardised = Objective::standardised(data, data, lambda, Gradient::ClosedForm).ok()?;
    let point = standardised.units().standard(given);
    let proof =
        strong_convexity::certificate(&standardised, &point, &evidence(&standardised, &point), lambda)?;
    proof.carried(&standardised, &standardised.units().in_given(&point), given).finite()
}
