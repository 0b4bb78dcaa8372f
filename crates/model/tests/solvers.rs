//! Every solver ends at the same optimum, and what is proved of two ends covers the way between them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::spector;
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Obstacle, Penalty, Solver, Theorem};
use nalgebra::{DMatrix, DVector};

const SOLVERS: [Solver; 5] =
    [Solver::Automatic, Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent];

fn assert_near(one: &Fit, other: &Fit) {
    let bounds =
        one.certificate().unwrap().coefficients().iter().zip(other.certificate().unwrap().coefficients());
    let coefficients = |fit: &Fit| [&[fit.intercept()], fit.coefficients()].concat();
    for ((one, other), (bound, more)) in coefficients(one).iter().zip(coefficients(other)).zip(bounds) {
        assert!((one - other).abs() <= bound + more, "{one} {other}: {bound:e} + {more:e}");
    }
}

#[test]
fn all_solvers_find_one_optimum() {
    let data = spector().unwrap().dataset;
    for penalty in [Penalty::None, Penalty::L2(1e-3)] {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let by = |solver| {
                LogisticRegression::new()
                    .penalty(penalty)
                    .gradient(gradient)
                    .solver(solver)
                    .fit(&data)
                    .unwrap()
            };
            let newton = by(Solver::Newton);
            for solver in SOLVERS {
                assert_near(&by(solver), &newton);
            }
        }
    }
}

#[test]
fn a_tolerance_is_proved() {
    let made = Separable::new(2_000, 10).margin(0.1).seed(5).generate().unwrap().dataset;
    for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg] {
        let ridge = LogisticRegression::new().penalty(Penalty::L2(1e-3)).solver(solver);
        let best = ridge.fit(&made).unwrap().objective();
        for tolerance in [1e-1, 1e-2, 1e-4, 1e-6, 1e-8] {
            let fit = ridge.clone().tolerance(tolerance).fit(&made).unwrap();
            let gap = fit.certificate().unwrap().gap();
            assert!(gap <= tolerance * fit.objective(), "{solver:?} {tolerance}: {gap:e}");
            assert!(fit.objective() - best <= gap + 1e-15, "{solver:?} {tolerance}");
        }
    }
    for tolerance in [0.0, 1.0, -1e-3, f64::NAN] {
        let error = LogisticRegression::new().tolerance(tolerance).fit(&made).unwrap_err();
        assert!(matches!(error, Error::InvalidTolerance { .. }), "{error}");
    }
}

/// More coefficients than a Hessian is formed for, and more than there are examples.
#[test]
fn many_coefficients_are_fitted_without_a_matrix() {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(900, 1_200, |i, j| part(i * (j + 3) + j, 0.618_033_988_75) - 0.5);
    let labels =
        DVector::from_fn(900, |i, _| f64::from(u8::from(features[(i, 0)] + 0.3 * part(i, 0.37) > 0.1)));
    let names = (1..=1_200).map(|j| format!("x{j}")).collect();
    let data = Dataset::new(features, labels, names).unwrap();
    let ridge = LogisticRegression::new().penalty(Penalty::L2(1e-3));
    let (automatic, lbfgs) =
        (ridge.fit(&data).unwrap(), ridge.clone().solver(Solver::Lbfgs).fit(&data).unwrap());
    for fit in [&automatic, &lbfgs] {
        let certificate = fit.certificate().unwrap();
        assert_eq!(certificate.theorem(), Theorem::StrongConvexity);
        assert!(certificate.gap() <= 1e-9 * fit.objective());
    }
    assert_near(&automatic, &lbfgs);
}

#[test]
fn a_limit_is_an_obstacle() {
    let data = spector().unwrap().dataset;
    for solver in [Solver::Lbfgs, Solver::NewtonCg] {
        let error = LogisticRegression::new().solver(solver).iteration_limit(2).fit(&data).unwrap_err();
        let Error::NotReached { obstacle: Obstacle::IterationLimit, fit } = error else { panic!("{error}") };
        assert_eq!(fit.iterations(), 2);
    }
}

