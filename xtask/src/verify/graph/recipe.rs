//! Random functions of a few variables, as lists of steps, and the truth about their values and derivatives.
//!
//! A step makes a value of earlier ones, so values are shared, arguments repeat, constants stand beside variables, and some variables are not used
//! at all. [`Recipe::run`] is generic: one recipe is a function at f64, a graph, a tape or dual numbers. [`Recipe::truth`] follows it by jets,
//!
//! ```text
//! y = f(u):  y' = f'·u',  y'' = f''·u'u'ᵀ + f'·u''        u·v:  (uv)'' = u''v + u'v'ᵀ + v'u'ᵀ + uv''
//! ```
//!
//! at high precision, with derivatives of elementary functions written out here. Beside each number stands its scale, which is what rounding is
//! relative to: the same sums with every term's magnitude, and for a function of u what the scale of u adds by the next derivative.
//!
//! Invariant: no rule and no sweep of the graph crate has a part in the truth; every step keeps values below three times the largest before it.

use chainrule_graph::oracle::BigFloat;
use chainrule_graph::{Number, Primitive, Real};

use crate::verify::Random;

/// How many variables there are; the last may stay unused.
pub(in crate::verify) const INPUTS: usize = 3;
/// How many steps a recipe has at most.
const STEPS: usize = 12;
/// How many kinds of steps there are.
const KINDS: usize = 24;
/// Bits of the truth: recipes lose a few dozen at most.
const PRECISION: usize = 160;

/// One step: what it does, with which earlier values, and a constant.
#[derive(Clone, Debug)]
struct Step {
    kind: usize,
    arguments: Vec<usize>,
    constant: f64,
}

/// A function of [`INPUTS`] variables.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Recipe(Vec<Step>);

impl Recipe {
    pub(in crate::verify) fn random(random: &mut Random) -> Self {
        let steps = 1 + random.below(STEPS);
        let step = |k: usize| {
            let known = INPUTS + k;
            let terms = if random.chance(0.1) { 33 } else { 1 + random.below(5) };
            // A recent value most of the time, so that graphs are deep as well as wide.
            let mut pick = || {
                if random.chance(0.5) { known - 1 - random.below(known.min(3)) } else { random.below(known) }
            };
            let arguments = (0..2 * terms.max(2)).map(|_| pick()).collect();
            Step { kind: random.below(KINDS), arguments, constant: random.between(0.25, 1.75) }
        };
        Recipe((0..steps).map(step).collect())
    }

    /// A point, with zeros and ties now and then.
    pub(in crate::verify) fn point(random: &mut Random) -> Vec<f64> {
        (0..INPUTS).map(|_| random.between(-2.0, 2.0)).collect()
    }

    /// All values, the variables first.
    pub(in crate::verify) fn run<R: Real>(&self, inputs: &[R]) -> Vec<R> {
        let mut values = inputs.to_vec();
        for step in &self.0 {
            let value = step.value(&values);
            values.push(value);
        }
        values
    }

    /// The last value.
    pub(in crate::verify) fn output<R: Real>(&self, inputs: &[R]) -> R {
        self.run(inputs).pop().unwrap_or_else(|| R::constant(f64::NAN))
    }

    /// Values, gradients and Hessians of all values.
    pub(in crate::verify) fn truth(&self, point: &[f64]) -> Vec<Jet> {
        let mut jets: Vec<Jet> =
            point.iter().enumerate().map(|(place, &x)| Jet::variable(x, place)).collect();
        for step in &self.0 {
            let jet = step.jet(&jets);
            jets.push(jet);
        }
        jets
    }
}

