//! Hessians and products with them: entries, components, symmetry.

use chainrule_check::{Doubt, Error, Fault, Place, Report, Verdict, check_hessian, check_hessian_vector};

const X: [f64; 3] = [0.4, -1.5, 2.0];

/// Of x₀²·x₁·x₂ + sin x₂.
fn gradient(x: &[f64]) -> [f64; 3] {
    [2.0 * x[0] * x[1] * x[2], x[0] * x[0] * x[2], x[0] * x[0] * x[1] + x[2].cos()]
}

fn hessian(x: &[f64]) -> Vec<Vec<f64>> {
    let (a, b, c) = (2.0 * x[0] * x[2], 2.0 * x[0] * x[1], x[0] * x[0]);
    vec![vec![2.0 * x[1] * x[2], a, b], vec![a, 0.0, c], vec![b, c, -x[2].sin()]]
}

fn product(x: &[f64], v: &[f64]) -> Vec<f64> {
    hessian(x).iter().map(|row| row.iter().zip(v).map(|(h, v)| h * v).sum()).collect()
}

fn wrong(report: &Report) -> Vec<String> {
    report.wrong().map(|finding| finding.place.to_string()).collect()
}

#[test]
fn a_right_hessian_is_certified_with_its_symmetry() {
    let report = check_hessian(gradient, hessian).at(&X).unwrap().agree_to(9).unwrap();
    assert_eq!(report.findings().len(), 9 + 3);
    assert_eq!(report.findings()[9].place, Place::Mirrored { row: 0, column: 1 });
}

#[test]
fn a_wrong_entry_shows_as_wrong_and_asymmetric() {
    let claim = |x: &[f64]| {
        let mut claim = hessian(x);
        claim[0][2] += 1e-3;
        claim
    };
    let report = check_hessian(gradient, claim).at(&X).unwrap();
    assert_eq!(wrong(&report), ["[0][2]", "[0][2] = [2][0]"], "{report}");
    assert_eq!(report.findings()[10].verdict, Verdict::Wrong { fault: Fault::Asymmetric });
    // A symmetric mistake is no asymmetry.
    let claim = |x: &[f64]| {
        let mut claim = hessian(x);
        claim[0][2] += 1e-3;
        claim[2][0] += 1e-3;
        claim
    };
    assert_eq!(wrong(&check_hessian(gradient, claim).at(&X).unwrap()), ["[0][2]", "[2][0]"]);
}

#[test]
fn the_largest_entries_are_symmetric_too() {
    let gradient = |x: &[f64]| [1.5e308 * x[1], 1.5e308 * x[0]];
    let hessian = |_: &[f64]| vec![vec![0.0, 1.5e308], vec![1.5e308, 0.0]];
    let report = check_hessian(gradient, hessian).at(&[0.1, 0.2]).unwrap();
    assert!(matches!(report.findings()[4].verdict, Verdict::Agrees { .. }), "{report}");
}

#[test]
fn symmetry_has_the_digits_of_the_entries_themselves() {
    // 1 and 1.5 beside 10¹² are two numbers; 0.99 and 1 may be the rounding of larger ones nearby, and are not told.
    let gradient = |x: &[f64]| [1e12 * x[0] + x[1], x[0] + 2.0 * x[1]];
    let mirror = |one: f64| {
        let report =
            check_hessian(gradient, |_: &[f64]| vec![vec![1e12, 1.0], vec![one, 2.0]]).at(&[0.3, 0.4]);
        report.unwrap().findings()[4].verdict
    };
    assert_eq!(mirror(1.5), Verdict::Wrong { fault: Fault::Asymmetric });
    assert!(matches!(mirror(0.99), Verdict::CannotTell { .. }));
    assert_eq!(mirror(1.0), Verdict::Agrees { digits: 15 });
    assert_eq!(mirror(f64::INFINITY), Verdict::Wrong { fault: Fault::Asymmetric });
}

