//! Drawings: well-formed, the same each time, everything on the page, and nothing over anything else.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod graphs;
mod random;

use chainrule_explain::{Error, Explanation};
use chainrule_graph::{Graph, Real};
use insta::assert_snapshot;
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::graphs::{explained, lesson, logistic_lesson, tangled};

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Area([f64; 4]);

impl Area {
    fn overlaps(self, other: Area) -> bool {
        let ([left, top, right, bottom], [l, t, r, b]) = (self.0, other.0);
        left < r && l < right && top < b && t < bottom
    }

    fn contains(self, (x, y): (f64, f64)) -> bool {
        let [left, top, right, bottom] = self.0;
        left < x && x < right && top < y && y < bottom
    }
}

/// What a drawing consists of.
struct Drawn {
    page: Area,
    cards: Vec<Area>,
    /// Texts with what they say; those within cards apart.
    texts: Vec<(String, Area)>,
    inner_texts: Vec<(String, Area)>,
    /// Points along each arrow, a few pixels from each other.
    arrows: Vec<Vec<(f64, f64)>>,
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).and_then(|text| text.parse().ok()).expect("a number")
}

/// The page in the drawing's own measure.
fn area_of_view(page: Node<'_, '_>) -> Area {
    let view = page.attribute("viewBox").expect("a view");
    let sides: Vec<f64> = view.split(' ').map(|text| text.parse().expect("a number")).collect();
    Area(sides.try_into().expect("four sides"))
}

/// The area of a text around its middle: letters of monospace fonts are at most 0.62 as wide as high, rise by 0.8 of their height and fall by 0.25.
fn area_of_text(node: Node<'_, '_>) -> (String, Area) {
    let text: String = node.children().filter(Node::is_text).filter_map(|node| node.text()).collect();
    let (x, y, size) = (number(node, "x"), number(node, "y"), number(node, "font-size"));
    let half = 0.62 * size * text.chars().count() as f64 / 2.0;
    let area = Area([x - half, y - 0.8 * size, x + half, y + 0.25 * size]);
    (text, area)
}

fn drawn(svg: &str) -> Drawn {
    let document = Document::parse(svg).unwrap();
    let page = document.root_element();
    let mut drawn = Drawn {
        page: area_of_view(page),
        cards: Vec::new(),
        texts: Vec::new(),
        inner_texts: Vec::new(),
        arrows: Vec::new(),
    };
    for node in page.children().filter(Node::is_element) {
        let class = node.attribute("class").unwrap_or_default();
        match node.tag_name().name() {
            "rect" if class.starts_with("card") => {
                let (x, y) = (number(node, "x"), number(node, "y"));
                drawn.cards.push(Area([x, y, x + number(node, "width"), y + number(node, "height")]));
            }
            "text" if ["heading", "value"].contains(&class) => drawn.inner_texts.push(area_of_text(node)),
            "text" => drawn.texts.push(area_of_text(node)),
            "path" => drawn.arrows.push(points(node.attribute("d").unwrap())),
            _ => {}
        }
    }
    drawn
}

/// Points along a path of the commands M, L and C.
fn points(way: &str) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for command in way.split(['M', 'L', 'C']).skip(1) {
        let numbers: Vec<f64> = command.split_whitespace().map(|n| n.parse().unwrap()).collect();
        let last = points.last().copied();
        match (numbers.as_slice(), last) {
            (&[x, y], None) => points.push((x, y)),
            (&[x, y], Some((from_x, from_y))) => {
                points.extend(
                    (1..=50)
                        .map(|k| f64::from(k) / 50.0)
                        .map(|t| (from_x + t * (x - from_x), from_y + t * (y - from_y))),
                );
            }
            (&[ax, ay, bx, by, x, y], Some((from_x, from_y))) => {
                let bezier = |t: f64, from: f64, a: f64, b: f64, to: f64| {
                    let s = 1.0 - t;
                    s * s * s * from + 3.0 * s * s * t * a + 3.0 * s * t * t * b + t * t * t * to
                };
                let ts = (1..=50).map(|k| f64::from(k) / 50.0);
                points.extend(ts.map(|t| (bezier(t, from_x, ax, bx, x), bezier(t, from_y, ay, by, y))));
            }
            other => panic!("an unknown command: {other:?}"),
        }
    }
    points
}

