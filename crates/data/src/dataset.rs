//! A table of examples with binary labels: what every other part of this crate makes or takes.
//!
//! m examples with d features are a matrix X of m rows and d columns and a vector y of m labels,
//! yᵢ = 1 for the *event* and yᵢ = 0 for the *other* class.
//!
//! Invariant: a [`Dataset`] has at least one row; X and y have as many rows; every feature is finite;
//! every label is exactly 0 or 1; feature names are as many as columns, not blank, and distinct. Weights, if there are
//! any, are finite, not negative, and not all 0; offsets are finite. It is checked once, where they come, and there is no
//! way to change a dataset afterwards.

use crate::Error;
use crate::shown::shown;
use nalgebra::{DMatrix, DVector};
use std::borrow::Cow;
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
    weights: Option<DVector<f64>>,
    offset: Option<DVector<f64>>,
    /// No value of a column is larger than this in size.
    largest: Vec<f64>,
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
        let largest = checked_sizes(&features, &names)?;
        let (target, classes) = ("y".to_string(), Classes::default());
        Ok(Dataset { features, labels, weights: None, offset: None, largest, names, target, classes })
    }

    /// The same data with the target and its two classes named.
    #[must_use]
    pub fn with_target(self, target: impl Into<String>, classes: Classes) -> Dataset {
        Dataset { target: target.into(), classes, ..self }
    }

    /// The same data with a weight cᵢ for each example (m): a weight of 2 counts as two such examples, a weight of 0 as none.
    ///
    /// ```
    /// use chainrule_data::Dataset;
    /// use nalgebra::{DMatrix, DVector};
    ///
    /// let labels = DVector::from_column_slice(&[0.0, 1.0]);
    /// let data = Dataset::new(DMatrix::from_column_slice(2, 1, &[5.0, 7.0]), labels, vec!["x".to_string()])?;
    /// let weighted = data.with_weights(DVector::from_column_slice(&[3.0, 0.5]))?;
    /// assert_eq!((weighted.total_weight(), weighted.event_weight()), (3.5, 0.5));
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::PerExample`] if there are not as many as examples, [`Error::Weight`] if one is negative or not finite,
    /// [`Error::TotalWeight`] if they add up to 0 or beyond the largest f64.
    pub fn with_weights(self, weights: DVector<f64>) -> Result<Dataset, Error> {
        self.expect_one_each("weights", weights.len())?;
        if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(Error::Weight { row, value: weights[row] });
        }
        let total = weights.sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::TotalWeight { total });
        }
        Ok(Dataset { weights: Some(weights), ..self })
    }

    /// The same data with an offset for each example (m), which is added to its logit with the fixed coefficient 1.
    ///
    /// # Errors
    ///
    /// [`Error::PerExample`] if there are not as many as examples, [`Error::NonFinite`] if one is not finite.
    pub fn with_offset(self, offset: DVector<f64>) -> Result<Dataset, Error> {
        self.expect_one_each("offsets", offset.len())?;
        if let Some(row) = offset.iter().position(|value| !value.is_finite()) {
            return Err(Error::NonFinite { row, column: "offset".to_string(), value: offset[row] });
        }
        Ok(Dataset { offset: Some(offset), ..self })
    }

    /// One example in n, in runs that lie evenly over the whole, under the same names: a part that costs a share of the
    /// whole to look at.
    ///
    /// Runs are of 64 examples, which are neighbours in memory: taken singly, nearly all of it would be read.
    ///
    /// ```
    /// use chainrule_data::Separable;
    ///
    /// let whole = Separable::new(1_000, 2).margin(0.1).seed(1).generate()?.dataset;
    /// let part = whole.every(10);
    /// assert_eq!((part.len(), part.features()[(65, 1)]), (128, whole.features()[(641, 1)]));
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// An n of 0 counts as 1.
    #[must_use]
    pub fn every(&self, n: usize) -> Dataset {
        const RUN: usize = 64;
        let take = |column: &[f64], into: &mut Vec<f64>| {
            column.chunks(RUN).step_by(n.max(1)).for_each(|run| into.extend_from_slice(run));
        };
        let vector = |values: &DVector<f64>| {
            let mut taken = Vec::with_capacity(self.len() / n.max(1) + RUN);
            take(values.as_slice(), &mut taken);
            DVector::from_vec(taken)
        };
        let labels = vector(&self.labels);
        let mut values = Vec::with_capacity(labels.len() * self.dimension());
        self.columns().for_each(|column| take(column, &mut values));
        Dataset {
            features: DMatrix::from_vec(labels.len(), self.dimension(), values),
            weights: self.weights.as_ref().map(vector),
            offset: self.offset.as_ref().map(vector),
            labels,
            ..self.renamed()
        }
    }

    /// The examples that count: all but those of weight 0.
    #[must_use]
    pub fn present(&self) -> Cow<'_, Dataset> {
        let counts = |row: &usize| self.weight(*row) > 0.0;
        if (0..self.len()).all(|row| counts(&row)) {
            return Cow::Borrowed(self);
        }
        Cow::Owned(self.rows(&(0..self.len()).filter(counts).collect::<Vec<_>>()))
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

    /// The weights (m) if there are any; without them every example weighs 1.
    #[must_use]
    pub fn weights(&self) -> Option<&DVector<f64>> {
        self.weights.as_ref()
    }

    /// The offsets (m) if there are any.
    #[must_use]
    pub fn offset(&self) -> Option<&DVector<f64>> {
        self.offset.as_ref()
    }

    /// Σᵢ cᵢ, which without weights is the number of examples.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.weights.as_ref().map_or(self.len() as f64, DVector::sum)
    }

    /// Σᵢ cᵢ·yᵢ, which without weights is the number of events.
    #[must_use]
    pub fn event_weight(&self) -> f64 {
        self.weights.as_ref().map_or(self.events() as f64, |weights| weights.dot(&self.labels))
    }

    /// Bounds on the sizes of the columns' values (d), in their units; of a part of a dataset they are the whole's.
    #[must_use]
    pub fn largest(&self) -> &[f64] {
        &self.largest
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

    /// The same examples with some of the features alone, in this order.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchColumn`] for a name that no feature has, [`Error::DuplicateName`] for one that is given twice.
    pub fn with_columns(&self, names: &[&str]) -> Result<Dataset, Error> {
        let find = |name: &&str| {
            let position = self.names.iter().position(|known| known == name);
            position.ok_or_else(|| Error::NoSuchColumn { name: shown(name) })
        };
        let columns: Vec<usize> = names.iter().map(find).collect::<Result<_, _>>()?;
        let names: Vec<String> = columns.iter().map(|&column| self.names[column].clone()).collect();
        check_names(&names)?;
        let (weights, offset) = (self.weights.clone(), self.offset.clone());
        let features = self.features.select_columns(&columns);
        let largest = columns.iter().map(|&column| self.largest[column]).collect();
        Ok(Dataset {
            features,
            labels: self.labels.clone(),
            weights,
            offset,
            largest,
            names,
            ..self.renamed()
        })
    }

    /// The examples of these rows, in this order; the caller gives at least one, and each below `len`.
    pub(crate) fn rows(&self, rows: &[usize]) -> Dataset {
        Dataset {
            features: self.features.select_rows(rows),
            labels: self.labels.select_rows(rows),
            weights: self.weights.as_ref().map(|weights| weights.select_rows(rows)),
            offset: self.offset.as_ref().map(|offset| offset.select_rows(rows)),
            ..self.renamed()
        }
    }

    /// The same labels and names with other features, which are checked to be finite.
    pub(crate) fn with_features(&self, features: DMatrix<f64>) -> Result<Dataset, Error> {
        let largest = checked_sizes(&features, &self.names)?;
        let (weights, offset) = (self.weights.clone(), self.offset.clone());
        Ok(Dataset { features, labels: self.labels.clone(), weights, offset, largest, ..self.renamed() })
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    fn expect_one_each(&self, what: &'static str, found: usize) -> Result<(), Error> {
        let expected = self.len();
        if found == expected { Ok(()) } else { Err(Error::PerExample { what, expected, found }) }
    }

    /// The names alone, on an empty table: what [`rows`](Dataset::rows) and its kin fill in.
    fn renamed(&self) -> Dataset {
        Dataset {
            features: DMatrix::zeros(0, 0),
            labels: DVector::zeros(0),
            weights: None,
            offset: None,
            largest: self.largest.clone(),
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

/// The largest size of each column, whose values are all finite.
fn checked_sizes(features: &DMatrix<f64>, names: &[String]) -> Result<Vec<f64>, Error> {
    let rows = features.nrows().max(1);
    let columns = features.as_slice().chunks_exact(rows).zip(names);
    columns.map(|(column, name)| checked_size(column, name)).collect()
}

fn checked_size(column: &[f64], name: &str) -> Result<f64, Error> {
    let (groups, rest) = column.as_chunks::<8>();
    // Sizes side by side; a number times 0 is 0, unless it is none.
    let (mut sizes, mut zeros) = ([0.0_f64; 8], [0.0_f64; 8]);
    for group in groups {
        for at in 0..8 {
            let size = group[at].abs();
            sizes[at] = if size > sizes[at] { size } else { sizes[at] };
            zeros[at] += group[at] * 0.0;
        }
    }
    let size = sizes.iter().chain(rest).fold(0.0, |most, value| f64::max(most, value.abs()));
    let is_finite = zeros.iter().sum::<f64>() == 0.0 && rest.iter().all(|value| value.is_finite());
    if is_finite {
        return Ok(size);
    }
    let row = column.iter().position(|value| !value.is_finite()).unwrap_or_default();
    Err(Error::NonFinite { row, column: shown(name), value: column[row] })
}
