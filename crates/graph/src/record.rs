//! What a tape holds: for each variable and operation the edges that lead to it, each with its local derivative.
//!
//! An edge is ∂(record)/∂(argument), computed when it was recorded, whether that is a weight, and which record the argument is: 16 bytes at f64. The edges of a record
//! stand in a row, from the last argument's to the first's, since a reverse sweep meets them backwards; the last one closes it. A variable has one
//! edge, from itself.
//!
//! No operation is kept and no value: a reverse sweep multiplies and adds, and asks nothing.
//!
//! Invariant: the arguments of an operation have smaller indices than the operation. What was cut off is told from what took its place by
//! the epoch in which it was made.

use crate::nodes::Index;

/// Records in the order of their making.
#[derive(Debug)]
pub(crate) struct Record<R> {
    edges: Vec<Edge<R>>,
    /// How many records the edges are closed to.
    records: u32,
    /// How often the record was cut short.
    epoch: u32,
    /// How many records were left by the cuts that left the fewest, and in which epoch; both grow along the list.
    cuts: Vec<Cut>,
    /// How many records no cut has reached: the first entry of `cuts`, or all there may be.
    untouched: u32,
}

/// One edge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge<R> {
    pub(crate) partial: R,
    /// The record it comes from; for a variable the variable itself.
    pub(crate) argument: Index,
    /// Whether the record's edges end here.
    pub(crate) is_last: bool,
    /// Whether the partial is a weight.
    pub(crate) is_weight: bool,
}

/// An edge that is not in its record's row yet: where it leads, and what it carries.
pub(crate) struct Slope<R> {
    pub(crate) argument: Index,
    pub(crate) partial: R,
    pub(crate) is_weight: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    epoch: u32,
    records: u32,
}

impl<R> Slope<R> {
    #[inline(always)]
    fn edge(self, is_last: bool) -> Edge<R> {
        let Slope { argument, partial, is_weight } = self;
        Edge { partial, argument, is_last, is_weight }
    }
}

impl<R> Record<R> {
    pub(crate) fn new() -> Self {
        Record { edges: Vec::new(), records: 0, epoch: 0, cuts: Vec::new(), untouched: u32::MAX }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.records as usize
    }

    pub(crate) fn edges(&self) -> &[Edge<R>] {
        &self.edges
    }

    /// How many bytes the records take.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.edges.as_slice())
    }

    /// Whether one more record still has an index.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.records < u32::MAX
    }

    /// Makes a record of one edge after the other.
    #[inline(always)]
    pub(crate) fn edge(&mut self, slope: Slope<R>, is_last: bool) {
        self.edges.push(slope.edge(is_last));
    }

    /// Adds edges, of which [`end_here`](Self::end_here) will make the last one the last.
    #[inline(always)]
    pub(crate) fn edges_of(&mut self, slopes: impl Iterator<Item = Slope<R>>) {
        self.edges.extend(slopes.map(|slope| slope.edge(false)));
    }

    /// Counts a record whose last edge was added, and says where it is.
    #[inline(always)]
    pub(crate) fn close(&mut self) -> (Index, u32) {
        let index = self.records;
        self.records += 1;
        (index, self.epoch)
    }

    #[inline(always)]
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether what was made in an epoch at an index was not cut off since.
    #[inline(always)]
    pub(crate) fn is_live(&self, index: Index, epoch: u32) -> bool {
        epoch == self.epoch || index < self.untouched || self.survived(index, epoch)
    }

    #[cold]
    fn survived(&self, index: Index, epoch: u32) -> bool {
        // The first cut since then is the deepest since then.
        self.cuts.iter().find(|cut| cut.epoch > epoch).is_none_or(|cut| index < cut.records)
    }

    /// Makes the edge that was added last the last of its record.
    #[inline(always)]
    pub(crate) fn end_here(&mut self) {
        if let Some(edge) = self.edges.last_mut() {
            edge.is_last = true;
        }
    }

    /// Takes edges back that were added for a record that is not made.
    #[cold]
    pub(crate) fn drop_edges(&mut self, start: usize) {
        self.edges.truncate(start);
    }

    /// Forgets all but the first records and their edges; memory is kept. False if epochs are used up.
    pub(crate) fn cut(&mut self, records: u32, edges: usize) -> bool {
        let Some(epoch) = self.epoch.checked_add(1).filter(|&epoch| epoch < u32::MAX) else { return false };
        self.edges.truncate(edges);
        (self.records, self.epoch) = (records, epoch);
        while self.cuts.last().is_some_and(|cut| cut.records >= records) {
            self.cuts.pop();
        }
        self.cuts.push(Cut { epoch, records });
        self.untouched = self.cuts.first().map_or(u32::MAX, |cut| cut.records);
        true
    }

    /// Forgets everything, epochs too; memory is kept.
    pub(crate) fn clear(&mut self) {
        self.edges.clear();
        self.cuts.clear();
        (self.records, self.epoch, self.untouched) = (0, 0, u32::MAX);
    }
}
