//! What is said of CSV files, of labels in them, and of data that cannot be written as one.
//!
//! Invariant: that of the folder.

use chainrule_data::{Classes, CsvReader, Dataset};
use nalgebra::{DMatrix, DVector};

use super::{row, said};
use crate::error::Error;
use crate::verify::Check;

pub(super) fn of_files() -> Check {
    let mut check = row(
        "messages of CSV files",
        "crates/data/src/{csv/header,csv/records,csv/number,csv,error,shown}.rs",
    );
    let reader = || CsvReader::new("y").event("b");
    let weighted = || reader().weights("w");
    let many = "c1,c2,c3,c4,c5,c6,c7,c8,c9,c10\n1,1,1,1,1,1,1,1,1,1\n";
    let eight = "c1,c2,c3,c4,c5,c6,c7,c8\n1,1,1,1,1,1,1,1\n";
    let cases: [(CsvReader, &[u8], &str); 38] = [
        (reader(), b"", "t.csv is empty: write a line of column names and one line an example"),
        (reader(), b" \n\t\r\n", "t.csv is empty: write a line of column names and one line an example"),
        (
            reader(),
            b"\"\n",
            "t.csv, line 1: a quote in the record that starts here never closes: close it or double it",
        ),
        (
            reader(),
            b"x,y\n\n1,a\n\n2,\"b\n3,c\n",
            "t.csv, line 5: a quote in the record that starts here never closes: close it or double it",
        ),
        (reader(), b"x,y\r\n1,a\r2,\xff\n", "t.csv, line 3 is not UTF-8: save the file as UTF-8"),
        (reader(), b"x,y\n1,a\r\n\r\n\xc3", "t.csv, line 4 is not UTF-8: save the file as UTF-8"),
        (reader(), b"\xff", "t.csv, line 1 is not UTF-8: save the file as UTF-8"),
        (reader(), b"\n\n1,2.5\n3,4\n", "t.csv, line 3 holds only numbers: put a line of column names first"),
        (reader(), b"x,y\n\n", "t.csv has column names but no examples: write one line an example"),
        (
            reader(),
            b"\n x , ,y\n1,2,a\n",
            "t.csv, line 2: column 2 of the header (counted from 1) has no name: name it",
        ),
        (
            reader(),
            b",x,y\n1,2,a\n",
            "t.csv, line 1: column 1 of the header (counted from 1) has no name: name it",
        ),
        (
            reader(),
            b"y,x,z, x\na,1,2,3\n",
            "t.csv, line 1, column 'x' occurs twice, as columns 2 and 4 (counted from 1): rename one",
        ),
        (reader(), b"\nx,z\n1,2\n", "t.csv, line 2: there is no target column 'y': choose one of 'x', 'z'"),
        (weighted(), b"x,y\n1,a\n", "t.csv, line 1: there is no weights column 'w': choose one of 'x', 'y'"),
        (
            reader().offset("o"),
            b"x,y\n1,a\n",
            "t.csv, line 1: there is no offset column 'o': choose one of 'x', 'y'",
        ),
        (
            reader(),
            many.as_bytes(),
            "t.csv, line 1: there is no target column 'y': choose one of 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8' and 2 more",
        ),
        (
            reader(),
            eight.as_bytes(),
            "t.csv, line 1: there is no target column 'y': choose one of 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'",
        ),
        (
            reader().weights("y"),
            b"x,y\n1,a\n",
            "t.csv, line 1, column 'y' cannot be both the target and the weights column: name two columns",
        ),
        (
            weighted().offset("w"),
            b"x,w,y\n1,1,a\n",
            "t.csv, line 1, column 'w' cannot be both the weights and the offset column: name two columns",
        ),
        (
            reader(),
            b"\ny\na\nb\n",
            "t.csv, line 2, column 'y' is the only column: add at least one feature column",
        ),
        (
            weighted(),
            b"y,w\na,1\nb,1\n",
            "t.csv, line 1, column 'y' is the only column: add at least one feature column",
        ),
        (
            reader(),
            b"x,y\n1,a\n\n2,b,c\n",
            "t.csv, line 4: expected 2 fields, found 3: write one field a column",
        ),
        (
            reader(),
            b"x,y\n1,a\n\"\"\n2,b\n",
            "t.csv, line 3: expected 2 fields, found 1: write one field a column",
        ),
        (
            reader(),
            b"x,y\n1,a\n  \n \t\n,\n",
            "t.csv, line 5, column 'x' is empty: fill it in, or leave the example out",
        ),
        (reader(), b"x,y\n1,a\n1\n", "t.csv, line 3: expected 2 fields, found 1: write one field a column"),
        (
            reader(),
            b"x,z,y\n1,2,a\n2,b\n",
            "t.csv, line 3: expected 3 fields, found 2: write one field a column",
        ),
        (
            reader(),
            b"x,z,y\n1,2,a\n2, ,b\n",
            "t.csv, line 3, column 'z' is empty: fill it in, or leave the example out",
        ),
        (
            reader(),
            b"x,y\n1,a\n2,\n",
            "t.csv, line 3, column 'y' is empty: fill it in, or leave the example out",
        ),
        (
            reader(),
            b"x,y\n1,a\n\"\",b\n",
            "t.csv, line 3, column 'x' is empty: fill it in, or leave the example out",
        ),
        (
            reader(),
            b"x,y\n1,a\none\x07,b\n",
            "t.csv, line 3, column 'x': found 'one\\u{7}', which is not a number: write a decimal number such as -1.5e3",
        ),
        (
            reader(),
            b"\"x\nz\",y\n1,a\n1_0,b\n",
            "t.csv, line 4, column 'x\\nz': found '1_0', which is not a number: write a decimal number such as -1.5e3",
        ),
        (
            reader(),
            b"x,y\n1,a\n-InF,b\n",
            "t.csv, line 3, column 'x': found '-InF', which is not finite: repair the value, or leave the example out",
        ),
        (
            reader(),
            b"x,y\n1,a\n+nan,b\n",
            "t.csv, line 3, column 'x': found '+nan', which is not finite: repair the value, or leave the example out",
        ),
        (
            reader(),
            b"x,y\n1,a\n-1.8e308,b\n",
            "t.csv, line 3, column 'x': found '-1.8e308', which is beyond the largest f64: use another unit",
        ),
        (
            weighted(),
            b"x,y,w\n1,a,1\n1,b,-0.25\n",
            "t.csv, line 3, column 'w': found '-0.25', but a weight is at least 0: repair it, or leave the example out",
        ),
        (
            weighted(),
            b"x,y,w\n1,a,0\n1,b,-0\n",
            "all weights are 0: give at least one example a weight above 0 (t.csv, column 'w')",
        ),
        (
            weighted(),
            b"x,y,w\n1,a,1e60\n1,b,1e60\n",
            "the weights add up to 2e60: multiply them all by a factor that brings their sum between 1e-60 and 1e60 (t.csv, column 'w')",
        ),
        (
            weighted(),
            b"x,y,w\n1,a,1\n1,b,nan\n",
            "t.csv, line 3, column 'w': found 'nan', which is not finite: repair the value, or leave the example out",
        ),
    ];
    for (reader, text, expected) in cases {
        check.expect_same(&said(reader.read(text, "t.csv")).as_str(), &expected, || {
            format!("{}", text.escape_ascii())
        });
    }
    let long = "z".repeat(60);
    let found = said(reader().read(format!("x,y\n1,a\n{long},b\n").as_bytes(), "a\nb.csv"));
    let expected = format!(
        "a\\nb.csv, line 3, column 'x': found '{}…', which is not a number: write a decimal number such as -1.5e3",
        "z".repeat(40)
    );
    check.expect_same(&found, &expected, || "a long field".to_owned());
    let found = said(reader().read_path("/nowhere/t.csv"));
    check.expect(
        found.starts_with("/nowhere/t.csv cannot be read (")
            && found.ends_with("): check the path and the permissions"),
        || found.clone(),
    );
    // What is taken, next to what is not.
    let taken: [(CsvReader, &[u8]); 6] = [
        (reader(), b"1,x,y\n1,2,a\n3,4,b\n"),
        (reader(), b"\xef\xbb\xbfx,y\n1,a\n2,b"),
        (reader(), b"x,y\n1.7976931348623157e308,a\n1e-400,b\n"),
        (reader(), b"\"y\",x\na,+1.\nb,.5\n"),
        (weighted(), b"w,x,y\n0,1,a\n1e-300,1,b\n1,1,b\n"),
        (reader(), b"x,y\n\"1\",\"a\"\n2,\" b \"\n"),
    ];
    for (reader, text) in taken {
        check.expect_same(&said(reader.read(text, "t.csv")).as_str(), &"taken", || {
            format!("{}", text.escape_ascii())
        });
    }
    check
}

