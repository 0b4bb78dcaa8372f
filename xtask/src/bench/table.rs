//! Rows as text and as a page of Markdown.
//!
//! Invariant: a time is shown with the unit that leaves one to three digits before the point.

use std::fmt::Write as _;

use super::Row;

/// What stands above the rows of a case.
pub(super) fn heading(row: &Row) -> String {
    format!(
        "\n{} {}\n{:>28} {:>7} {:>12}  times {}",
        row.suite, row.case, "", "threads", "median", row.baseline
    )
}

/// One row.
pub(super) fn line(row: &Row) -> String {
    let Row { contender, threads, median_ns, ratio, .. } = row;
    format!("{contender:>28} {threads:>7} {:>12}  {}{}", time(*median_ns), short(*ratio), of_fit(row, "  "))
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
pub fn page(rows: &[Row], machine: &str, date: &str, command: &str, picture: Option<&str>) -> String {
    let mut page = format!(
        "# {date}\n\n`{command}`\n\nOn {machine}.\n\nMedians of one run; machines differ and are busy, so what counts is the ratio.\n"
    );
    if let Some(picture) = picture {
        let _ = write!(page, "\n![Times as multiples of the closed form's]({picture})\n");
    }
    for of_case in cases(rows) {
        let Row { suite, case, baseline, gap, .. } = &of_case[0];
        let (more, rule) = if gap.is_some() { (" gap | asked for |", "---|---|") } else { ("", "") };
        let _ = write!(
            page,
            "\n## {suite} {case}\n\n| contender | threads | median | times {baseline} |{more}\n|---|---|---|---|{rule}\n"
        );
        for row in of_case {
            let Row { contender, threads, median_ns, ratio, .. } = row;
            let rest = of_fit(row, " | ");
            let _ = writeln!(
                page,
                "| {contender} | {threads} | {} | {}{rest} |",
                time(*median_ns),
                short(*ratio)
            );
        }
    }
    page
}

/// The gap and the setting of a fit, each after a mark; nothing for other rows.
fn of_fit(row: &Row, mark: &str) -> String {
    let gap = row.gap.map(|gap| format!("{mark}{gap:.0e}")).unwrap_or_default();
    let setting = row.setting.as_ref().map(|setting| format!("{mark}{setting}")).unwrap_or_default();
    gap + &setting
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
