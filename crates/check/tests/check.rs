//! Verdicts on gradients: right ones, slightly and grossly wrong ones, and places where nothing can be told.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod laws;

use std::cell::RefCell;

use chainrule_check::{Doubt, Fault, Verdict, check, check_hessian_vector};
use proptest::prelude::*;

type Function = fn(&[f64]) -> f64;
type Gradient = fn(&[f64]) -> Vec<f64>;
type OneVariable = fn(f64) -> f64;
/// Of parameters a and b and of x.
type Shape = fn(f64, f64, f64) -> f64;

/// Functions of several variables with their gradients and points.
const FUNCTIONS: [(&str, Function, Gradient, &[f64]); 13] = [
    ("product", |x| x[0] * x[1] * x[2], |x| vec![x[1] * x[2], x[0] * x[2], x[0] * x[1]], &[1.5, -0.25, 7.0]),
    (
        "valley",
        |x| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2),
        |x| {
            let d = x[1] - x[0] * x[0];
            vec![-2.0 * (1.0 - x[0]) - 400.0 * x[0] * d, 200.0 * d]
        },
        &[-1.2, 1.0],
    ),
    ("wave", |x| (3.0 * x[0]).sin(), |x| vec![3.0 * (3.0 * x[0]).cos()], &[20.0]),
    ("norm", |x| x[0].hypot(x[1]), |x| vec![x[0] / x[0].hypot(x[1]), x[1] / x[0].hypot(x[1])], &[3.0, -4.5]),
    (
        "log-sum-exp",
        |x| (x[0].exp() + x[1].exp()).ln(),
        |x| {
            let sum = x[0].exp() + x[1].exp();
            vec![x[0].exp() / sum, x[1].exp() / sum]
        },
        &[0.3, -2.0],
    ),
    (
        "power",
        |x| x[0].powf(x[1]),
        |x| vec![x[1] * x[0].powf(x[1] - 1.0), x[0].powf(x[1]) * x[0].ln()],
        &[0.3, 2.5],
    ),
    ("logarithm near its edge", |x| x[0].ln(), |x| vec![1.0 / x[0]], &[1e-7]),
    ("reciprocal", |x| 1.0 / x[0], |x| vec![-1.0 / (x[0] * x[0])], &[0.002]),
    ("large argument", |x| x[0].sqrt(), |x| vec![0.5 / x[0].sqrt()], &[1e12]),
    ("polynomial", |x| x[0].powi(7) - 3.0 * x[0], |x| vec![7.0 * x[0].powi(6) - 3.0], &[1.7]),
    (
        "log-loss of a logit",
        |x| (-(x[0] * x[1] + x[2])).exp().ln_1p(),
        |x| {
            let outer = -1.0 / (1.0 + (x[0] * x[1] + x[2]).exp());
            vec![outer * x[1], outer * x[0], outer]
        },
        &[0.8, -1.1, 0.4],
    ),
    (
        "determinant",
        |x| x[0] * x[3] - x[1] * x[2],
        |x| vec![x[3], -x[2], -x[1], x[0]],
        &[3.0, 0.5, -2.0, 1.25],
    ),
    (
        "angle",
        |x| x[0].atan2(x[1]),
        |x| {
            let square = x[0] * x[0] + x[1] * x[1];
            vec![x[1] / square, -x[0] / square]
        },
        &[-0.7, 2.0],
    ),
];

/// The verdict on a claim about a function of one variable.
fn verdict(f: impl Fn(f64) -> f64, claimed: f64, x: f64) -> Verdict {
    check(|x: &[f64]| f(x[0]), |_: &[f64]| [claimed]).at(&[x]).unwrap().findings()[0].verdict
}

fn doubt(verdict: Verdict) -> Doubt {
    match verdict {
        Verdict::CannotTell { doubt } => Some(doubt),
        _ => None,
    }
    .unwrap()
}

#[test]
fn right_gradients_are_certified_to_nine_digits() {
    for (name, f, gradient, x) in FUNCTIONS {
        let report = check(f, gradient).at(x).unwrap();
        assert!(report.clone().agree_to(9).is_ok(), "{name}:\n{report}");
    }
}

