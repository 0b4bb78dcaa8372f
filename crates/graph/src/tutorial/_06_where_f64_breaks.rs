//! Is the number that comes out the right one?
//!
//! Not always. On paper ln(1 − a) is there for any logit. In f64, σ(37) *is* 1, and ln 0 is −∞:
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let (z, y) = (g.parameter("z"), g.data("y"));
//! let a = z.sigmoid();
//! let textbook = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//! let run = g.at(&[(z, 40.0), (y, 0.0)])?;
//! assert_eq!(run.value(textbook)?, f64::INFINITY); // the loss is 40
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! From z ≥ 36.7368 a rounds to 1, and from z < −709.78 down σ(z) is so small that 1/a overflows. No differentiation can mend that: the numbers are
//! gone before it begins. The mend is to compute the loss from the logit. With ln(1 + eᶻ) = softplus(z),
//!
//! ```text
//! y = 0:  L = −ln(1 − σ(z)) = softplus(z)
//! y = 1:  L = −ln σ(z)      = softplus(−z)
//! ```
//!
//! or in one formula, softplus((1 − 2y)·z). The table's softplus neither overflows nor cancels, and its derivative is σ, so dL/dz = (1 − 2y)·σ((1 − 2y)·z),
//! which is a − y without the subtraction:
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let (z, y) = (g.parameter("z"), g.data("y"));
//! let loss = ((1.0 - 2.0 * y) * z).softplus();
//! let run = g.at(&[(z, 40.0), (y, 0.0)])?;
//! assert_eq!(run.value(loss)?, 40.0);
//! let run = g.at(&[(z, 40.0), (y, 1.0)])?;
//! let slope = run.gradient(loss)?[z];
//! assert!((slope / -(-40.0_f64).exp() - 1.0).abs() < 1e-15); // a − y would be 0
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! How would one know? Not by comparing with the closed form a − y, which has the same rounding error. The feature `oracle` runs the same graph with
//! as many digits as it takes, and says how many units in the last place f64 is off.
//!
//! Next: [must it be a graph?](super::_07_one_function_many_types)
