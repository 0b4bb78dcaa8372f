//! Columns that determine each other, and how little of a penalty is enough to choose between their weights.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#![expect(clippy::excessive_precision, reason = "references keep the digits they came with")]

use chainrule_data::Dataset;
use chainrule_model::{Error, Gradient, LogisticRegression, Obstacle, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

/// Half of them at −1, half at 1: mean 0, standard deviation 1.
const EXAMPLES: usize = 100;

/// The same column so many times, with labels that overlap: of ten examples at 1 seven are events, at −1 three.
fn set(copies: usize) -> Dataset {
    let side = |i: usize| if i < EXAMPLES / 2 { -1.0 } else { 1.0 };
    let features = DMatrix::from_fn(EXAMPLES, copies, |i, _| side(i));
    let labels = DVector::from_fn(EXAMPLES, |i, _| if (i % 10 < 7) == (side(i) > 0.0) { 1.0 } else { 0.0 });
    let names = (1..=copies).map(|j| format!("x{j}")).collect();
    Dataset::new(features, labels, names).unwrap()
}

/// What is left of the second column is 2λ beside ¼, which is above the share of 1e-12 that counts as nothing, however
/// many examples there are.
#[test]
fn a_penalty_just_above_the_share_that_counts_as_nothing_makes_a_fit() {
    let alone = LogisticRegression::new().fit(&set(1)).unwrap();
    // By hand: the log-odds of 7 in 10.
    assert!((alone.coefficients()[0] - (0.7_f64 / 0.3).ln()).abs() < 1e-14);
    let both = LogisticRegression::new().penalty(Penalty::L2(1e-12)).fit(&set(2)).unwrap();
    // How the weight is shared is lost to rounding, its sum is not.
    let sum: f64 = both.coefficients().iter().sum();
    assert!((sum - alone.coefficients()[0]).abs() < 1e-10, "{:?}", both.coefficients());
}

#[test]
fn a_penalty_below_the_share_that_counts_as_nothing_does_not() {
    assert!(LogisticRegression::new().penalty(Penalty::L2(5e-14)).fit(&set(2)).is_err());
}

/// x3 = 2·x1 − x2 + 1, x4 = 5, x5 = −x1: each is named with what it is made of, and no other column is.
#[test]
fn every_dependent_column_is_named_with_those_it_is_made_of() {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(50, 6, |i, j| {
        let (one, two, last) = (part(i, 0.618_034), part(i, 0.754_878), part(i, 0.569_84));
        [one, two, 2.0 * one - two + 1.0, 5.0, -one, last][j]
    });
    let labels = DVector::from_fn(50, |i, _| f64::from(u8::from(part(i, 0.882_1) > 0.5)));
    let names: Vec<String> = (1..=6).map(|j| format!("x{j}")).collect();
    let data = Dataset::new(features, labels, names).unwrap();
    let Err(Error::NotReached { obstacle: Obstacle::Collinear { dependences }, .. }) =
        LogisticRegression::new().fit(&data)
    else {
        panic!("no dependence was found")
    };
    let said: Vec<String> = dependences.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["`x3` is determined by `x1`, `x2`", "`x4` is constant", "`x5` is determined by `x1`"]);
    let known: Vec<&str> = data
        .feature_names()
        .iter()
        .map(String::as_str)
        .filter(|name| ["x1", "x2", "x6"].contains(name))
        .collect();
    assert!(LogisticRegression::new().fit(&data.with_columns(&known).unwrap()).is_ok());
}

/// With eight examples there are at most seven columns beside the intercept that say something new.
#[test]
fn more_columns_than_examples_are_named() {
    let features = DMatrix::from_fn(8, 10, |i, j| ((i * i + 3 * i * j + 7 * j * j * j) % 101) as f64);
    let labels = DVector::from_fn(8, |i, _| f64::from(u8::from(i % 2 == 0)));
    let data = Dataset::new(features, labels, (1..=10).map(|j| format!("x{j}")).collect()).unwrap();
    let error = LogisticRegression::new().fit(&data).unwrap_err().to_string();
    for name in ["`x8` is", "`x9` is", "`x10` is"] {
        assert!(error.contains(name), "{name} is missing in {error}");
    }
    assert!(LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data).is_ok());
}

