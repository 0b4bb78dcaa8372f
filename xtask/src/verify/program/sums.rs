//! The kernels of sums: each against its documented order of additions, to the bit, on vectors of every width.
//!
//! ```text
//! lane l:  sₗ ← fma(aᵢ, bᵢ, sₗ) for i = l, l + 8, l + 16, …      then ((s₀ + s₄) + (s₂ + s₆)) + ((s₁ + s₅) + (s₃ + s₇))
//! ```
//!
//! Compensated sums are held to the sum in exact arithmetic, of terms that cancel: s + lost is off by u of it and by n²u² of the terms' sizes at
//! most (Ogita, Rump and Oishi, *SIAM Journal on Scientific Computing* 26, 2005).
//!
//! Invariant: the expected sums are taken by plain loops here, or by numbers of 2,200 bits, in which no term rounds.

use chainrule_graph::oracle::BigFloat;
use chainrule_program::kernels::{
    LANES, TILE, add_gram, add_product, add_product_compensated, add_products, add_products_compensated,
    careful_product, pairs, product, products, products_compensated, total, two_sum,
};
use pulp::{Simd, WithSimd};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const FILES: &str = "crates/program/src/kernels.rs";

/// Vectors of every width that kernels tell apart; the last are those of this machine.
const WIDTHS: [&str; 5] = ["1 lane", "2 lanes", "4 lanes", "8 lanes", "this machine's lanes"];

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut rows = Rows::new();
    for (mut random, count) in [
        (Random::new(0x50A5), effort.samples(60, 2000)),
        (effort.fresh("program sums"), effort.samples(60, 2000)),
    ] {
        for k in 0..count {
            let groups = if k % 10 == 9 { 60 + random.below(80) } else { random.below(9) };
            rows.judge(groups * LANES, 1 + k % 13, k % 4 == 3, &mut random);
        }
    }
    rows.all().into_iter().for_each(emit);
    Ok(())
}

/// Numbers of all signs and, where they have to cancel, of sizes 10⁻¹⁵ to 10¹⁵; a few are 0, and some what is no number.
fn column(n: usize, is_wild: bool, random: &mut Random) -> Vec<f64> {
    let mut number = || match random.below(40) {
        0 => 0.0,
        1 => -0.0,
        2 if is_wild => f64::INFINITY,
        3 if is_wild => f64::NAN,
        _ => random.between(-1.0, 1.0) * 10_f64.powf(random.between(-15.0, 15.0)),
    };
    (0..n).map(|_| number()).collect()
}

/// Everything that is computed, for whichever vectors.
struct Task<'a> {
    left: &'a [f64],
    columns: &'a [Vec<f64>],
}

#[derive(Clone, Debug)]
struct Done {
    one: f64,
    four: [f64; 4],
    total: f64,
    pairs: [[f64; 2]; 3],
    compensated: [(f64, f64); 4],
    gram: Vec<f64>,
}

impl WithSimd for Task<'_> {
    type Output = Done;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Done {
        let (n, all) = (self.left.len(), self.columns.len());
        let column = |k: usize| self.columns[k % all].as_slice();
        let four = [column(0), column(1), column(2), column(3)];
        let views: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let mut bent: [Vec<f64>; TILE] = std::array::from_fn(|_| vec![f64::NAN; n]);
        let mut gram = vec![0.25; all * (all + 1) / 2];
        add_gram(simd, self.left, &views, &mut bent, &mut gram);
        Done {
            one: product(simd, self.left, column(0)),
            four: products(simd, self.left, four),
            total: total(simd, self.left),
            pairs: pairs(simd, [column(0), column(1), column(2)], [self.left, column(3)]),
            compensated: products_compensated(simd, self.left, four),
            gram,
        }
    }
}

/// Σ aᵢ·bᵢ in the documented order.
fn in_lanes(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        lanes[i % 8] = a.mul_add(*b, lanes[i % 8]);
    }
    let [s0, s1, s2, s3, s4, s5, s6, s7] = lanes;
    ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
}

