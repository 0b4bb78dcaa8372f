//! Programs over columns of every length: values, gradients and Hessians of whole numbers, to the bit.
//!
//! Data, parameters and weights are small whole numbers, so that no product and no sum rounds, in whatever order it is taken. A mean is then one
//! whole
//! number over another, rounded once:
//!
//! ```text
//! z = Σ pⱼxⱼ + y:   L = y·z² + 3z,   ∂L/∂pⱼ = (2yz + 3)·xⱼ,   ∂²L/∂pⱼ∂pₖ = 2y·xⱼ·xₖ
//! L = p·q·x + p²·x·y + q³·max(x, y) + min(x, y)·p + |x|·q²
//! ```
//!
//! What is left out, taken twice or put elsewhere, an example, a weight, a lane, a block, a chunk or a wave, shows in the last bit. Examples of
//! weight 0
//! hold what is no number.
//!
//! Invariant: expected sums are taken in 128-bit integers, example by example.

use chainrule_graph::Graph;
use chainrule_program::Program;

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const SEED: u64 = 0xC011;
const FILES: &str = "crates/program/src/{execute,block,sums,examples,kernels}.rs";

/// Whole groups of lanes, blocks, chunks and what is next to them.
const LENGTHS: [usize; 17] = [
    503,
    504,
    505,
    511,
    512,
    513,
    519,
    520,
    521,
    1023,
    1024,
    1025,
    16_383,
    16_384,
    16_385,
    32_771,
    3 * 16_384,
];

/// 64 chunks and one example: one wave and the next.
const WAVES: usize = 64 * 16_384 + 1;

/// The most coefficients of a linear predictor: tiles of four, and one left over.
const WIDEST: usize = 17;

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut rows = Rows::new();
    for (mut random, count) in [
        (Random::new(SEED), effort.samples(60, 1500)),
        (effort.fresh("program columns"), effort.samples(60, 1500)),
    ] {
        for k in 0..count {
            let shape = Shape::linear(1 + k % WIDEST, k % 3 == 0);
            rows.judge(&shape, 1 + random.below(40), &mut random)?;
            rows.judge(&Shape::curved(), 1 + random.below(40), &mut random)?;
        }
        for m in LENGTHS {
            rows.judge(&Shape::linear(1 + random.below(5), false), m, &mut random)?;
            rows.judge(&Shape::curved(), m, &mut random)?;
        }
    }
    rows.judge(&Shape::linear(2, true), WAVES, &mut Random::new(SEED))?;
    rows.all().into_iter().for_each(&mut *emit);
    emit(threads(effort)?);
    emit(weights()?);
    emit(nowhere()?);
    emit(hidden()?);
    emit(linear()?);
    Ok(())
}

/// A loss, its columns, and whether its Hessian takes one pass.
struct Shape {
    formulas: String,
    coefficients: usize,
    has_intercept: bool,
    is_linear: bool,
}

impl Shape {
    /// Coefficients of as many columns; the first may be that of 1.
    fn linear(coefficients: usize, has_intercept: bool) -> Self {
        let term = |j: usize| if has_intercept && j == 0 { "p0".to_owned() } else { format!("p{j}*x{j}") };
        let terms: Vec<String> = (0..coefficients).map(term).collect();
        let names =
            |letter: &str| (0..coefficients).map(|j| format!("{letter}{j}")).collect::<Vec<_>>().join(", ");
        let formulas = format!(
            "parameter {}; data {}, y; z = {} + y; y*z^2 + 3*z",
            names("p"),
            names("x"),
            terms.join(" + ")
        );
        Shape { formulas, coefficients, has_intercept, is_linear: true }
    }

    /// Two parameters that are no linear predictor.
    fn curved() -> Self {
        let formulas = "parameter p0, p1; data x0, x1, y; \
                        p0*p1*x0 + p0^2*x0*y + p1^3*max(x0, y) + min(x0, y)*p0 + abs(x0)*p1^2";
        Shape { formulas: formulas.to_owned(), coefficients: 2, has_intercept: false, is_linear: false }
    }

