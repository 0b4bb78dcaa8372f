//! Programs over data sets: weights, second derivatives, threads, and where columns lie in memory.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use chainrule_graph::Graph;
use chainrule_program::{Error, Program};
use common::{LOSSES, numbers};

const PARAMETERS: [f64; 2] = [0.7, -0.3];

/// Which of [`LOSSES`] have one linear predictor.
const LINEAR: [bool; 11] = [true, true, true, true, false, false, false, false, false, false, false];

#[test]
fn a_weight_is_a_number_of_rows() {
    for formulas in LOSSES {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(formulas).unwrap()).unwrap();
        let (x, y) = (numbers(1, 700), numbers(2, 700));
        let counts: Vec<usize> = (0..700).map(|i| i % 4).collect();
        let weights: Vec<f64> = counts.iter().map(|&count| count as f64).collect();
        let repeated = |column: &[f64]| -> Vec<f64> {
            column.iter().zip(&counts).flat_map(|(&value, &count)| vec![value; count]).collect()
        };
        let (rx, ry) = (repeated(&x), repeated(&y));
        let columns: [&[f64]; 2] = [&x, &y];
        let weighted = program.over(&columns).unwrap().weights(&weights).unwrap();
        let columns: [&[f64]; 2] = [&rx, &ry];
        let repeated = program.over(&columns).unwrap();
        let (value, gradient) = weighted.value_and_gradient(&PARAMETERS).unwrap();
        let (truth, slopes) = repeated.value_and_gradient(&PARAMETERS).unwrap();
        assert_close(&[value], &[truth], formulas);
        assert_close(&gradient, &slopes, formulas);
        assert_close(
            &weighted.hessian(&PARAMETERS).unwrap().concat(),
            &repeated.hessian(&PARAMETERS).unwrap().concat(),
            formulas,
        );
    }
}

#[test]
fn an_example_of_weight_0_is_absent() {
    let graph = Graph::new();
    let loss = graph.parse("parameter p, q; data x; softplus(p*x + q)").unwrap();
    let program = Program::new(&graph, loss).unwrap();
    let (full, short): ([&[f64]; 1], [&[f64]; 1]) = ([&[1.0, f64::INFINITY, f64::NAN, 2.0]], [&[1.0, 2.0]]);
    let full = program.over(&full).unwrap().weights(&[1.0, 0.0, 0.0, 1.0]).unwrap();
    let short = program.over(&short).unwrap();
    assert_eq!(full.value_and_gradient(&PARAMETERS).unwrap(), short.value_and_gradient(&PARAMETERS).unwrap());
    assert_close(
        &full.hessian(&PARAMETERS).unwrap().concat(),
        &short.hessian(&PARAMETERS).unwrap().concat(),
        "softplus",
    );
}

#[test]
fn hessians_are_the_mean_of_the_graphs() {
    for (formulas, linear) in LOSSES.into_iter().zip(LINEAR) {
        let graph = Graph::new();
        let loss = graph.parse(formulas).unwrap();
        let program = Program::new(&graph, loss).unwrap();
        assert_eq!(program.is_linear(), linear, "{formulas}");
        let parameters: Vec<_> = graph.parameters().collect();
        let second = graph.hessian(loss, &parameters).unwrap();
        for examples in [1, 19, 600] {
            let (x, y) = (numbers(3, examples), numbers(4, examples));
            let mut truth = vec![0.0; 4];
            for i in 0..examples {
                let at = |name: &str, value: f64| (graph.node(name).unwrap(), value);
                let leaves = [at("p", PARAMETERS[0]), at("q", PARAMETERS[1]), at("x", x[i]), at("y", y[i])];
                let run = graph.at(&leaves).unwrap();
                for (sum, &entry) in truth.iter_mut().zip(second.iter().flatten()) {
                    *sum += run.value(entry).unwrap() / examples as f64;
                }
            }
            let columns: [&[f64]; 2] = [&x, &y];
            let over = program.over(&columns).unwrap();
            assert_close(&over.hessian(&PARAMETERS).unwrap().concat(), &truth, formulas);
            let direction = [0.4, -1.7];
            let along = [
                truth[0] * direction[0] + truth[1] * direction[1],
                truth[2] * direction[0] + truth[3] * direction[1],
            ];
            assert_close(&over.hessian_vector(&PARAMETERS, &direction).unwrap(), &along, formulas);
        }
    }
}

