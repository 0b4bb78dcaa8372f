//! Everything that ends a command without a report of its own.
//!
//! Invariant: one line each; [`Error::NotReached`] is a failure, all others are bad requests or a broken set-up.

use std::path::Path;

use chainrule_data::one_line;

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A fit that is not an answer.
    #[error("{0}")]
    NotReached(String),
    /// The data were refused.
    #[error(transparent)]
    Data(#[from] chainrule_data::Error),
    /// The data of a file were refused by what was to be made of them.
    #[error("{file}: {error}")]
    Contents {
        /// The file, as shown.
        file: String,
        /// What is the matter.
        error: Box<chainrule_data::Error>,
    },
    /// The model was refused.
    #[error(transparent)]
    Model(chainrule_model::Error),
    /// A graph was refused.
    #[error(transparent)]
    Graph(#[from] chainrule_graph::Error),
    /// A program was refused, or what it was to run over.
    #[error(transparent)]
    Compiled(#[from] chainrule_program::Error),
    /// A figure of a fit that has none.
    #[error(transparent)]
    Withheld(#[from] chainrule_model::Withheld),
    /// A claim that cannot be checked.
    #[error(transparent)]
    Checked(chainrule_check::Error),
    /// A graph or a point that cannot be explained.
    #[error(transparent)]
    Explain(chainrule_explain::Error),
    /// No section of verify begins like this.
    #[error("`{found}` in --only begins no section; there are: {known}")]
    UnknownSection {
        /// What was asked for.
        found: String,
        /// All sections.
        known: String,
    },
    /// The lesson's routes were not measured to the end.
    #[error("measuring the lesson's routes ended in a panic")]
    Unmeasured,
    /// A part of `--at` that is no binding.
    #[error("`{found}` in --at is not a name and a number; write `--at a=5,b=-1e3`")]
    Binding {
        /// What was found.
        found: String,
    },
    /// Names of the formula that have no value.
    #[error("{names} no value; add {number}, as in `--at {example}`")]
    MissingValues {
        /// The names, up to some, with the verb.
        names: String,
        /// One, or as many.
        number: &'static str,
        /// What would give the first a value.
        example: String,
    },
    /// A name in an option that is none of the formula's.
    #[error("`{name}` in {option} is not in the formula; its names are: {known}")]
    UnknownName {
        /// The option.
        option: &'static str,
        /// The name.
        name: String,
        /// The names there are, with commas.
        known: String,
    },
    /// A name in `--at` that is given twice, or computed.
    #[error("`{name}` in --at {problem}")]
    BadBinding {
        /// The name.
        name: String,
        /// What is the matter, and what to do.
        problem: &'static str,
    },
    /// Options that exclude each other.
    #[error("{0}")]
    Usage(&'static str),
    /// A program that a command needs did not run.
    #[error("`{program}` could not be run: {cause}")]
    Program {
        /// The command line.
        program: String,
        /// What the operating system said.
        cause: String,
    },
    /// A file that a command needs could not be read.
    #[error("{path} could not be read: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the operating system said.
        cause: String,
    },
    /// A file that could not be written.
    #[error("{path} could not be written: {cause}")]
    Write {
        /// The file.
        path: String,
        /// What the operating system said.
        cause: String,
    },
    /// A line of a log of mutants, or of what explains them, that does not read.
    #[error("{path}, line {line}: {cause}; mend the line or take it out")]
    Log {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is the matter.
        cause: serde_json::Error,
    },
    /// The sources as they are do not get through the judge that is to notice mistakes.
    #[error("without a mistake, {0}; mend that first")]
    Unsound(String),
    /// A report that has no JSON form.
    #[error("the report could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<chainrule_model::Error> for Error {
    fn from(error: chainrule_model::Error) -> Error {
        match error {
            chainrule_model::Error::NotReached { .. } => Error::NotReached(error.to_string()),
            chainrule_model::Error::Data(error) => Error::Data(error),
            chainrule_model::Error::Graph(error) => Error::Graph(error),
            error => Error::Model(error),
        }
    }
}

/// How many names an error lists.
const MOST_NAMES: usize = 20;

impl Error {
    /// All names without a value at once, as far as anyone reads.
    pub(crate) fn missing_values(missing: &[String]) -> Error {
        let mut names = missing.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>();
        if let Some(more) = missing.len().checked_sub(MOST_NAMES).filter(|&more| more > 0) {
            names.push(format!("{more} more"));
        }
        let (verb, number) = if missing.len() == 1 { ("has", "one") } else { ("have", "them") };
        let some = missing.iter().take(names.len().min(3)).map(|name| format!("{name}=1"));
        let example = some.collect::<Vec<_>>().join(",");
        Error::MissingValues { names: format!("{} {verb}", names.join(", ")), number, example }
    }

    /// Why there is no fit of a file.
    pub(crate) fn of_file(file: &Path, error: chainrule_model::Error) -> Error {
        match error {
            chainrule_model::Error::Data(error) => {
                Error::Contents { file: one_line(&file.display().to_string()), error: Box::new(error) }
            }
            error => error.into(),
        }
    }

    /// What a graph refused of what an option names, in terms of that option.
    pub(crate) fn in_option(option: &'static str, error: chainrule_graph::Error) -> Error {
        use chainrule_graph::Error as Refusal;
        match error {
            Refusal::UnknownName { name, known, .. } => Error::UnknownName { option, name, known },
            Refusal::MissingBinding { name, .. } => Error::missing_values(&[name]),
            Refusal::DuplicateBinding { name, .. } => {
                Error::BadBinding { name, problem: "has two values; keep one" }
            }
            Refusal::NotALeaf { node, .. } => {
                Error::BadBinding { name: node, problem: "is computed from others; leave it out" }
            }
            error => Error::Graph(error),
        }
    }
}

impl From<chainrule_explain::Error> for Error {
    fn from(error: chainrule_explain::Error) -> Error {
        match error {
            chainrule_explain::Error::Graph(error) => Error::Graph(error),
            error => Error::Explain(error),
        }
    }
}
