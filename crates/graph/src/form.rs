//! How an operation prints: filling the template of its entry in the table.
//!
//! Invariant: reading a printed text with the usual precedence gives back the same value: the same tree, except that
//! [`Op::Chain`](crate::Op::Chain) reads as a product, [`Op::Recip`](crate::Op::Recip) as a quotient, and the
//! negation of a constant as a constant.

/// Binds like a sum.
pub(crate) const SUM: u8 = 1;
/// Binds like a product.
pub(crate) const PRODUCT: u8 = 2;
/// Binds like a power.
pub(crate) const POWER: u8 = 4;
/// Never needs parentheses.
pub(crate) const ATOM: u8 = 5;

/// A printed form: a template, and how tightly its result binds (1 a sum, 2 a product, 4 a power, 5 never needs
/// parentheses).
///
/// Placeholders: `<0>` is argument 0 as it is, `<0:2>` the same in parentheses if it binds looser than 2; `<n>` and
/// `<n:5>` likewise the operation's whole-number exponent; `<*>` all arguments with commas, `<+>` with plus
/// signs, `<left>` and `<right>` either half with commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form(pub &'static str, pub u8);

/// A printed sub-expression and its precedence.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) precedence: u8,
}

impl Printed {
    pub(crate) fn atom(text: String) -> Self {
        Printed { text, precedence: ATOM }
    }

    /// A number: a minus sign binds like a product.
    pub(crate) fn number(text: String) -> Self {
        let precedence = if text.starts_with('-') { PRODUCT } else { ATOM };
        Printed { text, precedence }
    }

    fn at_least(&self, precedence: u8, parentheses: (&str, &str)) -> String {
        if self.precedence < precedence {
            format!("{}{}{}", parentheses.0, self.text, parentheses.1)
        } else {
            self.text.clone()
        }
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
        Printed { text, precedence: self.1 }
    }
}

fn join(arguments: &[Printed], separator: &str) -> String {
    arguments.iter().map(|argument| argument.text.as_str()).collect::<Vec<_>>().join(separator)
}

fn join_terms(arguments: &[Printed], parentheses: (&str, &str)) -> String {
    arguments.iter().map(|argument| argument.at_least(PRODUCT, parentheses)).collect::<Vec<_>>().join(" + ")
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
        _ => format!("<{place}>"),
    }
}
