//! `Tape`: record-as-you-run differentiation of ordinary Rust code, with its own loops and branches.
//!
//! A variable carries its value, so code can compare and branch on it; each operation is computed at once and
//! noted down, and the reverse sweep then runs over the notes.
//!
//! Invariant: a tape is a value like any other. There is no global and no thread-local state: two tapes never meet
//! unless a caller mixes their variables, which poisons the result as it does for graphs.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;

use crate::error::Error;
use crate::gradient::Gradient;
use crate::nodes::{Index, Kind, Nodes};
use crate::op::Op;
use crate::operators::real_operators;
use crate::owner::Owner;
use crate::real::Real;
use crate::rules::{Rules, Table};
use crate::sweep;

/// A record of operations as they were computed.
///
/// ```
/// use chainrule_graph::{Real, Tape, Var};
///
/// /// Newton's iteration for √a: a loop whose length depends on the values.
/// fn root<'t>(a: Var<'t>) -> Var<'t> {
///     let mut x = a;
///     while (x * x - a).abs() > Real::constant(1e-15) {
///         x = 0.5 * (x + a / x);
///     }
///     x
/// }
///
/// let tape = Tape::new();
/// let a = tape.var(4.0);
/// let y = root(a);
/// assert_eq!(y.value(), 2.0);
/// assert!((tape.gradient(&y)?[a] - 0.25).abs() < 1e-14); // 1 / (2√a)
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
#[derive(Debug)]
pub struct Tape<R = f64> {
    owner: Owner,
    record: RefCell<Record<R>>,
}

#[derive(Debug)]
struct Record<R> {
    nodes: Nodes,
    values: Vec<R>,
    faults: Vec<Error>,
}

/// A variable on a [`Tape`]: a value and the place of its record. Comparisons look at the value alone.
pub struct Var<'t, R = f64> {
    value: R,
    place: Place<'t, R>,
}

enum Place<'t, R> {
    /// A constant; it is recorded at its first operation with a variable.
    Nowhere,
    On(&'t Tape<R>, Index),
    Poisoned(&'t Tape<R>, Index),
}

impl<R> Clone for Place<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Place<'_, R> {}

impl<R: Clone> Clone for Var<'_, R> {
    fn clone(&self) -> Self {
        Var { value: self.value.clone(), place: self.place }
    }
}

impl<R: Copy> Copy for Var<'_, R> {}

impl<R: Real> Default for Tape<R> {
    fn default() -> Self {
        Tape::new()
    }
}

impl<R: Real> Tape<R> {
    /// An empty tape.
    pub fn new() -> Self {
        let record = Record { nodes: Nodes::default(), values: Vec::new(), faults: Vec::new() };
        Tape { owner: Owner::tape(), record: RefCell::new(record) }
    }

    /// The identity by which errors name this tape.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// A new independent variable with this value.
    pub fn var(&self, value: R) -> Var<'_, R> {
        let mut record = self.record.borrow_mut();
        let place = if record.nodes.has_room(0) {
            Place::On(self, record.leaf(value.clone()))
        } else {
            Place::Poisoned(self, record.fault(Error::Full { graph: self.owner }))
        };
        Var { value, place }
    }

    /// The adjoints of an output with respect to every variable on the tape: the reverse sweep.
    ///
    /// # Errors
    /// [`Error::NotInGraph`] if the output is on another tape, or the error that poisoned it.
    pub fn gradient(&self, output: &Var<'_, R>) -> Result<Gradient<R>, Error> {
        let adjoints = match output.location()? {
            None => Vec::new(),
            Some((owner, output)) if owner == self.owner => {
                let record = self.record.borrow();
                sweep::reverse(&record.nodes, &Table, &record.values, output, |_| true)
            }
            Some((other, node)) => return Err(Error::NotInGraph { node, other, graph: self.owner }),
        };
        Ok(Gradient::new(self.owner, adjoints))
    }

    /// The number of records: variables, constants and operations.
    pub fn len(&self) -> usize {
        self.record.borrow().nodes.len()
    }

    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn operation(&self, op: Op, arguments: &[Var<'_, R>], value: R) -> Var<'_, R> {
        let mut record = self.record.borrow_mut();
        let mistake = match op.arity() {
            _ if !record.nodes.has_room(2 * arguments.len()) => Some(Error::Full { graph: self.owner }),
            Some(expected) if expected != arguments.len() => {
                Some(Error::WrongArity { graph: self.owner, op: op.name(), expected, found: arguments.len() })
            }
            _ => None,
        };
        if let Some(mistake) = mistake {
            return Var { value, place: Place::Poisoned(self, record.fault(mistake)) };
        }
        let indices: Vec<Index> = arguments
            .iter()
            .map(|argument| match argument.place {
                Place::On(_, index) => index,
                Place::Nowhere | Place::Poisoned(..) => record.leaf(argument.value.clone()),
            })
            .collect();
        let index = record.nodes.push_operation(op, indices.into_iter());
        record.values.push(value.clone());
        Var { value, place: Place::On(self, index) }
    }

    fn mixed_with(&self, other: Owner) -> Var<'_, R> {
        let fault = self.record.borrow_mut().fault(Error::TwoGraphs { left: self.owner, right: other });
        Var { value: R::constant(f64::NAN), place: Place::Poisoned(self, fault) }
    }
}

