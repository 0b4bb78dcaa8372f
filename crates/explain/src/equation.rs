//! Steps as equations: what text and LaTeX both say, before either of them.
//!
//! Invariant: a line says what its step states and nothing else; how a product, a derivative or a number looks is for the
//! one who prints.

use std::collections::{HashMap, HashSet};

use chainrule_graph::Op;

use crate::domain;
use crate::explanation::{Explanation, Notation, Operand, Statement, Step, Term};
use crate::lesson::{Derivative, Identity};
use crate::number::{ALL, FEW, MANY, rounded};
use crate::steps::MOST_PATHS;
use crate::symbols::{Argument, Symbols};

/// A step's line: words and mathematics in turn.
pub(crate) type Line = Vec<Piece>;

/// A part of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// Words in plain ASCII, blanks included.
    Words(String),
    /// The sign ∂, perhaps with an index.
    Partial(Option<usize>),
    /// A condition such as `a - b > 0`.
    Condition(String),
    /// Nodes along a path, from the output down.
    Path(Vec<String>),
    /// Sides that are equal, from left to right.
    Equation(Vec<Side>),
}

/// One side of an equation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Side {
    /// A node by its label.
    Name(String),
    /// A formula as people write it.
    Formula(String),
    /// A number, to so many digits.
    Number(f64, usize),
    /// A derivative of a node by another.
    Derivative { of: String, by: String, notation: Notation, position: usize },
    /// Factors.
    Product(Vec<Side>),
    /// Terms.
    Sum(Vec<Side>),
    /// The first less the second, over the third unless that is one.
    Slope(f64, f64, f64),
}

/// The parts that the steps fall into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Forward,
    Partials,
    Reverse,
    Paths,
    Identities,
}

impl Section {
    pub(crate) fn of(statement: &Statement) -> Section {
        match statement {
            Statement::Given { .. } | Statement::Value { .. } => Section::Forward,
            Statement::Partial { .. } => Section::Partials,
            Statement::Adjoint { .. } => Section::Reverse,
            Statement::Path { .. }
            | Statement::Sum { .. }
            | Statement::Shared { .. }
            | Statement::Nudge { .. } => Section::Paths,
            Statement::Identity(_) => Section::Identities,
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Section::Forward => "Forward: each node from those before it",
            Section::Partials => "Local derivatives: one on each edge",
            Section::Reverse => "Reverse: each node's derivative from those of the nodes it goes into",
            Section::Paths => "Chain rule: one product for each path back to an input, and a nudge beside it",
            Section::Identities => "In symbols",
        }
    }
}

impl Explanation {
    /// The line of a step; `taken` are the names of constants that nodes have.
    pub(crate) fn line(&self, step: &Step, taken: &[&str]) -> Line {
        let value = Side::Number(step.value, digits(step));
        match &step.statement {
            Statement::Given { node, .. } => vec![equation([Side::Name(node.clone()), value])],
            Statement::Value { node, op, formula, operands } => {
                let symbols = [Side::Name(node.clone()), Side::Formula(formula.clone())];
                vec![equation(
                    symbols.into_iter().chain(self.in_numbers(*op, operands, taken)).chain([value]),
                )]
            }
            Statement::Partial { formula, .. } => {
                vec![equation([derivative_of(step), Side::Formula(formula.clone()), value])]
            }
            Statement::Adjoint { node, terms } => vec![self.adjoint(node, terms, value)],
            Statement::Path { input, partials } => self.path(step.number, input, partials, value),
            Statement::Sum { input, paths } => self.sum(input, paths, value),
            Statement::Shared { input, paths, adjoint } => self.shared(input, *paths, *adjoint, value),
            Statement::Nudge { input, from, to, before, after, exact } => {
                self.nudge(input, [*from, *before], [*to, *after], *exact, step.value)
            }
            Statement::Identity(identity) => vec![of_identity(identity, value)],
        }
    }

