//! The one-liners: `value_and_gradient`, `hessian`, `hessian_vector`, `jacobian`.
//!
//! References: closed forms of Rosenbrock's valley f(x, y) = (1 − x)² + 100(y − x²)² and of the sum of its copies,
//! written out below; the points are binary fractions, so the comparison is exact up to a few roundings.

use chainrule_graph::{
    Error, Graph, Node, Real, Tape, hessian, hessian_vector, jacobian, value_and_gradient,
};

fn rosenbrock<R: Real>(x: &[R]) -> R {
    let valley = |pair: &[R]| {
        let across = pair[1].clone() - pair[0].powi(2);
        (R::constant(1.0) - &pair[0]).powi(2) + R::constant(100.0) * across.powi(2)
    };
    R::sum(&x.windows(2).map(valley).collect::<Vec<_>>())
}

/// ∂f/∂xᵢ of the sum over neighbours.
fn gradient_on_paper(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let first = |i: usize| 400.0 * x[i] * x[i] * x[i] - 400.0 * x[i] * x[i + 1] + 2.0 * x[i] - 2.0;
    let second = |i: usize| 200.0 * x[i] - 200.0 * x[i - 1] * x[i - 1];
    (0..n).map(|i| if i + 1 < n { first(i) } else { 0.0 } + if i > 0 { second(i) } else { 0.0 }).collect()
}

/// A tridiagonal matrix.
fn hessian_on_paper(x: &[f64]) -> Vec<Vec<f64>> {
    let n = x.len();
    let mut h = vec![vec![0.0; n]; n];
    for i in 0..n - 1 {
        h[i][i] += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0;
        h[i + 1][i + 1] += 200.0;
        h[i][i + 1] = -400.0 * x[i];
        h[i + 1][i] = -400.0 * x[i];
    }
    h
}

const POINTS: [[f64; 3]; 4] = [[-1.25, 1.0, 2.0], [0.5, 0.25, -0.125], [1.0, 1.0, 1.0], [3.0, -2.0, 0.0]];

fn assert_close(found: f64, expected: f64) {
    // Terms of up to 10⁴ cancel; none rounds more than a few times.
    assert!((found - expected).abs() <= 1e4 * 4.0 * f64::EPSILON, "{found} and {expected}");
}

#[test]
fn value_and_gradient_of_rosenbrock() {
    for x in POINTS {
        let (value, gradient) = value_and_gradient(|x| rosenbrock(x), &x).unwrap();
        assert_eq!(value, rosenbrock(&x));
        for (found, expected) in gradient.into_iter().zip(gradient_on_paper(&x)) {
            assert_close(found, expected);
        }
    }
    assert_eq!(value_and_gradient(|x| rosenbrock(x), &[1.0; 5]).unwrap(), (0.0, vec![0.0; 5]), "the minimum");
}

#[test]
fn hessian_of_rosenbrock_by_both_ways_is_symmetric_and_right() {
    for x in POINTS {
        let found = hessian(|x| rosenbrock(x), &x).unwrap();
        let g = Graph::new();
        let inputs = ["x", "y", "z"].map(|name| g.parameter(name));
        let symbolic = g.hessian(rosenbrock(&inputs), &inputs).unwrap();
        let run = g.at(&inputs.into_iter().zip(x).collect::<Vec<_>>()).unwrap();
        let expected = hessian_on_paper(&x);
        for i in 0..3 {
            for j in 0..3 {
                assert_close(found[i][j], expected[i][j]);
                assert_close(run.value(symbolic[i][j]).unwrap(), expected[i][j]);
                assert_eq!(found[i][j], found[j][i]);
            }
        }
    }
}

