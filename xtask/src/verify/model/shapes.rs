//! The mean log-loss, its gradient and Hessian, over data of every shape: programs and objectives against compensated sums.
//!
//! ```text
//! J = Σᵢ pᵢ·ln(1 + e^(∓zᵢ)) + ½ Σⱼ λⱼ·wⱼ²        zᵢ = b + Σⱼ wⱼ·xᵢⱼ + oᵢ        pᵢ = cᵢ/Σc
//! ```
//!
//! Loops over blocks, lanes, chunks and threads go wrong where a shape begins or ends: columns beyond four and eight at a time, examples
//! left over after vectors, the last example of a chunk of 16,384, the last chunk of a wave of 64. Every shape is made, and every sum of it is held
//! to a plain loop that adds up with its rounding errors (Neumaier's sum).
//!
//! Invariant: the reference knows neither blocks nor chunks; an error is relative to the sum of the terms' magnitudes.

use chainrule_data::Dataset;
use chainrule_graph::{Graph, Real};
use chainrule_model::{Gradient, Objective};
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Sums of up to a million terms in blocks, each term good to some ulps: 10⁻¹⁵ where all is well, a dropped example at least 10⁻⁷.
const SUMMATION: f64 = 1e-13;

/// How many columns and examples.
#[derive(Clone, Copy, Debug)]
struct Shape {
    columns: usize,
    examples: usize,
}

/// Examples of a chunk, and chunks of a wave, as the documentation of passes says.
const CHUNK: usize = 16_384;
const WAVE: usize = 64;

/// 0 … 17 columns with 0 … 9 examples beyond vectors and blocks; the ends of a chunk; a wave and one example more.
fn shapes(effort: &Effort) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for columns in 0..=17 {
        shapes.push(Shape { columns, examples: 16 + columns % 10 });
        shapes.push(Shape { columns, examples: 512 + (3 * columns + 1) % 10 });
    }
    for examples in (1..=25).chain(503..=522) {
        shapes.push(Shape { columns: 3, examples });
    }
    for examples in CHUNK - 1..=CHUNK + 1 {
        shapes.push(Shape { columns: 2, examples });
    }
    shapes.push(Shape { columns: 5, examples: 3 * CHUNK + 7 });
    if effort.deep {
        let examples = [64, 511, 1024, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 9];
        let with = |columns: usize| examples.into_iter().map(move |examples| Shape { columns, examples });
        shapes.extend((0..=17).chain([31, 32, 33, 64, 65]).flat_map(with));
    }
    shapes.push(Shape { columns: 1, examples: WAVE * CHUNK + 1 });
    shapes
}

/// Examples with weights and offsets, a point and a direction.
struct Problem {
    shape: Shape,
    columns: Vec<Vec<f64>>,
    labels: Vec<f64>,
    weights: Option<Vec<f64>>,
    offset: Option<Vec<f64>>,
    /// The intercept, then the weights.
    point: Vec<f64>,
    direction: Vec<f64>,
    penalties: Vec<f64>,
}

impl Problem {
    fn random(shape: Shape, random: &mut Random) -> Self {
        let Shape { columns: width, examples } = shape;
        // As many examples as numbers are drawn would take longer than what is judged.
        let (a, b) = (random.between(0.3, 0.9), random.between(0.1, 2.0));
        let wave = |j: usize, i: usize| ((a + 0.37 * j as f64) * i as f64 + b).sin() * 2.0 + 0.3;
        let per_example = |low: f64, high: f64| {
            (0..examples).map(|i| low + (high - low) * wave(99, i).abs() / 2.3).collect()
        };
        let has_weights = random.chance(0.5);
        let has_offset = random.chance(0.5);
        let mut weights: Option<Vec<f64>> = has_weights.then(|| per_example(0.5, 3.0));
        if let Some(weights) = &mut weights {
            weights.iter_mut().skip(1).step_by(5).for_each(|weight| *weight = 0.0);
        }
        let mut numbers = |count: usize, low: f64, high: f64| {
            (0..count).map(|_| random.between(low, high)).collect::<Vec<f64>>()
        };
        Problem {
            shape,
            columns: (0..width).map(|j| (0..examples).map(|i| wave(j, i)).collect()).collect(),
            labels: (0..examples).map(|i| f64::from(u8::from(wave(50, i) > 0.1))).collect(),
            weights,
            offset: has_offset.then(|| per_example(-2.0, 2.0)),
            point: numbers(width + 1, -1.0, 1.0),
            direction: numbers(width + 1, -1.0, 1.0),
            penalties: numbers(width, 0.0, 0.5),
        }
    }

