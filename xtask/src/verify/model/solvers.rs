//! The paths of the solvers, step by step, against the textbook's algorithms.
//!
//! ```text
//! descent    p ← p − ∇F/K,   K = λ_max(mean x̃x̃ᵀ)/4 + λ
//! Newton     p ← p − t·H⁻¹∇F, eigenvalues of H by their sizes where it is indefinite
//! BFGS       G ← (I − ρsyᵀ)G(I − ρysᵀ) + ρssᵀ, ρ = 1/yᵀs, over the last twenty pairs;   p ← p − t·G∇F
//! Newton-CG  H·δ = −∇F by conjugate gradients in the metric D to a residual of min(½, √(‖∇F‖/‖∇F₀‖))·‖∇F‖
//! t = 1, ½, ¼, … until F has fallen by 10⁻⁴·t·|∇F·δ| (Nocedal and Wright, Numerical Optimization, 2006, chapters 3, 6 and 7)
//! ```
//!
//! Beside them the end: by when a tolerance is reached, and that no more steps are taken than are allowed.
//!
//! Invariant: the algorithms here are dense and plain, and share nothing with the model crate; histories are compared where rounding has not yet had its say.

use chainrule_data::Dataset;
use chainrule_graph::Graph;
use chainrule_model::{Error as ModelError, Fit, LogisticRegression, Penalty, Solver};

use super::oracle::Sample;
use super::proofs::cases::Case;
use super::proofs::random_sample;
use super::proofs::seen::{Seen, Units};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// What eight steps make of the roundings of sums.
const PATH: f64 = 1e-7;

const STEPS: usize = 8;

const TEXTBOOK: &str = "the textbook's algorithm";

/// A function with its derivatives.
struct Smooth<'s> {
    value_and_gradient: &'s dyn Fn(&[f64]) -> (f64, Vec<f64>),
    hessian: &'s dyn Fn(&[f64]) -> Vec<Vec<f64>>,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    paths(effort)?.into_iter().for_each(&mut *emit);
    emit(sufficient_decrease()?);
    emit(indefinite(effort)?);
    emit(custom(effort)?);
    ends(effort)?.into_iter().for_each(&mut *emit);
    Ok(())
}

fn row(name: &str, route: &'static str, bound: f64, files: &'static str) -> Check {
    Check::new(format!("solvers: {name}"), route, TEXTBOOK, bound).convicts(files)
}

/// A logistic regression in standard coordinates.
struct Logistic {
    case: Case,
    units: Units,
}

impl Logistic {
    fn new(sample: Sample, lambda: f64, tolerance: Option<f64>) -> Self {
        let units = Units::of(&sample, &sample);
        Logistic { case: Case { sample, lambda, tolerance }, units }
    }

    fn given(&self, point: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> = point[1..].iter().zip(&self.units.scales).map(|(w, s)| w / s).collect();
        let moved: f64 = weights.iter().zip(&self.units.means).map(|(w, m)| w * m).sum();
        std::iter::once(point[0] - moved).chain(weights).collect()
    }

    fn seen(&self, point: &[f64]) -> Seen {
        Seen::plain(&self.case.sample, &self.units, &self.given(point), self.case.lambda)
    }

    /// λⱼ, 0 for the intercept.
    fn penalty(&self, j: usize) -> f64 {
        if j == 0 { 0.0 } else { self.case.lambda / self.units.scales[j - 1].powi(2) }
    }

    fn value_and_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let seen = self.seen(point);
        let penalties = point.iter().enumerate().map(|(j, w)| self.penalty(j) * w * w / 2.0);
        (seen.loss + penalties.sum::<f64>(), seen.gradient)
    }

    fn hessian(&self, point: &[f64]) -> Vec<Vec<f64>> {
        let mut hessian = self.seen(point).hessian;
        for (j, row) in hessian.iter_mut().enumerate() {
            row[j] += self.penalty(j);
        }
        hessian
    }

    /// About the second derivatives: ¼ of a mean square of 1, and the penalty.
    fn diagonal(&self) -> Vec<f64> {
        (0..=self.units.means.len()).map(|j| 0.25 + self.penalty(j)).collect()
    }

    /// K, by powers of the matrix.
    fn curvature(&self) -> f64 {
        let size = self.units.means.len() + 1;
        let (sample, mut total) = (&self.case.sample, 0.0);
        let mut gram = vec![vec![0.0; size]; size];
        for i in 0..sample.labels.len() {
            let weight = sample.weights.as_ref().map_or(1.0, |weights| weights[i]);
            let entry = |j: usize| match j.checked_sub(1) {
                None => 1.0,
                Some(j) => (sample.columns[j][i] - self.units.means[j]) / self.units.scales[j],
            };
            for (j, row) in gram.iter_mut().enumerate() {
                for (k, sum) in row.iter_mut().enumerate() {
                    *sum += weight * entry(j) * entry(k);
                }
            }
            total += weight;
        }
        let most = (0..size).map(|j| self.penalty(j)).fold(0.0, f64::max);
        largest_eigenvalue(&gram) / total / 4.0 + most
    }
}

