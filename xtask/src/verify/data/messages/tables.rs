//! What is said of tables, splits, columns that are standardised, and settings of synthetic data.
//!
//! Invariant: that of the folder.

use chainrule_data::{Classes, Dataset, Distribution, Separable, Standardiser};
use nalgebra::{DMatrix, DVector};

use super::{row, said};
use crate::error::Error;
use crate::verify::Check;

fn table(labels: &[f64]) -> Result<Dataset, chainrule_data::Error> {
    let m = labels.len();
    let features = DMatrix::from_fn(m, 2, |i, j| (i as f64).powi(j as i32 + 1));
    Dataset::new(features, DVector::from_column_slice(labels), vec!["a".to_owned(), "b".to_owned()])
}

pub(super) fn of_tables() -> Result<Check, Error> {
    let mut check =
        row("messages of tables", "crates/data/src/{dataset,dataset/checks,dataset/weights,error}.rs");
    let new =
        |rows: usize, columns: usize, labels: &[f64], names: &[&str], bad: Option<(usize, usize, f64)>| {
            let features = DMatrix::from_fn(rows, columns, |i, j| match bad {
                Some((row, column, value)) if (row, column) == (i, j) => value,
                _ => (i + j) as f64,
            });
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            said(Dataset::new(features, DVector::from_column_slice(labels), names))
        };
    let three = [0.0, 1.0, 0.0];
    let cases = [
        (new(0, 1, &[], &["a"], None), "the dataset has no examples: give it at least one row"),
        (
            new(3, 1, &[0.0], &["a"], None),
            "the dataset has 3 rows of features but 1 labels: give one label a row",
        ),
        (
            new(3, 2, &three, &["a"], None),
            "the dataset has 2 feature columns but 1 names: give one name a column",
        ),
        (
            new(3, 2, &three, &["a", "\t"], None),
            "feature column 1 (counted from 0) has an empty name: name it",
        ),
        (
            new(3, 3, &three, &["a", "b", "a"], None),
            "feature columns 0 and 2 (counted from 0) are both named 'a': rename one",
        ),
        (
            new(3, 2, &three, &["a", "b"], Some((2, 1, f64::NAN))),
            "row 2 (counted from 0), column 'b' is NaN: remove the row or repair the value",
        ),
        (
            new(3, 2, &[0.0, 1.0, 0.5], &["a", "b"], None),
            "row 2 (counted from 0) has the label 0.5: labels are exactly 0 (other) or 1 (event)",
        ),
        (new(3, 0, &three, &[], None), "taken"),
    ];
    for (found, expected) in cases {
        check.expect_same(&found.as_str(), &expected, || "a table".to_owned());
    }
    // Values that are not finite, at every place of eight abreast and what is left.
    for m in [1, 7, 8, 9, 16, 19] {
        for at in 0..m {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let found = new(m, 2, &vec![0.0; m], &["a", "b"], Some((at, 0, bad)));
                let expected = format!(
                    "row {at} (counted from 0), column 'a' is {bad}: remove the row or repair the value"
                );
                check.expect_same(&found, &expected, || format!("{m} rows"));
            }
            let peak = DMatrix::from_fn(m, 1, |i, _| if i == at { -9.5 } else { i as f64 / 4.0 });
            let data = Dataset::new(peak, DVector::zeros(m), vec!["a".to_owned()])?;
            check.expect_same(&data.largest(), &[9.5].as_slice(), || format!("the largest, at {at} of {m}"));
        }
    }
    let data = table(&[0.0, 1.0, 1.0, 1.0])?.with_target("t", Classes::new("no", "yes"));
    let weigh = |weights: [f64; 4]| data.clone().with_weights(DVector::from_column_slice(&weights));
    let named = |weights: [f64; 4]| weigh(weights).map(|data| data.with_weight_column("w"));
    let class = |outcome: Result<Dataset, chainrule_data::Error>| {
        said(outcome.and_then(|data| data.expect_class_weights()))
    };
    let remedy = "give one of its examples a weight that counts, or leave the weights out";
    let cases = [
        (said(data.clone().with_weights(DVector::zeros(3))), "there are 3 weights for 4 examples: give one an example".to_owned()),
        (said(data.clone().with_offset(DVector::zeros(5))), "there are 5 offsets for 4 examples: give one an example".to_owned()),
        (said(data.clone().with_offset(DVector::from_column_slice(&[0.0, 0.0, f64::INFINITY, 0.0]))), "row 2 (counted from 0), column 'offset' is inf: remove the row or repair the value".to_owned()),
        (said(weigh([1.0, 1.0, -2.0, 1.0])), "row 2 (counted from 0) has the weight -2: weights are finite and at least 0".to_owned()),
        (said(weigh([0.0; 4])), "all weights are 0: give at least one example a weight above 0".to_owned()),
        (said(weigh([1e-61, 0.0, 0.0, 0.0])), "the weights add up to 1e-61: multiply them all by a factor that brings their sum between 1e-60 and 1e60".to_owned()),
        (said(weigh([f64::MAX; 4])), "the weights add up to inf: multiply them all by a factor that brings their sum between 1e-60 and 1e60".to_owned()),
        (class(weigh([0.0, 1.0, 1.0, 1.0])), format!("the weights leave class 'no' of 't' without weight (its only example has the weight 0): {remedy}")),
        (class(named([1.0, 0.0, 0.0, 0.0])), format!("the weights in column 'w' leave class 'yes' of 't' without weight (all its 3 examples have the weight 0): {remedy}")),
        (class(named([1e-309, 1.0, 0.0, 0.0])), format!("the weights in column 'w' leave class 'no' of 't' without weight (its only example has the weight 1e-309, next to nothing beside all weights): {remedy}")),
        (class(weigh([1.0, 0.0, 0.0, 4e-320])), format!("the weights leave class 'yes' of 't' without weight (its 3 examples weigh 4e-320 together, next to nothing beside all weights): {remedy}")),
        // Three small weights together are a share that counts.
        (class(weigh([1.0, 1e-308, 1e-308, 1e-308])), "taken".to_owned()),
        (class(weigh([1.0, 2.3e-308, 0.0, 0.0])), "taken".to_owned()),
        (said(data.with_columns(&["b", "c"])), "there is no feature column 'c': choose one that there is".to_owned()),
        (said(data.with_columns(&["b", "a", "b"])), "feature columns 0 and 2 (counted from 0) are both named 'b': rename one".to_owned()),
        (said(table(&[0.0, 0.0])?.expect_class_weights()), "taken".to_owned()),
    ];
    for (found, expected) in cases {
        check.expect_same(&found, &expected, || "weights and columns".to_owned());
    }
    let one_class = table(&[0.0, 0.0])?.with_weights(DVector::from_column_slice(&[1.0, 2.0]))?;
    check.expect(one_class.expect_class_weights().is_ok(), || "a class without examples".to_owned());
    Ok(check)
}

