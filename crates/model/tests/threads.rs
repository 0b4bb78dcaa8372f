//! The same bits for any number of threads.
#![cfg(feature = "rayon")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_graph::Graph;
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Objective, Penalty, Solver};
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

/// Examples of which a chunk of a pass is made, and chunks of which a wave is.
const CHUNK: usize = 16_384;
const WAVE: usize = 64;

/// Some examples of the data with an offset too.
fn with_offset(examples: usize) -> Dataset {
    let data = data();
    let rows: Vec<usize> = (0..examples).collect();
    let some = Dataset::new(
        data.features().select_rows(&rows),
        data.labels().select_rows(&rows),
        data.feature_names().to_vec(),
    );
    let weighted = some.unwrap().with_weights(data.weights().unwrap().select_rows(&rows)).unwrap();
    weighted.with_offset(DVector::from_fn(examples, |i, _| (i as f64 * 0.324_7).fract() - 0.5)).unwrap()
}

/// The last point counts whether it is an optimum or where the steps were used up.
fn ended(result: Result<Fit, Error>) -> Fit {
    result
        .or_else(|error| if let Error::NotReached { fit, .. } = error { Ok(*fit) } else { Err(error) })
        .unwrap()
}

/// One example more than a chunk, so that there are two sums to be added.
#[test]
fn threads_change_no_bit_of_firth_of_a_descent_or_with_an_offset() {
    let data = with_offset(CHUNK + 1);
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().gradient(gradient);
        let regressions = [
            regression.clone().penalty(Penalty::Firth),
            regression.clone().solver(Solver::GradientDescent).iteration_limit(30),
            regression.clone(),
        ];
        for regression in regressions {
            let alone = bits(&ended(regression.fit(&data)));
            for threads in [1, 3] {
                let shared = on(threads, || ended(regression.clone().parallel().fit(&data)));
                assert_eq!(bits(&shared), alone, "{regression:?} {threads}");
            }
        }
        let alone = bits(&regression.descend(&data, 5).unwrap());
        let shared = on(3, || regression.clone().parallel().descend(&data, 5).unwrap());
        assert_eq!(bits(&shared), alone, "{gradient:?}");
    }
}

#[test]
fn threads_change_no_bit_of_profile_intervals() {
    let data = with_offset(CHUNK + 1).with_columns(&["x1"]).unwrap();
    let ends = |regression: LogisticRegression| {
        let fit = regression.fit(&data).unwrap();
        regression.profile_intervals(&data, &fit, 0.9).unwrap()
    };
    assert_eq!(on(3, || ends(LogisticRegression::new().parallel())), ends(LogisticRegression::new()));
}

#[test]
fn threads_change_no_bit_of_a_custom_loss() {
    let data = with_offset(CHUNK + 1);
    let graph = Graph::new();
    let formula = graph.parse("data x1, x2, y; softplus(b + w1*x1 + w2*x2) - y*(b + w1*x1 + w2*x2)").unwrap();
    let loss = Fit::loss(&graph, formula).unwrap();
    let columns: Vec<&[f64]> = data.columns().take(2).chain([data.labels().as_slice()]).collect();
    let bits = |parameters: &[f64]| parameters.iter().map(|number| number.to_bits()).collect::<Vec<u64>>();
    let alone = bits(loss.fit(&columns).unwrap().parameters());
    for threads in [1, 3] {
        let shared = on(threads, || loss.clone().parallel().fit(&columns).unwrap());
        assert_eq!(bits(shared.parameters()), alone, "{threads}");
    }
}

/// One example beyond a wave: sums of chunks are added wave by wave.
#[test]
fn threads_change_no_bit_beyond_a_wave() {
    let examples = WAVE * CHUNK + 1;
    let x = DMatrix::from_fn(examples, 1, |i, _| (i as f64 * 0.618_034).fract() - 0.5);
    let y = DVector::from_fn(examples, |i, _| f64::from(u8::from((i as f64 * 0.754_878).fract() > 0.5)));
    let data = Dataset::new(x, y, vec!["x".to_owned()]).unwrap();
    let point = DVector::from_column_slice(&[0.25, -1.5]);
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let alone = Objective::new(&data, 0.0, gradient).unwrap();
        let shared = alone.clone().parallel();
        on(3, || {
            assert_eq!(shared.value_and_gradient(&point).unwrap(), alone.value_and_gradient(&point).unwrap());
            assert_eq!(shared.hessian(&point).unwrap(), alone.hessian(&point).unwrap());
        });
    }
}
