//! Random expressions, shared by the tests that compare modes of differentiation.
//!
//! A recipe is a list of steps; each adds a value made from earlier ones, so that the results form a directed
//! acyclic graph with shared sub-expressions. Every step is finite with finite partials wherever its arguments are
//! below 2²⁴, also at its kinks, and grows by a factor of three at most (a square: the argument of a root or of a
//! bounded function): all modes must agree there, and only rounding may differ.
//! `build` is generic, so one recipe runs at every number type.

#![allow(clippy::expect_used, dead_code, reason = "helpers of tests, not each of which uses them all")]

use chainrule_graph::{Graph, Node, Real, Run};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// How many inputs a recipe starts from.
pub(crate) const INPUTS: usize = 3;
/// How many steps a recipe has at most; 3¹² < 2²⁴.
const STEPS: usize = 12;
/// How many kinds of steps there are.
const KINDS: u8 = 24;

/// A thousand cases from a fixed seed: a failure is the same failure everywhere.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    kind: u8,
    arguments: [Index; 3],
}

pub(crate) fn recipes() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..KINDS, any::<[Index; 3]>()).prop_map(|(kind, arguments)| Step { kind, arguments });
    prop::collection::vec(step, 1..=STEPS)
}

/// Points away from no kink in particular: ties and zeros are drawn on purpose, since the conventions hold in all modes.
pub(crate) fn points() -> impl Strategy<Value = [f64; INPUTS]> {
    let coordinate = prop_oneof![4 => -2.0..2.0, 1 => Just(0.0), 1 => Just(1.0)];
    [coordinate.clone(), coordinate.clone(), coordinate]
}

pub(crate) fn build<R: Real>(recipe: &[Step], inputs: &[R]) -> R {
    let one = R::constant(1.0);
    let mut values = inputs.to_vec();
    for step in recipe {
        let [a, b, c] = step.arguments.each_ref().map(|index| index.get(&values).clone());
        values.push(match step.kind {
            0 => a + b,
            1 => a - b,
            2 => (a * b).tanh(),
            3 => a / (b.powi(2) + one.clone()),
            4 => -a,
            5 => (a.powi(2) + one.clone()).recip(),
            6 => a.sin().powi(3),
            7 => (a.softplus() + one.clone()).powf(&b.tanh()).tanh(),
            8 => (a.powi(2) + one.clone()).sqrt(),
            9 => (-a.abs()).exp(),
            10 => a.tanh().exp_m1(),
            11 => (a.powi(2) + one.clone()).ln(),
            12 => a.abs().ln_1p(),
            13 => a.cos(),
            14 => (R::constant(0.5) * a.sin()).asin(),
            15 => (R::constant(0.5) * a.cos()).acos() * b.atan(),
            16 => a.tanh().sinh() + b.tanh().cosh(),
            17 => a.min(&b),
            18 => a.max(&b),
            19 => a.hypot(&(b.powi(2) + one.clone())),
            20 => a.sigmoid() * b.sign(),
            21 => R::select(&a, &b, &c),
            22 => R::sum([&a, &b, &c]),
            _ => R::dot([(&a.sigmoid(), &b), (&c, &a.tanh())]),
        });
    }
    R::sum(values.iter())
}

/// A graph with the recipe's inputs as parameters and its output.
pub(crate) fn graph_of<'g>(g: &'g Graph, recipe: &[Step]) -> ([Node<'g>; INPUTS], Node<'g>) {
    let inputs = ["x", "y", "z"].map(|name| g.parameter(name));
    (inputs, build(recipe, &inputs))
}

pub(crate) fn bound<'g>(inputs: &[Node<'g>; INPUTS], point: &[f64; INPUTS]) -> Vec<(Node<'g>, f64)> {
    inputs.iter().copied().zip(point.iter().copied()).collect()
}

/// Σ |product of partials| over all paths from `output`, for each input: the scale of what rounding can do to a
/// derivative, whatever the order in which a mode multiplies and adds.
pub(crate) fn path_scale(run: &Run<'_, f64>, g: &Graph, output: Node<'_>, inputs: &[Node<'_>]) -> Vec<f64> {
    let place = |node: Node<'_>| node.index().expect("the node is in the graph");
    let nodes: Vec<_> = g.nodes().take(place(output) + 1).collect();
    let mut scale = vec![0.0; nodes.len()];
    scale[place(output)] = 1.0;
    for node in nodes.into_iter().rev() {
        for edge in run.edges(node).expect("the node is in the run") {
            scale[place(edge.argument)] += scale[place(node)] * edge.partial.abs();
        }
    }
    inputs.iter().map(|&input| scale[place(input)]).collect()
}

/// What rounding can do to a sum of products of at most 100 factors each, relative to its scale: (1 + ε)²⁰⁰ − 1.
pub(crate) const ROUNDING: f64 = 200.0 * f64::EPSILON;
