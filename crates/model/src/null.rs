//! The intercept alone: what a fit is compared with, and where it begins.
//!
//! Without offset its log-likelihood is k·ln(k/m) + (m − k)·ln(1 − k/m) for k events of m, weights counted. With offsets o the intercept is the root of
//!
//! ```text
//! f(b) = Σᵢ pᵢ·(σ(b + oᵢ) − yᵢ),      f′ > 0,      ln(k/(m − k)) − max|o| ≤ b ≤ ln(k/(m − k)) + max|o|
//! ```
//!
//! since at these ends every σ is below, or above, k/m.
//!
//! Invariant: whatever data have both classes have an answer; it is found by Newton's method between bounds, which bisection halves where it does not.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::error::Error;
use crate::loss::log_loss;
use crate::objective::{Gradient, Objective};

/// Newton's steps and halvings; as many halvings leave nothing of any interval of f64.
const STEPS: usize = 200;

/// The best intercept alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Null {
    /// Where a fit begins: 0 without offset, and where one class alone would have it beyond every bound.
    pub(crate) start: f64,
    /// The mean loss there.
    pub(crate) start_loss: f64,
    /// −Σᵢ cᵢ·L⁽ⁱ⁾
    pub(crate) log_likelihood: f64,
}

impl Null {
    pub(crate) fn of(data: &Dataset, parallel: bool) -> Result<Self, Error> {
        let at_origin = Null { start: 0.0, start_loss: log_loss(&0.0, &0.0), log_likelihood: 0.0 };
        let has_both = data.events() > 0 && data.events() < data.len();
        if !has_both {
            return Ok(at_origin);
        }
        let (events, others, total) = (data.event_weight(), data.other_weight(), data.total_weight());
        let Some(offset) = data.offset() else {
            // ln(k/m), from the other class where that is the smaller one.
            let share = |count: f64, other: f64| {
                if count > other { (-other / total).ln_1p() } else { (count / total).ln() }
            };
            let log_likelihood = events * share(events, others) + others * share(others, events);
            return Ok(Null { log_likelihood, ..at_origin });
        };
        let bare = data.with_columns(&[])?;
        let objective = Objective::new(&bare, 0.0, Gradient::ClosedForm)?.on_threads(parallel);
        let (start, start_loss) = least(&objective, (events / others).ln(), offset.amax())?;
        Ok(Null { start, start_loss, log_likelihood: -total * start_loss })
    }
}

/// The intercept of the least mean loss, and that loss; it lies this far from the middle at most.
fn least(objective: &Objective<'_>, middle: f64, reach: f64) -> Result<(f64, f64), Error> {
    let (mut low, mut high, mut intercept) = (middle - reach, middle + reach, middle);
    let mut best = (middle, f64::INFINITY);
    for _ in 0..STEPS {
        let point = DVector::from_element(1, intercept);
        let (value, gradient) = objective.value_and_gradient(&point)?;
        best = if value < best.1 { (intercept, value) } else { best };
        (low, high) = if gradient[0] > 0.0 { (low, intercept) } else { (intercept, high) };
        let wanted = intercept - gradient[0] / objective.hessian(&point)?[(0, 0)];
        let next = if wanted > low && wanted < high { wanted } else { low + 0.5 * (high - low) };
        if (next - intercept).abs() <= f64::EPSILON * intercept.abs() || next == low || next == high {
            break;
        }
        intercept = next;
    }
    Ok(best)
}
