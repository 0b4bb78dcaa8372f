//! Logarithms and quotients of sums of exponentials, shifted so that nothing overflows.
//!
//! With m = round(max xᵢ) and S = Σ wᵢ·e^(xᵢ − m),
//!
//! ```text
//! ln Σ wᵢ·e^(xᵢ) = m + ln S,     e^a / Σ wᵢ·e^(xᵢ) = e^(a − m) / S.
//! ```
//!
//! Rounded, the shift is flat, so its derivative is 0 without anything being said, and derivatives of any order are those of S alone; and xᵢ − m is
//! exact where it matters. Where weights are not numbers of ordinary size, ln|wᵢ| is added to xᵢ before the largest is taken: S is of the size of 1 in
//! any case, and neither it nor 1/S² leaves the range. The difference is taken by `exp_sub`, so that no quotient loses digits to a large shift.
//!
//! Three sums have logarithms that can be had to more digits:
//!
//! * 1 + T, T > 0: ln(1 + T) = softplus(ln T), which is as small as T is;
//! * e^a/(e^a + T): the same of T/e^a;
//! * Σ wᵢ close to 1, as in the logarithm of a mean: ln S = ln(1 + r) with r = Σ wᵢ·(e^(xᵢ − m) − 1) + (Σ wᵢ − 1), which keeps the digits of small xᵢ. Where S is
//!   far from 1, r has lost digits that S has, and ln S is taken.
//!
//! Invariant: what is computed is equal to what was written wherever that has a value, of either sign of the weights.

use chainrule_graph::{Node, Real};

use super::exponentials::{Monomial, Product, Sum, is_multiple};

/// A sum of exponentials that is ready: m and S.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shifted<'g> {
    pub(super) shift: Node<'g>,
    pub(super) sum: Node<'g>,
}

/// Weights of this size and down to its inverse leave S and 1/S² in the range.
const ORDINARY: f64 = 1e100;

/// Numbers that sum to less than ½ off 1 are weights of a mean.
const CLOSE: f64 = 0.5;

/// A largest term of this weight and more leaves 1 + r as good as S.
const HEAVY: f64 = 0.25;

/// So many terms are added one after the other, then such sums, so that roundings do not pile up.
const ABREAST: usize = 16;

/// What became of a node of the graph in which the exponentials were found.
pub(super) trait Became<'g> {
    fn became(&self, old: Node<'_>) -> Option<Node<'g>>;
    /// m and S of a sum; the same nodes when it is asked for again.
    fn shifted(&mut self, sum: &Sum<'_>) -> Option<Shifted<'g>>;
}

/// ln of a product with an exponential in it.
pub(super) fn ln<'g>(product: &Product<'_>, nodes: &mut impl Became<'g>) -> Option<Node<'g>> {
    let Product { monomial, sums } = product;
    if let [(sum, n @ (1 | -1))] = sums.as_slice()
        && let Some(node) = ln_of_one_sum(monomial, sum, *n, nodes)
    {
        return Some(node);
    }
    let mut level = exponent(&monomial.exponent, nodes)?;
    let mut inner = weight(monomial, nodes)?;
    // −ln S rather than ln(1/S).
    let sign = if inner.is_none() && sums.iter().all(|(_, n)| *n < 0) { -1 } else { 1 };
    for (sum, n) in sums {
        let Shifted { shift, sum } = nodes.shifted(sum)?;
        level = plus(level, times(f64::from(*n), shift));
        inner = Some(with_power(inner, sum, sign * n));
    }
    plus(level, inner.and_then(|inner| times(f64::from(sign), inner.ln())))
}

/// A product of exponentials and sums of such that is divided by one of them, or multiplies one.
pub(super) fn quotient<'g>(product: &Product<'_>, nodes: &mut impl Became<'g>) -> Option<Node<'g>> {
    let Product { monomial, sums } = product;
    let weight = weight(monomial, nodes)?;
    if let [(sum, -1)] = sums.as_slice()
        && let Some((own, difference)) = of_two(&monomial.exponent, sum, nodes)
    {
        let sigmoid = difference.sigmoid();
        let sigmoid = if own == 1.0 { sigmoid } else { sigmoid / Node::constant(own) };
        return Some(weight.map_or(sigmoid, |weight| weight * sigmoid));
    }
    let (mut above, mut below) = (None, None);
    for &(node, c) in &monomial.exponent {
        let node = nodes.became(node)?;
        if c > 0.0 { above = plus(above, times(c, node)) } else { below = plus(below, times(-c, node)) }
    }
    let mut powers = Vec::new();
    for (sum, n) in sums {
        let Shifted { shift, sum } = nodes.shifted(sum)?;
        powers.push((sum, *n));
        let n = f64::from(*n);
        if n > 0.0 { above = plus(above, times(n, shift)) } else { below = plus(below, times(-n, shift)) }
    }
    let zero = || Node::constant(0.0);
    let exponential = match below {
        Some(below) => above.unwrap_or_else(zero).exp_sub(&below),
        None => above?.exp(),
    };
    let scaled = weight.map_or(exponential, |weight| weight * exponential);
    Some(powers.into_iter().fold(scaled, |node, (sum, n)| with_power(Some(node), sum, n)))
}

/// m and S.
pub(super) fn shifted<'g>(terms: &[Monomial<'_>], nodes: &mut impl Became<'g>) -> Option<Shifted<'g>> {
    let shift = shift(terms, nodes)?;
    let mut powers = Vec::with_capacity(terms.len());
    for term in terms {
        powers.push(shifted_term(term, shift, nodes)?);
    }
    Some(Shifted { shift, sum: sum(&powers) })
}

