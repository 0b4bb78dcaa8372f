//! The mistakes that a developer could make: operators of mutation over the tokens of a source.
//!
//! They look at tokens and their neighbours alone. They need not be right about what compiles: the compiler is, and what it refuses is
//! counted apart. rustfmt puts spaces around binary operators and comparisons and none around the brackets of generics or behind a sign, which
//! is how these are told from each other.
//!
//! Invariant: what a mistake replaces is not fixed, and its replacement is another text.

use std::ops::Range;

use super::plan::{Mutant, hash};
use super::tokens::{Kind, Token, tokens};

/// All mistakes in a source; how many tokens it has that may change.
pub fn mutants(file: &str, source: &str) -> (Vec<Mutant>, usize) {
    let Some(tokens) = tokens(source) else { return (Vec::new(), 0) };
    let mut plan = Plan { file, source, tokens: &tokens, mutants: Vec::new() };
    for index in 0..tokens.len() {
        if tokens.get(index).is_some_and(|token| !token.fixed) {
            plan.at(index);
        }
    }
    (plan.mutants, tokens.iter().filter(|token| !token.fixed).count())
}

/// Operators that are taken for each other.
const OPERATORS: &[(&str, &[&str])] = &[
    ("+", &["-"]),
    ("-", &["+"]),
    ("*", &["/", "+"]),
    ("/", &["*"]),
    ("%", &["/"]),
    ("&&", &["||"]),
    ("||", &["&&"]),
    ("&", &["|"]),
    ("|", &["&"]),
    ("^", &["|"]),
    ("<<", &[">>"]),
    (">>", &["<<"]),
    ("+=", &["-=", "="]),
    ("-=", &["+=", "="]),
    ("*=", &["/=", "="]),
    ("/=", &["*="]),
    ("|=", &["&="]),
    ("&=", &["|="]),
    ("<", &["<=", ">"]),
    ("<=", &["<", ">="]),
    (">", &[">=", "<"]),
    (">=", &[">", "<="]),
    ("==", &["!="]),
    ("!=", &["=="]),
];

/// Names that are taken for each other.
const NAMES: &[(&str, &str)] = &[
    ("sin", "cos"),
    ("sinh", "cosh"),
    ("floor", "ceil"),
    ("any", "all"),
    ("is_some", "is_none"),
    ("is_some_and", "is_none_or"),
    ("is_ok", "is_err"),
    ("min", "max"),
    ("min_by", "max_by"),
    ("minimum", "maximum"),
    ("first", "last"),
    ("first_mut", "last_mut"),
    ("exp", "exp_m1"),
    ("ln", "ln_1p"),
    ("take", "skip"),
    ("take_while", "skip_while"),
    ("rows", "columns"),
    ("nrows", "ncols"),
    ("saturating_add", "saturating_sub"),
    ("checked_add", "checked_sub"),
    ("wrapping_add", "wrapping_sub"),
    ("is_sign_positive", "is_sign_negative"),
    ("next_up", "next_down"),
    ("INFINITY", "NEG_INFINITY"),
    ("MAX", "MIN_POSITIVE"),
    ("PI", "TAU"),
    ("and_then", "or_else"),
    ("row", "column"),
    ("sum", "product"),
    ("is_finite", "is_nan"),
];

/// Methods without arguments that may be forgotten.
const FORGOTTEN: &[&str] = &["abs", "rev", "sqrt", "neg", "recip", "transpose", "ln", "exp", "trim"];

/// Words that are no operand.
const KEYWORDS: &[&str] = &[
    "return", "in", "if", "else", "match", "while", "let", "mut", "ref", "move", "as", "break", "continue",
    "loop", "for", "where", "dyn", "impl", "unsafe",
];

/// How tightly a binary operator binds; what is looser ends a term.
fn tightness(sign: &str) -> Option<u8> {
    Some(match sign {
        "*" | "/" | "%" => 5,
        "+" | "-" => 4,
        "<<" | ">>" | "&" | "^" | "|" => 3,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 2,
        "&&" | "||" => 1,
        "=" | "+=" | "-=" | "*=" | "/=" | "%=" | ";" | "," | "=>" | ".." | "..=" | "?" => 0,
        _ => return None,
    })
}

