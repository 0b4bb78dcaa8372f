//! Paths: one product for each, their sum is the derivative, and their number is known before they are listed.
//!
//! References: the reverse sweep for the sums (a law over random graphs, up to rounding), 2ⁿ for the counts.

mod random;

use chainrule_graph::{Graph, Node, Real};
use proptest::prelude::*;
use random::{ROUNDING, bound, graph_of, path_scale, points, recipes};

/// More paths than this are not listed by the law below.
const LIMIT: usize = 20_000;

proptest! {
    #![proptest_config(random::config())]

    #[test]
    fn the_products_sum_to_the_derivative(recipe in recipes(), point in points()) {
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let d = run.gradient(output).unwrap();
        let scale = path_scale(&run, &g, output, &inputs);
        for (input, scale) in inputs.into_iter().zip(scale) {
            let paths = run.paths(output, input, LIMIT).unwrap();
            prop_assert_eq!(paths.len() as u128, paths.total().min(LIMIT as u128));
            prop_assert_eq!(paths.is_complete(), paths.total() <= LIMIT as u128);
            for path in &paths {
                // every path leads from the output to the input, each edge beginning where the last one ended
                let nodes: Vec<_> = path.nodes().map(Node::index).collect();
                prop_assert_eq!(nodes[0], output.index());
                prop_assert_eq!(nodes[nodes.len() - 1], input.index());
                let starts: Vec<_> = path.edges.iter().map(|edge| edge.node.index()).collect();
                prop_assert_eq!(&nodes[..nodes.len() - 1], &starts[..]);
            }
            if paths.is_complete() {
                let sum: f64 = paths.iter().map(|path| path.product).sum();
                // the sum of up to LIMIT products rounds as often
                let rounding = ROUNDING + paths.len() as f64 * f64::EPSILON;
                prop_assert!((sum - d[input]).abs() <= rounding * scale, "{sum} and {}", d[input]);
            }
        }
    }
}

#[test]
fn paths_come_in_the_order_of_the_arguments_and_count_repeated_edges() {
    let g = Graph::new();
    let x = g.parameter("x");
    let j = x * x + 3.0 * x;
    let run = g.at(&[(x, 5.0)]).unwrap();
    let paths = run.paths(j, x, 10).unwrap();
    assert_eq!((paths.total(), paths.len(), paths.is_complete(), paths.is_empty()), (3, 3, true, false));
    let products: Vec<_> = paths.iter().map(|path| path.product).collect();
    assert_eq!(products, [5.0, 5.0, 3.0]);
    let positions: Vec<Vec<_>> =
        paths.iter().map(|path| path.edges.iter().map(|edge| edge.position).collect()).collect();
    assert_eq!(positions, [[0, 0], [0, 1], [1, 1]]);
    // fewer than there are: the first ones
    let two = run.paths(j, x, 2).unwrap();
    assert_eq!((two.total(), two.len(), two.is_complete()), (3, 2, false));
    assert_eq!(two.into_iter().map(|path| path.product).collect::<Vec<_>>(), [5.0, 5.0]);
}

/// x + x, doubled n times, has 2ⁿ paths: counted without being walked.
#[test]
fn exponentially_many_paths_are_counted_and_the_limit_is_kept() {
    let g = Graph::new();
    let x = g.parameter("x");
    let mut doubled = vec![x];
    for n in 0..200 {
        doubled.push(doubled[n] + doubled[n]);
    }
    let run = g.at(&[(x, 1.0)]).unwrap();
    for (n, total) in [(0, 1), (1, 2), (10, 1 << 10), (64, 1 << 64), (127, 1 << 127), (128, u128::MAX)] {
        let paths = run.paths(doubled[n], x, 5).unwrap();
        assert_eq!(paths.total(), total, "2^{n}");
        assert_eq!(paths.len() as u128, total.min(5));
        assert_eq!(paths.is_complete(), total <= 5);
        assert!(paths.iter().all(|path| path.edges.len() == n && path.product == 1.0));
    }
    let paths = run.paths(doubled[200], x, 0).unwrap();
    assert_eq!((paths.total(), paths.len(), paths.is_complete()), (u128::MAX, 0, false));
    assert!(paths.is_empty());
    assert_eq!(run.paths(doubled[10], x, usize::MAX).unwrap().len(), 1 << 10);
}

