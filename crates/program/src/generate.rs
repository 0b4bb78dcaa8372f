//! A program as Rust source: for users who want the derivative and not the library.
//!
//! The lines of the loss and its derivatives become one function of the standard library alone, `let` by `let`; what f64 has no method for stands in it as small
//! functions of its own.
//!
//! Invariant: the function computes line by line what the program does for one example, with the standard library's elementary functions.

#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    reason = "each primitive speaks for itself, so that the compiler asks a new one to"
)]

use chainrule_graph::Primitive;

use crate::error::Error;
use crate::lower::{Line, Operand, Operation};
use crate::program::Program;

impl Program {
    /// The loss of one example and its derivatives as the source of a Rust function that depends on nothing:
    ///
    /// ```text
    /// pub fn NAME(parameters: &[f64; N], data: &[f64; M]) -> (f64, [f64; N])
    /// ```
    ///
    /// Parameters and data are in the order of [`parameters`](Self::parameters) and [`columns`](Self::columns).
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_program::Program;
    ///
    /// let g = Graph::new();
    /// let program = Program::new(&g, g.parse("data x, y; (w*x - y)^2")?)?;
    /// let source = program.rust("squared_error")?;
    /// assert!(source.contains("pub fn squared_error(parameters: &[f64; 1], data: &[f64; 2]) -> (f64, [f64; 1]) {"));
    /// # Ok::<(), chainrule_program::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the name is not made of ASCII letters, digits and underscores, beginning with a letter.
    pub fn rust(&self, name: &str) -> Result<String, Error> {
        if !is_identifier(name) {
            return Err(Error::FunctionName { name: name.to_owned() });
        }
        let (parameters, data) = (self.parameters().len(), self.columns().len());
        let body: String =
            self.lines.lines.iter().enumerate().map(|(index, line)| statement(index, line)).collect();
        let outputs: Vec<String> = self.lines.outputs.iter().copied().map(operand).collect();
        let (value, gradient) = outputs.split_at(1.min(outputs.len()));
        let mut source = format!(
            "/// The value of a loss of one example, and its derivatives by the parameters.\n\
             ///\n\
             /// Parameters: {}.\n\
             /// Data: {}.\n\
             #[allow(unused_variables, unused_parens, clippy::all)]\n\
             pub fn {name}(parameters: &[f64; {parameters}], data: &[f64; {data}]) -> (f64, [f64; {parameters}]) {{\n",
            listed(self.parameters()),
            listed(self.columns()),
        );
        for helper in HELPERS {
            if body.contains(&format!("{}(", helper.name)) {
                source += helper.source;
            }
        }
        source += &body;
        let (value, gradient) = (value.concat(), gradient.join(", "));
        // There is no slope outside of a domain or beyond all numbers.
        source += &format!(
            "    let value = {value};\n    \
             (value, if value.is_finite() {{ [{gradient}] }} else {{ [f64::NAN; {parameters}] }})\n}}\n"
        );
        Ok(source)
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names as a comment may hold them.
fn listed(names: &[String]) -> String {
    let escaped: Vec<String> = names.iter().map(|name| name.escape_default().to_string()).collect();
    if escaped.is_empty() { "none".to_owned() } else { escaped.join(", ") }
}

fn statement(index: usize, line: &Line) -> String {
    format!("    let v{index} = {};\n", expression(line))
}

fn expression(line: &Line) -> String {
    let operands: Vec<String> = line.operands.iter().copied().map(operand).collect();
    let infix = |sign: &str| operands.join(sign);
    match line.operation {
        Operation::Add => infix(" + "),
        Operation::Sub => infix(" - "),
        Operation::Mul => infix(" * "),
        Operation::Div => infix(" / "),
        Operation::Quotient => format!("quotient({})", infix(", ")),
        Operation::Neg => format!("-{}", infix("")),
        Operation::Dot => {
            let (left, right) = operands.split_at(operands.len() / 2);
            let products: Vec<String> = left.iter().zip(right).map(|(a, b)| format!("{a} * {b}")).collect();
            if products.is_empty() { "0.0_f64".to_owned() } else { products.join(" + ") }
        }
        Operation::ExpSub => format!("exp_sub({})", infix(", ")),
        Operation::Chain => format!("chain({})", infix(", ")),
        Operation::Route => format!("route({})", infix(", ")),
        Operation::Compute(primitive) => call(primitive, &operands),
    }
}

/// A primitive by a method of f64, or by one of the helpers.
fn call(primitive: Primitive, operands: &[String]) -> String {
    let method = |name: &str| match operands.split_first() {
        Some((first, rest)) => format!("{first}.{name}({})", rest.join(", ")),
        None => "f64::NAN".to_owned(),
    };
    let helper = |name: &str| format!("{name}({})", operands.join(", "));
    match primitive {
        Primitive::PowI(0) => "1.0_f64".to_owned(),
        Primitive::PowI(1) => operands.concat(),
        Primitive::PowI(n @ 2..=3) => vec![operands.concat(); n as usize].join(" * "),
        Primitive::PowI(-1) => method("recip"),
        Primitive::PowI(n) => format!("{}.powf({n}.0)", operands.concat()),
        Primitive::PowF => method("powf"),
        Primitive::Sqrt => method("sqrt"),
        Primitive::Exp => method("exp"),
        Primitive::ExpM1 => method("exp_m1"),
        Primitive::Ln => method("ln"),
        Primitive::Ln1p => method("ln_1p"),
        Primitive::Sin => method("sin"),
        Primitive::Cos => method("cos"),
        Primitive::Tan => method("tan"),
        Primitive::Asin => method("asin"),
        Primitive::Acos => method("acos"),
        Primitive::Atan => method("atan"),
        Primitive::Sinh => method("sinh"),
        Primitive::Cosh => method("cosh"),
        Primitive::Tanh => method("tanh"),
        Primitive::Abs => method("abs"),
        Primitive::Round => method("round_ties_even"),
        Primitive::Hypot => method("hypot"),
        Primitive::Sign => helper("sign"),
        Primitive::Min => helper("smaller"),
        Primitive::Max => helper("larger"),
        Primitive::Select => helper("select"),
        Primitive::WhereZero => helper("where_zero"),
    }
}

fn operand(operand: Operand) -> String {
    match operand {
        Operand::Constant(value) if value.is_nan() => "f64::NAN".to_owned(),
        Operand::Constant(value) if value.is_infinite() => {
            if value > 0.0 { "f64::INFINITY" } else { "f64::NEG_INFINITY" }.to_owned()
        }
        Operand::Constant(value) if value.is_sign_negative() => format!("({value:?}_f64)"),
        Operand::Constant(value) => format!("{value:?}_f64"),
        Operand::Parameter(place) => format!("parameters[{place}]"),
        Operand::Column(place) => format!("data[{place}]"),
        Operand::Line(index) => format!("v{index}"),
    }
}

/// What f64 has no method for.
struct Helper {
    name: &'static str,
    source: &'static str,
}

const HELPERS: [Helper; 9] = [
    Helper {
        name: "exp_sub",
        source: "    /// e^(a - b), with what rounding the difference has lost.\n    \
                 fn exp_sub(a: f64, b: f64) -> f64 {\n        \
                 let difference = a - b;\n        \
                 let power = difference.exp();\n        \
                 let back = difference - a;\n        \
                 let lost = (a - (difference - back)) - (b + back);\n        \
                 if power == 0.0 || power == f64::INFINITY { power } else { power + power * lost }\n    }\n",
    },
    Helper {
        name: "chain",
        source: "    /// A zero adjoint gives 0 beside whatever partial, a zero partial beside an infinite adjoint.\n    \
                 fn chain(adjoint: f64, partial: f64) -> f64 {\n        \
                 if adjoint == 0.0 || (partial == 0.0 && !adjoint.is_nan()) { 0.0 } else { adjoint * partial }\n    }\n",
    },
    Helper {
        name: "quotient",
        source: "    /// What is beyond all numbers divides none.\n    \
                 fn quotient(a: f64, b: f64) -> f64 {\n        \
                 if a.is_infinite() || b.is_infinite() { f64::NAN } else { a / b }\n    }\n",
    },
    Helper {
        name: "route",
        source: "    /// What is not taken gives 0.\n    \
                 fn route(weight: f64, adjoint: f64) -> f64 {\n        \
                 if weight == 0.0 || adjoint == 0.0 { 0.0 } else { weight * adjoint }\n    }\n",
    },
    Helper {
        name: "where_zero",
        source: "    fn where_zero(x: f64, a: f64, b: f64) -> f64 {\n        \
                 if x == 0.0 { a } else { b }\n    }\n",
    },
    Helper {
        name: "sign",
        source: "    fn sign(x: f64) -> f64 {\n        \
                 if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x }\n    }\n",
    },
    Helper {
        name: "smaller",
        source: "    fn smaller(a: f64, b: f64) -> f64 {\n        \
                 if a <= b { a } else if a > b { b } else { a + b }\n    }\n",
    },
    Helper {
        name: "larger",
        source: "    fn larger(a: f64, b: f64) -> f64 {\n        \
                 if a >= b { a } else if a < b { b } else { a + b }\n    }\n",
    },
    Helper {
        name: "select",
        source: "    fn select(condition: f64, a: f64, b: f64) -> f64 {\n        \
                 if condition >= 0.0 { a } else if condition < 0.0 { b } else { f64::NAN }\n    }\n",
    },
];
