//! `BigFloat`: a binary number of any precision, at which the rules and the sweeps run like at any other.
//!
//! A finite number is m · 2^e with a whole m of at most `precision` bits. Every operation rounds its exact
//! result once, to the nearest, ties to even; `dashu-float` proves each rounding of a transcendental function
//! by an error bound that it tightens until one candidate is left. It has no infinities to compute with and
//! panics on them in its convenient operators, so only its methods that return a result are called here, with
//! finite arguments, and whatever they refuse becomes what f64 makes of it.
//!
//! Conventions at infinities, zeros and NaN are those of f64, asked of f64 itself: an operation with a
//! special argument depends on no more of the other ones than their signs, which side of 1 they lie on and
//! their parity, and a small f64 stands in for those.
//!
//! Invariant: no operation panics or runs out of memory. A magnitude of 2^[`EXPONENT_LIMIT`] or more is
//! infinite and one below 2^−[`EXPONENT_LIMIT`] is zero, so that no reduction of an argument needs more than
//! that many bits.

use std::cmp::Ordering;
use std::f64::consts::LN_2;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, FBig, FpError, FpResult, Repr};

use crate::op::Op;
use crate::real::{Number, Primitive, Real};
use crate::rules::Rules;

/// A magnitude of 2 to this power or more is infinite, one below 2 to its negative is zero.
///
/// The range of binary128, sixteen times that of f64: what is lost here has long over- or underflowed there.
/// A sine of the largest number takes a π of this many bits, which is a matter of milliseconds.
pub const EXPONENT_LIMIT: usize = 1 << 14;

/// The least precision in bits: every f64 is exact at it.
pub const LEAST_PRECISION: usize = 64;

/// The most bits, so that a slip of the pen does not ask for all memory there is.
pub const MOST_PRECISION: usize = 1 << 16;

/// The precision in bits of what is computed from constants alone, and the last that
/// [`settled`](super::settled) tries.
pub const PRECISION_CAP: usize = 1 << 12;

/// The precision that stands for "exact": that of a constant.
const EXACT: usize = usize::MAX;

/// Beyond 2 to this power the exponential is out of range: e^(2¹⁴) > 2^(2¹⁴).
const EXP_LIMIT: isize = 14;

/// How many significant decimals are printed unless the format asks for another number.
const DECIMALS: usize = 20;

/// A number of arbitrary precision, an infinity, or NaN.
///
/// An operation works at the least precision of its operands. [`Real::constant`] is exact and has none of its
/// own, so it adopts that of the number it meets; constants with each other are computed at
/// [`PRECISION_CAP`].
///
/// ```
/// use chainrule_graph::Real;
/// use chainrule_graph::oracle::BigFloat;
///
/// let one = BigFloat::new(1.0, 256);
/// assert_eq!(format!("{:.40}", one.exp()), "2.718281828459045235360287471352662497757e0");
/// // 1 − 1/(1 + e⁻⁸⁰) is 0 at f64, and e⁻⁸⁰ in truth
/// let z = BigFloat::new(80.0, 256);
/// let lost = BigFloat::constant(1.0) - z.sigmoid();
/// assert_eq!(lost.to_f64(), (-80.0_f64).exp());
/// assert_eq!(one.exp().precision(), Some(256));
/// ```
#[derive(Clone, Debug)]
pub struct BigFloat {
    value: Value,
    precision: usize,
}

#[derive(Clone, Debug)]
enum Value {
    Finite(Repr<2>),
    /// An infinity or NaN.
    Special(f64),
}

impl BigFloat {
    /// The number `value` exactly, for computing at `precision` bits, at least [`LEAST_PRECISION`] and at most
    /// [`MOST_PRECISION`].
    pub fn new(value: f64, precision: usize) -> Self {
        BigFloat { value: Value::of(value), precision: precision.clamp(LEAST_PRECISION, MOST_PRECISION) }
    }

    /// The precision in bits; `None` for a constant, which is exact.
    pub fn precision(&self) -> Option<usize> {
        (self.precision != EXACT).then_some(self.precision)
    }

    /// The nearest f64, ties to even, also where it is subnormal; an infinity from half a unit beyond
    /// `f64::MAX` on.
    pub fn to_f64(&self) -> f64 {
        match &self.value {
            Value::Special(special) => *special,
            Value::Finite(repr) => nearest_f64(repr),
        }
    }

