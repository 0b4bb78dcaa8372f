//! Columns brought to mean 0 and standard deviation 1, and fits brought back.
//!
//! With the mean μ and the population standard deviation σ of a column (squares divided by m, not m − 1),
//! z = (x − μ)/σ. A linear function b + Σ vⱼ·zⱼ of the standardised columns is, in the original ones,
//! b − Σ vⱼ·μⱼ/σⱼ + Σ (vⱼ/σⱼ)·xⱼ: that is how coefficients return to the original units.
//!
//! Invariant: every σ kept here is positive and finite, so the transformation can be undone. A column
//! that is constant is given σ = 1: it is centred to exactly 0 and not scaled. σ is found block by block, in two passes
//! over each, of the column divided by a power of two near its largest value, so that no square over- or
//! underflows.

use crate::shown::shown;
use crate::{Dataset, Error};
use nalgebra::{DMatrix, DVector};

/// The means and standard deviations of the columns of a dataset.
///
/// ```
/// use chainrule_data::{Dataset, Standardiser};
/// use nalgebra::{DMatrix, DVector};
///
/// let features = DMatrix::from_row_slice(2, 2, &[1.0, 5.0, 3.0, 5.0]);
/// let names = vec!["height".to_string(), "unit".to_string()];
/// let data = Dataset::new(features, DVector::from_column_slice(&[0.0, 1.0]), names)?;
/// let standardiser = Standardiser::fit(&data)?;
/// assert_eq!(standardiser.constant_columns(), ["unit"]);
/// assert_eq!(standardiser.transform(&data)?.features().as_slice(), [-1.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), chainrule_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Standardiser {
    columns: Vec<Column>,
}

/// How one column is standardised.
#[derive(Debug, Clone, PartialEq)]
struct Column {
    name: String,
    mean: f64,
    /// The standard deviation, or 1 for a constant column.
    scale: f64,
    constant: bool,
}

impl Standardiser {
    /// The mean and population standard deviation (m in the denominator) of each column.
    ///
    /// A column counts as constant if all its values are equal, or if they differ by so little that the
    /// standard deviation is below the smallest f64.
    ///
    /// # Errors
    ///
    /// [`Error::Spread`] if a standard deviation exceeds the largest f64.
    pub fn fit(data: &Dataset) -> Result<Standardiser, Error> {
        Standardiser::fit_by_part(data, data)
    }

    /// The same of a part of the data, for columns that vary there: the whole then has about mean 0 and standard deviation 1, at a share of
    /// the cost.
    ///
    /// # Errors
    ///
    /// As [`fit`](Standardiser::fit).
    pub fn fit_by_part(data: &Dataset, part: &Dataset) -> Result<Standardiser, Error> {
        let columns = data.columns().zip(part.columns()).enumerate().map(|(j, (whole, of_part))| {
            let (largest, name) = (data.largest()[j], &data.feature_names()[j]);
            let column = Column::fit(of_part, largest, name)?;
            if column.constant { Column::fit(whole, largest, name) } else { Ok(column) }
        });
        Ok(Standardiser { columns: columns.collect::<Result<_, _>>()? })
    }

    /// The mean of each column (d), in its unit.
    #[must_use]
    pub fn means(&self) -> DVector<f64> {
        DVector::from_iterator(self.columns.len(), self.columns.iter().map(|column| column.mean))
    }

    /// What each centred column is divided by (d), in its unit: its standard deviation, or 1 if constant.
    #[must_use]
    pub fn scales(&self) -> DVector<f64> {
        DVector::from_iterator(self.columns.len(), self.columns.iter().map(|column| column.scale))
    }

    /// The names of the columns that do not vary. A model cannot tell them from its intercept.
    #[must_use]
    pub fn constant_columns(&self) -> Vec<&str> {
        self.columns.iter().filter(|column| column.constant).map(|column| column.name.as_str()).collect()
    }

    /// The data with every column standardised; labels and names stay.
    ///
    /// # Errors
    ///
    /// [`Error::ColumnsDiffer`] if the data have other columns, or the same in another order;
    /// [`Error::NonFinite`] if a value is so far from the fit that its result overflows.
    pub fn transform(&self, data: &Dataset) -> Result<Dataset, Error> {
        self.map(data, Column::standardise)
    }

    /// The values of one column, counted from 0, standardised; as they are if there is no such column.
    #[must_use]
    pub fn standardised(&self, column: usize, values: &[f64]) -> Vec<f64> {
        match self.columns.get(column) {
            Some(column) => values.iter().map(|&value| column.standardise(value)).collect(),
            None => values.to_vec(),
        }
    }

    /// The data with every column back in its original unit: undoes [`transform`](Standardiser::transform)
    /// up to rounding.
    ///
    /// # Errors
    ///
    /// As [`transform`](Standardiser::transform).
    pub fn inverse(&self, data: &Dataset) -> Result<Dataset, Error> {
        self.map(data, Column::restore)
    }

