//! Files and folders, with errors that name them.
//!
//! Invariant: what cannot be read or written is an error with the path and what the operating system said.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::error::Error;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|cause| unreadable(path, &cause))
}

/// Writes a file, whatever stood there.
pub(crate) fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), Error> {
    fs::write(path, contents).map_err(|cause| unwritable(path, &cause))
}

/// What is in a folder, in the order of the names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = fs::read_dir(folder).map_err(|cause| unreadable(folder, &cause))?;
    let paths = read.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>().map_err(|cause| unreadable(folder, &cause))?;
    paths.sort();
    Ok(paths)
}

/// The Rust sources in a folder and the folders in it, in the order of their paths.
pub(crate) fn rust_sources(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut sources = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            sources.extend(rust_sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    Ok(sources)
}

/// The Rust sources of all crates of a workspace, by their paths from its root.
pub(crate) fn crate_sources(root: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for folder in entries(&root.join("crates"))? {
        let sources = rust_sources(&folder.join("src"))?;
        names
            .extend(sources.iter().map(|path| path.strip_prefix(root).unwrap_or(path).display().to_string()));
    }
    Ok(names)
}

/// The paths of a list as shells write it: `src/{one,two}.rs` are two; paths are apart by blanks.
pub(crate) fn paths(list: &str) -> impl Iterator<Item = String> + '_ {
    list.split_whitespace().flat_map(|word| {
        let parts = word.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
        match parts {
            None => vec![word.to_owned()],
            Some((head, (names, tail))) => {
                names.split(',').map(|name| format!("{head}{name}{tail}")).collect()
            }
        }
    })
}

/// The error of a path that cannot be read.
pub(crate) fn unreadable(path: &Path, cause: &io::Error) -> Error {
    Error::File { path: path.display().to_string(), cause: cause.to_string() }
}

/// The error of a path that cannot be written.
pub(crate) fn unwritable(path: &Path, cause: &io::Error) -> Error {
    Error::Write { path: path.display().to_string(), cause: cause.to_string() }
}
