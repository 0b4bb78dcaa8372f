//! Fits of small random data against fits at arbitrary precision: coefficients by every solver and route, and all that follows from them.
//!
//! Data with weights (0 and fractions among them), offsets, columns in units from 10⁻⁸ to 10⁸ and far from 0, no columns at all; maximum likelihood,
//! ridge in the given units, Firth's likelihood, counts by a loss of the user's own.
//!
//! Invariant: a coefficient's error is counted in standard errors of the estimate at hand, which the oracle knows.

use chainrule_data::Dataset;
use chainrule_graph::{Graph, Real};
use chainrule_model::{Error as ModelError, Fit, Gradient, LogisticRegression, Penalty, Solver, Withheld};
use nalgebra::{DMatrix, DVector};

use super::oracle::{Big, Estimate, Likelihood, Sample, chi_squared_tail, normal_tails, root};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Coefficients in standard errors. Fits are proved to a thousandth of one; to the digits that rounding leaves they are a million times nearer.
const COEFFICIENTS: f64 = 1e-8;

/// Descent stops at its limit of steps, or where a proof succeeds.
const BY_DESCENT: f64 = 1e-5;

/// Standard errors, likelihoods and what follows from them, relatively: coefficients enter them by their square, or through well-conditioned
/// formulas.
const FIGURES: f64 = 1e-8;

/// Tails and quantiles, relatively; far out an ulp of the statistic counts a hundredfold.
const TAILS: f64 = 1e-11;

/// Beyond, classes are nearly separated and the data are another section's.
const LARGEST_WEIGHT: f64 = 12.0;

const SOLVERS: [Solver; 5] =
    [Solver::Automatic, Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent];

struct Rows {
    solvers: Vec<Check>,
    ridge: Check,
    firth: Check,
    errors: Check,
    statistics: Check,
    intervals: Check,
    likelihoods: Check,
    criteria: Check,
    predictions: Check,
    bounds: Check,
    objective: Check,
    profile: Check,
    nested: Check,
    printed: Check,
    counts: Check,
}

const ORACLE: &str = "Newton's method at 256 bits";

impl Rows {
    fn new() -> Self {
        let row =
            |route, bound, files| Check::new("fits of random data", route, ORACLE, bound).convicts(files);
        let by_solver = |solver: &Solver| {
            let (route, bound, files) = match solver {
                Solver::Newton => {
                    ("coefficients by Newton's method", COEFFICIENTS, "crates/model/src/{newton,fitting}.rs")
                }
                Solver::Lbfgs => {
                    ("coefficients by L-BFGS", COEFFICIENTS, "crates/model/src/{quasi_newton,memory}.rs")
                }
                Solver::NewtonCg => {
                    ("coefficients by Newton-CG", COEFFICIENTS, "crates/model/src/newton_cg.rs")
                }
                Solver::GradientDescent => {
                    ("coefficients by gradient descent", BY_DESCENT, "crates/model/src/descent.rs")
                }
                _ => (
                    "coefficients, solver left automatic",
                    COEFFICIENTS,
                    "crates/model/src/{regression,fitting}.rs",
                ),
            };
            row(route, bound, files)
        };
        Rows {
            solvers: SOLVERS.iter().map(by_solver).collect(),
            ridge: row("coefficients under a ridge", COEFFICIENTS, "crates/model/src/{ridge,units}.rs"),
            firth: row("coefficients of Firth's likelihood", COEFFICIENTS, "crates/model/src/firth.rs"),
            errors: row(
                "standard errors, covariance",
                FIGURES,
                "crates/model/src/{inference,information}.rs",
            ),
            statistics: row("z, p", FIGURES, "crates/model/src/{inference,distributions}.rs"),
            intervals: row("Wald's intervals", FIGURES, "crates/model/src/{inference,distributions}.rs"),
            likelihoods: row("log-likelihood, deviances, R²", FIGURES, "crates/model/src/{fit,null}.rs"),
            criteria: row("AIC, BIC", FIGURES, "crates/model/src/fit.rs"),
            predictions: row("probabilities", FIGURES, "crates/model/src/{fit,loss}.rs"),
            bounds: row("proved bounds, as shares", 1.0, "crates/model/src/{certificate,verdict}.rs"),
            objective: row("objective", FIGURES, "crates/model/src/{objective,ridge,firth}.rs"),
            profile: row("ends of profile intervals", 1e-6, "crates/model/src/{profile,restricted}.rs"),
            nested: row("likelihood-ratio tests", 1e-7, "crates/model/src/{nested,distributions}.rs"),
            printed: row("what the summary prints", 0.0, "crates/model/src/summary.rs"),
            counts: row("coefficients of a Poisson loss", COEFFICIENTS, "crates/model/src/custom.rs"),
        }
    }

