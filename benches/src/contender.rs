//! What is timed against what, and that they compute the same.
//!
//! Invariant: nobody is timed whose result was not compared, except for what computes something else by design.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;

/// A way to a result.
pub struct Contender<'a> {
    name: &'static str,
    threads: usize,
    /// Whether its result is the others' too.
    is_comparable: bool,
    run: Box<dyn FnMut() -> Vec<f64> + 'a>,
}

impl std::fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contender")
            .field("name", &self.name)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl<'a> Contender<'a> {
    /// One that computes what the others compute, on the calling thread.
    pub fn new(name: &'static str, run: impl FnMut() -> Vec<f64> + 'a) -> Self {
        Contender { name, threads: 1, is_comparable: true, run: Box::new(run) }
    }

    /// The same on several threads.
    #[must_use]
    pub fn on(self, threads: usize) -> Self {
        Contender { threads, ..self }
    }

    /// The same, but computing something of its own.
    #[must_use]
    pub fn apart(self) -> Self {
        Contender { is_comparable: false, ..self }
    }
}

/// Several ways to one result; the first comparable one is what the others are held against.
#[derive(Debug)]
pub struct Case<'a> {
    /// The suite it belongs to.
    pub suite: &'static str,
    /// Its name.
    pub name: String,
    /// Whose time is the unit.
    pub baseline: &'static str,
    /// The ways.
    pub contenders: Vec<Contender<'a>>,
}

/// How long a contender took.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The suite.
    pub suite: &'static str,
    /// The case.
    pub case: String,
    /// The contender.
    pub contender: String,
    /// On how many threads.
    pub threads: usize,
    /// The median of its times, in nanoseconds.
    pub median_ns: f64,
    /// Whose median is the unit of the ratio.
    pub baseline: &'static str,
    /// median / the baseline's median.
    pub ratio: f64,
    /// Of a fit, by what share its objective is above the optimum's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// Of a fit, what it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

/// A result that is not the first contender's.
#[derive(Debug, thiserror::Error)]
#[error("{suite} {case}: {contender} computes {found}, {first} {expected}")]
pub struct Disagreement {
    suite: &'static str,
    case: String,
    contender: &'static str,
    found: f64,
    first: &'static str,
    expected: f64,
}

/// What results may differ by, relative to the largest entry: sums of a million terms in different orders.
const AGREEMENT: f64 = 1e-9;

/// A batch takes about this long, so that the clock's own time is nothing.
const BATCH: Duration = Duration::from_millis(3);

impl Case<'_> {
    /// Compares the results, then times all contenders in turn, round by round.
    ///
    /// # Errors
    /// [`Disagreement`], before anything is timed.
    pub fn measure(&mut self, rounds: usize) -> Result<Vec<Row>, Disagreement> {
        self.compare()?;
        let batches: Vec<u32> = self.contenders.iter_mut().map(batch).collect();
        let mut times: Vec<Vec<f64>> = vec![Vec::with_capacity(rounds); self.contenders.len()];
        for _ in 0..rounds {
            for ((contender, &batch), times) in self.contenders.iter_mut().zip(&batches).zip(&mut times) {
                times.push(timed(contender, batch).as_secs_f64() * 1e9 / f64::from(batch));
            }
        }
        let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
        let is_unit = |contender: &&Contender<'_>| contender.name == self.baseline && contender.threads == 1;
        let unit = self.contenders.iter().zip(&medians).find(|(contender, _)| is_unit(contender));
        let unit = unit.map_or(f64::NAN, |(_, &median)| median);
        let row = |(contender, &median_ns): (&Contender<'_>, &f64)| Row {
            suite: self.suite,
            case: self.name.clone(),
            contender: contender.name.to_owned(),
            threads: contender.threads,
            median_ns,
            baseline: self.baseline,
            ratio: median_ns / unit,
            gap: None,
            setting: None,
        };
        Ok(self.contenders.iter().zip(&medians).map(row).collect())
    }

    fn compare(&mut self) -> Result<(), Disagreement> {
        let mut expected: Option<(&'static str, Vec<f64>)> = None;
        for contender in self.contenders.iter_mut().filter(|contender| contender.is_comparable) {
            let result = (contender.run)();
            let Some((first, expected)) = &expected else {
                expected = Some((contender.name, result));
                continue;
            };
            let scale = expected.iter().fold(0.0_f64, |largest, entry| largest.max(entry.abs()));
            // A NaN is off.
            let agree = |found: &f64, expected: &f64| (found - expected).abs() <= AGREEMENT * scale;
            let is_off = |(found, expected): &(&f64, &f64)| !agree(found, expected);
            let missing = (&f64::NAN, &f64::NAN);
            let lengths_differ = result.len() != expected.len();
            let off = result.iter().zip(expected).find(is_off).or(lengths_differ.then_some(missing));
            if let Some((&found, &expected)) = off {
                let (suite, case, contender) = (self.suite, self.name.clone(), contender.name);
                return Err(Disagreement { suite, case, contender, found, first, expected });
            }
        }
        Ok(())
    }
}

/// How many runs take about [`BATCH`].
fn batch(contender: &mut Contender<'_>) -> u32 {
    let once = timed(contender, 1).max(Duration::from_nanos(100));
    (BATCH.as_secs_f64() / once.as_secs_f64()).ceil().clamp(1.0, 1e6) as u32
}

fn timed(contender: &mut Contender<'_>, runs: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        black_box((contender.run)());
    }
    start.elapsed()
}

/// The median; not a number of none.
pub(crate) fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
