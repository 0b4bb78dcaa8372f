//! Standard errors, z, p and the figures of a fit against certified ones, and where they are withheld.
//!
//! References: the certified file of the Spector data, by an 80-bit Newton iteration, cross-checked with statsmodels 0.15.0 and R 4.2.2; a two by
//! two table, whose standard errors are √Σ 1/nᵢ in closed form.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Gradient, LogisticRegression, Penalty, Solver, Withheld};
use nalgebra::{DMatrix, DVector};

fn assert_close(found: f64, expected: f64, digits: i32) {
    assert!((found / expected - 1.0).abs() <= 10.0_f64.powi(-digits), "{found} is not {expected}");
}

/// z and p of the certified file, the intercept first; deviance and AIC.
const SPECTOR_Z: [f64; 4] = [-2.640537570455645, 2.2377232393693385, 0.6722347871264428, 2.234423751356346];
const SPECTOR_P: [f64; 4] =
    [0.00827746143548825, 0.025239108802564254, 0.5014342380819226, 0.0254552043612784];
const SPECTOR_DEVIANCE: f64 = 25.77926844426283;
const SPECTOR_AIC: f64 = 33.779268444262826;

#[test]
fn certified_standard_errors_z_and_p_by_every_route() {
    let certified = spector().unwrap();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        for (solver, digits) in [(Solver::Newton, 12), (Solver::GradientDescent, 8)] {
            let regression = LogisticRegression::new().gradient(gradient).solver(solver);
            let fit = regression.fit(&certified.dataset).unwrap();
            let inference = fit.inference().unwrap();
            let expected = certified.standard_errors.clone().unwrap();
            for (found, expected) in inference.standard_errors().iter().zip(&expected) {
                assert_close(*found, *expected, digits);
            }
            inference.z().iter().zip(SPECTOR_Z).for_each(|(&z, expected)| assert_close(z, expected, digits));
            inference.p().iter().zip(SPECTOR_P).for_each(|(&p, expected)| assert_close(p, expected, digits));
            assert_close(fit.log_likelihood(), certified.log_likelihood, 13);
            assert_close(fit.deviance(), SPECTOR_DEVIANCE, 13);
            assert_close(fit.aic().unwrap(), SPECTOR_AIC, 13);
        }
    }
}

