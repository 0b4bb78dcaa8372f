//! The lines of an explanation, in text and in LaTeX, read as equations: all sides are equal.
//!
//! A side is a formula of nodes and derivatives, or of the rounded numbers that stand for them; the last is the step's number.
//!
//! Invariant: sides are computed from the graph's own values, by readers that know nothing of explanations.

use std::collections::BTreeMap;

use chainrule_explain::{Explanation, Statement, Step};
use chainrule_graph::{Graph, Node, Notation};

use super::truth::{Truth, shown};
use crate::error::Error;
use crate::verify::Check;
use crate::verify::graph::formulas::latex;

/// A side of rounded numbers: six digits each, of which sums and steep functions lose some.
const OF_ROUNDED: f64 = 3e-2;

/// The lines of the text.
pub(super) fn of_text(
    explanation: &Explanation,
    truth: &Truth,
    exact: &mut Check,
    sides: &mut Check,
) -> Result<(), Error> {
    let text = explanation.text().width(1_000_000).to_string();
    let derivatives = truth.derivatives();
    let lines: Vec<&str> = text.lines().filter_map(numbered).collect();
    exact.expect(lines.len() == explanation.steps().len(), || {
        format!("{} lines of {} steps: {text}", lines.len(), explanation.steps().len())
    });
    for (line, step) in lines.iter().zip(explanation.steps()) {
        if let Statement::Nudge { .. } = step.statement {
            let expected = nudge(step, explanation, truth);
            exact.expect_same(line, &expected.as_str(), || "a nudge".to_owned());
            continue;
        }
        let equation = along_path(line, step, explanation, exact);
        let equation = equation.split_once(", since").map_or(equation, |(equation, _)| equation);
        // Behind too many paths to list stand words.
        let equation = equation.split_once(": ").map_or(equation, |(equation, _)| equation);
        let parts: Vec<&str> = equation.split(" = ").collect();
        let is_given = matches!(step.statement, Statement::Given { .. });
        let last = shown(step.value, if is_given { 17 } else { 6 });
        exact.expect_same(parts.last().unwrap_or(&""), &last.as_str(), || format!("the number of {line}"));
        exact.expect_same(&beginning(step, truth).unwrap_or(parts[0].to_owned()).as_str(), &parts[0], || {
            (*line).to_owned()
        });
        for side in &parts[..parts.len() - 1] {
            let found = of_side(side, &derivatives, &truth.values);
            compare(sides, found, side, step.value, || format!("{side} in {line}"));
        }
    }
    Ok(())
}

/// `  12  u = …`: what stands behind the number.
fn numbered(line: &str) -> Option<&str> {
    let (number, rest) = line.trim_start().split_once("  ")?;
    number.parse::<usize>().ok().filter(|_| line.starts_with("  ")).map(|_| rest)
}

/// What stands before the first equality sign.
fn beginning(step: &Step, truth: &Truth) -> Option<String> {
    match &step.statement {
        Statement::Given { node, .. } | Statement::Value { node, .. } => Some(node.clone()),
        Statement::Adjoint { node, .. } => Some(truth.total(node)),
        Statement::Sum { input, .. } | Statement::Shared { input, .. } => Some(truth.total(input)),
        _ => None,
    }
}

/// The equation behind a path, whose nodes have to be those of its factors.
fn along_path<'l>(line: &'l str, step: &Step, explanation: &Explanation, exact: &mut Check) -> &'l str {
    let (Statement::Path { input, partials }, Some((path, equation))) =
        (&step.statement, line.split_once(": "))
    else {
        return line;
    };
    let nodes = partials.iter().filter_map(|&number| match &explanation.steps().get(number - 1)?.statement {
        Statement::Partial { node, .. } => Some(node.as_str()),
        _ => None,
    });
    let expected: Vec<&str> = nodes.chain([input.as_str()]).collect();
    exact.expect_same(&path, &expected.join(" → ").as_str(), || line.to_owned());
    equation
}

