//! The ways to write mathematics: names, numbers and operations as text, as text that reads back, or as LaTeX.
//!
//! Invariant: how an operation is written stands in its entry of the table; here is what holds for all of them. LaTeX
//! needs no package.

use crate::form::Printed;
use crate::lexer::written;
use crate::op::Op;

/// A way to write mathematics.
///
/// ```
/// use chainrule_graph::{Notation, Op};
///
/// // u = b * c = 3 * -2
/// let text = Notation::Text;
/// let names = [text.name("b"), text.name("c")];
/// assert_eq!(text.operation(Op::Mul, &names).to_string(), "b * c");
/// let values = [text.number(3.0), text.number(-2.0)];
/// assert_eq!(text.operation(Op::Mul, &values).to_string(), "3 * (-2)");
///
/// let latex = Notation::Latex;
/// let ratio = latex.operation(Op::Div, &[latex.name("σ1"), latex.number(2.0)]);
/// assert_eq!(latex.operation(Op::Sqrt, &[ratio]).to_string(), r"\sqrt{\frac{\sigma_{1}}{2}}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notation {
    /// Text for people, which reads back as the same value.
    Text,
    /// Text that reads back as the same operations: where people write 1 / x for [`Op::Recip`], it says `recip(x)`.
    Source,
    /// LaTeX for the inside of a formula, without any package.
    Latex,
}

impl Notation {
    /// A name: in text in backticks if it needs them, in LaTeX as an italic letter or an upright word; trailing digits are
    /// an index there (`w1` and `w_1` are w₁).
    pub fn name(self, name: &str) -> Printed {
        match self {
            Notation::Text | Notation::Source => Printed::atom(written(name)),
            Notation::Latex => Printed::atom(latex_name(name)),
        }
    }

    /// A number, as the shortest decimal that reads back as the same.
    pub fn number(self, value: f64) -> Printed {
        match self {
            Notation::Text | Notation::Source => Printed::number(text_number(value)),
            Notation::Latex => latex_number(value),
        }
    }

    /// An operation of what is written already, with parentheses where they are needed.
    pub fn operation(self, op: Op, arguments: &[Printed]) -> Printed {
        let form = match self {
            // x^2 reads as the power with a whole number, which is another operation.
            Notation::Text if op == Op::PowF && arguments.get(1).is_some_and(Printed::is_whole_number) => {
                op.source()
            }
            Notation::Text => op.text(),
            Notation::Source => op.source(),
            Notation::Latex => op.latex(),
        };
        let parentheses = if self == Notation::Latex { ("\\left(", "\\right)") } else { ("(", ")") };
        form.fill(arguments, op.exponent(), parentheses)
    }

    /// π or e, by the name that [`Graph::parse`](crate::Graph::parse) knows it by; nothing for other numbers.
    pub(crate) fn symbol(self, value: f64) -> Option<(&'static str, Printed)> {
        let name = symbol(value)?;
        let text = if self == Notation::Latex && name == "pi" { "\\pi" } else { name };
        Some((name, Printed::atom(text.to_owned())))
    }
}

/// The constants that have a name.
const SYMBOLS: [(&str, f64); 2] = [("pi", std::f64::consts::PI), ("e", std::f64::consts::E)];

/// The constant of this name.
pub(crate) fn value_of_symbol(name: &str) -> Option<f64> {
    SYMBOLS.iter().find(|(symbol, _)| *symbol == name).map(|&(_, value)| value)
}

fn symbol(value: f64) -> Option<&'static str> {
    // Only the very number: it has to read back to the bit.
    SYMBOLS.iter().find(|(_, symbol)| symbol.to_bits() == value.to_bits()).map(|&(name, _)| name)
}

/// With an exponent where it would be long.
fn text_number(value: f64) -> String {
    let size = value.abs();
    let long = size.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size);
    if long { format!("{value:e}") } else { value.to_string() }
}

fn latex_number(value: f64) -> Printed {
    let text = text_number(value);
    if value.is_nan() {
        Printed::number("\\mathrm{NaN}".to_owned())
    } else if value.is_infinite() {
        Printed::number(text.replace("inf", "\\infty"))
    } else if let Some((digits, exponent)) = text.split_once('e') {
        Printed::product(format!("{digits} \\cdot 10^{{{exponent}}}"))
    } else {
        Printed::number(text)
    }
}