pub(super) fn of_labels() -> Check {
    let mut check = row("messages of labels", "crates/data/src/{csv/labels,csv,error}.rs");
    let reader = || CsvReader::new("y");
    let cases: [(CsvReader, &str, &str); 11] = [
        (
            reader(),
            "x,y\n1,a\n2,b\n",
            "the event label of column 'y' is not named: name it, or ask for the labels as found",
        ),
        (
            reader().labels("1.0", "01"),
            "x,y\n1,a\n",
            "'01' is named both as the event and as the other label of column 'y': name two",
        ),
        (
            reader().labels(" a", "a "),
            "x,y\n1,a\n",
            "'a' is named both as the event and as the other label of column 'y': name two",
        ),
        (
            reader().event("a"),
            "x,y\n\n1,a\n2,b\n3,a\n4,c\n",
            "t, line 6, column 'y': found 'c', a third label beside 'a' (line 3) and 'b' (line 4): keep two classes",
        ),
        (
            reader().event("1"),
            "x,y\n1,1\n2,1.0\n3,0\n4,2\n",
            "t, line 5, column 'y': found '2', a third label beside '1' (line 2) and '0' (line 4): keep two classes",
        ),
        (
            reader().event("a"),
            "x,y\n1,a\n2,a\n",
            "t, column 'y': every label is 'a': both classes must occur",
        ),
        (
            reader().event("c"),
            "x,y\n1,a\n2,b\n",
            "t, column 'y': no label is 'c': name one of those there are, 'a' (line 2) and 'b' (line 3)",
        ),
        (
            reader().labels("c", "a"),
            "x,y\n1,a\n2,b\n",
            "t, column 'y': no label is 'c': name one of those there are, 'a' (line 2) and 'b' (line 3)",
        ),
        (
            reader().labels("a", "c"),
            "x,y\n1,a\n2,b\n",
            "t, column 'y': no label is 'c': name one of those there are, 'a' (line 2) and 'b' (line 3)",
        ),
        (
            reader().event("a"),
            "x,y\n1,a\n2,NaN\n",
            "t, line 3, column 'y': found 'NaN', which is not finite: repair the value, or leave the example out",
        ),
        (
            reader().event("a"),
            "x,y\n1,a\n2,1e999\n",
            "t, line 3, column 'y': found '1e999', which is beyond the largest f64: use another unit",
        ),
    ];
    for (reader, text, expected) in cases {
        check.expect_same(&said(reader.read(text.as_bytes(), "t")).as_str(), &expected, || {
            format!("{text:?}")
        });
    }
    let rules = [
        (reader().event(" b "), "event 'b', as named"),
        (reader().labels("a", "b"), "event 'b' against 'a', as named"),
        (reader().labels_as_found(), "the larger label found is the event"),
        (reader().event("a").labels_as_found(), "the larger label found is the event"),
        (reader().labels_as_found().event("b"), "event 'b', as named"),
    ];
    for (reader, expected) in rules {
        let reading = reader.read("x,y\n1,a\n2,b\n3,a\n".as_bytes(), "t");
        check.expect_same(
            &reading.as_ref().ok().map(|reading| reading.rule.to_string()).as_deref(),
            &Some(expected),
            || expected.to_owned(),
        );
        let labels = reading.ok().map(|reading| reading.dataset.labels().as_slice().to_vec());
        check.expect_same(&labels, &Some(vec![0.0, 1.0, 0.0]), || expected.to_owned());
    }
    check
}