#[test]
fn hessians_of_many_columns() {
    // Sizes around the kernel's tiles of four columns and two.
    for size in [1, 2, 3, 4, 5, 6, 7, 8, 9, 13] {
        let graph = Graph::new();
        let names: Vec<String> = (0..size).map(|j| format!("w{j}*x{j}")).collect();
        let data: Vec<String> = (0..size).map(|j| format!("x{j}")).collect();
        let formulas = format!("data {}; softplus({} + b)", data.join(", "), names.join(" + "));
        let program = Program::new(&graph, graph.parse(&formulas).unwrap()).unwrap();
        let columns: Vec<Vec<f64>> = (0..size).map(|j| numbers(j as u64, 531)).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let over = program.over(&columns).unwrap();
        let point = numbers(99, size + 1);
        let hessian = over.hessian(&point).unwrap();
        assert!(program.is_linear());
        for (j, row) in hessian.iter().enumerate() {
            let unit: Vec<f64> = (0..=size).map(|k| if j == k { 1.0 } else { 0.0 }).collect();
            assert_close(row, &over.hessian_vector(&point, &unit).unwrap(), &formulas);
        }
    }
}

#[test]
fn a_symbolic_derivative_compiles_too() {
    let graph = Graph::new();
    let loss = graph.parse("data x; exp(w*x)").unwrap();
    let slope = graph.derivative(loss, &[graph.node("w").unwrap()]).unwrap()[0];
    let columns: [&[f64]; 1] = [&[0.5, 2.0]];
    let program = Program::new(&graph, loss).unwrap();
    let (_, gradient) = program.value_and_gradient(&[0.3], &columns).unwrap();
    let of_slope = Program::new(&graph, slope).unwrap();
    assert_close(&[of_slope.value(&[0.3], &columns).unwrap()], &gradient, "exp");
    let curvature = program.over(&columns).unwrap().hessian(&[0.3]).unwrap();
    assert_close(&of_slope.value_and_gradient(&[0.3], &columns).unwrap().1, &curvature[0], "exp");
}

#[test]
fn where_columns_lie_makes_no_difference() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse(LOSSES[2]).unwrap()).unwrap();
    let run = |shift: usize| {
        let (x, y) = (shifted(1, shift), shifted(2, 7 - shift));
        let columns: [&[f64]; 2] = [&x[shift..], &y[7 - shift..]];
        let over = program.over(&columns).unwrap();
        (over.value_and_gradient(&PARAMETERS).unwrap(), over.hessian(&PARAMETERS).unwrap())
    };
    let first = run(0);
    assert!((1..8).all(|shift| run(shift) == first));
}

/// The same 1,301 numbers behind so many others.
fn shifted(seed: u64, shift: usize) -> Vec<f64> {
    [vec![0.0; shift], numbers(seed, 1301)].concat()
}

#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_makes_no_difference() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse(LOSSES[2]).unwrap()).unwrap();
    // Many chunks, the last of them short; more than one wave of them.
    let (x, y) = (numbers(1, 1_300_001), numbers(2, 1_300_001));
    let columns: [&[f64]; 2] = [&x, &y];
    let over = program.over(&columns).unwrap();
    let all = |over: &chainrule_program::Examples<'_>| {
        (
            over.value_and_gradient(&PARAMETERS).unwrap(),
            over.hessian(&PARAMETERS).unwrap(),
            over.hessian_vector(&PARAMETERS, &[1.0, 2.0]).unwrap(),
        )
    };
    let alone = all(&over);
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| all(&over.parallel())), alone, "{threads} threads");
    }
}

#[test]
fn weights_that_are_none_are_refused() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; p*x").unwrap()).unwrap();
    let columns: [&[f64]; 1] = [&[1.0, 2.0]];
    let text = |weights: &[f64]| match program.over(&columns).unwrap().weights(weights) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        text(&[1.0, -1.0]),
        "the weight of example 1 (counted from 0) is -1; give a finite one that is not negative"
    );
    assert!(text(&[f64::NAN, 1.0]).starts_with("the weight of example 0"));
    assert_eq!(
        text(&[0.0, 0.0]),
        "the weights add up to 0; give some that add up to a finite number above 0"
    );
    assert!(text(&[f64::MAX, f64::MAX]).starts_with("the weights add up to inf"));
    assert_eq!(text(&[1.0]), "column `weights` has 1 examples, and the first column 2; give as many in each");
    let over = program.over(&columns).unwrap();
    assert!(matches!(over.hessian_vector(&[1.0], &[1.0, 2.0]), Err(Error::Parameters { .. })));
}

/// Added one by one, a million weights of 0.1 come to 100000.00000133288.
#[test]
fn the_sum_of_weights_is_as_good_as_exact() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; x").unwrap()).unwrap();
    // One example that is not 0: nothing but the sum of the weights can be off.
    let mut x = vec![0.0; 1_000_000];
    x[0] = 1.0;
    let (columns, weights): ([&[f64]; 1], _) = ([&x], vec![0.1; 1_000_000]);
    let mean = program.over(&columns).unwrap().weights(&weights).unwrap().value(&[]).unwrap();
    assert_eq!(mean, 0.1 / 1e5);
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        // Terms of size 1, of which hundreds are summed in another order.
        assert!((found - expected).abs() <= 1e-12 * (1.0 + expected.abs()), "{what}: {found} {expected}");
    }
}

