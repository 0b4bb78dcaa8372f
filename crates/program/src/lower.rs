//! From a graph to straight-line code: the table's own value rules, run at a type that records what they do.
//!
//! So an operation composed of others becomes those others, and no rule is written twice: σ(z) is recorded as 1 or e over 1 + e with e = e^(−|z|), and
//! softplus(±z) and σ(−z) find that e recorded already. What is recorded twice is computed once, and |−x| is |x|. A few operations stay whole, since there
//! are faster ways to them than line by line: Σ aᵢ·bᵢ, e^(a − b), quotients, and the two products of the chain rule.
//!
//! Invariant: a line refers to earlier lines alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::rc::Rc;

use chainrule_graph::{Node, NodeKind, Number, Op, Primitive, Real, Rules, Table};

use crate::expression::Expression;

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operation {
    Add,
    Sub,
    Mul,
    Div,
    /// The table's quotient, which is NaN of infinities.
    Quotient,
    Neg,
    /// Σ aᵢ·bᵢ, all aᵢ first.
    Dot,
    /// e^(a − b), with what rounding the difference has lost.
    ExpSub,
    /// The product of the chain rule, adjoint · partial.
    Chain,
    /// The product of a weight.
    Route,
    Compute(Primitive),
}

/// What a line works on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    Constant(f64),
    Parameter(usize),
    Column(usize),
    Line(usize),
}

/// One line: an operation of operands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) operation: Operation,
    pub(crate) operands: Vec<Operand>,
}

/// Straight-line code and where its results are.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<Line>,
    pub(crate) outputs: Vec<Operand>,
}

/// The code of an expression.
pub(crate) fn lower(expression: &Expression) -> Lines {
    let recorder = Rc::new(RefCell::new(Recorder::default()));
    let mut values: Vec<Recorded> = Vec::new();
    let (mut parameters, mut columns) = (0, 0);
    for node in expression.graph().nodes() {
        let at = |operand| Recorded { recorder: Some(Rc::clone(&recorder)), operand };
        values.push(match node.kind() {
            NodeKind::Parameter => {
                parameters += 1;
                at(Operand::Parameter(parameters - 1))
            }
            NodeKind::Data => {
                columns += 1;
                at(Operand::Column(columns - 1))
            }
            NodeKind::Operation(op) => recorded(&recorder, op, &arguments(node, &values)),
            NodeKind::Constant(value) => Recorded::constant(value),
            _ => Recorded::constant(f64::NAN), // a mistake, refused before
        });
    }
    let place =
        |node: &Node<'_>| node.index().map_or(Operand::Constant(f64::NAN), |index| values[index].operand);
    let outputs = expression.outputs().iter().map(place).collect();
    let lines = std::mem::take(&mut recorder.borrow_mut().lines);
    Lines { lines, outputs }
}

fn arguments(node: Node<'_>, values: &[Recorded]) -> Vec<Recorded> {
    let value = |argument: &Node<'_>| match (argument.index(), argument.kind()) {
        (Some(index), _) => values[index].clone(),
        (None, NodeKind::Constant(value)) => Recorded::constant(value),
        (None, _) => Recorded::constant(f64::NAN),
    };
    node.arguments().iter().map(value).collect()
}

fn recorded(recorder: &Rc<RefCell<Recorder>>, op: Op, arguments: &[Recorded]) -> Recorded {
    match op {
        Op::Dot => record(recorder, Operation::Dot, arguments),
        Op::Div => record(recorder, Operation::Quotient, arguments),
        Op::Recip => record(recorder, Operation::Quotient, &[&[Recorded::constant(1.0)], arguments].concat()),
        Op::ExpSub => record(recorder, Operation::ExpSub, arguments),
        Op::Chain => record(recorder, Operation::Chain, arguments),
        Op::Route => record(recorder, Operation::Route, arguments),
        op => Table.value(op, arguments),
    }
}