    /// Whether this is neither infinite nor NaN.
    pub fn is_finite(&self) -> bool {
        matches!(self.value, Value::Finite(_))
    }

    /// Whether this is NaN.
    pub fn is_nan(&self) -> bool {
        matches!(self.value, Value::Special(special) if special.is_nan())
    }

    /// Whether this is 0 or −0.
    pub fn is_zero(&self) -> bool {
        matches!(&self.value, Value::Finite(repr) if repr.significand().is_zero())
    }

    /// The whole number e with 2^e ≤ |x| < 2^(e+1); `None` for 0, infinities and NaN.
    pub fn exponent(&self) -> Option<isize> {
        match &self.value {
            Value::Finite(repr) if !repr.significand().is_zero() => Some(top(repr) - 1),
            _ => None,
        }
    }

    /// x · 2^`exponent`, exactly unless that leaves the range.
    #[must_use]
    pub fn scaled(&self, exponent: isize) -> Self {
        let value = match &self.value {
            Value::Finite(repr) if !repr.significand().is_zero() => {
                let (significand, own) = repr.clone().into_parts();
                Value::bounded(Repr::new(significand, own.saturating_add(exponent)))
            }
            other => other.clone(),
        };
        BigFloat { value, precision: self.precision }
    }

    /// The same number, rounded to and to be computed with at `precision` bits, within the same bounds as for
    /// [`new`](Self::new).
    #[must_use]
    pub fn at_precision(&self, precision: usize) -> Self {
        let precision = precision.clamp(LEAST_PRECISION, MOST_PRECISION);
        let value = match &self.value {
            Value::Finite(repr) => Value::Finite(rounded(repr, precision)),
            special => special.clone(),
        };
        BigFloat { value, precision }
    }

    /// The number itself, if it is finite.
    fn repr(&self) -> Option<&Repr<2>> {
        match &self.value {
            Value::Finite(repr) => Some(repr),
            Value::Special(_) => None,
        }
    }

    fn is_negative(&self) -> bool {
        match &self.value {
            Value::Finite(repr) => repr.is_neg_zero() || *repr < Repr::zero(),
            Value::Special(special) => special.is_sign_negative(),
        }
    }

    /// An f64 that is like this number as far as an operation with a special argument can tell: the same
    /// sign, the same side of 1, whole or not, odd or even.
    fn stand_in(&self) -> f64 {
        let repr = match &self.value {
            Value::Special(special) => return *special,
            Value::Finite(repr) => repr,
        };
        let magnitude = match repr.exponent() {
            _ if repr.significand().is_zero() => 0.0,
            _ if top(repr) <= 0 => 0.5,
            0 if top(repr) == 1 => 1.0,
            // The significand of a number other than 0 is odd.
            0 => 3.0,
            1.. => 2.0,
            _ => 1.5,
        };
        if self.is_negative() { -magnitude } else { magnitude }
    }
}

impl Value {
    fn of(value: f64) -> Self {
        if !value.is_finite() {
            return Value::Special(value);
        }
        if value == 0.0 {
            return Value::Finite(if value.is_sign_negative() { Repr::neg_zero() } else { Repr::zero() });
        }
        let bits = value.to_bits();
        let fraction = (bits & ((1 << FRACTION_BITS) - 1)) as i64;
        let biased = ((bits >> FRACTION_BITS) & 0x7ff) as isize;
        let (significand, exponent) =
            if biased == 0 { (fraction, 1) } else { (fraction | (1 << FRACTION_BITS), biased) };
        let significand = if value < 0.0 { -significand } else { significand };
        Value::Finite(Repr::new(significand.into(), exponent - 1 + LEAST_EXPONENT))
    }

    /// What came out of an operation, within the range of exponents.
    fn bounded(repr: Repr<2>) -> Self {
        let sign = || repr.sign() * 1.0_f64;
        if repr.is_infinite() || top(&repr) > EXPONENT_LIMIT as isize {
            Value::Special(sign() * f64::INFINITY)
        } else if top(&repr) <= -(EXPONENT_LIMIT as isize) && !repr.significand().is_zero() {
            Value::of(sign() * 0.0)
        } else {
            Value::Finite(repr)
        }
    }

