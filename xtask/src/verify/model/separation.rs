//! Separated classes and dependent columns, decided in whole numbers.
//!
//! With sᵢ = ±1 for the classes, the directions v = (b, w) with sᵢ·(b + w·x⁽ⁱ⁾) ≥ 0 for all i form a cone. Of d columns that are independent, it is
//! spanned by its
//! edges, each of which is orthogonal to d independent rows; so all edges are found by trying every choice of d rows, in whole numbers. The sum of
//! the edges is positive for
//! every example that any direction of the cone is positive for. It is positive for all: complete separation. For some: quasi-complete. For none:
//! the classes
//! overlap.
//!
//! Invariant: the decision uses neither linear programs nor rounding.

use chainrule_data::Dataset;
use chainrule_model::{
    Error as ModelError, LogisticRegression, Obstacle, Penalty, Separability, Separation, SeparationKind,
    separability, separation,
};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::verify::exact::sign_of_sum;
use crate::verify::{Check, Effort, Emit, Random};

const FILES: &str = "crates/model/src/{names,separation}.rs crates/model/src/separation/{exact,polish,program,single,table}.rs";

/// Margins are quotients of sums of a few products.
const MARGIN: f64 = 1e-14;

struct Rows {
    undecided: usize,
    kinds: Check,
    directions: Check,
    fits: Check,
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row =
        |route, reference, bound| Check::new("separated classes", route, reference, bound).convicts(FILES);
    let mut rows = Rows {
        undecided: 0,
        kinds: row("complete, quasi-complete or none", "edges of the cone in whole numbers", 0.0),
        directions: row("directions, columns and margins", "exact arithmetic", MARGIN),
        fits: row("fits", "an optimum or the separation", 0.0),
    };
    let mut fixed = Random::new(0x5E9);
    let mut fresh = effort.fresh("separation");
    for (random, count) in [(&mut fixed, effort.samples(150, 3000)), (&mut fresh, effort.samples(150, 3000))]
    {
        for k in 0..count {
            of_points(&Points::random(random), k % 5 == 0, &mut rows)?;
        }
    }
    let (undecided, all) = (rows.undecided, rows.kinds.cases());
    rows.kinds.expect(100 * undecided <= all, || format!("{undecided} undecided in {all} cases"));
    emit(rows.kinds);
    emit(rows.directions);
    emit(rows.fits);
    emit(by_one_unit()?);
    emit(many_columns()?);
    emit(dependences(effort)?);
    Ok(())
}

/// Examples with whole features, and what becomes of each column before it is data.
struct Points {
    /// The features, row by row.
    rows: Vec<Vec<i128>>,
    labels: Vec<bool>,
    /// A power of two and a whole number for each column: (x + shift)·scale, without rounding.
    mapping: Vec<(f64, i128)>,
}

impl Points {
    fn random(random: &mut Random) -> Points {
        let dimension = 1 + random.below(3);
        let count = 4 + random.below(9);
        let reach = [2.0, 4.0, 12.0][random.below(3)];
        let rows: Vec<Vec<i128>> = (0..count)
            .map(|_| (0..dimension).map(|_| random.between(-reach, reach).round() as i128).collect())
            .collect();
        // Half of them on the sides of a plane, some of those with an example on the plane or beyond it.
        let plane: Vec<i128> = (0..=dimension).map(|_| random.between(-3.0, 3.0).round() as i128).collect();
        let by_plane = random.chance(0.7);
        let mut labels: Vec<bool> = rows
            .iter()
            .map(|row| {
                let side = plane[0] + row.iter().zip(&plane[1..]).map(|(x, w)| x * w).sum::<i128>();
                if by_plane && side != 0 { side > 0 } else { random.chance(0.5) }
            })
            .collect();
        if random.chance(0.15) {
            let flipped = random.below(count);
            labels[flipped] = !labels[flipped];
        }
        let common = 2_f64.powi([0, 0, 0, 60, -200][random.below(5)]);
        let mapping = (0..dimension)
            .map(|_| (common * [1.0, 1.0, 0.125, 128.0][random.below(4)], [0, 0, 5, -1000][random.below(4)]));
        Points { rows, labels, mapping: mapping.collect() }
    }

