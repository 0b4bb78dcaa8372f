//! Which sources `verify` can convict.
//!
//! A row of `verify` says by name which files its failure convicts (`Check::convicts`). The names are looked for in verify's own sources, so
//! the rule needs no run of it.
//!
//! Invariant: a source is named by a row, or is exempt for a reason that stands here.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::Error;
use crate::files;

/// What no row convicts, by the end of its path or a folder in it, and why.
pub const EXEMPT: &[(&str, &str)] = &[
    ("/src/lib.rs", "declares modules and documents the crate"),
    ("/mod.rs", "declares modules"),
    ("/src/tutorial/", "text whose examples are tests"),
    ("/src/argmin.rs", "behind a feature that verify does not switch on"),
    ("/src/parquet_file.rs", "behind a feature that verify does not switch on"),
    ("/src/flights.rs", "reads a file that is no part of the project"),
];

/// Objections to sources without a row, and to rows that name a file which is not there.
pub fn unconvicted(sources: &BTreeSet<String>, named: &BTreeSet<String>) -> Vec<String> {
    let is_exempt = |source: &str| {
        EXEMPT.iter().any(|(part, _)| source.ends_with(part) || part.ends_with('/') && source.contains(part))
    };
    let missing = sources
        .iter()
        .filter(|source| !named.contains(*source) && !is_exempt(source))
        .map(|source| format!("no row of verify convicts {source}"));
    let stale =
        named.difference(sources).map(|name| format!("a row of verify convicts {name}, which is no source"));
    missing.chain(stale).collect()
}

/// The paths of sources that a text names.
pub fn names(text: &str) -> BTreeSet<String> {
    text.split(|character: char| character.is_whitespace() || "\"`;()\\".contains(character))
        .flat_map(files::paths)
        .filter(|word| word.starts_with("crates/") && word.ends_with(".rs"))
        .collect()
}

/// The objections to a workspace.
///
/// # Errors
/// If its sources cannot be read.
pub fn objections(root: &Path) -> Result<Vec<String>, Error> {
    let sources = files::crate_sources(root)?.into_iter().collect();
    let mut named = BTreeSet::new();
    for path in files::rust_sources(&root.join("xtask/src/verify"))? {
        named.extend(names(&files::read(&path)?));
    }
    Ok(unconvicted(&sources, &named))
}
