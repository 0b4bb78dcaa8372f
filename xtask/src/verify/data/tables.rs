//! Tables: what they refuse, their weights' sums, splits that partition, standardised columns.
//!
//! Sums are taken with an error below that of one rounding by what each addition loses, or are exact since they are of whole numbers.
//!
//! Invariant: every expected number is computed here from the features alone.

use chainrule_data::{Dataset, Error as DataError, Standardiser};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const SEED: u64 = 43;

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut split = Check::new("splits", "both parts", "a partition, sizes by class", 0.0)
        .convicts("crates/data/src/{split,random,dataset/parts}.rs");
    // Means and deviations of some hundred numbers: blocks of sums, each off by some u, of deviations no smaller than 1e-6 of the values.
    let mut standard = Check::new("standardised columns", "means, deviations", "compensated sums", 1e-9)
        .convicts("crates/data/src/standardise.rs");
    let mut weights = Check::new("weights' sums", "total and by class", "whole numbers", 0.0)
        .convicts("crates/data/src/{dataset/weights,dataset}.rs");
    let mut parts = Check::new("parts of tables", "every, present, columns", "row by row", 0.0)
        .convicts("crates/data/src/{dataset/parts,dataset}.rs");
    for (count, mut random) in
        [(effort.samples(40, 400), Random::new(SEED)), (effort.samples(40, 400), effort.fresh("data tables"))]
    {
        for _ in 0..count {
            let data = table(&mut random)?;
            of_split(&data, &mut random, &mut split)?;
            of_columns(&mut random, &mut standard)?;
            of_weights(&data, &mut weights);
            of_parts(&data, &mut random, &mut parts)?;
        }
    }
    [split, standard, weights, parts].into_iter().for_each(&mut *emit);
    emit(refusals());
    Ok(())
}

/// A table whose first column numbers its rows; weights are whole, but one in three is 0 beyond the first examples of each class.
fn table(random: &mut Random) -> Result<Dataset, Error> {
    let m = 8 + random.below(400);
    let features = DMatrix::from_fn(m, 2, |i, j| if j == 0 { i as f64 } else { random.normal() });
    let labels = DVector::from_fn(m, |i, _| if i < 4 { (i % 2) as f64 } else { random.below(2) as f64 });
    let weights = DVector::from_fn(m, |i, _| (random.below(3) + usize::from(i < 4)) as f64);
    let offset = DVector::from_fn(m, |i, _| -(i as f64));
    let names = vec!["row".to_owned(), "x".to_owned()];
    Ok(Dataset::new(features, labels, names)?.with_weights(weights)?.with_offset(offset)?)
}

/// The rows that a part holds, if all that goes with an example is still with it.
fn rows_of(part: &Dataset, whole: &Dataset) -> Option<Vec<usize>> {
    (0..part.len())
        .map(|i| {
            let row = part.features()[(i, 0)] as usize;
            let weight = |data: &Dataset, row: usize| data.weights().map(|all| all[row]);
            let offset = |data: &Dataset, row: usize| data.offset().map(|all| all[row]);
            let same = part.features().row(i) == whole.features().row(row)
                && part.labels()[i] == whole.labels()[row]
                && weight(part, i) == weight(whole, row)
                && offset(part, i) == offset(whole, row);
            same.then_some(row)
        })
        .collect()
}

fn of_split(data: &Dataset, random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let (fraction, seed) = (random.between(0.01, 0.99), random.bits());
    let place = || format!("{} rows, {fraction} by seed {seed}", data.len());
    let (train, test) = match data.split(fraction, seed) {
        Ok(parts) => parts,
        // Weights of 0 may leave a class of a part without any.
        Err(DataError::ClassWithoutWeight { .. } | DataError::PartWeight { .. }) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let rows = rows_of(&train, data).zip(rows_of(&test, data));
    check.expect(rows.is_some(), || format!("examples torn apart, {}", place()));
    let Some((first, second)) = rows else { return Ok(()) };
    let mut all: Vec<usize> = first.iter().chain(&second).copied().collect();
    all.sort_unstable();
    check.expect_same(&all, &(0..data.len()).collect(), || format!("rows, {}", place()));
    let share = |class: usize| ((fraction * class as f64).round() as usize).max(1).min(class - 1);
    let (events, others) = (data.events(), data.len() - data.events());
    check.expect_same(&train.events(), &share(events), || format!("events, {}", place()));
    check.expect_same(&(train.len() - train.events()), &share(others), || format!("others, {}", place()));
    let again = data.split(fraction, seed)?;
    check.expect(again == (train, test), || format!("another split by the same seed, {}", place()));
    let sorted =
        first.windows(2).all(|pair| pair[0] < pair[1]) && second.windows(2).all(|pair| pair[0] < pair[1]);
    check.expect(data.len() < 40 || !sorted, || format!("not in random order, {}", place()));
    Ok(())
}

/// Σ of numbers with what each addition lost.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (total, lost) = values.fold((0.0_f64, 0.0), |(total, lost), value| {
        let sum = total + value;
        let large = total.abs() >= value.abs();
        (sum, lost + if large { (total - sum) + value } else { (value - sum) + total })
    });
    total + lost
}

