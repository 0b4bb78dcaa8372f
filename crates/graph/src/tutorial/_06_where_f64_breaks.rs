//! Is the number that comes out the right one?
//!
//! Not always. On paper ln(1 − a) is there for any logit. In f64, σ(z) *is* 1 from z ≈ 36.7368 on, since the
//! true value is closer to 1 than to the number below it. Then 1 − a is 0, and its logarithm −∞:
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let (z, y) = (g.parameter("z"), g.data("y"));
//! let a = z.sigmoid();
//! let textbook = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//!
//! assert!(g.at(&[(z, 36.7368), (y, 0.0)])?.value(a)? < 1.0);
//! let run = g.at(&[(z, 36.7369), (y, 0.0)])?;
//! assert_eq!(run.value(a)?, 1.0);
//! assert_eq!(run.value(textbook)?, f64::INFINITY); // it is 36.7369
//! let run = g.at(&[(z, 36.7369_f64), (y, 1.0)])?;
//! assert!(run.value(textbook)?.is_nan()); // 0 · ∞, where it is nearly 0
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Nor is all well just before. At z = 36.7368 the difference 1 − a has one bit left, and the slope, which is
//! 1 to sixteen digits, comes out as a half. On the other side the loss is right for longer than its slope:
//! below z ≈ −709.78 the factor 1/a in dL/da overflows.
//!
//! ```
//! # use chainrule_graph::{Graph, Real};
//! # let g = Graph::new();
//! # let (z, y) = (g.parameter("z"), g.data("y"));
//! # let a = z.sigmoid();
//! # let textbook = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//! let slope = g.at(&[(z, 36.7368), (y, 0.0)])?.gradient(textbook)?[z];
//! assert!((0.5..0.51).contains(&slope));
//!
//! assert_eq!(g.at(&[(z, -709.78), (y, 1.0)])?.gradient(textbook)?[z], -1.0);
//! let run = g.at(&[(z, -709.79), (y, 1.0)])?;
//! assert_eq!(run.value(textbook)?, 709.79);
//! assert_eq!(run.gradient(textbook)?[z], f64::NEG_INFINITY); // it is −1
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! No differentiation can mend that: what is missing was lost on the way through a. The mend is to leave a
//! out and compute the loss from the logit. With ln(1 + eᶻ) = softplus(z),
//!
//! ```text
//! y = 0:  L = −ln(1 − σ(z)) = softplus(z)
//! y = 1:  L = −ln σ(z)      = softplus(−z)
//! ```
//!
//! or in one formula, softplus((1 − 2y)·z). The [table's softplus](crate::Op::Softplus) neither overflows nor
//! cancels, and its derivative is σ, so dL/dz = (1 − 2y)·σ((1 − 2y)·z), which is a − y without the
//! subtraction:
//!
//! ```
//! use chainrule_graph::{Graph, Real};
//!
//! let g = Graph::new();
//! let (z, y) = (g.parameter("z"), g.data("y"));
//! let loss = ((1.0 - 2.0 * y) * z).softplus();
//! let run = g.at(&[(z, 36.7369), (y, 0.0)])?;
//! assert_eq!((run.value(loss)?, run.gradient(loss)?[z]), (36.7369, 1.0));
//! let run = g.at(&[(z, -709.79), (y, 1.0)])?;
//! assert_eq!((run.value(loss)?, run.gradient(loss)?[z]), (709.79, -1.0));
//!
//! let slope = g.at(&[(z, 40.0), (y, 1.0)])?.gradient(loss)?[z];
//! let a = z.sigmoid();
//! assert_eq!(g.at(&[(z, 40.0), (y, 1.0)])?.value(a)? - 1.0, 0.0); // a − y cancels
//! // −σ(−40) is −e⁻⁴⁰ to seventeen digits; each is computed to within a few units of the last place.
//! assert!((slope / -(-40.0_f64).exp() - 1.0).abs() <= 8.0 * f64::EPSILON);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! How would one know? Not by comparing with the closed form a − y, which has a rounding error of its own.
//! The feature `oracle` runs the same graph with as many digits as it takes, and says how many units in the
//! last place f64 is off.
//!
//! Next: [must it be a graph?](super::_07_one_function_many_types)
