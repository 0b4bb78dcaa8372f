//! The lesson's second graph, logistic regression for one example, and what the lesson knows of its derivatives.
//!
//! z = Σ wⱼ·xⱼ + b, a = σ(z), L = −y·ln a − (1 − y)·ln(1 − a). Then dL/da = −y/a + (1 − y)/(1 − a), da/dz = a(1 − a), and
//! their product dL/dz = −y(1 − a) + (1 − y)a = a − y, so that dL/dwⱼ = (a − y)·xⱼ and dL/db = a − y.
//!
//! The formulas are the lesson's, not the ones to compute with: in f64 they break at large |z|, where the logarithm of 0 is
//! asked for. A model computes the loss from z.
//!
//! Invariant: an identity is stated in symbols and judged in numbers, against the local derivatives of the steps.

use std::collections::HashMap;

use chainrule_graph::{Graph, Node, Rules, Table};

use crate::error::Error;
use crate::explanation::{Explanation, Operand, Statement, Step};
use crate::measured::Measured;
use crate::symbols;

/// The lesson's logistic graph with this many features, built into `graph`: parameters `w1 …` and `b`, data `x1 …` and `y`,
/// nodes `z`, `a` and `L`. Returns L.
///
/// ```
/// use chainrule_graph::Graph;
///
/// let g = Graph::new();
/// let loss = chainrule_explain::logistic(&g, 2)?;
/// assert_eq!(g.node("z")?.to_string(), "w1 * x1 + w2 * x2 + b");
/// assert_eq!(loss.name().as_deref(), Some("L"));
/// # Ok::<(), chainrule_explain::Error>(())
/// ```
///
/// # Errors
/// The graph's refusal, if it has nodes of these names.
pub fn logistic(graph: &Graph, features: usize) -> Result<Node<'_>, Error> {
    let products: String = (1..=features).map(|j| format!("w{j}*x{j} + ")).collect();
    let products = if products.is_empty() { "0 + ".to_owned() } else { products }; // the empty sum, so that z is a node
    let declared: String = (1..=features).map(|j| format!("parameter w{j}; data x{j}; ")).collect();
    Ok(graph.parse(&format!(
        "{declared}parameter b; data y; z = {products}b; a = sigmoid(z); L = -y*ln(a) - (1 - y)*ln(1 - a)"
    ))?)
}

/// A derivative of one node by another, not necessarily along one edge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Derivative {
    /// What is differentiated.
    pub of: String,
    /// What it is differentiated by.
    pub by: String,
}

/// A derivative as a product of others and in symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Identity {
    /// The derivative.
    pub derivative: Derivative,
    /// Derivatives whose product it is; none if that is not what the identity is about.
    pub factors: Vec<Derivative>,
    /// Formulas that are equal to it.
    pub forms: Vec<String>,
}

/// What the lesson knows of [`logistic`]'s derivatives, for [`Explanation::with_identities`].
pub fn logistic_identities(features: usize) -> Vec<Identity> {
    let mut identities = vec![
        Identity::new(["L", "a"], &[], &["-y / a + (1 - y) / (1 - a)"]),
        Identity::new(["a", "z"], &[], &["a * (1 - a)"]),
        Identity::new(["L", "z"], &[["L", "a"], ["a", "z"]], &["-y * (1 - a) + (1 - y) * a", "a - y"]),
    ];
    for j in 1..=features {
        let (weight, form) = (format!("w{j}"), format!("(a - y) * x{j}"));
        identities.push(Identity::new(["L", &weight], &[["L", "z"], ["z", &weight]], &[&form]));
    }
    identities.push(Identity::new(["L", "b"], &[["L", "z"], ["z", "b"]], &["a - y"]));
    identities
}

impl Explanation {
    /// Adds derivatives in symbols, with their values from the steps; those of nodes that the explanation does not
    /// differentiate by are left out.
    ///
    /// # Errors
    /// [`Error::WrongStep`] if one does not hold at this point.
    pub fn with_identities(mut self, identities: Vec<Identity>) -> Result<Self, Error> {
        for identity in identities {
            if self.has_adjoint(&identity.derivative.by) {
                let value = identity
                    .derivative
                    .along(&self.steps, &values(&self.steps))
                    .map_or(f64::NAN, |derivative| derivative.value);
                let number = self.steps.len() + 1;
                self.steps.push(Step { number, statement: Statement::Identity(identity), value });
            }
        }
        self.verify()?;
        Ok(self)
    }

    fn has_adjoint(&self, label: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(&step.statement, Statement::Adjoint { node, .. } if node == label))
    }
}

