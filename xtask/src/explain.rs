//! `cargo xtask explain`: a formula and a point in, the chain rule worked through step by step out.
//!
//! Invariant: what is written has been verified, each step against those before it.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{IsTerminal, stdout};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use chainrule_explain::{Explanation, logistic, logistic_identities};
use chainrule_graph::{Graph, Node, NodeKind, Run};

use crate::Outcome;
use crate::cli::{ExplainArguments, FormatName};
use crate::error::Error;

/// The word that stands for the lesson's second graph.
const LOGISTIC: &str = "logistic";
/// The features of the lesson's graph where the point does not tell.
const LESSONS_FEATURES: usize = 2;
/// Columns of text where there is no terminal to ask.
const COLUMNS: usize = 100;

/// Reads the formula, takes the steps, verifies them and writes them.
///
/// # Errors
/// If the formula, the point or a name is refused, or the file cannot be written.
pub fn run(arguments: &ExplainArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let format = format_of(arguments);
    let point = arguments.at.iter().map(|text| binding(text)).collect::<Result<Vec<_>, _>>()?;
    let graph = Graph::new();
    let explanation = explain(&graph, arguments, &point)?;
    explanation.verify()?;
    write(arguments, format, &explanation, print)?;
    Ok(Outcome::Success)
}

fn explain(
    graph: &Graph,
    arguments: &ExplainArguments,
    point: &[(String, f64)],
) -> Result<Explanation, Error> {
    if arguments.formula.trim() != LOGISTIC {
        let output = graph.parse(&arguments.formula)?;
        return take_steps(&evaluate(graph, point)?, output, &arguments.wrt);
    }
    let features = features(point);
    let output = logistic(graph, features)?;
    let explanation = take_steps(&evaluate(graph, point)?, output, &arguments.wrt)?;
    Ok(explanation.with_identities(logistic_identities(features))?)
}

fn take_steps(run: &Run<'_, f64>, output: Node<'_>, wrt: &[String]) -> Result<Explanation, Error> {
    if wrt.is_empty() {
        return Ok(Explanation::new(run, output)?);
    }
    let node =
        |name: &String| run.graph().node(name.trim()).map_err(|error| Error::in_option("--wrt", error));
    let inputs = wrt.iter().map(node).collect::<Result<Vec<_>, _>>()?;
    Ok(Explanation::with_respect_to(run, output, &inputs)?)
}

fn evaluate<'g>(graph: &'g Graph, point: &[(String, f64)]) -> Result<Run<'g, f64>, Error> {
    let refused = |error| Error::in_option("--at", error);
    let bind = |(name, value): &(String, f64)| graph.node(name).map(|node| (node, *value));
    let bindings = point.iter().map(bind).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let is_leaf = |node: &Node<'_>| matches!(node.kind(), NodeKind::Parameter | NodeKind::Data);
    let bound: HashSet<&str> = point.iter().map(|(name, _)| name.as_str()).collect();
    let names = graph.nodes().filter(is_leaf).filter_map(Node::name);
    let missing: Vec<String> = names.filter(|name| !bound.contains(name.as_str())).collect();
    if missing.is_empty() {
        graph.at(&bindings).map_err(refused)
    } else {
        Err(Error::missing_values(&missing))
    }
}

/// `a=5`
fn binding(text: &str) -> Result<(String, f64), Error> {
    let read =
        text.rsplit_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)));
    match read {
        Some((name, value)) if f64::is_finite(value) && !name.is_empty() => Ok((name.to_owned(), value)),
        _ => Err(Error::Binding { found: text.to_owned() }),
    }
}

/// The largest j of the names w1, x1, w2, …
fn features(point: &[(String, f64)]) -> usize {
    let index = |(name, _): &(String, f64)| name.strip_prefix(['w', 'x'])?.parse().ok();
    point.iter().filter_map(index).max().unwrap_or(LESSONS_FEATURES)
}

/// What is asked for, by name or else by the file's extension.
fn format_of(arguments: &ExplainArguments) -> FormatName {
    let extension = arguments.output.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
    let of_file = match extension {
        Some("svg") => FormatName::Svg,
        Some("tex") => FormatName::Latex,
        Some("dot" | "gv") => FormatName::Dot,
        _ => FormatName::Text,
    };
    arguments.format.unwrap_or(of_file)
}

fn write(
    arguments: &ExplainArguments,
    format: FormatName,
    explanation: &Explanation,
    print: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    let to_terminal = arguments.output.is_none() && stdout().is_terminal();
    let text = if arguments.json {
        explanation.to_json()?
    } else {
        match format {
            FormatName::Text => text(explanation, to_terminal),
            FormatName::Latex => explanation.latex(),
            FormatName::Dot => explanation.dot(),
            FormatName::Svg => explanation.svg()?,
        }
    };
    match &arguments.output {
        Some(path) => {
            let refused = |cause: std::io::Error| Error::Write {
                path: path.display().to_string(),
                cause: cause.to_string(),
            };
            std::fs::write(path, format!("{}\n", text.trim_end())).map_err(refused)
        }
        None => {
            print(text.trim_end());
            Ok(())
        }
    }
}

fn text(explanation: &Explanation, to_terminal: bool) -> String {
    let columns =
        terminal_size::terminal_size().filter(|_| to_terminal).map_or(COLUMNS, |(width, _)| width.0.into());
    let colour = to_terminal && AutoStream::choice(&stdout()) != ColorChoice::Never;
    explanation.text().width(columns).colour(colour).to_string()
}
