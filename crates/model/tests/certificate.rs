//! Proven bounds against distances that are known: to certified optima, from wherever a descent was stopped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Obstacle, Penalty, Theorem, log_loss};
use nalgebra::{DMatrix, DVector};

/// ‖w − w*‖, |b − b*| and F − F* of a fit, beside those of the optimum.
fn distances(fit: &Fit, intercept: f64, coefficients: &[f64], objective: f64) -> [f64; 3] {
    let squares = fit.coefficients().iter().zip(coefficients).map(|(w, best)| (w - best) * (w - best));
    [squares.sum::<f64>().sqrt(), (fit.intercept() - intercept).abs(), fit.objective() - objective]
}

fn assert_covers(fit: &Fit, distances: [f64; 3]) {
    let bounds = fit.certificate().unwrap();
    // The known optimum has roundings of its own, in the last of its sixteen digits.
    let known = [1e-14, 1e-14, 1e-16];
    for ((bound, distance), slack) in
        [bounds.weights(), bounds.intercept(), bounds.gap()].into_iter().zip(distances).zip(known)
    {
        assert!(distance <= bound + slack, "{distance:e} is not within {bound:e}");
    }
    assert!(bounds.compensated_gradient_norm().unwrap() <= bounds.gradient_norm());
}

#[test]
fn bounds_hold_wherever_a_descent_is_stopped() {
    let certified = breast_cancer_ridge().unwrap();
    let regression = LogisticRegression::new().penalty(Penalty::L2(certified.lambda));
    let mut last = f64::INFINITY;
    for steps in [0, 1, 10, 100, 1_000, 10_000] {
        let fit = regression.descend(&certified.dataset, steps).unwrap();
        let objective = certified.objective.unwrap();
        assert_covers(&fit, distances(&fit, certified.intercept, &certified.coefficients, objective));
        let bound = fit.certificate().unwrap().weights();
        assert!(bound <= last, "{bound:e} after {steps} steps");
        last = bound;
    }
}

#[test]
fn bounds_of_a_fit_are_small() {
    let certified = breast_cancer_ridge().unwrap();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).gradient(gradient);
        let fit = regression.fit(&certified.dataset).unwrap();
        let objective = certified.objective.unwrap();
        assert_covers(&fit, distances(&fit, certified.intercept, &certified.coefficients, objective));
        let bounds = fit.certificate().unwrap();
        assert!(bounds.weights() < 1e-8 && bounds.gap() < 1e-19, "{bounds:?}");
    }
}

/// Where the optimum is not known, two points that are both near it are near each other.
#[test]
fn bounds_of_two_points_overlap() {
    let made = |seed| Separable::new(300, 4).margin(0.2).seed(seed).generate().unwrap().dataset;
    for (seed, lambda) in [(1, 1.0), (2, 1e-2), (3, 1e-4), (4, 1e-6)] {
        let data: Dataset = made(seed);
        let regression = LogisticRegression::new().penalty(Penalty::L2(lambda));
        let (fit, early) = (regression.fit(&data).unwrap(), regression.descend(&data, 50).unwrap());
        let [weights, intercept, gap] =
            distances(&early, fit.intercept(), fit.coefficients(), fit.objective());
        let (near, far) = (fit.certificate().unwrap(), early.certificate().unwrap());
        assert!(weights <= near.weights() + far.weights(), "{lambda}");
        assert!(intercept <= near.intercept() + far.intercept(), "{lambda}");
        assert!(gap <= far.gap() + 1e-16, "{lambda}");
        assert!(near.gap() <= 1e-12, "{lambda}: {near:?}");
    }
}

#[test]
fn without_a_penalty_the_hessian_proves_it() {
    let certified = spector().unwrap();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let fit = LogisticRegression::new().gradient(gradient).fit(&certified.dataset).unwrap();
        let bounds = fit.certificate().unwrap();
        assert_eq!(bounds.theorem(), Theorem::SelfConcordance);
        let known = std::iter::once(certified.intercept).chain(certified.coefficients.iter().copied());
        let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
        for ((bound, found), known) in bounds.coefficients().iter().zip(found).zip(known) {
            assert!((found - known).abs() <= bound + 1e-15 * known.abs(), "{found} {known} {bound:e}");
            assert!(*bound < 1e-9 * known.abs(), "{bound:e}");
        }
        assert!(fit.summary().to_string().contains("proved by self-concordance"));
    }
}

/// Small whole numbers with labels that overlap.
fn overlapping(examples: usize) -> (Vec<f64>, Vec<f64>) {
    let x = |i: usize| ((i * 7) % 23) as f64;
    let y = |i: usize| f64::from(u8::from((i * 11) % 29 < 6 + (i * 7) % 23));
    ((0..examples).map(x).collect(), (0..examples).map(y).collect())
}

fn one_column(x: &[f64], y: &[f64]) -> Dataset {
    let (features, labels) = (DMatrix::from_column_slice(x.len(), 1, x), DVector::from_column_slice(y));
    Dataset::new(features, labels, vec!["x".to_owned()]).unwrap()
}

/// J at the coefficients that are reported, from logits with about twice the digits.
fn objective(fit: &Fit, x: &[f64], y: &[f64], lambda: f64) -> f64 {
    let (b, w) = (fit.intercept(), fit.coefficients()[0]);
    let losses = x.iter().zip(y).map(|(x, y)| {
        let product = w * x;
        let sum = b + product;
        let part = sum - b;
        let lost = (b - (sum - part)) + (product - part) + w.mul_add(*x, -product);
        log_loss(&(sum + lost), y)
    });
    losses.sum::<f64>() / x.len() as f64 + lambda / 2.0 * w * w
}

