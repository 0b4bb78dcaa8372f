//! Each kind of mistake is named, where the numbers show it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{Fault, Place, Verdict, check, check_jacobian};

const X: [f64; 3] = [0.7, -1.3, 2.1];

/// x₀²·x₁ + sin x₂ + x₀·x₂: no two derivatives alike.
fn f(x: &[f64]) -> f64 {
    x[0] * x[0] * x[1] + x[2].sin() + x[0] * x[2]
}

fn gradient() -> [f64; 3] {
    [2.0 * X[0] * X[1] + X[2], X[0] * X[0], X[2].cos() + X[0]]
}

/// The faults found in a claim; nothing where a coordinate is not wrong.
fn faults(claimed: [f64; 3]) -> Vec<Option<Fault>> {
    let report = check(f, |_: &[f64]| claimed).at(&X).unwrap();
    let fault = |verdict| match verdict {
        Verdict::Wrong { fault } => Some(fault),
        _ => None,
    };
    report.findings().iter().map(|finding| fault(finding.verdict)).collect()
}

#[test]
fn a_right_gradient_has_no_fault() {
    assert_eq!(faults(gradient()), [None; 3]);
}

#[test]
fn signs_and_zeros() {
    let [a, b, c] = gradient();
    assert_eq!(faults([a, -b, c]), [None, Some(Fault::Sign), None]);
    assert_eq!(faults([-a, -b, -c]), [Some(Fault::Sign); 3]);
    assert_eq!(faults([a, b, 0.0]), [None, None, Some(Fault::Zero)]);
}

#[test]
fn factors() {
    let [a, b, c] = gradient();
    let found = faults([a / 2.0, b, c]);
    assert_eq!(found, [Some(Fault::MissingFactor { factor: 2.0 }), None, None]);
    assert_eq!(found[0].unwrap().to_string(), "missing factor 2");
    let third = faults([a, 3.0 * b, c])[1].unwrap();
    assert_eq!(third.to_string(), "missing factor 0.33333");
    // With the wrong sign as well.
    assert_eq!(faults([a, -b / 2.0, c])[1], Some(Fault::MissingFactor { factor: -2.0 }));
    // A coordinate of the point, as from a forgotten inner derivative, or its reciprocal.
    assert_eq!(faults([a, b, c / X[1]])[2], Some(Fault::MissingFactor { factor: X[1] }));
    assert_eq!(faults([a, b, c * X[2]])[2], Some(Fault::MissingFactor { factor: 1.0 / X[2] }));
}

#[test]
fn factors_in_common() {
    let [a, b, c] = gradient();
    for fault in faults([a / 2.0, b / 2.0, c / 2.0]) {
        assert_eq!(fault.unwrap().to_string(), "missing factor 2");
    }
    for fault in faults([3.0 * a, 3.0 * b, c]).into_iter().take(2) {
        assert_eq!(fault.unwrap().to_string(), "missing factor 0.33333");
    }
    // The same odd factor everywhere is a factor, however odd.
    for fault in faults([a / 1.2345, b / 1.2345, c / 1.2345]) {
        assert_eq!(fault.unwrap().to_string(), "missing factor 1.2345");
    }
}

#[test]
fn constants() {
    let [a, b, c] = gradient();
    for fault in faults([a + 0.123, b + 0.123, c + 0.123]) {
        assert_eq!(fault.unwrap().to_string(), "off by a constant 0.123");
    }
    // One round number may be one, too: a tenth, or a twelfth.
    assert_eq!(faults([a, b + 0.5, c])[1].unwrap().to_string(), "off by a constant 0.5");
    assert_eq!(faults([a, b - 0.3, c])[1].unwrap().to_string(), "off by a constant -0.3");
    assert_eq!(faults([a, b, c + 1.0 / 12.0])[2].unwrap().to_string(), "off by a constant 0.083333");
}

#[test]
fn a_large_number_is_not_round_for_being_large() {
    // Beside 17,810 a twelfth is small, so every number of that size is near a multiple of it.
    for off in [123_456.789, -17_810.237, 2_500.018, 1e18] {
        let report =
            check(|x: &[f64]| x[0].powi(3), |x: &[f64]| [3.0 * x[0] * x[0] + off]).at(&[0.77]).unwrap();
        assert_eq!(report.findings()[0].verdict, Verdict::Wrong { fault: Fault::Other }, "{report}");
    }
}

#[test]
fn no_factor_makes_a_slope_of_nothing() {
    // Where f is level, where it is stationary, and there beside coordinates that are 0 or tiny.
    let functions: [fn(&[f64]) -> f64; 2] = [|_| 4.0, |x| x[0].cos()];
    for f in functions {
        for x in [0.0, 1e-20] {
            let report = check(f, |_: &[f64]| [0.3217]).at(&[x]).unwrap();
            assert_eq!(report.findings()[0].verdict, Verdict::Wrong { fault: Fault::Other }, "{report}");
        }
    }
}

