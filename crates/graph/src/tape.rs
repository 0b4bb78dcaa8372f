//! `Tape`: record-as-you-run differentiation of ordinary Rust code, with its own loops and branches.
//!
//! A variable carries its value, so code can compare and branch on it; each operation is computed at once, its local derivatives with it,
//! and the reverse sweep then runs over these.
//!
//! Invariant: a tape is a value like any other. There is no global and no thread-local state: two tapes never meet
//! unless a caller mixes their variables, which poisons the result as it does for graphs. So does a variable that was cut off by rewinding.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;

use crate::error::Error;
use crate::gradient::Gradient;
use crate::nodes::Index;
use crate::op::Op;
use crate::operators::real_operators;
use crate::owner::Owner;
use crate::real::Real;
use crate::record::{Record, Slope};
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
///
/// # Reuse
///
/// A tape is emptied with [`clear`](Self::clear) and rewound with [`rewind`](Self::rewind), and keeps its memory: an example after the
/// other is recorded in the same place, behind parameters that stay.
///
/// ```
/// use chainrule_graph::{Real, Tape, Var};
///
/// let tape = Tape::new();
/// let (w, b) = (tape.var(0.5), tape.var(0.1));
/// let start = tape.position();
/// let mut gradient = tape.gradient(&b)?; // room that is used again
/// let mut sum = (0.0, 0.0);
/// for (x, y) in [(1.0, 1.0), (2.0, 3.0)] {
///     let loss = (w * x + b - y).powi(2);
///     tape.gradient_into(&loss, &mut gradient)?;
///     sum = (sum.0 + gradient[w], sum.1 + gradient[b]);
///     tape.rewind(start)?; // `loss` is gone, `w` and `b` are not
/// }
/// assert!((sum.0 - -8.4).abs() < 1e-12 && (sum.1 - -4.6).abs() < 1e-12); // Σ 2·(wx + b − y)·x, Σ 2·(wx + b − y)
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Memory
///
/// At f64 an operation takes 16 bytes for each argument that is no constant, a variable 16: 32 for a sum of two variables, 16 for a product
/// with a constant, 16 for each pair of a [`dot`](Real::dot) of variables with constants, which is two operations.
#[derive(Debug)]
pub struct Tape<R = f64> {
    owner: Owner,
    record: RefCell<Record<R>>,
    faults: RefCell<Vec<Error>>,
}

/// A place on a [`Tape`] to come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    owner: Owner,
    records: u32,
    edges: usize,
    epoch: u32,
}

/// A variable on a [`Tape`]: a value and the place of its record. Comparisons look at the value alone.
pub struct Var<'t, R = f64> {
    value: R,
    place: Place<'t, R>,
}

/// Where a variable is recorded.
struct Place<'t, R> {
    /// None for a constant, which is recorded nowhere.
    tape: Option<&'t Tape<R>>,
    /// The index of its record, or of the mistake that poisoned it.
    index: Index,
    /// The record's epoch when it was made, or [`POISONED`].
    epoch: u32,
}

/// No epoch.
const POISONED: u32 = u32::MAX;

impl<R> Place<'_, R> {
    const NOWHERE: Self = Place { tape: None, index: 0, epoch: 0 };
}

impl<R> Clone for Place<'_, R> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Place<'_, R> {}

