//! From the text of formulas to tokens: numbers, names and signs, each with its place.
//!
//! Invariant: every byte of the text is white space or in exactly one token, in order; nothing is an error here, what
//! cannot be read is a token that says so, so that the first mistake in the text is the one that is told.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A number, `inf` and `NaN` among them.
    Number(f64),
    /// A number beyond the largest f64.
    Overflow,
    /// A name as it stands.
    Name(String),
    /// A name in backticks, without them.
    Quoted(String),
    /// A backtick without another.
    OpenQuote,
    /// Any other character.
    Sign(char),
    /// The end of the text.
    End,
}

/// A token and the bytes that it takes up.
#[derive(Clone, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) place: Range<usize>,
}

/// The tokens of a text, the last of which is the end.
pub(crate) fn lexemes(text: &str) -> Vec<Lexeme> {
    let mut lexemes = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = length(rest, c);
        if !c.is_whitespace() {
            lexemes.push(Lexeme { token: token(&rest[..length], c), place: at..at + length });
        }
        at += length;
    }
    // White space at the end is nothing that anyone looks for a mistake in.
    let end = text.trim_end().len();
    lexemes.push(Lexeme { token: Token::End, place: end..end });
    lexemes
}

/// Whether a name can stand without backticks; `inf` and `NaN` are numbers.
pub(crate) fn is_plain(name: &str) -> bool {
    name.starts_with(begins_name) && name.chars().all(continues_name) && constant(name).is_none()
}

/// The name in backticks if it needs them, as [`Graph::parse`](crate::Graph::parse) reads it.
pub(crate) fn written(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    begins_name(c) || c.is_ascii_digit()
}

/// The numbers that are words, as Rust prints them.
fn constant(word: &str) -> Option<f64> {
    match word {
        "inf" => Some(f64::INFINITY),
        "NaN" => Some(f64::NAN),
        _ => None,
    }
}

/// How many bytes the token takes up that begins with `first`.
fn length(rest: &str, first: char) -> usize {
    if begins_name(first) {
        rest.find(|c| !continues_name(c)).unwrap_or(rest.len())
    } else if first == '`' {
        quote_length(rest).unwrap_or(rest.len())
    } else {
        number_length(rest).unwrap_or(first.len_utf8())
    }
}

/// Up to the backtick that is not doubled.
fn quote_length(rest: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest[at..].find('`')? + 1;
        if !rest[at..].starts_with('`') {
            return Some(at);
        }
        at += 1;
    }
}

/// Digits with at most one point among them, and an exponent.
fn number_length(rest: &str) -> Option<usize> {
    let digits = |from: usize| {
        rest[from..]
            .bytes()
            .position(|byte| !byte.is_ascii_digit())
            .map_or(rest.len(), |length| from + length)
    };
    let whole = digits(0);
    let end = if rest[whole..].starts_with('.') { digits(whole + 1) } else { whole };
    if end == 0 || &rest[..end] == "." {
        return None;
    }
    let mut exponent = end;
    if rest[end..].starts_with(['e', 'E']) {
        exponent += 1;
        exponent += usize::from(rest[exponent..].starts_with(['+', '-']));
    }
    let with_exponent = digits(exponent);
    Some(if with_exponent > exponent { with_exponent } else { end })
}

fn token(text: &str, first: char) -> Token {
    if begins_name(first) {
        return constant(text).map_or_else(|| Token::Name(text.to_owned()), Token::Number);
    }
    if first == '`' {
        return match quote_length(text) {
            Some(length) => Token::Quoted(text[1..length - 1].replace("``", "`")),
            None => Token::OpenQuote,
        };
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_infinite() => Token::Overflow,
        Ok(value) => Token::Number(value),
        Err(_) => Token::Sign(usual(first)),
    }
}

/// The sign that people mean by a typographic one.
fn usual(sign: char) -> char {
    match sign {
        '−' => '-',
        '·' | '×' => '*',
        _ => sign,
    }
}