/// A name in mathematics: trailing digits are an index, a longer word is set upright.
fn latex_name(name: &str) -> String {
    let name: String = name.chars().map(level).collect();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, index) = if stem.is_empty() { (name.as_str(), "") } else { (stem, &name[stem.len()..]) };
    let stem = stem.strip_suffix('_').filter(|bare| !bare.is_empty() && !index.is_empty()).unwrap_or(stem);
    let mut letters = stem.chars();
    let stem = match (letters.next(), letters.next()) {
        (None, _) => "{}".to_owned(),
        // Accents are for text; a font of text in a formula needs no package.
        _ if stem.chars().all(is_set_in_text) && stem.chars().any(is_accented) => {
            format!("\\textrm{{{}}}", stem.replace('_', "\\_"))
        }
        (Some(letter), None) => latex_letter(letter),
        (Some(_), Some(_)) => format!("\\mathrm{{{}}}", stem.chars().map(latex_in_word).collect::<String>()),
    };
    if index.is_empty() { stem } else { format!("{stem}_{{{index}}}") }
}

/// A digit below the line as a digit.
fn level(c: char) -> char {
    match c {
        '₀'..='₉' => char::from_digit(u32::from(c) - u32::from('₀'), 10).unwrap_or(c),
        _ => c,
    }
}

/// A letter of a longer name: a command has to end before the next letter.
fn latex_in_word(c: char) -> String {
    let letter = latex_letter(c);
    let ends_in_command = letter.starts_with('\\') && letter.ends_with(|end: char| end.is_ascii_alphabetic());
    if ends_in_command { letter + "{}" } else { letter }
}

fn latex_letter(c: char) -> String {
    if let Some(greek) = greek(c) {
        return greek.to_owned();
    }
    match c {
        '_' | '#' | '$' | '%' | '&' | '{' | '}' => format!("\\{c}"),
        ' ' => "\\ ".to_owned(),
        '\\' => "\\backslash{}".to_owned(),
        '^' => "\\hat{}".to_owned(),
        '~' => "\\sim{}".to_owned(),
        '!'..='~' => c.to_string(),
        // No font of the class has them all; the number at least tells names apart, and in a font of text its plus is no sum's.
        _ => format!("\\textrm{{U+{:04X}}}", u32::from(c)),
    }
}

/// The letters that LaTeX sets in text as they stand, in its standard encodings and without a package.
const ACCENTED: &str =
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿĆćČčĎďĚěĞğŁłŃńŇňŐőŒœŘřŚśŠšŤťŮůŰűŹźŻżŽž";

fn is_accented(c: char) -> bool {
    ACCENTED.contains(c)
}

fn is_set_in_text(c: char) -> bool {
    is_accented(c) || c.is_ascii_alphanumeric() || matches!(c, '_' | ' ')
}

/// The command of a Greek letter; a capital that looks like a Latin one has none.
fn greek(c: char) -> Option<&'static str> {
    let index = match c {
        'α'..='ω' => u32::from(c) - u32::from('α'),
        'Α'..='Ω' => 25 + u32::from(c) - u32::from('Α'),
        'ϑ' => return Some("\\vartheta"),
        'ϕ' => return Some("\\phi"),
        'ϵ' => return Some("\\epsilon"),
        _ => return None,
    };
    GREEK.get(index as usize).copied().filter(|command| !command.is_empty())
}

/// In the order of Unicode, small letters first; one place among the capitals is not taken.
const GREEK: [&str; 50] = [
    "\\alpha",
    "\\beta",
    "\\gamma",
    "\\delta",
    "\\varepsilon",
    "\\zeta",
    "\\eta",
    "\\theta",
    "\\iota",
    "\\kappa",
    "\\lambda",
    "\\mu",
    "\\nu",
    "\\xi",
    "o",
    "\\pi",
    "\\rho",
    "\\varsigma",
    "\\sigma",
    "\\tau",
    "\\upsilon",
    "\\varphi",
    "\\chi",
    "\\psi",
    "\\omega", //
    "A",
    "B",
    "\\Gamma",
    "\\Delta",
    "E",
    "Z",
    "H",
    "\\Theta",
    "I",
    "K",
    "\\Lambda",
    "M",
    "N",
    "\\Xi",
    "O",
    "\\Pi",
    "P",
    "",
    "\\Sigma",
    "T",
    "\\Upsilon",
    "\\Phi",
    "X",
    "\\Psi",
    "\\Omega",
];
