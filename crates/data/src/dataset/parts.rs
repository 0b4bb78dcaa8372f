//! Datasets made of another one: some of its examples, some of its features, other features.
//!
//! Invariant: what goes with an example or a feature stays with it, and names stay. There is no part without weight.

use std::borrow::Cow;

use nalgebra::{DMatrix, DVector};

use super::checks::{check_names, checked_sizes};
use super::weights::Weights;
use crate::shown::shown;
use crate::{Dataset, Error};

impl Dataset {
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
    /// An n of 0 counts as 1. The part begins with the first run, unless the weights of its examples would then add up to less than
    /// [`with_weights`](Dataset::with_weights) takes: then with the first run with which they do not. If there is none, the part is the whole.
    #[must_use]
    pub fn every(&self, n: usize) -> Dataset {
        let step = n.max(1);
        let Some(weights) = &self.weights else { return self.runs(Runs { first: 0, step }, None) };
        let found = (0..step.min(Runs::count(self.len()))).find_map(|first| {
            let runs = Runs { first, step };
            Some((runs, Weights::new(runs.of(weights.each())).ok()?))
        });
        match found {
            Some((runs, weights)) => self.runs(runs, Some(weights)),
            None => self.clone(),
        }
    }

    /// The examples that count: all but those of weight 0.
    #[must_use]
    pub fn present(&self) -> Cow<'_, Dataset> {
        let Some(weights) = &self.weights else { return Cow::Borrowed(self) };
        let rows: Vec<usize> = (0..self.len()).filter(|&row| weights.each()[row] > 0.0).collect();
        if rows.len() == self.len() {
            return Cow::Borrowed(self);
        }
        Cow::Owned(self.weighted_rows(&rows, Some(weights.present(&rows))))
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
    ///
    /// # Errors
    ///
    /// [`Error::NoWeight`] and [`Error::TotalWeight`] for what their weights add up to.
    pub(crate) fn rows(&self, rows: &[usize]) -> Result<Dataset, Error> {
        let weights = self.weights.as_ref().map(|weights| Weights::new(weights.each().select_rows(rows)));
        Ok(self.weighted_rows(rows, weights.transpose()?))
    }

    /// The same labels and names with other features, which are checked to be finite.
    pub(crate) fn with_features(&self, features: DMatrix<f64>) -> Result<Dataset, Error> {
        let largest = checked_sizes(&features, &self.names)?;
        let (weights, offset) = (self.weights.clone(), self.offset.clone());
        Ok(Dataset { features, labels: self.labels.clone(), weights, offset, largest, ..self.renamed() })
    }

    /// The examples of these rows, whose weights are these.
    fn weighted_rows(&self, rows: &[usize], weights: Option<Weights>) -> Dataset {
        let features = self.features.select_rows(rows);
        // What is left out may hold anything, and says nothing of what is left.
        let largest = features.column_iter().map(|column| column.amax()).collect();
        Dataset {
            features,
            largest,
            labels: self.labels.select_rows(rows),
            weights,
            offset: self.offset.as_ref().map(|offset| offset.select_rows(rows)),
            ..self.renamed()
        }
    }

    /// The examples of these runs, whose weights are these.
    fn runs(&self, runs: Runs, weights: Option<Weights>) -> Dataset {
        let labels = runs.of(&self.labels);
        let mut values = Vec::with_capacity(labels.len() * self.dimension());
        self.columns().for_each(|column| runs.take(column, &mut values));
        Dataset {
            features: DMatrix::from_vec(labels.len(), self.dimension(), values),
            weights,
            offset: self.offset.as_ref().map(|offset| runs.of(offset)),
            labels,
            ..self.renamed()
        }
    }

    /// The names alone, on an empty table: what [`rows`](Dataset::rows) and its kin fill in.
    fn renamed(&self) -> Dataset {
        Dataset {
            features: DMatrix::zeros(0, 0),
            labels: DVector::zeros(0),
            weights: None,
            weight_column: self.weight_column.clone(),
            offset: None,
            largest: self.largest.clone(),
            names: self.names.clone(),
            target: self.target.clone(),
            classes: self.classes.clone(),
        }
    }
}

/// Runs of examples: the first of them, counted from 0, and one in so many from there on.
#[derive(Clone, Copy)]
struct Runs {
    first: usize,
    step: usize,
}

impl Runs {
    /// Examples in a run.
    const LENGTH: usize = 64;

    /// How many there are of so many examples.
    fn count(examples: usize) -> usize {
        examples.div_ceil(Runs::LENGTH)
    }

    fn take(self, column: &[f64], into: &mut Vec<f64>) {
        let runs = column.chunks(Runs::LENGTH).skip(self.first).step_by(self.step);
        runs.for_each(|run| into.extend_from_slice(run));
    }

    fn of(self, values: &DVector<f64>) -> DVector<f64> {
        let mut taken = Vec::with_capacity(values.len() / self.step + Runs::LENGTH);
        self.take(values.as_slice(), &mut taken);
        DVector::from_vec(taken)
    }
}
