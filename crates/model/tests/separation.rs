//! Hyperplanes that divide the classes: found where there are any, and true.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{
    Error, LogisticRegression, Obstacle, Separability, Separation, SeparationKind, separability, separation,
};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

fn set(rows: &[&[f64]], labels: &[f64]) -> Dataset {
    let columns = rows[0].len();
    let features =
        DMatrix::from_row_iterator(rows.len(), columns, rows.iter().flat_map(|row| row.iter().copied()));
    let names = (1..=columns).map(|j| format!("x{j}")).collect();
    Dataset::new(features, DVector::from_column_slice(labels), names).unwrap()
}

fn found(data: &Dataset) -> Option<Separation> {
    separation(data).unwrap()
}

/// (b + w·x)·s for each example, in whole numbers where data and direction are whole.
fn sides(data: &Dataset, direction: &Separation) -> Vec<f64> {
    let side = |row: usize| {
        let products = data.columns().zip(direction.weights()).map(|(column, w)| column[row] * w);
        (direction.intercept() + products.sum::<f64>()) * (2.0 * data.labels()[row] - 1.0)
    };
    (0..data.len()).map(side).collect()
}

#[test]
fn separable_data_are_separated_completely() {
    for (examples, columns, margin) in [(10, 1, 0.5), (200, 3, 0.01), (2_000, 10, 0.1), (20_000, 5, 1e-3)] {
        let made = Separable::new(examples, columns).margin(margin).seed(3).generate().unwrap();
        let direction = found(&made.dataset).unwrap();
        assert_eq!(direction.kind(), SeparationKind::Complete, "{examples} x {columns}");
        let least = sides(&made.dataset, &direction).into_iter().fold(f64::INFINITY, f64::min);
        let length = direction.weights().iter().map(|w| w * w).sum::<f64>().sqrt();
        assert!(least > 0.0 && (least / length / direction.margin() - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_direction_names_the_columns_that_it_takes() {
    // x2 alone divides the classes; the others are noise without a pattern.
    let noise = |i: usize, by: f64| ((i as f64 * by).fract() - 0.5) * 4.0;
    let rows: Vec<Vec<f64>> =
        (0..60).map(|i| vec![noise(i, 0.618), if i % 3 == 0 { 5.0 } else { 1.0 }, noise(i, 0.754)]).collect();
    let labels: Vec<f64> = (0..60).map(|i| if i % 3 == 0 { 1.0 } else { 0.0 }).collect();
    let data = set(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &labels);
    let direction = found(&data).unwrap();
    assert_eq!(direction.columns(), ["x2"]);
    assert!((direction.margin() - 2.0).abs() < 1e-6);
}

#[test]
fn an_indicator_of_events_alone_separates_quasi_completely() {
    let rows: [&[f64]; 7] =
        [&[0.3, 1.0], &[1.2, 1.0], &[0.1, 0.0], &[0.9, 0.0], &[0.5, 0.0], &[1.1, 0.0], &[0.2, 0.0]];
    let data = set(&rows, &[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]);
    let direction = found(&data).unwrap();
    assert_eq!(
        (direction.kind(), direction.columns()),
        (SeparationKind::QuasiComplete, &["x2".to_owned()][..])
    );
    assert_eq!((direction.intercept(), direction.weights()), (0.0, &[0.0, 1.0][..]));
    assert_eq!(direction.margin(), 0.0);
}

#[test]
fn a_tie_at_a_decimal_threshold_is_exactly_on_the_hyperplane() {
    let rows: [&[f64]; 5] = [&[-0.7], &[0.1], &[0.1], &[0.3], &[2.6]];
    let data = set(&rows, &[0.0, 0.0, 1.0, 1.0, 1.0]);
    let direction = found(&data).unwrap();
    assert_eq!(direction.kind(), SeparationKind::QuasiComplete);
    assert_eq!((direction.intercept(), direction.weights()), (-0.1, &[1.0][..]));
}

#[test]
fn data_that_overlap_have_none() {
    assert_eq!(found(&spector().unwrap().dataset), None);
    let rows: [&[f64]; 4] = [&[1.0], &[2.0], &[3.0], &[4.0]];
    assert_eq!(found(&set(&rows, &[0.0, 1.0, 0.0, 1.0])), None);
}

/// One event 10⁻⁹ beyond the others, or short of them.
#[test]
fn a_billionth_between_the_classes_is_seen() {
    let labels = [0.0, 0.0, 1.0, 1.0];
    let apart: [&[f64]; 4] = [&[1.0], &[2.0], &[2.0 + 1e-9], &[3.0]];
    let direction = found(&set(&apart, &labels)).unwrap();
    assert_eq!(direction.kind(), SeparationKind::Complete);
    assert!((direction.margin() / 5e-10 - 1.0).abs() < 1e-6);
    let overlapping: [&[f64]; 4] = [&[1.0], &[2.0], &[2.0 - 1e-9], &[3.0]];
    assert_eq!(found(&set(&overlapping, &labels)), None);
}

#[test]
fn an_overlap_of_one_unit_in_the_last_place_is_no_separation_but_within_rounding() {
    let labels = [0.0, 0.0, 1.0, 1.0];
    let rows: [&[f64]; 4] = [&[1.0], &[2.0], &[2.0_f64.next_down()], &[3.0]];
    assert_eq!(found(&set(&rows, &labels)).unwrap().kind(), SeparationKind::WithinRounding);
    let touching: [&[f64]; 4] = [&[1.0], &[2.0], &[2.0], &[3.0]];
    assert_eq!(found(&set(&touching, &labels)).unwrap().kind(), SeparationKind::QuasiComplete);
}

/// Points with x + y = 0.3, of both classes: as f64s they lie on either side of each other.
#[test]
fn decimals_on_a_line_are_on_it_within_rounding() {
    let rows: [&[f64]; 8] = [
        &[0.1, 0.2],
        &[0.15, 0.15],
        &[0.3, 0.0],
        &[0.1, 0.2],
        &[0.15, 0.15],
        &[0.3, 0.0],
        &[0.7, 0.1],
        &[-0.4, 0.2],
    ];
    let data = set(&rows, &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    let direction = found(&data).unwrap();
    assert_eq!(direction.kind(), SeparationKind::WithinRounding);
    assert!((direction.weights()[0] / direction.weights()[1] - 1.0).abs() < 1e-9);
    assert!(direction.to_string().ends_with("next to the hyperplane"), "{direction}");
}

/// 3x + 7y ≤ 21 for one class and ≥ 21 for the other: neither 3/7 nor 7/3 is an f64.
#[test]
fn points_on_a_line_of_whole_numbers_are_exactly_on_it() {
    let rows: [&[f64]; 8] = [
        &[0.0, 3.0],
        &[7.0, 0.0],
        &[0.0, 3.0],
        &[7.0, 0.0],
        &[5.0, 1.0],
        &[2.0, 2.0],
        &[3.0, 2.0],
        &[6.0, 1.0],
    ];
    let labels = [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0];
    let data = set(&rows, &labels);
    let direction = found(&data).unwrap();
    assert_eq!(direction.kind(), SeparationKind::QuasiComplete);
    assert!(sides(&data, &direction)[..4].iter().all(|side| *side == 0.0), "{direction:?}");
}

/// Numbers from −½ to ½ without a pattern.
fn noise(examples: usize, columns: usize) -> DMatrix<f64> {
    let mut state = 7_u64;
    DMatrix::from_fn(examples, columns, |_, _| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    })
}

fn named(features: DMatrix<f64>, labels: DVector<f64>) -> Dataset {
    let names = (0..features.ncols()).map(|j| format!("x{j}")).collect();
    Dataset::new(features, labels, names).unwrap()
}

#[test]
fn an_indicator_among_many_columns_is_named() {
    for (examples, columns) in [(3_000, 450), (2_500, 1_000)] {
        let mut features = noise(examples, columns + 1);
        let labels = features.column(columns).map(|x| f64::from(u8::from(x > 0.0)));
        let marked = |row: usize, _| f64::from(u8::from(labels[row] > 0.5 && row.is_multiple_of(10)));
        features.set_column(5, &DVector::from_fn(examples, marked));
        let direction = found(&named(features.remove_column(columns), labels)).unwrap();
        let kind_and_columns = (direction.kind(), direction.columns());
        assert_eq!(kind_and_columns, (SeparationKind::QuasiComplete, &["x5".to_owned()][..]));
    }
}

/// Neither e + a nor e − a separates the classes, but their difference does; all other columns are the same for both classes.
#[test]
fn of_many_columns_those_are_looked_at_that_tell_the_classes_apart() {
    let (examples, columns) = (60, 410);
    let labels = DVector::from_fn(examples, |row, _| (row % 2) as f64);
    let e = noise(examples, 1);
    let mut features = DMatrix::from_fn(examples, columns, |row, j| (row / 2 * (j + 1) % 7) as f64);
    let overlapping = named(features.clone(), labels.clone());
    assert_eq!(separability(&overlapping).unwrap(), Separability::Unknown);
    for (column, by) in [(7, 0.1), (409, -0.1)] {
        features.set_column(column, &DVector::from_fn(examples, |row, _| e[row] + by * (labels[row] - 0.5)));
    }
    let direction = found(&named(features, labels)).unwrap();
    let kind_and_columns = (direction.kind(), direction.columns());
    assert_eq!(kind_and_columns, (SeparationKind::Complete, &["x7".to_owned(), "x409".to_owned()][..]));
}

#[test]
fn of_few_columns_it_is_known_that_the_classes_overlap() {
    let rows: [&[f64]; 4] = [&[1.0], &[2.0], &[3.0], &[4.0]];
    assert_eq!(separability(&set(&rows, &[0.0, 1.0, 0.0, 1.0])).unwrap(), Separability::Overlap);
}

/// Three columns separate quasi-completely, which a solver may take for completely with weights of 10⁷; with two more it is so.
#[test]
fn columns_that_make_a_separation_complete_are_not_left_out() {
    let mut state = 200_u64;
    let mut drawn = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let features = DMatrix::from_fn(200, 10, |_, _| (drawn() % 7) as f64 / 2.0);
    let z = features.column(0) - features.column(1) + 2.0 * features.column(2);
    let labels = z.map(|z| if z == 3.0 { (drawn() % 2) as f64 } else { f64::from(u8::from(z > 3.0)) });
    let three = named(features.columns(0, 3).into_owned(), labels.clone());
    assert_eq!(found(&three).unwrap().kind(), SeparationKind::QuasiComplete);
    assert_eq!(found(&named(features, labels)).unwrap().kind(), SeparationKind::Complete);
}

#[test]
fn badly_scaled_and_repeated_columns_do_no_harm() {
    let rows: Vec<Vec<f64>> = (0..40)
        .map(|i| {
            let x = f64::from(i) - 19.5;
            vec![1e-8 * x, 1e9 + (x * 7.7).sin(), 1e6 * x * x, 1e-8 * x, 5.0]
        })
        .collect();
    let labels: Vec<f64> = (0..40).map(|i| if i < 20 { 0.0 } else { 1.0 }).collect();
    let data = set(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>(), &labels);
    assert_eq!(found(&data).unwrap().kind(), SeparationKind::Complete);
}

#[test]
fn more_columns_than_examples_separate() {
    let rows: [&[f64]; 3] = [&[1.0, 0.0, 2.0, 5.0], &[0.0, 3.0, 1.0, 1.0], &[2.0, 1.0, 1.0, 0.5]];
    assert_eq!(found(&set(&rows, &[0.0, 1.0, 0.0])).unwrap().kind(), SeparationKind::Complete);
}

#[test]
fn the_error_of_a_fit_says_which_columns() {
    let rows: [&[f64]; 4] = [&[1.0, 7.0], &[2.0, 4.0], &[2.0, 4.0], &[3.0, 5.0]];
    let error = LogisticRegression::new().fit(&set(&rows, &[0.0, 0.0, 1.0, 1.0])).unwrap_err();
    assert!(
        error.to_string().contains("quasi-complete separation by `x1`, some examples on the hyperplane"),
        "{error}"
    );
    let Error::NotReached { obstacle: Obstacle::Separable { .. }, fit } = error else { panic!("{error}") };
    assert!(!fit.converged() && fit.inference().is_err());
    let certified = breast_cancer_ridge().unwrap();
    let error = LogisticRegression::new().fit(&certified.dataset).unwrap_err();
    assert!(error.to_string().contains("complete separation by"), "{error}");
}

/// Whether some direction separates, by trying them all: in the plane every separating direction can be turned until it is at right angles to a
/// difference of two examples of small whole numbers, so that directions of whole numbers up to 8 are all there are.
fn separable_by_search(rows: &[(i64, i64)], labels: &[bool]) -> (bool, bool) {
    let (mut complete, mut quasi) = (false, false);
    for (u, v) in
        (-8..=8).flat_map(|u| (-8..=8).map(move |v| (u, v))).filter(|&direction| direction != (0, 0))
    {
        let along = |wanted: bool| {
            let of_class = rows.iter().zip(labels).filter(move |(_, label)| **label == wanted);
            of_class.map(move |(&(x, y), _)| u * x + v * y)
        };
        let (highest, lowest) = (along(false).max().unwrap(), along(true).min().unwrap());
        complete |= highest < lowest;
        let all_equal = along(false).chain(along(true)).all(|side| side == highest);
        quasi |= highest <= lowest && !all_equal;
    }
    (complete, quasi)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(400) })]

    #[test]
    fn small_data_are_told_apart(
        rows in proptest::collection::vec((-2..=2_i64, -2..=2_i64), 4..9),
        pattern in 1..255_u32,
    ) {
        let labels: Vec<bool> = (0..rows.len()).map(|i| pattern >> i & 1 == 1).collect();
        prop_assume!(labels.iter().any(|&label| label) && labels.iter().any(|&label| !label));
        let numbers: Vec<[f64; 2]> = rows.iter().map(|&(x, y)| [x as f64, y as f64]).collect();
        let data = set(
            &numbers.iter().map(<[f64; 2]>::as_slice).collect::<Vec<_>>(),
            &labels.iter().map(|&label| f64::from(u8::from(label))).collect::<Vec<_>>(),
        );
        let expected = match separable_by_search(&rows, &labels) {
            (true, _) => Some(SeparationKind::Complete),
            (_, true) => Some(SeparationKind::QuasiComplete),
            _ => None,
        };
        prop_assert_eq!(found(&data).map(|direction| direction.kind()), expected);
    }
}