fn record(recorder: &Rc<RefCell<Recorder>>, operation: Operation, operands: &[Recorded]) -> Recorded {
    let operands = operands.iter().map(|operand| operand.operand).collect();
    let operand = recorder.borrow_mut().line(Line { operation, operands });
    Recorded { recorder: Some(Rc::clone(recorder)), operand }
}

/// The lines so far.
#[derive(Debug, Default)]
struct Recorder {
    lines: Vec<Line>,
    known: HashMap<String, usize>,
}

impl Recorder {
    fn line(&mut self, line: Line) -> Operand {
        let line = self.without_inner_sign(line);
        // The bits of a constant are part of what it prints.
        let key = format!("{line:?}");
        if let Some(&index) = self.known.get(&key) {
            return Operand::Line(index);
        }
        self.known.insert(key, self.lines.len());
        self.lines.push(line);
        Operand::Line(self.lines.len() - 1)
    }

    /// |−x| as |x|.
    fn without_inner_sign(&self, line: Line) -> Line {
        match (line.operation, line.operands.as_slice()) {
            (Operation::Compute(Primitive::Abs), &[Operand::Line(inner)])
                if self.lines[inner].operation == Operation::Neg =>
            {
                Line { operation: line.operation, operands: self.lines[inner].operands.clone() }
            }
            _ => line,
        }
    }
}

/// a / b, or NaN where either is infinite, as the graph crate's table has it.
#[inline(always)]
pub(crate) fn quotient(a: f64, b: f64) -> f64 {
    let quotient = a / b;
    if a.is_infinite() || b.is_infinite() { f64::NAN } else { quotient }
}

/// A number that records what is done with it.
#[derive(Clone, Debug)]
struct Recorded {
    /// None for a constant that has not met a value yet.
    recorder: Option<Rc<RefCell<Recorder>>>,
    operand: Operand,
}

impl Recorded {
    fn operation(operation: Operation, operands: &[Recorded]) -> Recorded {
        if let Some(recorder) = operands.iter().find_map(|operand| operand.recorder.as_ref()) {
            return record(recorder, operation, operands);
        }
        // Constants alone: computed at once.
        let value = |operand: &Recorded| match operand.operand {
            Operand::Constant(value) => value,
            _ => f64::NAN, // whatever is no constant has a recorder
        };
        let values: Vec<f64> = operands.iter().map(value).collect();
        let of_two = |f: fn(f64, f64) -> f64| values.as_array().map_or(f64::NAN, |&[a, b]| f(a, b));
        Recorded::constant(match operation {
            Operation::Add => of_two(Add::add),
            Operation::Sub => of_two(Sub::sub),
            Operation::Mul => of_two(Mul::mul),
            Operation::Div => of_two(Div::div),
            Operation::Neg => values.as_array().map_or(f64::NAN, |&[x]| -x),
            Operation::Dot
            | Operation::Quotient
            | Operation::ExpSub
            | Operation::Chain
            | Operation::Route => f64::NAN, // `recorded` makes lines of these, whatever they are of
            Operation::Compute(primitive) => f64::compute(primitive, &values),
        })
    }
}

macro_rules! recorded_operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Recorded {
            type Output = Recorded;
            fn $method(self, other: Recorded) -> Recorded {
                Recorded::operation(Operation::$trait, &[self, other])
            }
        }

        impl $trait<&Recorded> for Recorded {
            type Output = Recorded;
            fn $method(self, other: &Recorded) -> Recorded {
                Recorded::operation(Operation::$trait, &[self, other.clone()])
            }
        }
    };
}

recorded_operator!(Add, add);
recorded_operator!(Sub, sub);
recorded_operator!(Mul, mul);
recorded_operator!(Div, div);

impl Neg for Recorded {
    type Output = Recorded;
    fn neg(self) -> Recorded {
        Recorded::operation(Operation::Neg, &[self])
    }
}

impl Real for Recorded {
    fn constant(value: f64) -> Self {
        Recorded { recorder: None, operand: Operand::Constant(value) }
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        rules.value(op, arguments)
    }
}

impl Number for Recorded {
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
        Recorded::operation(Operation::Compute(primitive), arguments)
    }
}
