//! Is this gradient right? Differences with an error estimate, for any function of a slice of f64.
