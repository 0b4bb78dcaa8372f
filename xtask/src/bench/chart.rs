//! The ratios of the suite `mean-log-loss` as bars, one panel a case, on a logarithmic axis from a tenth of the baseline's time up to a thousand
//! times it.
//!
//! Invariant: every row of the suite has a bar, and its number stands beside it.

use maud::{Markup, html};

use super::Row;
use super::table::{cases, short};

/// The suite that is drawn.
const SUITE: &str = "mean-log-loss";

const WIDTH: f64 = 860.0;
/// Room for names on the left and numbers on the right.
const LEFT: f64 = 170.0;
const RIGHT: f64 = 70.0;
/// The height of a row and of a panel's title.
const ROW: f64 = 22.0;
const TITLE: f64 = 40.0;

/// The decades of the axis.
const LOWEST: f64 = -1.0;
const HIGHEST: f64 = 3.0;

/// Readable on white and on black.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600}.bar{fill:#8ab}\
    .ours{fill:#27c}.unit{stroke:#999}@media(prefers-color-scheme:dark){text{fill:#ddd}.bar{fill:#567}\
    .ours{fill:#6af}.unit{stroke:#777}}";

/// The chart as a file of its own.
pub fn chart(rows: &[Row]) -> String {
    let panels: Vec<&[Row]> = cases(rows).filter(|rows| rows[0].suite == SUITE).collect();
    let heights: Vec<f64> = panels.iter().map(|rows| TITLE + ROW * rows.len() as f64).collect();
    let tops = heights.iter().scan(0.0, |sum, height| {
        *sum += height;
        Some(*sum - height)
    });
    let height = heights.iter().sum::<f64>() + ROW;
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (height) } role="img"
            aria-label="mean log-loss and gradient: times as multiples of the closed form's" {
            style { (STYLE) }
            @for (rows, top) in panels.iter().zip(tops) { (panel(rows, top)) }
        }
    };
    drawn.into_string()
}

fn panel(rows: &[Row], top: f64) -> Markup {
    let unit = across(1.0);
    html! {
        text class="title" x="10" y=(top + 28.0) {
            (rows[0].suite) " " (rows[0].case) ", times as multiples of " (rows[0].baseline) "'s (logarithmic)"
        }
        @for (k, row) in rows.iter().enumerate() { (bar(row, top + TITLE + ROW * k as f64)) }
        line class="unit" x1=(unit) x2=(unit) y1=(top + TITLE - 4.0) y2=(top + TITLE + ROW * rows.len() as f64) {}
    }
}

fn bar(row: &Row, top: f64) -> Markup {
    let threads = if row.threads > 1 { format!(", {} threads", row.threads) } else { String::new() };
    let end = across(row.ratio);
    let class = if is_ours(row) { "ours" } else { "bar" };
    html! {
        text x=(LEFT - 8.0) y=(top + 14.0) text-anchor="end" { (row.contender) (threads) }
        rect class=(class) x=(LEFT) y=(top + 2.0) width=(rounded(end - LEFT)) height=(ROW - 6.0) rx="2" {}
        text x=(rounded(end + 6.0)) y=(top + 14.0) { (short(row.ratio)) }
    }
}

fn is_ours(row: &Row) -> bool {
    ["closed-form", "program", "tape"].contains(&row.contender.as_str())
}

/// Where a ratio lies on the axis; beyond its ends, at them.
fn across(ratio: f64) -> f64 {
    let decades = ratio.log10().clamp(LOWEST, HIGHEST);
    rounded(LEFT + (WIDTH - LEFT - RIGHT) * (decades - LOWEST) / (HIGHEST - LOWEST))
}

/// A tenth of a pixel is enough.
fn rounded(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}
