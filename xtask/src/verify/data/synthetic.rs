//! Synthetic data against the law that they are made by: the documented stream of words, margins in exact arithmetic.
//!
//! The sign of n·x + o − γ is decided without rounding.
//!
//! Invariant: nothing of the data crate but its public results is used here.

use chainrule_data::{Distribution, Separable};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Exp1, StandardNormal, StudentT};

use crate::error::Error;
use crate::verify::exact::sign_of_sum;
use crate::verify::{Check, Effort, Emit, Random};

const SEED: u64 = 41;
const FILES: &str = "crates/data/src/{synthetic,random,hyperplane}.rs";

/// The documented source: words of ChaCha8.
struct Stream(ChaCha8Rng);

impl Stream {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// One draw of mean 0 and variance 1: Student's t has the variance ν/(ν − 2), e^N(0, 1) the mean √e and the variance e² − e.
    fn draw(&mut self, from: Distribution) -> f64 {
        let e = std::f64::consts::E;
        let mut normal = || -> f64 { StandardNormal.sample(&mut self.0) };
        match from {
            Distribution::Gaussian => normal(),
            Distribution::LogNormal => (normal().exp() - e.sqrt()) / (e * e - e).sqrt(),
            Distribution::Exponential => {
                let draw: f64 = Exp1.sample(&mut self.0);
                draw - 1.0
            }
            Distribution::StudentT(degrees) => {
                let draw = StudentT::new(degrees).map_or(f64::NAN, |student| student.sample(&mut self.0));
                draw * ((degrees - 2.0) / degrees).sqrt()
            }
            _ => (2.0 * self.uniform() - 1.0) * 3_f64.sqrt(),
        }
    }

    fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        let mut last = n;
        while last > 1 {
            let pick = (u128::from(self.0.next_u64()) * last as u128) >> 64;
            last -= 1;
            order.swap(last, pick as usize);
        }
        order
    }
}

/// What one table of settings has to give.
struct Rows {
    margin: Check,
    stream: Check,
    noise: Check,
    placed: Check,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut rows = Rows {
        margin: Check::new("margins of separable data", "every example", "exact arithmetic", 0.0)
            .convicts(FILES),
        stream: Check::new("what a seed gives", "hyperplane, labels", "the words of ChaCha8", 1e-15)
            .convicts(FILES),
        noise: Check::new("label noise", "flipped labels", "the words of ChaCha8", 0.0)
            .convicts("crates/data/src/synthetic.rs"),
        // A draw of size 10 in 9 dimensions loses some tens of ulps, and what lies near the plane is moved by them.
        placed: Check::new("where examples are put", "features", "the documented move", 1e-12)
            .convicts(FILES),
    };
    for (count, mut random) in [
        (effort.samples(40, 400), Random::new(SEED)),
        (effort.samples(20, 400), effort.fresh("data synthetic")),
    ] {
        for _ in 0..count {
            of_settings(&mut random, &mut rows)?;
        }
    }
    let Rows { margin, stream, noise, placed } = rows;
    [margin, stream, noise, placed].into_iter().for_each(&mut *emit);
    distributions(emit)?;
    settings(emit);
    Ok(())
}

fn of_settings(random: &mut Random, rows: &mut Rows) -> Result<(), Error> {
    let (m, d, seed) = (20 + random.below(60), 1 + random.below(9), random.bits());
    // Beside a margin of 1e15 the draw itself is lost: rounding alone decides there.
    let exponent = if random.chance(0.3) { random.between(13.0, 17.0) } else { random.between(-6.0, 2.0) };
    let margin = 10_f64.powf(exponent);
    let (balance, share) = (random.between(0.2, 0.8), random.between(0.0, 0.1));
    let correlation = if random.chance(0.5) { 0.0 } else { random.between(0.0, 0.95) };
    let distribution = match random.below(8) {
        0 => Distribution::Gaussian,
        1 => Distribution::StudentT(random.between(2.1, 30.0)),
        2 => Distribution::Exponential,
        3 => Distribution::LogNormal,
        _ => Distribution::Uniform,
    };
    let place = || {
        format!(
            "{distribution:?}, {m} × {d}, margin {margin:e}, balance {balance}, noise {share}, ρ {correlation}, seed {seed}"
        )
    };
    let made = Separable::new(m, d)
        .distribution(distribution)
        .margin(margin)
        .balance(balance)
        .label_noise(share)
        .correlation(correlation)
        .seed(seed)
        .generate()?;
    let mut stream = Stream(ChaCha8Rng::seed_from_u64(seed));
    let mut normal: Vec<f64> = Vec::new();
    let mut squares = 0.0;
    while squares < 1e-6 {
        normal = (0..d).map(|_| (0..12).map(|_| stream.uniform()).fold(-6.0, |sum, u| sum + u)).collect();
        squares = normal.iter().map(|n| n * n).sum();
    }
    normal.iter_mut().for_each(|n| *n /= squares.sqrt());
    let offset = stream.uniform() - 0.5;
    for (&found, &expected) in made.hyperplane.normal.iter().zip(&normal) {
        rows.stream.compare_at(found, expected, || format!("normal, {}", place()));
    }
    rows.stream.compare_at(made.hyperplane.offset, offset, || format!("offset, {}", place()));
    let mut events = stream.permutation(m);
    events.truncate((balance * m as f64).round() as usize);
    let side: Vec<f64> = (0..m).map(|row| if events.contains(&row) { 1.0 } else { -1.0 }).collect();
    for (row, side) in side.iter().enumerate() {
        let shared = correlation.sqrt() * stream.draw(distribution);
        let own = (1.0 - correlation).sqrt();
        let drawn: Vec<f64> = (0..d).map(|_| shared + own * stream.draw(distribution)).collect();
        let t = drawn.iter().zip(&normal).map(|(x, n)| x * n).sum::<f64>() + offset;
        let largest = drawn.iter().fold(0.0, |most, x| f64::max(most, x.abs()));
        let found: Vec<f64> = made.dataset.features().row(row).iter().copied().collect();
        for ((found, drawn), n) in found.iter().zip(&drawn).zip(&normal) {
            let expected = drawn + n * (side * (t.abs() + margin) - t);
            rows.placed.compare_at_scale_at(*found, expected, 10.0 + margin + largest, || {
                format!("row {row}, {}", place())
            });
        }
        let truth = &made.hyperplane;
        let terms = found.iter().copied().zip(truth.normal.iter().copied());
        let signed = terms.map(|(x, n)| (side * x, n)).chain([(*side, truth.offset), (-1.0, margin)]);
        let beyond = sign_of_sum(signed);
        rows.margin.expect(beyond >= 0.0, || format!("row {row} is nearer than the margin, {}", place()));
    }
    let mut flipped = stream.permutation(m);
    flipped.truncate((share * m as f64).round() as usize);
    flipped.sort_unstable();
    rows.noise.expect_same(&made.flipped, &flipped, place);
    for (row, side) in side.iter().enumerate() {
        let expected = if (*side > 0.0) == flipped.contains(&row) { 0.0 } else { 1.0 };
        rows.noise.compare_at(made.dataset.labels()[row], expected, || format!("label {row}, {}", place()));
    }
    Ok(())
}

