//! Where everything of a picture goes, by the layout of layered graphs (Sugiyama, Tagawa and Toda, "Methods for visual
//! understanding of hierarchical system structures", *IEEE Transactions on Systems, Man, and Cybernetics* 11(2), 1981, pp. 109–125).
//!
//! The layout crate puts cards and labels into columns and keeps them apart there. An arrow crosses a column level, at a height
//! that is its own, and changes height only in the gap between two columns, where nothing else stands.
//!
//! Invariant: so no arrow and no text lies over a card or another text.

use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point, RankDir, layout};

use crate::picture::{Arrow, Card, Label, Picture};

/// Height of letters, in pixels, of all text but values.
pub(crate) const TEXT: f64 = 13.0;
/// Height of the letters of values.
pub(crate) const VALUE: f64 = 16.0;
/// From one line of text to the next.
pub(crate) const LINE: f64 = 17.0;
/// Width of a letter of a monospace font beside its height; those in use have 0.60 to 0.62.
const LETTER: f64 = 0.62;
/// Between a card's border and its text.
const PADDING: f64 = 9.0;
/// Between an arrow and its label's first line above it or second line below it.
const LABEL_GAP: f64 = 5.0;
/// From the foot of a label's first line, above the arrow, to that of its second, below it.
pub(crate) const ACROSS: f64 = TEXT + 2.0 * LABEL_GAP - 1.0;
/// Around the whole.
const MARGIN: f64 = 16.0;
/// Between columns, where arrows change height.
const GAP: f64 = 44.0;
/// Between cards of a column.
const CARD_GAP: f64 = 22.0;
/// Between an arrow and whatever else crosses the column.
const ARROW_GAP: f64 = 12.0;
/// Between the ends of two arrows at one card.
const END_GAP: f64 = 12.0;
/// Two things stand in one column if their centres are this close, in pixels.
const SAME: f64 = 0.01;

/// A picture with every place in it, in pixels from the upper left corner.
#[derive(Clone, Debug)]
pub(crate) struct Drawing<'p> {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) title: Place,
    pub(crate) cards: Vec<PlacedCard<'p>>,
    pub(crate) arrows: Vec<PlacedArrow<'p>>,
    pub(crate) legend: Place,
}

/// The middle of the first line of a text, at its foot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// A card: its rectangle, its text in the middle of it, the adjoint below.
#[derive(Clone, Debug)]
pub(crate) struct PlacedCard<'p> {
    pub(crate) card: &'p Card,
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The height at which arrows leave.
    pub(crate) middle: f64,
    pub(crate) heading: Place,
    pub(crate) value: Place,
    pub(crate) adjoint: Place,
}

/// An arrow: its way, and its label.
#[derive(Clone, Debug)]
pub(crate) struct PlacedArrow<'p> {
    pub(crate) arrow: &'p Arrow,
    pub(crate) way: Vec<Stretch>,
    pub(crate) label: Place,
}

/// A part of an arrow's way, from where the one before it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stretch {
    /// Where the way begins.
    Start(Place),
    /// Level to there.
    Level(Place),
    /// To another height, level at both ends.
    Bend(Place),
}

/// The size of a text's box.
#[derive(Clone, Copy, Debug)]
struct Size {
    width: f64,
    height: f64,
}

/// The legend below the drawing.
pub(crate) const LEGEND: &str = "in a card: value · below it: adjoint · on an arrow: local derivative";

pub(crate) fn placed(picture: &Picture) -> Drawing<'_> {
    let graph = laid_out(picture);
    let columns = columns(picture, &graph);
    let cards: Vec<PlacedCard<'_>> = picture
        .cards
        .iter()
        .enumerate()
        .map(|(i, card)| card_at(card, center(graph.node(&name(i)))))
        .collect();
    let ends = ends(picture, &cards, &graph);
    let arrows = picture.arrows.iter().enumerate();
    let arrows =
        arrows.map(|(i, arrow)| arrow_at(arrow, edge(&graph, arrow, i), &cards, ends[i], &columns)).collect();
    framed(&picture.title, cards, arrows)
}