    fn dataset(&self) -> Result<Dataset, Error> {
        let dimension = self.mapping.len();
        let features = DMatrix::from_fn(self.rows.len(), dimension, |i, j| {
            let (scale, shift) = self.mapping[j];
            (self.rows[i][j] + shift) as f64 * scale
        });
        let labels = self.labels.iter().map(|&label| f64::from(u8::from(label)));
        let names = (0..dimension).map(|j| format!("x{j}")).collect();
        Ok(Dataset::new(features, DVector::from_iterator(self.labels.len(), labels), names)?)
    }

    /// sᵢ·(1, x⁽ⁱ⁾) of some columns.
    fn signed(&self, columns: &[usize]) -> Vec<Vec<i128>> {
        let sign = |label: bool| if label { 1 } else { -1 };
        let row = |(row, &label): (&Vec<i128>, &bool)| {
            std::iter::once(1).chain(columns.iter().map(|&j| row[j])).map(|x| x * sign(label)).collect()
        };
        self.rows.iter().zip(&self.labels).map(row).collect()
    }

    /// How a plane over some columns divides the classes; nothing if the columns depend on each other.
    fn decided(&self, columns: &[usize]) -> Option<Option<SeparationKind>> {
        let rows = self.signed(columns);
        let size = columns.len() + 1;
        let mut sum = vec![0_i128; size];
        let mut is_spanned = false;
        for chosen in choices(rows.len(), size - 1) {
            let edge = orthogonal(&chosen.iter().map(|&i| rows[i].as_slice()).collect::<Vec<_>>(), size);
            if edge.iter().all(|&entry| entry == 0) {
                continue;
            }
            let sides: Vec<i128> = rows.iter().map(|row| dot(row, &edge)).collect();
            is_spanned |= sides.iter().any(|&side| side != 0);
            for sign in [1, -1] {
                if sides.iter().all(|&side| side * sign >= 0) {
                    sum.iter_mut().zip(&edge).for_each(|(total, entry)| *total += entry * sign);
                }
            }
        }
        let sides: Vec<i128> = rows.iter().map(|row| dot(row, &sum)).collect();
        let kind = if sides.iter().all(|&side| side > 0) {
            Some(SeparationKind::Complete)
        } else if sides.iter().any(|&side| side > 0) {
            Some(SeparationKind::QuasiComplete)
        } else {
            None
        };
        is_spanned.then_some(kind)
    }
}

fn dot(one: &[i128], other: &[i128]) -> i128 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Every choice of k of n.
fn choices(n: usize, k: usize) -> Vec<Vec<usize>> {
    if k == 0 {
        return vec![Vec::new()];
    }
    let with_last = |last: usize| {
        choices(last, k - 1).into_iter().map(move |mut rest| {
            rest.push(last);
            rest
        })
    };
    (0..n).flat_map(with_last).collect()
}

/// A vector orthogonal to one row fewer than it has entries: the minors, with changing signs.
fn orthogonal(rows: &[&[i128]], size: usize) -> Vec<i128> {
    let minor = |left_out: usize| {
        let part: Vec<Vec<i128>> =
            rows.iter().map(|row| (0..size).filter(|&j| j != left_out).map(|j| row[j]).collect()).collect();
        determinant(&part) * if left_out.is_multiple_of(2) { 1 } else { -1 }
    };
    (0..size).map(minor).collect()
}

fn determinant(matrix: &[Vec<i128>]) -> i128 {
    let Some((first, rest)) = matrix.split_first() else { return 1 };
    let term = |j: usize| {
        let part: Vec<Vec<i128>> = rest
            .iter()
            .map(|row| row.iter().enumerate().filter(|(k, _)| *k != j).map(|(_, entry)| *entry).collect())
            .collect();
        first[j] * determinant(&part) * if j.is_multiple_of(2) { 1 } else { -1 }
    };
    (0..first.len()).map(term).sum()
}