/// A table of counts: events and others at x = 0, then at x = 1.
fn table(counts: [usize; 4], place: f64, scale: f64) -> Dataset {
    let cells = [(0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (1.0, 0.0)];
    let rows: Vec<(f64, f64)> =
        cells.iter().zip(counts).flat_map(|(&cell, count)| vec![cell; count]).collect();
    let x = DMatrix::from_iterator(rows.len(), 1, rows.iter().map(|(x, _)| place + scale * x));
    Dataset::new(x, DVector::from_iterator(rows.len(), rows.iter().map(|(_, y)| *y)), vec!["x".to_owned()])
        .unwrap()
}

#[test]
fn a_two_by_two_table_has_the_standard_errors_of_its_counts() {
    let counts = [30, 10, 12, 28];
    let fit = LogisticRegression::new().fit(&table(counts, 0.0, 1.0)).unwrap();
    let inference = fit.inference().unwrap();
    let of = |cells: &[usize]| cells.iter().map(|&cell| 1.0 / cell as f64).sum::<f64>();
    assert_close(inference.standard_errors()[0], of(&counts[..2]).sqrt(), 13);
    assert_close(inference.standard_errors()[1], of(&counts).sqrt(), 13);
    // The two estimates share the first row's counts.
    assert_close(inference.covariance()[(0, 1)], -of(&counts[..2]), 13);
    assert_eq!(inference.covariance()[(0, 1)], inference.covariance()[(1, 0)]);
    // 42 of 80 are events.
    let null = 42.0 * (42.0_f64 / 80.0).ln() + 38.0 * (38.0_f64 / 80.0).ln();
    assert_close(fit.null_deviance(), -2.0 * null, 13);
    assert_close(fit.mcfadden_r2(), 1.0 - fit.log_likelihood() / null, 13);
    assert_close(fit.bic().unwrap(), fit.deviance() + 2.0 * 80.0_f64.ln(), 14);
    // 1.959963984540054 is the 97.5 % point of the standard normal distribution.
    let (lower, upper) = inference.confidence_intervals(0.95)[1];
    assert_close(upper - lower, 2.0 * 1.959963984540054 * of(&counts).sqrt(), 12);
    assert!(inference.confidence_intervals(1.0)[0].0.is_nan());
}

#[test]
fn standard_errors_follow_the_columns_scale_and_are_not_spoilt_by_its_place() {
    let counts = [30, 10, 12, 28];
    let plain = LogisticRegression::new().fit(&table(counts, 0.0, 1.0)).unwrap();
    let moved = LogisticRegression::new().fit(&table(counts, 4096.0, 0.125)).unwrap();
    let error = |fit: &chainrule_model::Fit| fit.inference().unwrap().standard_errors()[1];
    assert_close(error(&moved) * 0.125, error(&plain), 12);
    assert_close(moved.inference().unwrap().z()[1], plain.inference().unwrap().z()[1], 12);
}

/// The tail of the normal distribution keeps its digits: with z = −30, p is 9.8e−198 and not 0.
#[test]
fn p_values_far_out_keep_their_digits() {
    let fit = LogisticRegression::new().fit(&table([9_000, 1_000, 1_000, 9_000], 0.0, 1.0)).unwrap();
    let inference = fit.inference().unwrap();
    let (z, p) = (inference.z()[1], inference.p()[1]);
    assert!(z < -90.0 && p == 0.0, "{z} {p}: beyond 38 standard errors there is no f64");
    let fit = LogisticRegression::new().fit(&table([1_000, 250, 250, 1_000], 0.0, 1.0)).unwrap();
    let inference = fit.inference().unwrap();
    let (z, p) = (inference.z()[1], inference.p()[1]);
    // ln p ≈ −z²/2 − ln|z| + ½·ln(2/π), up to 1/z².
    let expected = -z * z / 2.0 - z.abs().ln() + 0.5 * std::f64::consts::FRAC_2_PI.ln();
    assert!(z < -25.0 && (p.ln() - expected).abs() < 2.0 / (z * z), "{z} {p}");
}

#[test]
fn inference_is_withheld_where_it_would_be_wrong() {
    let certified = breast_cancer_ridge().unwrap();
    let ridge =
        LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).fit(&certified.dataset).unwrap();
    assert!(matches!(ridge.inference(), Err(Withheld::Penalty)));
    assert!(ridge.summary().to_string().contains("a penalty biases the coefficients"), "{}", ridge.summary());
    assert_close(ridge.log_likelihood(), certified.log_likelihood, 10);

    let trained = LogisticRegression::new().descend(&spector().unwrap().dataset, 10).unwrap();
    assert!(matches!(trained.inference(), Err(Withheld::NoOptimum)));

    let separable = Separable::new(50, 2).margin(0.3).seed(2).generate().unwrap().dataset;
    let Err(Error::NotReached { fit, .. }) = LogisticRegression::new().fit(&separable) else {
        panic!("separated classes were fitted")
    };
    assert!(matches!(fit.inference(), Err(Withheld::NoOptimum)));
}

/// x and x + 10⁻⁵·u say what x and u say: the second's standard error is 10⁵ times u's. By the inverse of the information itself seven digits are lost.
#[test]
fn standard_errors_of_near_copies_keep_their_digits() {
    let part = |i: usize, by: f64| (i as f64 * by).fract() - 0.5;
    let columns = |tilt: f64, base: f64| {
        DMatrix::from_fn(300, 2, |i, j| {
            let (x, u) = (4.0 * part(i + 1, 0.618_034), 4.0 * part(i + 1, 0.754_878));
            if j == 0 { x } else { base * x + tilt * u }
        })
    };
    let labels = DVector::from_fn(300, |i, _| {
        f64::from(u8::from(part(i + 1, 0.569_84) + 0.3 * part(i + 1, 0.618_034) > 0.0))
    });
    let fit = |features| {
        let data = Dataset::new(features, labels.clone(), vec!["x".to_owned(), "u".to_owned()]).unwrap();
        let fit = LogisticRegression::new().fit(&data).unwrap();
        fit.inference().unwrap().standard_errors()
    };
    let (apart, near) = (fit(columns(1.0, 0.0)), fit(columns(1e-5, 1.0)));
    assert!((near[2] / (1e5 * apart[2]) - 1.0).abs() < 1e-9, "{} {}", near[2], apart[2]);
    assert!((near[0] / apart[0] - 1.0).abs() < 1e-9);
}

