//! Every operation at f64 against the oracle, over its whole domain, in units of the last place.
//!
//! The value is held to the value rule at arbitrary precision, each partial to *differences* of that value rule: the partials have no
//! part in the truth that judges them. Budgets stand in the table.
//!
//! A sample on the way to which a number over- or underflowed is excused, and one beyond the oracle's range (that of binary128, sixteen times that of
//! f64) has no truth. How many those are is written down here: a rule that is excused by its own overflow, a domain that is made
//! narrower, or an oracle that gives up sooner changes a count.
//!
//! Invariant: every sample is counted, and the samples are the same in each run.

use chainrule_graph::oracle::{Measured, survey};

use super::operations::by_name;
use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// Seeded draws for each operation, beside the fixed samples of its domain: the whole table in a few seconds.
const DRAWS: usize = 200;

/// What became of the samples of one rule.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counts {
    judged: usize,
    excused: usize,
    without_truth: usize,
}

const fn counts(judged: usize, excused: usize, without_truth: usize) -> Counts {
    Counts { judged, excused, without_truth }
}

/// Each operation's counts, for the value and for all partials together. Whoever adds an operation, a probe or a landmark, or changes a
/// domain, writes the new counts down after a look at why they are what they are.
const COUNTS: &[(&str, Counts, Counts)] = &[
    ("add", counts(778, 0, 0), counts(1556, 0, 0)),
    ("sub", counts(778, 0, 0), counts(1556, 0, 0)),
    ("mul", counts(778, 0, 0), counts(1556, 0, 0)),
    ("div", counts(754, 0, 0), counts(1508, 0, 0)),
    ("neg", counts(250, 0, 0), counts(250, 0, 0)),
    ("recip", counts(248, 0, 0), counts(248, 0, 0)),
    ("powi", counts(2253, 0, 0), counts(2247, 0, 6)),
    ("powf", counts(494, 0, 0), counts(861, 6, 121)),
    ("sqrt", counts(226, 0, 0), counts(226, 0, 0)),
    ("exp", counts(251, 0, 0), counts(231, 0, 20)),
    ("exp_sub", counts(779, 0, 0), counts(1270, 0, 288)),
    ("exp_m1", counts(251, 0, 0), counts(231, 0, 20)),
    ("ln", counts(226, 0, 0), counts(226, 0, 0)),
    ("ln_1p", counts(237, 0, 0), counts(237, 0, 0)),
    ("sin", counts(251, 0, 0), counts(251, 0, 0)),
    ("cos", counts(251, 0, 0), counts(251, 0, 0)),
    ("tan", counts(251, 0, 0), counts(251, 0, 0)),
    ("asin", counts(222, 0, 0), counts(222, 0, 0)),
    ("acos", counts(222, 0, 0), counts(222, 0, 0)),
    ("atan", counts(251, 0, 0), counts(251, 0, 0)),
    ("sinh", counts(250, 0, 0), counts(208, 0, 42)),
    ("cosh", counts(250, 0, 0), counts(208, 0, 42)),
    ("tanh", counts(250, 0, 0), counts(250, 0, 0)),
    ("abs", counts(248, 0, 0), counts(248, 0, 0)),
    ("sign", counts(248, 0, 0), counts(248, 0, 0)),
    ("round", counts(249, 0, 0), counts(249, 0, 0)),
    ("min", counts(767, 0, 0), counts(1534, 0, 0)),
    ("max", counts(767, 0, 0), counts(1534, 0, 0)),
    ("hypot", counts(777, 0, 0), counts(1548, 6, 0)),
    ("sigmoid", counts(252, 0, 0), counts(252, 0, 0)),
    ("softplus", counts(252, 0, 0), counts(252, 0, 0)),
    ("select", counts(754, 0, 0), counts(2262, 0, 0)),
    ("sum", counts(775, 3, 0), counts(4660, 0, 0)),
    ("dot", counts(771, 7, 0), counts(4664, 0, 0)),
    ("chain", counts(778, 0, 0), counts(1556, 0, 0)),
    ("route", counts(778, 0, 0), counts(1556, 0, 0)),
    ("inside", counts(517, 0, 0), counts(1010, 0, 24)),
    ("exponent", counts(493, 0, 0), counts(986, 0, 0)),
];

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for ops in by_name() {
        let (mut values, mut partials) = (Vec::new(), Vec::new());
        for &op in &ops {
            let found = survey(op, DRAWS);
            values.push(found.value);
            partials.extend(found.partials);
        }
        let name = ops.first().map_or("", |op| op.name());
        emit(errors(name, "value at f64", "oracle", &values));
        emit(errors(name, "partials at f64", "oracle's differences of the value", &partials));
        emit(judged(name, &values, &partials));
    }
    Ok(())
}

/// The largest error of a rule as a part of its budget.
fn errors(name: &str, route: &'static str, reference: &'static str, measured: &[Measured]) -> Check {
    let Counts { excused, without_truth, .. } = total(measured);
    let left_out = [(excused, "overflow on the way"), (without_truth, "beyond the oracle")];
    let left_out = left_out.iter().filter(|(count, _)| *count > 0);
    let name =
        left_out.fold(format!("operation {name}"), |name, (count, why)| format!("{name}, {count} {why}"));
    let mut check = Check::in_ulps(name, route, reference, 0.0).convicts("crates/graph/src/{op,float}.rs");
    for measured in measured {
        // The truth itself is known to 10⁻⁵ ulp, which a result that is rounded to the nearest may seem to be off by.
        let ulps = if measured.holds() { measured.ulps.min(measured.budget) } else { measured.ulps };
        check.count_many(measured.cases, ulps, measured.budget);
    }
    check
}

/// How many samples were judged, excused, or had no truth.
fn judged(name: &str, values: &[Measured], partials: &[Measured]) -> Check {
    let mut check = Check::new(format!("operation {name}"), "samples judged and excused", "known counts", 0.0)
        .convicts(
            "crates/graph/src/{op,oracle/samples,oracle/survey,oracle/judgement,oracle/strain,oracle/settle,oracle/truth}.rs",
        );
    let known = COUNTS.iter().find(|(of, ..)| *of == name).map(|&(_, values, partials)| (values, partials));
    check.expect_same(&Some((total(values), total(partials))), &known, || "values and partials".to_owned());
    check
}

fn total(measured: &[Measured]) -> Counts {
    let total = |of: fn(&Measured) -> usize| measured.iter().map(of).sum::<usize>();
    counts(
        total(|measured| measured.cases),
        total(|measured| measured.excused),
        total(|measured| measured.without_truth),
    )
}
