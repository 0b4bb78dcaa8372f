//! Graphs and tapes used in ways that cannot be meant: each is an error that names the thing, the place and what to do.
//!
//! Invariant: messages are compared whole, but for the numbers of graphs and tapes.

use chainrule_graph::{
    Dual, Error as GraphError, Graph, Node, Op, Real, Table, Tape, Var, hessian, hessian_vector, jacobian,
    value_and_gradient,
};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

const FILES: &str =
    "crates/graph/src/{graph,node,nodes,run,gradient,tape,record,paths,error,owner,function,form}.rs";

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(graphs()?);
    emit(tapes()?);
    emit(one_liners()?);
    emit(reading()?);
    Ok(())
}

fn row(name: &str, route: &'static str) -> Check {
    Check::new(name, route, "documented", 0.0).convicts(FILES)
}

/// The error has this message, in which # stands for the number of a graph or tape.
fn says<T>(check: &mut Check, outcome: Result<T, GraphError>, expected: &str) {
    let found = outcome.err().map_or("no error".to_owned(), |error| anonymous(&error.to_string()));
    check.expect_same(&found.as_str(), &expected, || "an error".to_owned());
}

fn anonymous(text: &str) -> String {
    let mut shown = String::new();
    let mut is_number = false;
    for c in text.chars() {
        let follows = shown.ends_with('#') || is_number;
        is_number = c.is_ascii_digit() && follows;
        if !is_number {
            shown.push(c);
        }
    }
    shown
}

fn graphs() -> Result<Check, Error> {
    let mut check = row("misuse of graphs", "errors");
    let graph = Graph::new();
    let (a, b) = (graph.parameter("a"), graph.data("b"));
    let sum = (a + b).named("s");
    let other = Graph::new();
    let c = other.parameter("c");
    says(&mut check, graph.node("q"), "no node of graph # is named `q`; its names are: a, b, s");
    says(&mut check, graph.at(&[(a, 1.0)]), "`b` of graph # has no value; bind it in the list given to `at`");
    says(
        &mut check,
        graph.at(&[(a, 1.0), (b, 2.0), (a, 1.0)]),
        "`a` of graph # is bound twice; bind each parameter and data node once",
    );
    says(
        &mut check,
        graph.at(&[(a, 1.0), (b, 2.0), (sum, 1.0)]),
        "`s` of graph # is not a parameter or data node; leave it out of the list given to `at`",
    );
    says(
        &mut check,
        graph.at(&[(a, 1.0), (b, 2.0), (c, 1.0)]),
        "node 0 belongs to graph #, not to graph #; ask the one that made it",
    );
    let mixed = a + c;
    let message =
        "an operation mixes nodes of graph # and graph #; build the whole expression in one of them";
    check.expect_same(
        &mixed.error().map(|error| anonymous(&error.to_string())).as_deref(),
        &Some(message),
        || "a sum over two graphs".to_owned(),
    );
    // What is made of it has the same error, and so has whoever asks for its value.
    let run = graph.at(&[(a, 1.0), (b, 2.0)])?;
    says(&mut check, run.value(mixed), message);
    says(&mut check, run.gradient((mixed * a).sin()), message);
    let clean = Graph::new();
    let (x, y) = (clean.parameter("x"), clean.parameter("y"));
    let product = x * y;
    let run = clean.at(&[(x, 2.0), (y, 5.0)])?;
    says(&mut check, run.value(c), "node 0 belongs to graph #, not to graph #; ask the one that made it");
    says(&mut check, run.gradient(c), "node 0 belongs to graph #, not to graph #; ask the one that made it");
    let later = product + x;
    says(&mut check, run.value(later), "node 3 of graph # was made after this evaluation; call `at` again");
    let twice = Graph::new();
    twice.parameter("t");
    let second = twice.parameter("t");
    says(
        &mut check,
        twice.at(&[(second, 1.0)]),
        "the name `t` is given twice in graph #; give each node a name of its own",
    );
    let short = Graph::new();
    let t = short.parameter("t");
    let sum = Node::apply(&Table, Op::Add, &[t]);
    says(
        &mut check,
        short.at(&[(t, 1.0)])?.value(sum),
        "`add` in graph # was given the wrong number of arguments, 1; give it 2",
    );
    let constant = Node::constant(3.0);
    says(
        &mut check,
        run.paths(constant, x, 10),
        "the constant 3 belongs to no graph; make it with `Graph::constant`",
    );
    check.expect_same(&run.value(constant)?, &3.0, || "a constant without a graph".to_owned());
    Ok(check)
}

