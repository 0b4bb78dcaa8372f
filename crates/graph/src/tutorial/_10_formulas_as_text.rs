//! Can one simply write the formula?
//!
//! Yes. [`Graph::parse`](crate::Graph::parse) reads what people write, one statement after the other, and
//! gives back the last one's node. Names that are new become parameters:
//!
//! ```
//! use chainrule_graph::Graph;
//!
//! let g = Graph::new();
//! let j = g.parse("u = b*c; v = a + u; J = 3*v")?;
//! let run = g.at(&[(g.node("a")?, 5.0), (g.node("b")?, 3.0), (g.node("c")?, 2.0)])?;
//! assert_eq!(run.gradient(j)?[g.node("b")?], 6.0);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! Precedence is that of mathematics: −x² is −(x²), and a^b^c is a^(b^c). A mistake is pointed at:
//!
//! ```
//! # use chainrule_graph::Graph;
//! let g = Graph::new();
//! let error = g.parse("3*(a + b*c").unwrap_err().to_string();
//! assert!(error.ends_with("\n  3*(a + b*c\n            ^"), "{error}");
//! ```
//!
//! A graph prints as what it can be read back from, which makes text a way to keep one:
//!
//! ```
//! # use chainrule_graph::Graph;
//! let g = Graph::new();
//! g.parse("data x, y; z = w*x + b; L = softplus((1 - 2*y)*z)")?;
//! let text = g.to_string();
//! let again = Graph::new();
//! again.parse(&text)?;
//! assert_eq!(again.to_string(), text);
//! # Ok::<(), chainrule_graph::Error>(())
//! ```
//!
//! That is all. From here: [the table of operations](crate::Op), or the crates on top of this one,
//! `chainrule-model`, which fits, `chainrule-explain`, which draws and explains, and `chainrule-check`, which
//! says whether a gradient is right.