#[test]
fn faults_are_named_as_far_as_a_rough_function_shows_them() {
    // Errors of 10⁻³ in the slopes: half of one, one with 1/2 added, and two exchanged are known all the same.
    let grid = |x: &[f64]| f(x) + 1e-5 * (1e9 * (x[0] + 2.0 * x[1] + 3.0 * x[2])).sin().signum();
    let named = |claimed: [f64; 3]| {
        let report = check(grid, |_: &[f64]| claimed).at(&X).unwrap();
        report.wrong().map(|finding| finding.verdict.to_string()).collect::<Vec<_>>()
    };
    let [a, b, c] = gradient();
    assert_eq!(named([a / 2.0, b, c]), ["WRONG: missing factor 2"]);
    assert_eq!(named([a, b + 0.5, c]), ["WRONG: off by a constant 0.5"]);
    assert_eq!(named([a, c, b]), ["WRONG: transposed with x[2]", "WRONG: transposed with x[1]"]);
}

#[test]
fn small_errors_share_no_factor_unless_it_is_the_same() {
    let [a, b, c] = gradient();
    let independent = faults([a * (1.0 + 3e-6), b * (1.0 - 1e-7), c * (1.0 + 1e-9)]);
    assert_eq!(independent, [Some(Fault::Other); 3]);
    for fault in faults([a / 1.001, b / 1.001, c / 1.001]) {
        assert_eq!(fault.unwrap().to_string(), "missing factor 1.001");
    }
    assert_eq!(Fault::MissingFactor { factor: 0.999_999 }.to_string(), "missing factor 0.999999");
}

#[test]
fn factors_of_any_size_are_told_apart() {
    // A millionth and a ten-millionth have nothing in common, although both are small.
    let [a, b, c] = gradient();
    let found = faults([1.1e6 * a, 1.3e7 * b, c]);
    assert_eq!(found, [Some(Fault::Other), Some(Fault::Other), None]);
}

#[test]
fn what_is_no_number_does_not_hide_what_the_others_have_in_common() {
    let [a, b, _] = gradient();
    let found = faults([a / 1.2345, b / 1.2345, f64::NAN]);
    assert_eq!(found[0].unwrap().to_string(), "missing factor 1.2345");
    assert_eq!(found[2], Some(Fault::NotFinite));
}

#[test]
fn every_fault_has_a_name() {
    let names = [
        (Fault::NotFinite, "not a finite number"),
        (Fault::Zero, "zero where there is a slope"),
        (Fault::Sign, "opposite sign"),
        (Fault::Transposed { with: Place::Entry { row: 0, column: 2 } }, "transposed with [0][2]"),
        (Fault::MissingFactor { factor: -12.0 }, "missing factor -12"),
        (Fault::MissingFactor { factor: 1.0 / 3e7 }, "missing factor 3.3333e-8"),
        (Fault::Constant { offset: 1.25e9 }, "off by a constant 1.25e9"),
        (Fault::Asymmetric, "not symmetric"),
        (Fault::Other, "off"),
    ];
    for (fault, name) in names {
        assert_eq!(fault.to_string(), name);
    }
}

#[test]
fn exchanged_entries() {
    let [a, b, c] = gradient();
    let exchanged = faults([a, c, b]);
    assert_eq!(exchanged[1], Some(Fault::Transposed { with: Place::Coordinate(2) }));
    assert_eq!(exchanged[2], Some(Fault::Transposed { with: Place::Coordinate(1) }));
    assert_eq!(exchanged[1].unwrap().to_string(), "transposed with x[2]");
    // One that was copied and not exchanged is none.
    let copied = faults([a, c, 17.3456]);
    assert_eq!(copied[1..], [Some(Fault::Other); 2]);
    let g = |x: &[f64]| [x[0] * x[1], x[0].exp() + x[1]];
    let claim = |x: &[f64]| vec![vec![x[1], x[0].exp()], vec![x[0], 1.0]];
    let report = check_jacobian(g, claim).at(&[0.4, 3.0]).unwrap();
    let text = report.to_string();
    assert_eq!(report.wrong().count(), 2, "{text}");
    assert!(text.contains("transposed with [1][0]") && text.contains("transposed with [0][1]"), "{text}");
}

#[test]
fn whatever_is_none_of_these_is_only_off() {
    let [a, b, c] = gradient();
    assert_eq!(faults([a, b * 1.000_123_4, c])[1], Some(Fault::Other));
    // Hardly off is neither exchanged with itself nor without a factor of 1.
    for error in [1e-6, -1e-6, 1e-8] {
        assert_eq!(faults([a, b * (1.0 + error), c]), [None, Some(Fault::Other), None]);
    }
    assert_eq!(faults([a * 1.1234, b, c + 0.017_345]), [Some(Fault::Other), None, Some(Fault::Other)]);
}
