//! `num-dual`: forward mode. A pass over the examples carries a block of tangents on the stack; the
//! variables of other blocks have none, and the crate skips those.

use super::{chunks, split, split_parameters};
use ::num_dual::{DualNum, DualSVec64};

/// Tangents in one pass over the examples; three times faster than one `DualDVec64` pass with all.
const LANES: usize = 8;

/// Mean logistic loss and its gradient.
pub(crate) fn mean_log_loss(parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let (features, labels) = split(columns);
    let mut value = 0.0;
    let mut gradient = Vec::with_capacity(parameters.len());
    for block in chunks(parameters.len(), LANES) {
        let mut variables: Vec<_> = parameters.iter().map(|&p| DualSVec64::<LANES>::from_re(p)).collect();
        for (lane, variable) in variables[block.clone()].iter_mut().enumerate() {
            *variable = variable.derivative(lane);
        }
        let (weights, intercept) = split_parameters(&variables);
        let mut total = DualSVec64::<LANES>::from_re(0.0);
        for (i, &label) in labels.iter().enumerate() {
            let mut z = intercept;
            for (&weight, column) in weights.iter().zip(features) {
                z += weight * column[i];
            }
            total += softplus(z * (1.0 - 2.0 * label));
        }
        let mean = total / labels.len() as f64;
        value = mean.re;
        match mean.eps.0 {
            Some(tangents) => gradient.extend(tangents.iter().take(block.len())),
            None => gradient.extend(block.map(|_| 0.0)),
        }
    }
    (value, gradient)
}

fn softplus<T: DualNum<Primitive = f64>>(t: T) -> T {
    if t > 0.0 { t.clone() + (-t).exp().ln_1p() } else { t.exp().ln_1p() }
}