pub(super) fn of_splits() -> Result<Check, Error> {
    let mut check =
        row("messages of splits, parts by weight", "crates/data/src/{split,dataset/parts,error}.rs");
    let data = table(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0])?;
    for fraction in [0.0, 1.0, -0.5, f64::NAN] {
        let expected = format!("the training fraction is {fraction}: choose a fraction between 0 and 1");
        check.expect_same(&said(data.split(fraction, 1)), &expected, || format!("{fraction}"));
    }
    for (labels, class, examples) in
        [([0.0, 0.0, 1.0], "1", 1), ([1.0, 1.0, 1.0], "0", 0), ([1.0, 1.0, 0.0], "0", 1)]
    {
        let expected = format!(
            "class '{class}' has {examples} examples, and a split needs at least 2 of each class: add some"
        );
        check.expect_same(&said(table(&labels)?.split(0.5, 1)), &expected, || format!("{labels:?}"));
    }
    // One example of weight 1 is in one part, and the other part has none; of two of one class, the other class has none.
    let one = data.clone().with_weights(DVector::from_column_slice(&[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]))?;
    let mut parts = Vec::new();
    for seed in 0..40 {
        let found = said(one.split(0.5, seed));
        let part = ["training", "test"].into_iter().find(|part| {
            found == format!("the {part} part would have no weight to compute with: leave out the examples of weight 0, or choose another seed")
        });
        check.expect(part.is_some(), || format!("seed {seed}: {found}"));
        parts.extend(part);
    }
    check.expect(parts.contains(&"training") && parts.contains(&"test"), || {
        "one part alone is without weight".to_owned()
    });
    let three = data.clone().with_weights(DVector::from_column_slice(&[1.0, 1.0, 1.0, 0.0, 1.0, 0.0]))?;
    let remedy = "leave out the examples of weight 0 before the split, or choose another seed";
    let mut kinds = [0; 3];
    for seed in 0..40 {
        let found = said(three.split(0.4, seed));
        let said = [
            format!(
                "the weights leave class '1' of 'y' without weight in the training part (its only example has the weight 0): {remedy}"
            ),
            format!(
                "the weights leave class '1' of 'y' without weight in the test part (all its 2 examples have the weight 0): {remedy}"
            ),
        ];
        let kind = said.iter().position(|said| *said == found);
        check.expect(kind.is_some(), || format!("seed {seed}: {found}"));
        kinds[kind.unwrap_or(2)] += 1;
    }
    check.expect(kinds[0] > 0 && kinds[1] > 0 && kinds[2] == 0, || {
        format!("which part is without weight: {kinds:?}")
    });
    let none = data.clone().with_weights(DVector::from_column_slice(&[1.0, 0.0, 1.0, 0.0, 1.0, 0.0]))?;
    let expected = "the weights leave class '1' of 'y' without weight (all its 3 examples have the weight 0): \
                    give one of its examples a weight that counts, or leave the weights out";
    check.expect_same(&said(none.split(0.5, 1)).as_str(), &expected, || "no weight in the whole".to_owned());
    // Runs of 64: the part begins with the first run that has weight, and is the whole where none has.
    let m = 64 * 6 + 10;
    let long = table(&(0..m).map(|i| (i % 2) as f64).collect::<Vec<f64>>())?;
    let only = |run: usize| DVector::from_fn(m, |i, _| if i / 64 == run { 1.0 } else { 0.0 });
    for run in 0..7 {
        for step in 1..9 {
            let part = long.clone().with_weights(only(run))?.every(step);
            let first = run % step;
            let rows: Vec<usize> =
                (0..m).filter(|i| (i / 64) >= first && (i / 64 - first).is_multiple_of(step)).collect();
            let found: Vec<usize> = part.features().column(0).iter().map(|&x| x as usize).collect();
            check.expect(found == rows, || {
                format!("weight in run {run}, one in {step}: {} rows of {}", found.len(), rows.len())
            });
            check.expect(part.total_weight() == long.clone().with_weights(only(run))?.total_weight(), || {
                "their weight".to_owned()
            });
        }
    }
    // Weights too small for a part, not for the whole.
    let small = DVector::from_fn(m, |i, _| if i % 2 == 0 { 1e-60 / 100.0 } else { 0.0 });
    let tiny = long.clone().with_weights(small)?;
    check.expect_same(&tiny.every(7).len(), &m, || "no run has weight enough".to_owned());
    check.expect_same(&long.every(0).len(), &m, || "one in 0 is one in 1".to_owned());
    Ok(check)
}

