//! A dataset holds its invariant, and refuses whatever breaks it by name and place.

use chainrule_data::{Classes, Dataset, Error};
use nalgebra::{DMatrix, DVector};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_string()).collect()
}

fn dataset(features: &[f64], labels: &[f64], columns: &[&str]) -> Result<Dataset, Error> {
    let features = DMatrix::from_row_slice(labels.len(), columns.len(), features);
    Dataset::new(features, DVector::from_column_slice(labels), names(columns))
}

#[test]
fn what_goes_in_comes_out() {
    let data = dataset(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[1.0, 0.0, 1.0], &["a", "b"]).unwrap();
    assert_eq!((data.len(), data.dimension(), data.events(), data.is_empty()), (3, 2, 2, false));
    assert_eq!(data.features()[(2, 0)], 5.0);
    assert_eq!(data.labels().as_slice(), [1.0, 0.0, 1.0]);
    assert_eq!(data.feature_names(), ["a", "b"]);
    assert_eq!(data.columns().collect::<Vec<_>>(), [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
}

#[test]
fn target_and_classes_have_names() {
    let data = dataset(&[1.0], &[1.0], &["a"]).unwrap();
    assert_eq!((data.target(), data.classes()), ("y", &Classes::new("0", "1")));
    let data = data.with_target("outcome", Classes::new("well", "ill"));
    assert_eq!((data.target(), data.classes()), ("outcome", &Classes::new("well", "ill")));
    assert_eq!(data.feature_names(), ["a"]);
}

#[test]
fn no_features_is_the_model_of_an_intercept() {
    let data = dataset(&[], &[1.0, 0.0], &[]).unwrap();
    assert_eq!((data.len(), data.dimension(), data.columns().len()), (2, 0, 0));
}

#[test]
fn one_class_alone_is_allowed() {
    assert_eq!(dataset(&[1.0, 2.0], &[0.0, 0.0], &["a"]).unwrap().events(), 0);
}

#[test]
fn shapes_have_to_agree() {
    let two_by_one = || DMatrix::zeros(2, 1);
    let result = Dataset::new(two_by_one(), DVector::zeros(3), names(&["a"]));
    assert_eq!(result, Err(Error::LabelCount { rows: 2, labels: 3 }));
    let result = Dataset::new(two_by_one(), DVector::zeros(2), names(&["a", "b"]));
    assert_eq!(result, Err(Error::NameCount { columns: 1, names: 2 }));
    assert_eq!(dataset(&[], &[], &["a"]), Err(Error::NoExamples));
}

#[test]
fn names_are_not_blank_and_distinct() {
    let result = dataset(&[1.0, 2.0], &[0.0], &["a", " "]);
    assert_eq!(result, Err(Error::EmptyName { column: 1 }));
    let result = dataset(&[1.0, 2.0, 3.0], &[0.0], &["a", "b", "a"]);
    assert_eq!(result, Err(Error::DuplicateName { name: "a".to_string(), first: 0, second: 2 }));
}

#[test]
fn features_are_finite() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = dataset(&[1.0, 2.0, 3.0, value], &[0.0, 1.0], &["a", "b"]).unwrap_err();
        let Error::NonFinite { row, column, .. } = &error else { panic!("{error}") };
        assert_eq!((*row, column.as_str()), (1, "b"));
        assert!(error.to_string().starts_with("row 1 (counted from 0), column 'b' is "), "{error}");
    }
    assert!(dataset(&[f64::MAX, f64::MIN, 5e-324, -0.0], &[0.0, 1.0], &["a", "b"]).is_ok());
}

#[test]
fn labels_are_exactly_0_or_1() {
    for value in [-1.0, 0.5, 2.0, 1.0 + f64::EPSILON, 5e-324] {
        let result = dataset(&[1.0, 2.0], &[0.0, value], &["a"]);
        assert_eq!(result, Err(Error::Label { row: 1, value }));
    }
    assert!(matches!(dataset(&[1.0], &[f64::NAN], &["a"]), Err(Error::Label { row: 0, .. })));
}

