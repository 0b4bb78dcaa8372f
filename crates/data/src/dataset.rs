//! A table of examples with binary labels: what every other part of this crate makes or takes.
//!
//! m examples with d features are a matrix X of m rows and d columns and a vector y of m labels,
//! yᵢ = 1 for the *event* and yᵢ = 0 for the *other* class.
//!
//! Invariant: a [`Dataset`] has at least one row; X and y have as many rows; every feature is finite;
//! every label is exactly 0 or 1; feature names are as many as columns, not blank, and distinct. It is
//! checked once, in [`Dataset::new`], and there is no way to change a dataset afterwards.

use crate::Error;
use crate::shown::shown;
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// Examples, their binary labels, and the names of both.
///
/// ```
/// use chainrule_data::{Classes, Dataset};
/// use nalgebra::{DMatrix, DVector};
///
/// let features = DMatrix::from_row_slice(3, 2, &[1.0, 20.0, 2.0, 10.0, 3.0, 30.0]);
/// let labels = DVector::from_column_slice(&[0.0, 0.0, 1.0]);
/// let names = vec!["dose".to_string(), "age".to_string()];
/// let data = Dataset::new(features, labels, names)?.with_target("outcome", Classes::new("well", "ill"));
///
/// assert_eq!((data.len(), data.dimension(), data.events()), (3, 2, 1));
/// assert_eq!(data.classes().event, "ill");
/// # Ok::<(), chainrule_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    features: DMatrix<f64>,
    labels: DVector<f64>,
    names: Vec<String>,
    target: String,
    classes: Classes,
}

/// The names of the two classes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Classes {
    /// The class of label 0.
    pub other: String,
    /// The class of label 1, whose probability logistic regression models.
    pub event: String,
}

impl Classes {
    /// Names the class of label 0, then the class of label 1.
    pub fn new(other: impl Into<String>, event: impl Into<String>) -> Classes {
        Classes { other: other.into(), event: event.into() }
    }
}

impl Default for Classes {
    /// `0` and `1`.
    fn default() -> Classes {
        Classes::new("0", "1")
    }
}

impl Dataset {
    /// A dataset from features (m × d), labels (m, each 0 or 1) and feature names (d).
    ///
    /// The target is called `y` and the classes `0` and `1` until [`with_target`](Dataset::with_target)
    /// says otherwise. No features at all (d = 0) is allowed: it is the model of an intercept alone. One
    /// class alone is allowed too, since data to predict on may well have it.
    ///
    /// # Errors
    ///
    /// [`Error::NoExamples`], [`Error::LabelCount`] and [`Error::NameCount`] for shapes,
    /// [`Error::EmptyName`] and [`Error::DuplicateName`] for names, [`Error::NonFinite`] and
    /// [`Error::Label`] for values.
    pub fn new(features: DMatrix<f64>, labels: DVector<f64>, names: Vec<String>) -> Result<Dataset, Error> {
        check_shapes(&features, &labels, &names)?;
        check_names(&names)?;
        check_labels(&labels)?;
        check_features(&features, &names)?;
        Ok(Dataset { features, labels, names, target: "y".to_string(), classes: Classes::default() })
    }

    /// The same data with the target and its two classes named.
    #[must_use]
    pub fn with_target(self, target: impl Into<String>, classes: Classes) -> Dataset {
        Dataset { target: target.into(), classes, ..self }
    }

    /// Every n-th example, from the first on, under the same names: a part that costs a share of the whole to look at.
    ///
    /// ```
    /// use chainrule_data::Separable;
    ///
    /// let whole = Separable::new(100, 2).margin(0.1).seed(1).generate()?.dataset;
    /// let part = whole.every(10)?;
    /// assert_eq!((part.len(), part.features()[(3, 1)]), (10, whole.features()[(30, 1)]));
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// # Errors
    /// None in practice: a part of a dataset is one. An n of 0 counts as 1.
    pub fn every(&self, n: usize) -> Result<Self, Error> {
        let n = n.max(1);
        let size = self.len().div_ceil(n);
        let values = self.columns().flat_map(|column| column.iter().step_by(n).copied());
        let features = DMatrix::from_iterator(size, self.dimension(), values);
        let labels = DVector::from_iterator(size, self.labels.iter().step_by(n).copied());
        let part = Dataset::new(features, labels, self.names.clone())?;
        Ok(part.with_target(&self.target, self.classes.clone()))
    }

