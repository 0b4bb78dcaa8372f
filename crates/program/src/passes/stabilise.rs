//! Stabilise: forms that lose digits or overflow are replaced by forms that do not, one local identity at a time.
//!
//! What is replaced by what stands in `rows.rs`. Each row is true for every real number for which the left side is, so nothing has to be known
//! of the whole. The textbook's log-loss −y·ln σ(z) − (1 − y)·ln(1 − σ(z)) becomes y·softplus(−z) + (1 − y)·softplus(z) by two rows and the
//! signs' own rules.
//!
//! Sums of exponentials are looked for in the graph as it was written, formulas in what has become of it, from the leaves on.
//!
//! Invariant: at f64 the result is never farther from the truth of what was written than what was written, beyond the budget of the operations
//! that take its place; and every rewriting is reported.

use std::collections::HashMap;

use chainrule_graph::{Error, Graph, Node, NodeKind, Notation, Op, Printed};

use super::exponentials::{Exponentials, Product, Sum};
use super::log_sum_exp::{self, LIGHTEST, Rewritten, Shifted};
use super::pattern::Letters;
use super::rows::{ROWS, Rule, SHIFT};
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
    let graphs: Vec<Graph> = ROWS.iter().map(|_| Graph::new()).collect();
    let forms = forms_of_rows(&graphs)?;
    let mut exponentials = Exponentials::new(expression.graph());
    let mut shifts = HashMap::new();
    let (mut old_names, mut new_names) = (Names::default(), Names::beside(expression.graph()));
    old_names.learn(expression.graph());
    let mut rewrites: Vec<Rewrite> = Vec::new();
    let stable = expression.rewritten(|graph, step| {
        let mut shown = Vec::new();
        let mut nodes =
            Rewriting { graph, step, shifts: &mut shifts, exponentials: &mut exponentials, used: &mut shown };
        let Some(node) = nodes.stable_sums().or_else(|| stable_formula(&forms, step.op, &step.arguments))
        else {
            return step.kept();
        };
        let written = old_names.shown(step.source, &[]);
        new_names.learn(graph);
        let computed = computed(&new_names, node, &shown);
        match step.source.name() {
            Some(name) => new_names.names.extend(node.index().map(|index| (index, name))),
            None if !shown.is_empty() => new_names.stand_for(node, &written),
            None => {}
        }
        rewrites.push(Rewrite { written, computed });
        node
    })?;
    Ok((Expression::new(stable.graph(), &stable.outputs())?, rewrites))
}

/// A row that is a formula, as nodes.
struct Form<'p> {
    rule: Rule,
    written: Node<'p>,
    computed: Node<'p>,
    /// The letter of a shift, if what is computed has one.
    shift: Option<Node<'p>>,
}

impl<'p> Form<'p> {
    /// What is computed, of what the letters stand for.
    fn put_together<'g>(&self, letters: Letters<'p, 'g>) -> Option<Node<'g>> {
        let letters = match self.shift {
            Some(letter) => {
                let shift = log_sum_exp::shift_of(letters.nodes(), true)?;
                letters.with(letter, shift)
            }
            None => letters,
        };
        Some(letters.put_into(self.computed))
    }
}

fn forms_of_rows(graphs: &[Graph]) -> Result<Vec<Form<'_>>, Error> {
    let rows = ROWS.iter().zip(graphs);
    let formulas = rows.filter(|(row, _)| matches!(row.rule, Rule::Formula | Rule::Terms));
    let forms = formulas.map(|(row, graph)| {
        let (written, computed) = (graph.parse(row.written)?, graph.parse(row.computed)?);
        Ok(Form { rule: row.rule, written, computed, shift: graph.node(SHIFT).ok() })
    });
    forms.collect()
}

/// What the first row that fits makes of an operation.
fn stable_formula<'g>(forms: &[Form<'_>], op: Op, arguments: &[Node<'g>]) -> Option<Node<'g>> {
    forms.iter().find_map(|form| match form.rule {
        Rule::Terms => match (op, arguments) {
            (Op::Add, &[a, b]) => among_terms(form, a, b).or_else(|| among_terms(form, b, a)),
            _ => None,
        },
        _ => form.put_together(Letters::of_operation(form.written, op, arguments)?),
    })
}

/// How many terms of a sum are looked at.
const MOST_TERMS: usize = 64;

/// A sum of a term and others, one of which makes the left side of a row together with it.
fn among_terms<'g>(form: &Form<'_>, term: Node<'g>, others: Node<'g>) -> Option<Node<'g>> {
    // Most terms are not of the kind.
    if !form.written.arguments().iter().any(|side| side.kind() == term.kind()) {
        return None;
    }
    let mut waiting = vec![(others, true)];
    let mut rest: Vec<(Node<'g>, bool)> = Vec::new();
    let mut found = None;
    while let Some((node, is_added)) = waiting.pop() {
        if waiting.len() + rest.len() > MOST_TERMS {
            return None;
        }
        match (node.kind(), node.arguments().as_slice()) {
            (NodeKind::Operation(Op::Add), &[a, b]) => waiting.extend([(b, is_added), (a, is_added)]),
            (NodeKind::Operation(Op::Sub), &[a, b]) => waiting.extend([(b, !is_added), (a, is_added)]),
            (NodeKind::Operation(Op::Neg), &[x]) => waiting.push((x, !is_added)),
            _ => match Letters::of_operation(form.written, Op::Add, &[node, term]) {
                Some(letters) if is_added && found.is_none() => found = form.put_together(letters),
                _ => rest.push((node, is_added)),
            },
        }
    }
    Some(
        rest.into_iter().fold(found?, |sum, (node, is_added)| if is_added { sum + node } else { sum - node }),
    )
}

