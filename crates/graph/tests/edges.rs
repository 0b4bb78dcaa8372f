//! Where derivatives end: branches that are not taken, edges of domains, overflow, ties; first and second order, by every mode.
//!
//! Expected slopes are limits worked out on paper, or the conventions that the table states; NaN stands for whatever is not finite.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod modes;

use chainrule_graph::{Graph, Node, Op, Real, Table};
use modes::assert_slopes;

const NAN: f64 = f64::NAN;

#[test]
fn a_branch_that_is_not_taken_contributes_nothing() {
    assert_slopes("select(x, sqrt(x), x^2*y)", &[-1.0, 2.0], &[-4.0, 1.0], &[[4.0, -2.0], [-2.0, 0.0]]);
    assert_slopes("select(x, x^1.5, x^2*y)", &[-1.0, 2.0], &[-4.0, 1.0], &[[4.0, -2.0], [-2.0, 0.0]]);
    assert_slopes("select(x, ln(x), x^2*y)", &[-1.0, 2.0], &[-4.0, 1.0], &[[4.0, -2.0], [-2.0, 0.0]]);
    assert_slopes("select(x, asin(x - 3), x^2*y)", &[-1.0, 2.0], &[-4.0, 1.0], &[[4.0, -2.0], [-2.0, 0.0]]);
    assert_slopes("select(x, x^2*y, y/x)", &[0.0, 3.0], &[0.0, 0.0], &[[6.0, 0.0], [0.0, 0.0]]);
    // e^x overflows where it is not asked for, alone and with whatever is made of it.
    assert_slopes("select(700 - x, exp(x), x*y)", &[800.0, 3.0], &[3.0, 800.0], &[[0.0, 1.0], [1.0, 0.0]]);
    assert_slopes(
        "select(x, ln(1 + exp(x))^2*sqrt(-y), x^2*y)",
        &[-800.0, 3.0],
        &[-4800.0, 640_000.0],
        &[[6.0, -1600.0], [-1600.0, 0.0]],
    );
    assert_slopes(
        "select(700 - x, exp(exp(x))*y, x*y)",
        &[800.0, 3.0],
        &[3.0, 800.0],
        &[[0.0, 1.0], [1.0, 0.0]],
    );
    // Branches within branches, and what both branches share.
    assert_slopes(
        "select(x, select(y, sqrt(x), ln(x)), select(y, y^3*x, sqrt(y)))",
        &[-1.0, 2.0],
        &[8.0, -12.0],
        &[[0.0, 12.0], [12.0, -12.0]],
    );
    assert_slopes(
        "s = sqrt(x); select(x, s + s^2, x*y)*y",
        &[-1.0, 2.0],
        &[4.0, -4.0],
        &[[0.0, 4.0], [4.0, -2.0]],
    );
    // The smaller and the larger of two are branches too.
    assert_slopes("max(sqrt(x + 2), y)", &[-2.0, 3.0], &[0.0, 1.0], &[[0.0, 0.0], [0.0, 0.0]]);
    assert_slopes("sqrt(max(x, y))", &[0.0, -1.0], &[NAN, 0.0], &[[NAN, 0.0], [0.0, 0.0]]);
    assert_slopes("sqrt(select(x, x, y^2))", &[0.0, 5.0], &[NAN, 0.0], &[[NAN, 0.0], [0.0, 0.0]]);
    assert_slopes("min(exp(x)^2, y^2)", &[800.0, 3.0], &[0.0, 6.0], &[[0.0, 0.0], [0.0, 2.0]]);
    assert_slopes("max(-exp(x)*x^2, y^2)", &[800.0, 3.0], &[0.0, 6.0], &[[0.0, 0.0], [0.0, 2.0]]);
}

#[test]
fn powers_at_zero_have_their_limits() {
    for (n, slope, curvature) in [(0, 0.0, 0.0), (1, 1.0, 0.0), (2, 0.0, 2.0), (3, 0.0, 0.0), (4, 0.0, 0.0)] {
        for zero in [0.0, -0.0] {
            assert_slopes(
                &format!("powi(x, {n}) + 0*y"),
                &[zero, 1.0],
                &[slope, 0.0],
                &[[curvature, 0.0], [0.0, 0.0]],
            );
            assert_slopes(
                &format!("pow(x, {n}) + 0*y"),
                &[zero, 1.0],
                &[slope, 0.0],
                &[[curvature, 0.0], [0.0, 0.0]],
            );
            let n = f64::from(n);
            assert_slopes("pow(x, y)", &[zero, n], &[slope, 0.0], &[[curvature, 0.0], [0.0, 0.0]]);
        }
    }
    // A polynomial written from the zeroth power on.
    let polynomial = "1*powi(x, 0) + 2*powi(x, 1) + 3*powi(x, 2) + 4*powi(x, 3)";
    assert_slopes(&format!("{polynomial} + y"), &[0.0, 0.0], &[2.0, 1.0], &[[6.0, 0.0], [0.0, 0.0]]);
}

