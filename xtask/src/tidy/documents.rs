//! What has to stand in the documents.
//!
//! Invariant: a rule looks for what a reader would miss, not for a form of words.

use std::path::Path;

use super::packages::{Package, TOOLS};
use crate::error::Error;
use crate::files;

/// Objections to a changelog that does not have the packages' version as a heading, with a date.
pub fn changelog(text: &str, packages: &[Package]) -> Vec<String> {
    let mut versions: Vec<&str> = packages.iter().map(|package| package.version.as_str()).collect();
    versions.dedup();
    let is_named = |version: &str| {
        let heading = format!("## [{version}] - ");
        text.lines().any(|line| line.strip_prefix(&heading).is_some_and(is_date))
    };
    versions
        .into_iter()
        .filter(|version| !is_named(version))
        .map(|version| format!("CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`"))
        .collect()
}

/// Objections to the README, the documentation and the licence texts of every published crate.
///
/// # Errors
/// If a crate's sources cannot be read.
pub fn crates(packages: &[Package]) -> Result<Vec<String>, Error> {
    let mut objections = Vec::new();
    for package in packages.iter().filter(|package| !TOOLS.contains(&package.name.as_str())) {
        let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        let library = files::read(&folder.join("src").join("lib.rs"))?;
        objections.extend(documentation(&package.name, &readme, &library));
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            if !folder.join(licence).exists() {
                objections.push(format!("`{}` has no {licence}", package.name));
            }
        }
    }
    Ok(objections)
}

/// Objections to a crate's README and to the head of its library.
pub fn documentation(name: &str, readme: &str, library: &str) -> Vec<String> {
    let lacks = [
        ("README.md that opens with its name", !readme.starts_with(&format!("# {name}\n"))),
        ("example in its README.md", !readme.contains("```rust")),
        ("documentation at the head of src/lib.rs", !library.starts_with("//!")),
        ("example in that documentation", !library.contains("//! ```")),
        ("`#![forbid(unsafe_code)]`", !library.contains("#![forbid(unsafe_code)]")),
    ];
    let lacking = lacks.into_iter().filter(|(_, lacking)| *lacking);
    lacking.map(|(what, _)| format!("`{name}` has no {what}")).collect()
}

/// Whether a text is a date as in 2026-01-31.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => digits(year, 4) && digits(month, 2) && digits(day, 2),
        _ => false,
    }
}
