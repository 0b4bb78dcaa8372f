//! The linear programs: directions with the smallest Σ|w′ⱼ|, and then with fewer columns.
//!
//! A program has some of the examples; the most violated of the others join until none is violated. Examples that have joined stay, for the programs that follow too. What is
//! infeasible for some examples is so for all of them; what is infeasible for some columns is so for fewer, so a column that could once not be left out never can be.
//!
//! Invariant: the search ends, after programs whose work is bounded by the first direction's and by [`SMALL_WORK`].

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::SeparationKind;
use super::table::Table;

/// Examples to begin with: so many for each coefficient, since about one a coefficient decides, and some more, without which few coefficients would begin with next to none.
const FIRST_EXAMPLES: usize = 4;
const FIRST_MORE: usize = 50;

/// Violated examples that join at once: so many for each coefficient, and some more, so that few coefficients do not take many rounds.
const JOINING: usize = 2;
const JOINING_MORE: usize = 50;

/// How often violated examples may join.
const ROUNDS: usize = 60;

/// What a linear program calls feasible, in standard units: ten times the solver's own 10⁻⁷.
pub(super) const FEASIBLE: f64 = 1e-6;

/// Work that is always spent on leaving out columns: 30 columns one by one, of 300 examples. In units of [`work`], of which a second has some 10⁸.
const SMALL_WORK: f64 = 1e7;

/// What came of a linear program.
pub(super) enum Answer {
    /// (b′, w′) that no example violates by more than [`FEASIBLE`].
    Direction(Vec<f64>),
    /// (b′, w′) that examples do violate, though the solver holds them to be satisfied: large weights have large roundings.
    Doubtful(Vec<f64>),
    /// There is none.
    Infeasible,
    /// The solver or the rounds came to no end.
    Unknown,
}

/// Linear programs over the same examples.
pub(super) struct Search<'t> {
    table: &'t Table<'t>,
    /// The columns that a direction may take.
    columns: Vec<usize>,
    /// The examples that have joined, ascending.
    chosen: Vec<usize>,
    mean_row: Option<Vec<f64>>,
    work: f64,
}

impl<'t> Search<'t> {
    pub(super) fn new(table: &'t Table<'t>, columns: Vec<usize>) -> Self {
        let mut chosen = table.spread(FIRST_EXAMPLES * (columns.len() + 1) + FIRST_MORE);
        chosen.sort_unstable();
        Search { table, columns, chosen, mean_row: None, work: 0.0 }
    }

    /// A direction that no example violates, along as few columns as the work allows.
    pub(super) fn shortest(&mut self, kind: SeparationKind) -> Answer {
        let before = self.work;
        let columns = self.columns.clone();
        match self.direction(kind, &columns) {
            Answer::Direction(first) => {
                let most = self.work + (self.work - before).max(SMALL_WORK);
                Answer::Direction(self.shortened(kind, first, most))
            }
            other => other,
        }
    }

    /// Leaves out the columns with the smallest weights: one by one if that is little work, or else half of them at once, and ever fewer once that cannot be.
    fn shortened(&mut self, kind: SeparationKind, mut found: Vec<f64>, most: f64) -> Vec<f64> {
        let mut needed: Vec<usize> = Vec::new();
        let mut open = by_size(&found);
        let one_by_one = open.len() as f64 * work(self.chosen.len(), open.len());
        let mut count = if one_by_one <= SMALL_WORK { 1 } else { open.len() / 2 };
        while !open.is_empty() {
            let without = count.clamp(1, open.len());
            let mut columns = [&open[without..], &needed[..]].concat();
            columns.sort_unstable();
            if self.work + work(self.chosen.len(), columns.len()) > most {
                break;
            }
            match self.direction(kind, &columns) {
                Answer::Direction(shorter) => {
                    open.retain(|&column| shorter[column + 1] != 0.0);
                    found = shorter;
                    count = without;
                }
                _ if without == 1 => needed.push(open.remove(0)),
                _ => count = without / 2,
            }
        }
        found
    }

    /// A direction along these columns that no example violates.
    fn direction(&mut self, kind: SeparationKind, columns: &[usize]) -> Answer {
        let size = columns.len() + 1;
        let least = least_side(kind);
        for _ in 0..ROUNDS {
            let solved = self.solved(kind, columns);
            let Answer::Direction(direction) = solved else { return solved };
            let joining = self.table.violated(&direction, least - FEASIBLE, JOINING * size + JOINING_MORE);

            let (is_met, before) = (joining.is_empty(), self.chosen.len());
            self.chosen.extend(joining);
            self.chosen.sort_unstable();
            self.chosen.dedup();
            if self.chosen.len() == before {
                return if is_met { Answer::Direction(direction) } else { Answer::Doubtful(direction) };
            }
        }
        Answer::Unknown
    }