/// A part of 1 that goes round as i does.
fn part(i: usize, by: f64) -> f64 {
    (i as f64 * by).fract()
}

fn age_and_income(i: usize) -> (f64, f64) {
    let (age, income) =
        (20.0 + 50.0 * part(i, 0.618_033_988_7), 20_000.0 + 60_000.0 * part(i, 0.754_877_666_2));
    (age.floor(), income.floor())
}

fn noise(i: usize) -> f64 {
    2.0 * part(i, 0.569_840_291_0) - 1.0
}

/// Labels that age and income go with, and overlap.
fn label(i: usize) -> f64 {
    let (age, income) = age_and_income(i);
    let logit = 0.05 * (age - 45.0) - 3e-5 * (income - 50_000.0) + 6.0 * (part(i, 0.819_172_513_4) - 0.5);
    f64::from(u8::from(logit > 0.0))
}

fn of_rows<const D: usize>(row: impl Fn(usize) -> [f64; D], label: impl Fn(usize) -> f64) -> Dataset {
    let features = DMatrix::from_fn(120, D, |i, j| row(i)[j]);
    let names = (1..=D).map(|j| format!("x{j}")).collect();
    Dataset::new(features, DVector::from_fn(120, |i, _| label(i)), names).unwrap()
}

/// x2 = x1 and a share of noise.
fn two(share: f64) -> Dataset {
    let row = |i| {
        let (age, _) = age_and_income(i);
        [age, age + share * noise(i)]
    };
    of_rows(row, label)
}

/// x3 = x1 + x2 and a share of noise.
fn sum(share: f64) -> Dataset {
    let row = |i| {
        let (age, income) = age_and_income(i);
        [age, income, age + income + share * 1e4 * noise(i)]
    };
    of_rows(row, label)
}

/// The optima are those of Newton's method in 260 bits (gmpy2 2.3.2), where ‖∇J‖ is below 1e-70, to 18 digits; beside them the roots of the diagonal
/// of the inverse Hessian of the summed loss with its penalty.
#[test]
fn nearly_dependent_columns_are_fitted_with_a_proof() {
    let (none, ridge) = (Penalty::None, Penalty::L2(1e-9));
    let known: [(Dataset, Penalty, &[f64], &[f64]); 8] = [
        (
            two(1e-6),
            none,
            &[-1.141_903_594_597_197_1, 2.336_247_976_291_306_1e4, -2.336_245_326_085_275_2e4],
            &[6.071_147e-1, 3.204_532e5, 3.204_532e5],
        ),
        (
            two(1e-6),
            ridge,
            &[-1.140_623_072_283_807_9, 9.611_216_175_481_510_2e-1, -9.346_545_598_871_748_4e-1],
            &[6.068_842e-1, 2.041_200e3, 2.041_200e3],
        ),
        (
            two(1e-7),
            none,
            &[-1.141_903_594_634_217_5, 2.336_245_590_705_710_5e5, -2.336_245_325_685_107_5e5],
            &[6.071_147e-1, 3.204_532e6, 3.204_532e6],
        ),
        (
            two(1e-7),
            ridge,
            &[-1.140_623_024_286_505_6, 1.080_260_957_624_221_8e-1, -8.155_903_942_585_846_4e-2],
            &[6.068_842e-1, 2.041_241e3, 2.041_241e3],
        ),
        (
            sum(1e-6),
            none,
            &[
                -2.158_676_303_310_066_4e-1,
                1.014_159_292_602_503_1,
                9.881_068_440_207_553_9e-1,
                -9.881_251_475_428_592_9e-1,
            ],
            &[8.149_096e-1, 3.235_069e1, 3.235_013e1, 3.235_013e1],
        ),
        (
            sum(1e-6),
            ridge,
            &[
                -2.158_672_293_612_659_8e-1,
                1.013_783_880_951_251_4,
                9.877_314_388_154_389_7e-1,
                -9.877_497_423_406_320_9e-1,
            ],
            &[8.149_093e-1, 3.234_460e1, 3.234_404e1, 3.234_404e1],
        ),
        (
            sum(1e-7),
            none,
            &[
                -2.158_676_302_937_361_2e-1,
                9.907_285_310_832_295_6,
                9.881_232_862_251_091_7,
                -9.881_251_165_773_196,
            ],
            &[8.149_096e-1, 3.235_019e2, 3.235_013e2, 3.235_013e2],
        ),
        (
            sum(1e-7),
            ridge,
            &[
                -2.158_293_598_741_968_1e-1,
                9.548_208_176_487_664,
                9.522_156_342_392_742_7,
                -9.522_174_646_210_512_6,
            ],
            &[8.148_833e-1, 3.175_753e2, 3.175_748e2, 3.175_748e2],
        ),
    ];
    let ways = [
        (Solver::Newton, Gradient::ClosedForm),
        (Solver::Newton, Gradient::Graph),
        (Solver::NewtonCg, Gradient::ClosedForm),
        (Solver::Lbfgs, Gradient::ClosedForm),
        (Solver::GradientDescent, Gradient::ClosedForm),
    ];
    for (at, (data, penalty, optimum, errors)) in known.into_iter().enumerate() {
        for (solver, gradient) in ways {
            let what = (at, solver, gradient);
            let regression = LogisticRegression::new().penalty(penalty).solver(solver).gradient(gradient);
            let fit = regression.fit(&data).unwrap_or_else(|error| panic!("{what:?}: {error}"));
            let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
            let bounds = fit.certificate().unwrap().coefficients();
            for (((found, bound), best), error) in found.zip(bounds).zip(optimum).zip(errors) {
                assert!(
                    (found - best).abs() <= bound + 2e-16 * best.abs(),
                    "{what:?}: {found} {best} {bound:e}"
                );
                assert!(*bound <= 1e-3 * error, "{what:?}: {bound:e} is much beside {error:e}");
            }
            if let Ok(inference) = fit.inference() {
                for (found, known) in inference.standard_errors().iter().zip(errors) {
                    assert!((found / known - 1.0).abs() < 1e-6, "{what:?}: {found} {known}");
                }
            }
        }
    }
}

