//! The generator of mistakes on small sources, the sample, and the report of a log.

use std::collections::BTreeMap;

use xtask::mutate::operators::mutants;
use xtask::mutate::plan::{Mutant, sample};
use xtask::mutate::report::{Explanation, Fate, Report, Row, Trial, append, read_lines};
use xtask::mutate::tokens::tokens;

const SOURCE: &str = r#"
//! Comments: 1 + 2 < 3.
use std::ops::{Add, Mul};

/// Adds 1.
#[derive(Debug)]
struct Pair { left: [f64; 2], right: f64 }

macro_rules! twice {
    ($x:expr) => { $x * 2.0 };
}

operations! {
    /// a − b
    Sub(a, b) -> y {
        value: a - b,
        text: "1 - 2",
    }
}

const LIMIT: [u8; 3] = [4, 5, 6];

fn sum(values: &[f64; 7], start: f64) -> Result<Vec<Vec<f64>>, Error> {
    let mut total = -start;
    for index in 0..values.len() {
        if index > 8 && !values.is_empty() {
            continue;
        }
        total += values[index].abs();
        log("5 + 5", '9', total); // 6 + 6
    }
    Ok(total.min(start))
}

#[cfg(test)]
mod tests {
    fn one() -> f64 { 1.5 + 2.5 }
}
"#;

fn all() -> Vec<Mutant> {
    mutants("crates/some/src/lib.rs", SOURCE).0
}

fn changes(function: &str, kind: &str) -> Vec<(String, String)> {
    let of = all().into_iter().filter(|mutant| mutant.function == function && mutant.kind == kind);
    of.map(|mutant| (mutant.before, mutant.after)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(before, after)| ((*before).to_owned(), (*after).to_owned())).collect()
}

#[test]
fn tokens_are_where_they_say() {
    let tokens = tokens(SOURCE).unwrap();
    assert!(tokens.windows(2).all(|pair| pair[0].bytes.end <= pair[1].bytes.start || pair[0].fixed));
    for token in tokens.iter().filter(|token| !token.fixed) {
        assert_eq!(&SOURCE[token.bytes.clone()], token.text);
        assert_eq!(SOURCE[..token.bytes.start].matches('\n').count() + 1, token.line, "{token:?}");
    }
}

#[test]
fn bodies_of_macros_are_changed_and_named_by_their_entries() {
    assert_eq!(changes("operations! Sub", "operator"), pairs(&[("-", "+")]));
    assert_eq!(changes("macro twice", "operator"), pairs(&[("*", "/"), ("*", "+")]));
    assert!(changes("macro twice", "constant").contains(&("2.0".to_owned(), "4.0".to_owned())));
}

#[test]
fn functions_are_changed_in_every_way() {
    assert_eq!(changes("sum", "dropped sign"), pairs(&[("-", ""), ("!", "")]));
    assert_eq!(changes("sum", "range"), pairs(&[("..", "..=")]));
    assert_eq!(changes("sum", "index"), pairs(&[("", " + 1"), ("", " - 1")]));
    assert_eq!(changes("sum", "name"), pairs(&[("min", "max")]));
    assert_eq!(changes("sum", "dropped call"), pairs(&[(".abs()", "")]));
    assert_eq!(changes("sum", "dropped exit"), pairs(&[("continue;", "")]));
    assert_eq!(changes("sum", "dropped statement").len(), 2);
    let operators = changes("sum", "operator");
    let expected = [(">", ">="), (">", "<"), ("&&", "||"), ("+=", "-="), ("+=", "=")];
    assert_eq!(operators, pairs(&expected));
    assert_eq!(changes("sum", "condition").len(), 3);
    let swapped = changes("sum", "swapped arguments");
    assert!(swapped.contains(&("'9', total".to_owned(), "total, '9'".to_owned())), "{swapped:?}");
    assert_eq!(changes("LIMIT", "constant").len(), 6);
}

#[test]
fn what_is_no_program_stays() {
    for mutant in all() {
        let line = SOURCE.lines().nth(mutant.line - 1).unwrap();
        for fixed in ["//!", "///", "use ", "#[", "struct ", "1.5", "fn sum"] {
            assert!(!line.contains(fixed), "{mutant:?}");
        }
        assert!(!mutant.before.starts_with(['"', '\'']) || mutant.kind == "swapped arguments", "{mutant:?}");
    }
}