/// A step of the pass, for whoever looks for sums of exponentials.
struct Rewriting<'a, 'g, 's, 'e> {
    graph: &'g Graph,
    step: &'a Step<'g, 's>,
    exponentials: &'a mut Exponentials<'e>,
    /// The places of m and S by the place of the sum that was written.
    shifts: &'a mut HashMap<usize, (Option<usize>, Option<usize>)>,
    /// The shifts that were asked for.
    used: &'a mut Vec<Node<'g>>,
}

impl<'g> Rewritten<'g> for Rewriting<'_, 'g, '_, '_> {
    fn rewritten(&self, old: Node<'_>) -> Option<Node<'g>> {
        self.step.became(old)
    }

    fn shifted(&mut self, sum: &Sum<'_>) -> Option<Shifted<'g>> {
        let at = |place: &Option<usize>| self.graph.nth((*place)?);
        let known = self.shifts.get(&sum.root);
        let known = known.and_then(|(shift, sum)| Some(Shifted { shift: at(shift)?, sum: at(sum)? }));
        let shifted = match known {
            Some(known) => known,
            None => log_sum_exp::shifted(&sum.terms, self)?,
        };
        self.shifts.insert(sum.root, (shifted.shift.index(), shifted.sum.index()));
        self.uses(shifted.shift);
        Some(shifted)
    }

    fn uses(&mut self, shift: Node<'g>) {
        if !self.used.iter().any(|used| used.index() == shift.index()) {
            self.used.push(shift);
        }
    }
}

impl<'g> Rewriting<'_, 'g, '_, '_> {
    /// A logarithm or a quotient of sums of exponentials.
    fn stable_sums(&mut self) -> Option<Node<'g>> {
        let source = self.exponentials.node(self.step.source.index()?)?;
        match (self.step.op, source.arguments().as_slice()) {
            (Op::Ln, &[x]) => {
                let product = self.exponentials.product(x);
                if product.is_exponential() { log_sum_exp::ln(&product, self) } else { None }
            }
            (Op::Ln1p, &[x]) => {
                let sum = self.exponentials.one_and(x, source.index()?)?;
                log_sum_exp::ln(&Product::of_sum(sum), self)
            }
            (Op::Div | Op::Mul, &[a, b]) => {
                let product = self.exponentials.product(source);
                let [a, b] = [a, b].map(|side| self.exponentials.product(side));
                let is_both = a.is_exponential() && b.is_exponential();
                let may_overflow = match self.step.op {
                    Op::Div => is_both || !b.sums.is_empty(),
                    _ => is_both && product.has_both_signs(),
                };
                if may_overflow { log_sum_exp::quotient(&product, self) } else { None }
            }
            (Op::Recip, _) => {
                let product = self.exponentials.product(source);
                if product.sums.is_empty() { None } else { log_sum_exp::quotient(&product, self) }
            }
            _ => None,
        }
    }
}

/// What nodes are called in the formulas of rewritings.
#[derive(Default)]
struct Names {
    names: HashMap<usize, String>,
    /// Begins the names of what has none; in no other name.
    word: String,
    /// What stands for a text that is no name.
    texts: Vec<(String, String)>,
    /// How many nodes were asked for theirs.
    asked: usize,
}

impl Names {
    /// With a word that no node of a graph has in its name.
    fn beside(graph: &Graph) -> Self {
        let mut word = "rewritten_".to_owned();
        while graph.nodes().filter_map(Node::name).any(|name| name.contains(&word)) {
            word.push('_');
        }
        Names { word, ..Names::default() }
    }

    /// The names of the operations that are new.
    fn learn(&mut self, graph: &Graph) {
        for index in self.asked..graph.len() {
            let node = graph.nth(index).filter(|node| matches!(node.kind(), NodeKind::Operation(_)));
            self.names.extend(node.and_then(Node::name).map(|name| (index, name)));
        }
        self.asked = graph.len();
    }