#[test]
fn planted_errors_from_one_in_a_thousand_to_one_in_a_hundred_million_are_wrong() {
    for (name, f, gradient, x) in FUNCTIONS {
        for place in 0..x.len() {
            for size in [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8] {
                for error in [1.0 + size, 1.0 - size] {
                    let mut claimed = gradient(x);
                    claimed[place] *= error;
                    let report = check(f, |_: &[f64]| claimed.clone()).at(x).unwrap();
                    let wrong: Vec<_> = report.wrong().map(|finding| finding.place.to_string()).collect();
                    assert_eq!(wrong, [format!("x[{place}]")], "{name} with {error}:\n{report}");
                }
            }
        }
    }
}

/// Smooth functions of one variable with their derivatives, of parameters a and b of 0.1 to 3.
const SHAPES: [(Shape, Shape); 4] = [
    (|a, b, x| a * (b * x).sin(), |a, b, x| a * b * (b * x).cos()),
    (|a, b, x| a * (b * x).tanh(), |a, b, x| a * b * (b * x).cosh().powi(-2)),
    (|a, b, x| a * (-b * x / 5.0).exp(), |a, b, x| -a * b / 5.0 * (-b * x / 5.0).exp()),
    (|a, b, x| a / (b + x * x), |a, b, x| -2.0 * a * x / (b + x * x).powi(2)),
];

proptest! {
    #![proptest_config(laws::config())]

    /// A certificate is true: a claim that is off by a relative error is never certified to more digits than that, and a
    /// right one never accused.
    #[test]
    fn no_more_digits_are_certified_than_are_there(
        shapes in prop::array::uniform3(prop::sample::select(SHAPES.to_vec())),
        parameters in prop::array::uniform3((0.1..3.0_f64, 0.1..3.0_f64)),
        x in -10.0..10.0_f64,
        exponent in 1.0..14.0_f64,
        sign in prop::bool::ANY,
    ) {
        let parts = || shapes.iter().zip(parameters);
        let f = |x: f64| parts().map(|((f, _), (a, b))| f(a, b, x)).sum::<f64>();
        let slopes: Vec<f64> = parts().map(|((_, slope), (a, b))| slope(a, b, x)).collect();
        let truth: f64 = slopes.iter().sum();
        prop_assume!(truth.abs() > 0.01);
        // The claim is rounded: each slope by some ulps, which its sum shows enlarged where slopes cancel.
        let rounding = 1e-15 * slopes.iter().map(|slope| slope.abs()).sum::<f64>() / truth.abs();
        let right = verdict(f, truth, x);
        prop_assert!(matches!(right, Verdict::Agrees { digits: 8.. }), "{:?}", right);
        let error = 10.0_f64.powf(-exponent);
        let planted = verdict(f, truth * if sign { 1.0 + error } else { 1.0 - error }, x);
        match planted {
            Verdict::Agrees { digits } => prop_assert!(0.1_f64.powf(f64::from(digits)) + rounding >= error),
            Verdict::Wrong { .. } => {}
            _ => prop_assert!(false, "{:?}", planted),
        }
        if exponent < 8.0 {
            let is_wrong = matches!(planted, Verdict::Wrong { .. });
            prop_assert!(is_wrong, "an error of {:e} is accepted: {:?}", error, planted);
        }
    }

    /// A kink anywhere within the finest steps: whatever slope is claimed, no verdict is given.
    #[test]
    fn a_kink_at_the_point_is_never_judged(
        left in -3.0..3.0_f64,
        right in -3.0..3.0_f64,
        share in 0.0..1.0_f64,
        x in prop::sample::select(vec![0.0, 0.7, -3.0, 1e6]),
    ) {
        prop_assume!((left - right).abs() > 0.01);
        let f = |t: f64| (t - x) * if t < x { left } else { right } + (t - x).powi(2);
        let found = verdict(f, left + share * (right - left), x);
        prop_assert!(matches!(found, Verdict::CannotTell { .. }), "{:?}", found);
    }
}

#[test]
fn a_kink_is_told_with_its_two_slopes() {
    let Doubt::Kink { left, right } = doubt(verdict(f64::abs, 0.0, 0.0)) else { unreachable!() };
    assert!((left + 1.0).abs() < 1e-9 && (right - 1.0).abs() < 1e-9, "{left} {right}");
    let Doubt::Kink { left, right } = doubt(verdict(|x| x.max(0.0), 1.0, 0.0)) else { unreachable!() };
    assert!(left.abs() < 1e-9 && (right - 1.0).abs() < 1e-9, "{left} {right}");
    // A tie of a maximum, between a line and a parabola.
    let tie = |x: f64| x.max(x * x);
    let Doubt::Kink { left, right } = doubt(verdict(tie, 2.0, 1.0)) else { unreachable!() };
    assert!((left - 1.0).abs() < 1e-3 && (right - 2.0).abs() < 1e-3, "{left} {right}");
}

