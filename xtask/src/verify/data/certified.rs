//! The certified figures, computed again from the certified tables.
//!
//! Without a penalty everything is recomputed by the oracle for fits: coefficients, standard errors, p-values, log-likelihood. With one, of 31
//! coefficients,
//! the gradient is computed at the certified point to 256 bits; how far the optimum is from there is H⁻¹·gradient, to the first order, and the second
//! is some 10⁻³⁰.
//!
//! Invariant: of the data crate the tables alone are used, which the readers' section holds to the files.

use chainrule_data::certified::{Certified, breast_cancer_ridge, spector};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::verify::model::oracle::{Big, Likelihood, Sample, big, exp, ln, normal_tails, root};
use crate::verify::{Check, Effort, Emit};

const FILES: &str = "crates/data/src/certified.rs";

/// Figures are the nearest numbers there are: off by a rounding, and so is what is recomputed.
const DIGITS: f64 = 2.5e-16;

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(of_spector(&spector()?));
    emit(of_breast_cancer(&breast_cancer_ridge()?));
    emit(of_tables(&spector()?, &breast_cancer_ridge()?));
    Ok(())
}

fn sample(certified: &Certified) -> Sample {
    let columns = certified.dataset.columns().map(<[f64]>::to_vec).collect();
    Sample { columns, labels: certified.dataset.labels().as_slice().to_vec(), weights: None, offset: None }
}

fn row(name: &str) -> Check {
    Check::new(name, "certified figures", "Newton's method at 256 bits", DIGITS).convicts(FILES)
}

fn of_spector(certified: &Certified) -> Check {
    let mut check = row("certified spector");
    let Some(estimate) = sample(certified).estimate(Likelihood::Logistic, None) else {
        check.expect(false, || "no estimate".to_owned());
        return check;
    };
    let none = Vec::new();
    let errors = certified.standard_errors.as_ref().unwrap_or(&none);
    let tails = certified.p_values.as_ref().unwrap_or(&none);
    let point: Vec<f64> =
        std::iter::once(certified.intercept).chain(certified.coefficients.iter().copied()).collect();
    let all = [("coefficients", &point), ("standard errors", errors), ("p-values", tails)];
    for (what, figures) in all {
        check.expect_same(&figures.len(), &4, || what.to_owned());
    }
    for j in 0..4 {
        let (truth, variance) = (&estimate.point[j], &estimate.covariance[j][j]);
        let figure = |all: &[f64]| all.get(j).copied().unwrap_or(f64::NAN);
        check.compare_at(figure(&point), truth.to_f64(), || format!("coefficient {j}"));
        check.compare_at(figure(errors), root(variance).to_f64(), || format!("standard error {j}"));
        let z = (truth.clone() / root(variance)).to_f64();
        // z is rounded before its tail is taken, which moves the tail by z²·u and a little: some 10⁻¹⁵ of it.
        check.compare_at_scale_at(figure(tails), normal_tails(z), 5.0 * figure(tails), || {
            format!("p-value {j}")
        });
    }
    check.compare_at(certified.log_likelihood, estimate.log_likelihood.to_f64(), || {
        "log-likelihood".to_owned()
    });
    check.expect(certified.objective.is_none() && certified.lambda == 0.0, || "a penalty".to_owned());
    check
}

