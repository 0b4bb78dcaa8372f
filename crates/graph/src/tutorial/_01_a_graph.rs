//! How does a program see J = 3(a + bc)?
//!
//! As a person with a pencil does, one operation at a time: first u = b·c, then v = a + u, then J = 3·v. Draw
//! a circle for each of them, an arrow from each number to what is made of it, and there is the
//! *computational graph*:
//!
//! ```text
//! a ───────────────► v = a + u ──► J = 3·v
//!                        ▲
//! b ──► u = b·c ─────────┘
//!          ▲
//! c ───────┘
//! ```
//!
//! Circles are *nodes*, arrows are *edges*. A [`Graph`](crate::Graph) holds the nodes; a
//! [`Node`](crate::Node) is a handle that can be copied and calculated with:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let a = g.parameter("a");
//! let b = g.parameter("b");
//! let c = g.parameter("c");
//! let u = (b * c).named("u");
//! let v = (a + u).named("v");
//! let j = (3.0 * v).named("J");
//!
//! assert_eq!(j.to_string(), "3 * v"); // one operation
//! assert_eq!(j.formula(), "3 * (a + b * c)"); // down to the leaves
//! assert_eq!(g.len(), 7); // a, b, c, u, v, J and the constant 3
//! ```
//!
//! Nothing has been computed so far: the graph knows *how*, not *how much*. Numbers come with a point.
//! [`Graph::at`](crate::Graph::at) goes through the nodes in the order in which they were made, each from
//! those before it, which is the *forward sweep*:
//!
//! ```
//! # use chainrule_graph::Graph;
//! # let g = Graph::new();
//! # let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
//! # let u = (b * c).named("u");
//! # let v = (a + u).named("v");
//! # let j = (3.0 * v).named("J");
//! let run = g.at(&[(a, 5.0), (b, 3.0), (c, 2.0)])?;
//! assert_eq!(run.value(u)?, 6.0);
//! assert_eq!(run.value(v)?, 11.0);
//! assert_eq!(run.value(j)?, 33.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! The same graph takes as many points as one likes; a [`Run`](crate::Run) is one of them.
//!
//! Next: [how does J change when one of the inputs does?](super::_02_the_chain_rule)
