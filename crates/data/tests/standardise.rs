//! Standardised columns have mean 0 and deviation 1, the way back is the way back, and nothing overflows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{Dataset, Error, Standardiser};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(40),
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    }
}

/// One feature called x.
fn column(values: &[f64]) -> Dataset {
    table(values, &["x"])
}

/// Features by row.
fn table(values: &[f64], names: &[&str]) -> Dataset {
    let rows = values.len() / names.len();
    let names: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
    let features = DMatrix::from_row_slice(rows, names.len(), values);
    Dataset::new(features, DVector::zeros(rows), names).unwrap()
}

fn fitted(data: &Dataset) -> (Standardiser, Dataset) {
    let standardiser = Standardiser::fit(data).unwrap();
    let standardised = standardiser.transform(data).unwrap();
    (standardiser, standardised)
}

#[test]
fn deviation_is_that_of_the_population() {
    let (standardiser, standardised) = fitted(&column(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]));
    assert_eq!((standardiser.means()[0], standardiser.scales()[0]), (5.0, 2.0));
    assert_eq!(standardised.features().as_slice(), [-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]);
    assert!(standardiser.constant_columns().is_empty());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn mean_is_0_and_deviation_is_1(
        values in prop::collection::vec(-1.0..1.0_f64, 2..50),
        (centre, exponent) in (-100.0..100.0_f64, -300.0..300.0_f64),
    ) {
        let unit = 10_f64.powf(exponent);
        let data = column(&values.iter().map(|value| (value + centre) * unit).collect::<Vec<_>>());
        let (standardiser, standardised) = fitted(&data);
        prop_assume!(standardiser.constant_columns().is_empty());
        let z = standardised.features();
        // Rounding of x counts in units of the deviation, which may be much smaller than x.
        let rounding = f64::EPSILON * (1.0 + standardiser.means()[0].abs() / standardiser.scales()[0]);
        let tolerance = 8.0 * (values.len() as f64).sqrt() * rounding;
        prop_assert!(z.mean().abs() <= tolerance, "mean {}", z.mean());
        prop_assert!((z.variance().sqrt() - 1.0).abs() <= tolerance, "variance {}", z.variance());
        let back = standardiser.inverse(&standardised).unwrap();
        for (x, back) in data.features().iter().zip(back.features().iter()) {
            let size = x.abs() + standardiser.means()[0].abs();
            prop_assert!((x - back).abs() <= 4.0 * f64::EPSILON * size, "{x} {back}");
        }
    }

    #[test]
    fn coefficients_predict_the_same_in_original_units(
        values in prop::collection::vec(-5.0..5.0_f64, 12),
        coefficients in prop::collection::vec(-3.0..3.0_f64, 3),
        intercept in -3.0..3.0_f64,
    ) {
        let data = table(&values, &["a", "b", "c"]);
        let (standardiser, standardised) = fitted(&data);
        let v = DVector::from_vec(coefficients);
        let (original, w) = standardiser.coefficients_to_original(intercept, &v).unwrap();
        let expected = (standardised.features() * v).add_scalar(intercept);
        let found = (data.features() * &w).add_scalar(original);
        let size = 1.0 + w.amax() * 15.0 + original.abs();
        prop_assert!((expected - found).amax() <= 1e-14 * size);
    }
}

#[test]
fn constant_columns_are_centred_to_exactly_0_and_named() {
    // 0.1 three times sums to something that a third of is not 0.1.
    let data = table(&[0.1, 1.0, 1e300, 0.1, 2.0, 1e300, 0.1, 3.0, 1e300], &["a", "b", "c"]);
    let (standardiser, standardised) = fitted(&data);
    assert_eq!(standardiser.constant_columns(), ["a", "c"]);
    assert_eq!(standardiser.scales()[0], 1.0);
    assert!(
        standardised
            .features()
            .column(0)
            .iter()
            .chain(standardised.features().column(2).iter())
            .all(|&z| z == 0.0)
    );
    assert_eq!(standardiser.inverse(&standardised).unwrap().features().column(0), data.features().column(0));
}

#[test]
fn constant_columns_are_found_whatever_their_length() {
    for count in 1..500 {
        for value in [0.1, -0.7, 1e-310, f64::MAX] {
            let standardiser = Standardiser::fit(&column(&vec![value; count])).unwrap();
            assert_eq!(standardiser.constant_columns(), ["x"], "{value} {count} times");
            assert_eq!(standardiser.means()[0], value);
        }
    }
}

