//! Every operation at f64 against the oracle, over its whole domain, in units of the last place.
//!
//! The value is held to the value rule at arbitrary precision, each partial to *differences* of that value rule: the partials have no
//! part in the truth that judges them. Budgets stand in the table.
//!
//! Invariant: every sample is counted: as a case, or by name as one on the way to which a number over- or underflowed, or whose own value is
//! beyond the oracle's range (that of binary128, sixteen times that of f64).

use chainrule_graph::oracle::{Measured, survey};

use super::operations::by_name;
use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// Seeded draws for each operation, beside the fixed samples of its domain: the whole table in a few seconds.
const DRAWS: usize = 200;

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for ops in by_name() {
        let (mut values, mut partials) = (Vec::new(), Vec::new());
        for &op in &ops {
            let found = survey(op, DRAWS);
            values.push(found.value);
            partials.extend(found.partials);
        }
        let name = format!("operation {}", ops.first().map_or("", |op| op.name()));
        emit(row(&name, "value at f64", "oracle", &values));
        emit(row(&name, "partials at f64", "oracle's differences of the value", &partials));
    }
    Ok(())
}

fn row(name: &str, route: &'static str, reference: &'static str, measured: &[Measured]) -> Check {
    let total = |of: fn(&Measured) -> usize| measured.iter().map(of).sum::<usize>();
    let left_out = [
        (total(|measured| measured.excused), "overflow on the way"),
        (total(|measured| measured.without_truth), "beyond the oracle"),
    ];
    let left_out = left_out.iter().filter(|(count, _)| *count > 0);
    let name = left_out.fold(name.to_owned(), |name, (count, why)| format!("{name}, {count} {why}"));
    let mut check = Check::in_ulps(name, route, reference, 0.0);
    for measured in measured {
        // The truth itself is known to 10⁻⁵ ulp, which a result that is rounded to the nearest may seem to be off by.
        let ulps = if measured.holds() { measured.ulps.min(measured.budget) } else { measured.ulps };
        check.count_many(measured.cases, ulps, measured.budget);
    }
    check
}