fn of_columns(random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let m = if random.chance(0.1) { 2048 * 2 + random.below(20) } else { 2 + random.below(60) };
    // Deviations are whole numbers, so a huge offset is added to them without rounding.
    let shift = *random.pick(&[0.0, 1e3, -1e6, 1e12]).unwrap_or(&0.0);
    let unit = 2_f64.powi(random.below(1200) as i32 - 600);
    let deviations: Vec<f64> =
        (0..m).map(|i| if i == 0 { -7.0 } else { random.below(2_000_000) as f64 }).collect();
    let mean = sum(deviations.iter().copied()) / m as f64;
    let variance = sum(deviations.iter().map(|v| (v - mean) * (v - mean))) / m as f64;
    let column = deviations.iter().map(|v| (v + shift) * unit);
    let values: Vec<f64> = column.chain(std::iter::repeat_n(3.7, m)).collect();
    let labels = DVector::from_fn(m, |i, _| (i % 2) as f64);
    let names = vec!["x".to_owned(), "constant".to_owned()];
    let data = Dataset::new(DMatrix::from_vec(m, 2, values), labels, names)?;
    let place = || format!("{m} values, offset {shift:e}, unit {unit:e}");
    let fit = Standardiser::fit(&data)?;
    check.compare_at(fit.means()[0], (mean + shift) * unit, || format!("mean, {}", place()));
    check.compare_at(fit.scales()[0], variance.sqrt() * unit, || format!("deviation, {}", place()));
    check.expect((fit.means()[1], fit.scales()[1]) == (3.7, 1.0), || {
        format!("a constant column, {}", place())
    });
    check.expect(fit.constant_columns() == ["constant"], || format!("which is constant, {}", place()));
    let moved = fit.transform(&data)?;
    let by_column = fit.standardised(0, &data.features().as_slice()[..m]);
    // A mean of size 1e12 is rounded by 1e-4, next to deviations of some 1e5.
    let scale = 1.0_f64.max(shift.abs() / variance.sqrt() * 1e-6);
    for (row, deviation) in deviations.iter().enumerate() {
        let (z, found) = ((deviation - mean) / variance.sqrt(), moved.features()[(row, 0)]);
        check.compare_at_scale_at(found, z, scale, || format!("row {row} standardised, {}", place()));
        check.expect(by_column[row] == found, || format!("row {row} by itself, {}", place()));
        check.expect(moved.features()[(row, 1)] == 0.0, || format!("row {row}, constant, {}", place()));
    }
    let back = fit.inverse(&moved)?;
    for (found, expected) in back.features().iter().zip(data.features().iter()) {
        let largest = (2e6 + shift.abs()) * unit;
        check.compare_at_scale_at(*found, *expected, largest.max(4.0), || format!("back, {}", place()));
    }
    let (b, v) = (random.normal(), [random.normal(), random.normal()]);
    let (intercept, w) = fit.coefficients_to_original(b, &DVector::from_column_slice(&v))?;
    let (scale, ratio) = (variance.sqrt() * unit, (mean + shift) / variance.sqrt());
    check.compare_at(w[0], v[0] / scale, || format!("coefficient, {}", place()));
    check.compare_at(w[1], v[1], || format!("coefficient of the constant, {}", place()));
    let (expected, size) =
        (b - v[0] * ratio - v[1] * 3.7, b.abs() + (v[0] * ratio).abs() + (v[1] * 3.7).abs());
    check.compare_at_scale_at(intercept, expected, size, || format!("intercept, {}", place()));
    Ok(())
}

fn of_weights(data: &Dataset, check: &mut Check) {
    let Some(weights) = data.weights() else { return };
    let by_class = |label: f64| -> u64 {
        let class = weights.iter().zip(data.labels().iter()).filter(|(_, found)| **found == label);
        class.map(|(weight, _)| *weight as u64).sum()
    };
    let (others, events) = (by_class(0.0) as f64, by_class(1.0) as f64);
    let place = || format!("{} rows", data.len());
    check.compare_at(data.event_weight(), events, || format!("events, {}", place()));
    check.compare_at(data.other_weight(), others, || format!("others, {}", place()));
    check.compare_at(data.total_weight(), events + others, || format!("all, {}", place()));
    let m = data.len();
    // Each 1 beside 2⁵³ is lost in a plain sum.
    let uneven = DVector::from_fn(m, |i, _| if i == 0 { 9_007_199_254_740_992.0 } else { 1.0 });
    if let Ok(uneven) = data.clone().with_weights(uneven) {
        let expected = (9_007_199_254_740_992_u64 + m as u64 - 1) as f64;
        check.compare_at(uneven.total_weight(), expected, || format!("2⁵³ and ones, {}", place()));
    }
}

