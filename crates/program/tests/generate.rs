//! Generated functions, compiled by rustc and run, against programs and the graph's own sweep.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use std::fmt::Write as _;

use chainrule_graph::{Graph, Node, Op, Real, Table};
use chainrule_program::Program;
use common::{LOSSES, by_the_graph, printed, random_loss};

const PARAMETERS: [f64; 2] = [0.7, -0.3];
const DATA: [f64; 2] = [0.45, 0.8];

#[test]
fn generated_code_is_the_sweep() {
    let mut losses: Vec<String> = LOSSES.iter().map(|&formulas| formulas.to_owned()).collect();
    losses.extend((0..60).map(random_loss));
    let (mut source, mut main, mut expected) = (String::new(), String::new(), Vec::new());
    for (index, formulas) in losses.iter().enumerate() {
        let graph = Graph::new();
        let loss = graph.parse(formulas).unwrap();
        source += &Program::new(&graph, loss).unwrap().rust(&format!("f{index}")).unwrap();
        writeln!(main, "    let (value, gradient) = f{index}(&{PARAMETERS:?}, &{DATA:?});").unwrap();
        main += "    println!(\"{value:e}\\n{:e}\\n{:e}\", gradient[0], gradient[1]);\n";
        let columns: [&[f64]; 2] = [&DATA[..1], &DATA[1..]];
        let (value, gradient) = by_the_graph(&graph, loss, &PARAMETERS, &columns);
        expected.extend([value, gradient[0], gradient[1]]);
    }
    let found = printed("generated", &format!("{source}fn main() {{\n{main}}}\n"));
    assert_eq!(found.len(), expected.len());
    let mut finite = 0;
    for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
        finite += usize::from(expected.is_finite());
        // Random expressions may lose digits; a wrong operation is wrong by more.
        let is_close = (found - expected).abs() <= 1e-9 * (1.0 + expected.abs());
        assert!(is_close || !expected.is_finite(), "{}: {found} {expected}", losses[place / 3]);
    }
    assert!(finite > expected.len() / 2, "{finite} of {}", expected.len());
}

#[test]
fn every_operation_can_be_generated() {
    // An operation each, of two parameters and two columns; those of one argument of their product.
    let (mut source, mut main, mut expected) = (String::new(), String::new(), Vec::new());
    for (index, op) in Op::all().into_iter().enumerate() {
        let graph = Graph::new();
        let (p, q) = (graph.parameter("p"), graph.parameter("q"));
        let (x, y) = (graph.data("x"), graph.data("y"));
        let arguments = [p * x, q * y, p + y];
        let count = op.arity().unwrap_or(2);
        let loss = Node::apply(&Table, op, &arguments[..count]);
        source += &Program::builder(&graph, loss)
            .unwrap()
            .stabilise(false)
            .compile()
            .unwrap()
            .rust(&format!("f{index}"))
            .unwrap();
        writeln!(main, "    let (value, gradient) = f{index}(&[0.9, 0.4], &[0.8, 0.3]);").unwrap();
        main += "    println!(\"{value:e}\\n{:e}\\n{:e}\", gradient[0], gradient[1]);\n";
        let columns: [&[f64]; 2] = [&[0.8], &[0.3]];
        let (value, gradient) = by_the_graph(&graph, loss, &[0.9, 0.4], &columns);
        expected.extend([(op, value), (op, gradient[0]), (op, gradient[1])]);
    }
    let found = printed("operations", &format!("{source}fn main() {{\n{main}}}\n"));
    for (found, (op, expected)) in found.iter().zip(&expected) {
        assert!(
            (found - expected).abs() <= 1e-14 * (1.0 + expected.abs()),
            "{}: {found} {expected}",
            op.name()
        );
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn a_name_that_no_function_can_have_is_refused() {
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("p^2").unwrap()).unwrap();
    for name in ["", "two words", "1st", "f()", "é"] {
        let error = program.rust(name).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "`{name}` is no name for a function; use ASCII letters, digits and underscores, a letter first"
            )
        );
    }
}
