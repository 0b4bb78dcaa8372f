//! Names of columns, and what is known of them, in messages.
//!
//! Invariant: a message stays a line of readable length, whatever the columns are called and however many there are.

use chainrule_data::shown;

/// So many are enough to see what is the matter.
const LISTED: usize = 5;

/// The names in backticks with commas; of many the first few, and how many more there are.
pub(crate) fn quoted(names: &[String]) -> String {
    listed(names, ", ", |name| format!("`{}`", shown(name)))
}

/// What there is to say of each thing; of many the first few, and how many more there are.
pub(crate) fn listed<T>(things: &[T], separator: &str, said: impl Fn(&T) -> String) -> String {
    let first: Vec<String> = things.iter().take(LISTED).map(said).collect();
    let more = things.len().saturating_sub(LISTED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    first.join(separator) + &rest
}