fn tapes() -> Result<Check, Error> {
    let mut check = row("tapes", "errors, rewinds and room");
    let mut tape = Tape::<f64>::new();
    check.expect(tape.is_empty(), || "a new tape".to_owned());
    {
        let x = tape.var(3.0);
        let here = tape.position();
        let y = x * x;
        let recorded = tape.len();
        check.expect(recorded >= 2 && !tape.is_empty(), || format!("{recorded} records"));
        check.expect_same(tape.gradient(&y)?.get_var(&x)?, &6.0, || "d(x²)/dx".to_owned());
        tape.rewind(here)?;
        check.expect(tape.len() < recorded, || format!("{} records after a rewind", tape.len()));
        let rewound = "tape # was rewound to before this was recorded; record it again";
        says(&mut check, tape.gradient(&y).map(|_| ()), rewound);
        let z = x.sin();
        check.expect_same(&z.value(), &3.0_f64.sin(), || "sin 3".to_owned());
        let gradient = tape.gradient(&z)?;
        check.expect_same(gradient.get_var(&x)?, &3.0_f64.cos(), || {
            "what is recorded after a rewind".to_owned()
        });
        says(&mut check, gradient.get_var(&y).map(|_| ()), rewound);
        // Room is used again.
        let mut room = tape.gradient(&z)?;
        let w = z * x;
        tape.gradient_into(&w, &mut room)?;
        let expected = 3.0_f64.sin() + 3.0 * 3.0_f64.cos();
        check.expect_same(room.get_var(&x)?, &expected, || "a gradient into used room".to_owned());
        let other = Tape::<f64>::new();
        let strange = other.var(1.0);
        let mixed = x * strange;
        says(
            &mut check,
            tape.gradient(&mixed).map(|_| ()),
            "an operation mixes nodes of tape # and tape #; build the whole expression in one of them",
        );
        other.gradient_into(&strange, &mut room)?;
        check.expect(room.get_var(&x).is_err() && room.get_var(&strange).is_ok(), || {
            "a gradient of another tape keeps the first tape's name".to_owned()
        });
        let fixed = Var::fixed(2.0);
        check.expect_same(tape.gradient(&(x * fixed))?.get_var(&x)?, &2.0, || "times a number".to_owned());
    }
    let before = tape.bytes();
    tape.clear();
    check.expect(tape.is_empty() && before > 0, || format!("{} records after clear", tape.len()));
    Ok(check)
}

/// The one-liners, of functions whose derivatives are whole numbers.
fn one_liners() -> Result<Check, Error> {
    let mut check = row("one-liners", "values and derivatives");
    fn value<R: Real>(x: &[R]) -> R {
        x[0].clone() * &x[0] * &x[1] + R::constant(3.0) * &x[1] * &x[2]
    }
    let x = [2.0, 5.0, -1.0];
    let (found, gradient) = value_and_gradient(|x| value(x), &x)?;
    check.expect_same(&found, &5.0, || "value".to_owned());
    check.expect_same(&gradient, &vec![20.0, 1.0, 15.0], || "gradient".to_owned());
    let rows = hessian(|x| value(x), &x)?;
    check.expect_same(&rows, &vec![vec![10.0, 4.0, 0.0], vec![4.0, 0.0, 3.0], vec![0.0, 3.0, 0.0]], || {
        "Hessian".to_owned()
    });
    let along = hessian_vector(|x| value(x), &x, &[1.0, 2.0, 3.0])?;
    check.expect_same(&along, &vec![18.0, 13.0, 6.0], || "Hessian times (1, 2, 3)".to_owned());
    let of_two = jacobian(|x| vec![value(x), x[2] * x[0]], &x)?;
    check.expect_same(&of_two, &vec![vec![20.0, 1.0, 15.0], vec![-1.0, 0.0, 2.0]], || "Jacobian".to_owned());
    says(&mut check, hessian_vector(|x| value(x), &x, &[1.0]), "the direction has 1 entries; give it 3");
    let dual = value(&[Dual::variable(2.0), Dual::fixed(5.0), Dual::fixed(-1.0)]);
    check.expect_same(&(dual.value, dual.tangent), &(5.0, 20.0), || "a dual number".to_owned());
    Ok(check)
}

/// What a graph tells of itself.
fn reading() -> Result<Check, Error> {
    let mut check = row("graphs", "nodes, names and paths");
    let graph = Graph::new();
    check.expect(graph.is_empty(), || "a new graph".to_owned());
    let (a, b) = (graph.parameter("a"), graph.parameter("b"));
    let product = a * b;
    let j = (product + a).named("J");
    check.expect_same(&graph.len(), &4, || "nodes".to_owned());
    check.expect_same(&graph.nth(2).and_then(Node::index), &Some(2), || "the third node".to_owned());
    check.expect(graph.nth(4).is_none(), || "a fifth node".to_owned());
    check.expect_same(&graph.parameters().count(), &2, || "parameters".to_owned());
    check.expect_same(
        &j.arguments().iter().map(|node| node.index()).collect::<Vec<_>>(),
        &vec![Some(2), Some(0)],
        || "arguments of J".to_owned(),
    );
    check.expect(j.owner() == Some(graph.owner()) && Node::constant(1.0).owner().is_none(), || {
        "owners".to_owned()
    });
    let run = graph.at(&[(a, 2.0), (b, 5.0)])?;
    check.expect_same(&run.nodes().count(), &4, || "nodes of a run".to_owned());
    let edges: Vec<(Option<usize>, usize, f64)> =
        run.edges(product)?.iter().map(|edge| (edge.argument.index(), edge.position, edge.partial)).collect();
    check.expect_same(&edges, &vec![(Some(0), 0, 5.0), (Some(1), 1, 2.0)], || "edges of a·b".to_owned());
    let paths = run.paths(j, a, 10)?;
    let products: Vec<f64> = paths.iter().map(|path| path.product).collect();
    check.expect(paths.total() == 2 && paths.is_complete() && paths.len() == 2, || "paths to a".to_owned());
    check.expect_same(&products.iter().sum::<f64>(), &6.0, || "the sum over paths".to_owned());
    let one = run.paths(j, a, 1)?;
    check.expect(one.total() == 2 && !one.is_complete() && one.len() == 1, || "one of two paths".to_owned());
    // A ladder of 70 squares has 2⁷⁰ paths.
    let ladder = Graph::new();
    let x = ladder.parameter("x");
    let top = (0..70).fold(x, |node, _| node + node);
    let run = ladder.at(&[(x, 1.0)])?;
    let paths = run.paths(top, x, 3)?;
    check.expect(paths.total() == 1 << 70 && paths.len() == 3, || format!("{} paths", paths.total()));
    check.expect_same(&run.gradient(top)?[x], &2_f64.powi(70), || "a ladder".to_owned());
    Ok(check)
}