    /// The sums, by a plain loop.
    fn truth(&self) -> Sums {
        let size = self.point.len();
        let total = (0..self.shape.examples).fold(Sum::default(), |sum, i| sum.plus(self.weight(i))).value();
        let mut value = Sum::default();
        let mut gradient = vec![Sum::default(); size];
        let mut hessian = vec![Sum::default(); size * size];
        let mut features = vec![1.0; size];
        for i in 0..self.shape.examples {
            for (feature, column) in features[1..].iter_mut().zip(&self.columns) {
                *feature = column[i];
            }
            let products =
                self.point.iter().zip(&features).fold(Sum::default(), |sum, (w, x)| sum.plus(w * x));
            let z = products.plus(self.offset.as_ref().map_or(0.0, |offset| offset[i])).value();
            let share = self.weight(i) / total;
            let side = 1.0 - 2.0 * self.labels[i];
            // ln(1 + e^u) and its slopes, u = ±z, by what neither overflows nor cancels.
            let u = side * z;
            let e = (-u.abs()).exp();
            let sigmoid = if u >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
            value = value.plus(share * (u.max(0.0) + e.ln_1p()));
            let (slope, curvature) = (share * side * sigmoid, share * e / ((1.0 + e) * (1.0 + e)));
            for (j, &x) in features.iter().enumerate() {
                gradient[j] = gradient[j].plus(slope * x);
                for (k, &other) in features.iter().enumerate() {
                    hessian[j * size + k] = hessian[j * size + k].plus(curvature * x * other);
                }
            }
        }
        Sums { value, gradient, hessian }
    }

    fn weight(&self, example: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[example])
    }

    fn dataset(&self) -> Result<Dataset, Error> {
        let features = DMatrix::from_iterator(
            self.shape.examples,
            self.shape.columns,
            self.columns.iter().flatten().copied(),
        );
        let names = (0..self.shape.columns).map(|j| format!("x{j}")).collect();
        let mut data = Dataset::new(features, DVector::from_vec(self.labels.clone()), names)?;
        if let Some(weights) = &self.weights {
            data = data.with_weights(DVector::from_vec(weights.clone()))?;
        }
        if let Some(offset) = &self.offset {
            data = data.with_offset(DVector::from_vec(offset.clone()))?;
        }
        Ok(data)
    }
}

/// A sum with what its additions lost: Neumaier, *ZAMM* 54 (1974), 39-51. Beside it the sum of magnitudes.
#[derive(Clone, Copy, Default)]
struct Sum {
    sum: f64,
    lost: f64,
    size: f64,
}

impl Sum {
    fn plus(self, term: f64) -> Self {
        let sum = self.sum + term;
        let lost =
            if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        Sum { sum, lost: self.lost + lost, size: self.size + term.abs() }
    }

    fn value(self) -> f64 {
        self.sum + self.lost
    }
}

struct Sums {
    value: Sum,
    gradient: Vec<Sum>,
    hessian: Vec<Sum>,
}

impl Sums {
    /// With the penalty, which is exact beside the sums.
    fn penalised(mut self, problem: &Problem) -> Self {
        let size = problem.point.len();
        for (j, (&lambda, &w)) in problem.penalties.iter().zip(&problem.point[1..]).enumerate() {
            self.value = self.value.plus(0.5 * lambda * w * w);
            self.gradient[j + 1] = self.gradient[j + 1].plus(lambda * w);
            self.hessian[(j + 1) * (size + 1)] = self.hessian[(j + 1) * (size + 1)].plus(lambda);
        }
        self
    }

    fn along(&self, direction: &[f64]) -> Vec<Sum> {
        let product = |row: &[Sum]| {
            let terms = row.iter().zip(direction);
            terms.fold(Sum::default(), |sum, (entry, v)| Sum {
                size: sum.size + entry.size * v.abs(),
                ..sum.plus(entry.value() * v)
            })
        };
        self.hessian.chunks(direction.len()).map(product).collect()
    }
}

/// What is computed by one route.
struct Found {
    value: f64,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
    along: Vec<f64>,
}

/// The rows of one route: value, gradient, Hessian, Hessian times a direction.
struct Rows([Check; 4]);

impl Rows {
    fn new(route: &'static str, [value, gradient, hessian, along]: [&'static str; 4]) -> Self {
        let row = |what: &str, files| {
            Check::new(format!("log-loss over every shape, {what}"), route, "compensated sums", SUMMATION)
                .convicts(files)
        };
        Rows([
            row("value", value),
            row("gradient", gradient),
            row("Hessian", hessian),
            row("Hessian times a direction", along),
        ])
    }

    fn compare(&mut self, found: &Found, truth: &Sums, problem: &Problem) {
        let along = truth.along(&problem.direction);
        let pairs: [(&[f64], &[Sum]); 4] = [
            (&[found.value], &[truth.value]),
            (&found.gradient, &truth.gradient),
            (&found.hessian, &truth.hessian),
            (&found.along, &along),
        ];
        let described = |place: usize| {
            let (weights, offset) = (problem.weights.is_some(), problem.offset.is_some());
            format!("entry {place} of {:?}, weights: {weights}, offset: {offset}", problem.shape)
        };
        for (row, (found, truth)) in self.0.iter_mut().zip(pairs) {
            row.expect(found.len() == truth.len(), || described(found.len()));
            for (place, (&found, truth)) in found.iter().zip(truth).enumerate() {
                row.compare_at_scale_at(found, truth.value(), truth.size, || described(place));
            }
        }
    }
}

