//! Tokens and grammar, functions, mistakes: which tree a text is, and where a text that is none goes wrong.
//!
//! Reference: the trees are written by hand, with every operation as a function, and the mistakes with the caret under
//! the character.

#![expect(clippy::unwrap_used, reason = "helpers outside of the test functions")]

#[path = "same/mod.rs"]
mod same;

use chainrule_graph::{Error, Graph, Node, NodeKind, Op, Real};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use same::assert_same;

/// Every operation as a function, so that the text has no precedence.
fn tree(node: Node<'_>) -> String {
    let arguments: Vec<_> = node.arguments().into_iter().map(tree).collect();
    match node.kind() {
        NodeKind::Operation(Op::PowI(n)) => format!("powi[{n}]({})", arguments.join(" ")),
        NodeKind::Operation(op) => format!("{}({})", op.name(), arguments.join(" ")),
        NodeKind::Constant(value) => value.to_string(),
        _ => node.name().unwrap_or_default(),
    }
}

#[test]
fn precedence_is_that_of_mathematics() {
    for (text, expected) in [
        ("a + b * c", "add(a mul(b c))"),
        ("a * b + c", "add(mul(a b) c)"),
        ("a - b - c", "sub(sub(a b) c)"),
        ("a - (b - c)", "sub(a sub(b c))"),
        ("a / b / c", "div(div(a b) c)"),
        ("a / b * c", "mul(div(a b) c)"),
        ("a * b / c", "div(mul(a b) c)"),
        ("a ^ b ^ c", "powf(a powf(b c))"),
        ("(a ^ b) ^ c", "powf(powf(a b) c)"),
        ("-x^2", "neg(powi[2](x))"),
        ("(-x)^2", "powi[2](neg(x))"),
        ("-a*b", "mul(neg(a) b)"),
        ("-a-b", "sub(neg(a) b)"),
        ("-(a*b)", "neg(mul(a b))"),
        ("a*-b", "mul(a neg(b))"),
        ("a - -b", "sub(a neg(b))"),
        ("--a", "neg(neg(a))"),
        ("+a + +b", "add(a b)"),
        ("-+a", "neg(a)"),
        ("2^-x", "powf(2 neg(x))"),
        ("2^-x*3", "mul(powf(2 neg(x)) 3)"),
        ("2^-x^y", "powf(2 neg(powf(x y)))"),
        ("2^+x", "powf(2 x)"),
        ("a*b^c*d", "mul(mul(a powf(b c)) d)"),
        ("((a))", "a"),
        ("a − b·c×d", "sub(a mul(mul(b c) d))"),
    ] {
        assert_eq!(tree(Graph::new().parse(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn numbers_are_as_people_write_them_and_a_minus_before_one_is_its_sign() {
    for (text, expected) in [
        ("3", "3"),
        ("3.5", "3.5"),
        (".5", "0.5"),
        ("3.", "3"),
        ("1e-7", "0.0000001"),
        ("1E+3", "1000"),
        ("1e-999", "0"),
        ("-3", "-3"),
        ("-0", "-0"),
        ("+3", "3"),
        ("--3", "neg(-3)"),
        ("-(3)", "neg(3)"),
        ("-3^2", "neg(powi[2](3))"),
        ("-3 * x", "mul(-3 x)"),
        ("x - 3", "sub(x 3)"),
        ("x - -3", "sub(x -3)"),
        ("2*3", "mul(2 3)"),
        ("inf - NaN", "sub(inf NaN)"),
        ("-inf", "-inf"),
        ("pi * e", "mul(3.141592653589793 2.718281828459045)"),
        ("-pi", "neg(3.141592653589793)"),
        ("`pi` * `e`", "mul(pi e)"),
        ("e1 * pi2", "mul(e1 pi2)"),
    ] {
        assert_eq!(tree(Graph::new().parse(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn a_whole_exponent_is_part_of_the_operation_and_any_other_is_an_argument() {
    for (text, expected) in [
        ("x^2", "powi[2](x)"),
        ("x^-2", "powi[-2](x)"),
        ("x^+2", "powi[2](x)"),
        ("x^(2)", "powi[2](x)"),
        ("x^(-2)", "powi[-2](x)"),
        ("x^2.0", "powi[2](x)"),
        ("x^0", "powi[0](x)"),
        ("x^2147483647", "powi[2147483647](x)"),
        ("x^-2147483648", "powi[-2147483648](x)"),
        ("x^2147483648", "powf(x 2147483648)"),
        ("x^0.5", "powf(x 0.5)"),
        ("x^NaN", "powf(x NaN)"),
        ("x^2^3", "powf(x powi[3](2))"),
        ("x^(2)^3", "powf(x powi[3](2))"),
        ("x^-2^3", "powf(x neg(powi[3](2)))"),
        ("x^(2 + 1)", "powf(x add(2 1))"),
        ("x^2 * 3", "mul(powi[2](x) 3)"),
        ("pow(x, 2)", "powf(x 2)"),
        ("powf(x, 2)", "powf(x 2)"),
        ("powi(x + 1, -2)", "powi[-2](add(x 1))"),
        ("powi(x, (3))", "powi[3](x)"),
    ] {
        assert_eq!(tree(Graph::new().parse(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn functions_lists_and_names_that_are_also_functions() {
    for (text, expected) in [
        ("sqrt(x)", "sqrt(x)"),
        ("min(a, b + 1)", "min(a add(b 1))"),
        ("sum(a, b, c)", "sum(a b c)"),
        ("sum(a)", "sum(a)"),
        ("dot([a, b], [x, y])", "dot(a b x y)"),
        ("select(c, a, b)", "select(c a b)"),
        ("recip(x)", "recip(x)"),
        ("chain(a, p)", "chain(a p)"),
        ("add(a, neg(b))", "add(a neg(b))"),
        ("sin * sin(sin)", "mul(sin sin(sin))"),
        ("exp (x)", "exp(x)"),
        ("data * parameter", "mul(data parameter)"),
        ("data = 3; data", "3"),
        ("α * 变量_1", "mul(α 变量_1)"),
    ] {
        assert_eq!(tree(Graph::new().parse(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn every_operation_is_a_function_by_its_name() {
    for op in Op::all() {
        let g = Graph::new();
        let leaves: Vec<_> =
            ["a", "b", "c", "d"][..op.arity().unwrap_or(4)].iter().map(|name| g.parameter(name)).collect();
        let expected = Node::apply(&chainrule_graph::Table, op, &leaves).named("J");
        let arguments = leaves.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let text = match (op, op.exponent()) {
            (Op::Dot, _) => "dot([a, b], [c, d])".to_owned(),
            (_, Some(n)) => format!("{}({arguments}, {n})", op.name()),
            _ => format!("{}({arguments})", op.name()),
        };
        let h = Graph::new();
        let read = h.parse(&text).unwrap();
        assert_eq!(read.kind(), expected.kind(), "{text}");
        assert_same(&g, &h, read);
    }
}

#[test]
fn statements_and_white_space() {
    let g = Graph::new();
    let j = g.parse("\n u = b*c ;\r\n\tv = a + u;\n\nJ = 3*v;\n").unwrap();
    assert_eq!(tree(j), "mul(3 add(a mul(b c)))");
    assert_eq!(g.nodes().filter_map(Node::name).collect::<Vec<_>>(), ["b", "c", "u", "a", "v", "J"]);
    let g = Graph::new();
    let j = g.parse("`learning rate` = 0.1; `a``b` = x; ```` * `` * `learning rate` * `a``b`").unwrap();
    assert_eq!(j.to_string(), "```` * `` * `learning rate` * x");
    assert_eq!(j.name().as_deref(), Some("J"));
}

#[track_caller]
fn assert_mistake(text: &str, expected: &str) {
    let g = Graph::new();
    let error = g.parse(text).unwrap_err();
    assert_eq!(error.to_string(), expected, "{text}");
    assert!(g.is_empty(), "a mistake leaves nothing behind");
}

#[test]
fn mistakes_point_at_the_character_and_say_what_was_expected() {
    for text in [
        "\
character 6 of the formula: found the end, expected a number, a name, `(` or `-`
  a + (
       ^",
        "\
character 9 of the formula: found `)`, expected a number, a name, `(` or `-`
  u = b * ) + 1
          ^",
        "\
character 9 of the formula: found the end, expected an operator or `)`
  3*(a + b
          ^",
        "\
character 2 of the formula: found `x`, expected an operator, `;` or the end; a product is written with `*`
  2x
   ^",
        "\
character 2 of the formula: found `e`, expected an operator, `;` or the end; a product is written with `*`
  2e+x
   ^",
        "\
character 2 of the formula: found `(`, expected an operator, `;` or the end; a product is written with `*`
  2(x+1)
   ^",
        "\
character 4 of the formula: found `(`, expected an operator, `;` or the end; a product is written with `*`
  (a)(b)
     ^",
        "\
character 7 of the formula: found `b c`, expected an operator, `,` or `)`; a product is written with `*`
  sin(a `b c`)
        ^",
        "\
character 3 of the formula: found `)`, expected an operator, `;` or the end
  a )
    ^",
        "\
character 5 of the formula: found `=`, expected an operator, `;` or the end
  2*x = 3
      ^",
        "\
character 4 of the formula: found `²`, expected an operator, `;` or the end; a power is written with `^`
  3*x²
     ^",
        "\
character 3 of the formula: found `$`, expected an operator, `;` or the end
  a $ b
    ^",
        "\
character 8 of the formula: found `;`, expected a number, a name, `(` or `-`
  u = a; ; b
         ^",
        "\
character 1 of the formula: found the end, expected a number, a name, `(` or `-`
  
  ^",
        "\
character 5 of the formula: found `1e999`, expected a number up to 1.7976931348623157e308
  x + 1e999
      ^",
        "\
character 5 of the formula: found a backtick without another, expected one at the end of the name
  x + `learning rate
      ^",
        "\
character 14 of the formula: found `3`, expected a name
  parameter a, 3
               ^",
        "\
character 8 of the formula: found `b`, expected `,`, `;` or the end
  data a b
         ^",
    ] {
        let (message, rest) = text.split_once("\n  ").unwrap();
        let (formula, caret) = rest.rsplit_once('\n').unwrap();
        // Where a table is off by a character, its message says so before the caret does.
        assert!(caret.ends_with('^') && !message.is_empty());
        assert_mistake(formula, text);
    }
}

#[test]
fn mistakes_with_functions_name_the_function() {
    let words = "abs, acos, add, asin, atan, chain, cos, cosh, div, dot, exp, exp_m1, exp_sub, exponent, hypot, inside, ln, ln_1p, max, min, mul, neg, pow, \
                 powf, powi, recip, round, route, select, sigmoid, sign, sin, sinh, softplus, sqrt, sub, sum, tan, tanh";
    let product = "a product is written with `*`";
    for (text, character, message) in [
        (
            "1 + log(x)",
            5,
            format!("found the unknown function `log`, expected a known one (did you mean `ln`?); {product}"),
        ),
        (
            "arctan(x)",
            1,
            format!(
                "found the unknown function `arctan`, expected a known one (did you mean `atan`?); {product}"
            ),
        ),
        (
            "sigma(x)",
            1,
            format!(
                "found the unknown function `sigma`, expected a known one (did you mean `sigmoid`?); {product}"
            ),
        ),
        (
            "sqr(x)",
            1,
            format!(
                "found the unknown function `sqr`, expected a known one (did you mean `sqrt`?); {product}"
            ),
        ),
        (
            "tg(x)",
            1,
            format!("found the unknown function `tg`, expected a known one (did you mean `tan`?); {product}"),
        ),
        ("f(b + c)", 1, format!("found the unknown function `f`, expected one of {words}; {product}")),
        ("e(x)", 1, format!("found the unknown function `e`, expected one of {words}; {product}")),
        (
            "logarithm(x)",
            1,
            format!("found the unknown function `logarithm`, expected one of {words}; {product}"),
        ),
        ("min(a)", 1, "found 1 argument of `min`, expected 2 arguments".to_owned()),
        ("sqrt(a, b)", 1, "found 2 arguments of `sqrt`, expected 1 argument".to_owned()),
        ("select()", 1, "found 0 arguments of `select`, expected 3 arguments".to_owned()),
        ("sum()", 1, "found 0 arguments of `sum`, expected at least one".to_owned()),
        ("dot([], [])", 1, "found 0 arguments of `dot`, expected at least one".to_owned()),
        ("dot(a, b)", 5, "found `a`, expected a list, `[`".to_owned()),
        (
            "dot([a], [b, c])",
            10,
            "found a list of 2, expected as many as in the list before it, 1".to_owned(),
        ),
        ("dot([a)", 7, "found `)`, expected an operator, `,` or `]`".to_owned()),
        ("dot([a])", 8, "found `)`, expected `,` and a second list".to_owned()),
        (
            "powi(x, 0.5)",
            9,
            "found `0.5`, expected a whole number that fits into 32 bits, since it is part of the operation"
                .to_owned(),
        ),
        ("powi(x)", 7, "found `)`, expected an operator or `,`".to_owned()),
        ("max(a; b)", 6, "found `;`, expected an operator, `,` or `)`".to_owned()),
        ("max(a, )", 8, "found `)`, expected a number, a name, `(` or `-`".to_owned()),
    ] {
        let caret = format!("{}^", " ".repeat(character - 1));
        assert_mistake(
            text,
            &format!("character {character} of the formula: {message}\n  {text}\n  {caret}"),
        );
    }
}

#[test]
fn places_count_lines_and_characters() {
    for (text, expected) in [
        (
            "α = 2;\r\n\tβ = α **3",
            "\
line 2, character 9 of the formula: found `*`, expected a number, a name, `(` or `-`; a power is written with `^`
   β = α **3
          ^",
        ),
        (
            "u = (2\n\n",
            "\
character 7 of the formula: found the end, expected an operator or `)`
  u = (2
        ^",
        ),
        (
            "u = (2\n; v = 3",
            "\
line 2, character 1 of the formula: found `;`, expected an operator or `)`
  ; v = 3
  ^",
        ),
    ] {
        assert_mistake(text, expected);
    }
}

/// A mistake in a long line is shown with what is around it, wherever it is.
#[test]
fn a_long_line_is_cut_around_the_mistake() {
    let terms = |count: usize| vec!["x"; count].join(" + ");
    assert_mistake(
        &format!("{} + ? + {}", terms(50), terms(50)),
        "\
character 201 of the formula: found `?`, expected a number, a name, `(` or `-`
  …+ x + x + x + x + x + x + x + ? + x + x + x + x + x + x + x …
                                 ^",
    );
    assert_mistake(
        &format!("{} + ? + {}", terms(50), terms(10)),
        "\
character 201 of the formula: found `?`, expected a number, a name, `(` or `-`
  …+ x + x + x + x + x + x + x + ? + x + x + x + x + x + x + x …
                                 ^",
    );
    assert_mistake(
        &format!("? + {}", terms(50)),
        "\
character 1 of the formula: found `?`, expected a number, a name, `(` or `-`
  ? + x + x + x + x + x + x + x + x + x + x + x + x + x + x + …
  ^",
    );
    assert_mistake(
        &format!("{} + ?", terms(50)),
        "\
character 201 of the formula: found `?`, expected a number, a name, `(` or `-`
  … + x + x + x + x + x + x + x + x + x + x + x + x + x + x + ?
                                                              ^",
    );
}

#[test]
fn what_does_not_show_is_escaped_in_the_message_and_replaced_in_the_line() {
    for (text, expected) in [
        (
            "a\u{202e} + b",
            "\
character 2 of the formula: found `\\u{202e}`, expected an operator, `;` or the end
  a\u{fffd} + b
   ^",
        ),
        (
            "a +\t\u{1b}[31m",
            "\
character 5 of the formula: found `\\u{1b}`, expected a number, a name, `(` or `-`
  a + \u{fffd}[31m
      ^",
        ),
    ] {
        assert_mistake(text, expected);
    }
}

#[test]
fn nesting_and_length_have_bounds() {
    let deep =
        |open: &str, close: &str, levels: usize| format!("{}x{}", open.repeat(levels), close.repeat(levels));
    let forms =
        [("(", ")"), ("-", ""), ("+", ""), ("2^", ""), ("sin(", ")"), ("min(2, 3*", ")"), ("1+2*-(", ")")];
    let read = move || {
        for (open, close) in forms {
            let levels = if open == "1+2*-(" { 125 } else { 250 };
            assert!(Graph::new().parse(&deep(open, close, levels)).is_ok(), "{open}");
            let error = Graph::new().parse(&deep(open, close, levels + 1)).unwrap_err().to_string();
            assert!(error.contains("found a nesting of more than 250 brackets, signs and powers, expected less: give the inner ones a name"), "{error}");
            let Err(Error::Formula(mistake)) = Graph::new().parse(&open.repeat(100_000 / open.len())) else {
                unreachable!()
            };
            assert!(mistake.found().contains("nesting"), "{mistake}");
        }
    };
    // A small stack: the main thread has 8 MiB, others 2.
    std::thread::Builder::new().stack_size(256 * 1024).spawn(read).unwrap().join().unwrap();

    let long = format!("{}x", "x+".repeat(49_999));
    assert_eq!(Graph::new().parse(&long).unwrap().name().as_deref(), Some("J"));
    let error = Graph::new().parse(&format!("{long}ä")).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "character 100000 of the formula: found a text of 100001 bytes, expected at most 100000: split it"
        ),
        "{error}"
    );
    assert!(
        Graph::new()
            .parse(&"(".repeat(1 << 20))
            .unwrap_err()
            .to_string()
            .contains("found a text of 1048576 bytes")
    );
}

/// Pieces of formulas, so that random texts are often nearly right.
fn texts() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b",
        "x",
        "J",
        "pi",
        "`a b`",
        "`",
        "1",
        "2.5",
        "1e9",
        "-3",
        "+",
        "-",
        "*",
        "/",
        "^",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        "=",
        " ",
        "\n",
        "sin(",
        "min(",
        "dot([",
        "powi(",
        "data ",
        "parameter ",
        "é",
        "²",
        "\u{202e}",
        "1e999",
        "..",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30)
            .prop_map(|pieces| pieces.concat()),
        ".*",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, rng_seed: RngSeed::Fixed(41), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_graph_that_reads_back_or_a_mistake_in_the_text(text in texts()) {
        let g = Graph::new();
        match g.parse(&text) {
            Ok(_) => {
                let (printed, h) = (g.to_string(), Graph::new());
                let last = h.parse(&printed).unwrap();
                assert_same(&g, &h, last);
                prop_assert_eq!(h.to_string(), printed);
            }
            Err(Error::Formula(mistake)) => {
                let line = text.split('\n').nth(mistake.line() - 1).expect("the line is in the text");
                prop_assert!(mistake.character() <= line.chars().count() + 1);
                let message = mistake.to_string();
                let (shown, caret) = (message.lines().nth(1).unwrap(), message.lines().nth(2).unwrap());
                prop_assert_eq!(message.lines().count(), 3);
                prop_assert!(caret.chars().count() <= shown.chars().count() + 1 && shown.chars().count() <= 64);
                prop_assert!(g.is_empty());
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn powers_of_other_languages_are_told_the_sign() {
    for text in ["x**2", "x²", "2*x³ + 1"] {
        let refused = Graph::new().parse(text).unwrap_err().to_string();
        assert!(refused.contains("; a power is written with `^`"), "{text}: {refused}");
    }
    let refused = Graph::new().parse("x* *2").unwrap_err().to_string();
    assert!(!refused.contains("power"), "{refused}");
}
