//! How the laws over random inputs are run.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// A thousand cases from a fixed seed: a failure is the same failure everywhere.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