#[test]
fn where_nothing_can_be_told_nobody_is_wrong() {
    let infinity = f64::INFINITY;
    let places: [(&str, OneVariable, f64, &[f64]); 12] = [
        ("modulus", f64::abs, 0.0, &[-1.0, 0.0, 1.0]),
        ("ramp", |x| x.max(0.0), 0.0, &[0.0, 0.5, 1.0]),
        ("tie of a maximum", |x| x.max(2.0 - x), 1.0, &[-1.0, 0.0, 1.0]),
        ("root at its edge", f64::sqrt, 0.0, &[infinity]),
        ("logarithm at its edge", f64::ln, 0.0, &[infinity]),
        ("arc at its edge", f64::asin, 1.0, &[infinity]),
        ("overflow", f64::exp, 720.0, &[infinity]),
        ("pole", |x| 1.0 / x, 0.0, &[-infinity, infinity]),
        ("a bent slope", |x| x * x.abs() + x, 0.0, &[1.0]),
        ("upright slope", f64::cbrt, 0.0, &[infinity]),
        ("cusp", |x| x.abs().sqrt(), 0.0, &[-infinity, 0.0, infinity]),
        ("saturation", |x| 1.0 / (1.0 + (-x).exp()), 50.0, &[0.0, 1.9e-22]),
    ];
    for (name, f, x, claims) in places {
        for &claimed in claims {
            let found = verdict(f, claimed, x);
            assert!(matches!(found, Verdict::CannotTell { .. }), "{name}, claim {claimed}: {found:?}");
        }
    }
}

#[test]
fn steps_of_different_size_tell_different_stories_at_a_cusp() {
    assert_eq!(doubt(verdict(|x| x.abs().sqrt(), 0.0, 0.0)), Doubt::Unresolved);
}

#[test]
fn beside_a_kink_the_slope_is_known() {
    for distance in [0.5, 0.1, 0.01] {
        let f = |x: f64| (x - 1.0).abs() + x * x;
        let report = verdict(f, 2.0 * (1.0 + distance) + 1.0, 1.0 + distance);
        assert!(matches!(report, Verdict::Agrees { digits: 8.. }), "{distance}: {report:?}");
    }
}

#[test]
fn edges_of_the_domain_and_overflow_are_told() {
    for (f, x) in [(f64::sqrt as OneVariable, 0.0), (f64::ln, 0.0), (f64::asin, 1.0), (f64::ln, -1.0)] {
        assert_eq!(doubt(verdict(f, 1.0, x)), Doubt::DomainEdge, "at {x}");
    }
    assert_eq!(doubt(verdict(f64::exp, 1.0, 720.0)), Doubt::Overflow);
    assert_eq!(doubt(verdict(|x| 1.0 / x, 1.0, 0.0)), Doubt::Overflow);
    // Close to the edge of overflow there is still room.
    assert!(matches!(verdict(f64::exp, 709.0_f64.exp(), 709.0), Verdict::Agrees { digits: 8.. }));
}

