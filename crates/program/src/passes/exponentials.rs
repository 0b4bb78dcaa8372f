//! Products and sums of exponentials, as they are found in a graph: K·Π fᵢ·e^x·Π (Σ wᵢ·e^(xᵢ))ⁿ.
//!
//! It does not matter in which order or with which operations they were written: sums may be chains of + or one `sum` or `dot`, weights may
//! stand before or behind, inside of a quotient or around the whole, and are numbers or any other nodes. A number in a sum is a weight of e⁰.
//!
//! A difference is no such sum, and nor is what has a weight that is known to be negative: the logarithm of e^x − 1 is another matter. A product
//! of two unknown factors is a weight only where it is a node of its own, since it may overflow where the whole does not.
//!
//! Invariant: wherever what was written has a value, what was found has the same.

use std::collections::HashMap;
use std::rc::Rc;

use chainrule_graph::{Graph, Node, NodeKind, Op};

/// K·Π fᵢ^nᵢ·e^(Σ cⱼ·xⱼ), where K is a number over a divisor: three times ⅓ is 1, and three times the nearest f64 is not.
#[derive(Clone, Debug)]
pub(super) struct Monomial<'s> {
    pub(super) number: f64,
    pub(super) divisor: f64,
    pub(super) factors: Vec<(Node<'s>, i32)>,
    /// Each node once, in the order of the graph.
    pub(super) exponent: Vec<(Node<'s>, f64)>,
}

/// A sum of two monomials or more, of which one at least is an exponential.
#[derive(Clone, Debug)]
pub(super) struct Sum<'s> {
    /// The node that it was found at.
    pub(super) root: usize,
    pub(super) terms: Rc<Vec<Monomial<'s>>>,
}

/// A monomial times whole powers of sums.
#[derive(Clone, Debug)]
pub(super) struct Product<'s> {
    pub(super) monomial: Monomial<'s>,
    pub(super) sums: Vec<(Sum<'s>, i32)>,
    /// Whether exponentials were written, though none may be left.
    is_exponential: bool,
}

/// How deep products may be nested in each other; deeper ones are taken as they are.
const DEEPEST: usize = 32;

/// How many exponents and sums a product may have, and how high powers of sums; beyond that it is taken as it is.
const MOST: usize = 64;

/// A number beside an unknown factor is at most this, and at least its inverse: their product is not formed, so it cannot leave the range.
const BESIDE_A_FACTOR: f64 = 1e3;

/// How many terms a sum may have that is a term of another sum; longer ones are taken as they are.
const LONGEST: usize = 1024;

impl<'s> Monomial<'s> {
    pub(super) fn number(number: f64) -> Self {
        Monomial { number, divisor: 1.0, factors: Vec::new(), exponent: Vec::new() }
    }

    /// K, rounded.
    pub(super) fn coefficient(&self) -> f64 {
        self.number / self.divisor
    }

    fn factor(node: Node<'s>) -> Self {
        Monomial { factors: vec![(node, 1)], ..Monomial::number(1.0) }
    }

    /// Whether the weight is a number.
    pub(super) fn has_known_weight(&self) -> bool {
        self.factors.is_empty()
    }

    pub(super) fn times(&mut self, other: &Self) {
        self.number *= other.number;
        self.divisor *= other.divisor;
        for &(factor, power) in &other.factors {
            match self.factors.iter().position(|(own, _)| own.index() == factor.index()) {
                Some(place) => self.factors[place].1 += power,
                None => self.factors.push((factor, power)),
            }
        }
        for &(node, coefficient) in &other.exponent {
            add_to(&mut self.exponent, node, coefficient);
        }
    }

    pub(super) fn raised(&self, n: i32) -> Self {
        let [number, divisor] = [self.number, self.divisor].map(|part| part.powi(n.abs()));
        let (number, divisor) = if n < 0 { (divisor, number) } else { (number, divisor) };
        Monomial {
            number,
            divisor,
            factors: self.factors.iter().map(|&(node, power)| (node, power * n)).collect(),
            exponent: self.exponent.iter().map(|&(node, c)| (node, c * f64::from(n))).collect(),
        }
    }