/// Losses without data, without parameters, with leaves that nothing uses, and with parameters that meet in no one sum.
#[test]
fn odd_losses_have_their_derivatives_too() {
    for (formulas, parameters, value, gradient, hessian) in [
        ("parameter p; p^2", vec![3.0], 9.0, vec![6.0], vec![2.0]),
        ("data x; x^2", vec![], 2.5, vec![], vec![]),
        ("parameter p, q; data x, y; p*x", vec![2.0, 5.0], 3.0, vec![1.5, 0.0], vec![0.0; 4]),
        ("parameter p, q; data x; exp(q*x)*0", vec![2.0, 5.0], 0.0, vec![0.0, 0.0], vec![0.0; 4]),
        (
            "parameter p, q; data x; (p*x)^2 + 3*q^2",
            vec![1.0, 1.0],
            5.5,
            vec![5.0, 6.0],
            vec![5.0, 0.0, 0.0, 6.0],
        ),
        ("parameter p; data x; 7", vec![1.0], 7.0, vec![0.0], vec![0.0]),
        ("parameter p; data x; p", vec![4.0], 4.0, vec![1.0], vec![0.0]),
    ] {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(formulas).unwrap()).unwrap();
        let columns: Vec<&[f64]> = program.columns().iter().map(|_| [1.0, 2.0].as_slice()).collect();
        let over = program.over(&columns).unwrap();
        assert_eq!(over.value_and_gradient(&parameters).unwrap(), (value, gradient), "{formulas}");
        assert_eq!(over.hessian(&parameters).unwrap().concat(), hessian, "{formulas}");
        assert!(program.rust("f").unwrap().contains("pub fn f("));
    }
}

/// What is beyond a block, a chunk and a wave of them.
#[test]
fn sums_are_whole_at_every_length() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; p*x").unwrap()).unwrap();
    for examples in [1_usize, 7, 8, 9, 511, 512, 513, 16_383, 16_384, 16_385, 40_001] {
        // Whole numbers, whose sums are exact.
        let x: Vec<f64> = (0..examples).map(|i| (i % 97) as f64).collect();
        let total: f64 = x.iter().sum();
        let columns: [&[f64]; 1] = [&x];
        let over = program.over(&columns).unwrap();
        let (mean, slope) = over.value_and_gradient(&[2.0]).unwrap();
        assert_eq!((mean, slope[0]), (2.0 * total / examples as f64, total / examples as f64), "{examples}");
    }
}

/// Where the Hessian comes from one product for each parameter, two entries that mirror each other are rounded apart.
#[test]
fn hessians_are_symmetric_to_the_bit() {
    let mixed = "data x, y; exp(0.3*p*q + 0.1*x*p^2*r)/(1 + r^2*y^2) + sqrt(1 + p^2*q^2*r^4)*sin(x*q + r)";
    let curves = "data x, y; (y - p*exp(-q*x) - r*sin(q*x + p))^2";
    let linear = "data x, y; softplus(p*x + q*y + r)";
    for formulas in [mixed, curves, linear] {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(formulas).unwrap()).unwrap();
        for examples in [1, 17, 2_000] {
            let (x, y) = (numbers(5, examples), numbers(6, examples));
            let columns: [&[f64]; 2] = [&x, &y];
            for seed in 0..20 {
                let point = numbers(100 + seed, 3);
                let hessian = program.over(&columns).unwrap().hessian(&point).unwrap();
                for (j, k) in [(0, 1), (0, 2), (1, 2)] {
                    let (one, other) = (hessian[j][k], hessian[k][j]);
                    assert_eq!(one.to_bits(), other.to_bits(), "{formulas} of {examples}: {one:e} {other:e}");
                    // The mean is neither of two others: it lies where the products have it.
                    let unit: Vec<f64> = (0..3).map(|at| f64::from(u8::from(at == j))).collect();
                    let along = program.over(&columns).unwrap().hessian_vector(&point, &unit).unwrap();
                    assert!(
                        (one - along[k]).abs() <= 1e-12 * (1.0 + along[k].abs()),
                        "{one:e} {:e}",
                        along[k]
                    );
                }
            }
        }
    }
}

/// An entry without a value takes its mirror image with it.
#[test]
fn hessians_without_a_value_are_symmetric_too() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; exp(p*q)*x + sqrt(p)*q").unwrap()).unwrap();
    let columns: [&[f64]; 1] = [&[1.0, 2.0]];
    for point in [[0.0, 3.0], [1e3, 1.0], [-1.0, 2.0]] {
        let hessian = program.over(&columns).unwrap().hessian(&point).unwrap();
        assert_eq!(hessian[0][1].to_bits(), hessian[1][0].to_bits(), "{hessian:?}");
        assert!(!hessian[0][1].is_finite(), "{hessian:?}");
    }
}