/// By squaring the matrix, which leaves the direction of the largest.
fn largest_eigenvalue(matrix: &[Vec<f64>]) -> f64 {
    let size = matrix.len();
    let mut power = matrix.to_vec();
    for _ in 0..40 {
        let trace: f64 = (0..size).map(|j| power[j][j]).sum();
        let entry =
            |j: usize, k: usize| (0..size).map(|l| power[j][l] * power[l][k]).sum::<f64>() / trace / trace;
        power = (0..size).map(|j| (0..size).map(|k| entry(j, k)).collect()).collect();
    }
    // A power is v·vᵀ: the row of its largest diagonal entry is v.
    let most = (0..size).max_by(|&j, &k| power[j][j].total_cmp(&power[k][k])).unwrap_or(0);
    let along = power[most].clone();
    let turned = product(matrix, &along);
    dot(&turned, &along) / dot(&along, &along)
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

fn plus(point: &[f64], share: f64, step: &[f64]) -> Vec<f64> {
    point.iter().zip(step).map(|(p, s)| p + share * s).collect()
}

/// The solution of a linear system by elimination with pivots.
fn solved(matrix: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let size = right.len();
    let mut rows: Vec<Vec<f64>> =
        matrix.iter().zip(right).map(|(row, r)| row.iter().copied().chain([*r]).collect()).collect();
    for j in 0..size {
        let best = (j..size).max_by(|&a, &b| rows[a][j].abs().total_cmp(&rows[b][j].abs())).unwrap_or(j);
        rows.swap(j, best);
        let pivot = rows[j].clone();
        for (k, row) in rows.iter_mut().enumerate() {
            let factor = row[j] / pivot[j];
            if k != j {
                row.iter_mut().zip(&pivot).for_each(|(entry, other)| *entry -= factor * other);
            }
        }
    }
    (0..size).map(|j| rows[j][size] / rows[j][j]).collect()
}

/// A place on a path.
struct Step {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Smooth<'_> {
    fn at(&self, point: Vec<f64>) -> Step {
        let (value, gradient) = (self.value_and_gradient)(&point);
        Step { point, value, gradient }
    }

    /// The first of the whole step, its half, … that falls as promised.
    fn lower(&self, from: &Step, step: &[f64]) -> Step {
        let slope = dot(&from.gradient, step);
        let mut share = 1.0;
        loop {
            let there = self.at(plus(&from.point, share, step));
            if there.value <= from.value + 1e-4 * share * slope || share < 1e-9 {
                return there;
            }
            share /= 2.0;
        }
    }

    /// F along a path whose steps follow from where it is and where it was.
    fn path(&self, start: &[f64], mut step: impl FnMut(&Self, &[Step]) -> Vec<f64>) -> Vec<f64> {
        let mut places = vec![self.at(start.to_vec())];
        for _ in 0..STEPS {
            let next = step(self, &places);
            let last = &places[places.len() - 1];
            // Here steps end in roundings.
            if dot(&last.gradient, &next).abs() < 1e-8 * last.value.abs() {
                break;
            }
            let next = self.lower(last, &next);
            places.push(next);
        }
        places.into_iter().map(|place| place.value).collect()
    }

    fn bfgs(&self, start: &[f64], diagonal: &[f64]) -> Vec<f64> {
        self.path(start, |_, places| {
            let size = diagonal.len();
            let mut inverse: Vec<Vec<f64>> = (0..size)
                .map(|j| (0..size).map(|k| if j == k { 1.0 / diagonal[j] } else { 0.0 }).collect())
                .collect();
            for pair in places.windows(2).rev().take(20).collect::<Vec<_>>().into_iter().rev() {
                let s = plus(&pair[1].point, -1.0, &pair[0].point);
                let y = plus(&pair[1].gradient, -1.0, &pair[0].gradient);
                let rho = 1.0 / dot(&s, &y);
                let entry = |j: usize, k: usize| {
                    let left = |j: usize, l: usize| f64::from(u8::from(j == l)) - rho * s[j] * y[l];
                    let sum = |l: usize| (0..size).map(|m| inverse[l][m] * left(k, m)).sum::<f64>();
                    (0..size).map(|l| left(j, l) * sum(l)).sum::<f64>() + rho * s[j] * s[k]
                };
                inverse = (0..size).map(|j| (0..size).map(|k| entry(j, k)).collect()).collect();
            }
            let last = &places[places.len() - 1];
            product(&inverse, &last.gradient).into_iter().map(|entry| -entry).collect()
        })
    }

    fn conjugate_gradients(&self, start: &[f64], diagonal: &[f64]) -> Vec<f64> {
        let in_metric = |v: &[f64]| v.iter().zip(diagonal).map(|(v, d)| v * v / d).sum::<f64>().sqrt();
        self.path(start, |smooth, places| {
            let last = &places[places.len() - 1];
            let (first, now) = (in_metric(&places[0].gradient), in_metric(&last.gradient));
            let wanted = now * (now / first).sqrt().min(0.5);
            let hessian = (smooth.hessian)(&last.point);
            let mut step = vec![0.0; diagonal.len()];
            let mut residual: Vec<f64> = last.gradient.iter().map(|g| -g).collect();
            let solved = |r: &[f64]| r.iter().zip(diagonal).map(|(r, d)| r / d).collect::<Vec<f64>>();
            let mut direction = solved(&residual);
            for _ in 0..diagonal.len() {
                if in_metric(&residual) <= wanted {
                    break;
                }
                let turned = product(&hessian, &direction);
                let before = dot(&residual, &solved(&residual));
                let share = before / dot(&direction, &turned);
                step = plus(&step, share, &direction);
                residual = plus(&residual, -share, &turned);
                let again = dot(&residual, &solved(&residual)) / before;
                direction = plus(&solved(&residual), again, &direction);
            }
            step
        })
    }
}

/// What a fit tells of its way, whether or not it came to an end.
fn history(fit: Result<Fit, ModelError>) -> Result<Vec<f64>, Error> {
    match fit {
        Ok(fit) => Ok(fit.history().to_vec()),
        Err(ModelError::NotReached { fit, .. }) => Ok(fit.history().to_vec()),
        Err(error) => Err(error.into()),
    }
}

/// A history beside the textbook's.
fn compare(row: &mut Check, found: &[f64], known: &[f64], what: &str) {
    row.expect(found.len() >= known.len(), || {
        format!("{what}: {} steps, the textbook takes {}", found.len() - 1, known.len() - 1)
    });
    for (step, (&found, &known)) in found.iter().zip(known).enumerate() {
        row.compare_at(found, known, || format!("{what}, F after step {step}"));
    }
}

fn paths(effort: &Effort) -> Result<[Check; 4], Error> {
    let mut descent =
        row("descent", "histories", PATH, "crates/model/src/descent.rs crates/model/src/ridge.rs");
    let mut bfgs = row(
        "limited-memory BFGS",
        "histories",
        PATH,
        "crates/model/src/memory.rs crates/model/src/quasi_newton.rs crates/model/src/objective.rs",
    );
    let mut gradients =
        row("Newton's method by conjugate gradients", "histories", PATH, "crates/model/src/newton_cg.rs");
    let mut newton = row(
        "first step of Newton's method",
        "histories",
        PATH,
        "crates/model/src/newton.rs crates/model/src/quasi_newton.rs crates/model/src/metric.rs crates/model/src/collinear.rs",
    );
    let draws =
        [(Random::new(0x50F7), effort.samples(8, 60)), (effort.fresh("solvers"), effort.samples(4, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = Sample { offset: None, ..random_sample(kind, &mut random) };
            let lambda = if kind % 2 == 0 { 0.0 } else { 10f64.powf(random.between(-2.0, 2.0)) };
            let known = Logistic::new(sample, lambda, None);
            let data = known.case.dataset()?;
            let smooth = Smooth {
                value_and_gradient: &|point| known.value_and_gradient(point),
                hessian: &|point| known.hessian(point),
            };
            let start = vec![0.0; known.units.means.len() + 1];
            let by = |solver| history(known.case.regression().solver(solver).iteration_limit(40).fit(&data));
            let what = format!("{} coefficients, λ = {lambda}", start.len());
            let diagonal = known.diagonal();
            compare(&mut bfgs, &by(Solver::Lbfgs)?, &smooth.bfgs(&start, &diagonal), &what);
            compare(
                &mut gradients,
                &by(Solver::NewtonCg)?,
                &smooth.conjugate_gradients(&start, &diagonal),
                &what,
            );
            let first = smooth.path(&start, |smooth, places| {
                let last = &places[places.len() - 1];
                solved(&(smooth.hessian)(&last.point), &last.gradient).into_iter().map(|s| -s).collect()
            });
            compare(&mut newton, &by(Solver::Newton)?, &first[..2.min(first.len())], &what);
            let mut places = vec![smooth.at(start)];
            for step in 0..STEPS {
                let last = &places[step];
                // Where two eigenvalues are as good as alike it has arrived.
                if dot(&last.gradient, &last.gradient) < 1e-16 * last.value {
                    break;
                }
                places.push(smooth.at(plus(&last.point, -1.0 / known.curvature(), &last.gradient)));
            }
            let values: Vec<f64> = places.iter().map(|place| place.value).collect();
            compare(&mut descent, &by(Solver::GradientDescent)?, &values, &what);
            in_given_units(&mut descent, &known, &data, &what)?;
        }
    }
    Ok([descent, bfgs, gradients, newton])
}

/// Descent by the columns as they are, whose coefficients are told.
fn in_given_units(row: &mut Check, known: &Logistic, data: &Dataset, what: &str) -> Result<(), Error> {
    let width = known.units.means.len();
    let units =
        Units { means: vec![0.0; width], scales: vec![1.0; width], largest: known.units.largest.clone() };
    let given = Logistic { case: known.case.clone(), units };
    let rate = 1.0 / given.curvature();
    let mut point = vec![0.0; width + 1];
    for steps in 1..=3 {
        point = plus(&point, -rate, &given.seen(&point).gradient);
        let fit = known.case.regression().descend(data, steps)?;
        let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
        let largest = point.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
        for (found, &expected) in found.zip(&point) {
            row.compare_at_scale_at(found, expected, largest, || {
                format!("{what}, coefficient after step {steps}")
            });
        }
    }
    Ok(())
}

/// √(1 + p²), where Newton's step from p leads to −p³: from 1 − ε it falls by about ε of what the slope promises.
fn sufficient_decrease() -> Result<Check, Error> {
    let mut row = row(
        "sufficient decrease",
        "the first step",
        1e-9,
        "crates/model/src/solver.rs crates/model/src/custom.rs",
    );
    let graph = Graph::new();
    let loss = graph.parse("data x; sqrt(1 + (p*x)^2)")?;
    let f = |p: f64| (1.0 + p * p).sqrt();
    for epsilon in [2e-6, 2e-5, 5e-5, 9e-5, 1.1e-4, 2e-4, 1e-3, 1e-2] {
        let p = 1.0 - epsilon;
        let step = -p * (1.0 + p * p);
        let is_enough = |share: f64| f(p + share * step) <= f(p) + 1e-4 * share * step * p / f(p);
        let shares = [1.0, 0.5, 0.25];
        let share = shares.into_iter().find(|&share| is_enough(share)).unwrap_or(f64::NAN);
        let minimum = Fit::loss(&graph, loss)?.solver(Solver::Newton).start(&[p])?.fit(&[&[1.0]])?;
        let found = minimum.history().get(1).copied().unwrap_or(f64::NAN);
        row.compare_at(found, f(p + share * step), || format!("from 1 − {epsilon:e}, F after one step"));
    }
    Ok(row)
}

/// A robust loss where it is concave along some direction.
fn indefinite(effort: &Effort) -> Result<Check, Error> {
    let mut row =
        row("first step where the Hessian is indefinite", "F after it", 1e-7, "crates/model/src/metric.rs");
    let graph = Graph::new();
    let loss = graph.parse("data x, y; ln(1 + (y - a - b*x)^2)")?;
    let draws = [
        (Random::new(0x1DEF), effort.samples(12, 100)),
        (effort.fresh("indefinite"), effort.samples(12, 100)),
    ];
    for (mut random, count) in draws {
        for _ in 0..count {
            let x: Vec<f64> = (0..6).map(|_| random.normal()).collect();
            let y: Vec<f64> = x.iter().map(|x| 1.0 + 2.0 * x + 0.3 * random.normal()).collect();
            let start = [random.between(-4.0, 4.0), random.between(-4.0, 4.0)];
            let derivatives = |point: &[f64]| {
                let mut sums = [0.0; 6];
                for (x, y) in x.iter().zip(&y) {
                    let r = y - point[0] - point[1] * x;
                    let first = -2.0 * r / (1.0 + r * r);
                    let second = 2.0 * (1.0 - r * r) / (1.0 + r * r).powi(2);
                    let terms = [(1.0 + r * r).ln(), first, first * x, second, second * x, second * x * x];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / 6.0);
                }
                sums
            };
            let [_, g0, g1, h00, h01, h11] = derivatives(&start);
            // |H| = Σ|λ|vvᵀ, which for eigenvalues of unlike signs is (H² − det H·I)/(λ₁ − λ₂).
            let determinant = h00 * h11 - h01 * h01;
            if determinant >= -1e-3 {
                continue;
            }
            let spread = ((h00 - h11).powi(2) + 4.0 * h01 * h01).sqrt();
            let on_diagonal = |entry: f64| (entry * entry + h01 * h01 - determinant) / spread;
            let beside = h01 * (h00 + h11) / spread;
            let bent = [vec![on_diagonal(h00), beside], vec![beside, on_diagonal(h11)]];
            let step: Vec<f64> = solved(&bent, &[g0, g1]).into_iter().map(|s| -s).collect();
            let smooth = Smooth {
                value_and_gradient: &|point| {
                    let [value, g0, g1, ..] = derivatives(point);
                    (value, vec![g0, g1])
                },
                hessian: &|_| Vec::new(),
            };
            let expected = smooth.lower(&smooth.at(start.to_vec()), &step).value;
            let regression = Fit::loss(&graph, loss)?.solver(Solver::Newton).start(&start)?;
            let columns: [&[f64]; 2] = if regression.columns()[0] == "x" { [&x, &y] } else { [&y, &x] };
            let Ok(minimum) = regression.fit(&columns) else { continue };
            let found = minimum.history().get(1).copied().unwrap_or(f64::NAN);
            row.compare_at(found, expected, || format!("from {start:?}"));
        }
    }
    Ok(row)
}

/// Counts, by the solvers that a loss of one's own has.
fn custom(effort: &Effort) -> Result<Check, Error> {
    let mut row = row("paths of a loss of one's own", "histories", PATH, "crates/model/src/custom.rs");
    let graph = Graph::new();
    let loss = graph.parse("data x, y; z = a + b*x; exp(z) - y*z")?;
    let draws =
        [(Random::new(0xC057), effort.samples(4, 40)), (effort.fresh("losses"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for _ in 0..count {
            let x: Vec<f64> = (0..15).map(|_| random.between(-1.0, 1.0)).collect();
            let y: Vec<f64> = x.iter().map(|_| random.below(4) as f64).collect();
            let (lambda, start) =
                (random.between(0.1, 2.0), [random.between(-0.5, 0.5), random.between(-0.5, 0.5)]);
            let sums = |point: &[f64]| {
                let mut sums = [0.0; 6];
                for (x, y) in x.iter().zip(&y) {
                    let z = point[0] + point[1] * x;
                    let terms = [
                        z.exp() - y * z,
                        z.exp() - y,
                        (z.exp() - y) * x,
                        z.exp(),
                        z.exp() * x,
                        z.exp() * x * x,
                    ];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / 15.0);
                }
                sums
            };
            let smooth = Smooth {
                value_and_gradient: &|p| {
                    let [value, g0, g1, ..] = sums(p);
                    (value + lambda / 2.0 * p[1] * p[1], vec![g0, g1 + lambda * p[1]])
                },
                hessian: &|p| {
                    let [.., h00, h01, h11] = sums(p);
                    vec![vec![h00, h01], vec![h01, h11 + lambda]]
                },
            };
            let regression = Fit::loss(&graph, loss)?.l2(lambda, &["b"])?.start(&start)?;
            let columns: [&[f64]; 2] = if regression.columns()[0] == "x" { [&x, &y] } else { [&y, &x] };
            let diagonal = [1.0, 1.0 + lambda];
            let bfgs = regression.clone().solver(Solver::Lbfgs).fit(&columns)?;
            compare(&mut row, bfgs.history(), &smooth.bfgs(&start, &diagonal), "BFGS");
            let gradients = regression.clone().solver(Solver::NewtonCg).fit(&columns)?;
            compare(
                &mut row,
                gradients.history(),
                &smooth.conjugate_gradients(&start, &diagonal),
                "Newton-CG",
            );
        }
    }
    Ok(row)
}

/// When descent reaches a tolerance, by the bound that strong convexity gives without roundings; and limits of steps.
fn ends(effort: &Effort) -> Result<[Check; 2], Error> {
    let mut stops = row(
        "descent that stops at a tolerance",
        "numbers of steps",
        0.0,
        "crates/model/src/objective.rs crates/model/src/descent.rs",
    );
    let mut limits = row(
        "limits of steps",
        "fits",
        0.0,
        "crates/model/src/quasi_newton.rs crates/model/src/newton_cg.rs crates/model/src/descent.rs crates/model/src/regression.rs",
    );
    let draws = [(Random::new(0x570B), effort.samples(6, 60)), (effort.fresh("ends"), effort.samples(3, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = Sample { offset: None, ..random_sample(kind, &mut random) };
            let lambda = 10f64.powf(random.between(-1.0, 1.0));
            let tolerance = 10f64.powf(random.between(-6.0, -1.0));
            let known = Logistic::new(sample, lambda, Some(tolerance));
            let data = known.case.dataset()?;
            let regression = known.case.regression();
            if let Some(expected) = steps_to(&known, tolerance)
                && let Ok(fit) = regression.clone().solver(Solver::GradientDescent).fit(&data)
            {
                stops.expect_same(&fit.iterations(), &expected, || {
                    format!("λ = {lambda}, tolerance {tolerance:e}")
                });
            }
            for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent] {
                limit(&mut limits, &regression.clone().solver(solver), &data, solver)?;
            }
            let precise = LogisticRegression::new().penalty(Penalty::L2(lambda));
            for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg] {
                limit(&mut limits, &precise.clone().solver(solver), &data, solver)?;
            }
        }
    }
    Ok([stops, limits])
}

/// As many steps as are needed are enough, and one less is not.
fn limit(
    row: &mut Check,
    regression: &LogisticRegression,
    data: &Dataset,
    solver: Solver,
) -> Result<(), Error> {
    let Ok(fit) = regression.fit(data) else { return Ok(()) };
    let steps = fit.iterations();
    let enough = regression.clone().iteration_limit(steps).fit(data);
    row.expect(enough.is_ok_and(|again| again.history() == fit.history()), || {
        format!("{solver}: {steps} steps are not enough")
    });
    if let Some(fewer) = steps.checked_sub(1) {
        let found = regression.clone().iteration_limit(fewer).fit(data);
        let is_told = match &found {
            Err(ModelError::NotReached { obstacle, fit }) => {
                format!("{obstacle:?}").contains("IterationLimit") && fit.iterations() <= fewer
            }
            _ => false,
        };
        row.expect(is_told, || {
            format!(
                "{solver}: {steps} steps, and with {fewer} allowed {:?}",
                found.map(|fit| fit.iterations())
            )
        });
    }
    Ok(())
}

/// Steps of descent until Σ (|gⱼ − g₀/h·mⱼ| + (e^δ − 1)·δ/4)²/(2λⱼ) + g₀²/h is half of the tolerance's share of F; nothing if that is too near to tell.
fn steps_to(known: &Logistic, tolerance: f64) -> Option<usize> {
    const MOST: usize = 300;
    let rate = 1.0 / known.curvature();
    let mut point = vec![0.0; known.units.means.len() + 1];
    for step in 0..MOST {
        let (seen, (value, gradient)) = (known.seen(&point), known.value_and_gradient(&point));
        let (h, slope) = (seen.hessian[0][0], gradient[0]);
        let delta = -(-slope.abs() / h).ln_1p();
        let of_weight = |j: usize| {
            let left = (gradient[j] - slope / h * seen.hessian[0][j]).abs() + delta.exp_m1() * delta / 4.0;
            left * left / (2.0 * known.penalty(j))
        };
        let gap = (1..point.len()).map(of_weight).sum::<f64>() + slope * slope / h;
        let share = gap / (tolerance / 2.0 * value);
        if (share - 1.0).abs() < 1e-6 {
            return None;
        }
        if share < 1.0 {
            return Some(step);
        }
        point = plus(&point, -rate, &gradient);
    }
    None
}
