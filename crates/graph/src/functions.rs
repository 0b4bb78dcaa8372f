//! The operations as functions: the words that call them, how their arguments are written, and which word was meant.
//!
//! Invariant: every word and every shape is read off the table; a new operation is a function without a line here.

use std::collections::BTreeMap;

use crate::form::Form;
use crate::lexer::is_plain;
use crate::op::Op;

/// How a function's arguments are written.
pub(crate) enum Shape {
    List,
    TwoLists,
    WithExponent,
}

/// All functions by the words that call them: the operation's name, and the words in its printed forms.
pub(crate) fn functions() -> BTreeMap<&'static str, Op> {
    let words = |op: Op| {
        let words = [Some(op.name()), word(op.text()), word(op.source())];
        words.into_iter().flatten().map(move |word| (word, op))
    };
    Op::all().into_iter().flat_map(words).collect()
}

/// How the arguments of an operation are written.
#[inline(never)]
pub(crate) fn shape(op: Op) -> Shape {
    if op.exponent().is_some() {
        Shape::WithExponent
    } else if op.text().0.contains("<left>") {
        Shape::TwoLists
    } else {
        Shape::List
    }
}

/// The function whose word is most like this one, if one is: the same first letter and few other differences, or the
/// command of that name in LaTeX.
pub(crate) fn nearest(unknown: &str, words: &[&'static str]) -> Option<&'static str> {
    let command = format!("\\{unknown}\\left(");
    if let Some(op) = Op::all().into_iter().find(|op| op.latex().0.starts_with(&command)) {
        return Some(op.name());
    }
    let known = words.iter().filter(|known| known.chars().next() == unknown.chars().next());
    let (distance, word) = known.map(|known| (differences(known, unknown), *known)).min()?;
    (2 * distance <= unknown.chars().count() + 2).then_some(word)
}

/// The word before the parenthesis with which a form begins.
fn word(form: Form) -> Option<&'static str> {
    form.0.split_once('(').map(|(word, _)| word).filter(|word| is_plain(word))
}

/// How many letters to insert, remove or replace to come from one word to the other (Levenshtein, 1966).
fn differences(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=one.chars().count()).collect();
    for (line, theirs) in other.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, ours) in one.chars().enumerate() {
            let replaced = diagonal + usize::from(ours != theirs);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[row.len() - 1]
}
