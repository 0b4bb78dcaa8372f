//! A table of examples with binary labels: what every other part of this crate makes or takes.
//!
//! m examples with d features are a matrix X of m rows and d columns and a vector y of m labels,
//! yᵢ = 1 for the *event* and yᵢ = 0 for the *other* class.
//!
//! Invariant: a [`Dataset`] has at least one row; X and y have as many rows; every feature is finite;
//! every label is exactly 0 or 1; feature names are as many as columns, not blank, and distinct. Weights, if there are
//! any, are finite and not negative, and their sum is of a size to be computed with; offsets are finite. It is checked once,
//! where they come, and there is no way to change a dataset afterwards.

mod checks;
mod parts;
mod weights;

use crate::Error;
use crate::shown::shown;
use checks::{check_labels, check_names, check_shapes, checked_sizes};
use nalgebra::{DMatrix, DVector};
use weights::Weights;

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
    weights: Option<Weights>,
    /// The name of the column that the weights come from, if they come from one.
    weight_column: Option<String>,
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
        let (weights, weight_column, offset) = (None, None, None);
        Ok(Dataset { features, labels, weights, weight_column, offset, largest, names, target, classes })
    }

    /// The same data with the target and its two classes named.
    #[must_use]
    pub fn with_target(self, target: impl Into<String>, classes: Classes) -> Dataset {
        Dataset { target: target.into(), classes, ..self }
    }

    /// The same data with a weight cᵢ for each example (m): a weight of 2 counts as two such examples, a weight of 0 as none.
    ///
    /// Single weights may be as small as they like beside others, but their sum has to lie between 1e-60 and 1e60, so that
    /// nothing computed with it over- or underflows. A factor that all of them have in common changes no mean.
    ///
    /// ```
    /// use chainrule_data::Dataset;
    /// use nalgebra::{DMatrix, DVector};
    ///
    /// let labels = DVector::from_column_slice(&[0.0, 1.0]);
    /// let data = Dataset::new(DMatrix::from_column_slice(2, 1, &[5.0, 7.0]), labels, vec!["x".to_string()])?;
    /// let weighted = data.with_weights(DVector::from_column_slice(&[3.0, 0.5]))?;
    /// assert_eq!((weighted.total_weight(), weighted.event_weight(), weighted.other_weight()), (3.5, 0.5, 3.0));
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::PerExample`] if there are not as many as examples, [`Error::Weight`] if one is negative or not finite,
    /// [`Error::NoWeight`] if all are 0, [`Error::TotalWeight`] if their sum is below 1e-60 or above 1e60.
    pub fn with_weights(self, weights: DVector<f64>) -> Result<Dataset, Error> {
        self.expect_one_each("weights", weights.len())?;
        Ok(Dataset { weights: Some(Weights::new(weights)?), weight_column: None, ..self })
    }

    /// The same weights under the name of the column that they come from, which errors about them then say.
    ///
    /// ```
    /// use chainrule_data::Dataset;
    /// use nalgebra::{DMatrix, DVector};
    ///
    /// let labels = DVector::from_column_slice(&[0.0, 1.0]);
    /// let data = Dataset::new(DMatrix::from_column_slice(2, 1, &[5.0, 7.0]), labels, vec!["x".to_string()])?;
    /// let weighted = data.with_weights(DVector::from_column_slice(&[3.0, 0.0]))?.with_weight_column("patients");
    /// assert_eq!(
    ///     weighted.expect_class_weights().unwrap_err().to_string(),
    ///     "the weights in column 'patients' leave class '1' of 'y' without weight (its only example has the weight 0): \
    ///      give one of its examples a weight that counts, or leave the weights out"
    /// );
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    #[must_use]
    pub fn with_weight_column(self, name: impl Into<String>) -> Dataset {
        Dataset { weight_column: Some(name.into()), ..self }
    }

    /// Refuses weights that leave a class without weight though it has examples, as nothing can be learnt of it then.
    ///
    /// A class has weight if its weights add up to a share of all weights that f64 holds with all its digits, 2.3e-308 or more. A class without
    /// examples is no matter of the weights: see [`events`](Dataset::events).
    ///
    /// # Errors
    ///
    /// [`Error::ClassWithoutWeight`].
    pub fn expect_class_weights(&self) -> Result<(), Error> {
        self.expect_class_weights_of(None)
    }

    /// The same of a part of a split.
    pub(crate) fn expect_class_weights_of(&self, part: Option<&'static str>) -> Result<(), Error> {
        let Some(weights) = &self.weights else { return Ok(()) };
        for (class, is_event) in [(&self.classes.other, false), (&self.classes.event, true)] {
            let is_enough = |weight: f64| weight / weights.total() >= f64::MIN_POSITIVE;
            let mut of_class = self
                .labels
                .iter()
                .zip(weights.each())
                .filter(|&(&label, _)| self::is_event(label) == is_event);
            // Nearly always the first example will do.
            if of_class.any(|(_, &weight)| is_enough(weight)) {
                continue;
            }
            let examples = if is_event { self.events() } else { self.len() - self.events() };
            let weight = weights.of_class(&self.labels, is_event);
            if examples > 0 && !is_enough(weight) {
                let (class, target) = (shown(class), shown(&self.target));
                let column = self.weight_column().map(shown);
                return Err(Error::ClassWithoutWeight { column, class, target, part, examples, weight });
            }
        }
        Ok(())
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
        self.weights.as_ref().map(Weights::each)
    }

    /// The name of the column that the weights come from, if there are any and it is known.
    #[must_use]
    pub fn weight_column(&self) -> Option<&str> {
        self.weights.as_ref().and(self.weight_column.as_deref())
    }

    /// The offsets (m) if there are any.
    #[must_use]
    pub fn offset(&self) -> Option<&DVector<f64>> {
        self.offset.as_ref()
    }

    /// Σᵢ cᵢ, as good as exact; without weights it is the number of examples.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.weights.as_ref().map_or(self.len() as f64, Weights::total)
    }

    /// Σᵢ cᵢ·yᵢ, as good as exact; without weights it is the number of events. Each call looks at every example.
    #[must_use]
    pub fn event_weight(&self) -> f64 {
        match &self.weights {
            Some(weights) => weights.of_class(&self.labels, true),
            None => self.events() as f64,
        }
    }

    /// Σᵢ cᵢ·(1 − yᵢ), likewise: not the difference of the two sums, in which a class of small weight would vanish.
    #[must_use]
    pub fn other_weight(&self) -> f64 {
        match &self.weights {
            Some(weights) => weights.of_class(&self.labels, false),
            None => (self.len() - self.events()) as f64,
        }
    }

    /// Bounds on the sizes of the columns' values (d), in their units; of a part that [`every`](Dataset::every) takes they are the whole's.
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

    fn expect_one_each(&self, what: &'static str, found: usize) -> Result<(), Error> {
        let expected = self.len();
        if found == expected { Ok(()) } else { Err(Error::PerExample { what, expected, found }) }
    }
}

/// Whether a label, known to be 0 or 1, is 1.
pub(crate) fn is_event(label: f64) -> bool {
    label > 0.5
}
