//! Formulas as patterns: whether a node is of a form, and the same letters in another form.
//!
//! Invariant: a letter stands for the same node wherever it stands.

use std::collections::HashMap;

use chainrule_graph::{Node, NodeKind, Op, Real, Table};

/// What the letters of a pattern stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Letters<'p, 'g>(Vec<(Node<'p>, Node<'g>)>);

impl<'p, 'g> Letters<'p, 'g> {
    /// What letters stand for if an operation is of the form of a pattern.
    pub(super) fn of_operation(pattern: Node<'p>, op: Op, arguments: &[Node<'g>]) -> Option<Self> {
        let mut letters = Letters::default();
        letters.match_operation(pattern, op, arguments).then_some(letters)
    }

    /// What the letters stand for.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Node<'g>> {
        self.0.iter().map(|&(_, node)| node)
    }

    /// The same with one letter more.
    pub(super) fn with(mut self, letter: Node<'p>, node: Node<'g>) -> Self {
        self.0.push((letter, node));
        self
    }

    /// A form with letters replaced by what they stand for.
    pub(super) fn put_into(&self, form: Node<'_>) -> Node<'g> {
        self.put_into_part(form, &mut HashMap::new())
    }

    /// The same; what stands in a form twice is made once.
    fn put_into_part(&self, form: Node<'_>, made: &mut HashMap<Option<usize>, Node<'g>>) -> Node<'g> {
        if let Some(&known) = made.get(&form.index()) {
            return known;
        }
        let node = match form.kind() {
            NodeKind::Operation(op) => {
                let arguments = form.arguments().into_iter();
                let arguments: Vec<Node<'g>> =
                    arguments.map(|argument| self.put_into_part(argument, made)).collect();
                Node::apply(&Table, op, &arguments)
            }
            NodeKind::Constant(value) => Node::constant(value),
            _ => {
                let stands_for = self.0.iter().find(|(letter, _)| letter.index() == form.index());
                stands_for.map_or(Node::constant(f64::NAN), |&(_, node)| node)
            }
        };
        made.insert(form.index(), node);
        node
    }

    fn match_operation(&mut self, pattern: Node<'p>, op: Op, arguments: &[Node<'g>]) -> bool {
        let wanted = pattern.arguments();
        if pattern.kind() != NodeKind::Operation(op) || wanted.len() != arguments.len() {
            return false;
        }
        let before = self.0.len();
        if wanted.iter().zip(arguments).all(|(&wanted, &node)| self.match_node(wanted, node)) {
            return true;
        }
        self.0.truncate(before);
        let (&[first, second], &[a, b], Op::Add | Op::Mul | Op::Max | Op::Min) =
            (wanted.as_slice(), arguments, op)
        else {
            return false;
        };
        self.match_node(first, b) && self.match_node(second, a)
    }

    fn match_node(&mut self, pattern: Node<'p>, node: Node<'g>) -> bool {
        match (pattern.kind(), node.kind()) {
            (NodeKind::Operation(_), NodeKind::Operation(op)) => {
                self.match_operation(pattern, op, &node.arguments())
            }
            (NodeKind::Operation(_), _) => false,
            (NodeKind::Constant(value), kind) => kind == NodeKind::Constant(value),
            _ => match self.0.iter().find(|(letter, _)| letter.index() == pattern.index()) {
                Some(&(_, known)) => is_same(known, node),
                None => {
                    self.0.push((pattern, node));
                    true
                }
            },
        }
    }
}

fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    match (one.kind(), other.kind()) {
        (NodeKind::Constant(one), NodeKind::Constant(other)) => one == other,
        _ => one.index() == other.index(),
    }
}