impl Step {
    fn value<R: Real>(&self, values: &[R]) -> R {
        let argument = |k: usize| values[self.arguments[k % self.arguments.len()]].clone();
        let (a, b) = (argument(0), argument(1));
        let c = || R::constant(self.constant);
        let half = self.arguments.len() / 2;
        match self.kind {
            0 => a + b,
            1 => a - &b,
            2 => a.sin() * b.cos(),
            3 => a.tanh() * &a,
            4 => a / (b.powi(2) + c()),
            5 => -a,
            6 => (a.powi(2) + R::constant(1.0)).recip(),
            7 => a.sin().powi(3),
            8 => (R::constant(1.0) + a.powi(2)).sqrt(),
            9 => (-a.powi(2)).exp(),
            10 => a.tanh().exp_m1(),
            11 => (a.powi(2) + c()).ln(),
            12 => a.powi(2).ln_1p(),
            13 => a.sigmoid() * a.softplus(),
            14 => a.atan() + b.sigmoid().asin(),
            15 => c() * a + c(),
            16 => c() - a,
            17 => a.max(&(b.clone() - c())) + a.min(&(b + c())),
            18 => R::select(&(a.clone() - c()), &a, &b),
            19 => {
                let terms: Vec<R> = (0..half).map(argument).collect();
                R::sum(&terms) / R::constant(half as f64)
            }
            20 => {
                let pairs: Vec<(R, R)> =
                    (0..half).map(|k| (argument(2 * k), argument(2 * k + 1).tanh())).collect();
                R::dot(pairs.iter().map(|(a, b)| (a, b))) / R::constant(half as f64)
            }
            21 => a.hypot(&(b.sin() + R::constant(2.0))),
            22 => (a.sin() + R::constant(2.0)).powf(&(b.tanh() + c())),
            _ => a.clone() + a.abs(),
        }
    }

    /// The same by jets.
    fn jet(&self, jets: &[Jet]) -> Jet {
        let argument = |k: usize| &jets[self.arguments[k % self.arguments.len()]];
        let (a, b) = (argument(0), argument(1));
        let c = || Jet::constant(self.constant);
        let one = || Jet::constant(1.0);
        let half = self.arguments.len() / 2;
        let share = Jet::constant(half as f64).recip();
        match self.kind {
            0 => a.add(b),
            1 => a.add(&b.neg()),
            2 => a.sin().mul(&b.cos()),
            3 => a.tanh().mul(a),
            4 => a.mul(&b.mul(b).add(&c()).recip()),
            5 => a.neg(),
            6 => a.mul(a).add(&one()).recip(),
            7 => a.sin().mul(&a.sin()).mul(&a.sin()),
            8 => one().add(&a.mul(a)).root(),
            9 => a.mul(a).neg().exp(),
            10 => a.tanh().exp().add(&one().neg()),
            11 => a.mul(a).add(&c()).ln(),
            12 => a.mul(a).add(&one()).ln(),
            13 => a.neg().exp().add(&one()).recip().mul(&a.exp().add(&one()).ln()),
            14 => a.atan().add(&b.neg().exp().add(&one()).recip().asin()),
            15 => c().mul(a).add(&c()),
            16 => c().add(&a.neg()),
            17 => a.larger(&b.add(&c().neg())).add(&a.smaller(&b.add(&c()))),
            18 => {
                if a.value() >= self.constant {
                    a.clone()
                } else {
                    b.clone()
                }
            }
            19 => (0..half).fold(Jet::constant(0.0), |sum, k| sum.add(argument(k))).mul(&share),
            20 => {
                let product = |k: usize| argument(2 * k).mul(&argument(2 * k + 1).tanh());
                (0..half).fold(Jet::constant(0.0), |sum, k| sum.add(&product(k))).mul(&share)
            }
            21 => {
                let other = b.sin().add(&Jet::constant(2.0));
                a.mul(a).add(&other.mul(&other)).root()
            }
            22 => a.sin().add(&Jet::constant(2.0)).ln().mul(&b.tanh().add(&c())).exp(),
            _ => a.add(&a.larger(&a.neg())),
        }
    }
}

/// A number, and how far off it is if every operation on the way is off by 1.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Scaled {
    pub(in crate::verify) truth: BigFloat,
    pub(in crate::verify) scale: f64,
}

impl Scaled {
    fn new(value: f64) -> Self {
        Scaled { truth: BigFloat::new(value, PRECISION), scale: value.abs() }
    }

