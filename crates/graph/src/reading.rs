//! `Graph::parse`: formulas as people write them become nodes.
//!
//! Invariant: a text with a mistake adds nothing to the graph: what its names mean is settled before the first node is
//! made. No node that was there is renamed.

use std::collections::HashMap;
use std::ops::Range;

use crate::error::Error;
use crate::graph::Graph;
use crate::misread::{Misread, place_of, quoted};
use crate::node::{Node, NodeKind};
use crate::nodes::Kind;
use crate::notation::value_of_symbol;
use crate::parser::{Name, Part, Statement, Statements, parse};
use crate::real::Real;
use crate::rules::Table;

/// What the last formula is called if it has no name of its own.
const RESULT: &str = "J";

impl Graph {
    /// Reads formulas into this graph and returns the last one's node.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let j = g.parse("u = b*c; v = a + u; J = 3*v")?;
    /// let run = g.at(&[(g.node("a")?, 5.0), (g.node("b")?, 3.0), (g.node("c")?, 2.0)])?;
    /// assert_eq!(run.value(j)?, 33.0);
    ///
    /// // Names that the graph has are its nodes, others become parameters; the last formula is J if nothing else is.
    /// let g = Graph::new();
    /// let x = g.data("x");
    /// let j = g.parse("sigmoid(w*x) ^ 2")?;
    /// assert_eq!(j.name().as_deref(), Some("J"));
    /// assert_eq!(g.at(&[(x, 3.0), (g.node("w")?, 0.0)])?.value(j)?, 0.25);
    /// # Ok::<(), chainrule_graph::Error>(())
    /// ```
    ///
    /// Statements are separated by `;`, and all but the last have a name. `parameter a, b` and `data x` declare leaves;
    /// any other name that the graph does not have becomes a parameter where it first stands. `u = a` is another
    /// name for a node within this text. Numbers become constants of the graph, nothing is computed.
    ///
    /// The operators are `+ - * / ^` (also `−`, `·` and `×`), with the precedence of mathematics: −x^2 is −(x^2), a^b^c is
    /// a^(b^c). A power with a whole number is [`Op::PowI`](crate::Op::PowI), any other is
    /// [`Op::PowF`](crate::Op::PowF). Every operation of the table is a function by its
    /// [name](crate::Op::name); so is what it prints as. `pi` and `e` are constants unless a node has that name; `inf` and
    /// `NaN` are numbers. A name with other characters than letters, digits and `_` stands in backticks, in which a doubled
    /// backtick stands for one.
    ///
    /// # Errors
    /// [`Error::Formula`] for the first mistake in the text, with the place and what was expected; the graph is then as
    /// it was. [`Error::Full`].
    pub fn parse(&self, formulas: &str) -> Result<Node<'_>, Error> {
        let read = parse(formulas)?;
        let mut reading =
            Reading { graph: self, text: formulas, defined: HashMap::new(), nodes: HashMap::new() };
        reading.check(&read)?;
        reading.build(&read)
    }
}

impl From<Box<Misread>> for Error {
    fn from(misread: Box<Misread>) -> Self {
        Error::Formula(misread)
    }
}

struct Reading<'g, 't> {
    graph: &'g Graph,
    text: &'t str,
    /// The statement that gives each name, and the place of the name.
    defined: HashMap<String, (usize, Range<usize>)>,
    /// What the names of this text stand for, as far as it is built.
    nodes: HashMap<String, Node<'g>>,
}