/// Two columns that differ by less than 10⁻⁴, away from 0: the intercept's variance is a difference of numbers 10¹⁰ times as large. The reference is Newton's method on these numbers
/// with 60 digits (mpmath 1.4.1).
#[test]
fn the_intercept_of_near_copies_keeps_its_digits() {
    let x = |i: usize| ((i * 7) % 23) as f64;
    let features = DMatrix::from_fn(60, 2, |i, j| x(i) + 5.0 + j as f64 * ((i * 5) % 11) as f64 / 131_072.0);
    let labels = DVector::from_fn(60, |i, _| f64::from(u8::from(((i * 11) % 29) as f64 - 6.0 < x(i))));
    let data = Dataset::new(features, labels, vec!["x".to_owned(), "copy".to_owned()]).unwrap();
    let fit = LogisticRegression::new().fit(&data).unwrap();
    let errors = fit.inference().unwrap().standard_errors();
    let known = [0.914_813_775_937_090_1, 12_505.981_323_326_185, 12_505.975_360_295_966];
    for (found, known) in errors.iter().zip(known) {
        assert!((found / known - 1.0).abs() < 1e-9, "{found} {known}");
    }
}

/// The criteria compare largest likelihoods. Under a penalty the likelihood is not at its largest, nor is it at Firth's estimate, nor anywhere away
/// from an optimum. (R's logistf has no AIC either; its extractAIC is one of penalised likelihoods, counted from the intercept alone.)
#[test]
fn aic_and_bic_are_withheld_where_the_likelihood_is_not_at_its_largest() {
    let data = spector().unwrap().dataset;
    let fit = |penalty| LogisticRegression::new().penalty(penalty).fit(&data).unwrap();
    for penalty in [Penalty::None, Penalty::L2(0.0)] {
        let free = fit(penalty);
        assert_close(free.aic().unwrap(), SPECTOR_AIC, 13);
        assert_close(free.bic().unwrap(), SPECTOR_DEVIANCE + 4.0 * 32.0_f64.ln(), 13);
        let text = free.summary().to_string();
        assert!(text.contains("AIC 33.779268, BIC 39.642212, McFadden"), "{text}");
    }
    for lambda in [1e-12, 0.1, 1e6] {
        let ridge = fit(Penalty::L2(lambda));
        assert_eq!((ridge.aic(), ridge.bic()), (Err(Withheld::Penalty), Err(Withheld::Penalty)));
        assert!(matches!(ridge.inference(), Err(Withheld::Penalty)));
        let text = ridge.summary().to_string();
        assert_eq!(text.matches("AIC").count(), 1, "{text}");
        assert!(text.contains("standard errors, AIC and BIC are those of maximum likelihood"), "{text}");
        assert!(text.contains("log-likelihood -") && text.contains("McFadden R²"), "{text}");
    }
    let firth = fit(Penalty::Firth);
    assert_eq!((firth.aic(), firth.bic()), (Err(Withheld::Firth), Err(Withheld::Firth)));
    assert!(firth.inference().is_ok());
    let text = firth.summary().to_string();
    assert!(
        text.contains("std error") && text.contains("AIC and BIC are those of the largest likelihood"),
        "{text}"
    );
    assert!(!text.contains("AIC 3") && text.matches("AIC").count() == 1, "{text}");

    let trained = LogisticRegression::new().descend(&data, 10).unwrap();
    assert_eq!((trained.aic(), trained.bic()), (Err(Withheld::NoOptimum), Err(Withheld::NoOptimum)));
    let Err(Error::NotReached { fit, .. }) = LogisticRegression::new().iteration_limit(1).fit(&data) else {
        panic!("a fit in one step")
    };
    assert_eq!(fit.aic(), Err(Withheld::NoOptimum));
    assert_eq!(fit.summary().to_string().matches("AIC").count(), 1);
}
