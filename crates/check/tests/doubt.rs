//! What is said of each doubt.

use chainrule_check::Doubt;

#[test]
fn every_doubt_says_what_was_seen() {
    let said = [
        (
            Doubt::Kink { left: -1.0, right: 0.5 },
            "kink: slope -1.000000e0 on the left, 5.000000e-1 on the right; a derivative claimed at a kink is a convention",
        ),
        (Doubt::DomainEdge, "edge of the domain: f has no finite values on both sides"),
        (Doubt::Overflow, "overflow: f is infinite at the point or beside it"),
        (Doubt::Noise { size: 2.34e-7 }, "noise: values of f scatter by 2.3e-7"),
        (Doubt::Steps { size: 0.015_625 }, "f moves in steps of 0.015625"),
        (Doubt::Steps { size: 0.100_000_000_000_000_09 }, "f moves in steps of 0.1"),
        (
            Doubt::Jumps { size: 3.214_56e-10 },
            "f looks truncated: it jumps by 3.2146e-10, as where an iteration inside it stops at a tolerance",
        ),
        (
            Doubt::Break { size: 0.999_999_9 },
            "f jumps by 1 at the point, as a slope does at a kink; a derivative claimed there is a convention",
        ),
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
