//! The one linear predictor of a loss, where there is one: z = Σ pⱼ·cⱼ + o with cⱼ and o made of data alone, through which all parameters act.
//!
//! Then ∂L/∂pⱼ = L′(z)·cⱼ and ∂²L/∂pⱼ∂pₖ = L″(z)·cⱼ·cₖ, so that the Hessian of the mean is XᵀDX with D = diag(L″), and its product with a
//! vector is one more pass over the data. It is found in the graph, whatever the loss is called:
//!
//! * z is the first node that all ways from parameters to the loss pass through;
//! * it is linear if its derivatives cⱼ have no parameter in them.
//!
//! Invariant: no derivative is written here; L′, L″ and cⱼ are the graph's own.

use chainrule_graph::{Error, Graph, Node};

/// z's derivatives by the parameters, and the loss's two derivatives by z.
#[derive(Clone, Debug)]
pub(crate) struct Linear<'g> {
    /// cⱼ = ∂z/∂pⱼ, one a parameter.
    pub(crate) design: Vec<Node<'g>>,
    /// L″(z)
    pub(crate) curvature: Node<'g>,
}

/// The linear predictor of a loss, if it has exactly one.
///
/// # Errors
/// The graph's.
pub(crate) fn linear<'g>(graph: &'g Graph, loss: Node<'g>) -> Result<Option<Linear<'g>>, Error> {
    let parameters: Vec<Node<'g>> = graph.parameters().collect();
    let Some(z) = bottleneck(graph, loss) else { return Ok(None) };
    let design = graph.derivative_formulas(z, &parameters)?;
    // Derivatives are nodes of their own, so what depends on parameters is asked again.
    let depends = dependent(graph);
    if design.iter().any(|c| c.index().is_some_and(|index| depends[index])) {
        return Ok(None);
    }
    let slope = graph.derivative_formulas(loss, &[z])?;
    let curvature = graph.derivative_formulas(slope[0], &[z])?[0];
    Ok(Some(Linear { design, curvature }))
}

/// Which nodes are made from parameters, themselves included.
fn dependent(graph: &Graph) -> Vec<bool> {
    let mut depends = vec![false; graph.len()];
    for index in graph.parameters().filter_map(|parameter| parameter.index()) {
        depends[index] = true;
    }
    for (index, node) in graph.nodes().enumerate() {
        let arguments = node.arguments();
        depends[index] |=
            arguments.iter().filter_map(|argument| argument.index()).any(|index| depends[index]);
    }
    depends
}

/// The first node that every way from a parameter to the loss passes through.
fn bottleneck<'g>(graph: &'g Graph, loss: Node<'g>) -> Option<Node<'g>> {
    let loss = loss.index()?;
    let depends = dependent(graph);
    let nodes: Vec<Node<'g>> = graph.nodes().collect();
    // The last user of each node among those that the loss is made from.
    let mut last_user: Vec<Option<usize>> = vec![None; nodes.len()];
    last_user[loss] = Some(loss);
    for index in (0..=loss).rev() {
        if last_user[index].is_some() {
            for argument in nodes[index].arguments().iter().filter_map(|argument| argument.index()) {
                last_user[argument] = last_user[argument].or(Some(index));
            }
        }
    }
    let is_on_the_way = |index: &usize| depends[*index] && last_user[*index].is_some();
    let last_parameter = graph.parameters().filter_map(|p| p.index()).filter(is_on_the_way).max()?;
    let mut reach = 0; // the farthest user of the nodes so far
    for index in (0..=loss).filter(is_on_the_way) {
        if index >= last_parameter && reach <= index {
            return Some(nodes[index]);
        }
        reach = reach.max(last_user[index].unwrap_or(index));
    }
    None
}
