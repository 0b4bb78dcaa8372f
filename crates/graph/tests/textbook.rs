//! The lesson that this crate starts from, with every number of it.
//!
//! Part 1 is J = 3(a + bc) at a = 5, b = 3, c = 2, whose numbers are whole and so exact. Part 2 is the chain rule of
//! logistic regression, compared with the results the lesson derives on paper.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(clippy::excessive_precision, reason = "references keep the digits they were computed to")]

use chainrule_graph::{Graph, Node, Real, Run};

struct Lesson<'g> {
    leaves: [Node<'g>; 3],
    u: Node<'g>,
    v: Node<'g>,
    j: Node<'g>,
}

impl<'g> Lesson<'g> {
    fn new(g: &'g Graph) -> Self {
        let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
        let u = (b * c).named("u");
        let v = (a + u).named("v");
        let j = (3.0 * v).named("J");
        Lesson { leaves: [a, b, c], u, v, j }
    }

    fn at(&self, g: &'g Graph, point: [f64; 3]) -> Run<'g, f64> {
        g.at(&[0, 1, 2].map(|i| (self.leaves[i], point[i]))).unwrap()
    }

    fn values(&self, run: &Run<'_, f64>) -> [f64; 3] {
        [self.u, self.v, self.j].map(|node| run.value(node).unwrap())
    }
}

const POINT: [f64; 3] = [5.0, 3.0, 2.0];

/// The local derivatives on the edges into a node, each with the name of the argument.
fn edges(run: &Run<'_, f64>, node: Node<'_>) -> Vec<(String, f64)> {
    let label = |node: Node<'_>| node.name().unwrap_or_else(|| node.to_string());
    run.edges(node).unwrap().iter().map(|edge| (label(edge.argument), edge.partial)).collect()
}

#[test]
fn values_and_local_derivatives() {
    let g = Graph::new();
    let lesson = Lesson::new(&g);
    let run = lesson.at(&g, POINT);
    assert_eq!(lesson.values(&run), [6.0, 11.0, 33.0]);
    assert_eq!(edges(&run, lesson.u), [("b".to_owned(), 2.0), ("c".to_owned(), 3.0)]);
    assert_eq!(edges(&run, lesson.v), [("a".to_owned(), 1.0), ("u".to_owned(), 1.0)]);
    assert_eq!(edges(&run, lesson.j), [("3".to_owned(), 11.0), ("v".to_owned(), 3.0)]);
    assert_eq!(lesson.j.formula(), "3 * (a + b * c)");
}

#[test]
fn one_product_for_each_path() {
    let g = Graph::new();
    let lesson = Lesson::new(&g);
    let run = lesson.at(&g, POINT);
    let d = run.gradient(lesson.j).unwrap();
    let on_paper: [(&[f64], &[&str], f64); 3] = [
        (&[3.0, 1.0], &["J", "v", "a"], 3.0),
        (&[3.0, 1.0, 2.0], &["J", "v", "u", "b"], 6.0),
        (&[3.0, 1.0, 3.0], &["J", "v", "u", "c"], 9.0),
    ];
    for (input, (factors, names, product)) in lesson.leaves.into_iter().zip(on_paper) {
        let paths = run.paths(lesson.j, input, 10).unwrap();
        assert_eq!((paths.total(), paths.len(), paths.is_complete()), (1, 1, true));
        let path = paths.iter().next().unwrap();
        assert_eq!(path.edges.iter().map(|edge| edge.partial).collect::<Vec<_>>(), factors);
        assert_eq!(path.nodes().map(|node| node.name().unwrap()).collect::<Vec<_>>(), names);
        assert_eq!(path.product, product);
        assert_eq!(d[input], product);
    }
    assert_eq!((d[lesson.j], d[lesson.v], d[lesson.u]), (1.0, 3.0, 3.0));
}

/// Raise one input by 1, keep the rest: J is linear in each single input, so the change is the derivative.
#[test]
fn the_nudge() {
    let g = Graph::new();
    let lesson = Lesson::new(&g);
    let values = |point| lesson.values(&lesson.at(&g, point));
    assert_eq!(values([6.0, 3.0, 2.0]), [6.0, 12.0, 36.0]); // v: 11 → 12 gives J: 33 → 36
    assert_eq!(values([5.0, 4.0, 2.0]), [8.0, 13.0, 39.0]); // b: 3 → 4 gives u: 6 → 8
    assert_eq!(values([5.0, 3.0, 3.0]), [9.0, 14.0, 42.0]);
    let run = lesson.at(&g, POINT);
    let d = run.gradient(lesson.j).unwrap();
    for (k, &input) in lesson.leaves.iter().enumerate() {
        let mut nudged = POINT;
        nudged[k] += 1.0;
        assert_eq!(values(nudged)[2] - 33.0, d[input]);
    }
}

/// Relative to the largest factor of the products on paper, which round as the sweep does.
fn assert_close(found: f64, on_paper: f64, what: &str) {
    assert!((found - on_paper).abs() <= 1e-15 * (1.0 + on_paper.abs()), "{what}: {found} and {on_paper}");
}

#[test]
fn logistic_regression_on_one_example() {
    let g = Graph::new();
    let [w1, w2, b] = ["w1", "w2", "b"].map(|name| g.parameter(name));
    let [x1, x2, y] = ["x1", "x2", "y"].map(|name| g.data(name));
    let z = (w1 * x1 + w2 * x2 + b).named("z");
    let a = z.sigmoid().named("a");
    let spelled_out = (1.0 / (1.0 + (-z).exp())).named("σ");
    let l = (-y * a.ln() - (1.0 - y) * (1.0 - a).ln()).named("L");
    assert_eq!(l.to_string(), "-y * ln(a) - (1 - y) * ln(1 - a)");

    for (weights, example) in [
        ([0.5, -0.25, 0.125], [1.5, 2.0, 1.0]),
        ([0.5, -0.25, 0.125], [1.5, 2.0, 0.0]),
        ([0.0, 0.0, 0.0], [1.0, -3.0, 1.0]),
        ([-1.0, 2.0, 0.5], [0.75, 1.25, 0.0]),
        ([2.0, 1.0, -1.0], [-1.0, 0.5, 1.0]),
    ] {
        let [at_x1, at_x2, at_y] = example;
        let run = g
            .at(&[(w1, weights[0]), (w2, weights[1]), (b, weights[2]), (x1, at_x1), (x2, at_x2), (y, at_y)])
            .unwrap();
        let at_z = weights[0] * at_x1 + weights[1] * at_x2 + weights[2];
        assert_eq!(run.value(z).unwrap(), at_z);
        let at_a = 1.0 / (1.0 + (-at_z).exp());
        assert_close(run.value(a).unwrap(), at_a, "a");
        assert_close(run.value(l).unwrap(), -(if at_y == 1.0 { at_a } else { 1.0 - at_a }).ln(), "L");

        let d = run.gradient(l).unwrap();
        assert_close(d[a], -at_y / at_a + (1.0 - at_y) / (1.0 - at_a), "dL/da");
        let slope = run.edges(a).unwrap()[0].partial;
        assert_close(slope, at_a * (1.0 - at_a), "da/dz");
        let long_way = -(1.0 + (-at_z).exp()).powi(-2) * -(-at_z).exp();
        assert_close(slope, long_way, "da/dz on the long way");
        assert_close(run.gradient(spelled_out).unwrap()[z], long_way, "dσ/dz of the spelled-out σ");
        let dz = run.gradient(z).unwrap();
        assert_eq!((dz[w1], dz[w2], dz[b]), (at_x1, at_x2, 1.0));
        assert_close(d[z], d[a] * slope, "dL/dz as a product");
        assert_close(d[z], at_a - at_y, "dL/dz");
        assert_close(d[w1], (at_a - at_y) * at_x1, "dL/dw1");
        assert_close(d[w2], (at_a - at_y) * at_x2, "dL/dw2");
        assert_close(d[b], at_a - at_y, "dL/db");

        let path = run.paths(l, w1, 10).unwrap();
        assert_eq!(path.total(), 2, "through ln a and through ln(1 − a)");
        assert_close(path.iter().map(|path| path.product).sum(), d[w1], "the sum of the paths");
    }
}

/// What the lesson does not say: at z = 40 the formula as written gives 0 · ∞, a stable one gives −σ(−z).
#[test]
fn the_textbook_loss_breaks_where_a_stable_one_does_not() {
    let g = Graph::new();
    let z = g.parameter("z");
    let textbook = -(1.0 - z.sigmoid()).ln(); // y = 0
    let stable = z.softplus();
    let run = g.at(&[(z, 40.0)]).unwrap();
    assert_eq!(run.value(textbook).unwrap(), f64::INFINITY);
    assert_eq!(run.value(stable).unwrap(), 40.0);
    assert!(!run.gradient(textbook).unwrap()[z].is_finite());
    assert_eq!(run.gradient(stable).unwrap()[z], 1.0);
    // y = 1: the closed form a − y is exactly 0 where the derivative is −σ(−40)
    assert_eq!(Real::sigmoid(&40.0) - 1.0, 0.0);
    let loss = (-z).softplus();
    let slope = g.at(&[(z, 40.0)]).unwrap().gradient(loss).unwrap()[z];
    assert_eq!(slope, -Real::sigmoid(&-40.0));
    assert!((slope + 4.248354255291588979e-18).abs() < 1e-33);
}