/// Letters that are not ASCII may be twice as wide.
fn width_of(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c.is_ascii() || "·∂…₀₁₂₃₄₅₆₇₈₉".contains(c) { 1.0 } else { 2.0 }).sum::<f64>()
        * LETTER
        * size
}

fn size_of(label: &Label) -> Size {
    let width = label.lines.iter().map(|line| width_of(line, TEXT)).fold(0.0, f64::max);
    Size { width, height: LINE * label.lines.len() as f64 }
}

/// The card's own size.
fn size_of_card(card: &Card) -> Size {
    let heading = size_of(&card.heading);
    let width = heading.width.max(width_of(&card.value, VALUE));
    Size { width: width + 2.0 * PADDING, height: heading.height + LINE + 2.0 * PADDING }
}

/// The card and the adjoint below it.
fn size_with_adjoint(card: &Card) -> Size {
    let own = size_of_card(card);
    match &card.adjoint {
        Some(adjoint) => {
            let below = size_of(adjoint);
            Size { width: own.width.max(below.width), height: own.height + below.height }
        }
        None => own,
    }
}

/// The label with the arrow through its middle, as much room below as above.
fn size_on_arrow(arrow: &Arrow) -> Size {
    match &arrow.label {
        Some(label) => Size { width: size_of(label).width, height: 2.0 * (TEXT + LABEL_GAP) },
        None => Size { width: 0.0, height: 0.0 },
    }
}

type Layers = Graph<NodeLabel, EdgeLabel>;

/// A node's name in the layout.
fn name(card: usize) -> String {
    card.to_string()
}

/// The layout from left to right, the leaves pinned to the first column: to a root before it, by edges that weigh more than all others
/// together.
fn laid_out(picture: &Picture) -> Layers {
    const ROOT: &str = "root";
    let mut graph = Layers::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    graph.set_node(ROOT, Some(NodeLabel::default()));
    for (i, card) in picture.cards.iter().enumerate() {
        let Size { width, height } = size_with_adjoint(card);
        graph.set_node(name(i), Some(NodeLabel { width, height, ..NodeLabel::default() }));
        if card.kind.is_leaf() {
            let weight = i32::try_from(picture.arrows.len() + 1).unwrap_or(i32::MAX);
            graph.set_edge(ROOT, name(i), Some(EdgeLabel { weight, ..EdgeLabel::default() }), None);
        }
    }
    for (i, arrow) in picture.arrows.iter().enumerate() {
        let Size { width, height } = size_on_arrow(arrow);
        let label = EdgeLabel { width, height, labelpos: LabelPos::Center, ..EdgeLabel::default() };
        graph.set_edge(name(arrow.from), name(arrow.to), Some(label), Some(&name(i)));
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: CARD_GAP,
        edgesep: ARROW_GAP,
        ranksep: 2.0 * GAP, // the layout halves it, since labels have columns of their own
        ..LayoutOptions::default()
    };
    layout(&mut graph, Some(options));
    graph
}

fn center(node: Option<&NodeLabel>) -> Place {
    let place = node.and_then(|node| Some(Place { x: node.x?, y: node.y? }));
    place.unwrap_or(Place { x: 0.0, y: 0.0 }) // every card was laid out
}

/// What the layout says of an arrow: where it crosses columns, from left to right, and where its label is.
struct Crossings {
    places: Vec<Place>,
    label: Option<usize>,
}

