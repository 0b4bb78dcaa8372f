//! Logarithms and quotients of sums of exponentials, shifted so that nothing overflows.
//!
//! With m = round(max xᵢ) and S = Σ wᵢ·e^(xᵢ − m),
//!
//! ```text
//! ln Σ wᵢ·e^(xᵢ) = m + ln S,     e^a / Σ wᵢ·e^(xᵢ) = e^(a − m) / S.
//! ```
//!
//! Rounded, the shift is flat, so its derivative is 0 without anything being said, and derivatives of any order are those of S alone; and the
//! difference is taken by `exp_sub`, so that no digit is lost to a large shift. Where weights are not numbers close to 1, ln|wᵢ| is added to xᵢ
//! before the largest is taken, so that S is of the size of 1. A weight below 10⁻³⁰⁴ is taken for 10⁻³⁰⁴ there, or e^(xᵢ − m) would overflow: then S is
//! no less than 10⁻²⁰, and 1/S² does not leave the range either. A weight of 0 has no part in m, and its term is 0 whatever the exponential.
//!
//! Three logarithms can be had to more digits:
//!
//! * ln(1 + e^u) is softplus(u), and ln(e^a/(e^a + e^b)) is −softplus(b − a), which are as small as the truth is;
//! * ln(1 + T), T of several terms, is m + ln(1 + r) with r = (e^(−m) − 1) + T·e^(−m), as small as T is;
//! * where Σ wᵢ is close to 1, as in the logarithm of a mean, the digits of small xᵢ are kept by r = Σ wᵢ·(e^(xᵢ − m) − 1) + (Σ wᵢ − 1)
//!   and m + ln(1 + r). Of light or unknown weights r may cancel: it is taken, without a shift, only where all xᵢ are small.
//!
//! At f64 value and gradient are within 8 units in the last place of the largest among the entry, |value| and the largest |argument|, for
//! positive weights of any size; second derivatives within 8 of the largest of these and of the slopes. Against mpmath, 10,000 random forms of up
//! to five terms were off by 3.6, 3.0 and 3.9 at most, and sums of 2 to 300 terms by 1.1. The logarithm of a quotient of two sums that are
//! nearly equal is as good as the quotient: a few units of 1, not of the small result.
//!
//! Invariant: what is computed is equal to what was written wherever that has a value, of either sign of the weights.

use chainrule_graph::{Node, Op, Real, Table};

use super::exponentials::{Monomial, Product, Sum, is_multiple};

/// A sum of exponentials that is ready: m and S.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shifted<'g> {
    pub(super) shift: Node<'g>,
    pub(super) sum: Node<'g>,
}

/// Weights from this to its inverse need not be asked for the largest term: it, and 1 + r, cancel to no less than this, twice.
const HEAVY: f64 = 0.25;

/// Weights that sum to less than this off 1 are those of a mean, and exponents smaller than this are small.
const CLOSE: f64 = 0.5;

/// A weight that is smaller, but not 0, is taken for this where the largest term is looked for: e^(x − m) must not overflow.
pub(super) const LIGHTEST: f64 = 1e-304;

/// So many terms are added one after the other, then such sums, so that roundings do not pile up.
const ABREAST: usize = 16;

