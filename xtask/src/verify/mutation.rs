//! `cargo xtask verify --mutate`: would the checks notice?
//!
//! Each partial of the table is corrupted in turn ([`Corrupted`]) and the checks run with the corrupted rules, cheapest first:
//! the operation's own, then the textbook graph and the lesson. The first check that fails has caught the fault. A fault
//! that meets every check has survived, and is named.
//!
//! A fault that changes no bit of the partial at any probe point or convention is equivalent there (the swapped arguments of
//! a sum, say): no check could see it, so it is listed and not counted.
//!
//! A catch says that something is wrong; the walk for the first wrong node says what, so it is put to the same test.
//!
//! Invariant: a fault counts as caught only if a check failed with it that passes without it.

use std::collections::HashSet;

use chainrule_graph::{Corrupted, Graph, Node, Op, Real, Table};
use serde::Serialize;

use super::operations::{bindings, by_name, by_reverse, of, parameters};
use super::planted::{self, Planted};
use super::{Check, culprit, lesson, textbook};
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
    /// What the walk over a graph of the operation says of its first wrong node, if it finds one.
    first_wrong_node: Option<String>,
    equivalent: bool,
}

/// What became of all faults.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Score {
    caught: usize,
    /// Of those caught, how many the walk over a graph names too.
    named: usize,
    survived: usize,
    equivalent: usize,
    mutants: Vec<Mutant>,
    /// Mistakes planted in passes, programs and generated code.
    planted: Vec<Planted>,
}

/// Corrupts every partial in turn, printing each fault as it is judged, or one JSON object at the end.
///
/// # Errors
/// If a check cannot be set up; a survivor, or a wrong node without a name, is no error but [`Outcome::Failure`].
pub(super) fn run(arguments: &VerifyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let mut score = score(&mut |mutant| {
        if !arguments.json {
            print(&mutant.line());
        }
    })?;
    planted::all(&mut |planted| {
        if !arguments.json {
            print(&planted_line(&planted));
        }
        score.planted.push(planted);
    })?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&score)?);
    } else {
        print(&score.closing_lines());
    }
    let all_named = score.named == score.caught;
    Ok(if score.survived == 0 && score.planted_survivors().count() == 0 && all_named {
        Outcome::Success
    } else {
        Outcome::Failure(None)
    })
}

/// Corrupts every partial in turn, and shows each fault as it is judged.
///
/// # Errors
/// If a check cannot be set up.
pub fn score(show: &mut dyn FnMut(&Mutant)) -> Result<Score, Error> {
    let mut score = Score::default();
    let failing = failing_without_fault()?;
    for corrupted in Corrupted::all() {
        let mutant = judge(&corrupted, &failing)?;
        show(&mutant);
        score.add(mutant);
    }
    Ok(score)
}

/// The titles of checks that fail with the table as it is: whatever else fails does so for the fault.
fn failing_without_fault() -> Result<HashSet<String>, Error> {
    let mut failing = HashSet::new();
    let mut keep = |check: Check| failing.extend((!check.passed()).then(|| check.title()));
    for ops in by_name() {
        of(&Table, &ops, &mut keep)?;
    }
    textbook::checks(&Table, &mut keep)?;
    lesson::checks(&Table, &mut keep)?;
    Ok(failing)
}