#[test]
fn from_a_node_to_itself_there_is_one_path_without_edges() {
    let g = Graph::new();
    let x = g.parameter("x");
    let u = x.sin();
    let run = g.at(&[(x, 5.0)]).unwrap();
    for node in [x, u] {
        let paths = run.paths(node, node, 10).unwrap();
        assert_eq!((paths.total(), paths.len(), paths.is_complete()), (1, 1, true));
        let path = paths.iter().next().unwrap();
        assert_eq!((path.edges.len(), path.product, path.nodes().count()), (0, 1.0, 0));
    }
}

#[test]
fn without_a_path_the_list_is_empty_and_complete() {
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    let u = x.sin();
    let run = g.at(&[(x, 5.0), (y, 1.0)]).unwrap();
    for (output, input) in [(u, y), (x, u), (y, x)] {
        let paths = run.paths(output, input, 10).unwrap();
        assert_eq!((paths.total(), paths.len(), paths.is_complete()), (0, 0, true));
        assert!(paths.is_empty());
    }
}

/// The input may lie in the middle: what is below it does not matter.
#[test]
fn paths_to_an_inner_node_end_there() {
    let g = Graph::new();
    let x = g.parameter("x");
    let u = x * x;
    let j = u * x + u;
    let run = g.at(&[(x, 3.0)]).unwrap();
    let paths = run.paths(j, u, 10).unwrap();
    assert_eq!(paths.iter().map(|path| path.product).collect::<Vec<_>>(), [3.0, 1.0]);
    assert_eq!(run.paths(j, x, 10).unwrap().total(), 5);
}

/// The same convention as in the sweep: what is not asked for does not turn an infinite slope into NaN.
#[test]
fn a_zero_factor_before_an_infinite_one_gives_zero() {
    let g = Graph::new();
    let x = g.parameter("x");
    let j = 0.0 * x.sqrt();
    let run = g.at(&[(x, 0.0)]).unwrap();
    let paths = run.paths(j, x, 1).unwrap();
    let path = paths.iter().next().unwrap();
    assert_eq!(path.edges.iter().map(|edge| edge.partial).collect::<Vec<_>>(), [0.0, f64::INFINITY]);
    assert_eq!(path.product, 0.0);
}

#[test]
fn a_long_path_needs_no_stack() {
    let g = Graph::new();
    let x = g.parameter("x");
    let mut y = x;
    for _ in 0..100_000 {
        y = -y;
    }
    let run = g.at(&[(x, 1.0)]).unwrap();
    let paths = run.paths(y, x, 2).unwrap();
    let path = paths.iter().next().unwrap();
    assert_eq!((paths.total(), path.edges.len(), path.product), (1, 100_000, 1.0));
}

/// Below the first term of j lie 2¹⁰⁰ paths, none of them to y: a walk that entered it would not come back.
#[test]
fn what_has_no_path_to_the_input_is_not_entered() {
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    let doubled = (0..100).fold(x, |sum, _| sum + sum);
    let j = doubled + 3.0 * y;
    let paths = g.at(&[(x, 1.0), (y, 1.0)]).unwrap().paths(j, y, 10).unwrap();
    assert_eq!((paths.total(), paths.len(), paths.is_complete()), (1, 1, true));
    assert_eq!(paths.iter().next().unwrap().product, 3.0);
}

/// A branch that is not taken, or loses, is a factor of 0 whatever else there is on a path.
#[test]
fn paths_through_what_is_not_taken_are_zero() {
    for formula in ["atan(select(a - 2, exp(a), b))*c", "sqrt(max(b, c))"] {
        let g = Graph::new();
        let [a, b, c] = ["a", "b", "c"].map(|name| g.parameter(name));
        let output = g.parse(formula).unwrap();
        let run = g.at(&[(a, 1.0), (b, 0.0), (c, -1.0)]).unwrap();
        let gradient = run.gradient(output).unwrap();
        for input in [a, c] {
            let total: f64 = run.paths(output, input, 10).unwrap().iter().map(|path| path.product).sum();
            assert_eq!(total, gradient[input], "{formula}");
        }
    }
}