/// What became of a node of the graph in which the exponentials were found.
pub(super) trait Rewritten<'g> {
    fn rewritten(&self, old: Node<'_>) -> Option<Node<'g>>;
    /// m and S of a sum; the same nodes when it is asked for again.
    fn shifted(&mut self, sum: &Sum<'_>) -> Option<Shifted<'g>>;
    /// Is told of every shift.
    fn uses(&mut self, shift: Node<'g>);
}

/// ln of a product with an exponential in it.
pub(super) fn ln<'g>(product: &Product<'_>, nodes: &mut impl Rewritten<'g>) -> Option<Node<'g>> {
    let Product { monomial, sums, .. } = product;
    if let [(sum, n @ (1 | -1))] = sums.as_slice()
        && let Some(node) = ln_of_one_sum(monomial, sum, *n, nodes)
    {
        return Some(node);
    }
    let mut level = exponent(&monomial.exponent, nodes)?;
    let mut coefficient = monomial.coefficient();
    // Multiplied, a weight may overflow; its logarithm does not.
    let is_alone = sums.is_empty() && monomial.has_known_weight();
    if !(is_alone || is_heavy(coefficient)) {
        level = Some(plus_times(level, 1.0, Node::constant(coefficient.abs().ln())));
        coefficient = coefficient.signum();
    }
    let mut inner = Some(Node::constant(coefficient)).filter(|_| coefficient != 1.0);
    for &(factor, power) in &monomial.factors {
        let factor = nodes.rewritten(factor)?;
        inner = Some(if sums.is_empty() {
            with_power(inner, factor, power)
        } else {
            level = Some(plus_times(level, f64::from(power), factor.abs().ln()));
            with_power(inner, factor.sign(), power)
        });
    }
    // −ln S rather than ln(1/S).
    let sign = if inner.is_none() && sums.iter().all(|(_, n)| *n < 0) { -1 } else { 1 };
    for (sum, n) in sums {
        let Shifted { shift, sum } = nodes.shifted(sum)?;
        level = Some(plus_times(level, f64::from(*n), shift));
        inner = Some(with_power(inner, sum, sign * n));
    }
    Some(match (level, inner) {
        (level, Some(inner)) => plus_times(level, f64::from(sign), inner.ln()),
        (level, None) => level.unwrap_or(Node::constant(0.0)),
    })
}

/// A product of exponentials and sums of such that is divided by one of them, or multiplies one.
pub(super) fn quotient<'g>(product: &Product<'_>, nodes: &mut impl Rewritten<'g>) -> Option<Node<'g>> {
    let Product { monomial, sums, .. } = product;
    if let [(sum, -1)] = sums.as_slice()
        && let Some((own, difference)) = of_two(&monomial.exponent, sum, nodes)
    {
        let sigmoid = difference.sigmoid();
        let sigmoid = if own == 1.0 { sigmoid } else { sigmoid / Node::constant(own) };
        return weighted(monomial, sigmoid, nodes);
    }
    let (mut powers, mut shifts) = (Vec::new(), None);
    for (sum, n) in sums {
        let Shifted { shift, sum } = nodes.shifted(sum)?;
        powers.push((sum, *n));
        shifts = Some(plus_times(shifts, -f64::from(*n), shift));
    }
    let exponential = match (shifts, exponent(&monomial.exponent, nodes)?) {
        (Some(shifts), Some(x)) => x.exp_sub(&shifts),
        (Some(shifts), None) => (-shifts).exp(),
        (None, _) => product_of_exponentials(&monomial.exponent, nodes)?,
    };
    let is_term = |term: &Monomial<'_>| {
        is_multiple(&term.exponent, &monomial.exponent, 1.0) && has_same_factors(term, monomial)
    };
    // A sum is NaN where a term of it is.
    let is_safe = sums.iter().any(|(sum, n)| *n < 0 && sum.terms.iter().any(is_term));
    let scaled = weighted_power(monomial, exponential, nodes)?;
    let scaled = if is_safe { scaled } else { where_finite(monomial, scaled, nodes)? };
    Some(powers.into_iter().fold(scaled, |node, (sum, n)| with_power(Some(node), sum, n)))
}

/// e^a·e^b…, without rounding a + b.
fn product_of_exponentials<'g>(
    exponents: &[(Node<'_>, f64)],
    nodes: &impl Rewritten<'g>,
) -> Option<Node<'g>> {
    let (first, rest) = exponents.split_at(1.min(exponents.len()));
    let first = exponent(first, nodes)??;
    Some(match plus_exponent(None, rest, -1.0, nodes)? {
        Some(rest) => first.exp_sub(&rest),
        None => first.exp(),
    })
}

/// Whether a weight need not be asked for.
fn is_heavy(weight: f64) -> bool {
    (HEAVY..=HEAVY.recip()).contains(&weight)
}

/// m and S.
pub(super) fn shifted<'g>(terms: &[Monomial<'_>], nodes: &mut impl Rewritten<'g>) -> Option<Shifted<'g>> {
    let shift = shift(terms, nodes)?;
    let mut powers = Vec::with_capacity(terms.len());
    for term in terms {
        powers.push(shifted_term(term, shift, nodes)?);
    }
    Some(Shifted { shift, sum: sum(&powers) })
}

/// w·e^(x − m)
fn shifted_term<'g>(term: &Monomial<'_>, shift: Node<'g>, nodes: &impl Rewritten<'g>) -> Option<Node<'g>> {
    let power = match exponent(&term.exponent, nodes)? {
        Some(x) => x.exp_sub(&shift),
        None => (-shift).exp(),
    };
    weighted_power(term, power, nodes)
}

