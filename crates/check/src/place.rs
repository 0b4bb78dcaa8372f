//! Where in a gradient, a Jacobian or a product a derivative stands.

use std::fmt;

/// Which derivative. Everything is counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Place {
    /// ∂f/∂xᵢ.
    Coordinate(usize),
    /// The derivative along the i-th random direction.
    Direction(usize),
    /// ∂fᵢ/∂xⱼ, or ∂²f/∂xᵢ∂xⱼ.
    Entry {
        /// i.
        row: usize,
        /// j.
        column: usize,
    },
    /// Entry (i, j) against entry (j, i) of a claimed Hessian.
    Mirrored {
        /// i.
        row: usize,
        /// j.
        column: usize,
    },
    /// Component i of a product with the k-th random vector.
    Component {
        /// k.
        vector: usize,
        /// i.
        row: usize,
    },
    /// v·(H·u) against u·(H·v) for the k-th and the following random vector.
    Symmetry(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Coordinate(i) => write!(f, "x[{i}]"),
            Place::Direction(k) => write!(f, "direction {k}"),
            Place::Entry { row, column } => write!(f, "[{row}][{column}]"),
            Place::Mirrored { row, column } => write!(f, "[{row}][{column}] = [{column}][{row}]"),
            Place::Component { vector, row } => write!(f, "vector {vector} [{row}]"),
            Place::Symmetry(k) => write!(f, "v{k}·Hv{} = v{}·Hv{k}", k + 1, k + 1),
        }
    }
}
