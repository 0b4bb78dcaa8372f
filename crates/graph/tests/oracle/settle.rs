//! `settled`: no number that rounding has made is believed.
//!
//! Reference: e^(−800) = 3.667874584177687…e−348 by Python's mpmath 1.3.0.

use std::cell::RefCell;

use chainrule_graph::Real;
use chainrule_graph::oracle::{BigFloat, FIRST_PRECISION, PRECISION_CAP, settled};

fn one() -> BigFloat {
    BigFloat::constant(1.0)
}

/// 1 − σ(z), which the naive formula loses.
fn lost(z: f64, precision: usize) -> BigFloat {
    one() - BigFloat::new(z, precision).sigmoid()
}

#[test]
fn a_zero_that_two_precisions_agree_on_is_not_believed() {
    assert!(lost(180.0, 128).is_zero() && lost(180.0, 256).is_zero());
    assert!(lost(800.0, 256).is_zero() && lost(800.0, 512).is_zero());
    let found = settled(|precision| lost(800.0, precision));
    assert_eq!(found.map(|found| format!("{found:.16}")).as_deref(), Some("3.667874584177687e-348"));
}

#[test]
fn an_infinity_or_a_nan_that_two_precisions_agree_on_is_not_believed() {
    // 1/(1 − σ(800)) is e^800 + 1, and (1 − σ)/(1 − σ) is 1.
    let found = settled(|precision| lost(800.0, precision).recip());
    assert_eq!(found.map(|found| format!("{found:.5}")).as_deref(), Some("2.7264e347"));
    let ratio = settled(|precision| lost(800.0, precision) / lost(800.0, precision));
    assert_eq!(ratio, Some(one()));
}

#[test]
fn what_is_zero_infinite_or_nan_at_the_last_precision_too_is_believed() {
    let number =
        |value: f64| settled(|precision| BigFloat::new(value, precision) * BigFloat::new(1.0, precision));
    assert!(number(0.0).is_some_and(|zero| zero.is_zero()));
    assert_eq!(number(f64::NEG_INFINITY).map(|x| x.to_f64()), Some(f64::NEG_INFINITY));
    assert!(number(f64::NAN).is_some_and(|nan| nan.is_nan()));
}

#[test]
fn what_never_agrees_is_not_settled() {
    // The rounding error itself: (1/3)·3 − 1 at a precision where it does not vanish, in units that grow with
    // it.
    let noise = |precision: usize| BigFloat::new(precision as f64, precision);
    assert!(settled(noise).is_none());
    // A number that comes only at the end, after zeros, has nothing to agree with.
    let late = |precision| BigFloat::new(if precision == PRECISION_CAP { 1.0 } else { 0.0 }, precision);
    assert!(settled(late).is_none());
}

#[test]
fn precision_is_doubled_only_until_two_results_agree() {
    let asked = RefCell::new(Vec::new());
    let third = settled(|precision| {
        asked.borrow_mut().push(precision);
        one() / BigFloat::new(3.0, precision)
    });
    assert_eq!(*asked.borrow(), [FIRST_PRECISION, 2 * FIRST_PRECISION]);
    assert_eq!(third.and_then(|third| third.precision()), Some(2 * FIRST_PRECISION));
    // Agreement to 69 bits is not enough, to 71 it is.
    let differing = |bits: isize| {
        settled(move |precision| {
            one() + &BigFloat::new(if precision % 384 == 0 { 1.0 } else { 0.0 }, precision).scaled(-bits)
        })
    };
    assert_eq!(differing(1), Some(one()));
    let alternating = |bits: isize| {
        settled(move |precision| {
            let sign = if precision.ilog2() % 2 == 0 { 1.0 } else { -1.0 };
            BigFloat::new(1.0, precision) + BigFloat::new(sign, precision).scaled(-bits)
        })
    };
    assert!(alternating(70).is_none() && alternating(72).is_some());
}

/// A constant is exact at every precision, so it needs no second one, even where it is 0.
#[test]
fn constants_are_settled_at_once() {
    let asked = RefCell::new(0);
    let zero = settled(|_| {
        *asked.borrow_mut() += 1;
        BigFloat::constant(0.0)
    });
    assert!(zero.is_some_and(|zero| zero.is_zero()));
    assert_eq!(*asked.borrow(), 2);
}
