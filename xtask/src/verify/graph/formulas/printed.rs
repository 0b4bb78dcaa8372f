//! What is printed for people: formulas as text and as LaTeX have the value of the node, names and numbers are set as documented.
//!
//! Invariant: LaTeX is read by a reader that has no part in writing it.

use std::collections::BTreeMap;

use chainrule_graph::{Graph, Node, Notation, Op, Real, Table};

use super::{PRINTER, latex};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// The reader of LaTeX computes with the standard library's functions and by other formulas (ln(1 + e^x), 1/(1 + e^(−x)), e^x − 1), which lose
/// digits:
/// a wrong bracket shows in the first.
const SAME_FORMULA: f64 = 1e-6;

/// Names of letters that LaTeX has to tell apart.
const LETTERS: [(&str, &str); 5] =
    [("a", "a"), ("b", "b"), ("x1", "x_{1}"), ("σ", "\\sigma"), ("rate", "\\mathrm{rate}")];

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row =
        |route| Check::new("printed formulas", route, "the node's value", SAME_FORMULA).convicts(PRINTER);
    let (mut text, mut latex) = (row("text, read again"), row("LaTeX, read by itself"));
    let mut fixed = Random::new(0x0DD5);
    let mut fresh = effort.fresh("printed");
    for (random, count) in
        [(&mut fixed, effort.samples(400, 10_000)), (&mut fresh, effort.samples(400, 10_000))]
    {
        for _ in 0..count {
            of_formula(random, &mut text, &mut latex)?;
        }
    }
    emit(text);
    emit(latex);
    emit(names());
    emit(numbers());
    emit(labels()?);
    Ok(())
}

