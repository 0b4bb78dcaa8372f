//! `cargo xtask verify --mutate`: would the checks notice?
//!
//! Each partial of the table is corrupted in turn ([`Corrupted`]) and the checks run with the corrupted rules, cheapest first:
//! the operation's own, then the textbook graph and the lesson. The first check that fails has caught the fault. A fault
//! that meets every check has survived, and is named.
//!
//! A fault that changes no bit of the partial at any probe point or convention is equivalent there (the swapped arguments of
//! a sum, say): no check could see it, so it is listed and not counted.
//!
//! Invariant: a fault counts as caught only if a check failed with it that passes without it.

use chainrule_graph::{Corrupted, Op, Table};
use serde::Serialize;

use super::operations::{by_name, by_reverse, of};
use super::{Check, lesson, textbook};
use crate::Outcome;
use crate::cli::VerifyArguments;
use crate::error::Error;

/// A fault and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Mutant {
    operation: &'static str,
    argument: usize,
    fault: String,
    /// The first check that failed, if one did.
    caught_by: Option<String>,
    equivalent: bool,
}

/// What became of all faults.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Score {
    caught: usize,
    survived: usize,
    equivalent: usize,
    mutants: Vec<Mutant>,
}

/// Corrupts every partial in turn, printing each fault as it is judged, or one JSON object at the end.
///
/// # Errors
/// If a check cannot be set up; a survivor is no error but [`Outcome::Failure`].
pub(super) fn run(arguments: &VerifyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let mut score = Score::default();
    for corrupted in Corrupted::all() {
        let mutant = judge(&corrupted)?;
        if !arguments.json {
            print(&mutant.line());
        }
        score.add(mutant);
    }
    if arguments.json {
        print(&serde_json::to_string_pretty(&score)?);
    } else {
        print(&score.closing_lines());
    }
    Ok(if score.survived == 0 { Outcome::Success } else { Outcome::Failure(None) })
}

fn judge(corrupted: &Corrupted) -> Result<Mutant, Error> {
    let ops = exponents(corrupted.op);
    let equivalent = is_equivalent(corrupted, &ops)?;
    let caught_by = if equivalent { None } else { first_failure(corrupted, &ops)? };
    Ok(Mutant {
        operation: corrupted.op.name(),
        argument: corrupted.position,
        fault: corrupted.fault.to_string(),
        caught_by: caught_by.map(|check| check.title()),
        equivalent,
    })
}

/// The operation with all the exponents that are checked.
fn exponents(op: Op) -> Vec<Op> {
    by_name().into_iter().find(|ops| ops.iter().any(|other| other.name() == op.name())).unwrap_or_default()
}

/// Whether the corrupted partials are the table's, to the bit, wherever the table says that they can be looked at.
fn is_equivalent(corrupted: &Corrupted, ops: &[Op]) -> Result<bool, Error> {
    for op in ops {
        let conventions = op.conventions().into_iter().map(|convention| convention.arguments);
        for point in op.probes().into_iter().chain(conventions) {
            let (right, wrong) = (by_reverse(&Table, *op, &point)?, by_reverse(corrupted, *op, &point)?);
            // Adding 0 turns a negative zero positive; any NaN is as good as another.
            let same = |(a, b): (&f64, &f64)| {
                (a + 0.0).to_bits() == (b + 0.0).to_bits() || (a.is_nan() && b.is_nan())
            };
            if !right.iter().zip(&wrong).all(same) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The first check that fails with corrupted rules, cheapest first.
fn first_failure(corrupted: &Corrupted, ops: &[Op]) -> Result<Option<Check>, Error> {
    type Stage<'s> = &'s dyn Fn(&mut Vec<Check>) -> Result<(), Error>;
    let stages: [Stage<'_>; 3] = [
        &|checks| of(corrupted, ops, &mut |check| checks.push(check)),
        &|checks| textbook::checks(corrupted, &mut |check| checks.push(check)),
        &|checks| lesson::checks(corrupted, &mut |check| checks.push(check)),
    ];
    for stage in stages {
        let mut checks = Vec::new();
        stage(&mut checks)?;
        if let Some(failed) = checks.into_iter().find(|check| !check.passed()) {
            return Ok(Some(failed));
        }
    }
    Ok(None)
}

impl Mutant {
    fn line(&self) -> String {
        let fate = match &self.caught_by {
            Some(check) => format!("caught      {self} by {check}"),
            None if self.equivalent => format!("equivalent  {self}"),
            None => format!("SURVIVED    {self}"),
        };
        fate.trim_end().to_owned()
    }
}

impl std::fmt::Display for Mutant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, partial {}, {}", self.operation, self.argument, self.fault)
    }
}

impl Score {
    fn add(&mut self, mutant: Mutant) {
        match (&mutant.caught_by, mutant.equivalent) {
            (Some(_), _) => self.caught += 1,
            (None, true) => self.equivalent += 1,
            (None, false) => self.survived += 1,
        }
        self.mutants.push(mutant);
    }

    fn closing_lines(&self) -> String {
        let survivors = self.mutants.iter().filter(|mutant| mutant.caught_by.is_none() && !mutant.equivalent);
        let mut lines: Vec<String> = survivors.map(|mutant| format!("survived: {mutant}")).collect();
        let Score { caught, survived, equivalent, .. } = self;
        lines.push(format!(
            "mutation score: {caught} of {} faults caught, {equivalent} more change nothing",
            caught + survived
        ));
        lines.push(format!("{caught} passed, {survived} failed"));
        lines.join("\n")
    }
}
