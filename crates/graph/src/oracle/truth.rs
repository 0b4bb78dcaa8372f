//! The two truths that f64 results are held to.
//!
//! * The *rounding truth* of a graph: its values and adjoints at the same f64 inputs by the same rules,
//!   computed without rounding errors to speak of. It tells how much rounding has done, and knows nothing of
//!   wrong rules.
//! * The *derivative truth* of one operation: central differences of its **value** rule at high precision,
//!
//!   ```text
//!   f′(x) ≈ (f(x + h) − f(x − h)) / 2h,    error h²·f‴/6
//!   ```
//!
//!   (Abramowitz & Stegun 25.3.21). The partials of the table have no part in it, so it convicts them.
//!
//! With h = 2^(−P/2) at precision P the difference loses P/2 leading bits and more where f is flat; what was
//! lost is seen in the difference itself, and it is taken again with as many more bits.
//!
//! Invariant: no partial of the table is used for a derivative truth.

use super::big::{BigFloat, LEAST_EXPONENT, LEAST_PRECISION, PRECISION_CAP};
use super::settle::{all_settled, settled};
use crate::error::Error;
use crate::graph::Graph;
use crate::node::Node;
use crate::op::Op;
use crate::real::Real;
use crate::rules::{Rules, Table};

/// The value of an operation at these arguments, as the table's value rule says it; `None` if it does not
/// settle.
///
/// NaN where the operation has no value, or if the number of arguments is wrong.
///
/// ```
/// use chainrule_graph::Op;
/// use chainrule_graph::oracle::value_of;
///
/// let sine = value_of(Op::Sin, &[1e300]).expect("4096 bits are enough");
/// assert_eq!(format!("{sine:.10}"), "-8.178819121e-1");
/// ```
pub fn value_of(op: Op, arguments: &[f64]) -> Option<BigFloat> {
    settled(|precision| Table.value(op, &at(arguments, precision)))
}

/// ∂y/∂x_k of y = op(x) at `arguments` x, where `position` is k: differences of the table's value rule.
///
/// `None` if it does not settle, an argument or the value is not finite, or there is no such argument. At a
/// kink, at the edge of the domain and outside of it the result means nothing: ask [`Op::in_domain`] and
/// [`Op::kink_values`] first.
///
/// ```
/// use chainrule_graph::Op;
/// use chainrule_graph::oracle::derivative;
///
/// // The slope of √x at 2 is 1/√8.
/// let slope = derivative(Op::Sqrt, 0, &[2.0]).expect("the root is smooth there");
/// assert_eq!(format!("{slope:.18}"), "3.53553390593273762e-1");
/// ```
pub fn derivative(op: Op, position: usize, arguments: &[f64]) -> Option<BigFloat> {
    let is_finite = arguments.iter().all(|argument| argument.is_finite());
    let has_value = || Table.value(op, &at(arguments, LEAST_PRECISION)).is_finite();
    if position >= arguments.len() || !is_finite || !has_value() {
        return None;
    }
    let along = |argument: BigFloat, precision| {
        let mut moved = at(arguments, precision);
        moved[position] = argument;
        Table.value(op, &moved)
    };
    settled_slope(along, arguments[position])
}

/// f′(x) of any function at [`BigFloat`], by differences of its values; `None` if it does not settle. Where f
/// has a kink at x it is the mean of the slopes on either side.
///
/// ```
/// use chainrule_graph::Real;
/// use chainrule_graph::oracle::{BigFloat, slope};
///
/// // The textbook's σ, whose slope at 40 is e^(−40) to seventeen digits.
/// let sigmoid = |z: BigFloat| ((-z).exp() + BigFloat::constant(1.0)).recip();
/// let found = slope(sigmoid, 40.0).expect("smooth everywhere");
/// assert_eq!(format!("{found:.10}"), "4.248354255e-18");
/// ```
pub fn slope(f: impl Fn(BigFloat) -> BigFloat, x: f64) -> Option<BigFloat> {
    if x.is_finite() { settled_slope(|x, _| f(x), x) } else { None }
}

