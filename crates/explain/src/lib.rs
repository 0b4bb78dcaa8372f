//! A computational graph as a worked chain rule.
#![forbid(unsafe_code)]
