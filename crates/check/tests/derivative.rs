//! Derivatives of twenty functions whose derivatives are known in closed form: the truth lies within the estimated error, and
//! the error is small.

mod laws;

use std::cell::Cell;

use chainrule_check::{Doubt, Error, check, derivative, derivative_at_scale, directional};
use proptest::prelude::*;

type Function = fn(f64) -> f64;
type Single = fn(f32) -> f32;

/// Name, function, closed-form derivative, points.
const FUNCTIONS: [(&str, Function, Function, &[f64]); 20] = [
    ("constant", |_| 3.0, |_| 0.0, &[-1.0, 0.0, 5.0]),
    ("identity", |x| x, |_| 1.0, &[-1.0, 0.0, 1e3]),
    ("square", |x| x * x, |x| 2.0 * x, &[-3.0, 0.5, 40.0]),
    ("quintic", |x| x.powi(5), |x| 5.0 * x.powi(4), &[-2.0, 0.7, 9.0]),
    ("reciprocal", |x| 1.0 / x, |x| -1.0 / (x * x), &[-0.5, 0.03, 30.0]),
    ("square root", f64::sqrt, |x| 0.5 / x.sqrt(), &[1e-3, 0.3, 30.0]),
    ("power", |x| x.powf(2.5), |x| 2.5 * x.powf(1.5), &[0.01, 1.0, 12.0]),
    ("exp", f64::exp, f64::exp, &[-20.0, -1.0, 0.5, 25.0]),
    ("exp_m1", f64::exp_m1, f64::exp, &[-3.0, 0.01, 2.0]),
    ("ln", f64::ln, |x| 1.0 / x, &[1e-3, 0.3, 30.0]),
    ("ln_1p", f64::ln_1p, |x| 1.0 / (1.0 + x), &[-0.99, 0.01, 10.0]),
    ("sin", f64::sin, f64::cos, &[-2.0, 0.3, 20.0]),
    ("cos", f64::cos, |x| -x.sin(), &[-2.0, 0.3, 20.0]),
    ("tan", f64::tan, |x| 1.0 + x.tan().powi(2), &[-1.0, 0.4, 1.5]),
    ("asin", f64::asin, |x| 1.0 / (1.0 - x * x).sqrt(), &[-0.9, 0.0, 0.5]),
    ("atan", f64::atan, |x| 1.0 / (1.0 + x * x), &[-5.0, 0.1, 30.0]),
    ("sinh", f64::sinh, f64::cosh, &[-5.0, 0.1, 10.0]),
    ("tanh", f64::tanh, |x| 1.0 / x.cosh().powi(2), &[-3.0, 0.1, 2.0]),
    (
        "logistic",
        |x| 1.0 / (1.0 + (-x).exp()),
        |x| (-x).exp() / (1.0 + (-x).exp()).powi(2),
        &[-9.0, 0.2, 5.0],
    ),
    ("bell", |x| (-x * x).exp(), |x| -2.0 * x * (-x * x).exp(), &[-2.0, 0.3, 3.0]),
];

#[test]
fn the_truth_lies_within_the_error_and_the_error_is_small() {
    for (name, f, truth, points) in FUNCTIONS {
        for &x in points {
            let (found, truth) = (derivative(f, x).unwrap(), truth(x));
            let off = (found.value - truth).abs();
            assert!(off <= found.error, "{name} at {x}: off by {off:e}, claimed {:e}", found.error);
            assert!(found.error <= 1e-9 * truth.abs(), "{name} at {x}: error {:e} of {truth:e}", found.error);
        }
    }
}

#[test]
fn a_kink_inside_the_stencils_shows_in_the_error() {
    // At 0.001 every table straddles the kink with its wide steps; the truth is 1.
    for x in [1e-3, -1e-3] {
        let found = derivative(f64::abs, x).unwrap();
        assert!((found.value - x.signum()).abs() <= found.error, "at {x}: {found:?}");
    }
    let ramp = derivative(|x| (x - 1e-3).max(0.0), 0.0).unwrap();
    assert!(ramp.value.abs() <= ramp.error, "{ramp:?}");
}

