//! Rounded values and truncated iterations are noise of their size: staircases and iterations by the hundred.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{Doubt, Fault, Verdict, check, check_jacobian};

type Function = fn(f64) -> f64;

/// Functions with their derivatives.
const FUNCTIONS: [(&str, Function, Function); 5] = [
    ("sine", f64::sin, f64::cos),
    ("exponential", f64::exp, f64::exp),
    ("bowl", |x| 3.0 * (x - 0.3).powi(2), |x| 6.0 * (x - 0.3)),
    ("log-loss", |x| (1.0 - 2.0 * x).exp().ln_1p(), |x| -2.0 / (1.0 + (2.0 * x - 1.0).exp())),
    ("line", |x| 3.0 * x + 1.0, |_| 3.0),
];

fn points() -> impl Iterator<Item = f64> {
    (0..14).map(|k| -2.0 + 0.31 * f64::from(k)).chain([0.0, 0.5, 2.0])
}

fn verdict(f: impl Fn(f64) -> f64, claimed: f64, x: f64) -> Verdict {
    check(|x: &[f64]| f(x[0]), |_: &[f64]| [claimed]).at(&[x]).unwrap().findings()[0].verdict
}

fn is_wrong(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Wrong { .. })
}

/// What became of the right slopes of functions whose values are rounded, and how many wrong ones, twice as large, are found.
#[derive(Default)]
struct Tally {
    told_as_steps: usize,
    certified: usize,
    doubled: usize,
    of: usize,
}

fn tally(name: &str, round: impl Fn(f64) -> f64) -> Tally {
    let mut tally = Tally::default();
    for (function, f, slope) in FUNCTIONS {
        for x in points() {
            let rounded = |x: f64| round(f(x));
            let found = verdict(rounded, slope(x), x);
            assert!(!is_wrong(found), "{function}, {name} at {x}: {found:?}");
            tally.of += 1;
            tally.certified += usize::from(matches!(found, Verdict::Agrees { .. }));
            let is_stepped = matches!(found, Verdict::CannotTell { doubt: Doubt::Steps { .. } });
            tally.told_as_steps += usize::from(is_stepped);
            // Nothing is certified to more digits than it has.
            for error in [1e-3, 1e-6] {
                let found = verdict(rounded, slope(x) * (1.0 + error), x);
                let is_missed = matches!(found, Verdict::Agrees { digits } if 0.1_f64.powf(f64::from(digits)) < 0.999 * error);
                assert!(!is_missed, "{function}, {name} at {x}, off by {error:e}: {found:?}");
            }
            tally.doubled += usize::from(is_wrong(verdict(rounded, 2.0 * slope(x), x)));
        }
    }
    tally
}

#[test]
fn values_that_lost_their_digits_beside_a_large_one_convict_nobody() {
    // Steps of 10⁻⁸ are finer than the steps of the tables: that is noise, through which a slope shows.
    for (large, doubled) in [(1e8, 80), (1e10, 80), (1e12, 35), (1e14, 0), (1e15, 0)] {
        let tally = tally(&format!("beside {large:e}"), |y| (large + y) - large);
        assert!(tally.doubled >= doubled, "{large:e}: {} of {}", tally.doubled, tally.of);
        assert!(large < 1e14 || tally.told_as_steps == tally.of, "{large:e}: {} steps", tally.told_as_steps);
        assert!(large > 1e8 || tally.certified > 20, "{large:e}: {} certified", tally.certified);
    }
}

#[test]
fn rounded_values_convict_nobody() {
    let ways: [(&str, Function); 4] =
        [("round", f64::round), ("floor", f64::floor), ("ceil", f64::ceil), ("trunc", f64::trunc)];
    for (name, way) in ways {
        for grid in [0.1, 0.01, 1e-3, 1e-6] {
            let tally = tally(&format!("{name} to {grid}"), |y| way(y / grid) * grid);
            assert!(
                tally.told_as_steps + tally.certified >= tally.of * 9 / 10,
                "{name} to {grid}: {}",
                tally.told_as_steps
            );
        }
    }
}

#[test]
fn printed_and_single_precision_values_convict_nobody() {
    tally("printed", |y| format!("{y:.2}").parse().unwrap());
    tally("single precision", |y| f64::from(y as f32));
    tally("three digits", |y| format!("{y:.2e}").parse().unwrap());
    // The argument is rounded too.
    for x in points() {
        let found = verdict(|x| ((100.0 * x).round() / 100.0).sin(), x.cos(), x);
        assert!(!is_wrong(found), "{found:?} at {x}");
    }
}

#[test]
fn the_step_is_told_as_it_is() {
    let said = |f: &dyn Fn(f64) -> f64, claimed: f64, x: f64| verdict(f, claimed, x).to_string();
    assert_eq!(
        said(&|x| (1e14 + x.sin()) - 1e14, 0.7_f64.cos(), 0.7),
        "cannot tell: f moves in steps of 0.015625"
    );
    assert_eq!(
        said(&|x| (10.0 * x.sin()).round() / 10.0, 0.7_f64.cos(), 0.7),
        "cannot tell: f moves in steps of 0.1"
    );
    assert_eq!(
        said(&|x| (1e3 * x.exp()).floor() / 1e3, 0.7_f64.exp(), 0.7),
        "cannot tell: f moves in steps of 0.001"
    );
}

#[test]
fn on_a_tread_zero_is_not_wrong_and_nor_is_the_slope_of_the_staircase() {
    for (f, slope) in [(f64::floor as Function, 1.0), (f64::signum, 0.0), (|x| (1e6 * x).floor(), 1e6)] {
        for x in [0.3, 0.77, 1.0, -2.5, 7.5, 42.0] {
            for claimed in [0.0, slope] {
                assert!(!is_wrong(verdict(f, claimed, x)), "{claimed} at {x}");
            }
            assert!(!matches!(verdict(f, 0.0, x), Verdict::Agrees { .. }), "at {x}");
        }
    }
}

