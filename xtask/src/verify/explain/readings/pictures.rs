//! Drawings and data of an explanation read back: DOT, SVG and JSON say what the graph is, and nothing lies over anything else.
//!
//! Invariant: what is drawn is compared with the graph, not with the picture it was made from.

use chainrule_explain::{Explanation, Operand, Role, Statement};
use serde_json::{Value, json};

use super::truth::{Truth, shown};
use crate::verify::Check;

/// The longest line on a card or an arrow; more is cut.
const LONGEST: usize = 34;

/// The lines on the card of a node: its name and formula, its value, its adjoint.
struct Card {
    label: String,
    kind: &'static str,
    lines: Vec<String>,
}

fn cards(explanation: &Explanation, truth: &Truth) -> Vec<Card> {
    let is_differentiated = |label: &str| {
        let mut steps = explanation.steps().iter();
        steps.any(|step| matches!(&step.statement, Statement::Adjoint { node, .. } if node == label))
    };
    let card = |label: &str, kind: &'static str, heading: String, digits: usize| {
        let value = truth.values.get(label).copied().unwrap_or(f64::NAN);
        let mut lines = vec![heading, shown(value, digits)];
        if let Some(adjoint) = truth.adjoints.get(label).filter(|_| is_differentiated(label)) {
            lines.push(format!("{} = {}", truth.total(label), shown(*adjoint, 6)));
        }
        Card { label: label.to_owned(), kind, lines }
    };
    let of_step = |statement: &Statement| match statement {
        Statement::Given { node, role } => {
            let kind = match role {
                Role::Parameter => "parameter",
                Role::Data => "data",
                _ => "constant",
            };
            Some(card(node, kind, node.clone(), 17))
        }
        Statement::Value { node, formula, .. } => {
            let kind = if *node == truth.output { "output" } else { "inner" };
            Some(card(node, kind, format!("{node} = {formula}"), 6))
        }
        _ => None,
    };
    explanation.steps().iter().filter_map(|step| of_step(&step.statement)).collect()
}

/// DOT: a node for each card with its lines, an edge for each argument with its slope.
pub(super) fn of_dot(explanation: &Explanation, truth: &Truth, check: &mut Check) {
    let dot = explanation.dot();
    let cards = cards(explanation, truth);
    check.expect(dot.starts_with("digraph {\n") && dot.ends_with("}\n}"), || dot.clone());
    let look = |kind: &str| match kind {
        "parameter" => "shape=ellipse, fillcolor=lightblue",
        "data" | "constant" => "shape=ellipse, fillcolor=lightgrey",
        "output" => "shape=box, fillcolor=palegreen",
        _ => "shape=box, fillcolor=white",
    };
    for (i, card) in cards.iter().enumerate() {
        let line = format!("  n{i} [{}, label=\"{}\"];", look(card.kind), card.lines.join("\\n"));
        check.expect(dot.lines().any(|found| found == line), || format!("no line {line} in {dot}"));
    }
    let leaves = cards.iter().enumerate().filter(|(_, card)| !matches!(card.kind, "inner" | "output"));
    let rank: String = leaves.map(|(i, _)| format!(" n{i};")).collect();
    check.expect(dot.contains(&format!("{{ rank=source;{rank} }}")), || format!("no rank {rank} in {dot}"));
    let edges: Vec<&str> = dot.lines().filter(|line| line.contains(" -> ")).collect();
    let name = |text: &str| -> String {
        let index = text.trim().trim_start_matches('n').parse::<usize>().ok();
        index.and_then(|index| cards.get(index)).map(|card| card.label.clone()).unwrap_or_default()
    };
    let mut found = Vec::new();
    for edge in &edges {
        let Some((from, rest)) = edge.split_once(" -> ") else { continue };
        let Some((to, label)) = rest.split_once(" [") else { continue };
        let (from, to) = (name(from), name(to));
        if let Some(label) = label.strip_prefix("label=\"") {
            let label = label.trim_end_matches("\"];").replace("\\n", " ");
            slope_is_said(&label, &from, &to, truth, check);
        } else {
            check.expect_same(&label, &"style=dashed];", || (*edge).to_owned());
        }
        found.push((from, to));
    }
    let mut expected = truth.edges.clone();
    expected.sort();
    found.sort();
    check.expect_same(&found, &expected, || "edges".to_owned());
}

