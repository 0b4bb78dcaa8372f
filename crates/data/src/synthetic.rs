//! Synthetic data that a known hyperplane separates with a known margin.
//!
//! Draw a unit normal n and an offset o, then for every example a label s = ±1 and a point x. With
//! t = n·x + o, the point moves along n by s·(|t| + γ) − t, which puts it at the signed distance
//! s·(|t| + γ): on its label's side and at least the margin γ away, while everything orthogonal to n
//! stays as drawn. So margin and balance are both exact, whatever the distribution.
//!
//! Invariant: before label noise, s·(n·x + o) ≥ γ for every example: in f64 in any order of summation,
//! and for the real numbers that n, x and o are. In both cases the rounding of the move itself is made
//! good by pushing the point outwards until the sum exceeds γ by more than its own rounding error.
//!
//! With [`Distribution::Uniform`], the default, nothing but ChaCha8 and + − × ÷ √ in a fixed order is
//! used: the same seed gives the same bits on every platform.

use crate::dataset::is_event;
use crate::distribution::Sampler;
use crate::random::Random;
use crate::{Dataset, Distribution, Error, Hyperplane};
use nalgebra::{DMatrix, DVector};

/// Settings of separable data.
///
/// ```
/// use chainrule_data::Separable;
///
/// let made = Separable::new(100, 2).margin(0.25).balance(0.3).seed(7).generate()?;
/// assert_eq!(made.dataset.events(), 30);
/// for (row, &label) in made.dataset.labels().iter().enumerate() {
///     let x: Vec<f64> = made.dataset.features().row(row).iter().copied().collect();
///     let sign = 2.0 * label - 1.0;
///     assert!(sign * made.hyperplane.signed_distance(&x)? >= 0.25);
/// }
/// # Ok::<(), chainrule_data::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct Separable {
    examples: usize,
    features: usize,
    margin: f64,
    balance: f64,
    label_noise: f64,
    correlation: f64,
    distribution: Distribution,
    seed: u64,
}

/// Separable data and the truth behind them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Synthetic {
    /// The examples; features are named x1, x2, …, the target y, the classes 0 and 1.
    pub dataset: Dataset,
    /// The hyperplane that separates the classes, but for the flipped labels.
    pub hyperplane: Hyperplane,
    /// The distance from the hyperplane that every example keeps, in the unit of the features.
    pub margin: f64,
    /// The rows whose label was flipped afterwards, ascending, counted from 0; these lie on the wrong
    /// side. Empty without label noise.
    pub flipped: Vec<usize>,
}

impl Separable {
    /// So many examples (at least 2) with so many features (at least 1).
    ///
    /// Until told otherwise: margin 0.1, balance 0.5, no label noise, no correlation, uniform features,
    /// seed 0.
    pub fn new(examples: usize, features: usize) -> Separable {
        Separable {
            examples,
            features,
            margin: 0.1,
            balance: 0.5,
            label_noise: 0.0,
            correlation: 0.0,
            distribution: Distribution::Uniform,
            seed: 0,
        }
    }

    /// The distance γ that every example keeps from the hyperplane, from 1e-100 to 1e100 in the unit of
    /// the features (which have standard deviation 1 before they are moved).
    ///
    /// The gap between the classes is at least 2γ wide.
    pub fn margin(self, margin: f64) -> Separable {
        Separable { margin, ..self }
    }

    /// The fraction of events among m examples, above 0 and below 1: before label noise, exactly
    /// round(balance·m) are events, in random order.
    pub fn balance(self, balance: f64) -> Separable {
        Separable { balance, ..self }
    }

    /// The fraction of labels flipped once the examples stand, from 0 to below 1: exactly
    /// round(fraction·m) of them, at random. The features do not depend on it.
    pub fn label_noise(self, fraction: f64) -> Separable {
        Separable { label_noise: fraction, ..self }
    }

    /// The correlation of every pair of features, from 0 to below 1, as drawn: before the examples move
    /// along the normal, which spreads them in that one direction.
    pub fn correlation(self, correlation: f64) -> Separable {
        Separable { correlation, ..self }
    }

    /// The distribution of the features as drawn.
    ///
    /// With correlation ρ > 0 a feature is √ρ·(a draw shared by all features) + √(1 − ρ)·(its own draw),
    /// which keeps mean 0 and variance 1 but, unless Gaussian, not the shape of the distribution.
    pub fn distribution(self, distribution: Distribution) -> Separable {
        Separable { distribution, ..self }
    }

    /// The seed that everything random follows from.
    pub fn seed(self, seed: u64) -> Separable {
        Separable { seed, ..self }
    }

    /// Makes the data.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a setting out of range; [`Error::EmptyClass`] if balance or label noise
    /// leave only one class.
    pub fn generate(&self) -> Result<Synthetic, Error> {
        self.check()?;
        let events = self.event_count()?;
        let sampler = self.distribution.sampler()?;
        let mut random = Random::new(self.seed);

        let hyperplane = draw_hyperplane(&mut random, self.features);
        let mut labels = draw_labels(&mut random, self.examples, events);
        let features = self.draw_features(&mut random, &sampler, &hyperplane, &labels);
        // Last, so that the same seed gives the same examples with and without noise.
        let flipped = self.flip(&mut random, &mut labels)?;

        let names = (1..=self.features).map(|feature| format!("x{feature}")).collect();
        let dataset = Dataset::new(features, labels, names)?;
        Ok(Synthetic { dataset, hyperplane, margin: self.margin, flipped })
    }

