//! The tokens of a source file, bodies of macros included, each with its place and the function that it stands in.
//!
//! proc-macro2 reads Rust's tokens without knowing what they mean, and that is what is wanted here: the body of `operations!` or of a
//! `macro_rules!` is a tree of tokens like any other. What can make no mistake of a result is marked as fixed: attributes (which comments for
//! documentation are too), `use` and `mod`, headers of functions and types, tests, what macros match.
//!
//! Invariant: tokens are in the order of the source, do not overlap, and `source[start..end]` is the token.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or a name.
    Word,
    /// A number.
    Number,
    /// A string or a character.
    Text,
    /// An operator or another sign, of all its characters: `<=` is one.
    Sign,
    /// The beginning of a group; `partner` is its end.
    Open,
    /// The end of a group; `partner` is its beginning.
    Close,
}

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// As it is written.
    pub text: String,
    /// Its bytes.
    pub bytes: Range<usize>,
    /// Its line, from 1.
    pub line: usize,
    /// The function, macro or entry of a macro's table around it.
    pub function: Rc<str>,
    /// Whether a change of it cannot change a result, or no program either.
    pub fixed: bool,
    /// The other end of a group.
    pub partner: usize,
}

/// The tokens of a source; none if it is no Rust.
pub fn tokens(source: &str) -> Option<Vec<Token>> {
    let stream: TokenStream = source.parse().ok()?;
    let mut reader = Reader { source, tokens: Vec::new() };
    reader.group(stream, &Rc::from("the file"), false, false);
    Some(reader.tokens)
}