/// w·e^(x − m)
fn shifted_term<'g>(
    term: &Monomial<'_>,
    shift: Node<'g>,
    nodes: &impl Became<'g>,
) -> Option<Node<'g>> {
    let power = match exponent(&term.exponent, nodes)? {
        Some(x) => x.exp_sub(&shift),
        None => (-shift).exp(),
    };
    Some(weight(term, nodes)?.map_or(power, |weight| weight * power))
}

/// ± ln of a monomial to the ±1 times one sum, where there is a better way than m + ln S.
fn ln_of_one_sum<'g>(
    monomial: &Monomial<'_>,
    sum: &Sum<'_>,
    n: i32,
    nodes: &mut impl Became<'g>,
) -> Option<Node<'g>> {
    let sign = f64::from(n);
    if !monomial.has_known_weight() || monomial.number <= 0.0 {
        return None;
    }
    if !sum.terms.iter().all(Monomial::has_known_weight) {
        if monomial.number != 1.0 {
            return None;
        }
        let ln = ln_of_any(sum, nodes)?;
        return added(exponent(&monomial.exponent, nodes)?, sign, ln);
    }
    let number = monomial.number.powi(n);
    let terms: Vec<Monomial<'_>> =
        sum.terms.iter().map(|term| Monomial { number: term.number * number, ..term.clone() }).collect();
    let own = |term: &Monomial<'_>| {
        term.number == 1.0 && is_multiple(&term.exponent, &monomial.exponent, -sign)
    };
    if let Some(place) = terms.iter().position(own)
        && (monomial.exponent.is_empty() || terms.len() == 2)
    {
        let mut rest = terms;
        rest.remove(place);
        let rest = ln_of_positive(&rest, nodes)?;
        let relative = added(times_exponent(monomial, sign, nodes)?, 1.0, rest)?;
        return Some(if n > 0 { relative.softplus() } else { -relative.softplus() });
    }
    let mean = ln_of_mean(&terms, nodes)?;
    added(exponent(&monomial.exponent, nodes)?, sign, mean)
}

/// The exponent of a monomial times a sign.
fn times_exponent<'g>(
    monomial: &Monomial<'_>,
    sign: f64,
    nodes: &impl Became<'g>,
) -> Option<Option<Node<'g>>> {
    exponent(&monomial.raised(sign as i32).exponent, nodes)
}

