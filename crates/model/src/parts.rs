//! Parts of large data: one example in ten, of these one in ten, and between them one in thirty.
//!
//! What is about right will do for the coordinates of a fit, for the first look at whether columns are independent, and for a start of Newton's method: a part gives it at a
//! share of the cost.
//!
//! Invariant: a part is large enough for the number of coefficients; where none is, there is none.

use chainrule_data::Dataset;

/// A part has at least so many examples, and so many for each coefficient.
const SMALLEST: usize = 1_000;
const EXAMPLES_A_COEFFICIENT: usize = 10;

/// Parts of a data set, the smallest first.
pub(crate) struct Parts {
    parts: Vec<Dataset>,
}

impl Parts {
    /// The parts that are large enough.
    pub(crate) fn of(data: &Dataset) -> Self {
        let least = SMALLEST.max(EXAMPLES_A_COEFFICIENT * (data.dimension() + 1));
        if data.len() / 10 < least {
            return Parts { parts: Vec::new() };
        }
        let tenth = data.every(10);
        // A hundredth where it is large enough, else a thirtieth.
        let share = if tenth.len() / 10 >= least { 10 } else { 3 };
        let smaller = (tenth.len() / share >= least).then(|| tenth.every(share));
        Parts { parts: smaller.into_iter().chain([tenth]).collect() }
    }

    /// The parts, the smallest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Dataset> {
        self.parts.iter()
    }

    /// Whether the data are too few to be taken in parts.
    pub(crate) fn is_none(&self) -> bool {
        self.parts.is_empty()
    }

    /// The largest part.
    pub(crate) fn largest(&self) -> Option<&Dataset> {
        self.parts.last()
    }

    /// The largest part, or the whole if there is none.
    pub(crate) fn largest_of<'p>(&'p self, data: &'p Dataset) -> &'p Dataset {
        self.largest().unwrap_or(data)
    }
}
