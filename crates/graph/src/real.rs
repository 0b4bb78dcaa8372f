//! What a number must offer so that the rules and the sweeps can run at it.
//!
//! Two traits, one step apart:
//!
//! * [`Real`] is everything a *partial derivative* or a user's function may use: constants, the four
//!   operations, negation, and every operation of the table as a method. Numbers, dual numbers, tape
//!   variables and the nodes of a graph are `Real`.
//! * [`Number`] is a `Real` that can also *compute*: it says what its own √, eˣ, sin, … are. The value rules
//!   of the table are written against it, so an operation composed of others needs nothing from a number type.
//!
//! Invariant: no method here knows a derivative; every provided method is one call of [`Real::apply`].
//! There is no ordering: a rule that needs a case distinction goes through [`Real::sign`] and [`Real::select`],
//! which are operations of the table themselves, so the table is closed under differentiation.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::op::Op;
use crate::rules::{Rules, Table};
use crate::sweep::of_finite;

/// A type at which functions, rules and sweeps can run.
///
/// `Clone` and not `Copy`, since an arbitrary-precision float owns memory. The left operand of an operator is
/// taken by value, the right one by value or by reference.
///
/// ```
/// use chainrule_graph::{Dual, Real};
///
/// /// Written once …
/// fn bell<R: Real>(x: R) -> R {
///     (-x.powi(2)).exp()
/// }
///
/// // … it runs at f64 and at dual numbers, and at every other type of this crate.
/// assert_eq!(bell(0.0), 1.0);
/// let y = bell(Dual::variable(0.5));
/// assert_eq!(y.value, (-0.25_f64).exp());
/// assert_eq!(y.tangent, -(-0.25_f64).exp());
/// ```
pub trait Real:
    Clone
    + Debug
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + for<'a> Add<&'a Self, Output = Self>
    + for<'a> Sub<&'a Self, Output = Self>
    + for<'a> Mul<&'a Self, Output = Self>
    + for<'a> Div<&'a Self, Output = Self>
{
    /// The constant `value`, free of any context: it joins a graph or a tape at its first operation.
    ///
    /// (Not called `from`: `f64::from(2.0)` would then mean two things wherever this trait is in scope.)
    fn constant(value: f64) -> Self;

    /// One operation of the table at this type.
    ///
    /// `arguments` are as many as [`Op::arity`] says; with any other number the result is a NaN or a poisoned
    /// node. A number computes, a dual number also moves its tangent, a node is added to its graph.
    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self;

    /// Whether this is known, without computing anything, to be exactly the constant `value`.
    ///
    /// Only a shortcut for building expressions without `1 · p` in them; `false` is always a right answer.
    fn is_known(&self, value: f64) -> bool {
        let _ = value;
        false
    }

    /// Where a reverse sweep from this output begins: with 1, or with NaN where the output is not finite, since there is no slope outside of
    /// a domain or beyond all numbers. What has no value yet, an expression, begins with 1.
    #[inline]
    fn seed(&self) -> Self {
        of_finite(&Table, self, &Self::constant(1.0))
    }

    /// 1 / x.
    #[inline]
    fn recip(&self) -> Self {
        unary(Op::Recip, self)
    }

    /// xⁿ for a whole number n; x⁰ is 1.
    #[inline]
    fn powi(&self, exponent: i32) -> Self {
        unary(Op::PowI(exponent), self)
    }

    /// xᵖ for a real exponent; NaN for x < 0 unless p is whole.
    #[inline]
    fn powf(&self, exponent: &Self) -> Self {
        binary(Op::PowF, self, exponent)
    }

    /// √x.
    #[inline]
    fn sqrt(&self) -> Self {
        unary(Op::Sqrt, self)
    }

    /// eˣ.
    #[inline]
    fn exp(&self) -> Self {
        unary(Op::Exp, self)
    }

    /// e^(x − y) to a few units in the last place, however large x and y are.
    ///
    /// ```
    /// use chainrule_graph::Real;
    ///
    /// assert_eq!(Real::exp_sub(&1000.0, &1000.0), 1.0); // e^1000 is out of range
    /// ```
    #[inline]
    fn exp_sub(&self, other: &Self) -> Self {
        binary(Op::ExpSub, self, other)
    }

    /// eˣ − 1 without cancellation near 0.
    #[inline]
    fn exp_m1(&self) -> Self {
        unary(Op::ExpM1, self)
    }

    /// The natural logarithm.
    #[inline]
    fn ln(&self) -> Self {
        unary(Op::Ln, self)
    }

    /// ln(1 + x) without cancellation near 0.
    #[inline]
    fn ln_1p(&self) -> Self {
        unary(Op::Ln1p, self)
    }

    /// The sine of an angle in radians.
    #[inline]
    fn sin(&self) -> Self {
        unary(Op::Sin, self)
    }

    /// The cosine of an angle in radians.
    #[inline]
    fn cos(&self) -> Self {
        unary(Op::Cos, self)
    }

    /// The tangent of an angle in radians.
    #[inline]
    fn tan(&self) -> Self {
        unary(Op::Tan, self)
    }

    /// The angle in [−π/2, π/2] with this sine.
    #[inline]
    fn asin(&self) -> Self {
        unary(Op::Asin, self)
    }

    /// The angle in [0, π] with this cosine.
    #[inline]
    fn acos(&self) -> Self {
        unary(Op::Acos, self)
    }

    /// The angle in (−π/2, π/2) with this tangent.
    #[inline]
    fn atan(&self) -> Self {
        unary(Op::Atan, self)
    }

    /// The hyperbolic sine.
    #[inline]
    fn sinh(&self) -> Self {
        unary(Op::Sinh, self)
    }

    /// The hyperbolic cosine.
    #[inline]
    fn cosh(&self) -> Self {
        unary(Op::Cosh, self)
    }

    /// The hyperbolic tangent.
    #[inline]
    fn tanh(&self) -> Self {
        unary(Op::Tanh, self)
    }

    /// |x|; its derivative at 0 is 0.
    #[inline]
    fn abs(&self) -> Self {
        unary(Op::Abs, self)
    }

    /// −1, 0 or 1; its derivative is 0 everywhere.
    #[inline]
    fn sign(&self) -> Self {
        unary(Op::Sign, self)
    }

    /// The nearest whole number, of two the even one; its derivative is 0 everywhere.
    ///
    /// ```
    /// use chainrule_graph::Real;
    ///
    /// assert_eq!([0.5, 1.5, -2.4].map(|x| Real::round(&x)), [0.0, 2.0, -2.0]);
    /// ```
    #[inline]
    fn round(&self) -> Self {
        unary(Op::Round, self)
    }

    /// The smaller of two; at a tie half of the derivative goes to each. A NaN on either side gives NaN.
    #[inline]
    fn min(&self, other: &Self) -> Self {
        binary(Op::Min, self, other)
    }

    /// The larger of two; at a tie half of the derivative goes to each. A NaN on either side gives NaN.
    #[inline]
    fn max(&self, other: &Self) -> Self {
        binary(Op::Max, self, other)
    }

    /// √(x² + y²) without overflow; its derivatives at the origin are 0.
    #[inline]
    fn hypot(&self, other: &Self) -> Self {
        binary(Op::Hypot, self, other)
    }

    /// The logistic function σ(x) = 1 / (1 + e⁻ˣ), with full relative precision on both sides.
    #[inline]
    fn sigmoid(&self) -> Self {
        unary(Op::Sigmoid, self)
    }

    /// ln(1 + eˣ), which neither overflows nor loses the small values; its derivative is σ(x).
    #[inline]
    fn softplus(&self) -> Self {
        unary(Op::Softplus, self)
    }

    /// `at_least_zero` where `condition` ≥ 0, `below_zero` where it is < 0, NaN where it is NaN.
    #[inline]
    fn select(condition: &Self, at_least_zero: &Self, below_zero: &Self) -> Self {
        Self::apply(&Table, Op::Select, &[condition.clone(), at_least_zero.clone(), below_zero.clone()])
    }

    /// The sum of any number of terms as one operation, added from the first to the last; 0 for none.
    #[inline]
    fn sum<'a>(terms: impl IntoIterator<Item = &'a Self>) -> Self
    where
        Self: 'a,
    {
        let arguments: Vec<Self> = terms.into_iter().cloned().collect();
        Self::apply(&Table, Op::Sum, &arguments)
    }

    /// Σ aᵢ·bᵢ as one operation, added from the first pair to the last; 0 for none.
    ///
    /// Takes pairs, so two vectors of different lengths cannot be passed: `R::dot(w.iter().zip(x))`.
    #[inline]
    fn dot<'a>(pairs: impl IntoIterator<Item = (&'a Self, &'a Self)>) -> Self
    where
        Self: 'a,
    {
        let (mut arguments, right): (Vec<Self>, Vec<Self>) =
            pairs.into_iter().map(|(left, right)| (left.clone(), right.clone())).unzip();
        arguments.extend(right);
        Self::apply(&Table, Op::Dot, &arguments)
    }
}

/// A [`Real`] that computes values: the type's own answer to each [`Primitive`].
pub trait Number: Real {
    /// The value of one primitive; NaN if the number of arguments is not the primitive's.
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self;
}

/// What a number type must be able to compute beside +, −, ×, ÷ and negation.
///
/// The meaning of each is that of the method of [`Real`] of the same name. Whoever computes them matches them all, without a wildcard, so that
/// the compiler names the places where a new one has something to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the method of `Real` of the same name")]
pub enum Primitive {
    PowI(i32),
    PowF,
    Sqrt,
    Exp,
    ExpM1,
    Ln,
    Ln1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Abs,
    Sign,
    Round,
    Min,
    Max,
    Hypot,
    Select,
    /// The second argument where the first is 0, else the third: no operation of its own, but a part of some.
    WhereZero,
}

#[inline]
fn unary<R: Real>(op: Op, x: &R) -> R {
    R::apply(&Table, op, std::slice::from_ref(x))
}

#[inline]
fn binary<R: Real>(op: Op, a: &R, b: &R) -> R {
    R::apply(&Table, op, &[a.clone(), b.clone()])
}