    /// The intercept and coefficients (d) for the original columns that predict the same as these do for
    /// the standardised ones.
    ///
    /// ```
    /// # use chainrule_data::{Dataset, Standardiser};
    /// # use nalgebra::{DMatrix, DVector};
    /// # let labels = DVector::from_column_slice(&[0.0, 1.0]);
    /// let features = DMatrix::from_row_slice(2, 1, &[10.0, 14.0]);
    /// let data = Dataset::new(features, labels, vec!["x".to_string()])?;
    /// let standardiser = Standardiser::fit(&data)?; // mean 12, standard deviation 2
    /// let (intercept, coefficients) = standardiser.coefficients_to_original(1.0, &DVector::from_element(1, 3.0))?;
    /// assert_eq!((intercept, coefficients[0]), (-17.0, 1.5)); // 1 + 3·(x − 12)/2
    /// # Ok::<(), chainrule_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::ComponentCount`] if there is not one coefficient a column.
    pub fn coefficients_to_original(
        &self,
        intercept: f64,
        coefficients: &DVector<f64>,
    ) -> Result<(f64, DVector<f64>), Error> {
        let (expected, found) = (self.columns.len(), coefficients.len());
        if found != expected {
            return Err(Error::ComponentCount { what: "the coefficient vector", expected, found });
        }
        let pairs = || self.columns.iter().zip(coefficients.iter());
        let moved: f64 = pairs().map(|(column, v)| v * (column.mean / column.scale)).sum();
        let original = pairs().map(|(column, v)| v / column.scale);
        Ok((intercept - moved, DVector::from_iterator(expected, original)))
    }

    fn map(&self, data: &Dataset, change: impl Fn(&Column, f64) -> f64) -> Result<Dataset, Error> {
        self.check(data)?;
        let columns = data.columns().zip(&self.columns);
        let values = columns.flat_map(|(values, column)| values.iter().map(|&value| change(column, value)));
        data.with_features(DMatrix::from_iterator(data.len(), data.dimension(), values))
    }

    fn check(&self, data: &Dataset) -> Result<(), Error> {
        let expected: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let found: Vec<&str> = data.feature_names().iter().map(String::as_str).collect();
        match (0..expected.len().max(found.len())).find(|&column| expected.get(column) != found.get(column)) {
            Some(column) => Err(Error::ColumnsDiffer {
                column,
                expected: described(expected.get(column)),
                found: described(found.get(column)),
            }),
            None => Ok(()),
        }
    }
}

impl Column {
    fn fit(values: &[f64], largest: f64, name: &str) -> Result<Column, Error> {
        let (mean, deviation) = moments(values, largest);
        if !deviation.is_finite() {
            return Err(Error::Spread { column: shown(name) });
        }
        let constant = deviation <= 0.0;
        Ok(Column { name: name.to_string(), mean, scale: if constant { 1.0 } else { deviation }, constant })
    }

    fn standardise(&self, value: f64) -> f64 {
        let centred = value - self.mean;
        if centred.is_finite() {
            return centred / self.scale;
        }
        // Two numbers whose difference overflows are large enough to be halved without rounding.
        (value / 2.0 - self.mean / 2.0) / (self.scale / 2.0)
    }

    fn restore(&self, value: f64) -> f64 {
        let centred = value * self.scale;
        if centred.is_finite() {
            return centred + self.mean;
        }
        2.0 * (value * (self.scale / 2.0) + self.mean / 2.0)
    }
}

/// Mean and population standard deviation of values none of which is larger; exactly the value and 0 if all values are equal.
fn moments(values: &[f64], largest: f64) -> (f64, f64) {
    let Some(&first) = values.first() else { return (0.0, 0.0) };
    // The sums below find 0 too, but for certain only as long as they round little.
    if values.iter().all(|value| value == &first) {
        return (first, 0.0);
    }
    let unit = power_of_two_near(largest);
    let scale = 1.0 / unit; // exact, and so is a product with it, but for subnormal ones
    // Seen from a value of the column, so that one that barely varies keeps its digits.
    let from = first * scale;
    let seen = |value: f64| value * scale - from;
    let mut known = Moments { count: 0.0, mean: 0.0, squares: 0.0 };
    for block in values.chunks(BLOCK) {
        let count = block.len() as f64;
        let rough = summed(block, seen) / count;
        // The second sum also finds how far the rounded mean is off.
        let error = summed(block, |value| seen(value) - rough) / count;
        let deviation = |value| (seen(value) - rough) - error;
        let squares = summed(block, |value| deviation(value) * deviation(value));
        known = known.with(&Moments { count, mean: rough + error, squares });
    }
    ((known.mean + from) * unit, (known.squares / known.count).sqrt() * unit)
}

/// Examples looked at while they are in the first cache.
const BLOCK: usize = 2048;

/// What is known of some values: how many, their mean, and Σ (value − mean)².
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Of both together (Chan, Golub and LeVeque, *The American Statistician* 37, 1983).
    fn with(&self, other: &Moments) -> Moments {
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        Moments {
            count,
            mean: self.mean + apart * (other.count / count),
            squares: self.squares + other.squares + apart * apart * (self.count * other.count / count),
        }
    }
}

/// Σ of a function of the values, eight sums side by side, so that none waits for another.
fn summed(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let (groups, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for group in groups {
        for (sum, &value) in sums.iter_mut().zip(group) {
            *sum += of(value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| of(value)).sum::<f64>()
}

/// The largest power of two not above a positive number, but no subnormal one.
fn power_of_two_near(largest: f64) -> f64 {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    f64::from_bits(largest.max(f64::MIN_POSITIVE).to_bits() & EXPONENT)
}

fn described(name: Option<&&str>) -> String {
    name.map_or_else(|| "absent".to_string(), |name| format!("'{}'", shown(name)))
}
