//! Random graphs at extreme points: no mode gives a finite slope that is farther from the truth than rounding explains.
//!
//! The derivative ∂J/∂x is itself a graph of nodes vᵢ, each off by at most δᵢ = budgetᵢ·|vᵢ| + 2⁻¹⁰⁷⁴ when its arguments are exact. To first order
//! the derivative is then off by Σ δᵢ·|∂(∂J/∂x)/∂vᵢ|, which is computed at high precision by the graph's own sweep. Where a node's bound,
//! carried forwards, exceeds a thousandth of its value, first order says nothing: digits are lost there, and such points are counted apart, as
//! are kinks, edges of domains and what is beyond all numbers.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use chainrule_graph::oracle::BigFloat;
use chainrule_graph::{Dual, Graph, Node, NodeKind, Op, Real, Run, Table, Tape};

const PRECISION: usize = 320;
const INPUTS: usize = 3;
const GRAPHS: u64 = 3_000;

/// Where something ends, overflows, cancels or begins to round.
const LANDMARKS: [f64; 28] = [
    0.0, 5e-324, 1e-310, 2.3e-308, 1e-200, 1e-160, 1e-100, 7e-9, 2.2e-16, 0.5, 1.0, 1.5, 2.0, 3.0, 20.0,
    37.0, 354.9, 700.0, 709.5, 712.0, 740.0, 745.5, 800.0, 1e10, 1e100, 1e154, 1e200, 1.7e308,
];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2.0_f64.powi(-53)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn coordinate(&mut self) -> f64 {
        let sign = self.one_of(&[1.0, -1.0]);
        sign * match self.below(4) {
            0 => self.one_of(&LANDMARKS),
            1 => self.one_of(&LANDMARKS) * (1.0 + 0.01 * self.unit()),
            2 => 40.0 * self.unit(),
            _ => 700.0 + 50.0 * self.unit(),
        }
    }
}

/// Everything that a user can write, the common operations more often.
fn operations() -> Vec<Op> {
    let hidden = ["chain", "route", "inside", "exponent"];
    let mut operations: Vec<Op> = Op::all().into_iter().filter(|op| !hidden.contains(&op.name())).collect();
    operations.extend([Op::Add, Op::Mul, Op::Div, Op::Exp, Op::Ln].repeat(3));
    operations
}

fn random_graph<'g>(graph: &'g Graph, random: &mut Random, operations: &[Op]) -> Node<'g> {
    let mut nodes: Vec<Node<'g>> = (0..INPUTS).map(|k| graph.parameter(&format!("x{k}"))).collect();
    for _ in 0..=random.below(8) {
        let op = random.one_of(operations);
        let mut argument = || match random.below(16) {
            0 => Node::constant(random.one_of(&[1.0, -1.0, 2.0, 0.5])),
            1..8 if nodes.len() > INPUTS => nodes[INPUTS + random.below(nodes.len() - INPUTS)],
            _ => random.one_of(&nodes),
        };
        let arguments: Vec<Node<'g>> = (0..op.arity().unwrap_or(4)).map(|_| argument()).collect();
        let node = Node::apply(&Table, op, &arguments);
        nodes.extend(node.index().map(|_| node));
    }
    nodes[nodes.len() - 1]
}

fn big(value: f64) -> BigFloat {
    BigFloat::new(value, PRECISION)
}

/// What is known of each node at high precision.
struct Truth<'r, 'g> {
    run: &'r Run<'g, BigFloat>,
    /// What the node's own rounding does to it.
    own: Vec<BigFloat>,
    /// Whether first order says nothing of it, or of what it is made of.
    is_apart: Vec<bool>,
}

