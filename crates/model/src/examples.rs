//! What a pass runs over: columns, labels, and what weights and offsets there are.
//!
//! Columns are borrowed from the data set. One whose mean is far from 0 beside its spread, or whose numbers could not be squared, is kept as a standardised
//! copy, and so is the residual of one that is nearly a combination of others ([`Units`] says which), so that nearly all data are fitted without a copy.
//!
//! Invariant: every slice is as long as the labels.

use std::borrow::Cow;

use chainrule_data::Dataset;

use crate::units::Units;

/// The examples of a data set, in columns.
#[derive(Clone, Debug)]
pub(crate) struct Examples<'d> {
    columns: Vec<Cow<'d, [f64]>>,
    labels: &'d [f64],
    weights: Option<&'d [f64]>,
    offset: Option<&'d [f64]>,
    total_weight: f64,
    parallel: bool,
}

impl<'d> Examples<'d> {
    /// The examples of a data set, the columns that `units` says as standardised copies.
    pub(crate) fn new(data: &'d Dataset, units: &Units) -> Self {
        Examples {
            columns: (0..data.dimension()).map(|j| units.seen(j, data)).collect(),
            labels: data.labels().as_slice(),
            weights: data.weights().map(|weights| weights.as_slice()),
            offset: data.offset().map(|offset| offset.as_slice()),
            total_weight: data.total_weight(),
            parallel: false,
        }
    }

    /// The same, on the threads of the current pool or on the calling thread alone.
    pub(crate) fn on_threads(self, parallel: bool) -> Self {
        Examples { parallel, ..self }
    }

    /// m
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// d
    pub(crate) fn dimension(&self) -> usize {
        self.columns.len()
    }

    /// The columns, in order.
    pub(crate) fn columns(&self) -> Vec<&[f64]> {
        self.columns.iter().map(AsRef::as_ref).collect()
    }

    /// The labels, 0 or 1.
    pub(crate) fn labels(&self) -> &'d [f64] {
        self.labels
    }

    /// cᵢ, if there are any.
    pub(crate) fn weights(&self) -> Option<&'d [f64]> {
        self.weights
    }

    /// What is added to the logits, if there is anything.
    pub(crate) fn offset(&self) -> Option<&'d [f64]> {
        self.offset
    }

    /// Σ cᵢ
    pub(crate) fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// Whether the threads of the current pool share the work.
    pub(crate) fn is_parallel(&self) -> bool {
        self.parallel
    }
}