fn of_points(points: &Points, is_fitted: bool, rows: &mut Rows) -> Result<(), Error> {
    let all: Vec<usize> = (0..points.mapping.len()).collect();
    let both_classes = points.labels.iter().any(|label| *label) && points.labels.iter().any(|label| !*label);
    let is_constant = |&j: &usize| points.rows.iter().all(|row| row[j] == points.rows[0][j]);
    let (true, false, Some(kind)) = (both_classes, all.iter().any(is_constant), points.decided(&all)) else {
        return Ok(());
    };
    let data = points.dataset()?;
    let place = || format!("{:?} with labels {:?}, {:?}", points.rows, points.labels, points.mapping);
    let found = separability(&data)?;
    let (found_kind, direction) = match &found {
        Separability::Separable(direction) => (Some(direction.kind()), Some(direction)),
        _ => (None, None),
    };
    // In columns far from 1 or from 0 a plane of f64s through given points need not exist, and separation within rounding is what can be proved;
    // nor is a
    // ridge the same penalty there.
    let is_moderate =
        points.mapping.iter().all(|(scale, shift)| (1e-3..1e3).contains(scale) && shift.abs() < 100);
    let is_right = if is_moderate { found_kind == kind } else { found_kind.is_some() == kind.is_some() };
    // Of classes that overlap, a linear program at f64 now and then finds what cannot be proved.
    rows.undecided += usize::from(matches!(found, Separability::Unknown));
    rows.kinds.expect(is_right, || format!("{}: {found:?}, expected {kind:?}", place()));
    let same = separation(&data)?;
    rows.kinds.expect(same.as_ref() == direction, || format!("{}: {same:?} beside {found:?}", place()));
    if let Some(direction) = direction.filter(|_| is_moderate) {
        of_direction(&data, direction, &mut rows.directions, place);
        // One column that does it alone is named alone.
        let alone = all.iter().any(|&j| points.decided(&[j]) == Some(kind));
        rows.directions.expect(!alone || direction.columns().len() == 1, || {
            format!("{}: {:?}, where one column is enough", place(), direction.columns())
        });
    }
    if is_fitted && is_moderate {
        of_fit(&data, kind, direction, &mut rows.fits, place);
    }
    Ok(())
}

/// What is said of a direction holds in exact arithmetic.
fn of_direction(data: &Dataset, direction: &Separation, check: &mut Check, place: impl Fn() -> String) {
    let weights = direction.weights();
    let length = weights.iter().fold(0.0, |length: f64, w| length.hypot(*w));
    let mut least = f64::INFINITY;
    let (mut on, mut beyond) = (0, 0);
    for (i, label) in data.labels().iter().enumerate() {
        let sign = if *label > 0.5 { 1.0 } else { -1.0 };
        let features: Vec<f64> = data.features().row(i).iter().copied().collect();
        let products =
            || features.iter().copied().zip(weights.iter().copied()).chain([(1.0, direction.intercept())]);
        let side = sign * sign_of_sum(products());
        check.expect(side >= 0.0, || {
            format!("{}: example {i} is on the wrong side of {direction:?}", place())
        });
        on += usize::from(side == 0.0);
        beyond += usize::from(side > 0.0);
        let value: f64 = products().map(|(x, w)| x * w).sum();
        least = least.min(sign * value / length);
    }
    let is_complete = direction.kind() == SeparationKind::Complete;
    check.expect(beyond > 0 && is_complete == (on == 0), || format!("{}: {on} on {direction:?}", place()));
    // What cancels in b + w·x is lost in the margin computed here.
    let sizes = data.largest().iter().zip(weights).map(|(x, w)| (x * w).abs()).sum::<f64>() / length;
    let margin = if is_complete { least } else { 0.0 };
    check.compare_at_scale_at(direction.margin(), margin, sizes, || format!("{}: margin", place()));
    let named: Vec<&String> =
        data.feature_names().iter().zip(weights).filter(|(_, w)| **w != 0.0).map(|(name, _)| name).collect();
    check.expect(direction.columns().iter().collect::<Vec<_>>() == named, || {
        format!("{}: columns {:?}, weights {weights:?}", place(), direction.columns())
    });
    let (said, kind) = (direction.to_string(), if is_complete { "complete" } else { "quasi-complete" });
    let listed = named.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    check.expect(said.starts_with(&format!("{kind} separation by {listed}, ")), || said.clone());
}

