//! `BigFloat` as a number type: f64's conventions, exact conversions, a precision for every result, and no
//! panic.
//!
//! References: f64 itself at special arguments, and within its budgets elsewhere; the definition of binary64.

use std::cmp::Ordering;

use chainrule_graph::oracle::{
    BigFloat, EXPONENT_LIMIT, LEAST_PRECISION, MOST_PRECISION, PRECISION_CAP, ulps,
};
use chainrule_graph::{Number, Op, Primitive, Real, Rules, Table};
use proptest::prelude::*;

use crate::random::config;

const LEAST: f64 = 5e-324; // 2^−1074

fn big(value: f64) -> BigFloat {
    BigFloat::new(value, 256)
}

/// Any bits, with a preference for those that mean something.
fn any_number() -> impl Strategy<Value = f64> {
    let special = prop::sample::select(vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        -3.0,
        0.5,
        LEAST,
        -LEAST,
        1e-310,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1e300,
        -1e300,
        1e-300,
    ]);
    prop_oneof![2 => any::<u64>().prop_map(f64::from_bits), 2 => special, 3 => -50.0..50.0]
}

fn any_operation() -> impl Strategy<Value = Op> {
    let exponents = prop_oneof![any::<i32>(), -20..20, Just(i32::MIN), Just(i32::MAX)];
    prop_oneof![5 => prop::sample::select(Op::all()), 1 => exponents.prop_map(Op::PowI)]
}

fn same_sign(a: f64, b: f64) -> bool {
    a.is_sign_negative() == b.is_sign_negative()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..config() })]

    #[test]
    fn conversions_to_and_fro_are_exact(value in any_number(), precision in 0..500_usize) {
        let found = BigFloat::new(value, precision).to_f64();
        prop_assert!(found == value || (found.is_nan() && value.is_nan()));
        prop_assert!(found.is_nan() || same_sign(found, value));
        prop_assert_eq!(BigFloat::constant(value).precision(), None);
    }

    /// One operation at f64 arguments: the same conventions as f64, and the same value within the budget.
    #[test]
    fn an_operation_is_that_of_f64_but_for_rounding(
        op in any_operation(),
        arguments in [any_number(), any_number(), any_number(), any_number()],
        precision in LEAST_PRECISION..300,
    ) {
        let arguments = &arguments[..op.arity().unwrap_or(4)];
        let at: Vec<BigFloat> = arguments.iter().map(|&x| BigFloat::new(x, precision)).collect();
        let (found, expected) = (Table.value(op, &at), Table.value(op, arguments));
        // A rule may choose a constant, as `chain` does for a zero adjoint; whatever is computed has a
        // precision.
        prop_assert!(found.precision().is_none_or(|own| own == precision), "{op:?}{arguments:?}");
        if op.arity().is_some() {
            prop_assert!(ulps(expected, &found) <= 4.0, "{op:?}{arguments:?}: {found}, not {expected}");
            let (near, value) = (found.to_f64(), expected);
            prop_assert!(value.is_nan() || same_sign(near, value), "{op:?}{arguments:?}: {near:?}, {value:?}");
        }
        for position in 0..arguments.len() {
            let partial = Table.partial(op, position, &at, &found);
            prop_assert!(partial.precision().is_none_or(|own| own <= PRECISION_CAP));
        }
    }

    /// Results of results leave the range of f64 by far, and nothing panics or takes long there either.
    #[test]
    fn no_composition_panics(
        steps in prop::collection::vec((any_operation(), any::<[prop::sample::Index; 3]>()), 1..8),
        start in [any_number(), any_number(), any_number()],
    ) {
        let mut values: Vec<BigFloat> = start.iter().map(|&x| BigFloat::new(x, 64)).collect();
        values.push(BigFloat::constant(start[0]));
        for (op, places) in steps {
            let count = op.arity().unwrap_or(2);
            let arguments: Vec<_> = places.iter().take(count).map(|place| place.get(&values).clone()).collect();
            let value = Table.value(op, &arguments);
            let partials = (0..count).map(|position| Table.partial(op, position, &arguments, &value));
            values.extend(partials.collect::<Vec<_>>());
            values.push(value);
        }
        for value in values {
            let limit = EXPONENT_LIMIT as isize;
            prop_assert!(value.exponent().is_none_or(|exponent| -limit <= exponent && exponent < limit));
            prop_assert!(!value.to_string().is_empty());
        }
    }
}

