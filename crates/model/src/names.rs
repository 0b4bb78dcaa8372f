//! Names of columns in messages.
//!
//! Invariant: a message stays a line of readable length, whatever the columns are called and however many there are.

use chainrule_data::shown;

/// So many names are enough to see what is the matter.
const NAMED: usize = 5;

/// The names in backticks with commas; of many the first few, and how many more there are.
pub(crate) fn quoted(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{}`", shown(name))).collect();
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    first.join(", ") + &rest
}
