//! Newton's method where a full step is too long, where the Hessian spans the range of f64, and where it has to stop.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_data::certified::spector;
use chainrule_model::{Error, Gradient, LogisticRegression, Objective, Obstacle, Penalty};
use nalgebra::{DMatrix, DVector};

/// J may rise by its own rounding; a step too long raises it by far more.
const ROUNDING: f64 = 1e-10;

/// Examples one after the other, with as many columns as it takes.
fn set(values: &[f64], labels: &[f64]) -> Dataset {
    let columns = values.len() / labels.len();
    let names = (1..=columns).map(|j| format!("x{j}")).collect();
    let features = DMatrix::from_row_slice(labels.len(), columns, values);
    Dataset::new(features, DVector::from_column_slice(labels), names).unwrap()
}

/// The optimum is reached, and on the way J does not rise.
fn assert_falls(data: &Dataset, lambda: f64) {
    let fit = LogisticRegression::new().penalty(Penalty::L2(lambda)).fit(data).unwrap();
    for pair in fit.history().windows(2) {
        assert!(pair[1] <= pair[0] * (1.0 + ROUNDING), "J rises from {} to {}", pair[0], pair[1]);
    }
}

/// Columns with outliers, found by a search for data on which full steps raise J: from 0.297 to 94, and a few steps
/// later from 0.2941 to 0.2995.
#[test]
fn a_step_that_raises_the_objective_is_halved() {
    let values = [
        [-30.0, 33.0, 390.0],
        [-3660.0, -4440.0, -81.0],
        [2.0, -2.0, 7.0],
        [-2.0, 760.0, 70.0],
        [4.0, -23.0, 3570.0],
        [-1.0, -3110.0, 37.0],
        [920.0, -3020.0, 410.0],
    ];
    assert_falls(&set(values.as_flattened(), &[0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]), 0.0);
}

/// As above; here the objective is as small as 3.2e-9 when a full step raises it to 1.9e-8.
#[test]
fn a_rise_is_judged_beside_the_objective() {
    let values = [
        [48.0, 25.0, 21.0],
        [-2.0, 50.0, 22.0],
        [10.0, -14.0, -3.0],
        [12.0, 50.0, 37.0],
        [-2.0, 4.0, 31.0],
        [-40.0, 2.0, -15.0],
        [6.0, 7.0, -1.0],
    ];
    assert_falls(&set(values.as_flattened(), &[0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]), 1e-9);
}

/// The weight that a penalty of λ leaves is −∂J/∂w(0)/λ, up to a relative 1/λ, also where λ² is beyond the largest f64.
#[test]
fn a_penalty_beside_which_the_data_are_nothing_leaves_the_right_weight() {
    let lambda = 1e200;
    let data = set(&[1.0, 2.0, 3.0, 5.0], &[0.0, 1.0, 0.0, 1.0]);
    let fit = LogisticRegression::new().penalty(Penalty::L2(lambda)).fit(&data).unwrap();
    let slope =
        Objective::new(&data, 0.0, Gradient::ClosedForm).unwrap().gradient(&DVector::zeros(2)).unwrap()[1];
    assert!((fit.coefficients()[0] * lambda / -slope - 1.0).abs() < 1e-14, "{}", fit.coefficients()[0]);
}

#[test]
fn exactly_as_many_steps_are_taken_as_are_allowed() {
    let certified = spector().unwrap();
    for limit in 0..4 {
        let result = LogisticRegression::new().iteration_limit(limit).fit(&certified.dataset);
        let Err(Error::NotReached { obstacle: Obstacle::IterationLimit, fit }) = result else {
            panic!("{limit}")
        };
        assert_eq!((fit.iterations(), fit.history().len()), (limit, limit + 1));
    }
}

/// A label from the example's place, its logit and chance.
type Label = fn(usize, f64, f64) -> f64;

/// Large data are begun on a part of them; whatever comes of the part, the answer is the optimum of the whole.
#[test]
fn parts_of_large_data_only_shorten_the_way() {
    let examples = 200_000;
    let x = DMatrix::from_fn(examples, 2, |i, j| ((i * (3 + 4 * j)) as f64 * 0.618_033_988_75).fract() - 0.5);
    let chance = |i: usize| (i as f64 * 0.754_877_666_25).fract();
    // Fair parts; parts with one class alone; parts that a column separates.
    let kinds: [(&str, Label); 3] = [
        ("fair", |_, z, chance| f64::from(u8::from(chance < 1.0 / (1.0 + (-z).exp())))),
        ("one class", |i, z, chance| f64::from(u8::from(i % 10 == 0 || chance < 1.0 / (1.0 + (-z).exp())))),
        ("separable", |i, z, chance| {
            f64::from(u8::from(if i % 10 == 0 { z > 0.0 } else { chance < 1.0 / (1.0 + (-z).exp()) }))
        }),
    ];
    for (kind, label) in kinds {
        let labels =
            DVector::from_fn(examples, |i, _| label(i, 3.0 * x[(i, 0)] - 2.0 * x[(i, 1)], chance(i)));
        let data = Dataset::new(x.clone(), labels, vec!["a".to_owned(), "b".to_owned()]).unwrap();
        for penalty in [Penalty::None, Penalty::L2(1e-4)] {
            let fit = LogisticRegression::new().penalty(penalty).fit(&data).unwrap();
            assert!(fit.gradient_norm() < 1e-13, "{kind}: {:e}", fit.gradient_norm());
            assert!(fit.iterations() <= 8, "{kind}: {}", fit.iterations());
        }
    }
}

/// One column hardly varies in the runs of 64 examples that make up a tenth, so what the tenth makes of it is far off, and worse than no beginning at all.
#[test]
fn a_part_that_misleads_is_left() {
    let examples = 12_800;
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(examples, 2, |i, j| {
        let value = part(i * (j + 1), 0.618_033_988_75) - 0.5;
        if j == 1 && i / 64 % 10 == 0 { value * 1e-8 } else { value }
    });
    let labels = DVector::from_fn(examples, |i, _| {
        let logit = features[(i, 0)] + 2.0 * features[(i, 1)];
        f64::from(u8::from(part(i, 0.414_213_562) < 1.0 / (1.0 + f64::exp(-logit))))
    });
    let data = Dataset::new(features, labels, vec!["a".to_owned(), "b".to_owned()]).unwrap();
    let fit = LogisticRegression::new().fit(&data).unwrap();
    assert!(fit.iterations() <= 10, "{}", fit.iterations());
}
