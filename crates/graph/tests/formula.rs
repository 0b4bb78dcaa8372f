//! Printing: precedence, names, numbers, LaTeX, and that no text grows without bound.
//!
//! Reference: a small reader of formulas below, written from the usual precedence (powers before signs before
//! products before sums, equal ones from the left), evaluates what was printed; its value must be that of the graph.
//! The inputs are small whole numbers, so that the comparison is exact.

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use chainrule_graph::{Graph, Node, Op, Real, Table};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Reads + − * / ^ pow(…) ( ) names and numbers; whatever it cannot read is a panic, which fails the test.
struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    values: &'t HashMap<&'t str, f64>,
}

impl Reader<'_> {
    fn read(text: &str, values: &HashMap<&str, f64>) -> f64 {
        let mut reader = Reader { rest: text.chars().peekable(), values };
        let value = reader.sum();
        assert_eq!(reader.rest.next(), None, "something is left of {text}");
        value
    }

    fn next_is(&mut self, wanted: char) -> bool {
        while self.rest.next_if_eq(&' ').is_some() {}
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            if self.next_is('+') {
                value += self.product();
            } else if self.next_is('-') {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.signed();
        loop {
            if self.next_is('*') {
                value *= self.signed();
            } else if self.next_is('/') {
                value /= self.signed();
            } else {
                return value;
            }
        }
    }

    fn signed(&mut self) -> f64 {
        if self.next_is('-') { -self.signed() } else { self.power() }
    }

    fn power(&mut self) -> f64 {
        let base = self.atom();
        if self.next_is('^') { Real::powi(&base, self.atom() as i32) } else { base }
    }

    fn atom(&mut self) -> f64 {
        if self.next_is('(') {
            let value = self.sum();
            assert!(self.next_is(')'));
            return value;
        }
        if self.next_is('-') {
            return -self.atom(); // an exponent in parentheses begins with its sign
        }
        let mut word = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_alphanumeric() || *c == '.') {
            word.push(c);
        }
        match word.parse() {
            Ok(number) => number,
            Err(_) => self.values[word.as_str()],
        }
    }
}

#[test]
fn the_reader_follows_the_usual_precedence() {
    let values = HashMap::from([("a", 3.0), ("b", 5.0)]);
    for (text, value) in [
        ("a - b - 1", -3.0),
        ("a - (b - 1)", -1.0),
        ("-a^2", -9.0),
        ("(-a)^2", 9.0),
        ("a / b * b", 3.0),
        ("2 * a + b^2", 31.0),
        ("a^(-1) * 3", 1.0),
        ("- -a", 3.0),
    ] {
        assert_eq!(Reader::read(text, &values), value, "{text}");
    }
}