#[test]
fn a_ripple_is_resolved_and_convicts_nobody_who_left_it_out() {
    // A ripple of height 10⁻⁷, far narrower than the first steps. Nobody can say whether it is meant: its slope may be claimed, and so may
    // that of the sine alone, which is then neither certified nor accused.
    let f = |x: f64| x.sin() + 1e-7 * (1e9 * x).sin();
    let places: Vec<f64> = (1..=400).map(|k| f64::from(k) / 100.0).collect();
    let slope = |x: f64| x.cos() + 100.0 * (1e9 * x).cos();
    let resolved = |x: &&f64| {
        let found = derivative(f, **x).unwrap();
        // The ripple's phase is rounded: 10⁹·x to 10⁻⁷.
        (found.value - slope(**x)).abs() <= found.error + 1e-4
    };
    assert_eq!(places.iter().filter(resolved).count(), 400);
    for &x in &places {
        let report = check(|x: &[f64]| f(x[0]), |x: &[f64]| [x[0].cos()]).at(&[x]).unwrap();
        assert_eq!(report.untold().count(), 1, "at {x}: {report}");
    }
}

#[test]
fn a_coarse_grid_shows_in_the_error() {
    for grid in [1e6, 1e8] {
        for k in 1..=400 {
            let x = f64::from(k) / 100.0;
            let found = derivative(|x| (x.sin() * grid).round() / grid, x).unwrap();
            assert!((found.value - x.cos()).abs() <= found.error, "{grid:e} at {x}: {found:?}");
        }
    }
}

#[test]
fn a_symmetric_kink_shows_in_the_error() {
    let found = derivative(f64::abs, 0.0).unwrap();
    assert!(found.error > 1e-4, "{found:?}");
}

#[test]
fn a_step_fits_a_function_of_any_scale() {
    for scale in [1e-100, 1e-6, 1e6, 1e100] {
        let found = derivative_at_scale(|x| (x / scale).sin(), 0.3 * scale, scale).unwrap();
        let truth = 0.3_f64.cos() / scale;
        assert!(
            (found.value - truth).abs() <= found.error && found.error <= 1e-10 * truth,
            "{scale:e}: {found:?}"
        );
        // At 0 nothing else shows the scale.
        let found = derivative_at_scale(|x| (x / scale).sin(), 0.0, scale).unwrap();
        assert!(
            (found.value - 1.0 / scale).abs() <= found.error && found.error <= 1e-10 / scale,
            "{scale:e}: {found:?}"
        );
    }
}

#[test]
fn a_slope_that_rounding_hides_is_seen_from_farther_away() {
    // At steps of 1 the function moves by 10⁻⁸ beside 1, and 8 digits are lost; wider ones find them again, at 170 of 400 places
    // as this is written: at the others what is lost looks like truncation by accident, and the error says how much it is.
    let mut found_again = 0;
    for k in 1..=400 {
        let x = f64::from(k - 200) / 2.0;
        let found = derivative(|x| 1.0 + (1e-8 * x).sin(), x).unwrap();
        let truth = 1e-8 * (1e-8 * x).cos();
        assert!((found.value - truth).abs() <= found.error, "{found:?}");
        found_again += usize::from(found.error <= 1e-11 * truth);
    }
    assert!(found_again >= 150, "{found_again}");
    // Where they contradict it, what is farther away is another matter: the slope of 10⁻⁸ ends after ten steps of the point's size.
    let bent = derivative(|x| 1.0 + 1e-8 * x.min(10.0) + (x - 10.0).max(0.0), 0.5).unwrap();
    assert!((bent.value - 1e-8).abs() <= bent.error, "{bent:?}");
}