    fn all(self) -> impl Iterator<Item = Check> {
        let Rows { solvers, ridge, firth, errors, statistics, intervals, likelihoods, criteria, .. } = self;
        let Rows { predictions, bounds, objective, profile, nested, printed, counts, .. } = self;
        solvers.into_iter().chain([
            ridge,
            firth,
            errors,
            statistics,
            intervals,
            likelihoods,
            criteria,
            predictions,
            bounds,
            objective,
            profile,
            nested,
            printed,
            counts,
        ])
    }
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut rows = Rows::new();
    let draws =
        [(Random::new(0xF175), effort.samples(12, 120)), (effort.fresh("fits"), effort.samples(6, 120))];
    for (mut random, count) in draws {
        let offset = random.below(60);
        for kind in 0..count {
            let sample = random_sample(kind + offset, &mut random);
            if let Some(truth) = estimate(&sample, Likelihood::Logistic) {
                maximum_likelihood(&mut rows, &sample, &truth)?;
            }
            penalised(&mut rows, &sample, &mut random)?;
            counts(&mut rows, &sample, &mut random)?;
        }
    }
    rows.all().for_each(&mut *emit);
    emit(tails(effort)?);
    emit(super::refusals::refusals()?);
    Ok(())
}

/// Labels by a logistic model of a few columns; the kind says what else there is.
fn random_sample(kind: usize, random: &mut Random) -> Sample {
    let width = kind % 4;
    let count = 14 + 6 * width + random.below(12);
    let (scale, shift) = match kind % 6 {
        4 => (10f64.powf(random.between(-8.0, 8.0)), 0.0),
        5 => (1.0, random.between(-1e4, 1e4)),
        _ => (1.0, 0.0),
    };
    let plain: Vec<Vec<f64>> = (0..width).map(|_| (0..count).map(|_| random.normal()).collect()).collect();
    let slopes: Vec<f64> = (0..=width).map(|_| random.between(-0.8, 0.8)).collect();
    let label = |i: usize, random: &mut Random| {
        let z = plain.iter().zip(&slopes[1..]).fold(slopes[0], |sum, (column, w)| sum + w * column[i]);
        f64::from(u8::from(random.chance(1.0 / (1.0 + (-z).exp()))))
    };
    let labels = (0..count).map(|i| label(i, random)).collect();
    let weights = (kind % 3 == 1)
        .then(|| (0..count).map(|i| if i % 7 == 3 { 0.0 } else { random.between(0.5, 3.0) }).collect());
    let offset = (kind % 5 >= 3).then(|| (0..count).map(|_| random.between(-1.0, 1.0)).collect());
    let columns =
        plain.into_iter().map(|column| column.into_iter().map(|x| scale * (x + shift)).collect()).collect();
    Sample { columns, labels, weights, offset }
}

/// The oracle's estimate, if the data are far from separated.
fn estimate(sample: &Sample, likelihood: Likelihood) -> Option<Estimate> {
    let found = sample.estimate(likelihood, None)?;
    let deviation = |column: &[f64]| {
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len() as f64).sqrt()
    };
    let is_moderate =
        |(w, column): (&Big, &Vec<f64>)| (w.to_f64() * deviation(column)).abs() < LARGEST_WEIGHT;
    found.point[1..].iter().zip(&sample.columns).all(is_moderate).then_some(found)
}

