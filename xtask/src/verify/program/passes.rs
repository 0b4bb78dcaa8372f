//! The passes that fold, share and fuse: what is left of an expression, operation by operation, and the same bits as before.
//!
//! Each rule of a pass stands here as a formula with the operations that have to be left, and what looks alike but has to stay. Values are those of
//! IEEE 754, written as an expression of f64.
//!
//! Invariant: the passes for stability are judged elsewhere.

use chainrule_graph::{Graph, Node, NodeKind, Op, Real, Table};
use chainrule_program::Expression;
use chainrule_program::passes::{affine, fold, share};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// Zeros of both signs, numbers whose products overflow, infinities, NaN.
const NUMBERS: [f64; 9] = [0.0, -0.0, 1.5, -2.5, 1e308, -3e-310, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

/// A formula of x and y, the operations that are left, and its value.
type Case = (&'static str, &'static str, fn(f64, f64) -> f64);

/// What folding leaves out, moves outwards, computes, and what it must not touch.
const FOLDED: &[Case] = &[
    ("x*1", "", |x, _| x),
    ("1*x", "", |x, _| x),
    ("x/1", "", |x, _| x),
    ("x - 0", "", |x, _| x),
    ("x^1", "", |x, _| x),
    ("-(-x)", "", |x, _| x),
    ("-(-(-x))", "neg", |x, _| -x),
    ("x*2", "mul", |x, _| x * 2.0),
    ("x - (-0)", "sub", |x, _| x - -0.0),
    ("x + 1", "add", |x, _| x + 1.0),
    ("x - 1", "sub", |x, _| x - 1.0),
    ("0 - x", "sub", |x, _| 0.0 - x),
    ("0*x", "mul", |x, _| 0.0 * x),
    ("x + 0", "add", |x, _| x + 0.0),
    ("0 + x", "add", |x, _| 0.0 + x),
    ("(-x)*y", "mul neg", |x, y| -(x * y)),
    ("x*(-y)", "mul neg", |x, y| -(x * y)),
    ("(-x)*(-y)", "mul", |x, y| x * y),
    ("x - (-y)", "add", |x, y| x + y),
    ("x + (-y)", "sub", |x, y| x - y),
    ("(-x) + y", "sub", |x, y| y - x),
    ("(-x) - y", "neg sub", |x, y| -x - y),
    ("(-x) - (-y)", "add neg", |x, y| -x + y),
    ("(2 + 3*4)*x + y", "add mul", |x, y| 14.0 * x + y),
    ("max(2, 3)*x - min(2, 3)*y", "mul mul sub", |x, y| 3.0 * x - 2.0 * y),
    ("x*(4 - 3) + y*(2 - 1)", "add", |x, y| x + y),
];

/// Division by a number is a rule apart: infinities divide none.
const QUOTIENTS: &[(&str, &str)] =
    &[("(-x)/(-y)", "div"), ("(-x)/y", "div neg"), ("x/2", "div"), ("1/x", "div")];

const SHARED: &[Case] = &[
    ("abs(x*y) + abs(x*y)", "abs add mul", |x, y| 2.0 * (x * y).abs()),
    ("(x + 1)*(x + 1) - (x + 1)", "add mul sub", |x, _| (x + 1.0) * (x + 1.0) - (x + 1.0)),
    ("x*y + y*x", "add mul mul", |x, y| x * y + y * x),
    ("(x - y) + (y - x)", "add sub sub", |x, y| (x - y) + (y - x)),
    ("x*2 + x*3 + x*2", "add add mul mul", |x, _| x * 2.0 + x * 3.0 + x * 2.0),
    ("max(x, y) - min(x, y)", "max min sub", |x, y| {
        if x.is_nan() || y.is_nan() { f64::NAN } else { x.max(y) - x.min(y) }
    }),
    ("x^2 + x^3 + x^2", "add add powi powi", |x, _| x * x + x * x * x + x * x),
];

/// What is fused, and what is no sum of two products or is used elsewhere too.
const FUSED: &[(&str, &str)] = &[
    ("x*y + y*3", "dot"),
    ("x*y + y*3 + 0.5*x + x", "add dot"),
    ("x + x*y + y*3", "add dot"),
    ("x*y + (y*3 + (0.5*x + x*x))", "dot"),
    ("(x*y + y*3) + (0.5*x + x*x)", "dot"),
    ("x*y + x", "add mul"),
    ("x*y - y*3", "mul mul sub"),
    ("x*y + y*3 - x*x", "dot mul sub"),
    ("u = x*y; u + y*3 + u^2", "add add mul mul powi"),
    ("u = x*y; u + y*3 + 0.5*x + u^2", "add add dot mul powi"),
    ("s = x*y + y*3; s + x*x + s^2", "add add dot mul powi"),
    ("exp(x*y + y*3) + exp(x + y)", "add add dot exp exp"),
    ("exp(x*y + y*x)*(x*2 + y*2)", "dot dot exp mul"),
];

type Pass = fn(&Expression) -> Result<Expression, chainrule_graph::Error>;

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row = |name: &str, files| {
        Check::new(format!("pass {name}, by its rules"), "operations left, values", "as documented", 0.0)
            .convicts(files)
    };
    let mut folded = row("fold", "crates/program/src/{passes/fold,expression}.rs");
    let mut shared = row("share", "crates/program/src/{passes/share,expression}.rs");
    for (row, pass, cases) in [(&mut folded, fold as Pass, FOLDED), (&mut shared, share as Pass, SHARED)] {
        for &(formula, left, value) in cases {
            let after = after(formula, pass)?;
            row.expect_same(&operations(&after).as_str(), &left, || formula.to_owned());
            for x in NUMBERS {
                for y in NUMBERS {
                    let (found, expected) = (value_at(&after, x, y)?, value(x, y));
                    let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
                    row.expect(same, || {
                        format!("{formula} at {x:?}, {y:?}: found {found:?}, expected {expected:?}")
                    });
                }
            }
        }
    }
    for &(formula, left) in QUOTIENTS {
        let after = after(formula, fold)?;
        folded.expect_same(&operations(&after).as_str(), &left, || formula.to_owned());
        for (x, y) in [(6.0, 3.0), (-6.0, 3.0), (6.0, -3.0), (1.0, 0.0), (0.0, -2.0)] {
            let found = value_at(&after, x, y)?;
            let expected = match formula {
                "x/2" => x / 2.0,
                "1/x" => 1.0 / x,
                "(-x)/y" => -x / y,
                _ => x / y,
            };
            folded.compare_at(found, expected, || format!("{formula} at {x}, {y}"));
        }
    }
    products_by_one(&mut folded)?;
    let mut fused = row("affine", "crates/program/src/{passes/affine,expression}.rs");
    for &(formula, left) in FUSED {
        fusion(&mut fused, formula, left)?;
    }
    order(&mut fused)?;
    [folded, shared, fused].into_iter().for_each(&mut *emit);
    emit(leaves()?);
    Ok(())
}