#[test]
fn parentheses_stand_where_they_are_needed_and_nowhere_else() {
    let g = Graph::new();
    let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
    for (node, text, latex) in [
        (a - (b - c), "a - (b - c)", r"a - \left(b - c\right)"),
        (a - b - c, "a - b - c", "a - b - c"),
        (a + (b + c), "a + (b + c)", r"a + \left(b + c\right)"),
        (a - (b + c), "a - (b + c)", r"a - \left(b + c\right)"),
        (a + b * c, "a + b * c", r"a + b \cdot c"),
        ((a + b) * c, "(a + b) * c", r"\left(a + b\right) \cdot c"),
        (a * (b * c), "a * (b * c)", r"a \cdot \left(b \cdot c\right)"),
        (a / (b / c), "a / (b / c)", r"\frac{a}{\frac{b}{c}}"),
        (a / b / c, "a / b / c", r"\frac{\frac{a}{b}}{c}"),
        (a / (b * c), "a / (b * c)", r"\frac{a}{b \cdot c}"),
        ((a + b) / c, "(a + b) / c", r"\frac{a + b}{c}"),
        (-(a + b).powi(2), "-(a + b)^2", r"-\left(a + b\right)^{2}"),
        ((-a).powi(2), "(-a)^2", r"\left(-a\right)^{2}"),
        (-a.powi(2), "-a^2", "-a^{2}"),
        (-(a * b), "-(a * b)", r"-\left(a \cdot b\right)"),
        (-a * b, "-a * b", r"-a \cdot b"),
        (a * -b, "a * (-b)", r"a \cdot \left(-b\right)"),
        (-(-a), "-(-a)", r"-\left(-a\right)"),
        (a - -b, "a - (-b)", r"a - \left(-b\right)"),
        (2.0 * Node::constant(-3.0) * a, "-6 * a", r"-6 \cdot a"),
        (a * -3.0, "a * (-3)", r"a \cdot \left(-3\right)"),
        ((a * b).powi(2), "(a * b)^2", r"\left(a \cdot b\right)^{2}"),
        (a.powi(2).powi(3), "(a^2)^3", r"\left(a^{2}\right)^{3}"),
        (a.powi(-2), "a^(-2)", "a^{-2}"),
        (a.exp().powi(2), "exp(a)^2", r"\left(e^{a}\right)^{2}"),
        (a.powf(&(b - c)), "a^(b - c)", "a^{b - c}"),
        ((a + b).powf(&c), "(a + b)^c", r"\left(a + b\right)^{c}"),
        (a.powf(&b.powf(&c)), "a^b^c", "a^{b^{c}}"),
        (a.powf(&-b), "a^(-b)", "a^{-b}"),
        (a.powf(&Node::constant(0.5)), "a^0.5", "a^{0.5}"),
        (a.powf(&Node::constant(2.0)), "pow(a, 2)", "a^{2}"), // a^2 is the power with a whole number
        ((a + b).recip(), "1 / (a + b)", r"\frac{1}{a + b}"),
        (a.recip() * b, "1 / a * b", r"\frac{1}{a} \cdot b"),
        (a.exp_m1() * b, "exp_m1(a) * b", r"\left(e^{a} - 1\right) \cdot b"),
        ((a + b).ln_1p(), "ln_1p(a + b)", r"\ln\left(1 + a + b\right)"),
        (a.abs() * a.softplus(), "abs(a) * softplus(a)", r"\left|a\right| \cdot \ln\left(1 + e^{a}\right)"),
        (Node::sum([&a, &(b - c)]), "sum(a, b - c)", r"\left(a + \left(b - c\right)\right)"),
        (
            Node::dot([(&a, &b), (&c, &(a + b))]),
            "dot([a, c], [b, a + b])",
            r"\left(a, c\right) \cdot \left(b, a + b\right)",
        ),
        (
            Node::apply(&Table, Op::Chain, &[a + b, b * c]),
            "(a + b) * (b * c)",
            r"\left(a + b\right) \cdot \left(b \cdot c\right)",
        ),
        (Real::max(&a, &(b - c)), "max(a, b - c)", r"\max\left(a, b - c\right)"),
        (Node::select(&a, &b, &c), "select(a, b, c)", r"\mathrm{select}\left(a, b, c\right)"),
    ] {
        assert_eq!(node.formula(), text);
        assert_eq!(node.latex(), latex);
    }
}

/// One expression from a list of steps, over the operations that the reader knows.
fn arithmetic<'g>(g: &'g Graph, steps: &[(u8, prop::sample::Index, prop::sample::Index)]) -> Node<'g> {
    let mut nodes = vec![g.parameter("a"), g.parameter("b"), g.parameter("c"), g.constant(-2.0)];
    for (kind, left, right) in steps {
        let (x, y) = (*left.get(&nodes), *right.get(&nodes));
        nodes.push(match kind {
            0 => x + y,
            1 => x - y,
            2 => x * y,
            3 => x / y,
            4 => -x,
            5 => x.powi(2),
            6 => x.powi(-1),
            7 => x.recip(),
            8 => x * -3.0,
            _ => Node::apply(&Table, Op::Chain, &[x, y]),
        });
    }
    nodes[nodes.len() - 1]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: RngSeed::Fixed(29),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// The same operations in the same order: the same bits, infinities and NaNs included. (The product of the
    /// chain rule reads as a product, so a case where 0 · ∞ or 0 · NaN was cut short is not compared.)
    #[test]
    fn what_is_printed_reads_back_as_the_same_value(
        steps in prop::collection::vec((0..10_u8, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..8)
    ) {
        let g = Graph::new();
        let node = arithmetic(&g, &steps);
        let values = HashMap::from([("a", 3.0_f64), ("b", -5.0), ("c", 0.5)]);
        let leaves: Vec<_> = g.parameters().map(|leaf| (leaf, values[leaf.name().unwrap().as_str()])).collect();
        let run = g.at(&leaves).unwrap();
        prop_assume!(g.nodes().all(|node| run.value(node).unwrap().is_finite()));
        let text = node.formula();
        prop_assert_eq!(Reader::read(&text, &values), run.value(node).unwrap(), "{}", text);
    }
}