    /// The direction with the smallest Σ|w′ⱼ| along these columns that the examples that have joined do not violate.
    fn solved(&mut self, kind: SeparationKind, columns: &[usize]) -> Answer {
        self.work += work(self.chosen.len(), columns.len());
        let mut program = Program::new(columns.len());
        for &row in &self.chosen {
            program.require(self.table.side(row), &self.table.row(row, columns), least_side(kind));
        }
        if kind != SeparationKind::Complete {
            let mean = self.mean_row.get_or_insert_with(|| self.table.mean_row());
            let entries: Vec<f64> =
                std::iter::once(mean[0]).chain(columns.iter().map(|&j| mean[j + 1])).collect();
            program.require(1.0, &entries, 1.0);
        }
        let solution = match program.problem.solve() {
            Ok(outcome) => outcome.into_solution(),
            Err(microlp::Error::Infeasible) => return Answer::Infeasible,
            Err(_) => return Answer::Unknown,
        };
        let Ok(solution) = solution else { return Answer::Unknown };
        let mut direction = vec![0.0; self.table.dimension() + 1];
        direction[0] = solution.var_value(program.free);
        for (&column, &(plus, minus)) in columns.iter().zip(&program.parts) {
            direction[column + 1] = solution.var_value(plus) - solution.var_value(minus);
        }
        Answer::Direction(direction)
    }
}

/// What a program's time grows with: so many products for each of about as many steps as it has columns.
fn work(examples: usize, columns: usize) -> f64 {
    let size = (columns + 1) as f64;
    examples as f64 * size * size
}

/// What sᵢ(b′ + w′·x′) has to be at least.
fn least_side(kind: SeparationKind) -> f64 {
    if kind == SeparationKind::Complete { 1.0 } else { 0.0 }
}

/// The columns that a direction takes, from the smallest weight to the largest.
fn by_size(direction: &[f64]) -> Vec<usize> {
    let mut columns: Vec<usize> = (0..direction.len() - 1).filter(|&j| direction[j + 1] != 0.0).collect();
    columns.sort_by(|&one, &other| direction[one + 1].abs().total_cmp(&direction[other + 1].abs()));
    columns
}

/// minimise Σ|w| subject to constraints on (b, w), as the solver takes it: w = w⁺ − w⁻ with both ≥ 0.
struct Program {
    problem: Problem,
    free: Variable,
    parts: Vec<(Variable, Variable)>,
}

impl Program {
    fn new(columns: usize) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let free = problem.add_var(0.0, (f64::NEG_INFINITY, f64::INFINITY));
        let mut part = || problem.add_var(1.0, (0.0, f64::INFINITY));
        let parts = (0..columns).map(|_| (part(), part())).collect();
        Program { problem, free, parts }
    }

    /// side·(b, w)·row ≥ least
    fn require(&mut self, side: f64, row: &[f64], least: f64) {
        let of_parts = self.parts.iter().zip(&row[1..]);
        let of_parts = of_parts.flat_map(|(&(plus, minus), &x)| [(plus, side * x), (minus, -side * x)]);
        let terms: Vec<(Variable, f64)> =
            std::iter::once((self.free, side * row[0])).chain(of_parts).collect();
        self.problem.add_constraint(terms, ComparisonOp::Ge, least);
    }
}

#[cfg(test)]
mod tests {
    use chainrule_data::{Dataset, Separable, Standardiser};
    use nalgebra::{DMatrix, DVector};

    use super::*;

    fn all_columns<'t>(table: &'t Table<'t>) -> Search<'t> {
        Search::new(table, (0..table.dimension()).collect())
    }

    /// Classes 10⁻¹² apart and less take weights whose roundings are beyond what counts as violated.
    #[test]
    fn a_program_that_no_example_joins_is_the_last() {
        for gap in [2.43e-12, 7.29e-13, 2.187e-13, 6.561e-14] {
            for unit in [0.37, 1.0, 1e3] {
                let value = |row: usize| {
                    if row < 20 { 0.3 - 0.05 * row as f64 } else { 0.031 * row as f64 - 0.32 + gap }
                };
                let features = DMatrix::from_fn(40, 1, |row, _| unit * value(row));
                let labels = DVector::from_fn(40, |row, _| if row < 20 { 0.0 } else { 1.0 });
                let data = Dataset::new(features, labels, vec!["x".to_owned()]).unwrap();
                let standardiser = Standardiser::fit(&data).unwrap();
                let table = Table::new(&data, &standardiser);
                let mut search = all_columns(&table);
                search.direction(SeparationKind::Complete, &[0]);
                assert_eq!(search.work, work(40, 1), "{gap} {unit}");
            }
        }
    }

    #[test]
    fn leaving_out_columns_takes_about_as_much_as_finding_them() {
        let data = Separable::new(500, 150).seed(3).generate().unwrap().dataset;
        let standardiser = Standardiser::fit(&data).unwrap();
        let table = Table::new(&data, &standardiser);
        let (mut first, mut search) = (all_columns(&table), all_columns(&table));
        let columns = first.columns.clone();
        let Answer::Direction(long) = first.direction(SeparationKind::Complete, &columns) else {
            panic!("none")
        };
        let Answer::Direction(short) = search.shortest(SeparationKind::Complete) else { panic!("none") };
        // Rounds of the last program may go beyond.
        assert!(search.work <= 2.5 * first.work, "{} {}", search.work, first.work);
        assert!(by_size(&short).len() <= by_size(&long).len());
    }
}
