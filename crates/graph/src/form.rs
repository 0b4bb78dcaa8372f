//! How an operation prints: a template and how tightly its result binds.
//!
//! Placeholders: `<0>` is argument 0 as it is, `<0:2>` the same in parentheses if it binds looser than 2;
//! `<*>` all arguments with commas, `<+>` with plus signs, `<left>` and `<right>` either half with commas,
//! `<n>` the operation's whole-number exponent.
//!
//! Invariant: reading a printed text with the usual precedence gives back the same tree, up to the names of
//! [`Op::Chain`](crate::Op::Chain) (printed as a product).

/// Binds like a sum.
pub(crate) const SUM: u8 = 1;
/// Binds like a product.
pub(crate) const PRODUCT: u8 = 2;
/// Binds like a power.
pub(crate) const POWER: u8 = 4;
/// Never needs parentheses.
pub(crate) const ATOM: u8 = 5;

/// A printed form: the template (see the module) and the precedence of the result.
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
    pub(crate) fn fill(self, arguments: &[Printed], exponent: i32, parentheses: (&str, &str)) -> Printed {
        let (left, right) = arguments.split_at(arguments.len() / 2);
        let mut text = String::new();
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('<') {
            let (place, tail) = after.split_once('>').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&match place {
                "*" => join(arguments, ", "),
                "+" => join_terms(arguments, parentheses),
                "left" => join(left, ", "),
                "right" => join(right, ", "),
                "n" if exponent < 0 && self.0.ends_with('>') => format!("({exponent})"),
                "n" => exponent.to_string(),
                _ => numbered(place, arguments, parentheses),
            });
            rest = tail;
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

fn numbered(place: &str, arguments: &[Printed], parentheses: (&str, &str)) -> String {
    let (index, precedence) = place.split_once(':').unwrap_or((place, "0"));
    let argument = index.parse::<usize>().ok().and_then(|index| arguments.get(index));
    let precedence = precedence.parse().unwrap_or(0);
    argument.map_or_else(String::new, |argument| argument.at_least(precedence, parentheses))
}
