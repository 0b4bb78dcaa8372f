//! Can one *see* the derivative?
//!
//! The reverse sweep multiplies and adds whatever it is given. Given nodes, it makes nodes: the derivative as
//! a new formula in the same graph. There is no second differentiator for it.
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let f = x.powi(3).sin();
//! let slope = g.derivative(f, &[x])?[0];
//! assert_eq!(slope.formula(), "cos(x^3) * (3 * x^2)");
//! assert_eq!(slope.latex(), r"\cos\left(x^{3}\right) \cdot \left(3 \cdot x^{2}\right)");
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! It is a node like any other: it has a value at any point, and a derivative of its own.
//!
//! ```
//! # use chainrule_graph::{Graph, Real};
//! # let g = Graph::new();
//! # let x = g.parameter("x");
//! # let f = x.powi(3).sin();
//! let slope = g.derivative(f, &[x])?[0];
//! let curvature = g.derivative(slope, &[x])?[0];
//! let run = g.at(&[(x, 0.5)])?;
//! assert_eq!(run.value(slope)?, run.gradient(f)?[x]); // the same operations, the same bits
//! assert_eq!(run.value(curvature)?, run.gradient(slope)?[x]);
//! let hessian = g.hessian(f, &[x])?[0][0];
//! assert_eq!(g.at(&[(x, 0.5)])?.value(hessian)?, run.value(curvature)?);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Constants are computed with each other and products with 0 and 1 left out; beyond that formulas are not
//! simplified: what they say is what is computed.
//! [`Graph::hessian`](crate::Graph::hessian) gives all second derivatives.
//!
//! Next: [and when one makes a mistake?](super::_09_mistakes_and_kinks)
