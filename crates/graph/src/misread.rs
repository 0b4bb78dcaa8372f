//! Where a formula could not be read: the place, what stands there, and what was expected instead.
//!
//! Invariant: the place is in the text (or just behind its end), and what is shown has one line for the message, one of
//! the text, one for the caret, and no character that does not show.

use std::fmt;
use std::ops::Range;

/// How many characters of a line are shown around the mistake: with the message's indent a line of a terminal.
const WINDOW: usize = 60;
/// How many characters of what was found are repeated.
const LONGEST_FOUND: usize = 30;

/// A place in a formula that could not be read.
///
/// ```
/// use chainrule_graph::{Error, Graph};
///
/// let Err(Error::Formula(mistake)) = Graph::new().parse("u = b*)") else { unreachable!() };
/// assert_eq!((mistake.line(), mistake.character()), (1, 7));
/// assert_eq!(mistake.to_string(), "\
/// character 7 of the formula: found `)`, expected a number, a name, `(` or `-`
///   u = b*)
///         ^");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    line: usize,
    character: usize,
    lines: usize,
    found: String,
    expected: String,
    excerpt: String,
    /// How many characters of the excerpt stand before the place.
    caret: usize,
}

impl Misread {
    /// A mistake at this byte of the text.
    pub(crate) fn new(text: &str, at: usize, found: String, expected: String) -> Box<Self> {
        let (before, after) = text.split_at(at);
        let before = before.rsplit('\n').next().unwrap_or_default();
        let (excerpt, caret) = excerpt(before, after.lines().next().unwrap_or_default());
        let (line, character) = place(text, at);
        Box::new(Misread { line, character, lines: lines(text), found, expected, excerpt, caret })
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The character in its line, counted from 1.
    pub fn character(&self) -> usize {
        self.character
    }

    /// What stands there.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What was expected instead.
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Misread { line, character, lines, found, expected, excerpt, caret } = self;
        let place = shown_place((*line, *character), *lines);
        writeln!(f, "{place} of the formula: found {found}, expected {expected}")?;
        write!(f, "  {excerpt}\n  {:caret$}^", "")
    }
}

/// A part of the text, in backticks and cut, as errors repeat it.
pub(crate) fn quoted(text: &str, range: Range<usize>) -> String {
    let part = &text[range];
    let mut shown = String::new();
    for c in part.chars().take(LONGEST_FOUND) {
        if visible(c) == c { shown.push(c) } else { shown.extend(c.escape_default()) }
    }
    if part.chars().nth(LONGEST_FOUND).is_some() {
        shown.push('…');
    }
    if part.starts_with('`') { shown } else { format!("`{shown}`") }
}

/// Where a byte of the text is, as errors say it.
pub(crate) fn place_of(text: &str, at: usize) -> String {
    shown_place(place(text, at), lines(text))
}

fn shown_place((line, character): (usize, usize), lines: usize) -> String {
    if lines > 1 { format!("line {line}, character {character}") } else { format!("character {character}") }
}

/// The line and the character in it, counted from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// How many lines there are, not counting empty ones at the end.
fn lines(text: &str) -> usize {
    text.trim_end().matches('\n').count() + 1
}

/// What is shown of a line, and where in it the mistake is.
fn excerpt(before: &str, after: &str) -> (String, usize) {
    let ahead = after.chars().count();
    let length = before.chars().count();
    let kept = if length + ahead <= WINDOW { length } else { (WINDOW - ahead.min(WINDOW / 2)).min(length) };
    let mut shown: String = if kept < length { "…".to_owned() } else { String::new() };
    shown.extend(before.chars().skip(length - kept).map(visible));
    let caret = shown.chars().count();
    shown.extend(after.chars().take(WINDOW - kept).map(visible));
    if ahead > WINDOW - kept {
        shown.push('…');
    }
    (shown, caret)
}

/// The character, or one that stands for what does not show or would move the caret.
fn visible(c: char) -> char {
    // Behind a letter the standard library prints for debugging whatever shows as it is; quotes and backslashes, which
    // it escapes too, do show.
    let shows =
        matches!(c, '\'' | '"' | '\\') || ['x', c].iter().collect::<String>().escape_debug().eq(['x', c]);
    match c {
        c if shows => c,
        c if c.is_whitespace() => ' ',
        _ => '\u{fffd}',
    }
}
