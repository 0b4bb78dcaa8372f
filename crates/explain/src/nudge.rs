//! The learner's own check: raise one input a little, keep the rest, and watch the output.
//!
//! The rise of J over the step is dJ/dx plus half the step times the curvature, so it is the derivative where J is a
//! straight line in x, and approaches it as the step shrinks where J is not:
//!
//! (J(x + h) − J(x))/h = dJ/dx + h/2 · d²J/dx² + …
//!
//! Invariant: J(x + h) is computed by the steps' own operations, so a nudge checks the steps; and what is called exact is not
//! what rounding made equal.

use crate::explanation::{Statement, Step};

/// The steps of a nudge that has to shrink and are all shown: each a tenth of the one before it.
const SHOWN: i32 = 5;
/// Where steps end: below that share of the input there are no digits left.
const SHRINKINGS: i32 = 16;
/// A nudge that is off by less than this share of the derivative shows it, and none smaller is needed.
const CLOSE: f64 = 1e-3;
/// How many roundings of its own size the rise of a straight line may be off by.
const ROUNDINGS: f64 = 16.0;
/// How far below the rise the rounding of J has to be, that the rise of a straight line can be told from others.
const FAR_BELOW: f64 = 1e-12;

/// The nudge by one, and smaller ones if the rise over it is not the derivative.
pub(crate) fn series(steps: &[Step], from: usize, before: usize, derivative: f64) -> Vec<(Statement, f64)> {
    let mut nudges: Vec<(Statement, f64)> = Vec::new();
    let x = steps[from - 1].value;
    for shrinking in 0..=SHRINKINGS {
        let to = x + unit(x) * 0.1_f64.powi(shrinking);
        if !to.is_finite() || to == x {
            continue;
        }
        let Some(after) = output_at(steps, from, to, before) else { continue };
        let value = steps[before - 1].value;
        let slope = (after - value) / (to - x);
        if !slope.is_finite() {
            continue;
        }
        let exact = is_exact(to - x, value, after, derivative);
        let shows = exact || is_close(slope, derivative);
        if shrinking <= SHOWN || (shows && derivative != 0.0) {
            let input = steps[from - 1].statement.node().to_owned();
            nudges.push((Statement::Nudge { input, from, to, before, after, exact }, slope));
        }
        if shows || (derivative == 0.0 && shrinking == SHOWN) {
            break;
        }
    }
    nudges
}

/// Whether rise over step shows a derivative.
pub(crate) fn is_close(slope: f64, derivative: f64) -> bool {
    (slope - derivative).abs() <= CLOSE * derivative.abs()
}

/// Whether a rise is the derivative times the step up to its own rounding, and not for want of digits of J.
pub(crate) fn is_exact(step: f64, before: f64, after: f64, derivative: f64) -> bool {
    let product = derivative * step;
    let off = ((after - before) - product).abs();
    product.is_normal()
        && off <= ROUNDINGS * f64::EPSILON * product.abs()
        && f64::EPSILON * (before.abs() + after.abs()) <= FAR_BELOW * product.abs()
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
