//! Explanations read back: text, LaTeX, JSON, DOT and SVG of random graphs say what the graph computes.
//!
//! A formula of several statements with shared nodes is drawn, explained at a point and written in every form. Small readers of our own take each
//! form
//! apart, and what it says is held to the graph's values, its adjoints and the slopes along its edges.
//!
//! Invariant: a form is judged by what a reader of it sees, not by the structures that it was made from.

mod equations;
mod pictures;
mod truth;

use chainrule_explain::Explanation;
use chainrule_graph::{Graph, Node};

use self::truth::{LETTERS, Truth, statements};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Sides of equations are equal up to some roundings of numbers below a thousand.
const SIDES: f64 = 1e-9;

struct Rows {
    lines: Check,
    sides: Check,
    document: Check,
    set: Check,
    json: Check,
    dot: Check,
    texts: Check,
    places: Check,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row =
        |route, reference, bound, files| Check::new("explanations", route, reference, bound).convicts(files);
    const TEXT: &str = "crates/explain/src/{text,equation,number,symbols,nudge,steps}.rs";
    const LATEX: &str = "crates/explain/src/{latex,equation,number}.rs";
    const SVG: &str = "crates/explain/src/{svg,layout,picture}.rs";
    let mut rows = Rows {
        lines: row("lines of text", "the graph's numbers", 0.0, TEXT),
        sides: row("equations in text", "all sides are equal", SIDES, TEXT),
        document: row("LaTeX", "a whole document", 0.0, LATEX),
        set: row("equations in LaTeX", "all sides are equal", SIDES, LATEX),
        json: row("JSON", "the steps", 0.0, "crates/explain/src/{json,explanation}.rs"),
        dot: row("DOT", "the graph", 0.0, "crates/explain/src/{dot,picture}.rs"),
        texts: row("texts of SVG", "the graph", 0.0, SVG),
        places: row("places in SVG", "apart, and arrows from card to card", 0.0, SVG),
    };
    let mut fixed = Random::new(0xE09);
    let mut fresh = effort.fresh("explain readings");
    for (random, count) in [(&mut fixed, effort.samples(25, 500)), (&mut fresh, effort.samples(25, 500))] {
        for _ in 0..count {
            of_graph(random, &mut rows)?;
        }
    }
    let Rows { lines, sides, document, set, json, dot, texts, places } = rows;
    [lines, sides, document, set, json, dot, texts, places].into_iter().for_each(&mut *emit);
    Ok(())
}

fn of_graph(random: &mut Random, rows: &mut Rows) -> Result<(), Error> {
    let graph = Graph::new();
    let text = statements(random);
    let output = graph.parse(&text)?;
    let mut point: Vec<(Node<'_>, f64)> = Vec::new();
    for name in LETTERS {
        // Some are whole numbers, which are shown with all their digits.
        let value = random.between(-1.9, 1.9);
        point.push((graph.node(name)?, if random.chance(0.2) { value.round() + 0.0 } else { value }));
    }
    let run = graph.at(&point)?;
    let truth = Truth::new(&graph, &run, output)?;
    let explanation = if random.chance(0.3) {
        let input = [graph.node("x")?, graph.node("b")?];
        Explanation::with_respect_to(&run, output, &input)
    } else {
        Explanation::new(&run, output)
    };
    let explanation = explanation.map_err(Error::Explain)?;
    equations::of_text(&explanation, &truth, &mut rows.lines, &mut rows.sides)?;
    equations::of_latex(&explanation, &truth, &mut rows.document, &mut rows.set);
    pictures::of_json(&explanation, &truth, &mut rows.json);
    pictures::of_dot(&explanation, &truth, &mut rows.dot);
    pictures::of_svg(&explanation, &truth, &mut rows.texts, &mut rows.places);
    Ok(())
}
