//! Logistic regression on the closed-form gradient or on the computational graph.
