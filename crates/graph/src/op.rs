//! The one table of operations: everything that is known about an operation stands in its entry here.
//!
//! An entry reads `Name(arguments) -> y { … }`, where `y` is the operation's own value, and says
//!
//! * `value`: how a [`Number`] computes it; an operation composed of others needs no more than this,
//!   a primitive one asks the number type ([`Primitive`]);
//! * `partials`: ∂y/∂argument, one for each argument in order, as expressions over any [`Real`], so that
//!   the same line yields gradients, tangents, ulps and symbolic derivatives;
//! * `factors`, where a partial is a product that over- or underflows where what it is multiplied with makes up for it: the two of
//!   them, which are multiplied in one after the other;
//! * `domain`: where the value is real and differentiable up to kinks;
//! * `kinks`: expressions whose zeros are the points without a derivative;
//! * `probes`: arguments inside the domain and away from the kinks, at which tests compare each partial with
//!   differences of `value`. A partial with cases has probes in each of them;
//! * `conventions`: arguments where no difference quotient can judge, and the partials this crate promises there;
//! * `weights`, where there are any: the positions of partials that only say how much of an adjoint goes which way (0, ½ or 1).
//!   A weight of 0 stands for a branch that is not taken, so nothing comes from there whatever the adjoint is. Other partials
//!   are slopes, and with them it is an adjoint of 0 that nothing comes of;
//! * `ulps`: how far the value and each partial at f64 may be from the truth (see [`Op::value_ulps`]). The four
//!   operations and √ round to the nearest, so what is made from them has a budget that follows; a function of the standard
//!   library may be off by 2 ulp (sinh and cosh 3, tanh 4), which is about twice what the GNU library does;
//! * `text`, `latex`: how it prints, as a [`Form`]; `source` too where its text reads back as another operation.
//!
//! An infinity stands for a number beyond 1.8·10³⁰⁸, and what is computed from it is true of all of these, or NaN (`held`): e^(−∞) is 0, but a
//! quotient, a root and a logarithm may come back into the range of f64. The operators of f64 and of lanes are the machine's, and a
//! product with a factor below 1 is not looked at: it stays infinite. None comes from outside of a domain either: where a
//! partial would be finite there (1/x is −1 at −1, where ln x is NaN), it is NaN (`inside`).
//!
//! Sources: the partials are those of any calculus text; the stable forms of sigmoid and softplus split on
//! the sign of the argument so that e^(−|x|) is the only exponential, which cannot overflow.
//!
//! Invariant: no other file of the workspace contains a derivative rule.

use crate::form::{ATOM, Form, POWER, PRODUCT, SAME, SUM};
use crate::real::{Number, Primitive, Real};
use crate::rules::{Table, operations};