impl<R: Clone> Clone for Var<'_, R> {
    #[inline]
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
        Tape { owner: Owner::tape(), record: RefCell::new(Record::new()), faults: RefCell::new(Vec::new()) }
    }

    /// The identity by which errors name this tape.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// A new independent variable with this value.
    pub fn var(&self, value: R) -> Var<'_, R> {
        let mut record = self.record.borrow_mut();
        if !record.has_room() {
            return self.poisoned(value, Error::Full { graph: self.owner });
        }
        let (index, epoch) = record.close();
        record.edge(Slope { argument: index, partial: R::constant(0.0), is_weight: false }, true);
        Var { value, place: Place { tape: Some(self), index, epoch } }
    }

    /// The adjoints of an output with respect to every variable on the tape: the reverse sweep.
    ///
    /// # Errors
    /// [`Error::NotInGraph`] if the output is on another tape, [`Error::Rewound`] if it was cut off, or the error that poisoned it.
    pub fn gradient(&self, output: &Var<'_, R>) -> Result<Gradient<R>, Error> {
        let mut gradient = Gradient::new(self.owner, Vec::new());
        self.gradient_into(output, &mut gradient)?;
        Ok(gradient)
    }

    /// The same into a gradient that was made before, so that its memory is used again; what it held is gone.
    ///
    /// # Errors
    /// As [`gradient`](Self::gradient); then `gradient` is as it was.
    pub fn gradient_into(&self, output: &Var<'_, R>, gradient: &mut Gradient<R>) -> Result<(), Error> {
        let location = output.location()?;
        let record = self.record.borrow();
        match location {
            None => gradient.refilled(self.owner, record.epoch()).clear(),
            Some((owner, index, _)) if owner == self.owner => {
                let adjoints = gradient.refilled(self.owner, record.epoch());
                sweep::reverse_recorded(&record, &Table, index, output.value.seed(), adjoints);
            }
            Some((other, node, _)) => return Err(Error::NotInGraph { node, other, graph: self.owner }),
        }
        Ok(())
    }

    /// Where the tape is now.
    pub fn position(&self) -> Position {
        let record = self.record.borrow();
        let (records, edges) = (record.len() as u32, record.edges().len());
        Position { owner: self.owner, records, edges, epoch: record.epoch() }
    }

    /// Forgets what was recorded after a position; memory is kept.
    ///
    /// Variables from before stay good. One from after is refused wherever it is used.
    ///
    /// # Errors
    /// [`Error::NotInGraph`] for a position of another tape, [`Error::Rewound`] for one that is cut off itself, [`Error::Full`]
    /// after 2³² − 2 rewindings.
    pub fn rewind(&self, position: Position) -> Result<(), Error> {
        let Position { owner, records, edges, epoch } = position;
        if owner != self.owner {
            return Err(Error::NotInGraph { node: records as usize, other: owner, graph: self.owner });
        }
        let mut record = self.record.borrow_mut();
        if records.checked_sub(1).is_some_and(|last| !record.is_live(last, epoch)) {
            return Err(Error::Rewound { tape: self.owner });
        }
        if record.cut(records, edges) { Ok(()) } else { Err(Error::Full { graph: self.owner }) }
    }

    /// Forgets everything; memory is kept. No variable is left that could be used: they borrow the tape.
    pub fn clear(&mut self) {
        self.owner = Owner::tape(); // gradients from before answer for no variable from now on
        self.record.get_mut().clear();
        self.faults.get_mut().clear();
    }

    /// The number of records: variables and operations.
    pub fn len(&self) -> usize {
        self.record.borrow().len()
    }

    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the records take.
    pub fn bytes(&self) -> usize {
        self.record.borrow().bytes()
    }

    #[cold]
    fn poisoned(&self, value: R, mistake: Error) -> Var<'_, R> {
        let mut faults = self.faults.borrow_mut();
        faults.push(mistake);
        Var { value, place: Place { tape: Some(self), index: (faults.len() - 1) as Index, epoch: POISONED } }
    }
}

impl<'t, R: Real> Var<'t, R> {
    /// A value that is not differentiated: a constant of the type R, as [`Real::constant`] makes one of an f64.
    #[inline]
    pub fn fixed(value: R) -> Self {
        Var { value, place: Place::NOWHERE }
    }

    /// The value.
    #[inline]
    pub fn value(&self) -> R {
        self.value.clone()
    }

    /// The edge to this variable as an argument of an operation.
    #[inline(always)]
    fn slope<T: Rules>(&self, rules: &T, op: Op, position: usize, arguments: &[R], value: &R) -> Slope<R> {
        let partial = rules.partial(op, position, arguments, value);
        Slope { argument: self.place.index, partial, is_weight: op.is_weight(position) }
    }

