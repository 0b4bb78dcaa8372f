//! What an explanation has to say: values, derivatives and how they are called, from the graph itself.
//!
//! Invariant: nothing here is read off an explanation.

use std::collections::{BTreeMap, BTreeSet};

use chainrule_graph::{Graph, Node, NodeKind, Run};

use crate::error::Error;
use crate::verify::Random;

/// The letters that formulas are made of; x is data.
pub(super) const LETTERS: [&str; 4] = ["a", "b", "c", "x"];

/// Formulas that have a value and slopes for all numbers of moderate size; ? stands for a formula.
const FORMS: [&str; 28] = [
    "? + ?",
    "? + ?",
    "? - ?",
    "? - ?",
    "? * ?",
    "? * ?",
    "? / (2 + ?^2)",
    "-?",
    "2 * ?",
    "0.125 - ?",
    "sin(?)",
    "cos(?)",
    "tanh(?)",
    "sigmoid(?)",
    "softplus(?)",
    "exp(?/4)",
    "ln(1 + ?^2)",
    "sqrt(1 + ?^2)",
    "recip(2 + ?^2)",
    "atan(?)^3",
    "pow(1.5 + sin(?), ?/4)",
    "max(?, ?)",
    "min(?, ?)",
    "hypot(?, 1)",
    "sum(?, ?, ?)",
    "dot([?, ?], [?, 2])",
    "select(?, ?, ?)",
    "abs(? + 3.0001)",
];

/// Some statements, of which the last is J; each may use the names of those before it.
pub(super) fn statements(random: &mut Random) -> String {
    let mut names: Vec<String> = LETTERS.iter().map(|name| (*name).to_owned()).collect();
    let mut text = "data x; ".to_owned();
    for k in 0..random.below(3) {
        let depth = 1 + random.below(2);
        let formula = formula(random, &names, depth);
        text += &format!("s{k} = {formula}; ");
        names.push(format!("s{k}"));
    }
    text + &formula_of_letters(random, &names)
}

/// A formula in which every letter stands.
fn formula_of_letters(random: &mut Random, names: &[String]) -> String {
    format!("{} + a*x - b*c", formula(random, names, 2))
}

fn formula(random: &mut Random, names: &[String], depth: usize) -> String {
    if depth == 0 {
        return names[random.below(names.len())].clone();
    }
    let mut text = String::new();
    for part in FORMS[random.below(FORMS.len())].split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(before) => {
                let inner = formula(random, names, depth - 1);
                text += before;
                // Names need no brackets.
                text += &if names.contains(&inner) { inner } else { format!("({inner})") };
            }
            None => text += part,
        }
    }
    text
}

/// What is known of a graph at a point.
pub(super) struct Truth {
    pub(super) output: String,
    /// The nodes that are part of the output and are no plain numbers, by label.
    pub(super) values: BTreeMap<String, f64>,
    /// The output's derivatives by label.
    pub(super) adjoints: BTreeMap<String, f64>,
    /// Derivatives along single edges: how they are written, and the slope.
    pub(super) partials: BTreeMap<String, f64>,
    /// The edges, from the argument to the node that is made of it.
    pub(super) edges: Vec<(String, String)>,
}

impl Truth {
    pub(super) fn new(graph: &Graph, run: &Run<'_, f64>, output: Node<'_>) -> Result<Self, Error> {
        let labels = graph.labels();
        let label =
            |node: Node<'_>| node.index().and_then(|index| labels.get(index)).cloned().unwrap_or_default();
        let is_number =
            |node: Node<'_>| matches!(node.kind(), NodeKind::Constant(_)) && node.name().is_none();
        let below = below(output);
        let gradient = run.gradient(output)?;
        let mut truth = Truth {
            output: label(output),
            values: BTreeMap::new(),
            adjoints: BTreeMap::new(),
            partials: BTreeMap::new(),
            edges: Vec::new(),
        };
        for node in graph.nodes().filter(|node| node.index().is_some_and(|index| below.contains(&index))) {
            if is_number(node) {
                continue;
            }
            truth.values.insert(label(node), run.value(node)?);
            truth.adjoints.insert(label(node), *gradient.get(node)?);
            for edge in run.edges(node)?.iter().filter(|edge| !is_number(edge.argument)) {
                truth.edges.push((label(edge.argument), label(node)));
                let written =
                    written(node, edge.argument, edge.position, [&label(node), &label(edge.argument)]);
                truth.partials.insert(written, edge.partial);
            }
        }
        Ok(truth)
    }

    /// `dJ/du`
    pub(super) fn total(&self, by: &str) -> String {
        format!("d{}/d{by}", self.output)
    }

    /// The value of a derivative by the way it is written.
    pub(super) fn derivatives(&self) -> BTreeMap<String, f64> {
        let totals = self.adjoints.iter().map(|(label, adjoint)| (self.total(label), *adjoint));
        totals.chain(self.partials.iter().map(|(written, slope)| (written.clone(), *slope))).collect()
    }
}

/// The derivative along an edge: with indices where the same node is an argument twice, with ∂ where there is a longer way to the argument, else
/// with d.
fn written(node: Node<'_>, argument: Node<'_>, position: usize, [of, by]: [&str; 2]) -> String {
    let arguments = node.arguments();
    let count = arguments.iter().filter(|other| other.index() == argument.index()).count();
    let is_below = |other: &Node<'_>| {
        other.index() != argument.index()
            && argument.index().is_some_and(|index| below(*other).contains(&index))
    };
    if count > 1 {
        let digits: String = (position + 1)
            .to_string()
            .bytes()
            .filter_map(|digit| char::from_u32(u32::from('₀') + u32::from(digit - b'0')))
            .collect();
        format!("∂{digits}{of}/∂{by}")
    } else if arguments.iter().any(is_below) {
        format!("∂{of}/∂{by}")
    } else {
        format!("d{of}/d{by}")
    }
}

/// The indices of a node and of all that it is made of.
fn below(node: Node<'_>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if node.index().is_some_and(|index| found.insert(index)) {
            open.extend(node.arguments());
        }
    }
    found
}

/// The nearest number of so many digits, as people write it; whole numbers with all of theirs.
pub(super) fn shown(value: f64, digits: usize) -> String {
    if digits >= 17 || (value.fract() == 0.0 && value.abs() < 1e12) {
        return plain(value + 0.0);
    }
    let rounded = format!("{value:.*e}", digits - 1);
    plain(rounded.parse().unwrap_or(f64::NAN))
}

fn plain(value: f64) -> String {
    let is_long = value != 0.0 && !(1e-5..1e16).contains(&value.abs());
    if is_long { format!("{value:e}") } else { format!("{value}") }
}