fn edge(graph: &Layers, arrow: &Arrow, i: usize) -> Crossings {
    let Some(edge) = graph.edge(&name(arrow.from), &name(arrow.to), Some(&name(i))) else {
        return Crossings { places: Vec::new(), label: None };
    };
    // The first and the last point are on the cards' borders.
    let inner = edge.points.get(1..edge.points.len().saturating_sub(1)).unwrap_or_default();
    let places: Vec<Place> = inner.iter().map(|&Point { x, y }| Place { x, y }).collect();
    let is_label = |place: &Place| edge.x.is_some_and(|x| (x - place.x).abs() < SAME);
    let label = places.iter().position(is_label).filter(|_| arrow.label.is_some());
    Crossings { places, label }
}

/// The columns: centre and width of the widest thing in each.
fn columns(picture: &Picture, graph: &Layers) -> Vec<(f64, f64)> {
    let cards = picture.cards.iter().enumerate();
    let cards = cards.map(|(i, card)| (center(graph.node(&name(i))).x, size_with_adjoint(card).width));
    let arrows = picture.arrows.iter().enumerate();
    let crossings = arrows.flat_map(|(i, arrow)| {
        let Crossings { places, label } = edge(graph, arrow, i);
        let width = size_on_arrow(arrow).width;
        let wide = move |k| if label == Some(k) { width } else { 0.0 };
        places.into_iter().enumerate().map(move |(k, place)| (place.x, wide(k))).collect::<Vec<_>>()
    });
    let mut things: Vec<(f64, f64)> = cards.chain(crossings).collect();
    things.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for (x, width) in things {
        match columns.last_mut() {
            Some(last) if (x - last.0).abs() < SAME => last.1 = last.1.max(width),
            _ => columns.push((x, width)),
        }
    }
    columns
}

/// The left and the right border of the column around x.
fn column(columns: &[(f64, f64)], x: f64) -> (f64, f64) {
    let column = columns.iter().find(|column| (column.0 - x).abs() < SAME);
    let (centre, width) = column.copied().unwrap_or((x, 0.0));
    (centre - width / 2.0, centre + width / 2.0)
}

fn card_at(card: &Card, centre: Place) -> PlacedCard<'_> {
    let (whole, own) = (size_with_adjoint(card), size_of_card(card));
    let (left, top) = (centre.x - own.width / 2.0, centre.y - whole.height / 2.0);
    let first = top + PADDING + TEXT;
    let last = first + size_of(&card.heading).height;
    PlacedCard {
        card,
        left,
        top,
        width: own.width,
        height: own.height,
        middle: centre.y,
        heading: Place { x: centre.x, y: first },
        value: Place { x: centre.x, y: last },
        adjoint: Place { x: centre.x, y: top + own.height + TEXT },
    }
}

/// The heights at which the arrows end at their cards, in the order in which they arrive from above to below.
fn ends(picture: &Picture, cards: &[PlacedCard<'_>], graph: &Layers) -> Vec<f64> {
    let mut ends = vec![0.0; picture.arrows.len()];
    for (to, card) in cards.iter().enumerate() {
        let mut into: Vec<(f64, usize)> = picture
            .arrows
            .iter()
            .enumerate()
            .filter(|(_, arrow)| arrow.to == to)
            .map(|(i, arrow)| (edge(graph, arrow, i).places.last().map_or(0.0, |place| place.y), i))
            .collect();
        into.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let room = card.top + card.height - card.middle; // below the middle, where there is less of it
        let gap = END_GAP.min(2.0 * room / (into.len() as f64 + 1.0));
        let first = card.middle - gap * (into.len() as f64 - 1.0) / 2.0;
        for (k, (_, i)) in into.into_iter().enumerate() {
            ends[i] = first + gap * k as f64;
        }
    }
    ends
}

fn arrow_at<'p>(
    arrow: &'p Arrow,
    crossings: Crossings,
    cards: &[PlacedCard<'_>],
    end: f64,
    columns: &[(f64, f64)],
) -> PlacedArrow<'p> {
    let (from, to) = (&cards[arrow.from], &cards[arrow.to]);
    let y = from.middle;
    let mut way = vec![
        Stretch::Start(Place { x: from.left + from.width, y }),
        Stretch::Level(Place { x: column(columns, from.left + from.width / 2.0).1, y }),
    ];
    let mut label = Place { x: 0.0, y: 0.0 };
    for (k, place) in crossings.places.into_iter().enumerate() {
        let (left, right) = column(columns, place.x);
        let y = place.y;
        if crossings.label == Some(k) {
            label = Place { x: place.x, y: y - LABEL_GAP };
        }
        way.push(Stretch::Bend(Place { x: left, y }));
        way.push(Stretch::Level(Place { x: right, y }));
    }
    way.push(Stretch::Bend(Place { x: column(columns, to.left + to.width / 2.0).0, y: end }));
    way.push(Stretch::Level(Place { x: to.left, y: end }));
    PlacedArrow { arrow, way, label }
}

