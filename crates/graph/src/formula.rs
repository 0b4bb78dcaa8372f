//! Printing: a node as a formula, in text or LaTeX, from the forms in the table.
//!
//! Invariant: printing always ends soon. A formula deeper or longer than the bounds below shows the rest by
//! name or index, since the text of a shared sub-expression can grow exponentially and a chain has no end.

use std::fmt;

use crate::form::{Form, PRODUCT, Printed};
use crate::lexer::written;
use crate::node::{Node, NodeKind, Place};
use crate::op::Op;

/// How many operations a printed formula may nest.
const DEEPEST: usize = 100;
/// How many nodes a printed formula may show.
const LONGEST: usize = 10_000;

impl Node<'_> {
    /// The formula in text, down to the leaves; [`to_string`](ToString::to_string) stops at named nodes.
    ///
    /// ```
    /// # use chainrule_graph::Graph;
    /// let g = Graph::new();
    /// let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
    /// let j = 3.0 * (a + (b * c).named("u"));
    /// assert_eq!(j.formula(), "3 * (a + b * c)");
    /// assert_eq!(j.to_string(), "3 * (a + u)");
    /// ```
    pub fn formula(self) -> String {
        Printer { notation: &TEXT, through_names: true, shown: 0 }.print(self, 0).text
    }

    /// The formula in LaTeX, down to the leaves.
    ///
    /// ```
    /// # use chainrule_graph::{Graph, Real};
    /// let g = Graph::new();
    /// let j = (g.parameter("w1") / g.parameter("b")).sqrt();
    /// assert_eq!(j.latex(), r"\sqrt{\frac{w_{1}}{b}}");
    /// ```
    pub fn latex(self) -> String {
        Printer { notation: &LATEX, through_names: true, shown: 0 }.print(self, 0).text
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Printer { notation: &TEXT, through_names: false, shown: 0 }.print(*self, 0).text)
    }
}

/// A way of writing formulas.
struct Notation {
    form: fn(Op) -> Form,
    constant: fn(f64) -> Printed,
    name: fn(&str) -> String,
    parentheses: (&'static str, &'static str),
}

static TEXT: Notation =
    Notation { form: Op::text, constant: text_constant, name: written, parentheses: ("(", ")") };
static LATEX: Notation = Notation {
    form: Op::latex,
    constant: latex_constant,
    name: latex_name,
    parentheses: ("\\left(", "\\right)"),
};

struct Printer {
    notation: &'static Notation,
    /// Whether a named node below the root is shown by its formula.
    through_names: bool,
    shown: usize,
}

impl Printer {
    fn print(&mut self, node: Node<'_>, depth: usize) -> Printed {
        self.shown += 1;
        match (node.kind(), node.0) {
            (NodeKind::Constant(value), _) if node.name().is_none() || self.through_names => {
                (self.notation.constant)(value)
            }
            (NodeKind::Poisoned, _) => Printed::atom("?".to_owned()),
            (NodeKind::Operation(op), _) if self.goes_into(node, depth) => {
                let arguments: Vec<_> =
                    node.arguments().into_iter().map(|argument| self.print(argument, depth + 1)).collect();
                (self.notation.form)(op).fill(&arguments, op.exponent(), self.notation.parentheses)
            }
            (_, Place::At(graph, index)) => Printed::atom(match graph.name_of(index) {
                Some(name) => (self.notation.name)(&name),
                None => graph.label(index),
            }),
            (_, Place::Nowhere(_) | Place::Poisoned(..)) => Printed::atom("?".to_owned()),
        }
    }

    fn goes_into(&self, node: Node<'_>, depth: usize) -> bool {
        let wanted = depth == 0 || self.through_names || node.name().is_none();
        wanted && depth < DEEPEST && self.shown < LONGEST
    }
}

/// The shortest decimal that reads back as the same number, with an exponent where it would be long.
fn text_constant(value: f64) -> Printed {
    let size = value.abs();
    let long = size.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size);
    Printed::number(if long { format!("{value:e}") } else { value.to_string() })
}

fn latex_constant(value: f64) -> Printed {
    let Printed { text, precedence } = text_constant(value);
    if value.is_nan() {
        Printed::atom("\\mathrm{NaN}".to_owned())
    } else if value.is_infinite() {
        Printed::number(text.replace("inf", "\\infty"))
    } else if let Some((digits, exponent)) = text.split_once('e') {
        Printed { text: format!("{digits} \\cdot 10^{{{exponent}}}"), precedence: PRODUCT }
    } else {
        Printed { text, precedence }
    }
}

/// A name in mathematics: trailing digits are an index (`w1` and `w_1` are w₁), a longer word is set upright.
fn latex_name(name: &str) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, index) = if stem.is_empty() { (name, "") } else { (stem, &name[stem.len()..]) };
    let stem = stem.strip_suffix('_').filter(|bare| !bare.is_empty() && !index.is_empty()).unwrap_or(stem);
    let escaped: String = stem.chars().map(escaped_for_latex).collect();
    let stem = if stem.chars().count() > 1 { format!("\\mathrm{{{escaped}}}") } else { escaped };
    if index.is_empty() { stem } else { format!("{stem}_{{{index}}}") }
}

fn escaped_for_latex(c: char) -> String {
    match c {
        '_' | '#' | '$' | '%' | '&' | '{' | '}' => format!("\\{c}"),
        '\\' => "\\backslash{}".to_owned(),
        '^' => "\\hat{}".to_owned(),
        '~' => "\\sim{}".to_owned(),
        _ => c.to_string(),
    }
}
