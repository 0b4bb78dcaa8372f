//! Deliberate faults: the table with one partial corrupted, to see whether a check notices.
//!
//! A verifier that has never seen a wrong derivative has not been tested. [`Corrupted`] is a set of [`Rules`] like any
//! other, so every sweep runs with it, and it costs nothing where it is not used.
//!
//! Faults of the result (a sign, a factor) are applied to what the table's rule returns. Faults inside the rule (a dropped
//! term, a wrong branch) are made by running the rule at [`Tampered`] numbers, which count the additions and case
//! distinctions they pass through and spoil one of them.
//!
//! Invariant: no fact about an operation is repeated here, so an operation added to the table is corrupted like the others.

use std::cell::Cell;
use std::fmt;

use crate::op::Op;
use crate::operators::real_operators;
use crate::real::{Number, Real};
use crate::rules::{Rules, Table};

/// A way in which a partial can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The opposite sign.
    Sign,
    /// Too large by one part in a million.
    Factor,
    /// Constantly 0.
    Zero,
    /// The first two arguments exchanged; of any number of arguments, all in the opposite order.
    SwappedArguments,
    /// One term of a sum or difference left out; terms are counted in the order of computation, two for each operation.
    DroppedTerm(usize),
    /// The other branch of one case distinction, counted in the order of computation.
    WrongBranch(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Sign => f.write_str("opposite sign"),
            Fault::Factor => f.write_str("factor 1 + 1e-6"),
            Fault::Zero => f.write_str("constant 0"),
            Fault::SwappedArguments => f.write_str("swapped arguments"),
            Fault::DroppedTerm(k) => write!(f, "dropped term {k}"),
            Fault::WrongBranch(k) => write!(f, "wrong branch {k}"),
        }
    }
}

/// The table with one fault in one partial of one operation.
///
/// ```
/// use chainrule_graph::{Corrupted, Fault, Graph, Op, Real, Table};
///
/// let g = Graph::new();
/// let x = g.parameter("x");
/// let y = x.sin();
/// let wrong = Corrupted { op: Op::Sin, position: 0, fault: Fault::Sign };
/// let slope = g.at_with(Table, &[(x, 0.0)])?.gradient(y)?[x];
/// assert_eq!(g.at_with(wrong, &[(x, 0.0)])?.gradient(y)?[x], -slope);
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corrupted {
    /// The operation; every exponent of a power counts as the same.
    pub op: Op,
    /// Which partial, counted from 0; all of them for an operation of any number of arguments.
    pub position: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Corrupted {
    /// Every fault of every partial in the table.
    pub fn all() -> Vec<Corrupted> {
        let mut all = Vec::new();
        let mut names = Vec::new();
        for op in Op::all() {
            if !names.contains(&op.name()) {
                names.push(op.name());
                for position in 0..op.arity().unwrap_or(1) {
                    let faults = faults_of(op, position).into_iter();
                    all.extend(faults.map(|fault| Corrupted { op, position, fault }));
                }
            }
        }
        all
    }

    fn concerns(&self, op: Op, position: usize) -> bool {
        op.name() == self.op.name() && (op.arity().is_none() || position == self.position)
    }
}

impl Rules for Corrupted {
    fn value<N: Number>(&self, op: Op, arguments: &[N]) -> N {
        Table.value(op, arguments)
    }

    fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R {
        let right = || Table.partial(op, position, arguments, value);
        if !self.concerns(op, position) {
            return right();
        }
        match self.fault {
            Fault::Sign => -right(),
            Fault::Factor => right() * R::constant(1.0 + 1e-6),
            Fault::Zero => R::constant(0.0),
            Fault::SwappedArguments => Table.partial(op, position, &swapped(arguments, op.arity()), value),
            Fault::DroppedTerm(place) => tampered(
                &Tamper { target: Target::Term(place), passed: Cell::new(0) },
                op,
                position,
                arguments,
                value,
            ),
            Fault::WrongBranch(place) => tampered(
                &Tamper { target: Target::Branch(place), passed: Cell::new(0) },
                op,
                position,
                arguments,
                value,
            ),
        }
    }
}

/// The faults that a partial can have: those of any result, and one for each term and branch in its rule.
fn faults_of(op: Op, position: usize) -> Vec<Fault> {
    let mut faults = vec![Fault::Sign, Fault::Factor, Fault::Zero];
    if op.arity() != Some(1) {
        faults.push(Fault::SwappedArguments);
    }
    let Some(probe) = op.probes().into_iter().next() else { return faults };
    let value = Table.value(op, &probe);
    let count = |target| {
        let tamper = Tamper { target, passed: Cell::new(0) };
        tampered(&tamper, op, position, &probe, &value);
        tamper.passed.get()
    };
    faults.extend((0..count(Target::Term(usize::MAX))).map(Fault::DroppedTerm));
    faults.extend((0..count(Target::Branch(usize::MAX))).map(Fault::WrongBranch));
    faults
}

fn swapped<R: Clone>(arguments: &[R], arity: Option<usize>) -> Vec<R> {
    let mut swapped = arguments.to_vec();
    match arity {
        None => swapped.reverse(),
        // The condition of a case distinction is no argument that one mixes up; its branches are.
        Some(3) => swapped.swap(1, 2),
        Some(_) => swapped[..2.min(arguments.len())].reverse(),
    }
    swapped
}

/// The table's partial, run at tampered numbers.
fn tampered<R: Real>(tamper: &Tamper, op: Op, position: usize, arguments: &[R], value: &R) -> R {
    let wrap = |inner: &R| Tampered { inner: inner.clone(), tamper: Some(tamper) };
    let arguments: Vec<_> = arguments.iter().map(wrap).collect();
    Table.partial(op, position, &arguments, &wrap(value)).inner
}

/// What to spoil, and how much of its kind has been passed.
#[derive(Debug)]
struct Tamper {
    target: Target,
    passed: Cell<usize>,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    Term(usize),
    Branch(usize),
}

impl Tamper {
    /// Counts `places` places and tells which of them is the target, if one is.
    fn hit(&self, target: usize, places: usize) -> Option<usize> {
        let first = self.passed.replace(self.passed.get() + places);
        target.checked_sub(first).filter(|&place| place < places)
    }
}

/// A number that spoils one operation on its way.
#[derive(Clone, Debug)]
struct Tampered<'t, R> {
    inner: R,
    tamper: Option<&'t Tamper>,
}

impl<R: Real> Real for Tampered<'_, R> {
    fn constant(value: f64) -> Self {
        Tampered { inner: R::constant(value), tamper: None }
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        let tamper = arguments.iter().find_map(|argument| argument.tamper);
        let inner: Vec<R> = arguments.iter().map(|argument| argument.inner.clone()).collect();
        let inner = match (tamper.map(|tamper| (tamper, tamper.target)), op, &inner[..]) {
            (Some((tamper, Target::Term(target))), Op::Add | Op::Sub, [a, b]) => {
                match tamper.hit(target, 2) {
                    Some(0) => R::apply(rules, op, &[R::constant(0.0), b.clone()]),
                    Some(_) => a.clone(),
                    None => R::apply(rules, op, &inner),
                }
            }
            (Some((tamper, Target::Branch(target))), Op::Select, [condition, a, b]) => {
                match tamper.hit(target, 1) {
                    Some(_) => R::apply(rules, op, &[condition.clone(), b.clone(), a.clone()]),
                    None => R::apply(rules, op, &inner),
                }
            }
            _ => R::apply(rules, op, &inner),
        };
        Tampered { inner, tamper }
    }
}

real_operators!(impl['t, R: Real] Tampered<'t, R>);
