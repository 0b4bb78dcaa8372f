//! What has this to do with learning?
//!
//! A model is a graph with two kinds of leaves: *parameters*, which are to be found, and *data*, which are given. Logistic regression makes a
//! probability a from an example x and says in L how badly it fits the label y, which is 0 or 1:
//!
//! ```text
//! z = w₁·x₁ + w₂·x₂ + b       the logit
//! a = σ(z) = 1/(1 + e⁻ᶻ)      the probability of y = 1
//! L = −y·ln a − (1 − y)·ln(1 − a)
//! ```
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
//! let run = g.at(&[(w1, 0.5), (w2, -1.0), (b, 0.1), (x1, 2.0), (x2, 0.3), (y, 1.0)])?;
//! let d = run.gradient(loss)?;
//! # let (a_value, z_value) = (run.value(a)?, run.value(z)?);
//! # let close = |one: f64, other: f64| (one - other).abs() <= 4.0 * f64::EPSILON * other.abs();
//! // What the lesson finds on paper: dL/dz = a − y, dL/dw₁ = (a − y)·x₁, dL/db = a − y.
//! let error = run.value(a)? - 1.0;
//! assert!(close(d[z], error));
//! assert!(close(d[w1], error * 2.0) && close(d[w2], error * 0.3) && close(d[b], error));
//! # assert!(close(z_value, 0.8) && close(a_value, 0.689_974_481_127_612_6));
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! On paper, dL/dz is a product of two derivatives that look much worse than it does: dL/da = −y/a + (1 − y)/(1 − a) and da/dz = a(1 − a), so that
//! dL/dz = −y(1 − a) + (1 − y)a = a − y. In the graph both are there, as adjoint and as local derivative:
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
//! let a_by_z = run.edges(a)?[0].partial;
//! assert_eq!(d[z], d[a] * a_by_z);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! The last digits of `d[z]` and of a − y need not be the same: the two ways round differently, which is why `close` stands in the first example.
//!
//! Next: [from one example to many](super::_05_the_cost)
