//! The machine numbers f64 and f32: what each primitive is at them.
//!
//! Values come from the standard library; its exponentials and logarithms may differ in the last place between
//! platforms. Powers with a whole exponent go through `powf` beyond the cube, since repeated multiplication
//! loses an ulp at every step; in double precision, since an f32 does not hold every i32.
//!
//! Invariant: only values here, no derivative.

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
                match (primitive, arguments) {
                    (Primitive::PowI(n), &[x]) => match n {
                        0 => 1.0,
                        1 => x,
                        2 => x * x,
                        3 => x * x * x,
                        -1 => 1.0 / x,
                        _ => $from_f64(f64::from(x).powf(f64::from(n))),
                    },
                    (Primitive::PowF, &[x, p]) => x.powf(p),
                    (Primitive::Sqrt, &[x]) => x.sqrt(),
                    (Primitive::Exp, &[x]) => x.exp(),
                    (Primitive::ExpM1, &[x]) => x.exp_m1(),
                    (Primitive::Ln, &[x]) => x.ln(),
                    (Primitive::Ln1p, &[x]) => x.ln_1p(),
                    (Primitive::Sin, &[x]) => x.sin(),
                    (Primitive::Cos, &[x]) => x.cos(),
                    (Primitive::Tan, &[x]) => x.tan(),
                    (Primitive::Asin, &[x]) => x.asin(),
                    (Primitive::Acos, &[x]) => x.acos(),
                    (Primitive::Atan, &[x]) => x.atan(),
                    (Primitive::Sinh, &[x]) => x.sinh(),
                    (Primitive::Cosh, &[x]) => x.cosh(),
                    (Primitive::Tanh, &[x]) => x.tanh(),
                    (Primitive::Abs, &[x]) => x.abs(),
                    // 0 and NaN are their own signs.
                    (Primitive::Sign, &[x]) => {
                        if x > 0.0 {
                            1.0
                        } else if x < 0.0 {
                            -1.0
                        } else {
                            x
                        }
                    }
                    (Primitive::Round, &[x]) => x.round_ties_even(),
                    // Unlike the methods of the standard library, a NaN on either side is not lost.
                    (Primitive::Min, &[a, b]) => {
                        if a <= b {
                            a
                        } else if a > b {
                            b
                        } else {
                            a + b
                        }
                    }
                    (Primitive::Max, &[a, b]) => {
                        if a >= b {
                            a
                        } else if a < b {
                            b
                        } else {
                            a + b
                        }
                    }
                    (Primitive::Hypot, &[a, b]) => a.hypot(b),
                    (Primitive::Select, &[condition, a, b]) => {
                        if condition >= 0.0 {
                            a
                        } else if condition < 0.0 {
                            b
                        } else {
                            condition
                        }
                    }
                    _ => $float::NAN,
                }
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
