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
    assert_eq!(refused(&[0.0, 0.0]), "the weights add up to 0: their sum has to be above 0 and finite");
    let data = dataset(&[1.0, 2.0], &[1.0, 0.0], &["a"]).unwrap();
    let error = data.with_offset(DVector::from_column_slice(&[1.0, f64::INFINITY])).unwrap_err().to_string();
    assert!(error.starts_with("row 1 (counted from 0), column 'offset' is inf"), "{error}");
}
