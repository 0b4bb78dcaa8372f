//! Messages are one line, whatever the columns are called.

use chainrule_data::Dataset;
use chainrule_model::{LogisticRegression, Obstacle};
use nalgebra::{DMatrix, DVector};

#[test]
fn names_of_columns_are_escaped_and_cut() {
    let column = format!("a\nb\u{202e}{}", "c".repeat(100));
    let shown = format!(r"`a\nb\u{{202e}}{}…`", "c".repeat(36));
    let twice = Dataset::new(
        DMatrix::from_element(2, 1, 1.0),
        DVector::from_column_slice(&[0.0, 1.0]),
        vec![column.clone()],
    );
    let constant = LogisticRegression::new().fit(&twice.unwrap()).unwrap_err().to_string();
    for message in [constant, Obstacle::Overflow { column }.to_string()] {
        assert!(message.contains(&shown), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
}

#[test]
fn of_many_columns_a_few_are_named() {
    let names: Vec<String> = (1..=12).map(|j| format!("x{j}")).collect();
    let constant = Dataset::new(
        DMatrix::from_element(4, 12, 1.0),
        DVector::from_column_slice(&[0.0, 1.0, 0.0, 1.0]),
        names,
    );
    let message = LogisticRegression::new().fit(&constant.unwrap()).unwrap_err().to_string();
    assert!(message.contains("`x4` is constant; `x5` is constant and 7 more; leave"), "{message}");
}
