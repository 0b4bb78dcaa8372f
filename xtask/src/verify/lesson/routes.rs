//! Every route to the lesson's numbers, in units of the last place, for logits from −800 to 800.
//!
//! The truth is computed at arbitrary precision from the exponential and the logarithm alone,
//!
//! ```text
//! a = 1/(1 + e^(−z))      −ln a = ln(1 + e^(−z))      −ln(1 − a) = ln(1 + e^z)
//! ```
//!
//! and the derivatives dL/dz and da/dz are *differences* of these values at high precision. No partial of the table and no closed form
//! has a part in it. That this is the lesson's L is checked beside it, against the textbook's formula as it stands, at as many bits as that wants.
//!
//! The routes that f64 cannot bear, the textbook's formula as it stands and a − y, are measured beside the others, without a bound.
//!
//! Invariant: every route is measured at the same logits, given to it as they are: rounding of a sum w·x + b is no route's fault.

use chainrule_graph::oracle::{BigFloat, settled, slope, ulps};
use chainrule_graph::{Dual, Graph, Real, value_and_gradient};
use chainrule_model::{log_loss, probability_by_logit, residual};
use chainrule_program::Program;
use serde::Serialize;

use crate::error::Error;
use crate::verify::Check;

/// The largest |z|. Beyond 745 e^(−|z|) is below the smallest f64, at 1155 bits the textbook formula still has digits.
const LARGEST: f64 = 800.0;

/// Logits to each side of 0, evenly spaced and none of them a round number.
const STEPS: i32 = 250;

/// One σ or softplus, each within 4 ulp by the table's budget, and signs.
const ONE_FUNCTION: f64 = 4.0;

/// A product of two σ, each within 4 ulp, rounded.
const TWO_FUNCTIONS: f64 = 8.5;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Quantity {
    /// The log-loss of one example.
    #[serde(rename = "L")]
    Loss,
    /// Its derivative by the logit.
    #[serde(rename = "dL/dz")]
    Slope,
    /// The derivative of the probability by the logit.
    #[serde(rename = "da/dz")]
    Probability,
}

impl Quantity {
    /// As the lesson writes it.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Loss => "L",
            Quantity::Slope => "dL/dz",
            Quantity::Probability => "da/dz",
        }
    }
}

/// A route to one quantity and how far off it is, logit by logit.
#[derive(Clone, Debug, Serialize)]
pub struct Route {
    /// What is computed.
    pub quantity: Quantity,
    /// By which route.
    pub name: &'static str,
    /// The largest error that is allowed, in ulps; none for a route that is only shown breaking.
    pub bound: Option<f64>,
    /// The errors.
    pub points: Vec<Point>,
}

/// The error at one logit.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point {
    /// z.
    pub logit: f64,
    /// y; 0 where it does not enter.
    pub label: f64,
    /// The error in units of the last place; infinite (`null` in JSON) where there is no number.
    pub ulps: f64,
}

/// A logit, a label, and the truth about them.
pub(super) struct Truth {
    pub(super) logit: f64,
    pub(super) label: f64,
    loss: Option<BigFloat>,
    slope: Option<BigFloat>,
    probability: Option<BigFloat>,
}

type Compute = fn(f64, f64) -> Result<f64, Error>;

