//! What happens when one makes a mistake?
//!
//! Nothing, while the graph is built: `a + b` has no place for an error. It comes out where a value is asked for, and says what to do:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let (a, b) = (g.parameter("a"), g.parameter("b"));
//! let error = g.at(&[(a, 5.0)]).unwrap_err();
//! assert!(error.to_string().contains("`b`") && error.to_string().contains("has no value"));
//!
//! let other = Graph::new();
//! let mixed = a + other.parameter("c");
//! assert!(g.at(&[(a, 5.0), (b, 3.0)])?.value(mixed).is_err());
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Numbers are another matter. ln of −1 is NaN, as everywhere in f64, and whoever wants to be told asks [`Op::in_domain`](crate::Op::in_domain); the crate `chainrule-explain` does.
//!
//! And where there is no derivative? |x| has a kink at 0: slope −1 on the left, 1 on the right. A program has to choose, and this one says what
//! it chose, in one list for all operations:
//!
//! ```
//! use chainrule_graph::{Graph, Op, Real};
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let kinked = x.abs();
//! let run = g.at(&[(x, 0.0)])?;
//! assert_eq!(run.gradient(kinked)?[x], 0.0); // by convention
//! assert_eq!(Op::Abs.conventions().len(), 1);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [formulas as people write them](super::_10_formulas_as_text)
