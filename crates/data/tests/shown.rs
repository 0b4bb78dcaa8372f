//! What is repeated to a reader is one line, and nothing in it is invisible.

use chainrule_data::{one_line, shown};

#[test]
fn what_does_not_show_is_escaped() {
    for (text, line) in [
        ("a\r\nb\tc\0", r"a\r\nb\tc\u{0}"),
        ("\u{1b}[31mred", r"\u{1b}[31mred"),
        ("\u{2028}\u{202e}\u{feff}", r"\u{2028}\u{202e}\u{feff}"),
        ("e\u{301} 𝛼 it's \"x\" C:\\", "e\u{301} 𝛼 it's \"x\" C:\\"),
    ] {
        assert_eq!(one_line(text), line);
        assert_eq!(shown(text), line);
    }
}

#[test]
fn messages_are_cut_after_forty_characters_and_tables_are_not() {
    let (forty, more) = ("é".repeat(40), "é".repeat(41));
    assert_eq!((shown(&forty), shown(&more)), (forty.clone(), format!("{forty}…")));
    assert_eq!(one_line(&more), more);
}