/// Mean 0 and variance 1 of what is drawn, read off the direction that no move touches: orthogonal to the normal.
fn distributions(emit: &mut Emit<'_>) -> Result<(), Error> {
    const EXAMPLES: usize = 40_000;
    let all = [
        ("uniform", Distribution::Uniform, 0.02),
        ("gaussian", Distribution::Gaussian, 0.03),
        ("student", Distribution::StudentT(9.0), 0.05),
        ("exponential", Distribution::Exponential, 0.06),
        ("log-normal", Distribution::LogNormal, 0.15),
    ];
    for (name, distribution, tolerance) in all {
        // Fixed seeds: a right program always passes. The bounds are some three deviations of the sample's variance.
        let mut check =
            Check::new(format!("distribution {name}"), "40,000 draws", "mean 0, variance 1", tolerance)
                .convicts("crates/data/src/distribution.rs");
        for correlation in [0.0, 0.5] {
            let made = Separable::new(EXAMPLES, 2)
                .distribution(distribution)
                .correlation(correlation)
                .seed(5)
                .generate()?;
            let normal = &made.hyperplane.normal;
            let along: Vec<f64> =
                made.dataset.features().row_iter().map(|x| x[0] * normal[1] - x[1] * normal[0]).collect();
            let mean = along.iter().sum::<f64>() / EXAMPLES as f64;
            let variance = along.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / EXAMPLES as f64;
            let expected = 1.0 - 2.0 * correlation * normal[0] * normal[1];
            check.compare_at_scale_at(mean, 0.0, 1.0, || format!("mean at ρ = {correlation}"));
            check.compare_at_scale_at(variance, expected, 1.0, || format!("variance at ρ = {correlation}"));
        }
        emit(check);
    }
    Ok(())
}

/// What is out of range is refused, and what is just within is not.
fn settings(emit: &mut Emit<'_>) {
    let mut check =
        Check::new("settings of separable data", "taken or refused", "the documented ranges", 0.0)
            .convicts("crates/data/src/{synthetic,distribution}.rs");
    let plain = Separable::new(20, 2);
    let student = |degrees| plain.distribution(Distribution::StudentT(degrees));
    let cases = [
        ("1 example", Separable::new(1, 2), false),
        ("2 examples", Separable::new(2, 2), true),
        ("no feature", Separable::new(20, 0), false),
        ("1 feature", Separable::new(20, 1), true),
        ("margin 1e-100", plain.margin(1e-100), true),
        ("margin 9e-101", plain.margin(9e-101), false),
        ("margin 1e100", plain.margin(1e100), true),
        ("margin 1.1e100", plain.margin(1.1e100), false),
        ("margin NaN", plain.margin(f64::NAN), false),
        ("balance 0", plain.balance(0.0), false),
        ("balance 1", plain.balance(1.0), false),
        ("balance of half an event", plain.balance(0.025), true),
        ("balance of no event", plain.balance(0.024), false),
        ("balance of all events", plain.balance(0.976), false),
        ("noise 1", plain.label_noise(1.0), false),
        ("noise below 0", plain.label_noise(-0.01), false),
        ("correlation 1", plain.correlation(1.0), false),
        ("correlation 0.99", plain.correlation(0.99), true),
        ("2 degrees of freedom", student(2.0), false),
        ("2.1 degrees of freedom", student(2.1), true),
        ("infinite degrees of freedom", student(f64::INFINITY), false),
    ];
    for (what, settings, taken) in cases {
        check.expect_same(&settings.generate().is_ok(), &taken, || what.to_owned());
    }
    emit(check);
}
