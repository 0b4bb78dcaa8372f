//! A reader of LaTeX formulas that knows nothing of how they were written: from text to the value at given letters.
//!
//! Invariant: what it does not know is an error that names it, never a value.

use std::collections::BTreeMap;

/// The value of a formula at the values of its letters.
pub(in crate::verify) fn value(text: &str, letters: &BTreeMap<String, f64>) -> Result<f64, String> {
    let mut reader = Reader { rest: text, letters };
    let value = reader.sum()?;
    reader.skip();
    if reader.rest.is_empty() { Ok(value) } else { Err(format!("`{}` is left over", reader.rest)) }
}

struct Reader<'t> {
    rest: &'t str,
    letters: &'t BTreeMap<String, f64>,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn accept(&mut self, what: &str) -> bool {
        self.skip();
        let found = self.rest.strip_prefix(what);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, what: &str) -> Result<(), String> {
        if self.accept(what) { Ok(()) } else { Err(format!("no `{what}` before `{}`", self.rest)) }
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.product()?;
        loop {
            value = if self.accept("+") {
                value + self.product()?
            } else if self.accept("-") {
                value - self.product()?
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, String> {
        let mut value = self.signed()?;
        while self.accept("\\cdot") {
            value *= self.signed()?;
        }
        Ok(value)
    }

    fn signed(&mut self) -> Result<f64, String> {
        if self.accept("-") { Ok(-self.signed()?) } else { self.power() }
    }

    fn power(&mut self) -> Result<f64, String> {
        let base = self.operand()?;
        if !self.accept("^{") {
            return Ok(base);
        }
        let exponent = self.sum()?;
        self.expect("}")?;
        Ok(base.powf(exponent))
    }

    /// What stands in braces.
    fn group(&mut self) -> Result<f64, String> {
        self.expect("{")?;
        let value = self.sum()?;
        self.expect("}")?;
        Ok(value)
    }

    /// What stands in parentheses, apart by commas.
    fn list(&mut self) -> Result<Vec<f64>, String> {
        self.expect("\\left(")?;
        let mut values = vec![self.sum()?];
        while self.accept(",") {
            values.push(self.sum()?);
        }
        self.expect("\\right)")?;
        Ok(values)
    }

    fn operand(&mut self) -> Result<f64, String> {
        self.skip();
        if self.accept("\\frac") {
            return Ok(self.group()? / self.group()?);
        }
        if self.accept("\\sqrt") {
            return Ok(self.group()?.sqrt());
        }
        if self.accept("\\left|") {
            let value = self.sum()?;
            self.expect("\\right|")?;
            return Ok(value.abs());
        }
        if self.rest.starts_with("\\left(") {
            return self.parenthesised();
        }
        if self.accept("(") {
            let value = self.sum()?;
            self.expect(")")?;
            return Ok(value);
        }
        for (name, function) in FUNCTIONS {
            // σ by itself is a letter.
            if self.rest.strip_prefix(name).is_some_and(|rest| rest.starts_with("\\left(")) {
                self.rest = &self.rest[name.len()..];
                return function(&self.list()?).ok_or_else(|| format!("arguments of {name}"));
            }
        }
        if self.accept("\\infty") {
            return Ok(f64::INFINITY);
        }
        if self.rest.starts_with("e^{") {
            self.rest = &self.rest[1..];
            self.expect("^")?;
            return Ok(self.group()?.exp());
        }
        self.letter_or_number()
    }

    /// A value in parentheses, or two lists whose dot product it is.
    fn parenthesised(&mut self) -> Result<f64, String> {
        let values = self.list()?;
        if let [value] = values[..] {
            // Two lists of one look like a product of two values, and are.
            return Ok(value);
        }
        self.expect("\\cdot")?;
        let others = self.list()?;
        if values.len() != others.len() {
            return Err("lists of two lengths".to_owned());
        }
        Ok(values.iter().zip(&others).map(|(one, other)| one * other).sum())
    }

    fn letter_or_number(&mut self) -> Result<f64, String> {
        let digits = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
        if digits > 0 {
            let (number, rest) = self.rest.split_at(digits);
            self.rest = rest;
            return number.parse().map_err(|_| format!("`{number}` is no number"));
        }
        let longest = self
            .letters
            .iter()
            .filter(|(name, _)| self.rest.starts_with(name.as_str()))
            .max_by_key(|(name, _)| name.len());
        let (name, value) = longest.ok_or_else(|| format!("`{}` is unknown", self.rest))?;
        self.rest = &self.rest[name.len()..];
        Ok(*value)
    }
}

type Function = fn(&[f64]) -> Option<f64>;

/// A function of one argument.
macro_rules! of_one {
    ($name:literal, $function:expr) => {
        ($name, |x| match x {
            [x] => Some($function(*x)),
            _ => None,
        })
    };
}

/// Functions by their commands; those that are the beginning of another stand behind it.
const FUNCTIONS: [(&str, Function); 17] = [
    of_one!("\\ln", f64::ln),
    of_one!("\\sinh", f64::sinh),
    of_one!("\\cosh", f64::cosh),
    of_one!("\\tanh", f64::tanh),
    of_one!("\\sin", f64::sin),
    of_one!("\\cos", f64::cos),
    of_one!("\\tan", f64::tan),
    of_one!("\\arcsin", f64::asin),
    of_one!("\\arccos", f64::acos),
    of_one!("\\arctan", f64::atan),
    of_one!("\\sigma", |x: f64| 1.0 / (1.0 + (-x).exp())),
    of_one!("\\mathrm{sign}", |x: f64| if x == 0.0 { 0.0 } else { x.signum() }),
    of_one!("\\mathrm{round}", f64::round_ties_even),
    ("\\min", |x| if let [a, b] = x { Some(a.min(*b)) } else { None }),
    ("\\max", |x| if let [a, b] = x { Some(a.max(*b)) } else { None }),
    ("\\mathrm{hypot}", |x| if let [a, b] = x { Some(a.hypot(*b)) } else { None }),
    ("\\mathrm{select}", |x| if let [c, a, b] = x { Some(if *c >= 0.0 { *a } else { *b }) } else { None }),
];