/// The table of routes: what, by which route, its bound, and how it is computed.
const ROUTES: [(Quantity, &str, Option<f64>, Compute); 19] = [
    (Quantity::Loss, "graph", Some(ONE_FUNCTION), loss_by_graph),
    (Quantity::Loss, "tape", Some(ONE_FUNCTION), |z, y| Ok(by_tape(z, y)?.0)),
    (Quantity::Loss, "dual numbers", Some(ONE_FUNCTION), |z, y| Ok(by_dual(z, y).value)),
    (Quantity::Loss, "program", Some(ONE_FUNCTION), |z, y| Ok(by_program(z, y)?.0)),
    (Quantity::Loss, "closed form", Some(ONE_FUNCTION), |z, y| Ok(log_loss(&z, &y))),
    (Quantity::Loss, "textbook formula", None, |z, y| Ok(textbook_loss(&z, &y))),
    (Quantity::Slope, "graph", Some(ONE_FUNCTION), slope_by_graph),
    (Quantity::Slope, "graph, as a formula", Some(ONE_FUNCTION), slope_by_formula),
    (Quantity::Slope, "tape", Some(ONE_FUNCTION), |z, y| Ok(by_tape(z, y)?.1)),
    (Quantity::Slope, "dual numbers", Some(ONE_FUNCTION), |z, y| Ok(by_dual(z, y).tangent)),
    (Quantity::Slope, "program", Some(ONE_FUNCTION), |z, y| Ok(by_program(z, y)?.1)),
    (Quantity::Slope, "closed form", Some(ONE_FUNCTION), |z, y| Ok(residual(z, y))),
    (Quantity::Slope, "textbook formula", None, textbook_slope),
    (Quantity::Slope, "a − y", None, |z, y| Ok(z.sigmoid() - y)),
    (Quantity::Probability, "graph", Some(TWO_FUNCTIONS), probability_by_graph),
    (Quantity::Probability, "tape", Some(TWO_FUNCTIONS), probability_by_tape),
    (Quantity::Probability, "dual numbers", Some(TWO_FUNCTIONS), |z, _| {
        Ok(Dual::variable(z).sigmoid().tangent)
    }),
    (Quantity::Probability, "closed form", Some(TWO_FUNCTIONS), |z, _| Ok(probability_by_logit(z))),
    (Quantity::Probability, "a·(1 − a)", None, |z, _| Ok(z.sigmoid() * (1.0 - z.sigmoid()))),
];

/// Measures every route at every logit.
pub(super) fn measure() -> Result<Vec<Route>, Error> {
    let truths: Vec<Truth> =
        logits().into_iter().flat_map(|logit| [Truth::at(logit, 0.0), Truth::at(logit, 1.0)]).collect();
    at(&truths)
}

/// Measures every route at some logits.
pub(super) fn at(truths: &[Truth]) -> Result<Vec<Route>, Error> {
    let measured = ROUTES.iter().map(|&(quantity, name, bound, compute)| {
        let counts = |truth: &&Truth| quantity != Quantity::Probability || truth.label == 0.0;
        let point = |truth: &Truth| {
            let ulps = truth.error(quantity, compute(truth.logit, truth.label)?);
            Ok(Point { logit: truth.logit, label: truth.label, ulps })
        };
        let points = truths.iter().filter(counts).map(point).collect::<Result<_, Error>>()?;
        Ok(Route { quantity, name, bound, points })
    });
    measured.collect()
}

impl Route {
    /// The largest error of all points, in ulps.
    pub fn largest(&self) -> f64 {
        self.points.iter().map(|point| point.ulps).fold(0.0, f64::max)
    }

    /// The row of the report; nothing for a route without a bound.
    pub(super) fn check(&self) -> Option<Check> {
        let name = format!("lesson {}, z from −{LARGEST} to {LARGEST}", self.quantity.name());
        let mut check = Check::in_ulps(name, self.name, "oracle", self.bound?);
        self.points.iter().for_each(|point| check.count(point.ulps));
        Some(check)
    }
}

impl Truth {
    /// By ln(1 + e^(∓z)) at arbitrary precision, and its differences.
    pub(super) fn at(logit: f64, label: f64) -> Truth {
        let loss = |z: BigFloat| if label == 1.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() };
        Truth {
            logit,
            label,
            loss: settled(|precision| loss(BigFloat::new(logit, precision))),
            slope: slope(loss, logit),
            probability: slope(|z| textbook_probability(&z), logit),
        }
    }

    /// How far the textbook's formula, at as many bits as it wants, is from this truth, relatively.
    pub(super) fn distance_to_textbook(&self) -> f64 {
        let label = BigFloat::constant(self.label);
        let textbook = settled(|precision| textbook_loss(&BigFloat::new(self.logit, precision), &label));
        let distance = |(textbook, loss): (BigFloat, &BigFloat)| ((textbook - loss) / loss).abs().to_f64();
        textbook.zip(self.loss.as_ref()).map_or(f64::INFINITY, distance)
    }

    /// How far a number is from the truth; infinitely, where there is no truth to pass by.
    fn error(&self, quantity: Quantity, found: f64) -> f64 {
        let truth = match quantity {
            Quantity::Loss => &self.loss,
            Quantity::Slope => &self.slope,
            Quantity::Probability => &self.probability,
        };
        truth.as_ref().map_or(f64::INFINITY, |truth| ulps(found, truth))
    }
}