    /// Whether something cancels: it is 0 times itself then, and left out it would hide a NaN.
    pub(super) fn has_cancelled(&self) -> bool {
        self.factors.iter().any(|(_, power)| *power == 0) || self.exponent.iter().any(|(_, c)| *c == 0.0)
    }

    /// Whether nothing cancels, the number is in the range of f64, and at most one factor is unknown: the product of two may overflow
    /// where the whole does not.
    fn is_manageable(&self) -> bool {
        let coefficient = self.coefficient();
        let is_in_range = [self.number, self.divisor, coefficient].iter().all(|part| part.is_normal());
        let is_simple = match self.factors.as_slice() {
            [] => true,
            [(_, 1 | -1)] => (BESIDE_A_FACTOR.recip()..=BESIDE_A_FACTOR).contains(&coefficient.abs()),
            _ => false,
        };
        is_in_range && is_simple && !self.has_cancelled() && self.exponent.len() <= MOST
    }

    /// What two terms have in common that can be added by their numbers.
    fn key(&self) -> Key {
        let factors = self.factors.iter().map(|&(node, power)| (node.index(), power)).collect();
        let exponent = self.exponent.iter().map(|&(node, c)| (node.index(), c.to_bits())).collect();
        (self.divisor.to_bits(), factors, exponent)
    }
}

/// The divisor, and the places of factors and exponents with their powers.
type Key = (u64, Vec<(Option<usize>, i32)>, Vec<(Option<usize>, u64)>);

/// Whether two exponents are the same, or opposite with a sign of −1.
pub(super) fn is_multiple(one: &[(Node<'_>, f64)], other: &[(Node<'_>, f64)], sign: f64) -> bool {
    let same = |(a, b): (&(Node<'_>, f64), &(Node<'_>, f64))| a.0.index() == b.0.index() && a.1 == sign * b.1;
    one.len() == other.len() && one.iter().zip(other).all(same)
}

fn add_to<'s>(exponent: &mut Vec<(Node<'s>, f64)>, node: Node<'s>, coefficient: f64) {
    match exponent.binary_search_by_key(&node.index(), |(node, _)| node.index()) {
        Ok(place) => exponent[place].1 += coefficient,
        Err(place) => exponent.insert(place, (node, coefficient)),
    }
}

impl<'s> Product<'s> {
    pub(super) fn of_sum(sum: Sum<'s>) -> Self {
        match sum.terms.as_slice() {
            [term] => Product::of(term.clone()),
            _ => Product { monomial: Monomial::number(1.0), sums: vec![(sum, 1)], is_exponential: true },
        }
    }

    fn of(monomial: Monomial<'s>) -> Self {
        let is_exponential = !monomial.exponent.is_empty();
        Product { monomial, sums: Vec::new(), is_exponential }
    }

    /// Whether it is small enough to go on with, and nothing in it overflows or cancels.
    fn is_manageable(&self) -> bool {
        let is_low = |&(_, power): &(Sum<'_>, i32)| power != 0 && power.unsigned_abs() as usize <= MOST;
        self.monomial.is_manageable() && self.sums.len() <= MOST && self.sums.iter().all(is_low)
    }

    /// Whether it may be an ordinary number although one exponential overflows and another is 0.
    pub(super) fn has_both_signs(&self) -> bool {
        let has = |sign: f64| self.monomial.exponent.iter().any(|(_, c)| sign * c > 0.0);
        !self.sums.is_empty() || has(1.0) == has(-1.0)
    }

    /// Whether exponentials were written, though none may be left.
    pub(super) fn is_exponential(&self) -> bool {
        self.is_exponential
    }

    fn times(mut self, other: &Self, n: i32) -> Self {
        self.monomial.times(&other.monomial.raised(n));
        for (sum, power) in &other.sums {
            match self.sums.iter().position(|(own, _)| own.root == sum.root) {
                Some(place) => self.sums[place].1 += power * n,
                None => self.sums.push((sum.clone(), power * n)),
            }
        }
        self.is_exponential |= other.is_exponential;
        self
    }
}

/// The exponentials of a graph; what was found once is remembered.
pub(super) struct Exponentials<'s> {
    nodes: Vec<Node<'s>>,
    products: HashMap<usize, Product<'s>>,
    sums: HashMap<usize, Option<Sum<'s>>>,
}

