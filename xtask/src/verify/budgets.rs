//! Every operation at f64 against the oracle, over its whole domain, in units of the last place.
//!
//! The value is held to the value rule at arbitrary precision, each partial to *differences* of that value rule: the partials have no
//! part in the truth that judges them. Budgets stand in the table.
//!
//! Invariant: a sample without a truth fails the row, unless its number over- or underflowed on the way.

use chainrule_graph::oracle::{Measured, survey};

use super::operations::by_name;
use super::{Check, Emit};

/// Seeded draws for each operation, beside the fixed samples of its domain: the whole table in a few seconds.
const DRAWS: usize = 200;

pub(super) fn checks(emit: &mut Emit<'_>) {
    for ops in by_name() {
        let name = format!("operation {}", ops.first().map_or("", |op| op.name()));
        let mut values = Check::in_ulps(&name, "value at f64", "oracle", 0.0);
        let mut partials = Check::in_ulps(&name, "partials at f64", "oracle's differences of the value", 0.0);
        for op in ops {
            let found = survey(op, DRAWS);
            count(&mut values, &found.value);
            found.partials.iter().for_each(|partial| count(&mut partials, partial));
        }
        emit(values);
        emit(partials);
    }
}

fn count(check: &mut Check, measured: &Measured) {
    // The truth itself is known to 10⁻⁵ ulp, which a result that is rounded to the nearest may seem to be off by.
    let ulps = if measured.holds() { measured.ulps.min(measured.budget) } else { measured.ulps };
    check.count_many(measured.cases, ulps, measured.budget);
}