    /// Whether a derivative of some notation occurs.
    pub(crate) fn uses(&self, wanted: Notation) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step.statement, Statement::Partial { notation, .. } if notation == wanted))
    }

    /// The nodes whose local derivatives are stated at a point where the operation has none.
    fn nodes_at_kinks(&self) -> Vec<&str> {
        self.operations_differentiated()
            .filter(|(_, op, values, operands)| is_at_kink(*op, values, operands))
            .map(|(step, ..)| step.statement.node())
            .collect()
    }

    /// The nodes that have a value where the operation has no derivative, with where it has one: powers of what is not positive.
    fn nodes_outside(&self) -> Vec<(&str, String)> {
        self.operations_differentiated()
            .filter(|(_, op, values, _)| !op.in_domain(values))
            .map(|(step, op, _, operands)| {
                let name = |operand: &Operand| match *operand {
                    Operand::Step(number) => {
                        self.step(number).map_or("", |step| step.statement.node()).to_owned()
                    }
                    Operand::Constant(value) => crate::number::shown(value, FEW),
                };
                let names: Vec<String> = operands.iter().map(name).collect();
                (step.statement.node(), domain::in_terms_of(op, &names))
            })
            .collect()
    }

    /// The operations whose local derivatives are stated, with the values of their operands.
    fn operations_differentiated(&self) -> impl Iterator<Item = (&Step, Op, Vec<f64>, &[Operand])> {
        let differentiated: HashSet<usize> = self
            .steps
            .iter()
            .filter_map(|step| match step.statement {
                Statement::Partial { value_step, .. } => Some(value_step),
                _ => None,
            })
            .collect();
        self.steps.iter().filter(move |step| differentiated.contains(&step.number)).filter_map(|step| {
            match &step.statement {
                Statement::Value { op, operands, .. } => {
                    let values = operands.iter().map(|operand| self.operand(operand)).collect();
                    Some((step, *op, values, operands.as_slice()))
                }
                _ => None,
            }
        })
    }

    /// The inputs whose derivative no nudge shows, since f64 has no digits for smaller ones.
    fn inputs_beyond_nudges(&self) -> Vec<&str> {
        let mut adjoints: HashMap<&str, f64> = HashMap::new();
        let mut shown: HashSet<&str> = HashSet::new();
        for step in &self.steps {
            match &step.statement {
                Statement::Adjoint { node, .. } => _ = adjoints.insert(node, step.value),
                Statement::Nudge { input, exact, .. } => {
                    let derivative = adjoints.get(input.as_str()).copied().unwrap_or_default();
                    if *exact || crate::nudge::is_close(step.value, derivative) {
                        shown.insert(input);
                    }
                }
                _ => {}
            }
        }
        let is_missed = |input: &&str| {
            adjoints.get(input).is_some_and(|&derivative| derivative != 0.0) && !shown.contains(input)
        };
        self.inputs.iter().map(String::as_str).filter(is_missed).collect()
    }

    /// What a reader of the steps has to be told once.
    pub(crate) fn remarks(&self) -> Vec<Line> {
        let mut remarks: Vec<Line> = Vec::new();
        if self.inputs.is_empty() {
            remarks
                .push(vec![words("There is nothing to differentiate by: no parameter, and no other input.")]);
        }
        if self.uses(Notation::Partial) {
            remarks.push(vec![
                Piece::Partial(None),
                words(" is the derivative along the one edge, where longer paths lead to the same node."),
            ]);
        }
        if self.uses(Notation::Indexed) {
            remarks.push(vec![
                Piece::Partial(Some(1)),
                words(" and "),
                Piece::Partial(Some(2)),
                words(" are the derivatives by the first and the second argument, where they are the same node."),
            ]);
        }
        let kinks = self.nodes_at_kinks();
        if !kinks.is_empty() {
            let mut line = names(&kinks);
            let verb = if kinks.len() == 1 { "is" } else { "are" };
            line.push(words(&format!(" {verb} at a kink, where the derivative is a convention.")));
            line.push(words(" Second derivatives there are conventions too."));
            remarks.push(line);
        }
        let outside = self.nodes_outside();
        for (node, domain) in &outside {
            remarks.push(vec![
                name(node),
                words(" has a derivative where "),
                Piece::Condition(domain.clone()),
                words("; elsewhere, as here, what is stated is a convention."),
            ]);
        }
        let missed = self.inputs_beyond_nudges();
        if kinks.is_empty() && outside.is_empty() && !missed.is_empty() {
            let mut line = vec![words("No nudge shows the derivative by ")];
            line.extend(names(&missed));
            line.push(words(": f64 has no more digits of "));
            line.push(name(&self.output));
            line.push(words(" or of the input."));
            remarks.push(line);
        }
        if self.steps.iter().any(|step| shown_value(step) != step.value) {
            remarks.push(vec![words(
                "Numbers are shown to six digits, those of nudges to nine, and computed with all of theirs.",
            )]);
        }
        remarks
    }

    fn operand(&self, operand: &Operand) -> f64 {
        match *operand {
            Operand::Step(number) => self.value_of(number),
            Operand::Constant(value) => value,
        }
    }

    /// The operation on the operands' values; a negation of a number would show a minus sign in parentheses and nothing else.
    fn in_numbers(&self, op: Op, operands: &[Operand], taken: &[&str]) -> Option<Side> {
        let number = |operand: &Operand| match *operand {
            Operand::Step(number) => Argument::Number(self.rounded(number)),
            Operand::Constant(value) => Argument::Number(value),
        };
        let numbers: Vec<_> = operands.iter().map(number).collect();
        let formula = || Side::Formula(Symbols::new(taken).operation(op, &numbers).value());
        (op != Op::Neg).then(formula)
    }

    /// The value of a step as it is shown: what was given with all its digits where rounding would make another whole number of it.
    fn rounded(&self, number: usize) -> f64 {
        self.step(number).map_or(f64::NAN, shown_value)
    }

    fn value_of(&self, number: usize) -> f64 {
        self.step(number).map_or(f64::NAN, |step| step.value)
    }

    /// `dJ/db`
    fn whole(&self, by: &str) -> Side {
        total(&self.output, by)
    }

    fn adjoint(&self, node: &str, terms: &[Term], value: Side) -> Piece {
        let symbols = terms.iter().map(|term| self.term(term, derivative_of, |by| self.whole(by)));
        let number = |value| Side::Number(value, FEW);
        let numbers = terms
            .iter()
            .map(|term| self.term(term, |step| number(step.value), |_| number(self.value_of(term.adjoint))));
        equation([self.whole(node), Side::Sum(symbols.collect()), Side::Sum(numbers.collect()), value])
    }

    /// Adjoint times local derivative; the output's own adjoint, 1, is left out.
    fn term(&self, term: &Term, partial: impl Fn(&Step) -> Side, adjoint: impl Fn(&str) -> Side) -> Side {
        let Some(step) = self.step(term.partial) else { return Side::Sum(Vec::new()) };
        let upper = step.statement.node();
        let above = (upper != self.output).then(|| adjoint(upper));
        Side::Product(above.into_iter().chain([partial(step)]).collect())
    }

    fn path(&self, number: usize, input: &str, partials: &[usize], value: Side) -> Line {
        let steps = || partials.iter().filter_map(|&number| self.step(number));
        let symbols = Side::Product(steps().map(derivative_of).collect());
        let numbers = Side::Product(steps().map(|step| Side::Number(step.value, FEW)).collect());
        // The paths of an input stand together.
        let is_of_input = |number: usize| {
            let step = self.step(number);
            step.is_some_and(
                |step| matches!(&step.statement, Statement::Path { input: by, .. } if by == input),
            )
        };
        if !is_of_input(number - 1) && !is_of_input(number + 1) {
            return vec![equation([self.whole(input), symbols, numbers, value])];
        }
        let nodes = steps().map(|step| step.statement.node()).chain([input]).map(str::to_owned).collect();
        vec![Piece::Path(nodes), words(": "), equation([symbols, numbers, value])]
    }

    fn sum(&self, input: &str, paths: &[usize], value: Side) -> Line {
        if paths.is_empty() {
            let mut line = vec![equation([self.whole(input), value]), words(", since no path leads from ")];
            line.extend([name(&self.output), words(" to "), name(input)]);
            return line;
        }
        let products = paths.iter().map(|&number| Side::Number(self.value_of(number), FEW)).collect();
        vec![equation([self.whole(input), Side::Sum(products), value])]
    }

    fn shared(&self, input: &str, paths: u128, adjoint: usize, value: Side) -> Line {
        let extent = if paths > MOST_PATHS as u128 { "many" } else { "long" };
        let verb = if paths == 1 { " path leads from " } else { " paths lead from " };
        let paths = if paths == u128::MAX { format!("at least {paths}") } else { paths.to_string() };
        let mut line = vec![equation([self.whole(input), value]), words(": ")];
        line.extend([words(&paths), words(verb), name(&self.output), words(" to "), name(input)]);
        line.push(words(&format!(
            ", too {extent} to list; what they have in common the reverse sweep multiplied only once, and step {adjoint} adds up the rest: "
        )));
        line.extend(self.step(adjoint).map(|step| self.line(step, &[])).unwrap_or_default());
        line
    }

    fn nudge(
        &self,
        input: &str,
        [from, before]: [usize; 2],
        [to, after]: [f64; 2],
        exact: bool,
        slope: f64,
    ) -> Line {
        let number = |value: f64| equation([Side::Number(value, MANY)]);
        let (start, output) = (self.value_of(from), self.value_of(before));
        let mut line = vec![
            words("nudge "),
            name(input),
            words(" from "),
            number(start),
            words(" to "),
            number(to),
            words(": "),
            equation([Side::Name(self.output.clone()), Side::Number(after, MANY)]),
            words(", "),
            equation([Side::Slope(after, output, to - start), Side::Number(slope, FEW)]),
        ];
        if exact {
            line.extend([words(", exactly "), equation([self.whole(input)])]);
        }
        line
    }
}

