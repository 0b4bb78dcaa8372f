//! Workloads that the suites share.
