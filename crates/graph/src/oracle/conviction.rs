//! Which node of a graph is wrong: the first whose value or local derivative is not what its operation's
//! value rule says.
//!
//! A wrong gradient does not tell which of a thousand nodes it comes from. But each node's own partials can
//! be judged at the node's own arguments, whatever the rest of the graph does, so the first that is beyond
//! its budget is where the mistake is.
//!
//! Invariant: nothing is convicted but against a truth that has settled, or a promise of the table.

use std::fmt;

use super::judgement::{self, Judgement};
use crate::error::Error;
use crate::node::{Node, NodeKind};
use crate::op::Op;
use crate::rules::Rules;
use crate::run::Run;

/// A node that is wrong, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WrongNode<'g> {
    /// The node.
    pub node: Node<'g>,
    /// Its operation.
    pub op: Op,
    /// Which argument the partial is taken by, counted from 0; `None` if it is the value that is wrong.
    pub position: Option<usize>,
    /// The values of its arguments.
    pub arguments: Vec<f64>,
    /// The value or partial as the run has it.
    pub claimed: f64,
    /// The truth, rounded to f64.
    pub expected: f64,
    /// How far they are from each other in units of the last place of the truth.
    pub ulps: f64,
    /// How far they may be.
    pub budget: f64,
}

/// The first node of a run, in the order of creation, whose value or one of whose partials is beyond its
/// budget.
///
/// Looked at are the nodes of operations, at the values their arguments have in the run. Where no difference
/// quotient can judge (a kink, the edge of the domain) the partials are held to the table's promise for this
/// very point if there is one, and where something under- or overflows on the way there is nothing to hold
/// them to.
///
/// ```
/// use chainrule_graph::{Corrupted, Fault, Graph, Op, Real};
/// use chainrule_graph::oracle::first_wrong_node;
///
/// let g = Graph::new();
/// let x = g.parameter("x");
/// let u = (x * x).named("u");
/// let j = (u.sin() + u).named("J");
/// let wrong = Corrupted { op: Op::Sin, position: 0, fault: Fault::Sign };
/// let run = g.at_with(wrong, &[(x, 2.0)])?;
/// let found = first_wrong_node(&run)?.expect("the sign of cos is wrong");
/// assert_eq!((found.node.index(), found.op), (j.arguments()[0].index(), Op::Sin));
/// assert_eq!(
///     found.to_string(),
///     "#2 = sin(u): the partial of `sin` by argument 0 at (4.0) is 0.6536436208636119, \
///      and should be -0.6536436208636119 (1.2e16 ulps off, with a budget of 2)"
/// );
/// assert!(first_wrong_node(&g.at(&[(x, 2.0)])?)?.is_none());
/// # Ok::<(), chainrule_graph::Error>(())
/// ```
///
/// # Errors
/// The error that poisoned a node; none for a run of a graph that could be evaluated.
pub fn first_wrong_node<'g, T: Rules>(run: &Run<'g, f64, T>) -> Result<Option<WrongNode<'g>>, Error> {
    for node in run.nodes() {
        if let NodeKind::Operation(op) = node.kind()
            && let Some(wrong) = wrong_in(run, node, op)?
        {
            return Ok(Some(wrong));
        }
    }
    Ok(None)
}

fn wrong_in<'g, T: Rules>(
    run: &Run<'g, f64, T>,
    node: Node<'g>,
    op: Op,
) -> Result<Option<WrongNode<'g>>, Error> {
    let edges = run.edges(node)?;
    let arguments = edges.iter().map(|edge| run.value(edge.argument)).collect::<Result<Vec<_>, _>>()?;
    let value = run.value(node)?;
    let of_value = (None, value, judgement::of_value(op, &arguments, value));
    let of_partials = edges.iter().map(|edge| {
        (Some(edge.position), edge.partial, partial(op, edge.position, &arguments, edge.partial))
    });
    let wrong = std::iter::once(of_value).chain(of_partials).find_map(|(position, claimed, judged)| {
        let judged = judged.filter(Judgement::is_wrong)?;
        Some(WrongNode {
            node,
            op,
            position,
            arguments: arguments.clone(),
            claimed,
            expected: judged.truth.to_f64(),
            ulps: judged.ulps,
            budget: judged.budget,
        })
    });
    Ok(wrong)
}

/// A partial held to the table's promise at this point if there is one, else to differences.
fn partial(op: Op, position: usize, arguments: &[f64], claimed: f64) -> Option<Judgement> {
    let mut promises = op.conventions().into_iter();
    match promises.find(|promise| promise.arguments == arguments) {
        Some(promise) => {
            promise.partials.get(position).map(|&promised| judgement::of_promise(promised, claimed))
        }
        None => judgement::of_partial(op, position, arguments, claimed),
    }
}

impl fmt::Display for WrongNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.node.name().or_else(|| Some(format!("#{}", self.node.index()?))).unwrap_or_default();
        let op = self.op.name();
        let part = match self.position {
            Some(position) => format!("the partial of `{op}` by argument {position}"),
            None => format!("the value of `{op}`"),
        };
        let arguments: Vec<String> = self.arguments.iter().map(|argument| format!("{argument:?}")).collect();
        let WrongNode { claimed, expected, ulps, budget, .. } = self;
        write!(
            f,
            "{name} = {}: {part} at ({}) is {claimed:?}, and should be {expected:?} ({ulps:.1e} ulps off, with a \
             budget of {budget})",
            self.node,
            arguments.join(", ")
        )
    }
}