#[test]
fn numbers_are_short_and_read_back_exactly() {
    let g = Graph::new();
    let a = g.parameter("a");
    for (value, text, latex) in [
        (3.0, "3", "3"),
        (0.1, "0.1", "0.1"),
        (-2.5, "-2.5", "-2.5"),
        (-0.0, "-0", "-0"),
        (1e15, "1000000000000000", "1000000000000000"),
        (1e300, "1e300", r"1 \cdot 10^{300}"),
        (-2.5e-7, "-2.5e-7", r"-2.5 \cdot 10^{-7}"),
        (5e-324, "5e-324", r"5 \cdot 10^{-324}"),
        (f64::MAX, "1.7976931348623157e308", r"1.7976931348623157 \cdot 10^{308}"),
        (f64::INFINITY, "inf", r"\infty"),
        (f64::NEG_INFINITY, "-inf", r"-\infty"),
        (f64::NAN, "NaN", r"\mathrm{NaN}"),
    ] {
        let node = g.constant(value);
        assert_eq!((node.formula(), node.latex()), (text.to_owned(), latex.to_owned()));
        let back: f64 = text.parse().unwrap();
        assert!(back == value || value.is_nan());
    }
    assert_eq!((a * -1e300).formula(), "a * (-1e300)");
    assert_eq!((1e300 * a).powi(2).latex(), r"\left(1 \cdot 10^{300} \cdot a\right)^{2}");
    assert_eq!((a / 1e-7).formula(), "a / 1e-7");
    assert_eq!((a * 1e-7).latex(), r"a \cdot \left(1 \cdot 10^{-7}\right)");
}

#[test]
fn names_stop_display_but_not_the_formula() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let rate = g.constant(0.5).named("rate");
    let u = (a * b).named("u");
    let j = (rate * u + u.sin()).named("J");
    assert_eq!(j.to_string(), "rate * u + sin(u)");
    assert_eq!(u.to_string(), "a * b", "the node itself is shown, named or not");
    assert_eq!(j.formula(), "0.5 * (a * b) + sin(a * b)");
    assert_eq!(j.latex(), r"0.5 \cdot \left(a \cdot b\right) + \sin\left(a \cdot b\right)");
}

#[test]
fn names_in_latex() {
    let g = Graph::new();
    for (name, latex) in [
        ("w", "w"),
        ("w1", "w_{1}"),
        ("w_1", "w_{1}"),
        ("w12", "w_{12}"),
        ("loss", r"\mathrm{loss}"),
        ("loss2", r"\mathrm{loss}_{2}"),
        ("x_max", r"\mathrm{x\_max}"),
        ("θ", r"\theta"),
        ("7", "7"),
        ("_", r"\_"),
        ("100%", r"\mathrm{100\%}"),
        ("a{b}", r"\mathrm{a\{b\}}"),
        ("α&β#", r"\mathrm{\alpha{}\&\beta{}\#}"),
    ] {
        assert_eq!(g.parameter(name).latex(), latex);
    }
}

/// Shared sub-expressions double the text at every step, a chain has no end: the rest is shown by its index.
#[test]
fn no_text_grows_without_bound() {
    let g = Graph::new();
    let x = g.parameter("x");
    let mut doubled = x;
    for _ in 0..90 {
        doubled = doubled + doubled;
    }
    let mut deep = x;
    for _ in 0..100_000 {
        deep = deep.sin();
    }
    for text in [doubled.formula(), doubled.to_string(), doubled.latex()] {
        assert!((10_000..1_000_000).contains(&text.len()), "{}", text.len());
        assert!(text.contains('#'), "what is left out is named by its index");
    }
    for text in [deep.formula(), deep.to_string(), deep.latex()] {
        assert!(text.len() < 10_000, "{}", text.len());
    }
    assert!(deep.formula().contains("sin(#"));
    // a hundred levels are shown in full
    let mut shown = x;
    for _ in 0..100 {
        shown = shown.sin();
    }
    assert_eq!(shown.formula(), format!("{}x{}", "sin(".repeat(100), ")".repeat(100)));
}

#[test]
fn a_formula_nests_a_hundred_operations_and_no_more() {
    let g = Graph::new();
    let x = g.parameter("x");
    let first = x.sin();
    let deepest = (0..100).fold(first, |inner, _| inner.sin());
    let left_out = format!("#{}", first.index().unwrap());
    assert_eq!(deepest.formula(), format!("{}{left_out}{}", "sin(".repeat(100), ")".repeat(100)));
}

#[test]
fn odd_names_in_latex() {
    let g = Graph::new();
    for (name, latex) in [
        ("x_", r"\mathrm{x\_}"),
        ("_1", r"\__{1}"),
        (r"a\b", r"\mathrm{a\backslash{}b}"),
        ("x^2", r"\mathrm{x\hat{}}_{2}"),
        ("~y", r"\mathrm{\sim{}y}"),
    ] {
        assert_eq!(g.parameter(name).latex(), latex, "{name}");
    }
}
