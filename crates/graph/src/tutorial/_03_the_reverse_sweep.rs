//! Must one walk every path?
//!
//! There can be very many. Add a number to itself, the sum to itself, and so on: each step doubles the number
//! of paths, and after thirty there are a thousand million.
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let mut sum = x;
//! for _ in 0..30 {
//!     sum = sum + sum;
//! }
//! let run = g.at(&[(x, 1.0)])?;
//! assert_eq!(run.paths(sum, x, 0)?.total(), 1 << 30);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! The paths have most of their way in common, and what is in common needs to be multiplied only once. Walk
//! the graph backwards and give each node one number, its *adjoint*: the derivative of J by it. J's own is 1.
//! Every other node's is the sum over the edges out of it, each with the adjoint at the upper end times the
//! local derivative on the edge:
//!
//! ```text
//! dJ/dJ = 1
//! dJ/dv = dJ/dJ · dJ/dv = 3
//! dJ/du = dJ/dv · dv/du = 3·1 = 3
//! dJ/db = dJ/du · du/db = 3·2 = 6
//! ```
//!
//! That is the *reverse sweep*. It visits each edge once, whatever the number of paths, and it gives the
//! derivatives by *all* inputs at once; [`Run::gradient`](crate::Run::gradient) is one such sweep:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! let u = (b * c).named("u");
//! let v = (a + u).named("v");
//! let j = (3.0 * v).named("J");
//! let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?;
//! let d = run.gradient(j)?;
//! assert_eq!((d[a], d[b], d[c]), (3.0, 6.0, 9.0));
//! assert_eq!((d[u], d[v], d[j]), (3.0, 3.0, 1.0)); // inner nodes have theirs too
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! The thirty doublings from above take thirty steps:
//!
//! ```
//! # use chainrule_graph::Graph;
//! # let g = Graph::new();
//! # let x = g.parameter("x");
//! # let mut sum = x;
//! # for _ in 0..30 {
//! #     sum = sum + sum;
//! # }
//! # let run = g.at(&[(x, 1.0)])?;
//! assert_eq!(run.gradient(sum)?[x], 1_073_741_824.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [a graph with something to learn in it](super::_04_logistic_regression)
