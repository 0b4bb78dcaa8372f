//! Rows as text and as a page of Markdown.
//!
//! Invariant: a time is shown with the unit that leaves one to three digits before the point.

use std::fmt::Write as _;

use super::Row;

/// What stands above the rows of a case.
pub(super) fn heading(row: &Row) -> String {
    format!(
        "\n{} {}\n{:>22} {:>7} {:>12}  times {}",
        row.suite, row.case, "", "threads", "median", row.baseline
    )
}

/// One row.
pub(super) fn line(row: &Row) -> String {
    let Row { contender, threads, median_ns, ratio, .. } = row;
    format!("{contender:>22} {threads:>7} {:>12}  {}", time(*median_ns), short(*ratio))
}

/// All rows, as they are printed.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for of_case in cases(rows) {
        let _ = writeln!(text, "{}", heading(&of_case[0]));
        of_case.iter().for_each(|row| {
            let _ = writeln!(text, "{}", line(row));
        });
    }
    text
}

/// A page of a run: what it was made on and with, the chart of the same name beside it, and the tables.
pub fn page(rows: &[Row], machine: &str, date: &str, command: &str, name: &str) -> String {
    let mut page = format!(
        "# {date}\n\n`{command}`\n\nOn {machine}.\n\nMedians of rounds in which the contenders took turns; machines differ and are busy, so what counts \
         is the ratio.\n\n![Times as multiples of the closed form's]({name}.svg)\n"
    );
    for of_case in cases(rows) {
        let Row { suite, case, baseline, .. } = &of_case[0];
        let _ = write!(
            page,
            "\n## {suite} {case}\n\n| contender | threads | median | times {baseline} |\n|---|---|---|---|\n"
        );
        for Row { contender, threads, median_ns, ratio, .. } in of_case {
            let _ = writeln!(page, "| {contender} | {threads} | {} | {} |", time(*median_ns), short(*ratio));
        }
    }
    page
}

/// The rows of each case, in their order.
pub(super) fn cases(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    rows.chunk_by(|a, b| (&a.suite, &a.case) == (&b.suite, &b.case))
}

fn time(nanoseconds: f64) -> String {
    let (scale, unit) = match nanoseconds {
        ns if ns < 1e3 => (1.0, "ns"),
        ns if ns < 1e6 => (1e3, "µs"),
        ns if ns < 1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{} {unit}", short(nanoseconds / scale))
}

/// Three digits.
pub(super) fn short(number: f64) -> String {
    match number {
        n if n < 10.0 => format!("{n:.2}"),
        n if n < 100.0 => format!("{n:.1}"),
        n => format!("{n:.0}"),
    }
}