    /// Value, gradient and Hessian of one example.
    fn of_one(&self, p: &[i128], x: &[i128], y: i128) -> (i128, Vec<i128>, Vec<i128>) {
        if self.is_linear {
            let x: Vec<i128> = x
                .iter()
                .enumerate()
                .map(|(j, &x)| if self.has_intercept && j == 0 { 1 } else { x })
                .collect();
            let z = p.iter().zip(&x).map(|(p, x)| p * x).sum::<i128>() + y;
            let gradient = x.iter().map(|x| (2 * y * z + 3) * x).collect();
            let hessian = x.iter().flat_map(|a| x.iter().map(move |b| 2 * y * a * b)).collect();
            return (y * z * z + 3 * z, gradient, hessian);
        }
        let ([p, q], x) = ([p[0], p[1]], x[0]);
        let (most, least) = (x.max(y), x.min(y));
        let value = p * q * x + p * p * x * y + q * q * q * most + least * p + x.abs() * q * q;
        let gradient = vec![q * x + 2 * p * x * y + least, p * x + 3 * q * q * most + 2 * q * x.abs()];
        (value, gradient, vec![2 * x * y, x, x, 6 * q * most + 2 * x.abs()])
    }
}

/// What is computed over columns.
struct Rows {
    value: Check,
    slopes: Check,
    along: Check,
    hessian: Check,
    shared: Check,
}

impl Rows {
    fn new() -> Self {
        let row = |route, more: &'static str| {
            Check::new("programs over columns", route, "sums of whole numbers", 0.0).convicts(more)
        };
        Rows {
            value: row("value", FILES),
            slopes: row("value and gradient", FILES),
            along: row("Hessian times a direction", "crates/program/src/{program,linear}.rs"),
            hessian: row("Hessian", "crates/program/src/{kernels,sums,linear}.rs"),
            shared: row("the same on threads", "crates/program/src/execute.rs"),
        }
    }

    fn all(self) -> [Check; 5] {
        [self.value, self.slopes, self.along, self.hessian, self.shared]
    }

    fn judge(&mut self, shape: &Shape, m: usize, random: &mut Random) -> Result<(), Error> {
        let n = shape.coefficients;
        let mut whole = |from: i64, to: i64| from + random.below((to - from + 1) as usize) as i64;
        let p: Vec<i64> = (0..n).map(|_| whole(-4, 4)).collect();
        let v: Vec<i64> = (0..n).map(|_| whole(-4, 4)).collect();
        let weigh = whole(0, 2) > 0;
        let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(m); n + 1];
        let mut weights: Vec<f64> = Vec::with_capacity(m);
        let size = n * (n + 1) + 1;
        let mut sums = vec![0_i128; size];
        for i in 0..m {
            let x: Vec<i64> = (0..=n).map(|_| whole(-8, 8)).collect();
            let weight = if !weigh {
                1
            } else if i + 1 == m {
                2
            } else {
                whole(0, 3)
            };
            weights.push(weight as f64);
            for (column, &x) in columns.iter_mut().zip(&x) {
                column.push(if weight == 0 && whole(0, 1) == 0 { f64::NAN } else { x as f64 });
            }
            let wide: Vec<i128> = x.iter().map(|&x| i128::from(x)).collect();
            let parameters: Vec<i128> = p.iter().map(|&p| i128::from(p)).collect();
            let (value, gradient, hessian) = shape.of_one(&parameters, &wide[..n], wide[n]);
            for (sum, term) in sums.iter_mut().zip([value].iter().chain(&gradient).chain(&hessian)) {
                *sum += i128::from(weight) * term;
            }
        }
        let total: f64 = weights.iter().sum();
        let expected: Vec<f64> = sums.iter().map(|&sum| sum as f64 / total).collect();
        let along: Vec<f64> = (0..n)
            .map(|j| (0..n).map(|k| sums[1 + n + j * n + k] * i128::from(v[k])).sum::<i128>() as f64 / total)
            .collect();
        let at = || format!("{} of {m} examples, weighted: {weigh}, at {p:?} along {v:?}", shape.formulas);
        let float = |numbers: &[i64]| numbers.iter().map(|&x| x as f64).collect::<Vec<f64>>();
        let (p, v) = (float(&p), float(&v));
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(&shape.formulas)?)?;
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let plain = program.over(&views)?;
        let examples = if weigh { plain.weights(&weights)? } else { plain };
        let (value, gradient) = examples.value_and_gradient(&p)?;
        let (found, hessian) = (examples.value(&p)?, examples.hessian(&p)?.concat());
        let product = examples.hessian_vector(&p, &v)?;
        self.value.compare_at(found, expected[0], at);
        self.slopes.compare_at(value, expected[0], at);
        self.slopes.expect_same(&gradient.as_slice(), &&expected[1..=n], at);
        self.along.expect_same(&product, &along, at);
        self.hessian.expect_same(&hessian.as_slice(), &&expected[n + 1..], at);
        self.hessian.expect(program.is_linear() == shape.is_linear, || format!("linear or not: {}", at()));
        let shared = examples.parallel();
        let same = shared.value(&p)? == found
            && shared.value_and_gradient(&p)? == (value, gradient)
            && shared.hessian(&p)?.concat() == hessian
            && shared.hessian_vector(&p, &v)? == product;
        self.shared.expect(same, at);
        Ok(())
    }
}

