//! The graph in the language of graphviz.
//!
//! Invariant: every text is a quoted string, and the same explanation gives the same bytes.

use std::fmt::Write;

use crate::explanation::Explanation;
use crate::picture::{Kind, Label};

impl Explanation {
    /// The graph in the language of graphviz: values and adjoints in the nodes, local derivatives on the edges; edges that no
    /// derivative asked for goes along are dashed.
    ///
    /// ```
    /// use chainrule_explain::Explanation;
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let j = g.parse("x^2")?;
    /// let run = g.at(&[(g.node("x")?, 3.0)])?;
    /// assert!(Explanation::new(&run, j)?.dot().starts_with("digraph"));
    /// # Ok::<(), chainrule_explain::Error>(())
    /// ```
    pub fn dot(&self) -> String {
        let picture = self.picture();
        let mut dot = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            dot,
            "digraph {{\n  rankdir=LR;\n  label={};\n  node [style=filled];",
            quoted(&[&picture.title])
        );
        for (i, card) in picture.cards.iter().enumerate() {
            let mut lines = vec![card.heading.whole.as_str(), &card.value];
            lines.extend(card.adjoint.iter().map(|adjoint| adjoint.whole.as_str()));
            let (shape, fill) = look(card.kind);
            let _ = writeln!(dot, "  n{i} [shape={shape}, fillcolor={fill}, label={}];", quoted(&lines));
        }
        for arrow in &picture.arrows {
            let (from, to) = (arrow.from, arrow.to);
            let _ = match &arrow.label {
                Some(Label { lines, .. }) => {
                    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                    writeln!(dot, "  n{from} -> n{to} [label={}];", quoted(&lines))
                }
                None => writeln!(dot, "  n{from} -> n{to} [style=dashed];"),
            };
        }
        let leaves = picture.cards.iter().enumerate().filter(|(_, card)| card.kind.is_leaf());
        let leaves: String = leaves.map(|(i, _)| format!(" n{i};")).collect();
        let _ = write!(dot, "  {{ rank=source;{leaves} }}\n}}");
        dot
    }
}

fn look(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Parameter => ("ellipse", "lightblue"),
        Kind::Data | Kind::Constant => ("ellipse", "lightgrey"),
        Kind::Inner => ("box", "white"),
        Kind::Output => ("box", "palegreen"),
    }
}

/// Lines as one quoted string. A backslash would begin an escape, and control characters mean nothing to graphviz.
fn quoted(lines: &[&str]) -> String {
    let character = |c: char| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c.is_control() => "\u{fffd}".to_owned(),
        c => c.to_string(),
    };
    let line = |line: &&str| line.chars().map(character).collect::<String>();
    format!("\"{}\"", lines.iter().map(line).collect::<Vec<_>>().join("\\n"))
}
