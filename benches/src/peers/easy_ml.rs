//! `easy-ml`: `Record`s on a `WengertList`.

use super::{Sums, chunks, split, split_parameters};
use ::easy_ml::differentiation::{Record, WengertList};
use ::easy_ml::numeric::extra::{Exp, Ln};

/// Examples on one list; of the sizes tried, 16 to 256 are as fast, 1 and all 10000 slower.
const CHUNK: usize = 64;

/// Mean logistic loss and its gradient.
pub(crate) fn mean_log_loss(parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let (features, labels) = split(columns);
    let mut sums = Sums::new(parameters.len());
    let list = WengertList::new();
    for chunk in chunks(labels.len(), CHUNK) {
        list.clear();
        let variables: Vec<_> = parameters.iter().map(|&value| list.variable(value)).collect();
        let (weights, intercept) = split_parameters(&variables);
        let losses = chunk.map(|i| {
            let mut z = intercept;
            for (&weight, column) in weights.iter().zip(features) {
                z = z + weight * column[i];
            }
            softplus(z * (1.0 - 2.0 * labels[i]))
        });
        if let Some(total) = losses.reduce(|total, loss| total + loss) {
            let derivatives = total.derivatives();
            sums.add(total.number, variables.iter().map(|variable| derivatives[variable]));
        }
    }
    sums.mean(labels.len())
}

/// The crate has no `ln_1p`, max or abs: ln(1 + exp(t)) of a negative t.
fn softplus(t: Record<'_, f64>) -> Record<'_, f64> {
    if t.number > 0.0 { t + ((-t).exp() + 1.0).ln() } else { (t.exp() + 1.0).ln() }
}