    /// The features: one row an example, one column a feature (m × d, stored by column).
    #[must_use]
    pub fn features(&self) -> &DMatrix<f64> {
        &self.features
    }

    /// The columns of the features, in order: d slices of m values each.
    ///
    /// ```
    /// # use nalgebra::{DMatrix, DVector};
    /// # let names = vec!["a".to_string(), "b".to_string()];
    /// # let labels = DVector::from_column_slice(&[0.0, 1.0]);
    /// let features = DMatrix::from_row_slice(2, 2, &[1.0, 3.0, 2.0, 4.0]);
    /// let data = chainrule_data::Dataset::new(features, labels, names)?;
    /// assert_eq!(data.columns().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.features.as_slice().chunks_exact(self.len())
    }

    /// The labels (m), each exactly 0.0 or 1.0.
    #[must_use]
    pub fn labels(&self) -> &DVector<f64> {
        &self.labels
    }

    /// The names of the features (d), in the order of the columns.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.names
    }

    /// The name of what the labels say.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The names of the two classes.
    #[must_use]
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The number of examples, m; at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Always false: a dataset has at least one example. Here because `len` is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of features, d.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.features.ncols()
    }

    /// The number of examples labelled 1.
    #[must_use]
    pub fn events(&self) -> usize {
        self.labels.iter().filter(|&&label| is_event(label)).count()
    }

    /// The examples of these rows, in this order; the caller gives at least one, and each below `len`.
    pub(crate) fn rows(&self, rows: &[usize]) -> Dataset {
        Dataset {
            features: self.features.select_rows(rows),
            labels: self.labels.select_rows(rows),
            ..self.renamed()
        }
    }

    /// The same labels and names with other features, which are checked to be finite.
    pub(crate) fn with_features(&self, features: DMatrix<f64>) -> Result<Dataset, Error> {
        check_features(&features, &self.names)?;
        Ok(Dataset { features, labels: self.labels.clone(), ..self.renamed() })
    }

    /// The names alone, on an empty table: what [`rows`](Dataset::rows) and its kin fill in.
    fn renamed(&self) -> Dataset {
        Dataset {
            features: DMatrix::zeros(0, 0),
            labels: DVector::zeros(0),
            names: self.names.clone(),
            target: self.target.clone(),
            classes: self.classes.clone(),
        }
    }
}

/// Whether a label, known to be 0 or 1, is 1.
pub(crate) fn is_event(label: f64) -> bool {
    label > 0.5
}

fn check_shapes(features: &DMatrix<f64>, labels: &DVector<f64>, names: &[String]) -> Result<(), Error> {
    let (rows, columns) = features.shape();
    if labels.len() != rows {
        return Err(Error::LabelCount { rows, labels: labels.len() });
    }
    if names.len() != columns {
        return Err(Error::NameCount { columns, names: names.len() });
    }
    if rows == 0 { Err(Error::NoExamples) } else { Ok(()) }
}

fn check_names(names: &[String]) -> Result<(), Error> {
    let mut seen = HashMap::new();
    for (column, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(Error::EmptyName { column });
        }
        if let Some(first) = seen.insert(name, column) {
            return Err(Error::DuplicateName { name: shown(name), first, second: column });
        }
    }
    Ok(())
}

fn check_labels(labels: &DVector<f64>) -> Result<(), Error> {
    match labels.iter().position(|label| ![0.0, 1.0].contains(label)) {
        Some(row) => Err(Error::Label { row, value: labels[row] }),
        None => Ok(()),
    }
}

fn check_features(features: &DMatrix<f64>, names: &[String]) -> Result<(), Error> {
    for (column, name) in features.column_iter().zip(names) {
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(Error::NonFinite { row, column: shown(name), value: column[row] });
        }
    }
    Ok(())
}
