//! The budgets of the table hold over the whole domain of every operation, and are small enough to mean
//! something.
//!
//! Reference: the oracle's truths. The seeded draws of a run are some hundreds; the budgets were set after
//! five thousand.

use chainrule_graph::oracle::{derivative, samples, survey, ulps};
use chainrule_graph::{Op, Rules, Table};

/// So many seeded draws for each operation, beside its landmarks.
const DRAWS: usize = 300;

#[test]
fn every_value_and_partial_is_within_its_budget() {
    let exponents = [5, -17, 100, -100, 1_000_003, -1_000_003, i32::MAX, i32::MIN, i32::MIN + 1];
    for op in Op::all().into_iter().chain(exponents.map(Op::PowI)) {
        let found = survey(op, DRAWS);
        assert!(found.holds(), "{found:#?}");
        for (place, part) in std::iter::once(&found.value).chain(&found.partials).enumerate() {
            let total = part.cases + part.excused + part.without_truth;
            assert!(part.cases * 3 > total, "{op:?}, {place}: most samples have no truth: {part:?}");
            assert!(part.excused * 20 < total, "{op:?}, {place}: too many excuses: {part:?}");
        }
        assert_eq!(found.value.without_truth, 0, "{op:?}: every value settles");
    }
}

/// Roots are off by up to half a unit and slopes of tanh by more than two: what is told is the worst, and where.
#[test]
fn the_worst_sample_is_the_one_that_is_told() {
    let root = survey(Op::Sqrt, DRAWS).value;
    assert!(root.ulps > 0.499, "{root:?}");
    let slope = survey(Op::Tanh, DRAWS).partials.remove(0);
    assert!(slope.ulps > 2.0, "{slope:?}");
    let partial = Table.partial(Op::Tanh, 0, &slope.at, &Table.value(Op::Tanh, &slope.at));
    assert_eq!(ulps(partial, &derivative(Op::Tanh, 0, &slope.at).unwrap()), slope.ulps);
}

/// 1e-14 is 45 ulp or more, so a partial that is too large by one part in 10¹⁴ is beyond every budget at
/// ordinary arguments.
#[test]
fn budgets_convict_one_part_in_a_hundred_trillion() {
    for op in Op::all() {
        for arguments in op.probes() {
            let value = Table.value(op, &arguments);
            for position in 0..arguments.len() {
                let partial = Table.partial(op, position, &arguments, &value);
                let truth = derivative(op, position, &arguments).unwrap();
                let budget = op.partial_ulps(position, &arguments);
                assert!(ulps(partial, &truth) <= budget + 1e-4, "{op:?}{arguments:?}");
                let wrong = ulps(partial * (1.0 + 1e-14), &truth);
                assert!(partial == 0.0 || wrong > budget, "{op:?}{arguments:?}: {wrong} of {budget}");
            }
        }
    }
}

#[test]
fn budgets_of_a_wrong_number_of_arguments_promise_nothing() {
    assert_eq!(Op::Sin.value_ulps(&[1.0, 2.0]), f64::INFINITY);
    assert_eq!(Op::Sin.partial_ulps(1, &[1.0]), f64::INFINITY);
    assert_eq!(Op::Sin.partial_ulps(0, &[1.0, 2.0]), f64::INFINITY);
    assert_eq!(Op::Dot.partial_ulps(4, &[1.0; 4]), f64::INFINITY);
    assert_eq!(Op::Dot.partial_ulps(3, &[1.0; 4]), 0.0);
}

/// x^(p−1) is as good as p − 1: the budget is larger where that is rounded, by what rounding does and no more.
#[test]
fn the_budget_of_a_power_follows_the_rounding_of_its_exponent() {
    let budget = |x: f64, p: f64| Op::PowF.partial_ulps(0, &[x, p]);
    for (x, p) in [(1e300, 0.5), (1e300, 0.7), (1e-300, -3.0), (1e-300, 0.25), (3.0, 2.5), (1e300, 1.05)] {
        assert_eq!(budget(x, p), 5.0, "x = {x:e}, p = {p}");
    }
    let (x, p) = (1e-100, -1.0 - f64::EPSILON);
    let value = Table.value(Op::PowF, &[x, p]);
    let truth = derivative(Op::PowF, 0, &[x, p]).unwrap();
    let error = ulps(Table.partial(Op::PowF, 0, &[x, p], &value), &truth);
    assert!(error > 200.0 && error < budget(x, p), "{error} of {}", budget(x, p));
    assert!(budget(x, p) < 3.0 * error, "{error} of {}", budget(x, p));
}

/// A value that over- or underflows takes the partials that are made from it along: excused, not overlooked.
#[test]
fn what_overflows_on_the_way_is_excused_and_counted() {
    assert!(samples(Op::Hypot, 0).contains(&vec![f64::MAX, f64::MAX]) || samples(Op::Hypot, 0).len() > 100);
    let found = survey(Op::Hypot, 0);
    assert_eq!(found.value.excused, 0);
    assert!(found.partials.iter().all(|partial| partial.excused > 0 && partial.holds()), "{found:?}");
}
