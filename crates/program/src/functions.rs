//! Elementary functions without branches, so that a compiler can run several at once.
//!
//! Each is the textbook's way to it: the argument reduced by a multiple of ln 2, a series on what is left, the exponent put back.
//! Written with +, −, ×, ÷, fused multiply-add and bits alone, they give the same bits for a lone number as for one among many, and on every
//! platform.
//!
//! * eˣ = 2ⁿ·eʳ with n = round(x/ln 2), |r| ≤ ½·ln 2; eʳ by its series to r¹³/13!, whose rest is below 4·10⁻¹⁸.
//! * ln x = k·ln 2 + ln(1 + f) with √½ ≤ 1 + f < √2; ln(1 + f) = 2·artanh(s), s = f/(2 + f), by the series of artanh to s²³/23, whose rest is
//!   below 2·10⁻¹⁸ of f; arranged so that f itself enters unrounded (as in Muller, *Elementary Functions*, 3rd edition 2016, chapter 11).
//! * ln(1 + x) the same of u = 1 + x, with what rounding u has lost added back as (x − (u − 1))/u.
//!
//! Invariant: at most 2 units in the last place from the truth, subnormal results included, which a test measures against the oracle.

use chainrule_graph::{Number, Primitive};

/// 2⁵² + 2⁵¹: adding it leaves the nearest whole number in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the second is what the first one's rounding left.
const LN_2: f64 = std::f64::consts::LN_2;
const LN_2_REST: f64 = 2.319_046_813_846_299_6e-17;

/// 1/k! for k = 2 … 13, the coefficients of eʳ − 1 − r over r².
const EXPONENTIAL: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// 2/(2k + 3) for k = 0 … 10, the coefficients of 2·artanh(s) − 2s over s³ in powers of s².
const AREA_TANGENT: [f64; 11] = [
    2.0 / 3.0,
    2.0 / 5.0,
    2.0 / 7.0,
    2.0 / 9.0,
    2.0 / 11.0,
    2.0 / 13.0,
    2.0 / 15.0,
    2.0 / 17.0,
    2.0 / 19.0,
    2.0 / 21.0,
    2.0 / 23.0,
];

/// The bits of √½, where mantissas are cut.
const ROOT_OF_HALF: u64 = 0x3FE6_A09E_667F_3BCD;

/// Beyond this eˣ − 1 is eˣ, and below its negative −1, to far more digits than f64 has.
const ONE_IS_NOTHING: f64 = 50.0;

/// The nearest whole number, of two the even one. Beyond 2⁵² all are whole.
#[inline(always)]
pub fn round(x: f64) -> f64 {
    let size = x.abs();
    let nearest = (size + TWO_TO_52) - TWO_TO_52;
    // Not `if size < …`, so that NaN passes.
    (if size >= TWO_TO_52 { size } else { nearest }).copysign(x)
}

const TWO_TO_52: f64 = 4_503_599_627_370_496.0;

/// Σ cₖ·xᵏ
#[inline(always)]
fn series<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut k = N - 1;
    while k > 0 {
        k -= 1;
        sum = sum.mul_add(x, coefficients[k]);
    }
    sum
}

/// 2ⁿ for a whole n from −1022 to 1023.
#[inline(always)]
fn power_of_two(n: f64) -> f64 {
    f64::from_bits((n + ROUNDER).to_bits().wrapping_add(1023) << 52)
}

/// n and eʳ − 1 with x = n·ln 2 + r.
#[inline(always)]
fn reduced_exponential(x: f64) -> (f64, f64) {
    let n = x.mul_add(std::f64::consts::LOG2_E, ROUNDER) - ROUNDER;
    let r = n.mul_add(-LN_2_REST, n.mul_add(-LN_2, x));
    (n, (r * r).mul_add(series(&EXPONENTIAL, r), r))
}