operations! {
    /// a + b
    Add(a, b) -> y {
        name: "add",
        value: a.clone() + b,
        partials: [R::constant(1.0), R::constant(1.0)],
        domain: true,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [],
        ulps: 0.5 => [0.0, 0.0],
        text: Form("<0:1> + <1:term>", SUM),
        latex: Form("<0:1> + <1:term>", SUM),
    }

    /// a − b
    Sub(a, b) -> y {
        name: "sub",
        value: a.clone() - b,
        partials: [R::constant(1.0), -R::constant(1.0)],
        domain: true,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [],
        ulps: 0.5 => [0.0, 0.0],
        text: Form("<0:1> - <1:term>", SUM),
        latex: Form("<0:1> - <1:term>", SUM),
    }

    /// a · b
    Mul(a, b) -> y {
        name: "mul",
        value: a.clone() * b,
        partials: [b.clone(), a.clone()],
        domain: true,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [],
        ulps: 0.5 => [0.0, 0.0],
        text: Form("<0:2> * <1:3>", PRODUCT),
        latex: Form("<0:2> \\cdot <1:3>", PRODUCT),
    }

    /// a / b; NaN where either is infinite
    Div(a, b) -> y {
        name: "div",
        value: held(a, &held(b, &(a.clone() / b))),
        partials: [b.recip(), -(y.clone() / b)],
        factors: [1 => (-y.clone(), b.recip())],
        domain: b != 0.0,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [],
        ulps: 0.5 => [0.5, 1.5],
        text: Form("<0:2> / <1:3>", PRODUCT),
        latex: Form("\\frac{<0>}{<1>}", PRODUCT),
    }

    /// −x
    Neg(x) -> y {
        name: "neg",
        value: -x.clone(),
        partials: [-R::constant(1.0)],
        domain: true,
        kinks: [],
        probes: [[0.7], [-2.0]],
        conventions: [],
        ulps: 0.0 => [0.0],
        text: Form("-<0:sign>", PRODUCT),
        latex: Form("-<0:3>", PRODUCT),
    }

    /// 1 / x; NaN where x is infinite
    Recip(x) -> y {
        name: "recip",
        value: held(x, &(R::constant(1.0) / x)),
        partials: [-y.powi(2)],
        factors: [0 => (-y.clone(), y.clone())],
        domain: x != 0.0,
        kinks: [],
        probes: [[0.7], [-2.5]],
        conventions: [],
        ulps: 0.5 => [2.0],
        text: Form("1 / <0:3>", PRODUCT),
        source: Form("recip(<0>)", ATOM),
        latex: Form("\\frac{1}{<0>}", PRODUCT),
    }

    /// xⁿ for a whole number n (a slope of x⁰ at 0 is 0, so the factor n is taken by the chain product); NaN where x is
    /// infinite and n < 0
    PowI(x) for n: i32 in [-3, -2, -1, 0, 1, 2, 3, 4, 17] -> y {
        name: "powi",
        value: {
            let power = primitive(Primitive::PowI(n), [x]);
            if n < 0 { held(x, &power) } else { power }
        },
        partials: [{
            let lower = match n {
                1 => R::constant(1.0),
                2 => x.clone(),
                i32::MIN => quotient(y, x),
                _ => x.powi(n - 1),
            };
            let slope = chain(&R::constant(f64::from(n)), &lower);
            if n == 0 { unless_nan(x, &slope) } else { slope }
        }],
        domain: n >= 0 || x != 0.0,
        kinks: [],
        probes: [[0.7], [-1.3], [2.25]],
        conventions: [[0.0] => [if n == 1 { 1.0 } else if n >= 0 { 0.0 } else { f64::NAN }]],
        ulps: 2.0 => [5.0],
        text: Form("<0:5>^<n:5>", POWER),
        latex: Form("<0:5>^{<n>}", POWER),
    }

    /// xᵖ for a real exponent. At x ≤ 0 the exponent counts as fixed: of the partials that involve it, mixed and higher ones
    /// included, none has a finite limit there but 0. NaN where x is infinite and p < 1
    PowF(x, p) -> y {
        name: "powf",
        value: {
            let power = primitive(Primitive::PowF, [x, p]);
            R::select(&(p.clone() - R::constant(1.0)), &power, &held(x, &power))
        },
        partials: [
            {
                let p = R::apply(&Table, Op::Exponent, &[x.clone(), p.clone()]);
                chain(&p, &x.powf(&(p.clone() - R::constant(1.0))))
            },
            unless_nan(y, &R::select(&-x.clone(), &R::constant(0.0), &(y.clone() * x.ln()))),
        ],
        domain: x > 0.0,
        kinks: [],
        probes: [[0.7, 2.5], [3.0, -1.25], [1.8, 0.5]],
        conventions: [[-2.0, 3.0] => [12.0, 0.0], [0.0, 0.0] => [0.0, 0.0], [0.0, 2.0] => [0.0, 0.0], [0.0, 1.0] => [1.0, 0.0]],
        ulps: 2.0 => [5.0 + power_rounding(x, p), 6.0],
        text: Form("<0:5>^<1:4>", POWER),
        source: Form("pow(<0>, <1>)", ATOM),
        latex: Form("<0:5>^{<1>}", POWER),
    }

    /// √x; NaN where x is infinite
    Sqrt(x) -> y {
        name: "sqrt",
        value: held(x, &primitive(Primitive::Sqrt, [x])),
        partials: [(R::constant(2.0) * y).recip()],
        domain: x > 0.0,
        kinks: [],
        probes: [[0.3], [2.0], [40.0]],
        conventions: [[0.0] => [f64::INFINITY]],
        ulps: 0.5 => [1.5],
        text: Form("sqrt(<0>)", ATOM),
        latex: Form("\\sqrt{<0>}", ATOM),
    }

    /// eˣ
    Exp(x) -> y {
        name: "exp",
        value: primitive(Primitive::Exp, [x]),
        partials: [y.clone()],
        domain: true,
        kinks: [],
        probes: [[-5.0], [0.3], [2.0]],
        conventions: [],
        ulps: 2.0 => [2.0],
        text: Form("exp(<0>)", ATOM),
        latex: Form("e^{<0>}", POWER),
    }

    /// e^(a − b): what rounding a − b has lost, as much as its last place, is put back, or of e^(700.1 − 0.3) two digits would be gone
    ExpSub(a, b) -> y {
        name: "exp_sub",
        value: {
            let difference = a.clone() - b;
            let power = difference.exp();
            // Where the power is 0, or infinite, what was lost may be no number.
            let mended = power.clone() + chain(&power, &lost_by_subtracting(a, b, &difference));
            R::select(&-(R::constant(1.0) / &power), &power, &mended)
        },
        partials: [y.clone(), -y.clone()],
        domain: true,
        kinks: [],
        probes: [[0.3, 2.0], [2.0, -0.5], [100.1, 99.9]],
        conventions: [],
        ulps: 3.0 => [3.0, 3.0],
        text: Form("exp_sub(<0>, <1>)", ATOM),
        latex: Form("e^{<0> - <1:term>}", POWER),
    }

    /// eˣ − 1
    ExpM1(x) -> y {
        name: "exp_m1",
        value: primitive(Primitive::ExpM1, [x]),
        partials: [x.exp()],
        domain: true,
        kinks: [],
        probes: [[-3.0], [0.3], [2.0]],
        conventions: [],
        ulps: 2.0 => [2.0],
        text: Form("exp_m1(<0>)", ATOM),
        latex: Form("e^{<0>} - 1", SUM),
    }

    /// The natural logarithm; NaN where x is infinite
    Ln(x) -> y {
        name: "ln",
        value: held(x, &primitive(Primitive::Ln, [x])),
        partials: [inside(x, &x.recip())],
        domain: x > 0.0,
        kinks: [],
        probes: [[0.3], [2.0], [40.0]],
        conventions: [],
        ulps: 2.0 => [0.5],
        text: Form("ln(<0>)", ATOM),
        latex: Form("\\ln\\left(<0>\\right)", ATOM),
    }

    /// ln(1 + x); NaN where x is infinite
    Ln1p(x) -> y {
        name: "ln_1p",
        value: held(x, &primitive(Primitive::Ln1p, [x])),
        partials: [{
            let beyond = x.clone() + R::constant(1.0);
            inside(&beyond, &beyond.recip())
        }],
        domain: x > -1.0,
        kinks: [],
        probes: [[-0.5], [0.3], [10.0]],
        conventions: [],
        ulps: 2.0 => [1.5],
        text: Form("ln_1p(<0>)", ATOM),
        latex: Form("\\ln\\left(1 + <0:1>\\right)", ATOM),
    }

    /// The sine
    Sin(x) -> y {
        name: "sin",
        value: primitive(Primitive::Sin, [x]),
        partials: [x.cos()],
        domain: true,
        kinks: [],
        probes: [[0.4], [-2.0], [5.0]],
        conventions: [],
        ulps: 2.0 => [2.0],
        text: Form("sin(<0>)", ATOM),
        latex: Form("\\sin\\left(<0>\\right)", ATOM),
    }

    /// The cosine
    Cos(x) -> y {
        name: "cos",
        value: primitive(Primitive::Cos, [x]),
        partials: [-x.sin()],
        domain: true,
        kinks: [],
        probes: [[0.4], [-2.0], [5.0]],
        conventions: [],
        ulps: 2.0 => [2.0],
        text: Form("cos(<0>)", ATOM),
        latex: Form("\\cos\\left(<0>\\right)", ATOM),
    }

    /// The tangent
    Tan(x) -> y {
        name: "tan",
        value: primitive(Primitive::Tan, [x]),
        partials: [y.powi(2) + R::constant(1.0)],
        domain: x.cos() != 0.0,
        kinks: [],
        probes: [[0.4], [-1.0], [2.5]],
        conventions: [],
        ulps: 2.0 => [6.0],
        text: Form("tan(<0>)", ATOM),
        latex: Form("\\tan\\left(<0>\\right)", ATOM),
    }

    /// The inverse sine; 1 − x² is written (1 − x)(1 + x), which does not cancel near ±1
    Asin(x) -> y {
        name: "asin",
        value: primitive(Primitive::Asin, [x]),
        partials: [one_minus_square(x).sqrt().recip()],
        domain: -1.0 < x && x < 1.0,
        kinks: [],
        probes: [[0.3], [-0.8]],
        conventions: [[1.0] => [f64::INFINITY], [-1.0] => [f64::INFINITY]],
        ulps: 2.0 => [4.0],
        text: Form("asin(<0>)", ATOM),
        latex: Form("\\arcsin\\left(<0>\\right)", ATOM),
    }

    /// The inverse cosine
    Acos(x) -> y {
        name: "acos",
        value: primitive(Primitive::Acos, [x]),
        partials: [-one_minus_square(x).sqrt().recip()],
        domain: -1.0 < x && x < 1.0,
        kinks: [],
        probes: [[0.3], [-0.8]],
        conventions: [[1.0] => [f64::NEG_INFINITY], [-1.0] => [f64::NEG_INFINITY]],
        ulps: 2.0 => [4.0],
        text: Form("acos(<0>)", ATOM),
        latex: Form("\\arccos\\left(<0>\\right)", ATOM),
    }

    /// The inverse tangent; its slope 1/(1 + x²) by way of √(1 + x²), which does not overflow
    Atan(x) -> y {
        name: "atan",
        value: primitive(Primitive::Atan, [x]),
        partials: [x.hypot(&R::constant(1.0)).recip().powi(2)],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0], [6.0]],
        conventions: [],
        ulps: 2.0 => [6.0],
        text: Form("atan(<0>)", ATOM),
        latex: Form("\\arctan\\left(<0>\\right)", ATOM),
    }

    /// The hyperbolic sine
    Sinh(x) -> y {
        name: "sinh",
        value: primitive(Primitive::Sinh, [x]),
        partials: [x.cosh()],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0]],
        conventions: [],
        ulps: 3.0 => [3.0],
        text: Form("sinh(<0>)", ATOM),
        latex: Form("\\sinh\\left(<0>\\right)", ATOM),
    }

    /// The hyperbolic cosine
    Cosh(x) -> y {
        name: "cosh",
        value: primitive(Primitive::Cosh, [x]),
        partials: [x.sinh()],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0]],
        conventions: [],
        ulps: 3.0 => [3.0],
        text: Form("cosh(<0>)", ATOM),
        latex: Form("\\cosh\\left(<0>\\right)", ATOM),
    }

    /// The hyperbolic tangent; its slope as 4·σ(2x)·σ(−2x): 1 − tanh² cancels, and the derivative of 1/cosh² is
    /// ∞ · 0 where cosh overflows
    Tanh(x) -> y {
        name: "tanh",
        value: primitive(Primitive::Tanh, [x]),
        partials: [{
            let double = R::constant(2.0) * x;
            R::constant(4.0) * double.sigmoid() * (-double).sigmoid()
        }],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0]],
        conventions: [],
        ulps: 4.0 => [8.0],
        text: Form("tanh(<0>)", ATOM),
        latex: Form("\\tanh\\left(<0>\\right)", ATOM),
    }

    /// |x|
    Abs(x) -> y {
        name: "abs",
        value: primitive(Primitive::Abs, [x]),
        partials: [x.sign()],
        domain: true,
        kinks: [x],
        probes: [[0.7], [-3.0]],
        conventions: [[0.0] => [0.0]],
        ulps: 0.0 => [0.0],
        text: Form("abs(<0>)", ATOM),
        latex: Form("\\left|<0>\\right|", ATOM),
    }

    /// The sign: −1, 0 or 1
    Sign(x) -> y {
        name: "sign",
        value: primitive(Primitive::Sign, [x]),
        partials: [R::constant(0.0)],
        domain: true,
        kinks: [x],
        probes: [[0.7], [-3.0]],
        conventions: [[0.0] => [0.0]],
        ulps: 0.0 => [0.0],
        text: Form("sign(<0>)", ATOM),
        latex: Form("\\mathrm{sign}\\left(<0>\\right)", ATOM),
    }

    /// The nearest whole number, of two the even one: flat between the halves, so its derivative is 0
    Round(x) -> y {
        name: "round",
        value: primitive(Primitive::Round, [x]),
        partials: [R::constant(0.0)],
        domain: true,
        kinks: [x - x.floor() - 0.5],
        probes: [[0.3], [-2.75], [2.75]],
        conventions: [[0.5] => [0.0], [1.5] => [0.0]],
        ulps: 0.0 => [0.0],
        text: Form("round(<0>)", ATOM),
        latex: Form("\\mathrm{round}\\left(<0>\\right)", ATOM),
    }

    /// The smaller of two; at a tie half of the slope goes to each, as |x| has the slope 0 at 0
    Min(a, b) -> y {
        name: "min",
        value: primitive(Primitive::Min, [a, b]),
        partials: [
            share(&(b.clone() - a)),
            share(&(a.clone() - b)),
        ],
        weights: [0, 1],
        domain: true,
        kinks: [a - b],
        probes: [[1.5, -0.25], [-3.0, 7.0], [1.0, 3.0], [3.0, 1.0]],
        conventions: [[2.0, 2.0] => [0.5, 0.5]],
        ulps: 0.0 => [0.0, 0.0],
        text: Form("min(<0>, <1>)", ATOM),
        latex: Form("\\min\\left(<0>, <1>\\right)", ATOM),
    }

    /// The larger of two; at a tie half of the slope goes to each, as |x| has the slope 0 at 0
    Max(a, b) -> y {
        name: "max",
        value: primitive(Primitive::Max, [a, b]),
        partials: [
            share(&(a.clone() - b)),
            share(&(b.clone() - a)),
        ],
        weights: [0, 1],
        domain: true,
        kinks: [a - b],
        probes: [[1.5, -0.25], [-3.0, 7.0], [1.0, 3.0], [3.0, 1.0]],
        conventions: [[2.0, 2.0] => [0.5, 0.5]],
        ulps: 0.0 => [0.0, 0.0],
        text: Form("max(<0>, <1>)", ATOM),
        latex: Form("\\max\\left(<0>, <1>\\right)", ATOM),
    }

    /// √(a² + b²)
    Hypot(a, b) -> y {
        name: "hypot",
        value: primitive(Primitive::Hypot, [a, b]),
        partials: [
            R::select(&-y.clone(), &R::constant(0.0), &quotient(a, y)),
            R::select(&-y.clone(), &R::constant(0.0), &quotient(b, y)),
        ],
        domain: true,
        kinks: [a.hypot(b)],
        probes: [[3.0, -4.5], [-0.2, 0.7]],
        conventions: [[0.0, 0.0] => [0.0, 0.0]],
        ulps: 2.0 => [5.0, 5.0],
        text: Form("hypot(<0>, <1>)", ATOM),
        latex: Form("\\mathrm{hypot}\\left(<0>, <1>\\right)", ATOM),
    }

    /// σ(x) = 1 / (1 + e⁻ˣ); its slope is σ(x)·σ(−x), which does not cancel as σ(1 − σ) does
    Sigmoid(x) -> y {
        name: "sigmoid",
        value: {
            let e = (-x.abs()).exp();
            let numerator = R::select(x, &R::constant(1.0), &e);
            numerator / (e + R::constant(1.0))
        },
        partials: [(-x.clone()).sigmoid() * y],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0], [5.0], [-9.0]],
        conventions: [],
        ulps: 4.0 => [8.0],
        text: Form("sigmoid(<0>)", ATOM),
        latex: Form("\\sigma\\left(<0>\\right)", ATOM),
    }

    /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|))
    Softplus(x) -> y {
        name: "softplus",
        value: x.max(&R::constant(0.0)) + primitive(Primitive::Ln1p, [&(-x.abs()).exp()]),
        partials: [x.sigmoid()],
        domain: true,
        kinks: [],
        probes: [[0.3], [-2.0], [5.0], [-9.0]],
        conventions: [],
        ulps: 4.0 => [4.0],
        text: Form("softplus(<0>)", ATOM),
        latex: Form("\\ln\\left(1 + e^{<0>}\\right)", ATOM),
    }

    /// The second argument where the first is ≥ 0, else the third
    Select(condition, a, b) -> y {
        name: "select",
        value: primitive(Primitive::Select, [condition, a, b]),
        partials: [
            R::constant(0.0),
            R::select(condition, &R::constant(1.0), &R::constant(0.0)),
            R::select(condition, &R::constant(0.0), &R::constant(1.0)),
        ],
        weights: [0, 1, 2],
        domain: true,
        kinks: [condition],
        probes: [[0.7, 1.5, -0.25], [-0.7, 1.5, -0.25]],
        conventions: [[0.0, 2.0, 5.0] => [0.0, 1.0, 0.0]],
        ulps: 0.0 => [0.0, 0.0, 0.0],
        text: Form("select(<0>, <1>, <2>)", ATOM),
        latex: Form("\\mathrm{select}\\left(<0>, <1>, <2>\\right)", ATOM),
    }

    /// The sum of any number of terms
    Sum[terms] -> y {
        name: "sum",
        value: terms.iter().fold(R::constant(0.0), |sum, term| sum + term),
        partials: [each k => R::constant(1.0)],
        domain: true,
        kinks: [],
        probes: [[1.5], [1.5, -0.25, 3.0]],
        conventions: [],
        ulps: 0.5 => [0.0],
        text: Form("sum(<*>)", ATOM),
        latex: Form("\\left(<+>\\right)", ATOM),
    }

    /// Σ aᵢ·bᵢ of 2n arguments, first the a, then the b; NaN if their number is odd
    Dot[factors] -> y {
        name: "dot",
        value: {
            let (left, right) = factors.split_at(factors.len() / 2);
            let none = if left.len() == right.len() { 0.0 } else { f64::NAN };
            left.iter().zip(right).fold(R::constant(none), |sum, (a, b)| sum + a.clone() * b)
        },
        partials: [each k => partner(k, factors).cloned().unwrap_or_else(|| R::constant(f64::NAN))],
        domain: factors.len().is_multiple_of(2),
        kinks: [],
        probes: [[1.5, -0.25], [1.5, -0.25, 3.0, 0.5, 2.0, -1.0]],
        conventions: [],
        ulps: 0.5 => [0.0],
        text: Form("dot([<left>], [<right>])", ATOM),
        latex: Form("\\left(<left>\\right) \\cdot \\left(<right>\\right)", PRODUCT),
    }

    /// The product of the chain rule, adjoint · partial, with 0 · ∞ = 0: what nobody asked for does not turn an infinite slope
    /// (√ at 0) into a NaN. An adjoint of 0 gives 0 whatever the partial, NaN included; a partial of 0 does not hide an adjoint
    /// of NaN
    Chain(adjoint, p) -> y {
        name: "chain",
        value: {
            let zero = R::constant(0.0);
            let product = where_zero(p, &R::select(adjoint, &zero, &zero), &(adjoint.clone() * p));
            where_zero(adjoint, &zero, &product)
        },
        partials: [p.clone(), adjoint.clone()],
        weights: [1],
        domain: true,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [[0.0, f64::INFINITY] => [f64::INFINITY, 0.0], [f64::INFINITY, 0.0] => [0.0, f64::INFINITY]],
        ulps: 0.5 => [0.0, 0.0],
        text: Form("<0:2> * <1:3>", PRODUCT),
        source: Form("chain(<0>, <1>)", ATOM),
        latex: Form("<0:2> \\cdot <1:3>", PRODUCT),
    }

    /// A weight and what it is the weight of, multiplied: 0 where either is 0, whatever the other one is
    Route(weight, carried) -> y {
        name: "route",
        value: {
            let zero = R::constant(0.0);
            where_zero(weight, &zero, &where_zero(carried, &zero, &(weight.clone() * carried)))
        },
        partials: [carried.clone(), weight.clone()],
        weights: [0, 1],
        domain: true,
        kinks: [],
        probes: [[1.5, -0.25], [-3.0, 7.0]],
        conventions: [[0.0, f64::INFINITY] => [f64::INFINITY, 0.0], [f64::INFINITY, 0.0] => [0.0, f64::INFINITY]],
        ulps: 0.5 => [0.0, 0.0],
        text: Form("<0:2> * <1:3>", PRODUCT),
        source: Form("route(<0>, <1>)", ATOM),
        latex: Form("<0:2> \\cdot <1:3>", PRODUCT),
    }

    /// y where x ≥ 0, NaN elsewhere: what keeps a derivative inside of a domain
    Inside(x, y) -> value {
        name: "inside",
        value: R::select(x, y, &R::constant(f64::NAN)),
        partials: [R::constant(0.0), inside(x, &R::constant(1.0))],
        weights: [0],
        domain: x >= 0.0,
        kinks: [],
        probes: [[1.5, -0.25], [3.0, 7.0]],
        conventions: [[0.0, 2.0] => [0.0, 1.0], [f64::INFINITY, 2.0] => [0.0, 1.0]],
        ulps: 0.0 => [0.0, 0.0],
        text: Form("<1>", SAME),
        source: Form("inside(<0>, <1>)", ATOM),
        latex: Form("<1>", SAME),
    }

    /// p as the exponent of xᵖ: a constant where x ≤ 0
    Exponent(x, p) -> y {
        name: "exponent",
        value: R::select(x, p, p),
        partials: [R::constant(0.0), R::select(&-x.clone(), &R::constant(0.0), &R::constant(1.0))],
        weights: [0, 1],
        domain: x > 0.0,
        kinks: [],
        probes: [[0.7, 2.5], [3.0, -1.25]],
        conventions: [[0.0, 2.0] => [0.0, 0.0], [-2.0, 3.0] => [0.0, 0.0]],
        ulps: 0.0 => [0.0, 0.0],
        text: Form("<1>", SAME),
        source: Form("exponent(<0>, <1>)", ATOM),
        latex: Form("<1>", SAME),
    }
}

