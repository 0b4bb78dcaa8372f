//! Text of a file as it is repeated to a reader: on one line, with nothing hidden in it.
//!
//! Control characters and line separators would break the line; marks and blanks of no width, or of an odd one, would
//! make two different names look the same. Both are escaped as Rust escapes them (`\n`, `\u{feff}`).
//!
//! Invariant: what is shown is one line, and no character of it is invisible.

/// The text with all that does not show escaped, cut after forty characters: for messages.
///
/// ```
/// assert_eq!(chainrule_data::shown("age\u{feff}\n"), r"age\u{feff}\n");
/// ```
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    one_line(&cut)
}

/// The text with all that does not show escaped, whole: for tables, where the end of a name counts too.
///
/// ```
/// assert_eq!(chainrule_data::one_line("first\nsecond"), r"first\nsecond");
/// ```
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if shows(c) {
            line.push(c);
        } else {
            line.extend(c.escape_default());
        }
    }
    line
}

/// Names for messages, each as [`shown`]; of many the first, and how many more there are.
pub(crate) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    const MOST: usize = 8;
    let more = names.len().saturating_sub(MOST);
    let first: Vec<String> = names.take(MOST).map(|name| format!("'{}'", shown(name))).collect();
    let first = first.join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}

/// Whether the standard library prints a character as it is, in a string that is printed for debugging; quotes and
/// backslashes, which it escapes too, do show.
fn shows(c: char) -> bool {
    // A combining mark is printed as it is behind a letter alone.
    matches!(c, '\'' | '"' | '\\') || ['x', c].iter().collect::<String>().escape_debug().eq(['x', c])
}