pub(super) fn of_columns() -> Result<Check, Error> {
    let mut check =
        row("messages of standardised columns", "crates/data/src/{standardise,hyperplane,error}.rs");
    let data = table(&[0.0, 1.0, 1.0])?;
    let fit = Standardiser::fit(&data)?;
    let swapped = data.with_columns(&["b", "a"])?;
    let fewer = data.with_columns(&["a"])?;
    let features = DMatrix::from_fn(2, 1, |i, _| if i == 0 { f64::MAX } else { -f64::MAX });
    let wide = Dataset::new(features, DVector::zeros(2), vec!["wide".to_owned()])?;
    let features = DMatrix::from_fn(3, 2, |i, j| if (i, j) == (1, 1) { 1e308 } else { 0.0 });
    let far = Dataset::new(features, DVector::zeros(3), vec!["a".to_owned(), "b".to_owned()])?;
    let small = DMatrix::from_fn(3, 2, |i, j| (i + j) as f64 * 1e-10);
    let small =
        Standardiser::fit(&Dataset::new(small, DVector::zeros(3), vec!["a".to_owned(), "b".to_owned()])?)?;
    let made = Separable::new(10, 3).generate()?;
    let cases = [
        (
            said(fit.transform(&swapped)),
            "column 0 (counted from 0) is 'b', but the fit had 'a': use the same columns",
        ),
        (
            said(fit.transform(&fewer)),
            "column 1 (counted from 0) is absent, but the fit had 'b': use the same columns",
        ),
        (
            said(Standardiser::fit(&fewer)?.inverse(&data)),
            "column 1 (counted from 0) is 'b', but the fit had absent: use the same columns",
        ),
        (
            said(fit.coefficients_to_original(1.0, &DVector::zeros(3))),
            "the coefficient vector has 3 components, but there are 2 features: give one component a feature",
        ),
        (
            said(small.transform(&far)),
            "row 1 (counted from 0), column 'b' is inf: remove the row or repair the value",
        ),
        (
            said(made.hyperplane.signed_distance(&[1.0, 2.0])),
            "the example has 2 components, but there are 3 features: give one component a feature",
        ),
        (said(made.hyperplane.signed_distance(&[1.0, 2.0, 3.0])), "taken"),
    ];
    for (found, expected) in cases {
        check.expect_same(&found.as_str(), &expected, || "columns".to_owned());
    }
    // The mean is 0 and the deviation the largest f64, or beyond it once rounded.
    let outcome = Standardiser::fit(&wide);
    let holds = match &outcome {
        Ok(fit) => fit.scales()[0] == f64::MAX && fit.means()[0] == 0.0,
        Err(error) => {
            error.to_string()
                == "column 'wide' spreads beyond the range of f64: divide it by a constant first"
        }
    };
    check.expect(holds, || format!("{outcome:?}"));
    Ok(check)
}