/// Sums that round: the same bits on any number of threads, and what is recomputed from each example alone.
fn threads(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new("programs on 1, 2, 4 threads", "value, gradient, Hessian", "one thread", 0.0)
        .convicts("crates/program/src/{execute,examples}.rs");
    let losses = ["data x, y; ln_1p(exp(p*x + q*y))", "data x, y; sin(p*x)*exp(q*y)"];
    let mut random = effort.fresh("program threads");
    for loss in losses {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(loss)?)?;
        for m in [7, 16_385, 70_001] {
            let mut column = || (0..m).map(|_| random.normal()).collect::<Vec<f64>>();
            let (x, y) = (column(), column());
            let columns: [&[f64]; 2] = [&x, &y];
            let examples = program.over(&columns)?;
            let names = program.parameters().len();
            let p = vec![0.37; names];
            let alone = (examples.value_and_gradient(&p)?, examples.hessian(&p)?);
            for count in [1, 2, 4] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
                let Ok(pool) = pool else {
                    check.expect(false, || format!("no pool of {count} threads"));
                    continue;
                };
                let shared = examples.parallel();
                let found =
                    pool.install(|| Ok::<_, Error>((shared.value_and_gradient(&p)?, shared.hessian(&p)?)))?;
                check.expect(found == alone, || format!("{loss} of {m} examples on {count} threads"));
            }
        }
    }
    Ok(check)
}

/// The sum of weights is as good as exact: each 1 beside 2⁵³ is lost in a plain sum.
fn weights() -> Result<Check, Error> {
    let mut check = Check::new("weights of programs", "mean", "whole numbers", 0.0)
        .convicts("crates/program/src/{examples,kernels}.rs");
    let graph = Graph::new();
    let program = Program::new(&graph, graph.parse("data x; p*x")?)?;
    for (ones, place) in [(2000_usize, 0_usize), (2000, 2000), (4096, 7), (8, 3)] {
        let m = ones + 1;
        let large = 9_007_199_254_740_992_u64;
        let weights: Vec<f64> = (0..m).map(|i| if i == place { large as f64 } else { 1.0 }).collect();
        let x: Vec<f64> = (0..m).map(|i| if i == place { 1.0 } else { 0.0 }).collect();
        let columns: [&[f64]; 1] = [&x];
        let examples = program.over(&columns)?.weights(&weights)?;
        // The number of ones is even, so the sum is a number of 53 bits.
        let expected = large as f64 / (large + ones as u64) as f64;
        check.compare_at(examples.value(&[1.0])?, expected, || format!("2⁵³ at {place} among {ones} ones"));
    }
    Ok(check)
}

