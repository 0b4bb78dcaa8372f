//! The steps as text for a terminal.
//!
//! Invariant: without colour a line is plain text; with it the same text between colour codes.

use std::fmt;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSplitter};

use crate::equation::{Line, Piece, Section, Side};
use crate::explanation::{Explanation, Notation};
use crate::number::shown;

/// The columns that text is wrapped to unless another width is asked for.
const WIDTH: usize = 100;

/// An explanation as text, with a width and colours; from [`Explanation::text`].
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    explanation: &'a Explanation,
    width: usize,
    colour: bool,
}

impl Explanation {
    /// The steps as text, for whoever prints it to say how wide and whether in colour.
    ///
    /// ```
    /// use chainrule_explain::Explanation;
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let j = g.parse("x^2")?;
    /// let run = g.at(&[(g.node("x")?, 3.0)])?;
    /// let text = Explanation::new(&run, j)?.text().width(60).to_string();
    /// assert!(text.contains("dJ/dx = 2 * x = 6"));
    /// # Ok::<(), chainrule_explain::Error>(())
    /// ```
    pub fn text(&self) -> Text<'_> {
        Text { explanation: self, width: WIDTH, colour: false }
    }
}

/// The text without colours, wrapped to 100 columns.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl Text<'_> {
    /// The same, wrapped to so many columns.
    #[must_use]
    pub fn width(self, columns: usize) -> Self {
        Text { width: columns, ..self }
    }

    /// The same with the colours of a terminal, or without.
    #[must_use]
    pub fn colour(self, colour: bool) -> Self {
        Text { colour, ..self }
    }

    fn style(&self, style: Style, text: &str) -> String {
        if self.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn wrapped(&self, f: &mut fmt::Formatter<'_>, first: &str, rest: &str, text: &str) -> fmt::Result {
        let options = Options::new(self.width).initial_indent(first).subsequent_indent(rest);
        let options = options.word_splitter(WordSplitter::NoHyphenation);
        textwrap::wrap(text, options).iter().try_for_each(|line| writeln!(f, "{line}"))
    }

    fn line(&self, line: &Line) -> String {
        line.iter().map(|piece| self.piece(piece)).collect()
    }

    /// Words, or sides with equality signs between them; a number at the end is what all was about.
    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Words(words) => words.clone(),
            Piece::Partial(index) => format!("∂{}", index.map(subscript).unwrap_or_default()),
            Piece::Condition(condition) => visible(condition),
            Piece::Path(nodes) => visible(&nodes.join(" → ")),
            Piece::Equation(sides) => {
                let mut texts: Vec<String> = sides.iter().map(|side| visible(&written(side))).collect();
                if let (Some(Side::Number(..)), Some(last)) = (sides.last(), texts.last_mut())
                    && sides.len() > 1
                {
                    *last = self.style(AnsiColor::Cyan.on_default(), last);
                }
                texts.join(" = ")
            }
        }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = self.explanation;
        self.wrapped(f, "", "    ", &self.style(Style::new().bold(), &visible(&explanation.heading())))?;
        let mut section = None;
        let taken = explanation.taken();
        let widest = explanation.steps.len().to_string().len();
        for step in &explanation.steps {
            let own = Section::of(&step.statement);
            if section.replace(own) != Some(own) {
                writeln!(f)?;
                self.wrapped(f, "", "    ", &self.style(Style::new().bold(), own.title()))?;
            }
            let number = self.style(Style::new().dimmed(), &format!("{:>widest$}", step.number));
            let rest = " ".repeat(widest + 6);
            self.wrapped(f, &format!("  {number}  "), &rest, &self.line(&explanation.line(step, &taken)))?;
        }
        let remarks = explanation.remarks();
        if !remarks.is_empty() {
            writeln!(f)?;
        }
        remarks.iter().try_for_each(|remark| self.wrapped(f, "", "", &self.line(remark)))
    }
}

impl Explanation {
    /// `J = 3 * (a + b * c)`
    pub(crate) fn heading(&self) -> String {
        if self.formula == self.output {
            self.output.clone()
        } else {
            format!("{} = {}", self.output, self.formula)
        }
    }
}

/// Text in which characters that do not show, or that a terminal would obey, stand as escapes.
pub(crate) fn visible(text: &str) -> String {
    let shows = |c: char| {
        let moves = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        !c.is_control() && !moves
    };
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if shows(c) { visible.push(c) } else { visible.extend(c.escape_default()) }
    }
    visible
}

/// A side of an equation.
pub(crate) fn written(side: &Side) -> String {
    match side {
        Side::Name(text) | Side::Formula(text) => text.clone(),
        Side::Number(value, digits) => shown(*value, *digits),
        Side::Derivative { of, by, notation, position } => derivative(of, by, *notation, *position),
        Side::Product(factors) if factors.iter().all(is_number) => parts(factors).join("·"),
        Side::Product(factors) => parts(factors).join(" · "),
        Side::Sum(terms) => parts(terms).join(" + "),
        Side::Slope(high, low, step) => {
            let rise =
                parts(&[*high, *low].map(|value| Side::Number(value, crate::number::MANY))).join(" - ");
            let step = shown(*step, crate::number::FEW);
            if step == "1" { rise } else { format!("({rise})/{step}") }
        }
    }
}

/// Parts of a product or sum; what begins with a minus stands in parentheses unless it comes first.
fn parts(sides: &[Side]) -> Vec<String> {
    let part = |(place, side): (usize, &Side)| {
        let text = written(side);
        if place > 0 && text.starts_with('-') { format!("({text})") } else { text }
    };
    sides.iter().enumerate().map(part).collect()
}

fn is_number(side: &Side) -> bool {
    matches!(side, Side::Number(..))
}

/// `du/db`, `∂u/∂b` or `∂₁u/∂b`
pub(crate) fn derivative(of: &str, by: &str, notation: Notation, position: usize) -> String {
    match notation {
        Notation::Total => format!("d{of}/d{by}"),
        Notation::Partial => format!("∂{of}/∂{by}"),
        Notation::Indexed => format!("∂{}{of}/∂{by}", subscript(position + 1)),
    }
}

/// A number below the line.
fn subscript(number: usize) -> String {
    number
        .to_string()
        .chars()
        .filter_map(|digit| "₀₁₂₃₄₅₆₇₈₉".chars().nth(digit.to_digit(10)? as usize))
        .collect()
}
