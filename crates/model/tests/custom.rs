//! Losses written as graphs: against the logistic regression itself, and against what is known of others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::spector;
use chainrule_graph::Graph;
use chainrule_model::{Error, Fit, LogisticRegression, LossRegression, Obstacle, Solver};

fn regression(graph: &Graph, formula: &str) -> LossRegression {
    Fit::loss(graph, graph.parse(formula).unwrap()).unwrap()
}

const SOLVERS: [Solver; 3] = [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg];

#[test]
fn the_log_loss_as_a_formula_is_logistic_regression() {
    let data = spector().unwrap().dataset;
    let known = LogisticRegression::new().fit(&data).unwrap();
    let graph = Graph::new();
    let loss = regression(&graph, "data g, t, p, y; z = b + w1*g + w2*t + w3*p; softplus(z) - y*z");
    let columns: Vec<&[f64]> = data.columns().chain([data.labels().as_slice()]).collect();
    for solver in [Solver::Newton, Solver::NewtonCg] {
        let minimum = loss.clone().solver(solver).fit(&columns).unwrap();
        let expected = std::iter::once(known.intercept()).chain(known.coefficients().iter().copied());
        for (found, expected) in minimum.parameters().iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-9, "{solver:?}: {found} {expected}");
        }
        let errors = minimum.covariance().diagonal().map(f64::sqrt);
        for (found, expected) in errors.iter().zip(known.inference().unwrap().standard_errors()) {
            assert!((found / expected - 1.0).abs() < 1e-8, "{solver:?}: {found} {expected}");
        }
    }
}

/// Squares: the minimum is the mean, weights included, and a penalty pulls it by n/(n + λ·n).
#[test]
fn a_mean_is_found_by_every_solver() {
    let x = [1.0, 4.0, 7.0, 100.0];
    for solver in SOLVERS {
        let graph = Graph::new();
        let loss = regression(&graph, "data x; (x - m)^2/2").solver(solver);
        assert!((loss.fit(&[&x]).unwrap().parameters()[0] - 28.0).abs() < 1e-12);
        let weighted = loss.fit_weighted(&[&x], &[2.0, 1.0, 1.0, 0.0]).unwrap();
        assert!((weighted.parameters()[0] - 3.25).abs() < 1e-12);
        let pulled = loss.l2(1.0, &["m"]).unwrap().fit(&[&x]).unwrap();
        assert!((pulled.parameters()[0] - 14.0).abs() < 1e-12);
    }
}

/// A smooth absolute value is hardly moved by an outlier: all but the outlier lie around 2.
#[test]
fn a_robust_loss_ignores_an_outlier() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; sqrt((x - m)^2 + 0.01)");
    let minimum = loss.fit(&[&[1.9, 2.0, 2.1, 2.05, 1.95, 1e6]]).unwrap();
    assert!((minimum.parameters()[0] - 2.0).abs() < 0.1, "{:?}", minimum.parameters());
}

/// (p² − 1)² has a maximum at 0 and minima at ±1: from 0.1, where the Hessian is negative, the way leads to 1.
#[test]
fn a_negative_hessian_leads_to_a_minimum_all_the_same() {
    for solver in SOLVERS {
        let graph = Graph::new();
        let loss = regression(&graph, "data c; c*(p^2 - 1)^2").solver(solver).start(&[0.1]).unwrap();
        let minimum = loss.fit(&[&[1.0, 3.0]]).unwrap();
        assert!((minimum.parameters()[0] - 1.0).abs() < 1e-12, "{solver:?}: {:?}", minimum.parameters());
    }
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; x*p");
    assert!(matches!(loss.fit(&[&[1.0, 2.0]]), Err(Error::LossNotReached { .. })));
    let error = loss.clone().l2(1.0, &["q"]).unwrap_err();
    assert_eq!(error.to_string(), "`q` is no parameter of the loss; its parameters are: `p`");
    assert!(matches!(loss.clone().l2(-1.0, &["p"]), Err(Error::InvalidPenalty { .. })));
    assert!(matches!(loss.clone().start(&[1.0, 2.0]), Err(Error::WrongLength { .. })));
    assert!(matches!(loss.fit(&[]), Err(Error::Program(_))));
}

