//! What is said of each doubt.

use chainrule_check::Doubt;

#[test]
fn every_doubt_says_what_was_seen() {
    let said = [
        (
            Doubt::Kink { left: -1.0, right: 0.5 },
            "kink: slope -1.000000e0 on the left, 5.000000e-1 on the right",
        ),
        (Doubt::DomainEdge, "edge of the domain: f has no finite values on both sides"),
        (Doubt::Overflow, "overflow: f is infinite at the point or beside it"),
        (Doubt::Noise { size: 2.34e-7 }, "noise: values of f scatter by 2.3e-7"),
        (
            Doubt::NotSmooth { order: -0.666 },
            "not smooth: central differences close at order -0.7 instead of 2",
        ),
        (Doubt::Unresolved, "unresolved: f changes on a narrower scale than the steps"),
        (
            Doubt::NearZero,
            "near zero: rounding of f hides the digits of so small a slope (a floor would excuse it)",
        ),
    ];
    for (doubt, text) in said {
        assert_eq!(doubt.to_string(), text);
    }
}
