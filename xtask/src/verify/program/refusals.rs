//! What programs refuse, by kind and place, and what they are asked about themselves.
//!
//! Invariant: next to each thing that is refused stands the same with one more or one less, which is taken.

use chainrule_graph::Graph;
use chainrule_program::{Error as ProgramError, Program};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(of_columns()?);
    emit(of_weights()?);
    emit(of_parameters()?);
    emit(of_names()?);
    Ok(())
}

fn row(name: &str, files: &'static str) -> Check {
    Check::new(name, "kind and place", "the fault that was planted", 0.0).convicts(files)
}

const EXAMPLES: &str = "crates/program/src/{examples,error}.rs";

/// A program of p, q, r and columns x, y, z.
fn program(graph: &Graph) -> Result<Program, Error> {
    Ok(Program::new(graph, graph.parse("parameter p, q, r; data x, y, z; p*x + q*y*r + z")?)?)
}

fn of_columns() -> Result<Check, Error> {
    let mut check = row("columns refused", EXAMPLES);
    let graph = Graph::new();
    let program = program(&graph)?;
    let (three, four, none) = ([1.0; 3], [1.0; 4], [0.0; 0]);
    for found in [0_usize, 1, 2, 4, 5] {
        let columns = vec![three.as_slice(); found];
        let expected = ProgramError::Columns { found, expected: 3, names: "x, y, z".to_owned() };
        check.expect_same(&program.over(&columns).err(), &Some(expected), || format!("{found} columns"));
    }
    check.expect(program.over(&[three.as_slice(); 3]).is_ok(), || "three columns".to_owned());
    let names = ["x", "y", "z"];
    for place in 0..3 {
        for odd in [&four[..], &three[..2], &none] {
            let mut columns = [three.as_slice(); 3];
            columns[place] = odd;
            // The first column says how many there are, so the second is the one that differs from it.
            let (name, found, expected) =
                if place == 0 { ("y", 3, odd.len()) } else { (names[place], odd.len(), 3) };
            let expected = ProgramError::Ragged { name: name.to_owned(), found, expected };
            check.expect_same(&program.over(&columns).err(), &Some(expected), || {
                format!("column {place} of {} examples", odd.len())
            });
        }
    }
    check.expect_same(&program.over(&[none.as_slice(); 3]).err(), &Some(ProgramError::NoExamples), || {
        "none".to_owned()
    });
    let alone = Graph::new();
    let square = Program::new(&alone, alone.parse("parameter p; p*p")?)?;
    // Without columns there is one example.
    check.expect_same(&square.value_and_gradient(&[3.0], &[]).ok(), &Some((9.0, vec![6.0])), || {
        "a loss without data".to_owned()
    });
    Ok(check)
}

fn of_weights() -> Result<Check, Error> {
    let mut check = row("weights refused", EXAMPLES);
    let graph = Graph::new();
    let program = program(&graph)?;
    let columns = [[1.0; 3].as_slice(); 3];
    let examples = program.over(&columns)?;
    for weights in [&[1.0; 2][..], &[1.0; 4], &[]] {
        let (name, found) = ("weights".to_owned(), weights.len());
        let expected = ProgramError::Ragged { name, found, expected: 3 };
        check.expect_same(&examples.weights(weights).err(), &Some(expected), || format!("{found} weights"));
    }
    for example in 0..3 {
        for bad in [-1.0, -5e-324, f64::INFINITY, f64::NEG_INFINITY] {
            let mut weights = [1.0; 3];
            weights[example] = bad;
            let expected = ProgramError::Weight { example, weight: bad };
            check.expect_same(&examples.weights(&weights).err(), &Some(expected), || {
                format!("{bad} at {example}")
            });
        }
        let mut weights = [1.0; 3];
        weights[example] = f64::NAN;
        let found = examples.weights(&weights).err();
        let right = matches!(found, Some(ProgramError::Weight { example: at, weight }) if at == example && weight.is_nan());
        check.expect(right, || format!("NaN at {example}: {found:?}"));
    }
    for (weights, total) in [([0.0; 3], 0.0), ([-0.0; 3], 0.0), ([f64::MAX; 3], f64::INFINITY)] {
        let found = examples.weights(&weights).err();
        check.expect_same(&found, &Some(ProgramError::TotalWeight { total }), || format!("{weights:?}"));
    }
    for weights in [[0.0, 5e-324, 0.0], [0.0, 0.0, f64::MAX], [-0.0, 1.0, 0.0]] {
        check.expect(examples.weights(&weights).is_ok(), || format!("{weights:?} are refused"));
    }
    Ok(check)
}