fn dataset(sample: &Sample) -> Result<Dataset, Error> {
    let (rows, width) = (sample.labels.len(), sample.columns.len());
    let features = DMatrix::from_iterator(rows, width, sample.columns.iter().flatten().copied());
    let names = (0..width).map(|j| format!("x{j}")).collect();
    let mut data = Dataset::new(features, DVector::from_vec(sample.labels.clone()), names)?;
    if let Some(weights) = &sample.weights {
        data = data.with_weights(DVector::from_vec(weights.clone()))?;
    }
    if let Some(offset) = &sample.offset {
        data = data.with_offset(DVector::from_vec(offset.clone()))?;
    }
    Ok(data)
}

/// The intercept, then the weights.
fn point_of(fit: &Fit) -> Vec<f64> {
    std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied()).collect()
}

fn standard_errors(truth: &Estimate) -> Vec<f64> {
    truth.covariance.iter().enumerate().map(|(j, row)| root(&row[j]).to_f64()).collect()
}

/// Coefficients in standard errors of the truth.
fn compare_points(row: &mut Check, found: &[f64], truth: &Estimate, what: &str) {
    for (j, ((&found, known), error)) in
        found.iter().zip(&truth.point).zip(standard_errors(truth)).enumerate()
    {
        let off = (Big::constant(found) - known).to_f64().abs() / error;
        row.count_at(off, || {
            format!(
                "{what}, coefficient {j}: found {found:?}, expected {:?}, {off:e} standard errors off",
                known.to_f64()
            )
        });
    }
    row.expect(found.len() == truth.point.len(), || format!("{what}: {} coefficients", found.len()));
}

/// The distance from the truth as a share of the proved bound; coefficients are rounded once more when they are reported.
fn compare_bounds(row: &mut Check, fit: &Fit, truth: &Estimate, what: &str) {
    let Some(certificate) = fit.certificate() else {
        row.expect(false, || format!("{what}: no proof"));
        return;
    };
    for ((found, known), bound) in point_of(fit).into_iter().zip(&truth.point).zip(certificate.coefficients())
    {
        let distance = (Big::constant(found) - known).to_f64().abs();
        row.count_at(distance / bound, || format!("{what}: {distance:e} from the optimum, proved {bound:e}"));
    }
}