#[test]
fn weights_and_offsets_go_with_the_examples() {
    let data = dataset(&[1.0, 2.0, 3.0], &[1.0, 0.0, 1.0], &["a"]).unwrap();
    assert_eq!((data.total_weight(), data.event_weight()), (3.0, 2.0));
    assert!(matches!(data.present(), std::borrow::Cow::Borrowed(_)));
    let vector = DVector::from_column_slice;
    let data =
        data.with_weights(vector(&[0.5, 0.0, 4.0])).unwrap().with_offset(vector(&[7.0, 8.0, 9.0])).unwrap();
    assert_eq!((data.total_weight(), data.event_weight()), (4.5, 4.5));
    let present = data.present();
    assert_eq!(present.features().as_slice(), [1.0, 3.0]);
    assert_eq!(present.weights().unwrap().as_slice(), [0.5, 4.0]);
    assert_eq!(present.offset().unwrap().as_slice(), [7.0, 9.0]);
    assert_eq!(present.largest(), [3.0]);
    assert_eq!(data.every(1), data);
}

#[test]
fn weights_and_offsets_that_are_none_are_refused() {
    let refused = |weights: &[f64]| {
        let data = dataset(&[1.0, 2.0], &[1.0, 0.0], &["a"]).unwrap();
        data.with_weights(DVector::from_column_slice(weights)).unwrap_err().to_string()
    };
    assert_eq!(refused(&[1.0]), "there are 1 weights for 2 examples: give one an example");
    assert_eq!(
        refused(&[1.0, -2.0]),
        "row 1 (counted from 0) has the weight -2: weights are finite and at least 0"
    );
    assert!(refused(&[1.0, f64::NAN]).contains("the weight NaN"));
    assert_eq!(refused(&[0.0, -0.0]), "all weights are 0: give at least one example a weight above 0");
    let data = dataset(&[1.0, 2.0], &[1.0, 0.0], &["a"]).unwrap();
    let error = data.with_offset(DVector::from_column_slice(&[1.0, f64::INFINITY])).unwrap_err().to_string();
    assert!(error.starts_with("row 1 (counted from 0), column 'offset' is inf"), "{error}");
}

fn weighted(weights: Vec<f64>) -> Result<Dataset, Error> {
    let examples = weights.len();
    let labels = DVector::from_fn(examples, |row, _| (row % 2) as f64);
    let features = DMatrix::from_fn(examples, 1, |row, _| row as f64);
    Dataset::new(features, labels, names(&["row"]))?.with_weights(DVector::from_vec(weights))
}

/// Added one by one, a million weights of 0.1 come to 100000.00000133288.
#[test]
fn sums_of_weights_are_as_good_as_exact() {
    let data = weighted(vec![0.1; 1_000_000]).unwrap();
    assert_eq!((data.total_weight(), data.event_weight()), (1e5, 5e4));
    let part = data.every(10);
    assert_eq!(
        (part.total_weight(), part.event_weight()),
        (0.1 * part.len() as f64, 0.05 * part.len() as f64)
    );
    for same in [data.with_columns(&[]).unwrap(), data.clone().with_target("t", Classes::default())] {
        assert_eq!((same.total_weight(), same.event_weight()), (1e5, 5e4));
    }
    let (train, test) = data.split(0.3, 1).unwrap();
    assert_eq!((train.total_weight(), test.total_weight()), (3e4, 7e4));
    let mut weights = vec![0.1; 1_000_000];
    weights.extend([0.0; 3]);
    assert_eq!(weighted(weights).unwrap().present().total_weight(), 1e5);
    // What a large weight hides comes back.
    assert_eq!(weighted(vec![1e16, 1.0, 1.0, 1.0, 1.0]).unwrap().total_weight(), 1e16 + 4.0);
}

#[test]
fn weights_add_up_to_what_can_be_computed_with() {
    for (weights, sum) in [
        (vec![f64::MAX, f64::MAX], "inf"),
        (vec![1e60, 1e60], "2e60"),
        (vec![5e-324, 0.0], "5e-324"),
        (vec![4e-281, 4e-281], "8e-281"),
    ] {
        let error = weighted(weights).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "the weights add up to {sum}: multiply them all by a factor that brings their sum between 1e-60 and 1e60"
            )
        );
    }
    for weights in [vec![1e-60, 0.0], vec![0.5e60, 0.5e60], vec![1.0, 5e-324], vec![1e-60, 1e-310]] {
        assert!(weighted(weights).is_ok());
    }
}

