//! `echidna`: `Reverse`, its two-stack tape, for the loss; its bytecode tape for Rosenbrock's
//! function.

use super::{Sums, chunks, split, split_parameters};
use ::echidna::{BytecodeTape, Reverse, Scalar};

/// Examples on one tape; of the sizes tried, 16 to 256 are as fast, 1 and all 10000 slower.
const CHUNK: usize = 64;

/// Mean logistic loss and its gradient.
pub(crate) fn mean_log_loss(parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let (features, labels) = split(columns);
    let mut sums = Sums::new(parameters.len());
    for chunk in chunks(labels.len(), CHUNK) {
        // `vjp` is `grad` with the value too, on the thread's pooled tape.
        let losses = |variables: &[Reverse<f64>]| {
            let (weights, intercept) = split_parameters(variables);
            let losses = chunk.map(|i| {
                let mut z = intercept;
                for (&weight, column) in weights.iter().zip(features) {
                    z += weight * column[i];
                }
                softplus(z * (1.0 - 2.0 * labels[i]))
            });
            losses.reduce(|total, loss| total + loss).into_iter().collect()
        };
        let (values, gradient) = ::echidna::vjp(losses, parameters, &[1.0]);
        sums.add(values[0], gradient);
    }
    sums.mean(labels.len())
}

fn softplus<T: Scalar<Float = f64>>(t: T) -> T {
    if t.value() > 0.0 { t + (-t).exp().ln_1p() } else { t.exp().ln_1p() }
}

/// Rosenbrock's function of n variables, recorded once.
pub(crate) struct Rosenbrock {
    tape: BytecodeTape<f64>,
    adjoints: Vec<f64>,
}

impl Rosenbrock {
    /// Records the function of `n` variables; it has no branches, so any point serves.
    pub(crate) fn new(n: usize) -> Self {
        let (mut tape, _) = ::echidna::record(rosenbrock, &vec![0.5; n]);
        tape.optimize();
        Self { tape, adjoints: Vec::new() }
    }

    /// Replays the tape at `x`: forward, then reverse.
    pub(crate) fn value_and_gradient(&mut self, x: &[f64]) -> (f64, Vec<f64>) {
        let gradient = self.tape.gradient_with_buf(x, &mut self.adjoints);
        (self.tape.output_value(), gradient)
    }
}

fn rosenbrock<T: Scalar<Float = f64>>(x: &[T]) -> T {
    let mut sum = T::from_f(0.0);
    for pair in x.windows(2) {
        let valley = pair[1] - pair[0] * pair[0];
        let slope = T::from_f(1.0) - pair[0];
        sum = sum + T::from_f(100.0) * valley * valley + slope * slope;
    }
    sum
}
