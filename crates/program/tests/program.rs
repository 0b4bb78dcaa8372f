//! Programs against the graph's own sweeps, example by example.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use chainrule_graph::Graph;
use chainrule_program::{Error, Program};
use common::{LOSSES, by_the_graph, numbers};

#[test]
fn programs_are_the_mean_of_the_graph() {
    for formulas in LOSSES {
        let graph = Graph::new();
        let loss = graph.parse(formulas).unwrap();
        let program = Program::new(&graph, loss).unwrap();
        assert_eq!(program.parameters(), ["p", "q"]);
        assert_eq!(program.columns(), ["x", "y"]);
        // Lone examples, whole groups of lanes, whole blocks, and what is left over.
        for examples in [1, 7, 16, 17, 512, 513, 1300] {
            let (x, y) = (numbers(1, examples), numbers(2, examples));
            let (parameters, columns) = ([0.7, -0.3], [x.as_slice(), &y]);
            let (value, gradient) = program.value_and_gradient(&parameters, &columns).unwrap();
            let (truth, slopes) = by_the_graph(&graph, loss, &parameters, &columns);
            // Terms of size 1, of which thousands are summed.
            assert!(
                (value - truth).abs() <= 1e-13 * (1.0 + truth.abs()),
                "{formulas}, {examples}: {value} {truth}"
            );
            assert_eq!(program.value(&parameters, &columns).unwrap(), value, "{formulas}");
            for (slope, truth) in gradient.iter().zip(&slopes) {
                assert!(
                    (slope - truth).abs() <= 1e-13 * (1.0 + truth.abs()),
                    "{formulas}, {examples}: {slope} {truth}"
                );
            }
        }
    }
}

#[test]
fn the_textbook_loss_holds_at_every_logit() {
    // Truths: L = 800, dL/db = −1 at z = −800 and y = 1; 0 and −σ(−800) = 0 in f64 at z = 800.
    let graph = Graph::new();
    let loss = graph.parse("parameter b; data y; -y*ln(sigmoid(b)) - (1 - y)*ln(1 - sigmoid(b))").unwrap();
    let program = Program::new(&graph, loss).unwrap();
    assert_eq!(program.value_and_gradient(&[-800.0], &[&[1.0]]).unwrap(), (800.0, vec![-1.0]));
    assert_eq!(program.value_and_gradient(&[800.0], &[&[0.0]]).unwrap(), (800.0, vec![1.0]));
    assert_eq!(program.value_and_gradient(&[800.0], &[&[1.0]]).unwrap(), (0.0, vec![0.0]));
    assert_eq!(program.rewrites().len(), 3);
    // As written it breaks.
    let written = Program::builder(&graph, loss).unwrap().stabilise(false).compile().unwrap();
    assert!(written.rewrites().is_empty());
    assert!(!written.value(&[800.0], &[&[1.0]]).unwrap().is_finite());
}

#[test]
fn an_adjoint_of_zero_beside_an_infinite_partial_is_zero() {
    let graph = Graph::new();
    let loss = graph.parse("parameter p; data x; 0*sqrt(p - x)").unwrap();
    let program = Program::new(&graph, loss).unwrap();
    assert_eq!(program.value_and_gradient(&[1.0], &[&[1.0, 0.0]]).unwrap(), (0.0, vec![0.0]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let graph = Graph::new();
    let loss = graph.parse("parameter p, q; data x, y; p*x + q*y").unwrap();
    let program = Program::new(&graph, loss).unwrap();
    let text = |result: Result<f64, Error>| result.unwrap_err().to_string();
    let (one, two): (&[f64], &[f64]) = (&[1.0], &[1.0, 2.0]);
    assert_eq!(
        text(program.value(&[1.0], &[one, one])),
        "1 parameters were given to a program of 2 parameters; give one for each of: p, q"
    );
    assert_eq!(
        text(program.value(&[1.0, 2.0], &[one])),
        "1 columns were given to a program of 2; give one for each of: x, y"
    );
    assert_eq!(
        text(program.value(&[1.0, 2.0], &[one, two])),
        "column `y` has 2 examples, and the first column 1; give as many in each"
    );
    assert_eq!(
        text(program.value(&[1.0, 2.0], &[&[], &[]])),
        "there is no example; a mean needs at least one"
    );
    let other = Graph::new();
    assert!(matches!(Program::new(&graph, other.parameter("p")), Err(Error::Graph(_))));
}

#[test]
fn programs_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Program>();
}
