//! From tokens to statements: the grammar of formulas, with the precedence of mathematics.
//!
//! ```text
//! text       statement { ";" statement } [ ";" ]
//! statement  ( "parameter" | "data" ) name { "," name }  |  [ name "=" ] sum
//! sum        product { ( "+" | "-" ) product }
//! product    signed { ( "*" | "/" ) signed }
//! signed     { "-" | "+" } power
//! power      operand [ "^" signed ]
//! operand    number | name | "(" sum ")" | function "(" arguments ")"
//! arguments  sum { "," sum }  |  "[" sums "]" "," "[" sums "]"  |  sum "," whole number
//! ```
//!
//! So −x² is −(x²) and a^b^c is a^(b^c). A minus before a number is its sign, unless a power comes between them.
//!
//! Invariant: the parts of a formula stand in a list, arguments before what is made from them, in the order of the text;
//! so what works on them is a loop. Only brackets, signs and powers recurse, and they are counted.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::form::{POWER, PRODUCT, SUM};
use crate::functions::{Shape, functions, nearest, shape};
use crate::lexer::{Lexeme, Token, lexemes};
use crate::misread::{Misread, quoted};
use crate::nodes::Kind;
use crate::op::Op;

/// How many bytes a text may have: thirty pages of formulas were made by a program, which can build the graph itself, and
/// the bound keeps a mistaken file from filling the memory with nodes.
const LONGEST: usize = 100_000;
/// How deep brackets, signs and powers may nest. A printed formula nests at most a hundred operations, each in a bracket
/// and behind a sign of its own, so every printed formula can be read. Without optimisation all levels together take less
/// than 768 KiB of stack, of the 2 MiB that a thread has; with it, less than 256 KiB.
const DEEPEST: usize = 250;

/// Binds like a sign: tighter than a product, looser than a power.
const SIGNED: u8 = 3;

/// A part of a formula.
#[derive(Debug)]
pub(crate) enum Part {
    Number(f64),
    Name(Name),
    /// An operation of earlier parts.
    Operation(Op, Vec<usize>),
}

/// A name where it stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// Whether it stands in backticks, so that it cannot mean π or e.
    pub(crate) quoted: bool,
    pub(crate) place: Range<usize>,
}

/// What stands between two semicolons.
#[derive(Debug)]
pub(crate) enum Statement {
    Declaration(Kind, Vec<Name>),
    /// A formula, the name it is given, and its parts; the last one is the whole.
    Formula(Option<Name>, Range<usize>),
}

/// A text, read.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    pub(crate) list: Vec<Statement>,
    pub(crate) parts: Vec<Part>,
}

/// Reads a text, whatever its names mean.
pub(crate) fn parse(text: &str) -> Result<Statements, Box<Misread>> {
    if text.len() > LONGEST {
        let at = (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
        let found = format!("a text of {} bytes", text.len());
        return Err(Misread::new(text, at, found, format!("at most {LONGEST}: split it over several calls")));
    }
    let (functions, lexemes) = (functions(), lexemes(text));
    Parser { text, functions, lexemes, next: 0, depth: 0, read: Statements::default() }.statements()
}

struct Parser<'t> {
    text: &'t str,
    functions: BTreeMap<&'static str, Op>,
    lexemes: Vec<Lexeme>,
    next: usize,
    /// How many brackets, signs and powers are open.
    depth: usize,
    read: Statements,
}

type Read<T> = Result<T, Box<Misread>>;

