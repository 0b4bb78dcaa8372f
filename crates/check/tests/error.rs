//! Each error names the thing, the place and what to do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{
    Error, Report, check, check_hessian, check_hessian_vector, check_jacobian, derivative,
    derivative_at_scale, directional, gradient,
};

const EDGE: &str = "edge of the domain: f has no finite values on both sides";

/// The text of the error that is expected.
fn text<T>(result: Result<T, Error>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn a_point_that_is_not_finite_is_refused_by_whatever_takes_one() {
    let expected =
        |x: &str| format!("the point {x} is not a finite number; take differences at a finite one");
    let x = f64::NEG_INFINITY;
    assert_eq!(text(derivative(f64::sin, f64::NAN)), expected("NaN"));
    assert_eq!(text(derivative_at_scale(f64::sin, x, 1.0)), expected("-inf"));
    assert_eq!(text(gradient(|x| x[0], &[f64::INFINITY])), expected("inf"));
    assert_eq!(text(check(|x: &[f64]| x[0], |x: &[f64]| x.to_vec()).at(&[1.0, x])), expected("-inf"));
    assert_eq!(text(check(|x: &[f64]| x[0], |x: &[f64]| x.to_vec()).along(&[x], 2)), expected("-inf"));
    assert_eq!(text(check_jacobian(|x: &[f64]| x.to_vec(), |_: &[f64]| vec![]).at(&[x])), expected("-inf"));
    assert_eq!(text(check_hessian(|x: &[f64]| x.to_vec(), |_: &[f64]| vec![]).at(&[x])), expected("-inf"));
    let product = |_: &[f64], v: &[f64]| v.to_vec();
    assert_eq!(text(check_hessian_vector(|x: &[f64]| x.to_vec(), product).along(&[x], 2)), expected("-inf"));
}

#[test]
fn what_would_check_nothing_is_refused() {
    let gradient = check(|x: &[f64]| x[0], |_: &[f64]| [1.0]);
    let none = |what: &str| format!("there are no {what}, so nothing would be checked; give one at least");
    assert_eq!(text(gradient.along(&[1.0], 0)), none("directions"));
    assert_eq!(text(gradient.at(&[])), none("coordinates"));
    assert_eq!(text(gradient.along(&[], 3)), none("coordinates"));
    let products = check_hessian_vector(|x: &[f64]| x.to_vec(), |_: &[f64], v: &[f64]| v.to_vec());
    assert_eq!(text(products.along(&[1.0], 0)), none("vectors"));
}

#[test]
fn a_scale_has_to_be_a_size() {
    let expected = |scale: &str| {
        format!(
            "the scale {scale} is not a finite number above 0; give the size of a change that matters to f"
        )
    };
    let scaled = |scale: f64| check(|x: &[f64]| x[0], |_: &[f64]| [1.0, 0.0]).scales(&[1.0, scale]);
    for (scale, shown) in [(0.0, "0"), (-2.5, "-2.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_eq!(text(derivative_at_scale(f64::sin, 1.0, scale)), expected(shown));
        assert_eq!(text(scaled(scale).at(&[1.0, 1.0])), expected(shown));
        assert_eq!(text(scaled(scale).along(&[1.0, 1.0], 1)), expected(shown));
    }
    // Whatever is above 0 is one.
    assert!(scaled(f64::MIN_POSITIVE).at(&[1.0, 1.0]).is_ok());
}

#[test]
fn a_floor_is_no_less_than_zero() {
    let expected = |floor: &str| {
        format!(
            "the floor {floor} is not a finite number of at least 0; give the largest error that does not matter"
        )
    };
    let floored = |floor: f64| check(|x: &[f64]| x[0], |_: &[f64]| [1.0]).floor(floor);
    for (floor, shown) in [(-1e-9, "-0.000000001"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        assert_eq!(text(floored(floor).at(&[1.0])), expected(shown));
        assert_eq!(text(floored(floor).along(&[1.0], 1)), expected(shown));
    }
    assert!(floored(0.0).at(&[1.0]).is_ok());
}

#[test]
fn where_f_has_no_values_the_reason_is_given() {
    assert_eq!(
        text(derivative(f64::ln, 0.0)),
        format!(
            "f is not finite at 0 and on both sides of it, however near; take a point inside the domain ({EDGE})"
        )
    );
    assert_eq!(
        text(derivative(f64::exp, 1000.0)),
        "f is not finite at 1000 and on both sides of it, however near; take a point inside the domain \
         (overflow: f is infinite at the point or beside it)"
    );
}

#[test]
fn a_vector_of_the_wrong_length_is_named_with_what_it_has_to_match() {
    let refused = |result: Result<Report, Error>| text(result);
    let f = |x: &[f64]| x[0] * x[1];
    let wrong = |what: &str, found: usize, of: &str| {
        format!("the {what} has {found} entries where 2 are expected; give one an entry of the {of}")
    };
    let (x, g) = ([1.0, 2.0], |x: &[f64]| [x[1], x[0]]);
    assert_eq!(refused(check(f, |_: &[f64]| [1.0]).at(&x)), wrong("claimed gradient", 1, "point"));
    assert_eq!(refused(check(f, |_: &[f64]| [1.0; 3]).along(&x, 1)), wrong("claimed gradient", 3, "point"));
    assert_eq!(refused(check(f, g).scales(&[1.0]).at(&x)), wrong("list of scales", 1, "point"));
    assert_eq!(text(directional(f, &x, &[1.0; 3])), wrong("direction", 3, "point"));
    let (short, long) = (|_: &[f64]| vec![vec![1.0; 2]], |_: &[f64]| vec![vec![1.0; 3]; 2]);
    assert_eq!(refused(check_jacobian(g, short).at(&x)), wrong("claimed Jacobian", 1, "outputs"));
    assert_eq!(refused(check_jacobian(g, long).at(&x)), wrong("row of claims", 3, "point"));
    assert_eq!(refused(check_hessian(g, short).at(&x)), wrong("claimed Hessian", 1, "point"));
    assert_eq!(refused(check_hessian(g, long).at(&x)), wrong("row of claims", 3, "point"));
    let (h, g) = (|_: &[f64]| vec![vec![1.0; 2]; 2], |_: &[f64]| [1.0]);
    assert_eq!(refused(check_hessian(g, h).at(&x)), wrong("gradient", 1, "point"));
}

#[test]
fn an_error_is_one_of_the_standard_library() {
    let error: Box<dyn std::error::Error> = Box::new(derivative(f64::ln, -1.0).unwrap_err());
    assert!(error.to_string().contains(EDGE), "{error}");
}
