//! The objective and its derivatives: by hand on a tiny set, and one route against the other.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Gradient, Objective};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use proptest::prelude::*;

const ROUTES: [Gradient; 2] = [Gradient::ClosedForm, Gradient::Graph];

fn tiny() -> Dataset {
    let names = vec!["x1".to_owned(), "x2".to_owned()];
    Dataset::new(dmatrix![1.0, 2.0; -3.0, 0.5], dvector![1.0, 0.0], names).unwrap()
}

#[test]
fn at_the_origin_everything_is_known_by_hand() {
    // a = 1/2 everywhere: J = ln 2, r = (−1/2, 1/2), a(1 − a) = 1/4.
    let data = tiny();
    for route in ROUTES {
        let objective = Objective::new(&data, 0.0, route).unwrap();
        let origin = DVector::zeros(3);
        assert_eq!(objective.value(&origin).unwrap(), 2.0_f64.ln());
        assert_eq!(objective.gradient(&origin).unwrap(), dvector![0.0, -1.0, -0.375]);
        let gram = dmatrix![2.0, -2.0, 2.5; -2.0, 10.0, 0.5; 2.5, 0.5, 4.25];
        assert_eq!(objective.hessian(&origin).unwrap(), gram / 8.0);
    }
}

#[test]
fn the_penalty_leaves_the_intercept_alone() {
    let data = tiny();
    let point = dvector![5.0, 3.0, -2.0];
    for route in ROUTES {
        let free = Objective::new(&data, 0.0, route).unwrap();
        let penalised = Objective::new(&data, 0.5, route).unwrap();
        let rise = penalised.value(&point).unwrap() - free.value(&point).unwrap();
        assert!((rise - 0.25 * 13.0).abs() < 1e-14);
        let steeper = penalised.gradient(&point).unwrap() - free.gradient(&point).unwrap();
        assert!((steeper - dvector![0.0, 1.5, -1.0]).amax() < 1e-15);
        let bent = penalised.hessian(&point).unwrap() - free.hessian(&point).unwrap();
        assert!((bent - DMatrix::from_diagonal(&dvector![0.0, 0.5, 0.5])).amax() < 1e-15);
    }
}

#[test]
fn losses_are_one_an_example_and_their_mean_is_the_value() {
    let data = tiny();
    let objective = Objective::new(&data, 0.0, Gradient::ClosedForm).unwrap();
    let point = dvector![0.5, 1.0, -1.0];
    assert_eq!(objective.logits(&point).unwrap(), dvector![-0.5, -3.0]);
    let losses = objective.losses(&point).unwrap();
    assert_eq!(losses.len(), 2);
    assert_eq!(losses.mean(), objective.value(&point).unwrap());
}

#[test]
fn wrong_lengths_and_penalties_are_refused() {
    let data = tiny();
    let objective = Objective::new(&data, 0.0, Gradient::ClosedForm).unwrap();
    let error = objective.gradient(&dvector![1.0]).unwrap_err();
    assert_eq!(error.to_string(), "1 coefficients, the intercept included, were given where 3 are needed");
    for lambda in [-1.0, f64::NAN, f64::INFINITY] {
        let error = Objective::new(&data, lambda, Gradient::Graph).unwrap_err();
        assert!(matches!(error, Error::InvalidPenalty { .. }), "{lambda}");
    }
    let error = Objective::with_penalties(&data, dvector![1.0], Gradient::Graph).unwrap_err();
    assert!(matches!(error, Error::WrongLength { expected: 2, found: 1, .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Both routes are the same sums, made in another order: equal up to the rounding of 30 terms.
    #[test]
    fn the_routes_agree(seed in 0..1000_u64, d in 1..8_usize, scale in 0.0..20.0_f64, lambda in 0.0..1.0_f64) {
        let made = Separable::new(30, d).margin(0.1).seed(seed).generate().unwrap();
        let point = DVector::from_fn(d + 1, |j, _| scale * (((j * 5 + 2) % 7) as f64 / 7.0 - 0.4));
        let [closed, graph] =
            ROUTES.map(|route| Objective::new(&made.dataset, lambda, route).unwrap());
        let (g1, g2) = (closed.gradient(&point).unwrap(), graph.gradient(&point).unwrap());
        prop_assert!((&g1 - &g2).amax() <= 1e-13 * (1.0 + g1.amax()));
        let (h1, h2) = (closed.hessian(&point).unwrap(), graph.hessian(&point).unwrap());
        prop_assert!((&h1 - &h2).amax() <= 1e-13 * (1.0 + h1.amax()));
        prop_assert_eq!(&h1, &h1.transpose());
    }
}

#[test]
fn hessians_are_symmetric_to_the_bit() {
    let made = Separable::new(300, 12).margin(0.1).seed(3).generate().unwrap().dataset;
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let data = made
        .with_weights(DVector::from_fn(300, |i, _| 0.1 + part(i, 0.618_034)))
        .unwrap()
        .with_offset(DVector::from_fn(300, |i, _| part(i, 0.754_878) - 0.5))
        .unwrap();
    for route in ROUTES {
        let objective = Objective::new(&data, 0.3, route).unwrap();
        for by in [0.324_7, 0.569_84] {
            let hessian = objective.hessian(&DVector::from_fn(13, |j, _| part(j + 1, by) - 0.5)).unwrap();
            for (one, other) in hessian.iter().zip(hessian.transpose().iter()) {
                assert_eq!(one.to_bits(), other.to_bits(), "{route:?}");
            }
        }
    }
}
