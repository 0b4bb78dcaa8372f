//! Every step once more, from those before it.
//!
//! What can be computed is computed: values and local derivatives by the rules of the table, formulas by reading them as
//! a person would, products and sums as stated. What can be counted is counted: an adjoint has a term for every edge
//! into its node, a sum has every path.
//!
//! Invariant: nothing is taken over from the step that is judged but what it states.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use chainrule_graph::{Op, Real, Rules, Table};

use crate::error::Error;
use crate::explanation::{Explanation, Operand, Statement, Step, Term};
use crate::lesson::Judge;
use crate::measured::Measured;
use crate::nudge;
use crate::symbols;

impl Explanation {
    /// Computes each step again from those before it.
    ///
    /// Values, local derivatives, adjoints and products have to come out as the same number; formulas, read back, too, except
    /// that one may be NaN, as 0 · ∞ is, where the rule gives 0 by convention; sums over paths the same as the adjoint up to
    /// rounding. What a step says without a number is not judged: whether a derivative is written with d or ∂, and what kind of
    /// leaf a given value belongs to.
    ///
    /// # Errors
    /// [`Error::WrongStep`] for the first step that does not follow.
    pub fn verify(&self) -> Result<(), Error> {
        let mut verifier = Verifier::new(self);
        for step in &self.steps {
            verifier
                .judge(step)
                .map_err(|reason| Error::WrongStep { number: verifier.before.len() + 1, reason })?;
            verifier.believe(step);
        }
        Ok(())
    }
}

/// The value of an operation of earlier values; none if there is no such step.
pub(crate) fn apply(op: Op, operands: &[Operand], values: &[f64]) -> Option<f64> {
    let value = |operand: &Operand| match *operand {
        Operand::Step(number) => values.get(number.checked_sub(1)?).copied(),
        Operand::Constant(value) => Some(value),
    };
    let arguments: Option<Vec<f64>> = operands.iter().map(value).collect();
    Some(Table.value(op, &arguments?))
}

/// The steps that have been judged, and where to find them.
struct Verifier<'a> {
    explanation: &'a Explanation,
    before: &'a [Step],
    values: Vec<f64>,
    /// The step that gives a node's value.
    given: HashMap<&'a str, usize>,
    /// The step that gives a node's adjoint.
    adjoints: HashMap<&'a str, usize>,
    /// The names of constants that nodes have.
    taken: Vec<&'static str>,
    /// How many paths lead from the output to each node.
    counts: OnceCell<HashMap<&'a str, u128>>,
    /// What identities are judged by.
    judge: OnceCell<Judge<'a>>,
    /// The steps that give the local derivatives by a node.
    edges_into: HashMap<&'a str, HashSet<usize>>,
}

/// What is stated beside what follows.
fn same(what: &str, stated: f64, follows: f64) -> Result<(), String> {
    if stated == follows { Ok(()) } else { Err(format!("{what} is {follows}, not {stated}")) }
}

impl<'a> Verifier<'a> {
    fn new(explanation: &'a Explanation) -> Self {
        Verifier {
            explanation,
            before: &[],
            values: Vec::new(),
            given: HashMap::new(),
            adjoints: HashMap::new(),
            taken: explanation.taken(),
            counts: OnceCell::new(),
            judge: OnceCell::new(),
            edges_into: HashMap::new(),
        }
    }

    /// Takes a step as judged, which is the one after those before.
    fn believe(&mut self, step: &'a Step) {
        self.before = &self.explanation.steps[..=self.before.len()];
        self.values.push(step.value);
        match &step.statement {
            Statement::Given { node, .. } | Statement::Value { node, .. } => {
                self.given.insert(node, step.number);
            }
            Statement::Partial { argument, .. } => {
                self.edges_into.entry(argument).or_default().insert(step.number);
                self.counts.take();
                self.judge.take();
            }
            Statement::Adjoint { node, .. } => {
                self.adjoints.entry(node).or_insert(step.number);
            }
            _ => {}
        }
    }

