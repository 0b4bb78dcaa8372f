//! The oracle (feature `oracle`): its numbers, its truths, and what it says of the table and of faults.

#![cfg(feature = "oracle")]

mod big;
mod conviction;
mod extremes;
mod reference;
mod samples;
mod settle;
mod survey;
mod truth;
mod ulps;

#[path = "../random/mod.rs"]
mod random;