impl<'r, 'g> Truth<'r, 'g> {
    /// `operations` are the nodes of the function itself, in the order of which derivatives come later.
    fn new(run: &'r Run<'g, BigFloat>, operations: usize) -> Self {
        let mut truth = Truth { run, own: Vec::new(), is_apart: Vec::new() };
        let mut carried: Vec<BigFloat> = Vec::new();
        for (index, node) in run.nodes().enumerate() {
            let (own, error, is_apart) = match node.kind() {
                NodeKind::Operation(op) => truth.judged(node, op, index < operations, &carried),
                _ => (big(0.0), big(0.0), false),
            };
            truth.own.push(own);
            truth.is_apart.push(is_apart);
            carried.push(error);
        }
        truth
    }

    fn judged(
        &self,
        node: Node<'g>,
        op: Op,
        is_written: bool,
        carried: &[BigFloat],
    ) -> (BigFloat, BigFloat, bool) {
        let value = self.run.value(node).unwrap();
        let arguments = node.arguments();
        let values: Vec<BigFloat> =
            arguments.iter().map(|&argument| self.run.value(argument).unwrap()).collect();
        let rounded: Vec<f64> = values.iter().map(BigFloat::to_f64).collect();
        let size = match op.arity() {
            Some(_) => value.abs(),
            None => BigFloat::apply(&Table, op, &values.iter().map(Real::abs).collect::<Vec<_>>()),
        };
        let count = if op.arity().is_none() { rounded.len() as f64 } else { 1.0 };
        let own = size * big(op.value_ulps(&rounded) * count * f64::EPSILON) + big(f64::from_bits(1));
        let mut error = own.clone();
        let mut is_apart = !value.is_finite();
        for edge in self.run.edges(node).unwrap() {
            let argument = edge.argument.index().unwrap();
            let is_condition = op.is_weight(edge.position) && edge.position == 0 && op.arity() == Some(3);
            if edge.partial.is_zero() && op.is_weight(edge.position) && !is_condition {
                continue;
            }
            is_apart |= self.is_apart[argument];
            error = error + edge.partial.abs() * &carried[argument];
        }
        let is_lost = value.abs() * big(1e-3) < error;
        let reach: f64 = arguments.iter().filter_map(|a| a.index()).map(|k| carried[k].to_f64()).sum();
        let is_at_kink = op.kink_values(&rounded).iter().any(|kink| kink.abs() <= reach);
        is_apart |= is_lost || is_written && (is_at_kink || !op.in_domain(&rounded));
        (own, error, is_apart)
    }

    /// How far the rounding of local derivatives may take the slope by an input, by the modes that multiply them in: each is off by its budget,
    /// and by 2⁻¹⁰⁷⁴, times the adjoint above and the tangent below.
    fn of_partials(&self, output: Node<'g>, tangents: &Run<'g, Dual<BigFloat>>) -> BigFloat {
        let adjoints = self.run.gradient(output).unwrap();
        let mut sum = big(0.0);
        for node in tangents.nodes() {
            let NodeKind::Operation(op) = node.kind() else { continue };
            let arguments: Vec<f64> =
                node.arguments().iter().map(|&argument| self.run.value(argument).unwrap().to_f64()).collect();
            for edge in self.run.edges(node).unwrap() {
                let (adjoint, tangent) =
                    (adjoints.get(node).unwrap(), tangents.value(edge.argument).unwrap().tangent);
                if adjoint.is_zero() || tangent.is_zero() {
                    continue;
                }
                let own = edge.partial.abs() * big(op.partial_ulps(edge.position, &arguments) * f64::EPSILON);
                sum = sum + adjoint.abs() * &(own + big(f64::from_bits(1))) * &tangent.abs();
            }
        }
        sum
    }

    /// How far rounding may take a derivative.
    fn bound(&self, derivative: Node<'g>) -> BigFloat {
        let adjoints = self.run.gradient(derivative).unwrap();
        self.own.iter().zip(adjoints.adjoints()).fold(big(0.0), |sum, (own, adjoint)| {
            if adjoint.is_zero() { sum } else { sum + adjoint.abs() * own }
        })
    }
}

