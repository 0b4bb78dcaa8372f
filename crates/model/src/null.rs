//! The log-likelihood of the intercept alone: what a fit is compared with.
//!
//! Without offset it is k·ln(k/m) + (m − k)·ln(1 − k/m) for k events of m, weights counted. With offsets o the intercept is the root of
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

/// −Σᵢ cᵢ·L⁽ⁱ⁾ at the best intercept.
pub(crate) fn null_log_likelihood(data: &Dataset, parallel: bool) -> Result<f64, Error> {
    let (events, total) = (data.event_weight(), data.total_weight());
    let of_class = |count: f64| if count > 0.0 { count * (count / total).ln() } else { 0.0 };
    let has_both = data.events() > 0 && data.events() < data.len();
    match data.offset() {
        Some(offset) if has_both => {
            let bare = data.with_columns(&[])?;
            let objective = Objective::new(&bare, 0.0, Gradient::ClosedForm)?.on_threads(parallel);
            let middle = (events / (total - events)).ln();
            Ok(-total * least(&objective, middle, offset.amax())?)
        }
        Some(_) => Ok(0.0), // one class: the intercept goes beyond every bound, and the likelihood to 1
        None => Ok(of_class(events) + of_class(total - events)),
    }
}

/// The least mean loss over the intercept, which lies this far from the middle at most.
fn least(objective: &Objective<'_>, middle: f64, reach: f64) -> Result<f64, Error> {
    let (mut low, mut high, mut intercept) = (middle - reach, middle + reach, middle);
    let mut best = f64::INFINITY;
    for _ in 0..STEPS {
        let point = DVector::from_element(1, intercept);
        let (value, gradient) = objective.value_and_gradient(&point)?;
        best = f64::min(best, value);
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
