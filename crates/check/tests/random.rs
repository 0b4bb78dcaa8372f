//! Random vectors, as a check of Hessian-vector products shows them to the product.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::cell::RefCell;

use chainrule_check::{Check, HessianVector, check_hessian_vector};

/// The vectors that a check shows at a point, with its options set.
fn vectors(x: &[f64], number: usize, seed: u64, scales: Option<&[f64]>) -> Vec<Vec<f64>> {
    let shown = RefCell::new(Vec::new());
    let product = |_: &[f64], v: &[f64]| {
        shown.borrow_mut().push(v.to_vec());
        v.to_vec()
    };
    let check: Check<HessianVector<_, _>> = check_hessian_vector(|x: &[f64]| x.to_vec(), product).seed(seed);
    let check = if let Some(scales) = scales { check.scales(scales) } else { check };
    let _ = check.along(x, number).unwrap();
    shown.into_inner()
}

#[test]
fn the_generator_is_the_published_one() {
    // The first outputs for seed 1234567 of splitmix64.c by Sebastiano Vigna (2015), as listed by Rosetta Code under
    // "Pseudo-random numbers/Splitmix64".
    let published = [
        6_457_827_717_110_365_317_u64,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
        4_593_380_528_125_082_431,
        16_408_922_859_458_223_821,
    ];
    let component = |bits: u64| {
        let size = 0.5 + (bits >> 12) as f64 / 2.0_f64.powi(53);
        if bits.is_multiple_of(2) { size } else { -size }
    };
    assert_eq!(vectors(&[0.0; 5], 1, 1_234_567, None), [published.map(component)]);
    // The next vector goes on where the last one ended.
    let [first, second] = &vectors(&[0.0; 2], 2, 1_234_567, None)[..] else { unreachable!() };
    assert_eq!(*first, published.map(component)[..2]);
    assert_eq!(*second, published.map(component)[2..4]);
}

#[test]
fn components_are_between_a_half_and_one_of_their_scale_with_either_sign() {
    let shares = &vectors(&[0.0; 1000], 1, 7, None)[0];
    assert!(shares.iter().all(|share| (0.5..1.0).contains(&share.abs())));
    let (negative, large) =
        (shares.iter().filter(|&&v| v < 0.0).count(), shares.iter().filter(|v| v.abs() > 0.75).count());
    // Of a thousand fair coins, 400 to 600 is more than six standard deviations to either side.
    assert!((400..600).contains(&negative) && (400..600).contains(&large), "{negative} {large}");
}

#[test]
fn the_scale_is_the_coordinate_s_size_and_at_least_one_unless_it_is_given() {
    let shares = &vectors(&[0.0; 3], 1, 7, None)[0];
    let times = |scales: [f64; 3]| -> Vec<f64> { shares.iter().zip(scales).map(|(v, s)| v * s).collect() };
    assert_eq!(vectors(&[-1e3, 0.25, 8.0], 1, 7, None)[0], times([1e3, 1.0, 8.0]));
    let scales = [1e-9, 2.0, 1e12];
    assert_eq!(vectors(&[-1e3, 0.25, 8.0], 1, 7, Some(&scales))[0], times(scales));
}

#[test]
fn a_seed_stands_for_its_vectors() {
    let x = [0.0; 4];
    assert_eq!(vectors(&x, 3, 1, None), vectors(&x, 3, 1, None));
    assert_ne!(vectors(&x, 3, 1, None), vectors(&x, 3, 2, None));
    assert_eq!(vectors(&x, 3, 1, None)[..2], vectors(&x, 2, 1, None));
}