fn of_breast_cancer(certified: &Certified) -> Check {
    let mut check = row("certified breast_cancer_ridge");
    let sample = sample(certified);
    let (m, d) = (sample.labels.len(), sample.columns.len());
    check.expect_same(&certified.coefficients.len(), &d, || "coefficients".to_owned());
    check.expect_same(&certified.lambda, &(1.0 / m as f64), || {
        "λ is one over the number of tumours".to_owned()
    });
    if certified.coefficients.len() != d {
        return check;
    }
    let point: Vec<f64> =
        std::iter::once(certified.intercept).chain(certified.coefficients.iter().copied()).collect();
    let mut gradient = vec![big(0.0); d + 1];
    let mut hessian = DMatrix::<f64>::zeros(d + 1, d + 1);
    let mut loss = big(0.0);
    for i in 0..m {
        let x: Vec<f64> = std::iter::once(1.0).chain(sample.columns.iter().map(|column| column[i])).collect();
        let z = x.iter().zip(&point).fold(big(0.0), |sum, (x, w)| sum + big(*x) * big(*w));
        let e = exp(&z);
        let event = e.clone() / (big(1.0) + &e);
        loss = loss + ln(&(big(1.0) + &e)) - big(sample.labels[i]) * &z;
        let residual = event.clone() - big(sample.labels[i]);
        for (sum, x) in gradient.iter_mut().zip(&x) {
            *sum = sum.clone() + residual.clone() * big(*x);
        }
        let row = DVector::from_vec(x);
        let a = event.to_f64();
        hessian.ger(a * (1.0 - a) / m as f64, &row, &row, 1.0);
    }
    let (count, lambda) = (big(m as f64), big(certified.lambda));
    let mut penalty = big(0.0);
    let slopes: Vec<f64> = gradient
        .into_iter()
        .enumerate()
        .map(|(j, sum)| {
            let penalised = if j == 0 { big(0.0) } else { big(point[j]) * &lambda };
            (sum / &count + penalised).to_f64()
        })
        .collect();
    for j in 1..=d {
        hessian[(j, j)] += certified.lambda;
        penalty = penalty + big(point[j]) * big(point[j]);
    }
    let step = hessian.cholesky().map(|factor| factor.solve(&DVector::from_vec(slopes)));
    let Some(step) = step else {
        check.expect(false, || "no curvature".to_owned());
        return check;
    };
    for j in 0..=d {
        // The optimum is where Newton's step leads to. Sixteen decimals behind the point are certified, of numbers around 1.
        check.compare_at_scale_at(point[j], point[j] - step[j], 1.0, || {
            format!("coefficient {j}, off by {:e}", step[j])
        });
    }
    let objective: Big = loss.clone() / &count + lambda * penalty / big(2.0);
    check.compare_at(certified.log_likelihood, -loss.to_f64(), || "log-likelihood".to_owned());
    check.compare_at(certified.objective.unwrap_or(f64::NAN), objective.to_f64(), || "objective".to_owned());
    check.expect(certified.standard_errors.is_none() && certified.p_values.is_none(), || {
        "standard errors beside a penalty".to_owned()
    });
    check
}

/// What is known of the tables from where they were published.
fn of_tables(spector: &Certified, cancer: &Certified) -> Check {
    let mut check = Check::new("certified tables", "what is in them", "the publications", 0.0)
        .convicts("crates/data/src/{certified,dataset}.rs");
    let shape = |certified: &Certified| {
        (certified.dataset.len(), certified.dataset.dimension(), certified.dataset.events())
    };
    check.expect_same(&(spector.name, shape(spector)), &("spector", (32, 3, 11)), || "spector".to_owned());
    let known = ("breast_cancer_ridge", (569, 30, 357));
    check.expect_same(&(cancer.name, shape(cancer)), &known, || "breast cancer".to_owned());
    check.expect_same(&spector.dataset.feature_names().join(" ").as_str(), &"GPA TUCE PSI", || {
        "names".to_owned()
    });
    let names: Vec<String> = (0..30).map(|j| format!("x{j:02}")).collect();
    check.expect_same(&cancer.dataset.feature_names(), &names.as_slice(), || "names".to_owned());
    for (certified, target) in [(spector, "GRADE"), (cancer, "y")] {
        let dataset = &certified.dataset;
        check.expect_same(&dataset.target(), &target, || "target".to_owned());
        let classes = dataset.classes();
        check.expect_same(&(classes.other.as_str(), classes.event.as_str()), &("0", "1"), || {
            target.to_owned()
        });
    }
    // Spector and Mazzeo's Table: 14 of 32 were taught in the new way; the mean score was 702/32.
    let column = |j: usize| spector.dataset.features().column(j).sum();
    check.expect_same(&(column(1), column(2)), &(702.0, 14.0), || "scores, new way of teaching".to_owned());
    for (j, column) in cancer.dataset.columns().enumerate() {
        let m = column.len() as f64;
        let mean = column.iter().sum::<f64>() / m;
        let variance = column.iter().map(|x| x * x).sum::<f64>() / m;
        check.expect(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, || {
            format!("column {j}: mean {mean:e}, variance {variance}")
        });
    }
    check
}
