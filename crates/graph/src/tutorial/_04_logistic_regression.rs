//! What has this to do with learning?
//!
//! A model is a graph with two kinds of leaves: *parameters*, which are to be found, and *data*, which are
//! given. Logistic regression makes a probability a from an example x and says in L how badly it fits the
//! label y, which is 0 or 1:
//!
//! ```text
//! z = w₁·x₁ + w₂·x₂ + b       the logit
//! a = σ(z) = 1/(1 + e⁻ᶻ)      the probability of y = 1
//! L = −y·ln a − (1 − y)·ln(1 − a)
//! ```
//!
//! [`Graph::parameter`](crate::Graph::parameter) and [`Graph::data`](crate::Graph::data) make the leaves.
//! Here is an example for which z is 0, so that a is 1/2 and all numbers are exact:
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let (w1, w2, b) = (g.parameter("w1"), g.parameter("w2"), g.parameter("b"));
//! let (x1, x2, y) = (g.data("x1"), g.data("x2"), g.data("y"));
//! let z = (w1 * x1 + w2 * x2 + b).named("z");
//! let a = z.sigmoid().named("a");
//! let loss = (-y * a.ln() - (1.0 - y) * (1.0 - a).ln()).named("L");
//! assert_eq!(loss.to_string(), "-y * ln(a) - (1 - y) * ln(1 - a)");
//!
//! let run = g.at(&[(w1, 0.5), (w2, -1.0), (b, 0.5), (x1, 2.0), (x2, 1.5), (y, 1.0)])?;
//! assert_eq!((run.value(z)?, run.value(a)?), (0.0, 0.5));
//! assert_eq!(run.value(loss)?, 2.0_f64.ln());
//!
//! let d = run.gradient(loss)?;
//! assert_eq!(d[a], -2.0); // dL/da = −y/a + (1 − y)/(1 − a)
//! assert_eq!(run.edges(a)?[0].partial, 0.25); // da/dz = a·(1 − a)
//! assert_eq!(d[z], -0.5); // dL/dz = dL/da · da/dz = a − y
//! assert_eq!((d[w1], d[w2], d[b]), (-1.0, -0.75, -0.5)); // (a − y)·x₁, (a − y)·x₂, a − y
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! On paper most of it falls away: dL/dz = dL/da · da/dz = −y·(1 − a) + (1 − y)·a = a − y. The graph
//! multiplies the two factors instead. That is the same number, but not always to the last digit, because the
//! two ways round differently:
//!
//! ```
//! # use chainrule_graph::{Graph, Real};
//! # let g = Graph::new();
//! # let z = g.parameter("z");
//! # let y = g.data("y");
//! # let a = z.sigmoid();
//! # let loss = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//! let run = g.at(&[(z, 0.8), (y, 1.0)])?;
//! let d = run.gradient(loss)?;
//! assert_eq!(d[z], d[a] * run.edges(a)?[0].partial);
//!
//! let error = run.value(a)? - 1.0;
//! // A handful of roundings of at most half of `f64::EPSILON`, which 1 − a magnifies about threefold.
//! assert!((d[z] / error - 1.0).abs() <= 8.0 * f64::EPSILON);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [from one example to many](super::_05_the_cost)