    /// An operation of one argument.
    #[inline(always)]
    fn unary<T: Rules>(rules: &T, op: Op, x: &Self) -> Self {
        let values = [x.value()];
        let value = R::apply(rules, op, &values);
        let Some(tape) = x.place.tape else { return Var::fixed(value) };
        let mut record = tape.record.borrow_mut();
        if tape.accepts(&record, op, 1) && tape.has(&record, x) {
            record.edge(x.slope(rules, op, 0, &values, &value), true);
            return tape.closed(&mut record, value);
        }
        tape.refused(&record, op, &mut [x].into_iter())
    }

    /// An operation of two arguments.
    #[inline(always)]
    fn binary<T: Rules>(rules: &T, op: Op, x: &Self, y: &Self) -> Self {
        let values = [x.value(), y.value()];
        let value = R::apply(rules, op, &values);
        let Some(tape) = x.place.tape.or(y.place.tape) else { return Var::fixed(value) };
        let mut record = tape.record.borrow_mut();
        if tape.accepts(&record, op, 2) && tape.has(&record, x) && tape.has(&record, y) {
            let x_is_constant = x.place.tape.is_none();
            if y.place.tape.is_some() {
                record.edge(y.slope(rules, op, 1, &values, &value), x_is_constant);
            }
            if !x_is_constant {
                record.edge(x.slope(rules, op, 0, &values, &value), true);
            }
            return tape.closed(&mut record, value);
        }
        tape.refused(&record, op, &mut [x, y].into_iter())
    }

    /// An operation of any number of arguments, in two halves that follow each other.
    #[inline(always)]
    fn of_many<'a, T: Rules>(
        rules: &T,
        op: Op,
        halves: [impl ExactSizeIterator<Item = &'a Self> + DoubleEndedIterator + Clone; 2],
        values: &[R],
    ) -> Self
    where
        't: 'a,
        R: 'a,
    {
        let value = R::apply(rules, op, values);
        let mut tapes = halves.iter().flat_map(Clone::clone).filter_map(|argument| argument.place.tape);
        let Some(tape) = tapes.next() else { return Var::fixed(value) };
        let mut record = tape.record.borrow_mut();
        let start = record.edges().len();
        let mut is_good = tape.accepts(&record, op, values.len());
        let mut end = values.len();
        for half in halves.iter().rev() {
            let start = end - half.len();
            let mut variables = 0;
            for argument in half.clone() {
                variables += usize::from(argument.place.tape.is_some());
                is_good &= tape.has(&record, argument);
            }
            let edge = |(k, argument): (usize, &Self)| argument.slope(rules, op, start + k, values, &value);
            // All or none, as weights and data are, need no look at each.
            if variables == half.len() {
                record.edges_of(half.clone().enumerate().rev().map(edge));
            } else if variables > 0 {
                let is_variable = |(_, argument): &(usize, &Self)| argument.place.tape.is_some();
                record.edges_of(half.clone().enumerate().rev().filter(is_variable).map(edge));
            }
            end = start;
        }
        if is_good {
            record.end_here();
            return tape.closed(&mut record, value);
        }
        record.drop_edges(start);
        let [first, second] = halves;
        tape.refused(&record, op, &mut first.chain(second))
    }
}

impl<R: Real> Tape<R> {
    /// Whether an operation of so many arguments can be recorded.
    #[inline(always)]
    fn accepts(&self, record: &Record<R>, op: Op, arguments: usize) -> bool {
        op.arity().is_none_or(|arity| arity == arguments) && record.has_room()
    }

    /// Whether an argument is a constant, or a variable of this tape that is still there.
    #[inline(always)]
    fn has(&self, record: &Record<R>, argument: &Var<'_, R>) -> bool {
        let Place { tape, index, epoch } = argument.place;
        tape.is_none_or(|tape| std::ptr::eq(tape, self) && epoch != POISONED && record.is_live(index, epoch))
    }

