//! How places are named in reports.

use chainrule_check::Place;

#[test]
fn every_place_has_a_name_that_counts_from_zero() {
    let names = [
        (Place::Coordinate(3), "x[3]"),
        (Place::Direction(0), "direction 0"),
        (Place::Entry { row: 1, column: 2 }, "[1][2]"),
        (Place::Mirrored { row: 1, column: 2 }, "[1][2] = [2][1]"),
        (Place::Component { vector: 4, row: 0 }, "vector 4 [0]"),
        (Place::Symmetry(5), "v5·Hv6 = v6·Hv5"),
    ];
    for (place, name) in names {
        assert_eq!(place.to_string(), name);
    }
}