/// w·e^(x − m), 0 for a weight of 0 whatever the exponential: it is 0 as written too, where e^x does not overflow.
fn weighted_power<'g>(term: &Monomial<'_>, power: Node<'g>, nodes: &impl Rewritten<'g>) -> Option<Node<'g>> {
    times_weight(term, power, nodes, |weight, power| Node::apply(&Table, Op::Route, &[weight, power]))
}

/// A term of finite weight and exponent, NaN of others, which a factor of 0 would hide.
fn where_finite<'g>(monomial: &Monomial<'_>, node: Node<'g>, nodes: &impl Rewritten<'g>) -> Option<Node<'g>> {
    let [(factor, 1)] = monomial.factors.as_slice() else { return Some(node) };
    let all = plus_times(exponent(&monomial.exponent, nodes)?, 1.0, nodes.rewritten(*factor)?);
    let room = Node::constant(f64::MAX) - all.abs();
    Some(Node::apply(&Table, Op::Inside, &[room, node]))
}

fn has_same_factors(one: &Monomial<'_>, other: &Monomial<'_>) -> bool {
    let same = |(a, b): (&(Node<'_>, i32), &(Node<'_>, i32))| a.0.index() == b.0.index() && a.1 == b.1;
    one.factors.len() == other.factors.len() && one.factors.iter().zip(&other.factors).all(same)
}

/// ± ln of a monomial to the ±1 times one sum, where there is a better way than m + ln S.
fn ln_of_one_sum<'g>(
    monomial: &Monomial<'_>,
    sum: &Sum<'_>,
    n: i32,
    nodes: &mut impl Rewritten<'g>,
) -> Option<Node<'g>> {
    let sign = f64::from(n);
    if !monomial.has_known_weight() || monomial.coefficient() <= 0.0 {
        return None;
    }
    let mut number = monomial.raised(n);
    number.exponent.clear();
    let scaled = sum.terms.iter().map(|term| {
        let mut term = term.clone();
        term.times(&number);
        term
    });
    let terms: Vec<Monomial<'_>> = scaled.collect();
    if let Some(relative) = relative_to_own(&terms, monomial, sign, nodes) {
        return Some(if n > 0 { relative.softplus() } else { -relative.softplus() });
    }
    let is_one = |term: &Monomial<'_>| {
        term.has_known_weight() && term.coefficient() == 1.0 && term.exponent.is_empty()
    };
    let ln = match terms.iter().position(is_one) {
        Some(one) => ln_of_one_and(&terms, one, nodes)?,
        None if terms.iter().all(Monomial::has_known_weight) => ln_of_mean(&terms, nodes)?,
        // Multiplied by their numbers, unknown weights would be other nodes.
        None if number.coefficient() == 1.0 => ln_near_one(&sum.terms, None, nodes.shifted(sum)?, nodes)?,
        None => return None,
    };
    Some(plus_times(exponent(&monomial.exponent, nodes)?, sign, ln))
}

/// ln T/e^a of e^a + T, if a monomial divides by e^a and T is one term.
fn relative_to_own<'g>(
    terms: &[Monomial<'_>],
    monomial: &Monomial<'_>,
    sign: f64,
    nodes: &impl Rewritten<'g>,
) -> Option<Node<'g>> {
    let [one, two] = terms else { return None };
    if !(one.has_known_weight() && two.has_known_weight()) {
        return None;
    }
    let is_own = |term: &Monomial<'_>| {
        term.coefficient() == 1.0 && is_multiple(&term.exponent, &monomial.exponent, -sign)
    };
    let other = if is_own(one) {
        two
    } else if is_own(two) {
        one
    } else {
        return None;
    };
    let level = plus_exponent(exponent(&other.exponent, nodes)?, &monomial.exponent, sign, nodes)??;
    Some(match other.coefficient() {
        1.0 => level,
        weight => level + Node::constant(weight.ln()),
    })
}

/// ln(1 + T), of which the 1 stands at a place.
fn ln_of_one_and<'g>(terms: &[Monomial<'_>], one: usize, nodes: &mut impl Rewritten<'g>) -> Option<Node<'g>> {
    let shift = shift(terms, nodes)?;
    let mut parts = vec![(-shift).exp_m1()];
    for (_, term) in terms.iter().enumerate().filter(|(place, _)| *place != one) {
        parts.push(shifted_term(term, shift, nodes)?);
    }
    Some(shift + sum(&parts).ln_1p())
}

