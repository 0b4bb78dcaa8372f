//! The LaTeX of the lesson's graphs, whole, and what every document keeps: braces, environments and dollar signs in pairs, commands that
//! LaTeX knows without a package.

mod graphs;
mod random;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::graphs::{lesson, logistic_lesson, tangled};

#[test]
fn the_lessons_first_graph() {
    assert_snapshot!(lesson().latex());
}

#[test]
fn the_lessons_second_graph() {
    assert_snapshot!(logistic_lesson(&["w1"]).latex());
}

#[test]
fn shared_nodes_repeated_arguments_and_many_paths() {
    assert_snapshot!(tangled().latex());
}

/// The commands that documents use: each is LaTeX's own, in the class article without a package.
const COMMANDS: [&str; 32] = [
    "documentclass",
    "begin",
    "end",
    "raggedright",
    "section",
    "subsection",
    "item",
    "setcounter",
    "displaystyle",
    "to",
    "frac",
    "partial",
    "cdot",
    "left",
    "right",
    "mathrm",
    "infty",
    "sigma",
    "sqrt",
    "ln",
    "exp",
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "min",
    "max",
];

#[test]
fn remarks_name_nodes_as_formulas_do() {
    let latex = graphs::explained("σ = max(x, 0); J = 2*σ", &[("x", 0.0)], &[]).unwrap().latex();
    assert!(latex.contains("$\\displaystyle \\sigma$ is at a kink"), "{latex}");
}

proptest! {
    #![proptest_config(random::config())]

    #[test]
    fn documents_are_well_formed(recipe in random::recipes()) {
        let (graph, point) = random::graph(&recipe);
        let latex = random::explained(&graph, &point).latex();
        let mut depth = 0_i32;
        let mut previous = ' ';
        for c in latex.chars() {
            depth += i32::from(c == '{' && previous != '\\') - i32::from(c == '}' && previous != '\\');
            prop_assert!(depth >= 0, "{}", latex);
            previous = c;
        }
        prop_assert_eq!(depth, 0, "{}", latex);
        prop_assert_eq!(latex.matches('$').count() % 2, 0, "{}", latex);
        prop_assert_eq!(latex.matches("\\left").count(), latex.matches("\\right").count(), "{}", latex);
        prop_assert_eq!(latex.matches("\\begin{").count(), latex.matches("\\end{").count(), "{}", latex);
        prop_assert!(latex.is_ascii(), "{}", latex);
        for command in latex.split('\\').skip(1) {
            let letters: String = command.chars().take_while(char::is_ascii_alphabetic).collect();
            prop_assert!(letters.is_empty() || COMMANDS.contains(&letters.as_str()), "{} in {}", letters, latex);
        }
    }
}