struct Reader<'s> {
    source: &'s str,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn push(&mut self, kind: Kind, bytes: Range<usize>, line: usize, function: &Rc<str>, fixed: bool) {
        let text = self.source.get(bytes.clone()).unwrap_or_default().to_owned();
        self.tokens.push(Token { kind, text, bytes, line, function: Rc::clone(function), fixed, partner: 0 });
    }

    /// The tokens of one group. `in_macro`: its braces are entries of a table, named by their first word.
    fn group(&mut self, stream: TokenStream, function: &Rc<str>, fixed: bool, in_macro: bool) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut until = Until::Nothing;
        let mut named = Rc::clone(function);
        let mut is_test = false;
        let mut first_word: Option<String> = None;
        let mut index = 0;
        while let Some(tree) = trees.get(index) {
            let (before, after) = (index.checked_sub(1).and_then(|at| trees.get(at)), trees.get(index + 1));
            match tree {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    let follows_dollar = before.is_some_and(|tree| is_sign(tree, '$'));
                    if matches!(until, Until::Nothing) && !follows_dollar {
                        until = self.begins(&word, &trees, index, &mut named);
                    }
                    first_word.get_or_insert_with(|| word.clone());
                    let as_type = before.is_some_and(|tree| is_word(tree, "as"));
                    let is_fixed = fixed || is_test || as_type || !matches!(until, Until::Nothing);
                    self.push(
                        Kind::Word,
                        tree.span().byte_range(),
                        tree.span().start().line,
                        &named,
                        is_fixed,
                    );
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let kind = if text.starts_with(|c: char| c.is_ascii_digit()) {
                        Kind::Number
                    } else {
                        Kind::Text
                    };
                    let is_fixed = fixed || is_test || !matches!(until, Until::Nothing);
                    self.push(kind, tree.span().byte_range(), tree.span().start().line, &named, is_fixed);
                }
                TokenTree::Punct(first) => {
                    let (start, mut end) = (tree.span().byte_range().start, tree.span().byte_range().end);
                    let mut joint = first.spacing() == Spacing::Joint && first.as_char() != '\'';
                    let mut text = first.as_char().to_string();
                    while joint {
                        let Some(TokenTree::Punct(next)) = trees.get(index + 1) else { break };
                        text.push(next.as_char());
                        if !SIGNS.contains(&text.as_str()) {
                            text.pop();
                            break;
                        }
                        end = next.span().byte_range().end;
                        joint = next.spacing() == Spacing::Joint;
                        index += 1;
                    }
                    let is_fixed = fixed
                        || is_test
                        || !matches!(until, Until::Nothing)
                        || text == "#"
                        || text == "$"
                        || before.is_some_and(|tree| is_sign(tree, '#'));
                    self.push(Kind::Sign, start..end, tree.span().start().line, &named, is_fixed);
                    if until.ends_at(&text) {
                        until = Until::Nothing;
                    }
                    if text == ";" {
                        is_test = false;
                        named = Rc::clone(function);
                    }
                    if text == ";" || text == "," {
                        first_word = None;
                    }
                    if text == "#" && before_is_test(&trees, index) {
                        is_test = true;
                    }
                }
                TokenTree::Group(group) => {
                    let braces = group.delimiter() == Delimiter::Brace;
                    let is_attribute = before.is_some_and(|tree| is_sign(tree, '#'))
                        || (before.is_some_and(|tree| is_sign(tree, '!'))
                            && index >= 2
                            && trees.get(index - 2).is_some_and(|tree| is_sign(tree, '#')));
                    let is_matcher = after.is_some_and(|tree| is_sign(tree, '='))
                        && trees.get(index + 2).is_some_and(|tree| is_sign(tree, '>'))
                        && function.starts_with("macro ");
                    let ends = until.ends_at_group(braces);
                    let header = !matches!(until, Until::Nothing) && !ends;
                    let whole = matches!(until, Until::Type);
                    let inner_fixed = fixed || is_test || is_attribute || is_matcher || header || whole;
                    let is_body = matches!(until, Until::Body);
                    let is_call = before.is_some_and(|tree| is_sign(tree, '!')) && !is_attribute;
                    let inner: Rc<str> = match (&first_word, in_macro && braces && !is_body) {
                        (Some(word), true) => Rc::from(format!("{function} {word}")),
                        _ => Rc::clone(&named),
                    };
                    let opened = self.tokens.len();
                    let line = group.span_open().start().line;
                    self.push(Kind::Open, group.span_open().byte_range(), line, &named, inner_fixed);
                    let table = is_call && braces && matches!(until, Until::Nothing | Until::Macro);
                    self.group(group.stream(), &inner, inner_fixed, table && !matches!(until, Until::Macro));
                    let closed = self.tokens.len();
                    let line = group.span_close().start().line;
                    self.push(Kind::Close, group.span_close().byte_range(), line, &named, inner_fixed);
                    if let Some(token) = self.tokens.get_mut(opened) {
                        token.partner = closed;
                    }
                    if let Some(token) = self.tokens.get_mut(closed) {
                        token.partner = opened;
                    }
                    if ends || (braces && matches!(until, Until::Nothing)) {
                        until = Until::Nothing;
                        named = Rc::clone(function);
                        is_test = is_test && !braces;
                    }
                    if braces {
                        first_word = None;
                    }
                }
            }
            index += 1;
        }
    }

    /// What a keyword begins, and the name of what it begins.
    fn begins(&self, word: &str, trees: &[TokenTree], index: usize, named: &mut Rc<str>) -> Until {
        let name = || trees.get(index + 1).map(ToString::to_string).unwrap_or_default();
        let is_bang = trees.get(index + 1).is_some_and(|tree| is_sign(tree, '!'));
        match word {
            "use" => Until::Semicolon,
            "mod" => Until::Body,
            "fn" => {
                *named = Rc::from(name());
                Until::Body
            }
            "struct" | "enum" | "type" | "union" => Until::Type,
            "impl" | "trait" => Until::Body,
            "const" | "static" if trees.get(index + 1).is_some_and(|tree| !is_word(tree, "fn")) => {
                *named = Rc::from(name());
                Until::Value
            }
            "let" => Until::Nothing,
            "macro_rules" => {
                let name = trees.get(index + 2).map(ToString::to_string).unwrap_or_default();
                *named = Rc::from(format!("macro {name}"));
                Until::Macro
            }
            _ if is_bang && trees.get(index + 2).is_some_and(is_braces) => {
                *named = Rc::from(format!("{word}!"));
                Until::Nothing
            }
            _ => Until::Nothing,
        }
    }
}

/// Up to where tokens are fixed.
enum Until {
    /// They are not.
    Nothing,
    /// A semicolon.
    Semicolon,
    /// The body, or a semicolon where there is none.
    Body,
    /// The end of a type's definition, its fields included.
    Type,
    /// The equals sign of a constant.
    Value,
    /// The body of `macro_rules!`.
    Macro,
}

impl Until {
    fn ends_at(&self, sign: &str) -> bool {
        match self {
            Until::Nothing => sign == ";",
            Until::Semicolon | Until::Body | Until::Type => sign == ";",
            Until::Value => sign == "=" || sign == ";",
            Until::Macro => false,
        }
    }

    fn ends_at_group(&self, braces: bool) -> bool {
        match self {
            Until::Nothing | Until::Value | Until::Semicolon => false,
            Until::Body | Until::Type | Until::Macro => braces,
        }
    }
}

/// Signs of more than one character.
const SIGNS: &[&str] = &[
    "&&", "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "==", "!=", "<=",
    ">=", "..", "..=", "...", "->", "=>", "::",
];

fn is_sign(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(ident) if ident == word)
}

fn is_braces(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether the attribute that begins here is `#[cfg(test)]` or `#[test]`.
fn before_is_test(trees: &[TokenTree], index: usize) -> bool {
    let text = trees.get(index + 1).map(|tree| tree.to_string().replace(' ', "")).unwrap_or_default();
    text == "[cfg(test)]" || text == "[test]"
}
