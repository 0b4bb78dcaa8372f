//! From an evaluation to the steps that explain it.
//!
//! Values and adjoints are those of the graph's own sweeps; what connects them (which operands, which terms, which paths)
//! is read off the graph. So [`Explanation::verify`], which computes every step again from those before it, is a check
//! of one against the other.
//!
//! Invariant: a step is appended after all that it refers to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chainrule_graph::{Edge, Gradient, Node, NodeKind, Op, Paths, Run};

use crate::domain;
use crate::error::Error;
use crate::explanation::{Explanation, Notation, Operand, Role, Statement, Step, Term};
use crate::nudge;
use crate::number::{FEW, shown};
use crate::symbols::{Argument, Operation, Symbols, taken};
use crate::text::visible;

/// How many paths of an input are listed; of more the reverse sweep is the shorter account.
pub(crate) const MOST_PATHS: usize = 12;
/// How many factors the listed paths of all inputs have; of longer ones the reverse sweep is the shorter account.
const MOST_FACTORS: usize = 2_000;
/// So many factors are listed even where others have been long.
const FEW_FACTORS: usize = 4;
/// How many arguments the operations may have together.
const MOST_EDGES: usize = 20_000;
/// How many nodes are explained; nobody follows as many steps, and looking for the paths beside each edge takes time
/// that grows with their square.
const MOST_NODES: usize = 10_000;
/// The longest formula of the whole output, in characters, that is still read.
const LONGEST_FORMULA: usize = 300;

/// The longest formula, in characters, that stands for a node without a name in an error.
const LONGEST_STAND_IN: usize = 60;

/// Steps under construction.
pub(crate) struct Steps<'r, 'g> {
    run: &'r Run<'g, f64>,
    output: Node<'g>,
    /// The nodes that the output is made from, itself included, by index; constants without a name are part of formulas.
    nodes: BTreeMap<usize, Node<'g>>,
    labels: Vec<String>,
    /// The names of constants that nodes have.
    taken: Vec<&'static str>,
    /// How many factors may still be listed.
    factors: usize,
    steps: Vec<Step>,
    value_steps: BTreeMap<usize, usize>,
    partial_steps: BTreeMap<(usize, usize), usize>,
    adjoint_steps: BTreeMap<usize, usize>,
}

impl<'r, 'g> Steps<'r, 'g> {
    pub(crate) fn new(run: &'r Run<'g, f64>, output: Node<'_>) -> Result<Self, Error> {
        run.value(output)?;
        let output = run
            .nodes()
            .find(|node| node.index() == output.index())
            .ok_or_else(|| Error::NoGraph { value: output.to_string() })?;
        let nodes = needed(output);
        if nodes.len() > MOST_NODES {
            return Err(Error::TooLarge { nodes: nodes.len(), most: MOST_NODES });
        }
        let edges = nodes.values().map(|node| node.arguments().len()).sum();
        if edges > MOST_EDGES {
            return Err(Error::TooManyEdges { edges, most: MOST_EDGES });
        }
        let labels = run.graph().labels();
        let taken = taken(nodes.keys().map(|&index| labels[index].as_str()));
        let mut steps = Steps {
            run,
            output,
            nodes,
            labels,
            taken,
            factors: MOST_FACTORS,
            steps: Vec::new(),
            value_steps: BTreeMap::new(),
            partial_steps: BTreeMap::new(),
            adjoint_steps: BTreeMap::new(),
        };
        steps.forward()?;
        Ok(steps)
    }

    /// By every parameter that the output depends on, with the local derivatives on all edges.
    pub(crate) fn by_all_parameters(self) -> Result<Explanation, Error> {
        let inputs: Vec<_> =
            self.nodes.values().copied().filter(|node| node.kind() == NodeKind::Parameter).collect();
        self.derive(&inputs, true)
    }

