//! The text of the lesson's graphs, whole, and what holds for every text.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod graphs;
mod random;

use chainrule_explain::Explanation;
use chainrule_graph::{Graph, Real};
use insta::assert_snapshot;
use proptest::prelude::*;

use crate::graphs::{explained, lesson, logistic_lesson, tangled};

#[test]
fn the_lessons_first_graph() {
    assert_snapshot!(lesson());
}

#[test]
fn the_lessons_first_graph_by_one_input() {
    let point = [("a", 5.0), ("b", 3.0), ("c", 2.0)];
    assert_snapshot!(explained("3*(a + b*c)", &point, &["b"]).unwrap());
}

#[test]
fn the_lessons_second_graph() {
    assert_snapshot!(logistic_lesson(&["w1"]));
}

#[test]
fn shared_nodes_repeated_arguments_and_many_paths() {
    assert_snapshot!(tangled());
}

#[test]
fn an_input_that_does_not_matter() {
    assert_snapshot!(explained("parameter c; a*b", &[("c", 1.0), ("a", 2.0), ("b", 0.5)], &["c"]).unwrap());
}

#[test]
fn a_kink_is_told() {
    let remark = "u is at a kink, where the derivative is a convention.";
    let at = |x: f64| explained("u = max(x, 0); J = 2*u", &[("x", x)], &[]).unwrap().to_string();
    assert!(at(0.0).contains(remark) && !at(1.0).contains("kink"));
    assert!(at(0.0).contains("Second derivatives there are conventions too."));
}

#[test]
fn what_is_always_at_a_tie_is_at_no_kink() {
    for formula in ["max(x, x)*x", "u = x^2; min(u, u)", "select(0, x^2, x)"] {
        let text = explained(formula, &[("x", 0.0)], &[]).unwrap().to_string();
        assert!(!text.contains("kink"), "{formula}: {text}");
    }
    for (formula, x) in [("max(x, 1e20)*x", 1e20), ("round(x)*x", 0.5)] {
        let text = explained(formula, &[("x", x)], &[]).unwrap().to_string();
        assert!(text.contains("kink"), "{formula}: {text}");
    }
    for formula in ["max(x, -x)", "hypot(x, x)", "max(x, 0)", "select(x, x, 2*x)", "abs(x)"] {
        let text = explained(formula, &[("x", 0.0)], &[]).unwrap().to_string();
        assert!(text.contains("kink"), "{formula}: {text}");
    }
}

#[test]
fn negative_numbers_stand_in_parentheses_where_signs_would_meet() {
    let text = explained("a*b - b*c", &[("a", 2.0), ("b", -0.5), ("c", -3.0)], &[]).unwrap().to_string();
    assert!(text.contains("u = a * b = 2 * (-0.5) = -1"), "{text}");
    assert!(text.contains("dJ/db = 2 + 3 = 5"), "{text}");
    assert!(!text.contains("+ -") && !text.contains("- -") && !text.contains("·-"), "{text}");
}

#[test]
fn colours_are_only_between_the_words() {
    let explanation = logistic_lesson(&["w1"]);
    let (plain, coloured) = (explanation.to_string(), explanation.text().colour(true).to_string());
    assert!(!plain.contains('\u{1b}'));
    assert!(
        coloured.contains("\u{1b}[1mForward") && coloured.contains("\u{1b}[36m33") == plain.contains("= 33")
    );
    assert_eq!(without_colours(&coloured), plain);
}

#[test]
fn lines_end_between_words_alone() {
    let text = explained("sin(x)", &[("x", 1e300)], &[]).unwrap();
    let words = |width: usize| -> Vec<String> {
        text.text().width(width).to_string().split_whitespace().map(str::to_owned).collect()
    };
    for width in 40..100 {
        assert_eq!(words(width), words(10_000), "{width}");
    }
}

#[test]
fn what_a_terminal_would_obey_is_escaped() {
    let graph = Graph::new();
    let x = graph.parameter("a\nb\u{1b}[31m\u{202e}");
    let (square, log) = ((x * x).named("J"), (-x).ln());
    let run = graph.at(&[(x, 2.0)]).unwrap();
    let text = Explanation::new(&run, square).unwrap().to_string();
    assert!(text.contains("a\\nb\\u{1b}[31m\\u{202e} = 2"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    let refused = Explanation::new(&run, log).unwrap_err();
    assert!(!refused.to_string().contains('\u{1b}'), "{refused}");
}

#[test]
fn inputs_are_shown_with_all_their_digits() {
    let text = explained("x^2", &[("x", 123_456_789.123_456_79)], &[]).unwrap().to_string();
    assert!(text.contains("x = 123456789.12345679\n"), "{text}");
    assert!(text.contains("J = x^2 = 123456789.12345679^2 = 1.52416e16"), "{text}");
}

/// The text without escape sequences, each of which ends with `m`.
fn without_colours(text: &str) -> String {
    text.split('\u{1b}')
        .enumerate()
        .map(|(i, part)| if i == 0 { part } else { part.split_once('m').unwrap().1 })
        .collect()
}

proptest! {
    #![proptest_config(random::config())]

    /// Lines fit, unless a single word does not.
    #[test]
    fn lines_fit_the_width(recipe in random::recipes(), width in 40..120_usize) {
        let (graph, point) = random::graph(&recipe);
        let explanation = random::explained(&graph, &point);
        for line in explanation.text().width(width).to_string().lines() {
            let words = line.split_whitespace().count();
            prop_assert!(line.chars().count() <= width || words <= 2, "{}", line);
        }
    }

    /// Whatever the width, the words are the same.
    #[test]
    fn the_width_changes_no_word(recipe in random::recipes(), width in 60..200_usize) {
        let (graph, point) = random::graph(&recipe);
        let explanation = random::explained(&graph, &point);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let wrapped = explanation.text().width(width).to_string();
        prop_assert_eq!(words(&wrapped), words(&explanation.text().width(10_000).to_string()));
    }
}