/// ln Σ wᵢ·e^(xᵢ) for positive numbers wᵢ.
fn ln_of_positive<'g>(terms: &[Monomial<'_>], nodes: &mut impl Became<'g>) -> Option<Node<'g>> {
    if let [term] = terms {
        let level = exponent(&term.exponent, nodes)?;
        return match term.number {
            1.0 => level,
            number => plus(level, Some(Node::constant(number.ln()))),
        };
    }
    let Shifted { shift, sum } = shifted(terms, nodes)?;
    Some(shift + sum.ln())
}

/// ln Σ wᵢ·e^(xᵢ) for positive numbers wᵢ whose sum is close to 1.
fn ln_of_mean<'g>(terms: &[Monomial<'_>], nodes: &mut impl Became<'g>) -> Option<Node<'g>> {
    let excess = excess(terms.iter().map(|term| term.number));
    if excess.abs() >= CLOSE {
        return None;
    }
    let lightest = terms.iter().map(|term| term.number).fold(f64::INFINITY, f64::min);
    let excess = Some(Node::constant(excess)).filter(|excess| !excess.is_known(0.0));
    if lightest >= HEAVY {
        let shift = shift(terms, nodes)?;
        return Some(shift + rest(terms, shift, excess, nodes)?.ln_1p());
    }
    let Shifted { shift, sum } = shifted(terms, nodes)?;
    let rest = rest(terms, shift, excess, nodes)?;
    let is_close = Node::constant(CLOSE) - rest.abs();
    Some(shift + Node::select(&is_close, &rest.ln_1p(), &sum.ln()))
}

/// ln Σ wᵢ·e^(xᵢ) for weights that are not known.
fn ln_of_any<'g>(sum: &Sum<'_>, nodes: &mut impl Became<'g>) -> Option<Node<'g>> {
    let Shifted { shift, sum: total } = nodes.shifted(sum)?;
    let is_one = |term: &Monomial<'_>| {
        term.has_known_weight() && term.number == 1.0 && term.exponent.is_empty()
    };
    let (rest, off) = if let Some(one) = sum.terms.iter().position(is_one) {
        // 1 + T: as small as T is.
        let mut parts = vec![(-shift).exp_m1()];
        for (place, term) in sum.terms.iter().enumerate() {
            if place != one {
                parts.push(shifted_term(term, shift, nodes)?);
            }
        }
        let rest = self::sum(&parts);
        (rest, rest.abs())
    } else {
        let mut weights = vec![Node::constant(-1.0)];
        for term in sum.terms.iter() {
            weights.push(weight(term, nodes)?.unwrap_or(Node::constant(1.0)));
        }
        let excess = Node::sum(&weights);
        let rest = rest(&sum.terms, shift, Some(excess), nodes)?;
        (rest, rest.abs().max(&excess.abs()))
    };
    let is_close = Node::constant(CLOSE) - off;
    Some(shift + Node::select(&is_close, &rest.ln_1p(), &total.ln()))
}

/// Σ wᵢ·(e^(xᵢ − m) − 1) + (Σ wᵢ − 1) = S − 1
fn rest<'g>(
    terms: &[Monomial<'_>],
    shift: Node<'g>,
    excess: Option<Node<'g>>,
    nodes: &mut impl Became<'g>,
) -> Option<Node<'g>> {
    let mut parts: Vec<Node<'g>> = excess.into_iter().collect();
    for term in terms {
        let difference = match exponent(&term.exponent, nodes)? {
            Some(x) => x - shift,
            None => -shift,
        };
        let part = difference.exp_m1();
        parts.push(weight(term, nodes)?.map_or(part, |weight| weight * part));
    }
    Some(sum(&parts))
}

/// Σ wᵢ − 1 to the last digit but one, however the sum itself would be rounded.
fn excess(weights: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (-1.0, 0.0);
    for weight in weights {
        let next: f64 = sum + weight;
        let back = next - sum;
        lost += (sum - (next - back)) + (weight - back);
        sum = next;
    }
    sum + lost
}

