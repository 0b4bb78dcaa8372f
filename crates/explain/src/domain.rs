//! Where an operation has a value and a derivative, in the terms of the one who wrote it.
//!
//! Invariant: the condition is the table's; only its signs and names are changed.

use chainrule_graph::Op;

/// The condition of the table, `x > 0.0`, with these arguments: `a - b > 0`.
pub(crate) fn in_terms_of(op: Op, arguments: &[String]) -> String {
    let domain = op.domain().replace('\n', " ");
    if domain.contains("len()") {
        return "the lists are of equal length".to_owned();
    }
    // The exponent of a power with a whole number is known: what is said of it does not hold.
    let alternatives: Vec<&str> = domain.split(" || ").filter(|part| !part.starts_with("n ")).collect();
    let clauses = |part: &str| match part.split_once(" && ") {
        // -1 < x and x < 1
        Some((low, high)) => match (low.split_once(" < "), high.split_once(" < ")) {
            (Some((least, _)), Some((x, most))) => format!("{least} < {x} < {most}"),
            _ => part.replace(" && ", " and "),
        },
        None => part.to_owned(),
    };
    let text = alternatives.into_iter().map(clauses).collect::<Vec<_>>().join(" or ");
    let text = text.replace("x.cos()", "cos(x)").replace(".0", "").replace("!=", "≠");
    named(&text, arguments)
}

/// The table's variables replaced.
fn named(text: &str, arguments: &[String]) -> String {
    let argument = |word: &str| match word {
        "x" | "a" => arguments.first(),
        "b" | "p" => arguments.get(1),
        _ => None,
    };
    let mut shown = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = rest.find(|c: char| !c.is_alphanumeric()).filter(|&length| length > 0);
        let word = &rest[..length.unwrap_or(if c.is_alphanumeric() { rest.len() } else { c.len_utf8() })];
        shown.push_str(argument(word).map_or(word, String::as_str));
        rest = &rest[word.len()..];
    }
    shown
}
