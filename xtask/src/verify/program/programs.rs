//! Compiled programs: every pass, what runs over columns, and the Rust that is written, each against the graph's own sweeps.
//!
//! The reference knows nothing of blocks, vectors or passes: the graph is evaluated and swept example by example, and what comes out is averaged.
//!
//! Each check takes what it judges as an argument, so that a pass, a program or a source with a planted mistake can be put in its place.
//!
//! Invariant: an error is relative to the largest entry of what is compared, since sums are taken in another order.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use chainrule_graph::oracle::{BigFloat, settled, ulps};
use chainrule_graph::{Graph, Node, NodeKind, Real};
use chainrule_program::passes::{affine, fold, share, stabilise};
use chainrule_program::{Expression, Program};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// A few dozen terms, each within some ulps by the table's budgets, summed in another order.
const REORDERED: f64 = 1e-12;

/// The same operations in the same order.
const SAME_BITS: f64 = 0.0;

/// One σ or softplus, each within 4 ulp by the table's budget, and signs.
const ONE_FUNCTION: f64 = 4.0;

/// A loss of parameters p and q and columns x and y.
pub(super) struct Loss {
    pub(super) name: &'static str,
    /// What is compiled.
    pub(super) formulas: &'static str,
    /// What the graph evaluates: the same, in a form that holds wherever the examples are.
    reference: &'static str,
}

/// Losses that have between them every kind of instruction.
pub(super) const LOSSES: [Loss; 3] = [
    Loss {
        name: "the textbook's loss",
        formulas: "parameter p, q; data x, y; a = sigmoid(p*x + q); -y*ln(a) - (1 - y)*ln(1 - a)",
        reference: "parameter p, q; data x, y; softplus((1 - 2*y)*(p*x + q))",
    },
    Loss { name: "counts by a linear predictor", formulas: COUNTS, reference: COUNTS },
    Loss { name: "a bit of everything", formulas: EVERYTHING, reference: EVERYTHING },
];

const COUNTS: &str = "parameter p, q; data x, y; z = p*x + q*y + 0.3; exp(z) - x*z";

const EVERYTHING: &str = "parameter p, q; data x, y; tanh(p*x)*max(x, q) + min(p*y, q*x) + sqrt(1 + x^2)*abs(q + y) \
     + ln_1p(p^2*y^2) + exp_m1(q*x)/(2 + y) + hypot(p, x)^3 + sin(p*y)*cos(q) + (2 + y)^p";

/// The point at which they are compared.
const POINT: [f64; 2] = [0.7, -0.4];
const DIRECTION: [f64; 2] = [0.6, -1.1];

/// Examples: whole vectors and some left over, labels of both kinds among them.
const EXAMPLES: usize = 21;

/// A pass, as the checks see it.
pub(super) type Pass = fn(&Expression) -> Result<Expression, Error>;

/// The passes with what they promise.
pub(super) const PASSES: [(&str, Pass, f64); 3] = [
    ("fold", |expression| Ok(fold(expression)?), SAME_BITS),
    ("share", |expression| Ok(share(expression)?), SAME_BITS),
    ("affine", |expression| Ok(affine(expression)?), REORDERED),
];

/// Expressions that each pass has something to do in.
const WRITTEN: [&str; 3] = [
    "(2 + 3*4)*x*1 + sin(x*y)/1 - 0 + sin(x*y) - -(-y)",
    "x*y + y*3 + 0.5*x + x + (x*y)^2",
    "u = x + 1; v = x + 1; u*v + exp(u)*exp(v) + x*y",
];

/// A function at arbitrary precision.
type Truth = fn(&BigFloat) -> BigFloat;

/// What stabilise rewrites, of a z, and the truth about it.
const UNSTABLE: [(&str, Truth); 5] = [
    ("ln(sigmoid(z))", |z| -softplus(&-z.clone())),
    ("ln(1 - sigmoid(z))", |z| -softplus(z)),
    ("1 - sigmoid(z)", |z| logistic(&-z.clone())),
    ("ln(1 + exp(z))", softplus),
    ("1/(1 + exp(-z))", logistic),
];

/// Logits on both sides of everything that breaks in f64.
const LOGITS: [f64; 13] =
    [-800.0, -745.2, -709.9, -40.0, -36.7, -3.0, -1e-9, 0.0, 0.3, 20.0, 36.8, 709.9, 800.0];

/// ln(1 + e^z)
fn softplus(z: &BigFloat) -> BigFloat {
    z.exp().ln_1p()
}

/// 1/(1 + e^(−z))
fn logistic(z: &BigFloat) -> BigFloat {
    BigFloat::constant(1.0) / ((-z.clone()).exp() + BigFloat::constant(1.0))
}

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for (name, pass, bound) in PASSES {
        emit(by_pass(name, &pass, bound)?);
    }
    emit(by_stabilise(&stable)?);
    let mut sources = Vec::new();
    for loss in &LOSSES {
        let program = loss.compiled()?;
        by_program(loss, &program)?.into_iter().for_each(&mut *emit);
        sources.push((loss, program));
    }
    let mut check = Check::new("generated Rust, three losses", "its value and gradient", GRAPH, REORDERED);
    for of_source in by_source(&sources)? {
        check.count(of_source);
    }
    emit(check);
    Ok(())
}

