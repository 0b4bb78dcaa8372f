//! The CSV reader on texts whose content is known since they are built from it, and on the certified files against a second reader.
//!
//! A number k/10ᵖ with |k| < 2⁵³ and p ≤ 22 is a quotient of two exact numbers, so one division gives the nearest f64: what any notation of it
//! has to be read as.
//!
//! Invariant: lines are counted in the text alone, after CRLF and CR are made LF.

use chainrule_data::{CsvReader, Error as DataError, certified, one_line, shown};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const SEED: u64 = 42;
const FILES: &str = "crates/data/src/{csv,csv/records,csv/number,csv/header,csv/labels}.rs";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut read =
        Check::new("CSV read", "numbers and labels", "what the text was built from", 0.0).convicts(FILES);
    let mut faults =
        Check::new("CSV refused", "error and line", "the fault that was planted", 0.0).convicts(FILES);
    let mut back = Check::new("CSV written", "read back", "the same data", 0.0)
        .convicts("crates/data/src/{csv/write,csv}.rs");
    for (count, mut random) in [
        (effort.samples(60, 1000), Random::new(SEED)),
        (effort.samples(60, 1000), effort.fresh("data readers")),
    ] {
        for _ in 0..count {
            of_table(&mut random, &mut read, &mut faults, &mut back)?;
        }
    }
    [read, faults, back].into_iter().for_each(&mut *emit);
    labels(emit)?;
    of_certified(emit)?;
    texts(emit);
    Ok(())
}

/// A number and one of its notations.
fn number(random: &mut Random) -> (f64, String) {
    let k = random.below(2_000_001) as i64 - 1_000_000;
    let p = random.below(7);
    let value = k as f64 / 10_f64.powi(p as i32);
    let digits = format!("{:0>width$}", k.abs(), width = p + 1);
    let (whole, part) = digits.split_at(digits.len() - p);
    let sign = if k < 0 {
        "-"
    } else if random.chance(0.2) {
        "+"
    } else {
        ""
    };
    let text = match random.below(4) {
        0 => format!("{sign}{whole}.{part}"),
        1 => format!("{sign}{}e-{p}", k.abs()),
        2 => format!("{sign}{}E-0{p}", k.abs()),
        _ => format!("{sign}00{whole}.{part}0e+0"),
    };
    (value, text)
}

/// Line ends in a text.
fn lines_before(text: &str) -> u64 {
    text.replace("\r\n", "\n").replace('\r', "\n").matches('\n').count() as u64
}

