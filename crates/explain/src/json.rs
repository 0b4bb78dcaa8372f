//! How operations are written in JSON.

use chainrule_graph::Op;
use serde::Serializer;

/// The operation's name, with the exponent if it has one: `mul`, `powi(2)`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
pub(crate) fn operation<S: Serializer>(op: &Op, serializer: S) -> Result<S::Ok, S::Error> {
    match op.exponent() {
        Some(exponent) => serializer.collect_str(&format_args!("{}({exponent})", op.name())),
        None => serializer.serialize_str(op.name()),
    }
}