    fn judge(&self, step: &Step) -> Result<(), String> {
        if step.number != self.before.len() + 1 {
            return Err(format!("it has the number {}", step.number));
        }
        if !step.value.is_finite() {
            return Err(format!("{} is no number to go on with", step.value));
        }
        match &step.statement {
            Statement::Given { node, .. } => self.is_new(node),
            Statement::Value { node, op, formula, operands } => {
                self.is_new(node)?;
                same("the value", step.value, self.applied(*op, operands)?)?;
                same("the formula's value", step.value, self.read(formula)?)
            }
            Statement::Partial { node, argument, position, formula, value_step, .. } => {
                let value = self.partial(node, argument, *position, *value_step)?;
                same("the local derivative", step.value, value)?;
                let read = self.read(formula)?;
                // A factor 0 beside an infinite one: the rule's product is 0, on paper there is none.
                if read.is_nan() && step.value == 0.0 {
                    Ok(())
                } else {
                    same("the formula's value", step.value, read)
                }
            }
            Statement::Adjoint { node, terms } => same("the adjoint", step.value, self.adjoint(node, terms)?),
            Statement::Path { input, partials } => {
                same("the product", step.value, self.product(input, partials)?)
            }
            Statement::Sum { input, paths } => self.sum(input, paths, step.value),
            Statement::Shared { input, paths, adjoint } => {
                same("the adjoint", step.value, self.adjoint_of(input, *adjoint)?)?;
                let counted = self.count(input);
                if counted == *paths {
                    Ok(())
                } else {
                    Err(format!("there are {counted} paths, not {paths}"))
                }
            }
            Statement::Nudge { input, from, to, before, after, exact } => {
                self.nudge(input, [*from, *before], [*to, *after], *exact, step.value)
            }
            Statement::Identity(identity) => self
                .judge
                .get_or_init(|| Judge::new(self.before, self.taken.clone()))
                .verify(identity, step.value),
        }
    }

    fn step(&self, number: usize) -> Result<&Step, String> {
        number
            .checked_sub(1)
            .and_then(|place| self.before.get(place))
            .ok_or_else(|| format!("there is no step {number} before it"))
    }

    fn is_new(&self, node: &str) -> Result<(), String> {
        match self.given.get(node) {
            Some(number) => Err(format!("{node} has its value by step {number}")),
            None => Ok(()),
        }
    }

    fn applied(&self, op: Op, operands: &[Operand]) -> Result<f64, String> {
        apply(op, operands, &self.values).ok_or_else(|| "an operand refers to no earlier step".to_owned())
    }

    /// The value of a formula in the names of the nodes that have a value.
    fn read(&self, formula: &str) -> Result<f64, String> {
        let known =
            |name: &str| self.given.get(name).and_then(|&number| self.values.get(number - 1).copied());
        Ok(symbols::read(formula, &self.taken, known)?.value)
    }

    /// The node, operation and operands of a step that gives a value.
    fn operation(&self, number: usize) -> Result<(&str, Op, &[Operand]), String> {
        match &self.step(number)?.statement {
            Statement::Value { node, op, operands, .. } => Ok((node, *op, operands)),
            _ => Err(format!("step {number} is no operation")),
        }
    }

    fn partial(&self, node: &str, argument: &str, position: usize, value_step: usize) -> Result<f64, String> {
        let (name, op, operands) = self.operation(value_step)?;
        let named = |operand: &Operand| match *operand {
            Operand::Step(number) => self.step(number).is_ok_and(|step| step.statement.node() == argument),
            Operand::Constant(_) => false,
        };
        if name != node || !operands.get(position).is_some_and(named) {
            return Err(format!("step {value_step} is not {node} with {argument} at position {position}"));
        }
        let arguments: Vec<f64> =
            operands.iter().map(|&operand| self.value_of(operand)).collect::<Result<_, _>>()?;
        Ok(Table.partial(op, position, &arguments, &self.step(value_step)?.value))
    }

    fn value_of(&self, operand: Operand) -> Result<f64, String> {
        match operand {
            Operand::Step(number) => Ok(self.step(number)?.value),
            Operand::Constant(value) => Ok(value),
        }
    }

    /// The sum of the products, which have to be those of all edges into the node.
    fn adjoint(&self, node: &str, terms: &[Term]) -> Result<f64, String> {
        if node == self.explanation.output {
            return if terms.is_empty() {
                Ok(self
                    .before
                    .iter()
                    .find(|step| step.is_value_of(node))
                    .map_or(1.0, |step| step.value.seed()))
            } else {
                Err("the output's adjoint has no terms".to_owned())
            };
        }
        let mut sum = 0.0;
        for term in terms {
            let upper = match &self.step(term.partial)?.statement {
                Statement::Partial { node: upper, argument, .. } if argument == node => upper,
                _ => return Err(format!("step {} is no local derivative by {node}", term.partial)),
            };
            sum += self.carried(self.adjoint_of(upper, term.adjoint)?, term.partial)?;
        }
        let used: HashSet<usize> = terms.iter().map(|term| term.partial).collect();
        let edges = self.edges_into.get(node).map_or(0, HashSet::len);
        let is_complete = used.len() == terms.len() && used.len() == edges;
        if is_complete { Ok(sum) } else { Err(format!("there are {edges} edges into {node}")) }
    }