/// ln Σ wᵢ·e^(xᵢ) for positive numbers wᵢ whose sum is close to 1.
fn ln_of_mean<'g>(terms: &[Monomial<'_>], nodes: &mut impl Rewritten<'g>) -> Option<Node<'g>> {
    // The sum of large weights may overflow, and is not close to 1 then.
    let excess = Some(excess(terms)).filter(|excess| excess.abs() < CLOSE)?;
    if terms.iter().any(|term| term.coefficient() < HEAVY) {
        let shifted = shifted(terms, nodes)?;
        return ln_near_one(terms, Some(excess), shifted, nodes);
    }
    let shift = shift(terms, nodes)?;
    let mut parts = vec![Node::constant(excess)];
    for term in terms {
        let difference = plus_times(exponent(&term.exponent, nodes)?, -1.0, shift);
        parts.push(weighted(term, difference.exp_m1(), nodes)?);
    }
    Some(shift + sum(&parts[usize::from(excess == 0.0)..]).ln_1p())
}

/// ln Σ wᵢ·e^(xᵢ), by its difference from 1 if all xᵢ are small, given Σ wᵢ − 1 if that is known.
fn ln_near_one<'g>(
    terms: &[Monomial<'_>],
    excess: Option<f64>,
    shifted: Shifted<'g>,
    nodes: &impl Rewritten<'g>,
) -> Option<Node<'g>> {
    let excess = match excess {
        Some(excess) => Node::constant(excess),
        None => {
            let mut weights = vec![Node::constant(-1.0)];
            for term in terms {
                weights.push(weighted(term, Node::constant(1.0), nodes)?);
            }
            Node::sum(&weights)
        }
    };
    let (one, mut largest, mut parts) = (Node::constant(1.0), excess.abs(), vec![excess]);
    for term in terms {
        let Some(x) = exponent(&term.exponent, nodes)? else { continue };
        largest = largest.max(&x.abs());
        // What is not taken must not overflow either.
        let small = x.min(&one).max(&-one);
        parts.push(weighted(term, small.exp_m1(), nodes)?);
    }
    let is_near = Node::constant(CLOSE) - largest;
    Some(Node::select(&is_near, &sum(&parts).ln_1p(), &(shifted.shift + shifted.sum.ln())))
}

/// w times a node.
fn weighted<'g>(term: &Monomial<'_>, node: Node<'g>, nodes: &impl Rewritten<'g>) -> Option<Node<'g>> {
    times_weight(term, node, nodes, |weight, node| weight * node)
}

/// K·(f·node) or K·(node/f): K·f may overflow, or lose digits below the range.
fn times_weight<'g>(
    term: &Monomial<'_>,
    node: Node<'g>,
    nodes: &impl Rewritten<'g>,
    times: impl Fn(Node<'g>, Node<'g>) -> Node<'g>,
) -> Option<Node<'g>> {
    let mut product = node;
    for &(factor, power) in &term.factors {
        let factor = nodes.rewritten(factor)?;
        product = match (power > 0, product.is_known(1.0)) {
            (true, true) => factor,
            (true, false) => times(factor, product),
            (false, true) => factor.recip(),
            (false, false) => product / factor,
        };
    }
    let coefficient = Node::constant(term.coefficient());
    Some(match (coefficient.is_known(1.0), product.is_known(1.0)) {
        (true, _) => product,
        (false, true) => coefficient,
        (false, false) => coefficient * product,
    })
}

/// x + ln|w|, the size of a term on a logarithmic scale; without ln|w| if weights need not be asked for.
fn level<'g>(term: &Monomial<'_>, is_heavy: bool, nodes: &impl Rewritten<'g>) -> Option<Node<'g>> {
    let mut level = exponent(&term.exponent, nodes)?;
    if !is_heavy {
        let ln = term.coefficient().abs().ln();
        level = if ln == 0.0 { level } else { Some(plus_times(level, 1.0, Node::constant(ln))) };
        for &(factor, power) in &term.factors {
            let factor = nodes.rewritten(factor)?;
            let (size, least) = (factor.abs(), Node::constant(LIGHTEST));
            let size = Node::select(&-size, &size, &size.max(&least));
            // The inverse of the largest numbers is small, too.
            let size = if power > 0 { size } else { size.min(&least.recip()) };
            level = Some(plus_times(level, f64::from(power), size.ln()));
        }
    }
    Some(level.unwrap_or(Node::constant(0.0)))
}

