//! The target column: two labels, one of which is the event.
//!
//! Invariant: labels are neither empty nor spelled as NaN or infinity, at most two are kept, and these
//! two are neither the same text nor the same number.

use super::number::{self, Fault};
use super::{LabelRule, Place};
use crate::shown::shown;
use crate::{Classes, Error};

/// The labels of a column as they come.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The distinct labels as first spelled, and the line of each.
    distinct: Vec<(String, u64)>,
    /// For each example, the position of its label among the distinct ones.
    examples: Vec<usize>,
}

/// Whether two labels are the same text or the same number.
pub(super) fn same(one: &str, other: &str) -> bool {
    let numbers = number::parse(one).ok().zip(number::parse(other).ok());
    one == other || numbers.is_some_and(|(one, other)| one == other)
}

impl Labels {
    /// Takes the label of one more example.
    pub(super) fn add(&mut self, label: &str, place: impl Fn() -> Place) -> Result<(), Error> {
        let position = match self.distinct.iter().position(|(known, _)| known == label) {
            Some(position) => position,
            None => self.add_spelling(label, place())?,
        };
        self.examples.push(position);
        Ok(())
    }

    /// Gives 1 to the examples of the event and 0 to the others.
    pub(super) fn finish(
        self,
        file: &str,
        target: &str,
        rule: &LabelRule,
    ) -> Result<(Vec<f64>, Classes), Error> {
        let event = self.event(file, target, rule)?;
        let labels = self.examples.iter().map(|&label| if label == event { 1.0 } else { 0.0 }).collect();
        let name = |position: usize| self.distinct[position].0.clone();
        Ok((labels, Classes::new(name(1 - event), name(event))))
    }

    /// The position of a label in a spelling not seen before.
    fn add_spelling(&mut self, label: &str, place: Place) -> Result<usize, Error> {
        check(label, &place)?;
        if let Some(position) = self.position(label) {
            return Ok(position);
        }
        if self.distinct.len() == 2 {
            return Err(Error::ThirdLabel { place, found: shown(label), known: self.listed() });
        }
        self.distinct.push((label.to_string(), place.line));
        Ok(self.distinct.len() - 1)
    }

    /// The position of the event, once there are two labels.
    fn event(&self, file: &str, target: &str, rule: &LabelRule) -> Result<usize, Error> {
        let (first, second) = match self.distinct.as_slice() {
            [] => return Err(Error::NoRows { file: file.to_string() }),
            [(only, _)] => {
                let (file, column) = (file.to_string(), shown(target));
                return Err(Error::OneClass { file, column, found: shown(only) });
            }
            [(first, _), (second, _), ..] => (first, second),
        };
        let named = |label: &str| {
            self.position(label).ok_or_else(|| Error::LabelNotFound {
                file: file.to_string(),
                column: shown(target),
                label: shown(label),
                found: self.listed(),
            })
        };
        match rule {
            LabelRule::Event(event) => named(event),
            LabelRule::Both { other, event } => named(other).and_then(|_| named(event)),
            LabelRule::AsFound => Ok(usize::from(!is_larger(first, second))),
        }
    }

    fn position(&self, label: &str) -> Option<usize> {
        self.distinct.iter().position(|(known, _)| same(known, label))
    }

    /// The distinct labels and their first lines, for messages.
    fn listed(&self) -> String {
        let labels = self.distinct.iter().map(|(label, line)| format!("'{}' (line {line})", shown(label)));
        labels.collect::<Vec<_>>().join(" and ")
    }
}

/// Text is a label like any other, but a missing or non-finite one is not.
fn check(label: &str, place: &Place) -> Result<(), Error> {
    match number::parse(label) {
        Ok(_) | Err(Fault::Text) => Ok(()),
        Err(fault) => Err(fault.at(place.clone(), label)),
    }
}

/// Whether the first label comes after the second: as numbers if both are, else as text.
fn is_larger(first: &str, second: &str) -> bool {
    match number::parse(first).ok().zip(number::parse(second).ok()) {
        Some((first, second)) => first > second,
        None => first > second,
    }
}
