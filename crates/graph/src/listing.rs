//! A whole graph in text: a label for every node, and the statements that read back as the graph.
//!
//! Invariant: [`Graph::parse`] reads what is printed here, into an empty graph, as the same graph.

use crate::graph::Graph;
use crate::node::NodeKind;

impl Graph {
    /// A label for each node, in order: its name; of an operation without one the first of u, v, n3, n4, … that is free;
    /// of a constant without one its value.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// g.parse("3 * (a + b*c)")?;
    /// assert_eq!(g.labels(), ["3", "a", "b", "c", "u", "v", "J"]);
    /// # Ok::<(), chainrule_graph::Error>(())
    /// ```
    pub fn labels(&self) -> Vec<String> {
        let mut free = (1_usize..).map(candidate).filter(|candidate| self.find(candidate).is_none());
        let label = |node: crate::Node<'_>| match (node.name(), node.kind()) {
            (Some(name), _) => name,
            (None, NodeKind::Operation(_)) => free.next().unwrap_or_default(),
            (None, _) => node.to_string(),
        };
        self.nodes().map(label).collect()
    }
}

/// The short name of the operation without a name that is the `number`-th of them, if it is free.
fn candidate(number: usize) -> String {
    match number {
        1 => "u".to_owned(),
        2 => "v".to_owned(),
        _ => format!("n{number}"),
    }
}