#[test]
fn rounding_to_f64_is_to_the_nearest_ties_to_even() {
    let ulp = f64::EPSILON;
    let sum = |parts: &[(f64, isize)]| {
        parts.iter().fold(big(0.0), |sum, &(value, exponent)| sum + big(value).scaled(exponent)).to_f64()
    };
    assert_eq!(sum(&[(1.0, 0), (1.0, -53)]), 1.0); // a tie, down to the even one
    assert_eq!(sum(&[(1.0 + ulp, 0), (1.0, -53)]), 1.0 + 2.0 * ulp); // a tie, up to the even one
    assert_eq!(sum(&[(1.0, 0), (1.0, -53), (1.0, -200)]), 1.0 + ulp);
    assert_eq!(sum(&[(2.0, 0), (-1.0, -53), (-1.0, -200)]), 2.0 - ulp);
}

#[test]
fn rounding_to_subnormal_numbers_is_done_once() {
    let scaled = |value: f64, exponent: isize| big(value).scaled(exponent).to_f64();
    assert_eq!(scaled(LEAST, -1), 0.0); // a tie, down to 0
    assert_eq!(scaled(-LEAST, -1).to_bits(), (-0.0_f64).to_bits());
    assert_eq!((big(LEAST).scaled(-1) + big(LEAST).scaled(-100)).to_f64(), LEAST);
    assert_eq!(scaled(3.0 * LEAST, -1), 2.0 * LEAST); // 1.5 units, a tie up to the even one
    assert_eq!(scaled(5.0 * LEAST, -1), 2.0 * LEAST); // 2.5 units, a tie down
    assert_eq!(scaled(LEAST, -2), 0.0);
    assert_eq!(scaled(1.0, -5000), 0.0);
    // Just below the smallest normal number, by half a unit: rounds up to it.
    let below = big(f64::MIN_POSITIVE) - big(LEAST).scaled(-1);
    assert_eq!(below.to_f64(), f64::MIN_POSITIVE);
    assert_eq!((below - big(LEAST).scaled(-50)).to_f64(), f64::MIN_POSITIVE - LEAST);
    // Rounding to 53 bits first and to the subnormal spacing afterwards would give another number: 1.5 units
    // less a little.
    let twice = big(LEAST) + big(LEAST).scaled(-1) - big(LEAST).scaled(-60);
    assert_eq!(twice.to_f64(), LEAST);
}

#[test]
fn overflow_begins_half_a_unit_beyond_the_largest_number() {
    let half_unit = big(2.0).scaled(969); // f64::MAX has the unit 2^971
    assert_eq!((big(f64::MAX) + half_unit.clone() - big(1.0).scaled(900)).to_f64(), f64::MAX);
    assert_eq!((big(f64::MAX) + &half_unit).to_f64(), f64::INFINITY); // a tie, to the even 2^1024
    assert_eq!((big(f64::MIN) - half_unit).to_f64(), f64::NEG_INFINITY);
    assert_eq!(big(1.0).scaled(5000).to_f64(), f64::INFINITY);
}

#[test]
fn the_range_of_exponents_ends_in_infinity_and_zero() {
    let limit = EXPONENT_LIMIT as isize;
    let edge = big(1.0).scaled(limit - 1);
    assert!(edge.is_finite() && !(edge.clone() * big(2.0)).is_finite());
    assert!(!edge.scaled(1).is_finite() && !(-edge).scaled(isize::MAX).is_finite());
    let tiny = big(1.0).scaled(-limit);
    assert!(!tiny.is_zero() && tiny.scaled(-1).is_zero() && (tiny * big(0.25)).is_zero());
    assert_eq!(big(1e300).exp().to_f64(), f64::INFINITY);
    assert!(big(-1e300).exp().is_zero() && big(-12_000.0).exp().is_zero() && !big(-11_000.0).exp().is_zero());
    assert_eq!(big(-1e300).exp_m1(), big(-1.0));
    assert_eq!(big(-1e300).sinh().to_f64(), f64::NEG_INFINITY);
    assert_eq!(big(1e300).powi(i32::MAX).to_f64(), f64::INFINITY);
    assert_eq!(big(-1e300).powi(i32::MIN + 1).to_f64().to_bits(), (-0.0_f64).to_bits());
    assert!((big(1.0) + big(f64::EPSILON)).powi(i32::MAX).is_finite());
    // Powers are told to be out of range before they are computed, but none that is not.
    for (inside, outside) in
        [(big(2.0).powi(16_383), big(2.0).powi(16_384)), (big(3.0).powi(10_337), big(3.0).powi(10_338))]
    {
        assert!(inside.is_finite() && !outside.is_finite());
    }
    assert!(!big(2.0).powf(&big(-16_383.5)).is_zero() && big(2.0).powf(&big(-16_385.5)).is_zero());
    assert!(!big(0.75).powi(39_000).is_zero() && big(0.75).powi(40_000).is_zero());
    let beyond_f64 = big(1.0).scaled(2000);
    assert_eq!(big(-1.0).powf(&beyond_f64), big(1.0));
    assert_eq!(big(-2.0).powf(&(-beyond_f64)).to_f64().to_bits(), 0.0_f64.to_bits());
}