/// A fit without penalty ends at an optimum, or says by what the classes are separated; under a penalty it always ends.
fn of_fit(
    data: &Dataset,
    kind: Option<SeparationKind>,
    direction: Option<&Separation>,
    check: &mut Check,
    place: impl Fn() -> String,
) {
    let found = match LogisticRegression::new().fit(data) {
        Ok(fit) => Ok(fit.converged()),
        Err(ModelError::NotReached { obstacle: Obstacle::Separable { separation }, .. }) => {
            Err(Some(separation))
        }
        Err(_) => Err(None),
    };
    match (&found, kind) {
        (Ok(converged), None) => check.expect(*converged, &place),
        // The fit may come upon another direction than the search by itself.
        (Err(Some(separation)), Some(kind)) => {
            check.expect(separation.kind() == kind || Some(separation.as_ref()) == direction, || {
                format!("{}: {separation:?}, expected {kind:?}", place())
            });
        }
        _ => check.expect(false, || format!("{}: {found:?}, expected {kind:?}", place())),
    }
    for penalty in [Penalty::L2(0.1), Penalty::Firth] {
        let fit = LogisticRegression::new().penalty(penalty).fit(data);
        check.expect(fit.as_ref().is_ok_and(chainrule_model::Fit::converged), || {
            format!("{}: {penalty:?}, {:?}", place(), fit.err().map(|error| error.to_string()))
        });
    }
}

