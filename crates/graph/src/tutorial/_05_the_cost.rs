//! And with more than one example?
//!
//! The *cost* J(w, b) is the mean of L over the examples, and the derivative of a mean is the mean of the
//! derivatives. So the graph stays that of one example; only its data change:
//!
//! ```
//! use chainrule_graph::{Error, Graph, Real};
//!
//! const EXAMPLES: [([f64; 2], f64); 4] =
//!     [([0.0, 1.0], 0.0), ([1.0, 0.5], 0.0), ([2.0, 1.5], 1.0), ([1.5, 3.0], 1.0)];
//!
//! /// J and its derivatives by w₁, w₂ and b.
//! fn cost(at: [f64; 3]) -> Result<(f64, [f64; 3]), Error> {
//!     let g = Graph::new();
//!     let [w1, w2, b] = ["w1", "w2", "b"].map(|name| g.parameter(name));
//!     let [x1, x2, y] = ["x1", "x2", "y"].map(|name| g.data(name));
//!     let a = (w1 * x1 + w2 * x2 + b).sigmoid();
//!     let loss = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//!
//!     let (mut cost, mut slope) = (0.0, [0.0; 3]);
//!     for (x, label) in EXAMPLES {
//!         let run = g.at(&[(w1, at[0]), (w2, at[1]), (b, at[2]), (x1, x[0]), (x2, x[1]), (y, label)])?;
//!         let gradient = run.gradient(loss)?;
//!         cost += run.value(loss)? / 4.0;
//!         for (mean, parameter) in slope.iter_mut().zip([w1, w2, b]) {
//!             *mean += gradient[parameter] / 4.0;
//!         }
//!     }
//!     Ok((cost, slope))
//! }
//!
//! let (value, slope) = cost([0.0; 3])?;
//! // a = 1/2 for everyone, so L = ln 2 four times; only adding up the quarters may round.
//! assert!((value - 2.0_f64.ln()).abs() <= f64::EPSILON);
//! assert_eq!(slope, [-0.3125, -0.375, 0.0]); // ¼ Σ (1/2 − y)·x: halves and quarters, so exact
//! # Ok::<(), Error>(())
//! ```
//!
//! *Gradient descent* walks against the slope: w ← w − α·∂J/∂w, b ← b − α·∂J/∂b. One step, from 0 with α =
//! 1/2, and a hundred of them:
//!
//! ```
//! # use chainrule_graph::{Error, Graph, Real};
//! #
//! # const EXAMPLES: [([f64; 2], f64); 4] =
//! #     [([0.0, 1.0], 0.0), ([1.0, 0.5], 0.0), ([2.0, 1.5], 1.0), ([1.5, 3.0], 1.0)];
//! #
//! # /// J and its derivatives by w₁, w₂ and b.
//! # fn cost(at: [f64; 3]) -> Result<(f64, [f64; 3]), Error> {
//! #     let g = Graph::new();
//! #     let [w1, w2, b] = ["w1", "w2", "b"].map(|name| g.parameter(name));
//! #     let [x1, x2, y] = ["x1", "x2", "y"].map(|name| g.data(name));
//! #     let a = (w1 * x1 + w2 * x2 + b).sigmoid();
//! #     let loss = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
//! #
//! #     let (mut cost, mut slope) = (0.0, [0.0; 3]);
//! #     for (x, label) in EXAMPLES {
//! #         let run = g.at(&[(w1, at[0]), (w2, at[1]), (b, at[2]), (x1, x[0]), (x2, x[1]), (y, label)])?;
//! #         let gradient = run.gradient(loss)?;
//! #         cost += run.value(loss)? / 4.0;
//! #         for (mean, parameter) in slope.iter_mut().zip([w1, w2, b]) {
//! #             *mean += gradient[parameter] / 4.0;
//! #         }
//! #     }
//! #     Ok((cost, slope))
//! # }
//! let (before, slope) = cost([0.0; 3])?;
//! let step = slope.map(|slope| -0.5 * slope); // α = 1/2
//! assert_eq!(step, [0.15625, 0.1875, 0.0]);
//! assert!(cost(step)?.0 < before);
//!
//! let mut at = [0.0; 3];
//! let mut costs = Vec::new();
//! for _ in 0..100 {
//!     let (value, slope) = cost(at)?;
//!     costs.push(value);
//!     for (parameter, slope) in at.iter_mut().zip(slope) {
//!         *parameter -= 0.5 * slope;
//!     }
//! }
//! assert!(costs.windows(2).all(|pair| pair[1] < pair[0]));
//! assert!(costs[99] < 0.2);
//! # Ok::<(), Error>(())
//! ```
//!
//! It would go on for ever: a straight line separates these four examples, and the steeper σ rises across it
//! the lower the cost, so there is no minimum. The crate `chainrule-model` says so instead of returning some
//! weights, and finds the minimum where there is one.
//!
//! Next: [is the number that comes out the right one?](super::_06_where_f64_breaks)