/// `dv/du = formula = 6` names the edge and has its slope to six digits.
fn slope_is_said(label: &str, from: &str, to: &str, truth: &Truth, check: &mut Check) {
    let (written, number) = (label.split(" = ").next(), label.rsplit("= ").next());
    let slope = written.and_then(|written| truth.partials.get(written.trim()));
    let ends = written.is_some_and(|written| {
        written.split_once('/').is_some_and(|(of, by)| {
            of.trim_start_matches(|c: char| c == 'd' || c == '∂' || ('₀'..='₉').contains(&c)) == to
                && by.trim_start_matches(['d', '∂']) == from
        })
    });
    check.expect(ends, || format!("{label} on the edge from {from} to {to}"));
    let expected = slope.map(|slope| shown(*slope, 6));
    check.expect_same(&number.map(str::to_owned), &expected, || label.to_owned());
}

/// A rectangle: left, top, right, bottom.
type Box4 = [f64; 4];

/// SVG: each text once, cards apart from each other and inside of the page, arrows from card to card.
pub(super) fn of_svg(explanation: &Explanation, truth: &Truth, texts: &mut Check, places: &mut Check) {
    let Ok(svg) = explanation.svg() else { return texts.expect(false, || "no drawing".to_owned()) };
    let cards = cards(explanation, truth);
    let number = |line: &str, name: &str| -> f64 {
        let value = line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.and_then(|(value, _)| value.parse().ok()).unwrap_or(f64::NAN)
    };
    let page = svg.lines().next().unwrap_or_default();
    let size: Vec<f64> = page
        .split_once("viewBox=\"")
        .map(|(_, rest)| rest.split(['"', ' ']).take(4).filter_map(|number| number.parse().ok()).collect())
        .unwrap_or_default();
    let [0.0, 0.0, width, height] = size[..] else {
        return places.expect(false, || format!("no viewBox: {page}"));
    };
    let of_class = |class: &str| -> Vec<&str> {
        let marks = [format!("<text class=\"{class}\""), format!("<rect class=\"{class}")];
        svg.lines().filter(|line| marks.iter().any(|mark| line.starts_with(mark))).collect()
    };
    let rectangles: Vec<Box4> = of_class("card ")
        .iter()
        .map(|line| {
            let (x, y) = (number(line, "x"), number(line, "y"));
            [x, y, x + number(line, "width"), y + number(line, "height")]
        })
        .collect();
    places
        .expect(rectangles.len() == cards.len(), || format!("{} cards of {}", rectangles.len(), cards.len()));
    for (i, one) in rectangles.iter().enumerate() {
        let inside = one[0] >= 0.0 && one[1] >= 0.0 && one[2] <= width && one[3] <= height;
        places.expect(inside && one[2] > one[0] && one[3] > one[1], || {
            format!("card {i} {one:?} on {width} × {height}")
        });
        for (k, other) in rectangles.iter().enumerate().skip(i + 1) {
            places.expect(are_apart(one, other), || format!("cards {i} {one:?} and {k} {other:?}"));
        }
    }
    of_texts(&svg, &cards, &rectangles, texts, places);
    of_arrows(&svg, truth, &cards, &rectangles, places);
    let labels: Vec<Box4> = of_class("partial").iter().map(|line| text_box(line, &number)).collect();
    for (i, label) in labels.iter().enumerate() {
        let inside = label[0] >= 0.0 && label[2] <= width && label[1] >= 0.0 && label[3] <= height;
        places.expect(inside, || format!("label {i} {label:?} on {width} × {height}"));
        let is_free = rectangles.iter().chain(labels.iter().skip(i + 1)).all(|other| are_apart(label, other));
        places.expect(is_free, || format!("label {i} {label:?} lies over something: {svg}"));
    }
}

