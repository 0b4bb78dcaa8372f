//! Dual numbers v + t·ε with ε² = 0: forward mode, one direction at a time.
//!
//! f(v + t·ε) = f(v) + f′(v)·t·ε, so a function run at dual numbers carries its directional derivative along.
//! Duals nest: at `Dual<Dual<f64>>` the tangent of the tangent is a second derivative, and a reverse sweep
//! at `Dual<f64>` gives a Hessian-vector product.
//!
//! Invariant: the derivative rules are the table's; this file only multiplies partials with tangents.

use std::cmp::Ordering;

use crate::op::Op;
use crate::operators::real_operators;
use crate::real::Real;
use crate::rules::Rules;
use crate::sweep::{accumulate, unless_nan};

/// A value and its derivative in one direction. Comparisons look at the value alone.
#[derive(Clone, Copy, Debug)]
pub struct Dual<R> {
    /// The value.
    pub value: R,
    /// The derivative of the value in the chosen direction.
    pub tangent: R,
}

impl<R: Real> Dual<R> {
    /// A value and its tangent.
    pub fn new(value: R, tangent: R) -> Self {
        Dual { value, tangent }
    }

    /// The variable with respect to which derivatives are taken: tangent 1.
    pub fn variable(value: R) -> Self {
        Dual { value, tangent: R::constant(1.0) }
    }

    /// A value that does not move: tangent 0.
    pub fn fixed(value: R) -> Self {
        Dual { value, tangent: R::constant(0.0) }
    }
}

impl<R: Real> Real for Dual<R> {
    fn constant(value: f64) -> Self {
        Dual::fixed(R::constant(value))
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        let values: Vec<R> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let value = R::apply(rules, op, &values);
        let mut tangent = R::constant(0.0);
        for (position, argument) in arguments.iter().enumerate() {
            accumulate(&mut tangent, rules.flow(op, position, &values, &value, &argument.tangent));
        }
        if !tangent.is_known(0.0) {
            tangent = unless_nan(rules, &value, &tangent);
        }
        Dual { value, tangent }
    }

    fn seed(&self) -> Self {
        Dual::fixed(self.value.seed())
    }

    fn is_known(&self, value: f64) -> bool {
        self.value.is_known(value) && self.tangent.is_known(0.0)
    }
}

real_operators!(impl[R: Real] Dual<R>);

impl<R: PartialEq> PartialEq for Dual<R> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<R: PartialOrd> PartialOrd for Dual<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
