//! Firth's likelihood where it is known: tables, symmetry, separated data.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Penalty, Theorem};
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
