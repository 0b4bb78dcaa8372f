//! Why a derivative is not known better.
//!
//! Invariant: each doubt says what was seen of the function, not what was concluded of a claim.

use std::fmt;

use crate::fault::Short;

/// What limits the estimate of a derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Doubt {
    /// The slopes to the left and to the right differ: a kink at the point, or one nearer than the steps resolve.
    Kink {
        /// The slope on the left.
        left: f64,
        /// The slope on the right.
        right: f64,
    },
    /// f has values on one side of the point only, or none: it lies at or beyond the edge of the domain.
    DomainEdge,
    /// f is infinite at the point, or wherever one looks beside it.
    Overflow,
    /// The values of f scatter.
    Noise {
        /// By how much, in the units of f.
        size: f64,
    },
    /// The values of f are rounded: it is level, and jumps from one level to the next.
    Steps {
        /// By how much, in the units of f.
        size: f64,
    },
    /// f jumps from one smooth piece to the next, as the result of an iteration does that stops at a tolerance.
    Jumps {
        /// By how much, in the units of f.
        size: f64,
    },
    /// f jumps at the point itself, as the gradient of a function with a kink does.
    Break {
        /// By how much, in the units of f.
        size: f64,
    },
    /// The central differences do not close at order 2, as those of a smooth function do.
    NotSmooth {
        /// The order at which they do close; below 0 they open.
        order: f64,
    },
    /// Steps of different size tell different stories: f changes on a narrower scale than they resolve.
    Unresolved,
    /// The derivative is so small beside f that rounding of f hides its digits.
    NearZero,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Kink { left, right } => write!(
                f,
                "kink: slope {left:.6e} on the left, {right:.6e} on the right; a derivative claimed at a kink is a convention"
            ),
            Doubt::DomainEdge => f.write_str("edge of the domain: f has no finite values on both sides"),
            Doubt::Overflow => f.write_str("overflow: f is infinite at the point or beside it"),
            Doubt::Noise { size } => write!(f, "noise: values of f scatter by {size:.1e}"),
            Doubt::Break { size } => write!(
                f,
                "f jumps by {} at the point, as a slope does at a kink; a derivative claimed there is a convention",
                five(*size)
            ),
            Doubt::Steps { size } => write!(f, "f moves in steps of {}", five(*size)),
            Doubt::Jumps { size } => write!(
                f,
                "f looks truncated: it jumps by {}, as where an iteration inside it stops at a tolerance",
                five(*size)
            ),
            Doubt::NotSmooth { order } => {
                write!(f, "not smooth: central differences close at order {order:.1} instead of 2")
            }
            Doubt::Unresolved => f.write_str("unresolved: f changes on a narrower scale than the steps"),
            Doubt::NearZero => f.write_str(
                "near zero: rounding of f hides the digits of so small a slope (a floor would excuse it)",
            ),
        }
    }
}

fn five(number: f64) -> Short {
    Short { number, digits: 5 }
}