#[test]
fn the_mean_is_right_to_the_last_bit_in_a_long_column() {
    // Symmetric about 0.1; one sum alone is off by some hundred units in the last place.
    let mut values = vec![0.1; 10_000];
    values.extend([0.1 - 0.0625, 0.1 + 0.0625]);
    let mean = Standardiser::fit(&column(&values)).unwrap().means()[0];
    assert!((mean - 0.1).abs() <= f64::EPSILON / 16.0, "{:e}", mean - 0.1);
}

#[test]
fn a_column_that_barely_varies_is_not_constant() {
    let (standardiser, _) = fitted(&column(&[1.0, 1.0, 1.0, 1.0 + f64::EPSILON]));
    assert!(standardiser.constant_columns().is_empty());
    let expected = f64::EPSILON * (3.0_f64 / 16.0).sqrt();
    assert!((standardiser.scales()[0] / expected - 1.0).abs() < 1e-12);
}

#[test]
fn huge_and_tiny_columns_neither_over_nor_underflow() {
    for unit in [1e300, f64::MAX / 4.0, 1e-300, f64::MIN_POSITIVE] {
        let (standardiser, z) = fitted(&column(&[-unit, unit, -unit, unit]));
        assert_eq!(z.features().as_slice(), [-1.0, 1.0, -1.0, 1.0], "{unit}");
        assert_eq!(standardiser.inverse(&z).unwrap().features().as_slice(), [-unit, unit, -unit, unit]);
    }
}

#[test]
fn differences_beyond_the_largest_f64_are_halved_first() {
    let most = 0.9 * f64::MAX;
    let values = [most, -most, -most, -most];
    let (standardiser, z) = fitted(&column(&values));
    let expected = [3_f64.sqrt(), -1.0 / 3_f64.sqrt()];
    assert!((z.features()[0] - expected[0]).abs() < 1e-15);
    assert!((z.features()[1] - expected[1]).abs() < 1e-15);
    let back = standardiser.inverse(&z).unwrap();
    assert!(back.features().iter().zip(values).all(|(x, value)| (x / value - 1.0).abs() < 1e-15));
}

#[test]
fn a_spread_below_the_smallest_f64_counts_as_constant() {
    let (standardiser, z) = fitted(&column(&[0.0, 0.0, 0.0, 0.0, 5e-324]));
    assert_eq!(standardiser.constant_columns(), ["x"]);
    assert!(z.features().iter().all(|z| z.is_finite()));
}

#[test]
fn data_on_the_same_columns_are_measured_by_the_fit() {
    let (standardiser, _) = fitted(&column(&[1.0, 3.0]));
    assert_eq!(standardiser.transform(&column(&[5.0])).unwrap().features()[0], 3.0);
}

#[test]
fn other_columns_are_refused() {
    let (standardiser, _) = fitted(&table(&[1.0, 2.0, 3.0, 4.0], &["a", "b"]));
    let refused = |names: &[&str]| {
        let error = standardiser.transform(&table(&vec![1.0; names.len()], names)).unwrap_err();
        let Error::ColumnsDiffer { column, expected, found } = error else { panic!("{error}") };
        (column, expected, found)
    };
    assert_eq!(refused(&["b", "a"]), (0, "'a'".to_string(), "'b'".to_string()));
    assert_eq!(refused(&["a"]), (1, "'b'".to_string(), "absent".to_string()));
    assert_eq!(refused(&["a", "b", "c"]), (2, "absent".to_string(), "'c'".to_string()));
    assert!(matches!(standardiser.inverse(&column(&[1.0])), Err(Error::ColumnsDiffer { column: 0, .. })));
}

#[test]
fn results_beyond_the_largest_f64_are_named() {
    let (standardiser, _) = fitted(&column(&[-1e-300, 1e-300]));
    let result = standardiser.transform(&column(&[0.0, 1e300]));
    assert!(matches!(result, Err(Error::NonFinite { row: 1, .. })), "{result:?}");
}

#[test]
fn there_is_one_coefficient_a_column() {
    let (standardiser, _) = fitted(&column(&[1.0, 3.0]));
    let wanted = Error::ComponentCount { what: "the coefficient vector", expected: 1, found: 2 };
    assert_eq!(standardiser.coefficients_to_original(0.0, &DVector::zeros(2)), Err(wanted));
}