/// Twice the weight is twice the examples.
#[test]
fn nearly_dependent_columns_with_weights_are_fitted() {
    let data = two(1e-7);
    let twice = data.clone().with_weights(DVector::from_element(data.len(), 2.0)).unwrap();
    let (one, two) =
        (LogisticRegression::new().fit(&data).unwrap(), LogisticRegression::new().fit(&twice).unwrap());
    let bounds = one.certificate().unwrap().weights() + two.certificate().unwrap().weights();
    for (one, two) in one.coefficients().iter().zip(two.coefficients()) {
        assert!((one - two).abs() <= bounds, "{one} {two}");
    }
}

/// Coefficients of more than 10¹² are rounded by more than a logit bears.
#[test]
fn where_nothing_is_proved_the_nearly_dependent_columns_are_named() {
    for (data, said) in [
        (two(3e-13), "`x2` is nearly determined by `x1` "),
        (sum(1e-13), "`x3` is nearly determined by `x1`, `x2` "),
    ] {
        let error = LogisticRegression::new().fit(&data).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.to_string().contains("nearly dependent columns"), "{error}");
        let Error::NotReached { obstacle: Obstacle::NearlyDependent { condition, .. }, .. } = error else {
            panic!("{error}")
        };
        assert!(condition > 1e12, "{condition:e}");
    }
}

/// x2 = x1 and a share of noise, beside a column with a mean of 10¹² and a standard deviation of 0.3.
fn with_far(share: f64) -> Dataset {
    let row = |i| {
        let (age, _) = age_and_income(i);
        [age, age + share * noise(i), 1e12 + part(i, 0.414_213_562_4)]
    };
    of_rows(row, label)
}

