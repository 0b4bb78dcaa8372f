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
use crate::objective::{Gradient, Objective};

/// Newton's steps and halvings; as many halvings leave nothing of any interval of f64.
const STEPS: usize = 200;

/// The best intercept alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Null {
    /// Where a fit begins: 0 without offset, and where one class alone would have it beyond every bound.
    pub(crate) start: f64,
    /// −Σᵢ cᵢ·L⁽ⁱ⁾
    pub(crate) log_likelihood: f64,
}

impl Null {
    pub(crate) fn of(data: &Dataset, parallel: bool) -> Result<Self, Error> {
        let (events, total) = (data.event_weight(), data.total_weight());
        let has_both = data.events() > 0 && data.events() < data.len();
        if !has_both {
            return Ok(Null { start: 0.0, log_likelihood: 0.0 });
        }
        let Some(offset) = data.offset() else {
            let of_class = |count: f64| count * (count / total).ln();
            return Ok(Null { start: 0.0, log_likelihood: of_class(events) + of_class(total - events) });
        };
        let bare = data.with_columns(&[])?;
        let objective = Objective::new(&bare, 0.0, Gradient::ClosedForm)?.on_threads(parallel);
        let (start, loss) = least(&objective, (events / (total - events)).ln(), offset.amax())?;
        Ok(Null { start, log_likelihood: -total * loss })
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
