//! Where derivatives end, by programs: stabilised and as written, over columns and as generated source.
//!
//! Expected slopes are limits worked out on paper, or the conventions of the graph crate's table; NaN stands for whatever is not finite.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use std::fmt::Write as _;

use chainrule_graph::{Graph, Real};
use chainrule_program::Program;
use common::printed;

const NAN: f64 = f64::NAN;

/// A loss of x and y at a point, its slopes and its second derivatives.
type Case = (&'static str, [f64; 2], [f64; 2], [[f64; 2]; 2]);

const CASES: [Case; 18] = [
    ("select(x, sqrt(x), x^2*y)", [-1.0, 2.0], [-4.0, 1.0], [[4.0, -2.0], [-2.0, 0.0]]),
    ("select(x, x^1.5, x^2*y)", [-1.0, 2.0], [-4.0, 1.0], [[4.0, -2.0], [-2.0, 0.0]]),
    ("select(700 - x, exp(exp(x))*y, x*y)", [800.0, 3.0], [3.0, 800.0], [[0.0, 1.0], [1.0, 0.0]]),
    ("select(x, max(ln(x), y), x^2*y)", [-1.0, 2.0], [-4.0, 1.0], [[4.0, -2.0], [-2.0, 0.0]]),
    ("sqrt(max(x, y))", [0.0, -1.0], [NAN, 0.0], [[NAN, 0.0], [0.0, 0.0]]),
    ("max(x^2, y^2)", [2.0, 2.0], [2.0, 2.0], [[1.0, 0.0], [0.0, 1.0]]),
    ("min(x, y)*x", [2.0, 2.0], [3.0, 1.0], [[1.0, 0.5], [0.5, 0.0]]),
    (
        "1*powi(x, 0) + 2*powi(x, 1) + 3*powi(x, 2) + 4*powi(x, 3) + y",
        [0.0, 0.0],
        [2.0, 1.0],
        [[6.0, 0.0], [0.0, 0.0]],
    ),
    ("pow(x, y)", [0.0, 2.0], [0.0, 0.0], [[2.0, 0.0], [0.0, 0.0]]),
    ("pow(x, y)", [0.0, 3.0], [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
    ("pow(x, y)", [-2.0, 3.0], [12.0, 0.0], [[-12.0, 0.0], [0.0, 0.0]]),
    ("y*sqrt(x)", [0.0, 0.0], [0.0, 0.0], [[0.0, NAN], [NAN, 0.0]]),
    ("x*sqrt(x) + y", [0.0, 1.0], [0.0, 1.0], [[NAN, 0.0], [0.0, 0.0]]),
    ("x*y", [1e100, 1e200], [1e200, 1e100], [[0.0, 1.0], [1.0, 0.0]]),
    ("ln(1e170*x)*y", [2.0, 1.0], [0.5, 392.132_612_989_547_8], [[-0.25, 0.5], [0.5, 0.0]]),
    ("y/exp(x)", [-800.0, 1.0], [NAN, NAN], [[NAN, NAN], [NAN, NAN]]),
    ("ln(x) + y*x", [-1.0, 2.0], [NAN, NAN], [[NAN, NAN], [NAN, NAN]]),
    ("hypot(x, y)", [0.0, 0.0], [0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
];

fn is_right(found: f64, expected: f64) -> bool {
    if expected.is_nan() { !found.is_finite() } else { (found - expected).abs() <= 1e-14 * expected.abs() }
}

#[test]
fn programs_end_where_the_rules_do() {
    for (formula, point, gradient, hessian) in CASES {
        for stabilise in [false, true] {
            let graph = Graph::new();
            let loss = graph.parse(&format!("parameter x, y; data unused; {formula}")).unwrap();
            let program = Program::builder(&graph, loss).unwrap().stabilise(stabilise).compile().unwrap();
            // A block and a bit of the same example.
            let column = vec![1.0; 515];
            let columns = [column.as_slice()];
            let over = program.over(&columns).unwrap();
            let found = over.value_and_gradient(&point).unwrap().1;
            let rows = over.hessian(&point).unwrap();
            let pairs = found
                .iter()
                .chain(rows.iter().flatten())
                .zip(gradient.iter().chain(hessian.iter().flatten()));
            for (place, (&found, &expected)) in pairs.enumerate() {
                assert!(
                    is_right(found, expected),
                    "{formula}, stabilised: {stabilise}, {place}: {found}, not {expected}"
                );
            }
            assert_eq!(rows[0][1].to_bits(), rows[1][0].to_bits());
        }
    }
}

#[test]
fn generated_source_ends_where_the_rules_do() {
    let (mut source, mut main) = (String::new(), String::new());
    for (index, (formula, point, ..)) in CASES.into_iter().enumerate() {
        for stabilise in [false, true] {
            let graph = Graph::new();
            let loss = graph.parse(&format!("parameter x, y; {formula}")).unwrap();
            let program = Program::builder(&graph, loss).unwrap().stabilise(stabilise).compile().unwrap();
            let name = format!("f{index}_{stabilise}");
            source += &program.rust(&name).unwrap();
            writeln!(main, "    let (_, gradient) = {name}(&{point:?}, &[]);").unwrap();
            main += "    println!(\"{:e}\\n{:e}\", gradient[0], gradient[1]);\n";
        }
    }
    let found = printed("edges", &format!("{source}fn main() {{\n{main}}}\n"));
    let expected = CASES
        .into_iter()
        .flat_map(|(formula, _, gradient, _)| [gradient; 2].map(|gradient| (formula, gradient)));
    for (found, (formula, expected)) in found.chunks(2).zip(expected) {
        assert!(
            is_right(found[0], expected[0]) && is_right(found[1], expected[1]),
            "{formula}: {found:?}, not {expected:?}"
        );
    }
    assert_eq!(found.len(), 4 * CASES.len());
}

/// A mask that says for which examples there is a root.
#[test]
fn a_masked_column_has_the_hessian_of_what_is_taken() {
    for stabilise in [false, true] {
        let graph = Graph::new();
        let loss = graph.parse("data c; select(w*c, sqrt(w*c), (w*c)^2)").unwrap();
        let program = Program::builder(&graph, loss).unwrap().stabilise(stabilise).compile().unwrap();
        let c = [-1.0, 4.0];
        let columns: [&[f64]; 1] = [&c];
        let over = program.over(&columns).unwrap();
        // √(4w) and w²: slopes 1/√w and 2w, curvatures −½ and 2.
        assert_eq!(over.value_and_gradient(&[1.0]).unwrap(), (1.5, vec![1.5]));
        assert_eq!(over.hessian(&[1.0]).unwrap(), [[0.75]]);
        assert_eq!(over.hessian_vector(&[1.0], &[2.0]).unwrap(), [1.5]);
    }
}

#[test]
fn an_example_outside_of_the_domain_has_no_slope_unless_its_weight_is_zero() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data c; a*c + ln(b*c)").unwrap()).unwrap();
    let c = [2.0, -1.0];
    let columns: [&[f64]; 1] = [&c];
    let over = program.over(&columns).unwrap();
    let (value, gradient) = over.value_and_gradient(&[1.0, 1.0]).unwrap();
    assert!(value.is_nan() && gradient.iter().all(|slope| slope.is_nan()), "{gradient:?}");
    let (value, gradient) = over.weights(&[3.0, 0.0]).unwrap().value_and_gradient(&[1.0, 1.0]).unwrap();
    assert_eq!((value, gradient), (2.0 + 2.0_f64.ln(), vec![2.0, 1.0]));
}

#[test]
fn a_reciprocal_of_an_overflow_is_no_zero() {
    let graph = Graph::new();
    let square = (graph.parameter("x") * graph.data("c")).powi(2);
    let program = Program::new(&graph, square.recip()).unwrap();
    let columns: [&[f64]; 1] = [&[1.0]];
    let (value, gradient) = program.value_and_gradient(&[1e200], &columns).unwrap();
    assert!(value.is_nan() && gradient[0].is_nan());
}

#[test]
fn generated_source_has_no_slope_where_it_has_no_value() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; ln(w*x) + v").unwrap()).unwrap();
    let source = program.rust("outside").unwrap();
    let main = "fn main() { let (value, gradient) = outside(&[-1.0, 1.0], &[1.0]);\n\
                println!(\"{value:e}\\n{:e}\\n{:e}\", gradient[0], gradient[1]); }";
    assert!(printed("outside", &format!("{source}{main}")).iter().all(|number| number.is_nan()));
}

/// 3 + 1 − ln(1 + e⁻³): a term that is subtracted is no part of a softplus.
#[test]
fn a_subtracted_term_is_left_alone() {
    let graph = Graph::new();
    let loss = graph.parse("data c; max(u*c, 0) + (v - softplus(-abs(u*c)))").unwrap();
    let (value, gradient) =
        Program::new(&graph, loss).unwrap().value_and_gradient(&[3.0, 1.0], &[&[1.0]]).unwrap();
    let e = (-3.0_f64).exp();
    assert!((value - (4.0 - e.ln_1p())).abs() < 1e-15 && (gradient[0] - (1.0 + e / (1.0 + e))).abs() < 1e-15);
}