const OF_PROGRAMS: &str = "crates/program/src/{execute,block,sums,kernels,linear,examples}.rs";
const OF_CLOSED_FORM: &str = "crates/model/src/{closed_form/pass,closed_form/block,closed_form/each,closed_form,objective}.rs crates/program/src/kernels.rs";
const OF_GRAPH_ROUTE: &str = "crates/model/src/{graph_route,objective}.rs crates/program/src/sums.rs";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut programs = Rows::new("program", [OF_PROGRAMS; 4]);
    let mut closed_form = Rows::new("closed form", [OF_CLOSED_FORM; 4]);
    let mut graph = Rows::new("graph's route", [OF_GRAPH_ROUTE; 4]);
    let mut threads =
        Check::new("log-loss over every shape", "1, 2 and 4 threads", "the calling thread, bit by bit", 0.0)
            .convicts("crates/program/src/execute.rs crates/model/src/closed_form/pass.rs");
    let pools = [1, 2, 4].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build());
    let pools: Vec<ThreadPool> = pools.into_iter().filter_map(Result::ok).collect();
    threads.expect(pools.len() == 3, || "threads cannot be started".to_owned());
    let mut random = effort.fresh("shapes");
    for shape in shapes(effort) {
        let problem = Problem::random(shape, &mut random);
        let data = problem.dataset()?;
        let truth = problem.truth();
        programs.compare(&by_program(&problem, &pools, &mut threads)?, &truth, &problem);
        let truth = truth.penalised(&problem);
        for (route, rows) in [(Gradient::ClosedForm, &mut closed_form), (Gradient::Graph, &mut graph)] {
            rows.compare(&by_objective(&problem, &data, route, &pools, &mut threads)?, &truth, &problem);
        }
    }
    [programs, closed_form, graph].into_iter().flat_map(|rows| rows.0).for_each(&mut *emit);
    emit(threads);
    Ok(())
}

/// The textbook's loss as a formula, over columns.
fn by_program(problem: &Problem, pools: &[ThreadPool], threads: &mut Check) -> Result<Found, Error> {
    let graph = Graph::new();
    let width = problem.shape.columns;
    let intercept = graph.parameter("b");
    let weights: Vec<_> = (0..width).map(|j| graph.parameter(&format!("w{j}"))).collect();
    let columns: Vec<_> = (0..width).map(|j| graph.data(&format!("x{j}"))).collect();
    let label = graph.data("y");
    let products = weights.iter().zip(&columns).fold(intercept, |sum, (&w, &x)| sum + w * x);
    let logit = if problem.offset.is_some() { products + graph.data("o") } else { products };
    let probability = logit.sigmoid();
    let loss = -label * probability.ln() - (1.0 - label) * (1.0 - probability).ln();
    let program = Program::new(&graph, loss)?;
    let columns: Vec<&[f64]> =
        problem.columns.iter().chain([&problem.labels]).chain(&problem.offset).map(Vec::as_slice).collect();
    let mut examples = program.over(&columns)?;
    if let Some(weights) = &problem.weights {
        examples = examples.weights(weights)?;
    }
    let (value, gradient) = examples.value_and_gradient(&problem.point)?;
    threads.expect(examples.value(&problem.point)? == value, || format!("value alone, {:?}", problem.shape));
    let hessian = examples.hessian(&problem.point)?.concat();
    let along = examples.hessian_vector(&problem.point, &problem.direction)?;
    let parallel = examples.parallel();
    for pool in pools {
        let (other, slopes) = pool.install(|| parallel.value_and_gradient(&problem.point))?;
        let second = pool.install(|| parallel.hessian(&problem.point))?.concat();
        threads.expect((other, &slopes, &second) == (value, &gradient, &hessian), || {
            format!("program over {:?}", problem.shape)
        });
    }
    Ok(Found { value, gradient, hessian, along })
}

fn by_objective(
    problem: &Problem,
    data: &Dataset,
    route: Gradient,
    pools: &[ThreadPool],
    threads: &mut Check,
) -> Result<Found, Error> {
    let objective = Objective::with_penalties(data, DVector::from_vec(problem.penalties.clone()), route)?;
    let (point, direction) =
        (DVector::from_vec(problem.point.clone()), DVector::from_vec(problem.direction.clone()));
    let (value, gradient) = objective.value_and_gradient(&point)?;
    threads.expect(objective.value(&point)? == value, || {
        format!("value alone, {:?} by {route:?}", problem.shape)
    });
    let hessian = objective.hessian(&point)?;
    let along = objective.hessian_vector(&point, &direction)?;
    let parallel = objective.parallel();
    for pool in pools {
        let (other, slopes) = pool.install(|| parallel.value_and_gradient(&point))?;
        let second = pool.install(|| parallel.hessian(&point))?;
        threads.expect((other, &slopes, &second) == (value, &gradient, &hessian), || {
            format!("{route:?} over {:?}", problem.shape)
        });
    }
    Ok(Found {
        value,
        gradient: gradient.iter().copied().collect(),
        hessian: hessian.transpose().iter().copied().collect(),
        along: along.iter().copied().collect(),
    })
}
