//! Messages are one line, whatever the columns are called.

use chainrule_model::Obstacle;

#[test]
fn names_of_columns_are_escaped_and_cut() {
    let column = format!("a\nb\u{202e}{}", "c".repeat(100));
    let shown = format!(r"`a\nb\u{{202e}}{}…`", "c".repeat(36));
    for obstacle in [Obstacle::Collinear { column: column.clone() }, Obstacle::Overflow { column }] {
        let message = obstacle.to_string();
        assert!(message.contains(&shown), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
}
