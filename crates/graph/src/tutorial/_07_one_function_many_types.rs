//! Must it be a graph?
//!
//! No. Operations are methods of the trait [`Real`](crate::Real), and whatever is `Real` can be put into the
//! same function: numbers, nodes, and the types below. Write the function once:
//!
//! ```
//! use chainrule_graph::Real;
//!
//! /// The log-loss of one example from its logit.
//! fn loss<R: Real>(z: &R, y: &R) -> R {
//!     let sign = R::constant(1.0) - R::constant(2.0) * y.clone();
//!     (sign * z.clone()).softplus()
//! }
//!
//! assert_eq!(loss(&0.0_f64, &1.0), 2.0_f64.ln()); // a number in, a number out
//! # use chainrule_graph::Graph;
//! let g = Graph::new();
//! let node = loss(&g.parameter("z"), &g.data("y")); // nodes in, a formula out
//! assert_eq!(node.formula(), "softplus((1 - 2 * y) * z)");
//! ```
//!
//! With loops and branches the graph is another one at each point. A [`Tape`](crate::Tape) records what
//! happens and sweeps back over it; [`value_and_gradient`](crate::value_and_gradient) does both:
//!
//! ```
//! use chainrule_graph::{Real, value_and_gradient};
//!
//! /// √x by Newton's iteration from above, as long as it goes down.
//! fn root<R: Real + PartialOrd>(x: &R) -> R {
//!     let mut root = R::constant(1.0) + x.clone();
//!     loop {
//!         let next = R::constant(0.5) * (root.clone() + x.clone() / root.clone());
//!         if next >= root {
//!             return root;
//!         }
//!         root = next;
//!     }
//! }
//!
//! assert_eq!(root(&9.0_f64), 3.0);
//! let (value, gradient) = value_and_gradient(|x| root(&x[0]), &[9.0])?;
//! assert_eq!(value, 3.0);
//! // 1/(2·√x); the last of the steps corrects what those before it left, so their roundings do not add up.
//! assert!((gradient[0] * 6.0 - 1.0).abs() <= 4.0 * f64::EPSILON);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! A [`Dual`](crate::Dual) number carries a derivative along with its value, forward: one input at a time,
//! and nothing has to be remembered.
//!
//! ```
//! use chainrule_graph::{Dual, Real};
//!
//! let y = Dual::variable(3.0).powi(2); // of one variable, at 3
//! assert_eq!((y.value, y.tangent), (9.0, 6.0));
//! ```
//!
//! And since a tape can run at dual numbers, second derivatives need nothing new: [`hessian`](crate::hessian)
//! is a forward sweep of a reverse sweep.
//!
//! ```
//! use chainrule_graph::{Real, hessian};
//!
//! let second = hessian(|x| x[0].powi(2) * x[1].clone(), &[3.0, 5.0])?;
//! assert_eq!(second, [[10.0, 6.0], [6.0, 0.0]]);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Next: [a node is such a type too](super::_08_derivatives_as_formulas)