#[inline(always)]
fn primitive<N: Number, const ARITY: usize>(primitive: Primitive, arguments: [&N; ARITY]) -> N {
    N::compute(primitive, &arguments.map(N::clone))
}

#[inline(always)]
fn where_zero<N: Number>(x: &N, zero: &N, other: &N) -> N {
    primitive(Primitive::WhereZero, [x, zero, other])
}

fn chain<R: Real>(adjoint: &R, partial: &R) -> R {
    crate::sweep::chain(&Table, adjoint, partial)
}

/// The table's quotient at any type; the operator of f64 is the machine's.
#[inline(always)]
fn quotient<R: Real>(a: &R, b: &R) -> R {
    R::apply(&Table, Op::Div, &[a.clone(), b.clone()])
}

#[inline(always)]
fn inside<R: Real>(x: &R, y: &R) -> R {
    R::apply(&Table, Op::Inside, &[x.clone(), y.clone()])
}

#[inline(always)]
fn unless_nan<R: Real>(x: &R, y: &R) -> R {
    crate::sweep::unless_nan(&Table, x, y)
}

/// y where x is finite, else NaN, as x − x is.
#[inline(always)]
fn held<N: Number>(x: &N, y: &N) -> N {
    N::select(&(x.clone() - x), y, y)
}

