//! Tapes: code with its own loops and branches, several tapes, tapes of dual numbers.
//!
//! References: closed forms written beside each; exact where the arithmetic is.

#![allow(clippy::op_ref, reason = "operators with references are what is tested")]

use chainrule_graph::{Dual, Error, Graph, Lanes, Real, Tape, Var};

#[test]
fn branches_follow_the_values() {
    fn relu_like<R: Real + PartialOrd>(x: R) -> R {
        if x >= R::constant(0.0) { x.powi(2) } else { x * R::constant(0.5) }
    }
    for (x, slope) in [(3.0, 6.0), (-3.0, 0.5), (0.0, 0.0)] {
        let tape = Tape::new();
        let v = tape.var(x);
        assert_eq!(tape.gradient(&relu_like(v)).unwrap()[v], slope);
    }
}

#[test]
fn loops_are_recorded_as_long_as_they_run() {
    // xⁿ by multiplication until it exceeds 100: at x = 3 that is 3⁵ = 243
    let tape = Tape::new();
    let x = tape.var(3.0);
    let mut power = x;
    while power < Real::constant(100.0) {
        power *= x;
    }
    assert_eq!(power.value(), 243.0);
    assert_eq!(tape.gradient(&power).unwrap()[x], 5.0 * 81.0);
    assert_eq!(tape.len(), 5, "one variable and four products");
}

#[test]
fn an_adjoint_for_every_variable_and_every_step() {
    let tape = Tape::new();
    assert!(tape.is_empty());
    let (x, y) = (tape.var(2.0), tape.var(5.0));
    let product = x * y;
    let unused = x.exp();
    let output = 3.0 * product + x;
    let d = tape.gradient(&output).unwrap();
    assert_eq!((d[x], d[y], d[product], d[unused], d[output]), (16.0, 6.0, 3.0, 0.0, 1.0));
    assert_eq!(tape.gradient(&product).unwrap()[output], 0.0, "made after the output");
    assert_eq!(tape.gradient(&output).unwrap()[x], 16.0, "nothing accumulates");
}

#[test]
fn operators_take_variables_references_and_plain_numbers_on_either_side() {
    let tape = Tape::new();
    let (x, y) = (tape.var(6.0), tape.var(3.0));
    let values = [x + y, x - &y, x * y, x / &y, -x, x + 1.0, 1.0 - x, 2.0 * x, x / 2.0, 12.0 / x];
    assert_eq!(values.map(|v| v.value()), [9.0, 3.0, 18.0, 2.0, -6.0, 7.0, -5.0, 12.0, 3.0, 2.0]);
    let mut z = x;
    z += y;
    z -= 1.0;
    z /= y;
    z *= 3.0;
    assert_eq!(z.value(), 8.0);
}

#[test]
fn constants_are_recorded_only_with_a_variable() {
    let tape = Tape::new();
    let two: Var<'_> = Real::constant(2.0);
    assert_eq!((two * two).sqrt().value(), 2.0);
    assert!(tape.is_empty());
    let x = tape.var(3.0);
    let y = two * x;
    assert_eq!(tape.len(), 2, "constants are not recorded");
    let d = tape.gradient(&y).unwrap();
    assert_eq!((d[x], d[two]), (2.0, 0.0));
    assert_eq!(tape.gradient(&two).unwrap()[x], 0.0);
}

#[test]
fn two_tapes_do_not_mix() {
    let (tape, other) = (Tape::new(), Tape::new());
    let (x, y) = (tape.var(1.0), other.var(2.0));
    let mixed = x + y;
    let message = format!(
        "an operation mixes nodes of {} and {}; build the whole expression in one of them",
        tape.owner(),
        other.owner()
    );
    let value: f64 = mixed.value();
    assert!(value.is_nan());
    for poisoned in [mixed, mixed * x, y - mixed, mixed.sin(), 2.0 * mixed, Real::sum([&x, &mixed])] {
        assert_eq!(tape.gradient(&poisoned).unwrap_err().to_string(), message);
    }
    assert_eq!(tape.gradient(&x).unwrap().get_var(&mixed).unwrap_err().to_string(), message);

    let elsewhere = Error::NotInGraph { node: 0, other: other.owner(), graph: tape.owner() };
    assert_eq!(
        elsewhere.to_string(),
        format!("node 0 belongs to {}, not to {}; ask the one that made it", other.owner(), tape.owner())
    );
    assert_eq!(tape.gradient(&y).unwrap_err(), elsewhere);
    assert_eq!(tape.gradient(&x).unwrap().get_var(&y).unwrap_err(), elsewhere);
    assert!(tape.owner().to_string().starts_with("tape #"));
}