pub(super) fn of_settings() -> Check {
    let mut check = row("messages of settings", "crates/data/src/{synthetic,distribution,error}.rs");
    let plain = Separable::new(20, 2);
    let cases = [
        (Separable::new(1, 2), "number of examples is 1: choose at least 2, one of each class"),
        (Separable::new(20, 0), "number of features is 0: choose at least 1"),
        (
            plain.distribution(Distribution::StudentT(2.0)),
            "degrees of freedom is 2: choose a finite number above 2, for a finite variance",
        ),
    ];
    for (settings, expected) in cases {
        check.expect_same(&said(settings.generate()).as_str(), &expected, || "settings".to_owned());
    }
    for (settings, name, value) in [
        (plain.margin(1e-101), "margin", "1e-101"),
        (plain.margin(-1.0), "margin", "-1"),
        (plain.balance(0.0), "balance", "0"),
        (plain.balance(1.0), "balance", "1"),
        (plain.label_noise(1.0), "label noise", "1"),
        (plain.correlation(-0.5), "correlation", "-0.5"),
    ] {
        let found = said(settings.generate());
        check.expect(found.contains(name) && found.contains(": choose "), || {
            format!("{name} of {value}: {found}")
        });
    }
    for (settings, events) in [
        (plain.balance(0.02), "0 of 20 examples would be events"),
        (plain.balance(0.98), "20 of 20 examples would be events"),
    ] {
        let found = said(settings.generate());
        check.expect(found.starts_with(events), || format!("{events}: {found}"));
    }
    check
}
