//! Writing one operation: parentheses, numbers, and names in LaTeX that compiles without packages.
//!
//! Reference for LaTeX: the commands that the kernel of LaTeX 2ε defines for mathematics.

use chainrule_graph::{Graph, Notation, Op, Printed, Real};

#[test]
fn an_operation_is_written_with_names_and_with_numbers() {
    let (text, source, latex) = (Notation::Text, Notation::Source, Notation::Latex);
    let write = |notation: Notation, op, arguments: &[Printed]| notation.operation(op, arguments).to_string();
    let names = |notation: Notation| [notation.name("b"), notation.name("step size")];
    assert_eq!(write(text, Op::Mul, &names(text)), "b * `step size`");
    assert_eq!(write(latex, Op::Div, &names(latex)), r"\frac{b}{\mathrm{step\ size}}");
    assert_eq!(write(text, Op::Recip, &names(text)[..1]), "1 / b");
    assert_eq!(write(source, Op::Recip, &names(source)[..1]), "recip(b)");
    assert_eq!(write(text, Op::Chain, &names(text)), "b * `step size`");
    assert_eq!(write(source, Op::Chain, &names(source)), "chain(b, `step size`)");

    let numbers = |notation: Notation| [notation.number(-3.0), notation.number(-1e300)];
    assert_eq!(write(text, Op::Sub, &numbers(text)), "-3 - (-1e300)");
    assert_eq!(write(text, Op::Mul, &numbers(text)), "-3 * (-1e300)");
    assert_eq!(write(latex, Op::Mul, &numbers(latex)), r"-3 \cdot \left(-1 \cdot 10^{300}\right)");
    assert_eq!(write(text, Op::PowI(-2), &numbers(text)[..1]), "(-3)^(-2)");
    let sum = text.operation(Op::Add, &names(text));
    assert_eq!(write(text, Op::Neg, std::slice::from_ref(&sum)), "-(b + `step size`)");
    assert_eq!(sum.into_text(), "b + `step size`");
}

/// A minus before a number would be its sign.
#[test]
fn a_negated_number_stands_in_parentheses() {
    for (value, expected) in
        [(3.0, "-(3)"), (-3.0, "-(-3)"), (0.5, "-(0.5)"), (f64::INFINITY, "-(inf)"), (f64::NAN, "-(NaN)")]
    {
        let number = Notation::Text.number(value);
        assert_eq!(Notation::Text.operation(Op::Neg, &[number]).to_string(), expected);
    }
    let power = Notation::Text.operation(Op::PowI(2), &[Notation::Text.number(3.0)]);
    assert_eq!(Notation::Text.operation(Op::Neg, &[power]).to_string(), "-3^2");
}

#[test]
fn names_stand_in_backticks_where_they_need_them() {
    for (name, expected) in [
        ("w1", "w1"),
        ("_x", "_x"),
        ("θ", "θ"),
        ("data", "data"),
        ("e", "e"),
        ("1w", "`1w`"),
        ("x'", "`x'`"),
        ("x²", "`x²`"),
        ("", "``"),
        ("`", "````"),
        ("inf", "`inf`"),
        ("NaN", "`NaN`"),
        ("infinity", "infinity"),
    ] {
        assert_eq!(Notation::Text.name(name).to_string(), expected);
        assert_eq!(Notation::Source.name(name).to_string(), expected);
        let g = Graph::new();
        let node = g.parameter(name);
        assert_eq!(g.parse(expected).unwrap().index(), node.index(), "{name}");
    }
}

#[test]
fn pi_and_e_go_by_their_names_unless_a_node_has_them() {
    let g = Graph::new();
    let circle = g.constant(std::f64::consts::PI) * g.parameter("r").powi(2);
    assert_eq!((circle.formula(), circle.latex()), ("pi * r^2".to_owned(), r"\pi \cdot r^{2}".to_owned()));
    let _ = g.parameter("pi");
    assert_eq!(circle.formula(), "3.141592653589793 * r^2");
    let next = f64::from_bits(std::f64::consts::E.to_bits() + 1);
    assert_eq!(
        (g.constant(std::f64::consts::E).formula(), g.constant(next).formula()),
        ("e".to_owned(), next.to_string())
    );
    assert_eq!(Notation::Text.number(std::f64::consts::E).to_string(), "2.718281828459045");
}

#[test]
fn names_in_latex_are_letters_commands_or_numbers_of_characters() {
    for (name, expected) in [
        ("σ", r"\sigma"),
        ("ς", r"\varsigma"),
        ("ω", r"\omega"),
        ("α1", r"\alpha_{1}"),
        ("φ_0", r"\varphi_{0}"),
        ("Ω", r"\Omega"),
        ("Σ", r"\Sigma"),
        ("Ρ", "P"),
        ("ο", "o"),
        ("Δx", r"\mathrm{\Delta{}x}"),
        ("x₁₂", "x_{12}"),
        ("₂", "2"),
        ("learning rate", r"\mathrm{learning\ rate}"),
        ("", "{}"),
        ("é", r"\textrm{é}"),
        ("naïve_Größe2", r"\textrm{naïve\_Größe}_{2}"),
        ("变1", r"\textrm{U+53D8}_{1}"),
        ("a\n\nb", r"\mathrm{a\textrm{U+000A}\textrm{U+000A}b}"),
    ] {
        assert_eq!(Notation::Latex.name(name).to_string(), expected, "{name}");
    }
    for letter in ('\u{370}'..='\u{3ff}').chain('\u{0}'..='\u{ff}') {
        let name = Notation::Latex.name(&letter.to_string()).to_string();
        let is_set = name.is_ascii() || name == format!("\\textrm{{{letter}}}");
        assert!(is_set && !name.is_empty() && !name.contains(char::is_control), "{letter}: {name}");
        assert_commands_are_known(&name);
    }
}

#[test]
fn no_printed_form_needs_a_package() {
    for op in Op::all() {
        let arguments = vec![Notation::Latex.name("x"); op.arity().unwrap_or(4)];
        assert_commands_are_known(&Notation::Latex.operation(op, &arguments).to_string());
    }
    for value in [f64::NAN, f64::INFINITY, -1e300, 0.5] {
        assert_commands_are_known(&Notation::Latex.number(value).to_string());
    }
}

/// Commands of the kernel that formulas here may use; Greek letters are those of the kernel too.
const KERNEL: &str = "left right frac sqrt cdot mathrm textrm infty ln sin cos tan arcsin arccos arctan sinh cosh tanh min max pi \
    backslash hat sim alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma \
    varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega";

#[track_caller]
fn assert_commands_are_known(latex: &str) {
    for rest in latex.split('\\').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic())) {
        let command = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        assert!(KERNEL.split_whitespace().any(|known| known == command), "\\{command} in {latex}");
    }
}
