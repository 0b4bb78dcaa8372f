//! Mistakes planted in passes, programs and generated code: would the checks of [`programs`](super::programs) notice?
//!
//! A pass is spoilt by negating one operation of what it makes; a program and its source by [`Program::planted`] and
//! [`Program::planted_in_source`].
//!
//! Invariant: a mistake counts as caught only if a check failed with it that passes without it; one that changes no bit of any result is equivalent.

use chainrule_program::{Expression, Program};
use serde::Serialize;

use super::Check;
use super::programs::{Computed, LOSSES, Loss, PASSES, by_pass, by_program, by_source, by_stabilise, stable};
use crate::error::Error;

/// A planted mistake and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Planted {
    /// Where it was planted, and what it is.
    pub what: String,
    /// The check that failed, if one did.
    pub caught_by: Option<String>,
    /// Whether it changes no bit of any result.
    pub equivalent: bool,
}

impl Planted {
    /// Whether it met every check.
    pub fn survived(&self) -> bool {
        self.caught_by.is_none() && !self.equivalent
    }
}

/// How large an error has to be before the check of a source fails.
const OF_SOURCES: f64 = 1e-12;

/// Plants every mistake in turn, and shows each as it is judged.
///
/// # Errors
/// If a check cannot be set up.
pub(super) fn all(show: &mut dyn FnMut(Planted)) -> Result<(), Error> {
    in_passes(show)?;
    for loss in &LOSSES {
        in_program(loss, show)?;
    }
    in_sources(show)
}

fn in_passes(show: &mut dyn FnMut(Planted)) -> Result<(), Error> {
    for (name, pass, bound) in PASSES {
        let spoilt =
            |place: usize| by_pass(name, &|written: &Expression| negated(&pass(written)?, place), bound);
        operation_by_operation(&format!("pass {name}"), &spoilt, show)?;
    }
    let spoilt = |place: usize| by_stabilise(&|written: &Expression| negated(&stable(written)?, place));
    operation_by_operation("pass stabilise", &spoilt, show)
}

/// The operations of an expression, of which this many are spoilt in turn.
const PLACES: usize = 3;

fn operation_by_operation(
    what: &str,
    spoilt: &dyn Fn(usize) -> Result<Check, Error>,
    show: &mut dyn FnMut(Planted),
) -> Result<(), Error> {
    for place in 0..PLACES {
        let check = spoilt(place)?;
        let caught_by = (!check.passed()).then(|| check.title());
        show(Planted { what: format!("{what}, operation {place} negated"), caught_by, equivalent: false });
    }
    Ok(())
}

/// The same expression with one operation, counted from the last, negated.
fn negated(expression: &Expression, place: usize) -> Result<Expression, Error> {
    let operations = expression.graph().nodes().filter(|node| !node.arguments().is_empty()).count();
    let wanted = operations.saturating_sub(1 + place);
    let mut seen = 0;
    Ok(expression.rewritten(|_, step| {
        seen += 1;
        if seen - 1 == wanted { -step.kept() } else { step.kept() }
    })?)
}

fn in_program(loss: &Loss, show: &mut dyn FnMut(Planted)) -> Result<(), Error> {
    let program = loss.compiled()?;
    let right = Computed::by(loss, &program)?.bits();
    for planted in program.planted() {
        let failed = by_program(loss, &planted.program)?.into_iter().find(|check| !check.passed());
        let equivalent = failed.is_none() && Computed::by(loss, &planted.program)?.bits() == right;
        let what = format!("program of {}: {}", loss.name, planted.what);
        show(Planted { what, caught_by: failed.map(|check| check.title()), equivalent });
    }
    Ok(())
}

fn in_sources(show: &mut dyn FnMut(Planted)) -> Result<(), Error> {
    for loss in &LOSSES {
        let right = loss.compiled()?;
        let planted = right.planted_in_source();
        let (whats, wrong): (Vec<String>, Vec<Program>) =
            planted.into_iter().map(|planted| (planted.what, planted.program)).unzip();
        let programs: Vec<(&Loss, Program)> =
            std::iter::once(right).chain(wrong).map(|program| (loss, program)).collect();
        let errors = by_source(&programs)?;
        let unspoilt = errors.first().copied().unwrap_or(f64::NAN);
        for (what, &error) in whats.into_iter().zip(errors.iter().skip(1)) {
            let caught_by = (error > OF_SOURCES).then(|| "generated Rust, three losses".to_owned());
            let equivalent = caught_by.is_none() && error.to_bits() == unspoilt.to_bits();
            show(Planted { what: format!("generated Rust of {}: {what}", loss.name), caught_by, equivalent });
        }
    }
    Ok(())
}
