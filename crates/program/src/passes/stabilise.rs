//! Stabilise: forms that lose digits or overflow are replaced by forms that do not, one local identity at a time.
//!
//! | written | computed | because |
//! |---|---|---|
//! | ln σ(u) | −softplus(−u) | σ(u) underflows, and its logarithm is −u by then |
//! | ln(1 − σ(u)) | −softplus(u) | 1 − σ(u) is 0 from u = 37 on |
//! | 1 − σ(u) | σ(−u) | the same |
//! | ln(1 + eᵘ), ln_1p(eᵘ) | softplus(u) | eᵘ overflows |
//! | ln(1 + u) | ln_1p(u) | 1 + u forgets a small u |
//! | eᵘ − 1 | exp_m1(u) | cancels for small u |
//! | ln(eᵘ) | u | |
//! | 1/(1 + e⁻ᵘ) | σ(u) | e⁻ᵘ overflows, and its derivative is ∞/∞ |
//!
//! Each is true for every real u for which the left side is, so nothing has to be known of the whole. The textbook's log-loss
//! −y·ln σ(z) − (1 − y)·ln(1 − σ(z)) becomes y·softplus(−z) + (1 − y)·softplus(z) by the first two and the signs' own rules.
//!
//! Invariant: at f64 the result is never farther from the truth of what was written than what was written, beyond the budget of the operation that
//! takes its place; and every rewriting is reported.

use chainrule_graph::{Error, Graph, Node, NodeKind, Op, Real};

use crate::expression::{Expression, Step};

/// A place where something was rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// What was written; a node that has a name stands by it.
    pub written: String,
    /// What is computed instead.
    pub computed: String,
}

impl std::fmt::Display for Rewrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is computed as {}", self.written, self.computed)
    }
}

/// The same expression in stable forms, and what was rewritten.
///
/// # Errors
/// As [`Expression::rewritten`].
pub fn stabilise(expression: &Expression) -> Result<(Expression, Vec<Rewrite>), Error> {
    let mut rewrites = Vec::new();
    let stable = expression.rewritten(|graph, step| match stable(step) {
        Some(node) => {
            rewrites.push(Rewrite { written: shown(graph, step.kept()), computed: shown(graph, node) });
            node
        }
        None => step.kept(),
    })?;
    Ok((Expression::new(stable.graph(), &stable.outputs())?, rewrites))
}

/// A formula in which nodes that have a name stand by it.
fn shown(graph: &Graph, node: Node<'_>) -> String {
    let named = graph.nodes().filter(|other| matches!(other.kind(), NodeKind::Operation(_)));
    named.filter_map(|other| Some((other.name()?, other.formula()))).fold(
        node.formula(),
        // Not the formula as a whole: that would say nothing.
        |text, (name, formula)| if text == formula { text } else { by_name(&text, &formula, &name) },
    )
}

/// A text with a name in place of a formula, and of brackets around it that are no function's.
fn by_name(text: &str, formula: &str, name: &str) -> String {
    let bracketed = format!("({formula})");
    let mut parts = text.split(&bracketed);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_call = shown.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        shown += &if is_call { format!("({name})") } else { name.to_owned() };
        shown += part;
    }
    shown.replace(formula, name)
}

/// What an operation of a node is made of.
fn taken_apart<'g>(node: Node<'g>) -> (Option<Op>, Vec<Node<'g>>) {
    match node.kind() {
        NodeKind::Operation(op) => (Some(op), node.arguments()),
        _ => (None, Vec::new()),
    }
}

fn is_one(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Constant(1.0)
}

fn stable<'g>(step: &Step<'g, '_>) -> Option<Node<'g>> {
    match (step.op, step.arguments.as_slice()) {
        (Op::Ln, &[x]) => stable_ln(x),
        (Op::Ln1p, &[x]) => match taken_apart(x) {
            (Some(Op::Exp), of) => Some(of.first()?.softplus()),
            (Some(Op::Neg), of) => stable_ln_of_rest(*of.first()?),
            _ => None,
        },
        (Op::Sub, &[one, x]) if is_one(one) => match taken_apart(x) {
            (Some(Op::Sigmoid), of) => Some((-*of.first()?).sigmoid()),
            _ => None,
        },
        (Op::Sub, &[x, one]) if is_one(one) => match taken_apart(x) {
            (Some(Op::Exp), of) => Some(of.first()?.exp_m1()),
            _ => None,
        },
        (Op::Div, &[one, x]) if is_one(one) => logistic(x),
        (Op::Recip, &[x]) => logistic(x),
        _ => None,
    }
}

fn stable_ln(x: Node<'_>) -> Option<Node<'_>> {
    match taken_apart(x) {
        (Some(Op::Exp), of) => of.first().copied(),
        (Some(Op::Sigmoid), of) => Some(-(-*of.first()?).softplus()),
        // 1 − σ(u) has become σ(−u) before.
        (Some(Op::Sub), of) if is_one(*of.first()?) => Some((-*of.get(1)?).ln_1p()),
        (Some(Op::Add), of) => {
            let other = one_and(&of)?;
            match taken_apart(other) {
                (Some(Op::Exp), of) => Some(of.first()?.softplus()),
                _ => Some(other.ln_1p()),
            }
        }
        _ => None,
    }
}

/// ln(1 − x)
fn stable_ln_of_rest(x: Node<'_>) -> Option<Node<'_>> {
    match taken_apart(x) {
        (Some(Op::Sigmoid), of) => Some(-of.first()?.softplus()),
        _ => None,
    }
}

/// The other term of a sum with 1.
fn one_and<'g>(terms: &[Node<'g>]) -> Option<Node<'g>> {
    match *terms {
        [one, other] if is_one(one) => Some(other),
        [other, one] if is_one(one) => Some(other),
        _ => None,
    }
}

/// 1/(1 + e⁻ᵘ), given what is under the 1.
fn logistic(under: Node<'_>) -> Option<Node<'_>> {
    let (Some(Op::Add), of) = taken_apart(under) else { return None };
    let (Some(Op::Exp), of) = taken_apart(one_and(&of)?) else { return None };
    let (exponent, inner) = (*of.first()?, taken_apart(*of.first()?));
    Some(match inner {
        (Some(Op::Neg), of) => of.first()?.sigmoid(),
        _ => (-exponent).sigmoid(),
    })
}
