//! Random directions from a seed: the same ones on every platform.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17) needs six lines and
//! no dependency, and a check of gradients needs no better generator.
//!
//! Invariant: no component of a direction is small beside its scale, so none can hide an error.

/// A source of random directions.
#[derive(Clone, Debug)]
pub(crate) struct Directions {
    state: u64,
}

impl Directions {
    pub(crate) fn new(seed: u64) -> Self {
        Directions { state: seed }
    }

    /// A direction with components between a half and one of each scale, of either sign.
    pub(crate) fn next(&mut self, scales: impl Iterator<Item = f64>) -> Vec<f64> {
        scales.map(|scale| scale * self.component()).collect()
    }

    fn component(&mut self) -> f64 {
        let bits = self.bits();
        let share = (bits >> 12) as f64 / (1_u64 << 52) as f64;
        let size = 0.5 + share / 2.0;
        if bits & 1 == 0 { size } else { -size }
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