#[test]
fn powers_of_zero_have_the_signs_of_f64() {
    for x in [0.0, -0.0] {
        for p in [3.0, -3.0, 2.0, -2.0, 2.5, -2.5, 0.0] {
            let (found, expected) = (big(x).powf(&big(p)).to_f64(), x.powf(p));
            assert_eq!(found.to_bits(), expected.to_bits(), "{x:?} to the power of {p}");
        }
    }
}

#[test]
fn an_operation_works_at_the_least_precision_of_its_operands() {
    let third = |precision| BigFloat::new(1.0, precision) / BigFloat::new(3.0, precision);
    let mixed = third(100) + third(300);
    assert_eq!(mixed.precision(), Some(100));
    assert_eq!((BigFloat::constant(1.0) / third(100)).precision(), Some(100));
    assert_eq!(BigFloat::constant(2.0).sqrt().precision(), Some(PRECISION_CAP));
    assert_eq!((BigFloat::constant(1.0) / BigFloat::constant(3.0)).precision(), Some(PRECISION_CAP));
    assert_eq!(BigFloat::new(0.1, 3).precision(), Some(LEAST_PRECISION));
    assert_eq!(BigFloat::new(0.1, usize::MAX).precision(), Some(MOST_PRECISION));
    assert_eq!(third(300).at_precision(100), third(100));
    // What is exact in itself has a precision all the same: a logarithm after e⁰ needs one.
    let zero = BigFloat::new(0.0, 200);
    assert_eq!(zero.exp().precision(), Some(200));
    assert_eq!(zero.exp().ln_1p().to_f64(), 2.0_f64.ln());
}

#[test]
fn comparisons_look_at_values_alone() {
    assert_eq!(BigFloat::new(1.0, 100), BigFloat::new(1.0, 200));
    assert_eq!(big(0.0), big(-0.0));
    assert!(big(f64::NAN) != big(f64::NAN));
    for (a, b) in [(-f64::INFINITY, -1e300), (-1.0, 0.0), (0.0, LEAST), (1.0, 2.0), (1e300, f64::INFINITY)] {
        assert_eq!(big(a).partial_cmp(&big(b)), Some(Ordering::Less));
        assert_eq!(big(b).partial_cmp(&big(a)), Some(Ordering::Greater));
    }
}

#[test]
fn printing_gives_the_digits_that_are_asked_for() {
    assert_eq!(format!("{:.5}", big(1.0) / big(3.0)), "3.3333e-1");
    assert_eq!(big(2.0).sqrt().to_string(), "1.4142135623730950488e0");
    assert_eq!(big(-1e300).scaled(3000).to_string().get(..5), Some("-1.23"));
    assert_eq!(
        (big(f64::NAN).to_string(), big(f64::NEG_INFINITY).to_string()),
        ("NaN".into(), "-inf".into())
    );
    assert_eq!(big(0.0).to_string(), "0e0");
}

#[test]
fn a_wrong_number_of_arguments_is_no_number() {
    assert!(BigFloat::compute(Primitive::Exp, &[]).is_nan());
    assert!(BigFloat::compute(Primitive::Hypot, &[big(1.0)]).is_nan());
    assert!(BigFloat::compute(Primitive::Sin, &[big(1.0), big(1.0)]).is_nan());
    assert!(BigFloat::compute(Primitive::Select, &[big(f64::INFINITY)]).is_nan());
}

#[test]
fn whole_numbers_are_the_nearest_and_even_between_two() {
    for x in [0.0, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 2.75, 3.5, 1e15 + 0.5, 1e300, f64::INFINITY, 5e-324] {
        for x in [x, -x] {
            assert_eq!(BigFloat::new(x, 128).round().to_f64(), x.round_ties_even(), "{x}");
        }
    }
    // More than half by less than f64 can tell.
    let more = BigFloat::new(2.5, 256) + BigFloat::new(1.0, 256).scaled(-200);
    assert_eq!((more.round().to_f64(), BigFloat::new(0.5, 64).round().to_f64()), (3.0, 0.0));
}
