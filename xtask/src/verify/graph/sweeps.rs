//! Every way to a derivative on the same random functions: sweeps, dual numbers, tapes, lanes, formulas, paths; first and second order.
//!
//! The truth is [`recipe`](super::recipe)'s, by jets at high precision.
//!
//! Invariant: a row is one route, and names the files that only this route goes through.

use chainrule_graph::{
    Dual, Gradient, Graph, Lanes, Node, Real, Tape, Var, hessian, hessian_vector, jacobian,
    value_and_gradient,
};

use super::recipe::{INPUTS, Jet, Recipe, Scaled};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Errors are in units of what rounding could do if every operation lost all its figures: they are some units of the last place of that.
const ROUNDING: f64 = 1e-14;

/// The same in single precision, whose unit is 6e-8.
const SINGLE: f64 = 1e-5;

/// How many paths are listed at most.
const PATHS: usize = 5000;

/// How many lanes a tape is tried with.
const LANES: usize = 8;

/// A route: what it is, the files of its own, the derivatives that it finds.
struct Route {
    name: &'static str,
    files: &'static str,
    bound: f64,
    find: fn(&Recipe, &[f64]) -> Result<Found, Error>,
}

/// What a route finds, as much as it does.
#[derive(Default)]
struct Found {
    value: Option<f64>,
    gradient: Option<Vec<f64>>,
    hessian: Option<Vec<f64>>,
}

impl Found {
    fn first(value: f64, gradient: Vec<f64>) -> Self {
        Found { value: Some(value), gradient: Some(gradient), hessian: None }
    }

    fn second(hessian: Vec<f64>) -> Self {
        Found { hessian: Some(hessian), ..Found::default() }
    }
}

const fn route(
    name: &'static str,
    files: &'static str,
    find: fn(&Recipe, &[f64]) -> Result<Found, Error>,
) -> Route {
    Route { name, files, bound: ROUNDING, find }
}

const ROUTES: &[Route] = &[
    route("plain numbers", "crates/graph/src/{real,float,op}.rs", by_value),
    Route { bound: SINGLE, ..route("single precision", "crates/graph/src/float.rs", by_single) },
    route("reverse sweep", "crates/graph/src/{sweep,nodes,run,gradient}.rs", by_sweep),
    route("reverse sweep at dual numbers", "crates/graph/src/{sweep,dual}.rs", by_sweep_of_duals),
    route("dual numbers", "crates/graph/src/dual.rs", by_duals),
    route("dual numbers of dual numbers", "crates/graph/src/dual.rs", by_nested_duals),
    route("tape", "crates/graph/src/{tape,record,function}.rs", by_tape),
    route("tape after rewinds", "crates/graph/src/{tape,record}.rs", by_rewound_tape),
    route("tape of lanes", "crates/graph/src/{lanes,tape}.rs", by_lanes),
    route("tape on a tape", "crates/graph/src/{tape,record}.rs", by_nested_tapes),
    route("formulas of derivatives", "crates/graph/src/{node,graph,sweep}.rs", by_formulas),
    route("products along paths", "crates/graph/src/{paths,run}.rs", by_paths),
    route("Hessian", "crates/graph/src/{function,tape}.rs", by_hessian),
    route("Hessian times unit directions", "crates/graph/src/function.rs", by_directions),
    route("Jacobian", "crates/graph/src/function.rs", by_jacobian),
];

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row = |route: &Route| {
        Check::new("random functions", route.name, "jets at high precision", route.bound)
            .convicts(route.files)
    };
    let mut rows: Vec<Check> = ROUTES.iter().map(row).collect();
    let draws = [
        ("fixed", Random::new(0xC4A1), effort.samples(1000, 20_000)),
        ("fresh", effort.fresh("sweeps"), effort.samples(1000, 20_000)),
    ];
    for (kind, mut random, count) in draws {
        for sample in 0..count {
            let (recipe, point) = (Recipe::random(&mut random), Recipe::point(&mut random));
            let Some(truth) = recipe.truth(&point).pop() else { continue };
            if truth.is_near_a_kink {
                continue;
            }
            let which = format!("{kind} function {sample}");
            for (route, row) in ROUTES.iter().zip(&mut rows) {
                compare(row, &(route.find)(&recipe, &point)?, &truth, &which);
            }
        }
    }
    rows.into_iter().for_each(emit);
    Ok(())
}

