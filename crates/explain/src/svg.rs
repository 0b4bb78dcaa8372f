//! The graph as a picture: an SVG file that stands alone, readable on a light and on a dark ground.
//!
//! Invariant: every text is escaped, and the same explanation gives the same bytes.

use std::fmt::Write;

use crate::error::Error;
use crate::explanation::Explanation;
use crate::layout::{
    ACROSS, Drawing, LEGEND, LINE, Place, PlacedArrow, PlacedCard, Stretch, TEXT, VALUE, placed,
};
use crate::picture::Label;

/// The most nodes that are drawn; the layout takes seconds beyond that, and nobody finds anything in the picture.
const MOST_CARDS: usize = 300;

/// The widest page, in pixels: a wider drawing is shown smaller, for the reader to zoom in.
const WIDEST: f64 = 8_000.0;

/// The colours, for a light and a dark ground.
const STYLE: &str = "\
:root { --ground: #ffffff; --ink: #1f2328; --muted: #59636e; --edge: #6e7781; --inner: #f6f8fa; --leaf: #ddf4ff; \
--data: #eaeef2; --output: #dafbe1; --adjoint: #bc4c00; --partial: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --ink: #e6edf3; --muted: #9198a1; --edge: #8b949e; \
--inner: #161b22; --leaf: #0c2d4d; --data: #21262d; --output: #0f3a20; --adjoint: #ffa657; --partial: #79c0ff; } }
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; text-anchor: middle; fill: var(--ink); }
.ground { fill: var(--ground); }
.card { stroke: var(--edge); fill: var(--inner); }
.parameter { fill: var(--leaf); } .data, .constant { fill: var(--data); } .output { fill: var(--output); }
.value { font-weight: bold; }
.adjoint { fill: var(--adjoint); } .partial { fill: var(--partial); } .legend { fill: var(--muted); }
.arrow { fill: none; stroke: var(--edge); stroke-width: 1.3; } .still { stroke-dasharray: 4 3; } .head { fill: var(--edge); }";

impl Explanation {
    /// The graph as an SVG file: the value in each node, its adjoint below it, the local derivative on each edge; edges that no
    /// derivative asked for goes along are dashed.
    ///
    /// ```
    /// use chainrule_explain::Explanation;
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let j = g.parse("x^2")?;
    /// let run = g.at(&[(g.node("x")?, 3.0)])?;
    /// let svg = Explanation::new(&run, j)?.svg()?;
    /// assert!(svg.starts_with("<svg") && svg.contains("dJ/dx = 6"));
    /// # Ok::<(), chainrule_explain::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooLargeToDraw`] beyond 300 nodes.
    pub fn svg(&self) -> Result<String, Error> {
        let picture = self.picture();
        if picture.cards.len() > MOST_CARDS {
            return Err(Error::TooLargeToDraw { nodes: picture.cards.len(), most: MOST_CARDS });
        }
        Ok(written(&placed(&picture), &picture.title))
    }
}

fn written(drawing: &Drawing<'_>, title: &str) -> String {
    let Drawing { width, height, .. } = drawing;
    let scale = (WIDEST / width).min(1.0);
    let (shown_width, shown_height) = (width * scale, height * scale);
    let mut svg = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{shown_width:.0}\" height=\"{shown_height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">"
    );
    let _ =
        writeln!(svg, "<title>{}</title>\n<desc>{LEGEND}</desc>\n<style>\n{STYLE}\n</style>", escaped(title));
    let _ = writeln!(
        svg,
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path class=\"head\" d=\"M0 0 L8 4 L0 8 z\"/></marker></defs>"
    );
    let _ = writeln!(svg, "<rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>");
    text(&mut svg, drawing.title, VALUE, "title", title);
    drawing.arrows.iter().for_each(|arrow| write_arrow(&mut svg, arrow));
    drawing.cards.iter().for_each(|card| write_card(&mut svg, card));
    text(&mut svg, drawing.legend, TEXT, "legend", LEGEND);
    svg.push_str("</svg>");
    svg
}

fn write_card(svg: &mut String, placed: &PlacedCard<'_>) {
    let PlacedCard { card, left, top, width, height, .. } = placed;
    let _ = writeln!(
        svg,
        "<rect class=\"card {}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>",
        card.kind.name()
    );
    label(svg, placed.heading, LINE, "heading", &card.heading);
    text(svg, placed.value, VALUE, "value", &card.value);
    if let Some(adjoint) = &card.adjoint {
        label(svg, placed.adjoint, LINE, "adjoint", adjoint);
    }
}

fn write_arrow(svg: &mut String, placed: &PlacedArrow<'_>) {
    let class = if placed.arrow.label.is_some() { "arrow" } else { "arrow still" };
    let _ = writeln!(svg, "<path class=\"{class}\" d=\"{}\" marker-end=\"url(#head)\"/>", way(&placed.way));
    if let Some(partial) = &placed.arrow.label {
        label(svg, placed.label, ACROSS, "partial", partial);
    }
}

/// The way in SVG's commands: a bend leaves and arrives level.
fn way(stretches: &[Stretch]) -> String {
    let mut commands = String::new();
    let mut last = Place { x: 0.0, y: 0.0 };
    for &stretch in stretches {
        let (Stretch::Start(place) | Stretch::Level(place) | Stretch::Bend(place)) = stretch;
        let Place { x, y } = place;
        let _ = match stretch {
            Stretch::Start(_) => write!(commands, "M{x:.1} {y:.1}"),
            Stretch::Level(_) => write!(commands, " L{x:.1} {y:.1}"),
            Stretch::Bend(_) => {
                let middle = f64::midpoint(last.x, x);
                write!(commands, " C{middle:.1} {:.1} {middle:.1} {y:.1} {x:.1} {y:.1}", last.y)
            }
        };
        last = place;
    }
    commands
}

/// Lines of text one below the other; the whole of it shows under the pointer if some of it was cut.
fn label(svg: &mut String, place: Place, line_height: f64, class: &str, label: &Label) {
    for (k, line) in label.lines.iter().enumerate() {
        let y = place.y + line_height * k as f64;
        let tip = if label.lines.join(" ") == label.whole {
            String::new()
        } else {
            format!("<title>{}</title>", escaped(&label.whole))
        };
        let _ = writeln!(
            svg,
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{TEXT}\">{tip}{}</text>",
            place.x,
            escaped(line)
        );
    }
}

fn text(svg: &mut String, place: Place, size: f64, class: &str, text: &str) {
    let Place { x, y } = place;
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\">{}</text>",
        escaped(text)
    );
}

/// Text as XML writes it; characters that XML does not know are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
