//! Random functions with gradients that are known.
//!
//! A smooth one is a random expression; its gradient comes from dual numbers (v, ∂v) with their own rules, written here for the
//! purpose, so that nothing of what is measured is used to measure it.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A function of a point.
pub(crate) type Function = Box<dyn Fn(&[f64]) -> f64>;

/// A function, a point, and the gradient there.
pub(crate) struct Case {
    /// Whether the first coordinate has no derivative, but a slope on either side, of which the "gradient" has one.
    pub(crate) is_kinked: bool,
    pub(crate) f: Function,
    pub(crate) x: Vec<f64>,
    pub(crate) gradient: Vec<f64>,
}

/// An expression in x₀, x₁, ….
#[derive(Clone, Debug)]
enum Expression {
    Variable(usize),
    Constant(f64),
    Add(Box<Expression>, Box<Expression>),
    Multiply(Box<Expression>, Box<Expression>),
    Apply(Elementary, Box<Expression>),
}

#[derive(Clone, Copy, Debug)]
enum Elementary {
    Sin,
    Cos,
    Tanh,
    Atan,
    Bell,
    LogOfSquare,
    Root,
    Cube,
    GentleExp,
    Logistic,
}

const ELEMENTARY: [Elementary; 10] = [
    Elementary::Sin,
    Elementary::Cos,
    Elementary::Tanh,
    Elementary::Atan,
    Elementary::Bell,
    Elementary::LogOfSquare,
    Elementary::Root,
    Elementary::Cube,
    Elementary::GentleExp,
    Elementary::Logistic,
];

impl Elementary {
    /// Value and derivative at u.
    fn at(self, u: f64) -> (f64, f64) {
        match self {
            Elementary::Sin => (u.sin(), u.cos()),
            Elementary::Cos => (u.cos(), -u.sin()),
            Elementary::Tanh => (u.tanh(), u.cosh().powi(-2)),
            Elementary::Atan => (u.atan(), 1.0 / (1.0 + u * u)),
            Elementary::Bell => ((-u * u / 2.0).exp(), -u * (-u * u / 2.0).exp()),
            Elementary::LogOfSquare => ((u * u).ln_1p(), 2.0 * u / (1.0 + u * u)),
            Elementary::Root => ((1.0 + u * u).sqrt(), u / (1.0 + u * u).sqrt()),
            Elementary::Cube => (u * u * u, 3.0 * u * u),
            Elementary::GentleExp => ((u / 2.0).exp(), (u / 2.0).exp() / 2.0),
            Elementary::Logistic => {
                let e = (-u).exp();
                (1.0 / (1.0 + e), e / ((1.0 + e) * (1.0 + e)))
            }
        }
    }
}

impl Expression {
    fn random(random: &mut ChaCha8Rng, variables: usize, depth: usize) -> Expression {
        let choice = if depth == 0 { random.random_range(0..4) } else { random.random_range(0..12) };
        let part = |random: &mut ChaCha8Rng| Box::new(Expression::random(random, variables, depth - 1));
        match choice {
            0..3 => Expression::Variable(random.random_range(0..variables)),
            3 => Expression::Constant(random.random_range(-2.0..2.0)),
            4..6 => Expression::Add(part(random), part(random)),
            6..8 => Expression::Multiply(part(random), part(random)),
            _ => {
                let function = ELEMENTARY[random.random_range(0..ELEMENTARY.len())];
                Expression::Apply(function, part(random))
            }
        }
    }

    fn value(&self, x: &[f64]) -> f64 {
        match self {
            Expression::Variable(i) => x[*i],
            Expression::Constant(c) => *c,
            Expression::Add(a, b) => a.value(x) + b.value(x),
            Expression::Multiply(a, b) => a.value(x) * b.value(x),
            Expression::Apply(function, u) => function.at(u.value(x)).0,
        }
    }

    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        (0..x.len()).map(|i| self.dual(x, i).1).collect()
    }

    /// Value and derivative by coordinate i.
    fn dual(&self, x: &[f64], i: usize) -> (f64, f64) {
        match self {
            Expression::Variable(k) => (x[*k], if *k == i { 1.0 } else { 0.0 }),
            Expression::Constant(c) => (*c, 0.0),
            Expression::Add(a, b) => {
                let ((a, da), (b, db)) = (a.dual(x, i), b.dual(x, i));
                (a + b, da + db)
            }
            Expression::Multiply(a, b) => {
                let ((a, da), (b, db)) = (a.dual(x, i), b.dual(x, i));
                (a * b, da * b + a * db)
            }
            Expression::Apply(function, u) => {
                let (u, du) = u.dual(x, i);
                let (value, slope) = function.at(u);
                (value, slope * du)
            }
        }
    }
}

