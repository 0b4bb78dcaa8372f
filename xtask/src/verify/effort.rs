//! How much `verify` looks at, and by which seed.
//!
//! Invariant: the same seed and depth give the same samples; what is fixed does not depend on either.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The depth of a run and the seed of its fresh samples.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Whether to look at everything, for minutes, instead of one representative of each kind.
    pub deep: bool,
    /// The seed of the fresh samples.
    pub seed: u64,
}

impl Effort {
    /// A number of samples, by depth.
    pub fn samples(&self, quick: usize, deep: usize) -> usize {
        if self.deep { deep } else { quick }
    }

    /// Fresh samples of one row or family of rows: what the others draw does not change them.
    pub fn fresh(&self, what: &str) -> Random {
        Random::new(self.seed ^ hash(what))
    }
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// A seeded source of samples.
#[derive(Debug)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The source that belongs to a seed, for fixed samples.
    pub fn new(seed: u64) -> Self {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        low + (high - low) * ((self.bits() >> 11) as f64 * STEP)
    }

    /// A whole number below n.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// Either with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// A standard normal number, by Box and Muller's formula.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.between(0.0, 1.0)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.between(0.0, 1.0)).cos()
    }
}
