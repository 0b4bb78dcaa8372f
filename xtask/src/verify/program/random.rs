//! Random functions as programs and through each pass: values, gradients and Hessians against jets at high precision.
//!
//! The functions are those of [`recipe`](crate::verify::graph::recipe): operations of all kinds, shared values, constants, repeated arguments. Two
//! of the variables are
//! parameters and one is a column, so that there are lines for each example, lines for all of them, and sums.
//!
//! Invariant: folding and sharing change no bit; nothing else is farther from the truth than rounding explains.

use chainrule_graph::{Graph, Node};
use chainrule_program::passes::{affine, fold, share, stabilise};
use chainrule_program::{Expression, Program};

use crate::error::Error;
use crate::verify::graph::recipe::{INPUTS, Jet, Recipe, Scaled};
use crate::verify::{Check, Effort, Emit, Random};

/// In units of what rounding could do if every operation lost all its figures. Programs' functions are good to some ulps.
const ROUNDING: f64 = 1e-14;

/// How many examples stand in a column: whole vectors and some left over.
const EXAMPLES: usize = 19;

type Pass = fn(&Expression) -> Result<Expression, Error>;

/// The passes, whether they change no bit, and their files.
const PASSES: [(&str, Pass, bool, &str); 4] = [
    ("fold", |expression| Ok(fold(expression)?), true, "crates/program/src/{passes/fold,expression}.rs"),
    ("share", |expression| Ok(share(expression)?), true, "crates/program/src/{passes/share,expression}.rs"),
    ("affine", |expression| Ok(affine(expression)?), false, "crates/program/src/passes/affine.rs"),
    (
        "stabilise",
        |expression| Ok(stabilise(expression)?.0),
        false,
        "crates/program/src/{passes/stabilise,passes/pattern}.rs",
    ),
];

const OF_PROGRAMS: &str = "crates/program/src/{lower,code,compute,program,sums}.rs";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let jets = "jets at high precision";
    let mut passes: Vec<Check> = PASSES
        .iter()
        .map(|(name, _, same_bits, files)| {
            let (reference, bound) = if *same_bits { ("the value before it", 0.0) } else { (jets, ROUNDING) };
            Check::new(format!("random functions, pass {name}"), "value after it", reference, bound)
                .convicts(files)
        })
        .collect();
    let row = |route| Check::new("random functions", route, jets, ROUNDING).convicts(OF_PROGRAMS);
    let mut programs = [row("program as written"), row("program, stabilised")];
    let draws = [
        (Random::new(0x9A55), effort.samples(400, 8000)),
        (effort.fresh("programs"), effort.samples(400, 8000)),
    ];
    for (mut random, count) in draws {
        for sample in 0..count {
            let (recipe, point) = (Recipe::random(&mut random), Recipe::point(&mut random));
            let Some(truth) = recipe.truth(&point).pop().filter(|truth| !truth.is_near_a_kink) else {
                continue;
            };
            let graph = Graph::new();
            let inputs: Vec<Node<'_>> = vec![graph.parameter("x0"), graph.parameter("x1"), graph.data("x2")];
            let output = recipe.output(&inputs);
            let expression = Expression::new(&graph, &[output])?;
            let before = value(&expression, &point)?;
            for ((_, pass, same_bits, _), row) in PASSES.iter().zip(&mut passes) {
                let after = value(&pass(&expression)?, &point)?;
                let at = || format!("function {sample} at {point:?}");
                if *same_bits {
                    row.compare_at(after, before, at);
                } else {
                    row.compare_at_scale_at(
                        after,
                        truth.of_value.truth.to_f64(),
                        truth.of_value.scale.max(1e-3),
                        at,
                    );
                }
            }
            for (stable, row) in [false, true].into_iter().zip(&mut programs) {
                let program = Program::builder(&graph, output)?.stabilise(stable).compile()?;
                by_program(row, &program, &point, &truth, &format!("function {sample} at {point:?}"))?;
            }
        }
    }
    passes.into_iter().chain(programs).for_each(emit);
    Ok(())
}

/// The value of an expression, its leaves bound by their names.
fn value(expression: &Expression, point: &[f64]) -> Result<f64, Error> {
    let graph = expression.graph();
    let mut bindings = Vec::new();
    for (k, &x) in point.iter().enumerate() {
        // What a function does not use is not in the expression.
        if let Ok(node) = graph.node(&format!("x{k}")) {
            bindings.push((node, x));
        }
    }
    let run = graph.at(&bindings)?;
    expression.outputs().first().map_or(Ok(f64::NAN), |&output| Ok(run.value(output)?))
}

/// Value, gradient and Hessian by the parameters that the program has.
fn by_program(row: &mut Check, program: &Program, point: &[f64], truth: &Jet, at: &str) -> Result<(), Error> {
    let place = |name: &String| (0..INPUTS).find(|k| *name == format!("x{k}")).unwrap_or(INPUTS);
    let places: Vec<usize> = program.parameters().iter().map(place).collect();
    let parameters: Vec<f64> = places.iter().map(|&k| point[k]).collect();
    let column = vec![point[INPUTS - 1]; EXAMPLES];
    let columns: Vec<&[f64]> = program.columns().iter().map(|_| column.as_slice()).collect();
    if columns.is_empty() || parameters.is_empty() {
        return Ok(());
    }
    let examples = program.over(&columns)?;
    let (value, gradient) = examples.value_and_gradient(&parameters)?;
    let hessian = examples.hessian(&parameters)?;
    let mut compare = |found: f64, expected: &Scaled, what: &str| {
        let (expected, scale) = (expected.truth.to_f64(), expected.scale.max(1e-3));
        row.compare_at_scale_at(found, expected, scale, || format!("{what} of {at}"));
    };
    compare(value, &truth.of_value, "value");
    for (j, &place) in places.iter().enumerate() {
        compare(gradient[j], &truth.gradient[place], "slope");
        for (k, &other) in places.iter().enumerate() {
            compare(hessian[j][k], &truth.hessian[place * INPUTS + other], "second derivative");
        }
    }
    Ok(())
}