fn of_table(
    random: &mut Random,
    read: &mut Check,
    faults: &mut Check,
    back: &mut Check,
) -> Result<(), Error> {
    let (m, d) = (2 + random.below(20), 1 + random.below(5));
    let end = *random.pick(&["\n", "\r\n", "\r"]).unwrap_or(&"\n");
    let names: Vec<String> =
        (0..d).map(|j| format!("a, \"b\"{}{j}", if j == 1 { "\n" } else { "" })).collect();
    let mut text = if random.chance(0.3) { "\u{feff}".to_owned() } else { String::new() };
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    text += &format!("{},weight , y,\"off\"{end}", quoted.join(","));
    let fault = random.below(9);
    let bad_row = random.below(m);
    let (mut bad_line, mut broken) = (0, String::new());
    let (mut values, mut truth, mut weights, mut offsets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in 0..m {
        while random.chance(0.2) {
            text += *random.pick(&["", "  ", "\t"]).unwrap_or(&"");
            text += end;
            broken += end;
        }
        let mut fields: Vec<String> = Vec::new();
        for _ in 0..d {
            let (value, field) = number(random);
            values.push(value);
            fields.push(match random.below(3) {
                0 => format!(" {field}\t"),
                1 => format!("\"{field}\""),
                _ => field,
            });
        }
        let weight = random.below(8) as f64 / 4.0 + if row == 0 { 0.5 } else { 0.0 };
        let event = if row < 2 { row == 1 } else { random.chance(0.5) };
        let (offset, field) = number(random);
        fields.extend([format!("{weight}"), if event { " ill" } else { "\"well\"" }.to_owned(), field]);
        weights.push(weight);
        truth.push(if event { 1.0 } else { 0.0 });
        offsets.push(offset);
        let good = fields.join(",") + if row + 1 == m && random.chance(0.5) { "" } else { end };
        if row == bad_row {
            bad_line = 1 + lines_before(&text);
            let mut bad = fields.clone();
            match fault {
                0 => bad[0] = "  ".to_owned(),
                1 => bad[0] = "1,5".to_owned(),
                2 => bad[d + 2] = "0x10".to_owned(),
                3 => bad[0] = "-NaN".to_owned(),
                4 => bad[0] = "+iNfinity".to_owned(),
                5 => bad[0] = "1e309".to_owned(),
                6 => bad[d] = "-0.5".to_owned(),
                7 => drop(bad.pop()),
                _ => bad[0] = "\"1".to_owned(),
            }
            broken = text.clone() + &bad.join(",") + end;
        } else if row > bad_row {
            broken += &good;
        }
        text += &good;
    }
    let reader = CsvReader::new("y").event("ill").weights("weight").offset("off");
    let place = || format!("{text:?}");
    let data = reader.read(text.as_bytes(), "t.csv")?.dataset;
    read.expect_same(&data.feature_names(), &names.as_slice(), place);
    let found: Vec<f64> = data.features().transpose().as_slice().to_vec();
    read.expect_same(&found, &values, place);
    read.expect_same(&data.labels().as_slice(), &truth.as_slice(), place);
    read.expect_same(&data.weights().map(|all| all.as_slice().to_vec()), &Some(weights), place);
    read.expect_same(&data.offset().map(|all| all.as_slice().to_vec()), &Some(offsets), place);
    read.expect_same(&data.weight_column(), &Some("weight"), place);
    let error = reader.read(broken.as_bytes(), "t.csv").err();
    let first = shown(&names[0]);
    let found = error.as_ref().and_then(|error| match error {
        DataError::EmptyField { place } => Some((0, place.line, place.column.clone())),
        DataError::Ragged { line, expected, found, .. } => {
            let kind = if found > expected { 1 } else { 7 };
            Some((kind, *line, format!("{}", found.abs_diff(*expected))))
        }
        DataError::NotANumber { place, .. } => Some((2, place.line, place.column.clone())),
        DataError::NotFinite { place, .. } => Some((3, place.line, place.column.clone())),
        DataError::TooLarge { place, .. } => Some((5, place.line, place.column.clone())),
        DataError::NegativeWeight { place, .. } => Some((6, place.line, place.column.clone())),
        DataError::OpenQuote { line, .. } => Some((8, *line, String::new())),
        _ => None,
    });
    // An open quote may end at a later field's quote, and then another fault comes of it: that is one on the same line at the earliest.
    if fault == 8 {
        let holds = error.is_some() && found.as_ref().is_none_or(|(_, line, _)| *line >= bad_line);
        faults.expect(holds, || format!("{broken:?}: {error:?}, fault on line {bad_line}"));
    } else {
        let column = match fault {
            1 | 7 => "1".to_owned(),
            2 => "off".to_owned(),
            6 => "weight".to_owned(),
            _ => first,
        };
        let expected = Some((if fault == 4 { 3 } else { fault }, bad_line, column));
        faults.expect(found == expected, || format!("{broken:?}: {error:?}, expected {expected:?}"));
    }
    let mut written = Vec::new();
    let plain = CsvReader::new("y").event("ill");
    let outcome = data.write_csv(&mut written);
    back.expect(outcome.is_ok(), || format!("{outcome:?}"));
    let again = plain.read(written.as_slice(), "t.csv")?.dataset;
    back.expect_same(&again.features(), &data.features(), place);
    back.expect_same(&again.labels(), &data.labels(), place);
    back.expect_same(&again.feature_names(), &data.feature_names(), place);
    back.expect_same(&again.classes(), &data.classes(), place);
    Ok(())
}

/// Which of two labels is the event, and which labels are none.
fn labels(emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut check = Check::new("CSV labels", "which is the event", "the documented order", 0.0)
        .convicts("crates/data/src/{csv/labels,csv}.rs");
    for (labels, event) in [
        (["9", "10"], 1),
        (["10", "9"], 0),
        (["b", "a"], 0),
        (["10", "9a"], 1),
        (["-1", "1"], 1),
        (["-2", "-1"], 1),
        (["-1", "-2"], 0),
    ] {
        let text = format!("x,y\n1,{}\n2,{}\n3,{}\n", labels[0], labels[1], labels[0]);
        let data = CsvReader::new("y").labels_as_found().read(text.as_bytes(), "t")?.dataset;
        check.expect_same(&data.classes().event.as_str(), &labels[event], || format!("{labels:?}"));
        check.expect_same(&data.labels()[event], &1.0, || format!("{labels:?}"));
    }
    let spelled = CsvReader::new("y").event("1").read("x,y\n1,1.0\n2,0\n3,01\n".as_bytes(), "t")?.dataset;
    check.expect_same(&spelled.labels().as_slice(), &[1.0, 0.0, 1.0].as_slice(), || {
        "1.0 and 01 are 1".to_owned()
    });
    let third = CsvReader::new("y").event("a").read("x,y\n1,a\n\n2,b\n3,c\n".as_bytes(), "t").err();
    let is_third = matches!(&third, Some(DataError::ThirdLabel { place, .. }) if place.line == 5);
    check.expect(is_third, || format!("a third label on line 5: {third:?}"));
    let refused = [
        ("no rule", CsvReader::new("y"), "x,y\n1,a\n2,b\n"),
        ("same labels", CsvReader::new("y").labels("1", "1.0"), "x,y\n1,1\n2,0\n"),
        ("label not found", CsvReader::new("y").event("c"), "x,y\n1,a\n2,b\n"),
        ("other not found", CsvReader::new("y").labels("c", "a"), "x,y\n1,a\n2,b\n"),
        ("one class", CsvReader::new("y").event("a"), "x,y\n1,a\n2,a\n"),
        ("no rows", CsvReader::new("y").event("a"), "x,y\n"),
        ("empty", CsvReader::new("y").event("a"), " \n"),
        ("no target", CsvReader::new("z").event("a"), "x,y\n1,a\n2,b\n"),
        ("no feature", CsvReader::new("y").event("a"), "y\na\nb\n"),
        ("two roles", CsvReader::new("y").event("a").weights("y"), "x,y\n1,a\n2,b\n"),
        ("repeated column", CsvReader::new("y").event("a"), "x,x,y\n1,1,a\n2,2,b\n"),
        ("unnamed column", CsvReader::new("y").event("a"), "x,,y\n1,1,a\n2,2,b\n"),
        ("no header", CsvReader::new("2").event("a"), "1,2\n1,a\n2,b\n"),
        ("no weight", CsvReader::new("y").event("a").weights("w"), "x,w,y\n1,0,a\n2,0,b\n"),
    ];
    for (what, reader, text) in refused {
        check.expect(reader.read(text.as_bytes(), "t").is_err(), || format!("{what} is taken"));
    }
    emit(check);
    Ok(())
}

/// The certified files, split at commas: they hold neither quotes nor blanks.
fn of_certified(emit: &mut Emit<'_>) -> Result<(), Error> {
    let spector = include_str!("../../../../crates/data/certified/spector.csv");
    let cancer = include_str!("../../../../crates/data/certified/breast_cancer_ridge.csv");
    for (certified, text) in [(certified::spector()?, spector), (certified::breast_cancer_ridge()?, cancer)] {
        let name = format!("certified data {}", certified.name);
        let mut check = Check::new(name, "values", "the file split at commas", 0.0)
            .convicts("crates/data/src/{certified,csv}.rs");
        let lines: Vec<&str> = text.lines().skip(1).collect();
        check.expect_same(&certified.dataset.len(), &lines.len(), || "examples".to_owned());
        for (row, line) in lines.iter().enumerate() {
            let numbers: Vec<f64> = line.split(',').filter_map(|field| field.parse().ok()).collect();
            let features = certified.dataset.features().row(row);
            let found: Vec<f64> = features.iter().copied().chain([certified.dataset.labels()[row]]).collect();
            check.expect_same(&found, &numbers, || format!("line {}", row + 2));
        }
        emit(check);
    }
    Ok(())
}

/// How text of a file is repeated.
fn texts(emit: &mut Emit<'_>) {
    let mut check = Check::new("text repeated", "shown and whole", "escapes on paper", 0.0)
        .convicts("crates/data/src/shown.rs");
    let (forty, more) = ("x".repeat(40), "x".repeat(41));
    let cut = format!("{forty}…");
    let cases = [
        ("a\nb", "a\\nb"),
        ("a\tb\r", "a\\tb\\r"),
        ("\u{feff}a", "\\u{feff}a"),
        ("a\u{200b}b", "a\\u{200b}b"),
        ("\u{1b}[1m", "\\u{1b}[1m"),
        ("it's \"so\" \\ é ü", "it's \"so\" \\ é ü"),
        (forty.as_str(), forty.as_str()),
        (more.as_str(), cut.as_str()),
    ];
    for (text, expected) in cases {
        check.expect_same(&shown(text).as_str(), &expected, || format!("{text:?}"));
    }
    check.expect_same(&one_line(&(more.clone() + "\n")), &(more + "\\n"), || "a long line".to_owned());
    emit(check);
}
