//! The rules that cargo itself judges.
//!
//! Invariant: a command's objection is its own first error line, not all it printed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use super::packages;
use crate::error::Error;
use crate::files::{unreadable, unwritable};

/// A cargo command that has to end well.
#[derive(Clone, Copy, Debug)]
pub struct CargoCommand {
    /// The rule.
    pub name: &'static str,
    arguments: &'static [&'static str],
    /// Flags for rustdoc.
    rustdoc: Option<&'static str>,
}

const PACKAGE: &str = "cargo package";

/// Where packages are built, beside everything else.
const PACKAGES: &str = "target/packages";

/// The commands, the quickest first.
pub const ALL: [CargoCommand; 4] = [
    CargoCommand { name: "cargo fmt", arguments: &["fmt", "--all", "--check"], rustdoc: None },
    CargoCommand {
        name: "cargo clippy",
        arguments: &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
        rustdoc: None,
    },
    CargoCommand {
        name: "cargo doc",
        arguments: &["doc", "--quiet", "--workspace", "--no-deps"],
        rustdoc: Some("-D warnings"),
    },
    // Packages are built from what would be published, so a file left out shows; uncommitted changes are no obstacle.
    CargoCommand {
        name: PACKAGE,
        arguments: &["package", "--quiet", "--workspace", "--allow-dirty", "--target-dir", PACKAGES],
        rustdoc: None,
    },
];

impl CargoCommand {
    /// Runs the command at the workspace's root.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn objections(&self, root: &Path) -> Result<Vec<String>, Error> {
        if self.name == PACKAGE {
            forget_packages(root)?;
        }
        let mut command = Command::new("cargo");
        command.args(self.arguments).current_dir(root);
        if let Some(flags) = self.rustdoc {
            command.env("RUSTDOCFLAGS", flags);
        }
        let output = output(&mut command)?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let printed = [output.stdout, output.stderr].concat();
        Ok(vec![first_error(&String::from_utf8_lossy(&printed))])
    }
}

/// Makes cargo unpack and build our packages anew: a packaged crate counts as unchanged as long as its version is, so one of older sources
/// would stand in for this one.
fn forget_packages(root: &Path) -> Result<(), Error> {
    let mut places = vec![root.join(PACKAGES).join("debug").join(".fingerprint")];
    if let Some(sources) = packages::unpacked_sources(root)? {
        // A registry without a host's name is a folder: the one that packages are verified from.
        places.extend(folders(&sources, "-")?);
    }
    for place in places {
        for known in folders(&place, "chainrule-")? {
            fs::remove_dir_all(&known).map_err(|cause| unwritable(&known, &cause))?;
        }
    }
    Ok(())
}

/// The folders in a folder whose names begin so; none if there is no such folder.
fn folders(place: &Path, beginning: &str) -> Result<Vec<PathBuf>, Error> {
    let entries = match fs::read_dir(place) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|cause| unreadable(place, &cause))?,
    };
    let paths =
        entries.map(|entry| entry.map(|entry| entry.path()).map_err(|cause| unreadable(place, &cause)));
    let is_wanted = |path: &PathBuf| {
        path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning))
    };
    Ok(paths.collect::<Result<Vec<_>, _>>()?.into_iter().filter(is_wanted).collect())
}

/// Runs a command to its end.
///
/// # Errors
/// If it cannot be started.
pub fn output(command: &mut Command) -> Result<Output, Error> {
    command.output().map_err(|cause| Error::Program {
        program: command.get_program().to_string_lossy().into_owned(),
        cause: cause.to_string(),
    })
}

/// The first line that says what is wrong, and the place if the next one names it.
pub fn first_error(printed: &str) -> String {
    let mut lines = printed.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = |line: &&str| ["error", "warning", "Diff in"].iter().any(|word| line.starts_with(word));
    let first = lines.clone().find(telling).or_else(|| lines.clone().next());
    let place = lines.find(|line| line.starts_with("-->"));
    match (first, place) {
        (Some(first), Some(place)) => format!("{first} {place}"),
        (Some(first), None) => first.to_owned(),
        (None, _) => "it failed without a word".to_owned(),
    }
}
