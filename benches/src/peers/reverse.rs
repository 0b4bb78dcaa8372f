//! `reverse`: a Wengert list behind `Copy` variables.

use super::{Sums, chunks, split, split_parameters};
use ::reverse::{Gradient, Tape, Var};

/// Examples on one tape; of the sizes tried, 16 to 256 are as fast, 1 and all 10000 slower.
const CHUNK: usize = 64;

/// Mean logistic loss and its gradient.
pub(crate) fn mean_log_loss(parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let (features, labels) = split(columns);
    let mut sums = Sums::new(parameters.len());
    let tape = Tape::new();
    for chunk in chunks(labels.len(), CHUNK) {
        tape.clear();
        let variables = tape.add_vars(parameters);
        let (weights, intercept) = split_parameters(&variables);
        let losses = chunk.map(|i| {
            let mut z = intercept;
            for (&weight, column) in weights.iter().zip(features) {
                z = z + weight * column[i];
            }
            softplus(z * (1.0 - 2.0 * labels[i]))
        });
        if let Some(total) = losses.reduce(|total, loss| total + loss) {
            sums.add(total.val(), total.grad().wrt(&variables));
        }
    }
    sums.mean(labels.len())
}

fn softplus(t: Var<'_>) -> Var<'_> {
    if t.val() > 0.0 { t + (-t).exp().ln_1p() } else { t.exp().ln_1p() }
}