#[test]
fn a_tape_of_duals_gives_a_row_of_the_hessian() {
    // f = x³y: fₓ = 3x²y, fₓₓ = 6xy, fₓᵧ = 3x²
    let tape = Tape::new();
    let (x, y) = (tape.var(Dual::variable(2.0)), tape.var(Dual::fixed(5.0)));
    let d = tape.gradient(&(x.powi(3) * y)).unwrap();
    assert_eq!((d[x].value, d[y].value), (60.0, 8.0));
    assert_eq!((d[x].tangent, d[y].tangent), (60.0, 12.0));
}

#[test]
fn debug_shows_the_value_and_the_place_not_the_whole_tape() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    for _ in 0..1000 {
        let _ = x.exp();
    }
    assert_eq!(format!("{x:?}"), format!("Var(2.0 at #0 of {})", tape.owner()));
    assert_eq!(format!("{:?}", Var::<f64>::constant(3.0)), "Var(3.0)");
    let mixed = x + Tape::new().var(1.0).value() + Tape::default().var(1.0).value();
    assert_eq!(mixed.value(), 4.0, "values are plain numbers");
    let other = Tape::new();
    let poisoned = x + other.var(1.0);
    assert!(format!("{poisoned:?}").starts_with("Var(poisoned: an operation mixes nodes of tape #"));
}

#[test]
fn comparisons_look_at_the_value_alone() {
    let (tape, other) = (Tape::new(), Tape::new());
    assert_eq!(tape.var(1.0), other.var(1.0));
    assert!(tape.var(1.0) < Var::constant(2.0));
    assert!(tape.var(f64::NAN).partial_cmp(&tape.var(1.0)).is_none());
}

#[test]
fn a_tape_is_empty_until_its_first_variable() {
    let tape: Tape = Tape::new();
    assert!(tape.is_empty());
    let _ = tape.var(1.0);
    assert_eq!((tape.is_empty(), tape.len()), (false, 1));
}

/// x³·y: the gradient of a graph at variables of a tape is (3x²y, x³) as variables, whose slopes are the second derivatives.
#[test]
fn a_graph_at_variables_of_a_tape_is_differentiated_twice() {
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    let j = x.powi(3) * y;
    let tape = Tape::new();
    let (at_x, at_y) = (tape.var(2.0), tape.var(5.0));
    let gradient = g.at(&[(x, at_x), (y, at_y)]).unwrap().gradient(j).unwrap();
    assert_eq!((gradient[x].value(), gradient[y].value()), (60.0, 8.0));
    let second = tape.gradient(&gradient[x]).unwrap();
    assert_eq!((second[at_x], second[at_y]), (60.0, 12.0));
}

#[test]
fn variables_are_equal_if_their_values_are() {
    let (one, other) = (Tape::new(), Tape::new());
    assert_eq!(one.var(1.0), other.var(1.0));
    assert_ne!(one.var(1.0), one.var(2.0));
}

#[test]
fn rewinding_keeps_what_was_before_and_refuses_what_was_after() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let start = tape.position();
    let square = x * x;
    let later = tape.position();
    let cube = square * x;
    let old = tape.gradient(&cube).unwrap();
    tape.rewind(start).unwrap();
    assert_eq!(tape.len(), 1);

    // Another record now has the index that x² had.
    let double = x + x;
    let refused = format!("{} was rewound to before this was recorded; record it again", tape.owner());
    for stale in [square, cube, square + x, x * cube, Real::sum([&x, &square]), Real::dot([(&x, &cube)])] {
        assert_eq!(tape.gradient(&stale).unwrap_err().to_string(), refused);
    }
    assert_eq!(old.get_var(&square).unwrap_err().to_string(), refused);
    assert_eq!(old.get_var(&double), Ok(&0.0), "made after the gradient");
    assert_eq!(old[x], 27.0);
    assert_eq!(tape.gradient(&double).unwrap()[x], 2.0);
    assert_eq!(tape.rewind(later).unwrap_err().to_string(), refused);
    assert_eq!(tape.gradient(&(double * x)).unwrap()[x], 12.0, "mistakes leave no edges behind");
}

