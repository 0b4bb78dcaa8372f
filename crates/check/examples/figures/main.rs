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
mod tally;

use chainrule_check::Error;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::functions::{
    Case, badly_scaled, kink_at_the_point, kink_nearby, near_zero, noisy, saturated, smooth, stepped,
    truncated,
};
use crate::rules::RULES;
use crate::tally::{PLANTED, Tally, plant};

const FUNCTIONS: usize = 10_000;

const SEED: u64 = 20_261_123;

/// Makes a random function.
type Make = fn(&mut ChaCha8Rng) -> Case;

/// What became of the claims about many functions, by our verdicts and by the rules.
#[derive(Default)]
struct Figures {
    ours: Tally,
    rules: [Outcome; RULES.len()],
}

#[derive(Clone, Copy, Default)]
struct Outcome {
    alarms: usize,
    misses: usize,
}

fn main() -> Result<(), Error> {
    let suites: [(&str, Make); 9] = [
        ("smooth", smooth),
        ("near-zero", near_zero),
        ("saturated", saturated),
        ("badly scaled", badly_scaled),
        ("noisy", noisy),
        ("stepped", stepped),
        ("truncated", truncated),
        ("kink nearby", kink_nearby),
        ("kink at the point", kink_at_the_point),
    ];
    println!(
        "| functions | checker | right claims | false alarms | planted errors | misses | not told | digits |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let figures = suites.map(|(name, make)| measure(make).map(|figures| (name, figures)));
    let figures = figures.into_iter().collect::<Result<Vec<_>, _>>()?;
    for (name, figures) in &figures {
        print_rows(name, figures);
    }
    println!(
        "\nPlanted errors called wrong, and certified to no more digits than they have, of {FUNCTIONS} each:\n"
    );
    println!("| functions | {} |", PLANTED.map(|error| format!("{error:e}")).join(" | "));
    println!("|---|{}", "---|".repeat(PLANTED.len()));
    for (name, Figures { ours, .. }) in &figures {
        let counts =
            ours.found.iter().zip(ours.truthful).map(|(found, truthful)| format!("{found} + {truthful}"));
        println!("| {name} | {} |", counts.collect::<Vec<_>>().join(" | "));
    }
    Ok(())
}

fn measure(make: Make) -> Result<Figures, Error> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut figures = Figures::default();
    for _ in 0..FUNCTIONS {
        let case = make(&mut random);
        figures.ours.right(&case)?;
        for ((_, accepts), outcome) in RULES.iter().zip(&mut figures.rules) {
            outcome.alarms += usize::from(!accepts(&*case.f, &case.x, &case.gradient, &mut random));
        }
        for k in 0..PLANTED.len() {
            let (place, claimed) = plant(&case, k, &mut random);
            figures.ours.planted(&case, k, place, &claimed)?;
            for ((_, accepts), outcome) in RULES.iter().zip(&mut figures.rules) {
                outcome.misses += usize::from(accepts(&*case.f, &case.x, &claimed, &mut random));
            }
        }
    }
    figures.ours.digits.sort_unstable();
    Ok(figures)
}

fn print_rows(name: &str, figures: &Figures) {
    let planted = FUNCTIONS * PLANTED.len();
    let Tally { right, alarms, misses, untold, digits, .. } = &figures.ours;
    let quantile = |share: f64| digits.get((digits.len() as f64 * share) as usize).copied().unwrap_or(0);
    let (half, most) = (quantile(0.5), quantile(0.01));
    println!(
        "| {name} | chainrule-check | {right} | {alarms} | {planted} | {misses} | {untold} | {half}, {most} |"
    );
    for ((rule, _), Outcome { alarms, misses }) in RULES.iter().zip(figures.rules) {
        println!("| {name} | {rule} | {FUNCTIONS} | {alarms} | {planted} | {misses} | | |");
    }
}