    fn add(&self, other: &Self) -> Self {
        Scaled { truth: self.truth.clone() + &other.truth, scale: self.scale + other.scale }
    }

    fn mul(&self, other: &Self) -> Self {
        Scaled { truth: self.truth.clone() * &other.truth, scale: self.scale * other.scale }
    }
}

/// A value with its gradient and Hessian, row by row.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Jet {
    pub(in crate::verify) of_value: Scaled,
    pub(in crate::verify) gradient: Vec<Scaled>,
    pub(in crate::verify) hessian: Vec<Scaled>,
    /// Whether rounding may decide another branch on the way than the truth does.
    pub(in crate::verify) is_near_a_kink: bool,
}

impl Jet {
    fn constant(value: f64) -> Self {
        let zeros = |count: usize| vec![Scaled::new(0.0); count];
        Jet {
            of_value: Scaled::new(value),
            gradient: zeros(INPUTS),
            hessian: zeros(INPUTS * INPUTS),
            is_near_a_kink: false,
        }
    }

    fn variable(value: f64, place: usize) -> Self {
        let mut jet = Jet::constant(value);
        jet.gradient[place] = Scaled::new(1.0);
        jet
    }

    fn value(&self) -> f64 {
        self.of_value.truth.to_f64()
    }

    fn add(&self, other: &Self) -> Self {
        let both = |one: &[Scaled], other: &[Scaled]| one.iter().zip(other).map(|(a, b)| a.add(b)).collect();
        Jet {
            of_value: self.of_value.add(&other.of_value),
            gradient: both(&self.gradient, &other.gradient),
            hessian: both(&self.hessian, &other.hessian),
            is_near_a_kink: self.is_near_a_kink || other.is_near_a_kink,
        }
    }

    fn neg(&self) -> Self {
        let minus = |of: &Scaled| Scaled { truth: -of.truth.clone(), scale: of.scale };
        Jet {
            of_value: minus(&self.of_value),
            gradient: self.gradient.iter().map(minus).collect(),
            hessian: self.hessian.iter().map(minus).collect(),
            is_near_a_kink: self.is_near_a_kink,
        }
    }

    fn mul(&self, other: &Self) -> Self {
        let (u, v) = (&self.of_value, &other.of_value);
        let slope = |k: usize| self.gradient[k].mul(v).add(&u.mul(&other.gradient[k]));
        let second = |place: usize| {
            let (j, k) = (place / INPUTS, place % INPUTS);
            let crossed =
                self.gradient[j].mul(&other.gradient[k]).add(&self.gradient[k].mul(&other.gradient[j]));
            self.hessian[place].mul(v).add(&u.mul(&other.hessian[place])).add(&crossed)
        };
        Jet {
            of_value: u.mul(v),
            gradient: (0..INPUTS).map(slope).collect(),
            hessian: (0..INPUTS * INPUTS).map(second).collect(),
            is_near_a_kink: self.is_near_a_kink || other.is_near_a_kink,
        }
    }

    /// f of this, by f, f', f'' and, for the scale alone, f''' at its value.
    fn through(&self, [f, slope, second, third]: [BigFloat; 4]) -> Self {
        let scaled = |truth: BigFloat, next: &BigFloat| {
            let scale = truth.to_f64().abs() + next.to_f64().abs() * self.of_value.scale;
            Scaled { truth, scale }
        };
        let (f, slope, second) = (scaled(f, &slope), scaled(slope, &second), scaled(second, &third));
        let entry = |place: usize| {
            let squares = self.gradient[place / INPUTS].mul(&self.gradient[place % INPUTS]);
            second.mul(&squares).add(&slope.mul(&self.hessian[place]))
        };
        Jet {
            gradient: self.gradient.iter().map(|u| slope.mul(u)).collect(),
            hessian: (0..INPUTS * INPUTS).map(entry).collect(),
            of_value: f,
            is_near_a_kink: self.is_near_a_kink,
        }
    }

    fn recip(&self) -> Self {
        let y = big(1.0) / &self.of_value.truth;
        let square = y.clone() * &y;
        let third = big(-6.0) * &square * &square;
        self.through([y.clone(), -square.clone(), big(2.0) * square * y, third])
    }