impl Parser<'_> {
    fn statements(mut self) -> Read<Statements> {
        loop {
            let start = self.lexemes[self.next].place.start;
            let statement = self.statement()?;
            let is_nameless = matches!(statement, Statement::Formula(None, _));
            self.read.list.push(statement);
            let goes_on = self.accept(';');
            if *self.peek() == Token::End {
                return Ok(self.read);
            }
            if !goes_on {
                return self.not_here("an operator, `;` or the end");
            }
            if is_nameless {
                let found = "a formula without a name before the last".to_owned();
                return Err(Misread::new(self.text, start, found, "`name = formula`".to_owned()));
            }
        }
    }

    fn statement(&mut self) -> Read<Statement> {
        if let Some(kind) = self.declares() {
            self.next += 1;
            return Ok(Statement::Declaration(kind, self.declared()?));
        }
        let name = if *self.token(1) == Token::Sign('=') { self.accept_name() } else { None };
        if name.is_some() {
            self.next += 1;
        }
        let start = self.read.parts.len();
        self.formula(SUM)?;
        Ok(Statement::Formula(name, start..self.read.parts.len()))
    }

    /// `parameter` and `data` are words like any other unless a name follows.
    fn declares(&self) -> Option<Kind> {
        let kind = match self.peek() {
            Token::Name(word) if word == "parameter" => Kind::Parameter,
            Token::Name(word) if word == "data" => Kind::Data,
            _ => return None,
        };
        matches!(self.token(1), Token::Name(_) | Token::Quoted(_)).then_some(kind)
    }

    fn declared(&mut self) -> Read<Vec<Name>> {
        let mut names = Vec::new();
        loop {
            match self.accept_name() {
                Some(name) => names.push(name),
                None => return self.not_here("a name"),
            }
            match self.peek() {
                Token::Sign(',') => self.next += 1,
                Token::Sign(';') | Token::End => return Ok(names),
                _ => return self.not_here("`,`, `;` or the end"),
            }
        }
    }

    /// A formula whose operators bind at least as tightly as `least`.
    fn formula(&mut self, least: u8) -> Read<usize> {
        let mut left = self.operand()?;
        while let Some((op, binds)) = self.operator().filter(|&(_, binds)| binds >= least) {
            self.next += 1;
            left = match op {
                Op::PowF => self.power(left)?,
                _ => {
                    let right = self.formula(binds + 1)?;
                    self.push(Part::Operation(op, vec![left, right]))
                }
            };
        }
        Ok(left)
    }

    /// The operator that comes next, and how tightly it binds.
    fn operator(&self) -> Option<(Op, u8)> {
        match self.peek() {
            Token::Sign('+') => Some((Op::Add, SUM)),
            Token::Sign('-') => Some((Op::Sub, SUM)),
            Token::Sign('*') => Some((Op::Mul, PRODUCT)),
            Token::Sign('/') => Some((Op::Div, PRODUCT)),
            Token::Sign('^') => Some((Op::PowF, POWER)),
            _ => None,
        }
    }

    /// What stands behind `^`: a whole number is part of the operation, anything else is its second argument.
    // Not inlined, like others that end soon: what is inlined into the recursion takes stack at each level.
    #[inline(never)]
    fn power(&mut self, base: usize) -> Read<usize> {
        if let Some((exponent, length)) = self.whole_number()
            && *self.token(length) != Token::Sign('^')
        {
            self.next += length;
            return Ok(self.push(Part::Operation(Op::PowI(exponent), vec![base])));
        }
        let exponent = self.nested(|parser| parser.formula(POWER))?;
        Ok(self.push(Part::Operation(Op::PowF, vec![base, exponent])))
    }

    /// A whole number that comes next, signed or not, in parentheses or not, and how many tokens it takes up.
    fn whole_number(&self) -> Option<(i32, usize)> {
        let is = |ahead: usize, sign: char| *self.token(ahead) == Token::Sign(sign);
        let open = usize::from(is(0, '('));
        let signs = usize::from(is(open, '-') || is(open, '+'));
        let Token::Number(size) = *self.token(open + signs) else { return None };
        let value = if is(open, '-') { -size } else { size };
        let whole = value as i32;
        let length = open + signs + 1 + open;
        let is_closed = open == 0 || is(length - 1, ')');
        (is_closed && f64::from(whole) == value).then_some((whole, length))
    }

    fn operand(&mut self) -> Read<usize> {
        match self.peek().clone() {
            Token::Number(value) => {
                self.next += 1;
                Ok(self.push(Part::Number(value)))
            }
            Token::Name(_) if *self.token(1) == Token::Sign('(') => self.call(),
            Token::Name(_) | Token::Quoted(_) => match self.accept_name() {
                Some(name) => Ok(self.push(Part::Name(name))),
                None => self.not_here(OPERAND),
            },
            Token::Sign('-') => self.negative(),
            Token::Sign('+') => {
                self.next += 1;
                self.nested(|parser| parser.formula(SIGNED))
            }
            Token::Sign('(') => {
                self.next += 1;
                let inner = self.nested(|parser| parser.formula(SUM))?;
                self.expect(')', "an operator or `)`")?;
                Ok(inner)
            }
            _ => self.not_here(OPERAND),
        }
    }

    /// A minus sign: that of a number, or the operation.
    #[inline(never)]
    fn negative(&mut self) -> Read<usize> {
        self.next += 1;
        if let Token::Number(size) = *self.peek()
            && *self.token(1) != Token::Sign('^')
        {
            self.next += 1;
            return Ok(self.push(Part::Number(-size)));
        }
        let argument = self.nested(|parser| parser.formula(SIGNED))?;
        Ok(self.push(Part::Operation(Op::Neg, vec![argument])))
    }

    fn call(&mut self) -> Read<usize> {
        let Some(name) = self.accept_name() else { return self.not_here(OPERAND) };
        let Some(&op) = self.functions.get(name.text.as_str()) else {
            return Err(self.unknown_function(&name));
        };
        self.next += 1;
        let (op, arguments) = self.nested(|parser| match shape(op) {
            Shape::List => Ok((op, parser.arguments(')')?)),
            Shape::TwoLists => Ok((op, parser.two_lists()?)),
            Shape::WithExponent => parser.with_exponent(op),
        })?;
        self.expect(')', "an operator, `,` or `)`")?;
        self.check_number(op, arguments.len(), &name)?;
        Ok(self.push(Part::Operation(op, arguments)))
    }

    /// Formulas with commas up to a closing bracket, which stays.
    fn arguments(&mut self, close: char) -> Read<Vec<usize>> {
        let mut arguments = Vec::new();
        if *self.peek() == Token::Sign(close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.formula(SUM)?);
            if !self.accept(',') {
                return Ok(arguments);
            }
        }
    }

    /// `[a, b], [x, y]`, as many in the one as in the other.
    #[inline(never)]
    fn two_lists(&mut self) -> Read<Vec<usize>> {
        let mut left = self.list()?;
        self.expect(',', "`,` and a second list")?;
        let start = self.lexemes[self.next].place.start;
        let right = self.list()?;
        if left.len() != right.len() {
            let found = format!("a list of {}", right.len());
            let expected = format!("as many as in the list before it, {}", left.len());
            return Err(Misread::new(self.text, start, found, expected));
        }
        left.extend(right);
        Ok(left)
    }

    fn list(&mut self) -> Read<Vec<usize>> {
        self.expect('[', "a list, `[`")?;
        let list = self.nested(|parser| parser.arguments(']'))?;
        self.expect(']', "an operator, `,` or `]`")?;
        Ok(list)
    }

    #[inline(never)]
    fn with_exponent(&mut self, op: Op) -> Read<(Op, Vec<usize>)> {
        let argument = self.formula(SUM)?;
        self.expect(',', "an operator or `,`")?;
        match self.whole_number() {
            Some((exponent, length)) => {
                self.next += length;
                Ok((op.with_exponent(exponent), vec![argument]))
            }
            None => self.not_here("a whole number that fits into 32 bits, since it is part of the operation"),
        }
    }

    #[inline(never)]
    fn check_number(&self, op: Op, found: usize, name: &Name) -> Read<()> {
        let plural =
            |number: usize| if number == 1 { "1 argument".to_owned() } else { format!("{number} arguments") };
        let expected = match op.arity() {
            Some(expected) if expected != found => plural(expected),
            None if found == 0 => "at least one".to_owned(),
            _ => return Ok(()),
        };
        let found = format!("{} of `{}`", plural(found), name.text);
        Err(Misread::new(self.text, name.place.start, found, expected))
    }

    #[inline(never)]
    fn unknown_function(&self, name: &Name) -> Box<Misread> {
        let words: Vec<_> = self.functions.keys().copied().collect();
        let known = match nearest(&name.text, &words) {
            Some(near) => format!("a known one (did you mean `{near}`?)"),
            None => format!("one of {}", words.join(", ")),
        };
        let shown = quoted(self.text, name.place.clone());
        let found = format!("the unknown function {shown}");
        Misread::new(self.text, name.place.start, found, format!("{known}; {PRODUCT_SIGN}"))
    }

    /// Reads what stands inside a bracket or behind a sign.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEEPEST {
            let found = format!("a nesting of more than {DEEPEST} brackets, signs and powers");
            let expected = "less: give the inner ones a name in a statement before".to_owned();
            return Err(Misread::new(self.text, self.lexemes[self.next].place.start, found, expected));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    #[inline(never)]
    fn push(&mut self, part: Part) -> usize {
        self.read.parts.push(part);
        self.read.parts.len() - 1
    }

    fn peek(&self) -> &Token {
        self.token(0)
    }

    /// A token further ahead; behind the end there is the end.
    fn token(&self, ahead: usize) -> &Token {
        self.lexemes.get(self.next + ahead).map_or(&Token::End, |lexeme| &lexeme.token)
    }

    fn accept(&mut self, sign: char) -> bool {
        let is_next = *self.peek() == Token::Sign(sign);
        self.next += usize::from(is_next);
        is_next
    }

    #[inline(never)]
    fn accept_name(&mut self) -> Option<Name> {
        let (text, quoted) = match self.peek() {
            Token::Name(text) => (text.clone(), false),
            Token::Quoted(text) => (text.clone(), true),
            _ => return None,
        };
        let place = self.lexemes[self.next].place.clone();
        self.next += 1;
        Some(Name { text, quoted, place })
    }

    fn expect(&mut self, sign: char, expected: &str) -> Read<()> {
        if self.accept(sign) { Ok(()) } else { self.not_here(expected) }
    }

    /// Whether the next token is the second of `**`.
    fn is_second_star(&self) -> bool {
        let is_star = |lexeme: &Lexeme| lexeme.token == Token::Sign('*');
        let next = &self.lexemes[self.next];
        let before = self.next.checked_sub(1).map(|before| &self.lexemes[before]);
        is_star(next) && before.is_some_and(|before| is_star(before) && before.place.end == next.place.start)
    }

    /// The token that comes next cannot stand where it stands.
    #[inline(never)]
    fn not_here<T>(&self, expected: &str) -> Read<T> {
        let lexeme = &self.lexemes[self.next];
        let source = quoted(self.text, lexeme.place.clone());
        let (found, expected) = match lexeme.token {
            Token::End => ("the end".to_owned(), expected.to_owned()),
            Token::OpenQuote => {
                ("a backtick without another".to_owned(), "one at the end of the name".to_owned())
            }
            Token::Sign(sign) if is_superscript(sign) || self.is_second_star() => {
                (source, format!("{expected}; {POWER_SIGN}"))
            }
            Token::Overflow => (source, format!("a number up to {:e}", f64::MAX)),
            Token::Number(_) | Token::Name(_) | Token::Quoted(_) | Token::Sign('(')
                if expected.starts_with(OPERATOR) =>
            {
                (source, format!("{expected}; {PRODUCT_SIGN}"))
            }
            _ => (source, expected.to_owned()),
        };
        Err(Misread::new(self.text, lexeme.place.start, found, expected))
    }
}

/// What a formula, or a part of one, begins with.
const OPERAND: &str = "a number, a name, `(` or `-`";
/// What may come behind one, with other signs.
const OPERATOR: &str = "an operator";
/// What to do where a power is written as other languages do.
const POWER_SIGN: &str = "a power is written with `^`";
/// What to do where two operands stand side by side.
const PRODUCT_SIGN: &str = "a product is written with `*`";

/// Digits above the line.
fn is_superscript(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹')
}
