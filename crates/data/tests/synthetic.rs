//! Synthetic data keep their promises: the margin to the last bit, exact counts, the same bits a seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{Distribution, Error, Separable, Synthetic};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const DISTRIBUTIONS: [Distribution; 5] = [
    Distribution::Uniform,
    Distribution::Gaussian,
    Distribution::StudentT(2.5),
    Distribution::Exponential,
    Distribution::LogNormal,
];

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    }
}

fn example(made: &Synthetic, row: usize) -> Vec<f64> {
    made.dataset.features().row(row).iter().copied().collect()
}

/// The side of the hyperplane that an example was put on: its label's, before the label was flipped.
fn side(made: &Synthetic, row: usize) -> f64 {
    let sign = 2.0 * made.dataset.labels()[row] - 1.0;
    if made.flipped.contains(&row) { -sign } else { sign }
}

/// A sum of products with the error of every operation carried along, as good as twice the precision.
fn compensated(terms: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    terms.fold((0.0, 0.0), |(sum, error), (a, b)| {
        let product = a * b;
        let product_error = a.mul_add(b, -product);
        let total = sum + product;
        let kept = total - sum;
        let sum_error = (sum - (total - kept)) + (product - kept);
        (total, error + (product_error + sum_error))
    })
}

/// Whether a number given as a sum of two is at least a bound, with room for the error of the second.
fn at_least((sum, error): (f64, f64), bound: f64) -> bool {
    (sum - bound) + error >= 0.0
}

fn keeps_margin(made: &Synthetic, row: usize) -> bool {
    let (x, side, plane) = (example(made, row), side(made, row), &made.hyperplane);
    let terms = || plane.normal.iter().zip(&x);
    let forwards = side * (terms().fold(0.0, |sum, (n, x)| sum + n * x) + plane.offset);
    let backwards = side * terms().rev().fold(plane.offset, |sum, (n, x)| sum + n * x);
    let exact = compensated(terms().map(|(n, x)| (side * n, *x)).chain([(side, plane.offset)]));
    let distance = side * plane.signed_distance(&x).unwrap();
    forwards >= made.margin
        && backwards >= made.margin
        && distance.to_bits() == forwards.to_bits()
        && at_least(exact, made.margin)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_example_keeps_the_margin(
        (examples, features) in (2_usize..40, 1_usize..130),
        (exponent, balance) in (-9.0..1.5_f64, 0.0..1.0_f64),
        (noise, correlation) in (0.0..0.4_f64, 0.0..0.99_f64),
        (distribution, seed) in (0_usize..5, any::<u64>()),
    ) {
        // Keeps both classes whatever the number of examples.
        let balance = (0.5 + balance * (examples as f64 - 1.0)) / examples as f64;
        let settings = Separable::new(examples, features)
            .margin(10_f64.powf(exponent))
            .balance(balance)
            .label_noise(noise)
            .correlation(correlation)
            .distribution(DISTRIBUTIONS[distribution])
            .seed(seed);
        match settings.generate() {
            Ok(made) => {
                for row in 0..examples {
                    prop_assert!(keeps_margin(&made, row), "row {row}");
                }
                let sides = (0..examples).filter(|&row| side(&made, row) > 0.0).count();
                prop_assert_eq!(sides, (balance * examples as f64).round() as usize);
                prop_assert_eq!(made.flipped.len(), (noise * examples as f64).round() as usize);
                prop_assert!((made.hyperplane.normal.norm() - 1.0).abs() < 1e-14);
            }
            // A few examples may all end up with one label.
            Err(error) => prop_assert!(matches!(error, Error::EmptyClass { .. }) && noise > 0.0, "{error}"),
        }
    }
}

#[test]
fn margins_far_from_one_hold_as_well() {
    for margin in [1e-100, 1e-20, 1e-6, 1e6, 1e100] {
        for features in [1, 2, 7, 100] {
            let made = Separable::new(50, features).margin(margin).seed(3).generate().unwrap();
            assert!((0..50).all(|row| keeps_margin(&made, row)), "margin {margin}, {features} features");
        }
    }
}

#[test]
fn the_margin_is_not_wider_than_asked_for() {
    // The point drawn closest to the hyperplane of very many comes close to the margin itself.
    let made = Separable::new(20_000, 3).margin(0.5).generate().unwrap();
    let distance = |row| made.hyperplane.signed_distance(&example(&made, row)).unwrap().abs();
    let closest = (0..20_000).map(distance).fold(f64::INFINITY, f64::min);
    assert!((0.5..0.501).contains(&closest), "{closest}");
}