    /// The product of the chain rule along the edge of a local derivative.
    fn carried(&self, adjoint: f64, number: usize) -> Result<f64, String> {
        let partial = self.step(number)?;
        let Statement::Partial { value_step, position, .. } = partial.statement else {
            return Err(format!("step {number} is no local derivative"));
        };
        match self.step(value_step)?.statement {
            Statement::Value { op, .. } => Ok(op.carried(position, &adjoint, &partial.value)),
            _ => Err(format!("step {value_step} is no operation")),
        }
    }

    fn adjoint_of(&self, node: &str, number: usize) -> Result<f64, String> {
        match self.step(number)? {
            Step { statement: Statement::Adjoint { node: of, .. }, value, .. } if of == node => Ok(*value),
            _ => Err(format!("step {number} is not the adjoint of {node}")),
        }
    }

    /// The product along a path, which has to lead from the output to the input.
    fn product(&self, input: &str, partials: &[usize]) -> Result<f64, String> {
        let mut at = self.explanation.output.as_str();
        let mut product = 1.0;
        for &number in partials {
            let step = self.step(number)?;
            match &step.statement {
                Statement::Partial { node, argument, .. } if node == at => at = argument,
                _ => return Err(format!("step {number} does not lead on from {at}")),
            }
            product = self.carried(product, number)?;
        }
        if at == input { Ok(product) } else { Err(format!("the path ends at {at}, not at {input}")) }
    }

    fn sum(&self, input: &str, paths: &[usize], stated: f64) -> Result<(), String> {
        let mut sum = Measured::rounded(0.0, 0);
        let mut seen = HashSet::new();
        for &number in paths {
            match self.step(number)? {
                Step { statement: Statement::Path { input: by, partials }, value, .. } if by == input => {
                    seen.insert(partials);
                    sum = sum.plus(Measured::rounded(*value, partials.len()));
                }
                _ => return Err(format!("step {number} is no path to {input}")),
            }
        }
        same("the sum", stated, sum.value)?;
        let counted = self.count(input);
        if seen.len() != paths.len() || counted != paths.len() as u128 {
            return Err(format!("there are {counted} paths, not {}", seen.len()));
        }
        match self.adjoints.get(input).and_then(|&number| self.before.get(number - 1)) {
            Some(adjoint) if !sum.agrees_with(Measured { value: adjoint.value, ..sum }) => {
                Err(format!("the adjoint is {}", adjoint.value))
            }
            _ => Ok(()),
        }
    }

    /// The number of paths from the output to an input along the local derivatives stated.
    fn count(&self, input: &str) -> u128 {
        let counts = self.counts.get_or_init(|| {
            let mut counts: HashMap<&str, u128> = HashMap::from([(self.explanation.output.as_str(), 1)]);
            for step in self.before.iter().rev() {
                if let Statement::Partial { node, argument, .. } = &step.statement {
                    let above = counts.get(node.as_str()).copied().unwrap_or(0);
                    let count = counts.entry(argument).or_default();
                    *count = count.saturating_add(above);
                }
            }
            counts
        });
        counts.get(input).copied().unwrap_or(0)
    }

    fn nudge(
        &self,
        input: &str,
        [from, before]: [usize; 2],
        [to, after]: [f64; 2],
        exact: bool,
        stated: f64,
    ) -> Result<(), String> {
        let (start, output) = (self.step(from)?, self.step(before)?);
        if start.statement.node() != input || output.statement.node() != self.explanation.output {
            return Err("it starts from other nodes".to_owned());
        }
        let adjoint = self.adjoints.get(input).ok_or("there is no derivative beside it")?;
        let derivative = self.step(*adjoint)?.value;
        let follows =
            nudge::output_at(self.before, from, to, before).ok_or("the output has no value there")?;
        same("the output", after, follows)?;
        same("rise over step", stated, (after - output.value) / (to - start.value))?;
        match nudge::is_exact(to - start.value, output.value, after, derivative) {
            follows if follows == exact => Ok(()),
            _ => Err(format!("it is {}the derivative", if exact { "not " } else { "" })),
        }
    }
}
