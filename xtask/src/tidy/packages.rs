//! The workspace's packages as cargo sees them, and what has to hold between them.
//!
//! Invariant: the layering stands in one table here, [`LAYERS`], and is judged against `cargo metadata`, not against a
//! reading of the manifests.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::commands::output;
use crate::error::Error;

/// Each published crate and those of ours that it may depend on. xtask and benches may depend on all of them, and nothing
/// on xtask or benches.
pub const LAYERS: [(&str, &[&str]); 6] = [
    ("chainrule-graph", &[]),
    ("chainrule-check", &[]),
    ("chainrule-data", &[]),
    ("chainrule-program", &["chainrule-graph"]),
    ("chainrule-explain", &["chainrule-graph", "chainrule-program"]),
    ("chainrule-model", &["chainrule-graph", "chainrule-program", "chainrule-data"]),
];

/// The packages that are not published.
pub const TOOLS: [&str; 2] = ["xtask", "chainrule-bench"];

/// The crates that others add for one thing only, and all that they may depend on.
const LEAN: [(&str, &[&str]); 2] = [("chainrule-graph", &["thiserror"]), ("chainrule-check", &["thiserror"])];

/// A package of the workspace, from `cargo metadata`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One sentence.
    pub description: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Words to search for.
    pub keywords: Vec<String>,
    /// The registry's categories.
    pub categories: Vec<String>,
    /// The oldest Rust that builds it.
    pub rust_version: Option<String>,
    /// Its README, relative to the manifest.
    pub readme: Option<String>,
    /// Where it may be published: nowhere if the list is empty, anywhere if there is none.
    pub publish: Option<Vec<String>>,
    /// The manifest.
    pub manifest_path: PathBuf,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// A dependency of a package.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Dependency {
    /// The name of what is depended on.
    pub name: String,
    /// The version that is asked for.
    pub req: String,
    /// `dev` or `build`; none for a normal dependency.
    pub kind: Option<String>,
    /// Whether a feature has to ask for it.
    pub optional: bool,
}

impl Package {
    fn is_tool(&self) -> bool {
        TOOLS.contains(&self.name.as_str())
    }
}

/// The packages of the workspace at `root`.
///
/// # Errors
/// If cargo cannot be run or says something that is no metadata.
pub fn read(root: &Path) -> Result<Vec<Package>, Error> {
    metadata(root, &["--no-deps"])
}

/// The folder in which cargo keeps the unpacked sources of registries, if the workspace depends on any.
///
/// # Errors
/// As [`read`].
pub fn unpacked_sources(root: &Path) -> Result<Option<PathBuf>, Error> {
    // …/registry/src/REGISTRY/PACKAGE/Cargo.toml
    let sources = |package: &Package| package.manifest_path.ancestors().nth(3).map(Path::to_owned);
    let is_sources = |folder: &PathBuf| folder.ends_with("registry/src");
    Ok(metadata(root, &[])?.iter().filter_map(sources).find(is_sources))
}

fn metadata(root: &Path, options: &[&str]) -> Result<Vec<Package>, Error> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let arguments = [&["metadata", "--format-version", "1"], options].concat();
    let output = output(Command::new("cargo").args(arguments).current_dir(root))?;
    if !output.status.success() {
        let cause = super::commands::first_error(&String::from_utf8_lossy(&output.stderr));
        return Err(Error::Program { program: "cargo metadata".to_owned(), cause });
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages)
}

/// Dependencies among our own packages that [`LAYERS`] does not allow, those of tests and build scripts included.
pub fn layering(packages: &[Package]) -> Vec<String> {
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut objections = Vec::new();
    for package in packages.iter().filter(|package| !package.is_tool()) {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
            objections.push(format!("`{}` has no place in the table of layers", package.name));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| ours(&dependency.name)) {
            if !allowed.contains(&dependency.name.as_str()) {
                objections.push(format!("`{}` must not depend on `{}`", package.name, dependency.name));
            }
        }
    }
    objections
}

/// What the lean crates depend on beyond what they may.
pub fn lean(packages: &[Package]) -> Vec<String> {
    let mut objections = Vec::new();
    for (name, allowed) in LEAN {
        let dependencies =
            packages.iter().filter(|package| package.name == name).flat_map(|p| &p.dependencies);
        for dependency in dependencies.filter(|dependency| dependency.kind.is_none() && !dependency.optional)
        {
            if !allowed.contains(&dependency.name.as_str()) {
                objections.push(format!("`{name}` depends on `{}`", dependency.name));
            }
        }
    }
    objections
}

/// What the published crates lack for a registry, and tools that could be published.
pub fn descriptions(packages: &[Package]) -> Vec<String> {
    let mut objections = Vec::new();
    for package in packages {
        if package.is_tool() {
            if package.publish != Some(Vec::new()) {
                objections.push(format!("`{}` is not marked `publish = false`", package.name));
            }
            continue;
        }
        let lacks = [
            ("description", package.description.is_none()),
            ("licence MIT OR Apache-2.0", package.license.as_deref() != Some("MIT OR Apache-2.0")),
            ("keywords", package.keywords.is_empty()),
            ("categories", package.categories.is_empty()),
            ("rust-version", package.rust_version.is_none()),
            ("readme", package.readme.is_none()),
            ("leave to be published", package.publish.is_some()),
        ];
        for (what, _) in lacks.into_iter().filter(|(_, lacking)| *lacking) {
            objections.push(format!("`{}` has no {what}", package.name));
        }
    }
    objections
}

/// Packages whose version, or whose version in another's dependencies or the workspace's table, is not the common one.
pub fn versions(packages: &[Package], workspace_manifest: &str) -> Vec<String> {
    let Some(common) = packages.first().map(|package| package.version.as_str()) else {
        return vec!["there are no packages".to_owned()];
    };
    let mut objections = Vec::new();
    for package in packages {
        if package.version != common {
            objections.push(format!("`{}` is at {}, others at {common}", package.name, package.version));
        }
        let ours = |dependency: &&Dependency| packages.iter().any(|package| package.name == dependency.name);
        for dependency in package.dependencies.iter().filter(ours) {
            if dependency.req != format!("^{common}") {
                let (name, on, req) = (&package.name, &dependency.name, &dependency.req);
                objections.push(format!("`{name}` asks for `{on}` {req}, not {common}"));
            }
        }
    }
    if !workspace_manifest.contains(&format!("version = \"{common}\"")) {
        objections.push(format!("the workspace's manifest does not set version {common}"));
    }
    objections
}