impl<R> Record<R> {
    fn leaf(&mut self, value: R) -> Index {
        self.values.push(value);
        self.nodes.push_leaf(Kind::Data)
    }

    /// Keeps a mistake and returns its place in the list.
    fn fault(&mut self, mistake: Error) -> Index {
        self.faults.push(mistake);
        (self.faults.len() - 1) as Index
    }
}

impl<'t, R: Real> Var<'t, R> {
    /// The value.
    pub fn value(&self) -> R {
        self.value.clone()
    }

    /// The tape and the index on it; `None` for a constant.
    pub(crate) fn location(&self) -> Result<Option<(Owner, usize)>, Error> {
        match self.place {
            Place::Nowhere => Ok(None),
            Place::On(tape, index) => Ok(Some((tape.owner, index as usize))),
            Place::Poisoned(tape, fault) => Err(tape.record.borrow().faults[fault as usize].clone()),
        }
    }

    fn tape(&self) -> Option<&'t Tape<R>> {
        match self.place {
            Place::Nowhere => None,
            Place::On(tape, _) | Place::Poisoned(tape, _) => Some(tape),
        }
    }
}

impl<R: Real> Real for Var<'_, R> {
    fn constant(value: f64) -> Self {
        Var { value: R::constant(value), place: Place::Nowhere }
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        let poisoned = arguments.iter().find(|argument| matches!(argument.place, Place::Poisoned(..)));
        if let Some(poisoned) = poisoned {
            return poisoned.clone();
        }
        let mut tapes = arguments.iter().filter_map(Var::tape);
        let tape = tapes.next();
        if let (Some(tape), Some(other)) =
            (tape, tapes.find(|other| Some(other.owner) != tape.map(|t| t.owner)))
        {
            return tape.mixed_with(other.owner);
        }
        let values: Vec<R> = arguments.iter().map(Var::value).collect();
        let value = R::apply(rules, op, &values);
        match tape {
            Some(tape) => tape.operation(op, arguments, value),
            None => Var { value, place: Place::Nowhere },
        }
    }

    fn is_known(&self, value: f64) -> bool {
        matches!(self.place, Place::Nowhere) && self.value.is_known(value)
    }
}

real_operators!(impl['t, R: Real] Var<'t, R>);

impl<R: fmt::Debug> fmt::Debug for Var<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Nowhere => write!(f, "Var({:?})", self.value),
            Place::On(tape, index) => write!(f, "Var({:?} at #{index} of {})", self.value, tape.owner),
            Place::Poisoned(tape, fault) => {
                write!(f, "Var(poisoned: {})", tape.record.borrow().faults[fault as usize])
            }
        }
    }
}

impl<R: PartialEq> PartialEq for Var<'_, R> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<R: PartialOrd> PartialOrd for Var<'_, R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
