//! A program over a data set: columns borrowed, weights, and whether threads share the work.
//!
//! With examples i, weights cᵢ (1 unless given) and a loss L of one example,
//!
//! ```text
//! J(p) = Σ cᵢ·L(p, dataᵢ) / Σ cᵢ,   ∂J/∂pⱼ = Σ cᵢ·∂L/∂pⱼ / Σ cᵢ,   (∇²J·v)ⱼ = Σ cᵢ·Σₖ ∂²L/∂pⱼ∂pₖ·vₖ / Σ cᵢ.
//! ```
//!
//! Σ cᵢ is in every mean, so it is summed with what each addition loses: to some ten million examples its relative error is that of one
//! rounding.
//!
//! Invariant: what columns and weights there are was checked once, when they came; the same bits for any number of threads.

use crate::code::Code;
use crate::error::Error;
use crate::execute::{Data, sums};
use crate::kernels::two_sum;
use crate::program::Program;

/// A [`Program`] and the examples it runs over; made by [`Program::over`].
#[derive(Clone, Copy, Debug)]
pub struct Examples<'a> {
    program: &'a Program,
    data: Data<'a>,
    /// Σ cᵢ
    total_weight: f64,
}

impl<'a> Examples<'a> {
    pub(crate) fn new(program: &'a Program, columns: &'a [&'a [f64]]) -> Result<Self, Error> {
        let (found, expected) = (columns.len(), program.columns().len());
        if found != expected {
            return Err(Error::Columns { found, expected, names: program.columns().join(", ") });
        }
        let examples = columns.first().map_or(1, |column| column.len());
        for (name, column) in program.columns().iter().zip(columns) {
            if column.len() != examples {
                return Err(Error::Ragged { name: name.clone(), found: column.len(), expected: examples });
            }
        }
        if examples == 0 {
            return Err(Error::NoExamples);
        }
        let data = Data { columns, weights: None, examples, parallel: false };
        Ok(Examples { program, data, total_weight: examples as f64 })
    }

    /// The same with a weight for each example: a weight of 2 counts as two such examples, a weight of 0 as none.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_program::Program;
    ///
    /// let g = Graph::new();
    /// let program = Program::new(&g, g.parse("data x; (x - m)^2")?)?;
    /// let x = [1.0, 5.0, f64::NAN];
    /// let (mean, slope) = program.over(&[&x])?.weights(&[3.0, 1.0, 0.0])?.value_and_gradient(&[2.0])?;
    /// assert_eq!(mean, (3.0 * 1.0 + 9.0) / 4.0);
    /// assert_eq!(slope, [0.0]); // 2 is the weighted mean of x
    /// # Ok::<(), chainrule_program::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are not as many as examples, if one is negative or no finite number, or if they add up to 0 or beyond the largest f64.
    pub fn weights(self, weights: &'a [f64]) -> Result<Self, Error> {
        let expected = self.data.examples;
        if weights.len() != expected {
            return Err(Error::Ragged { name: "weights".to_owned(), found: weights.len(), expected });
        }
        if let Some(example) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(Error::Weight { example, weight: weights[example] });
        }
        let total_weight = sum_compensated(weights);
        if !(total_weight > 0.0 && total_weight.is_finite()) {
            return Err(Error::TotalWeight { total: total_weight });
        }
        Ok(Examples { data: Data { weights: Some(weights), ..self.data }, total_weight, ..self })
    }

    /// The same on the threads of the current [rayon](https://docs.rs/rayon) pool; without this, on the calling thread alone.
    ///
    /// The pool is the caller's to choose, with `pool.install(|| …)`; unless one is chosen it is the global one, of as many threads as the
    /// machine runs at once. The bits are the same for any number of them.
    #[cfg(feature = "rayon")]
    #[must_use]
    pub fn parallel(self) -> Self {
        Examples { data: Data { parallel: true, ..self.data }, ..self }
    }

