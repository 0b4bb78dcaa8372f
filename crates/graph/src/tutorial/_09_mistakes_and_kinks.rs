//! What happens when one makes a mistake?
//!
//! Nothing, while the graph is built: `a + b` has no place for an [`Error`](crate::Error). The mistake
//! travels with the node and comes out where a value is asked for, and says what to do:
//!
//! ```
//! use chainrule_graph::{Error, Graph};
//!
//! let g = Graph::new();
//! let (a, b) = (g.parameter("a"), g.parameter("b"));
//! let error = g.at(&[(a, 5.0)]).unwrap_err();
//! assert!(error.to_string().contains("`b`") && error.to_string().contains("has no value"));
//!
//! let other = Graph::new();
//! let mixed = a + other.parameter("c");
//! let run = g.at(&[(a, 5.0), (b, 3.0)])?;
//! assert!(matches!(run.value(3.0 * mixed), Err(Error::TwoGraphs { .. })));
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Numbers are another matter. ln of −1 is NaN, as everywhere in f64; whoever wants to be told asks
//! [`Op::in_domain`](crate::Op::in_domain), as the crate `chainrule-explain` does.
//!
//! ```
//! use chainrule_graph::{Graph, Op, Real};
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let logarithm = x.ln();
//! assert!(g.at(&[(x, -1.0_f64)])?.value(logarithm)?.is_nan());
//! assert!(!Op::Ln.in_domain(&[-1.0]));
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! And where there is no derivative? |x| has a kink at 0: slope −1 on the left, 1 on the right. At a tie of
//! max(p, q) there are two answers as well. A program has to choose; this one says what it chose in
//! [`Op::conventions`](crate::Op::conventions):
//!
//! ```
//! use chainrule_graph::{Graph, Op, Real};
//!
//! let g = Graph::new();
//! let (p, q, x) = (g.parameter("p"), g.parameter("q"), g.parameter("x"));
//! let (kink, tie) = (x.abs(), p.max(&q));
//! let run = g.at(&[(x, 0.0), (p, 2.0), (q, 2.0)])?;
//! assert_eq!(run.gradient(kink)?[x], 0.0);
//! let d = run.gradient(tie)?;
//! assert_eq!((d[p], d[q]), (0.5, 0.5)); // half to each, as 0 is halfway between −1 and 1
//!
//! let convention = &Op::Abs.conventions()[0];
//! assert_eq!((&convention.arguments[..], &convention.partials[..]), (&[0.0][..], &[0.0][..]));
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! One more: what does not count is not asked. √x is infinitely steep at 0, but 0·√x is 0 everywhere, and so
//! is its derivative, where 0 · ∞ would be NaN:
//!
//! ```
//! # use chainrule_graph::{Graph, Real};
//! # let g = Graph::new();
//! # let x = g.parameter("x");
//! let flat = 0.0 * x.sqrt();
//! let run = g.at(&[(x, 0.0)])?;
//! assert_eq!(run.gradient(flat)?[x], 0.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! A branch that is not taken is not asked either, and nothing that it is made of can spoil a derivative. But a number that is
//! beyond all others is no number to go on with: ln(1 + eˣ) at 800 has no derivative here, neither the right one, 1, nor a wrong one.
//!
//! ```
//! use chainrule_graph::{Graph, Node, Real};
//!
//! let g = Graph::new();
//! let x = g.parameter("x");
//! let careful = Node::select(&(x - 700.0), &x, &(1.0 + x.exp()).ln());
//! let careless = (1.0 + x.exp()).ln();
//! let run = g.at(&[(x, 800.0_f64)])?;
//! assert_eq!(run.gradient(careful)?[x], 1.0);
//! assert!(run.gradient(careless)?[x].is_nan());
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [formulas as people write them](super::_10_formulas_as_text)
