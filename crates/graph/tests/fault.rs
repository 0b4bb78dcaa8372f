//! Faults: each does what its name says to the one partial it is meant for, and to nothing else.
//!
//! Reference: the table itself; sin, div and atan have the partials cos x, (1/b, −a/b²) and 1/(x² + 1).

use chainrule_graph::{Corrupted, Fault, Op, Rules, Table};

fn partials(rules: impl Rules, op: Op, arguments: &[f64]) -> Vec<f64> {
    let value = Table.value(op, arguments);
    (0..arguments.len()).map(|position| rules.partial(op, position, arguments, &value)).collect()
}

fn corrupted(op: Op, position: usize, fault: Fault) -> Corrupted {
    Corrupted { op, position, fault }
}

#[test]
fn faults_of_the_result_change_the_one_partial() {
    let point = [3.0, 4.0];
    let right = partials(Table, Op::Div, &point);
    for (fault, changed) in
        [(Fault::Sign, -right[1]), (Fault::Zero, 0.0), (Fault::Factor, right[1] * (1.0 + 1e-6))]
    {
        assert_eq!(partials(corrupted(Op::Div, 1, fault), Op::Div, &point), [right[0], changed], "{fault}");
        assert_eq!(partials(corrupted(Op::Mul, 1, fault), Op::Div, &point), right, "{fault} elsewhere");
    }
}

#[test]
fn swapped_arguments_reach_the_rule_swapped() {
    // ∂(a/b)/∂a is 1/b; with the arguments exchanged it is 1/a.
    assert_eq!(partials(corrupted(Op::Div, 0, Fault::SwappedArguments), Op::Div, &[2.0, 8.0])[0], 0.5);
    // Of three, the condition stays: the branches are what one mixes up.
    let select = corrupted(Op::Select, 1, Fault::SwappedArguments);
    assert_eq!(partials(select, Op::Select, &[1.0, 5.0, 6.0]), partials(Table, Op::Select, &[1.0, 5.0, 6.0]));
    // Of any number, the order is reversed: the partner of the first factor is then the second factor.
    let dot = corrupted(Op::Dot, 0, Fault::SwappedArguments);
    assert_eq!(partials(dot, Op::Dot, &[1.0, 2.0, 3.0, 4.0])[0], 2.0);
}

#[test]
fn terms_are_dropped_one_at_a_time() {
    let x = 3.0_f64;
    let terms = |place| partials(corrupted(Op::Tan, 0, Fault::DroppedTerm(place)), Op::Tan, &[x])[0];
    let square = x.tan() * x.tan();
    assert_eq!((terms(0), terms(1), terms(2)), (1.0, square, square + 1.0));
    // (1 − x)(1 + x) has four.
    let faults = Corrupted::all().into_iter().filter(|c| c.op == Op::Asin);
    assert_eq!(faults.filter(|c| matches!(c.fault, Fault::DroppedTerm(_))).count(), 4);
}

#[test]
fn a_wrong_branch_is_the_other_one() {
    let branch = corrupted(Op::Select, 1, Fault::WrongBranch(0));
    assert_eq!(partials(branch, Op::Select, &[3.0, 5.0, 6.0]), [0.0, 0.0, 0.0]);
}

#[test]
fn every_partial_of_the_table_has_its_faults() {
    let all = Corrupted::all();
    for op in Op::all() {
        for position in 0..op.arity().unwrap_or(1) {
            let faults = all.iter().filter(|c| c.op.name() == op.name() && c.position == position);
            assert!(faults.count() >= 3, "{}, {position}", op.name());
        }
    }
    let values = |rules: &dyn Fn(Op, &[f64]) -> f64| -> Vec<u64> {
        Op::all()
            .into_iter()
            .flat_map(|op| op.probes().into_iter().map(move |p| (op, p)))
            .map(|(op, p)| rules(op, &p).to_bits())
            .collect()
    };
    let table = values(&|op, x| Table.value(op, x));
    assert!(all.iter().all(|c| values(&|op, x| c.value(op, x)) == table), "a fault touches a value");
}

#[test]
fn arguments_are_swapped_where_there_are_several() {
    let all = Corrupted::all();
    for op in Op::all() {
        let is_swapped = |c: &Corrupted| c.op.name() == op.name() && c.fault == Fault::SwappedArguments;
        let partials = if op.arity() == Some(1) { 0 } else { op.arity().unwrap_or(1) };
        assert_eq!(all.iter().filter(|c| is_swapped(c)).count(), partials, "{}", op.name());
    }
}

#[test]
fn a_fault_says_what_it_is() {
    let said =
        [Fault::Sign, Fault::Factor, Fault::Zero, Fault::SwappedArguments].map(|fault| fault.to_string());
    assert_eq!(said, ["opposite sign", "factor 1 + 1e-6", "constant 0", "swapped arguments"]);
    let counted = [Fault::DroppedTerm(2), Fault::WrongBranch(0)].map(|fault| fault.to_string());
    assert_eq!(counted, ["dropped term 2", "wrong branch 0"]);
}
