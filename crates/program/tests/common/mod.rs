//! What the tests share: numbers, losses, and the graph's own answer, example by example.

#![allow(dead_code, reason = "each test uses a part")]

use std::process::Command;

use chainrule_graph::{Graph, Node, Op, Real, Table};

/// Numbers between −1 and 1 without a pattern (SplitMix64).
pub(crate) fn numbers(seed: u64, count: usize) -> Vec<f64> {
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
pub(crate) fn by_the_graph(
    graph: &Graph,
    loss: Node<'_>,
    parameters: &[f64],
    columns: &[&[f64]],
) -> (f64, Vec<f64>) {
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
pub(crate) const LOSSES: [&str; 11] = [
    "parameter p, q; data x, y; (p*x + q - y)^2",
    "parameter p, q; data x, y; softplus((1 - 2*y)*(p*x + q))",
    "parameter p, q; data x, y; z = p*x + q; -y*ln(sigmoid(z)) - (1 - y)*ln(1 - sigmoid(z))",
    "parameter p, q; data x, y; exp(p*x + q) - y*(p*x + q)",
    "parameter p, q; data x, y; abs(p*x - y) + max(q, x)*tanh(p*y)",
    "parameter p, q; data x, y; sin(p*x)*cos(q*y) + hypot(p, y)^3",
    "parameter p, q; data x, y; ln(1 + (p*x - y)^2/q^2) + ln(q^2)",
    "parameter p, q; data x, y; p*q + 3",
    "parameter p, q; data x, y; sqrt(1 + (x - p)^2) + exp_m1(q*y)/(2 + x)",
    "parameter p, q; data x, y; ln(exp(p*x) + exp(q*y)*2 + y^2) - exp(q)/(exp(p) + exp(q*x) + 1)",
    "parameter p, q; data x, y; ln(1 + exp(p*x) + x^2*exp(q)) + ln((exp(p*y) + exp(q*x))/2)",
];

/// A loss of p and q, x and y, made of a dozen operations of the table chosen without a pattern.
pub(crate) fn random_loss(seed: u64) -> String {
    let choices = numbers(1_000 + seed, 64);
    let mut place = 0;
    let mut choose = |among: usize| {
        place += 1;
        ((choices[place] + 1.0) / 2.0 * among as f64) as usize
    };
    let graph = Graph::new();
    let mut made = vec![graph.parameter("p"), graph.parameter("q"), graph.data("x"), graph.data("y")];
    for _ in 0..12 {
        let op = Op::all()[choose(Op::all().len())];
        let arguments: Vec<Node<'_>> =
            (0..op.arity().unwrap_or(2)).map(|_| made[choose(made.len())]).collect();
        made.push(Node::apply(&Table, op, &arguments));
    }
    let _ = Node::sum(made.iter()).named("L");
    graph.to_string()
}

/// Runs `main` around generated functions and returns what it prints, a number a line.
pub(crate) fn printed(name: &str, source: &str) -> Vec<f64> {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (file, binary) = (directory.join(format!("{name}.rs")), directory.join(name));
    std::fs::write(&file, format!("#![deny(warnings)]\n{source}")).unwrap();
    let compiled =
        Command::new("rustc").arg("--edition=2024").arg("-o").arg(&binary).arg(&file).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let run = Command::new(&binary).output().unwrap();
    String::from_utf8(run.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect()
}
