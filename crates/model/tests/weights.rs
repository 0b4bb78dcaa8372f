//! Weights mean repetition, and an offset is a feature with the coefficient 1.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::{Classes, Dataset};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

const GRADIENTS: [Gradient; 2] = [Gradient::ClosedForm, Gradient::Graph];
const PENALTIES: [Penalty; 3] = [Penalty::None, Penalty::L2(0.05), Penalty::Firth];

/// Labels that overlap, two features, and a weight from 0 to 3 for each example; without a pattern.
fn data() -> (DMatrix<f64>, DVector<f64>, Vec<usize>) {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(80, 2, |i, j| 4.0 * part(i + 1, [0.618_034, 0.754_878][j]) - 2.0);
    let label =
        |i: usize| part(i + 1, 0.569_84) < 1.0 / (1.0 + (-features[(i, 0)] + 0.5 * features[(i, 1)]).exp());
    let labels = DVector::from_fn(80, |i, _| f64::from(u8::from(label(i))));
    (features, labels, (0..80).map(|i| (i * 7) % 4).collect())
}

fn names() -> Vec<String> {
    vec!["a".to_owned(), "b".to_owned()]
}

/// Each example as often as its weight says.
fn repeated() -> Dataset {
    let (features, labels, counts) = data();
    let rows: Vec<usize> =
        counts.iter().enumerate().flat_map(|(row, &count)| std::iter::repeat_n(row, count)).collect();
    Dataset::new(features.select_rows(&rows), labels.select_rows(&rows), names()).unwrap()
}

/// The same by weights; examples of weight 0 hold numbers that no fit could bear.
fn weighted(by: f64) -> Dataset {
    let (mut features, labels, counts) = data();
    for (row, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
        features.row_mut(row).fill(1e300);
    }
    let weights = DVector::from_iterator(80, counts.iter().map(|&count| by * count as f64));
    Dataset::new(features, labels, names()).unwrap().with_weights(weights).unwrap()
}

/// Everything that a fit says, in numbers.
fn figures(fit: &Fit) -> Vec<f64> {
    let mut figures =
        vec![fit.intercept(), fit.objective(), fit.log_likelihood(), fit.null_deviance(), fit.total_weight()];
    figures.extend(fit.aic().into_iter().chain(fit.bic()));
    figures.extend(fit.coefficients());
    if let Ok(inference) = fit.inference() {
        figures.extend(inference.standard_errors().into_iter().chain(inference.z()).chain(inference.p()));
    }
    figures
}

fn assert_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
}

#[test]
fn a_weight_is_so_many_examples() {
    for gradient in GRADIENTS {
        for penalty in PENALTIES {
            let regression = LogisticRegression::new().penalty(penalty).gradient(gradient);
            let rows = regression.fit(&repeated()).unwrap();
            let weights = regression.fit(&weighted(1.0)).unwrap();
            assert_near(&figures(&weights), &figures(&rows));
            assert!(weights.certificate().is_some(), "{penalty:?}");
        }
    }
}

#[test]
fn weights_ten_times_as_large_only_say_that_there_is_more() {
    for gradient in GRADIENTS {
        let regression = LogisticRegression::new().gradient(gradient);
        let (once, tenfold) =
            (regression.fit(&weighted(1.0)).unwrap(), regression.fit(&weighted(10.0)).unwrap());
        assert_near(tenfold.coefficients(), once.coefficients());
        let errors = |fit: &Fit, by: f64| -> Vec<f64> {
            fit.inference().unwrap().standard_errors().iter().map(|error| error * by).collect()
        };
        assert_near(&errors(&tenfold, 10.0_f64.sqrt()), &errors(&once, 1.0));
        assert_near(&[tenfold.log_likelihood()], &[10.0 * once.log_likelihood()]);
    }
}

#[test]
fn an_offset_is_a_feature_whose_coefficient_is_known() {
    let (features, labels, _) = data();
    let plain = Dataset::new(features.clone(), labels, names()).unwrap();
    let offset = features.column(1) * 0.7 - DVector::from_element(80, 3.0);
    let moved = plain.clone().with_offset(offset).unwrap();
    for gradient in GRADIENTS {
        for penalty in [Penalty::None, Penalty::Firth] {
            let regression = LogisticRegression::new().penalty(penalty).gradient(gradient);
            let (plain, moved) = (regression.fit(&plain).unwrap(), regression.fit(&moved).unwrap());
            assert!((moved.intercept() - 3.0 - plain.intercept()).abs() < 1e-10);
            assert!((moved.coefficients()[0] - plain.coefficients()[0]).abs() < 1e-10);
            assert!((moved.coefficients()[1] + 0.7 - plain.coefficients()[1]).abs() < 1e-10);
            assert_near(
                &moved.inference().unwrap().standard_errors(),
                &plain.inference().unwrap().standard_errors(),
            );
        }
    }
    // The null deviance is that of the intercept and the offset.
    let fit = LogisticRegression::new().fit(&moved).unwrap();
    let bare = LogisticRegression::new().fit(&moved.with_columns(&[]).unwrap()).unwrap();
    assert_near(&[fit.null_deviance()], &[bare.deviance()]);
}