fn are_apart(one: &Box4, other: &Box4) -> bool {
    one[2] <= other[0] || other[2] <= one[0] || one[3] <= other[1] || other[3] <= one[1]
}

/// Where a text stands, with letters of 0.6 of their height.
fn text_box(line: &str, number: &dyn Fn(&str, &str) -> f64) -> Box4 {
    let (x, y, size) = (number(line, "x"), number(line, "y"), number(line, "font-size"));
    let length = content(line).chars().count() as f64 * 0.6 * size / 2.0;
    [x - length, y - 0.7 * size, x + length, y]
}

/// What a text shows, without what it shows under the pointer.
fn content(line: &str) -> String {
    let inner = line.split_once('>').map_or("", |(_, rest)| rest.trim_end_matches("</text>"));
    let inner = inner.split_once("</title>").map_or(inner, |(_, shown)| shown);
    unescaped(inner)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn of_texts(svg: &str, cards: &[Card], rectangles: &[Box4], texts: &mut Check, places: &mut Check) {
    let mut lines = svg.lines().skip_while(|line| !line.starts_with("<rect class=\"card"));
    for (card, rectangle) in cards.iter().zip(rectangles) {
        let head = lines.next().unwrap_or_default();
        let class = format!("<rect class=\"card {}\"", card.kind);
        texts.expect(head.starts_with(&class), || format!("{} is drawn as {head}", card.label));
        for (k, expected) in card.lines.iter().enumerate() {
            let line = lines.next().unwrap_or_default();
            let is_cut = expected.chars().count() > LONGEST;
            let shown: String = if is_cut {
                expected.chars().take(LONGEST - 1).chain(['…']).collect()
            } else {
                expected.clone()
            };
            texts.expect_same(&content(line), &shown, || line.to_owned());
            let tip = line.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
            texts.expect_same(&tip.map(|(tip, _)| unescaped(tip)), &is_cut.then(|| expected.clone()), || {
                line.to_owned()
            });
            let number = |line: &str, name: &str| -> f64 {
                let value =
                    line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
                value.and_then(|(value, _)| value.parse().ok()).unwrap_or(f64::NAN)
            };
            let found = text_box(line, &number);
            let is_inside = found[0] >= rectangle[0] && found[2] <= rectangle[2];
            let is_high = if k < 2 {
                found[1] >= rectangle[1] && found[3] <= rectangle[3]
            } else {
                found[1] >= rectangle[3]
            };
            places
                .expect(is_high && (k == 2 || is_inside), || format!("{line} beside its card {rectangle:?}"));
            let middle = f64::midpoint(rectangle[0], rectangle[2]);
            places.expect((number(line, "x") - middle).abs() < 0.11, || {
                format!("{line} not in the middle of {rectangle:?}")
            });
        }
    }
}

/// Each arrow begins at the right of its argument's card, ends at the left of the other's, and is level wherever cards stand.
fn of_arrows(svg: &str, truth: &Truth, cards: &[Card], rectangles: &[Box4], places: &mut Check) {
    let mut ends = Vec::new();
    for line in svg.lines().filter(|line| line.starts_with("<path class=\"arrow")) {
        let Some((_, way)) = line.split_once(" d=\"M") else { continue };
        let way = way.split('"').next().unwrap_or_default();
        let mut points: Vec<[f64; 2]> = Vec::new();
        for command in
            way.split([' ', 'L', 'C']).filter(|word| !word.is_empty()).collect::<Vec<_>>().chunks(2)
        {
            if let [x, y] = command {
                points.push([x.parse().unwrap_or(f64::NAN), y.parse().unwrap_or(f64::NAN)]);
            }
        }
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let at = |point: &[f64; 2], side: usize| {
            let touches = |rectangle: &Box4| {
                (rectangle[side] - point[0]).abs() < 0.11
                    && point[1] >= rectangle[1]
                    && point[1] <= rectangle[3]
            };
            rectangles.iter().position(touches).map(|index| cards[index].label.clone()).unwrap_or_default()
        };
        ends.push((at(first, 2), at(last, 0)));
        for pair in points.windows(2) {
            let [from, to] = [pair[0], pair[1]];
            if from[1] == to[1] && from[0] < to[0] {
                let line = [from[0] + 0.2, from[1], to[0] - 0.2, to[1]];
                let is_free = rectangles.iter().all(|card| {
                    line[0] >= line[2] || are_apart(&line, card) || line[1] <= card[1] || line[1] >= card[3]
                });
                places.expect(is_free, || format!("an arrow crosses a card: {way}"));
            }
        }
    }
    let mut expected = truth.edges.clone();
    expected.sort();
    ends.sort();
    places.expect_same(&ends, &expected, || "arrows".to_owned());
}

/// JSON has every field of every step, numbers to the bit.
pub(super) fn of_json(explanation: &Explanation, truth: &Truth, check: &mut Check) {
    let text = explanation.to_json().unwrap_or_default();
    let Ok(found) = serde_json::from_str::<Value>(&text) else { return check.expect(false, || text) };
    check.expect_same(&found["output"], &json!(truth.output), || "output".to_owned());
    check.expect_same(&found["inputs"], &json!(explanation.inputs()), || "inputs".to_owned());
    let steps: Vec<Value> = explanation
        .steps()
        .iter()
        .map(|step| {
            let mut fields = fields(&step.statement);
            fields["number"] = json!(step.number);
            fields["value"] = json!(step.value);
            fields
        })
        .collect();
    let listed = found["steps"].as_array().cloned().unwrap_or_default();
    check.expect(listed.len() == steps.len(), || format!("{} steps", listed.len()));
    for (found, expected) in listed.iter().zip(&steps) {
        check.expect_same(found, expected, || "a step".to_owned());
    }
}

fn fields(statement: &Statement) -> Value {
    match statement {
        Statement::Given { node, role } => {
            json!({ "kind": "given", "node": node, "role": format!("{role:?}").to_lowercase() })
        }
        Statement::Value { node, op, formula, operands } => {
            let operand = |operand: &Operand| match operand {
                Operand::Step(number) => json!({ "step": number }),
                Operand::Constant(value) => json!({ "constant": value }),
                other => json!(format!("{other:?}")),
            };
            let name = op.exponent().map_or(op.name().to_owned(), |n| format!("{}({n})", op.name()));
            let operands: Vec<Value> = operands.iter().map(operand).collect();
            json!({ "kind": "value", "node": node, "op": name, "formula": formula, "operands": operands })
        }
        Statement::Partial { node, argument, position, notation, formula, value_step } => json!({
            "kind": "partial", "node": node, "argument": argument, "position": position,
            "notation": format!("{notation:?}").to_lowercase(), "formula": formula, "value_step": value_step,
        }),
        Statement::Adjoint { node, terms } => {
            let terms: Vec<Value> = terms
                .iter()
                .map(|term| json!({ "adjoint": term.adjoint, "partial": term.partial }))
                .collect();
            json!({ "kind": "adjoint", "node": node, "terms": terms })
        }
        Statement::Path { input, partials } => {
            json!({ "kind": "path", "input": input, "partials": partials })
        }
        Statement::Sum { input, paths } => json!({ "kind": "sum", "input": input, "paths": paths }),
        Statement::Nudge { input, from, to, before, after, exact } => json!({
            "kind": "nudge", "input": input, "from": from, "to": to, "before": before, "after": after, "exact": exact,
        }),
        Statement::Shared { input, paths, adjoint } => {
            let paths = u64::try_from(*paths).unwrap_or(u64::MAX);
            json!({ "kind": "shared", "input": input, "paths": paths, "adjoint": adjoint })
        }
        other => json!({ "unknown": format!("{other:?}") }),
    }
}
