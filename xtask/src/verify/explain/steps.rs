//! Explanations of random formulas against an interpreter that knows nothing of graphs.
//!
//! A formula is a tree of +, −, ·, sin and tanh over three variables; its value and its slope by each variable are computed by recursion, with
//! slopes from the textbook. Steps are then held to what they say that they follow from.
//!
//! Invariant: no number of an explanation is used to compute what it is compared with, but for what a step cites.

use chainrule_explain::{Explanation, Operand, Statement, Step};
use chainrule_graph::Graph;

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const SEED: u64 = 44;
const NAMES: [&str; 3] = ["a", "b", "c"];
/// Factors are at most 1.5 and trees four deep, so numbers stay below 1.5¹⁶ < 10³ and some hundred roundings of them below 10⁻¹⁰.
const BOUND: f64 = 1e-10;

/// A formula.
enum Tree {
    Variable(usize),
    Two(char, Box<Tree>, Box<Tree>),
    One(&'static str, Box<Tree>),
}

impl Tree {
    fn random(random: &mut Random, depth: usize) -> Tree {
        if depth == 0 || random.chance(0.1) {
            return Tree::Variable(random.below(3));
        }
        let next = |random: &mut Random| Box::new(Tree::random(random, depth - 1));
        match random.below(5) {
            0 => Tree::Two('+', next(random), next(random)),
            1 => Tree::Two('-', next(random), next(random)),
            2 => Tree::Two('*', next(random), next(random)),
            3 => Tree::One("sin", next(random)),
            _ => Tree::One("tanh", next(random)),
        }
    }

    fn text(&self) -> String {
        match self {
            Tree::Variable(index) => NAMES[*index].to_owned(),
            Tree::Two(op, left, right) => format!("({} {op} {})", left.text(), right.text()),
            Tree::One(function, of) => format!("{function}({})", of.text()),
        }
    }

