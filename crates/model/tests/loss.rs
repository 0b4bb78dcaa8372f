//! The log-loss and the lesson's derivatives, against values computed in 60-digit decimal arithmetic.

use chainrule_graph::Graph;
use chainrule_model::{log_loss, loss_by_probability, probability_by_logit, residual};
use proptest::prelude::*;

/// The reference numbers below were computed with Python's `decimal` at 60 digits and rounded to 17:
/// z, ln(1 + e^z), σ(z), σ(z)·σ(−z).
const REFERENCE: [(f64, f64, f64, f64); 6] = [
    (-700.0, 9.85967654375977e-305, 9.85967654375977e-305, 9.85967654375977e-305),
    (-40.0, 4.248354255291589e-18, 4.248354255291589e-18, 4.248354255291589e-18),
    (-2.5, 0.07888973429254963, 0.07585818002124355, 0.07010371654510816),
    (0.125, 0.7575990353171691, 0.5312093733737563, 0.24902597501361748),
    (30.0, 30.000000000000092, 0.9999999999999064, 9.357622968838423e-14),
    (700.0, 700.0, 1.0, 9.85967654375977e-305),
];

/// Exponential, logarithm and three operations, each within an ulp: 4 · 2.2e-16.
const ROUNDING: f64 = 1e-15;

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= ROUNDING * expected.abs()
}

#[test]
fn losses_and_derivatives_keep_full_precision_on_both_sides() {
    for (z, softplus, sigmoid, slope) in REFERENCE {
        assert!(close(log_loss(&z, &0.0), softplus), "L at {z}, y = 0");
        assert!(close(log_loss(&-z, &1.0), softplus), "L at {}, y = 1", -z);
        assert!(close(residual(z, 0.0), sigmoid), "dL/dz at {z}, y = 0");
        assert!(close(residual(-z, 1.0), -sigmoid), "dL/dz at {}, y = 1", -z);
        assert!(close(probability_by_logit(z), slope), "da/dz at {z}");
        assert!(close(loss_by_probability(z, 1.0), -1.0 / sigmoid), "dL/da at {z}, y = 1");
        assert!(close(loss_by_probability(-z, 0.0), 1.0 / sigmoid), "dL/da at {}, y = 0", -z);
    }
}

#[test]
fn the_residual_is_not_zero_where_the_textbook_form_is() {
    let a = 1.0 / (1.0 + (-40.0_f64).exp());
    assert_eq!(a - 1.0, 0.0);
    assert!(residual(40.0, 1.0) < 0.0);
}

proptest! {
    /// dL/dz = dL/da · da/dz, the lesson's own derivation.
    #[test]
    fn the_residual_is_the_product_of_its_factors(z in -30.0..30.0_f64, label in 0..2_u8) {
        let label = f64::from(label);
        let product = loss_by_probability(z, label) * probability_by_logit(z);
        prop_assert!((product - residual(z, label)).abs() <= ROUNDING * product.abs());
    }

    /// The loss as a graph has the closed form's derivative.
    #[test]
    fn the_graph_of_the_loss_has_the_closed_form_as_its_gradient(z in -1000.0..1000.0_f64, label in 0..2_u8) {
        let label = f64::from(label);
        let g = Graph::new();
        let (logit, y) = (g.parameter("z"), g.data("y"));
        let loss = log_loss(&logit, &y);
        let run = g.at(&[(logit, z), (y, label)]).unwrap();
        prop_assert_eq!(run.value(loss).unwrap(), log_loss(&z, &label));
        prop_assert_eq!(run.gradient(loss).unwrap()[logit], residual(z, label));
    }
}
