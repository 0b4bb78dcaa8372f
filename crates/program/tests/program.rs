//! Programs against the graph's own sweeps, example by example.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_graph::{Graph, Node};
use chainrule_program::{Error, Program};

/// Numbers between −1 and 1 without a pattern (SplitMix64).
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Mean loss and gradient by the graph, one example after the other.
fn by_the_graph(graph: &Graph, loss: Node<'_>, parameters: &[f64], columns: &[&[f64]]) -> (f64, Vec<f64>) {
    let of = |kind| graph.nodes().filter(move |node| node.kind() == kind);
    let examples = columns[0].len();
    let (mut value, mut gradient) = (0.0, vec![0.0; parameters.len()]);
    for i in 0..examples {
        let fixed = of(chainrule_graph::NodeKind::Parameter).zip(parameters.iter().copied());
        let data = of(chainrule_graph::NodeKind::Data).zip(columns.iter().map(|column| column[i]));
        let run = graph.at(&fixed.chain(data).collect::<Vec<_>>()).unwrap();
        value += run.value(loss).unwrap();
        let slopes = run.gradient(loss).unwrap();
        for (sum, parameter) in gradient.iter_mut().zip(graph.parameters()) {
            *sum += slopes[parameter];
        }
    }
    gradient.iter_mut().for_each(|sum| *sum /= examples as f64);
    (value / examples as f64, gradient)
}

/// Losses of a few kinds: parameters p and q, columns x and y.
const LOSSES: [&str; 9] = [
    "parameter p, q; data x, y; (p*x + q - y)^2",
    "parameter p, q; data x, y; softplus((1 - 2*y)*(p*x + q))",
    "parameter p, q; data x, y; z = p*x + q; -y*ln(sigmoid(z)) - (1 - y)*ln(1 - sigmoid(z))",
    "parameter p, q; data x, y; exp(p*x + q) - y*(p*x + q)",
    "parameter p, q; data x, y; abs(p*x - y) + max(q, x)*tanh(p*y)",
    "parameter p, q; data x, y; sin(p*x)*cos(q*y) + hypot(p, y)^3",
    "parameter p, q; data x, y; ln(1 + (p*x - y)^2/q^2) + ln(q^2)",
    "parameter p, q; data x, y; p*q + 3",
    "parameter p, q; data x, y; sqrt(1 + (x - p)^2) + exp_m1(q*y)/(2 + x)",
];

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
        "1 parameters were given to a program of 2; give one for each of: p, q"
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
