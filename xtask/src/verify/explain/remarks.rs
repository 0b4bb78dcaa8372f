//! What an explanation says beside its steps: why there is nothing to explain, what is a convention, and the lesson's derivatives in symbols.
//!
//! Invariant: sentences are compared whole.

use chainrule_explain::{
    Error as ExplainError, Explanation, Identity, Statement, logistic, logistic_identities,
};
use chainrule_graph::{Graph, Node};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// A formula, the values of its letters, and what is said.
type Case = (&'static str, &'static [(&'static str, f64)], &'static [&'static str]);

const ROUNDED: &str =
    "Numbers are shown to six digits, those of nudges to nine, and computed with all of theirs.";
const INDEXED: &str =
    "∂₁ and ∂₂ are the derivatives by the first and the second argument, where they are the same node.";
const OF_POWER: &str = "J has a derivative where x > 0; elsewhere, as here, what is stated is a convention.";

/// Points where there is something to say.
const SAID: [Case; 12] = [
    ("3", &[], &["There is nothing to differentiate by: no parameter, and no other input."]),
    ("x", &[("x", 2.0)], &[]),
    ("tan(x)", &[("x", 1.0)], &[ROUNDED]),
    ("pow(x, p)", &[("x", -1.0), ("p", 2.0)], &[OF_POWER, ROUNDED]),
    ("pow(x, 2.5)", &[("x", 0.0)], &[OF_POWER, ROUNDED]),
    (
        "x*x + x",
        &[("x", 3.0)],
        &[
            "∂ is the derivative along the one edge, where longer paths lead to the same node.",
            INDEXED,
            ROUNDED,
        ],
    ),
    (
        "select(x, x, y)",
        &[("x", 0.0), ("y", 1.0)],
        &[
            INDEXED,
            "J is at a kink, where the derivative is a convention. Second derivatives there are conventions too.",
        ],
    ),
    (
        "abs(x)",
        &[("x", 0.0)],
        &[
            "J is at a kink, where the derivative is a convention. Second derivatives there are conventions too.",
        ],
    ),
    ("abs(x)", &[("x", 1.0)], &[]),
    (
        "abs(x) + max(x, y)",
        &[("x", 0.0), ("y", 0.0)],
        &[
            "u, v are at a kink, where the derivative is a convention. Second derivatives there are conventions too.",
        ],
    ),
    (
        "1e17 + x",
        &[("x", 1.0)],
        &["No nudge shows the derivative by x: f64 has no more digits of J or of the input."],
    ),
    ("0*x + y", &[("x", 1.0), ("y", 2.0)], &[]),
];

/// A formula, the values of its letters, and the message.
type Refusal = (&'static str, &'static [(&'static str, f64)], &'static str);

/// Points where there is nothing to explain, and why; one close to overflow where there is.
const REFUSED: [Refusal; 15] = [
    (
        "ln(x)",
        &[("x", 0.0)],
        "`J = ln(x)` has no value at x = 0: it has a value and a derivative where x > 0; choose another point",
    ),
    (
        "sqrt(x - 1)",
        &[("x", 0.5)],
        "`J = sqrt(x - 1)` has no value at x - 1 = -0.5: it has a value and a derivative where x - 1 > 0; choose another point",
    ),
    (
        "1/(x*x)",
        &[("x", 0.0)],
        "`J = 1 / (x * x)` has no value at x * x = 0: it has a value and a derivative where x * x ≠ 0; choose another point",
    ),
    (
        "recip(x)",
        &[("x", 0.0)],
        "`J = 1 / x` has no value at x = 0: it has a value and a derivative where x ≠ 0; choose another point",
    ),
    (
        "asin(x)",
        &[("x", 2.0)],
        "`J = asin(x)` has no value at x = 2: it has a value and a derivative where -1 < x < 1; choose another point",
    ),
    (
        "u = 2*x; acos(u)",
        &[("x", -1.0)],
        "`J = acos(u)` has no value at u = -2: it has a value and a derivative where -1 < u < 1; choose another point",
    ),
    (
        "ln_1p(x)",
        &[("x", -2.0)],
        "`J = ln_1p(x)` has no value at x = -2: it has a value and a derivative where x > -1; choose another point",
    ),
    (
        "pow(x, p)",
        &[("x", -1.0), ("p", 0.5)],
        "`J = x^p` has no value at x = -1, p = 0.5: it has a value and a derivative where x > 0; choose another point",
    ),
    (
        "x^(-2)",
        &[("x", 0.0)],
        "`J = x^(-2)` has no value at x = 0: it has a value and a derivative where x ≠ 0; choose another point",
    ),
    (
        "sqrt(x)",
        &[("x", 0.0)],
        "the derivative of `J = sqrt(x)` by `x` is not finite at x = 0; choose another point",
    ),
    ("exp(x)", &[("x", 1000.0)], "`J = exp(x)` is beyond the largest f64 at x = 1000; choose another point"),
    (
        "x + y",
        &[("x", f64::NAN), ("y", 1.0)],
        "`x` is NaN, and steps go on with finite numbers alone; choose another",
    ),
    (
        "x*y",
        &[("x", f64::INFINITY), ("y", 1.0)],
        "`x` is inf, and steps go on with finite numbers alone; choose another",
    ),
    ("(x*1e200)*(y*1e-200)*1e200", &[("x", 1e-250), ("y", 1.0)], ""),
    (
        "u = x*1e-300; v = 1e200*u; 1e200*v",
        &[("x", 1.0)],
        "dJ/du is beyond the largest f64; choose another point",
    ),
];

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(remarks()?);
    emit(refusals()?);
    emit(identities(effort)?);
    Ok(())
}

fn explained(text: &str, point: &[(&str, f64)]) -> Result<Result<Explanation, ExplainError>, Error> {
    let graph = Graph::new();
    let output = graph.parse(text)?;
    let bindings: Vec<(Node<'_>, f64)> =
        point.iter().map(|(name, value)| Ok((graph.node(name)?, *value))).collect::<Result<_, Error>>()?;
    Ok(Explanation::new(&graph.at(&bindings)?, output))
}

/// What stands behind the steps.
fn remarks() -> Result<Check, Error> {
    let mut check = Check::new("remarks of explanations", "sentences", "documented", 0.0)
        .convicts("crates/explain/src/{equation,domain,text,nudge}.rs");
    for (text, point, expected) in SAID {
        let said = explained(text, point)?.map_err(Error::Explain)?.text().width(1_000_000).to_string();
        // Behind an empty line after the last numbered one.
        let last =
            said.lines().collect::<Vec<_>>().iter().rposition(|line| line.starts_with("  ")).unwrap_or(0);
        let found: Vec<&str> = said.lines().skip(last + 1).filter(|line| !line.is_empty()).collect();
        check.expect_same(&found, &expected.to_vec(), || format!("{text} at {point:?}"));
    }
    Ok(check)
}

fn refusals() -> Result<Check, Error> {
    let mut check = Check::new("explanations refused", "messages", "documented", 0.0)
        .convicts("crates/explain/src/{error,domain,steps}.rs");
    for (text, point, expected) in REFUSED {
        let found = explained(text, point)?.err().map(|error| error.to_string()).unwrap_or_default();
        check.expect_same(&found.as_str(), &expected, || format!("{text} at {point:?}"));
    }
    let graph = Graph::new();
    let message = logistic(&graph, 1001).err().map(|error| error.to_string()).unwrap_or_default();
    let expected = "1001 features are too many for the lesson's graph; take at most 1000";
    check.expect_same(&message.as_str(), &expected, || "1001 features".to_owned());
    check.expect(graph.is_empty() && logistic(&graph, 1000).is_ok(), || "1000 features".to_owned());
    Ok(check)
}

/// dL/dw = (a − y)·x and the others, at random points; an altered one is refused.
fn identities(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new("the lesson's identities", "stated and held", "closed forms", 1e-12)
        .convicts("crates/explain/src/{lesson,measured,symbols}.rs");
    let mut fixed = Random::new(0x1E5);
    let mut fresh = effort.fresh("identities");
    for (random, count) in [(&mut fixed, effort.samples(8, 100)), (&mut fresh, effort.samples(8, 100))] {
        for k in 0..count {
            of_lesson(k % 4, random, &mut check)?;
        }
    }
    Ok(check)
}

fn of_lesson(features: usize, random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let graph = Graph::new();
    let loss = logistic(&graph, features).map_err(Error::Explain)?;
    let mut bindings = vec![];
    let (mut z, mut inputs) = (random.between(-1.0, 1.0), Vec::new());
    bindings.push((graph.node("b")?, z));
    for j in 1..=features {
        let (w, x) = (random.between(-1.5, 1.5), random.between(-1.5, 1.5));
        bindings.extend([(graph.node(&format!("w{j}"))?, w), (graph.node(&format!("x{j}"))?, x)]);
        z += w * x;
        inputs.push(x);
    }
    let y = random.below(2) as f64;
    bindings.push((graph.node("y")?, y));
    let a = 1.0 / (1.0 + (-z).exp());
    let run = graph.at(&bindings)?;
    let value = -y * a.ln() - (1.0 - y) * (1.0 - a).ln();
    check.compare_at(run.value(loss)?, value, || format!("L at z = {z}"));
    let explanation = Explanation::new(&run, loss).map_err(Error::Explain)?;
    let known = logistic_identities(features);
    let stated = explanation.clone().with_identities(known.clone()).map_err(Error::Explain)?;
    let expected = |of: &str, by: &str| match (of, by) {
        ("L", "a") => -y / a + (1.0 - y) / (1.0 - a),
        ("a", "z") => a * (1.0 - a),
        ("L", "z" | "b") => a - y,
        _ => by
            .strip_prefix('w')
            .and_then(|j| j.parse::<usize>().ok())
            .map_or(f64::NAN, |j| (a - y) * inputs[j - 1]),
    };
    let mut count = 0;
    for step in stated.steps() {
        if let Statement::Identity(identity) = &step.statement {
            let (of, by) = (&identity.derivative.of, &identity.derivative.by);
            check.compare_at_scale_at(step.value, expected(of, by), 1.0, || {
                format!("d{of}/d{by} at z = {z}, y = {y}")
            });
            count += 1;
        }
    }
    check.expect_same(&count, &(4 + features), || "identities".to_owned());
    for index in 0..known.len() {
        for altered in altered(&known[index]) {
            let mut all = known.clone();
            all[index] = altered.clone();
            let outcome = explanation.clone().with_identities(all);
            check.expect(outcome.is_err(), || format!("{altered:?} is taken at z = {z}, y = {y}"));
        }
    }
    Ok(())
}

/// An identity with another form or another factor, neither of which is equal at any point that is drawn.
fn altered(identity: &Identity) -> Vec<Identity> {
    let mut all = Vec::new();
    for form in 0..identity.forms.len() {
        let mut other = identity.clone();
        other.forms[form] = format!("({}) * 1.000001 + 1e-9", other.forms[form]);
        all.push(other);
    }
    if !identity.factors.is_empty() {
        let mut other = identity.clone();
        other.factors.push(Identity::new(["a", "z"], &[], &[]).derivative);
        all.push(other);
    }
    all
}