/// Everything that lies over something else, or off the page, in words.
fn faults(svg: &str) -> Vec<String> {
    let Drawn { page, cards, texts, inner_texts, arrows } = drawn(svg);
    let mut faults = Vec::new();
    let Area([_, _, width, height]) = page;
    let on_page = |Area([left, top, right, bottom]): Area| {
        left >= 0.0 && top >= 0.0 && right <= width && bottom <= height
    };
    faults
        .extend(cards.iter().filter(|card| !on_page(**card)).map(|card| format!("{card:?} is off the page")));
    for (i, (text, area)) in texts.iter().enumerate() {
        faults.extend((!on_page(*area)).then(|| format!("'{text}' is off the page")));
        let over = texts[..i].iter().filter(|(_, other)| area.overlaps(*other));
        faults.extend(over.map(|(other, _)| format!("'{text}' lies over '{other}'")));
        faults.extend(
            cards
                .iter()
                .filter(|card| area.overlaps(**card))
                .map(|card| format!("'{text}' lies over {card:?}")),
        );
        let crossed = arrows.iter().filter(|arrow| arrow.iter().any(|&point| area.contains(point)));
        faults.extend(crossed.map(|arrow| format!("'{text}' is crossed by the arrow from {:?}", arrow[0])));
    }
    for (text, area) in &inner_texts {
        let is_inside = |card: &&Area| {
            let (Area([left, top, right, bottom]), Area([l, t, r, b])) = (area, card);
            l <= left && t <= top && right <= r && bottom <= b
        };
        faults.extend(
            (cards.iter().filter(is_inside).count() != 1).then(|| format!("'{text}' is not in a card")),
        );
    }
    for (i, card) in cards.iter().enumerate() {
        faults.extend(
            cards[..i]
                .iter()
                .filter(|other| card.overlaps(**other))
                .map(|other| format!("{card:?} lies over {other:?}")),
        );
        // Coordinates are written to a tenth of a pixel.
        let inner = Area([card.0[0] + 0.2, card.0[1] + 0.2, card.0[2] - 0.2, card.0[3] - 0.2]);
        let crossed = arrows.iter().filter(|arrow| arrow.iter().any(|&point| inner.contains(point)));
        faults.extend(crossed.map(|arrow| format!("{card:?} is crossed by the arrow from {:?}", arrow[0])));
    }
    faults
}

/// Forty nodes, of which some go into many others.
fn forty_nodes() -> Explanation {
    let mut formulas = "k0 = a*b; k1 = k0 + c; k2 = sin(k1)".to_owned();
    for k in 3..35 {
        let (near, far) = (k - 1 - k % 2, (k * 7) % (k - 2));
        let formula = match k % 4 {
            0 => format!("k{near}*k{far}"),
            1 => format!("tanh(k{near})"),
            2 => format!("k{near} - k{far}"),
            _ => format!("k{far} + sin(k{near})"),
        };
        formulas += &format!("; k{k} = {formula}");
    }
    explained(
        &format!("{formulas}; J = k34 + k33 + k32 + k31 + k30 + k29 + k28 + k27 + k26 + k25 + k24 + k23"),
        &[("a", 0.5), ("b", -1.0), ("c", 2.0)],
        &[],
    )
    .unwrap()
}

#[test]
fn the_lessons_first_graph() {
    assert_snapshot!(lesson().svg().unwrap());
}

#[test]
fn nothing_lies_over_anything_else() {
    for explanation in
        [lesson(), logistic_lesson(&["w1"]), logistic_lesson(&["w1", "w2", "b"]), tangled(), forty_nodes()]
    {
        let svg = explanation.svg().unwrap();
        assert_eq!(faults(&svg), [""; 0], "{}", explanation.output());
    }
    assert!(drawn(&forty_nodes().svg().unwrap()).cards.len() >= 40);
}