fn words(text: &str) -> Piece {
    Piece::Words(text.to_owned())
}

/// Names with commas.
fn names(labels: &[&str]) -> Line {
    let mut line = Line::new();
    for label in labels {
        line.extend((!line.is_empty()).then(|| words(", ")));
        line.push(name(label));
    }
    line
}

/// How many digits of a step's value are shown: all of a value that was given, if the few would make another of it that reads as
/// exact.
fn digits(step: &Step) -> usize {
    let is_given = matches!(step.statement, Statement::Given { .. });
    if is_given { ALL } else { FEW }
}

/// The value of a step as it is shown.
fn shown_value(step: &Step) -> f64 {
    rounded(step.value, digits(step))
}

fn name(label: &str) -> Piece {
    Piece::Equation(vec![Side::Name(label.to_owned())])
}

/// The derivative that a local derivative's step is about.
pub(crate) fn derivative_of(step: &Step) -> Side {
    match &step.statement {
        Statement::Partial { node, argument, notation: Notation::Total, .. } => total(node, argument),
        Statement::Partial { node, argument, notation, position, .. } => Side::Derivative {
            of: node.clone(),
            by: argument.clone(),
            notation: *notation,
            position: *position,
        },
        other => Side::Name(other.node().to_owned()),
    }
}

