//! Generated Rust: every operation, its edges and random losses, compiled by one call of rustc and run.
//!
//! Numbers come out as bits. Values and slopes are held to the formulas of [`known`](crate::verify::graph::known) and, for random losses,
//! to the jets of [`recipe`](crate::verify::graph::recipe), both at high precision.
//!
//! Invariant: a machine without rustc, and a source that rustc refuses, are failed rows.

use chainrule_graph::{Graph, Node, Op, Real};
use chainrule_program::Program;

use super::kernels::{one_of_each, program_of};
use super::programs::compiled_and_run;
use crate::error::Error;
use crate::verify::graph::edges::EDGES;
use crate::verify::graph::known::KNOWN;
use crate::verify::graph::recipe::{INPUTS, Recipe, Scaled};
use crate::verify::{Check, Effort, Emit, Random};

const FILES: &str = "crates/program/src/{generate,lower}.rs";

/// Ulps above the table's own ceilings: the standard library's functions are good to 1 ulp or 2, and what is composed of them counts them twice.
const OF_LIBRARY: f64 = 2.0;

/// In units of what rounding could do if every operation lost all its figures.
const ROUNDING: f64 = 1e-14;

/// Prints value and slopes as bits.
const SHOW: &str = "fn show<const N: usize>((value, slopes): (f64, [f64; N])) {\n    \
                    println!(\"{}\", std::iter::once(value).chain(slopes).map(|x| x.to_bits().to_string()).collect::<Vec<_>>().join(\" \"));\n}\n";

/// What a call has to give, number by number.
type Judge = Box<dyn Fn(&mut Rows, &[f64])>;

/// Functions and calls of them.
#[derive(Default)]
struct Batch {
    source: String,
    main: String,
    functions: usize,
    judges: Vec<Judge>,
}

struct Rows {
    values: Check,
    slopes: Check,
    edges: Check,
    random: Check,
    constants: Check,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut batch = Batch::default();
    operations(&mut batch, effort)?;
    edges(&mut batch)?;
    constants(&mut batch)?;
    random_losses(&mut batch, effort)?;
    let row = |what, reference, bound| {
        Check::new(format!("generated Rust, {what}"), "what it prints", reference, bound).convicts(FILES)
    };
    let formula = "textbook formula, as a share of the bound";
    let mut rows = Rows {
        values: row("operations, values", formula, 1.0),
        slopes: row("operations, slopes", formula, 1.0),
        edges: row("operations at edges", "documented value", 4.0 * f64::EPSILON),
        random: row("random losses", "jets at high precision", ROUNDING),
        constants: row("constants", "by hand", 0.0),
    };
    let mut compiles = row("rustc", "it compiles and runs", 0.0);
    let source = format!("{}{SHOW}fn main() {{\n{}}}\n", batch.source, batch.main);
    match compiled_and_run(&source) {
        Err(error) => {
            compiles.expect(false, || error.to_string().replace('\n', " ").chars().take(400).collect());
        }
        Ok(printed) => {
            let lines: Vec<&str> = printed.lines().collect();
            compiles.expect_same(&lines.len(), &batch.judges.len(), || "lines that are printed".to_owned());
            for (judge, line) in batch.judges.iter().zip(lines) {
                let number = |bits: &str| bits.parse().map_or(f64::NAN, f64::from_bits);
                judge(&mut rows, &line.split(' ').map(number).collect::<Vec<f64>>());
            }
            let Rows { values, slopes, edges, random, constants } = rows;
            [values, slopes, edges, random, constants].into_iter().for_each(&mut *emit);
        }
    }
    emit(compiles);
    Ok(())
}

impl Batch {
    /// One more function; what calls it is given its place.
    fn function(&mut self, program: &Program) -> Result<usize, Error> {
        let place = self.functions;
        self.source += &program.rust(&format!("f{place}"))?;
        self.functions += 1;
        Ok(place)
    }