    /// The mean loss.
    ///
    /// # Errors
    /// If there are not as many parameters as the program has.
    pub fn value(&self, parameters: &[f64]) -> Result<f64, Error> {
        self.expect("parameters", parameters.len())?;
        Ok(self.means(&self.program.value, parameters)[0])
    }

    /// The mean loss and its derivatives by the parameters.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn value_and_gradient(&self, parameters: &[f64]) -> Result<(f64, Vec<f64>), Error> {
        self.expect("parameters", parameters.len())?;
        let mut means = self.means(&self.program.value_and_gradient, parameters);
        let mut gradient = means.split_off(1);
        // There is no slope outside of a domain or beyond all numbers, whatever the operations on the way make of it.
        if !means[0].is_finite() {
            gradient.fill(f64::NAN);
        }
        Ok((means[0], gradient))
    }

    /// The mean loss's Hessian times a direction of as many entries as there are parameters: one pass over the data, which does not look at
    /// the loss. Where that is not finite, the product may be.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_program::Program;
    ///
    /// let g = Graph::new();
    /// let program = Program::new(&g, g.parse("data x; a^2*b*x")?)?;
    /// let product = program.over(&[&[1.0, 3.0]])?.hessian_vector(&[2.0, 5.0], &[1.0, 0.0])?;
    /// assert_eq!(product, [20.0, 8.0]); // [2·b, 2·a] times the mean of x
    /// # Ok::<(), chainrule_program::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are not as many parameters, or entries of the direction, as the program has parameters.
    pub fn hessian_vector(&self, parameters: &[f64], direction: &[f64]) -> Result<Vec<f64>, Error> {
        self.expect("parameters", parameters.len())?;
        self.expect("entries of the direction", direction.len())?;
        Ok(self.means(&self.program.hessian_vector, &[parameters, direction].concat()))
    }

    /// The mean loss's Hessian, as many rows as there are parameters; symmetric to the bit.
    ///
    /// One pass over the data for a loss in which all parameters act through one sum Σ pⱼ·cⱼ of products with data
    /// ([`Program::is_linear`]); one pass for each parameter otherwise. Symmetric to the bit, and NaN where the loss is not finite.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn hessian(&self, parameters: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        self.expect("parameters", parameters.len())?;
        let size = parameters.len();
        // There is no slope of second order either: another pass, of the loss alone.
        if !self.value(parameters)?.is_finite() {
            return Ok(vec![vec![f64::NAN; size]; size]);
        }
        let Some(code) = &self.program.hessian else {
            let unit = |j| (0..size).map(|k| if j == k { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
            let rows = (0..size).map(|j| self.hessian_vector(parameters, &unit(j)));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            return Ok(symmetric(size, |j, k| rows[j][k]));
        };
        let triangle = self.means(code, parameters);
        Ok(symmetric(size, |j, k| triangle[j * (j + 1) / 2 + k]))
    }

    fn means(&self, code: &Code, parameters: &[f64]) -> Vec<f64> {
        let mut means = sums(code, parameters, self.data);
        means.iter_mut().for_each(|sum| *sum /= self.total_weight);
        means
    }

    fn expect(&self, what: &'static str, found: usize) -> Result<(), Error> {
        let names = self.program.parameters();
        if found == names.len() {
            return Ok(());
        }
        Err(Error::Parameters { what, found, expected: names.len(), names: names.join(", ") })
    }
}

/// A square matrix by its entries below and on the diagonal.
fn symmetric(size: usize, entry: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..size).map(|j| (0..size).map(|k| entry(j.max(k), j.min(k))).collect()).collect()
}

/// Σ of numbers that are not negative; infinite if it overflows.
fn sum_compensated(values: &[f64]) -> f64 {
    let (sum, lost) = values.iter().fold((0.0, 0.0), |(sum, lost), &value| {
        let (sum, more) = two_sum(sum, value);
        (sum, lost + more)
    });
    // Where the sum overflows, what is lost is no number.
    if f64::is_finite(sum) { sum + lost } else { sum }
}
