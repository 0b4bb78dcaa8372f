//! Every operation of the table: its partials, as the sweeps use them, against differences of its *value*.
//!
//! Reverse mode, dual numbers and symbolic derivatives all read the same partials, so they agree with each other even
//! where the table is wrong. Only the value rule can convict a partial: here it is differenced at the
//! table's own probe points, in every argument. Where no difference quotient can judge (a kink, the edge of
//! the domain), the table promises the partials and they are held to the promise.
//!
//! Invariant: an operation without probes fails, and so does a probe at which the differences cannot tell.

use chainrule_check::{Verdict, check as check_gradient};
use chainrule_graph::{Dual, Graph, Node, Op, Real, Rules, Table, Tape, Var, oracle};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// Extrapolated differences are good to about 1e-11 at the probe points, so a partial that is off by one part in 10⁸
/// cannot hide behind them.
const DIFFERENCES: f64 = 1e-8;
const DIGITS: u32 = 8;

/// A promise is exact.
const EXACT: f64 = 0.0;

/// A derivative formula repeats the sweep's operations, but a product with a constant may be made in another order.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut formulas = Check::new("all operations", "derivative as a formula", "reverse sweep", ROUNDING)
        .convicts("crates/graph/src/{op,sweep,node}.rs");
    for ops in by_name() {
        of(&Table, &ops, emit)?;
        for (op, probe) in ops.iter().flat_map(|op| op.probes().into_iter().map(move |probe| (*op, probe))) {
            for (formula, sweep) in by_formula(op, &probe)?.into_iter().zip(by_reverse(&Table, op, &probe)?) {
                formulas.compare(formula, sweep);
            }
        }
    }
    emit(formulas);
    Ok(())
}

/// The checks of one operation, by all of its exponents, with a set of rules.
pub(super) fn of<T: Rules>(rules: &T, ops: &[Op], emit: &mut Emit<'_>) -> Result<(), Error> {
    let name = format!("operation {}", ops.first().map_or("", |op| op.name()));
    let values = "differences of the value";
    let mut reverse = Check::new(&name, "reverse sweep", values, DIFFERENCES)
        .convicts("crates/graph/src/{op,sweep,gradient,run}.rs");
    let mut dual = Check::new(&name, "dual numbers", values, DIFFERENCES)
        .convicts("crates/graph/src/{op,dual,rules}.rs");
    let mut tape =
        Check::new(&name, "tape", values, DIFFERENCES).convicts("crates/graph/src/{op,tape,record}.rs");
    let mut promised = Check::new(&name, "reverse sweep", "promise at kinks and edges", EXACT)
        .convicts("crates/graph/src/{op,sweep}.rs");
    for &op in ops {
        for probe in op.probes() {
            judge(&mut reverse, op, &probe, &by_reverse(rules, op, &probe)?);
            judge(&mut dual, op, &probe, &by_dual(rules, op, &probe));
            judge(&mut tape, op, &probe, &by_tape(rules, op, &probe)?);
        }
        for convention in op.conventions() {
            let found = by_reverse(rules, op, &convention.arguments)?;
            for (found, expected) in found.into_iter().zip(convention.partials) {
                promised.compare(found, expected);
            }
        }
    }
    let has_promises = promised.has_cases();
    emit(reverse);
    emit(dual);
    emit(tape);
    if has_promises {
        emit(promised);
    }
    Ok(())
}

/// The operations of the table, those that differ in an exponent alone together.
pub(super) fn by_name() -> Vec<Vec<Op>> {
    let mut groups: Vec<Vec<Op>> = Vec::new();
    for op in Op::all() {
        match groups.last_mut() {
            Some(group) if group[0].name() == op.name() => group.push(op),
            _ => groups.push(vec![op]),
        }
    }
    groups
}

/// Counts the claimed partials of an operation at a probe.
fn judge(check: &mut Check, op: Op, probe: &[f64], claimed: &[f64]) {
    if !op.in_domain(probe) {
        return;
    }
    // Of a step in sight the checker says that it cannot tell; differences at arbitrary precision are taken next to the point.
    if !op.kinks().is_empty() {
        for (position, &claimed) in claimed.iter().enumerate() {
            match oracle::derivative(op, position, probe) {
                Some(truth) => check.compare(claimed, truth.to_f64()),
                None => check.count(f64::INFINITY),
            }
        }
        return;
    }
    match check_gradient(|x| f64::apply(&Table, op, x), |_| claimed).at(probe) {
        Err(_) => check.count(f64::INFINITY),
        Ok(report) => {
            for finding in report.findings() {
                // Where the differences cannot tell, an error of 1 fails the check, whatever they say.
                check.count(match finding.verdict {
                    Verdict::Agrees { digits } if digits >= DIGITS => finding.relative_error(),
                    _ => finding.relative_error().max(1.0),
                });
            }
        }
    }
}

/// The partials by a reverse sweep over a graph with this one operation.
pub(super) fn by_reverse<T: Rules>(rules: &T, op: Op, point: &[f64]) -> Result<Vec<f64>, Error> {
    let graph = Graph::new();
    let arguments = parameters(&graph, point.len());
    let output = Node::apply(&Table, op, &arguments);
    let adjoints = graph.at_with(rules, &bindings(&arguments, point))?.gradient(output)?;
    Ok(arguments.into_iter().map(|argument| adjoints.get(argument).copied()).collect::<Result<_, _>>()?)
}

/// The partials by one evaluation at dual numbers for each argument.
fn by_dual<T: Rules>(rules: &T, op: Op, point: &[f64]) -> Vec<f64> {
    let partial = |direction| {
        let seed =
            |(place, &value)| if place == direction { Dual::variable(value) } else { Dual::fixed(value) };
        let arguments: Vec<_> = point.iter().enumerate().map(seed).collect();
        Dual::apply(rules, op, &arguments).tangent
    };
    (0..point.len()).map(partial).collect()
}

/// The partials by a recording of this one operation.
fn by_tape<T: Rules>(rules: &T, op: Op, point: &[f64]) -> Result<Vec<f64>, Error> {
    let tape = Tape::new();
    let arguments: Vec<Var<'_>> = point.iter().map(|&value| tape.var(value)).collect();
    let adjoints = tape.gradient(&Var::apply(rules, op, &arguments))?;
    Ok(arguments.iter().map(|argument| adjoints.get_var(argument).copied()).collect::<Result<_, _>>()?)
}

/// The partials as nodes of the graph, evaluated.
fn by_formula(op: Op, point: &[f64]) -> Result<Vec<f64>, Error> {
    let graph = Graph::new();
    let arguments = parameters(&graph, point.len());
    let output = Node::apply(&Table, op, &arguments);
    let derivatives = graph.derivative(output, &arguments)?;
    let run = graph.at(&bindings(&arguments, point))?;
    Ok(derivatives.into_iter().map(|derivative| run.value(derivative)).collect::<Result<_, _>>()?)
}

pub(super) fn parameters(graph: &Graph, count: usize) -> Vec<Node<'_>> {
    (0..count).map(|k| graph.parameter(&format!("x{k}"))).collect()
}

pub(super) fn bindings<'g>(arguments: &[Node<'g>], point: &[f64]) -> Vec<(Node<'g>, f64)> {
    arguments.iter().copied().zip(point.iter().copied()).collect()
}
