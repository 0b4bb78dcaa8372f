//! The same functions by other crates for automatic differentiation, each by the fastest correct way its documentation shows.
//!
//! Softplus is written with a branch wherever the crate has no such function: t + ln(1 + e^(−t)) for positive t, else ln(1 + e^t). That is
//! max(t, 0) + ln(1 + e^(−|t|)) without the kinks of max and abs, at which some crates have no derivative, and with fewer nodes.
//!
//! Invariant: data are constants, parameters are what is differentiated by; parameters are the weights, then the intercept, columns the
//! features, then the labels.

mod ad_trait;
mod easy_ml;
pub(crate) mod echidna;
mod num_dual;
mod reverse;

use std::ops::Range;

/// The mean log-loss and its gradient.
pub(crate) type MeanLogLoss = fn(&[f64], &[&[f64]]) -> (f64, Vec<f64>);

/// The peers by the names of their crates.
pub(crate) const PEERS: [(&str, MeanLogLoss); 5] = [
    ("reverse", reverse::mean_log_loss),
    ("ad_trait", ad_trait::mean_log_loss),
    ("echidna", echidna::mean_log_loss),
    ("easy-ml", easy_ml::mean_log_loss),
    ("num-dual", num_dual::mean_log_loss),
];

/// The features and the labels.
fn split<'a, 'b>(columns: &'a [&'b [f64]]) -> (&'a [&'b [f64]], &'b [f64]) {
    match columns.split_last() {
        Some((labels, features)) => (features, labels),
        None => (&[], &[]),
    }
}

/// The weights and the intercept.
#[expect(clippy::expect_used, reason = "every case has an intercept")]
fn split_parameters<T: Copy>(parameters: &[T]) -> (&[T], T) {
    let (&intercept, weights) = parameters.split_last().expect("the last parameter is the intercept");
    (weights, intercept)
}

/// The ranges of at most `size` examples that make up `count`.
fn chunks(count: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(size).map(move |start| start..count.min(start + size))
}

/// Sums of losses and gradients, divided by the number of examples at the end.
struct Sums {
    loss: f64,
    gradient: Vec<f64>,
}

impl Sums {
    fn new(parameters: usize) -> Self {
        Sums { loss: 0.0, gradient: vec![0.0; parameters] }
    }

    fn add(&mut self, loss: f64, gradient: impl IntoIterator<Item = f64>) {
        self.loss += loss;
        for (sum, partial) in self.gradient.iter_mut().zip(gradient) {
            *sum += partial;
        }
    }

    fn mean(mut self, count: usize) -> (f64, Vec<f64>) {
        let count = count as f64;
        self.gradient.iter_mut().for_each(|partial| *partial /= count);
        (self.loss / count, self.gradient)
    }
}
