//! The machine numbers f64 and f32: what each primitive is at them.
//!
//! Values come from the standard library; its exponentials and logarithms may differ in the last place between
//! platforms. Powers with a whole exponent go through `powf` beyond the cube, since repeated multiplication
//! loses an ulp at every step; in double precision, since an f32 does not hold every i32.
//!
//! Invariant: only values here, no derivative.

#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    reason = "each primitive speaks for itself, so that the compiler asks a new one to"
)]

use crate::op::Op;
use crate::real::{Number, Primitive, Real};
use crate::rules::Rules;

macro_rules! machine_number {
    ($float:ident, $from_f64:expr) => {
        impl Real for $float {
            #[inline]
            fn constant(value: f64) -> Self {
                $from_f64(value)
            }

            #[inline(always)]
            fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
                rules.value(op, arguments)
            }
        }

        impl Number for $float {
            #[inline(always)]
            fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
                let value = match primitive {
                    Primitive::PowI(n) => of_one(arguments, |x| match n {
                        0 => 1.0,
                        1 => x,
                        2 => x * x,
                        3 => x * x * x,
                        -1 => 1.0 / x,
                        _ => $from_f64(f64::from(x).powf(f64::from(n))),
                    }),
                    Primitive::PowF => of_two(arguments, |x, p| x.powf(p)),
                    Primitive::Sqrt => of_one(arguments, |x| x.sqrt()),
                    Primitive::Exp => of_one(arguments, |x| x.exp()),
                    Primitive::ExpM1 => of_one(arguments, |x| x.exp_m1()),
                    Primitive::Ln => of_one(arguments, |x| x.ln()),
                    Primitive::Ln1p => of_one(arguments, |x| x.ln_1p()),
                    Primitive::Sin => of_one(arguments, |x| x.sin()),
                    Primitive::Cos => of_one(arguments, |x| x.cos()),
                    Primitive::Tan => of_one(arguments, |x| x.tan()),
                    Primitive::Asin => of_one(arguments, |x| x.asin()),
                    Primitive::Acos => of_one(arguments, |x| x.acos()),
                    Primitive::Atan => of_one(arguments, |x| x.atan()),
                    Primitive::Sinh => of_one(arguments, |x| x.sinh()),
                    Primitive::Cosh => of_one(arguments, |x| x.cosh()),
                    Primitive::Tanh => of_one(arguments, |x| x.tanh()),
                    Primitive::Abs => of_one(arguments, |x| x.abs()),
                    // 0 and NaN are their own signs.
                    Primitive::Sign => of_one(arguments, |x| {
                        if x > 0.0 {
                            1.0
                        } else if x < 0.0 {
                            -1.0
                        } else {
                            x
                        }
                    }),
                    // Unlike the methods of the standard library, a NaN on either side is not lost.
                    Primitive::Min => of_two(arguments, |a, b| {
                        if a <= b {
                            a
                        } else if a > b {
                            b
                        } else {
                            a + b
                        }
                    }),
                    Primitive::Max => of_two(arguments, |a, b| {
                        if a >= b {
                            a
                        } else if a < b {
                            b
                        } else {
                            a + b
                        }
                    }),
                    Primitive::Hypot => of_two(arguments, |a, b| a.hypot(b)),
                    Primitive::Select => of_three(arguments, |condition, a, b| {
                        if condition >= 0.0 {
                            a
                        } else if condition < 0.0 {
                            b
                        } else {
                            condition
                        }
                    }),
                };
                value.unwrap_or($float::NAN)
            }
        }
    };
}

machine_number!(f64, std::convert::identity);
machine_number!(f32, nearest_f32);

/// The nearest single-precision number.
fn nearest_f32(value: f64) -> f32 {
    value as f32
}

/// A function of one argument; nothing for another number of them.
///
/// Its argument is a number, not an array of one: from that the compiler made no vector instructions for lanes.
#[inline(always)]
fn of_one<F: Copy>(arguments: &[F], f: impl FnOnce(F) -> F) -> Option<F> {
    match *arguments {
        [x] => Some(f(x)),
        _ => None,
    }
}

#[inline(always)]
fn of_two<F: Copy>(arguments: &[F], f: impl FnOnce(F, F) -> F) -> Option<F> {
    match *arguments {
        [a, b] => Some(f(a, b)),
        _ => None,
    }
}

#[inline(always)]
fn of_three<F: Copy>(arguments: &[F], f: impl FnOnce(F, F, F) -> F) -> Option<F> {
    match *arguments {
        [a, b, c] => Some(f(a, b, c)),
        _ => None,
    }
}