/// A smooth function of 1 to 5 variables at a point of size 1, each derivative between 10⁻³ and 10³.
pub(crate) fn smooth(random: &mut ChaCha8Rng) -> Case {
    let (expression, x) = well_scaled(random);
    let gradient = expression.gradient(&x);
    Case { is_kinked: false, f: Box::new(move |x| expression.value(x)), x, gradient }
}

fn well_scaled(random: &mut ChaCha8Rng) -> (Expression, Vec<f64>) {
    loop {
        let variables = random.random_range(1..6);
        let expression = Expression::random(random, variables, 5);
        let x: Vec<f64> = (0..variables).map(|_| random.random_range(-2.0..2.0)).collect();
        let moderate = expression.gradient(&x).iter().all(|g| (1e-3..1e3).contains(&g.abs()));
        if moderate && expression.value(&x).abs() < 1e3 {
            return (expression, x);
        }
    }
}

/// A smooth function of uᵢ + dᵢ²·(1 + dᵢ/2) at dᵢ of 10⁻³ to 10⁻¹²: near a stationary point, with derivatives that small.
pub(crate) fn near_zero(random: &mut ChaCha8Rng) -> Case {
    let (expression, u) = well_scaled(random);
    let x: Vec<f64> = u.iter().map(|_| random.random_range(-2.0..2.0)).collect();
    let centre: Vec<f64> = x.iter().map(|x| x - 10.0_f64.powf(random.random_range(-12.0..-3.0))).collect();
    let distances =
        move |x: &[f64]| -> Vec<f64> { x.iter().zip(&centre).map(|(x, centre)| x - centre).collect() };
    let inner =
        move |d: &[f64]| -> Vec<f64> { u.iter().zip(d).map(|(u, d)| u + d * d * (1.0 + d / 2.0)).collect() };
    let d = distances(&x);
    let outer = expression.gradient(&inner(&d));
    let gradient = outer.iter().zip(&d).map(|(g, d)| g * (2.0 * d + 1.5 * d * d)).collect();
    let f = move |x: &[f64]| expression.value(&inner(&distances(x)));
    Case { is_kinked: false, f: Box::new(f), x, gradient }
}

/// σ(z) or tanh(z) of one linear logit, for |z| from 5 to 40.
pub(crate) fn saturated(random: &mut ChaCha8Rng) -> Case {
    let z = random.random_range(5.0..40.0) * if random.random_bool(0.5) { 1.0 } else { -1.0 };
    let x: f64 = random.random_range(-3.0..3.0);
    let w = random.random_range(0.5..4.0);
    let b = z - w * x;
    let z = w * x + b;
    let e = (-z.abs()).exp();
    if random.random_bool(0.5) {
        let f = move |x: &[f64]| 1.0 / (1.0 + (-(w * x[0] + b)).exp());
        Case { is_kinked: false, f: Box::new(f), x: vec![x], gradient: vec![w * e / ((1.0 + e) * (1.0 + e))] }
    } else {
        let f = move |x: &[f64]| (w * x[0] + b).tanh();
        Case { is_kinked: false, f: Box::new(f), x: vec![x], gradient: vec![w * z.cosh().powi(-2)] }
    }
}

