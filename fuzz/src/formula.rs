//! Formulas: a mistake that points into the text, or a graph that prints and reads back as the same.
//!
//! Five things are held against the parser. A mistake leaves the graph empty, its place is in the text, and what it says
//! is three lines without control characters. A graph, printed and read, is the same, and so is that one, printed and read.
//! So is it with its derivatives, which share nodes without names. A formula, printed for people, reads back as a formula
//! that prints as the same. LaTeX is ASCII but for Latin letters with accents, which stand in `\textrm` alone.
//!
//! Invariant: nothing here looks at how the parser works.

// The comparison is the one of the crate's own tests.
#[path = "../../crates/graph/tests/same/mod.rs"]
mod same;

use chainrule_graph::{Error, Graph, Misread, Node};

/// How many bytes are read, as the documentation has it.
const LONGEST: usize = 100_000;

/// How many nodes a graph may have whose derivatives are looked at: the text of more is soon longer than what is read.
const MOST_NODES: usize = 1000;

/// Any bytes as formulas.
pub fn any_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let graph = Graph::new();
    match graph.parse(&text) {
        Err(Error::Formula(mistake)) => {
            assert!(graph.is_empty(), "{mistake}, and yet: {graph}");
            assert_points_into(&text, &mistake);
        }
        Err(other) => panic!("{other}: {text:?}"),
        Ok(node) => {
            assert_reads_back(&graph, node);
            if let Some(read) = assert_comes_back(&graph) {
                assert_comes_back(&read);
            }
            if graph.len() <= MOST_NODES {
                let parameters: Vec<Node<'_>> = graph.parameters().collect();
                graph.derivative(node, &parameters).unwrap_or_else(|error| panic!("{error}: {text:?}"));
                assert_comes_back(&graph);
            }
        }
    }
}

/// The place is in the text or just behind its last character, and the caret is under it.
fn assert_points_into(text: &str, mistake: &Misread) {
    let line = text.split('\n').nth(mistake.line() - 1).expect("a line of the text");
    assert!(mistake.character() <= line.chars().count() + 1, "{mistake}");
    let message = mistake.to_string();
    let lines: Vec<&str> = message.split('\n').collect();
    let [said, shown, caret] = lines[..] else { panic!("not three lines: {message:?}") };
    let is_hidden = |c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}';
    assert!(said.len() > 20 && !said.contains(is_hidden) && !shown.contains(is_hidden), "{message:?}");
    assert!(caret.trim_start() == "^" && caret.len() <= shown.chars().count() + 1, "{message:?}");
    assert!(shown.chars().count() <= 64, "longer than a line of a terminal: {message:?}");
}

/// What is printed and read; nothing if it is longer than what is read.
fn assert_comes_back(graph: &Graph) -> Option<Graph> {
    let printed = graph.to_string();
    if printed.len() > LONGEST {
        return None;
    }
    let read = Graph::new();
    let last = read.parse(&printed).unwrap_or_else(|error| panic!("{error}: {printed:?}"));
    same::assert_same(graph, &read, last);
    Some(read)
}

/// The formula down to the leaves, read by itself, prints as itself.
fn assert_reads_back(graph: &Graph, node: Node<'_>) {
    let (formula, latex) = (node.formula(), node.latex());
    assert!(!latex.contains(|c: char| c.is_control()), "{latex:?}");
    assert_ascii_but_for_accents(&latex);
    // A formula that is cut shows the rest by its index. A node called pi or e makes the graph print digits for the number,
    // which the graph of the formula alone does not.
    let is_whole = formula.len() <= LONGEST && !formula.contains('#');
    if is_whole && graph.node("pi").is_err() && graph.node("e").is_err() {
        let alone = Graph::new();
        let read = alone.parse(&formula).unwrap_or_else(|error| panic!("{error}: {formula:?}"));
        assert_eq!(read.formula(), formula);
    }
}

/// LaTeX sets accented Latin letters as they stand, in text alone and without a package; no letter beyond U+017F.
fn assert_ascii_but_for_accents(latex: &str) {
    for (at, c) in latex.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let opened = latex[..at].rfind('{').map_or("", |brace| &latex[..brace]);
        let is_open = latex[..at].rfind('}') < latex[..at].rfind('{');
        assert!(
            c.is_alphabetic() && c < '\u{180}' && is_open && opened.ends_with("\\textrm"),
            "{c:?} in {latex:?}"
        );
    }
}
