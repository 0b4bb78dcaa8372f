//! Where the textbook formula breaks, and what holds there.
//!
//! With a = 1/(1 + e^(−z)) in f64, 1 + e^(−z) rounds to 1 once e^(−z) ≤ 2⁻⁵³, so from z = 53·ln 2 on a is 1: 1 − a is 0, its logarithm
//! −∞, and a − 1 has lost everything though the derivative is −e^(−z). Below z = −ln(f64::MAX) e^(−z) overflows: a is 0, and ln a is −∞. The
//! thresholds are found by bisection and held to these closed forms.
//!
//! Invariant: what is said to break is seen to break here, in this run.

use serde::Serialize;

use super::routes::{self, Quantity, Route, Truth, textbook_loss};
use crate::error::Error;
use crate::verify::{Check, report};

/// Logits on both sides of every threshold, and between.
const LOGITS: [f64; 12] =
    [-800.0, -709.79, -709.78, -300.0, -37.0, -10.0, 10.0, 30.0, 36.73, 36.74, 300.0, 800.0];

/// The columns of the table: what breaks, then what holds.
const COLUMNS: [(&str, Quantity, &str); 8] = [
    ("textbook L", Quantity::Loss, "textbook formula"),
    ("graph's L", Quantity::Loss, "graph"),
    ("textbook dL/dz", Quantity::Slope, "textbook formula"),
    ("a − y", Quantity::Slope, "a − y"),
    ("graph", Quantity::Slope, "graph"),
    ("tape", Quantity::Slope, "tape"),
    ("dual", Quantity::Slope, "dual numbers"),
    ("closed form", Quantity::Slope, "closed form"),
];

/// Bisection ends at neighbouring numbers, a few ulps from the closed form of the threshold.
const NEIGHBOURS: f64 = 1e-13;

/// Two numbers of which each is settled to 70 bits.
const SETTLED: f64 = 1e-20;

/// The bisection of an interval of f64 ends after at most as many steps as it has bits.
const BISECTIONS: usize = 64;

/// A logit at which something ends.
#[derive(Clone, Debug, Serialize)]
pub struct Threshold {
    /// What happens there.
    pub what: &'static str,
    /// Where, as found by bisection.
    pub logit: f64,
    /// Where it has to happen.
    pub expected: f64,
}

/// The demonstration: thresholds, and every route at a few logits.
#[derive(Clone, Debug, Serialize)]
pub struct Breaks {
    /// Where the textbook formula ends.
    pub thresholds: Vec<Threshold>,
    /// Every route to L and dL/dz at logits on both sides of the thresholds.
    pub routes: Vec<Route>,
    /// How far the textbook formula is from the truth, relatively, once it has as many bits as it wants.
    pub with_enough_bits: Vec<f64>,
}

pub(super) fn demonstrate() -> Result<Breaks, Error> {
    let truths: Vec<Truth> =
        LOGITS.into_iter().flat_map(|logit| [Truth::at(logit, 0.0), Truth::at(logit, 1.0)]).collect();
    let routes = routes::at(&truths)?;
    let routes = routes.into_iter().filter(|route| route.quantity != Quantity::Probability).collect();
    let with_enough_bits = truths.iter().map(Truth::distance_to_textbook).collect();
    Ok(Breaks { thresholds: thresholds(), routes, with_enough_bits })
}

fn thresholds() -> Vec<Threshold> {
    let one = 53.0 * std::f64::consts::LN_2;
    let infinite = |z: f64, y: f64| textbook_loss(&z, &y).is_infinite();
    let probability = |z: f64| routes::textbook_probability(&z);
    vec![
        Threshold {
            what: "upwards, the textbook loss of y = 0 is ∞",
            logit: bisect(0.0, 100.0, |z| infinite(z, 0.0)),
            expected: one,
        },
        Threshold {
            what: "upwards, a − y for y = 1 is 0, and the derivative is not",
            logit: bisect(0.0, 100.0, |z| probability(z) - 1.0 == 0.0),
            expected: one,
        },
        Threshold {
            what: "downwards, the textbook loss of y = 1 is ∞",
            logit: bisect(0.0, -1000.0, |z| infinite(z, 1.0)),
            expected: -f64::MAX.ln(),
        },
    ]
}

/// Where a condition begins to hold on the way from `before`, where it does not, to `after`, where it does.
fn bisect(mut before: f64, mut after: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..BISECTIONS {
        let middle = before + (after - before) / 2.0;
        if holds(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

impl Breaks {
    /// The rows of the report.
    pub(super) fn checks(&self) -> Vec<Check> {
        let row = |threshold: &Threshold| {
            let name = format!("{} from z = {:.4}", threshold.what, threshold.logit);
            let mut check = Check::new(name, "bisection", "closed form of the threshold", NEIGHBOURS);
            check.compare(threshold.logit, threshold.expected);
            check
        };
        let name = "lesson L by the textbook formula, with up to 4096 bits";
        let mut same = Check::new(name, "textbook formula", "ln(1 + e^(∓z))", SETTLED);
        self.with_enough_bits.iter().for_each(|&distance| same.count(distance));
        self.thresholds.iter().map(row).chain([same]).collect()
    }

    /// The table as text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![String::new(), Self::caption().to_owned()];
        lines.extend(self.table().iter().map(|row| line(row)));
        lines
    }

    /// What the table shows.
    pub fn caption() -> &'static str {
        "Where the textbook formula breaks, and what holds there (errors in ulp; ∞: no number left)"
    }

    /// A heading, then a row for each logit and label.
    pub fn table(&self) -> Vec<Vec<String>> {
        let columns: Vec<(&str, &Route)> = COLUMNS
            .iter()
            .filter_map(|&(heading, quantity, name)| {
                let route = self.routes.iter().find(|route| route.quantity == quantity && route.name == name);
                route.map(|route| (heading, route))
            })
            .collect();
        let headings = columns.iter().map(|(heading, _)| *heading);
        let heading = ["z", "y"].into_iter().chain(headings).map(str::to_owned).collect();
        let points = columns.first().map_or(&[][..], |(_, route)| route.points.as_slice());
        let rows = points.iter().enumerate().map(|(k, point)| {
            let errors = columns.iter().map(|(_, route)| figure(route.points[k].ulps));
            [point.logit.to_string(), point.label.to_string()].into_iter().chain(errors).collect()
        });
        std::iter::once(heading).chain(rows).collect()
    }
}

fn figure(ulps: f64) -> String {
    report::ulps(ulps).trim_end_matches(" ulp").to_owned()
}

fn line(cells: &[String]) -> String {
    let headings = COLUMNS.iter().map(|(heading, ..)| heading.chars().count() + 1);
    let widths = [8, 2].into_iter().chain(headings.map(|width| width.max(7)));
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
    cells.collect::<Vec<_>>().join(" ")
}
