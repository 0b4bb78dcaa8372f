//! Gradients and directional derivatives against closed forms.

use chainrule_check::{Doubt, Error, directional, gradient};

fn f(x: &[f64]) -> f64 {
    x[0] * x[1].exp() + x[2]
}

#[test]
fn every_coordinate_is_differenced_with_the_others_fixed() {
    let found = gradient(f, &[2.0, -0.5, 7.0]).unwrap();
    for (found, truth) in found.iter().zip([(-0.5_f64).exp(), 2.0 * (-0.5_f64).exp(), 1.0]) {
        assert!((found.value - truth).abs() <= found.error && found.error < 1e-10);
    }
    assert!(gradient(|_| 1.0, &[]).unwrap().is_empty());
}

#[test]
fn a_direction_combines_the_coordinates() {
    let found = directional(f, &[2.0, -0.5, 7.0], &[3.0, 1.0, -2.0]).unwrap();
    let truth = 3.0 * (-0.5_f64).exp() + 2.0 * (-0.5_f64).exp() - 2.0;
    assert!((found.value - truth).abs() <= found.error && found.error < 1e-9);
    let error = directional(f, &[2.0, -0.5, 7.0], &[1.0]).unwrap_err();
    assert_eq!(error, Error::WrongLength { what: "direction", of: "point", expected: 3, found: 1 });
}

#[test]
fn where_f_is_nowhere_finite_the_first_coordinate_is_named() {
    let error = gradient(|x| x[0] + x[1].ln(), &[1.0, 0.0]).unwrap_err();
    assert_eq!(error, Error::NoFiniteNeighbours { x: 1.0, doubt: Doubt::Overflow });
}
