//! Numbers without a pattern, from a fixed seed.
//!
//! SplitMix64 (Steele, Lea and Flood, *OOPSLA* 2014); normal ones by Box and Muller, *Annals of Mathematical Statistics* 29, 1958.
//!
//! Invariant: the same numbers for the same seed.

/// A source of numbers.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    /// Between −1 and 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// Between 0 and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        0.5 * (self.next() + 1.0)
    }

    /// Normal, of mean 0 and standard deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.uniform(), std::f64::consts::TAU * self.uniform());
        (-2.0 * radius.ln()).sqrt() * angle.cos()
    }
}