/// A smooth function of xᵢ/sᵢ, with scales sᵢ from 10⁻¹⁵⁰ to 10¹⁵⁰ and xᵢ of that size.
pub(crate) fn badly_scaled(random: &mut ChaCha8Rng) -> Case {
    let Case { f, x, gradient, .. } = smooth(random);
    let scales: Vec<f64> = x.iter().map(|_| 2.0_f64.powi(random.random_range(-498..498))).collect();
    let scaled = x.iter().zip(&scales).map(|(x, s)| x * s).collect();
    let gradient = gradient.iter().zip(&scales).map(|(g, s)| g / s).collect();
    let f = move |x: &[f64]| {
        let unscaled: Vec<f64> = x.iter().zip(&scales).map(|(x, s)| x / s).collect();
        f(&unscaled)
    };
    Case { is_kinked: false, f: Box::new(f), x: scaled, gradient }
}

/// A smooth function and noise of 10⁻¹² to 10⁻³ that depends on the bits of the point alone.
pub(crate) fn noisy(random: &mut ChaCha8Rng) -> Case {
    let Case { f, x, gradient, .. } = smooth(random);
    let size = 10.0_f64.powf(random.random_range(-12.0..-3.0));
    let f = move |x: &[f64]| f(x) + size * scatter(x);
    Case { is_kinked: false, f: Box::new(f), x, gradient }
}

/// A smooth function whose values are rounded to a grid of 10⁻¹⁰ to 10⁻², in one of five ways.
pub(crate) fn stepped(random: &mut ChaCha8Rng) -> Case {
    let Case { f, x, gradient, .. } = smooth(random);
    let grid = 10.0_f64.powf(random.random_range(-10.0..-2.0));
    let large = 2.0_f64.powi(52) * grid;
    let round: fn(f64) -> f64 =
        [f64::round, f64::floor, f64::ceil, f64::trunc][random.random_range(0..4_usize)];
    let is_cancelled = random.random_bool(0.2);
    let f = move |x: &[f64]| if is_cancelled { (large + f(x)) - large } else { round(f(x) / grid) * grid };
    Case { is_kinked: false, f: Box::new(f), x, gradient }
}

/// Kepler's equation y = x₀ + e·sin y, iterated until y moves by less than a tolerance of 10⁻¹² to 10⁻⁴.
pub(crate) fn truncated(random: &mut ChaCha8Rng) -> Case {
    let eccentricity: f64 = random.random_range(0.3..0.8);
    let tolerance = 10.0_f64.powf(random.random_range(-12.0..-4.0));
    let x = vec![random.random_range(0.2..2.5)];
    let iterated = move |x: f64, tolerance: f64| {
        let mut y = x;
        for _ in 0..1000 {
            let next = x + eccentricity * y.sin();
            let moved = (next - y).abs();
            y = next;
            if moved < tolerance {
                break;
            }
        }
        y
    };
    let gradient = vec![1.0 / (1.0 - eccentricity * iterated(x[0], 0.0).cos())];
    let f = move |x: &[f64]| iterated(x[0], tolerance);
    Case { is_kinked: false, f: Box::new(f), x, gradient }
}

/// A number between −1 and 1 from the bits of a point, mixed by multiplications (the constants are those of SplitMix64).
fn scatter(x: &[f64]) -> f64 {
    let bits = x.iter().fold(0_u64, |bits, x| {
        let mixed = (bits ^ x.to_bits()).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB)
    });
    (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// A smooth function and a kink 10⁻⁹ to 1 beside the point.
pub(crate) fn kink_nearby(random: &mut ChaCha8Rng) -> Case {
    let distance = 10.0_f64.powf(random.random_range(-9.0..0.0));
    kinked(random, distance)
}

/// A smooth function and a kink at the point itself, where somebody may well have written the slope on one side.
pub(crate) fn kink_at_the_point(random: &mut ChaCha8Rng) -> Case {
    Case { is_kinked: true, ..kinked(random, 0.0) }
}

/// A smooth function plus c·|x₀ − k|.
fn kinked(random: &mut ChaCha8Rng, distance: f64) -> Case {
    let Case { f, x, mut gradient, .. } = smooth(random);
    let height: f64 = random.random_range(0.1..2.0);
    let side = if random.random_bool(0.5) { 1.0 } else { -1.0 };
    let kink = x[0] - side * distance;
    gradient[0] += side * height;
    let f = move |x: &[f64]| f(x) + height * (x[0] - kink).abs();
    Case { is_kinked: false, f: Box::new(f), x, gradient }
}