/// The bits were computed apart, by a second implementation of ChaCha8 and of the steps that
/// `src/synthetic.rs` states.
#[test]
fn a_seed_gives_these_bits_on_every_platform() {
    let made = Separable::new(64, 5).margin(0.25).balance(0.4).label_noise(0.1).correlation(0.3).seed(42);
    let made = made.generate().unwrap();
    let bits = |value: f64| value.to_bits();
    let features = made.dataset.features();
    assert_eq!(bits(features[(0, 0)]), 0xbff6_7109_9f8c_c126, "{:#x}", bits(features[(0, 0)]));
    assert_eq!(bits(features[(63, 4)]), 0xbfc6_00b0_d15a_50a2, "{:#x}", bits(features[(63, 4)]));
    let all = features.iter().chain(made.dataset.labels().iter()).chain(made.hyperplane.normal.iter());
    let hash = all
        .chain([&made.hyperplane.offset])
        .fold(0xcbf2_9ce4_8422_2325, |hash, value| (hash ^ bits(*value)).wrapping_mul(0x0000_0100_0000_01b3));
    assert_eq!(hash, 0xaf6f_7ff0_5d9a_89e0, "{hash:#x}");
    assert_eq!(made.flipped, [4, 15, 26, 32, 36, 57]);
}

#[test]
fn seeds_differ_and_repeat() {
    let with = |seed| Separable::new(20, 2).seed(seed).generate().unwrap();
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).dataset.features(), with(2).dataset.features());
    assert_ne!(with(1).dataset.labels(), with(2).dataset.labels());
}

#[test]
fn events_stand_in_random_order() {
    let labels = Separable::new(1000, 1).generate().unwrap().dataset.labels().clone();
    let early = labels.iter().take(500).filter(|&&label| label == 1.0).count();
    assert!((200..300).contains(&early), "{early}");
}

#[test]
fn noise_flips_labels_and_nothing_else() {
    let settings = Separable::new(100, 3).seed(5);
    let (clean, noisy) = (settings.generate().unwrap(), settings.label_noise(0.1).generate().unwrap());
    assert_eq!(clean.dataset.features(), noisy.dataset.features());
    assert_eq!(clean.hyperplane, noisy.hyperplane);
    let differ = |&row: &usize| clean.dataset.labels()[row] != noisy.dataset.labels()[row];
    assert_eq!((0..100).filter(differ).collect::<Vec<_>>(), noisy.flipped);
    assert_eq!(noisy.flipped.len(), 10);
    assert!(clean.flipped.is_empty());
}

#[test]
fn features_correlate_as_asked() {
    for distribution in DISTRIBUTIONS.into_iter().filter(|d| *d != Distribution::StudentT(2.5)) {
        for wanted in [0.0, 0.5, 0.9] {
            let found = correlation_in_plane(distribution, wanted);
            assert!((found - wanted).abs() < 0.05, "{distribution:?}: {found} for {wanted}");
        }
    }
}

/// The correlation of two features of many, where the move along the normal weighs least.
fn correlation_in_plane(distribution: Distribution, correlation: f64) -> f64 {
    let settings =
        Separable::new(20_000, 40).margin(1e-6).distribution(distribution).correlation(correlation);
    let made = settings.seed(9).generate().unwrap();
    let normal = &made.hyperplane.normal;
    let mut order: Vec<usize> = (0..40).collect();
    order.sort_by(|&i, &j| normal[i].abs().total_cmp(&normal[j].abs()));
    let column = |j: usize| made.dataset.features().column(j).into_owned();
    let (a, b) = (column(order[0]), column(order[1]));
    let (a, b) = (a.add_scalar(-a.mean()), b.add_scalar(-b.mean()));
    a.dot(&b) / (a.norm() * b.norm())
}

#[test]
fn names_are_those_of_the_lesson() {
    let data = Separable::new(4, 2).generate().unwrap().dataset;
    assert_eq!(data.feature_names(), ["x1", "x2"]);
    assert_eq!(data.target(), "y");
}

#[test]
fn settings_out_of_range_are_named() {
    let base = Separable::new(10, 2);
    let cases = [
        (Separable::new(1, 2), "number of examples"),
        (Separable::new(10, 0), "number of features"),
        (base.margin(0.0), "margin"),
        (base.margin(-1.0), "margin"),
        (base.margin(f64::NAN), "margin"),
        (base.margin(f64::INFINITY), "margin"),
        (base.balance(0.0), "balance"),
        (base.balance(1.0), "balance"),
        (base.balance(f64::NAN), "balance"),
        (base.label_noise(-0.1), "label noise"),
        (base.label_noise(1.0), "label noise"),
        (base.label_noise(f64::NAN), "label noise"),
        (base.correlation(-0.1), "correlation"),
        (base.correlation(1.0), "correlation"),
        (base.correlation(f64::NAN), "correlation"),
    ];
    for (settings, wanted) in cases {
        let error = settings.generate().unwrap_err();
        let Error::Parameter { name, .. } = error else { panic!("{wanted}: {error}") };
        assert_eq!(name, wanted);
    }
}

#[test]
fn a_class_without_examples_is_refused() {
    let refused = |events, result| {
        let Err(Error::EmptyClass { events: found, examples: 10, .. }) = result else { panic!("{result:?}") };
        assert_eq!(found, events);
    };
    refused(0, Separable::new(10, 2).balance(0.04).generate());
    refused(10, Separable::new(10, 2).balance(0.96).generate());
    assert_eq!(Separable::new(10, 2).balance(0.06).generate().unwrap().dataset.events(), 1);
    // One of two labels flipped leaves one class, whichever it is.
    let noisy = Separable::new(2, 1).label_noise(0.5).generate();
    assert!(matches!(noisy, Err(Error::EmptyClass { examples: 2, .. })), "{noisy:?}");
}
