//! What is known of each operation beside the table: its value and slopes by formulas of their own, at high precision.
//!
//! The table states an operation and promises things about it: budgets, domains, kinks, conventions. Whoever edits a rule together with its promise
//! is not convicted by the table. So both are stated here once more, from the textbook: values and slopes by elementary functions of
//! the arbitrary-precision numbers (not by the table's rules at that type), how many ulps each may be off, and what holds at edges.
//!
//! Samples lie densely between 10⁻³ and 110, where users are, and in every decade where nothing on the way over- or underflows.
//!
//! Invariant: an operation of the table that is not known here fails by its name.

mod table;

use chainrule_graph::oracle::{settled, ulps};
use chainrule_graph::{Op, Real, Table};

use self::table::{Big, EXACT, Formula, TRUTH, big};
pub(in crate::verify) use self::table::{KNOWN, Known};
use super::edges::EDGES;
use super::operations::{by_name, by_reverse};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for ops in by_name() {
        let Some(&op) = ops.first() else { continue };
        if matches!(op.name(), "sum" | "dot") {
            continue;
        }
        let Some(known) = KNOWN.iter().find(|known| known.name == op.name()) else {
            emit(row(op, "value and slopes", 0.0));
            continue;
        };
        known.judge(op, effort).into_iter().try_for_each(|check| {
            emit(check?);
            Ok::<_, Error>(())
        })?;
    }
    EDGES.iter().for_each(|edge| emit(edge.check()));
    super::edges::domains().for_each(&mut *emit);
    super::edges::sums(effort).into_iter().for_each(&mut *emit);
    Ok(())
}

fn row(op: Op, route: &'static str, bound: f64) -> Check {
    let name = format!("operation {}", op.name());
    Check::in_ulps(name, route, "textbook formula at high precision", bound)
        .convicts("crates/graph/src/{op,float}.rs")
}

/// Whole exponents: those of the table, and those that nobody samples.
pub(in crate::verify) const EXPONENTS: [i32; 16] =
    [-3, -2, -1, 0, 1, 2, 3, 4, 17, 20, 33, -34, 101, -1000, i32::MAX, i32::MIN];

impl Known {
    fn judge(&self, op: Op, effort: &Effort) -> [Result<Check, Error>; 3] {
        let mut value = row(op, "value at f64", self.value_ulps + TRUTH);
        let mut slopes = row(op, "slopes at f64", self.slope_ulps + TRUTH);
        let mut budgets =
            Check::new(format!("operation {}", op.name()), "budgets in ulps", "their ceilings", EXACT)
                .convicts("crates/graph/src/op.rs");
        for (op, point) in self.samples(op, effort) {
            let at = || place(op, &point);
            let compare = |check: &mut Check, found: f64, formula: Formula, more: f64| {
                let error =
                    truth(formula, op, &point).map(|truth| (ulps(found, &truth) - more, truth.to_f64()));
                let (error, expected) = error.unwrap_or((f64::INFINITY, f64::NAN));
                check
                    .count_at(error.max(0.0), || format!("{}: found {found:?}, expected {expected:?}", at()));
            };
            compare(&mut value, f64::apply(&Table, op, &point), self.value, 0.0);
            let found = match by_reverse(&Table, op, &point) {
                Ok(found) => found,
                Err(error) => return [Err(error), Ok(slopes), Ok(budgets)],
            };
            for (position, (&found, &formula)) in found.iter().zip(self.slopes).enumerate() {
                let more = if position == 0 { exponent_rounding(op, &point) } else { 0.0 };
                compare(&mut slopes, found, formula, more);
                let excess = op.partial_ulps(position, &point) - self.slope_ulps - more;
                budgets.count_at(excess.max(0.0), || {
                    format!("{}: partial {position}, {excess} ulp above", at())
                });
            }
            slopes.expect(found.len() == self.slopes.len(), || format!("{}: {} slopes", at(), found.len()));
            let excess = op.value_ulps(&point) - self.value_ulps;
            budgets.count_at(excess.max(0.0), || format!("{}: value, {excess} ulp above", at()));
            budgets.expect(op.in_domain(&point), || format!("{}: said to be outside of the domain", at()));
        }
        [Ok(value), Ok(slopes), Ok(budgets)]
    }

    /// Whether this states the operation.
    pub(in crate::verify) fn is_of(&self, op: Op) -> bool {
        self.name == op.name()
    }

    /// How far a value at f64 is from the truth in ulps, and the truth; `None` where it does not settle.
    pub(in crate::verify) fn value_error(&self, op: Op, point: &[f64], found: f64) -> Option<(f64, f64)> {
        truth(self.value, op, point).map(|truth| (ulps(found, &truth), truth.to_f64()))
    }

    /// The same of a slope; what rounding an exponent does is taken off.
    pub(in crate::verify) fn slope_error(
        &self,
        op: Op,
        position: usize,
        point: &[f64],
        found: f64,
    ) -> Option<(f64, f64)> {
        let more = if position == 0 { exponent_rounding(op, point) } else { 0.0 };
        let truth = truth(*self.slopes.get(position)?, op, point)?;
        Some(((ulps(found, &truth) - more).max(0.0), truth.to_f64()))
    }

    /// Dense samples for one argument, draws for several; fixed ones and fresh ones.
    pub(in crate::verify) fn samples(&self, op: Op, effort: &Effort) -> Vec<(Op, Vec<f64>)> {
        let mut fixed = Random::new(0x5EED);
        let mut fresh = effort.fresh(self.name);
        let draws = [(&mut fixed, effort.samples(150, 3000)), (&mut fresh, effort.samples(100, 3000))];
        let mut samples = Vec::new();
        if self.name == "powi" {
            for (random, count) in draws {
                samples.extend(
                    (0..count)
                        .map(|k| power_sample(op.with_exponent(EXPONENTS[k % EXPONENTS.len()]), random)),
                );
            }
            return samples;
        }
        if let [range] = self.ranges {
            samples.extend(range.sweep(effort.samples(1, 6)).into_iter().map(|x| (op, vec![x])));
        }
        for (random, count) in draws {
            let mut draw = || self.ranges.iter().map(|range| range.draw(random)).collect::<Vec<f64>>();
            samples.extend((0..count).map(|_| (op, draw())));
        }
        samples
    }
}

fn truth(formula: Formula, op: Op, point: &[f64]) -> Option<Big> {
    settled(|precision| {
        let arguments: Vec<Big> = point.iter().map(|&x| Big::new(x, precision)).collect();
        formula(&arguments, op.exponent().unwrap_or(0))
    })
}

/// A base, of either sign, whose power is a normal number.
fn power_sample(op: Op, random: &mut Random) -> (Op, Vec<f64>) {
    let n = f64::from(op.exponent().unwrap_or(1));
    let base = (random.between(-300.0, 300.0) / n.abs().max(1.0)).exp();
    (op, vec![if random.chance(0.5) { base } else { -base }])
}

/// What rounding p − 1 does to x^(p−1), in ulps: |δ·ln x| of itself, δ the error of p − 1.
fn exponent_rounding(op: Op, point: &[f64]) -> f64 {
    match (op, point) {
        (Op::PowF, &[x, p]) => {
            let lost = (Big::new(p, 200) - big(1.0) - big(p - 1.0)).to_f64();
            (lost * x.ln()).abs() / (f64::EPSILON / 2.0)
        }
        _ => 0.0,
    }
}

fn place(op: Op, point: &[f64]) -> String {
    let exponent = op.exponent().map(|n| format!(" (n = {n})")).unwrap_or_default();
    format!("{}{exponent} at {point:?}", op.name())
}
