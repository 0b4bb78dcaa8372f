//! A summary as data says what the table says.
#![cfg(feature = "serde")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_model::{LogisticRegression, Penalty};

#[test]
fn a_summary_is_data() {
    let fit = LogisticRegression::new().fit(&spector().unwrap().dataset).unwrap();
    let data = serde_json::to_value(fit.summary()).unwrap();
    assert_eq!(data["target"], "GRADE");
    assert_eq!((&data["rows"][0]["name"], &data["rows"][1]["name"]), (&"(intercept)".into(), &"GPA".into()));
    assert_eq!(data["rows"][1]["coefficient"], fit.coefficients()[0]);
    assert_eq!(data["rows"][1]["wald"]["p"], fit.inference().unwrap().p()[1]);
    assert_eq!(data["certificate"]["theorem"], "self-concordance");
    assert_eq!((&data["aic"], &data["bic"]), (&fit.aic().unwrap().into(), &fit.bic().unwrap().into()));
    assert!(data["criteria_withheld"].is_null());
    let certified = breast_cancer_ridge().unwrap();
    let ridge =
        LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).fit(&certified.dataset).unwrap();
    let data = serde_json::to_value(ridge.summary()).unwrap();
    assert!(data["rows"][1]["wald"].is_null() && data["withheld"].as_str().unwrap().contains("penalty"));
    assert!(data["aic"].is_null() && data["bic"].is_null() && data["criteria_withheld"] == data["withheld"]);
    let firth = LogisticRegression::new().penalty(Penalty::Firth).fit(&spector().unwrap().dataset).unwrap();
    let data = serde_json::to_value(firth.summary()).unwrap();
    assert!(data["aic"].is_null() && data["bic"].is_null() && data["withheld"].is_null());
    assert!(data["criteria_withheld"].as_str().unwrap().contains("Firth"));
}
