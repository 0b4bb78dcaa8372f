//! The report as one page that needs nothing else: style and pictures are inside it, and there is no script.
//!
//! Invariant: the page shows the report it is given, and computes nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::plot::plot;
use super::{Check, Report};
use crate::verify::lesson::breaks::Breaks;
use crate::verify::lesson::routes::Quantity;

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn page(report: &Report) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "chainrule verify" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "chainrule verify" }
                p class="quiet" { "version " (env!("CARGO_PKG_VERSION")) ", written by cargo xtask verify --html" }
                (summary(report))
                @if let Some(breaks) = report.breaks() { (demonstration(breaks)) }
                (plots(report))
                (checks(report))
            }
        }
    };
    markup.into_string()
}

fn summary(report: &Report) -> Markup {
    let failed = report.failed();
    html! {
        p {
            span class=(if failed == 0 { "good" } else { "bad" }) {
                (report.checks().len() - failed) " checks passed, " (failed) " failed"
            }
            "."
        }
    }
}

fn demonstration(breaks: &Breaks) -> Markup {
    let table = breaks.table();
    let (heading, rows) = table.split_first().map_or((&[][..], &[][..]), |(first, rest)| (&first[..], rest));
    html! {
        h2 { "Where it breaks, it shows" }
        p {
            "In f64 1 + e" sup { "−z" } " rounds to 1 from z = 53·ln 2 = 36.7368 on: a is 1, 1 − a is 0, its logarithm −∞, and a − 1 has no digit "
            "left, though the derivative is −e" sup { "−z" } ". Below z = −709.78 e" sup { "−z" }
            " overflows. The mathematics does not break; the routes from the logit, ln(1 + e" sup { "∓z" } ") and ±σ(±z), hold."
        }
        div class="scroll" { table {
            thead { tr { @for cell in heading { th class="number" { (cell) } } } }
            tbody { @for row in rows { tr { @for cell in row { td class={ "number " (weight(cell)) } { (cell) } } } } }
        } }
        p class="quiet" { (Breaks::caption()) }
    }
}

/// Errors that are only weighed, or not even that, stand out.
fn weight(cell: &str) -> &'static str {
    if cell.contains('e') || cell == "∞" { "bad" } else { "" }
}

fn plots(report: &Report) -> Markup {
    html! {
        h2 { "Every route, in units of the last place" }
        p {
            "The truth is computed with up to 4096 bits, derivatives as differences of values, so no partial has a part in it. Of the labels 0 and 1 the one with "
            "the larger error is shown; where routes coincide, the last one hides the others."
        }
        @for quantity in [Quantity::Loss, Quantity::Slope, Quantity::Probability] {
            (plot(quantity, report.routes()))
        }
    }
}

fn checks(report: &Report) -> Markup {
    html! {
        h2 { "All checks" }
        div class="scroll" { table {
            thead { tr {
                th {} th class="number" { "cases" } th class="number" { "error" } th class="number" { "bound" }
                th { "what" } th { "route" } th { "against" }
            } }
            tbody { @for check in report.checks() { (check_row(check)) } }
        } }
    }
}

fn check_row(check: &Check) -> Markup {
    let [error, bound] = check.figures();
    html! {
        tr {
            td class=(if check.passed() { "good" } else { "bad" }) { (if check.passed() { "ok" } else { "FAILED" }) }
            td class="number" { (check.cases()) }
            td class="number" { (error) }
            td class="number" { (bound) }
            td { (check.name()) @for line in check.findings() { br; span class="bad" { (line) } } }
            td { (check.route()) }
            td { (check.reference()) }
        }
    }
}
