//! The plain list of nodes that graphs and tapes share: what each node is and which nodes it is made from.
//!
//! Invariant: the arguments of a node have smaller indices than the node. So a loop upwards visits arguments
//! before results and a loop downwards results before arguments: no sweep needs recursion, and a chain of ten
//! million nodes takes ten million steps and no stack.

use crate::op::Op;

/// The index of a node in its list.
pub(crate) type Index = u32;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A leaf that is differentiated.
    Parameter,
    /// A leaf with one value an example.
    Data,
    /// A leaf with a fixed value, by its place in the list of constants.
    Constant(u32),
    /// The result of an operation.
    Operation(Op),
}

/// A node and where its arguments begin in the list of edges.
#[derive(Clone, Copy, Debug)]
struct Record {
    kind: Kind,
    first_edge: u32,
}

/// Nodes in the order of their creation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    records: Vec<Record>,
    edges: Vec<Index>,
    constants: Vec<f64>,
}

impl Nodes {
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn kind(&self, index: usize) -> Kind {
        self.records[index].kind
    }

    pub(crate) fn constant(&self, place: u32) -> f64 {
        self.constants[place as usize]
    }

    /// The nodes that node `index` is made from, in order; none for a leaf.
    pub(crate) fn arguments(&self, index: usize) -> &[Index] {
        let start = self.records[index].first_edge as usize;
        let end = self.records.get(index + 1).map_or(self.edges.len(), |next| next.first_edge as usize);
        &self.edges[start..end]
    }

    /// Whether `arguments` more edges and as many nodes still have an index.
    pub(crate) fn has_room(&self, arguments: usize) -> bool {
        let limit = Index::MAX as usize;
        arguments < limit - self.records.len() && arguments < limit - self.edges.len()
    }

    pub(crate) fn push_leaf(&mut self, kind: Kind) -> Index {
        self.push(kind, std::iter::empty())
    }

    pub(crate) fn push_constant(&mut self, value: f64) -> Index {
        self.constants.push(value);
        self.push_leaf(Kind::Constant((self.constants.len() - 1) as u32))
    }

    /// Appends an operation; `arguments` are indices of nodes in this list.
    pub(crate) fn push_operation(&mut self, op: Op, arguments: impl Iterator<Item = Index>) -> Index {
        self.push(Kind::Operation(op), arguments)
    }

    fn push(&mut self, kind: Kind, arguments: impl Iterator<Item = Index>) -> Index {
        let index = self.records.len();
        self.records.push(Record { kind, first_edge: self.edges.len() as u32 });
        self.edges.extend(arguments);
        index as Index
    }
}
