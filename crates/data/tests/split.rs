//! A split is a partition, stratified, random, and the same for the same seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{Classes, Dataset, Error};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(30),
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    }
}

/// Others first, then events; the only feature is the row, so that it can be followed.
fn numbered(others: usize, events: usize) -> Dataset {
    let examples = others + events;
    let features = DMatrix::from_fn(examples, 1, |row, _| row as f64);
    let labels = DVector::from_fn(examples, |row, _| if row < others { 0.0 } else { 1.0 });
    Dataset::new(features, labels, vec!["row".to_string()])
        .unwrap()
        .with_target("t", Classes::new("no", "yes"))
}

fn rows(data: &Dataset) -> Vec<usize> {
    data.features().iter().map(|&row| row as usize).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_are_a_stratified_partition(
        (others, events) in (2_usize..60, 2_usize..60),
        fraction in 0.001..0.999_f64,
        seed: u64,
    ) {
        let whole = numbered(others, events);
        let (train, test) = whole.split(fraction, seed).unwrap();
        let mut all = [rows(&train), rows(&test)].concat();
        all.sort_unstable();
        prop_assert_eq!(all, rows(&whole));
        for part in [&train, &test] {
            prop_assert!(rows(part).iter().zip(part.labels().iter()).all(|(&row, &y)| (y == 1.0) == (row >= others)));
            prop_assert!(part.events() > 0 && part.events() < part.len());
        }
        let share = |count: usize| ((fraction * count as f64).round() as usize).clamp(1, count - 1);
        prop_assert_eq!(train.events(), share(events));
        prop_assert_eq!(train.len() - train.events(), share(others));
    }
}

#[test]
fn names_stay() {
    let (train, test) = numbered(5, 5).split(0.6, 0).unwrap();
    for part in [train, test] {
        assert_eq!((part.target(), part.classes()), ("t", &Classes::new("no", "yes")));
        assert_eq!(part.feature_names(), ["row"]);
    }
}

#[test]
fn the_seed_decides() {
    let data = numbered(50, 50);
    assert_eq!(data.split(0.5, 1).unwrap(), data.split(0.5, 1).unwrap());
    assert_ne!(data.split(0.5, 1).unwrap(), data.split(0.5, 2).unwrap());
}

#[test]
fn a_seed_gives_this_split_on_every_platform() {
    let (train, test) = numbered(5, 5).split(0.6, 42).unwrap();
    assert_eq!((rows(&train), rows(&test)), (TRAIN.to_vec(), TEST.to_vec()));
}

const TRAIN: [usize; 6] = [9, 7, 2, 5, 0, 1];
const TEST: [usize; 4] = [4, 3, 8, 6];

#[test]
fn every_example_is_as_likely_to_train() {
    let data = numbered(4, 4);
    let mut counts = [0; 8];
    for seed in 0..4000 {
        rows(&data.split(0.5, seed).unwrap().0).into_iter().for_each(|row| counts[row] += 1);
    }
    assert!(counts.iter().all(|count| (1850..2150).contains(count)), "{counts:?}");
}

#[test]
fn fractions_lie_between_0_and_1() {
    for fraction in [0.0, 1.0, -0.1, 1.1, f64::NAN] {
        let result = numbered(5, 5).split(fraction, 0);
        assert!(matches!(result, Err(Error::Parameter { name: "the training fraction", .. })), "{fraction}");
    }
}

#[test]
fn each_class_needs_two_examples() {
    let wanted = |class: &str, examples| Err(Error::ClassTooSmall { class: class.to_string(), examples });
    assert_eq!(numbered(1, 5).split(0.5, 0), wanted("no", 1));
    assert_eq!(numbered(5, 1).split(0.5, 0), wanted("yes", 1));
    assert_eq!(numbered(5, 0).split(0.5, 0), wanted("yes", 0));
    assert!(numbered(2, 2).split(0.5, 0).is_ok());
}

/// Such a part broke what a dataset promises, and its examples present had no columns.
#[test]
fn both_parts_weigh_something() {
    let weights =
        |counted: &[usize]| DVector::from_fn(12, |row, _| if counted.contains(&row) { 1.0 } else { 0.0 });
    let data = numbered(6, 6).with_weights(weights(&[3])).unwrap();
    for seed in 0..50 {
        let message = data.split(0.5, seed).unwrap_err().to_string();
        let part = |part: &str| {
            format!(
                "the {part} part would have no weight to compute with: leave out the examples of weight 0, or choose another seed"
            )
        };
        assert!([part("training"), part("test")].contains(&message), "{message}");
    }
    let data = numbered(6, 6).with_weights(weights(&[0, 1, 6, 7])).unwrap();
    for seed in 0..50 {
        let Ok((train, test)) = data.split(0.5, seed) else { continue };
        for part in [train, test] {
            assert!(part.total_weight() > 0.0 && part.present().columns().len() == 1);
        }
    }
    assert!(data.present().split(0.5, 0).is_ok());
}

/// Weights that are all 0 for one class would make it a part of one class, of which nothing can be learnt.
#[test]
fn both_classes_weigh_something_in_both_parts() {
    let weights =
        |counted: &[usize]| DVector::from_fn(12, |row, _| f64::from(u8::from(counted.contains(&row))));
    // One event alone has weight: one of the parts has none.
    let data = numbered(6, 6).with_weights(weights(&[0, 1, 2, 3, 4, 5, 7])).unwrap().with_weight_column("n");
    let mut parts = std::collections::BTreeSet::new();
    for seed in 0..30 {
        let error = data.split(0.5, seed).unwrap_err();
        let Error::ClassWithoutWeight { part: Some(part), examples: 3, .. } = &error else {
            panic!("{error}")
        };
        parts.insert(*part);
        assert_eq!(
            error.to_string(),
            format!(
                "the weights in column 'n' leave class 'yes' of 't' without weight in the {part} part \
                 (all its 3 examples have the weight 0): leave out the examples of weight 0 before the split, or choose another seed"
            )
        );
    }
    assert_eq!(parts.into_iter().collect::<Vec<_>>(), ["test", "training"]);
    // No seed helps where no event has weight.
    let data = numbered(6, 6).with_weights(weights(&[0, 1, 2, 3, 4, 5])).unwrap();
    let found = (0..50).filter_map(|seed| match data.split(0.5, seed).unwrap_err() {
        Error::ClassWithoutWeight { part, examples, .. } => Some((part, examples)),
        Error::PartWeight { .. } => None,
        other => panic!("{other}"),
    });
    let found: Vec<_> = found.collect();
    assert!(found.len() > 40 && found.iter().all(|found| *found == (None, 6)), "{found:?}");
    // Parts that are made have both.
    let data = numbered(6, 6).with_weights(weights(&[0, 1, 6, 7])).unwrap();
    let made: Vec<_> = (0..50).filter_map(|seed| data.split(0.5, seed).ok()).collect();
    assert!(made.len() > 5);
    for part in made.iter().flat_map(|(train, test)| [train, test]) {
        assert!(part.event_weight() > 0.0 && part.other_weight() > 0.0);
    }
}