#[test]
fn what_cannot_be_differenced_is_refused() {
    let error = derivative(f64::sin, f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "the point NaN is not a finite number; take differences at a finite one");
    assert_eq!(
        derivative(f64::ln, -1.0),
        Err(Error::NoFiniteNeighbours { x: -1.0, doubt: Doubt::DomainEdge })
    );
    assert_eq!(
        derivative(f64::sqrt, 0.0),
        Err(Error::NoFiniteNeighbours { x: 0.0, doubt: Doubt::DomainEdge })
    );
    for scale in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(derivative_at_scale(f64::sin, 0.0, scale), Err(Error::BadScale { scale }));
    }
}

/// A number between −1 and 1 from the bits of x, with no pattern in it.
fn hash(x: f64) -> f64 {
    let bits = x.to_bits().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

#[test]
fn noise_shows_in_the_error() {
    // Noise can agree with itself by accident: one place of 4000 is not covered as this is written.
    let mut covered = 0;
    for exponent in 3..=12 {
        let size = 10.0_f64.powi(-exponent);
        for k in 1..=400 {
            let x = f64::from(k) / 100.0;
            let found = derivative(|x| x.sin() + size * hash(x), x).unwrap();
            covered += usize::from((found.value - x.cos()).abs() <= found.error);
            assert!(found.error >= size / 10.0, "{size:e} at {x}: {found:?}");
        }
    }
    assert!(covered >= 3998, "{covered} covered");
}

#[test]
fn noise_is_told_by_its_size() {
    // The standard deviation of a number that is uniform between −1 and 1 is 1/√3, and the doubt tells eight of them. An estimate from a dozen
    // values is good to about a third, the median of many to much less.
    for size in [1e-9, 1e-5, 1e-2] {
        let mut told: Vec<f64> = (1..=400)
            .filter_map(|k| {
                let found = derivative(|x| 100.0 * x + size * hash(x), 1.0 + f64::from(k) / 100.0).unwrap();
                match found.doubt {
                    Doubt::Noise { size: told } => Some(told / (8.0 * size / 3.0_f64.sqrt())),
                    _ => None,
                }
            })
            .collect();
        told.sort_by(f64::total_cmp);
        assert_eq!(told.len(), 400, "{size:e}");
        assert!((0.75..1.05).contains(&told[200]), "{size:e}: {}", told[200]);
        assert!(told[0] > 1.0 / 3.0 && told[399] < 1.6, "{size:e}: {} to {}", told[0], told[399]);
    }
}

#[test]
fn noise_on_one_side_only_is_not_told_as_noise() {
    // It may be a function that moves fast there, and nothing says that the value at the point is noisy.
    for k in 1..=100 {
        let x = f64::from(k) / 10.0;
        for side in [-1.0, 1.0] {
            let f = |t: f64| t.sin() + if (t - x) * side > 0.0 { 1e-6 * hash(t) } else { 0.0 };
            let found = derivative(f, x).unwrap();
            // That of the sine's own rounding may be.
            let is_noisy = matches!(found.doubt, Doubt::Noise { size } if size > 1e-13);
            assert!(!is_noisy && (found.value - x.cos()).abs() <= found.error, "{found:?} at {x}");
        }
    }
}

#[test]
fn noise_grows_with_the_values() {
    // Values rounded to five digits: at the widest steps they are a hundred times as large as at the point, and so is what is lost of them.
    let rounded = |y: f64| {
        let grid = 10.0_f64.powf(y.abs().log10().floor() - 5.0);
        (y / grid).round() * grid
    };
    let mut covered = 0;
    for k in 1..=400 {
        let x = f64::from(k) / 100.0;
        let found = derivative(|x| rounded((5.0 * x).exp()), x).unwrap();
        let truth = 5.0 * (5.0 * x).exp();
        covered += usize::from((found.value - truth).abs() <= found.error);
    }
    assert_eq!(covered, 400);
}

#[test]
fn the_order_tells_smooth_functions_from_rough_ones() {
    let smooth = derivative(|x| (3.0 * x).exp(), 0.5).unwrap();
    assert!((smooth.order.unwrap() - 2.0).abs() < 0.05 && !smooth.is_rough(), "{smooth:?}");
    let rough = derivative(|x| x + x * x.abs(), 0.0).unwrap();
    assert!((rough.order.unwrap() - 1.0).abs() < 0.05 && rough.is_rough(), "{rough:?}");
    assert!(matches!(rough.doubt, Doubt::NotSmooth { .. }), "{rough:?}");
    let upright = derivative(f64::cbrt, 0.0).unwrap();
    assert!((upright.order.unwrap() + 2.0 / 3.0).abs() < 0.05 && upright.is_rough(), "{upright:?}");
    // A straight line closes at once, whatever the order.
    let straight = derivative(|x| 3.0 * x, 0.5).unwrap();
    assert!(straight.order.is_none() && !straight.is_rough(), "{straight:?}");
}

#[test]
fn the_largest_and_the_smallest_points_have_derivatives() {
    for x in [0.0, -0.0, 5e-324, -1e-310, 1e-300, 1e-30, 1e30, -1e300, 5e307] {
        for slope in [0.5, -3.0] {
            let found = derivative(|x| slope * x, x).unwrap();
            assert!((found.value - slope).abs() <= found.error, "at {x:e}: {found:?}");
            assert!(found.error < 1e-11, "at {x:e}: {found:?}");
        }
    }
    let error = derivative(|x| x, f64::MAX).unwrap_err();
    assert_eq!(error, Error::NoFiniteNeighbours { x: f64::MAX, doubt: Doubt::Overflow });
}

#[test]
fn values_of_any_size_have_derivatives() {
    // Down to where values are subnormal and have fewer digits themselves.
    for exponent in [-323, -310, -300, -200, 200, 300] {
        let size = 10.0_f64.powi(exponent);
        let found = derivative(|x| size * x.sin(), 1.0).unwrap();
        let truth = size * 1.0_f64.cos();
        let digits = if exponent > -308 { 1e-10 } else { 1.0 };
        assert!((found.value - truth).abs() <= found.error, "{exponent}: {found:?}");
        assert!(found.error <= digits * truth.max(1e-322), "{exponent}: {found:?}");
    }
}

#[test]
fn results_of_half_the_digits_are_not_taken_for_more() {
    // Single precision within: at narrow steps the function does not move at all.
    let single: [(Single, Function); 3] =
        [(f32::sin, f64::cos), (f32::exp, f64::exp), (|x| x * x * x, |x| 3.0 * x * x)];
    let mut covered = 0;
    for (f, slope) in single {
        for k in 1..=200 {
            let x = f64::from(k) / 57.0;
            let found = derivative(|x| f64::from(f(x as f32)), x).unwrap();
            covered += usize::from((found.value - slope(x)).abs() <= found.error);
        }
    }
    assert!(covered >= 598, "{covered}"); // 599 as this is written
}

#[test]
fn points_that_are_nearer_than_rounding_are_not_a_level() {
    // Steps that vanish beside x move nothing.
    let found = derivative_at_scale(|t| (t - 1.7e9).sin(), 1.7e9, 1e-5).unwrap();
    assert!((found.value - 1.0).abs() <= found.error, "{found:?}");
    let found = derivative(|x| x - 1e17, 1e17).unwrap();
    assert!((found.value - 1.0).abs() <= found.error, "{found:?}");
    let found = directional(|x| x[0] - 1e15, &[1e15], &[1.0]).unwrap();
    assert!((found.value - 1.0).abs() <= found.error, "{found:?}");
    let found = directional(|x| x[0] * x[1], &[1e-9, 3.0], &[1e-9, 0.0]).unwrap();
    assert!((found.value - 3e-9).abs() <= found.error && found.error < 1e-15, "{found:?}");
}

#[test]
fn what_two_scales_contradict_has_an_error_that_covers_both() {
    let found = derivative(|x| (x.exp() - 1.0) / x, 1e-6).unwrap();
    assert!((found.value - 0.500_000_3).abs() <= found.error, "{found:?}");
}

#[test]
fn evaluations_are_as_many_as_the_documentation_says() {
    let evaluations = |f: Function, x: f64| {
        let count = Cell::new(0);
        let counted = |x: f64| {
            count.set(count.get() + 1);
            f(x)
        };
        derivative(counted, x).unwrap();
        count.get()
    };
    // Some 190 where the first scale does, and 24 where a look as wide as the scale needs a narrower one.
    for (f, x) in [(f64::sin as Function, 1.0), (f64::exp, -3.0), (f64::tanh, 0.1), (|x| x.powi(3), 100.0)] {
        let count = evaluations(f, x);
        assert!((180..=220).contains(&count), "{count} at {x}");
    }
    // As many again on each of up to thirteen others where differences are in trouble, some 1,100 more, and up to 900 to tell a kink from a jump.
    for (f, x) in [(f64::abs as Function, 0.0), (f64::cbrt, 0.0)] {
        let count = evaluations(f, x);
        assert!((1000..=2200).contains(&count), "{count} at {x}");
    }
    // No more beside the edge of a domain, where tables start with smaller steps.
    for (f, x) in [(f64::ln as Function, 1e-3), (|x| (5.0 - x).sqrt(), 4.99)] {
        let count = evaluations(f, x);
        assert!((180..=700).contains(&count), "{count} at {x}");
    }
    // And never more than with looking for a finite neighbourhood each time.
    for (f, x) in [(hash as Function, 0.3), (|x| if hash(x) > 0.9 { f64::NAN } else { x }, 3e-4)] {
        let count = evaluations(f, x);
        assert!(count <= 2500 + 13 * (190 + 480), "{count} at {x}");
    }
}

/// Functions that are hardly ones to be differentiated.
const WILD: [Function; 10] = [
    hash,
    |x| 1e308 * hash(x),
    |x| if hash(x) > 0.7 { f64::NAN } else { x },
    |x| if hash(x) > 0.7 { f64::INFINITY } else { x },
    |x| (1e3 * x).exp(),
    |x| (1.0 / x).sin(),
    |x| x.abs().sqrt(),
    f64::floor,
    |x| 1e-320 * x,
    f64::recip,
];

proptest! {
    #![proptest_config(laws::config())]

    /// Whatever f does, an estimate is a number with an error that is one, and the same again.
    #[test]
    fn no_function_makes_an_estimate_that_is_no_number(
        f in prop::sample::select(WILD.to_vec()),
        share in -1.0..1.0_f64,
        exponent in -320..309_i32,
    ) {
        let x = share * 10.0_f64.powi(exponent);
        if let Ok(found) = derivative(f, x) {
            prop_assert!(found.value.is_finite(), "{:?}", found);
            prop_assert!(found.error >= 0.0 && !found.order.is_some_and(f64::is_nan), "{:?}", found);
            prop_assert_eq!(derivative(f, x), Ok(found));
        }
    }

    /// Random sums of three waves: derivatives are known, smooth and of every size.
    #[test]
    fn smooth_random_functions_keep_their_bound(
        amplitudes in prop::array::uniform3(-2.0..2.0_f64),
        frequencies in prop::array::uniform3(0.1..3.0_f64),
        x in -10.0..10.0_f64,
    ) {
        let waves = || amplitudes.iter().zip(&frequencies);
        let f = |x: f64| waves().map(|(a, k)| a * (k * x).sin()).sum::<f64>();
        let truth: f64 = waves().map(|(a, k)| a * k * (k * x).cos()).sum();
        let found = derivative(f, x).unwrap();
        // Waves that cancel leave the rounding of each behind, which the sum does not show: an ulp of each slope.
        let hidden: f64 = waves().map(|(a, k)| 1e-13 * (a * k).abs()).sum();
        prop_assert!((found.value - truth).abs() <= found.error + hidden, "{found:?} against {truth}");
        prop_assert!(found.error <= 1e-9 * (1.0 + truth.abs()), "{found:?}");
    }
}