/// The gradient by the modes that multiply adjoints backwards, as the bound supposes.
fn by_all_modes(
    graph: &Graph,
    output: Node<'_>,
    inputs: &[Node<'_>],
    point: &[f64],
) -> Vec<(&'static str, Vec<f64>)> {
    let bindings: Vec<_> = inputs.iter().copied().zip(point.iter().copied()).collect();
    let derivatives = graph.derivative(output, inputs).unwrap();
    let run = graph.at(&bindings).unwrap();
    let symbolic = derivatives.into_iter().map(|slope| run.value(slope).unwrap()).collect();
    let gradient = run.gradient(output).unwrap();
    let sweep = inputs.iter().map(|&input| gradient[input]).collect();
    let tape = Tape::new();
    let variables: Vec<_> = point.iter().map(|&x| tape.var(x)).collect();
    let bindings: Vec<_> = inputs.iter().copied().zip(variables.iter().copied()).collect();
    let recorded = tape.gradient(&graph.at(&bindings).unwrap().value(output).unwrap()).unwrap();
    let taped = variables.iter().map(|&variable| recorded[variable]).collect();
    let tape = Tape::new();
    let variables: Vec<_> = point.iter().map(|&x| tape.var(Dual::variable(x))).collect();
    let bindings: Vec<_> = inputs.iter().copied().zip(variables.iter().copied()).collect();
    let recorded = tape.gradient(&graph.at(&bindings).unwrap().value(output).unwrap()).unwrap();
    let over_duals = variables.iter().map(|&variable| recorded[variable].value).collect();
    vec![
        ("symbolic", symbolic),
        ("reverse sweep", sweep),
        ("tape", taped),
        ("tape over dual numbers", over_duals),
    ]
}

#[test]
fn no_finite_slope_is_farther_from_the_truth_than_rounding_explains() {
    let operations = operations();
    let (mut within, mut finite, mut apart) = (0, 0, 0);
    for seed in 0..GRAPHS {
        let mut random = Random(seed);
        let graph = Graph::new();
        let output = random_graph(&graph, &mut random, &operations);
        let inputs: Vec<_> = graph.parameters().collect();
        let point: Vec<f64> = inputs.iter().map(|_| random.coordinate()).collect();
        let written = graph.len();
        let derivatives = graph.derivative_formulas(output, &inputs).unwrap();
        let bindings: Vec<_> = inputs.iter().copied().zip(point.iter().map(|&x| big(x))).collect();
        let run = graph.at(&bindings).unwrap();
        let truth = Truth::new(&run, written);
        let along = |k: usize| -> Vec<_> {
            let moving = |i: usize| Dual::new(big(point[i]), big(f64::from(u8::from(i == k))));
            inputs.iter().copied().enumerate().map(|(i, input)| (input, moving(i))).collect()
        };
        let tangents: Vec<_> = (0..INPUTS).map(|k| graph.at(&along(k)).unwrap()).collect();
        let found = by_all_modes(&graph, output, &inputs, &point);
        for (k, &derivative) in derivatives.iter().enumerate() {
            let expected = run.value(derivative).unwrap();
            let is_apart = |node: Node<'_>| node.index().is_some_and(|index| truth.is_apart[index]);
            if is_apart(derivative) || is_apart(output) || !expected.is_finite() {
                apart += 1;
                continue;
            }
            // The modes sum and multiply in orders of their own.
            let rounding = truth.bound(derivative) + truth.of_partials(output, &tangents[k]);
            let bound = rounding * big(4.0) + big(64.0 * f64::from_bits(1));
            for (mode, slopes) in &found {
                let slope = slopes[k];
                finite += 1;
                if slope.is_finite() {
                    let distance = (big(slope) - &expected).abs();
                    assert!(
                        distance <= bound,
                        "seed {seed}, {output} at {point:?}: ∂/∂x{k} by {mode} is {slope:e}, not {expected}"
                    );
                    within += 1;
                }
            }
        }
    }
    // What is left of the points, and of these what is finite: nothing can be found right by being left out.
    assert!(apart < 6 * GRAPHS / 3, "{apart} of {} apart", 3 * GRAPHS);
    assert!(within * 100 >= finite * 96, "{within} of {finite} are finite");
}