fn compare(row: &mut Check, found: &Found, truth: &Jet, which: &str) {
    let mut each = |what: &str, found: &[f64], truth: &[Scaled]| {
        row.expect(found.len() == truth.len(), || {
            format!("{what}: {} numbers instead of {}", found.len(), truth.len())
        });
        for (place, (&found, truth)) in found.iter().zip(truth).enumerate() {
            let expected = truth.truth.to_f64();
            // Where everything is nearly 0 an absolute error of the same size is as good.
            let scale = truth.scale.max(1e-3);
            row.compare_at_scale_at(found, expected, scale, || format!("{what} {place} of {which}"));
        }
    };
    if let Some(value) = found.value {
        each("value", &[value], std::slice::from_ref(&truth.of_value));
    }
    if let Some(gradient) = &found.gradient {
        each("slope", gradient, &truth.gradient);
    }
    if let Some(hessian) = &found.hessian {
        each("second derivative", hessian, &truth.hessian);
    }
}

fn by_value(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    Ok(Found { value: Some(recipe.output(point)), ..Found::default() })
}

fn by_single(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let point: Vec<f32> = point.iter().map(|&x| x as f32).collect();
    Ok(Found { value: Some(f64::from(recipe.output(&point))), ..Found::default() })
}

/// A graph of a recipe with its variables and output.
fn graph_of<'g>(graph: &'g Graph, recipe: &Recipe) -> (Vec<Node<'g>>, Node<'g>) {
    let inputs: Vec<Node<'g>> = (0..INPUTS).map(|k| graph.parameter(&format!("x{k}"))).collect();
    let output = recipe.output(&inputs);
    (inputs, output)
}

/// Every variable at its coordinate.
fn bindings<'g, R: Clone>(inputs: &[Node<'g>], point: &[R]) -> Vec<(Node<'g>, R)> {
    inputs.iter().copied().zip(point.iter().cloned()).collect()
}

