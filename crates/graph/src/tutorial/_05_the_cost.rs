//! And with more than one example?
//!
//! The *cost* J(w, b) is the mean of L over the examples, and the derivative of a mean is the mean of the derivatives. So the graph stays that of
//! one example; only its data change:
//!
//! ```
//! use chainrule_graph::{Error, Graph, Node, Real};
//!
//! const EXAMPLES: [([f64; 2], f64); 4] =
//!     [([0.0, 1.0], 0.0), ([1.0, 0.5], 0.0), ([2.0, 1.5], 1.0), ([1.5, 3.0], 1.0)];
//!
//! struct Model<'g> {
//!     graph: &'g Graph,
//!     parameters: [Node<'g>; 3],
//!     data: [Node<'g>; 3],
//!     loss: Node<'g>,
//! }
//!
//! impl Model<'_> {
//!     /// J and its derivatives by w₁, w₂ and b.
//!     fn cost(&self, at: [f64; 3]) -> Result<(f64, [f64; 3]), Error> {
//!         let (mut cost, mut slope) = (0.0, [0.0; 3]);
//!         for (x, y) in EXAMPLES {
//!             let values = [at[0], at[1], at[2], x[0], x[1], y];
//!             let leaves = self.parameters.iter().chain(&self.data).copied();
//!             let run = self.graph.at(&leaves.zip(values).collect::<Vec<_>>())?;
//!             let gradient = run.gradient(self.loss)?;
//!             cost += run.value(self.loss)? / 4.0;
//!             for (sum, &parameter) in slope.iter_mut().zip(&self.parameters) {
//!                 *sum += gradient[parameter] / 4.0;
//!             }
//!         }
//!         Ok((cost, slope))
//!     }
//! }
//!
//! let g = Graph::new();
//! let [w1, w2, b] = ["w1", "w2", "b"].map(|name| g.parameter(name));
//! let [x1, x2, y] = ["x1", "x2", "y"].map(|name| g.data(name));
//! let z = w1 * x1 + w2 * x2 + b;
//! let a = z.sigmoid();
//! let loss = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//! let model = Model { graph: &g, parameters: [w1, w2, b], data: [x1, x2, y], loss };
//!
//! let (start, slope) = model.cost([0.0; 3])?;
//! assert!((start - 2.0_f64.ln()).abs() < 1e-15); // a = 1/2 for everyone
//! assert_eq!(slope, [-0.3125, -0.375, 0.0]); // ¼ Σ (1/2 − y)·x: all halves and quarters, so exact
//! # Ok::<(), Error>(())
//! ```
//!
//! *Gradient descent* walks against the slope: w ← w − α·∂J/∂w. A step that is small enough lowers the cost:
//!
//! ```
//! # // The cost in closed form, to keep this example short.
//! # const EXAMPLES: [([f64; 2], f64); 4] =
//! #     [([0.0, 1.0], 0.0), ([1.0, 0.5], 0.0), ([2.0, 1.5], 1.0), ([1.5, 3.0], 1.0)];
//! # fn cost(at: [f64; 3]) -> (f64, [f64; 3]) {
//! #     use chainrule_graph::{Graph, Real};
//! #     let g = Graph::new();
//! #     let [w1, w2, b] = ["w1", "w2", "b"].map(|name| g.parameter(name));
//! #     let losses: Vec<_> = EXAMPLES.iter().map(|(x, y)| {
//! #         let a = (x[0] * w1 + x[1] * w2 + b).sigmoid();
//! #         -*y * a.ln() - (1.0 - y) * (1.0 - a).ln()
//! #     }).collect();
//! #     let mean = 0.25 * Real::sum(losses.iter());
//! #     let run = g.at(&[(w1, at[0]), (w2, at[1]), (b, at[2])]).unwrap();
//! #     let d = run.gradient(mean).unwrap();
//! #     (run.value(mean).unwrap(), [d[w1], d[w2], d[b]])
//! # }
//! let mut at = [0.0; 3];
//! let mut costs = Vec::new();
//! for _ in 0..100 {
//!     let (value, slope) = cost(at);
//!     costs.push(value);
//!     for (parameter, slope) in at.iter_mut().zip(slope) {
//!         *parameter -= 0.5 * slope;
//!     }
//! }
//! assert!(costs.windows(2).all(|pair| pair[1] < pair[0]));
//! assert!(costs[99] < 0.2);
//! ```
//!
//! It would go on for ever: a straight line separates these four examples, and the steeper σ rises along it the lower the cost, so there is no
//! minimum. The crate `chainrule-model` says so instead of returning some weights, and finds the minimum where there is one.
//!
//! Next: [is the number that comes out the right one?](super::_06_where_f64_breaks)