impl<'s> Exponentials<'s> {
    pub(super) fn new(graph: &'s Graph) -> Self {
        Exponentials { nodes: graph.nodes().collect(), products: HashMap::new(), sums: HashMap::new() }
    }

    /// The node of this index.
    pub(super) fn node(&self, index: usize) -> Option<Node<'s>> {
        self.nodes.get(index).copied()
    }

    /// A node as a product.
    pub(super) fn product(&mut self, node: Node<'s>) -> Product<'s> {
        self.product_at(node, 0)
    }

    /// 1 + a node, as a sum.
    pub(super) fn one_and(&mut self, node: Node<'s>, root: usize) -> Option<Sum<'s>> {
        let mut terms = Terms::default();
        terms.add(Monomial::number(1.0));
        self.add_terms(&mut terms, node, 0)?;
        terms.sum(root)
    }

    fn product_at(&mut self, node: Node<'s>, depth: usize) -> Product<'s> {
        let known = node.index().and_then(|index| self.products.get(&index));
        if let Some(known) = known {
            return known.clone();
        }
        let found = self.found_product(node, depth);
        self.products.extend(node.index().map(|index| (index, found.clone())));
        found
    }

    fn found_product(&mut self, node: Node<'s>, depth: usize) -> Product<'s> {
        let as_it_is = || Product::of(Monomial::factor(node));
        let op = match node.kind() {
            NodeKind::Constant(value) if value != 0.0 && value.is_finite() => {
                return Product::of(Monomial::number(value));
            }
            NodeKind::Operation(op) if depth < DEEPEST => op,
            _ => return as_it_is(),
        };
        let found = match (op, node.arguments().as_slice()) {
            (Op::Exp, &[x]) => {
                let exponent = match (x.kind(), x.arguments().as_slice()) {
                    (NodeKind::Operation(Op::Neg), &[x]) => vec![(x, -1.0)],
                    _ => vec![(x, 1.0)],
                };
                Product::of(Monomial { exponent, ..Monomial::number(1.0) })
            }
            (Op::Mul, &[a, b]) => {
                let (a, b) = (self.product_at(a, depth + 1), self.product_at(b, depth + 1));
                a.times(&b, 1)
            }
            (Op::Div, &[a, b]) => {
                let (a, b) = (self.product_at(a, depth + 1), self.product_at(b, depth + 1));
                a.times(&b, -1)
            }
            (Op::Recip, &[x]) => Product::of(Monomial::number(1.0)).times(&self.product_at(x, depth + 1), -1),
            (Op::PowI(n @ -16..=16), &[x]) if n != 0 => {
                Product::of(Monomial::number(1.0)).times(&self.product_at(x, depth + 1), n)
            }
            (Op::Neg, &[x]) => Product::of(Monomial::number(-1.0)).times(&self.product_at(x, depth + 1), 1),
            (Op::Add | Op::Sub | Op::Sum | Op::Dot, _) => match self.sum(node, depth) {
                Some(sum) => Product::of_sum(sum),
                None => return as_it_is(),
            },
            _ => return as_it_is(),
        };
        if found.is_exponential() && found.is_manageable() { found } else { as_it_is() }
    }

    fn sum(&mut self, node: Node<'s>, depth: usize) -> Option<Sum<'s>> {
        let root = node.index()?;
        if let Some(known) = self.sums.get(&root) {
            return known.clone();
        }
        let mut terms = Terms::default();
        let sum = self.add_terms(&mut terms, node, depth).and_then(|()| terms.sum(root));
        self.sums.insert(root, sum.clone());
        sum
    }

    /// The terms of a sum, in their order; nothing if one is known to be negative.
    fn add_terms(&mut self, terms: &mut Terms<'s>, node: Node<'s>, depth: usize) -> Option<()> {
        let mut waiting = vec![(node, 1.0)];
        while let Some((node, sign)) = waiting.pop() {
            match (node.kind(), node.arguments().as_slice()) {
                (NodeKind::Constant(0.0), _) => {}
                (NodeKind::Operation(Op::Add), &[a, b]) => waiting.extend([(b, sign), (a, sign)]),
                (NodeKind::Operation(Op::Sub), &[a, b]) => waiting.extend([(b, -sign), (a, sign)]),
                (NodeKind::Operation(Op::Neg), &[x]) => waiting.push((x, -sign)),
                (NodeKind::Operation(Op::Sum), all) => {
                    waiting.extend(all.iter().rev().map(|&term| (term, sign)));
                }
                (NodeKind::Operation(Op::Dot), all) => {
                    let (left, right) = all.split_at(all.len() / 2);
                    for (&a, &b) in left.iter().zip(right) {
                        let b = self.product_at(b, depth + 1);
                        let product = self.product_at(a, depth + 1).times(&b, 1);
                        terms.add_product(product, sign)?;
                    }
                }
                _ => {
                    let product = match self.product_at(node, depth + 1) {
                        product if is_short(&product) => product,
                        _ => Product::of(Monomial::factor(node)),
                    };
                    terms.add_product(product, sign)?;
                }
            }
        }
        Some(())
    }
}

/// Whether a product is a monomial or can be multiplied out.
fn is_short(product: &Product<'_>) -> bool {
    match product.sums.as_slice() {
        [] => true,
        [(sum, 1)] => {
            let is_manageable = |term: &Monomial<'_>| {
                let mut term = term.clone();
                term.times(&product.monomial);
                term.is_manageable()
            };
            sum.terms.len() <= LONGEST && sum.terms.iter().all(is_manageable)
        }
        _ => false,
    }
}

/// Terms on their way into a sum: those that differ in a number alone are one.
#[derive(Default)]
struct Terms<'s> {
    terms: Vec<Monomial<'s>>,
    places: HashMap<Key, usize>,
}

impl<'s> Terms<'s> {
    fn add(&mut self, term: Monomial<'s>) {
        match self.places.get(&term.key()) {
            Some(&place) => self.terms[place].number += term.number,
            None => {
                self.places.insert(term.key(), self.terms.len());
                self.terms.push(term);
            }
        }
    }

    fn add_product(&mut self, product: Product<'s>, sign: f64) -> Option<()> {
        let mut terms = vec![product.monomial];
        match product.sums.as_slice() {
            [] => {}
            [(sum, 1)] => {
                let multiplied = sum.terms.iter().map(|term| {
                    let mut term = term.clone();
                    term.times(&terms[0]);
                    term
                });
                terms = multiplied.collect();
            }
            _ => return None, // of `dot` alone: its products are no nodes that could be taken as they are
        }
        for mut term in terms {
            term.number *= sign;
            if term.coefficient() < 0.0 {
                return None;
            }
            self.add(term);
        }
        Some(())
    }

    fn sum(self, root: usize) -> Option<Sum<'s>> {
        let is_exponential = self.terms.iter().any(|term| !term.exponent.is_empty());
        let is_manageable = self.terms.iter().all(Monomial::is_manageable);
        (is_exponential && is_manageable).then(|| Sum { root, terms: Rc::new(self.terms) })
    }
}