#[test]
fn steps_are_told_as_they_are_taken() {
    let data = spector().unwrap().dataset;
    let mut told = Vec::new();
    let fit = LogisticRegression::new().fit_watched(&data, &mut |progress| told.push(progress)).unwrap();
    assert!(told.len() > 2 && told.windows(2).all(|pair| pair[1].steps == pair[0].steps + 1));
    let history: Vec<f64> = told.iter().map(|progress| progress.objective).collect();
    assert_eq!(fit.history()[..history.len()], history[..]);
}

/// Firth's likelihood has one solver and no proof, a trajectory is one of gradient descent.
#[test]
fn what_cannot_serve_is_refused_by_name() {
    let data = spector().unwrap().dataset;
    let refused = |result: Result<Fit, Error>, words: &[&str]| {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        let text = error.to_string();
        assert!(words.iter().all(|word| text.contains(word)) && text.lines().count() == 1, "{text}");
    };
    let firth = LogisticRegression::new().penalty(Penalty::Firth);
    for (solver, name) in SOLVERS.into_iter().zip(NAMES).skip(1) {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let regression = firth.clone().solver(solver).gradient(gradient);
            refused(regression.fit(&data), &[name, "Firth", "leave the solver automatic"]);
        }
    }
    refused(firth.clone().tolerance(1e-3).fit(&data), &["a tolerance", "Firth", "leave the tolerance out"]);
    assert!(firth.clone().solver(Solver::Automatic).iteration_limit(50).fit(&data).is_ok());

    let regression = LogisticRegression::new();
    for (solver, name) in SOLVERS.into_iter().zip(NAMES) {
        let result = regression.clone().solver(solver).descend(&data, 5);
        match solver {
            Solver::Automatic | Solver::GradientDescent => assert_eq!(result.unwrap().iterations(), 5),
            _ => refused(result, &[name, "descent steps", "choose gradient descent"]),
        }
    }
    refused(regression.clone().tolerance(1e-3).descend(&data, 5), &["a tolerance", "descent steps"]);
    refused(
        regression.clone().iteration_limit(4).descend(&data, 5),
        &["a limit of 4 steps", "raise the limit"],
    );
    assert_eq!(regression.iteration_limit(5).descend(&data, 5).unwrap().iterations(), 5);
}

const NAMES: [&str; 5] =
    ["automatic", "Newton's method", "limited-memory BFGS", "conjugate gradients", "gradient descent"];

/// A tolerance ends the descent as it ends the other solvers, with a proof; before it went on until the gradient vanished, or ran out of steps.
#[test]
fn a_tolerance_ends_a_descent_too() {
    let spector = spector().unwrap().dataset;
    let made = Separable::new(2_000, 10).margin(0.1).seed(5).generate().unwrap().dataset;
    for (data, penalty) in [(&spector, Penalty::None), (&made, Penalty::L2(1e-2))] {
        let descent = LogisticRegression::new().penalty(penalty).solver(Solver::GradientDescent);
        let to_the_end = descent.fit(data).unwrap();
        let mut steps = Vec::new();
        for tolerance in [1e-2, 1e-4, 1e-6] {
            let fit = descent.clone().tolerance(tolerance).fit(data).unwrap();
            let gap = fit.certificate().unwrap().gap();
            assert!(gap <= tolerance * fit.objective(), "{penalty:?} {tolerance}: {gap:e}");
            assert!(fit.objective() - to_the_end.objective() <= gap + 1e-15, "{penalty:?} {tolerance}");
            // A limit that leaves just enough steps is no obstacle.
            let enough = descent.clone().tolerance(tolerance).iteration_limit(fit.iterations()).fit(data);
            assert!(enough.is_ok(), "{penalty:?} {tolerance}");
            steps.push(fit.iterations());
        }
        // What could not be proved at the loosest goes on to the end.
        assert!(
            steps[1] <= steps[2] && 2 * steps[2] < to_the_end.iterations(),
            "{steps:?} {}",
            to_the_end.iterations()
        );
    }
}