/// The intercept takes a constant offset back, to as many digits as the offset leaves of it.
#[test]
fn a_constant_offset_moves_the_intercept_alone() {
    let (features, labels, _) = data();
    let plain = Dataset::new(features, labels, names()).unwrap();
    for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent] {
        for penalty in PENALTIES {
            let regression = LogisticRegression::new().penalty(penalty);
            // Firth's likelihood has a solver of its own.
            let regression = if penalty == Penalty::Firth { regression } else { regression.solver(solver) };
            let known = regression.fit(&plain).unwrap();
            for offset in [34.0, -40.0, 700.0, -5e3] {
                let moved = plain.clone().with_offset(DVector::from_element(80, offset)).unwrap();
                let fit = regression.fit(&moved).unwrap();
                assert_near(fit.coefficients(), known.coefficients());
                assert!((fit.intercept() + offset - known.intercept()).abs() < 1e-9, "{solver:?} {offset}");
            }
        }
    }
}

/// Of offsets up to ±40 and ±1,000 most leave no curvature to begin with. Two points that are both proved to be near the optimum are near each other.
#[test]
fn offsets_may_spread_as_far_as_they_like() {
    let (features, labels, _) = data();
    let plain = Dataset::new(features, labels, names()).unwrap();
    for reach in [40.0, 1e3] {
        let offset = DVector::from_fn(80, |i, _| reach * (i as f64 / 39.5 - 1.0));
        let data = plain.clone().with_offset(offset).unwrap();
        let fit = |solver| LogisticRegression::new().penalty(Penalty::L2(0.05)).solver(solver).fit(&data);
        let newton = fit(Solver::Newton).unwrap();
        for solver in [Solver::Lbfgs, Solver::NewtonCg] {
            let other = fit(solver).unwrap();
            let bounds = newton.certificate().unwrap().weights() + other.certificate().unwrap().weights();
            for (one, other) in newton.coefficients().iter().zip(other.coefficients()) {
                assert!((one - other).abs() <= bounds, "{solver:?}, {reach}: {one} {other}");
            }
        }
    }
}

/// Weights of 0 for the examples of one label.
fn without(label: f64) -> Dataset {
    let (features, labels, _) = data();
    let weights = labels.map(|other| if other == label { 0.0 } else { 1.5 });
    let data =
        Dataset::new(features, labels, names()).unwrap().with_target("outcome", Classes::new("well", "ill"));
    data.with_weights(weights).unwrap().with_weight_column("patients")
}

/// Not that all labels are of one kind, which they are not.
#[test]
fn weights_that_leave_a_class_without_weight_say_so() {
    for (label, class) in [(0.0, "well"), (1.0, "ill")] {
        let data = without(label);
        let examples = data.labels().iter().filter(|&&other| other == label).count();
        let expected = format!(
            "the weights in column 'patients' leave class '{class}' of 'outcome' without weight (all its {examples} examples have the weight 0): \
             give one of its examples a weight that counts, or leave the weights out"
        );
        let moved = data.clone().with_offset(DVector::from_fn(80, |i, _| 0.01 * i as f64)).unwrap();
        for data in [&data, &moved, &data.with_columns(&["b"]).unwrap(), &data.with_columns(&[]).unwrap()] {
            for solver in
                [Solver::Automatic, Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent]
            {
                for penalty in [Penalty::None, Penalty::L2(0.05)] {
                    let regression = LogisticRegression::new().penalty(penalty).solver(solver);
                    let error = regression.fit(data).unwrap_err();
                    let refused =
                        matches!(error, Error::Data(chainrule_data::Error::ClassWithoutWeight { .. }));
                    assert!(refused && error.to_string() == expected, "{solver:?}: {error}");
                    assert_eq!(regression.tolerance(1e-3).fit(data).unwrap_err().to_string(), expected);
                }
            }
        }
        // What needs no second class is there all the same: Firth's likelihood, and a trajectory.
        let firth = LogisticRegression::new().penalty(Penalty::Firth).fit(&data).unwrap();
        assert!((firth.intercept() > 0.0) == (label == 0.0) && firth.intercept().is_finite());
        assert!(LogisticRegression::new().descend(&data, 5).is_ok());
        // A fit by other weights is none of these data.
        let regression = LogisticRegression::new();
        let other = regression.fit(&weighted(1.0)).unwrap();
        let error = regression.profile_intervals(&data, &other, 0.95).unwrap_err();
        assert!(matches!(error, Error::NoProfile { .. }), "{error}");
    }
}

/// A share of all weights that f64 has no number for is none; one that it has counts.
#[test]
fn a_class_whose_share_is_no_number_has_no_weight() {
    let (features, labels, _) = data();
    let data = |weight: f64, other: f64| {
        let weights = labels.map(|label| if label > 0.5 { weight } else { other });
        Dataset::new(features.clone(), labels.clone(), names()).unwrap().with_weights(weights).unwrap()
    };
    for (weight, other) in [(5e-324, 1.0), (1e-300, 1e50), (1e-320, 1e-10)] {
        let error =
            LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data(weight, other)).unwrap_err();
        assert!(error.to_string().contains("leave class '1' of 'y' without weight"), "{error}");
    }
    let fit = LogisticRegression::new().fit(&data(1e-3, 1e3)).unwrap();
    assert!(fit.null_deviance().is_finite() && fit.intercept() < -10.0);
}

#[test]
fn labels_of_one_kind_are_called_so_whatever_the_weights() {
    let (features, _, counts) = data();
    for label in [0.0, 1.0] {
        let plain = Dataset::new(features.clone(), DVector::from_element(80, label), names()).unwrap();
        let weights = DVector::from_iterator(80, counts.iter().map(|&count| count as f64));
        for data in [plain.clone(), plain.with_weights(weights).unwrap()] {
            let error = LogisticRegression::new().fit(&data).unwrap_err();
            assert!(
                matches!(error, Error::OneClass { examples: 80, label: found } if found == label),
                "{error}"
            );
            assert!(error.to_string().contains("labels") && !error.to_string().contains("weight"), "{error}");
        }
    }
}