/// A random formula of every operation, of letters, sums, products, negatives and powers.
fn of_formula(random: &mut Random, text: &mut Check, latex: &mut Check) -> Result<(), Error> {
    let graph = Graph::new();
    let letters: Vec<Node<'_>> = LETTERS.iter().map(|(name, _)| graph.parameter(name)).collect();
    let point: Vec<f64> = (0..letters.len()).map(|_| random.between(0.2, 1.7)).collect();
    let node = formula(random, &graph, &letters, 3);
    let bindings: Vec<(Node<'_>, f64)> = letters.iter().copied().zip(point.iter().copied()).collect();
    let value = graph.at(&bindings)?.value(node)?;
    // Where nothing comes of a formula, or digits are lost, there is nothing to compare.
    if !value.is_finite() || !(1e-6..1e12).contains(&value.abs()) {
        return Ok(());
    }
    let printed = node.formula();
    let alone = Graph::new();
    for (name, _) in LETTERS {
        alone.parameter(name);
    }
    match alone.parse(&printed) {
        Err(error) => text.expect(false, || format!("{printed}: {error}")),
        Ok(read) => {
            let bindings: Vec<(Node<'_>, f64)> = alone.parameters().zip(point.iter().copied()).collect();
            let found = alone.at(&bindings)?.value(read)?;
            text.compare_at(found, value, || printed.clone());
        }
    }
    let set = node.latex();
    let values: BTreeMap<String, f64> =
        LETTERS.iter().map(|(_, letter)| (*letter).to_owned()).zip(point.iter().copied()).collect();
    match latex::value(&set, &values) {
        Err(reason) => latex.expect(false, || format!("{set}: {reason}")),
        // e^x overflows in ln(1 + e^x) where softplus does not.
        Ok(found) if found.is_finite() => latex.compare_at(found, value, || format!("{printed}, {set}")),
        Ok(_) => latex.expect(printed.contains("softplus"), || format!("{printed}, {set}: no value")),
    }
    Ok(())
}

/// Conditions of `select` and rounded numbers are no letters: a step between two routes would be no mistake of either.
fn formula<'g>(random: &mut Random, graph: &'g Graph, letters: &[Node<'g>], depth: usize) -> Node<'g> {
    if depth == 0 || random.chance(0.2) {
        return match random.below(4) {
            0 => graph.constant([2.0, -1.5, 3e-7, -2e20, 0.125, 7.0][random.below(6)]),
            _ => letters[random.below(letters.len())],
        };
    }
    let ops = Op::all();
    let infix = [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Neg, Op::PowF, Op::PowI(2), Op::PowI(-1), Op::Recip];
    let ops: Vec<Op> = ops.into_iter().collect();
    let op = if random.chance(0.6) { infix[random.below(infix.len())] } else { ops[random.below(ops.len())] };
    let count = op.arity().unwrap_or(4);
    let arguments: Vec<Node<'g>> = (0..count)
        .map(|k| match (op, k) {
            (Op::Select, 0) | (Op::Round, _) | (Op::Sign, _) => letters[random.below(letters.len())],
            _ => formula(random, graph, letters, depth - 1),
        })
        .collect();
    Node::apply(&Table, op, &arguments)
}

/// How names are set: trailing digits are an index, longer words upright, Greek letters by their commands.
fn names() -> Check {
    const SET: [(&str, &str); 27] = [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("x_1", "x_{1}"),
        ("w12", "w_{12}"),
        ("A1", "A_{1}"),
        ("_", "\\_"),
        ("_1", "\\__{1}"),
        ("1", "1"),
        ("x_", "\\mathrm{x\\_}"),
        ("speed", "\\mathrm{speed}"),
        ("loss10", "\\mathrm{loss}_{10}"),
        ("long_name", "\\mathrm{long\\_name}"),
        ("σ1", "\\sigma_{1}"),
        ("ρ₂", "\\rho_{2}"),
        ("ϑ", "\\vartheta"),
        ("ϕ", "\\phi"),
        ("ϵ", "\\epsilon"),
        ("αx", "\\mathrm{\\alpha{}x}"),
        ("é", "\\textrm{é}"),
        ("père", "\\textrm{père}"),
        ("a#b", "\\mathrm{a\\#b}"),
        ("$%&{}", "\\mathrm{\\$\\%\\&\\{\\}}"),
        ("a b", "\\mathrm{a\\ b}"),
        ("a\\b", "\\mathrm{a\\backslash{}b}"),
        ("x^2", "\\mathrm{x\\hat{}}_{2}"),
        ("a~", "\\mathrm{a\\sim{}}"),
        ("日", "\\textrm{U+65E5}"),
    ];
    /// Unicode's order, final sigma behind rho; capitals that look Latin are Latin.
    const SMALL: &str = "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon \
         varphi chi psi omega";
    const CAPITALS: [(char, &str); 24] = [
        ('Α', "A"),
        ('Β', "B"),
        ('Γ', "\\Gamma"),
        ('Δ', "\\Delta"),
        ('Ε', "E"),
        ('Ζ', "Z"),
        ('Η', "H"),
        ('Θ', "\\Theta"),
        ('Ι', "I"),
        ('Κ', "K"),
        ('Λ', "\\Lambda"),
        ('Μ', "M"),
        ('Ν', "N"),
        ('Ξ', "\\Xi"),
        ('Ο', "O"),
        ('Π', "\\Pi"),
        ('Ρ', "P"),
        ('Σ', "\\Sigma"),
        ('Τ', "T"),
        ('Υ', "\\Upsilon"),
        ('Φ', "\\Phi"),
        ('Χ', "X"),
        ('Ψ', "\\Psi"),
        ('Ω', "\\Omega"),
    ];
    let mut check = Check::new("names in LaTeX", "as they are set", "documented", 0.0)
        .convicts("crates/graph/src/notation.rs");
    let mut set = |name: &str, expected: &str| {
        let found = Notation::Latex.name(name).to_string();
        check.expect_same(&found.as_str(), &expected, || format!("{name:?}"));
    };
    SET.iter().for_each(|(name, expected)| set(name, expected));
    for (letter, command) in ('α'..='ω').zip(SMALL.split_whitespace()) {
        let expected = if command == "o" { "o".to_owned() } else { format!("\\{command}") };
        set(&letter.to_string(), &expected);
    }
    CAPITALS.iter().for_each(|(letter, expected)| set(&letter.to_string(), expected));
    check
}

/// How numbers are set: the shortest that reads back, with an exponent below 10⁻⁵ and from 10¹⁶ on.
fn numbers() -> Check {
    const SET: [(f64, &str, &str); 15] = [
        (0.0, "0", "0"),
        (-0.0, "-0", "-0"),
        (1.0, "1", "1"),
        (-1.5, "-1.5", "-1.5"),
        (0.1, "0.1", "0.1"),
        (123_456.789, "123456.789", "123456.789"),
        (1e-5, "0.00001", "0.00001"),
        (9.9e-6, "9.9e-6", "9.9 \\cdot 10^{-6}"),
        (-1e-7, "-1e-7", "-1 \\cdot 10^{-7}"),
        (9.99e15, "9990000000000000", "9990000000000000"),
        (1e16, "1e16", "1 \\cdot 10^{16}"),
        (1e300, "1e300", "1 \\cdot 10^{300}"),
        (f64::INFINITY, "inf", "\\infty"),
        (f64::NEG_INFINITY, "-inf", "-\\infty"),
        (f64::NAN, "NaN", "\\mathrm{NaN}"),
    ];
    let mut check = Check::new("numbers in formulas", "as they are set", "documented", 0.0)
        .convicts("crates/graph/src/notation.rs");
    for (value, text, latex) in SET {
        check.expect_same(&Notation::Text.number(value).to_string().as_str(), &text, || format!("{value:?}"));
        check.expect_same(&Notation::Latex.number(value).to_string().as_str(), &latex, || {
            format!("{value:?}")
        });
    }
    check
}

/// Labels of nodes without a name, and how a graph of everything is listed.
fn labels() -> Result<Check, Error> {
    let mut check =
        Check::new("a graph's text", "labels and statements", "documented", 0.0).convicts(PRINTER);
    let labels = |text: &str| -> Result<Vec<String>, Error> {
        let graph = Graph::new();
        graph.parse(text)?;
        Ok(graph.labels())
    };
    let known: [(&str, &[&str]); 3] = [
        ("3 * (a + b*c)", &["3", "a", "b", "c", "u", "v", "J"]),
        ("v = a*b; n4 = v*v + a; n4*v*2 + b", &["a", "b", "v", "u", "n4", "n3", "2", "n5", "J"]),
        ("sin(cos(tan(exp(a))))", &["a", "u", "v", "n3", "J"]),
    ];
    for (text, expected) in known {
        check.expect_same(
            &labels(text)?,
            &expected.iter().map(|label| (*label).to_owned()).collect(),
            || text.to_owned(),
        );
    }
    let listed = [
        ("3 * (a + b*c)", "J = 3 * (a + b * c)"),
        ("data y; w*y", "data y; J = w * y"),
        ("parameter b, a; a + b", "parameter b; J = a + b"),
        ("parameter b, c, a; a*b*c", "parameter b, c; J = a * b * c"),
        ("u = a*b; u + u", "u = a * b; J = u + u"),
        ("s = sin(a); t = s*s; t - s", "s = sin(a); t = s * s; J = t - s"),
        ("recip(x) + pow(x, 2) + chain(x, y)", "J = recip(x) + pow(x, 2) + chain(x, y)"),
        ("`a b` - (-c) - (d - 1)", "J = `a b` - (-c) - (d - 1)"),
        ("2*pi*r + e", "J = 2 * pi * r + e"),
    ];
    for (text, expected) in listed {
        let graph = Graph::new();
        graph.parse(text)?;
        check.expect_same(&graph.to_string().as_str(), &expected, || text.to_owned());
    }
    Ok(check)
}