/// The value of a node of a graph at these values of its leaves, without rounding errors to speak of: the
/// forward sweep at [`BigFloat`]. `None` if it does not settle.
///
/// # Errors
/// As [`Graph::at`] and [`Run::value`](crate::Run::value).
pub fn value(
    graph: &Graph,
    bindings: &[(Node<'_>, f64)],
    output: Node<'_>,
) -> Result<Option<BigFloat>, Error> {
    let mut one =
        all_settled(|precision| Ok::<_, Error>(vec![graph.at(&bound(bindings, precision))?.value(output)?]))?;
    Ok(one.pop().flatten())
}

/// ∂output/∂leaf for each bound leaf in order, without rounding errors to speak of: both sweeps at
/// [`BigFloat`]. `None` for what does not settle.
///
/// ```
/// use chainrule_graph::{Graph, Real};
/// use chainrule_graph::oracle::{gradient, ulps};
///
/// let g = Graph::new();
/// let x = g.parameter("x");
/// let j = x.sin() * x;
/// let found = g.at(&[(x, 3.0)])?.gradient(j)?[x];
/// let truth = gradient(&g, &[(x, 3.0)], j)?.remove(0).expect("nothing cancels");
/// assert!(ulps(found, &truth) < 2.0);
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// As [`Graph::at`] and [`Run::gradient`](crate::Run::gradient).
pub fn gradient(
    graph: &Graph,
    bindings: &[(Node<'_>, f64)],
    output: Node<'_>,
) -> Result<Vec<Option<BigFloat>>, Error> {
    all_settled(|precision| {
        let adjoints = graph.at(&bound(bindings, precision))?.gradient(output)?;
        bindings.iter().map(|&(leaf, _)| adjoints.get(leaf).cloned()).collect()
    })
}

/// The most bits a difference is taken with: those of the cap's step, and 2·1074 for a function that is flat
/// by as much as cos is at the smallest f64.
const MOST_BITS: usize = 2 * PRECISION_CAP;

/// The slope of f at x, where f is also told the precision.
fn settled_slope(f: impl Fn(BigFloat, usize) -> BigFloat, x: f64) -> Option<BigFloat> {
    settled(|precision| quotient(&f, x, precision)).filter(|slope| !slope.is_nan())
}

/// The central difference quotient at the step for `precision`, of which about `precision` bits are right as
/// far as rounding is concerned.
fn quotient(f: impl Fn(BigFloat, usize) -> BigFloat, x: f64, precision: usize) -> BigFloat {
    // A 0 counts as the smallest number, since the kink of min(0, b) may lie as near as that.
    let size = BigFloat::constant(x).exponent().unwrap_or(LEAST_EXPONENT);
    // Never farther than a fraction of |x|: singularities and kinks lie at 0 or at a distance of at least
    // 2⁻⁵³·|x|.
    let step = size.min(0) - (precision / 2) as isize;
    // x ± h itself takes the bits from the first of x to the last of h.
    let mut bits = precision + (size - step).unsigned_abs();
    loop {
        let difference = difference(&f, x, step, bits);
        match difference.lost {
            Some(lost) if bits < lost + precision && bits < MOST_BITS => bits = lost + precision,
            None if difference.value.is_zero() && bits < MOST_BITS => bits *= 2,
            _ => return difference.value.scaled(-step - 1),
        }
        bits = bits.min(MOST_BITS);
    }
}

struct Difference {
    value: BigFloat,
    /// How many leading bits of the two values cancelled; `None` if all of them did, or one is no number.
    lost: Option<usize>,
}

/// f(x + 2^step) − f(x − 2^step), computed with `bits` bits.
fn difference(f: impl Fn(BigFloat, usize) -> BigFloat, x: f64, step: isize, bits: usize) -> Difference {
    let x = BigFloat::new(x, bits);
    let step = BigFloat::new(1.0, bits).scaled(step);
    let (above, below) = (f(x.clone() + &step, bits), f(x - step, bits));
    let value = above.clone() - &below;
    let size = above.exponent().max(below.exponent());
    let lost = size.zip(value.exponent()).map(|(size, rest)| (size - rest).max(0).unsigned_abs());
    Difference { value, lost }
}

fn at(arguments: &[f64], precision: usize) -> Vec<BigFloat> {
    arguments.iter().map(|&argument| BigFloat::new(argument, precision)).collect()
}

fn bound<'g>(bindings: &[(Node<'g>, f64)], precision: usize) -> Vec<(Node<'g>, BigFloat)> {
    bindings.iter().map(|&(leaf, value)| (leaf, BigFloat::new(value, precision))).collect()
}
