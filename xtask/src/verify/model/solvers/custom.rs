//! The solvers on losses of one's own, where a step can be made to do what a logistic regression never asks of it.
//!
//! Invariant: values and derivatives are formulas of this file.

use chainrule_graph::Graph;
use chainrule_model::{Fit, Solver};

use super::textbook::{Smooth, solved};
use super::{PATH, compare, row};
use crate::error::Error;
use crate::verify::{Check, Effort, Random};

/// √(1 + p²), where Newton's step from p leads to −p³: from 1 − ε it falls by about ε of what the slope promises.
pub(super) fn sufficient_decrease() -> Result<Check, Error> {
    let mut row = row("sufficient decrease", "the first step", 1e-9, "crates/model/src/{solver,custom}.rs");
    let graph = Graph::new();
    let loss = graph.parse("data x; sqrt(1 + (p*x)^2)")?;
    let f = |p: f64| (1.0 + p * p).sqrt();
    for epsilon in [2e-6, 2e-5, 5e-5, 9e-5, 1.1e-4, 2e-4, 1e-3, 1e-2] {
        let p = 1.0 - epsilon;
        let step = -p * (1.0 + p * p);
        let is_enough = |share: f64| f(p + share * step) <= f(p) + 1e-4 * share * step * p / f(p);
        let shares = [1.0, 0.5, 0.25];
        let share = shares.into_iter().find(|&share| is_enough(share)).unwrap_or(f64::NAN);
        let minimum = Fit::loss(&graph, loss)?.solver(Solver::Newton).start(&[p])?.fit(&[&[1.0]])?;
        let found = minimum.history().get(1).copied().unwrap_or(f64::NAN);
        row.compare_at(found, f(p + share * step), || format!("from 1 − {epsilon:e}, F after one step"));
    }
    Ok(row)
}

/// A robust loss where it is concave along some direction.
pub(super) fn indefinite(effort: &Effort) -> Result<Check, Error> {
    let mut row =
        row("first step where the Hessian is indefinite", "F after it", 1e-7, "crates/model/src/metric.rs");
    let graph = Graph::new();
    let loss = graph.parse("data x, y; ln(1 + (y - a - b*x)^2)")?;
    let draws = [
        (Random::new(0x1DEF), effort.samples(12, 100)),
        (effort.fresh("indefinite"), effort.samples(12, 100)),
    ];
    for (mut random, count) in draws {
        for _ in 0..count {
            let x: Vec<f64> = (0..6).map(|_| random.normal()).collect();
            let y: Vec<f64> = x.iter().map(|x| 1.0 + 2.0 * x + 0.3 * random.normal()).collect();
            let start = [random.between(-4.0, 4.0), random.between(-4.0, 4.0)];
            let derivatives = |point: &[f64]| {
                let mut sums = [0.0; 6];
                for (x, y) in x.iter().zip(&y) {
                    let r = y - point[0] - point[1] * x;
                    let first = -2.0 * r / (1.0 + r * r);
                    let second = 2.0 * (1.0 - r * r) / (1.0 + r * r).powi(2);
                    let terms = [(1.0 + r * r).ln(), first, first * x, second, second * x, second * x * x];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / 6.0);
                }
                sums
            };
            let [_, g0, g1, h00, h01, h11] = derivatives(&start);
            // |H| = Σ|λ|vvᵀ, which for eigenvalues of unlike signs is (H² − det H·I)/(λ₁ − λ₂).
            let determinant = h00 * h11 - h01 * h01;
            if determinant >= -1e-3 {
                continue;
            }
            let spread = ((h00 - h11).powi(2) + 4.0 * h01 * h01).sqrt();
            let on_diagonal = |entry: f64| (entry * entry + h01 * h01 - determinant) / spread;
            let beside = h01 * (h00 + h11) / spread;
            let bent = [vec![on_diagonal(h00), beside], vec![beside, on_diagonal(h11)]];
            let step: Vec<f64> = solved(&bent, &[g0, g1]).into_iter().map(|s| -s).collect();
            let smooth = Smooth {
                value_and_gradient: &|point| {
                    let [value, g0, g1, ..] = derivatives(point);
                    (value, vec![g0, g1])
                },
                hessian: &|_| Vec::new(),
            };
            let expected = smooth.lower(&smooth.at(start.to_vec()), &step).value;
            let regression = Fit::loss(&graph, loss)?.solver(Solver::Newton).start(&start)?;
            let columns: [&[f64]; 2] = if regression.columns()[0] == "x" { [&x, &y] } else { [&y, &x] };
            let Ok(minimum) = regression.fit(&columns) else { continue };
            let found = minimum.history().get(1).copied().unwrap_or(f64::NAN);
            row.compare_at(found, expected, || format!("from {start:?}"));
        }
    }
    Ok(row)
}

/// Counts, by the solvers that a loss of one's own has.
pub(super) fn custom(effort: &Effort) -> Result<Check, Error> {
    let mut row = row("paths of a loss of one's own", "histories", PATH, "crates/model/src/custom.rs");
    let graph = Graph::new();
    let loss = graph.parse("data x, y; z = a + b*x; exp(z) - y*z")?;
    let draws =
        [(Random::new(0xC057), effort.samples(4, 40)), (effort.fresh("losses"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for _ in 0..count {
            let x: Vec<f64> = (0..15).map(|_| random.between(-1.0, 1.0)).collect();
            let y: Vec<f64> = x.iter().map(|_| random.below(4) as f64).collect();
            let (lambda, start) =
                (random.between(0.1, 2.0), [random.between(-0.5, 0.5), random.between(-0.5, 0.5)]);
            let sums = |point: &[f64]| {
                let mut sums = [0.0; 6];
                for (x, y) in x.iter().zip(&y) {
                    let z = point[0] + point[1] * x;
                    let terms = [
                        z.exp() - y * z,
                        z.exp() - y,
                        (z.exp() - y) * x,
                        z.exp(),
                        z.exp() * x,
                        z.exp() * x * x,
                    ];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / 15.0);
                }
                sums
            };
            let smooth = Smooth {
                value_and_gradient: &|p| {
                    let [value, g0, g1, ..] = sums(p);
                    (value + lambda / 2.0 * p[1] * p[1], vec![g0, g1 + lambda * p[1]])
                },
                hessian: &|p| {
                    let [.., h00, h01, h11] = sums(p);
                    vec![vec![h00, h01], vec![h01, h11 + lambda]]
                },
            };
            let regression = Fit::loss(&graph, loss)?.l2(lambda, &["b"])?.start(&start)?;
            let columns: [&[f64]; 2] = if regression.columns()[0] == "x" { [&x, &y] } else { [&y, &x] };
            let diagonal = [1.0, 1.0 + lambda];
            let bfgs = regression.clone().solver(Solver::Lbfgs).fit(&columns)?;
            compare(&mut row, bfgs.history(), &smooth.bfgs(&start, &diagonal), "BFGS");
            let gradients = regression.clone().solver(Solver::NewtonCg).fit(&columns)?;
            compare(
                &mut row,
                gradients.history(),
                &smooth.conjugate_gradients(&start, &diagonal),
                "Newton-CG",
            );
        }
    }
    Ok(row)
}