#[test]
fn a_function_may_ignore_its_arguments_or_have_none() {
    assert_eq!(value_and_gradient(|x| x[0], &[3.0, 4.0]).unwrap(), (3.0, vec![1.0, 0.0]));
    assert_eq!(value_and_gradient(|_| Real::constant(7.0), &[3.0]).unwrap(), (7.0, vec![0.0]));
    assert_eq!(value_and_gradient(|x| Real::sum(x), &[]).unwrap(), (0.0, vec![]));
    assert_eq!(hessian(|_| Real::constant(7.0), &[3.0]).unwrap(), [[0.0]]);
    assert!(hessian(|x| Real::sum(x), &[]).unwrap().is_empty());
}

#[test]
fn a_mistake_on_the_tape_is_an_error() {
    let wrong = value_and_gradient(
        |x| Real::apply(&chainrule_graph::Table, chainrule_graph::Op::Add, &x[..1]),
        &[1.0],
    );
    assert!(matches!(wrong, Err(Error::WrongArity { op: "add", expected: 2, found: 1, .. })));
    let wrong =
        hessian(|x| Real::apply(&chainrule_graph::Table, chainrule_graph::Op::Sin, &[x[0], x[0]]), &[1.0]);
    assert!(matches!(wrong, Err(Error::WrongArity { op: "sin", expected: 1, found: 2, .. })));
}

/// A function of nodes is a substitution: the same generic code writes the formula down.
#[test]
fn the_generic_function_writes_its_own_formula() {
    let g = Graph::new();
    let x: Vec<Node<'_>> = ["x", "y"].map(|name| g.parameter(name)).into();
    assert_eq!(rosenbrock(&x).formula(), "sum((1 - x)^2 + 100 * (y - x^2)^2)");
    let tape = Tape::new();
    let on_tape = rosenbrock(&[tape.var(-1.0), tape.var(2.0)]);
    assert_eq!(on_tape.value(), 104.0);
}

#[test]
fn a_hessian_times_a_direction_and_rows_of_a_jacobian() {
    // f = x²y + e^y at (3, 0): Hessian [[0, 6], [6, 1]].
    let f = |x: &[f64]| hessian_vector(|x| x[0] * x[0] * x[1] + x[1].exp(), &[3.0, 0.0], x);
    assert_eq!(f(&[1.0, 0.0]).unwrap(), [0.0, 6.0]);
    assert_eq!(f(&[2.0, -1.0]).unwrap(), [-6.0, 11.0]);
    assert_eq!(f(&[1.0]).unwrap_err().to_string(), "the direction has 1 entries; give it 2");

    let outputs = jacobian(|x| vec![x[0] / x[1], x[0], Real::constant(4.0)], &[3.0, 2.0]).unwrap();
    assert_eq!(outputs, [[0.5, -0.75], [1.0, 0.0], [0.0, 0.0]]);
    assert!(jacobian(|_| vec![Real::constant(1.0)], &[]).unwrap()[0].is_empty());
}

fn tangled<R: Real>(x: &[R]) -> R {
    let [x, y, z] = [0, 1, 2].map(|k| x[k].clone());
    (x.clone() * &y / (z.clone() + R::constant(0.1))).exp() * z.powf(&x) + (x / y).sin()
}

/// Rows are computed apart, and rounded apart: what stands above the diagonal is what stands below it.
#[test]
fn hessians_are_symmetric_to_the_bit() {
    let x = [0.7, 1.3, 2.9];
    let h = hessian(|x| tangled(x), &x).unwrap();
    let mut differ = 0;
    for (row, entries) in h.iter().enumerate() {
        let unit: Vec<f64> = (0..3).map(|k| f64::from(u8::from(k == row))).collect();
        let apart = hessian_vector(|x| tangled(x), &x, &unit).unwrap();
        for column in 0..3 {
            assert_eq!(entries[column].to_bits(), h[column][row].to_bits());
            assert!((entries[column] - apart[column]).abs() <= 1e-14 * apart[column].abs());
            differ += usize::from(apart[column] != entries[column]);
        }
    }
    assert!(differ > 0, "no entry is rounded in two ways: another point shows more");
}
