//! The graphs that explanations are looked at on.

#![allow(clippy::unwrap_used, dead_code, reason = "helpers of tests, not each of which uses them all")]

use chainrule_explain::{Error, Explanation, logistic, logistic_identities};
use chainrule_graph::Graph;

/// Formulas at a point, differentiated by all parameters, or by some nodes.
pub(crate) fn explained(formulas: &str, point: &[(&str, f64)], by: &[&str]) -> Result<Explanation, Error> {
    let graph = Graph::new();
    let output = graph.parse(formulas)?;
    let bindings: Vec<_> = point.iter().map(|&(name, value)| (graph.node(name).unwrap(), value)).collect();
    let run = graph.at(&bindings)?;
    if by.is_empty() {
        return Explanation::new(&run, output);
    }
    let by: Vec<_> = by.iter().map(|name| graph.node(name).unwrap()).collect();
    Explanation::with_respect_to(&run, output, &by)
}

/// The lesson's first graph, J = 3(a + bc).
pub(crate) fn lesson() -> Explanation {
    explained("u = b*c; v = a + u; J = 3*v", &[("a", 5.0), ("b", 3.0), ("c", 2.0)], &[]).unwrap()
}

/// The lesson's second graph, logistic regression with two features.
pub(crate) fn logistic_lesson(by: &[&str]) -> Explanation {
    let graph = Graph::new();
    let output = logistic(&graph, 2).unwrap();
    let point = [("w1", 0.5), ("x1", 2.0), ("w2", -1.0), ("x2", 0.3), ("b", 0.1), ("y", 1.0)];
    let run = graph.at(&point.map(|(name, value)| (graph.node(name).unwrap(), value))).unwrap();
    let by: Vec<_> = by.iter().map(|name| graph.node(name).unwrap()).collect();
    let explanation = Explanation::with_respect_to(&run, output, &by).unwrap();
    explanation.with_identities(logistic_identities(2)).unwrap()
}

/// Shared sub-expressions, one argument twice, more paths than are listed, a nudge that has to shrink.
pub(crate) fn tangled() -> Explanation {
    let formulas = "s = x*x; t = s + x; u = t*s + t; v = u*t - u; w = v*u + v*s; J = sin(w*t) + w";
    explained(formulas, &[("x", 0.25)], &[]).unwrap()
}