    fn from_result(result: FpResult<FBig<HalfEven, 2>>) -> Self {
        match result {
            Ok(rounded) => Value::bounded(rounded.value().into_repr()),
            Err(FpError::Overflow(sign)) => Value::Special(sign * f64::INFINITY),
            Err(FpError::Underflow(sign)) => Value::of(sign * 0.0),
            // Outside the domain, or nothing that could be proved to be the nearest.
            Err(_) => Value::Special(f64::NAN),
        }
    }
}

impl Real for BigFloat {
    fn constant(value: f64) -> Self {
        BigFloat { value: Value::of(value), precision: EXACT }
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        rules.value(op, arguments)
    }
}

#[deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    reason = "each primitive speaks for itself, so that the compiler asks a new one to"
)]
impl Number for BigFloat {
    fn compute(primitive: Primitive, arguments: &[Self]) -> Self {
        let rounding = Rounding { primitive, arguments };
        match primitive {
            Primitive::PowI(n) => {
                let power = BigFloat::constant(f64::from(n));
                rounding.unless(|[x]| power_beyond_range(x, &power), |at, [x]| at.powi(x, n.into()))
            }
            Primitive::PowF => rounding.unless(known_power, |at, [x, p]| at.powf(x, p, None)),
            Primitive::Sqrt => rounding.of(|at, [x]| at.sqrt(x)),
            Primitive::Exp => rounding.exponential(|at, x| at.exp(x, None)),
            Primitive::ExpM1 => rounding.exponential(|at, x| at.exp_m1(x, None)),
            Primitive::Ln => rounding.of(|at, [x]| at.ln(x, None)),
            Primitive::Ln1p => rounding.of(|at, [x]| at.ln_1p(x, None)),
            Primitive::Sin => rounding.of(|at, [x]| at.sin(x, None)),
            Primitive::Cos => rounding.of(|at, [x]| at.cos(x, None)),
            Primitive::Tan => rounding.of(|at, [x]| at.tan(x, None)),
            Primitive::Asin => rounding.of(|at, [x]| at.asin(x, None)),
            Primitive::Acos => rounding.of(|at, [x]| at.acos(x, None)),
            Primitive::Atan => {
                right_angle(arguments).unwrap_or_else(|| rounding.of(|at, [x]| at.atan(x, None)))
            }
            Primitive::Sinh => rounding.exponential(|at, x| at.sinh(x, None)),
            Primitive::Cosh => rounding.exponential(|at, x| at.cosh(x, None)),
            Primitive::Tanh => rounding.of(|at, [x]| at.tanh(x, None)),
            Primitive::Abs => exactly(arguments, |[x]| x.magnitude()),
            Primitive::Sign => exactly(arguments, |[x]| x.sign_of()),
            Primitive::Min => exactly(arguments, |[a, b]| extreme(a, b, Ordering::Less)),
            Primitive::Max => exactly(arguments, |[a, b]| extreme(a, b, Ordering::Greater)),
            Primitive::Hypot => rounding.of(|at, [a, b]| at.hypot(a, b)),
            Primitive::Select => exactly(arguments, |[condition, a, b]| selected(condition, a, b)),
        }
    }
}

/// What chooses or changes a sign, without rounding; NaN for another number of arguments.
fn exactly<const ARITY: usize>(
    arguments: &[BigFloat],
    chosen: impl FnOnce(&[BigFloat; ARITY]) -> BigFloat,
) -> BigFloat {
    arguments.as_array().map_or_else(|| BigFloat::constant(f64::NAN), chosen)
}

impl BigFloat {
    fn magnitude(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// −1 or 1; 0 and NaN are their own signs.
    fn sign_of(&self) -> Self {
        if self.is_zero() || self.is_nan() {
            return self.clone();
        }
        let sign = if self.is_negative() { -1.0 } else { 1.0 };
        BigFloat { value: Value::of(sign), precision: self.precision }
    }
}

/// The one of two on the given side of the other, the first at a tie; NaN if one is.
fn extreme(a: &BigFloat, b: &BigFloat, side: Ordering) -> BigFloat {
    match a.partial_cmp(b) {
        None => a.clone() + b,
        Some(order) if order == side || order == Ordering::Equal => a.clone(),
        Some(_) => b.clone(),
    }
}

/// `a` where the condition is not negative, `b` where it is, the condition where it is NaN.
fn selected(condition: &BigFloat, a: &BigFloat, b: &BigFloat) -> BigFloat {
    match condition.partial_cmp(&BigFloat::constant(0.0)) {
        Some(Ordering::Less) => b.clone(),
        Some(Ordering::Equal | Ordering::Greater) => a.clone(),
        None => condition.clone(),
    }
}

/// A primitive that computes and rounds: at special arguments as f64, else at the least precision of the arguments.
struct Rounding<'a> {
    primitive: Primitive,
    arguments: &'a [BigFloat],
}

