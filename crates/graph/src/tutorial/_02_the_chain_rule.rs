//! How does J change when b does?
//!
//! Try it. Raise b from 3 to 4 and keep the rest: u goes from 6 to 8, v from 11 to 13, J from 33 to 39. J
//! rises by 6 when b rises by 1. This is the *nudge*, and no mathematics is needed for it:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! let u = (b * c).named("u");
//! let v = (a + u).named("v");
//! let j = (3.0 * v).named("J");
//!
//! let before = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?.value(j)?;
//! let after = g.at(&[(a, 5.0), (b, 4.0), (c, 2.0)])?.value(j)?;
//! assert_eq!(after - before, 6.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! It is exact here because J is a straight line in b. On a curve the nudge is only the beginning, and one
//! has to shrink it.
//!
//! Now see where the 6 comes from. Each edge has a *local derivative*, which needs only the two nodes at its
//! ends: u = b·c changes c times as fast as b does, so du/db = c = 2. v = a + u changes as fast as u, so
//! dv/du = 1. J = 3·v changes three times as fast as v. [`Run::edges`](crate::Run::edges) reads them off:
//!
//! ```
//! # use chainrule_graph::Graph;
//! # let g = Graph::new();
//! # let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! # let u = (b * c).named("u");
//! # let v = (a + u).named("v");
//! # let j = (3.0 * v).named("J");
//! let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?;
//! let edges = run.edges(u)?;
//! assert_eq!(edges[0].partial, 2.0); // du/db = c
//! assert_eq!(edges[1].partial, 3.0); // du/dc = b
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! From b to J leads one path, over u and v, and what happens along it multiplies. That is the *chain rule*:
//!
//! dJ/db = dJ/dv · dv/du · du/db = 3·1·2 = 6
//!
//! ```
//! # use chainrule_graph::Graph;
//! # let g = Graph::new();
//! # let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! # let u = (b * c).named("u");
//! # let v = (a + u).named("v");
//! # let j = (3.0 * v).named("J");
//! # let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?;
//! let paths = run.paths(j, b, 10)?;
//! let path = paths.iter().next().expect("there is one");
//! let factors: Vec<f64> = path.edges.iter().map(|edge| edge.partial).collect();
//! assert_eq!(factors, [3.0, 1.0, 2.0]);
//! assert_eq!(path.product, 6.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Where several paths lead to one input their products add up: in x·x there are two, one through each
//! factor.
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let square = x * x;
//! let run = g.at(&[(x, 5.0)])?;
//! let products: Vec<f64> = run.paths(square, x, 10)?.iter().map(|path| path.product).collect();
//! assert_eq!(products, [5.0, 5.0]); // 10 = 2·x
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [must one walk every path?](super::_03_the_reverse_sweep)
