//! What programs compute with: every operation over a column, value by value, in ulps.
//!
//! Programs have elementary functions of their own, and run whole vectors as well as what is left over. A mean of one number is that number, and a
//! mean of sixteen equal ones too, so each value and slope is seen by itself: alone, in a full vector, and in one lane of others.
//!
//! Truth and ceilings are those of [`known`](crate::verify::graph::known), which no rule of the table has a part in.
//!
//! Invariant: with an argument x + p at p = 0 the slope by p is that by x, to the bit.

use chainrule_graph::{Graph, Node, Op, Real, Table};
use chainrule_program::Program;

use crate::error::Error;
use crate::verify::graph::edges::EDGES;
use crate::verify::graph::known::{EXPONENTS, KNOWN, Known};
use crate::verify::{Check, Effort, Emit};

const FILES: &str = "crates/program/src/{compute,functions,lower,block}.rs";

/// Ulps above the table's own ceilings: the functions of programs are good to 2 ulp where a library's are good to 1, and compositions count them
/// twice.
const OF_PROGRAMS: f64 = 2.0;

/// As many equal examples as make whole vectors on every machine; their sum is exact.
const EQUAL: usize = 16;

/// Every how manieth of the dense samples is looked at by default.
const STRIDE: usize = 3;

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for op in one_of_each() {
        if let Some(known) = KNOWN.iter().find(|known| known.is_of(op)) {
            let [values, slopes, lanes] = by_samples(known, op, effort)?;
            emit(values);
            emit(slopes);
            emit(lanes);
        }
    }
    emit(by_edges()?);
    Ok(())
}

/// The table's operations of a fixed number of arguments, a power once for each exponent that is sampled.
pub(super) fn one_of_each() -> impl Iterator<Item = Op> {
    let plain = Op::all().into_iter().filter(|op| op.arity().is_some() && op.exponent().is_none());
    plain.chain(EXPONENTS.into_iter().map(Op::PowI))
}

/// A program of one operation, each argument a column plus a parameter.
pub(super) fn program_of(op: Op, arity: usize) -> Result<Program, Error> {
    let graph = Graph::new();
    let shifted = |k: usize| graph.data(&format!("x{k}")) + graph.parameter(&format!("p{k}"));
    let arguments: Vec<Node<'_>> = (0..arity).map(shifted).collect();
    let loss = Node::apply(&Table, op, &arguments);
    Ok(Program::builder(&graph, loss)?.stabilise(false).compile()?)
}

/// Value and slopes at a point that stands `count` times in the columns.
fn repeated(program: &Program, point: &[f64], count: usize) -> Result<(f64, Vec<f64>), Error> {
    let columns: Vec<Vec<f64>> = point.iter().map(|&x| vec![x; count]).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Ok(program.value_and_gradient(&vec![0.0; point.len()], &columns)?)
}

/// The same in one lane, among examples that weigh nothing.
fn among_others(program: &Program, point: &[f64], lane: usize) -> Result<(f64, Vec<f64>), Error> {
    let columns: Vec<Vec<f64>> = point
        .iter()
        .map(|&x| (0..EQUAL + 3).map(|k| if k == lane { x } else { 0.37 + 0.01 * k as f64 }).collect())
        .collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let weights: Vec<f64> = (0..EQUAL + 3).map(|k| f64::from(u8::from(k == lane))).collect();
    Ok(program.over(&columns)?.weights(&weights)?.value_and_gradient(&vec![0.0; point.len()])?)
}

fn by_samples(known: &Known, op: Op, effort: &Effort) -> Result<[Check; 3], Error> {
    let arity = op.arity().unwrap_or(0);
    let exponent = op.exponent().map(|n| format!(" (n = {n})")).unwrap_or_default();
    let name = format!("kernel {}{exponent}", op.name());
    let row = |route, bound| {
        Check::in_ulps(&name, route, "textbook formula at high precision", bound).convicts(FILES)
    };
    let mut values = row("value over a column", known.value_ulps + OF_PROGRAMS);
    let mut slopes = row("slopes over a column", known.slope_ulps + 2.0 * OF_PROGRAMS);
    let mut lanes = Check::new(&name, "full vectors, single lanes", "one example", 0.0).convicts(FILES);
    let program = program_of(op, arity)?;
    let stride = if arity == 1 && op.exponent().is_none() { effort.samples(STRIDE, 1) } else { 1 };
    for (k, (_, point)) in
        known.samples(op, effort).into_iter().filter(|(of, _)| *of == op).step_by(stride).enumerate()
    {
        let at = || format!("{point:?}");
        let (value, gradient) = repeated(&program, &point, 1)?;
        let compare = |check: &mut Check, found: f64, error: Option<(f64, f64)>| {
            let (error, expected) = error.unwrap_or((f64::INFINITY, f64::NAN));
            check.count_at(error, || format!("{}: found {found:?}, expected {expected:?}", at()));
        };
        compare(&mut values, value, known.value_error(op, &point, value));
        for (position, &slope) in gradient.iter().enumerate() {
            compare(&mut slopes, slope, known.slope_error(op, position, &point, slope));
        }
        let same = |(other, others): &(f64, Vec<f64>)| *other == value && *others == gradient;
        lanes.expect(same(&repeated(&program, &point, EQUAL)?), || format!("sixteen times {}", at()));
        let lane = k % (EQUAL + 3);
        lanes.expect(same(&among_others(&program, &point, lane)?), || format!("{} in lane {lane}", at()));
    }
    Ok([values, slopes, lanes])
}

/// What is documented of kinks, infinities and ends of domains holds in programs too.
fn by_edges() -> Result<Check, Error> {
    let mut check =
        Check::new("kernels at edges", "value over a column", "documented value", 4.0 * f64::EPSILON)
            .convicts(FILES);
    for edge in EDGES.iter().filter(|edge| edge.op.arity().is_some()) {
        let program = program_of(edge.op, edge.at.len())?;
        for count in [1, EQUAL] {
            let (value, _) = repeated(&program, edge.at, count)?;
            if value.is_nan() && edge.value.is_nan() {
                check.count(0.0);
            } else {
                check.compare_at(value, edge.value, || {
                    format!("{} at {:?}, {count} times", edge.op.name(), edge.at)
                });
            }
        }
    }
    // NaN is what comes of NaN, in each argument.
    for op in one_of_each().filter(|op| !matches!(op, Op::PowI(0) | Op::Select)) {
        let arity = op.arity().unwrap_or(0);
        let program = program_of(op, arity)?;
        for place in 0..arity {
            let point: Vec<f64> = (0..arity).map(|k| if k == place { f64::NAN } else { 0.7 }).collect();
            for count in [1, EQUAL] {
                let (value, slopes) = repeated(&program, &point, count)?;
                let none = value.is_nan() && slopes.iter().all(|slope| slope.is_nan());
                check.expect(none, || format!("{} at {point:?}: {value}, {slopes:?}", op.name()));
            }
        }
    }
    Ok(check)
}