/// a·b, where 0 hides what is no number: an adjoint of 0 all, a partial of 0 an infinity.
fn hidden(a: f64, b: f64) -> f64 {
    if a == 0.0 || (b == 0.0 && a.is_infinite()) { 0.0 } else { a * b }
}

/// Σ aᵢ·bᵢ where a zero hides what is no number, in order.
fn careful(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (&a, &b)| sum + hidden(a, b))
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

fn exact(value: f64) -> BigFloat {
    BigFloat::new(value, 2200)
}

struct Rows {
    products: Check,
    pairs: Check,
    total: Check,
    gram: Check,
    careful: Check,
    columns: Check,
    compensated: Check,
}

impl Rows {
    fn new() -> Self {
        let row = |name, reference| Check::new(name, "its sum", reference, 0.0).convicts(FILES);
        let order = "plain loops in the documented order";
        let exact = "exact arithmetic, as a share of the bound";
        Rows {
            products: row("kernels product, products", order),
            pairs: row("kernel pairs", order),
            total: row("kernel total", order),
            gram: row("kernel add_gram", order),
            careful: row("kernel careful_product", "the chain rule's product"),
            columns: row("kernels add_product, add_products", order),
            compensated: Check::new("compensated kernels", "sum and what was lost", exact, 1.0)
                .convicts(FILES),
        }
    }

    fn all(self) -> [Check; 7] {
        [self.products, self.pairs, self.total, self.gram, self.careful, self.columns, self.compensated]
    }

    fn judge(&mut self, n: usize, width: usize, is_wild: bool, random: &mut Random) {
        let left = column(n, is_wild, random);
        let columns: Vec<Vec<f64>> = (0..width).map(|_| column(n, is_wild, random)).collect();
        let task = || Task { left: &left, columns: &columns };
        let found = [
            task().with_simd(pulp::Scalar::new()),
            task().with_simd(pulp::Scalar128b),
            task().with_simd(pulp::Scalar256b),
            task().with_simd(pulp::Scalar512b),
            pulp::Arch::new().dispatch(task()),
        ];
        let column = |k: usize| columns[k % width].as_slice();
        let of_left: Vec<f64> = (0..4).map(|k| in_lanes(&left, column(k))).collect();
        let ones = vec![1.0; 512];
        let in_chunks: f64 = left.chunks(512).map(|chunk| in_lanes(&ones, chunk)).sum();
        let gram = gram(&left, &columns);
        for (found, lanes) in found.iter().zip(WIDTHS) {
            let at = || format!("{n} examples, {width} columns, {lanes}");
            let all =
                found.four.iter().zip(&of_left).all(|(a, b)| same(*a, *b)) && same(found.one, of_left[0]);
            self.products.expect(all, || format!("{:?}, expected {of_left:?}, {}", found.four, at()));
            for (j, &of_column) in of_left.iter().enumerate().take(3) {
                let expected = [of_column, in_lanes(column(j), column(3))];
                let all = found.pairs[j].iter().zip(expected).all(|(a, b)| same(*a, b));
                self.pairs.expect(all, || format!("{:?}, expected {expected:?}, {}", found.pairs[j], at()));
            }
            self.total.expect(same(found.total, in_chunks), || {
                format!("{:?}, expected {in_chunks:?}, {}", found.total, at())
            });
            let all =
                found.gram.len() == gram.len() && found.gram.iter().zip(&gram).all(|(a, b)| same(*a, *b));
            self.gram.expect(all, || format!("{:?}, expected {gram:?}, {}", found.gram, at()));
            if !is_wild {
                for (k, &(sum, lost)) in found.compensated.iter().enumerate() {
                    let zero = (0.0, 0.0);
                    self.compensated.count_at(share(&left, column(k), zero, (sum, lost)), || {
                        format!("{sum:e} + {lost:e} of column {k}, {}", at())
                    });
                }
            }
        }
        let (found, expected) = (careful_product(&left, column(0)), careful(&left, column(0)));
        self.careful.expect(same(found, expected), || format!("{found:?}, expected {expected:?} of {n}"));
        self.by_column(&left, &columns, is_wild, random);
    }

