//! Standardised columns against arithmetic of 400 bits: means a million and a thousand million deviations away, units from 1e-300 to 1e308, blocks
//! and
//! what is next to them.
//!
//! ```text
//! μ = Σx/m,   σ² = Σ(x − μ)²/m,   z = (x − μ)/σ,   x = μ + σz
//! ```
//!
//! The mean is rounded by u|μ|, and so (x − μ)/σ is off by u|μ|/σ, however well all else is done. Beyond that each is within 10⁻¹⁴ of the deviation:
//! 640 numbers in each of eight sums, which lose their roundings at random.
//!
//! Invariant: truth is of the numbers as they stand in the column.

use chainrule_data::{Dataset, Standardiser};
use chainrule_graph::oracle::BigFloat;
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::verify::model::oracle::root;
use crate::verify::{Check, Effort, Emit, Random};

const FILES: &str = "crates/data/src/standardise.rs";
const UNIT: f64 = f64::EPSILON / 2.0;
const OF_SUMS: f64 = 1e-14;

/// Whole blocks, groups of eight, and one more or less.
const LENGTHS: [usize; 10] = [2, 3, 7, 8, 9, 17, 100, 2047, 2049, 4100];

fn exact(value: f64) -> BigFloat {
    BigFloat::new(value, 400)
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row = |route| {
        Check::new("columns in exact arithmetic", route, "400 bits, as a share of the bound", 1.0)
            .convicts(FILES)
    };
    let mut rows = [row("means, deviations"), row("standardised"), row("back in their units")];
    for (mut random, count) in
        [(Random::new(0x30E5), effort.samples(1, 10)), (effort.fresh("data moments"), effort.samples(1, 10))]
    {
        for _ in 0..count {
            for m in LENGTHS {
                for unit in [1.0, 1e-150, 1e150, 1e-300, 1e300] {
                    let away = *random.pick(&[0.0_f64, 1.0, -1e6, 1e6, 1e9]).unwrap_or(&0.0);
                    let away = if unit > 1e200 { away.clamp(-1e6, 1e6) } else { away };
                    let column = (0..m).map(|_| unit * (away + random.normal())).collect::<Vec<f64>>();
                    judge(&column, &mut rows)?;
                }
                // Differences of these overflow.
                let column: Vec<f64> = (0..m)
                    .map(|k| if k == 0 { -1.7e308 } else { random.between(1.5e308, 1.79e308) })
                    .collect();
                judge(&column, &mut rows)?;
            }
        }
    }
    rows.into_iter().for_each(&mut *emit);
    emit(by_part()?);
    Ok(())
}

fn judge(column: &[f64], rows: &mut [Check; 3]) -> Result<(), Error> {
    let [moments, standardised, back] = rows;
    let m = column.len();
    let count = exact(m as f64);
    let mean = column.iter().fold(exact(0.0), |sum, x| sum + exact(*x)) / &count;
    let squares = column.iter().fold(exact(0.0), |sum, x| {
        let apart = exact(*x) - &mean;
        sum + apart.clone() * apart
    });
    let deviation = root(&(squares / &count));
    let data =
        Dataset::new(DMatrix::from_column_slice(m, 1, column), DVector::zeros(m), vec!["x".to_owned()])?;
    let fit = Standardiser::fit(&data)?;
    let at = || {
        format!(
            "{m} values from {:e}, mean {:e}, deviation {:e}",
            column[0],
            mean.to_f64(),
            deviation.to_f64()
        )
    };
    let (found_mean, found_scale) = (fit.means()[0], fit.scales()[0]);
    let size = (mean.clone() / &deviation).to_f64().abs();
    let off = |found: f64, truth: &BigFloat| ((exact(found) - truth) / &deviation).to_f64().abs();
    let mean_bound = 2.0 * UNIT * size + OF_SUMS;
    moments.count_at(off(found_mean, &mean) / mean_bound, || format!("mean {found_mean:e} of {}", at()));
    moments.count_at(off(found_scale, &deviation) / OF_SUMS, || {
        format!("deviation {found_scale:e} of {}", at())
    });
    moments.expect(fit.constant_columns().is_empty(), || format!("no constant: {}", at()));
    let moved = fit.transform(&data)?;
    let restored = fit.inverse(&moved)?;
    for (row, &x) in column.iter().enumerate() {
        let z = (exact(x) - &mean) / &deviation;
        let found = moved.features()[(row, 0)];
        let error = (exact(found) - &z).to_f64().abs();
        let bound = mean_bound + (OF_SUMS + 3.0 * UNIT) * z.to_f64().abs();
        standardised.count_at(error / bound, || format!("{x:e} as {found}, of {}", at()));
        let found = restored.features()[(row, 0)];
        // Two roundings of z and σz, two of μ and the sum.
        let bound = 4.0 * UNIT * (z.to_f64().abs() + size + 1.0);
        back.count_at(off(found, &exact(x)) / bound, || format!("{x:e} as {found:e}, of {}", at()));
    }
    Ok(())
}

/// Columns that vary in a part are standardised by it, others by the whole; bounds on sizes are the whole's.
fn by_part() -> Result<Check, Error> {
    let mut check = Check::new(
        "columns standardised by a part",
        "means, deviations",
        "the part's, or the whole's",
        1e-14,
    )
    .convicts(FILES);
    let m = 256;
    let varies = |i: usize| (i % 5) as f64;
    // Runs of 64: one in two leaves out the second and the fourth.
    let late = |i: usize| if (64..128).contains(&i) { (i % 3) as f64 } else { 1.0 };
    let features = DMatrix::from_fn(m, 3, |i, j| [varies(i), late(i), -4.0][j]);
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    let data = Dataset::new(features, DVector::zeros(m), names)?;
    let part = data.every(2);
    let fit = Standardiser::fit_by_part(&data, &part)?;
    let of = |values: Vec<f64>| {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        (mean, (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt())
    };
    let rows = (0..m).filter(|i| (i / 64) % 2 == 0);
    let expected = [of(rows.map(varies).collect()), of((0..m).map(late).collect()), (-4.0, 1.0)];
    for (j, (mean, scale)) in expected.into_iter().enumerate() {
        check.compare_at(fit.means()[j], mean, || format!("mean of column {j}"));
        check.compare_at(fit.scales()[j], scale, || format!("deviation of column {j}"));
    }
    check.expect_same(&fit.constant_columns(), &vec!["c"], || "constant columns".to_owned());
    // Neighbours, whose deviation is half a unit of the last place, vary; those whose deviation is below the smallest number do not.
    let near = 1.0 + f64::EPSILON;
    for (values, scale) in
        [([1.0, near], f64::EPSILON / 2.0), ([0.0, 1e-323], 5e-324), ([7.5, 7.5], 1.0), ([0.0, -0.0], 1.0)]
    {
        let features = DMatrix::from_column_slice(2, 1, &values);
        let data = Dataset::new(features, DVector::zeros(2), vec!["x".to_owned()])?;
        let found = Standardiser::fit(&data)?.scales()[0];
        check.expect_same(&found, &scale, || format!("deviation of {values:?}"));
    }
    Ok(check)
}