/// There is no slope where the mean is not finite, of whatever order.
fn nowhere() -> Result<Check, Error> {
    let mut check =
        Check::new("means that are no number", "value, gradient, Hessian", "NaN or infinite", 0.0)
            .convicts("crates/program/src/{examples,sums,kernels}.rs");
    let cases = [
        ("data x; ln(a*x) + a", f64::NAN, [1.0, -1.0, 2.0]),
        ("data x; exp(a*x)", f64::INFINITY, [1.0, 800.0, 2.0]),
        ("data x; -exp(a*x)", f64::NEG_INFINITY, [1.0, 800.0, 2.0]),
        ("data x; a*x", f64::NAN, [1.0, f64::NAN, 2.0]),
        ("data x; a^2*x", f64::NAN, [f64::INFINITY, f64::NEG_INFINITY, 2.0]),
    ];
    for (loss, value, near) in cases {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(loss)?)?;
        for m in [3, 8, 11, 530] {
            for at in [0, m - 1] {
                // The bad ones last or first, harmless ones elsewhere.
                let x: Vec<f64> = (0..m)
                    .map(|i| {
                        if i + 3 >= m && at > 0 {
                            near[i + 3 - m]
                        } else if at == 0 && i < 3 {
                            near[i]
                        } else {
                            2.0
                        }
                    })
                    .collect();
                let columns: [&[f64]; 1] = [&x];
                let place = || format!("{loss} of {m} examples, the bad ones around {at}");
                let names = program.parameters().len();
                let examples = program.over(&columns)?;
                let (found, gradient) = examples.value_and_gradient(&vec![1.0; names])?;
                let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
                check.expect(same(found, value), || format!("value {found}, {}", place()));
                check.expect(same(examples.value(&vec![1.0; names])?, value), || {
                    format!("value alone, {}", place())
                });
                check.expect(gradient.iter().all(|slope| slope.is_nan()), || {
                    format!("gradient {gradient:?}, {}", place())
                });
                let hessian = examples.hessian(&vec![1.0; names])?;
                let is_square = hessian.len() == names && hessian.iter().all(|row| row.len() == names);
                let all = hessian.iter().flatten().all(|entry| entry.is_nan());
                check.expect(is_square && all, || format!("Hessian {hessian:?}, {}", place()));
            }
        }
    }
    Ok(check)
}

/// A zero adjoint hides an infinite partial on the way to further products, wherever each of them is the same for all examples.
fn hidden() -> Result<Check, Error> {
    let mut check = Check::new("zeros beside infinite slopes", "gradient", "0", 0.0)
        .convicts("crates/program/src/{compute,kernels,sums}.rs");
    let cases = [
        ("x*sqrt(p*q)", [0.0, 2.0]),
        ("p*sqrt(x*q)", [0.0, 2.0]),
        ("x + p*sqrt(q*q)", [0.0, 0.0]),
        ("x*sqrt(y*q) + 0*p", [1.0, 2.0]),
        ("x*ln_1p(sqrt(y*q)) + 0*p", [1.0, 2.0]),
    ];
    for (loss, point) in cases {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(&format!("parameter p, q; data x, y; {loss}"))?)?;
        for m in 1..=20 {
            let zeros = vec![0.0; m];
            let (value, gradient) = program.value_and_gradient(&point, &[&zeros, &zeros])?;
            let all = value == 0.0 && gradient.iter().all(|slope| *slope == 0.0);
            check.expect(all, || format!("{loss} of {m} examples: {value}, {gradient:?}"));
        }
    }
    Ok(check)
}

/// Which losses have one linear predictor.
fn linear() -> Result<Check, Error> {
    let mut check = Check::new("losses of one linear predictor", "linear or not", "as the formula says", 0.0)
        .convicts("crates/program/src/{linear,program}.rs");
    let cases = [
        ("data x, y; (a*x + b - y)^2", true),
        ("data x, y; softplus(a*x + b) - y*(a*x + b)", true),
        ("data x, y; z = a*x + b; softplus(z) - y*z", true),
        ("data x, y; exp(a*x + b*y)", true),
        ("data x, y; a*x", true),
        ("data x, y; (a*x)^2 + b", false),
        ("data x, y; (a*x)^2 + y*a", true),
        ("data x, y; (a*x + b)^2 + y*a", false),
        ("data x, y; exp(a*b*x)", false),
        ("data x, y; exp(a^2*x)", true),
        ("data x, y; exp(a^2*x + b*y)", false),
        ("data x, y; (a*x + y)*(b*y + x)", false),
        ("data x, y; exp(a*x) + exp(b*y)", false),
        ("data x, y; sin(exp(x)*a + b*ln(y))", true),
        ("data x, y; max(a*x, b)", false),
    ];
    for (loss, expected) in cases {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(loss)?)?;
        check.expect_same(&program.is_linear(), &expected, || loss.to_owned());
    }
    Ok(check)
}
