//! Firth's likelihood where it is known: tables, symmetry, separated data.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Objective, Penalty, Theorem};
use nalgebra::{DMatrix, DVector};

fn firth(data: &Dataset) -> Fit {
    LogisticRegression::new().penalty(Penalty::Firth).fit(data).unwrap()
}

/// Counts of (x = 0, y = 0), (0, 1), (1, 0), (1, 1) as examples.
fn table(counts: [usize; 4]) -> Dataset {
    let cells = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    let rows: Vec<(f64, f64)> =
        counts.iter().zip(cells).flat_map(|(&count, cell)| std::iter::repeat_n(cell, count)).collect();
    let x = DMatrix::from_iterator(rows.len(), 1, rows.iter().map(|row| row.0));
    let y = DVector::from_iterator(rows.len(), rows.iter().map(|row| row.1));
    Dataset::new(x, y, vec!["x".to_owned()]).unwrap()
}

/// Of a saturated table Firth's estimate is the log odds of the counts with a half added to each (Firth 1993, section 5).
#[test]
fn a_half_is_added_to_each_cell() {
    for counts in [[3, 5, 4, 2], [10, 0, 3, 6], [7, 0, 0, 9], [1, 1, 1, 0]] {
        let fit = firth(&table(counts));
        let [a, b, c, d] = counts.map(|count| count as f64 + 0.5);
        assert!((fit.intercept() - (b / a).ln()).abs() < 1e-11, "{counts:?}");
        assert!((fit.coefficients()[0] - ((d / c).ln() - (b / a).ln())).abs() < 1e-11, "{counts:?}");
        assert_eq!(fit.certificate().unwrap().theorem(), Theorem::Stationarity);
        // The information of a table at these odds: √Σ 1/(n·p·(1 − p)) over the two rows.
        let row = |others: f64, events: f64, count: usize| {
            let p = events / (others + events);
            1.0 / (count as f64 * p * (1.0 - p))
        };
        let error = (row(a, b, counts[0] + counts[1]) + row(c, d, counts[2] + counts[3])).sqrt();
        assert!((fit.inference().unwrap().standard_errors()[1] / error - 1.0).abs() < 1e-9, "{counts:?}");
    }
}

#[test]
fn swapped_labels_turn_the_signs() {
    let made = Separable::new(60, 3).margin(0.1).seed(4).generate().unwrap().dataset;
    let swapped = Dataset::new(
        made.features().clone(),
        made.labels().map(|label| 1.0 - label),
        made.feature_names().to_vec(),
    );
    let (one, other) = (firth(&made), firth(&swapped.unwrap()));
    assert!((one.intercept() + other.intercept()).abs() < 1e-9);
    for (one, other) in one.coefficients().iter().zip(other.coefficients()) {
        assert!((one + other).abs() < 1e-9 && one.is_finite());
    }
}

#[test]
fn both_gradients_find_the_same_on_separated_data() {
    for (columns, seed) in [(2, 1), (5, 2), (10, 3)] {
        let made = Separable::new(100, columns).margin(0.3).seed(seed).generate().unwrap().dataset;
        let graph =
            LogisticRegression::new().penalty(Penalty::Firth).gradient(Gradient::Graph).fit(&made).unwrap();
        let closed = firth(&made);
        for (one, other) in closed.coefficients().iter().zip(graph.coefficients()) {
            assert!((one / other - 1.0).abs() < 1e-9, "{one} {other}");
        }
        assert!(closed.gradient_norm() < 1e-12, "{:e}", closed.gradient_norm());
    }
}

#[test]
fn a_stated_number_of_steps_is_refused() {
    let regression = LogisticRegression::new().penalty(Penalty::Firth);
    assert!(matches!(regression.descend(&table([1, 2, 3, 4]), 5), Err(Error::NotConvex)));
}

/// Overlapping classes, two columns, weights from ½ to 2 and offsets: without a pattern.
fn weighted_and_offset() -> Dataset {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let x = DMatrix::from_fn(40, 2, |i, j| 3.0 * part(i + 1, [0.618_034, 0.754_878][j]) - 1.0);
    let y = DVector::from_fn(40, |i, _| f64::from(u8::from(part(i + 1, 0.569_84) < 0.2 + 0.2 * x[(i, 0)])));
    let data = Dataset::new(x, y, vec!["a".to_owned(), "b".to_owned()]).unwrap();
    let weighted = data.with_weights(DVector::from_fn(40, |i, _| 0.5 + 1.5 * part(i, 0.882_1))).unwrap();
    weighted.with_offset(DVector::from_fn(40, |i, _| 2.0 * part(i, 0.324_7) - 1.0)).unwrap()
}

fn point(fit: &Fit) -> DVector<f64> {
    DVector::from_column_slice(fit.coefficients()).insert_row(0, fit.intercept())
}

/// Firth's objective by the log-loss and its Hessian: J − ln det(Σc·∇²J)/(2·Σc).
fn objective(data: &Dataset, point: &DVector<f64>) -> f64 {
    let loss = Objective::new(data, 0.0, Gradient::ClosedForm).unwrap();
    let information = loss.hessian(point).unwrap() * data.total_weight();
    loss.value(point).unwrap() - information.determinant().ln() / (2.0 * data.total_weight())
}

/// Central differences of the objective, of fourth order: truncated by some h⁴ = 10⁻¹², rounded by some 10⁻¹⁶/h = 10⁻¹³.
fn slopes(data: &Dataset, fit: &Fit) -> DVector<f64> {
    const H: f64 = 1e-3;
    let point = point(fit);
    DVector::from_fn(point.len(), |j, _| {
        let at = |share: f64| {
            let mut moved = point.clone();
            moved[j] += share * H;
            objective(data, &moved)
        };
        (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * H)
    })
}

/// The gradient that a fit reports on the way and at its end, by an independent route.
#[test]
fn the_gradient_is_that_of_differences_with_weights_and_offset() {
    let data = weighted_and_offset();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().penalty(Penalty::Firth).gradient(gradient);
        for limit in 0..3 {
            let Err(Error::NotReached { fit, .. }) = regression.clone().iteration_limit(limit).fit(&data)
            else {
                panic!("a fit in {limit} steps")
            };
            let norm = slopes(&data, &fit).norm();
            assert!((fit.gradient_norm() - norm).abs() < 1e-11, "{limit}: {} {norm}", fit.gradient_norm());
            assert!((fit.objective() - objective(&data, &point(&fit))).abs() < 1e-14);
        }
        let fit = regression.fit(&data).unwrap();
        assert!(slopes(&data, &fit).norm() < 1e-11, "{}", slopes(&data, &fit));
    }
}

/// Before each step, the first phase's and the second's, with the J of the history.
#[test]
fn a_fit_tells_before_each_step_how_far_it_has_come() {
    let separated = Separable::new(100, 3).margin(0.2).seed(1).generate().unwrap().dataset;
    for data in [weighted_and_offset(), separated, table([3, 5, 4, 2])] {
        let mut told = Vec::new();
        let regression = LogisticRegression::new().penalty(Penalty::Firth);
        let fit = regression
            .fit_watched(&data, &mut |progress| told.push((progress.steps, progress.objective)))
            .unwrap();
        let steps: Vec<(usize, f64)> = fit.history().iter().copied().enumerate().collect();
        // The last step may be one that needs no look before it.
        assert!(told.len() + 2 >= steps.len(), "{} of {}", told.len(), steps.len());
        assert_eq!(told, steps[..told.len()]);
    }
}
