//! Datasets for logistic regression: made, read, divided and standardised, and never silently wrong.
//!
//! - [`Dataset`]: examples with finite features and labels that are exactly 0 or 1.
//! - [`Separable`]: synthetic data with a known separating hyperplane and a guaranteed margin, the same
//!   bits for the same seed on every platform.
//! - [`CsvReader`]: a strict reader whose errors name file, line and column.
//! - [`Dataset::split`]: training and test data, each with both classes.
//! - [`Standardiser`]: mean 0 and standard deviation 1, and the way back.
//! - `flights` (feature `parquet`): three million real flights.
//! - [`certified`]: real data with coefficients known to full precision.
//!
//! ```
//! use chainrule_data::{CsvReader, Separable, Standardiser};
//!
//! // Data that are known to be separable …
//! let made = Separable::new(200, 2).margin(0.5).seed(1).generate()?;
//! let (train, test) = made.dataset.split(0.75, 1)?;
//! assert_eq!((train.len(), test.len()), (150, 50));
//!
//! // … or data from a file, here one in memory.
//! let text = "dose,outcome\n1.5,well\n2.5,ill\n";
//! let reading = CsvReader::new("outcome").event("ill").read(text.as_bytes(), "trial.csv")?;
//! let standardised = Standardiser::fit(&reading.dataset)?.transform(&reading.dataset)?;
//! assert_eq!(standardised.features().as_slice(), [-1.0, 1.0]);
//!
//! // What is wrong is refused, and said where.
//! let text = "dose,outcome\n1.5,well\nNaN,ill\n";
//! let error = CsvReader::new("outcome").event("ill").read(text.as_bytes(), "trial.csv").unwrap_err();
//! assert!(error.to_string().starts_with("trial.csv, line 3, column 'dose': found 'NaN'"));
//! # Ok::<(), chainrule_data::Error>(())
//! ```
//!
//! Nothing here panics, prints, or reads the environment; matrices and vectors are those of `nalgebra`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod certified;
mod csv;
mod dataset;
mod distribution;
mod error;
#[cfg(feature = "parquet")]
pub mod flights;
mod hyperplane;
#[cfg(feature = "parquet")]
mod parquet_file;
mod random;
mod shown;
mod split;
mod standardise;
mod synthetic;

pub use crate::csv::{CsvReader, LabelRule, Reading};
pub use crate::dataset::{Classes, Dataset};
pub use crate::distribution::Distribution;
#[cfg(feature = "parquet")]
pub use crate::error::Cell;
pub use crate::error::{Error, Place};
pub use crate::hyperplane::Hyperplane;
pub use crate::shown::{one_line, shown};
pub use crate::standardise::Standardiser;
pub use crate::synthetic::{Separable, Synthetic};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