/// A part without weight had no example present, and no columns.
#[test]
fn a_part_weighs_something_whatever_the_weights() {
    // Runs are of 64 examples: one, none, all of them, or too little of a run counts.
    let examples = 64 * 10;
    for first in [0, 63, 64, 200, 639] {
        for weight in [1.0, 1e-60] {
            let mut weights = vec![0.0; examples];
            weights[first] = weight;
            let data = weighted(weights).unwrap();
            for n in [0, 1, 2, 3, 7, 10, 11, 1_000, usize::MAX] {
                let part = data.every(n);
                assert_eq!(part.total_weight(), weight, "{first} {n}");
                let present = part.present();
                assert_eq!(present.columns().collect::<Vec<_>>(), [[first as f64]], "{first} {n}");
                assert!(part.len() <= examples);
            }
        }
    }
    // No tenth of these weighs enough, so the part is the whole.
    let data = weighted(vec![1e-60 / 600.0; examples]).unwrap();
    assert_eq!(data.every(10), data);
    // Weights of which the first run has one are not looked at further.
    assert_eq!(weighted(vec![1.0; examples]).unwrap().every(10).features().as_slice()[..2], [0.0, 1.0]);
}

#[test]
fn a_class_without_weight_is_named_with_its_examples() {
    let data = |labels: &[f64], weights: &[f64]| {
        let rows = labels.len();
        let data = Dataset::new(
            DMatrix::from_element(rows, 1, 1.0),
            DVector::from_column_slice(labels),
            names(&["x"]),
        );
        let named = data.unwrap().with_target("outcome", Classes::new("well", "ill"));
        named.with_weights(DVector::from_column_slice(weights)).unwrap()
    };
    let labels = [0.0, 1.0, 1.0, 0.0, 0.0];
    let message = |data: &Dataset| data.expect_class_weights().unwrap_err().to_string();
    assert_eq!(
        message(&data(&labels, &[1.0, 0.0, 0.0, 2.0, 1.0])),
        "the weights leave class 'ill' of 'outcome' without weight (all its 2 examples have the weight 0): \
         give one of its examples a weight that counts, or leave the weights out"
    );
    let named = data(&labels, &[0.0, 3.0, 1.0, 0.0, 0.0]).with_weight_column("a\nb");
    assert_eq!(named.weight_column(), Some("a\nb"));
    assert!(
        message(&named).starts_with(
            "the weights in column 'a\\nb' leave class 'well' of 'outcome' without weight (all its 3 examples"
        ),
        "{}",
        message(&named)
    );
    // The name goes with parts of the data, and not with other weights.
    assert_eq!(named.present().weight_column(), Some("a\nb"));
    assert_eq!(named.with_weights(DVector::from_element(5, 1.0)).unwrap().weight_column(), None);
    // Two weights whose share of all is no number, or one that has hardly a digit.
    for (weights, said) in [
        ([1e50, 5e-324, 5e-324, 0.0, 0.0], "its 2 examples weigh 1e-323 together, next to nothing"),
        ([1e10, 0.0, 1e-300, 0.0, 0.0], "its 2 examples weigh 1e-300 together, next to nothing"),
    ] {
        let message = message(&data(&labels, &weights));
        assert!(message.contains("class 'ill'") && message.contains(said), "{message}");
    }
    for weights in [[1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 1e-300, 0.0, 0.0, 0.0], [1e-60, 1e-310, 0.0, 0.0, 0.0]] {
        assert!(data(&labels, &weights).expect_class_weights().is_ok(), "{weights:?}");
    }
    // Labels of one kind are no matter of the weights.
    assert!(data(&[1.0; 5], &[1.0, 0.0, 0.0, 0.0, 0.0]).expect_class_weights().is_ok());
}