#[test]
fn the_floor_excuses_asymmetry_too() {
    let off = |x: &[f64]| {
        let mut claim = hessian(x);
        claim[0][1] += 1e-6;
        claim
    };
    let floored = check_hessian(gradient, off).floor(1e-3).at(&X).unwrap();
    assert_eq!(floored.findings()[9].verdict, Verdict::Excused, "{floored}");
    assert!(floored.agree_to(9).is_ok());
    assert!(check_hessian(gradient, off).at(&X).unwrap().agree_to(9).is_err());
    let product = |x: &[f64], v: &[f64]| {
        let mut claim = product(x, v);
        claim[0] += 1e-6 * v[1];
        claim
    };
    assert!(check_hessian_vector(gradient, product).floor(1e-3).along(&X, 3).unwrap().agree_to(9).is_ok());
    assert!(check_hessian_vector(gradient, product).along(&X, 3).unwrap().agree_to(9).is_err());
}

#[test]
fn rounding_is_no_asymmetry() {
    let claim = |x: &[f64]| {
        let mut claim = hessian(x);
        claim[0][2] *= 1.0 + 1e-14;
        claim[1][1] += 1e-300;
        claim
    };
    let report = check_hessian(gradient, claim).at(&X).unwrap();
    assert_eq!(wrong(&report), ["[1][1]"], "{report}");
}

#[test]
fn what_is_no_number_is_wrong_and_not_symmetric() {
    for number in [f64::NAN, f64::INFINITY] {
        let claim = |x: &[f64]| {
            let mut claim = hessian(x);
            claim[1][2] = number;
            claim[2][1] = number;
            claim
        };
        let report = check_hessian(gradient, claim).at(&X).unwrap();
        assert_eq!(wrong(&report), ["[1][2]", "[2][1]", "[1][2] = [2][1]"], "{report}");
    }
}

#[test]
fn an_asymmetry_is_seen_where_differences_cannot_tell() {
    // The gradient of |x₀|·x₁ has a kink at x₀ = 0, in both entries beside the diagonal.
    let kinked = |x: &[f64]| [x[0].signum() * x[1], x[0].abs()];
    let claim = |one: f64| move |_: &[f64]| vec![vec![0.0, 1.0], vec![one, 0.0]];
    let point = [0.0, 0.5];
    let right = check_hessian(kinked, claim(1.0)).at(&point).unwrap();
    assert_eq!(wrong(&right), [""; 0], "{right}");
    let report = check_hessian(kinked, claim(-1.0)).at(&point).unwrap();
    assert_eq!(wrong(&report), ["[0][1] = [1][0]"], "{report}");
}

#[test]
fn symmetry_has_the_digits_that_both_entries_share() {
    let digits = |difference: f64| {
        let claim = move |_: &[f64]| vec![vec![1.0, 1.0 + difference], vec![1.0, 1.0]];
        let gradient = |x: &[f64]| [x[0] + x[1], x[0] + x[1]];
        check_hessian(gradient, claim).at(&[0.0, 0.0]).unwrap().findings()[4].verdict
    };
    assert_eq!(digits(0.0), Verdict::Agrees { digits: 15 });
    assert_eq!(digits(3e-11), Verdict::Agrees { digits: 10 });
    assert_eq!(digits(8e-9), Verdict::Agrees { digits: 8 });
    assert_eq!(digits(2e-8), Verdict::Wrong { fault: Fault::Asymmetric });
    assert_eq!(digits(-1e-3), Verdict::Wrong { fault: Fault::Asymmetric });
}

#[test]
fn small_entries_may_carry_the_rounding_of_large_ones_in_their_rows() {
    // 64 roundings of 10⁶ are 1.4·10⁻⁸.
    let mirror = |entry: f64| {
        let claim = |_: &[f64]| vec![vec![1e6, entry], vec![0.0, 1.0]];
        let report = check_hessian(|x: &[f64]| [1e6 * x[0], x[1]], claim).at(&[0.0, 0.0]).unwrap();
        report.findings()[4].verdict
    };
    assert_eq!(mirror(1e-9), Verdict::CannotTell { doubt: Doubt::NearZero });
    assert_eq!(mirror(1e-6), Verdict::Wrong { fault: Fault::Asymmetric });
}

#[test]
fn nothing_is_symmetric() {
    let report =
        check_hessian(|_: &[f64]| [2.0, 3.0], |_: &[f64]| vec![vec![0.0; 2]; 2]).at(&[1.0, 2.0]).unwrap();
    assert!(report.clone().agree_to(15).is_ok(), "{report}");
}