#[test]
fn noise_is_told_and_convicts_nobody_who_is_right() {
    let noisy = |size: f64| {
        move |x: f64| {
            let bits = x.to_bits().wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mixed = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            x.sin() + size * ((mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
        }
    };
    for k in 1..=50 {
        let x = 0.02 * f64::from(k);
        for size in [1e-3, 1e-5, 1e-6] {
            let found = verdict(noisy(size), x.cos(), x);
            assert!(matches!(found, Verdict::CannotTell { .. }), "{size:e} at {x}: {found:?}");
        }
        // Noise of 10⁻¹² leaves six digits and more.
        let found = verdict(noisy(1e-12), x.cos(), x);
        assert!(matches!(found, Verdict::Agrees { .. }), "at {x}: {found:?}");
    }
    let Doubt::Noise { size } = doubt(verdict(noisy(1e-5), 0.7_f64.cos(), 0.7)) else { unreachable!() };
    assert!((1e-5..1e-4).contains(&size), "{size}");
}

#[test]
fn what_is_not_smooth_does_not_close_at_order_two() {
    let Doubt::NotSmooth { order } = doubt(verdict(|x| x * x.abs() + x, 1.0, 0.0)) else { unreachable!() };
    assert!((order - 1.0).abs() < 0.1, "{order}");
    let Doubt::NotSmooth { order } = doubt(verdict(f64::cbrt, 1.0, 0.0)) else { unreachable!() };
    assert!((order + 2.0 / 3.0).abs() < 0.1, "{order}");
    // A smooth function whose truncation shows has order 2.
    let report =
        check(|x: &[f64]| (3.0 * x[0]).exp(), |x: &[f64]| [3.0 * (3.0 * x[0]).exp()]).at(&[0.5]).unwrap();
    let order = report.findings()[0].expected.unwrap().order.unwrap();
    assert!((order - 2.0).abs() < 0.1, "{order}");
}

#[test]
fn a_slope_lost_in_rounding_is_neither_certified_nor_accused() {
    assert_eq!(doubt(verdict(f64::cos, 0.0, 0.0)), Doubt::NearZero);
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    for claimed in [0.0, (-50.0_f64).exp(), 2.0 * (-50.0_f64).exp()] {
        assert!(matches!(verdict(sigmoid, claimed, 50.0), Verdict::CannotTell { .. }), "{claimed:e}");
    }
    assert!(matches!(verdict(sigmoid, 0.25, 50.0), Verdict::Wrong { .. }));
    // On the other side nothing is lost.
    assert!(matches!(verdict(sigmoid, (-50.0_f64).exp(), -50.0), Verdict::Agrees { digits: 8.. }));
}

#[test]
fn where_f_is_level_zero_is_certain() {
    let level: [(&str, OneVariable, f64); 6] = [
        ("a ramp at rest", |x| x.max(0.0), -0.5),
        ("the constant side of a maximum", |x| x.max(1.5), 0.2),
        ("a ramp at rest above 0", |x| x.max(0.0) + 3.0, -0.01),
        ("a clipped line", |x| x.clamp(-1.0, 1.0), 4.0),
        ("a constant", |_| 4.0, 1.0),
        ("level up to the edge of the domain", |x| if x < 3.0 { 2.0 } else { f64::NAN }, 1.0),
    ];
    for (name, f, x) in level {
        assert_eq!(verdict(f, 0.0, x), Verdict::Agrees { digits: 15 }, "{name}");
        assert!(matches!(verdict(f, 1e-300, x), Verdict::Wrong { .. }), "{name}");
    }
    // As is the slope by a coordinate that f ignores.
    let report = check(|x: &[f64]| x[0].sin(), |x: &[f64]| [x[0].cos(), 0.0]).at(&[1.0, 2.0]).unwrap();
    assert_eq!(report.findings()[1].verdict, Verdict::Agrees { digits: 15 });
}

#[test]
fn what_creeps_away_from_its_level_is_saturated_and_not_level() {
    let saturated = |x: f64| 1.0 / (1.0 + (-(x + 100.0)).exp());
    for claimed in [0.0, 3.7e-44] {
        assert_eq!(doubt(verdict(saturated, claimed, 0.0)), Doubt::NearZero);
    }
    assert!(matches!(verdict(saturated, 1.0, 0.0), Verdict::Wrong { .. }));
    // Units in the last place are those of the value: of a large one, and of 0, from which exp creeps away by the smallest numbers.
    let large = |x: f64| 1e6 / (1.0 + (-(x + 100.0)).exp());
    assert_eq!(doubt(verdict(large, 0.0, 0.0)), Doubt::NearZero);
    assert_eq!(doubt(verdict(f64::exp, 0.0, -800.0)), Doubt::NearZero);
    // Of −ln σ(z) 0 is what is left where 1/σ(z) has rounded to 1: its last units are those of 1, and its level has an edge at 36.7.
    let loss = |z: f64| -(1.0 / (1.0 + (-z).exp())).ln();
    for z in [36.0_f64, 37.0, 38.0, 40.0, 60.0, 200.0, 300.0, 700.0] {
        for claimed in [0.0, -(-z).exp()] {
            assert_eq!(doubt(verdict(loss, claimed, z)), Doubt::NearZero, "{claimed:e} at {z}");
        }
        let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
        for claimed in [0.0, (-z).exp()] {
            assert_eq!(doubt(verdict(sigmoid, claimed, z)), Doubt::NearZero, "σ: {claimed:e} at {z}");
        }
        assert_eq!(doubt(verdict(f64::tanh, 0.0, z)), Doubt::NearZero, "tanh at {z}");
    }
    assert!(matches!(verdict(loss, 0.1, 40.0), Verdict::Wrong { .. }));
}

#[test]
fn a_numerator_whose_bits_stand_still_convicts_nobody() {
    // Beside 1, steps below 10⁻¹⁶ do nothing to e^x: (e^x − 1)/x then looks like a smooth c/x with the slope −10⁶ at 10⁻⁶.
    let quotients: [(&str, OneVariable, OneVariable); 3] = [
        ("(e^x - 1)/x", |x| (x.exp() - 1.0) / x, |x| 0.5 + x / 3.0 + x * x / 8.0),
        ("ln(1 + x)/x", |x| (1.0 + x).ln() / x, |x| -0.5 + 2.0 * x / 3.0 - 0.75 * x * x),
        ("(1 - cos x)/x^2", |x| (1.0 - x.cos()) / (x * x), |x| -x / 12.0 + x * x * x / 180.0),
    ];
    for (name, f, slope) in quotients {
        for x in [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 5e-5, 1e-4] {
            let found = verdict(f, slope(x), x);
            assert!(!matches!(found, Verdict::Wrong { .. }), "{name} at {x}: {found:?}");
            // Nor is what narrow steps see certified.
            let narrow = verdict(f, -f(x) / x, x);
            assert!(!matches!(narrow, Verdict::Agrees { .. }), "{name} at {x}: {narrow:?}");
        }
    }
}

#[test]
fn what_narrow_steps_see_clearly_wide_ones_do_not_overrule() {
    // Cells of a hundredth, each a parabola of its own, on a line: from far away the line alone is seen, with the cells as noise.
    const WIDTH: f64 = 0.009_585_159_119_683_023;
    let cells = |x: f64| {
        let offset = x / WIDTH - (x / WIDTH).round();
        offset * offset * ((x / WIDTH).round() * 1.7).sin()
            + if offset > 0.0 { offset * offset * 0.1 } else { 0.0 }
            + x
    };
    let x = 0.140_941_746_203_752_24;
    let slope = 1.0 + 2.0 * (x / WIDTH - 15.0) / WIDTH * (15.0_f64 * 1.7).sin();
    assert!(
        matches!(verdict(cells, slope, x), Verdict::Agrees { digits: 9.. }),
        "{:?}",
        verdict(cells, slope, x)
    );
    assert!(!matches!(verdict(cells, 1.0, x), Verdict::Agrees { .. }));
    // Jumps of 4·10⁻⁹, a hundred to the unit, on a sine: what they add up to is 5·10⁻⁷ of slope, and may be truncation's or meant.
    let jumping = |x: f64| (108.114 * x).floor() * 4.3e-9 + (1.8 * x).sin();
    let slope = 1.8 * (1.8 * -1.66_f64).cos();
    for claimed in [slope, slope + 108.114 * 4.3e-9] {
        let found = verdict(jumping, claimed, -1.66);
        assert!(!matches!(found, Verdict::Wrong { .. } | Verdict::Agrees { digits: 7.. }), "{found:?}");
    }
    assert!(matches!(verdict(jumping, 1.001 * slope, -1.66), Verdict::Wrong { .. }));
    // A wave that is in step with powers of two is not level.
    let triangle = |x: f64| ((1e5 * x).fract() - 0.5).abs();
    assert!(!matches!(verdict(triangle, 0.0, 0.300_002_5), Verdict::Agrees { .. }));
}

#[test]
fn a_terrace_may_be_level_or_a_grid_on_a_slope() {
    // Of a step that is small beside f nobody knows whether it is meant: the slope may be 0, or that of the whole
    // staircase.
    let places: [(&str, OneVariable, f64, [f64; 2]); 5] = [
        ("a high staircase", f64::floor, 792.43, [0.0, 1.0]),
        ("one below 0", f64::floor, -300.25, [0.0, 1.0]),
        ("a fine one", |x| 0.01 * (100.0 * x).round(), 5.0, [0.0, 1.0]),
        ("a grid", |x| ((x * 1e-3).sin() * 1e6).round() / 1e6, 1.0, [0.0, 1e-3]),
        (
            "a rounded argument",
            |x| 5.0 + ((1e3 * x).round() / 1e3).sin(),
            0.7,
            [0.0, 0.764_842_187_284_488_5],
        ),
    ];
    for (name, f, x, claims) in places {
        for claimed in claims {
            let found = verdict(f, claimed, x);
            assert!(matches!(found, Verdict::CannotTell { .. }), "{name}, claim {claimed}: {found:?}");
        }
    }
}

#[test]
fn points_of_any_size_find_their_scale() {
    for exponent in [-150, -100, -30, -10, 10, 30, 100, 150] {
        let s = 10.0_f64.powi(exponent);
        let f = |x: f64| (x / s).sin();
        let right = verdict(f, 0.3_f64.cos() / s, 0.3 * s);
        assert!(matches!(right, Verdict::Agrees { digits: 9.. }), "{s:e}: {right:?}");
        let wrong = verdict(f, 0.3_f64.cos() / s * (1.0 + 1e-8), 0.3 * s);
        assert!(matches!(wrong, Verdict::Wrong { .. }), "{s:e}: {wrong:?}");
        // At 0 nothing shows the scale, so it has to be told.
        let told = check(|x: &[f64]| f(x[0]), |_: &[f64]| [1.0 / s]).scales(&[s]).at(&[0.0]).unwrap();
        assert!(told.clone().agree_to(9).is_ok(), "{s:e}: {told}");
    }
}

#[test]
fn features_narrower_than_the_first_scale_are_found() {
    for frequency in [1e2, 1e4, 1e6] {
        let f = |x: f64| x + (frequency * x).sin() / frequency;
        let slope = 1.0 + (frequency * 0.7).cos();
        let found = verdict(f, slope, 0.7);
        assert!(matches!(found, Verdict::Agrees { .. }), "{frequency:e}: {found:?}");
    }
}

#[test]
fn a_floor_excuses_and_never_certifies() {
    let f = |x: &[f64]| x[0].cos() + x[1].sin();
    let claims = [1e-9, 1.0 + 1e-9];
    let report = check(f, |_: &[f64]| claims).floor(1e-8).at(&[0.0, 0.0]).unwrap();
    assert_eq!(report.findings()[0].verdict, Verdict::Excused);
    assert_eq!(report.findings()[1].verdict, Verdict::Excused, "1e-9 is off, but within the floor");
    assert!(report.agree_to(15).is_ok());
    let strict = check(f, |_: &[f64]| claims).at(&[0.0, 0.0]).unwrap();
    assert_eq!(strict.wrong().count(), 2, "{strict}");
    // What is off by more than the floor is as wrong as without it.
    let lower = check(f, |_: &[f64]| claims).floor(1e-10).at(&[0.0, 0.0]).unwrap();
    assert_eq!(lower.findings(), strict.findings());
    // What cannot be told is excused as far as the doubt goes, and no farther.
    let kink = |floor: f64| {
        check(|x: &[f64]| x[0].abs(), |_: &[f64]| [0.0]).floor(floor).at(&[0.0]).unwrap().findings()[0]
            .verdict
    };
    assert!(matches!(kink(1.0), Verdict::CannotTell { .. }));
    assert_eq!(kink(2.1), Verdict::Excused);
    // A right claim keeps its digits whatever the floor.
    let right = check(f, |_: &[f64]| [0.0, 1.0]).floor(1.0).at(&[0.3, 0.0]).unwrap();
    assert!(matches!(right.findings()[1].verdict, Verdict::Agrees { digits: 9.. }), "{right}");
    assert_eq!(right.findings()[0].verdict, Verdict::Excused, "off by 0.3");
}

#[test]
fn random_directions_find_one_wrong_coordinate_among_a_thousand() {
    let x: Vec<f64> = (0..1000).map(|i| f64::from(i) / 300.0 - 1.5).collect();
    let f = |x: &[f64]| x.iter().enumerate().map(|(i, x)| x.sin() * (1.0 + i as f64 / 500.0)).sum();
    let right: Vec<f64> = x.iter().enumerate().map(|(i, x)| x.cos() * (1.0 + i as f64 / 500.0)).collect();
    let ask = |claimed: &[f64], seed: u64| {
        let claimed = claimed.to_vec();
        check(f, move |_: &[f64]| claimed.clone()).seed(seed).along(&x, 4).unwrap()
    };
    assert!(ask(&right, 1).agree_to(8).is_ok());
    for (place, size) in [(0, 1e-4), (500, -1e-3), (999, 1e-5)] {
        let mut wrong = right.clone();
        wrong[place] *= 1.0 + size;
        assert_eq!(ask(&wrong, 2).wrong().count(), 4, "{}", ask(&wrong, 2));
    }
    // The same seed gives the same report, another one another.
    assert_eq!(ask(&right, 3), ask(&right, 3));
    assert_ne!(ask(&right, 3), ask(&right, 4));
    assert_eq!(ask(&right, 3).findings().len(), 4);
}

#[test]
fn directions_go_by_the_scales_that_are_given() {
    let f = |x: &[f64]| (x[0] / 1e-150).sin() + (x[1] / 1e150).sin();
    let along = |claims: [f64; 2]| {
        check(f, move |_: &[f64]| claims).scales(&[1e-150, 1e150]).along(&[0.0, 0.0], 3).unwrap()
    };
    assert!(along([1e150, 1e-150]).agree_to(9).is_ok());
    assert_eq!(along([1e150 * (1.0 + 1e-6), 1e-150]).wrong().count(), 3);
    assert_eq!(along([1e150, 1e-150 * (1.0 - 1e-6)]).wrong().count(), 3);
}

/// The direction that a seed stands for, as products with a Hessian see it.
fn direction(x: &[f64], seed: u64) -> Vec<f64> {
    let seen = RefCell::default();
    let product = |_: &[f64], v: &[f64]| {
        *seen.borrow_mut() = v.to_vec();
        v.to_vec()
    };
    let _ = check_hessian_vector(|x: &[f64]| x.to_vec(), product).seed(seed).along(x, 1).unwrap();
    seen.into_inner()
}

#[test]
fn a_right_claim_whose_sum_rounds_is_not_accused() {
    // Five hundred slopes up and as many down, which f adds in pairs, with hardly any rounding, and the check one
    // after the other. A thousandth of one is left, beside which rounding sums of hundreds is a relative 10⁻⁹.
    let x = [0.0; 1000];
    for seed in 0..5 {
        let v = direction(&x, seed);
        let slope = |i: usize| if i < 500 { v[i].signum() } else { -v[i - 500].abs() / v[i] };
        let mut slopes: Vec<f64> = (0..1000).map(slope).collect();
        slopes[0] *= 1.001;
        let f = |x: &[f64]| (0..500).map(|i| slopes[i] * x[i] + slopes[i + 500] * x[i + 500]).sum::<f64>();
        let report = check(f, |_: &[f64]| slopes.clone()).seed(seed).along(&x, 1).unwrap();
        assert!(matches!(report.findings()[0].verdict, Verdict::Agrees { .. }), "{report}");
        assert!(report.findings()[0].relative_error() > 1e-10, "nothing to be allowed for: {report}");
    }
}

#[test]
fn adding_up_a_claim_along_a_direction_is_allowed_to_round() {
    // The difference quotient of x₀ alone is good to some 10⁻¹⁵; what is left of the doubt is the rounding of a sum of 1000 products, of
    // size 1000: ε·1000·Σ|gᵢ·vᵢ| = 1.7e-10 or so.
    let x = [0.0; 1000];
    let gradient: Vec<f64> =
        (0..1000).map(|i| if i == 0 { 1.0 } else { 1.0 - 2.0 * f64::from(i % 2) }).collect();
    let f = |x: &[f64]| x.iter().zip(&gradient).map(|(x, g)| x * g).sum();
    let report = check(f, |_: &[f64]| gradient.clone()).along(&x, 5).unwrap();
    for finding in report.findings() {
        let error = finding.expected.unwrap().error;
        assert!((1.5e-10..2e-10).contains(&error), "{error:e}");
    }
}

#[test]
fn a_claim_that_is_no_number_is_wrong() {
    for claimed in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for (f, x) in [(f64::sin as OneVariable, 1.0), (f64::cos, 0.0), (|_| 2.0, 1.0)] {
            assert_eq!(verdict(f, claimed, x), Verdict::Wrong { fault: Fault::NotFinite });
        }
    }
    // A slope may be infinite where differences have no end, but it is a number even there.
    assert_eq!(verdict(f64::cbrt, f64::NAN, 0.0), Verdict::Wrong { fault: Fault::NotFinite });
}
