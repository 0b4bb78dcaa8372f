//! What a drawing of the graph shows, apart from where: a card for each node, an arrow from each argument to what is made of it.
//!
//! Invariant: all of it is read off the steps, nothing is computed here.

use std::collections::HashMap;

use crate::equation::derivative_of;
use crate::explanation::{Explanation, Operand, Role, Statement, Step};
use crate::number::{ALL, FEW, shown};
use crate::text::{derivative, written};

/// A longer formula or label is cut, with an ellipsis at the end; the whole text shows under the pointer.
const LONGEST: usize = 34;

/// A longer title is cut.
const LONGEST_TITLE: usize = 100;

/// A drawing, before anything has a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) title: String,
    pub(crate) cards: Vec<Card>,
    pub(crate) arrows: Vec<Arrow>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Card {
    pub(crate) kind: Kind,
    /// `u = b * c`, or the name alone.
    pub(crate) heading: Label,
    pub(crate) value: String,
    /// `dJ/du = 3`; none where nothing is differentiated by the node.
    pub(crate) adjoint: Option<Label>,
}

/// What a card stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Parameter,
    Data,
    Constant,
    Inner,
    Output,
}

/// An edge, from the argument to the node that is made of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arrow {
    /// Cards, by their place in the list.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// `du/db = c = 2`; none where the local derivative is not a step.
    pub(crate) label: Option<Label>,
}

/// Lines of text, each short enough to be shown, and the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) lines: Vec<String>,
    pub(crate) whole: String,
}

impl Label {
    fn new(lines: Vec<String>) -> Self {
        let whole = lines.join(" ");
        Label { lines: lines.into_iter().map(|line| cut(&line)).collect(), whole }
    }
}

impl Kind {
    /// Whether it is drawn at the left margin.
    pub(crate) fn is_leaf(self) -> bool {
        matches!(self, Kind::Parameter | Kind::Data | Kind::Constant)
    }

    /// The name by which it is told apart in what is drawn.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Parameter => "parameter",
            Kind::Data => "data",
            Kind::Constant => "constant",
            Kind::Inner => "inner",
            Kind::Output => "output",
        }
    }
}

impl Explanation {
    pub(crate) fn picture(&self) -> Picture {
        let mut cards = Vec::new();
        let mut arrows = Vec::new();
        let mut card_of: HashMap<usize, usize> = HashMap::new();
        let partials = self.partials();
        let adjoints = self.adjoints();
        for step in &self.steps {
            let Some(kind) = self.kind(step) else { continue };
            let node = step.statement.node();
            if let Statement::Value { operands, .. } = &step.statement {
                for (position, operand) in operands.iter().enumerate() {
                    if let Operand::Step(number) = operand
                        && let Some(&from) = card_of.get(number)
                    {
                        let label = partials.get(&(node, position)).map(|step| label(step));
                        arrows.push(Arrow { from, to: cards.len(), label });
                    }
                }
            }
            card_of.insert(step.number, cards.len());
            let adjoint = adjoints.get(node).map(|&value| self.adjoint_label(node, value));
            let digits = if kind.is_leaf() { ALL } else { FEW };
            cards.push(Card { kind, heading: heading(step), value: shown(step.value, digits), adjoint });
        }
        Picture { title: cut_to(&self.heading(), LONGEST_TITLE), cards, arrows }
    }

    fn kind(&self, step: &Step) -> Option<Kind> {
        match &step.statement {
            Statement::Given { role, .. } => Some(match role {
                Role::Parameter => Kind::Parameter,
                Role::Data => Kind::Data,
                Role::Constant => Kind::Constant,
            }),
            Statement::Value { node, .. } if *node == self.output => Some(Kind::Output),
            Statement::Value { .. } => Some(Kind::Inner),
            _ => None,
        }
    }

    /// The steps of local derivatives by node and position.
    fn partials(&self) -> HashMap<(&str, usize), &Step> {
        let mut partials = HashMap::new();
        for step in &self.steps {
            if let Statement::Partial { node, position, .. } = &step.statement {
                partials.insert((node.as_str(), *position), step);
            }
        }
        partials
    }

    fn adjoints(&self) -> HashMap<&str, f64> {
        let adjoint = |step: &'_ Step| matches!(step.statement, Statement::Adjoint { .. });
        self.steps
            .iter()
            .filter(|step| adjoint(step))
            .map(|step| (step.statement.node(), step.value))
            .collect()
    }

    fn adjoint_label(&self, node: &str, value: f64) -> Label {
        let derivative = derivative(&self.output, node, crate::Notation::Total, 0);
        Label::new(vec![format!("{derivative} = {}", shown(value, FEW))])
    }
}

fn heading(step: &Step) -> Label {
    let node = step.statement.node();
    match &step.statement {
        Statement::Value { formula, .. } => Label::new(vec![format!("{node} = {formula}")]),
        _ => Label::new(vec![node.to_owned()]),
    }
}

/// `du/db = c = 2`, on two lines if it is long.
fn label(step: &Step) -> Label {
    let symbols = written(&derivative_of(step));
    let value = shown(step.value, FEW);
    let formula = match &step.statement {
        Statement::Partial { formula, .. } if *formula != value => format!("{symbols} = {formula}"),
        _ => symbols,
    };
    let line = format!("{formula} = {value}");
    if line.chars().count() <= LONGEST / 2 {
        Label::new(vec![line])
    } else {
        Label::new(vec![formula, format!("= {value}")])
    }
}

/// As much of a text as is shown.
fn cut(text: &str) -> String {
    cut_to(text, LONGEST)
}

fn cut_to(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}