    /// One call, which prints value and slopes.
    fn call(&mut self, function: usize, parameters: &[f64], data: &[f64], judge: Judge) {
        let number = |x: &f64| match x {
            x if x.is_nan() => "f64::NAN".to_owned(),
            x if x.is_infinite() => format!("{}f64::INFINITY", if *x < 0.0 { "-" } else { "" }),
            x => format!("{x:?}"),
        };
        let array =
            |numbers: &[f64]| format!("[{}]", numbers.iter().map(number).collect::<Vec<_>>().join(", "));
        self.main += &format!("    show(f{function}(&{}, &{}));\n", array(parameters), array(data));
        self.judges.push(judge);
    }
}

/// Every operation of a fixed number of arguments, each a column plus a parameter that is 0.
fn operations(batch: &mut Batch, effort: &Effort) -> Result<(), Error> {
    for op in one_of_each() {
        let (Some(known), Some(arity)) = (KNOWN.iter().find(|known| known.is_of(op)), op.arity()) else {
            continue;
        };
        let function = batch.function(&program_of(op, arity)?)?;
        let samples: Vec<Vec<f64>> = known
            .samples(op, effort)
            .into_iter()
            .filter(|(of, _)| *of == op)
            .map(|(_, point)| point)
            .collect();
        let stride = samples.len().div_ceil(effort.samples(8, 60)).max(1);
        for point in samples.into_iter().step_by(stride) {
            let judge = {
                let point = point.clone();
                move |rows: &mut Rows, found: &[f64]| {
                    let share = |error: Option<(f64, f64)>, bound: f64| match error {
                        Some((error, expected)) => (error / bound, expected),
                        None => (f64::INFINITY, f64::NAN),
                    };
                    let at = |found: f64, expected: f64| {
                        format!("{op:?} at {point:?}: found {found:?}, expected {expected:?}")
                    };
                    let value = found.first().copied().unwrap_or(f64::NAN);
                    let (used, expected) =
                        share(known.value_error(op, &point, value), known.value_ulps + OF_LIBRARY);
                    rows.values.count_at(used, || at(value, expected));
                    rows.slopes
                        .expect(found.len() == arity + 1, || format!("{op:?}: {} numbers", found.len()));
                    for (position, &slope) in found.iter().skip(1).enumerate() {
                        let bound = known.slope_ulps + 2.0 * OF_LIBRARY;
                        let (used, expected) = share(known.slope_error(op, position, &point, slope), bound);
                        rows.slopes.count_at(used, || format!("slope {position} of {}", at(slope, expected)));
                    }
                }
            };
            batch.call(function, &vec![0.0; arity], &point, Box::new(judge));
        }
    }
    Ok(())
}

/// What is documented of kinks, infinities and ends of domains. Where the value is not finite there is no slope.
fn edges(batch: &mut Batch) -> Result<(), Error> {
    let mut known: Vec<(Op, usize)> = Vec::new();
    for edge in EDGES.iter().filter(|edge| edge.op.arity().is_some()) {
        let function = match known.iter().find(|(op, _)| *op == edge.op) {
            Some(&(_, function)) => function,
            None => batch.function(&program_of(edge.op, edge.at.len())?)?,
        };
        known.push((edge.op, function));
        let judge = move |rows: &mut Rows, found: &[f64]| {
            let at = || format!("{:?} at {:?}", edge.op, edge.at);
            let value = found.first().copied().unwrap_or(f64::INFINITY);
            if edge.value.is_nan() {
                rows.edges.expect(value.is_nan(), || format!("{}: found {value:?}, expected NaN", at()));
            } else {
                rows.edges.compare_at(value, edge.value, at);
            }
            let none = found.iter().skip(1).all(|slope| slope.is_nan());
            rows.edges.expect(edge.value.is_finite() || none, || format!("slopes of {}: {found:?}", at()));
        };
        batch.call(function, &vec![0.0; edge.at.len()], edge.at, Box::new(judge));
    }
    Ok(())
}