/// The fit fails without the correlation as well, so that leaving `x2` out would not help: condition numbers of about 2, 70 and 10⁷, all of which are
/// fitted alone.
#[test]
fn a_column_far_from_0_is_not_blamed_on_columns_that_are_correlated() {
    let penalties = [Penalty::None, Penalty::L2(1e-9)];
    for (share, penalty) in
        [30.0, 0.7, 5e-6].into_iter().flat_map(|share| penalties.map(|penalty| (share, penalty)))
    {
        let (what, regression) = ((share, penalty), LogisticRegression::new().penalty(penalty));
        assert!(regression.fit(&two(share)).is_ok(), "{what:?}");
        let error = regression.fit(&with_far(share)).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("the values of `x3` lie so far from 0"), "{what:?}: {said}");
        assert!(!said.contains("x2") && !said.contains("combinations"), "{what:?}: {said}");
        let Error::NotReached { obstacle: Obstacle::Unproved { far, .. }, .. } = error else {
            panic!("{what:?}: {said}")
        };
        assert_eq!(far, ["x3"]);
    }
}

/// What the message says to do helps.
#[test]
fn a_column_far_from_0_is_fitted_once_a_number_near_its_mean_is_subtracted() {
    let data = with_far(0.7);
    let columns: Vec<&[f64]> = data.columns().collect();
    let near = of_rows(|i| [columns[0][i], columns[1][i], columns[2][i] - 1e12], label);
    assert!(LogisticRegression::new().fit(&near).is_ok());
}

/// x2 is x1 but for 10⁻¹³ of it, which leaves no digits; x3 and x4 are correlated at 0.999, which does no harm.
#[test]
fn columns_that_are_merely_correlated_are_not_named_beside_nearly_dependent_ones() {
    let row = |i| {
        let (age, income) = age_and_income(i);
        [age, age + 3e-13 * noise(i), income, income + 900.0 * part(i, 0.414_213_562_4)]
    };
    let said = LogisticRegression::new().fit(&of_rows(row, label)).unwrap_err().to_string();
    assert!(
        said.contains("nearly dependent columns: `x2` is nearly determined by `x1` (condition"),
        "{said}"
    );
}

/// The noise alone divides the classes.
#[test]
fn classes_that_nearly_dependent_columns_separate_are_separable() {
    let row = |i| {
        let (age, _) = age_and_income(i);
        [age, age + 1e-7 * noise(i)]
    };
    let data = of_rows(row, |i| f64::from(u8::from(noise(i) > 0.0)));
    let error = LogisticRegression::new().fit(&data).unwrap_err();
    assert!(matches!(error, Error::NotReached { obstacle: Obstacle::Separable { .. }, .. }), "{error}");
}

/// Firth's likelihood does not depend on the columns that the same linear functions are written in.
#[test]
fn firths_fit_of_nearly_dependent_columns_is_that_of_the_columns_apart() {
    let firth = LogisticRegression::new().penalty(Penalty::Firth);
    let near = firth.fit(&two(1e-7)).unwrap();
    let apart = firth.fit(&of_rows(|i| [age_and_income(i).0, noise(i)], label)).unwrap();
    let sum: f64 = near.coefficients().iter().sum();
    assert!((sum / apart.coefficients()[0] - 1.0).abs() < 1e-6, "{sum} {:?}", apart.coefficients());
    // The noise is rounded where it is added to the age, to some 10⁻⁸ of itself.
    let of_noise = near.coefficients()[1] * 1e-7;
    assert!((of_noise / apart.coefficients()[1] - 1.0).abs() < 1e-5, "{of_noise} {:?}", apart.coefficients());
}

/// A penalty that holds the small column lets the large one take its part, which so is no combination of it; the third is nearly the second.
#[test]
fn a_column_is_not_taken_out_of_another_where_the_penalty_tells_them_apart() {
    let row = |i| {
        let (age, _) = age_and_income(i);
        [1e-6 * age, age, age + 1e-7 * noise(i)]
    };
    let ridge = LogisticRegression::new().penalty(Penalty::L2(1e-7));
    let fits = [Solver::Newton, Solver::NewtonCg, Solver::Lbfgs]
        .map(|solver| ridge.clone().solver(solver).fit(&of_rows(row, label)).unwrap());
    for (one, other) in [(&fits[0], &fits[1]), (&fits[0], &fits[2])] {
        let bounds = one.certificate().unwrap().weights() + other.certificate().unwrap().weights();
        assert!(bounds < 1e-6, "{bounds:e}");
        for (one, other) in one.coefficients().iter().zip(other.coefficients()) {
            assert!((one - other).abs() <= bounds, "{one} {other}");
        }
    }
}