/// A mean time x/p + ln p has no value at the default start of 0, and √p no slope.
#[test]
fn a_loss_that_has_no_value_at_the_start_says_so() {
    for formula in ["data x; x/p + ln(p)", "data x; x*sqrt(p)"] {
        let graph = Graph::new();
        let loss = regression(&graph, formula);
        for solver in SOLVERS {
            let error = loss.clone().solver(solver).fit(&[&[1.0, 3.0]]).unwrap_err();
            assert!(matches!(error, Error::LossNotReached { obstacle: Obstacle::NotFinite, .. }), "{error}");
            assert!(error.to_string().ends_with("begin elsewhere with `start`"), "{error}");
        }
    }
    let graph = Graph::new();
    let begun = regression(&graph, "data x; x/p + ln(p)").start(&[1.0]).unwrap();
    assert!((begun.fit(&[&[1.0, 3.0]]).unwrap().parameters()[0] - 2.0).abs() < 1e-9);
}

/// No step is allowed; there is no bottom.
#[test]
fn messages_about_a_loss_speak_of_losses() {
    for (formula, limit) in [("data x; (x - p)^2", 0), ("data x; x*p", 100)] {
        let graph = Graph::new();
        let error = regression(&graph, formula).iteration_limit(limit).fit(&[&[1.0, 2.0]]).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains("separable") && !text.contains('λ') && text.contains("`start`"), "{text}");
    }
}

#[test]
fn names_of_parameters_are_escaped_and_cut() {
    let graph = Graph::new();
    let parameters = ["a\u{202e}", "b", "c", "d", "e", "f", "g"].map(|name| graph.parameter(name));
    let sum = parameters.into_iter().reduce(|one, other| one + other).unwrap();
    let loss = Fit::loss(&graph, sum * sum + graph.data("x")).unwrap();
    let text = loss.l2(1.0, &["q"]).unwrap_err().to_string();
    assert!(text.ends_with(r"its parameters are: `a\u{202e}`, `b`, `c`, `d`, `e` and 2 more"), "{text}");
}

#[test]
fn penalties_add_up() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; (x - m)^2/2");
    let minimum = |names: &[&str]| {
        let penalised = loss.clone().l2(0.5, names).unwrap();
        penalised.fit(&[&[1.0, 3.0]]).unwrap().parameters()[0]
    };
    assert!((minimum(&["m"]) - 2.0 / 1.5).abs() < 1e-12 && (minimum(&["m", "m"]) - 1.0).abs() < 1e-12);
}

/// On separated classes, and for rates of 0, the loss falls for ever, and value and gradient are soon below any bound.
#[test]
fn a_loss_that_falls_for_ever_has_no_minimum() {
    let (x, y) = ([-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0]);
    let counts = [0.0; 4];
    for solver in SOLVERS {
        for (formula, labels) in [
            ("data x, y; z = a + b*x; softplus(z) - y*z", &y),
            ("data x, y; z = a + b*x; exp(z) - y*z", &counts),
        ] {
            let graph = Graph::new();
            let error = regression(&graph, formula).solver(solver).fit(&[&x, labels]).unwrap_err();
            assert!(matches!(error, Error::LossNotReached { .. }), "{solver:?}, {formula}: {error}");
        }
    }
}

/// The rates at the start are e³⁰ and more: beside such a loss everything near the minimum is rounding. The minimum is that from the origin.
#[test]
fn a_start_far_up_ends_at_the_minimum() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x, count; z = a + b*x; exp(z) - count*z");
    let columns: [&[f64]; 2] = [&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 5.0, 16.0]];
    let known = loss.fit(&columns).unwrap();
    for start in [[30.0, 0.0], [50.0, -20.0]] {
        match loss.clone().start(&start).unwrap().fit(&columns) {
            Ok(minimum) => {
                for (found, known) in minimum.parameters().iter().zip(known.parameters()) {
                    assert!((found / known - 1.0).abs() < 1e-9, "{found} {known}");
                }
            }
            Err(error) => assert!(matches!(error, Error::LossNotReached { .. })),
        }
    }
    let near = loss.clone().start(&[30.0, 0.0]).unwrap().fit(&columns).unwrap();
    assert!(near.gradient_norm() < 1e-12, "{:e}", near.gradient_norm());
}

