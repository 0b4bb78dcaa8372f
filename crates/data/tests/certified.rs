//! At the certified coefficients the gradient of the objective vanishes, and the figures are right.
//!
//! Everything is summed with compensation, so that the rounding of the sum does not hide an error.

use chainrule_data::certified::{Certified, breast_cancer_ridge, spector};

/// Neumaier's compensated sum.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (sum, error) = terms.fold((0.0_f64, 0.0), |(sum, error), term| {
        let total = sum + term;
        let lost = if sum.abs() >= term.abs() { (sum - total) + term } else { (term - total) + sum };
        (total, error + lost)
    });
    sum + error
}

/// z = b + Σ wⱼ·xⱼ for every example.
fn logits(certified: &Certified) -> Vec<f64> {
    let features = certified.dataset.features();
    let terms = |row| features.row(row).into_owned();
    let dot = |row| {
        sum(certified
            .coefficients
            .iter()
            .zip(terms(row).iter())
            .map(|(w, x)| w * x)
            .chain([certified.intercept]))
    };
    (0..certified.dataset.len()).map(dot).collect()
}

/// σ(z) − y for every example.
fn residuals(certified: &Certified) -> Vec<f64> {
    let labels = certified.dataset.labels();
    logits(certified).iter().zip(labels.iter()).map(|(z, y)| 1.0 / (1.0 + (-z).exp()) - y).collect()
}

/// The derivatives by the intercept, then by the coefficients.
fn gradient(certified: &Certified) -> Vec<f64> {
    let (residuals, count) = (residuals(certified), certified.dataset.len() as f64);
    let by_coefficient = certified.dataset.columns().zip(&certified.coefficients).map(|(column, w)| {
        sum(column.iter().zip(&residuals).map(|(x, residual)| x * residual)) / count + certified.lambda * w
    });
    [sum(residuals.iter().copied()) / count].into_iter().chain(by_coefficient).collect()
}

fn log_likelihood(certified: &Certified) -> f64 {
    let labels = certified.dataset.labels();
    let softplus = |z: f64| z.max(0.0) + (-z.abs()).exp().ln_1p();
    -sum(logits(certified).iter().zip(labels.iter()).map(|(&z, &y)| softplus(if y == 1.0 { -z } else { z })))
}

fn check(certified: &Certified) {
    for (component, derivative) in gradient(certified).into_iter().enumerate() {
        assert!(derivative.abs() <= 1e-12, "{}: component {component} is {derivative}", certified.name);
    }
    let relative = log_likelihood(certified) / certified.log_likelihood - 1.0;
    assert!(relative.abs() < 1e-13, "{}: {relative}", certified.name);
}

#[test]
fn spector_is_an_optimum() {
    check(&spector().unwrap());
}

#[test]
fn breast_cancer_is_an_optimum() {
    let certified = breast_cancer_ridge().unwrap();
    check(&certified);
    let squares: f64 = certified.coefficients.iter().map(|w| w * w).sum();
    let objective = -log_likelihood(&certified) / 569.0 + certified.lambda / 2.0 * squares;
    assert!((objective / certified.objective.unwrap() - 1.0).abs() < 1e-13, "{objective}");
}

#[test]
fn spector_has_the_standard_errors_of_its_information_matrix() {
    let certified = spector().unwrap();
    let design = certified.dataset.features().clone().insert_column(0, 1.0);
    let mut weighted = design.clone();
    for (mut row, z) in weighted.row_iter_mut().zip(logits(&certified)) {
        row *= 1.0 / ((1.0 + (-z).exp()) * (1.0 + z.exp()));
    }
    let covariance = (design.transpose() * weighted).try_inverse().unwrap();
    for (position, certified) in certified.standard_errors.unwrap().into_iter().enumerate() {
        let found = covariance[(position, position)].sqrt();
        assert!((found / certified - 1.0).abs() < 1e-9, "component {position}: {found}");
    }
}

#[test]
fn data_are_the_published_ones() {
    let certified = spector().unwrap();
    let data = &certified.dataset;
    assert_eq!((data.len(), data.events(), data.target()), (32, 11, "GRADE"));
    assert_eq!(data.feature_names(), ["GPA", "TUCE", "PSI"]);
    assert_eq!(data.features().row(31).iter().copied().collect::<Vec<_>>(), [2.39, 19.0, 1.0]);

    let certified = breast_cancer_ridge().unwrap();
    let data = &certified.dataset;
    assert_eq!((data.len(), data.dimension(), data.events(), data.target()), (569, 30, 357, "y"));
    assert_eq!(certified.lambda, 1.0 / 569.0);
    for column in data.features().column_iter() {
        assert!(column.mean().abs() < 1e-12 && (column.variance() - 1.0).abs() < 1e-12);
    }
}
