//! How an operation prints: filling the template of its entry in the table.
//!
//! Invariant: reading a printed text with the usual precedence gives back the same value: the same tree, except that
//! [`Op::Chain`](crate::Op::Chain) reads as a product and [`Op::Recip`](crate::Op::Recip) as a quotient. What
//! [`Op::source`](crate::Op::source) prints reads back as the same tree.

use std::fmt;

/// Binds like the one argument that it shows.
pub(crate) const SAME: u8 = 0;
/// Binds like a sum.
pub(crate) const SUM: u8 = 1;
/// Binds like a product.
pub(crate) const PRODUCT: u8 = 2;
/// Binds like a power.
pub(crate) const POWER: u8 = 4;
/// Never needs parentheses.
pub(crate) const ATOM: u8 = 5;

/// A printed form: a template, and how tightly its result binds (1 a sum, 2 a product, 4 a power, 5 never needs
/// parentheses; 0 whatever the one argument does that it is made of).
///
/// Placeholders: `<0>` is argument 0 as it is, `<0:2>` the same in parentheses if it binds looser than 2, `<0:sign>` the
/// same behind a minus, in parentheses if it binds looser than that or is a number, whose sign the minus would be; `<0:term>`
/// the same as a later term of a sum, in parentheses if it binds looser than a product or begins with a minus; `<n>` and `<n:5>` likewise the operation's whole-number exponent; `<*>` all arguments with commas, `<+>` with plus
/// signs, `<left>` and `<right>` either half with commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form(pub &'static str, pub u8);

/// A formula that is written, and how tightly it binds: what [`Notation`](crate::Notation) makes formulas from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    text: String,
    precedence: u8,
    is_number: bool,
}

impl Printed {
    /// What never needs parentheses.
    pub(crate) fn atom(text: String) -> Self {
        Printed { text, precedence: ATOM, is_number: false }
    }

    /// What binds like a product.
    pub(crate) fn product(text: String) -> Self {
        Printed { text, precedence: PRODUCT, is_number: false }
    }

    /// A number: a minus sign binds like a product.
    pub(crate) fn number(text: String) -> Self {
        let precedence = if text.starts_with('-') { PRODUCT } else { ATOM };
        Printed { text, precedence, is_number: true }
    }

    /// Whether it is a number without a fraction.
    pub(crate) fn is_whole_number(&self) -> bool {
        self.is_number && !self.text.contains('.')
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    fn at_least(&self, precedence: u8, parentheses: (&str, &str)) -> String {
        if self.precedence < precedence { self.within(parentheses) } else { self.text.clone() }
    }

    fn behind_minus(&self, parentheses: (&str, &str)) -> String {
        if self.is_number { self.within(parentheses) } else { self.at_least(PRODUCT + 1, parentheses) }
    }

    fn later_term(&self, parentheses: (&str, &str)) -> String {
        if self.text.starts_with('-') {
            self.within(parentheses)
        } else {
            self.at_least(PRODUCT, parentheses)
        }
    }

    fn within(&self, parentheses: (&str, &str)) -> String {
        format!("{}{}{}", parentheses.0, self.text, parentheses.1)
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Form {
    /// Fills the template with printed arguments.
    pub(crate) fn fill(
        self,
        arguments: &[Printed],
        exponent: Option<i32>,
        parentheses: (&str, &str),
    ) -> Printed {
        if let (SAME, Some(shown)) = (self.1, self.shown(arguments)) {
            return shown.clone();
        }
        let exponent = exponent.map(|exponent| Printed::number(exponent.to_string()));
        let (left, right) = arguments.split_at(arguments.len() / 2);
        let mut text = String::new();
        let mut rest = self.0;
        while let Some((before, (place, after))) =
            rest.split_once('<').and_then(|(before, tail)| Some((before, tail.split_once('>')?)))
        {
            text.push_str(before);
            text.push_str(&match place {
                "*" => join(arguments, ", "),
                "+" => join_terms(arguments, parentheses),
                "left" => join(left, ", "),
                "right" => join(right, ", "),
                _ => single(place, arguments, exponent.as_ref(), parentheses),
            });
            rest = after;
        }
        text.push_str(rest);
        Printed { text, precedence: self.1, is_number: false }
    }
}

impl Form {
    /// The argument that the template is made of, if it is made of one alone.
    fn shown(self, arguments: &[Printed]) -> Option<&Printed> {
        let position = self.0.strip_prefix('<')?.strip_suffix('>')?;
        arguments.get(position.parse::<usize>().ok()?)
    }
}

fn join(arguments: &[Printed], separator: &str) -> String {
    arguments.iter().map(|argument| argument.text.as_str()).collect::<Vec<_>>().join(separator)
}

fn join_terms(arguments: &[Printed], parentheses: (&str, &str)) -> String {
    let first = arguments.iter().take(1).map(|argument| argument.at_least(PRODUCT, parentheses));
    let later = arguments.iter().skip(1).map(|argument| argument.later_term(parentheses));
    first.chain(later).collect::<Vec<_>>().join(" + ")
}

/// An argument by its position, or the exponent `n`; a placeholder that names neither shows as itself.
fn single(
    place: &str,
    arguments: &[Printed],
    exponent: Option<&Printed>,
    parentheses: (&str, &str),
) -> String {
    let (name, precedence) = place.split_once(':').unwrap_or((place, "0"));
    let printed = match name {
        "n" => exponent,
        position => position.parse::<usize>().ok().and_then(|position| arguments.get(position)),
    };
    match (printed, precedence.parse()) {
        (Some(printed), Ok(precedence)) => printed.at_least(precedence, parentheses),
        (Some(printed), Err(_)) if precedence == "sign" => printed.behind_minus(parentheses),
        (Some(printed), Err(_)) if precedence == "term" => printed.later_term(parentheses),
        _ => format!("<{place}>"),
    }
}