/// round(max xᵢ), or of xᵢ + ln|wᵢ| where weights are not numbers of ordinary size; finite.
fn shift<'g>(terms: &[Monomial<'_>], nodes: &impl Became<'g>) -> Option<Node<'g>> {
    let is_ordinary = |term: &Monomial<'_>| {
        term.has_known_weight() && (ORDINARY.recip()..=ORDINARY).contains(&term.number)
    };
    let are_ordinary = terms.iter().all(is_ordinary);
    let mut levels = Vec::with_capacity(terms.len());
    for term in terms {
        let level = exponent(&term.exponent, nodes)?;
        let weight = if are_ordinary { None } else { weight(term, nodes)?.map(|weight| weight.abs().ln()) };
        levels.push(plus(level, weight).unwrap_or(Node::constant(0.0)));
    }
    let largest = levels.into_iter().reduce(|largest, level| largest.max(&level))?;
    // e^∞ is ∞ and e^−∞ is 0 with a finite shift, and neither with that itself.
    let (most, least) = (Node::constant(f64::MAX), Node::constant(f64::MIN));
    Some(largest.min(&most).max(&least).round())
}

/// w and a − b of e^a/(w·e^a + w·e^b): σ(a − b)/w.
fn of_two<'g>(
    own: &[(Node<'_>, f64)],
    sum: &Sum<'_>,
    nodes: &impl Became<'g>,
) -> Option<(f64, Node<'g>)> {
    let [one, two] = sum.terms.as_slice() else { return None };
    if !(one.has_known_weight() && two.has_known_weight() && one.number == two.number) {
        return None;
    }
    let other = if is_multiple(&one.exponent, own, 1.0) {
        two
    } else if is_multiple(&two.exponent, own, 1.0) {
        one
    } else {
        return None;
    };
    let mut difference = Monomial { exponent: own.to_vec(), ..Monomial::number(1.0) };
    difference.times(&other.raised(-1));
    Some((one.number, exponent(&difference.exponent, nodes)??))
}

/// Σ cⱼ·xⱼ; nothing for an empty one.
fn exponent<'g>(exponent: &[(Node<'_>, f64)], nodes: &impl Became<'g>) -> Option<Option<Node<'g>>> {
    let mut sum = None;
    // What is added comes first, so that a − b does not become −b + a.
    for positive in [true, false] {
        for &(node, c) in exponent.iter().filter(|(_, c)| (*c > 0.0) == positive) {
            sum = plus(sum, times(c, nodes.became(node)?));
        }
    }
    Some(sum)
}

/// K·Π fᵢ^nᵢ; nothing for 1.
fn weight<'g>(monomial: &Monomial<'_>, nodes: &impl Became<'g>) -> Option<Option<Node<'g>>> {
    let mut weight = Some(Node::constant(monomial.number)).filter(|_| monomial.number != 1.0);
    for &(factor, power) in &monomial.factors {
        weight = Some(with_power(weight, nodes.became(factor)?, power));
    }
    Some(weight)
}

fn with_power<'g>(node: Option<Node<'g>>, factor: Node<'g>, power: i32) -> Node<'g> {
    let raised = match power.unsigned_abs() {
        1 => factor,
        size => factor.powi(size as i32),
    };
    match (node, power > 0) {
        (None, true) => raised,
        (None, false) => raised.recip(),
        (Some(node), true) => node * raised,
        (Some(node), false) => node / raised,
    }
}

fn times(c: f64, node: Node<'_>) -> Option<Node<'_>> {
    Some(match c {
        1.0 => node,
        -1.0 => -node,
        c => Node::constant(c) * node,
    })
}

fn plus<'g>(one: Option<Node<'g>>, other: Option<Node<'g>>) -> Option<Node<'g>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

/// A level and ± a logarithm.
fn added<'g>(level: Option<Node<'g>>, sign: f64, ln: Node<'g>) -> Option<Node<'g>> {
    plus(level, times(sign, ln))
}

/// The sum of some nodes, in groups.
fn sum<'g>(terms: &[Node<'g>]) -> Node<'g> {
    match *terms {
        [a] => a,
        [a, b] => a + b,
        _ if terms.len() <= ABREAST => Node::sum(terms),
        _ => sum(&terms.chunks(ABREAST).map(sum).collect::<Vec<_>>()),
    }
}
