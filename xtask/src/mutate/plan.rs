//! A mistake as a change of a source: one place, what stands there, what is to stand there instead; and samples of mistakes.
//!
//! Invariant: a mutant differs from its source in `bytes` alone, and there truly.

use std::collections::BTreeMap;
use std::ops::Range;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Its name for the log: a hash of file, place, kind and replacement.
    pub id: String,
    /// The source, from the workspace's root.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The function, macro or entry of a macro's table around it.
    pub function: String,
    /// The operator of mutation.
    pub kind: &'static str,
    /// The bytes that change.
    pub bytes: Range<usize>,
    /// What stands there.
    pub before: String,
    /// What is to stand there.
    pub after: String,
}

impl Mutant {
    /// The source with this mistake.
    pub fn apply(&self, source: &str) -> String {
        let (head, tail) = (source.get(..self.bytes.start), source.get(self.bytes.end..));
        format!("{}{}{}", head.unwrap_or_default(), self.after, tail.unwrap_or_default())
    }

    /// The crate, by its folder.
    pub fn part(&self) -> &str {
        self.file.split('/').nth(1).unwrap_or_default()
    }
}

/// A sample by a seed: of each crate as its tokens have a share in all, at places drawn evenly, in an order that keeps the shares at any
/// point of it.
pub fn sample(crates: &BTreeMap<String, (Vec<Mutant>, usize)>, count: usize, seed: u64) -> Vec<Mutant> {
    let all: usize = crates.values().map(|(_, tokens)| tokens).sum();
    let mut keyed: Vec<(f64, Mutant)> = Vec::new();
    for (index, (mutants, tokens)) in crates.values().enumerate() {
        let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1000).wrapping_add(index as u64));
        let mut places: BTreeMap<(&str, usize), Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants {
            places.entry((&mutant.file, mutant.bytes.start)).or_default().push(mutant);
        }
        let mut places: Vec<Vec<&Mutant>> = places.into_values().collect();
        places.iter_mut().for_each(|place| place.shuffle(&mut random));
        places.shuffle(&mut random);
        let rounds = places.iter().map(Vec::len).max().unwrap_or(0);
        let drawn = (0..rounds).flat_map(|round| places.iter().filter_map(move |place| place.get(round)));
        // The k-th of a crate with a share s stands at (k + 1/2)/s.
        let share = *tokens as f64 / all.max(1) as f64;
        let ranked = drawn.enumerate().map(|(rank, mutant)| ((rank as f64 + 0.5) / share, (*mutant).clone()));
        keyed.extend(ranked.take(count));
    }
    keyed.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    keyed.into_iter().take(count).map(|(_, mutant)| mutant).collect()
}

/// FNV-1a of 64 bits over parts that are kept apart.
pub(super) fn hash(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