impl<'g> Reading<'g, '_> {
    /// Whether every name is given once, and before it is used.
    fn check(&mut self, read: &Statements) -> Result<(), Error> {
        for (number, statement) in read.list.iter().enumerate() {
            let names = match statement {
                Statement::Declaration(_, names) => names.as_slice(),
                Statement::Formula(name, _) => name.as_slice(),
            };
            names.iter().try_for_each(|name| self.define(number, name))?;
        }
        for (number, statement) in read.list.iter().enumerate() {
            if let Statement::Formula(_, parts) = statement {
                read.parts[parts.clone()].iter().try_for_each(|part| self.check_use(number, part))?;
            }
        }
        Ok(())
    }

    fn define(&mut self, number: usize, name: &Name) -> Result<(), Error> {
        let shown = quoted(self.text, name.place.clone());
        if self.graph.find(&name.text).is_some() {
            return Err(self.mistake(name, format!("{shown}, which the graph has"), "a name that is free"));
        }
        if self.defined.insert(name.text.clone(), (number, name.place.clone())).is_some() {
            return Err(self.mistake(name, format!("{shown} a second time"), "a name that is free"));
        }
        Ok(())
    }

    fn check_use(&self, number: usize, part: &Part) -> Result<(), Error> {
        let Part::Name(name) = part else { return Ok(()) };
        match self.defined.get(&name.text) {
            Some((given, place)) if *given >= number => {
                let shown = quoted(self.text, place.clone());
                let used = place_of(self.text, name.place.start);
                let found = format!("the definition of {shown}, which {used} uses");
                Err(Misread::new(self.text, place.start, found, "it before its first use".to_owned()).into())
            }
            _ => Ok(()),
        }
    }

    fn mistake(&self, name: &Name, found: String, expected: &str) -> Error {
        Misread::new(self.text, name.place.start, found, expected.to_owned()).into()
    }

    fn build(&mut self, read: &Statements) -> Result<Node<'g>, Error> {
        let mut built: Vec<Node<'g>> = Vec::with_capacity(read.parts.len());
        let mut last = Node::constant(f64::NAN); // a text has a statement
        for statement in &read.list {
            match statement {
                Statement::Declaration(kind, names) => {
                    for name in names {
                        last = self.declare(*kind, &name.text);
                    }
                }
                Statement::Formula(name, parts) => {
                    for part in &read.parts[parts.clone()] {
                        built.push(self.node(part, &built));
                    }
                    last = self.finish(name.as_ref(), built[parts.end - 1]);
                }
            }
            if let Some(error) = last.error() {
                return Err(error);
            }
        }
        Ok(last)
    }

    fn declare(&self, kind: Kind, name: &str) -> Node<'g> {
        match kind {
            Kind::Data => self.graph.data(name),
            Kind::Parameter | Kind::Constant(_) | Kind::Operation(_) => self.graph.parameter(name),
        }
    }

    fn node(&self, part: &Part, built: &[Node<'g>]) -> Node<'g> {
        match part {
            Part::Number(value) => self.graph.constant(*value),
            Part::Name(name) => self.named(name),
            Part::Operation(op, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|&argument| built[argument]).collect();
                Node::apply(&Table, *op, &arguments)
            }
        }
    }

    /// What a name stands for: a node of this text or of the graph, π or e, or a new parameter.
    fn named(&self, name: &Name) -> Node<'g> {
        if let Some(&node) = self.nodes.get(&name.text) {
            return node;
        }
        match (self.graph.find(&name.text), constant(name)) {
            (Some(node), _) => node,
            (None, Some(value)) => self.graph.constant(value),
            (None, None) => self.graph.parameter(&name.text),
        }
    }

    /// Names the node of a formula, unless it has a name already: then the new one is known within this text alone.
    fn finish(&mut self, name: Option<&Name>, node: Node<'g>) -> Node<'g> {
        match name {
            Some(name) if node.name().is_none() => node.named(&name.text),
            Some(name) => {
                self.nodes.insert(name.text.clone(), node);
                node
            }
            None if is_free_operation(node) && !self.is_taken(RESULT) => node.named(RESULT),
            None => node,
        }
    }

    fn is_taken(&self, name: &str) -> bool {
        self.graph.find(name).is_some() || self.defined.contains_key(name)
    }
}

/// Whether a node is the result of an operation and has no name.
fn is_free_operation(node: Node<'_>) -> bool {
    matches!(node.kind(), NodeKind::Operation(_)) && node.name().is_none()
}

/// π and e.
fn constant(name: &Name) -> Option<f64> {
    if name.quoted { None } else { value_of_symbol(&name.text) }
}