    fn root(&self) -> Self {
        let y = compute(Primitive::Sqrt, &self.of_value.truth);
        let slope = big(0.5) / &y;
        let second = -(slope.clone() / (big(2.0) * &self.of_value.truth));
        let third = big(-1.5) * &second / &self.of_value.truth;
        self.through([y, slope, second, third])
    }

    fn exp(&self) -> Self {
        let y = compute(Primitive::Exp, &self.of_value.truth);
        self.through([y.clone(), y.clone(), y.clone(), y])
    }

    fn ln(&self) -> Self {
        let slope = big(1.0) / &self.of_value.truth;
        let second = -(slope.clone() * &slope);
        let third = big(-2.0) * &second * &slope;
        self.through([compute(Primitive::Ln, &self.of_value.truth), slope, second, third])
    }

    fn sin(&self) -> Self {
        let x = &self.of_value.truth;
        let (sin, cos) = (compute(Primitive::Sin, x), compute(Primitive::Cos, x));
        self.through([sin.clone(), cos.clone(), -sin, -cos])
    }

    fn cos(&self) -> Self {
        let x = &self.of_value.truth;
        let (sin, cos) = (compute(Primitive::Sin, x), compute(Primitive::Cos, x));
        self.through([cos.clone(), -sin.clone(), -cos, sin])
    }

    /// 1 − 2/(1 + e^(2x))
    fn tanh(&self) -> Self {
        let two = Jet::constant(2.0);
        let quotient = two.mul(&two.mul(self).exp().add(&Jet::constant(1.0)).recip());
        let mut jet = Jet::constant(1.0).add(&quotient.neg());
        // The function is not computed that way: its own size counts, not that of the 1.
        let slope = 1.0 - jet.value() * jet.value();
        jet.of_value.scale = jet.value().abs() + slope * self.of_value.scale;
        jet
    }

    fn atan(&self) -> Self {
        let x = &self.of_value.truth;
        let slope = big(1.0) / (big(1.0) + x.clone() * x);
        let second = -(big(2.0) * x * slope.clone() * &slope);
        // It is never larger: |6x² − 2|/(1 + x²)³ ≤ 6/(1 + x²)².
        let third = big(6.0) * &slope * &slope;
        self.through([compute(Primitive::Atan, x), slope, second, third])
    }

    fn asin(&self) -> Self {
        let x = &self.of_value.truth;
        let rest = big(1.0) - x.clone() * x;
        let slope = big(1.0) / compute(Primitive::Sqrt, &rest);
        let second = x.clone() * &slope / &rest;
        // (1 + 2x²)/(1 − x²)^(5/2)
        let third = (big(1.0) + big(2.0) * x * x) * &slope / &rest / &rest;
        self.through([compute(Primitive::Asin, x), slope, second, third])
    }

    /// The larger of two, at a tie the mean.
    fn larger(&self, other: &Self) -> Self {
        let lead = self.add(&other.neg());
        let (difference, scale) = (lead.value(), lead.of_value.scale);
        let mut chosen = if difference > 0.0 {
            self.clone()
        } else if difference < 0.0 {
            other.clone()
        } else {
            self.add(other).mul(&Jet::constant(0.5))
        };
        // A tie of equal nodes is a tie on every route; one of different nodes is only nearly one.
        chosen.is_near_a_kink =
            lead.is_near_a_kink || (difference.abs() < 1e-10 * scale && !self.is_same(other));
        chosen
    }

    /// Whether two are the same value of the same steps, or both nothing.
    fn is_same(&self, other: &Self) -> bool {
        self.value() == other.value() && self.of_value.scale == other.of_value.scale
    }

    fn smaller(&self, other: &Self) -> Self {
        self.neg().larger(&other.neg()).neg()
    }
}

fn big(value: f64) -> BigFloat {
    BigFloat::new(value, PRECISION)
}

fn compute(primitive: Primitive, x: &BigFloat) -> BigFloat {
    BigFloat::compute(primitive, std::slice::from_ref(x))
}
