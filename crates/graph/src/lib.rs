//! A computational graph of scalar nodes with the chain rule: one rule table, two sweeps, every number type.
