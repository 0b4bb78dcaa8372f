//! Datasets for logistic regression: synthetic separable data, a strict CSV reader, split, standardise.
