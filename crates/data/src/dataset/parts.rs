//! Datasets made of another one: some of its examples, some of its features, other features.
//!
//! Invariant: what goes with an example or a feature stays with it, and names stay.

use std::borrow::Cow;

use nalgebra::{DMatrix, DVector};

use super::checks::{check_names, checked_sizes};
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