impl Rounding<'_> {
    /// What `finite` makes of finite arguments.
    fn of<const ARITY: usize>(
        self,
        finite: impl FnOnce(Context<HalfEven>, [&Repr<2>; ARITY]) -> FpResult<FBig<HalfEven, 2>>,
    ) -> BigFloat {
        self.unless(|_| None, finite)
    }

    /// The same of a function that leaves the range of exponents where e^|x| does.
    ///
    /// So much is told by the magnitude alone, where computing it could take an exponent of 1000 bits.
    fn exponential(
        self,
        finite: impl FnOnce(Context<HalfEven>, &Repr<2>) -> FpResult<FBig<HalfEven, 2>>,
    ) -> BigFloat {
        let primitive = self.primitive;
        let beyond_range = |[x]: &[BigFloat; 1]| {
            let is_beyond = x.exponent().is_some_and(|exponent| exponent >= EXP_LIMIT);
            // At ±∞ these functions are what they are rounded to here: 0, −1 or an infinity.
            let infinity = if x.is_negative() { f64::NEG_INFINITY } else { f64::INFINITY };
            is_beyond.then(|| f64::compute(primitive, &[infinity]))
        };
        self.unless(beyond_range, |at, [x]| finite(at, x))
    }

    /// The same, unless the value is `known` without computing.
    fn unless<const ARITY: usize>(
        self,
        known: impl FnOnce(&[BigFloat; ARITY]) -> Option<f64>,
        finite: impl FnOnce(Context<HalfEven>, [&Repr<2>; ARITY]) -> FpResult<FBig<HalfEven, 2>>,
    ) -> BigFloat {
        let precision = working_precision(self.arguments.iter().map(|argument| argument.precision));
        let finite_arguments: Vec<&Repr<2>> = self.arguments.iter().filter_map(BigFloat::repr).collect();
        let value = match (self.arguments.as_array(), finite_arguments.as_array()) {
            (Some(arguments), Some(&finite_arguments)) => match known(arguments) {
                Some(value) => Value::of(value),
                None => Value::from_result(finite(Context::new(precision), finite_arguments)),
            },
            // One is infinite or NaN, or their number is wrong.
            _ => {
                let stand_ins: Vec<f64> = self.arguments.iter().map(BigFloat::stand_in).collect();
                Value::of(f64::compute(self.primitive, &stand_ins))
            }
        };
        BigFloat { value, precision }
    }
}

/// ±π/2, the arc tangent of an infinity: the one value at an infinite argument that is finite and no f64.
fn right_angle(arguments: &[BigFloat]) -> Option<BigFloat> {
    let [x] = arguments else { return None };
    if x.is_finite() || x.is_nan() {
        return None;
    }
    let infinity = if x.is_negative() { Repr::neg_infinity() } else { Repr::infinity() };
    let precision = working_precision([x.precision]);
    let value = Value::from_result(Context::<HalfEven>::new(precision).atan(&infinity, None));
    Some(BigFloat { value, precision })
}

/// What a power is without computing it.
fn known_power([x, p]: &[BigFloat; 2]) -> Option<f64> {
    // dashu-float leaves the sign of a zero base out of account where the exponent is no integer type.
    if x.is_zero() { Some(x.stand_in().powf(p.stand_in())) } else { power_beyond_range(x, p) }
}

/// 0, an infinity or NaN with the sign of xᵖ if |p·log₂|x|| is beyond [`EXPONENT_LIMIT`].
fn power_beyond_range(x: &BigFloat, p: &BigFloat) -> Option<f64> {
    let exponent = x.exponent()?;
    let magnitude = x.magnitude();
    // To many digits, also where |x| is close to 1.
    let log2 = match exponent {
        -1 | 0 => (magnitude - BigFloat::constant(1.0)).to_f64().ln_1p() / LN_2,
        _ => exponent as f64 + magnitude.scaled(-exponent).to_f64().log2(),
    };
    if (p.to_f64() * log2).abs() <= (EXPONENT_LIMIT + 1) as f64 {
        return None;
    }
    // What is left is beyond the range, or 1 to a power beyond f64; either way a stand-in tells.
    // An even exponent, large enough for 0.5 and 1.5 to leave the range of f64.
    let large = if p.is_negative() { -1e4 } else { 1e4 };
    Some(x.stand_in().powf(p.stand_in() + large))
}