/// Far from 0 an intercept has digits before the point where the logits have theirs behind it. The optimum does not move with the column.
#[test]
fn the_gap_is_that_of_the_reported_coefficients_however_far_a_column_is() {
    let (x, y) = overlapping(60);
    for (penalty, lambda) in [(Penalty::None, 0.0), (Penalty::L2(0.01), 0.01)] {
        let regression = LogisticRegression::new().penalty(penalty);
        let least = objective(&regression.fit(&one_column(&x, &y)).unwrap(), &x, &y, lambda);
        for mean in [1e3, 1e6, 1e9, 1e12, 1e14] {
            let far: Vec<f64> = x.iter().map(|x| x + mean).collect();
            match regression.fit(&one_column(&far, &y)) {
                Ok(fit) => {
                    let gap = objective(&fit, &far, &y, lambda) - least;
                    let bound = fit.certificate().unwrap().gap();
                    assert!(gap <= bound + 1e-15, "{mean:e}: {gap:e} is not within {bound:e}");
                }
                Err(Error::NotReached { obstacle: Obstacle::Unproved { .. }, .. }) if mean > 1e11 => {}
                Err(error) => panic!("{mean:e}: {error}"),
            }
        }
    }
}

/// A sum of 20,000 tenths is off by more than the bounds are wide.
#[test]
fn bounds_hold_whatever_the_weights_add_up_to() {
    let (x, y) = overlapping(20_000);
    let data = one_column(&x, &y);
    let weighted = data.clone().with_weights(DVector::from_element(x.len(), 0.1)).unwrap();
    for penalty in [Penalty::None, Penalty::L2(0.3)] {
        let regression = LogisticRegression::new().penalty(penalty);
        let (plain, weighted) = (regression.fit(&data).unwrap(), regression.fit(&weighted).unwrap());
        let [weights, intercept, _] =
            distances(&weighted, plain.intercept(), plain.coefficients(), plain.objective());
        let (one, other) = (plain.certificate().unwrap(), weighted.certificate().unwrap());
        assert!(weights <= one.weights() + other.weights(), "{penalty:?}: {weights:e}");
        assert!(intercept <= one.intercept() + other.intercept(), "{penalty:?}: {intercept:e}");
    }
}

/// 40,000 examples have parts. What the solver saw, and the Hessian of a part, prove what a tolerance asks for.
#[test]
fn a_tolerance_is_proved_by_what_is_at_hand() {
    let (examples, columns) = (40_000, 3);
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(examples, columns, |i, j| part(i * (2 * j + 3), 0.618_033_988_75) - 0.5);
    let labels = DVector::from_fn(examples, |i, _| {
        let logit = 2.0 * features[(i, 1)] - features[(i, 2)];
        f64::from(u8::from(part(i, 0.414_213_562) < 1.0 / (1.0 + f64::exp(-logit))))
    });
    let data = Dataset::new(features, labels, (1..=columns).map(|j| format!("x{j}")).collect()).unwrap();
    // Under the smaller penalty strong convexity proves next to nothing.
    for (lambda, theorem) in [(1e-4, Theorem::StrongConvexity), (1e-10, Theorem::SelfConcordance)] {
        let ridge = LogisticRegression::new().penalty(Penalty::L2(lambda));
        let best = ridge.fit(&data).unwrap();
        for tolerance in [1e-3, 1e-5, 1e-7] {
            let fit = ridge.clone().tolerance(tolerance).fit(&data).unwrap();
            let bounds = fit.certificate().unwrap();
            let [weights, intercept, gap] =
                distances(&fit, best.intercept(), best.coefficients(), best.objective());
            assert!(weights <= bounds.weights() && intercept <= bounds.intercept(), "{lambda} {tolerance}");
            assert!(
                gap <= bounds.gap() && bounds.gap() <= tolerance * fit.objective(),
                "{lambda} {tolerance}"
            );
            // No further pass over all examples was made.
            assert_eq!(bounds.compensated_gradient_norm(), None, "{lambda} {tolerance}");
            assert_eq!(bounds.theorem(), theorem, "{lambda} {tolerance}");
        }
    }
}

/// λ/s² is beyond the largest f64 there. With a = ȳ for all examples, to first order, w = Σ(y − ȳ)·x/(m·λ).
#[test]
fn a_penalty_holds_columns_of_any_scale() {
    let (x, y) = overlapping(40);
    let mean = y.iter().sum::<f64>() / 40.0;
    for (scale, lambda) in [(1e-130, 0.01), (1e-160, 1.0), (1e-160, 1e6), (1e-290, 0.01), (1e-300, 1e-3)] {
        let tiny: Vec<f64> = x.iter().map(|x| x * scale).collect();
        let data = one_column(&tiny, &y);
        let fit = LogisticRegression::new().penalty(Penalty::L2(lambda)).fit(&data).unwrap();
        let expected = tiny.iter().zip(&y).map(|(x, y)| (y - mean) * x).sum::<f64>() / 40.0 / lambda;
        let found = fit.coefficients()[0];
        assert!((found / expected - 1.0).abs() < 1e-9, "{scale:e}, {lambda}: {found:e} {expected:e}");
        assert!((found - expected).abs() <= fit.certificate().unwrap().weights(), "{scale:e}, {lambda}");
    }
}
