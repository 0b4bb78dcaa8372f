//! Formulas in and out: what is read is what was written, and what is printed reads back.
//!
//! Random formulas are written down by a writer of our own and compared with the nodes that are read. Graphs are printed and read into an empty
//! graph. What is printed for people is read again, LaTeX by a reader of our own, and has the same value.
//!
//! Invariant: no formula is judged by the parser and the printer together alone.

pub(in crate::verify) mod latex;
mod mistakes;
mod printed;
mod tree;

use std::hash::{DefaultHasher, Hash, Hasher};

use chainrule_graph::{Error as GraphError, Graph, Node, NodeKind, Op};

use self::tree::{NAMES, Tree};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const PARSER: &str = "crates/graph/src/{parser,lexer,reading,functions}.rs";
const PRINTER: &str = "crates/graph/src/{listing,form,formula,notation,lexer,op}.rs";

/// A byte more than the documentation allows is a mistake, and a level more of brackets.
const LONGEST: usize = 100_000;
const DEEPEST: usize = 250;

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut read = Check::new("random formulas", "nodes that are read", "the trees that were written", 0.0)
        .convicts(PARSER);
    let mut listed = Check::new("random graphs", "printed and read", "the same graph", 0.0).convicts(PRINTER);
    let mut fixed = Random::new(0xF0_12);
    let mut fresh = effort.fresh("formulas");
    for (random, count) in
        [(&mut fixed, effort.samples(300, 10_000)), (&mut fresh, effort.samples(300, 10_000))]
    {
        for _ in 0..count {
            of_statements(random, &mut read, &mut listed);
        }
    }
    emit(read);
    emit(listed);
    emit(statements()?);
    emit(limits());
    emit(mistakes::check());
    printed::checks(effort, emit)
}

/// A few statements, each of which may use those before it.
fn of_statements(random: &mut Random, read: &mut Check, listed: &mut Check) {
    let ops: Vec<Op> = Op::all().into_iter().collect();
    let graph = Graph::new();
    let count = 1 + random.below(3);
    let trees: Vec<Tree> = (0..count).map(|_| Tree::random(random, 4, &ops)).collect();
    let mut text = String::new();
    for (k, tree) in trees.iter().enumerate() {
        let separator = if k + 1 < count {
            ";\n"
        } else if random.chance(0.2) {
            " ; "
        } else {
            ""
        };
        text += &format!("f{k} = {}{separator}", tree.write(random));
    }
    match graph.parse(&text) {
        Err(error) => read.expect(false, || format!("{text}: {error}")),
        Ok(last) => {
            let whole = format!("f{}", count - 1);
            read.expect(
                last.name().as_deref() == Some(whole.as_str())
                    || !matches!(last.kind(), NodeKind::Operation(_)),
                || format!("{text}: the last is called {:?}", last.name()),
            );
            for (k, tree) in trees.iter().enumerate() {
                let found = if k + 1 == count { Ok(last) } else { graph.node(&format!("f{k}")) };
                match found {
                    Ok(node) => {
                        let difference = tree.difference(node);
                        read.expect(difference.is_none(), || {
                            format!("{text}: {}", difference.unwrap_or_default())
                        });
                    }
                    // Another name for a leaf is one within the text only.
                    Err(_) => read.expect(matches!(tree, Tree::Name(_) | Tree::Number(_)), || {
                        format!("{text}: nothing is called f{k}")
                    }),
                }
            }
            comes_back(&graph, listed);
        }
    }
}

/// A graph printed and read into an empty one has the same leaves in the same order, and the same operations with the same names.
fn comes_back(graph: &Graph, check: &mut Check) {
    let text = graph.to_string();
    let read = Graph::new();
    if let Err(error) = read.parse(&text) {
        check.expect(false, || format!("{text}: {error}"));
        return;
    }
    let leaves = |graph: &Graph| {
        let is_leaf = |node: &Node<'_>| matches!(node.kind(), NodeKind::Parameter | NodeKind::Data);
        graph.nodes().filter(is_leaf).map(|node| (node.name(), node.kind())).collect::<Vec<_>>()
    };
    check.expect(leaves(graph) == leaves(&read), || format!("{text}: read as {read}, other leaves"));
    let (mut written, mut found) = (structures(graph), structures(&read));
    let named = |all: &[(u64, Option<String>)]| {
        all.iter().filter(|(_, name)| name.is_some()).cloned().collect::<Vec<_>>()
    };
    let names = named(&found);
    let is_renamed = named(&written).into_iter().find(|node| !names.contains(node));
    written.sort();
    found.sort();
    let bare =
        |all: &[(u64, Option<String>)]| all.iter().map(|(structure, _)| *structure).collect::<Vec<_>>();
    check.expect(bare(&written) == bare(&found), || format!("{text}: read as {read}, other operations"));
    check.expect(is_renamed.is_none(), || format!("{text}: read as {read}, without {is_renamed:?}"));
}