    /// The variable of the record whose last edge was added.
    #[inline(always)]
    fn closed(&self, record: &mut Record<R>, value: R) -> Var<'_, R> {
        let (index, epoch) = record.close();
        Var { value, place: Place { tape: Some(self), index, epoch } }
    }

    /// What an operation becomes that cannot be recorded: the first poisoned argument, or a poisoned result.
    #[cold]
    fn refused<'t, 'a>(
        &'t self,
        record: &Record<R>,
        op: Op,
        arguments: &mut dyn Iterator<Item = &'a Var<'t, R>>,
    ) -> Var<'t, R>
    where
        't: 'a,
        R: 'a,
    {
        let arguments: Vec<&Var<'t, R>> = arguments.collect();
        if let Some(&poisoned) = arguments.iter().find(|argument| argument.place.epoch == POISONED) {
            return poisoned.clone();
        }
        let tapes = arguments.iter().filter_map(|argument| argument.place.tape);
        let other = tapes.map(|tape| tape.owner).find(|&owner| owner != self.owner);
        let mistake = match (other, op.arity()) {
            (Some(other), _) => Error::TwoGraphs { left: self.owner, right: other },
            (None, Some(expected)) if expected != arguments.len() => {
                Error::WrongArity { graph: self.owner, op: op.name(), expected, found: arguments.len() }
            }
            _ if !record.has_room() => Error::Full { graph: self.owner },
            _ => Error::Rewound { tape: self.owner },
        };
        self.poisoned(R::constant(f64::NAN), mistake)
    }
}

impl<R> Tape<R> {
    /// The mistake that poisoned a variable.
    fn fault(&self, index: Index) -> Error {
        self.faults.borrow().get(index as usize).cloned().unwrap_or(Error::Rewound { tape: self.owner })
    }
}

impl<R> Var<'_, R> {
    /// The tape, the index on it and the epoch; `None` for a constant.
    pub(crate) fn location(&self) -> Result<Option<(Owner, usize, u32)>, Error> {
        let Place { tape, index, epoch } = self.place;
        match tape {
            None => Ok(None),
            Some(tape) if epoch == POISONED => Err(tape.fault(index)),
            Some(tape) if tape.record.borrow().is_live(index, epoch) => {
                Ok(Some((tape.owner, index as usize, epoch)))
            }
            Some(tape) => Err(Error::Rewound { tape: tape.owner }),
        }
    }
}

impl<R: Real> Real for Var<'_, R> {
    #[inline]
    fn constant(value: f64) -> Self {
        Var::fixed(R::constant(value))
    }

    #[inline(always)]
    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        match arguments {
            [x] => Var::unary(rules, op, x),
            [x, y] => Var::binary(rules, op, x, y),
            _ => {
                let values: Vec<R> = arguments.iter().map(Var::value).collect();
                Var::of_many(rules, op, [arguments.iter(), [].iter()], &values)
            }
        }
    }

    /// As provided, but for the copies.
    fn dot<'a>(pairs: impl IntoIterator<Item = (&'a Self, &'a Self)>) -> Self
    where
        Self: 'a,
    {
        let pairs: Vec<(&Self, &Self)> = pairs.into_iter().collect();
        let mut values: Vec<R> = Vec::with_capacity(2 * pairs.len());
        values.extend(pairs.iter().map(|(left, _)| left.value()));
        values.extend(pairs.iter().map(|(_, right)| right.value()));
        let side = |right: bool| pairs.iter().map(move |&pair| if right { pair.1 } else { pair.0 });
        Var::of_many(&Table, Op::Dot, [side(false), side(true)], &values)
    }

    fn is_known(&self, value: f64) -> bool {
        self.place.tape.is_none() && self.value.is_known(value)
    }
}

real_operators!(impl['t, R: Real] Var<'t, R>);

impl<R: fmt::Debug> fmt::Debug for Var<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location() {
            Ok(None) => write!(f, "Var({:?})", self.value),
            Ok(Some((owner, index, _))) => write!(f, "Var({:?} at #{index} of {owner})", self.value),
            Err(mistake) => write!(f, "Var(poisoned: {mistake})"),
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
