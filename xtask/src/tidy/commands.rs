//! The rules that cargo itself judges.
//!
//! Invariant: a command's objection is its own first error line, not all it printed.

use std::path::Path;
use std::process::{Command, Output};
use std::{fs, io};

use crate::error::Error;

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

/// Makes cargo build our packages anew: a packaged crate counts as unchanged as long as its version is, so one that has been built from
/// older sources would stand in for this one.
fn forget_packages(root: &Path) -> Result<(), Error> {
    let known = root.join(PACKAGES).join("debug").join(".fingerprint");
    let failed =
        |cause: io::Error| Error::File { path: known.display().to_string(), cause: cause.to_string() };
    let entries = match fs::read_dir(&known) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with("chainrule-") {
            fs::remove_dir_all(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
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
