//! Dual numbers: forward mode and its nesting.
//!
//! References: closed forms of the derivatives, written beside each; comparisons are exact where the arithmetic is.

#![allow(clippy::op_ref, reason = "operators with references are what is tested")]

use chainrule_graph::{Dual, Graph, Node, Real, Tape};

fn cubic<R: Real>(x: R) -> R {
    x.powi(3) - R::constant(2.0) * x.powi(2) + x
}

#[test]
fn the_tangent_is_the_derivative_times_the_seed() {
    for x in [-1.5, 0.0, 0.25, 3.0] {
        let slope = 3.0 * x * x - 4.0 * x + 1.0;
        assert_eq!(cubic(Dual::variable(x)).tangent, slope);
        assert_eq!(cubic(Dual::new(x, -2.0)).tangent, -2.0 * slope);
        assert_eq!(cubic(Dual::fixed(x)).tangent, 0.0);
        assert_eq!(cubic(Dual::variable(x)).value, cubic(x));
    }
}

#[test]
fn operators_take_duals_references_and_plain_numbers_on_either_side() {
    let x = Dual::new(3.0, 1.0);
    let y = Dual::new(2.0, 10.0);
    let pairs = |dual: Dual<f64>| (dual.value, dual.tangent);
    assert_eq!(pairs(x + y), (5.0, 11.0));
    assert_eq!(pairs(x - &y), (1.0, -9.0));
    assert_eq!(pairs(x * y), (6.0, 32.0)); // x′y + xy′
    assert_eq!(pairs(x / &y), (1.5, -7.0)); // (x′y − xy′) / y²
    assert_eq!(pairs(-x), (-3.0, -1.0));
    assert_eq!(pairs(1.0 - x), (-2.0, -1.0));
    assert_eq!(pairs(x - 1.0), (2.0, 1.0));
    assert_eq!(pairs(6.0 / x), (2.0, -6.0 / 9.0));
    let mut z = x;
    z += y;
    z *= 2.0;
    z -= x;
    z /= 7.0;
    assert_eq!(pairs(z), (1.0, 3.0));
}

#[test]
fn nested_duals_give_second_and_mixed_derivatives() {
    let second = |x: f64| cubic(Dual::variable(Dual::variable(x)));
    for x in [-1.5, 0.0, 2.0] {
        let y = second(x);
        assert_eq!(y.tangent.tangent, 6.0 * x - 4.0);
        assert_eq!(y.tangent.value, y.value.tangent);
    }
    // third derivative
    let third = cubic(Dual::variable(Dual::variable(Dual::variable(0.5)))).tangent.tangent.tangent;
    assert_eq!(third, 6.0);
    // ∂²(x²y)/∂x∂y = 2x
    let x = Dual::new(Dual::fixed(3.0), Dual::fixed(1.0));
    let y = Dual::new(Dual::new(5.0, 1.0), Dual::fixed(0.0));
    assert_eq!((x.powi(2) * y).tangent.tangent, 6.0);
}

#[test]
fn a_reverse_sweep_over_duals_is_a_hessian_vector_product() {
    // f = x²y + eʸ: ∇f = (2xy, x² + eʸ), H = [[2y, 2x], [2x, eʸ]], at (3, 0) along v = (1, 2)
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    let f = x.powi(2) * y + y.exp();
    let run = g.at(&[(x, Dual::new(3.0, 1.0)), (y, Dual::new(0.0, 2.0))]).unwrap();
    let d = run.gradient(f).unwrap();
    assert_eq!((d[x].value, d[y].value), (0.0, 10.0));
    assert_eq!((d[x].tangent, d[y].tangent), (12.0, 8.0));
    assert_eq!(run.value(f).unwrap().tangent, 20.0); // ∇f · v

    let tape = Tape::new();
    let (x, y) = (tape.var(Dual::new(3.0, 1.0)), tape.var(Dual::new(0.0, 2.0)));
    let d = tape.gradient(&(x.powi(2) * y + y.exp())).unwrap();
    assert_eq!((d[x].tangent, d[y].tangent), (12.0, 8.0));
}

#[test]
fn duals_over_nodes_are_symbolic_forward_mode() {
    let g = Graph::new();
    let x = g.parameter("x");
    let y: Dual<Node<'_>> = (Dual::variable(x).sin() * 3.0).exp();
    assert_eq!(y.value.formula(), "exp(sin(x) * 3)");
    assert_eq!(y.tangent.formula(), "cos(x) * 3 * exp(sin(x) * 3)");
    assert_eq!(g.at(&[(x, 0.0)]).unwrap().value(y.tangent).unwrap(), 3.0);
    // what does not move leaves no trace
    let fixed: Dual<Node<'_>> = Dual::fixed(x).sin();
    assert!(fixed.tangent.is_known(0.0));
}

#[test]
fn comparisons_look_at_the_value_alone() {
    let (small, large) = (Dual::new(1.0, 9.0), Dual::new(2.0, -9.0));
    assert!(small < large);
    assert_eq!(small, Dual::new(1.0, 0.0));
    assert_ne!(small, large);
    assert!(Dual::variable(f64::NAN).partial_cmp(&small).is_none());
    fn branching<R: Real + PartialOrd>(x: R) -> R {
        if x > R::constant(0.0) { x.powi(2) } else { -x }
    }
    assert_eq!(branching(Dual::variable(3.0)).tangent, 6.0);
    assert_eq!(branching(Dual::variable(-3.0)).tangent, -1.0);
}

#[test]
fn single_precision_duals_are_duals_too() {
    let y = cubic(Dual::variable(0.5_f32));
    assert_eq!((y.value, y.tangent), (0.125, -0.25));
}