fn judge(corrupted: &Corrupted, failing: &HashSet<String>) -> Result<Mutant, Error> {
    let ops = exponents(corrupted.op);
    let equivalent = is_equivalent(corrupted, &ops)?;
    let caught_by = if equivalent { None } else { first_failure(corrupted, &ops, failing)? };
    let first_wrong_node = if equivalent { None } else { name(corrupted, &ops)? };
    Ok(Mutant {
        operation: corrupted.op.name(),
        argument: corrupted.position,
        fault: corrupted.fault.to_string(),
        caught_by: caught_by.map(|check| check.title()),
        first_wrong_node,
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
        for point in points(*op) {
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

/// What [`culprit`] says of the operation's node, at the first point of the table where it names the operation.
fn name(corrupted: &Corrupted, ops: &[Op]) -> Result<Option<String>, Error> {
    for &op in ops {
        for point in points(op) {
            let graph = Graph::new();
            let arguments = parameters(&graph, point.len());
            let node = Node::apply(&Table, op, &arguments);
            let run = graph.at_with(corrupted, &bindings(&arguments, &point))?;
            run.value(node)?;
            let named = culprit(&run)?.filter(|culprit| culprit.contains(op.name()));
            if named.is_some() {
                return Ok(named);
            }
        }
    }
    Ok(None)
}

/// Wherever the table says that a partial can be looked at: probes, then conventions.
fn points(op: Op) -> impl Iterator<Item = Vec<f64>> {
    let conventions = op.conventions().into_iter().map(|convention| convention.arguments);
    op.probes().into_iter().chain(conventions)
}

/// The first check that fails with corrupted rules and not without, cheapest first.
fn first_failure(
    corrupted: &Corrupted,
    ops: &[Op],
    failing: &HashSet<String>,
) -> Result<Option<Check>, Error> {
    type Stage<'s> = &'s dyn Fn(&mut Vec<Check>) -> Result<(), Error>;
    let stages: [Stage<'_>; 3] = [
        &|checks| of(corrupted, ops, &mut |check| checks.push(check)),
        &|checks| textbook::checks(corrupted, &mut |check| checks.push(check)),
        &|checks| lesson::checks(corrupted, &mut |check| checks.push(check)),
    ];
    for stage in stages {
        let mut checks = Vec::new();
        stage(&mut checks)?;
        if let Some(failed) =
            checks.into_iter().find(|check| !check.passed() && !failing.contains(&check.title()))
        {
            return Ok(Some(failed));
        }
    }
    Ok(None)
}

impl Mutant {
    /// Whether it met every check.
    pub fn survived(&self) -> bool {
        self.caught_by.is_none() && !self.equivalent
    }

    /// The first check that failed, if one did.
    pub fn caught_by(&self) -> Option<&str> {
        self.caught_by.as_deref()
    }

    /// What became of it, in a word.
    pub fn fate(&self) -> &'static str {
        match &self.caught_by {
            Some(_) => "caught",
            None if self.equivalent => "equivalent",
            None => "SURVIVED",
        }
    }

    fn line(&self) -> String {
        let by = self.caught_by.as_ref().map(|check| format!(" by {check}")).unwrap_or_default();
        format!("{:10}  {self}{by}", self.fate())
    }
}

fn planted_line(planted: &Planted) -> String {
    let fate = match &planted.caught_by {
        Some(_) => "caught",
        None if planted.equivalent => "equivalent",
        None => "SURVIVED",
    };
    let by = planted.caught_by.as_ref().map(|check| format!(" by {check}")).unwrap_or_default();
    format!("{fate:10}  {}{by}", planted.what)
}

impl std::fmt::Display for Mutant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, partial {}, {}", self.operation, self.argument, self.fault)
    }
}

impl Score {
    fn add(&mut self, mutant: Mutant) {
        match (&mutant.caught_by, mutant.equivalent) {
            (Some(_), _) => {
                self.caught += 1;
                self.named += usize::from(mutant.first_wrong_node.is_some());
            }
            (None, true) => self.equivalent += 1,
            (None, false) => self.survived += 1,
        }
        self.mutants.push(mutant);
    }

    /// What became of each fault.
    pub fn mutants(&self) -> &[Mutant] {
        &self.mutants
    }

    /// How many faults met every check.
    pub fn survived(&self) -> usize {
        self.survived
    }

    /// How many of those caught the walk over a graph names too.
    pub fn named(&self) -> usize {
        self.named
    }

    /// The score in a line.
    pub fn headline(&self) -> String {
        let Score { caught, survived, equivalent, .. } = self;
        format!(
            "mutation score: {caught} of {} faults caught, {equivalent} more change nothing",
            caught + survived
        )
    }

    fn closing_lines(&self) -> String {
        let survivors = self.mutants.iter().filter(|mutant| mutant.survived());
        let mut lines: Vec<String> = survivors.map(|mutant| format!("survived: {mutant}")).collect();
        lines.extend(self.planted_survivors().map(|planted| format!("survived: {}", planted.what)));
        let Score { caught, named, survived, planted, .. } = self;
        let equivalent = planted.iter().filter(|planted| planted.equivalent).count();
        let planted_caught = planted.iter().filter(|planted| planted.caught_by.is_some()).count();
        lines.push(self.headline());
        lines.push(format!("first wrong node: named for {named} of {caught}"));
        lines.push(format!(
            "passes, programs and generated code: {planted_caught} of {} planted mistakes caught, {equivalent} more change nothing",
            planted.len() - equivalent
        ));
        let survived = survived + self.planted_survivors().count();
        lines.push(format!("{} passed, {survived} failed", caught + planted_caught));
        lines.join("\n")
    }

    fn planted_survivors(&self) -> impl Iterator<Item = &Planted> {
        self.planted.iter().filter(|planted| planted.survived())
    }
}