/// The drawing with title, legend and margins, moved to the upper left corner.
fn framed<'p>(title: &str, cards: Vec<PlacedCard<'p>>, arrows: Vec<PlacedArrow<'p>>) -> Drawing<'p> {
    let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut top, mut bottom) = (f64::INFINITY, f64::NEG_INFINITY);
    for card in &cards {
        let whole = size_with_adjoint(card.card);
        let centre = card.left + card.width / 2.0;
        (left, right) = (left.min(centre - whole.width / 2.0), right.max(centre + whole.width / 2.0));
        (top, bottom) = (top.min(card.top), bottom.max(card.top + whole.height));
    }
    for arrow in &arrows {
        let size = size_on_arrow(arrow.arrow);
        if arrow.arrow.label.is_some() {
            let middle = arrow.label.y + LABEL_GAP;
            (top, bottom) = (top.min(middle - size.height / 2.0), bottom.max(middle + size.height / 2.0));
        }
        for stretch in &arrow.way {
            let (Stretch::Start(place) | Stretch::Level(place) | Stretch::Bend(place)) = stretch;
            (top, bottom) = (top.min(place.y), bottom.max(place.y));
        }
    }
    if cards.is_empty() {
        (left, right, top, bottom) = (0.0, 0.0, 0.0, 0.0);
    }
    let content = (right - left).max(width_of(title, VALUE)).max(width_of(LEGEND, TEXT));
    let (x, y) = (MARGIN + (content - (right - left)) / 2.0 - left, 2.0 * MARGIN + LINE - top);
    let (width, height) = (content + 2.0 * MARGIN, bottom + y + 2.0 * MARGIN + LINE);
    let middle = width / 2.0;
    Drawing {
        width,
        height,
        title: Place { x: middle, y: MARGIN + TEXT },
        cards: cards.into_iter().map(|card| card.moved(x, y)).collect(),
        arrows: arrows.into_iter().map(|arrow| arrow.moved(x, y)).collect(),
        legend: Place { x: middle, y: height - MARGIN },
    }
}

impl Place {
    fn moved(self, x: f64, y: f64) -> Self {
        Place { x: self.x + x, y: self.y + y }
    }
}

impl PlacedCard<'_> {
    fn moved(self, x: f64, y: f64) -> Self {
        PlacedCard {
            left: self.left + x,
            top: self.top + y,
            middle: self.middle + y,
            heading: self.heading.moved(x, y),
            value: self.value.moved(x, y),
            adjoint: self.adjoint.moved(x, y),
            ..self
        }
    }
}

impl PlacedArrow<'_> {
    fn moved(self, x: f64, y: f64) -> Self {
        let moved = |stretch| match stretch {
            Stretch::Start(place) => Stretch::Start(place.moved(x, y)),
            Stretch::Level(place) => Stretch::Level(place.moved(x, y)),
            Stretch::Bend(place) => Stretch::Bend(place.moved(x, y)),
        };
        PlacedArrow { way: self.way.into_iter().map(moved).collect(), label: self.label.moved(x, y), ..self }
    }
}