#[test]
fn rewinding_twice_to_different_places() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let first = tape.position();
    let kept = x * 3.0;
    let second = tape.position();
    let dropped = kept * x;
    tape.rewind(second).unwrap();
    let again = kept + x;
    assert_eq!(tape.gradient(&again).unwrap()[x], 4.0, "what was before the second place is still there");
    assert!(tape.gradient(&dropped).is_err());
    tape.rewind(first).unwrap();
    for stale in [kept, dropped, again] {
        assert!(matches!(tape.gradient(&stale), Err(Error::Rewound { .. })));
    }
    assert!(matches!(tape.rewind(second), Err(Error::Rewound { .. })));
    tape.rewind(first).unwrap();
    assert_eq!(tape.gradient(&x).unwrap()[x], 1.0);
    assert!(matches!(Tape::<f64>::new().rewind(first), Err(Error::NotInGraph { .. })));
}

#[test]
fn a_cleared_tape_is_a_new_one_with_the_old_memory() {
    let mut tape = Tape::new();
    let owner = tape.owner();
    let old = {
        let x = tape.var(1.0);
        tape.gradient(&x.exp()).unwrap()
    };
    tape.clear();
    assert!(tape.is_empty() && tape.bytes() == 0 && tape.owner() != owner);
    let x = tape.var(2.0);
    assert!(
        matches!(old.get_var(&x), Err(Error::NotInGraph { .. })),
        "gradients from before answer for nothing"
    );
    assert_eq!(tape.gradient(&(x * x)).unwrap()[x], 4.0);
}

#[test]
fn gradients_reuse_their_memory() {
    let (tape, other) = (Tape::new(), Tape::new());
    let (x, y) = (tape.var(2.0), tape.var(3.0));
    let mut gradient = tape.gradient(&(x * y)).unwrap();
    tape.gradient_into(&(x + y), &mut gradient).unwrap();
    assert_eq!((gradient[x], gradient[y]), (1.0, 1.0), "nothing of the first is left");
    assert_eq!(gradient.adjoints()[..2], [1.0, 1.0]);
    assert!(tape.gradient_into(&other.var(1.0), &mut gradient).is_err());
    assert_eq!(gradient[x], 1.0, "as it was");
    tape.gradient_into(&Real::constant(1.0), &mut gradient).unwrap();
    assert_eq!(gradient[x], 0.0);
}

#[test]
fn bytes_are_counted() {
    let tape = Tape::new();
    let (x, y) = (tape.var(2.0), tape.var(3.0));
    assert_eq!(tape.bytes(), 32);
    let _ = x * 5.0;
    assert_eq!(tape.bytes(), 48, "a product with a constant has one edge");
    let _ = x + y;
    assert_eq!(tape.bytes(), 80);
    let data: Vec<Var<'_>> = vec![Var::constant(1.0); 2];
    let _ = Var::dot([x, y].iter().zip(&data));
    assert_eq!(tape.bytes(), 112, "16 a pair of variable and constant");
}

/// Each lane of a tape of lanes is a tape of its own.
#[test]
fn lanes_are_recorded_side_by_side() {
    fn f<R: Real>(x: &R, y: &R) -> R {
        (x.clone() * y).softplus() + R::select(x, &y.sin(), &x.exp()) / y + R::dot([(x, y), (y, y)])
    }
    let (xs, ys) = ([-1.5, 0.0, 0.3, 40.0], [2.0, 1.0, -0.7, -0.1]);
    let tape = Tape::new();
    let (x, y) = (tape.var(Lanes(xs)), tape.var(Lanes(ys)));
    let value = f(&x, &y);
    let gradient = tape.gradient(&value).unwrap();
    for lane in 0..4 {
        let alone = Tape::new();
        let (a, b) = (alone.var(xs[lane]), alone.var(ys[lane]));
        let lone = f(&a, &b);
        let slopes = alone.gradient(&lone).unwrap();
        assert_eq!(value.value().0[lane], lone.value());
        assert_eq!((gradient[x].0[lane], gradient[y].0[lane]), (slopes[a], slopes[b]));
    }
    assert_eq!(Lanes(xs).sum(), 38.8);
    assert_eq!(Lanes::<2>::default(), Lanes([0.0, 0.0]));
}