/// A nudge, to nine digits.
fn nudge(step: &Step, explanation: &Explanation, truth: &Truth) -> String {
    let Statement::Nudge { input, to, after, exact, .. } = &step.statement else { return String::new() };
    let value = |label: &str| truth.values.get(label).copied().unwrap_or(f64::NAN);
    let (from, before) = (value(input), value(explanation.output()));
    let second = shown(before, 9);
    let second = if second.starts_with('-') { format!("({second})") } else { second };
    let rise = format!("{} - {second}", shown(*after, 9));
    let length = shown(to - from, 6);
    let slope = if length == "1" { rise } else { format!("({rise})/{length}") };
    let exactly = if *exact { format!(", exactly {}", truth.total(input)) } else { String::new() };
    format!(
        "nudge {input} from {} to {}: {} = {}, {slope} = {}{exactly}",
        shown(from, 9),
        shown(*to, 9),
        truth.output,
        shown(*after, 9),
        shown((after - before) / (to - from), 6)
    )
}

/// A side without names stands for rounded numbers.
fn compare(
    check: &mut Check,
    found: Result<f64, String>,
    side: &str,
    value: f64,
    place: impl FnOnce() -> String,
) {
    match found {
        Err(reason) => check.expect(false, || format!("{}: {reason}", place())),
        Ok(found) if is_of_numbers(side) => {
            let error = (found - value).abs() / largest(side).max(value.abs());
            // As a share of what rounding may do.
            check
                .count_at(error / OF_ROUNDED * super::SIDES, || format!("{}: {found}, not {value}", place()));
        }
        Ok(found) => check.compare_at_scale_at(found, value, 1.0, place),
    }
}