#[test]
fn mutants_differ_from_the_source_and_have_names_of_their_own() {
    let all = all();
    let mut ids: Vec<&str> = all.iter().map(|mutant| mutant.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    for mutant in &all {
        let changed = mutant.apply(SOURCE);
        assert!(changed != SOURCE && tokens(&changed).is_some(), "{mutant:?}");
    }
}

#[test]
fn samples_are_drawn_by_their_seed_and_share_the_crates() {
    let of = |part: &str| mutants(&format!("crates/{part}/src/lib.rs"), SOURCE);
    let crates = BTreeMap::from([("one".to_owned(), of("one")), ("two".to_owned(), of("two"))]);
    let ids = |count, seed| -> Vec<String> {
        sample(&crates, count, seed).into_iter().map(|mutant| mutant.id).collect()
    };
    assert_eq!(ids(20, 1), ids(20, 1));
    assert_ne!(ids(20, 1), ids(20, 2));
    // A longer sample goes on where a shorter one ends.
    assert_eq!(ids(20, 1)[..10], ids(10, 1)[..]);
    let drawn = sample(&crates, 20, 1);
    assert_eq!(drawn.iter().filter(|mutant| mutant.part() == "one").count(), 10);
    assert!(sample(&crates, 1_000_000, 1).len() == crates["one"].0.len() + crates["two"].0.len());
}

fn trial(index: usize, fate: Fate, rows: &[(&str, &str)]) -> Trial {
    let rows =
        rows.iter().map(|(name, file)| Row { name: (*name).to_owned(), files: vec![(*file).to_owned()] });
    let of_sum: Vec<Mutant> = all().into_iter().filter(|mutant| mutant.function == "sum").collect();
    Trial::new(&of_sum[index], false, fate, rows.collect(), 2.0)
}

#[test]
fn reports_count_what_the_log_says() {
    let log = std::env::temp_dir().join(format!("chainrule-mutants-{}.jsonl", std::process::id()));
    let _ = std::fs::remove_file(&log);
    assert!(read_lines::<Trial>(&log).unwrap().is_empty());
    let trials = [
        trial(0, Fate::CaughtByVerify, &[("some part", "crates/some/src/lib.rs")]),
        trial(1, Fate::CaughtByVerify, &[("operation sum", "crates/other/src/lib.rs")]),
        trial(2, Fate::CaughtByVerify, &[("summary", "crates/other/src/lib.rs")]),
        trial(3, Fate::CaughtByTests, &[]),
        trial(4, Fate::Survived, &[]),
        trial(5, Fate::TimedOut, &[]),
        trial(6, Fate::DoesNotCompile, &[]),
        trial(7, Fate::Survived, &[]),
        // The last word counts.
        trial(7, Fate::Survived, &[]),
    ];
    trials.iter().for_each(|trial| append(&log, trial).unwrap());
    let read: Vec<Trial> = read_lines(&log).unwrap();
    std::fs::remove_file(&log).unwrap();
    assert_eq!(read.len(), trials.len());
    let law = "−0 and 0 are the same here".to_owned();
    let report = Report::new(&read, &[Explanation { id: trials[4].id.clone(), law: law.clone() }]);
    let total = report.total;
    assert_eq!((total.tried, total.by_verify, total.named, total.by_tests), (6, 3, 2, 1));
    assert_eq!((total.survived, total.timed_out, total.equivalent, total.does_not_compile), (1, 1, 1, 1));
    assert_eq!(report.files["crates/some/src/lib.rs"], total);
    assert_eq!(report.survivors.len(), 3);
    let text = report.text();
    assert!(text.contains("noticed by verify: 3 of 6 (50.0 %)"), "{text}");
    assert!(text.contains("noticed by verify or tests: 4 of 6 (66.7 %)"), "{text}");
    assert!(text.contains(&law) && text.contains("not explained"), "{text}");
}

#[test]
fn a_line_that_does_not_read_is_named() {
    let log = std::env::temp_dir().join(format!("chainrule-mutants-bad-{}.jsonl", std::process::id()));
    std::fs::write(&log, "\n{}\n").unwrap();
    let error = read_lines::<Trial>(&log).unwrap_err().to_string();
    std::fs::remove_file(&log).unwrap();
    assert!(error.contains("line 2"), "{error}");
}
