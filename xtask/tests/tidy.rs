//! The judgments of `cargo xtask tidy`, each on an input that it has to object to and on one that it must not.
//!
//! The commands that need a build are left to `cargo xtask tidy` itself.

use std::collections::BTreeSet;

use xtask::tidy::commands::first_error;
use xtask::tidy::convicted::{names, unconvicted};
use xtask::tidy::documents::{changelog, documentation};
use xtask::tidy::packages::{Dependency, Package, descriptions, layering, lean, versions};

fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
    let dependency = |&(name, kind): &(&str, Option<&str>)| Dependency {
        name: name.to_owned(),
        req: "^0.1.0".to_owned(),
        kind: kind.map(str::to_owned),
        optional: false,
    };
    Package {
        name: name.to_owned(),
        version: "0.1.0".to_owned(),
        description: Some("what it is".to_owned()),
        license: Some("MIT OR Apache-2.0".to_owned()),
        keywords: vec!["gradient".to_owned()],
        categories: vec!["mathematics".to_owned()],
        rust_version: Some("1.95".to_owned()),
        readme: Some("README.md".to_owned()),
        dependencies: dependencies.iter().map(dependency).collect(),
        ..Package::default()
    }
}

#[test]
fn dependencies_may_point_downwards_only() {
    let graph = package("chainrule-graph", &[("thiserror", None)]);
    let data = package("chainrule-data", &[]);
    let model = package(
        "chainrule-model",
        &[("chainrule-graph", None), ("chainrule-data", None), ("nalgebra", None)],
    );
    let tool = package("xtask", &[("chainrule-model", None)]);
    assert!(layering(&[graph.clone(), data.clone(), model.clone(), tool.clone()]).is_empty());
    for (name, on) in [
        ("chainrule-graph", "chainrule-data"),
        ("chainrule-data", "chainrule-graph"),
        ("chainrule-check", "chainrule-graph"),
        ("chainrule-model", "xtask"),
    ] {
        for kind in [None, Some("dev"), Some("build")] {
            let wrong = package(name, &[(on, kind)]);
            let mut all: Vec<_> =
                [&graph, &data, &model, &tool].into_iter().filter(|p| p.name != name).cloned().collect();
            all.push(wrong);
            assert_eq!(layering(&all), [format!("`{name}` must not depend on `{on}`")], "{kind:?}");
        }
    }
    assert_eq!(layering(&[package("new", &[])]), ["`new` has no place in the table of layers"]);
}

#[test]
fn lean_crates_depend_on_thiserror_alone() {
    let graph = |kind| package("chainrule-graph", &[("thiserror", None), ("num", kind)]);
    assert!(lean(&[graph(Some("dev"))]).is_empty());
    assert_eq!(lean(&[graph(None)]), ["`chainrule-graph` depends on `num`"]);
    let mut optional = graph(None);
    optional.dependencies[1].optional = true;
    assert!(lean(&[optional]).is_empty());
}

#[test]
fn published_crates_are_described_and_tools_are_not_published() {
    let whole = package("chainrule-graph", &[]);
    assert!(descriptions(std::slice::from_ref(&whole)).is_empty());
    let bare = Package { description: None, license: None, keywords: vec![], readme: None, ..whole.clone() };
    assert_eq!(descriptions(&[bare]).len(), 4);
    let held_back = Package { publish: Some(vec![]), ..whole };
    assert_eq!(descriptions(&[held_back]), ["`chainrule-graph` has no leave to be published"]);
    let tool = package("xtask", &[]);
    assert_eq!(descriptions(std::slice::from_ref(&tool)), ["`xtask` is not marked `publish = false`"]);
    assert!(descriptions(&[Package { publish: Some(vec![]), ..tool }]).is_empty());
}

#[test]
fn versions_are_one_and_the_same() {
    let graph = package("chainrule-graph", &[]);
    let model = package("chainrule-model", &[("chainrule-graph", None)]);
    let manifest = "[workspace.package]\nversion = \"0.1.0\"\n";
    assert!(versions(&[graph.clone(), model.clone()], manifest).is_empty());
    let newer = Package { version: "0.2.0".to_owned(), ..graph.clone() };
    assert_eq!(
        versions(&[model.clone(), newer], manifest),
        ["`chainrule-graph` is at 0.2.0, others at 0.1.0"]
    );
    let mut stale = model.clone();
    stale.dependencies[0].req = "^0.0.9".to_owned();
    let objection = "`chainrule-model` asks for `chainrule-graph` ^0.0.9, not 0.1.0";
    assert_eq!(versions(&[graph.clone(), stale], manifest), [objection]);
    assert_eq!(versions(&[graph, model], "[workspace]\n").len(), 1);
    assert_eq!(versions(&[], manifest), ["there are no packages"]);
}

#[test]
fn the_changelog_has_the_version_as_a_dated_heading() {
    let packages = [package("chainrule-graph", &[]), package("chainrule-data", &[])];
    assert!(changelog("# Changelog\n\n## [0.1.0] - 2026-01-31\n", &packages).is_empty());
    for text in ["", "version 0.1.0 is out", "## [0.1.0]", "## [0.1.0] - soon", "## [0.1.1] - 2026-01-31"] {
        assert_eq!(changelog(text, &packages).len(), 1, "{text}");
    }
}

#[test]
fn every_crate_is_documented_with_an_example() {
    let readme = "# chainrule-graph\n\n```rust\nassert!(true);\n```\n";
    let library = "//! A graph.\n//!\n//! ```\n//! ```\n\n#![forbid(unsafe_code)]\n";
    assert!(documentation("chainrule-graph", readme, library).is_empty());
    assert_eq!(documentation("chainrule-data", readme, library).len(), 1);
    assert_eq!(documentation("chainrule-graph", "", "").len(), 5);
}

#[test]
fn a_failed_command_is_told_by_its_first_error() {
    let printed = "   Compiling x\nerror: unused\n  --> src/lib.rs:1:1\n  |\nerror: could not compile\n";
    assert_eq!(first_error(printed), "error: unused --> src/lib.rs:1:1");
    assert_eq!(first_error("Diff in /a/lib.rs:3:\n-x\n"), "Diff in /a/lib.rs:3:");
    assert_eq!(first_error(""), "it failed without a word");
}

#[test]
fn every_source_is_convicted_by_a_row_or_exempt() {
    let sources: BTreeSet<String> =
        ["crates/a/src/lib.rs", "crates/a/src/one.rs", "crates/a/src/two.rs"].map(str::to_owned).into();
    let named = names("check.convicts(\"crates/a/src/{one,two}.rs\")");
    assert!(unconvicted(&sources, &named).is_empty());
    let named = names("check.convicts(\n    \"crates/a/src/one.rs \\\n     crates/a/src/gone.rs\",\n)");
    assert_eq!(
        unconvicted(&sources, &named),
        [
            "no row of verify convicts crates/a/src/two.rs",
            "a row of verify convicts crates/a/src/gone.rs, which is no source"
        ]
    );
}