/// What each node is down to its leaves, as a number, and its name.
fn structures(graph: &Graph) -> Vec<(u64, Option<String>)> {
    let mut structures: Vec<u64> = Vec::new();
    for node in graph.nodes() {
        let mut hasher = DefaultHasher::new();
        match node.kind() {
            NodeKind::Constant(value) => value.to_bits().hash(&mut hasher),
            NodeKind::Operation(op) => {
                format!("{op:?}").hash(&mut hasher);
                node.arguments().iter().for_each(|argument| {
                    argument.index().map(|index| structures[index]).hash(&mut hasher);
                });
            }
            _ => node.name().hash(&mut hasher),
        }
        structures.push(hasher.finish());
    }
    structures.into_iter().zip(graph.nodes().map(Node::name)).collect()
}

/// What statements mean, case by case.
fn statements() -> Result<Check, Error> {
    let mut check =
        Check::new("statements", "leaves, names and shared nodes", "documented", 0.0).convicts(PARSER);
    let graph = Graph::new();
    let x = graph.data("x");
    let j = graph.parse("data t; parameter b, a; u = a*x; v = u; w = v + t; sigmoid(w)*b + e + pi + q")?;
    let kinds: Vec<(String, NodeKind)> =
        graph.nodes().filter_map(|node| Some((node.name()?, node.kind()))).collect();
    let leaves: Vec<&str> = kinds
        .iter()
        .filter(|(_, kind)| matches!(kind, NodeKind::Parameter | NodeKind::Data))
        .map(|(name, _)| name.as_str())
        .collect();
    check.expect_same(&leaves, &vec!["x", "t", "b", "a", "q"], || "leaves in order".to_owned());
    let data: Vec<&str> =
        kinds.iter().filter(|(_, kind)| *kind == NodeKind::Data).map(|(name, _)| name.as_str()).collect();
    check.expect_same(&data, &vec!["x", "t"], || "data".to_owned());
    check.expect_same(&j.name().as_deref(), &Some("J"), || "the last formula's name".to_owned());
    check.expect(graph.node("v").is_err(), || "another name for u stays".to_owned());
    let a = graph.node("a")?;
    let bind =
        [(x, 2.0), (graph.node("t")?, 0.5), (graph.node("b")?, 3.0), (a, -0.25), (graph.node("q")?, 10.0)];
    let run = graph.at(&bind)?;
    check.expect_same(&run.value(graph.node("w")?)?, &0.0, || "w = a*x + t".to_owned());
    let expected = 0.5 * 3.0 + std::f64::consts::E + std::f64::consts::PI + 10.0;
    check.expect_same(&run.value(j)?, &expected, || "J".to_owned());
    // A name that the graph has is its node, also where a constant is called so.
    let again = graph.parse("a + e")?;
    check.expect_same(&again.arguments().first().and_then(|node| node.index()), &a.index(), || {
        "a again".to_owned()
    });
    check.expect(again.name().is_none(), || format!("a second J: {:?}", again.name()));
    let named = Graph::new();
    named.parameter("e");
    let sum = named.parse("e + `pi`")?;
    let both: Vec<NodeKind> = sum.arguments().into_iter().map(Node::kind).collect();
    check.expect_same(&both, &vec![NodeKind::Parameter; 2], || "e is a node, `pi` a name".to_owned());
    for (plain, written) in NAMES {
        let graph = Graph::new();
        let node = graph.parse(&format!("{written} + 0"))?;
        let found = node.arguments().first().and_then(|leaf| leaf.name());
        check.expect_same(&found.as_deref(), &Some(plain), || format!("the name {written}"));
    }
    Ok(check)
}

/// The longest text and the deepest nesting are read, and what is one more is not.
fn limits() -> Check {
    let mut check =
        Check::new("limits of formulas", "texts at the limit", "documented", 0.0).convicts(PARSER);
    let padded = |length: usize| format!("a{}", " ".repeat(length - 1));
    let bracketed = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let signed = |depth: usize| format!("{}a", "-".repeat(depth));
    let powers = |depth: usize| format!("a{}", "^a".repeat(depth));
    for (name, text) in [
        ("bytes", padded as fn(usize) -> String),
        ("brackets", bracketed),
        ("signs", signed),
        ("powers", powers),
    ] {
        let most = if name == "bytes" { LONGEST } else { DEEPEST };
        let is_read = |length: usize| Graph::new().parse(&text(length)).is_ok();
        check.expect(is_read(most), || format!("{most} {name} are not read"));
        let error = Graph::new().parse(&text(most + 1)).err();
        check.expect(matches!(error, Some(GraphError::Formula(_))), || {
            format!("{} {name}: {error:?}", most + 1)
        });
    }
    check
}