/// Whether a side is made of rounded numbers: no digit of it is part of a name, and names of functions are not followed by a letter.
fn is_of_numbers(side: &str) -> bool {
    side.contains(|c: char| c.is_ascii_digit())
        && !side.contains("/d")
        && !side.contains('∂')
        && !words(side).any(|word| word == "J" || super::truth::LETTERS.contains(&word) || is_label(word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).filter(|word| !word.is_empty())
}

/// A label of a node without a name, or of a statement.
fn is_label(word: &str) -> bool {
    let rest = word.strip_prefix(['n', 's']).or(word.strip_prefix("n_").or(word.strip_prefix("s_")));
    word == "u"
        || word == "v"
        || rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        || word.starts_with("D_")
}

fn largest(side: &str) -> f64 {
    words(side).filter_map(|word| word.parse::<f64>().ok()).fold(1.0, f64::max)
}

/// The value of a side in text.
fn of_side(
    side: &str,
    derivatives: &BTreeMap<String, f64>,
    values: &BTreeMap<String, f64>,
) -> Result<f64, String> {
    let graph = Graph::new();
    let mut bindings: Vec<(Node<'_>, f64)> =
        values.iter().map(|(label, value)| (graph.parameter(label), *value)).collect();
    let mut text = String::new();
    let mut rest = side;
    let continues_name = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(c) = rest.chars().next() {
        let is_inside = text.ends_with(continues_name);
        let stands_here = |name: &str| {
            let after = rest.strip_prefix(name).filter(|_| !is_inside);
            after.is_some_and(|after| !after.starts_with(continues_name))
        };
        match derivatives.iter().filter(|(name, _)| stands_here(name)).max_by_key(|(name, _)| name.len()) {
            Some((name, value)) => {
                let letter = format!("derivative{}", bindings.len());
                bindings.push((graph.parameter(&letter), *value));
                text += &letter;
                rest = &rest[name.len()..];
            }
            None => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    let value = || graph.at(&bindings)?.value(graph.node("whole side")?);
    graph
        .parse(&format!("`whole side` = {text} + 0"))
        .and_then(|_| value())
        .map_err(|error| error.to_string())
}

/// The items of the document.
pub(super) fn of_latex(explanation: &Explanation, truth: &Truth, exact: &mut Check, sides: &mut Check) {
    let document = explanation.latex();
    document_is_whole(&document, explanation, exact);
    let mut letters: BTreeMap<String, f64> =
        truth.values.iter().map(|(label, value)| (Notation::Latex.name(label).to_string(), *value)).collect();
    let set: Vec<(String, f64)> =
        truth.derivatives().into_iter().map(|(name, value)| (fraction(&name), value)).collect();
    let items: Vec<&str> = document.lines().filter_map(|line| line.strip_prefix("\\item ")).collect();
    exact.expect(items.len() == explanation.steps().len(), || format!("{} items: {document}", items.len()));
    for (k, (_, value)) in set.iter().enumerate() {
        letters.insert(format!("D_{{{k}}}"), *value);
    }
    for (item, step) in items.iter().zip(explanation.steps()) {
        let equations: Vec<&str> =
            item.split('$').skip(1).step_by(2).filter(|part| part.contains(" = ")).collect();
        exact.expect(!equations.is_empty(), || format!("no equation in {item}"));
        // Behind too many paths to list stands the equation of a step before.
        let is_shared = matches!(step.statement, Statement::Shared { .. });
        let Some(equation) = (if is_shared { equations.first() } else { equations.last() }) else { continue };
        let mut text = equation.trim_start_matches("\\displaystyle ").to_owned();
        for (k, (name, _)) in set.iter().enumerate() {
            text = text.replace(name.as_str(), &format!("D_{{{k}}}"));
        }
        let parts: Vec<&str> = text.split(" = ").collect();
        let is_given = matches!(step.statement, Statement::Given { .. });
        let expected: f64 = shown(step.value, if is_given { 17 } else { 6 }).parse().unwrap_or(f64::NAN);
        for (k, side) in parts.iter().enumerate() {
            let found = latex::value(side, &letters);
            let place = || format!("{side} in {item}");
            if k + 1 == parts.len() {
                match found {
                    Ok(found) => sides.compare_at(found, expected, place),
                    Err(reason) => sides.expect(false, || format!("{}: {reason}", place())),
                }
            } else if !is_of_numbers(&without_commands(side)) {
                match found {
                    Ok(found) => sides.compare_at_scale_at(found, step.value, 1.0, place),
                    Err(reason) => sides.expect(false, || format!("{}: {reason}", place())),
                }
            } else {
                compare(sides, found, side, step.value, place);
            }
        }
    }
}

/// LaTeX without its commands: what is left are letters, numbers and signs.
fn without_commands(text: &str) -> String {
    let mut parts = text.split('\\');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
    // A power of e is no letter, and an index is part of its name.
    rest.fold(first, |text, part| text + " " + part).replace("e^{", "{").replace("_{", "_")
}

/// `\frac{dJ}{du}`
fn fraction(derivative: &str) -> String {
    let Some((of, by)) = derivative.split_once('/') else { return derivative.to_owned() };
    let name = |text: &str| Notation::Latex.name(text).to_string();
    if let (Some(of), Some(by)) = (of.strip_prefix('d'), by.strip_prefix('d')) {
        return format!("\\frac{{d{}}}{{d{}}}", name(of), name(by));
    }
    let (of, by) = (of.trim_start_matches('∂'), by.trim_start_matches('∂'));
    let digits: String = of.chars().take_while(|c| ('₀'..='₉').contains(c)).collect();
    let of = name(&of[digits.len()..]);
    if digits.is_empty() {
        return format!("\\frac{{\\partial {of}}}{{\\partial {}}}", name(by));
    }
    let index: String =
        digits.chars().filter_map(|c| char::from_digit(u32::from(c) - u32::from('₀'), 10)).collect();
    format!("\\frac{{\\partial_{{{index}}} {of}}}{{\\partial {}}}", name(by))
}

/// Braces close, environments end, and lists go on counting.
fn document_is_whole(document: &str, explanation: &Explanation, exact: &mut Check) {
    let mut depth = 0_i64;
    for (at, c) in document.char_indices() {
        let is_sign = document[..at].ends_with('\\');
        depth += match c {
            '{' if !is_sign => 1,
            '}' if !is_sign => -1,
            _ => 0,
        };
        exact.expect(depth >= 0 || !c.is_ascii(), || format!("a brace too many at {at}"));
    }
    exact.expect(depth == 0 && document.is_ascii(), || {
        format!("{depth} braces are open, or a letter is not ASCII")
    });
    let count = |text: &str| document.matches(text).count();
    exact.expect(count("\\begin{enumerate}") == count("\\end{enumerate}"), || {
        "lists that do not end".to_owned()
    });
    exact.expect(
        document.starts_with("\\documentclass") && document.trim_end().ends_with("\\end{document}"),
        || "the document is not whole".to_owned(),
    );
    let mut before = 0;
    for line in document.lines() {
        if let Some(counter) = line.strip_prefix("\\setcounter{enumi}{") {
            exact.expect_same(&counter.trim_end_matches('}'), &before.to_string().as_str(), || {
                line.to_owned()
            });
        }
        before += usize::from(line.starts_with("\\item "));
    }
    exact.expect(before == explanation.steps().len(), || format!("{before} items"));
}
