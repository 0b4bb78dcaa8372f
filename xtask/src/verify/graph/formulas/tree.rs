//! Formulas as trees of their own: drawn at random, written down with the precedence of mathematics, and compared with nodes.
//!
//! Precedence, from loose to tight: + and −, · and /, a sign, ^, and what stands by itself. Operators of one kind group to the left, ^ to the
//! right. A
//! minus before a number is the number's sign.
//!
//! Invariant: the writer shares nothing with the parser or the printer that it judges.

use chainrule_graph::{Node, NodeKind, Op};

use crate::verify::Random;

/// A formula.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Number(f64),
    Name(String),
    Operation(Op, Vec<Tree>),
}

const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const SIGNED: u8 = 3;
const POWER: u8 = 4;
const ATOM: u8 = 5;

/// Numbers that lexers get wrong: without digits on one side of the point, with exponents, large, small, negative.
const NUMBERS: [(&str, f64); 14] = [
    ("0", 0.0),
    ("7", 7.0),
    ("2.50", 2.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("1e3", 1000.0),
    ("1E+2", 100.0),
    ("25e-2", 0.25),
    ("1.5e+0", 1.5),
    ("3000000000", 3e9),
    ("0.1", 0.1),
    ("9007199254740993", 9_007_199_254_740_992.0),
    ("1.7976931348623157e308", f64::MAX),
    ("5e-324", 5e-324),
];

/// Names, and how they are written: those that are no plain word stand in backticks.
pub(super) const NAMES: [(&str, &str); 9] = [
    ("a", "a"),
    ("x1", "x1"),
    ("_", "_"),
    ("αβ", "αβ"),
    ("data", "data"),
    ("sin", "sin"),
    ("two words", "`two words`"),
    ("a`b", "`a``b`"),
    ("1st", "`1st`"),
];

impl Tree {
    /// A formula of at most this depth; numbers that are part of an operation's own notation are left to it.
    pub(super) fn random(random: &mut Random, depth: usize, ops: &[Op]) -> Tree {
        let is_leaf = depth == 0 || random.chance(0.15);
        if is_leaf {
            return match random.below(3) {
                0 => {
                    let (_, value) = NUMBERS[random.below(NUMBERS.len())];
                    Tree::Number(if random.chance(0.3) { -value } else { value })
                }
                _ => Tree::Name(NAMES[random.below(NAMES.len())].0.to_owned()),
            };
        }
        // Half of the operations are those with a sign of their own.
        let infix = [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Neg, Op::PowF, Op::PowI(2)];
        let op =
            if random.chance(0.6) { infix[random.below(infix.len())] } else { ops[random.below(ops.len())] };
        let op = match op {
            Op::PowI(_) => Op::PowI([0, 1, 2, -1, -2, 17, i32::MAX, i32::MIN][random.below(8)]),
            other => other,
        };
        let count = match (op, op.arity()) {
            (_, Some(count)) => count,
            (Op::Dot, None) => 2 * (1 + random.below(3)),
            (_, None) => 1 + random.below(4),
        };
        Tree::Operation(op, (0..count).map(|_| Tree::random(random, depth - 1, ops)).collect())
    }

    /// The formula in text, with spaces, brackets and other ways to say the same as they come.
    pub(super) fn write(&self, random: &mut Random) -> String {
        self.at(SUM, random)
    }

    /// Written so that it binds at least this tightly.
    fn at(&self, least: u8, random: &mut Random) -> String {
        let (text, binds) = self.bare(random);
        if binds < least || random.chance(0.1) { format!("({text})") } else { text }
    }

    fn bare(&self, random: &mut Random) -> (String, u8) {
        let gap = if random.chance(0.3) { "" } else { " " };
        match self {
            Tree::Number(value) => number(*value),
            Tree::Name(name) => {
                let known = NAMES.iter().find(|(plain, _)| plain == name);
                let quoted = format!("`{}`", name.replace('`', "``"));
                let text = known.map_or(quoted.clone(), |(_, written)| (*written).to_owned());
                (if random.chance(0.1) { quoted } else { text }, ATOM)
            }
            Tree::Operation(op, arguments) => self.operation(*op, arguments, gap, random),
        }
    }

    fn operation(&self, op: Op, arguments: &[Tree], gap: &str, random: &mut Random) -> (String, u8) {
        let by_name = random.chance(0.15);
        let infix = |sign: &str, left: u8, right: u8, random: &mut Random| {
            let (left, right) = (arguments[0].at(left, random), arguments[1].at(right, random));
            format!("{left}{gap}{sign}{gap}{right}")
        };
        match op {
            _ if by_name => (self.call(op, arguments, random), ATOM),
            Op::Add => (infix("+", SUM, PRODUCT, random), SUM),
            Op::Sub => {
                let sign = if random.chance(0.2) { "−" } else { "-" };
                (infix(sign, SUM, PRODUCT, random), SUM)
            }
            Op::Mul => {
                let sign = ["*", "*", "·", "×"][random.below(4)];
                (infix(sign, PRODUCT, SIGNED, random), PRODUCT)
            }
            Op::Div => (infix("/", PRODUCT, SIGNED, random), PRODUCT),
            // Without brackets the minus would be the number's own sign.
            Op::Neg if matches!(arguments[0], Tree::Number(_)) => {
                (format!("-{gap}({})", arguments[0].at(SUM, random)), SIGNED)
            }
            Op::Neg => (format!("-{gap}{}", arguments[0].at(SIGNED, random)), SIGNED),
            // A whole number behind ^ is part of the operation, so it is no second argument.
            Op::PowF if !arguments[1].is_whole() => {
                let (base, exponent) = (arguments[0].at(ATOM, random), arguments[1].at(SIGNED, random));
                (format!("{base}{gap}^{gap}{exponent}"), POWER)
            }
            Op::PowI(n) => {
                let exponent = match random.below(3) {
                    0 => format!("({n})"),
                    1 if n >= 0 => format!("+{n}"),
                    _ => n.to_string(),
                };
                (format!("{}{gap}^{gap}{exponent}", arguments[0].at(ATOM, random)), POWER)
            }
            _ => (self.call(op, arguments, random), ATOM),
        }
    }

    /// As a function, by the operation's name.
    fn call(&self, op: Op, arguments: &[Tree], random: &mut Random) -> String {
        let list = |trees: &[Tree], random: &mut Random| {
            trees.iter().map(|tree| tree.at(SUM, random)).collect::<Vec<_>>().join(", ")
        };
        let name = if op == Op::PowF { "pow" } else { op.name() };
        match op {
            Op::Dot => {
                let (left, right) = arguments.split_at(arguments.len() / 2);
                format!("dot([{}], [{}])", list(left, random), list(right, random))
            }
            Op::PowI(n) => format!("powi({}, {n})", list(arguments, random)),
            _ => format!("{name}({})", list(arguments, random)),
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self, Tree::Number(value) if f64::from(*value as i32) == *value)
    }

    /// Where a node is not this formula; nothing if it is.
    pub(super) fn difference(&self, node: Node<'_>) -> Option<String> {
        let differs = |node: Node<'_>| Some(format!("{self:?} was read as {}", node.formula()));
        match (self, node.kind()) {
            (Tree::Number(value), NodeKind::Constant(found)) if value.to_bits() == found.to_bits() => None,
            (Tree::Name(name), NodeKind::Parameter) if node.name().as_ref() == Some(name) => None,
            (Tree::Operation(op, arguments), NodeKind::Operation(found)) if *op == found => {
                let nodes = node.arguments();
                if nodes.len() != arguments.len() {
                    return differs(node);
                }
                arguments.iter().zip(nodes).find_map(|(tree, node)| tree.difference(node))
            }
            _ => differs(node),
        }
    }
}

/// A number as the table above writes it, or as Rust does.
fn number(value: f64) -> (String, u8) {
    let size = value.abs();
    let written = NUMBERS.iter().find(|(_, known)| *known == size);
    let text = written.map_or(format!("{size:?}"), |(text, _)| (*text).to_owned());
    // The base of a power would lose its sign to the power.
    if value.is_sign_negative() { (format!("-{text}"), SIGNED) } else { (text, ATOM) }
}
