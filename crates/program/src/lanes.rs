//! Several numbers at once: the type at which the table's value rules run over a data set.
//!
//! Everything is inlined into whoever runs it, since that one alone knows which vector instructions there are; so loops are written out, and nothing
//! goes through iterators that a compiler may decide not to inline. Operations are loops over a fixed number of lanes without branches, which compilers turn into vector instructions. What is not in
//! [`functions`](crate::functions) is computed lane by lane as f64 does it.
//!
//! Invariant: each lane gets what a lone f64 in it would get.

#![expect(
    clippy::needless_range_loop,
    reason = "a plain loop over lanes is what becomes vector instructions"
)]

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

use chainrule_graph::{Number, Op, Primitive, Real, Rules};

use crate::functions;

/// How many numbers run side by side: two of the widest vectors there are.
pub(crate) const WIDTH: usize = 16;

/// Several numbers, operated on at once.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [f64; WIDTH]);

impl Lanes {
    #[inline(always)]
    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        let mut result = [0.0; WIDTH];
        for i in 0..WIDTH {
            result[i] = f(self.0[i]);
        }
        Lanes(result)
    }

    /// The numbers of a group of a column; 0 beyond its end.
    #[inline(always)]
    pub(crate) fn load(column: &[f64], group: usize) -> Self {
        let rest = column.get(group * WIDTH..).unwrap_or_default();
        match rest.first_chunk::<WIDTH>() {
            Some(numbers) => Lanes(*numbers),
            None => Lanes(from_fn(|i| rest.get(i).copied().unwrap_or(0.0))),
        }
    }

    /// self + a·b, rounded once.
    #[inline(always)]
    pub(crate) fn plus_product(&self, a: &Self, b: &Self) -> Self {
        let mut result = self.0;
        for i in 0..WIDTH {
            result[i] = a.0[i].mul_add(b.0[i], result[i]);
        }
        Lanes(result)
    }

    /// The product of the chain rule: 0 where the adjoint is.
    #[inline(always)]
    pub(crate) fn chain(&self, partial: &Self) -> Self {
        self.zip(partial, |adjoint, partial| select(adjoint == 0.0, 0.0, adjoint * partial))
    }

    /// The first few lanes, 0 in the others.
    #[inline(always)]
    pub(crate) fn first(&self, lanes: usize) -> Self {
        let mut result = self.0;
        for i in 0..WIDTH {
            result[i] = select(i < lanes, result[i], 0.0);
        }
        Lanes(result)
    }

    /// The sum over the lanes, always in the same order.
    #[inline(always)]
    pub(crate) fn sum(&self) -> f64 {
        let mut numbers = self.0;
        let mut half = WIDTH / 2;
        while half > 0 {
            for i in 0..half {
                numbers[i] += numbers[i + half];
            }
            half /= 2;
        }
        numbers[0]
    }

    #[inline(always)]
    fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut result = [0.0; WIDTH];
        for i in 0..WIDTH {
            result[i] = f(self.0[i], other.0[i]);
        }
        Lanes(result)
    }
}

macro_rules! lane_operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $method(self, other: Lanes) -> Lanes {
                self.zip(&other, |a, b| a.$method(b))
            }
        }

        impl $trait<&Lanes> for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $method(self, other: &Lanes) -> Lanes {
                self.zip(other, |a, b| a.$method(b))
            }
        }
    };
}

lane_operator!(Add, add);
lane_operator!(Sub, sub);
lane_operator!(Mul, mul);
lane_operator!(Div, div);

impl Neg for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn neg(self) -> Lanes {
        self.map(|x| -x)
    }
}

impl Real for Lanes {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Lanes([value; WIDTH])
    }

    #[inline(always)]
    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        rules.value(op, arguments)
    }
}

impl Number for Lanes {
    #[inline(always)]
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
        match (primitive, arguments) {
            (Primitive::Exp, [x]) => x.map(functions::exp),
            (Primitive::ExpM1, [x]) => x.map(functions::exp_m1),
            (Primitive::Ln, [x]) => x.map(functions::ln),
            (Primitive::Ln1p, [x]) => x.map(functions::ln_1p),
            (Primitive::Tanh, [x]) => x.map(functions::tanh),
            (Primitive::Abs, [x]) => x.map(f64::abs),
            (Primitive::Sqrt, [x]) => x.map(f64::sqrt),
            (Primitive::PowI(2), [x]) => x.map(|x| x * x),
            (Primitive::Max, [a, b]) => a.zip(b, |a, b| select(a >= b, a, select(a < b, b, a + b))),
            (Primitive::Min, [a, b]) => a.zip(b, |a, b| select(a <= b, a, select(a > b, b, a + b))),
            (Primitive::Select, [condition, a, b]) => {
                let mut result = [f64::NAN; WIDTH];
                for i in 0..WIDTH {
                    let c = condition.0[i];
                    result[i] = select(c >= 0.0, a.0[i], select(c < 0.0, b.0[i], result[i]));
                }
                Lanes(result)
            }
            (primitive, arguments) => lane_by_lane(primitive, arguments),
        }
    }
}

#[inline(always)]
fn select(condition: bool, yes: f64, no: f64) -> f64 {
    if condition { yes } else { no }
}

#[inline(never)]
fn lane_by_lane(primitive: Primitive, arguments: &[Lanes]) -> Lanes {
    Lanes(from_fn(|i| {
        let arguments: Vec<f64> = arguments.iter().map(|argument| argument.0[i]).collect();
        f64::compute(primitive, &arguments)
    }))
}
