//! The stabilising rewritings, one a row: what is written, what is computed, and why.
//!
//! A row is data. Of those by [`Rule::Formula`] the written formula is a pattern that is looked for wherever its outermost operation stands:
//! letters are any nodes, the two sides of +, ·, max and min may be either way round, and what is inside has been rewritten before. Of those
//! by [`Rule::Terms`] the two terms may stand anywhere in a sum. The others have any number of terms, in any order, with weights that are numbers
//! or nodes, so their formulas are one example of each; `log_sum_exp.rs` says what is computed for them. They come first.
//!
//! Invariant: the two sides are equal for all real numbers at which the written one has a value.

/// How a row is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// ln or ln_1p of products, quotients and powers of sums of exponentials.
    Logarithm,
    /// A quotient or a product of sums of exponentials.
    Quotient,
    /// The formula.
    Formula,
    /// The formula's two terms, anywhere in a sum.
    Terms,
}

/// A stabilising rewriting.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// What is written.
    pub written: &'static str,
    /// What is computed instead, as it is reported.
    pub computed: &'static str,
    /// Why.
    pub because: &'static str,
    /// How it is looked for.
    pub rule: Rule,
}

const fn row(written: &'static str, computed: &'static str, because: &'static str, rule: Rule) -> Row {
    Row { written, computed, because, rule }
}

/// The letter of a shift.
pub(super) const SHIFT: &str = "m";

/// All of them. Where m stands, it is round(max) of the exponents.
pub const ROWS: [Row; 24] = [
    row("ln(exp(u))", "u", "exp(u) overflows", Rule::Logarithm),
    row("ln(v*exp(a)/exp(b))", "a - b + ln(v)", "exponentials overflow", Rule::Logarithm),
    row(
        "ln(1 + exp(u))",
        "softplus(u)",
        "exp(u) overflows, and 1 + exp(u) forgets a small one",
        Rule::Logarithm,
    ),
    row(
        "ln(1 + exp(u) + 2*exp(v))",
        "m + ln_1p(sum(exp_m1(-m), exp_sub(u, m), 2*exp_sub(v, m)))",
        "the same",
        Rule::Logarithm,
    ),
    row(
        "ln_1p(exp(u) + exp(v))",
        "m + ln_1p(sum(exp_m1(-m), exp_sub(u, m), exp_sub(v, m)))",
        "the same",
        Rule::Logarithm,
    ),
    row(
        "ln(exp(a) + exp(b))",
        "m + ln(exp_sub(a, m) + exp_sub(b, m))",
        "exponentials overflow, or all are 0",
        Rule::Logarithm,
    ),
    row(
        "ln(v*exp(a) + w*exp(b))",
        "select(0.5 - max(max(abs(sum(-1, v, w)), abs(a)), abs(b)), \
         ln_1p(sum(sum(-1, v, w), v*exp_m1(max(min(a, 1), -1)), w*exp_m1(max(min(b, 1), -1)))), \
         m + ln(v*exp_sub(a, m) + w*exp_sub(b, m)))",
        "the same; ln|v| and ln|w| are added to the exponents in m, and near 1 digits are kept",
        Rule::Logarithm,
    ),
    row(
        "ln((exp(a) + exp(b))/2)",
        "m + ln_1p(0.5*exp_m1(a - m) + 0.5*exp_m1(b - m))",
        "and a mean of exponentials of small numbers is close to 1",
        Rule::Logarithm,
    ),
    row(
        "ln(exp(a)/(exp(a) + exp(b)))",
        "-softplus(b - a)",
        "exponentials overflow, and close to 1 digits are lost",
        Rule::Logarithm,
    ),
    row(
        "ln(exp(a)/(exp(a) + exp(b) + exp(c)))",
        "a - m - ln(sum(exp_sub(a, m), exp_sub(b, m), exp_sub(c, m)))",
        "exponentials overflow",
        Rule::Logarithm,
    ),
    row("1/(1 + exp(-u))", "sigmoid(u)", "exp(-u) overflows, and the derivative is ∞/∞", Rule::Quotient),
    row("exp(a)/(exp(a) + exp(b))", "sigmoid(a - b)", "exponentials overflow", Rule::Quotient),
    row(
        "exp(a)/(exp(a) + exp(b) + exp(c))",
        "exp_sub(a, m)/sum(exp_sub(a, m), exp_sub(b, m), exp_sub(c, m))",
        "the same",
        Rule::Quotient,
    ),
    row("exp(a)/exp(b)", "exp_sub(a, b)", "the same", Rule::Quotient),
    row(
        "ln(sigmoid(u))",
        "-softplus(-u)",
        "sigmoid(u) underflows, and its logarithm is -u by then",
        Rule::Formula,
    ),
    row("ln_1p(-sigmoid(u))", "-softplus(u)", "1 - sigmoid(u) is 0 from u = 37 on", Rule::Formula),
    row("1 - sigmoid(u)", "sigmoid(-u)", "the same", Rule::Formula),
    row("ln(1 + u)", "ln_1p(u)", "1 + u forgets a small u", Rule::Formula),
    row("ln(1 - u)", "ln_1p(-u)", "the same", Rule::Formula),
    row("exp(u) - 1", "exp_m1(u)", "cancels for small u", Rule::Formula),
    row("-1 + exp(u)", "exp_m1(u)", "the same", Rule::Formula),
    row(
        "max(u, 0) + softplus(-abs(u))",
        "softplus(u)",
        "a kink that is none gives wrong second derivatives at it",
        Rule::Terms,
    ),
    row(LARGER, SUM_OF_TWO, "the same", Rule::Terms),
    row("max(a, b) + softplus(min(a, b) - max(a, b))", SUM_OF_TWO, "the same", Rule::Terms),
];

const LARGER: &str = "max(a, b) + softplus(-abs(a - b))";

/// ln(eᵃ + eᵇ)
const SUM_OF_TWO: &str = "m + ln(exp_sub(a, m) + exp_sub(b, m))";