#[test]
fn products_are_certified_component_by_component() {
    let report = check_hessian_vector(gradient, product).along(&X, 3).unwrap().agree_to(9).unwrap();
    assert_eq!(report.findings().len(), 3 * 3 + 2);
    assert_eq!(report.findings()[3].place, Place::Component { vector: 1, row: 0 });
    assert_eq!(report.findings()[9].place.to_string(), "v0·Hv1 = v1·Hv0");
}

#[test]
fn a_product_that_is_not_symmetric_is_wrong_in_its_component_and_its_symmetry() {
    let claim = |x: &[f64], v: &[f64]| {
        let mut claim = product(x, v);
        claim[1] += 0.1 * v[0];
        claim
    };
    let report = check_hessian_vector(gradient, claim).seed(7).along(&X, 2).unwrap();
    assert_eq!(wrong(&report), ["vector 0 [1]", "vector 1 [1]", "v0·Hv1 = v1·Hv0"], "{report}");
}

#[test]
fn a_wrong_component_is_named_with_its_vector() {
    let claim = |x: &[f64], v: &[f64]| {
        let mut claim = product(x, v);
        // The Hessian is wrong on the diagonal, so it is symmetric all the same.
        claim[2] += 1e-6 * v[2];
        claim
    };
    let report = check_hessian_vector(gradient, claim).along(&X, 3).unwrap();
    assert_eq!(wrong(&report), ["vector 0 [2]", "vector 1 [2]", "vector 2 [2]"], "{report}");
    assert_eq!(report.findings()[10].place, Place::Symmetry(1));
    assert!(matches!(report.findings()[10].verdict, Verdict::Agrees { .. }), "{report}");
}

#[test]
fn a_seed_stands_for_its_report() {
    let report = |seed: u64| check_hessian_vector(gradient, product).seed(seed).along(&X, 2).unwrap();
    assert_eq!(report(1), report(1));
    assert_ne!(report(1), report(2));
}

#[test]
fn lengths_are_checked() {
    let short = |x: &[f64]| gradient(x)[..2].to_vec();
    let expected = Error::WrongLength { what: "gradient", of: "point", expected: 3, found: 2 };
    assert_eq!(check_hessian(short, hessian).at(&X).unwrap_err(), expected);
    assert_eq!(check_hessian_vector(short, product).along(&X, 1).unwrap_err(), expected);
    let product = |_: &[f64], _: &[f64]| [1.0];
    let expected = Error::WrongLength { what: "claimed product", of: "point", expected: 3, found: 1 };
    assert_eq!(check_hessian_vector(gradient, product).along(&X, 1).unwrap_err(), expected);
    let flat = |_: &[f64]| vec![vec![1.0; 3]];
    let expected = Error::WrongLength { what: "claimed Hessian", of: "point", expected: 3, found: 1 };
    assert_eq!(check_hessian(gradient, flat).at(&X).unwrap_err(), expected);
}

#[test]
fn at_a_kink_a_second_derivative_is_a_convention() {
    // The gradients of |x|, of max(x, 0) with ½ at 0, of max(x, x²) at the tie, and of x·|x|, which has a kink itself.
    let sign = |x: f64| if x == 0.0 { 0.0 } else { x.signum() };
    type Case<'a> = (&'a str, &'a dyn Fn(f64) -> f64, f64);
    let gradients: [Case<'_>; 4] = [
        ("modulus", &sign, 0.0),
        ("ramp", &|x| (1.0 + sign(x)) / 2.0, 0.0),
        (
            "tie",
            &|x: f64| {
                if x > 1.0 {
                    2.0 * x
                } else if x < 1.0 {
                    1.0
                } else {
                    1.5
                }
            },
            1.0,
        ),
        ("bent", &|x: f64| 2.0 * x.abs(), 0.0),
    ];
    for (name, gradient, x) in gradients {
        for claimed in [0.0, 1.0, -3.0] {
            let report = check_hessian(|x: &[f64]| [gradient(x[0])], |_: &[f64]| vec![vec![claimed]])
                .at(&[x])
                .unwrap();
            let said = report.findings()[0].verdict.to_string();
            assert!(
                said.starts_with("cannot tell: ") && said.ends_with("is a convention"),
                "{name}, {claimed}: {said}"
            );
        }
    }
}