fn of_identity(identity: &Identity, value: Side) -> Piece {
    let derivative = |Derivative { of, by }: &Derivative| total(of, by);
    let factors = identity.factors.iter().map(derivative).collect();
    let forms = identity.forms.iter().cloned().map(Side::Formula);
    let sides = [derivative(&identity.derivative), Side::Product(factors)];
    equation(sides.into_iter().chain(forms).chain([value]))
}

fn total(of: &str, by: &str) -> Side {
    Side::Derivative { of: of.to_owned(), by: by.to_owned(), notation: Notation::Total, position: 0 }
}

/// Sides that are equal; empty products and sums, and sides that repeat the one before them, are left out.
fn equation(sides: impl IntoIterator<Item = Side>) -> Piece {
    let is_empty = |side: &Side| matches!(side, Side::Product(parts) | Side::Sum(parts) if parts.is_empty());
    let mut sides: Vec<Side> = sides.into_iter().map(simplified).filter(|side| !is_empty(side)).collect();
    sides.dedup();
    Piece::Equation(sides)
}

/// A product or sum of one part is that part; a formula that is a number is the number.
fn simplified(side: Side) -> Side {
    match side {
        Side::Product(mut parts) | Side::Sum(mut parts) if parts.len() == 1 => simplified(parts.remove(0)),
        Side::Sum(parts) => Side::Sum(parts.into_iter().map(simplified).collect()),
        // Names such as `nan` do not begin with a digit.
        Side::Formula(text) if text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()) => {
            text.parse().map_or(Side::Formula(text), |value| Side::Number(value, FEW))
        }
        side => side,
    }
}

/// Whether an operation is where it has no derivative. The larger of x and x is always at a tie and never at a kink, and what is made of constants
/// does not move.
fn is_at_kink(op: Op, values: &[f64], operands: &[Operand]) -> bool {
    let is_tie = matches!(op, Op::Min | Op::Max) && operands.first() == operands.get(1);
    let is_fixed = |operand: &Operand| matches!(operand, Operand::Constant(_));
    let moves = match op {
        Op::Select => !operands.first().is_some_and(is_fixed),
        _ => !operands.iter().all(is_fixed),
    };
    moves && !is_tie && op.kink_values(values).contains(&0.0)
}
