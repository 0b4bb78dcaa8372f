//! Every distribution has mean 0 and variance 1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{Distribution, Error, Separable};

/// Mean and variance of one feature along which examples are not moved: of many, the one that the normal
/// weighs least.
fn moments(distribution: Distribution) -> (f64, f64) {
    let made =
        Separable::new(100_000, 20).margin(1e-6).distribution(distribution).seed(4).generate().unwrap();
    let least = made.hyperplane.normal.iter().enumerate().min_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    let column = made.dataset.features().column(least.unwrap().0).into_owned();
    (column.mean(), column.variance())
}

#[test]
fn mean_is_0_and_variance_is_1() {
    use Distribution::{Exponential, Gaussian, LogNormal, StudentT, Uniform};
    // The tolerance of the variance follows the tails: its own variance grows with the fourth moment.
    for (distribution, tolerance) in
        [(Uniform, 0.02), (Gaussian, 0.02), (StudentT(10.0), 0.03), (Exponential, 0.04), (LogNormal, 0.15)]
    {
        let (mean, variance) = moments(distribution);
        assert!(mean.abs() < 0.015, "{distribution:?}: mean {mean}");
        assert!((variance - 1.0).abs() < tolerance, "{distribution:?}: variance {variance}");
    }
}

#[test]
fn uniform_is_the_default_and_bounded() {
    assert_eq!(Distribution::default(), Distribution::Uniform);
    // Moved along the normal, a point of the cube with half-width √3 leaves it by no more than the move.
    let made = Separable::new(10_000, 1).margin(1e-6).generate().unwrap();
    assert!(made.dataset.features().iter().all(|x| x.abs() < 3_f64.sqrt() + 2.0 * 0.5 + 1e-5));
}

#[test]
fn distributions_differ() {
    let with = |distribution| Separable::new(10, 2).distribution(distribution).generate().unwrap().dataset;
    assert_ne!(with(Distribution::Uniform), with(Distribution::Gaussian));
    assert_ne!(with(Distribution::StudentT(3.0)), with(Distribution::StudentT(4.0)));
}

#[test]
fn degrees_of_freedom_leave_a_finite_variance() {
    for degrees in [2.0, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        let result = Separable::new(10, 2).distribution(Distribution::StudentT(degrees)).generate();
        assert!(matches!(result, Err(Error::Parameter { name: "degrees of freedom", .. })), "{degrees}");
    }
}

/// √3 is half the width of a cube of variance 1, 1 the mean of the exponential, and 1/√(e − 1) that of the log-normal, √e, in
/// units of its deviation, √((e − 1)·e).
#[test]
fn distributions_with_a_lower_end_begin_there() {
    let log_normal = -1.0 / 1_f64.exp_m1().sqrt();
    let ends = [(Distribution::Uniform, -(3_f64.sqrt())), (Distribution::Exponential, -1.0)];
    for (distribution, end) in ends.into_iter().chain([(Distribution::LogNormal, log_normal)]) {
        let made =
            Separable::new(5_000, 200).margin(1e-6).distribution(distribution).seed(4).generate().unwrap();
        // Of so many, the feature that the normal weighs least is hardly moved, and of so many examples one is near the end.
        let least = made.hyperplane.normal.map(f64::abs).argmin().0;
        let lowest = made.dataset.features().column(least).min();
        assert!((end - 0.003..end + 0.03).contains(&lowest), "{distribution:?}: {lowest}, not {end}");
    }
}
