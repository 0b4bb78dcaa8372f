//! Every stabilising rewriting of the table, and what looks like one and is not.
//!
//! A row's formula is put in as it is written, its letters parameters; what becomes of it at f64, and of its slopes, is held to the truth of what was
//! written, at as many bits as that wants. The letters go where the written form breaks: to both sides of 0, of the
//! ends of e^u and of where 1 + e^u is 1, and to ties.
//!
//! Invariant: the rows come from the table itself, so that a rewriting cannot be without a row here; a near miss is a formula that
//! no row may take for its own.

use chainrule_graph::oracle::{self, BigFloat, ulps};
use chainrule_graph::{Graph, Node};
use chainrule_program::passes::{ROWS, Rule, stabilise};
use chainrule_program::{Expression, Program};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// A sigmoid, a softplus or an exp_m1, each of an argument that is exact or a difference of two letters: 4 ulp by the budgets, doubled for what is
/// around it; log-sum-exp states 8.
const OF_VALUES: f64 = 8.0 + 1e-4;

/// Logarithms of sums may cancel; they are good to ulps of 1 then, or of their largest exponent.
const OF_SLOPES: f64 = 1e-12;

/// Where exponentials over- or underflow, where digits are lost, and where nothing happens.
const LETTERS: [f64; 17] = [
    -800.0, -745.2, -709.9, -40.0, -36.7, -3.0, -1.0, -1e-3, -1e-12, 0.0, 1e-12, 0.3, 2.0, 20.0, 36.8, 709.9,
    800.0,
];

/// What no row may rewrite, or only to what it is: other constants, other signs, other letters.
const NEAR_MISSES: [&str; 14] = [
    "1 + sigmoid(u)",
    "2 - sigmoid(u)",
    "exp(u) - 2",
    "exp(u) + 1",
    "ln(2 + u^2)",
    "ln(2 - sigmoid(u))",
    "max(u, 1) + softplus(-abs(u))",
    "max(u, 0) + softplus(abs(u))",
    "max(u, 0) - softplus(-abs(u))",
    "min(u, 0) + softplus(-abs(u))",
    "max(a, b) + softplus(-abs(a + b))",
    "max(a, b) + softplus(-abs(b - u))",
    "1/(2 + exp(-u))",
    "exp(a)/(1 + exp(a) + exp(-b))",
];

const FILES: &str = "crates/program/src/{passes/rows,passes/stabilise,passes/log_sum_exp,passes/exponentials,passes/pattern}.rs";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for row in &ROWS {
        let [values, slopes] = judge(row.written, row.rule, effort)?;
        emit(values);
        emit(slopes);
        emit(is_rewritten(row.written, row.computed)?);
    }
    for written in NEAR_MISSES {
        let [values, slopes] = judge(written, Rule::Terms, effort)?;
        emit(values);
        emit(slopes);
    }
    for terms in [1, 2, 3, 5, 8, 13, 40] {
        let [values, slopes] = judge_as(
            &format!("ln of a sum of {terms} exponentials"),
            &log_sum_exp(terms),
            Rule::Logarithm,
            effort,
        )?;
        emit(values);
        emit(slopes);
    }
    Ok(())
}

/// ln(e^u0 + …) of some terms, each third with a weight.
fn log_sum_exp(terms: usize) -> String {
    let term = |k: usize| if k % 3 == 1 { format!("{}*exp(u{k})", k + 1) } else { format!("exp(u{k})") };
    format!("ln({})", (0..terms).map(term).collect::<Vec<_>>().join(" + "))
}

/// What is rewritten is said, in the table's words.
fn is_rewritten(written: &str, computed: &str) -> Result<Check, Error> {
    let mut check = Check::new(format!("rewriting {written}"), "what is reported", "the table's row", 0.0)
        .convicts(FILES);
    let graph = Graph::new();
    let output = graph.parse(written)?;
    let (_, rewrites) = stabilise(&Expression::new(&graph, &[output])?)?;
    let last = rewrites.last().map(|rewrite| (rewrite.written.as_str(), rewrite.computed.as_str()));
    // What m is follows; blanks are the printer's.
    let bare = |text: &str| text.replace(' ', "");
    check.expect(last.is_some_and(|(_, found)| bare(found).starts_with(&bare(computed))), || {
        format!("reported {last:?}, expected {computed}")
    });
    Ok(check)
}

/// Values and slopes after stabilise against the truth of what was written.
fn judge(written: &str, rule: Rule, effort: &Effort) -> Result<[Check; 2], Error> {
    judge_as(written, written, rule, effort)
}

fn judge_as(name: &str, written: &str, rule: Rule, effort: &Effort) -> Result<[Check; 2], Error> {
    let reference = "what was written, at high precision";
    let name = format!("rewriting {name}");
    let mut values = Check::in_ulps(&name, "value after it", reference, OF_VALUES).convicts(FILES);
    let mut slopes = Check::new(&name, "slopes after it", reference, OF_SLOPES).convicts(FILES);
    let graph = Graph::new();
    let output = graph.parse(written)?;
    let letters: Vec<Node<'_>> = graph.parameters().collect();
    let program = Program::new(&graph, output)?;
    let mut fixed = Random::new(0x2E33);
    let mut fresh = effort.fresh(written);
    for (random, count) in [(&mut fixed, effort.samples(25, 500)), (&mut fresh, effort.samples(25, 500))] {
        for _ in 0..count {
            let mut letter = |k: usize| match k % 4 {
                // Weights are positive, and only those are called v and w.
                _ if letters[k].name().is_some_and(|name| name == "v" || name == "w") => {
                    random.between(0.1, 3.0)
                }
                3 => random.between(-3.0, 3.0),
                _ => random.pick(&LETTERS).copied().unwrap_or(0.0),
            };
            let point: Vec<f64> = (0..letters.len()).map(&mut letter).collect();
            let bindings: Vec<(Node<'_>, f64)> = letters.iter().copied().zip(point.iter().copied()).collect();
            // What has no value has nothing to be held to, nor what f64 cannot hold.
            let Some(truth) = oracle::value(&graph, &bindings, output)?.filter(is_in_range) else { continue };
            let (value, gradient) = program.value_and_gradient(&point, &[])?;
            let at = || format!("{point:?}: found {value:?}, expected {:?}", truth.to_f64());
            values.count_at(ulps(value, &truth) * share(rule, &point, truth.to_f64()), at);
            for (k, known) in oracle::gradient(&graph, &bindings, output)?.into_iter().enumerate() {
                let Some(known) = known.filter(is_in_range) else { continue };
                slopes.compare_at_scale_at(gradient[k], known.to_f64(), 1.0, || {
                    format!("slope {k} at {point:?}")
                });
            }
        }
    }
    Ok([values, slopes])
}

/// What an ulp of the value counts for where less can be had.
fn share(rule: Rule, point: &[f64], value: f64) -> f64 {
    let largest = point.iter().fold(1.0, |most, x| f64::max(most, x.abs()));
    match rule {
        // A logarithm near 0 is good to an ulp of 1, or of the exponents that cancel in it.
        Rule::Logarithm | Rule::Terms => (value.abs() / largest).min(1.0),
        // exp(a − b) turns the rounding of a − b into one relative to the value: half an ulp times |a − b|, an ulp of exp counting twice below 1.
        Rule::Quotient => OF_VALUES / (OF_VALUES + 2.0 * largest),
        _ => 1.0,
    }
}

fn is_in_range(truth: &BigFloat) -> bool {
    truth.to_f64().is_finite()
}
