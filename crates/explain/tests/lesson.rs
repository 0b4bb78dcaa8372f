//! The lesson's logistic graph, and what is known of its derivatives in symbols.

mod graphs;

use chainrule_explain::{Error, Explanation, Identity, Statement, logistic, logistic_identities};
use chainrule_graph::Graph;

use crate::graphs::logistic_lesson;

fn identities(explanation: &Explanation) -> Vec<&Identity> {
    explanation
        .steps()
        .iter()
        .filter_map(
            |step| if let Statement::Identity(identity) = &step.statement { Some(identity) } else { None },
        )
        .collect()
}

#[test]
fn the_graph_is_the_lessons() {
    let graph = Graph::new();
    let loss = logistic(&graph, 3).unwrap();
    assert_eq!(graph.node("z").unwrap().formula(), "w1 * x1 + w2 * x2 + w3 * x3 + b");
    assert_eq!(loss.to_string(), "-y * ln(a) - (1 - y) * ln(1 - a)");
    assert!(logistic(&graph, 3).is_err()); // once in a graph
    let alone = Graph::new();
    logistic(&alone, 0).unwrap();
    assert_eq!(alone.node("z").unwrap().formula(), "0 + b");
}

#[test]
fn derivatives_in_symbols_hold_at_any_point() {
    for label in [0.0, 1.0, 0.25] {
        for weight in [-350.0, -150.0, -17.0, -3.0, -0.5, 0.0, 1e-9, 0.7, 8.0, 18.0] {
            let graph = Graph::new();
            let output = logistic(&graph, 2).unwrap();
            let point = [("w1", weight), ("x1", 2.0), ("w2", -1.0), ("x2", 0.3), ("b", 0.1), ("y", label)];
            let run = graph.at(&point.map(|(name, value)| (graph.node(name).unwrap(), value))).unwrap();
            let explanation = Explanation::new(&run, output).unwrap();
            let explanation = explanation.with_identities(logistic_identities(2)).unwrap();
            assert_eq!(identities(&explanation).len(), 6, "{label} {weight}");
            let by_symbols = explanation.steps().last().unwrap().value;
            assert_eq!(Some(by_symbols), explanation.derivative("b"));
        }
    }
}

#[test]
fn what_is_not_differentiated_by_is_left_out() {
    let explanation = logistic_lesson(&["w1"]);
    let by: Vec<&str> =
        identities(&explanation).iter().map(|identity| identity.derivative.by.as_str()).collect();
    assert_eq!(by, ["a", "z", "z", "w1"]);
}

#[test]
fn what_does_not_hold_is_refused() {
    let wrong = [
        Identity::new(["L", "z"], &[], &["y - a"]),
        Identity::new(["L", "z"], &[["L", "a"], ["L", "z"]], &[]),
        Identity::new(["L", "z"], &[], &["a - y", "a + y - 1.0000001"]),
        Identity::new(["L", "z"], &[], &["a - q"]),
        Identity::new(["L", "z"], &[], &["a -"]),
    ];
    for identity in wrong {
        let refused = logistic_lesson(&["w1"]).with_identities(vec![identity.clone()]);
        assert!(matches!(refused, Err(Error::WrongStep { .. })), "{identity:?}: {refused:?}");
    }
}

#[test]
fn features_are_bounded_and_many_take_no_time() {
    let graph = Graph::new();
    assert_eq!(
        logistic(&graph, 9_999_999_999).unwrap_err().to_string(),
        "9999999999 features are too many for the lesson's graph; take at most 1000"
    );
    let begun = std::time::Instant::now();
    let features = 150;
    let output = logistic(&graph, features).unwrap();
    let leaves: Vec<_> =
        graph.nodes().filter(|node| node.arguments().is_empty() && node.name().is_some()).collect();
    let run = graph.at(&leaves.iter().map(|&leaf| (leaf, 0.01)).collect::<Vec<_>>()).unwrap();
    let explanation = Explanation::new(&run, output).unwrap();
    explanation.with_identities(logistic_identities(features)).unwrap();
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
