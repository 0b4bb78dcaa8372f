//! The lesson's second graph, logistic regression for one example, and what the lesson knows of its derivatives.
//!
//! z = Σ wⱼ·xⱼ + b, a = σ(z), L = −y·ln a − (1 − y)·ln(1 − a). Then dL/da = −y/a + (1 − y)/(1 − a), da/dz = a(1 − a), and
//! their product dL/dz = −y(1 − a) + (1 − y)a = a − y, so that dL/dwⱼ = (a − y)·xⱼ and dL/db = a − y.
//!
//! The formulas are the lesson's, not the ones to compute with: in f64 they break at large |z|, where the logarithm of 0 is
//! asked for. A model computes the loss from z.
//!
//! Invariant: an identity is stated in symbols and judged in numbers, against the local derivatives of the steps.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use chainrule_graph::{Graph, Node, Rules, Table};

use crate::error::Error;
use crate::explanation::{Explanation, Operand, Statement, Step};
use crate::measured::Measured;
use crate::symbols;

/// How many features the lesson's graph has at most; one example of more teaches nothing else.
const MOST_FEATURES: usize = 1_000;

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
/// [`Error::TooManyFeatures`] beyond a thousand, or the graph's refusal, if it has nodes of these names.
pub fn logistic(graph: &Graph, features: usize) -> Result<Node<'_>, Error> {
    if features > MOST_FEATURES {
        return Err(Error::TooManyFeatures { features, most: MOST_FEATURES });
    }
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
        let judge = Judge::new(&self.steps, self.taken());
        let mut stated = Vec::new();
        for identity in identities {
            if judge.has_adjoint(&identity.derivative.by) {
                let value = judge.along(&identity.derivative).map_or(f64::NAN, |derivative| derivative.value);
                stated.push((identity, value));
            }
        }
        for (identity, value) in stated {
            let number = self.steps.len() + 1;
            self.steps.push(Step { number, statement: Statement::Identity(identity), value });
        }
        self.verify()?;
        Ok(self)
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
}

/// What identities are judged by: the steps' values and local derivatives, each with the rounding in it.
pub(crate) struct Judge<'s> {
    steps: &'s [Step],
    values: Values<'s>,
    taken: Vec<&'static str>,
    /// The local derivatives by the number of their step, as far as they have been asked for.
    partials: RefCell<HashMap<usize, Result<Measured, String>>>,
    /// The derivatives of a node by all others, as far as they have been asked for.
    derivatives: RefCell<HashMap<String, Rc<Derivatives<'s>>>>,
}

/// The derivatives of one node by others.
type Derivatives<'s> = Result<HashMap<&'s str, Measured>, String>;

impl<'s> Judge<'s> {
    pub(crate) fn new(steps: &'s [Step], taken: Vec<&'static str>) -> Self {
        Judge {
            steps,
            values: values(steps),
            taken,
            partials: RefCell::default(),
            derivatives: RefCell::default(),
        }
    }

    fn has_adjoint(&self, label: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(&step.statement, Statement::Adjoint { node, .. } if node == label))
    }

    /// Whether the derivative has the stated value, and factors and forms too, up to rounding.
    pub(crate) fn verify(&self, identity: &Identity, stated: f64) -> Result<(), String> {
        let derivative = self.along(&identity.derivative)?;
        if derivative.value != stated {
            return Err(format!("the derivative is {}, not {stated}", derivative.value));
        }
        let factors = identity.factors.iter().map(|factor| self.along(factor));
        let product = factors.collect::<Result<Vec<_>, _>>()?.into_iter().reduce(Measured::times);
        if let Some(product) = product.filter(|product| !product.agrees_with(derivative)) {
            return Err(format!("the product is {}, not {stated}", product.value));
        }
        for form in &identity.forms {
            let value = self.measured(form)?;
            if !value.agrees_with(derivative) {
                return Err(format!("{form} is {}, not {stated}", value.value));
            }
        }
        Ok(())
    }

    /// The sum over paths of the products of local derivatives.
    fn along(&self, derivative: &Derivative) -> Result<Measured, String> {
        let known = self.derivatives.borrow().get(&derivative.of).cloned();
        let all = known.unwrap_or_else(|| {
            let all = Rc::new(self.derivatives_of(&derivative.of));
            self.derivatives.borrow_mut().insert(derivative.of.clone(), Rc::clone(&all));
            all
        });
        let all = all.as_ref().as_ref().map_err(Clone::clone)?;
        Ok(all.get(derivative.by.as_str()).copied().unwrap_or(Measured::rounded(0.0, 0)))
    }

    /// By one sweep down the steps.
    fn derivatives_of(&self, node: &str) -> Derivatives<'s> {
        let mut adjoints: HashMap<&'s str, Measured> = HashMap::new();
        for step in self.steps.iter().rev() {
            if let Statement::Partial { node: upper, argument, formula, .. } = &step.statement {
                let above = if upper == node {
                    Measured::rounded(1.0, 0)
                } else if let Some(&above) = adjoints.get(upper.as_str()) {
                    above
                } else {
                    continue;
                };
                let partial = Measured { value: step.value, ..self.partial(step.number, formula)? };
                let sum = adjoints.entry(argument).or_insert(Measured::rounded(0.0, 0));
                *sum = sum.plus(above.times(partial));
            }
        }
        Ok(adjoints)
    }

    fn partial(&self, number: usize, formula: &str) -> Result<Measured, String> {
        let known = self.partials.borrow().get(&number).cloned();
        known.unwrap_or_else(|| {
            let partial = self.measured(formula);
            self.partials.borrow_mut().insert(number, partial.clone());
            partial
        })
    }

    /// A formula's value, with the rounding of its names' values and of its own operations: what it moves by when each name's value
    /// moves by a rounding of its own.
    fn measured(&self, formula: &str) -> Result<Measured, String> {
        let read = symbols::read(formula, &self.taken, |name| Some(self.values.get(name)?.value))?;
        let passed = read.slopes.iter().filter_map(|(name, slope)| {
            let value = self.values.get(name.as_str())?;
            Some((*slope, value.error + f64::EPSILON * value.value.abs()))
        });
        Ok(Measured::computed(read.value, passed))
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