/// What everything here is held against.
const GRAPH: &str = "the graph, example by example";

/// The pass stabilise without its report.
pub(super) fn stable(expression: &Expression) -> Result<Expression, Error> {
    Ok(stabilise(expression)?.0)
}

/// What formulas say.
fn read(formulas: &str) -> Result<Expression, Error> {
    let graph = Graph::new();
    let output = graph.parse(formulas)?;
    Ok(Expression::new(&graph, &[output])?)
}

/// The value of an expression whose leaves are bound in their order.
fn value(expression: &Expression, point: &[f64]) -> Result<f64, Error> {
    let graph = expression.graph();
    let is_leaf = |node: &Node<'_>| matches!(node.kind(), NodeKind::Parameter | NodeKind::Data);
    let bindings: Vec<_> = graph.nodes().filter(is_leaf).zip(point.iter().copied()).collect();
    let outputs = expression.outputs();
    let run = graph.at(&bindings)?;
    outputs.first().map_or(Ok(f64::NAN), |&output| Ok(run.value(output)?))
}

/// A pass: the values before and after.
pub(super) fn by_pass(
    name: &str,
    pass: &dyn Fn(&Expression) -> Result<Expression, Error>,
    bound: f64,
) -> Result<Check, Error> {
    let mut check = Check::new(format!("pass {name}"), "value after it", "value before it", bound);
    for written in WRITTEN {
        let before = read(written)?;
        let after = pass(&before)?;
        for point in [POINT, DIRECTION, [-0.0, 2.5]] {
            check.compare(value(&after, &point)?, value(&before, &point)?);
        }
    }
    Ok(check)
}

/// Stabilise: the values after it, and what was written at as many bits as that wants.
pub(super) fn by_stabilise(pass: &dyn Fn(&Expression) -> Result<Expression, Error>) -> Result<Check, Error> {
    let mut check =
        Check::in_ulps("pass stabilise", "value after it", "oracle of what was written", ONE_FUNCTION);
    for (written, truth) in UNSTABLE {
        let after = pass(&read(written)?)?;
        for z in LOGITS {
            let truth = settled(|precision| truth(&BigFloat::new(z, precision)));
            let found = value(&after, &[z])?;
            check.count(truth.map_or(f64::INFINITY, |truth| ulps(found, &truth)));
        }
    }
    Ok(check)
}

impl Loss {
    pub(super) fn compiled(&self) -> Result<Program, Error> {
        let graph = Graph::new();
        let loss = graph.parse(self.formulas)?;
        Ok(Program::new(&graph, loss)?)
    }

    /// The examples. For a loss of logits y is a label, and some logits are far out, where forms break that are the same near 0.
    fn columns(&self) -> [Vec<f64>; 2] {
        let is_of_logits = self.reference.contains("softplus");
        let x = |i: usize| {
            let near = (1.7 * i as f64).sin() * 2.0 + 0.1;
            if is_of_logits && i % 10 == 4 { 1200.0 * near } else { near }
        };
        let y = |i: usize| match is_of_logits {
            true => f64::from(u8::from(i.is_multiple_of(3))),
            false => (0.9 * i as f64).cos() * 1.5 + 0.3,
        };
        [(0..EXAMPLES).map(x).collect(), (0..EXAMPLES).map(y).collect()]
    }
}

/// What the graph says, averaged over the examples.
struct Means {
    value: f64,
    gradient: Vec<f64>,
    hessian: Vec<f64>,
}

impl Means {
    fn by_graph(of: &Loss) -> Result<Self, Error> {
        let graph = Graph::new();
        let loss = graph.parse(of.reference)?;
        let parameters: Vec<Node<'_>> = graph.parameters().collect();
        let second = graph.hessian(loss, &parameters)?.concat();
        let leaves: Vec<Node<'_>> = parameters
            .iter()
            .copied()
            .chain(graph.nodes().filter(|node| node.kind() == NodeKind::Data))
            .collect();
        let [x, y] = of.columns();
        let mut means =
            Means { value: 0.0, gradient: vec![0.0; parameters.len()], hessian: vec![0.0; second.len()] };
        for (x, y) in x.into_iter().zip(y) {
            let point = [POINT[0], POINT[1], x, y];
            let bindings: Vec<_> = leaves.iter().copied().zip(point).collect();
            let run = graph.at(&bindings)?;
            let slopes = run.gradient(loss)?;
            means.value += run.value(loss)? / EXAMPLES as f64;
            for (sum, &parameter) in means.gradient.iter_mut().zip(&parameters) {
                *sum += slopes.get(parameter)? / EXAMPLES as f64;
            }
            for (sum, &entry) in means.hessian.iter_mut().zip(&second) {
                *sum += run.value(entry)? / EXAMPLES as f64;
            }
        }
        Ok(means)
    }

    fn value_and_gradient(&self) -> Vec<f64> {
        [vec![self.value], self.gradient.clone()].concat()
    }

