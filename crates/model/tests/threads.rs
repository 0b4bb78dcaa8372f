//! The same bits for any number of threads.
#![cfg(feature = "rayon")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_model::{Fit, Gradient, LogisticRegression, Objective, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

fn data() -> Dataset {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let by = [0.618_034, 0.754_878, 0.569_84, 0.882_1, 0.324_7];
    let features = DMatrix::from_fn(60_000, 5, |i, j| part(i + 1, by[j]) - 0.5);
    let label = |i: usize| part(7 * i + 3, 0.414_213_6) < 1.0 / (1.0 + (-3.0 * features[(i, 0)]).exp());
    let labels = DVector::from_fn(60_000, |i, _| f64::from(u8::from(label(i))));
    let names = (1..=5).map(|j| format!("x{j}")).collect();
    let weights = DVector::from_fn(60_000, |i, _| 0.5 + part(i, 0.1));
    Dataset::new(features, labels, names).unwrap().with_weights(weights).unwrap()
}

fn on<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

fn bits(fit: &Fit) -> Vec<u64> {
    let inference = fit.inference().map(|inference| inference.standard_errors()).unwrap_or_default();
    let numbers = fit.history().iter().chain(fit.coefficients()).chain(&inference);
    numbers.map(|number| number.to_bits()).collect()
}

#[test]
fn threads_change_no_bit_of_a_fit() {
    let data = data();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg] {
            for penalty in [Penalty::None, Penalty::L2(1e-4)] {
                let regression = LogisticRegression::new().gradient(gradient).solver(solver).penalty(penalty);
                let alone = bits(&regression.fit(&data).unwrap());
                for threads in [1, 2, 7] {
                    let shared = on(threads, || regression.clone().parallel().fit(&data).unwrap());
                    assert_eq!(bits(&shared), alone, "{gradient:?} {solver:?} {penalty:?} {threads}");
                }
            }
        }
    }
}

#[test]
fn threads_change_no_bit_of_a_hessian() {
    let data = data();
    let point = DVector::from_fn(6, |j, _| 0.1 * j as f64);
    let alone = Objective::new(&data, 0.0, Gradient::ClosedForm).unwrap();
    let shared = alone.clone().parallel();
    on(3, || assert_eq!(shared.hessian(&point).unwrap(), alone.hessian(&point).unwrap()));
}
