//! Proven bounds against distances that are known: to certified optima, from wherever a descent was stopped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#![expect(clippy::excessive_precision, reason = "references keep the digits they came with")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{
    Error, Fit, Gradient, LogisticRegression, Obstacle, Penalty, Solver, Theorem, log_loss,
};
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

/// 40,000 examples have parts. What the solver saw, and the Hessian of a part, prove what a tolerance asks for, and the part bounds coefficients better than a small penalty.
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
    // The largest penalty bounds coefficients better than the part; by the smallest strong convexity proves next to nothing.
    let (by_penalty, by_part) = (Theorem::StrongConvexity, Theorem::SelfConcordance);
    for (lambda, theorem) in [(1e2, by_penalty), (1e-4, by_part), (1e-10, by_part)] {
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

/// Age in years, income a year and a concentration, 120 of each, with labels that overlap.
fn in_their_own_units() -> Dataset {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let row = |i: usize| {
        let (age, income) =
            (20.0 + 50.0 * part(i, 0.618_033_988_7), 20_000.0 + 60_000.0 * part(i, 0.754_877_666_2));
        [age.floor(), income.floor(), 1e-6 * (1.0 + part(i, 0.569_840_291_0))]
    };
    let features = DMatrix::from_fn(120, 3, |i, j| row(i)[j]);
    let labels = DVector::from_fn(120, |i, _| {
        let [age, income, _] = row(i);
        let logit = 0.05 * (age - 45.0) - 3e-5 * (income - 50_000.0) + 6.0 * (part(i, 0.819_172_513_4) - 0.5);
        f64::from(u8::from(logit > 0.0))
    });
    let names = ["age", "income", "concentration"].map(str::to_owned);
    Dataset::new(features, labels, names.to_vec()).unwrap()
}

/// The optima are those of Newton's method in 260 bits (gmpy2 2.3.2), where ‖∇J‖ is below 1e-70, to 18 digits; beside them the roots of the diagonal of the inverse Hessian of the summed
/// loss with its penalty.
#[test]
fn bounds_of_columns_in_their_own_units_are_narrow() {
    let data = in_their_own_units();
    let known = [
        (
            Penalty::None,
            [
                -1.862_238_751_869_186e-1,
                2.603_414_506_008_258_1e-2,
                -1.830_352_210_366_239_8e-5,
                -1.976_250_344_821_564_4e4,
            ],
            [1.240_582, 1.321_941e-2, 1.090_445e-5, 6.470_026e5],
        ),
        (
            Penalty::L2(1e-6),
            [
                -2.148_162_400_762_184_7e-1,
                2.601_740_895_872_776_2e-2,
                -1.831_178_159_354_081_8e-5,
                -3.933_934_570_586_600_4e-4,
            ],
            [8.141_936e-1, 1.320_757e-2, 1.090_109e-5, 9.128_709e1],
        ),
        (
            Penalty::L2(1e-2),
            [
                -2.145_771_992_865_800_1e-1,
                2.601_196_454_521_908_6e-2,
                -1.831_173_820_252_047_8e-5,
                -3.931_756_253_630_979_5e-8,
            ],
            [8.141_471e-1, 1.320_602e-2, 1.090_101e-5, 9.128_709e-1],
        ),
    ];
    for (penalty, optimum, errors) in known {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            for solver in [Solver::Newton, Solver::NewtonCg, Solver::Lbfgs] {
                let regression = LogisticRegression::new().penalty(penalty).gradient(gradient).solver(solver);
                let fit = regression.fit(&data).unwrap();
                let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
                let bounds = fit.certificate().unwrap();
                let what = (penalty, gradient, solver);
                for (((found, bound), best), error) in
                    found.zip(bounds.coefficients()).zip(optimum).zip(errors)
                {
                    assert!(
                        (found - best).abs() <= bound + 2e-16 * best.abs(),
                        "{what:?}: {found} {best} {bound:e}"
                    );
                    assert!(*bound <= 1e-3 * error, "{what:?}: {bound:e} is much beside {error:e}");
                }
            }
        }
    }
}

/// Of large data the Hessian of a part is enough.
#[test]
fn bounds_of_large_data_in_their_own_units_are_narrow() {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(40_000, 2, |i, j| {
        [60_000.0, 1e-6][j] * part(i, [0.618_033_988_7, 0.754_877_666_2][j])
    });
    let labels = DVector::from_fn(40_000, |i, _| {
        let logit = 2.0 * features[(i, 0)] / 60_000.0 - 1.0 + 6.0 * (part(i, 0.819_172_513_4) - 0.5);
        f64::from(u8::from(logit > 0.0))
    });
    let data = Dataset::new(features, labels, vec!["income".to_owned(), "concentration".to_owned()]).unwrap();
    let fit = LogisticRegression::new().penalty(Penalty::L2(1e-9)).fit(&data).unwrap();
    // With the curvature at its largest, ¼, an income spread evenly up to 60,000 has a standard error of at least 2/√40,000 over its deviation of 60,000/√12.
    assert!(fit.certificate().unwrap().coefficients()[1] <= 1e-3 * 5.7e-7, "{}", fit.certificate().unwrap());
}