#[test]
fn an_exponent_counts_as_fixed_where_the_base_is_not_positive() {
    // p·x^(p−1) and p·(p−1)·x^(p−2), and nothing that involves p.
    assert_slopes("pow(x, y)", &[-2.0, 2.0], &[-4.0, 0.0], &[[2.0, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[-2.0, 3.0], &[12.0, 0.0], &[[-12.0, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[-2.0, -1.0], &[-0.25, 0.0], &[[-0.25, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[-2.0, 0.0], &[0.0, 0.0], &[[0.0, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[0.0, 2.5], &[0.0, 0.0], &[[0.0, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[0.0, 1.5], &[0.0, 0.0], &[[NAN, 0.0], [0.0, 0.0]]);
    assert_slopes("pow(x, y)", &[0.0, 0.5], &[NAN, 0.0], &[[NAN, 0.0], [0.0, 0.0]]);
    // Where the base is positive it does not.
    let (value, l) = (8.0, 2.0_f64.ln());
    assert_slopes(
        "pow(x, y)",
        &[2.0, 3.0],
        &[12.0, value * l],
        &[[12.0, 4.0 + 12.0 * l], [4.0 + 12.0 * l, value * l * l]],
    );
}

#[test]
fn no_finite_slope_comes_through_an_overflow() {
    for formula in [
        "ln(1 + exp(x))",
        "ln(exp(x) + exp(y))",
        "1/(1 + exp(x))",
        "x + y/(1 + exp(x))*1e300",
        "y/(1 + exp(x))",
        "sqrt(1 + exp(x)^2)",
        "atan(exp(x))",
        "powi(1 + exp(x), -1)",
        "pow(1 + exp(x), -0.5)",
        "ln_1p(exp(x))",
        "hypot(exp(x), y)",
        "recip(exp(x))",
        "exp(x)/(1 + exp(x))",
        "exp(-x)*exp(x)",
        "exp(-x)*exp(1.01*x)",
        "ln(exp(x)) - x",
        "y + ln(exp(x))",
    ] {
        modes::assert_not_finite(formula, &[800.0, 1.0], 0);
    }
    // Neither the quotient by an overflow nor what it is multiplied with: 10³⁰⁰/10³¹⁰ is no 0.
    for found in modes::all("y*(1e300/recip(x))", &[1e-310, 1.0]) {
        assert!(found.gradient[1].is_nan(), "{}: {}", found.mode, found.gradient[1]);
    }
    modes::assert_not_finite("y*hypot(exp(x), y)", &[800.0, 1.0], 0);
    // What may come back into range is not taken for what it is not: in truth these are 0.731, 0.664, 0.269, 800, 800, 0.108, 0.368 and 0.888.
    for (formula, point) in [
        ("exp(x - ln(exp(x) + exp(y)))", [800.0, 799.0]),
        ("tanh(ln(1 + exp(x))/1000)", [800.0, 1.0]),
        ("sigmoid(y - ln(exp(x)))", [800.0, 799.0]),
        ("min(ln(1 + exp(x)), 900)", [800.0, 1.0]),
        ("select(900 - ln(exp(x)), x, 3*x)", [800.0, 1.0]),
        ("exp(-pow(exp(x), 0.001))", [800.0, 1.0]),
        ("exp(-x*x/y/y)", [1e160, 1e160]),
        ("tanh(sqrt(x*x + y*y)/1e200)", [1e200, 1e200]),
        ("max(y, x*0 - ln(1 + exp(x)))", [800.0, -900.0]),
    ] {
        for found in modes::all(formula, &point) {
            assert!(!found.gradient[0].is_finite(), "{formula} by {}: {}", found.mode, found.gradient[0]);
        }
    }
    // Where the slope beyond the overflow is 0 to all digits, it is.
    for formula in ["exp(-exp(x)) + y", "tanh(exp(x)) + y", "sigmoid(-exp(x)) + y"] {
        for found in modes::all(formula, &[800.0, 1.0]) {
            // Tangents flow from the overflow on, adjoints not as far as that.
            let is_right =
                found.gradient[0] == 0.0 || found.mode == "dual numbers" && found.gradient[0].is_nan();
            assert!(
                is_right && found.gradient[1] == 1.0,
                "{formula} by {}: {:?}",
                found.mode,
                found.gradient
            );
        }
    }
}

#[test]
fn no_finite_slope_comes_from_outside_of_a_domain() {
    for formula in ["ln(x)", "ln_1p(x - 1)", "sqrt(x)", "asin(x - 3)", "acos(x - 3)", "pow(x, 0.5)"] {
        for wrapped in [formula.to_owned(), format!("({formula})^2"), format!("atan({formula})*y")] {
            modes::assert_not_finite(&wrapped, &[-1.0, 1.5], 0);
        }
    }
    for formula in ["pow(x, y)", "y/(ln(x) - 1)", "y + ln(x)", "select(ln(x), x, y)", "sign(ln(x)*y)"] {
        for found in modes::all(formula, &[-1.0, 1.5]) {
            // A formula that is a constant is one.
            let is_constant =
                found.mode.contains("symbolic") && ["y + ln(x)", "sign(ln(x)*y)"].contains(&formula);
            assert!(found.gradient[1].is_nan() || is_constant, "{formula} by {}", found.mode);
        }
    }
}

#[test]
fn what_is_zero_takes_no_part_where_all_values_are_finite() {
    assert_slopes("x*sqrt(x) + y", &[0.0, 1.0], &[0.0, 1.0], &[[NAN, 0.0], [0.0, 0.0]]);
    assert_slopes("y*sqrt(x)", &[0.0, 0.0], &[0.0, 0.0], &[[0.0, NAN], [NAN, 0.0]]);
}

/// The square of a reciprocal underflows, and what it is multiplied with makes up for it.
#[test]
fn second_derivatives_of_large_quotients_keep_their_digits() {
    let ninth = 1.0 / 9.0;
    for (formula, point, expected) in [
        ("ln(1e170*x) + y", [2.0, 1.0], [-0.25, 0.0, 0.0, 0.0]),
        ("ln_1p(1e170*x) + y", [2.0, 1.0], [-0.25, 0.0, 0.0, 0.0]),
        ("ln(1e170*x + 1e170*y)", [1.0, 2.0], [-ninth; 4]),
        ("ln(1e-170*x) + y", [2.0, 1.0], [-0.25, 0.0, 0.0, 0.0]),
        ("1/(1e110*x)*1e110 + y", [2.0, 1.0], [0.25, 0.0, 0.0, 0.0]),
        // σ(2)·σ(−2), by Python's mpmath to 50 digits.
        (
            "ln(exp(x) + exp(y))",
            [398.0, 400.0],
            [1.0, -1.0, -1.0, 1.0].map(|sign| sign * 0.104_993_585_403_506_5),
        ),
    ] {
        for found in modes::all(formula, &point) {
            // What is multiplied in later comes too late for an edge that holds one number.
            if found.mode == "a tape on a tape" || found.mode.starts_with("the reverse sweep over") {
                continue;
            }
            for (entry, expected) in found.hessian.unwrap().concat().into_iter().zip(expected) {
                assert!(
                    (entry - expected).abs() <= 1e-12,
                    "{formula} by {}: {entry}, not {expected}",
                    found.mode
                );
            }
        }
    }
}

#[test]
fn no_finite_slope_comes_from_an_infinite_value() {
    for (formula, point) in [
        ("ln(exp(x) + exp(y))", [-800.7, -802.25]),
        ("ln(exp(x))*y", [-800.0, 1.0]),
        ("ln(2*exp(x) + 3*exp(y))", [-1e5, -1e5]),
        ("1/exp(x) + y", [-800.0, 1.0]),
        ("y/exp(x)", [-800.0, 1.0]),
        ("powi(exp(x), -2)", [-800.0, 1.0]),
        ("pow(exp(x), -0.5)*y", [-1600.0, 1.0]),
        ("atan(ln(exp(x)))", [-800.0, 1.0]),
    ] {
        for found in modes::all(formula, &point) {
            // A tangent of 0 does not tell an underflow from what does not move.
            let is_right = !found.gradient[0].is_finite() || found.mode == "dual numbers";
            assert!(is_right, "{formula} by {}: {}", found.mode, found.gradient[0]);
        }
    }
}

#[test]
fn where_the_length_of_a_vector_overflows_neither_slope_is_finite() {
    for found in modes::all("atan(hypot(x, y))", &[1.5e308, 1.5e308]) {
        assert!(
            found.gradient.iter().all(|slope| !slope.is_finite()),
            "{:?} by {}",
            found.gradient,
            found.mode
        );
    }
}

#[test]
fn ties_are_shared() {
    let zero = [[0.0, 0.0], [0.0, 0.0]];
    assert_slopes("max(x, y)", &[2.0, 2.0], &[0.5, 0.5], &zero);
    assert_slopes("min(x, y)", &[2.0, 2.0], &[0.5, 0.5], &zero);
    assert_slopes("max(x, y) + min(x, y)", &[2.0, 2.0], &[1.0, 1.0], &zero);
    assert_slopes("max(x, x)*y", &[2.0, 3.0], &[3.0, 2.0], &[[0.0, 1.0], [1.0, 0.0]]);
    assert_slopes("max(x, y) + ln(1 + exp(-abs(x - y)))", &[2.0, 2.0], &[0.5, 0.5], &zero);
    assert_slopes("max(max(x, y), x)", &[2.0, 2.0], &[0.75, 0.25], &zero);
    assert_slopes("max(x^2, y^2)", &[2.0, 2.0], &[2.0, 2.0], &[[1.0, 0.0], [0.0, 1.0]]);
    assert_slopes("abs(x)*y", &[0.0, 3.0], &[0.0, 0.0], &zero);
    assert_slopes("max(x, 0) - y", &[0.0, 3.0], &[0.5, -1.0], &zero);
    assert_slopes("hypot(x, y)", &[0.0, 0.0], &[0.0, 0.0], &zero);
    assert_slopes("max(x, y)", &[0.0, -0.0], &[0.5, 0.5], &zero);
}

#[test]
fn edges_of_domains_have_their_limits() {
    assert_slopes("asin(x)*y", &[1.0, 1.0], &[NAN, std::f64::consts::FRAC_PI_2], &[[NAN, NAN], [NAN, 0.0]]);
    assert_slopes("sqrt(x) + y", &[0.0, 1.0], &[NAN, 1.0], &[[NAN, 0.0], [0.0, 0.0]]);
    for found in modes::all("sqrt(x^4) + y", &[0.0, 1.0]) {
        assert_eq!(found.gradient, [0.0, 1.0], "by {}", found.mode);
    }
}

/// Landmarks at which operations end, have kinks and ties, overflow, and some in between.
const LANDMARKS: [f64; 12] = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 1e-100, 800.0, -800.0, 1e70];

/// An operation of two inputs, those of one argument beside another factor.
fn applied<'g>(op: Op, [x, y]: [Node<'g>; 2]) -> Node<'g> {
    match op.arity() {
        Some(1) => Node::apply(&Table, op, &[x]) * y,
        Some(2) => Node::apply(&Table, op, &[x, y]),
        Some(_) => Node::apply(&Table, op, &[x, y, x * y]),
        None => Node::apply(&Table, op, &[x, y, y, x]),
    }
}

/// Both are finite and the same but for rounding, or neither is.
fn agree(a: f64, b: f64) -> bool {
    if a.is_finite() && b.is_finite() {
        (a - b).abs() <= 1e-9 * a.abs() + 1e-300
    } else {
        !a.is_finite() && !b.is_finite()
    }
}

#[test]
fn all_modes_end_at_the_same_places() {
    let mut differing = Vec::new();
    for op in Op::all() {
        for point in LANDMARKS.iter().flat_map(|&x| LANDMARKS.map(|y| [x, y])) {
            let graph = Graph::new();
            let inputs = [graph.parameter("x"), graph.parameter("y")];
            let output = applied(op, inputs);
            if !graph
                .at(&[(inputs[0], point[0]), (inputs[1], point[1])])
                .unwrap()
                .value(output)
                .unwrap()
                .is_finite()
            {
                continue; // there a formula that is a constant is one
            }
            let found = modes::of_node(&graph, inputs, output, &point);
            let entries =
                |found: &modes::Found| [found.gradient.to_vec(), found.hessian.unwrap().concat()].concat();
            let first = entries(&found[0]);
            for other in &found[1..] {
                for (place, (&a, b)) in first.iter().zip(entries(other)).enumerate() {
                    // A slope that is infinite is an output without a derivative there.
                    if !agree(a, b) && first[..2].iter().all(|slope| slope.is_finite()) {
                        differing
                            .push(format!("{op:?} at {point:?}, {place}: {a:e}, {b:e} by {}", other.mode));
                    }
                }
            }
        }
    }
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}