/// What a fit without a proof says, by which one sees what to make of it.
fn reached(row: &mut Check, fit: Result<Fit, ModelError>, what: &str) -> Result<Option<Fit>, Error> {
    match fit {
        Ok(fit) => Ok(Some(fit)),
        Err(error @ ModelError::NotReached { .. }) => {
            row.expect(false, || format!("{what}: {error}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn maximum_likelihood(rows: &mut Rows, sample: &Sample, truth: &Estimate) -> Result<(), Error> {
    let data = dataset(sample)?;
    let described = format!(
        "{} × {}, weights: {}, offset: {}",
        sample.labels.len(),
        sample.columns.len(),
        sample.weights.is_some(),
        sample.offset.is_some()
    );
    for (solver, row) in SOLVERS.into_iter().zip(&mut rows.solvers) {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let what = format!("{described}, {solver} with {gradient:?}");
            let regression = LogisticRegression::new().solver(solver).gradient(gradient);
            if let Some(fit) = reached(row, regression.fit(&data), &what)? {
                compare_points(row, &point_of(&fit), truth, &what);
                compare_bounds(&mut rows.bounds, &fit, truth, &what);
            }
        }
    }
    let regression = LogisticRegression::new();
    let fit = regression.fit(&data)?;
    figures(rows, sample, truth, &fit, &described)?;
    if !sample.columns.is_empty() {
        nested(rows, sample, truth, &data, &fit, &described)?;
        if sample.labels.len() < 30 && sample.columns.iter().flatten().all(|x| x.abs() < 100.0) {
            profile(rows, sample, truth, &regression.profile_intervals(&data, &fit, 0.9)?, &described);
        }
    }
    Ok(())
}

/// All that follows from the coefficients.
fn figures(rows: &mut Rows, sample: &Sample, truth: &Estimate, fit: &Fit, what: &str) -> Result<(), Error> {
    let at = |name: &str| format!("{what}, {name}");
    let inference = fit.inference()?;
    let errors = standard_errors(truth);
    for (j, row) in truth.covariance.iter().enumerate() {
        rows.errors.compare_at(inference.standard_errors()[j], errors[j], || at("standard error"));
        for (k, entry) in row.iter().enumerate() {
            let scale = errors[j] * errors[k];
            rows.errors.compare_at_scale_at(
                inference.covariance()[(j, k)] / scale,
                entry.to_f64() / scale,
                1.0,
                || at("covariance"),
            );
        }
    }
    for (j, error) in errors.iter().enumerate() {
        let z = truth.point[j].to_f64() / error;
        rows.statistics.compare_at_scale_at(inference.z()[j], z, 1.0, || at("z"));
        rows.statistics.compare_at(inference.p()[j], normal_tails(inference.z()[j]), || at("p"));
        for level in [0.5, 0.95, 0.9999] {
            let (low, high) = inference.confidence_intervals(level)[j];
            rows.intervals.compare_at_scale_at((low + high) / 2.0 / error, z, 1.0 + z.abs(), || {
                at("middle of Wald's interval")
            });
            let tails = normal_tails((high - low) / 2.0 / inference.standard_errors()[j]);
            rows.intervals.compare_at(tails, 1.0 - level, || at("Wald's interval"));
        }
    }
    let known = truth.log_likelihood.to_f64();
    let null = Sample { columns: Vec::new(), ..sample.clone() }.estimate(Likelihood::Logistic, None);
    let null = null.map_or(f64::NAN, |null| null.log_likelihood.to_f64());
    rows.likelihoods.compare_at(fit.log_likelihood(), known, || at("log-likelihood"));
    rows.likelihoods.compare_at(fit.deviance(), -2.0 * known, || at("deviance"));
    rows.likelihoods.compare_at(fit.null_deviance(), -2.0 * null, || at("null deviance"));
    rows.likelihoods.compare_at_scale_at(fit.mcfadden_r2(), 1.0 - known / null, 1.0, || at("R²"));
    rows.objective.compare_at(fit.objective(), -known / sample.total().to_f64(), || at("objective"));
    let size = truth.point.len() as f64;
    rows.criteria.compare_at(fit.aic()?, 2.0 * size - 2.0 * known, || at("AIC"));
    rows.criteria.compare_at(fit.bic()?, sample.total().to_f64().ln() * size - 2.0 * known, || at("BIC"));
    let features: Vec<f64> = sample.columns.iter().map(|column| column[1]).collect();
    let logit = features
        .iter()
        .zip(&truth.point[1..])
        .fold(truth.point[0].clone(), |sum, (&x, w)| sum + Big::constant(x) * w)
        .to_f64();
    rows.predictions
        .compare_at(fit.probability(&features)?, 1.0 / (1.0 + (-logit).exp()), || at("probability"));
    let text = fit.summary().to_string();
    for number in point_of(fit) {
        rows.printed.expect(text.contains(&format!("{number:.16e}")), || {
            at(&format!("{number:.16e} is not in:\n{text}"))
        });
    }
    for number in [fit.log_likelihood(), fit.deviance(), fit.null_deviance(), fit.aic()?, fit.bic()?] {
        rows.printed.expect(text.contains(&format!("{number:.6}")), || {
            at(&format!("{number:.6} is not in:\n{text}"))
        });
    }
    for number in inference.standard_errors() {
        rows.printed.expect(text.contains(&format!("{number:.4e}")), || {
            at(&format!("{number:.4e} is not in:\n{text}"))
        });
    }
    Ok(())
}

/// Without the last column, and without any.
fn nested(
    rows: &mut Rows,
    sample: &Sample,
    truth: &Estimate,
    data: &Dataset,
    fit: &Fit,
    what: &str,
) -> Result<(), Error> {
    let width = sample.columns.len();
    for kept in [0, width - 1] {
        let names: Vec<&str> = data.feature_names()[..kept].iter().map(String::as_str).collect();
        let smaller = LogisticRegression::new().fit(&data.with_columns(&names)?)?;
        let test = fit.likelihood_ratio_test(&smaller)?;
        let other = Sample { columns: sample.columns[..kept].to_vec(), ..sample.clone() }
            .estimate(Likelihood::Logistic, None);
        let Some(other) = other else { continue };
        let statistic =
            (Big::constant(2.0) * (truth.log_likelihood.clone() - &other.log_likelihood)).to_f64();
        rows.nested
            .compare_at_scale_at(test.statistic, statistic, 1e-3, || format!("{what}, {kept} columns kept"));
        rows.nested
            .expect_same(&test.degrees_of_freedom, &(width - kept), || format!("{what}, degrees of freedom"));
        rows.nested
            .compare_at(test.p, chi_squared_tail(test.statistic, width - kept), || format!("{what}, p"));
    }
    Ok(())
}

/// At an end the deviance is above the optimum's by the square of the normal quantile, 2.7055 for 90 %, on the right side.
fn profile(rows: &mut Rows, sample: &Sample, truth: &Estimate, intervals: &[(f64, f64)], what: &str) {
    /// The square of 1.644854 (Abramowitz and Stegun, table 26.5, P = 0.95).
    const RISE: f64 = 2.705_543_454_095_404;
    for (j, &(low, high)) in intervals.iter().enumerate() {
        let middle = truth.point[j].to_f64();
        rows.profile.expect(low < middle && middle < high, || {
            format!("{what}, coefficient {j}: {low} to {high} around {middle}")
        });
        for end in [low, high] {
            let held = sample.estimate(Likelihood::Logistic, Some((j, end)));
            let rise = held
                .map_or(f64::NAN, |held| 2.0 * (truth.log_likelihood.clone() - held.log_likelihood).to_f64());
            rows.profile
                .compare_at(rise, RISE, || format!("{what}, coefficient {j} at {end}: rise of the deviance"));
        }
    }
}

/// Ridge and Firth, which have an answer for all data.
fn penalised(rows: &mut Rows, sample: &Sample, random: &mut Random) -> Result<(), Error> {
    let data = dataset(sample)?;
    let lambda = 10f64.powf(random.between(-3.0, 0.5));
    let ridge = Likelihood::Ridge(lambda);
    let has_both = sample.labels.contains(&0.0) && sample.labels.contains(&1.0);
    if let Some(truth) = sample.estimate(ridge, None).filter(|_| has_both) {
        for (solver, gradient) in [
            (Solver::Newton, Gradient::ClosedForm),
            (Solver::Lbfgs, Gradient::Graph),
            (Solver::NewtonCg, Gradient::ClosedForm),
        ] {
            let what = format!("λ = {lambda}, {} × {}, {solver}", sample.labels.len(), sample.columns.len());
            let regression =
                LogisticRegression::new().penalty(Penalty::L2(lambda)).solver(solver).gradient(gradient);
            let Some(fit) = reached(&mut rows.ridge, regression.fit(&data), &what)? else { continue };
            compare_points(&mut rows.ridge, &point_of(&fit), &truth, &what);
            compare_bounds(&mut rows.bounds, &fit, &truth, &what);
            let objective = -(sample.objective(ridge, &truth.point) / sample.total()).to_f64();
            rows.objective.compare_at(fit.objective(), objective, || what.clone());
            rows.criteria
                .expect(fit.aic() == Err(Withheld::Penalty) && fit.bic() == Err(Withheld::Penalty), || {
                    what.clone()
                });
            rows.errors.expect(fit.inference().err() == Some(Withheld::Penalty), || what.clone());
        }
    }
    if let Some(truth) = estimate(sample, Likelihood::Firth) {
        let what = format!(
            "{} × {}, weights: {}",
            sample.labels.len(),
            sample.columns.len(),
            sample.weights.is_some()
        );
        let regression = LogisticRegression::new().penalty(Penalty::Firth);
        if let Some(fit) = reached(&mut rows.firth, regression.fit(&data), &what)? {
            compare_points(&mut rows.firth, &point_of(&fit), &truth, &what);
            for (found, expected) in
                fit.inference()?.standard_errors().into_iter().zip(standard_errors(&truth))
            {
                rows.errors.compare_at(found, expected, || format!("{what}, Firth's standard error"));
            }
            let objective = -(sample.objective(Likelihood::Firth, &truth.point) / sample.total()).to_f64();
            rows.objective.compare_at_scale_at(fit.objective(), objective, 1.0, || {
                format!("{what}, Firth's objective")
            });
            rows.criteria.expect(fit.aic() == Err(Withheld::Firth), || what.clone());
        }
    }
    Ok(())
}

/// Counts by e^z − y·z, a loss that the model crate knows nothing of.
fn counts(rows: &mut Rows, sample: &Sample, random: &mut Random) -> Result<(), Error> {
    let width = sample.columns.len();
    if width == 0
        || sample.offset.is_some()
        || sample.columns.iter().flatten().any(|x| x.abs() > 50.0 || x.abs() < 1e-6)
    {
        return Ok(());
    }
    let labels: Vec<f64> = sample.labels.iter().map(|_| random.below(6) as f64).collect();
    let sample = Sample { labels, ..sample.clone() };
    let Some(truth) = estimate(&sample, Likelihood::Poisson) else { return Ok(()) };
    let graph = Graph::new();
    let products: String = (0..width).map(|j| format!(" + w{j}*x{j}")).collect();
    let data: String = (0..width).map(|j| format!("x{j}, ")).collect();
    let loss = graph.parse(&format!("data {data}y; z = b{products}; exp(z) - y*z"))?;
    let regression = Fit::loss(&graph, loss)?;
    let columns: Vec<&[f64]> = regression
        .columns()
        .iter()
        .map(|name| {
            let index = name.strip_prefix('x').and_then(|digits| digits.parse::<usize>().ok());
            index.and_then(|j| sample.columns.get(j)).unwrap_or(&sample.labels).as_slice()
        })
        .collect();
    let found = match &sample.weights {
        Some(weights) => regression.fit_weighted(&columns, weights)?,
        None => regression.fit(&columns)?,
    };
    let value = |name: &str| {
        found
            .names()
            .iter()
            .position(|known| known == name)
            .map_or(f64::NAN, |place| found.parameters()[place])
    };
    let point: Vec<f64> =
        std::iter::once(value("b")).chain((0..width).map(|j| value(&format!("w{j}")))).collect();
    compare_points(&mut rows.counts, &point, &truth, &format!("{} × {width}", sample.labels.len()));
    let expected = -(truth.log_likelihood / sample.total()).to_f64();
    rows.counts.expect((found.value() - expected).abs() < 1e-10 * expected.abs().max(1.0), || {
        format!("value {}, expected {expected}", found.value())
    });
    Ok(())
}

/// Tails and quantiles by tests and intervals of one fit, which are functions of its statistic alone.
fn tails(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new("normal quantiles", "Wald's intervals", "erf's series at 1536 bits", TAILS)
        .convicts("crates/model/src/distributions.rs");
    let labels = vec![0.0, 1.0, 0.0, 1.0, 1.0];
    let data = Dataset::new(DMatrix::zeros(5, 0), DVector::from_vec(labels), Vec::new())?;
    let fit = LogisticRegression::new().fit(&data)?;
    let inference = fit.inference()?;
    let mut random = effort.fresh("quantiles");
    let drawn: Vec<f64> = (0..effort.samples(20, 300)).map(|_| random.between(0.001, 0.999)).collect();
    for level in [0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999_999].into_iter().chain(drawn) {
        let (low, high) = inference.confidence_intervals(level)[0];
        let quantile = (high - low) / 2.0 / inference.standard_errors()[0];
        // Where 1 − level is small its own rounding is what counts.
        check.compare_at_scale_at(normal_tails(quantile), 1.0 - level, 1e-4, || format!("level {level}"));
    }
    for level in [0.0, 1.0, -0.5, 1.5, f64::NAN] {
        let (low, high) = inference.confidence_intervals(level)[0];
        check.expect(low.is_nan() && high.is_nan(), || format!("level {level}: {low} to {high}"));
    }
    Ok(check)
}
