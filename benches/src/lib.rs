//! Workloads that the suites share: the sizes, and the data and graphs for them.
//!
//! Invariant: a workload depends on its sizes alone, so two runs time the same work.

#![forbid(unsafe_code)]

mod contender;
mod fits;
mod numbers;
#[cfg(feature = "peers")]
mod peers;
mod suites;

pub use contender::{Case, Contender, Disagreement, Row};
pub use fits::{Options, run as run_fits};
pub use suites::run;

use chainrule_data::{Dataset, Error, Separable};
use chainrule_graph::{Graph, Node, Real};
use chainrule_model::log_loss;

/// The numbers of examples and features at which the two gradients are timed.
pub const SIZES: [(usize, usize); 3] = [(10_000, 2), (10_000, 32), (100_000, 50)];

/// Separable data with a margin of 0.1 from a fixed seed.
///
/// # Errors
/// None for sizes of at least 2 and 1.
pub fn dataset(examples: usize, features: usize) -> Result<Dataset, Error> {
    Ok(Separable::new(examples, features).margin(0.1).seed(1).generate()?.dataset)
}

/// A graph with one output, and a value for each of its leaves.
#[derive(Debug)]
pub struct Workload<'g> {
    /// The output.
    pub output: Node<'g>,
    /// The leaves with their values.
    pub bindings: Vec<(Node<'g>, f64)>,
}

/// A chain of `length` sines.
pub fn chain(graph: &Graph, length: usize) -> Workload<'_> {
    let x = graph.parameter("x");
    let output = (0..length).fold(x, |y, _| y.sin());
    Workload { output, bindings: vec![(x, 0.5)] }
}

/// The log-loss of one example with `features` features: one dot product, one softplus.
pub fn example_loss(graph: &Graph, features: usize) -> Workload<'_> {
    let node = |name: &str, j: usize| match name {
        "w" => graph.parameter(&format!("w{j}")),
        _ => graph.data(&format!("x{j}")),
    };
    let pairs: Vec<_> = (0..features).map(|j| (node("w", j), node("x", j))).collect();
    let label = graph.data("y");
    let logit = Node::dot(pairs.iter().map(|(w, x)| (w, x)));
    let values =
        pairs.iter().enumerate().flat_map(|(j, &(w, x))| [(w, 0.1 * j as f64), (x, 1.0 - 0.05 * j as f64)]);
    let bindings = values.chain([(label, 1.0)]).collect();
    Workload { output: log_loss(&logit, &label), bindings }
}