    /// Kernels that add to a column: sums + factor·column.
    fn by_column(&mut self, start: &[f64], columns: &[Vec<f64>], is_wild: bool, random: &mut Random) {
        let width = columns.len();
        let column = |k: usize| columns[k % width].as_slice();
        let factors = [0; 4].map(|_| random.normal());
        let four = [column(0), column(1), column(2), column(3)];
        let (mut of_four, mut of_one) = (start.to_vec(), start.to_vec());
        add_products(&mut of_four, factors, four);
        add_product(&mut of_one, factors[0], column(0));
        let lost: Vec<f64> = start.iter().map(|x| x * 1e-17).collect();
        let (mut sums, mut lost_of_four) = (start.to_vec(), lost.clone());
        let (mut sum, mut lost_of_one) = (start.to_vec(), lost.clone());
        add_products_compensated(&mut sums, &mut lost_of_four, factors, four);
        add_product_compensated(&mut sum, &mut lost_of_one, factors[0], column(0));
        for i in 0..start.len() {
            let one = factors[0].mul_add(four[0][i], start[i]);
            let all = (1..4).fold(one, |sum, k| factors[k].mul_add(four[k][i], sum));
            self.columns.expect(same(of_one[i], one) && same(of_four[i], all), || {
                format!("example {i}: {:?} and {:?}, expected {one:?} and {all:?}", of_one[i], of_four[i])
            });
            if is_wild {
                continue;
            }
            let values = four.map(|column| column[i]);
            let known = (start[i], lost[i]);
            self.compensated.count_at(share(&factors, &values, known, (sums[i], lost_of_four[i])), || {
                format!("example {i}: {factors:?} times {values:?} on {known:?}")
            });
            self.compensated.count_at(share(&factors[..1], &values, known, (sum[i], lost_of_one[i])), || {
                format!("example {i}: {} times {} on {known:?}", factors[0], values[0])
            });
            let (rounded, more) = two_sum(start[i], values[0]);
            let is_exact = rounded == start[i] + values[0]
                && (exact(start[i]) + exact(values[0]) - exact(rounded) - exact(more)).is_zero();
            self.columns.expect(is_exact, || format!("two_sum of {:?} and {:?}", start[i], values[0]));
        }
    }
}

/// How much of its bound the error of sum + lost takes, of Σ aᵢ·bᵢ on what was there.
fn share(a: &[f64], b: &[f64], known: (f64, f64), (sum, lost): (f64, f64)) -> f64 {
    const UNIT: f64 = f64::EPSILON / 2.0;
    let start = exact(known.0) + exact(known.1);
    let truth = a.iter().zip(b).fold(start, |sum, (a, b)| sum + exact(*a) * exact(*b));
    let sizes: f64 = a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum::<f64>() + known.0.abs();
    let n = a.len().min(b.len()) as f64 + 8.0;
    let error = (exact(sum) + exact(lost) - truth.clone()).to_f64().abs();
    // What is lost is itself a sum of some n numbers of size u, and twice as many in the lanes.
    let bound = 2.0 * n * n * UNIT * UNIT * sizes + UNIT * UNIT * truth.to_f64().abs();
    if error == 0.0 { 0.0 } else { error / bound }
}

/// The triangle of Σ curvature·xⱼ·xₖ on what is there.
fn gram(curvature: &[f64], columns: &[Vec<f64>]) -> Vec<f64> {
    let mut entries = Vec::new();
    for (j, left) in columns.iter().enumerate() {
        // An example of curvature 0 is absent.
        let bent: Vec<f64> =
            curvature.iter().zip(left).map(|(c, x)| if *c == 0.0 { 0.0 } else { c * x }).collect();
        for right in &columns[..=j] {
            let sum = in_lanes(&bent, right);
            entries.push(0.25 + if sum.is_nan() { careful(&bent, right) } else { sum });
        }
    }
    entries
}