    /// By some nodes, with the local derivatives on the paths to them.
    pub(crate) fn by(self, inputs: &[Node<'_>]) -> Result<Explanation, Error> {
        for &input in inputs {
            self.run.value(input)?;
            if let NodeKind::Constant(value) = input.kind()
                && input.name().is_none()
                && input.index() != self.output.index()
            {
                return Err(Error::NamelessInput { value });
            }
        }
        self.derive(inputs, false)
    }

    fn derive(mut self, inputs: &[Node<'_>], every_edge: bool) -> Result<Explanation, Error> {
        let mut seen = BTreeSet::new();
        let inputs = inputs.iter().filter_map(|input| input.index());
        let inputs: Vec<usize> = inputs.filter(|&input| seen.insert(input)).collect();
        let active = self.depending_on(&inputs);
        self.partials(&active, every_edge)?;
        self.reverse(&active)?;
        for &input in &inputs {
            self.paths(input)?;
            self.nudge(input);
        }
        Ok(Explanation {
            output: self.label(self.index_of_output()),
            formula: self.whole_formula(),
            inputs: inputs.iter().map(|&input| self.label(input)).collect(),
            steps: self.steps,
        })
    }

    /// The value of every node, leaves first where they are needed first.
    fn forward(&mut self) -> Result<(), Error> {
        for (index, node) in self.nodes.clone() {
            let value = self.run.value(node)?;
            let statement = match node.kind() {
                NodeKind::Operation(op) => self.operation(index, node, op, value)?,
                _ if !value.is_finite() => {
                    return Err(Error::NotFinite { place: format!("`{}`", self.label(index)), value });
                }
                kind => Statement::Given { node: self.label(index), role: role(kind) },
            };
            let number = self.push(statement, value);
            self.value_steps.insert(index, number);
        }
        Ok(())
    }

    fn operation(&self, index: usize, node: Node<'g>, op: Op, value: f64) -> Result<Statement, Error> {
        let operands: Vec<Operand> =
            node.arguments().into_iter().map(|argument| self.operand(argument)).collect();
        let arguments: Vec<f64> = operands.iter().map(|&operand| self.value_of(operand)).collect();
        if let Some(&value) = arguments.iter().find(|value| !value.is_finite()) {
            return Err(Error::NotFinite { place: format!("a number in `{}`", self.shown(node)), value });
        }
        if value.is_finite() {
            let formula = Symbols::new(&self.taken).operation(op, &self.names(&operands)).value();
            return Ok(Statement::Value { node: self.label(index), op, formula, operands });
        }
        let (formula, at) = (self.shown(node), self.point(node));
        Err(if op.in_domain(&arguments) {
            Error::Overflow { formula, at }
        } else {
            let names: Vec<String> =
                node.arguments().into_iter().map(|argument| self.stand_in(argument)).collect();
            let domain = domain::in_terms_of(op, &names);
            Error::Undefined { formula, at, op: op.name(), domain, value }
        })
    }

    /// `J = ln(u)`, or `ln(u)` of a node without a name.
    fn shown(&self, node: Node<'g>) -> String {
        match node.name() {
            Some(name) => visible(&format!("{name} = {node}")),
            None => self.stand_in(node),
        }
    }

    /// A node by its name, or by its formula: nobody has seen the label of a node where an error comes first.
    fn stand_in(&self, node: Node<'g>) -> String {
        let formula = visible(&node.name().unwrap_or_else(|| node.to_string()));
        match node.index() {
            Some(index) if formula.chars().count() > LONGEST_STAND_IN => self.label(index),
            _ => formula,
        }
    }

    /// `a = 5, u = 6`
    fn point(&self, node: Node<'g>) -> String {
        let mut named: Vec<String> = Vec::new();
        for argument in node.arguments() {
            let operand = self.operand(argument);
            if matches!(operand, Operand::Step(_)) {
                let text = format!("{} = {}", self.stand_in(argument), shown(self.value_of(operand), FEW));
                named.extend(Some(text).filter(|text| !named.contains(text)));
            }
        }
        named.join(", ")
    }

    /// The local derivatives on the edges to active nodes, or on every edge.
    fn partials(&mut self, active: &HashSet<usize>, every_edge: bool) -> Result<(), Error> {
        for (index, node) in self.nodes.clone() {
            let edges = self.run.edges(node)?;
            let roundabout = self.reached_by_longer_paths(&edges);
            let symbols = Symbols::new(&self.taken);
            let Some(&value_step) = self.value_steps.get(&index) else { continue };
            let Statement::Value { op, operands, .. } = &self.steps[value_step - 1].statement else {
                continue;
            };
            let operation = symbols.operation(*op, &self.names(operands));
            for edge in &edges {
                let Some(argument) =
                    edge.argument.index().filter(|argument| self.nodes.contains_key(argument))
                else {
                    continue;
                };
                let is_active = active.contains(&argument);
                // A derivative that nobody asked for may well be infinite.
                if is_active || (every_edge && edge.partial.is_finite()) {
                    let notation = notation(edge, &edges, &roundabout);
                    self.partial([index, argument, value_step], edge, notation, &operation)?;
                }
            }
        }
        Ok(())
    }

    fn partial(
        &mut self,
        [index, argument, value_step]: [usize; 3],
        edge: &Edge<'g, f64>,
        notation: Notation,
        operation: &Operation<'_>,
    ) -> Result<(), Error> {
        if !edge.partial.is_finite() {
            let (formula, at) = (self.shown(edge.node), self.point(edge.node));
            return Err(Error::InfiniteSlope { formula, by: self.stand_in(edge.argument), at });
        }
        let (node, argument) = (self.label(index), self.label(argument));
        let formula = operation.partial(edge.position, &node);
        let statement =
            Statement::Partial { node, argument, position: edge.position, notation, formula, value_step };
        let number = self.push(statement, edge.partial);
        self.partial_steps.insert((index, edge.position), number);
        Ok(())
    }

    /// The adjoints of the output and of every active node that it depends on, the output first.
    fn reverse(&mut self, active: &HashSet<usize>) -> Result<(), Error> {
        let gradient = self.run.gradient(self.output)?;
        let mut terms: BTreeMap<usize, Vec<Term>> = BTreeMap::new();
        for (index, node) in self.nodes.clone().into_iter().rev() {
            if !active.contains(&index) {
                continue;
            }
            let adjoint = self.adjoint(index, node, &gradient, terms.remove(&index).unwrap_or_default())?;
            for (position, argument) in node.arguments().into_iter().enumerate() {
                let Some(argument) = argument.index().filter(|argument| active.contains(argument)) else {
                    continue;
                };
                if let Some(&partial) = self.partial_steps.get(&(index, position)) {
                    terms.entry(argument).or_default().push(Term { adjoint, partial });
                }
            }
        }
        Ok(())
    }

    fn adjoint(
        &mut self,
        index: usize,
        node: Node<'g>,
        gradient: &Gradient<f64>,
        terms: Vec<Term>,
    ) -> Result<usize, Error> {
        let value = *gradient.get(node)?;
        let label = self.label(index);
        if !value.is_finite() {
            return Err(Error::AdjointOverflow { output: self.label(self.index_of_output()), node: label });
        }
        let number = self.push(Statement::Adjoint { node: label, terms }, value);
        self.adjoint_steps.insert(index, number);
        Ok(number)
    }

    /// Every path from the output to an input, and their sum where they are not one.
    fn paths(&mut self, input: usize) -> Result<(), Error> {
        let label = self.label(input);
        let Some(&adjoint) = self.adjoint_steps.get(&input) else {
            self.push(Statement::Sum { input: label, paths: Vec::new() }, 0.0);
            return Ok(());
        };
        let most = if self.factors == 0 { 1 } else { MOST_PATHS };
        let paths = self.run.paths(self.output, self.nodes[&input], most)?;
        let factors: usize = paths.iter().map(|path| path.edges.len()).sum();
        if !paths.is_complete() || factors > self.factors.max(FEW_FACTORS) {
            self.factors = if paths.is_complete() { 0 } else { self.factors };
            let value = self.steps[adjoint - 1].value;
            self.push(Statement::Shared { input: label, paths: paths.total(), adjoint }, value);
            return Ok(());
        }
        self.factors = self.factors.saturating_sub(factors);
        let sum: f64 = paths.iter().map(|path| path.product).sum();
        if !sum.is_finite() || paths.iter().any(|path| !path.product.is_finite()) {
            let output = self.label(self.index_of_output());
            return Err(Error::PathOverflow { output, input: label });
        }
        let numbers = self.list(&label, &paths);
        if numbers.len() > 1 {
            self.push(Statement::Sum { input: label, paths: numbers }, sum);
        }
        Ok(())
    }

    fn list(&mut self, input: &str, paths: &Paths<'g, f64>) -> Vec<usize> {
        let mut numbers = Vec::new();
        for path in paths {
            let step = |edge: &Edge<'g, f64>| Some(self.partial_steps[&(edge.node.index()?, edge.position)]);
            let partials = path.edges.iter().filter_map(step).collect();
            numbers.push(self.push(Statement::Path { input: input.to_owned(), partials }, path.product));
        }
        numbers
    }

    fn nudge(&mut self, input: usize) {
        let (Some(&from), Some(&adjoint)) = (self.value_steps.get(&input), self.adjoint_steps.get(&input))
        else {
            return;
        };
        let before = self.value_steps[&self.index_of_output()];
        for (statement, value) in nudge::series(&self.steps, from, before, self.steps[adjoint - 1].value) {
            self.push(statement, value);
        }
    }

    fn push(&mut self, statement: Statement, value: f64) -> usize {
        let number = self.steps.len() + 1;
        self.steps.push(Step { number, statement, value });
        number
    }

    fn label(&self, index: usize) -> String {
        self.labels[index].clone()
    }

    fn index_of_output(&self) -> usize {
        self.nodes.keys().next_back().copied().unwrap_or_default()
    }

    fn operand(&self, argument: Node<'_>) -> Operand {
        match (argument.kind(), argument.index().and_then(|index| self.value_steps.get(&index))) {
            (_, Some(&step)) => Operand::Step(step),
            (NodeKind::Constant(value), None) => Operand::Constant(value),
            (_, None) => Operand::Constant(f64::NAN), // every argument that is no constant has a step
        }
    }

    fn value_of(&self, operand: Operand) -> f64 {
        match operand {
            Operand::Step(number) => self.steps[number - 1].value,
            Operand::Constant(value) => value,
        }
    }

    /// The operands by name.
    fn names(&self, operands: &[Operand]) -> Vec<Argument> {
        let name = |operand: &Operand| match *operand {
            Operand::Step(number) => Argument::Name(self.steps[number - 1].statement.node().to_owned()),
            Operand::Constant(value) => Argument::Number(value),
        };
        operands.iter().map(name).collect()
    }

    /// The nodes that depend on one of the inputs, themselves included, among those that the output is made from.
    fn depending_on(&self, inputs: &[usize]) -> HashSet<usize> {
        let mut active: HashSet<usize> =
            inputs.iter().copied().filter(|index| self.nodes.contains_key(index)).collect();
        for (&index, node) in &self.nodes {
            if node
                .arguments()
                .iter()
                .filter_map(|argument| argument.index())
                .any(|argument| active.contains(&argument))
            {
                active.insert(index);
            }
        }
        active
    }

    /// The arguments of a node that other arguments of it are made from.
    fn reached_by_longer_paths(&self, edges: &[Edge<'g, f64>]) -> HashSet<usize> {
        let mut below = HashSet::new();
        if edges.len() < 2 {
            return below; // nothing is made from itself
        }
        let mut waiting: Vec<Node<'g>> = edges.iter().flat_map(|edge| edge.argument.arguments()).collect();
        while let Some(node) = waiting.pop() {
            if node.index().is_some_and(|index| below.insert(index)) {
                waiting.extend(node.arguments());
            }
        }
        below
    }

    /// The output's formula down to the leaves, or as far as names, or as labels if that is long; at last the label alone.
    fn whole_formula(&self) -> String {
        let own = match &self.steps[self.value_steps[&self.index_of_output()] - 1].statement {
            Statement::Value { formula, .. } => formula.clone(),
            other => other.node().to_owned(),
        };
        // What is too deep to print goes by `#` and its index, which is no label.
        let is_whole = |formula: &String| !formula.contains('#') || own.contains('#');
        let formulas = [self.output.formula(), self.output.to_string(), own.clone()].into_iter();
        let mut short = formulas.filter(|formula| formula.chars().count() <= LONGEST_FORMULA);
        short.find(is_whole).unwrap_or_else(|| self.label(self.index_of_output()))
    }
}

/// A node and all that it is made from, by index, without constants that have no name.
fn needed(output: Node<'_>) -> BTreeMap<usize, Node<'_>> {
    let mut nodes = BTreeMap::new();
    let mut waiting = vec![output];
    while let Some(node) = waiting.pop() {
        let is_part_of_formula = matches!(node.kind(), NodeKind::Constant(_)) && node.name().is_none();
        let is_output = node.index() == output.index();
        if let Some(index) = node.index().filter(|_| is_output || !is_part_of_formula)
            && nodes.insert(index, node).is_none()
        {
            waiting.extend(node.arguments());
        }
    }
    nodes
}

fn role(kind: NodeKind) -> Role {
    match kind {
        NodeKind::Parameter => Role::Parameter,
        NodeKind::Data => Role::Data,
        _ => Role::Constant,
    }
}

fn notation(edge: &Edge<'_, f64>, edges: &[Edge<'_, f64>], roundabout: &HashSet<usize>) -> Notation {
    let argument = edge.argument.index();
    let is_repeated = edges.iter().filter(|other| other.argument.index() == argument).count() > 1;
    if is_repeated {
        Notation::Indexed
    } else if argument.is_some_and(|index| roundabout.contains(&index)) {
        Notation::Partial
    } else {
        Notation::Total
    }
}
