//! The lesson's first part, J = 3(a + bc) at a = 5, b = 3, c = 2: every number of its tables, exactly.
//!
//! Invariant: the expected numbers are the lesson's own, written out; all are whole, so the bound is 0.

use chainrule_graph::{Error as GraphError, Graph, Node, Rules, Run};

use crate::error::Error;
use crate::verify::{Check, Emit, culprit};

const LESSON: &str = "the lesson's table";
/// Whole numbers this small are exact.
const EXACT: f64 = 0.0;

pub(super) fn checks<T: Rules>(rules: &T, emit: &mut Emit<'_>) -> Result<(), Error> {
    let graph = Graph::new();
    let lesson = Lesson::new(&graph, rules);
    let run = lesson.at(5.0, 3.0, 2.0)?;
    emit(lesson.values(&run)?);
    emit(lesson.local_derivatives(&run)?);
    emit(lesson.gradient(&run)?);
    emit(lesson.path_products(&run)?);
    emit(lesson.nudges(&run)?);
    Ok(())
}

struct Lesson<'g, T> {
    graph: &'g Graph,
    rules: &'g T,
    inputs: [Node<'g>; 3],
    u: Node<'g>,
    v: Node<'g>,
    j: Node<'g>,
}

impl<'g, T: Rules> Lesson<'g, T> {
    fn new(graph: &'g Graph, rules: &'g T) -> Self {
        let [a, b, c] = ["a", "b", "c"].map(|name| graph.parameter(name));
        let u = (b * c).named("u");
        let v = (a + u).named("v");
        let j = (3.0 * v).named("J");
        Lesson { graph, rules, inputs: [a, b, c], u, v, j }
    }

    fn at(&self, a: f64, b: f64, c: f64) -> Result<Run<'g, f64, &'g T>, GraphError> {
        let [na, nb, nc] = self.inputs;
        self.graph.at_with(self.rules, &[(na, a), (nb, b), (nc, c)])
    }

    fn values(&self, run: &Run<'g, f64, &'g T>) -> Result<Check, GraphError> {
        let mut check = Check::new("textbook values u, v, J", "forward sweep", LESSON, EXACT);
        for (node, expected) in [(self.u, 6.0), (self.v, 11.0), (self.j, 33.0)] {
            check.compare(run.value(node)?, expected);
        }
        Ok(check)
    }

    fn local_derivatives(&self, run: &Run<'g, f64, &'g T>) -> Result<Check, GraphError> {
        let mut check = Check::new("textbook local derivatives", "edges", LESSON, EXACT);
        let [a, b, c] = self.inputs;
        let table = [
            (self.u, b, 2.0),
            (self.u, c, 3.0),
            (self.v, a, 1.0),
            (self.v, self.u, 1.0),
            (self.j, self.v, 3.0),
        ];
        for (node, argument, expected) in table {
            let edges = run.edges(node)?;
            let edge = edges.iter().find(|edge| edge.argument.index() == argument.index());
            check.compare(edge.map_or(f64::NAN, |edge| edge.partial), expected);
        }
        check.blame(|| culprit(run))?;
        Ok(check)
    }

    fn gradient(&self, run: &Run<'g, f64, &'g T>) -> Result<Check, GraphError> {
        let mut check = Check::new("textbook dJ/da, dJ/db, dJ/dc", "reverse sweep", LESSON, EXACT);
        let adjoints = run.gradient(self.j)?;
        for (input, expected) in self.inputs.into_iter().zip([3.0, 6.0, 9.0]) {
            check.compare(*adjoints.get(input)?, expected);
        }
        check.blame(|| culprit(run))?;
        Ok(check)
    }

    fn path_products(&self, run: &Run<'g, f64, &'g T>) -> Result<Check, GraphError> {
        let mut check = Check::new("textbook path products", "paths", LESSON, EXACT);
        let table: [&[f64]; 3] = [&[3.0, 1.0], &[3.0, 1.0, 2.0], &[3.0, 1.0, 3.0]];
        for (input, factors) in self.inputs.into_iter().zip(table) {
            let paths = run.paths(self.j, input, 2)?;
            check.compare(paths.len() as f64, 1.0);
            for path in &paths {
                check.compare(path.product, factors.iter().product());
                check.compare(path.edges.len() as f64, factors.len() as f64);
                for (edge, &factor) in path.edges.iter().zip(factors) {
                    check.compare(edge.partial, factor);
                }
            }
        }
        Ok(check)
    }

    /// Raising one input by 1 raises J by its derivative, since J is linear in each.
    fn nudges(&self, run: &Run<'g, f64, &'g T>) -> Result<Check, GraphError> {
        let mut check = Check::new("textbook nudge by 1", "reverse sweep", "J after minus J before", EXACT);
        let adjoints = run.gradient(self.j)?;
        let nudged = [[6.0, 3.0, 2.0], [5.0, 4.0, 2.0], [5.0, 3.0, 3.0]];
        for (input, [a, b, c]) in self.inputs.into_iter().zip(nudged) {
            let difference = self.at(a, b, c)?.value(self.j)? - run.value(self.j)?;
            check.compare(*adjoints.get(input)?, difference);
        }
        Ok(check)
    }
}