/// Constants of every kind in losses whose values and slopes are known by hand, p being the parameter and x the column.
fn constants(batch: &mut Batch) -> Result<(), Error> {
    type Loss = for<'g> fn(Node<'g>, Node<'g>) -> Node<'g>;
    let losses: [(&str, Loss, [f64; 2], [f64; 2]); 8] = [
        ("max(px, −∞)", |p, x| (p * x).max(&Node::constant(f64::NEG_INFINITY)), [3.0, 2.0], [6.0, 2.0]),
        ("min(px, ∞)", |p, x| (p * x).min(&Node::constant(f64::INFINITY)), [3.0, 2.0], [6.0, 2.0]),
        (
            "x ≥ 0: px, else NaN",
            |p, x| Node::select(&x, &(p * x), &Node::constant(f64::NAN)),
            [3.0, 2.0],
            [6.0, 2.0],
        ),
        (
            "x ≥ 0: NaN, else px",
            |p, x| Node::select(&x, &Node::constant(f64::NAN), &(p * x)),
            [3.0, -2.0],
            [-6.0, -2.0],
        ),
        ("−2.5p − x", |p, x| p * Node::constant(-2.5) - x, [3.0, 2.0], [-9.5, -2.5]),
        (
            "p(−1e-300)·1e300·x",
            |p, x| p * Node::constant(-0.5_f64.powi(900)) * Node::constant(2_f64.powi(900)) * x,
            [3.0, 2.0],
            [-6.0, -2.0],
        ),
        ("x − (p − 7)", |p, x| x - (p - Node::constant(7.0)), [3.0, 2.0], [6.0, -1.0]),
        ("8/(px)", |p, x| Node::constant(8.0) / (p * x), [2.0, 2.0], [2.0, -1.0]),
    ];
    for (name, loss, [p, x], expected) in losses {
        let graph = Graph::new();
        let loss = loss(graph.parameter("p"), graph.data("x"));
        let function = batch.function(&Program::new(&graph, loss)?)?;
        let judge = move |rows: &mut Rows, found: &[f64]| {
            rows.constants.expect_same(&found, &expected.as_slice(), || name.to_owned());
        };
        batch.call(function, &[p], &[x], Box::new(judge));
    }
    Ok(())
}

/// Random functions of two parameters and a column.
fn random_losses(batch: &mut Batch, effort: &Effort) -> Result<(), Error> {
    let draws = [
        (Random::new(0x50CE), effort.samples(30, 300)),
        (effort.fresh("program source"), effort.samples(15, 300)),
    ];
    for (mut random, count) in draws {
        for sample in 0..count {
            let recipe = Recipe::random(&mut random);
            let graph = Graph::new();
            let inputs: Vec<Node<'_>> = vec![graph.parameter("x0"), graph.parameter("x1"), graph.data("x2")];
            let output = recipe.output(&inputs);
            let program = Program::builder(&graph, output)?.stabilise(sample % 2 == 0).compile()?;
            let function = batch.function(&program)?;
            for _ in 0..3 {
                let point = Recipe::point(&mut random);
                let Some(truth) = recipe.truth(&point).pop().filter(|truth| !truth.is_near_a_kink) else {
                    continue;
                };
                let judge = {
                    let point = point.clone();
                    move |rows: &mut Rows, found: &[f64]| {
                        let mut compare = |found: f64, expected: &Scaled, what: &str| {
                            let (expected, scale) = (expected.truth.to_f64(), expected.scale.max(1e-3));
                            rows.random.compare_at_scale_at(found, expected, scale, || {
                                format!("{what} of function {sample} at {point:?}")
                            });
                        };
                        let at = |k: usize| found.get(k).copied().unwrap_or(f64::NAN);
                        compare(at(0), &truth.of_value, "value");
                        compare(at(1), &truth.gradient[0], "first slope");
                        compare(at(2), &truth.gradient[1], "second slope");
                    }
                };
                batch.call(function, &point[..INPUTS - 1], &point[INPUTS - 1..], Box::new(judge));
            }
        }
    }
    Ok(())
}