    fn along(&self, direction: [f64; 2]) -> Vec<f64> {
        self.hessian.chunks(2).map(|row| row[0] * direction[0] + row[1] * direction[1]).collect()
    }
}

/// Everything that a program computes over columns.
pub(super) struct Computed {
    value: Vec<f64>,
    value_and_gradient: Vec<f64>,
    along: Vec<f64>,
    hessian: Vec<f64>,
}

impl Computed {
    pub(super) fn by(loss: &Loss, program: &Program) -> Result<Self, Error> {
        let [x, y] = loss.columns();
        let columns: [&[f64]; 2] = [&x, &y];
        let examples = program.over(&columns)?;
        let (value, gradient) = examples.value_and_gradient(&POINT)?;
        Ok(Computed {
            value: vec![examples.value(&POINT)?],
            value_and_gradient: [vec![value], gradient].concat(),
            along: examples.hessian_vector(&POINT, &DIRECTION)?,
            hessian: examples.hessian(&POINT)?.concat(),
        })
    }
}

/// A program over columns: value, gradient, Hessian and its product with a direction.
pub(super) fn by_program(loss: &Loss, program: &Program) -> Result<Vec<Check>, Error> {
    let truth = Means::by_graph(loss)?;
    let found = Computed::by(loss, program)?;
    let check = |route: &'static str, found: &[f64], expected: &[f64]| {
        let mut check = Check::new(format!("program of {}", loss.name), route, GRAPH, REORDERED);
        check.count(largest_error(found, expected));
        check
    };
    Ok(vec![
        check("value", &found.value, &[truth.value]),
        check("value and gradient", &found.value_and_gradient, &truth.value_and_gradient()),
        check("Hessian times a direction", &found.along, &truth.along(DIRECTION)),
        check("Hessian", &found.hessian, &truth.hessian),
    ])
}

/// The largest difference, relative to the largest entry; infinite if there are not as many.
fn largest_error(found: &[f64], expected: &[f64]) -> f64 {
    let scale = expected.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
    let error = |(found, expected): (&f64, &f64)| {
        let error = (found - expected).abs() / scale;
        if error.is_nan() { f64::INFINITY } else { error }
    };
    let is_complete = found.len() == expected.len();
    let errors = found.iter().zip(expected).map(error);
    if is_complete { errors.fold(0.0, f64::max) } else { f64::INFINITY }
}

/// The sources of some programs, compiled together and run: the largest error of each.
pub(super) fn by_source(programs: &[(&Loss, Program)]) -> Result<Vec<f64>, Error> {
    let mut source = String::new();
    let mut calls = String::new();
    for (index, (loss, program)) in programs.iter().enumerate() {
        let [x, y] = loss.columns();
        let data: Vec<String> = x.iter().zip(&y).map(|(x, y)| format!("[{x:?}, {y:?}]")).collect();
        let data = data.join(", ");
        source += &program.rust(&format!("f{index}"))?;
        calls += &format!(
            "    let mut sums = [0.0; 3];\n    for data in [{data}] {{\n        let (value, slopes) = f{index}(&{POINT:?}, &data);\n        \
             for (sum, term) in sums.iter_mut().zip([value, slopes[0], slopes[1]]) {{ *sum += term / {EXAMPLES}.0; }}\n    }}\n    \
             println!(\"{{:e}} {{:e}} {{:e}}\", sums[0], sums[1], sums[2]);\n"
        );
    }
    source += &format!("fn main() {{\n{calls}}}\n");
    let printed = compiled_and_run(&source)?;
    let mut errors = Vec::with_capacity(programs.len());
    for ((loss, _), line) in programs.iter().zip(printed.lines()) {
        let found: Vec<f64> = line.split(' ').map(|number| number.parse().unwrap_or(f64::NAN)).collect();
        errors.push(largest_error(&found, &Means::by_graph(loss)?.value_and_gradient()));
    }
    errors.resize(programs.len(), f64::INFINITY);
    Ok(errors)
}

/// What a source prints, compiled by rustc.
pub(super) fn compiled_and_run(source: &str) -> Result<String, Error> {
    use std::io::Write as _;
    // Two runs of one process are apart too.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let binary = std::env::temp_dir().join(format!("chainrule-generated-{}-{run}", std::process::id()));
    let failed = |program: &str, cause: String| Error::Program { program: program.to_owned(), cause };
    let mut rustc = Command::new("rustc")
        .args(["--edition=2024", "--crate-name=generated", "-", "-o"])
        .arg(&binary)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| failed("rustc", cause.to_string()))?;
    if let Some(mut stdin) = rustc.stdin.take() {
        stdin.write_all(source.as_bytes()).map_err(|cause| failed("rustc", cause.to_string()))?;
    }
    let output = rustc.wait_with_output().map_err(|cause| failed("rustc", cause.to_string()))?;
    if !output.status.success() {
        return Err(failed("rustc", String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let run = Command::new(&binary).output().map_err(|cause| failed("the generated code", cause.to_string()));
    // What is left behind in the folder for such files harms nobody.
    let _ = std::fs::remove_file(&binary);
    Ok(String::from_utf8_lossy(&run?.stdout).into_owned())
}
