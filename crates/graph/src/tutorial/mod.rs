//! The chain rule, lesson by lesson: the API in the order in which one learns what it is for.
//!
//! Each lesson opens with a question and answers it in code that runs. The first three follow J = 3(a + bc)
//! forward, edge by edge, and backward; the next two do the same with logistic regression; the rest is what a
//! program must know and a lesson leaves out.
//!
//! | | |
//! |---|---|
//! | [a graph](_01_a_graph) | nodes, names, values |
//! | [the chain rule](_02_the_chain_rule) | local derivatives, one product for each path, the nudge |
//! | [the reverse sweep](_03_the_reverse_sweep) | all inputs at once |
//! | [logistic regression](_04_logistic_regression) | parameters, data, dL/dz = a − y |
//! | [the cost](_05_the_cost) | the mean over examples, one step of descent |
//! | [where f64 breaks](_06_where_f64_breaks) | and the formula that holds |
//! | [one function, many types](_07_one_function_many_types) | tapes, dual numbers, Hessians |
//! | [derivatives as formulas](_08_derivatives_as_formulas) | symbolic derivatives, printing |
//! | [mistakes and kinks](_09_mistakes_and_kinks) | errors, conventions |
//! | [formulas as text](_10_formulas_as_text) | reading and writing graphs |

pub mod _01_a_graph;
pub mod _02_the_chain_rule;
pub mod _03_the_reverse_sweep;
pub mod _04_logistic_regression;
pub mod _05_the_cost;
pub mod _06_where_f64_breaks;
pub mod _07_one_function_many_types;
pub mod _08_derivatives_as_formulas;
pub mod _09_mistakes_and_kinks;
pub mod _10_formulas_as_text;