impl Identity {
    /// A derivative, as pair of what is differentiated and by what, with its factors and forms.
    ///
    /// ```
    /// use chainrule_explain::Identity;
    ///
    /// let identity = Identity::new(["L", "z"], &[["L", "a"], ["a", "z"]], &["a - y"]);
    /// assert_eq!(identity.forms, ["a - y"]);
    /// ```
    pub fn new(derivative: [&str; 2], factors: &[[&str; 2]], forms: &[&str]) -> Self {
        let pair = |[of, by]: [&str; 2]| Derivative { of: of.to_owned(), by: by.to_owned() };
        Identity {
            derivative: pair(derivative),
            factors: factors.iter().copied().map(pair).collect(),
            forms: forms.iter().map(|&form| form.to_owned()).collect(),
        }
    }

    /// Whether the derivative has the stated value, and factors and forms too, up to rounding.
    pub(crate) fn verify(&self, steps: &[Step], stated: f64) -> Result<(), String> {
        let values = values(steps);
        let derivative = self.derivative.along(steps, &values)?;
        if derivative.value != stated {
            return Err(format!("the derivative is {}, not {stated}", derivative.value));
        }
        let factors = self.factors.iter().map(|factor| factor.along(steps, &values));
        let product = factors.collect::<Result<Vec<_>, _>>()?.into_iter().reduce(Measured::times);
        if let Some(product) = product.filter(|product| !product.agrees_with(derivative)) {
            return Err(format!("the product is {}, not {stated}", product.value));
        }
        for form in &self.forms {
            let value = measured(form, &values)?;
            if !value.agrees_with(derivative) {
                return Err(format!("{form} is {}, not {stated}", value.value));
            }
        }
        Ok(())
    }
}

impl Derivative {
    /// The sum over paths of the products of local derivatives, by one sweep down the steps.
    fn along(&self, steps: &[Step], values: &Values<'_>) -> Result<Measured, String> {
        let mut adjoints = HashMap::from([(self.of.as_str(), Measured::rounded(1.0, 0))]);
        for step in steps.iter().rev() {
            if let Statement::Partial { node, argument, formula, .. } = &step.statement
                && let Some(&above) = adjoints.get(node.as_str())
            {
                let partial = Measured { value: step.value, ..measured(formula, values)? };
                let sum = adjoints.entry(argument).or_insert(Measured::rounded(0.0, 0));
                *sum = sum.plus(above.times(partial));
            }
        }
        Ok(adjoints.get(self.by.as_str()).copied().unwrap_or(Measured::rounded(0.0, 0)))
    }
}

/// The nodes that have a value, with the rounding in it.
type Values<'s> = HashMap<&'s str, Measured>;

fn values(steps: &[Step]) -> Values<'_> {
    let mut values: Values<'_> = HashMap::new();
    let mut by_step: Vec<Measured> = Vec::with_capacity(steps.len());
    for step in steps {
        let value = match &step.statement {
            Statement::Value { op, operands, .. } => {
                let operand = |operand: &Operand| match *operand {
                    Operand::Step(number) => {
                        by_step.get(number.wrapping_sub(1)).copied().unwrap_or(Measured::rounded(f64::NAN, 0))
                    }
                    Operand::Constant(value) => Measured::rounded(value, 0),
                };
                let operands: Vec<Measured> = operands.iter().map(operand).collect();
                let arguments: Vec<f64> = operands.iter().map(|operand| operand.value).collect();
                let slope = |position| Table.partial(*op, position, &arguments, &step.value);
                let passed =
                    operands.iter().enumerate().map(|(position, operand)| (slope(position), operand.error));
                Measured::computed(step.value, passed)
            }
            _ => Measured::rounded(step.value, 0),
        };
        if matches!(step.statement, Statement::Given { .. } | Statement::Value { .. }) {
            values.insert(step.statement.node(), value);
        }
        by_step.push(value);
    }
    values
}

/// A formula's value, with the rounding of its names' values and of its own operations: what it moves by when each name's value moves
/// by a rounding of its own.
fn measured(formula: &str, values: &Values<'_>) -> Result<Measured, String> {
    let known: Vec<(&str, f64)> = values.iter().map(|(&name, value)| (name, value.value)).collect();
    let (value, gradient) = symbols::read(formula, &known)?;
    let errors = known.iter().map(|&(name, value)| values[name].error + f64::EPSILON * value.abs());
    Ok(Measured::computed(value, gradient.into_iter().zip(errors)))
}