/// What goes to the one of two that is ahead by `lead`: all, at a tie one half, else nothing.
#[inline(always)]
fn share<R: Real>(lead: &R) -> R {
    R::constant(0.5) * lead.sign() + R::constant(0.5)
}

/// What rounding p − 1 does to x^(p−1), in ulps: if the exponent is off by δ, the power is by δ·ln x of itself. From 1/2 on
/// and for whole p there is no δ; elsewhere the rule loses two digits at ordinary arguments and three at the ends of the
/// range. p·xᵖ/x would not, but it is 0/0 at 0, over- and underflows where the slope does not, and a case distinction
/// between the two no longer reads as on paper.
fn power_rounding(x: f64, p: f64) -> f64 {
    let lower = p - 1.0;
    let delta = if p.abs() < 1.0 { p - (lower + 1.0) } else { (p - lower) - 1.0 };
    (delta * x.ln()).abs() / (f64::EPSILON / 2.0)
}

/// 1 − x² as (1 − x)(1 + x).
fn one_minus_square<R: Real>(x: &R) -> R {
    (R::constant(1.0) - x) * (R::constant(1.0) + x)
}

/// (a − b) − fl(a − b), exactly (Knuth, *The Art of Computer Programming* 2, 4.2.2, theorem B).
fn lost_by_subtracting<R: Real>(a: &R, b: &R, difference: &R) -> R {
    let back = difference.clone() - a;
    (a.clone() - (difference.clone() - &back)) - (b.clone() + back)
}

/// What argument `k` of a dot product is multiplied with; nothing if a factor is left over.
fn partner<R>(k: usize, factors: &[R]) -> Option<&R> {
    let (left, right) = factors.split_at(factors.len() / 2);
    if left.len() == right.len() { right.iter().chain(left).nth(k) } else { None }
}