/// eˣ
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Beyond these the result is 0 or infinite; NaN passes.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    let (n, rest) = reduced_exponential(x);
    // In two steps, since 2ⁿ itself may be out of range; only the second can round.
    let half = 0.5f64.mul_add(n, ROUNDER) - ROUNDER;
    (1.0 + rest) * power_of_two(half) * power_of_two(n - half)
}

/// e^(a − b), as the graph crate's table says it.
#[inline(always)]
pub fn exp_sub(a: f64, b: f64) -> f64 {
    let difference = a - b;
    let power = exp(difference);
    let back = difference - a;
    let lost = (a - (difference - back)) - (b + back);
    // Where the power is 0, or infinite, what was lost may be no number.
    if power == 0.0 || power == f64::INFINITY { power } else { power + power * lost }
}

/// eˣ − 1
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let bounded = if x > ONE_IS_NOTHING { ONE_IS_NOTHING } else { x };
    let bounded = if bounded < -ONE_IS_NOTHING { -ONE_IS_NOTHING } else { bounded };
    let (n, rest) = reduced_exponential(bounded);
    let scale = power_of_two(n);
    let small = rest.mul_add(scale, scale - 1.0);
    let small = if x == 0.0 { x } else { small }; // −0 keeps its sign
    if x > ONE_IS_NOTHING { exp(x) } else { small }
}

/// ln(u) + what is to be added to the result, for a positive normal u: k·ln 2 + ln(1 + f) with the correction among the small terms.
#[inline(always)]
fn ln_with(u: f64, scale: f64, correction: f64) -> f64 {
    let bits = u.to_bits();
    let shifted = bits.wrapping_sub(ROOT_OF_HALF).wrapping_add(1024 << 52);
    let exponent = shifted >> 52; // of the mantissa cut at √½, plus 1024
    let k = f64::from_bits(ROUNDER.to_bits().wrapping_add(exponent)) - (ROUNDER + 1024.0);
    let f = f64::from_bits(bits.wrapping_sub(exponent.wrapping_sub(1024) << 52)) - 1.0;
    let k = k + scale;
    let s = f / (2.0 + f);
    let square = s * s;
    let rest = square * series(&AREA_TANGENT, square); // (2·artanh(s) − 2s)/s
    let half_square = 0.5 * f * f;
    let small = s.mul_add(half_square + rest, k.mul_add(LN_2_REST, correction));
    k.mul_add(LN_2, f - (half_square - small))
}

/// The natural logarithm
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let is_subnormal = x < f64::MIN_POSITIVE;
    let (normal, scale) = if is_subnormal { (x * TWO_TO_54, -54.0) } else { (x, 0.0) };
    let value = ln_with(normal, scale, 0.0);
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f64::NAN }
}

const TWO_TO_54: f64 = 18_014_398_509_481_984.0;

/// ln(1 + x)
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let lost = if x >= 1.0 { 1.0 - (u - x) } else { x - (u - 1.0) };
    let value = ln_with(u, 0.0, lost / u);
    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == -1.0 { f64::NEG_INFINITY } else { value };
    let value = if x.abs() < f64::EPSILON / 4.0 { x } else { value }; // and −0 keeps its sign
    if x >= -1.0 { value } else { f64::NAN }
}

/// tanh
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let size = x.abs();
    // tanh x = t/(t + 2) with t = e²ˣ − 1 is exact to rounding for small x, 1 − 2/(t + 2) for large x.
    let t = exp_m1(2.0 * size);
    let value = if size < 0.55 { t / (t + 2.0) } else { 1.0 - 2.0 / (t + 2.0) };
    let value = if size < 1e-9 { size } else { value };
    value.copysign(x)
}

/// xⁿ: products and a quotient as f64 has them, which are the same everywhere, else by the libm crate.
#[inline(never)]
pub(crate) fn powi(x: f64, n: i32) -> f64 {
    match n {
        -1..=3 => f64::compute(Primitive::PowI(n), &[x]),
        _ => libm::pow(x, f64::from(n)),
    }
}
