//! Likelihood-ratio tests against R, and fits that cannot be compared.

use chainrule_data::certified::spector;
use chainrule_model::{Error, LogisticRegression, Penalty};
use nalgebra::DVector;

#[test]
fn a_test_is_that_of_r() {
    let data = spector().unwrap().dataset;
    let fit = |names: &[&str]| LogisticRegression::new().fit(&data.with_columns(names).unwrap()).unwrap();
    let test = fit(&["GPA", "TUCE", "PSI"]).likelihood_ratio_test(&fit(&["GPA", "TUCE"])).unwrap();
    // R 4.2.2, anova(glm(GRADE ~ GPA + TUCE), glm(GRADE ~ GPA + TUCE + PSI), test = "LRT").
    assert!((test.statistic - 6.203_697_621_53).abs() < 1e-9 && (test.p - 0.012_748).abs() < 1e-6);
    // Two degrees of freedom: the tail is e^(−x/2).
    let test = fit(&["PSI", "GPA", "TUCE"]).likelihood_ratio_test(&fit(&["TUCE"])).unwrap();
    assert_eq!(test.degrees_of_freedom, 2);
    assert!((test.p / (-test.statistic / 2.0).exp() - 1.0).abs() < 1e-12);
}

#[test]
fn fits_that_are_not_nested_are_refused() {
    let data = spector().unwrap().dataset;
    let fit = |names: &[&str]| LogisticRegression::new().fit(&data.with_columns(names).unwrap()).unwrap();
    let full = fit(&["GPA", "PSI"]);
    let ridge =
        LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data.with_columns(&["GPA"]).unwrap());
    let weighted = data.with_columns(&["GPA"]).unwrap().with_weights(DVector::from_element(32, 2.0)).unwrap();
    let weighted = LogisticRegression::new().fit(&weighted).unwrap();
    for nested in [fit(&["TUCE"]), fit(&["PSI", "GPA"]), ridge.unwrap(), weighted] {
        let error = full.likelihood_ratio_test(&nested).unwrap_err();
        assert!(matches!(error, Error::NotNested { .. }), "{error}");
    }
}