    fn check(&self) -> Result<(), Error> {
        let (examples, features) = (self.examples as f64, self.features as f64);
        require(examples >= 2.0, "number of examples", examples, "at least 2, one of each class")?;
        require(features >= 1.0, "number of features", features, "at least 1")?;
        require(
            (1e-100..=1e100).contains(&self.margin),
            "margin",
            self.margin,
            "a number from 1e-100 to 1e100",
        )?;
        require(
            self.balance > 0.0 && self.balance < 1.0,
            "balance",
            self.balance,
            "a fraction between 0 and 1",
        )?;
        let fractions = [("label noise", self.label_noise), ("correlation", self.correlation)];
        fractions.into_iter().try_for_each(|(name, value)| {
            require((0.0..1.0).contains(&value), name, value, "a fraction from 0 to below 1")
        })
    }

    fn event_count(&self) -> Result<usize, Error> {
        let events = rounded(self.balance, self.examples);
        self.require_both(events, "choose a balance nearer to 0.5 or more examples")
    }

    fn require_both(&self, events: usize, remedy: &'static str) -> Result<usize, Error> {
        if events == 0 || events == self.examples {
            return Err(Error::EmptyClass { events, examples: self.examples, remedy });
        }
        Ok(events)
    }

    fn draw_features(
        &self,
        random: &mut Random,
        sampler: &Sampler,
        hyperplane: &Hyperplane,
        labels: &DVector<f64>,
    ) -> DMatrix<f64> {
        let mut features = DMatrix::zeros(self.examples, self.features);
        let mut example = vec![0.0; self.features];
        for (row, &label) in labels.iter().enumerate() {
            self.draw_example(random, sampler, &mut example);
            place(hyperplane, &mut example, if is_event(label) { 1.0 } else { -1.0 }, self.margin);
            for (column, &value) in example.iter().enumerate() {
                features[(row, column)] = value;
            }
        }
        features
    }

    /// Equicorrelated features: the covariance of √ρ·c + √(1 − ρ)·eᵢ and √ρ·c + √(1 − ρ)·eⱼ is ρ.
    fn draw_example(&self, random: &mut Random, sampler: &Sampler, example: &mut [f64]) {
        let shared = self.correlation.sqrt() * sampler.draw(random);
        let weight = (1.0 - self.correlation).sqrt();
        for value in example {
            *value = shared + weight * sampler.draw(random);
        }
    }

    fn flip(&self, random: &mut Random, labels: &mut DVector<f64>) -> Result<Vec<usize>, Error> {
        let mut flipped = random.permutation(self.examples);
        flipped.truncate(rounded(self.label_noise, self.examples));
        flipped.sort_unstable();
        for &row in &flipped {
            labels[row] = 1.0 - labels[row];
        }
        let events = labels.iter().filter(|&&label| is_event(label)).count();
        self.require_both(events, "choose less label noise or another seed")?;
        Ok(flipped)
    }
}

fn require(holds: bool, name: &'static str, value: f64, wanted: &'static str) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Parameter { name, value, wanted }) }
}

/// The whole number nearest to a fraction of a count.
fn rounded(fraction: f64, count: usize) -> usize {
    (fraction * count as f64).round() as usize
}

/// A random hyperplane that passes near the origin: offset uniform on [−½, ½).
fn draw_hyperplane(random: &mut Random, features: usize) -> Hyperplane {
    let mut normal = DVector::zeros(features);
    let mut squares = 0.0;
    // Redrawn in the rare case that the direction is too short to be divided by its length.
    while squares < 1e-6 {
        squares = 0.0;
        for component in normal.iter_mut() {
            *component = bell(random);
            squares += *component * *component;
        }
    }
    let length = f64::sqrt(squares);
    for component in normal.iter_mut() {
        *component /= length;
    }
    Hyperplane { normal, offset: random.uniform() - 0.5 }
}

/// Nearly Gaussian, by additions alone: twelve uniform numbers less six have mean 0 and variance 1.
///
/// A vector of Gaussian numbers has no preferred direction, and these come close enough.
fn bell(random: &mut Random) -> f64 {
    (0..12).fold(-6.0, |sum, _| sum + random.uniform())
}

/// So many events among the examples, in random order.
fn draw_labels(random: &mut Random, examples: usize, events: usize) -> DVector<f64> {
    let mut labels = DVector::zeros(examples);
    for &row in random.permutation(examples).iter().take(events) {
        labels[row] = 1.0;
    }
    labels
}

/// Moves an example to its side of the hyperplane, as far from it as it was and the margin more.
fn place(hyperplane: &Hyperplane, example: &mut [f64], side: f64, margin: f64) {
    let drawn = hyperplane.distance(example);
    hyperplane.shift(example, side * (drawn.abs() + margin) - drawn);
    // The move rounds. The step doubles, so it soon exceeds whatever the rounding took away.
    let mut step = hyperplane.slack(example);
    while side * hyperplane.distance(example) < margin + hyperplane.slack(example) {
        hyperplane.shift(example, side * step);
        step *= 2.0;
    }
}
