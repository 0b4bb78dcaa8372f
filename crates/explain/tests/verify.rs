//! Steps can be checked by a machine: what was made verifies, what was altered does not.

mod graphs;
mod random;

use chainrule_explain::{Error, Explanation, Operand, Statement};
use proptest::prelude::*;

use crate::graphs::{explained, lesson, logistic_lesson, tangled};

fn examples() -> [Explanation; 3] {
    [lesson(), logistic_lesson(&["w1", "b"]), tangled()]
}

/// The number of the step that is refused.
fn refused(explanation: &Explanation) -> Option<usize> {
    match explanation.verify() {
        Err(Error::WrongStep { number, .. }) => Some(number),
        _ => None,
    }
}

#[test]
fn what_was_made_verifies() {
    for explanation in examples() {
        assert_eq!(explanation.verify(), Ok(()), "{explanation}");
    }
}

/// Branches that are not taken, ties and edges.
#[test]
fn what_ends_somewhere_verifies() {
    for formula in
        ["select(x, y, x^2*y)", "sqrt(max(x + 2, y))", "max(x, x)*min(y, -1)", "pow(x + 1, -y - 1)"]
    {
        let explanation = explained(formula, &[("x", -1.0), ("y", -1.0)], &[]).unwrap();
        assert_eq!(explanation.verify(), Ok(()), "{explanation}");
    }
}

#[test]
fn no_value_can_be_altered() {
    for explanation in examples() {
        for place in 0..explanation.steps().len() {
            let mut steps = explanation.steps().to_vec();
            let value = &mut steps[place].value;
            *value = if *value == 0.0 { 1e-3 } else { *value * (1.0 + 1e-9) };
            let found = refused(&explanation.clone().with_steps(steps));
            // A given value is what others follow from: those are refused.
            assert!(
                found.is_some_and(|number| number > place),
                "step {}: {found:?}\n{explanation}",
                place + 1
            );
        }
    }
}

#[test]
fn no_step_can_be_left_out_or_moved() {
    for explanation in examples() {
        for place in 0..explanation.steps().len() {
            let mut steps = explanation.steps().to_vec();
            steps.remove(place);
            let is_last = place == steps.len();
            let found = refused(&explanation.clone().with_steps(steps));
            assert_eq!(found.is_none(), is_last, "step {}: {found:?}", place + 1);
        }
        let mut steps = explanation.steps().to_vec();
        steps.swap(1, 2);
        assert_eq!(refused(&explanation.with_steps(steps)), Some(2));
    }
}

/// An alteration of a statement, which others are left alone by.
type Alteration = fn(&mut Statement);

#[test]
fn no_statement_can_be_altered() {
    let alterations: [(&str, Alteration); 12] = [
        ("the formula of a value", |statement| {
            if let Statement::Value { formula, .. } = statement {
                formula.push_str(" + 1");
            }
        }),
        ("the operands of a value", |statement| {
            if let Statement::Value { operands, .. } = statement {
                operands[0] = Operand::Constant(17.5);
            }
        }),
        ("a node that is not there", |statement| {
            if let Statement::Value { operands, .. } = statement {
                operands[0] = Operand::Step(0);
            }
        }),
        ("the formula of a local derivative", |statement| {
            if let Statement::Partial { formula, .. } = statement {
                formula.push_str(" - 1");
            }
        }),
        ("a formula that cannot be read", |statement| {
            if let Statement::Partial { formula, .. } = statement {
                formula.push('*');
            }
        }),
        ("the argument of a local derivative", |statement| {
            if let Statement::Partial { argument, .. } = statement {
                argument.push('_');
            }
        }),
        ("the position of a local derivative", |statement| {
            if let Statement::Partial { position, .. } = statement {
                *position += 7;
            }
        }),
        ("a term more in an adjoint", |statement| {
            if let Statement::Adjoint { terms, .. } = statement {
                terms.extend(terms.first().copied());
            }
        }),
        ("a term less in an adjoint", |statement| {
            if let Statement::Adjoint { terms, .. } = statement {
                let _ = terms.pop();
            }
        }),
        ("a path that is shorter", |statement| {
            if let Statement::Path { partials, .. } = statement {
                let _ = partials.pop();
            }
        }),
        ("a path that is left out", |statement| {
            if let Statement::Sum { paths, .. } = statement {
                let _ = paths.pop();
            }
        }),
        ("a nudge that is exact or not", |statement| {
            if let Statement::Nudge { exact, .. } = statement {
                *exact = !*exact;
            }
        }),
    ];
    for (what, alter) in alterations {
        let mut altered = 0;
        for explanation in examples() {
            for place in 0..explanation.steps().len() {
                let mut steps = explanation.steps().to_vec();
                alter(&mut steps[place].statement);
                if steps != explanation.steps() {
                    altered += 1;
                    assert_eq!(refused(&explanation.clone().with_steps(steps)), Some(place + 1), "{what}");
                }
            }
        }
        assert!(altered > 0, "{what}: never applied");
    }
}

#[test]
fn the_count_of_paths_is_counted_again() {
    let explanation = tangled();
    let mut steps = explanation.steps().to_vec();
    let shared = steps.iter_mut().find_map(|step| match &mut step.statement {
        Statement::Shared { paths, .. } => Some(paths),
        _ => None,
    });
    *shared.unwrap() += 1;
    assert!(refused(&explanation.with_steps(steps)).is_some());
}

proptest! {
    #![proptest_config(random::config())]

    /// Every operation of the table among them.
    #[test]
    fn explanations_of_random_graphs_verify(recipe in random::recipes()) {
        let (graph, point) = random::graph(&recipe);
        let explanation = random::explained(&graph, &point);
        prop_assert_eq!(explanation.verify(), Ok(()), "{}", explanation);
    }

    /// And are noticed to be wrong when one number in them is.
    #[test]
    fn random_explanations_are_refused_when_altered(recipe in random::recipes(), which in any::<prop::sample::Index>()) {
        let (graph, point) = random::graph(&recipe);
        let explanation = random::explained(&graph, &point);
        let is_given = |statement: &Statement| matches!(statement, Statement::Given { .. });
        let places: Vec<usize> = (0..explanation.steps().len())
            .filter(|&place| !is_given(&explanation.steps()[place].statement))
            .collect();
        let place = *which.get(&places);
        let mut steps = explanation.steps().to_vec();
        steps[place].value += 1e-6 * steps[place].value.abs().max(1.0);
        prop_assert_eq!(refused(&explanation.with_steps(steps)), Some(place + 1));
    }
}