    /// A node stands as a text.
    fn stand_for(&mut self, node: Node<'_>, text: &str) {
        let name = format!("{}{}_", self.word, self.texts.len());
        self.names.extend(node.index().map(|index| (index, name.clone())));
        let is_call = text
            .split_once('(')
            .is_some_and(|(word, _)| word.chars().all(|c| c.is_alphanumeric() || c == '_'));
        self.texts.push((name, if is_call { text.to_owned() } else { format!("({text})") }));
    }

    /// The formula of a node, in which others stand by their names; its own arguments do not, or nothing would be seen of it.
    fn shown(&self, node: Node<'_>, shifts: &[(usize, String)]) -> String {
        self.shown_at(node, shifts, 0)
    }

    /// The same of a part, which stands by its name too.
    fn shown_part(&self, node: Node<'_>, shifts: &[(usize, String)]) -> String {
        self.shown_at(node, shifts, 2)
    }

    fn shown_at(&self, node: Node<'_>, shifts: &[(usize, String)], depth: usize) -> String {
        let mut printer = Printer { names: self, shifts, shown: 0 };
        let mut text = printer.print(node, depth).into_text();
        for (name, written) in self.texts.iter().rev() {
            if text.contains(&self.word) {
                text = text.replace(name, written);
            }
        }
        text
    }
}

/// How many nodes a formula shows, and how deep it goes.
const MOST_SHOWN: usize = 1000;
const DEEPEST_SHOWN: usize = 100;

struct Printer<'n> {
    names: &'n Names,
    shifts: &'n [(usize, String)],
    shown: usize,
}

impl Printer<'_> {
    fn print(&mut self, node: Node<'_>, depth: usize) -> Printed {
        self.shown += 1;
        let text = Notation::Text;
        let shift = self.shifts.iter().find(|(index, _)| node.index() == Some(*index)).map(|(_, name)| name);
        let own = node.index().and_then(|index| self.names.names.get(&index)).filter(|_| depth > 1);
        if let Some(name) = shift.or(own) {
            return text.name(name);
        }
        let node = size_of_weight(node).unwrap_or(node);
        match node.kind() {
            NodeKind::Constant(value) => text.number(value),
            NodeKind::Operation(op) if self.shown < MOST_SHOWN && depth < DEEPEST_SHOWN => {
                let arguments: Vec<Printed> =
                    node.arguments().into_iter().map(|argument| self.print(argument, depth + 1)).collect();
                text.operation(op, &arguments)
            }
            NodeKind::Operation(_) => text.name("…"),
            _ => text.name(&node.name().unwrap_or_default()),
        }
    }
}

/// What is computed, in which shifts stand as m, m2, ….
fn computed(names: &Names, node: Node<'_>, shifts: &[Node<'_>]) -> String {
    let mut named: Vec<(usize, String)> = Vec::new();
    let mut told = String::new();
    for shift in shifts.iter().copied().chain(rounded(node)) {
        let name = if named.is_empty() { "m".to_owned() } else { format!("m{}", named.len() + 1) };
        let is_new = |index: &usize| named.iter().all(|(known, _)| known != index);
        if let Some(index) = shift.index().filter(is_new) {
            let levels: Vec<String> =
                levels(shift).iter().map(|level| names.shown_part(*level, &named)).collect();
            told += &format!(", {name} = round(max({}))", levels.join(", "));
            named.push((index, name));
        }
    }
    names.shown(node, &named) + &told
}

fn first(node: Node<'_>) -> Option<Node<'_>> {
    node.arguments().first().copied()
}

/// The shift of a formula that begins with one.
fn rounded(node: Node<'_>) -> Option<Node<'_>> {
    first(node).filter(|first| first.kind() == NodeKind::Operation(Op::Round))
}

/// |w|, of the same with the smallest ones raised, which is nothing for a reader.
fn size_of_weight(node: Node<'_>) -> Option<Node<'_>> {
    match (node.kind(), node.arguments().as_slice()) {
        (NodeKind::Operation(Op::Select), &[_, size, raised]) => {
            let is_raised = raised.kind() == NodeKind::Operation(Op::Max)
                && raised.arguments().iter().any(|bound| bound.kind() == NodeKind::Constant(LIGHTEST));
            is_raised.then_some(size)
        }
        _ => None,
    }
}

/// What a shift is the largest of.
fn levels(shift: Node<'_>) -> Vec<Node<'_>> {
    let mut waiting: Vec<Node<'_>> = first(shift).into_iter().collect();
    let mut levels = Vec::new();
    while let Some(node) = waiting.pop() {
        match (node.kind(), node.arguments().as_slice()) {
            (NodeKind::Operation(Op::Max | Op::Min), &[a, b]) => waiting.extend([b, a]),
            (NodeKind::Constant(f64::MAX | f64::MIN), _) => {} // that keep it finite
            _ => levels.push(node),
        }
    }
    levels
}
