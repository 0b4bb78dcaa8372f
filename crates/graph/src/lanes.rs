//! Several numbers side by side: one evaluation, one recording and one sweep for as many points as there are lanes.
//!
//! A function that is generic over [`Real`] runs at `Lanes<8>` as it runs at f64, eight points at once; compilers turn the four operations into
//! vector instructions, elementary functions are computed lane by lane. There is no ordering, as lanes may disagree: branches go through
//! [`Real::select`].
//!
//! Invariant: each lane gets what a lone f64 in it would get; so no primitive but `select` is named here.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::op::Op;
use crate::real::{Number, Primitive, Real};
use crate::rules::Rules;

/// `N` numbers, operated on at once.
///
/// ```
/// use chainrule_graph::{Lanes, Real, Tape};
///
/// let tape = Tape::new();
/// let x = tape.var(Lanes([0.0, 1.0, 2.0, 3.0])); // four points
/// let y = x.powi(2) * x;
/// assert_eq!(y.value(), Lanes([0.0, 1.0, 8.0, 27.0]));
/// assert_eq!(tape.gradient(&y)?[x], Lanes([0.0, 3.0, 12.0, 27.0])); // 3x² at each
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<const N: usize>(pub [f64; N]);

impl<const N: usize> Lanes<N> {
    /// The sum over the lanes, from the first to the last.
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }
}

impl<const N: usize> Default for Lanes<N> {
    fn default() -> Self {
        Lanes([0.0; N])
    }
}

macro_rules! lane_operator {
    ($trait:ident, $method:ident) => {
        impl<const N: usize> $trait for Lanes<N> {
            type Output = Self;
            #[inline]
            fn $method(self, other: Self) -> Self {
                self.$method(&other)
            }
        }

        impl<const N: usize> $trait<&Lanes<N>> for Lanes<N> {
            type Output = Self;
            #[inline]
            fn $method(mut self, other: &Self) -> Self {
                for (a, b) in self.0.iter_mut().zip(&other.0) {
                    *a = a.$method(b);
                }
                self
            }
        }
    };
}

lane_operator!(Add, add);
lane_operator!(Sub, sub);
lane_operator!(Mul, mul);
lane_operator!(Div, div);

impl<const N: usize> Neg for Lanes<N> {
    type Output = Self;
    #[inline]
    fn neg(mut self) -> Self {
        self.0.iter_mut().for_each(|x| *x = -*x);
        self
    }
}

impl<const N: usize> Real for Lanes<N> {
    #[inline]
    fn constant(value: f64) -> Self {
        Lanes([value; N])
    }

    #[inline(always)]
    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        rules.value(op, arguments)
    }
}

impl<const N: usize> Number for Lanes<N> {
    #[inline(always)]
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
        match (primitive, arguments) {
            (Primitive::Select, [condition, a, b]) => select(condition, a, b),
            (Primitive::WhereZero, [x, a, b]) => {
                each(|lane| if x.0[lane] == 0.0 { a.0[lane] } else { b.0[lane] })
            }
            (primitive, [x]) => each(|lane| f64::compute(primitive, &[x.0[lane]])),
            (primitive, [a, b]) => each(|lane| f64::compute(primitive, &[a.0[lane], b.0[lane]])),
            (primitive, arguments) => each(|lane| f64::compute(primitive, &in_lane(lane, arguments))),
        }
    }
}

fn in_lane<const N: usize>(lane: usize, arguments: &[Lanes<N>]) -> Vec<f64> {
    arguments.iter().map(|argument| argument.0[lane]).collect()
}

#[inline(always)]
fn each<const N: usize>(f: impl Fn(usize) -> f64) -> Lanes<N> {
    let mut result = [0.0; N];
    for (lane, value) in result.iter_mut().enumerate() {
        *value = f(lane);
    }
    Lanes(result)
}

/// Without branches, which lanes would take apart.
#[inline(always)]
fn select<const N: usize>(condition: &Lanes<N>, a: &Lanes<N>, b: &Lanes<N>) -> Lanes<N> {
    each(|lane| {
        let c = condition.0[lane];
        let below = if c < 0.0 { b.0[lane] } else { f64::NAN };
        if c >= 0.0 { a.0[lane] } else { below }
    })
}