struct Plan<'s> {
    file: &'s str,
    source: &'s str,
    tokens: &'s [Token],
    mutants: Vec<Mutant>,
}

impl<'s> Plan<'s> {
    fn token(&self, index: usize) -> Option<&'s Token> {
        self.tokens.get(index)
    }

    fn text(&self, index: Option<usize>) -> &'s str {
        index.and_then(|index| self.token(index)).map_or("", |token| token.text.as_str())
    }

    fn add(&mut self, index: usize, kind: &'static str, bytes: Range<usize>, after: impl Into<String>) {
        let after = after.into();
        let Some(token) = self.token(index) else { return };
        let Some(before) = self.source.get(bytes.clone()) else { return };
        if before == after {
            return;
        }
        let id = hash(&[self.file, &bytes.start.to_string(), &bytes.end.to_string(), kind, &after]);
        let (file, function) = (self.file.to_owned(), token.function.to_string());
        self.mutants.push(Mutant {
            id,
            file,
            line: token.line,
            function,
            kind,
            bytes,
            before: before.to_owned(),
            after,
        });
    }

    /// Whether a token ends an operand, so that a sign behind it is binary.
    fn ends_operand(&self, index: Option<usize>) -> bool {
        index.and_then(|index| self.token(index)).is_some_and(|token| match token.kind {
            Kind::Word => !KEYWORDS.contains(&token.text.as_str()),
            Kind::Number | Kind::Text => true,
            Kind::Close => token.text != "}",
            Kind::Sign => token.text == "?",
            Kind::Open => false,
        })
    }

    fn space_before(&self, token: &Token) -> bool {
        self.source.get(..token.bytes.start).is_some_and(|text| text.ends_with(char::is_whitespace))
    }

    fn space_after(&self, token: &Token) -> bool {
        self.source.get(token.bytes.end..).is_some_and(|text| text.starts_with(char::is_whitespace))
    }

    fn at(&mut self, index: usize) {
        let Some(token) = self.token(index) else { return };
        match token.kind {
            Kind::Sign => self.at_sign(index, token),
            Kind::Number => self.at_number(index, token),
            Kind::Word => self.at_word(index, token),
            Kind::Open if token.text == "[" => self.at_index(index, token),
            Kind::Open | Kind::Close | Kind::Text => {}
        }
        self.at_statement(index, token);
    }

    fn at_sign(&mut self, index: usize, token: &Token) {
        let sign = token.text.as_str();
        let before = index.checked_sub(1);
        let binary = self.ends_operand(before) && self.space_before(token) && self.space_after(token);
        if binary {
            for (_, others) in OPERATORS.iter().filter(|(operator, _)| *operator == sign) {
                for other in *others {
                    self.add(index, "operator", token.bytes.clone(), *other);
                }
            }
            if matches!(sign, "+" | "-" | "*" | "/" | "&&" | "||")
                && let Some(end) = self.end_of_term(index)
            {
                self.add(index, "dropped term", token.bytes.start..end, "");
            }
        }
        let unary = !self.ends_operand(before) && !self.space_after(token);
        let is_macro =
            self.text(before).chars().all(|c| c.is_alphanumeric() || c == '_') && !self.space_before(token);
        if unary && (sign == "-" || (sign == "!" && !is_macro)) {
            self.add(index, "dropped sign", token.bytes.clone(), "");
        }
        let has_end = self.token(index + 1).is_some_and(|next| {
            !matches!(next.kind, Kind::Close) && next.text != "," && !self.space_after(token)
        });
        match sign {
            ".." if has_end && (self.ends_operand(before) || self.text(before) == "[") => {
                self.add(index, "range", token.bytes.clone(), "..=");
            }
            "..=" => self.add(index, "range", token.bytes.clone(), ".."),
            _ => {}
        }
    }

    /// Where the term behind a binary operator ends: before the next that binds no tighter.
    fn end_of_term(&self, index: usize) -> Option<usize> {
        let own = tightness(&self.token(index)?.text)?;
        let mut at = index + 1;
        let mut end = None;
        while let Some(token) = self.token(at) {
            match token.kind {
                Kind::Close => break,
                Kind::Open if token.text == "{" => break,
                Kind::Open => {
                    at = token.partner;
                    end = self.token(at).map(|token| token.bytes.end);
                }
                Kind::Sign => {
                    let binary = self.ends_operand(at.checked_sub(1));
                    if binary && tightness(&token.text).is_some_and(|other| other <= own && token.text != "?")
                    {
                        break;
                    }
                    end = Some(token.bytes.end);
                }
                Kind::Word if token.text == "else" => break,
                Kind::Word | Kind::Number | Kind::Text => end = Some(token.bytes.end),
            }
            at += 1;
        }
        end
    }

    fn at_number(&mut self, index: usize, token: &Token) {
        // The field of a tuple is no number.
        if self.text(index.checked_sub(1)) == "." {
            return;
        }
        let text = token.text.replace('_', "");
        let suffix =
            ["usize", "isize", "f64", "f32", "u64", "u32", "u16", "u8", "i64", "i32", "i128", "u128"]
                .into_iter()
                .find(|suffix| text.ends_with(suffix))
                .unwrap_or("");
        let digits = text.strip_suffix(suffix).unwrap_or(&text);
        let mut others: Vec<String> = Vec::new();
        if let Some(hex) = digits.strip_prefix("0x") {
            others.extend(
                u128::from_str_radix(hex, 16).ok().map(|value| format!("0x{:x}", value.wrapping_add(1))),
            );
        } else if let Ok(value) = digits.parse::<u128>() {
            others.push(value.saturating_add(1).to_string());
            others.extend(value.checked_sub(1).map(|value| value.to_string()));
        } else if let Ok(value) = digits.parse::<f64>() {
            let values: &[f64] = match value {
                0.0 => &[1.0, 1e-6],
                1.0 => &[0.0, 2.0, 1.000_001, 0.1],
                _ => &[value * (1.0 + 1e-6), 2.0 * value, value / 10.0],
            };
            others.extend(values.iter().filter(|value| value.is_finite()).map(|value| format!("{value:?}")));
            // −0 is next to never told apart from 0.
            others.extend((value != 0.0).then(|| format!("-{digits}")));
        }
        for other in others {
            self.add(index, "constant", token.bytes.clone(), format!("{other}{suffix}"));
        }
    }

    fn at_word(&mut self, index: usize, token: &Token) {
        let word = token.text.as_str();
        match word {
            "true" => self.add(index, "truth", token.bytes.clone(), "false"),
            "false" => self.add(index, "truth", token.bytes.clone(), "true"),
            "if" | "while" => self.at_condition(index, word),
            _ => {}
        }
        let before = self.text(index.checked_sub(1));
        if before == "." || before == "::" {
            for (one, other) in NAMES {
                if word == *one {
                    self.add(index, "name", token.bytes.clone(), *other);
                } else if word == *other {
                    self.add(index, "name", token.bytes.clone(), *one);
                }
            }
        }
        let Some(open) = self.token(index + 1).filter(|next| next.kind == Kind::Open && next.text == "(")
        else {
            return;
        };
        let close = open.partner;
        if before == "."
            && close == index + 2
            && FORGOTTEN.contains(&word)
            && let (Some(dot), Some(end)) = (self.token(index - 1), self.token(close))
        {
            self.add(index, "dropped call", dot.bytes.start..end.bytes.end, "");
        }
        if !KEYWORDS.contains(&word) && before != "fn" {
            self.at_arguments(index, close);
        }
    }

    fn at_condition(&mut self, index: usize, word: &str) {
        let mut end = index + 1;
        while let Some(token) = self.token(end) {
            match token.kind {
                Kind::Open if token.text == "{" => break,
                Kind::Open => end = token.partner,
                Kind::Close => break,
                Kind::Sign if token.text == "=>" || token.text == "," => break,
                _ => {}
            }
            end += 1;
        }
        let is_pattern = (index + 1..end).any(|at| self.text(Some(at)) == "let");
        if is_pattern || end <= index + 1 {
            return;
        }
        let (Some(first), Some(last)) = (self.token(index + 1), self.token(end - 1)) else { return };
        let bytes = first.bytes.start..last.bytes.end;
        let condition = self.source.get(bytes.clone()).unwrap_or_default().to_owned();
        if word == "if" {
            self.add(index + 1, "condition", bytes.clone(), "true");
        }
        self.add(index + 1, "condition", bytes.clone(), "false");
        self.add(index + 1, "condition", bytes, format!("!({condition})"));
    }

    fn at_arguments(&mut self, index: usize, close: usize) {
        let mut starts = vec![index + 2];
        let mut at = index + 2;
        while at < close {
            match self.token(at) {
                Some(token) if token.kind == Kind::Open => at = token.partner,
                Some(token) if token.text == "," => starts.push(at + 1),
                // A closure's commas are no call's.
                Some(token) if token.text == "|" || token.text == "||" => return,
                _ => {}
            }
            at += 1;
        }
        for pair in starts.windows(3).map(|three| (three[0], three[1], three[2] - 1)).chain(
            // The last argument ends where the call does.
            starts.windows(2).last().map(|two| (two[0], two[1], close)),
        ) {
            let (one, other, end) = pair;
            let span = |from: usize, to: usize| {
                let (first, last) = (self.token(from)?, self.token(to.checked_sub(1)?)?);
                (first.bytes.start < last.bytes.end).then_some(first.bytes.start..last.bytes.end)
            };
            let (Some(left), Some(right)) = (span(one, other - 1), span(other, end)) else { continue };
            let text = |bytes: &Range<usize>| self.source.get(bytes.clone()).unwrap_or_default();
            let between = text(&(left.end..right.start));
            let swapped = format!("{}{}{}", text(&right), between, text(&left));
            self.add(index, "swapped arguments", left.start..right.end, swapped);
        }
    }

    fn at_index(&mut self, index: usize, token: &Token) {
        let touches = self.ends_operand(index.checked_sub(1)) && !self.space_before(token);
        let is_one =
            (index + 1..token.partner).all(|at| !matches!(self.text(Some(at)), "," | ";" | ".." | "..="));
        if touches
            && is_one
            && token.partner > index + 1
            && let Some(close) = self.token(token.partner)
        {
            let at = close.bytes.start;
            self.add(index, "index", at..at, " + 1");
            self.add(index, "index", at..at, " - 1");
        }
    }

    /// A statement that ends with a semicolon, at its first token.
    fn at_statement(&mut self, index: usize, token: &Token) {
        if !matches!(self.text(index.checked_sub(1)), ";" | "{" | "}") || token.kind == Kind::Close {
            return;
        }
        // A pattern goes on behind its braces; a dereferenced place begins a statement.
        let begins = match token.kind {
            Kind::Sign => token.text == "*" && !self.space_after(token),
            _ => true,
        };
        if !begins {
            return;
        }
        if matches!(
            token.text.as_str(),
            "let"
                | "const"
                | "static"
                | "fn"
                | "use"
                | "pub"
                | "type"
                | "#"
                | "$"
                | "."
                | "else"
                | "if"
                | "match"
                | "for"
                | "while"
                | "loop"
        ) {
            return;
        }
        let mut at = index;
        while let Some(next) = self.token(at) {
            match next.kind {
                Kind::Open => at = next.partner,
                Kind::Close => return,
                Kind::Sign if next.text == ";" => break,
                Kind::Sign if next.text == "," || next.text == "=>" => return,
                _ => {}
            }
            at += 1;
        }
        if let Some(end) = self.token(at) {
            let kind = if matches!(token.text.as_str(), "return" | "continue" | "break") {
                "dropped exit"
            } else {
                "dropped statement"
            };
            self.add(index, kind, token.bytes.start..end.bytes.end, "");
        }
    }
}