/// A table of some labels; features are a row's number and its square.
pub(super) fn of_writing() -> Result<Check, Error> {
    let mut check = row("CSV written, by the byte", "crates/data/src/csv/write.rs");
    let features = DMatrix::from_row_slice(3, 2, &[0.1, -0.0, 1e21, 5e-324, -2.5, f64::MAX]);
    let labels = DVector::from_column_slice(&[1.0, 0.0, 1.0]);
    let named = |names: [&str; 2], target: &str, other: &str, event: &str| {
        let names = names.map(str::to_owned).to_vec();
        Dataset::new(features.clone(), labels.clone(), names)
            .map(|data| data.with_target(target, Classes::new(other, event)))
    };
    let written = |data: &Dataset| {
        let mut bytes = Vec::new();
        let outcome = data.write_csv(&mut bytes);
        outcome.map(|()| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| error.to_string())
    };
    let data = named(["a,b", "say \"x\"\nand"], "y", "no, not", "yes")?;
    let text = written(&data);
    let lines: Vec<&str> = text.as_deref().unwrap_or_default().split("\"no, not\"").collect();
    check.expect_same(&lines.len(), &2, || format!("one example of the other class: {text:?}"));
    let begins = text.as_ref().is_ok_and(|text| {
        text.starts_with("\"a,b\",\"say \"\"x\"\"\nand\",y\n0.1,-0,yes\n1000000000000000000000,")
    });
    check.expect(begins && text.as_ref().is_ok_and(|text| text.ends_with(",yes\n")), || format!("{text:?}"));
    let again = CsvReader::new("y")
        .event("yes")
        .read(text.unwrap_or_default().as_bytes(), "t")
        .map(|reading| reading.dataset);
    let same = again.as_ref().is_ok_and(|again| {
        let bits = |data: &Dataset| data.features().iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
        bits(again) == bits(&data)
            && again.labels() == data.labels()
            && again.classes() == data.classes()
            && again.feature_names() == data.feature_names()
    });
    check.expect(same, || format!("read back: {again:?}"));
    for (data, expected) in [
        (named([" a", "b"], "y", "0", "1"), "the name ' a' would read back as 'a': rename it"),
        (named(["a", "b "], "y", "0", "1"), "the name 'b ' would read back as 'b': rename it"),
        (named(["a", "b"], " y", "0", "1"), "the name ' y' would read back as 'y': rename it"),
        (named(["a", "b"], "y", "0 ", "1"), "the name '0 ' would read back as '0': rename it"),
        (named(["a", "b"], "y", "0", "1\t"), "the name '1\\t' would read back as '1': rename it"),
        (named(["\u{feff}a", "b"], "y", "0", "1"), "the name '\\u{feff}a' would read back as 'a': rename it"),
        (
            named(["a", "b"], "b", "0", "1"),
            "names that could not be read back: the file, line 1, column 'b' occurs twice, as columns 2 and 3 (counted from 1): rename one",
        ),
        (
            named(["1", "2"], "3", "0", "1"),
            "names that could not be read back: the file, line 1 holds only numbers: put a line of column names first",
        ),
        (
            named(["a", "b"], "y", "1", "1.0"),
            "names that could not be read back: '1.0' is named both as the event and as the other label of column 'y': name two",
        ),
        (
            named(["a", "b"], "y", "0", ""),
            "names that could not be read back: the file, line 3, column 'y' is empty: fill it in, or leave the example out",
        ),
        (
            named(["a", "b"], "y", "nan", "1"),
            "names that could not be read back: the file, line 2, column 'y': found 'nan', which is not finite: repair the value, or leave the example out",
        ),
    ] {
        let found = written(&data?);
        check
            .expect_same(&found.as_ref().err().map(String::as_str), &Some(expected), || format!("{found:?}"));
    }
    Ok(check)
}
