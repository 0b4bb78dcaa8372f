//! The lesson's second part: the derivatives of one example's loss, graph against closed form, for |z| from 0 to 1000.
//!
//! The graph of the loss is the stable one (softplus of the signed logit). dL/da and da/dz need a node for a; there
//! the loss is −ln p with p the probability of the label that was seen, a for y = 1 and 1 − a for y = 0, as a
//! sigmoid of its own, so that nothing cancels. A last row takes the textbook's own formula where it still holds.
//!
//! Invariant: both labels and both signs of z in every row but the last, whose range is stated in its name.

use chainrule_graph::{Error as GraphError, Graph, Node, Real, Rules};
use chainrule_model::{log_loss, loss_by_probability, probability_by_logit, residual};

use crate::error::Error;
use crate::verify::{Check, Emit, culprit};

/// A handful of operations on either side, each right to about an ulp, and an exponential of an argument whose rounding
/// it magnifies by up to |z| / 700 of … an ulp of z = 1000, 1e-13.
const ROUNDING: f64 = 1e-13;

/// a − y loses a factor e^|z| of the relative precision 1.1e-16: 2.4e-12 at |z| = 10; two orders of magnitude for the rest.
const CANCELLATION: f64 = 1e-10;

/// The features of the example.
const X: [f64; 2] = [1.5, -0.75];

pub(super) fn checks<T: Rules>(rules: &T, emit: &mut Emit<'_>) -> Result<(), Error> {
    for check in by_probability(rules)? {
        emit(check);
    }
    for check in by_parameters(rules)? {
        emit(check);
    }
    emit(textbook_formula(rules)?);
    Ok(())
}

/// Logits of both signs: 0, small ones, and up to 1000 in steps of a half.
fn logits() -> impl Iterator<Item = f64> {
    let small = [0.0, 1e-300, 1e-20, 1e-8, 1e-3, 0.1];
    let sizes = small.into_iter().chain((1..=2000).map(|half| f64::from(half) / 2.0));
    sizes.flat_map(|size| [size, -size])
}

/// dL/da and da/dz through a node for the probability.
fn by_probability<T: Rules>(rules: &T) -> Result<[Check; 2], GraphError> {
    let mut slopes = Check::new("lesson da/dz", "reverse sweep", "closed form", ROUNDING);
    let mut losses = Check::new("lesson dL/da", "reverse sweep", "closed form", ROUNDING);
    let graph = Graph::new();
    let z = graph.parameter("z");
    let a = z.sigmoid().named("a");
    let not_a = (-z).sigmoid().named("1 - a");
    for logit in logits() {
        let run = graph.at_with(rules, &[(z, logit)])?;
        slopes.compare(run.gradient(a)?[z], probability_by_logit(logit));
        slopes.blame(|| culprit(&run))?;
    }
    // 1 − a moves against a.
    let (seen, unseen) = (-a.ln(), -not_a.ln());
    for logit in logits() {
        let run = graph.at_with(rules, &[(z, logit)])?;
        // Where the probability underflows the loss is infinite, and has no slope.
        if run.value(seen)?.is_finite() {
            losses.compare(run.gradient(seen)?[a], loss_by_probability(logit, 1.0));
        }
        if run.value(unseen)?.is_finite() {
            losses.compare(-run.gradient(unseen)?[not_a], loss_by_probability(logit, 0.0));
        }
        losses.blame(|| culprit(&run))?;
    }
    Ok([losses, slopes])
}

/// The loss of one example with two features.
struct Example<'g> {
    graph: &'g Graph,
    parameters: [Node<'g>; 3],
    data: [Node<'g>; 3],
    logit: Node<'g>,
}

impl<'g> Example<'g> {
    fn new(graph: &'g Graph) -> Self {
        let [w1, w2, b] = ["w1", "w2", "b"].map(|name| graph.parameter(name));
        let [x1, x2, y] = ["x1", "x2", "y"].map(|name| graph.data(name));
        let logit = (w1 * x1 + w2 * x2 + b).named("z");
        Example { graph, parameters: [w1, w2, b], data: [x1, x2, y], logit }
    }

    /// Every node's binding, with weights and an intercept that give about the logit that is asked for.
    fn bindings(&self, logit: f64, label: f64) -> [(Node<'g>, f64); 6] {
        let [w1, w2, b] = self.parameters;
        let [x1, x2, y] = self.data;
        let weights = [logit / (2.0 * X[0]), logit / (4.0 * X[1])];
        [(w1, weights[0]), (w2, weights[1]), (b, logit / 4.0), (x1, X[0]), (x2, X[1]), (y, label)]
    }
}

/// dL/dz, dL/dw1, dL/dw2 and dL/db.
fn by_parameters<T: Rules>(rules: &T) -> Result<[Check; 3], GraphError> {
    let check = |name| Check::new(name, "reverse sweep", "closed form", ROUNDING);
    let [mut by_logit, mut by_weight, mut by_intercept] =
        ["lesson dL/dz", "lesson dL/dw", "lesson dL/db"].map(check);
    let graph = Graph::new();
    let example = Example::new(&graph);
    let [w1, w2, b] = example.parameters;
    let [.., y] = example.data;
    let loss = log_loss(&example.logit, &y);
    for (logit, label) in logits().flat_map(|logit| [(logit, 0.0), (logit, 1.0)]) {
        let run = example.graph.at_with(rules, &example.bindings(logit, label))?;
        let adjoints = run.gradient(loss)?;
        let expected = residual(run.value(example.logit)?, label);
        by_logit.compare(adjoints[example.logit], expected);
        by_weight.compare(adjoints[w1], expected * X[0]);
        by_weight.compare(adjoints[w2], expected * X[1]);
        by_intercept.compare(adjoints[b], expected);
        for check in [&mut by_logit, &mut by_weight, &mut by_intercept] {
            check.blame(|| culprit(&run))?;
        }
    }
    Ok([by_logit, by_weight, by_intercept])
}

/// −y·ln a − (1 − y)·ln(1 − a) as the lesson writes it, where it still holds.
fn textbook_formula<T: Rules>(rules: &T) -> Result<Check, GraphError> {
    let name = "lesson dL/dz by the textbook formula, |z| to 10";
    let mut check = Check::new(name, "reverse sweep", "closed form", CANCELLATION);
    let graph = Graph::new();
    let example = Example::new(&graph);
    let [.., y] = example.data;
    let a = example.logit.sigmoid();
    let loss = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
    let moderate = logits().filter(|logit| logit.abs() <= 10.0);
    for (logit, label) in moderate.flat_map(|logit| [(logit, 0.0), (logit, 1.0)]) {
        let run = example.graph.at_with(rules, &example.bindings(logit, label))?;
        let expected = residual(run.value(example.logit)?, label);
        check.compare(run.gradient(loss)?[example.logit], expected);
        check.blame(|| culprit(&run))?;
    }
    Ok(check)
}