#[test]
fn everything_is_drawn() {
    let drawn = drawn(&lesson().svg().unwrap());
    let texts: Vec<&str> =
        drawn.texts.iter().chain(&drawn.inner_texts).map(|(text, _)| text.as_str()).collect();
    for text in [
        "u = b * c",
        "6",
        "33",
        "dJ/db = 6",
        "du/db = c = 2",
        "dv/da = 1",
        "dJ/dv = 3",
        "J = 3 * (a + b * c)",
    ] {
        assert!(texts.contains(&text), "{text} is missing in {texts:?}");
    }
    assert_eq!((drawn.cards.len(), drawn.arrows.len()), (6, 5));
}

#[test]
fn inputs_stand_in_the_left_column() {
    for explanation in [lesson(), logistic_lesson(&["w1", "w2", "b"]), forty_nodes()] {
        let svg = explanation.svg().unwrap();
        let document = Document::parse(&svg).unwrap();
        let middles = |leaf: bool| -> Vec<f64> {
            let is_card =
                |node: &Node<'_, '_>| node.attribute("class").is_some_and(|class| class.starts_with("card "));
            let is_leaf = |node: &Node<'_, '_>| {
                !node
                    .attribute("class")
                    .is_some_and(|class| class.ends_with("inner") || class.ends_with("output"))
            };
            document
                .descendants()
                .filter(|node| is_card(node) && is_leaf(node) == leaf)
                .map(|node| number(node, "x") + number(node, "width") / 2.0)
                .collect()
        };
        let leaves = middles(true);
        assert!(leaves.iter().all(|x| (x - leaves[0]).abs() < 0.2), "{leaves:?}");
        assert!(middles(false).into_iter().all(|x| x > leaves[0] + 1.0));
    }
}

#[test]
fn the_same_explanation_gives_the_same_bytes() {
    for explanation in [lesson(), tangled(), forty_nodes()] {
        let first = explanation.svg().unwrap();
        assert!((0..5).all(|_| explanation.svg().unwrap() == first));
    }
}

#[test]
fn odd_names_are_escaped() {
    let graph = Graph::new();
    let x = graph.parameter("<a & \"b\">\u{1}");
    let output = (x * x).named("σ²–long name that goes on and on and on and on and on");
    let run = graph.at(&[(x, 2.0)]).unwrap();
    let svg = Explanation::new(&run, output).unwrap().svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let texts: String = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.contains("<a & \"b\">\u{fffd}") && texts.contains('…'), "{texts}");
    assert_eq!(faults(&svg), [""; 0]);
}

#[test]
fn one_node_and_many() {
    let alone = explained("x = 3", &[], &[]).unwrap().svg().unwrap();
    assert_eq!((drawn(&alone).cards.len(), faults(&alone)), (1, Vec::new()));
    let graph = Graph::new();
    let mut node = graph.parameter("x");
    for _ in 0..300 {
        node = node.sin();
    }
    let run = graph.at(&[(graph.node("x").unwrap(), 0.5)]).unwrap();
    let refused = Explanation::new(&run, node).unwrap().svg();
    assert_eq!(refused, Err(Error::TooLargeToDraw { nodes: 301, most: 300 }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..random::config() })]

    #[test]
    fn random_graphs_are_drawn_without_overlap(recipe in random::recipes()) {
        let (graph, point) = random::graph(&recipe);
        let svg = random::explained(&graph, &point).svg().unwrap();
        prop_assert_eq!(faults(&svg), Vec::<String>::new());
    }
}

#[test]
fn no_page_is_wider_than_screens_can_show() {
    let graph = Graph::new();
    let x = graph.parameter("x");
    let deep = (0..120).fold(x, |inner, _| inner.sin());
    let run = graph.at(&[(x, 0.5)]).unwrap();
    let svg = Explanation::new(&run, deep).unwrap().svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let page = document.root_element();
    let Area([_, _, wide, _]) = area_of_view(page);
    assert!(wide > 8000.0 && number(page, "width") <= 8000.0, "{wide}");
    let title = document.descendants().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
    assert!(title.is_some_and(|title| title.chars().count() <= 100 && !title.contains('#')), "{title:?}");
}