fn of_parts(data: &Dataset, random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let n = random.below(5);
    let place = || format!("{} rows, one in {n}", data.len());
    let runs: Vec<usize> = (0..data.len()).filter(|row| (row / 64) % n.max(1) == 0).collect();
    check.expect(rows_of(&data.every(n), data) == Some(runs), || format!("every, {}", place()));
    let present: Vec<usize> =
        (0..data.len()).filter(|&row| data.weights().is_some_and(|all| all[row] > 0.0)).collect();
    let found = data.present();
    check.expect(rows_of(&found, data) == Some(present), || format!("present, {}", place()));
    check.expect(found.total_weight() == data.total_weight(), || format!("present, its weight, {}", place()));
    for (j, &bound) in found.largest().iter().enumerate() {
        check.expect(found.features().column(j).amax() <= bound, || format!("largest of {j}, {}", place()));
    }
    let swapped = data.with_columns(&["x", "row"])?;
    let same = swapped.features().column(1) == data.features().column(0)
        && swapped.features().column(0) == data.features().column(1)
        && swapped.labels() == data.labels()
        && swapped.weights() == data.weights()
        && swapped.offset() == data.offset()
        && swapped.largest() == [data.largest()[1], data.largest()[0]];
    check.expect(same && swapped.feature_names() == ["x", "row"], || format!("columns, {}", place()));
    Ok(())
}

/// What breaks an invariant is refused, with its place.
fn refusals() -> Check {
    let mut check = Check::new("tables refused", "error and place", "the invariant that is broken", 0.0)
        .convicts("crates/data/src/{dataset,dataset/checks,dataset/weights}.rs");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let features = |bad: f64| DMatrix::from_fn(3, 2, |i, j| if (i, j) == (2, 1) { bad } else { 1.0 });
    let labels = |bad: f64| DVector::from_column_slice(&[0.0, bad, 0.0]);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = Dataset::new(features(bad), labels(1.0), names(&["a", "b"])).err();
        let right = matches!(&error, Some(DataError::NonFinite { row: 2, column, .. }) if column == "b");
        check.expect(right, || format!("a feature of {bad}: {error:?}"));
    }
    for bad in [0.5, -1.0, 2.0, f64::NAN, 1e-300, 1.0 - f64::EPSILON] {
        let error = Dataset::new(features(1.0), labels(bad), names(&["a", "b"])).err();
        check.expect(matches!(error, Some(DataError::Label { row: 1, .. })), || {
            format!("a label of {bad}: {error:?}")
        });
    }
    let shapes = [
        ("two labels", Dataset::new(features(1.0), DVector::zeros(2), names(&["a", "b"]))),
        ("one name", Dataset::new(features(1.0), labels(1.0), names(&["a"]))),
        ("three names", Dataset::new(features(1.0), labels(1.0), names(&["a", "b", "c"]))),
        ("a blank name", Dataset::new(features(1.0), labels(1.0), names(&["a", " "]))),
        ("a name twice", Dataset::new(features(1.0), labels(1.0), names(&["a", "a"]))),
        ("no example", Dataset::new(DMatrix::zeros(0, 2), DVector::zeros(0), names(&["a", "b"]))),
    ];
    for (what, outcome) in shapes {
        check.expect(outcome.is_err(), || format!("{what} is taken"));
    }
    let Ok(data) = Dataset::new(features(1.0), labels(1.0), names(&["a", "b"])) else {
        check.expect(false, || "a right table is refused".to_owned());
        return check;
    };
    let cases = [
        (vec![1.0, 1.0], false),
        (vec![0.0; 3], false),
        (vec![1.0, -1e-300, 1.0], false),
        (vec![1.0, f64::NAN, 1.0], false),
        (vec![1.0, f64::INFINITY, 1.0], false),
        (vec![0.0, 1.01e-60, 0.0], true),
        (vec![0.0, 0.99e-60, 0.0], false),
        (vec![0.0, 0.99e60, 0.0], true),
        (vec![0.0, 1.01e60, 0.0], false),
    ];
    for (weights, taken) in cases {
        let outcome = data.clone().with_weights(DVector::from_vec(weights.clone()));
        check.expect(outcome.is_ok() == taken, || format!("weights {weights:?}: {outcome:?}"));
    }
    for (weights, enough) in [([1.0, 0.0, 1.0], false), ([1.0, 1e-300, 1.0], true), ([0.0, 1.0, 0.0], false)]
    {
        let outcome = data.clone().with_weights(DVector::from_column_slice(&weights));
        let found = outcome.and_then(|data| data.expect_class_weights()).is_ok();
        check.expect(found == enough, || format!("classes of weights {weights:?}"));
    }
    for (offset, taken) in [(vec![1.0; 3], true), (vec![1.0; 4], false), (vec![1.0, f64::NAN, 1.0], false)] {
        let outcome = data.clone().with_offset(DVector::from_vec(offset.clone()));
        check.expect(outcome.is_ok() == taken, || format!("offsets {offset:?}: {outcome:?}"));
    }
    for fraction in [0.0, 1.0, -0.1, f64::NAN] {
        check.expect(data.split(fraction, 1).is_err(), || format!("a split at {fraction}"));
    }
    // One event only.
    check.expect(data.split(0.5, 1).is_err(), || "a split of a class of 1".to_owned());
    check
}