/// Σ wᵢ − 1 for numbers wᵢ, in twice the precision; of one divisor, as (Σ numbers − divisor)/divisor, so that three thirds are 1.
fn excess(terms: &[Monomial<'_>]) -> f64 {
    let divisor = terms.first().map_or(1.0, |term| term.divisor);
    if terms.iter().all(|term| term.divisor == divisor) {
        return sum_of(std::iter::once(-divisor).chain(terms.iter().map(|term| term.number))) / divisor;
    }
    let rounded_off = |term: &Monomial<'_>| {
        let weight = term.coefficient();
        [weight, weight.mul_add(-term.divisor, term.number) / term.divisor]
    };
    sum_of(std::iter::once(-1.0).chain(terms.iter().flat_map(rounded_off)))
}

/// A sum with what its roundings have lost (Neumaier, 1974).
fn sum_of(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost): (f64, f64) = (0.0, 0.0);
    for term in terms {
        let next = sum + term;
        let back = next - sum;
        lost += (sum - (next - back)) + (term - back);
        sum = next;
    }
    sum + lost
}

/// round(max xᵢ), or of xᵢ + ln|wᵢ| where weights are not numbers close to 1; finite.
fn shift<'g>(terms: &[Monomial<'_>], nodes: &mut impl Rewritten<'g>) -> Option<Node<'g>> {
    let are_heavy = terms.iter().all(|term| term.has_known_weight() && is_heavy(term.coefficient()));
    let mut levels = Vec::with_capacity(terms.len());
    for term in terms {
        levels.push(level(term, are_heavy, nodes)?);
    }
    let are_known = terms.iter().all(Monomial::has_known_weight);
    let shift = shift_of(levels, are_known)?;
    nodes.uses(shift);
    Some(shift)
}

/// round(max) of some numbers. e^∞ is ∞ and e^−∞ is 0 with a finite shift, and neither with that itself; an infinite weight, which no shift
/// makes finite, gives NaN.
pub(super) fn shift_of<'g>(levels: impl IntoIterator<Item = Node<'g>>, is_finite: bool) -> Option<Node<'g>> {
    let largest = levels.into_iter().reduce(|largest, level| largest.max(&level))?;
    let (most, least) = (Node::constant(f64::MAX), Node::constant(f64::MIN));
    let largest = if is_finite { largest.min(&most) } else { largest };
    Some(largest.max(&least).round())
}

/// w and a − b of e^a/(w·e^a + w·e^b): σ(a − b)/w.
fn of_two<'g>(own: &[(Node<'_>, f64)], sum: &Sum<'_>, nodes: &impl Rewritten<'g>) -> Option<(f64, Node<'g>)> {
    let [one, two] = sum.terms.as_slice() else { return None };
    if !(one.has_known_weight() && two.has_known_weight() && one.coefficient() == two.coefficient()) {
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
    if difference.has_cancelled() {
        return None;
    }
    Some((one.coefficient(), exponent(&difference.exponent, nodes)??))
}

/// Σ cⱼ·xⱼ; nothing for an empty one.
fn exponent<'g>(exponent: &[(Node<'_>, f64)], nodes: &impl Rewritten<'g>) -> Option<Option<Node<'g>>> {
    plus_exponent(None, exponent, 1.0, nodes)
}

/// A sum and c·Σ cⱼ·xⱼ.
fn plus_exponent<'g>(
    mut sum: Option<Node<'g>>,
    exponent: &[(Node<'_>, f64)],
    c: f64,
    nodes: &impl Rewritten<'g>,
) -> Option<Option<Node<'g>>> {
    // What is added comes first, so that a − b does not become −b + a.
    for positive in [true, false] {
        for &(node, own) in exponent.iter().filter(|(_, own)| (c * own > 0.0) == positive) {
            sum = Some(plus_times(sum, c * own, nodes.rewritten(node)?));
        }
    }
    Some(sum)
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

/// A sum, if there is one yet, and c·x.
fn plus_times<'g>(sum: Option<Node<'g>>, c: f64, x: Node<'g>) -> Node<'g> {
    let times = |size: f64| if size == 1.0 { x } else { Node::constant(size) * x };
    match sum {
        None if c == -1.0 => -x,
        None => times(c),
        Some(sum) if c < 0.0 => sum - times(-c),
        Some(sum) => sum + times(c),
    }
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
