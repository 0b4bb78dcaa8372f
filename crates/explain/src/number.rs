//! Numbers as they are shown: to a few digits.
//!
//! Invariant: rounding is for the eye alone; no step is computed from a rounded number.

use chainrule_graph::{Node, Real};

/// Significant digits of a number in an equation.
pub(crate) const FEW: usize = 6;
/// Significant digits where two numbers that are nearly the same are subtracted before the reader's eyes.
pub(crate) const MANY: usize = 9;

/// Significant digits of a number that was given: all that it has.
pub(crate) const ALL: usize = 17;

/// Whole numbers below this are shown with all their digits.
const WHOLE: f64 = 1e12;

/// The nearest number of so many significant decimal digits; 0 has no sign.
pub(crate) fn rounded(value: f64, digits: usize) -> f64 {
    if digits >= ALL || (value.trunc() == value && value.abs() < WHOLE) {
        return value + 0.0;
    }
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// A number to so many significant digits, as a formula writes it.
pub(crate) fn shown(value: f64, digits: usize) -> String {
    Node::constant(rounded(value, digits)).to_string()
}
