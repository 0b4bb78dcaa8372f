//! The steps as a LaTeX document of the class article, without any package.
//!
//! Invariant: mathematics is set by the graph's own LaTeX; nothing but numbers, derivatives and signs between them is made
//! here.

use chainrule_graph::{Graph, Node, Real};

use crate::equation::{Line, Piece, Section, Side};
use crate::explanation::{Explanation, Notation};
use crate::number::{FEW, MANY, rounded};

impl Explanation {
    /// The steps as a LaTeX document, which compiles as it is.
    ///
    /// ```
    /// use chainrule_explain::Explanation;
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let j = g.parse("x^2")?;
    /// let run = g.at(&[(g.node("x")?, 3.0)])?;
    /// let latex = Explanation::new(&run, j)?.latex();
    /// assert!(latex.contains(r"\frac{dJ}{dx} = 2 \cdot x = 6"));
    /// # Ok::<(), chainrule_explain::Error>(())
    /// ```
    pub fn latex(&self) -> String {
        let names = Graph::new();
        let is_value = |step: &&crate::Step| Section::of(&step.statement) == Section::Forward;
        self.steps.iter().filter(is_value).for_each(|step| _ = names.parameter(step.statement.node()));
        let writer = Writer { names: &names };
        let mut text = "\\documentclass{article}\n\\begin{document}\n\\raggedright\n".to_owned();
        text += &format!("\\section*{{${}$}}\n", writer.heading(self));
        let mut section = None;
        let taken = self.taken();
        for step in &self.steps {
            let own = Section::of(&step.statement);
            if section != Some(own) {
                text += if section.is_some() { "\\end{enumerate}\n" } else { "" };
                text += &format!("\\subsection*{{{}}}\n\\begin{{enumerate}}\n", own.title());
                text += &format!("\\setcounter{{enumi}}{{{}}}\n", step.number - 1);
                section = Some(own);
            }
            text += &format!("\\item {}\n", writer.line(&self.line(step, &taken)));
        }
        text += if section.is_some() { "\\end{enumerate}\n" } else { "" };
        for remark in self.remarks() {
            text += &format!("\n{}\n", writer.line(&remark));
        }
        text + "\\end{document}\n"
    }
}

struct Writer<'n> {
    /// A graph with a leaf for every label, which knows how to set names and formulas.
    names: &'n Graph,
}

impl Writer<'_> {
    fn heading(&self, explanation: &Explanation) -> String {
        let output = self.name(explanation.output());
        if explanation.formula == explanation.output {
            output
        } else {
            format!("{output} = {}", self.formula(&explanation.formula))
        }
    }

    fn line(&self, line: &Line) -> String {
        line.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Words(words) => in_words(words),
            Piece::Partial(None) => "$\\partial$".to_owned(),
            Piece::Partial(Some(index)) => format!("$\\partial_{index}$"),
            Piece::Condition(condition) => in_words(condition),
            Piece::Path(nodes) => {
                let names: Vec<_> = nodes.iter().map(|name| self.name(name)).collect();
                format!("${}$", names.join(" \\to "))
            }
            Piece::Equation(sides) => {
                let sides: Vec<_> = sides.iter().map(|side| self.side(side)).collect();
                format!("$\\displaystyle {}$", sides.join(" = "))
            }
        }
    }

    fn side(&self, side: &Side) -> String {
        match side {
            Side::Name(name) => self.name(name),
            Side::Formula(formula) => self.formula(formula),
            Side::Number(value, digits) => number(*value, *digits),
            Side::Derivative { of, by, notation, position } => {
                let (of, by) = (self.name(of), self.name(by));
                match notation {
                    Notation::Total => format!("\\frac{{d{of}}}{{d{by}}}"),
                    Notation::Partial => format!("\\frac{{\\partial {of}}}{{\\partial {by}}}"),
                    Notation::Indexed => {
                        format!("\\frac{{\\partial_{{{}}} {of}}}{{\\partial {by}}}", position + 1)
                    }
                }
            }
            Side::Product(factors) => self.parts(factors).join(" \\cdot "),
            Side::Sum(terms) => self.parts(terms).join(" + "),
            Side::Slope(high, low, step) => {
                let rise = self.parts(&[*high, *low].map(|value| Side::Number(value, MANY))).join(" - ");
                let step = number(*step, FEW);
                if step == "1" { rise } else { format!("\\frac{{{rise}}}{{{step}}}") }
            }
        }
    }

    /// Parts of a product or sum; what begins with a minus stands in parentheses unless it comes first.
    fn parts(&self, sides: &[Side]) -> Vec<String> {
        let part = |(place, side): (usize, &Side)| {
            let text = self.side(side);
            if place > 0 && text.starts_with('-') { format!("({text})") } else { text }
        };
        sides.iter().enumerate().map(part).collect()
    }

    fn name(&self, label: &str) -> String {
        self.names.node(label).map_or_else(|_| self.names.parameter(label).latex(), Node::latex)
    }

    /// A formula that does not read back is set as it stands.
    fn formula(&self, formula: &str) -> String {
        self.names.parse(formula).map_or_else(|_| in_words(formula), Node::latex)
    }
}

fn number(value: f64, digits: usize) -> String {
    Node::constant(rounded(value, digits)).latex()
}

/// Text outside mathematics: the few signs of conditions as mathematics, and what LaTeX would read as a command by name.
fn in_words(text: &str) -> String {
    let sign = |c: char| match c {
        '≠' => "$\\neq$".to_owned(),
        '<' | '>' | '|' => format!("${c}$"),
        '#' | '$' | '%' | '&' | '{' | '}' | '_' => format!("\\{c}"),
        '^' | '~' => format!("\\{c}{{}}"),
        '\\' => "\\textbackslash{}".to_owned(),
        c if c.is_ascii() => c.to_string(),
        _ => "?".to_owned(),
    };
    text.chars().map(sign).collect()
}