/// Classes that touch, overlap or part by one unit in the last place, and decimal fractions on one plane.
fn by_one_unit() -> Result<Check, Error> {
    let mut check =
        Check::new("separation by one unit in the last place", "its kind", "by construction", 0.0)
            .convicts(FILES);
    for edge in [0.3, 1.0, -7.25, 1e10, 1e-8] {
        let far = 2.0 * f64::abs(edge) + 1.0;
        for (event, expected) in [
            // Between neighbours there is no f64; between their neighbours there is one.
            (f64::next_up(f64::next_up(edge)), Some(SeparationKind::Complete)),
            (edge, Some(SeparationKind::QuasiComplete)),
            (f64::next_down(edge), None),
        ] {
            let column = [edge - far, edge, event, edge + far];
            for sign in [1.0, -1.0] {
                let column: Vec<f64> = column.iter().map(|x| sign * x).collect();
                let data = Dataset::new(
                    DMatrix::from_vec(4, 1, column.clone()),
                    DVector::from_vec(vec![0.0, 0.0, 1.0, 1.0]),
                    vec!["x".to_owned()],
                )?;
                // What overlaps by a unit may be called separated within rounding, which it is.
                let found = separation(&data)?.map(|found| found.kind());
                let found = found.filter(|kind| *kind != SeparationKind::WithinRounding);
                check.expect_same(&found, &expected, || format!("{column:?}"));
            }
        }
    }
    // 0.1 + 0.2 and 0.15 + 0.15 are meant to be the same sum, and are two numbers.
    let features =
        DMatrix::from_row_slice(6, 2, &[0.1, 0.2, 0.15, 0.15, 0.05, 0.25, 0.2, 0.1, 0.4, 0.4, -0.3, 0.1]);
    let labels = DVector::from_vec(vec![0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    let data = Dataset::new(features, labels, vec!["x".to_owned(), "y".to_owned()])?;
    let found = separation(&data)?.map(|found| (found.kind(), found.columns().to_vec()));
    let kinds = [SeparationKind::WithinRounding, SeparationKind::QuasiComplete];
    check.expect(
        found.as_ref().is_some_and(|(kind, columns)| kinds.contains(kind) && columns.len() == 2),
        || format!("decimal fractions on a plane: {found:?}"),
    );
    Ok(check)
}

/// A single separating column among more than are looked at together, at the first, a middle and the last place.
fn many_columns() -> Result<Check, Error> {
    let mut check =
        Check::new("separation among many columns", "the column", "by construction", 0.0).convicts(FILES);
    const COLUMNS: usize = 450;
    for place in [0, 211, COLUMNS - 1] {
        let mut random = Random::new(place as u64);
        let labels: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
        let features = DMatrix::from_fn(40, COLUMNS, |i, j| {
            let noise = random.between(-1.0, 1.0);
            if j == place { labels[i] * 5.0 + noise } else { noise }
        });
        let names = (0..COLUMNS).map(|j| format!("x{j}")).collect();
        let data = Dataset::new(features, DVector::from_vec(labels), names)?;
        let found = separation(&data)?;
        let columns = found.as_ref().map(|found| found.columns().to_vec());
        check.expect_same(&columns, &Some(vec![format!("x{place}")]), || format!("column {place}"));
        let is_complete = found.is_some_and(|found| found.kind() == SeparationKind::Complete);
        check.expect(is_complete, || format!("column {place}"));
    }
    Ok(check)
}

/// Columns that are whole combinations of others, or constant, are named with those that they depend on.
fn dependences(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new("dependent columns", "those that are named", "by construction", 0.0)
        .convicts("crates/model/src/{collinear,residuals,metric}.rs");
    let mut fixed = Random::new(0xC011);
    let mut fresh = effort.fresh("dependences");
    for (random, count) in [(&mut fixed, effort.samples(30, 500)), (&mut fresh, effort.samples(30, 500))] {
        for _ in 0..count {
            of_dependence(random, &mut check)?;
        }
    }
    Ok(check)
}

fn of_dependence(random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let (base, count) = (2 + random.below(4), 40);
    let columns: Vec<Vec<f64>> =
        (0..base).map(|_| (0..count).map(|_| random.between(-9.0, 9.0).round()).collect()).collect();
    let mut shares: Vec<f64> = (0..base).map(|_| [0.0, 0.0, 1.0, -2.0, 3.0][random.below(5)]).collect();
    if random.chance(0.2) {
        shares.fill(0.0);
    }
    let constant = random.between(-5.0, 5.0).round();
    let made: Vec<f64> = (0..count)
        .map(|i| constant + columns.iter().zip(&shares).map(|(x, c)| x[i] * c).sum::<f64>())
        .collect();
    let place = random.below(base + 1);
    let mut all: Vec<(bool, Vec<f64>)> =
        columns.into_iter().zip(&shares).map(|(column, share)| (*share != 0.0, column)).collect();
    all.insert(place, (true, made));
    let names: Vec<String> = (0..=base).map(|j| format!("x{j}")).collect();
    let mut involved: Vec<&str> =
        all.iter().zip(&names).filter(|((is_part, _), _)| *is_part).map(|(_, name)| name.as_str()).collect();
    // The last of them is what those before it determine.
    let last = involved.pop().unwrap_or_default();
    let labels: Vec<f64> = (0..count).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
    let features = |scales: [f64; 3]| DMatrix::from_fn(count, base + 1, |i, j| all[j].1[i] * scales[j % 3]);
    let labels = DVector::from_vec(labels);
    let data = Dataset::new(features([1.0, 1e-3, 1e6]), labels.clone(), names.clone())?;
    let alike = Dataset::new(features([1.0; 3]), labels, names.clone())?;
    let told = || format!("{shares:?} + {constant} at place {place}");
    match LogisticRegression::new().fit(&data) {
        Err(ModelError::NotReached { obstacle: Obstacle::Collinear { dependences }, .. }) => {
            let found: Vec<(&str, Vec<&str>)> = dependences
                .iter()
                .map(|found| (found.column(), found.of().iter().map(String::as_str).collect()))
                .collect();
            check.expect_same(&found, &vec![(last, involved)], told);
        }
        other => check.expect(false, || {
            format!("{}: {:?}", told(), other.map(|_| "a fit").map_err(|error| error.to_string()))
        }),
    }
    // A penalty makes the minimum unique, in units in which it is no rounding.
    let ridge = LogisticRegression::new().penalty(Penalty::L2(0.01)).fit(&alike);
    check.expect(ridge.is_ok(), || {
        format!("{} under a penalty: {:?}", told(), ridge.err().map(|error| error.to_string()))
    });
    Ok(())
}