/// The precision of an operation: the least of its operands'; the cap if all of them are exact.
fn working_precision(precisions: impl IntoIterator<Item = usize>) -> usize {
    match precisions.into_iter().min() {
        None | Some(EXACT) => PRECISION_CAP,
        Some(least) => least,
    }
}

macro_rules! arithmetic {
    ($trait:ident, $method:ident) => {
        impl $trait<&BigFloat> for BigFloat {
            type Output = BigFloat;
            fn $method(self, other: &BigFloat) -> BigFloat {
                let precision = working_precision([self.precision, other.precision]);
                let value = match (&self.value, &other.value) {
                    (Value::Finite(a), Value::Finite(b)) => {
                        Value::from_result(Context::<HalfEven>::new(precision).$method(a, b))
                    }
                    _ => Value::of($trait::$method(self.stand_in(), other.stand_in())),
                };
                BigFloat { value, precision }
            }
        }

        impl $trait for BigFloat {
            type Output = BigFloat;
            fn $method(self, other: BigFloat) -> BigFloat {
                $trait::$method(self, &other)
            }
        }
    };
}

arithmetic!(Add, add);
arithmetic!(Sub, sub);
arithmetic!(Mul, mul);
arithmetic!(Div, div);

impl Neg for BigFloat {
    type Output = BigFloat;

    fn neg(self) -> BigFloat {
        let value = match self.value {
            Value::Finite(repr) => Value::Finite(-repr),
            Value::Special(special) => Value::Special(-special),
        };
        BigFloat { value, precision: self.precision }
    }
}

/// By value alone, whatever the precisions.
impl PartialEq for BigFloat {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for BigFloat {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (&self.value, &other.value) {
            (Value::Finite(a), Value::Finite(b)) => Some(a.cmp(b)),
            (Value::Special(a), Value::Special(b)) => a.partial_cmp(b),
            (Value::Special(a), Value::Finite(_)) => a.partial_cmp(&0.0),
            (Value::Finite(_), Value::Special(b)) => 0.0.partial_cmp(b),
        }
    }
}

/// In scientific notation, with as many significant decimals as the format's precision says, or 20.
impl fmt::Display for BigFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Special(special) => write!(f, "{special}"),
            Value::Finite(repr) => {
                let digits = f.precision().unwrap_or(DECIMALS).max(1);
                let binary = FBig::<HalfEven, 2>::from_repr(repr.clone(), Context::new(repr.digits().max(1)));
                write!(f, "{:e}", binary.with_base_and_precision::<10>(digits).value())
            }
        }
    }
}

/// The bits of the fraction of an f64.
const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// The exponent of the smallest subnormal f64.
pub(super) const LEAST_EXPONENT: isize = f64::MIN_EXP as isize - f64::MANTISSA_DIGITS as isize;

/// The whole number t with 2^(t−1) ≤ |x| < 2^t; the exponent of a zero.
fn top(repr: &Repr<2>) -> isize {
    repr.exponent().saturating_add(repr.digits() as isize)
}

fn rounded(repr: &Repr<2>, precision: usize) -> Repr<2> {
    match Context::<HalfEven>::new(precision).mul(repr, &Repr::one()) {
        Ok(rounded) => rounded.value().into_repr(),
        Err(_) => repr.clone(), // a product with 1 neither over- nor underflows
    }
}

fn nearest_f64(repr: &Repr<2>) -> f64 {
    let sign = repr.sign() * 1.0_f64;
    // As many bits as an f64 has at this magnitude: fewer among the subnormal numbers.
    let bits = top(repr) - LEAST_EXPONENT;
    if repr.significand().is_zero() || bits < 0 {
        return sign * 0.0;
    }
    if bits == 0 {
        // Between half the smallest number and all of it: the half itself is a tie, and goes to 0.
        return sign * if repr.digits() == 1 { 0.0 } else { f64::from_bits(1) };
    }
    // Rounded first: the conversion of dashu-float takes whatever exceeds f64::MAX for an infinity.
    rounded(repr, (bits as usize).min(f64::MANTISSA_DIGITS as usize)).to_f64().value()
}