/// Logits of both signs: small ones, the thresholds of f64, and an even spacing up to the largest.
fn logits() -> Vec<f64> {
    let special = [0.0, 1e-300, 1e-20, 1e-8, 0.1, 36.7368, 36.737, 709.78, 709.79, 745.13, 745.14];
    let even = (1..=STEPS).map(|step| LARGEST * f64::from(step) / f64::from(STEPS));
    let sizes = special.into_iter().chain(even);
    sizes.flat_map(|size| if size == 0.0 { vec![0.0] } else { vec![size, -size] }).collect()
}

/// a = 1/(1 + e^(−z)) as the lesson writes it.
pub(super) fn textbook_probability<R: Real>(z: &R) -> R {
    R::constant(1.0) / ((-z.clone()).exp() + R::constant(1.0))
}

/// L = −y·ln a − (1 − y)·ln(1 − a) as the lesson writes it, for a label of 0 or 1: a term whose factor is 0 is left out, or 0·∞ would
/// spoil the other already at the first threshold.
pub(super) fn textbook_loss<R: Real>(z: &R, y: &R) -> R {
    let a = textbook_probability(z);
    let not_a = R::constant(1.0) - &a;
    let half = y.clone() - R::constant(0.5);
    R::select(&half, &-a.ln(), &-not_a.ln())
}

fn loss_by_graph(z: f64, y: f64) -> Result<f64, Error> {
    let graph = Graph::new();
    let (logit, label) = (graph.parameter("z"), graph.data("y"));
    let loss = log_loss(&logit, &label);
    Ok(graph.at(&[(logit, z), (label, y)])?.value(loss)?)
}

/// The textbook's formula as a user writes it, σ and ln: what the compiler makes of it is the program's affair.
const TEXTBOOK: &str = "parameter z; data y; a = sigmoid(z); -y*ln(a) - (1 - y)*ln(1 - a)";

fn by_program(z: f64, y: f64) -> Result<(f64, f64), Error> {
    let graph = Graph::new();
    let loss = graph.parse(TEXTBOOK)?;
    let program = Program::new(&graph, loss)?;
    let (value, gradient) = program.value_and_gradient(&[z], &[&[y]])?;
    Ok((value, gradient.first().copied().unwrap_or(f64::NAN)))
}

fn slope_by_graph(z: f64, y: f64) -> Result<f64, Error> {
    let graph = Graph::new();
    let (logit, label) = (graph.parameter("z"), graph.data("y"));
    let loss = log_loss(&logit, &label);
    graph.at(&[(logit, z), (label, y)])?.gradient(loss)?.get(logit).copied().map_err(Error::from)
}

fn slope_by_formula(z: f64, y: f64) -> Result<f64, Error> {
    let graph = Graph::new();
    let (logit, label) = (graph.parameter("z"), graph.data("y"));
    let slope = graph.derivative(log_loss(&logit, &label), &[logit])?;
    let run = graph.at(&[(logit, z), (label, y)])?;
    Ok(slope.first().map_or(Ok(f64::NAN), |&slope| run.value(slope))?)
}

fn textbook_slope(z: f64, y: f64) -> Result<f64, Error> {
    let graph = Graph::new();
    let (logit, label) = (graph.parameter("z"), graph.data("y"));
    let loss = textbook_loss(&logit, &label);
    graph.at(&[(logit, z), (label, y)])?.gradient(loss)?.get(logit).copied().map_err(Error::from)
}

fn probability_by_graph(z: f64, _: f64) -> Result<f64, Error> {
    let graph = Graph::new();
    let logit = graph.parameter("z");
    let a = logit.sigmoid();
    graph.at(&[(logit, z)])?.gradient(a)?.get(logit).copied().map_err(Error::from)
}

fn by_tape(z: f64, y: f64) -> Result<(f64, f64), Error> {
    let (value, gradient) = value_and_gradient(|z| log_loss(&z[0], &Real::constant(y)), &[z])?;
    Ok((value, gradient.first().copied().unwrap_or(f64::NAN)))
}

fn probability_by_tape(z: f64, _: f64) -> Result<f64, Error> {
    let (_, gradient) = value_and_gradient(|z| z[0].sigmoid(), &[z])?;
    Ok(gradient.first().copied().unwrap_or(f64::NAN))
}

fn by_dual(z: f64, y: f64) -> Dual<f64> {
    log_loss(&Dual::variable(z), &Dual::fixed(y))
}