fn of_parameters() -> Result<Check, Error> {
    let mut check = row("parameters refused", EXAMPLES);
    let graph = Graph::new();
    let program = program(&graph)?;
    let columns = [[1.0; 3].as_slice(); 3];
    let examples = program.over(&columns)?;
    let error = |what, found| {
        Some(ProgramError::Parameters { what, found, expected: 3, names: "p, q, r".to_owned() })
    };
    for found in [0, 1, 2, 4] {
        let p = vec![1.0; found];
        let at = || format!("{found} of three");
        let expected = error("parameters", found);
        check.expect_same(&examples.value(&p).err(), &expected, at);
        check.expect_same(&examples.value_and_gradient(&p).err(), &expected, at);
        check.expect_same(&examples.hessian(&p).err(), &expected, at);
        check.expect_same(&examples.hessian_vector(&p, &[1.0; 3]).err(), &expected, at);
        check.expect_same(&program.value(&p, &columns).err(), &expected, at);
        check.expect_same(&program.value_and_gradient(&p, &columns).err(), &expected, at);
        let expected = error("entries of the direction", found);
        check.expect_same(&examples.hessian_vector(&[1.0; 3], &p).err(), &expected, at);
    }
    check.expect_same(&program.value(&[1.0; 3], &columns).ok(), &Some(3.0), || "three of three".to_owned());
    Ok(check)
}

fn of_names() -> Result<Check, Error> {
    let mut check = row("names of functions, foreign losses", "crates/program/src/{generate,program}.rs");
    let graph = Graph::new();
    let program = program(&graph)?;
    for name in ["f", "F2", "a_b", "x__", "z9", "A"] {
        let head = format!(
            "/// The value of a loss of one example, and its derivatives by the parameters.\n///\n/// Parameters: p, q, r.\n\
             /// Data: x, y, z.\n#[allow(unused_variables, unused_parens, clippy::all)]\n\
             pub fn {name}(parameters: &[f64; 3], data: &[f64; 3]) -> (f64, [f64; 3]) {{\n"
        );
        let found = program.rust(name);
        check.expect(found.as_ref().is_ok_and(|source| source.starts_with(&head)), || {
            format!("{name}: {found:?}")
        });
    }
    for name in ["", "_f", "9f", "a b", "a-b", "é", "aé", "a::b", " f", "f("] {
        let expected = ProgramError::FunctionName { name: name.to_owned() };
        check.expect_same(&program.rust(name).err(), &Some(expected), || format!("{name:?}"));
    }
    check.expect_same(&program.parameters(), &["p", "q", "r"].map(str::to_owned).as_slice(), || {
        "parameters".to_owned()
    });
    check.expect_same(&program.columns(), &["x", "y", "z"].map(str::to_owned).as_slice(), || {
        "columns".to_owned()
    });
    let other = Graph::new();
    let foreign = other.parameter("p");
    check.expect(matches!(Program::new(&graph, foreign), Err(ProgramError::Graph(_))), || {
        "a loss of another graph is taken".to_owned()
    });
    let poisoned = graph.parameter("p") + foreign;
    check.expect(matches!(Program::new(&graph, poisoned), Err(ProgramError::Graph(_))), || {
        "a loss of two graphs is taken".to_owned()
    });
    let constant = Program::new(&graph, chainrule_graph::Real::constant(2.5))?;
    check.expect_same(&constant.value(&[0.0; 3], &[&[1.0], &[1.0], &[1.0]]).ok(), &Some(2.5), || {
        "a constant loss".to_owned()
    });
    let escaped = Graph::new();
    let loss = escaped.parameter("a\nb") * escaped.data("c\u{7}");
    let source = Program::new(&escaped, loss)?.rust("f")?;
    let is_escaped = source.contains("/// Parameters: a\\nb.\n") && source.contains("/// Data: c\\u{7}.\n");
    check.expect(is_escaped, || format!("names in a comment: {source}"));
    Ok(check)
}
