//! The lesson's graphs in the language of graphviz, whole, and how odd names are quoted.

mod graphs;

use chainrule_explain::Explanation;
use chainrule_graph::Graph;
use insta::assert_snapshot;

use crate::graphs::{lesson, logistic_lesson};

#[test]
fn the_lessons_first_graph() {
    assert_snapshot!(lesson().dot());
}

#[test]
fn the_lessons_second_graph_by_one_input() {
    assert_snapshot!(logistic_lesson(&["w1"]).dot());
}

#[test]
fn odd_names_are_quoted() {
    let graph = Graph::new();
    let x = graph.parameter("say \"x\" \\n {twice}\n");
    let output = (x + x).named("J");
    let run = graph.at(&[(x, 2.0)]).unwrap();
    assert_snapshot!(Explanation::new(&run, output).unwrap().dot());
}