/// What a pass leaves of a formula of x and y, without dead code.
fn after(formula: &str, pass: Pass) -> Result<Expression, Error> {
    let graph = Graph::new();
    let output = graph.parse(&format!("parameter x; data y; {formula}"))?;
    let after = pass(&Expression::new(&graph, &[output])?)?;
    Ok(Expression::new(after.graph(), &after.outputs())?)
}

/// The names of all operations, in alphabetical order.
fn operations(expression: &Expression) -> String {
    let name = |node: Node<'_>| match node.kind() {
        NodeKind::Operation(op) => Some(op.name()),
        _ => None,
    };
    let mut names: Vec<&str> = expression.graph().nodes().filter_map(name).collect();
    names.sort_unstable();
    names.join(" ")
}

fn value_at(expression: &Expression, x: f64, y: f64) -> Result<f64, Error> {
    let graph = expression.graph();
    let run = graph.at(&[(graph.node("x")?, x), (graph.node("y")?, y)])?;
    expression.outputs().first().map_or(Ok(f64::NAN), |&output| Ok(run.value(output)?))
}

/// The two products of the chain rule with 1 on the right; with 1 on the left they stay, as they do with −1.
fn products_by_one(check: &mut Check) -> Result<(), Error> {
    for op in [Op::Chain, Op::Route] {
        for (factor, is_right, left) in [(1.0, true, ""), (1.0, false, op.name()), (-1.0, true, op.name())] {
            let graph = Graph::new();
            let (x, one) = (graph.parameter("x"), graph.constant(factor));
            let arguments = if is_right { [x, one] } else { [one, x] };
            let output = Node::apply(&Table, op, &arguments);
            let after = fold(&Expression::new(&graph, &[output])?)?;
            let after = Expression::new(after.graph(), &after.outputs())?;
            check.expect_same(&operations(&after).as_str(), &left, || {
                format!("{} by {factor}, on the right: {is_right}", op.name())
            });
        }
    }
    Ok(())
}