#[test]
fn parameters_that_stand_in_for_each_other_are_named() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x, y; r = y - (a + b*x + c*x); r^2");
    let (x, y) = ([0.0, 1.0, 2.0, 3.0, 4.0], [1.1, 2.9, 5.2, 6.8, 9.1]);
    for solver in SOLVERS {
        let error = loss.clone().solver(solver).fit(&[&x, &y]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`b` can stand in for `c`"), "{solver:?}: {text}");
    }
}

#[test]
fn a_level_place_that_is_no_minimum_is_told() {
    for (formula, start) in
        [("data x; (a^2 - 1)^2 + 0*x", vec![0.0]), ("data x; a^2 - b^2 + 0*x", vec![0.0, 0.0])]
    {
        let graph = Graph::new();
        let error = regression(&graph, formula).start(&start).unwrap().fit(&[&[1.0, 2.0]]).unwrap_err();
        assert!(error.to_string().contains("no minimum"), "{formula}: {error}");
    }
}

#[test]
fn a_number_that_is_none_is_named_by_column_and_row() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x, y; (y - a*x)^2");
    let text = loss.fit(&[&[1.0, f64::NAN], &[1.0, 2.0]]).unwrap_err().to_string();
    assert!(text.contains("'x'") && text.contains("NaN"), "{text}");
    // An example of weight 0 is none.
    let minimum = loss.fit_weighted(&[&[1.0, f64::NAN], &[3.0, 2.0]], &[1.0, 0.0]).unwrap();
    assert!((minimum.parameters()[0] - 3.0).abs() < 1e-12);
}

#[test]
fn gradient_descent_is_refused_and_not_replaced() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; (x - m)^2/2").solver(Solver::GradientDescent);
    for result in [loss.fit(&[&[1.0, 2.0]]), loss.fit_weighted(&[&[1.0, 2.0]], &[1.0, 3.0])] {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        let text = error.to_string();
        assert!(text.starts_with("gradient descent cannot be used for a custom loss: "), "{text}");
        assert!(
            text.contains("limited-memory BFGS") && text.contains("leave the solver automatic"),
            "{text}"
        );
    }
}

/// However often the solver begins anew and whatever is polished at the end: all steps count, and the history has them all.
#[test]
fn a_limit_is_one_of_all_steps() {
    let graph = Graph::new();
    let loss =
        regression(&graph, "data x, count; z = a + b*x; exp(z) - count*z").start(&[50.0, -20.0]).unwrap();
    let columns: [&[f64]; 2] = [&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 5.0, 16.0]];
    for solver in [Solver::Newton, Solver::NewtonCg] {
        let loss = loss.clone().solver(solver);
        let free = loss.fit(&columns).unwrap();
        assert_eq!(free.history().last(), Some(&free.value()));
        let needed = free.history().len() - 1;
        let mut ends = 0;
        for limit in 0..=needed {
            match loss.clone().iteration_limit(limit).fit(&columns) {
                Ok(minimum) => {
                    assert!(minimum.history().len() - 1 <= limit, "{solver:?} {limit}");
                    ends += 1;
                }
                Err(error) => assert!(matches!(error, Error::LossNotReached { .. }), "{error}"),
            }
        }
        assert!((1..needed).contains(&ends), "{solver:?}: {ends} of {needed}");
    }
}

/// Losses in which no sum takes all parameters: the Hessian is one product for each of them.
#[test]
fn the_hessian_and_the_covariance_are_symmetric_to_the_bit() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x, y; (y - a*exp(-b*x) - c*x)^2 + 0.1*sqrt(1 + a^2*b^2*c^4)");
    let x: Vec<f64> = (0..50).map(|i| f64::from(i) / 17.0).collect();
    let y: Vec<f64> = x.iter().map(|x| 1.3 * (-0.7 * x).exp() + 0.3 * x + 0.01 * (9.0 * x).sin()).collect();
    for solver in SOLVERS {
        let loss = loss.clone().solver(solver).start(&[1.0, 1.0, 0.1]).unwrap();
        let minimum = loss.l2(0.01, &["a", "b"]).unwrap().fit(&[&x, &y]).unwrap();
        for matrix in [minimum.hessian(), minimum.covariance()] {
            for (j, k) in [(0, 1), (0, 2), (1, 2)] {
                assert_eq!(matrix[(j, k)].to_bits(), matrix[(k, j)].to_bits(), "{solver:?}: {matrix}");
            }
        }
    }
}