    /// The value and the slopes by the three variables.
    fn at(&self, x: &[f64; 3]) -> (f64, [f64; 3]) {
        let joined = |f: f64, (_, one): (f64, [f64; 3]), g: f64, (_, other): (f64, [f64; 3])| {
            std::array::from_fn(|i| f * one[i] + g * other[i])
        };
        match self {
            Tree::Variable(index) => {
                (x[*index], std::array::from_fn(|i| if i == *index { 1.0 } else { 0.0 }))
            }
            Tree::Two(op, left, right) => {
                let (l, r) = (left.at(x), right.at(x));
                match op {
                    '+' => (l.0 + r.0, joined(1.0, l, 1.0, r)),
                    '-' => (l.0 - r.0, joined(1.0, l, -1.0, r)),
                    _ => (l.0 * r.0, joined(r.0, l, l.0, r)),
                }
            }
            Tree::One(function, of) => {
                let inner = of.at(x);
                let (value, slope) = match *function {
                    "sin" => (inner.0.sin(), inner.0.cos()),
                    _ => (inner.0.tanh(), 1.0 / inner.0.cosh().powi(2)),
                };
                (value, inner.1.map(|tangent| slope * tangent))
            }
        }
    }
}

struct Rows {
    values: Check,
    derivatives: Check,
    sums: Check,
    nudges: Check,
    order: Check,
    refused: Check,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    const STEPS: &str = "crates/explain/src/{steps,explanation}.rs";
    let row = |name: &str, route, reference, files| Check::new(name, route, reference, BOUND).convicts(files);
    let mut rows = Rows {
        values: row("explained output", "its value", "an interpreter", STEPS),
        derivatives: row("explained derivatives", "by each input", "slopes by recursion", STEPS),
        sums: row("adjoints, paths, sums", "each step", "the steps that it cites", STEPS),
        nudges: row("nudges", "the output after", "an interpreter", "crates/explain/src/nudge.rs"),
        order: row("order of steps", "numbers cited", "earlier ones, without gaps", STEPS),
        refused: row(
            "altered explanations",
            "verify",
            "a refusal",
            "crates/explain/src/{verify,measured}.rs",
        ),
    };
    for (count, mut random) in [
        (effort.samples(20, 300), Random::new(SEED)),
        (effort.samples(20, 300), effort.fresh("explain steps")),
    ] {
        for _ in 0..count {
            of_formula(&mut random, &mut rows)?;
        }
    }
    let Rows { values, derivatives, sums, nudges, order, refused } = rows;
    [values, derivatives, sums, nudges, order, refused].into_iter().for_each(&mut *emit);
    Ok(())
}

fn of_formula(random: &mut Random, rows: &mut Rows) -> Result<(), Error> {
    let product = |i, j| Box::new(Tree::Two('*', Box::new(Tree::Variable(i)), Box::new(Tree::Variable(j))));
    let every = Box::new(Tree::Two('+', product(0, 1), product(1, 2)));
    let tree = Tree::Two('+', Box::new(Tree::random(random, 3)), every);
    let sign = if random.chance(0.5) { -1.0 } else { 1.0 };
    let x = std::array::from_fn(|_| sign * random.between(0.2, 1.5));
    let (text, (value, slopes)) = (tree.text(), tree.at(&x));
    let place = || format!("{text} at {x:?}");
    let graph = Graph::new();
    let output = graph.parse(&text)?;
    let point = [(graph.node("a")?, x[0]), (graph.node("b")?, x[1]), (graph.node("c")?, x[2])];
    let run = graph.at(&point)?;
    let explanation = Explanation::new(&run, output).map_err(Error::Explain)?;
    let steps = explanation.steps();
    let at = |number: &usize| {
        number.checked_sub(1).and_then(|index| steps.get(index)).map_or(f64::NAN, |step| step.value)
    };
    let found = steps.iter().find(|step| {
        matches!(&step.statement, Statement::Value { .. }) && step.statement.node() == explanation.output()
    });
    rows.values.compare_at_scale_at(found.map_or(f64::NAN, |step| step.value), value, 1.0, place);
    for (name, slope) in NAMES.iter().zip(slopes) {
        let found = explanation.derivative(name).unwrap_or(f64::NAN);
        rows.derivatives.compare_at_scale_at(found, slope, 1.0, || format!("by {name}, {}", place()));
    }
    for (index, step) in steps.iter().enumerate() {
        let place = || format!("step {}, {}", step.number, place());
        rows.order.expect(step.number == index + 1, place);
        let (cited, expected) = match &step.statement {
            Statement::Adjoint { terms, .. } => {
                let sum = terms.iter().map(|term| at(&term.adjoint) * at(&term.partial)).sum();
                let cited = terms.iter().flat_map(|term| [term.adjoint, term.partial]).collect();
                (cited, Some(if terms.is_empty() { 1.0 } else { sum }))
            }
            Statement::Path { partials, .. } => (partials.clone(), Some(partials.iter().map(at).product())),
            Statement::Sum { paths, .. } => (paths.clone(), Some(paths.iter().map(at).sum())),
            Statement::Nudge { input, from, to, before, after, .. } => {
                let mut moved = x;
                NAMES.iter().zip(&mut moved).filter(|(name, _)| *name == input).for_each(|(_, x)| *x = *to);
                rows.nudges.compare_at_scale_at(*after, tree.at(&moved).0, 1.0, place);
                rows.nudges.expect(*to != at(from), place);
                (vec![*from, *before], None)
            }
            _ => continue,
        };
        rows.order.expect(cited.iter().all(|&number| number >= 1 && number < step.number), place);
        if let Some(expected) = expected {
            rows.sums.compare_at_scale_at(step.value, expected, 1.0, place);
        }
    }
    let verdict = explanation.verify();
    rows.refused.expect(verdict.is_ok(), || format!("a right one is refused, {}: {verdict:?}", place()));
    for (index, step) in steps.iter().enumerate() {
        for (what, altered) in altered(step) {
            let mut all: Vec<Step> = steps.to_vec();
            all[index] = altered;
            let verdict = explanation.clone().with_steps(all).verify();
            rows.refused.expect(verdict.is_err(), || {
                format!("{what} of step {} altered, {step:?}, {}", index + 1, place())
            });
        }
    }
    Ok(())
}

/// A step with one thing altered, and what that is.
fn altered(step: &Step) -> Vec<(&'static str, Step)> {
    let mut all = Vec::new();
    let mut with = |what: &'static str, change: &dyn Fn(&mut Step)| {
        let mut other = step.clone();
        change(&mut other);
        all.push((what, other));
    };
    with("the value", &|step| step.value += 1e-3 * (1.0 + step.value.abs()));
    with("the number", &|step| step.number += 1);
    match &step.statement {
        Statement::Given { .. } => {}
        Statement::Value { operands, .. } => {
            with("the formula", &|step| add(step, " + 0.001"));
            if let [_, _, ..] | [Operand::Step(_)] = operands[..] {
                with("an operand", &|step| {
                    if let Statement::Value { operands, .. } = &mut step.statement {
                        operands[0] = Operand::Constant(0.012_345);
                    }
                });
            }
        }
        Statement::Partial { .. } => {
            with("the formula", &|step| add(step, " + 0.001"));
            with("the position", &|step| {
                if let Statement::Partial { position, .. } = &mut step.statement {
                    *position += 7;
                }
            });
            with("the node's step", &|step| {
                if let Statement::Partial { value_step, .. } = &mut step.statement {
                    *value_step += 1;
                }
            });
        }
        Statement::Adjoint { terms, .. } => {
            if !terms.is_empty() {
                with("a term less", &|step| {
                    if let Statement::Adjoint { terms, .. } = &mut step.statement {
                        terms.pop();
                    }
                });
            }
            with("a term more", &|step| {
                if let Statement::Adjoint { terms, .. } = &mut step.statement {
                    terms.extend(terms.first().copied());
                    if terms.is_empty() {
                        step.value = 2.0;
                    }
                }
            });
        }
        Statement::Path { .. } => with("an edge less", &|step| {
            if let Statement::Path { partials, .. } = &mut step.statement {
                partials.pop();
            }
        }),
        Statement::Sum { paths, .. } if !paths.is_empty() => {
            with("a path less", &|step| {
                if let Statement::Sum { paths, .. } = &mut step.statement {
                    paths.pop();
                }
            });
            with("a path twice", &|step| {
                if let Statement::Sum { paths, .. } = &mut step.statement {
                    paths.extend(paths.first().copied());
                }
            });
        }
        Statement::Nudge { .. } => {
            let nudge = |change: fn(&mut f64, &mut f64, &mut bool)| {
                move |step: &mut Step| {
                    if let Statement::Nudge { to, after, exact, .. } = &mut step.statement {
                        change(to, after, exact);
                    }
                }
            };
            // Of an input that cancels, every nudge tells the same.
            if step.value.abs() > 1e-6 {
                with("the input after the nudge", &nudge(|to, _, _| *to += 0.25));
            }
            with("the output after the nudge", &nudge(|_, after, _| *after += 1e-3));
            with("whether it is exact", &nudge(|_, _, exact| *exact = !*exact));
        }
        _ => {}
    }
    all
}

/// A formula with something behind it.
fn add(step: &mut Step, text: &str) {
    if let Statement::Value { formula, .. } | Statement::Partial { formula, .. } = &mut step.statement {
        formula.push_str(text);
    }
}