/// The adjoints of some nodes.
fn slopes<R: Real>(gradient: &Gradient<R>, inputs: &[Node<'_>]) -> Result<Vec<R>, Error> {
    Ok(inputs.iter().map(|&input| gradient.get(input).cloned()).collect::<Result<_, _>>()?)
}

fn by_sweep(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let graph = Graph::new();
    let (inputs, output) = graph_of(&graph, recipe);
    let run = graph.at(&bindings(&inputs, point))?;
    let gradient = slopes(&run.gradient(output)?, &inputs)?;
    // Nothing accumulates: asked again, it is the same.
    let again = slopes(&run.gradient(output)?, &inputs)?;
    Ok(Found::first(run.value(output)?, if again == gradient { gradient } else { Vec::new() }))
}

/// Unit directions.
fn unit(direction: usize) -> impl Fn(usize) -> f64 {
    move |place| f64::from(u8::from(place == direction))
}

fn by_sweep_of_duals(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let graph = Graph::new();
    let (inputs, output) = graph_of(&graph, recipe);
    let mut second = Vec::new();
    let mut first = Vec::new();
    for direction in 0..INPUTS {
        let moving: Vec<Dual<f64>> =
            point.iter().enumerate().map(|(place, &x)| Dual::new(x, unit(direction)(place))).collect();
        let run = graph.at(&bindings(&inputs, &moving))?;
        first.push(run.value(output)?.tangent);
        second.extend(slopes(&run.gradient(output)?, &inputs)?.into_iter().map(|slope| slope.tangent));
    }
    Ok(Found { gradient: Some(first), ..Found::second(second) })
}

fn by_duals(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let along = |direction: usize| {
        let moving: Vec<Dual<f64>> = point
            .iter()
            .enumerate()
            .map(|(place, &x)| if place == direction { Dual::variable(x) } else { Dual::fixed(x) })
            .collect();
        recipe.output(&moving)
    };
    let found: Vec<Dual<f64>> = (0..INPUTS).map(along).collect();
    let value = found.first().map_or(f64::NAN, |found| found.value);
    Ok(Found::first(value, found.into_iter().map(|found| found.tangent).collect()))
}

fn by_nested_duals(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let entry = |place: usize| {
        let (j, k) = (place / INPUTS, place % INPUTS);
        let moving: Vec<Dual<Dual<f64>>> = point
            .iter()
            .enumerate()
            .map(|(place, &x)| Dual::new(Dual::new(x, unit(j)(place)), Dual::fixed(unit(k)(place))))
            .collect();
        recipe.output(&moving).tangent.tangent
    };
    Ok(Found::second((0..INPUTS * INPUTS).map(entry).collect()))
}

fn by_tape(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let (value, gradient) = value_and_gradient(|x| recipe.output(x), point)?;
    Ok(Found::first(value, gradient))
}

/// Something else is recorded and taken back before, so places on the tape are used again; a gradient's memory too.
fn by_rewound_tape(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let mut tape = Tape::new();
    let stale = tape.var(1.0);
    let _ = recipe.output(&[stale, stale, stale]);
    tape.clear();
    let inputs: Vec<Var<'_>> = point.iter().map(|&x| tape.var(x)).collect();
    let mark = tape.position();
    let mut gradient = tape.gradient(&recipe.output(&inputs.iter().rev().copied().collect::<Vec<_>>()))?;
    tape.rewind(mark)?;
    let output = recipe.output(&inputs);
    tape.gradient_into(&output, &mut gradient)?;
    let slopes = inputs.iter().map(|input| gradient.get_var(input).copied()).collect::<Result<_, _>>()?;
    Ok(Found::first(output.value(), slopes))
}

/// Eight points at once, of which the one that is asked for stands in each lane in turn.
fn by_lanes(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let own = (point[0].abs() * 1e3) as usize % LANES;
    let lane =
        |x: f64| Lanes::<LANES>(std::array::from_fn(|k| if k == own { x } else { 0.3 + 0.1 * k as f64 }));
    let tape = Tape::new();
    let inputs: Vec<Var<'_, Lanes<LANES>>> = point.iter().map(|&x| tape.var(lane(x))).collect();
    let output = recipe.output(&inputs);
    let gradient = tape.gradient(&output)?;
    let slopes =
        inputs.iter().map(|input| Ok(gradient.get_var(input)?.0[own])).collect::<Result<_, Error>>()?;
    Ok(Found::first(output.value().0[own], slopes))
}

/// The inner tape's gradient is a function on the outer tape.
fn by_nested_tapes(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let outer = Tape::new();
    let variables: Vec<Var<'_>> = point.iter().map(|&x| outer.var(x)).collect();
    let inner = Tape::new();
    let inputs: Vec<Var<'_, Var<'_>>> = variables.iter().map(|variable| inner.var(*variable)).collect();
    let output = recipe.output(&inputs);
    let gradient = inner.gradient(&output)?;
    let mut hessian = Vec::new();
    for input in &inputs {
        let row = outer.gradient(gradient.get_var(input)?);
        match row {
            Ok(row) => {
                for variable in &variables {
                    hessian.push(*row.get_var(variable)?);
                }
            }
            // A slope that is a constant is on no tape.
            Err(_) => hessian.extend([0.0; INPUTS]),
        }
    }
    Ok(Found::second(hessian))
}

fn by_formulas(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let graph = Graph::new();
    let (inputs, output) = graph_of(&graph, recipe);
    let first = graph.derivative(output, &inputs)?;
    let second = graph.hessian(output, &inputs)?;
    let run = graph.at(&bindings(&inputs, point))?;
    let values =
        |nodes: &[Node<'_>]| nodes.iter().map(|&node| run.value(node)).collect::<Result<Vec<f64>, _>>();
    Ok(Found {
        value: Some(run.value(output)?),
        gradient: Some(values(&first)?),
        hessian: Some(values(&second.concat())?),
    })
}

/// The sum of the products of local derivatives along all paths, where there are not too many.
fn by_paths(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let graph = Graph::new();
    let (inputs, output) = graph_of(&graph, recipe);
    let run = graph.at(&bindings(&inputs, point))?;
    let mut gradient = Vec::new();
    for &input in &inputs {
        let paths = run.paths(output, input, PATHS)?;
        if !paths.is_complete() {
            return Ok(Found::default());
        }
        let along = |partials: Vec<f64>| partials.into_iter().product::<f64>();
        gradient
            .push(paths.iter().map(|path| along(path.edges.iter().map(|edge| edge.partial).collect())).sum());
    }
    Ok(Found { gradient: Some(gradient), ..Found::default() })
}

fn by_hessian(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    Ok(Found::second(hessian(|x| recipe.output(x), point)?.concat()))
}

fn by_directions(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let row = |direction: usize| {
        let along: Vec<f64> = (0..INPUTS).map(unit(direction)).collect();
        hessian_vector(|x| recipe.output(x), point, &along)
    };
    let rows: Vec<Vec<f64>> = (0..INPUTS).map(row).collect::<Result<_, _>>()?;
    Ok(Found::second(rows.concat()))
}

/// All values as outputs, of which the last one is compared and the variables' own rows are units.
fn by_jacobian(recipe: &Recipe, point: &[f64]) -> Result<Found, Error> {
    let rows = jacobian(|x| recipe.run(x), point)?;
    let units = rows.iter().take(INPUTS).enumerate();
    let is_unit =
        units.into_iter().all(|(j, row)| row.iter().enumerate().all(|(k, &slope)| slope == unit(j)(k)));
    Ok(Found { gradient: rows.last().filter(|_| is_unit).cloned().or(Some(Vec::new())), ..Found::default() })
}
