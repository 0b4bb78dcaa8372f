//! The figures of the crate's README: false alarms, misses and abstentions over random functions, beside the rules of three
//! well-known checkers.
//!
//! ```sh
//! cargo run --release -p chainrule-check --example figures
//! ```
//!
//! Columns: *false alarms*, right claims that are called wrong; *misses*, planted errors that are accepted (for ours, coordinates certified to
//! more digits than they have; for a rule that says yes or no, a yes); *not told*, right coordinates of which ours cannot tell;
//! *digits*, what ours certifies of right coordinates in half of all cases, and in all but one of a hundred. Ours is counted by
//! coordinates, the rules by gradients, since that is what they judge. Where a coordinate has no derivative, any verdict but *cannot tell*
//! is a false alarm.

#![expect(clippy::print_stdout, reason = "a program that prints its figures")]

mod functions;
mod rules;

use chainrule_check::{Error, Report, Verdict, check};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::functions::{
    Case, badly_scaled, kink_at_the_point, kink_nearby, near_zero, noisy, saturated, smooth,
};
use crate::rules::RULES;

const FUNCTIONS: usize = 10_000;

/// Planted relative errors.
const PLANTED: [f64; 6] = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

const SEED: u64 = 20_261_123;

/// Makes a random function.
type Make = fn(&mut ChaCha8Rng) -> Case;

/// What became of the claims about many functions.
#[derive(Default)]
struct Tally {
    right: usize,
    alarms: usize,
    untold: usize,
    digits: Vec<u32>,
    misses: usize,
    /// Of each size of planted errors: called wrong, certified to no more digits than they have.
    found: [usize; PLANTED.len()],
    truthful: [usize; PLANTED.len()],
    rules: [Outcome; RULES.len()],
}

#[derive(Clone, Copy, Default)]
struct Outcome {
    alarms: usize,
    misses: usize,
}

fn main() -> Result<(), Error> {
    let suites: [(&str, Make); 7] = [
        ("smooth", smooth),
        ("near-zero", near_zero),
        ("saturated", saturated),
        ("badly scaled", badly_scaled),
        ("noisy", noisy),
        ("kink nearby", kink_nearby),
        ("kink at the point", kink_at_the_point),
    ];
    println!(
        "| functions | checker | right claims | false alarms | planted errors | misses | not told | digits |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let tallies = suites.map(|(name, make)| measure(make).map(|tally| (name, tally)));
    let tallies = tallies.into_iter().collect::<Result<Vec<_>, _>>()?;
    for (name, tally) in &tallies {
        print_rows(name, tally);
    }
    println!(
        "\nPlanted errors called wrong, and certified to no more digits than they have, of {FUNCTIONS} each:\n"
    );
    println!("| functions | {} |", PLANTED.map(|error| format!("{error:e}")).join(" | "));
    println!("|---|{}", "---|".repeat(PLANTED.len()));
    for (name, tally) in &tallies {
        let counts =
            tally.found.iter().zip(tally.truthful).map(|(found, truthful)| format!("{found} + {truthful}"));
        println!("| {name} | {} |", counts.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}

fn measure(make: Make) -> Result<Tally, Error> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut tally = Tally::default();
    for _ in 0..FUNCTIONS {
        let case = make(&mut random);
        right(&case, &mut tally, &mut random)?;
        for (k, error) in PLANTED.into_iter().enumerate() {
            planted(&case, k, error, &mut tally, &mut random)?;
        }
    }
    tally.digits.sort_unstable();
    Ok(tally)
}

fn ours(case: &Case, claimed: &[f64]) -> Result<Report, Error> {
    check(&case.f, |_: &[f64]| claimed).at(&case.x)
}

fn right(case: &Case, tally: &mut Tally, random: &mut ChaCha8Rng) -> Result<(), Error> {
    for (i, finding) in ours(case, &case.gradient)?.findings().iter().enumerate() {
        let has_derivative = !(case.is_kinked && i == 0);
        tally.right += 1;
        match finding.verdict {
            Verdict::Agrees { digits } if has_derivative => tally.digits.push(digits),
            Verdict::CannotTell { .. } => tally.untold += 1,
            _ => tally.alarms += 1,
        }
    }
    for ((_, accepts), outcome) in RULES.iter().zip(&mut tally.rules) {
        outcome.alarms += usize::from(!accepts(&*case.f, &case.x, &case.gradient, random));
    }
    Ok(())
}

fn planted(
    case: &Case,
    k: usize,
    error: f64,
    tally: &mut Tally,
    random: &mut ChaCha8Rng,
) -> Result<(), Error> {
    let place = random.random_range(0..case.x.len());
    let mut claimed = case.gradient.clone();
    claimed[place] *= if random.random_bool(0.5) { 1.0 + error } else { 1.0 - error };
    match ours(case, &claimed)?.findings()[place].verdict {
        Verdict::Wrong { .. } => tally.found[k] += 1,
        // The claim itself is rounded, by some ulps.
        Verdict::Agrees { digits } if 0.1_f64.powf(f64::from(digits)) < 0.999 * error => tally.misses += 1,
        Verdict::Agrees { .. } => tally.truthful[k] += 1,
        _ => {}
    }
    for ((_, accepts), outcome) in RULES.iter().zip(&mut tally.rules) {
        outcome.misses += usize::from(accepts(&*case.f, &case.x, &claimed, random));
    }
    Ok(())
}

fn print_rows(name: &str, tally: &Tally) {
    let planted = FUNCTIONS * PLANTED.len();
    let quantile =
        |share: f64| tally.digits.get((tally.digits.len() as f64 * share) as usize).copied().unwrap_or(0);
    let Tally { right, alarms, misses, untold, .. } = tally;
    let (half, most) = (quantile(0.5), quantile(0.01));
    println!(
        "| {name} | chainrule-check | {right} | {alarms} | {planted} | {misses} | {untold} | {half}, {most} |"
    );
    for ((rule, _), Outcome { alarms, misses }) in RULES.iter().zip(tally.rules) {
        println!("| {name} | {rule} | {FUNCTIONS} | {alarms} | {planted} | {misses} | | |");
    }
}
