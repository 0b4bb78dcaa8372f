//! A signed distance is n·x + o, for examples that fit.

use chainrule_data::{Error, Separable};

#[test]
fn distance_grows_by_the_length_walked_along_the_normal() {
    let plane = Separable::new(10, 3).seed(8).generate().unwrap().hyperplane;
    let at = |length: f64| plane.signed_distance((&plane.normal * length).as_slice()).unwrap();
    assert_eq!(at(0.0), plane.offset);
    assert!((at(2.0) - at(0.0) - 2.0).abs() < 1e-14);
    assert!((-0.5..0.5).contains(&plane.offset));
}

#[test]
fn an_example_has_as_many_features_as_the_normal() {
    let plane = Separable::new(10, 3).generate().unwrap().hyperplane;
    let wanted = Error::ComponentCount { what: "the example", expected: 3, found: 2 };
    assert_eq!(plane.signed_distance(&[1.0, 2.0]), Err(wanted));
}

#[test]
fn normals_have_no_preferred_direction() {
    // The mean of n·nᵀ over many normals in the plane is half the identity.
    let normals = (0..4000).map(|seed| Separable::new(2, 2).seed(seed).generate().unwrap().hyperplane.normal);
    let (squares, product) = normals.fold((0.0, 0.0), |(s, p), n| (s + n[0] * n[0], p + n[0] * n[1]));
    assert!((squares / 4000.0 - 0.5).abs() < 0.03, "{squares}");
    assert!((product / 4000.0).abs() < 0.03, "{product}");
}
