//! `ad_trait`: its reverse mode, `adr`, on the thread's global computation graph.

use super::{Sums, chunks, split, split_parameters};
use ::ad_trait::reverse_ad::adr::{GlobalComputationGraph, adr};
use ::ad_trait::{AD, F64};

/// Examples on one graph; of the sizes tried, 16 to 256 are as fast, 1 and all 10000 slower.
const CHUNK: usize = 64;

/// Mean logistic loss and its gradient.
pub(crate) fn mean_log_loss(parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let (features, labels) = split(columns);
    let mut sums = Sums::new(parameters.len());
    let mut variables = Vec::with_capacity(parameters.len());
    for chunk in chunks(labels.len(), CHUNK) {
        GlobalComputationGraph::get().reset();
        variables.clear();
        variables.extend(parameters.iter().map(|&value| adr::new_variable(value, false)));
        let (weights, intercept) = split_parameters(&variables);
        let losses = chunk.map(|i| {
            let mut z = intercept;
            for (&weight, column) in weights.iter().zip(features) {
                z += weight * F64(column[i]);
            }
            softplus(z * F64(1.0 - 2.0 * labels[i]))
        });
        if let Some(total) = losses.reduce(|total, loss| total + loss) {
            let adjoints = total.get_backwards_mode_grad();
            sums.add(total.value(), variables.iter().map(|variable| adjoints.wrt(variable)));
        }
    }
    sums.mean(labels.len())
}

/// The crate's `ln_1p` is ln(1 + x) in one addition and one logarithm.
fn softplus<T: AD>(t: T) -> T {
    if t.to_constant() > 0.0 { t + (-t).exp().ln_1p() } else { t.exp().ln_1p() }
}
