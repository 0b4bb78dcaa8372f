//! Random numbers whose bits depend on the seed alone.
//!
//! ChaCha8 gives the same 64-bit words on every platform. A uniform number is the upper 53 bits of one
//! word times 2⁻⁵³, which is exact; a whole number below n is the upper half of the 128-bit product of a
//! word and n, which deviates from uniform by less than n/2⁶⁴.
//!
//! Invariant: neither the platform nor a newer `rand` changes what a seed gives, since nothing but the
//! words of ChaCha8 is taken from elsewhere.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded source of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The source that belongs to a seed.
    pub(crate) fn new(seed: u64) -> Random {
        Random(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform on [0, 1), a multiple of 2⁻⁵³.
    pub(crate) fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// The whole numbers 0 … n − 1 in random order.
    pub(crate) fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// The words themselves, for the distributions of `rand_distr`.
    pub(crate) fn words(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }

    /// A whole number below n.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }
}
