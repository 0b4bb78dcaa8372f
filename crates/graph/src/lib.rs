//! A computational graph of scalar nodes, and the chain rule written once.
//!
//! Write a formula as on paper; ask for its value, its gradient, and every step in between:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! // J = 3(a + bc)
//! let g = Graph::new();
//! let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! let u = (b * c).named("u");
//! let v = (a + u).named("v");
//! let j = (3.0 * v).named("J");
//!
//! let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?; // forward
//! assert_eq!(run.value(j)?, 33.0);
//!
//! let d = run.gradient(j)?; // reverse
//! assert_eq!((d[a], d[b], d[c]), (3.0, 6.0, 9.0));
//!
//! // dJ/db = dJ/dv · dv/du · du/db, one product for each path from J to b
//! let paths = run.paths(j, b, 10)?;
//! let path = paths.iter().next().expect("there is one");
//! assert_eq!(path.edges.iter().map(|edge| edge.partial).collect::<Vec<_>>(), [3.0, 1.0, 2.0]);
//! assert_eq!(path.product, 6.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! The [tutorial] teaches it from the first node on.
//!
//! # One table, two sweeps, many types
//!
//! Every operation is one entry of one table ([`Op`]): value, partial derivatives, domain, kinks, printed form. A
//! forward and a reverse sweep are written once over the trait [`Real`], and the type they run at decides
//! what comes out:
//!
//! | at the type | the sweeps give | ask |
//! |---|---|---|
//! | `f64`, `f32` | values and gradients | [`Graph::at`], [`Run::gradient`] |
//! | [`Dual`] | directional derivatives, Hessian-vector products | [`Graph::at`] with dual numbers |
//! | [`Node`] | the derivative as a new formula | [`Graph::derivative`], [`Graph::hessian`] |
//! | [`Var`] | gradients of code with loops and branches | [`Tape`], [`value_and_gradient`], [`hessian`] |
//! | `BigFloat` (feature `oracle`) | the truth that f64 is held to | `oracle::value`, `oracle::gradient` |
//!
//! # Formulas
//!
//! [`Graph::parse`] reads formulas as people write them (`"u = b*c; J = 3*(a + u)"`), with errors that point at the
//! character; a graph prints as what it reads back from. [`Node::formula`] and [`Node::latex`] print one node, and
//! [`Notation`] one operation.
//!
//! # How right it is
//!
//! Each value and partial of the table has a budget in units of the last place ([`Op::value_ulps`],
//! [`Op::partial_ulps`]). The feature `oracle` adds the module that holds them to it: numbers of arbitrary
//! precision, the truths of values and derivatives, and the first wrong node of a run.
//!
//! # Conventions
//!
//! The derivative of |x| at 0 is 0; at a tie in `min` or `max` half of it goes to each argument; `select` at 0 takes its
//! first branch, and what is not taken contributes nothing; the exponent of xᵖ counts as fixed for x ≤ 0; the derivatives of
//! hypot at the origin are 0; 0 · ∞ in the chain rule is 0; where the output is not finite, its derivative is NaN (a dual
//! number's where the value is NaN). [`Op::conventions`] lists those of each operation, and they are tested. They hold in every
//! mode and at every order, but for second derivatives of reciprocals and powers that underflow (see the README); the
//! modes differ in the order of products and sums.
//!
//! # Mistakes
//!
//! Building never panics and never fails: a mistake poisons the node it concerns, and asking for a value, a
//! gradient or a path returns the [`Error`]. Indexing a gradient with a node of another graph is the one
//! documented panic; [`Gradient::get`] is the way without.

#![forbid(unsafe_code)]

mod dual;
mod error;
mod fault;
mod float;
mod form;
mod formula;
mod function;
mod functions;
mod gradient;
mod graph;
mod lanes;
mod lexer;
mod listing;
mod misread;
mod node;
mod nodes;
mod notation;
mod op;
mod operators;
#[cfg(feature = "oracle")]
pub mod oracle;
mod owner;
mod parser;
mod paths;
mod reading;

mod real;
mod record;
mod rules;
mod run;
mod sweep;
mod tape;
pub mod tutorial;

pub use dual::Dual;
pub use error::Error;
pub use fault::{Corrupted, Fault};
pub use form::{Form, Printed};
pub use function::{hessian, hessian_vector, jacobian, value_and_gradient};
pub use gradient::Gradient;
pub use graph::Graph;
pub use lanes::Lanes;
pub use misread::Misread;
pub use node::{Node, NodeKind};
pub use notation::Notation;
pub use op::Op;
pub use owner::Owner;
pub use paths::{Path, Paths};
pub use real::{Number, Primitive, Real};
pub use rules::{Convention, Rules, Table};
pub use run::{Edge, Run};
pub use tape::{Position, Tape, Var};

// With the oracle alone, since one section of it is about the oracle.
#[cfg(all(doctest, feature = "oracle"))]
#[doc = include_str!("../README.md")]
mod readme {}
