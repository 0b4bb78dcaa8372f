//! Numbers with the rounding that is in them, so that two ways to one number can be compared.
//!
//! Each operation adds half a unit in the last place of its result, and passes on what its operands bring along: err(f) = ε·|f| +
//! Σ |∂f/∂uᵢ|·err(uᵢ), to first order (running error analysis: Wilkinson, "Error analysis revisited", *IMA Bulletin* 22, 1986, pp. 192–200).
//! So where a sum cancels, or 1 − a is taken of an a near 1, the error grows as it does.
//!
//! Invariant: an error is never less than the rounding of its value.

/// How far beyond its estimate an error may lie: elementary functions are rounded by a unit or two instead of half a one.
const CAUTION: f64 = 8.0;

/// A value and an estimate of the rounding in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

impl Measured {
    /// A value after so many roundings of its own size.
    pub(crate) fn rounded(value: f64, roundings: usize) -> Self {
        Measured { value, error: roundings as f64 * f64::EPSILON * value.abs() }
    }

    /// A value that was computed, with what its operands bring along: pairs of a derivative and an operand's error.
    pub(crate) fn computed(value: f64, operands: impl IntoIterator<Item = (f64, f64)>) -> Self {
        // A derivative that is infinite beside an operand that is exact passes nothing on; of one that is no number nobody knows.
        let passed = |(slope, error): (f64, f64)| match slope.abs() * error {
            _ if error == 0.0 => 0.0,
            unknown if unknown.is_nan() => f64::INFINITY,
            passed => passed,
        };
        let passed: f64 = operands.into_iter().map(passed).sum();
        Measured { value, error: f64::EPSILON * value.abs() + passed }
    }

    pub(crate) fn times(self, other: Measured) -> Self {
        Measured::computed(self.value * other.value, [(other.value, self.error), (self.value, other.error)])
    }

    pub(crate) fn plus(self, other: Measured) -> Self {
        Measured::computed(self.value + other.value, [(1.0, self.error), (1.0, other.error)])
    }

    /// Whether two are the same number up to rounding.
    pub(crate) fn agrees_with(self, other: Measured) -> bool {
        (self.value - other.value).abs() <= CAUTION * (self.error + other.error)
    }
}
