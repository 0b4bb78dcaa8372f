//! Formulas with a mistake: where it is, what stands there, and what is expected instead.
//!
//! Invariant: each kind of mistake that the grammar knows stands here at least once, with its place counted by hand.

use chainrule_graph::{Error, Graph};

use crate::verify::Check;

/// A text, the line and the character of its mistake from 1, what is found there, what is expected.
type Mistake = (&'static str, usize, usize, &'static str, &'static str);

const OPERAND: &str = "a number, a name, `(` or `-`";
const END: &str = "an operator, `;` or the end";
const END_OR_PRODUCT: &str = "an operator, `;` or the end; a product is written with `*`";
const END_OR_POWER: &str = "an operator, `;` or the end; a power is written with `^`";
const WHOLE: &str = "a whole number that fits into 32 bits, since it is part of the operation";

const MISTAKES: [Mistake; 53] = [
    ("", 1, 1, "the end", OPERAND),
    ("a +", 1, 4, "the end", OPERAND),
    ("a +  ", 1, 4, "the end", OPERAND),
    ("é +", 1, 4, "the end", OPERAND),
    ("(((", 1, 4, "the end", OPERAND),
    ("()", 1, 2, "`)`", OPERAND),
    ("x = ", 1, 4, "the end", OPERAND),
    ("= 3", 1, 1, "`=`", OPERAND),
    ("a == b", 1, 4, "`=`", OPERAND),
    ("[a]", 1, 1, "`[`", OPERAND),
    ("a^", 1, 3, "the end", OPERAND),
    ("a^b^", 1, 5, "the end", OPERAND),
    ("sum(a,)", 1, 7, "`)`", OPERAND),
    ("a\n+ * b", 2, 3, "`*`", OPERAND),
    ("`a\nb` *", 2, 5, "the end", OPERAND),
    ("u = 3;\n\n  v = ) ", 3, 7, "`)`", OPERAND),
    ("a)", 1, 2, "`)`", END),
    ("a,b", 1, 2, "`,`", END),
    ("a $ b", 1, 3, "`$`", END),
    ("a\u{0}b", 1, 2, "`\\u{0}`", END),
    ("a b", 1, 3, "`b`", END_OR_PRODUCT),
    ("sin x", 1, 5, "`x`", END_OR_PRODUCT),
    ("2x", 1, 2, "`x`", END_OR_PRODUCT),
    ("2(x)", 1, 2, "`(`", END_OR_PRODUCT),
    ("a `b c`", 1, 3, "`b c`", END_OR_PRODUCT),
    ("1.2.3", 1, 4, "`.3`", END_OR_PRODUCT),
    ("1e", 1, 2, "`e`", END_OR_PRODUCT),
    ("1e+", 1, 2, "`e`", END_OR_PRODUCT),
    ("0x10", 1, 2, "`x10`", END_OR_PRODUCT),
    ("u = 3\nv = 4", 2, 1, "`v`", END_OR_PRODUCT),
    ("x²", 1, 2, "`²`", END_OR_POWER),
    ("x⁹", 1, 2, "`⁹`", END_OR_POWER),
    ("a**2", 1, 3, "`*`", "a number, a name, `(` or `-`; a power is written with `^`"),
    ("a* *2", 1, 4, "`*`", OPERAND),
    ("(a", 1, 3, "the end", "an operator or `)`"),
    ("a + sin(x y)", 1, 11, "`y`", "an operator, `,` or `)`; a product is written with `*`"),
    ("dot(a)", 1, 5, "`a`", "a list, `[`"),
    ("dot([a,b)", 1, 9, "`)`", "an operator, `,` or `]`"),
    ("dot([a])", 1, 8, "`)`", "`,` and a second list"),
    ("dot([a],[b,c])", 1, 9, "a list of 2", "as many as in the list before it, 1"),
    ("powi(x)", 1, 7, "`)`", "an operator or `,`"),
    ("powi(x, 2.5)", 1, 9, "`2.5`", WHOLE),
    ("powi(x, 2147483648)", 1, 9, "`2147483648`", WHOLE),
    ("sin(x,y)", 1, 1, "2 arguments of `sin`", "1 argument"),
    ("1 + add(a)", 1, 5, "1 argument of `add`", "2 arguments"),
    ("select(a,b)", 1, 1, "2 arguments of `select`", "3 arguments"),
    ("sum()", 1, 1, "0 arguments of `sum`", "at least one"),
    (
        "sgimoid(x)",
        1,
        1,
        "the unknown function `sgimoid`",
        "a known one (did you mean `sigmoid`?); a product is written with `*`",
    ),
    ("1e999", 1, 1, "`1e999`", "a number up to 1.7976931348623157e308"),
    ("`ab", 1, 1, "a backtick without another", "one at the end of the name"),
    ("u = a; u = b; u", 1, 8, "`u` a second time", "a name that is free"),
    ("u = v; v = 2; u", 1, 8, "the definition of `v`, which character 5 uses", "it before its first use"),
    ("a; b", 1, 1, "a formula without a name before the last", "`name = formula`"),
];

/// Mistakes in declarations, and beside a graph that has a node called k.
const OF_NAMES: [Mistake; 6] = [
    ("data x,; x", 1, 8, "`;`", "a name"),
    ("data x y; x", 1, 8, "`y`", "`,`, `;` or the end"),
    ("data x; parameter x; x", 1, 19, "`x` a second time", "a name that is free"),
    ("k = 3; k", 1, 1, "`k`, which the graph has", "a name that is free"),
    ("parameter k; k", 1, 11, "`k`, which the graph has", "a name that is free"),
    ("w = w + 1", 1, 1, "the definition of `w`, which character 5 uses", "it before its first use"),
];

/// Whole messages: the text, the place in words, what is shown of the line, and how many characters of that stand before the caret. One line and
/// several,
/// a line that is cut before, behind and on both sides, and what does not show.
const MESSAGES: [(&str, &str, &str, usize); 6] = [
    ("u = b*)", "character 7", "u = b*)", 6),
    ("u = 1;\nb*)", "line 2, character 3", "b*)", 2),
    (
        "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa+)",
        "character 72",
        "…bbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa+)",
        60,
    ),
    (
        ")aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa",
        "character 1",
        ")aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbb…",
        0,
    ),
    (
        "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbb*)bbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa",
        "character 42",
        "…bbbbbbbbbaaaaaaaaaabbbbbbbbbb*)bbbbbbbbbbaaaaaaaaaabbbbbbbbb…",
        31,
    ),
    ("a\t+ \u{202e})", "character 5", "a + �)", 4),
];

pub(super) fn check() -> Check {
    let mut check = Check::new("formulas with a mistake", "place and message", "counted by hand", 0.0)
        .convicts("crates/graph/src/{parser,lexer,misread,reading,functions}.rs");
    for (texts, has_k) in [(&MISTAKES[..], false), (&OF_NAMES[..], true)] {
        for &(text, line, character, found, expected) in texts {
            let graph = Graph::new();
            if has_k {
                graph.parameter("k");
            }
            let nodes = graph.len();
            match graph.parse(text) {
                Err(Error::Formula(mistake)) => {
                    let told = (mistake.line(), mistake.character(), mistake.found(), mistake.expected());
                    check.expect_same(&told, &(line, character, found, expected), || format!("{text:?}"));
                }
                other => check
                    .expect(false, || format!("{text:?} is read as {:?}", other.map(|node| node.formula()))),
            }
            check.expect(graph.len() == nodes, || format!("{text:?} leaves nodes behind"));
        }
    }
    for (text, place, shown, before) in MESSAGES {
        let found = Graph::new().parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        let mark = if text.contains('\u{202e}') { "`\\u{202e}`" } else { "`)`" };
        let message =
            format!("{place} of the formula: found {mark}, expected {OPERAND}\n  {shown}\n  {:before$}^", "");
        check.expect_same(&found, &message, || format!("{text:?}"));
    }
    check
}