/// Fused sums of whole numbers, which do not round.
fn fusion(check: &mut Check, formula: &str, left: &str) -> Result<(), Error> {
    let (before, after) =
        (after(formula, |same| Expression::new(same.graph(), &same.outputs()))?, after(formula, affine)?);
    check.expect_same(&operations(&after).as_str(), &left, || formula.to_owned());
    for (x, y) in [(2.0, 3.0), (-1.0, 4.0), (0.0, -2.0), (6.0, 1.0)] {
        check.compare_at(value_at(&after, x, y)?, value_at(&before, x, y)?, || {
            format!("{formula} at {x}, {y}")
        });
    }
    Ok(())
}

/// Products keep their order, and so do the terms that are none, after them.
fn order(check: &mut Check) -> Result<(), Error> {
    let graph = Graph::new();
    let output = graph.parse("parameter a, b, c, d, e, f, g, h; e + a*b + g + c*d + f + h*a")?;
    let after = affine(&Expression::new(&graph, &[output])?)?;
    let names = |node: &Node<'_>| -> Vec<String> {
        node.arguments().into_iter().map(|node| node.name().unwrap_or_default()).collect()
    };
    let dot = after.graph().nodes().find(|node| node.kind() == NodeKind::Operation(Op::Dot));
    let found = dot.map(|dot| names(&dot).concat());
    check.expect_same(&found.as_deref(), &Some("achbda"), || "factors, the left ones first".to_owned());
    let added: Vec<String> = after
        .graph()
        .nodes()
        .filter(|node| node.kind() == NodeKind::Operation(Op::Add))
        .filter_map(|sum| names(&sum).pop())
        .collect();
    check.expect_same(&added.concat().as_str(), &"egf", || "terms after the products".to_owned());
    Ok(())
}

/// An expression keeps all leaves in their order, the names of operations, each constant once, and nothing dead.
fn leaves() -> Result<Check, Error> {
    let mut check = Check::new("expressions", "leaves, names, constants", "those of the graph", 0.0)
        .convicts("crates/program/src/expression.rs");
    let graph = Graph::new();
    let used =
        graph.parse("parameter p, q, r; data x, y; dead = sin(p*x); u = exp(q*2) + 2; v = u*2 + y; v*v")?;
    let expression = Expression::new(&graph, &[used, graph.node("u")?, graph.node("q")?])?;
    let named: Vec<String> = expression.graph().nodes().filter_map(Node::name).collect();
    check.expect_same(&named.join(" ").as_str(), &"p q r x y u v J", || "names".to_owned());
    check.expect_same(&operations(&expression).as_str(), &"add add exp mul mul mul", || {
        "operations".to_owned()
    });
    let constants: Vec<NodeKind> = expression
        .graph()
        .nodes()
        .map(Node::kind)
        .filter(|kind| matches!(kind, NodeKind::Constant(_)))
        .collect();
    check.expect_same(&constants, &vec![NodeKind::Constant(2.0)], || "constants".to_owned());
    let outputs: Vec<Option<String>> = expression.outputs().into_iter().map(Node::name).collect();
    check.expect_same(
        &outputs,
        &vec![Some("J".to_owned()), Some("u".to_owned()), Some("q".to_owned())],
        || "outputs".to_owned(),
    );
    let zeros = Graph::new();
    let x = zeros.parameter("x");
    let sum = x.max(&zeros.constant(0.0)) + x.min(&zeros.constant(-0.0)) + x * zeros.constant(0.0);
    let signs: Vec<bool> = Expression::new(&zeros, &[sum])?
        .graph()
        .nodes()
        .filter_map(|node| match node.kind() {
            NodeKind::Constant(value) => Some(value.is_sign_negative()),
            _ => None,
        })
        .collect();
    check.expect_same(&signs, &vec![false, true], || "0 and −0 are two constants".to_owned());
    let products = zeros.node("x")? * zeros.constant(0.0) + zeros.node("x")? * zeros.constant(-0.0);
    let shared = share(&Expression::new(&zeros, &[products])?)?;
    check.expect_same(&operations(&shared).as_str(), &"add mul mul", || {
        "x·0 and x·−0 are two products".to_owned()
    });
    Ok(check)
}