#[test]
fn by_each_coordinate_there_are_steps_of_their_own() {
    // Rounded by the first coordinate, smooth by the second; and one output of two is rounded.
    let f = |x: &[f64]| (10.0 * x[0].sin()).round() / 10.0 + x[1].exp();
    let report = check(f, |x: &[f64]| [x[0].cos(), x[1].exp()]).at(&[0.7, 0.4]).unwrap();
    let verdicts: Vec<Verdict> = report.findings().iter().map(|finding| finding.verdict).collect();
    assert!(matches!(verdicts[0], Verdict::CannotTell { doubt: Doubt::Steps { .. } }), "{report}");
    assert!(matches!(verdicts[1], Verdict::Agrees { digits: 9.. }), "{report}");
    let f = |x: &[f64]| [x[0].exp(), (10.0 * x[0].sin()).round() / 10.0];
    let report = check_jacobian(f, |x: &[f64]| vec![vec![x[0].exp()], vec![x[0].cos()]]).at(&[0.7]).unwrap();
    assert_eq!((report.wrong().count(), report.untold().count()), (0, 1), "{report}");
}

/// A fixed point of y = h(x, y), iterated until y moves by less than a tolerance.
fn fixed_point(h: Map, x: f64, tolerance: f64) -> f64 {
    let mut y = 0.5;
    for _ in 0..500 {
        let next = h(x, y);
        let moved = (next - y).abs();
        y = next;
        if moved < tolerance {
            break;
        }
    }
    y
}

type Map = fn(f64, f64) -> f64;

/// h, ∂h/∂x and ∂h/∂y.
const MAPS: [(&str, Map, Map, Map); 3] = [
    ("Kepler's equation", |x, y| x + 0.6 * y.sin(), |_, _| 1.0, |_, y| 0.6 * y.cos()),
    ("cosine", |x, y| (x * y).cos(), |x, y| -y * (x * y).sin(), |x, y| -x * (x * y).sin()),
    (
        "exponential",
        |x, y| (-x * y).exp() / 2.0,
        |x, y| -y / 2.0 * (-x * y).exp(),
        |x, y| -x / 2.0 * (-x * y).exp(),
    ),
];

#[test]
fn an_iteration_that_stops_at_a_tolerance_convicts_nobody() {
    for tolerance in [1e-6, 1e-9] {
        for (name, h, by_x, by_y) in MAPS {
            let (mut told, mut doubled, mut convicted) = (0, 0, 0);
            for k in 0..60 {
                let x = 0.1 + 0.015 * f64::from(k);
                let y = fixed_point(h, x, 0.0);
                let slope = by_x(x, y) / (1.0 - by_y(x, y));
                let f = |x: f64| fixed_point(h, x, tolerance);
                let found = verdict(f, slope, x);
                convicted += usize::from(is_wrong(found));
                told += usize::from(found.to_string().contains("truncated"));
                doubled += usize::from(is_wrong(verdict(f, 2.0 * slope, x)));
            }
            // One of 360 as this is written: of the cosine, beyond whose bifurcation at x = 1.32 the iteration does not converge.
            assert!(
                convicted <= usize::from(name == "cosine"),
                "{name} to {tolerance:e}: {convicted} convicted"
            );
            assert!(doubled >= 50, "{name} to {tolerance:e}: {doubled} of 60 found");
            // To 10⁻⁹ some slopes are certified to six digits.
            assert!(tolerance < 1e-6 || told >= 50, "{name} to {tolerance:e}: {told} of 60 told");
        }
    }
}

#[test]
fn a_series_that_stops_at_a_tolerance_convicts_nobody() {
    let exponential = |x: f64, tolerance: f64| {
        let (mut sum, mut term) = (1.0, 1.0_f64);
        for k in 1..100 {
            term *= x / f64::from(k);
            if term.abs() < tolerance {
                break;
            }
            sum += term;
        }
        sum
    };
    for k in 0..60 {
        let x = -1.5 + 0.0737 * f64::from(k);
        let found = verdict(|x| exponential(x, 1e-9), x.exp(), x);
        assert!(!is_wrong(found), "{found:?} at {x}");
        assert!(is_wrong(verdict(|x| exponential(x, 1e-9), -x.exp(), x)), "at {x}");
    }
}

#[test]
fn beside_a_large_jump_the_slope_is_certified_and_nobody_accused() {
    let f = |x: f64| x.sin() + if x > 0.3 { 1.0 } else { 0.0 };
    for x in [0.0_f64, 0.2, 0.5] {
        assert!(matches!(verdict(f, x.cos(), x), Verdict::Agrees { digits: 9.. }), "at {x}");
        assert!(matches!(verdict(f, 2.0, x), Verdict::CannotTell { doubt: Doubt::Jumps { .. } }), "at {x}");
    }
}

#[test]
fn a_steep_slope_at_a_small_point_is_no_jump() {
    // On a scale of 1 it is a step; on the point's own it is smooth.
    for size in [1e-4, 1e-8, 1e-20, 1e-100] {
        let x = 0.3 * size;
        let slope = 0.3_f64.cosh().powi(-2) / size;
        let f = |x: f64| (x / size).tanh();
        assert!(matches!(verdict(f, slope, x), Verdict::Agrees { digits: 9.. }), "{size:e}");
        assert_eq!(verdict(f, -slope, x), Verdict::Wrong { fault: Fault::Sign }, "{size:e}");
    }
}
