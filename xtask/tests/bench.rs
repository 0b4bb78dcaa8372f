//! Rows of timings as text, page and chart. What they say is made up here; the suites themselves are not run.

use xtask::bench::{Row, chart, page, table};

fn row(case: &str, contender: &str, threads: usize, median_ns: f64, ratio: f64) -> Row {
    Row {
        suite: "mean-log-loss".to_owned(),
        case: case.to_owned(),
        contender: contender.to_owned(),
        threads,
        median_ns,
        baseline: "closed-form".to_owned(),
        ratio,
        gap: None,
        setting: None,
    }
}

fn rows() -> Vec<Row> {
    vec![
        row("10x2", "closed-form", 1, 850.0, 1.0),
        row("10x2", "program", 2, 1_234.5, 1.4524),
        row("20x3", "closed-form", 1, 2e6, 1.0),
        row("20x3", "reverse", 1, 3.5e9, 1750.0),
    ]
}

#[test]
fn a_table_has_a_heading_for_each_case_and_a_line_for_each_row() {
    let expected = "
mean-log-loss 10x2
                             threads       median  times closed-form
                 closed-form       1       850 ns  1.00
                     program       2      1.23 µs  1.45

mean-log-loss 20x3
                             threads       median  times closed-form
                 closed-form       1      2.00 ms  1.00
                     reverse       1       3.50 s  1750
";
    assert_eq!(table(&rows()), expected);
}

#[test]
fn a_page_says_when_where_and_how() {
    let page =
        page(&rows(), "a machine", "2026-01-31", "cargo xtask bench", Some("2026-01-31-a-machine.svg"));
    for part in [
        "# 2026-01-31\n",
        "`cargo xtask bench`",
        "On a machine.",
        "(2026-01-31-a-machine.svg)",
        "| program | 2 | 1.23 µs | 1.45 |",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
}

#[test]
fn a_page_of_fits_has_their_gaps_and_no_picture() {
    let fit =
        Row { gap: Some(2.5e-7), setting: Some("tol 0.1".to_owned()), ..row("9x1", "other", 1, 1e9, 5.0) };
    let page = page(&[fit], "a machine", "2026-01-31", "cargo xtask bench --fits", None);
    assert!(
        page.contains("| other | 1 | 1.00 s | 5.00 | 2e-7 | tol 0.1 |") && !page.contains("!["),
        "{page}"
    );
}

#[test]
fn a_chart_has_a_bar_for_each_row_and_grows_with_the_ratio() {
    let drawn = chart(&rows());
    assert_eq!(drawn.matches("<rect").count(), 4);
    assert!(drawn.contains(">program, 2 threads<") && drawn.contains(">1.45<"));
    let widths: Vec<f64> = drawn
        .split("<rect")
        .skip(1)
        .filter_map(|rect| rect.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
        .collect();
    assert!(widths[1] > widths[0] && widths[3] > widths[1], "{widths:?}");
    assert!(drawn.contains("prefers-color-scheme:dark"));
    let other = Row { suite: "hessian".to_owned(), ..row("1x1", "program", 1, 1.0, 1.0) };
    assert_eq!(chart(&[other]).matches("<rect").count(), 0, "another suite");
}
