//! The learner's own check: raise one input a little, keep the rest, and watch the output.
//!
//! The rise of J over the step is dJ/dx plus half the step times the curvature, so it is the derivative where J is a
//! straight line in x, and approaches it as the step shrinks where J is not:
//!
//! (J(x + h) − J(x))/h = dJ/dx + h/2 · d²J/dx² + …
//!
//! Invariant: J(x + h) is computed by the steps' own operations, so a nudge checks the steps.

use crate::explanation::{Statement, Step};

/// The steps of a nudge that has to shrink: each a tenth of the one before it.
const SHRINKINGS: i32 = 5;
/// A nudge that is off by less than this share of the derivative shows it, and none smaller is needed.
const CLOSE: f64 = 1e-3;
/// How many roundings of the size of J the rise of J may hold and still count as that of a straight line; a formula of a
/// lesson has a few dozen operations.
const ROUNDINGS: f64 = 64.0;

/// The nudge by one, and smaller ones if the rise over it is not the derivative.
pub(crate) fn series(steps: &[Step], from: usize, before: usize, derivative: f64) -> Vec<(Statement, f64)> {
    let mut nudges: Vec<(Statement, f64)> = Vec::new();
    let x = steps[from - 1].value;
    for shrinking in 0..=SHRINKINGS {
        let to = x + unit(x) * 0.1_f64.powi(shrinking);
        let Some(after) = output_at(steps, from, to, before) else { continue };
        let (rise, exact) =
            (after - steps[before - 1].value, is_exact(steps, from, to, before, after, derivative));
        let slope = rise / (to - x);
        let input = steps[from - 1].statement.node().to_owned();
        nudges.push((Statement::Nudge { input, from, to, before, after, exact }, slope));
        if exact || (slope - derivative).abs() <= CLOSE * derivative.abs() {
            break;
        }
    }
    nudges
}

/// Whether a rise is the derivative times the step up to rounding.
pub(crate) fn is_exact(
    steps: &[Step],
    from: usize,
    to: f64,
    before: usize,
    after: f64,
    derivative: f64,
) -> bool {
    let (x, value) = (steps[from - 1].value, steps[before - 1].value);
    let rounding = ROUNDINGS * f64::EPSILON * (value.abs() + after.abs());
    ((after - value) - derivative * (to - x)).abs() <= rounding
}

/// The value that step `output` gets when step `input` has another one; none where that leaves the domain.
pub(crate) fn output_at(steps: &[Step], input: usize, value: f64, output: usize) -> Option<f64> {
    let mut values: Vec<f64> = Vec::with_capacity(output);
    for step in steps.iter().take(output) {
        values.push(match &step.statement {
            _ if step.number == input => value,
            Statement::Value { op, operands, .. } => crate::verify::apply(*op, operands, &values)?,
            _ => step.value,
        });
    }
    values.last().copied().filter(|value| value.is_finite())
}

/// One, as in the lesson, for an input of everyday size; else the power of ten below it.
fn unit(x: f64) -> f64 {
    let size = x.abs();
    if size == 0.0 || (1e-2..=1e3).contains(&size) { 1.0 } else { 10.0_f64.powf(size.log10().floor()) }
}
