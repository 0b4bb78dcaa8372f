//! `ulps`: the unit is that of the truth, down to the subnormal numbers and up to the last finite one.
//!
//! References: the definition of binary64; every expected number is exact.

use chainrule_graph::Real;
use chainrule_graph::oracle::{BigFloat, ulps};

const LEAST: f64 = 5e-324; // 2^−1074

fn big(value: f64) -> BigFloat {
    BigFloat::new(value, 256)
}

#[test]
fn units_of_normal_numbers() {
    let eps = f64::EPSILON;
    for (found, truth, expected) in [
        (1.0, 1.0, 0.0),
        (1.0 + eps, 1.0, 1.0),
        (1.0 - eps / 2.0, 1.0, 0.5),
        (-1.0, 1.0, 2.0 / eps),
        (2.0, 2.0 - eps, 1.0),
        (2.0 + 2.0 * eps, 2.0, 1.0),
        (3.0 * 2.0_f64.powi(1000), 2.0_f64.powi(1001), 2.0_f64.powi(51)),
    ] {
        assert_eq!(ulps(found, &big(truth)), expected, "{found} for {truth}");
    }
    // Halfway between two numbers, and a third of the way.
    let half = big(1.0) + big(eps).scaled(-1);
    assert_eq!((ulps(1.0, &half), ulps(1.0 + eps, &half)), (0.5, 0.5));
    let third = big(1.0) + &(big(eps) / big(3.0));
    assert!((ulps(1.0, &third) - 1.0 / 3.0).abs() < 1e-15);
}

#[test]
fn units_of_subnormal_numbers() {
    assert_eq!(ulps(0.0, &big(LEAST)), 1.0);
    assert_eq!(ulps(LEAST, &big(0.0)), 1.0);
    assert_eq!(ulps(-LEAST, &big(LEAST)), 2.0);
    assert_eq!(ulps(f64::MIN_POSITIVE, &big(f64::MIN_POSITIVE - LEAST)), 1.0);
    assert_eq!(ulps(0.0, &big(LEAST).scaled(-3)), 0.125);
    assert_eq!(ulps(LEAST, &big(LEAST).scaled(-3)), 0.875);
    assert_eq!(ulps(0.0, &big(LEAST).scaled(-5000)), 0.0); // 2^−6074 is no f64
}

#[test]
fn infinities_and_nan() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let beyond = big(f64::MAX) * big(2.0);
    assert_eq!(ulps(inf, &beyond), 0.0);
    assert_eq!(ulps(-inf, &beyond), inf);
    assert_eq!(ulps(f64::MAX, &beyond), inf);
    assert_eq!(ulps(inf, &big(f64::MAX)), inf);
    assert_eq!(ulps(inf, &big(inf)), 0.0);
    assert_eq!(ulps(nan, &big(nan)), 0.0);
    assert_eq!(ulps(nan, &big(1.0)), inf);
    assert_eq!(ulps(1.0, &big(nan)), inf);
    assert_eq!(ulps(nan, &big(inf)), inf);
    assert_eq!(ulps(inf, &big(nan)), inf);
}

#[test]
fn the_exact_zero_is_as_far_as_the_smallest_numbers() {
    assert_eq!(ulps(1.0, &BigFloat::constant(0.0)), 2.0_f64.powi(537) * 2.0_f64.powi(537));
    assert_eq!(ulps(-0.0, &BigFloat::constant(0.0)), 0.0);
}
