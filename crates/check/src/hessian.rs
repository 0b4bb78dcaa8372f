//! A claimed Hessian, whole or as its products with vectors, held against differences of the gradient.
//!
//! A Hessian is the Jacobian of the gradient, and symmetric where it is continuous (Schwarz's theorem). Both are checked; the
//! second needs no differences: entries that mirror each other are compared with each other, and v·(H·u) with u·(H·v).
//!
//! Invariant: the gradient is taken as given. Check it first.

use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::error::{Error, expect_length};
use crate::fault::Fault;
use crate::gradient::moved;
use crate::jacobian::{derivatives, entries};
use crate::options::Check;
use crate::place::Place;
use crate::random::Directions;
use crate::report::{Finding, Report};
use crate::verdict::{Verdict, digits};

/// Fewer digits of symmetry than this are a mistake and not rounding.
const SYMMETRIC_DIGITS: u32 = 8;

/// How many roundings of what two numbers were added up from they may differ by.
const ROUNDINGS: f64 = 64.0;

/// A gradient and what is claimed to be the Hessian.
#[derive(Clone, Debug)]
pub struct Hessian<G, H> {
    gradient: G,
    hessian: H,
}

/// A gradient and what are claimed to be products of the Hessian with vectors.
#[derive(Clone, Debug)]
pub struct HessianVector<G, P> {
    gradient: G,
    product: P,
}

/// A check of a Hessian: `hessian(x)[i][j]` is claimed to be ∂²f/∂xᵢ∂xⱼ at x, where `gradient` is that of f.
///
/// ```
/// use chainrule_check::check_hessian;
///
/// let gradient = |x: &[f64]| [2.0 * x[0] * x[1], x[0] * x[0]]; // of x₀²·x₁
/// let claim = |x: &[f64]| vec![vec![2.0 * x[1], 2.0 * x[0]], vec![2.0 * x[0], 0.0]];
/// assert!(check_hessian(gradient, claim).at(&[1.5, -0.5])?.agree_to(9).is_ok());
/// # Ok::<(), chainrule_check::Error>(())
/// ```
pub fn check_hessian<G, H, C>(gradient: G, hessian: H) -> Check<Hessian<G, H>>
where
    G: Fn(&[f64]) -> C,
    H: Fn(&[f64]) -> Vec<Vec<f64>>,
    C: AsRef<[f64]>,
{
    Check::new(Hessian { gradient, hessian })
}

/// A check of Hessian-vector products: `product(x, v)[i]` is claimed to be Σⱼ ∂²f/∂xᵢ∂xⱼ·vⱼ at x, where `gradient` is that of f.
///
/// ```
/// use chainrule_check::check_hessian_vector;
///
/// let gradient = |x: &[f64]| [2.0 * x[0] * x[1], x[0] * x[0]]; // of x₀²·x₁
/// let claim = |x: &[f64], v: &[f64]| [2.0 * x[1] * v[0] + 2.0 * x[0] * v[1], 2.0 * x[0] * v[0]];
/// assert!(check_hessian_vector(gradient, claim).along(&[1.5, -0.5], 3)?.agree_to(9).is_ok());
/// # Ok::<(), chainrule_check::Error>(())
/// ```
pub fn check_hessian_vector<G, P, C, D>(gradient: G, product: P) -> Check<HessianVector<G, P>>
where
    G: Fn(&[f64]) -> C,
    P: Fn(&[f64], &[f64]) -> D,
    C: AsRef<[f64]>,
    D: AsRef<[f64]>,
{
    Check::new(HessianVector { gradient, product })
}

impl<G, H, C> Check<Hessian<G, H>>
where
    G: Fn(&[f64]) -> C,
    H: Fn(&[f64]) -> Vec<Vec<f64>>,
    C: AsRef<[f64]>,
{
    /// A verdict for every entry at x, row by row, then for every pair of entries that mirror each other.
    ///
    /// # Errors
    /// As for a gradient; [`Error::WrongLength`] unless gradient, rows and columns are as many as the coordinates.
    pub fn at(&self, x: &[f64]) -> Result<Report, Error> {
        self.validate(x)?;
        let claimed = (self.kind.hessian)(x);
        expect_length("gradient", "point", x.len(), (self.kind.gradient)(x).as_ref().len())?;
        expect_length("claimed Hessian", "point", x.len(), claimed.len())?;
        let mut findings = entries(self, &self.kind.gradient, &claimed, x)?;
        findings.extend(mirrored(&claimed, self.floor));
        Ok(Report::new(findings, x))
    }
}

impl<G, P, C, D> Check<HessianVector<G, P>>
where
    G: Fn(&[f64]) -> C,
    P: Fn(&[f64], &[f64]) -> D,
    C: AsRef<[f64]>,
    D: AsRef<[f64]>,
{
    /// A verdict for every component of the products with several random vectors at x, then for the symmetry of each
    /// with the next, which takes two vectors at least.
    ///
    /// # Errors
    /// As for a gradient; [`Error::WrongLength`] unless gradient and products have as many entries as the point.
    pub fn along(&self, x: &[f64], vectors: usize) -> Result<Report, Error> {
        self.validate_random(x, "vectors", vectors)?;
        expect_length("gradient", "point", x.len(), (self.kind.gradient)(x).as_ref().len())?;
        let mut random = Directions::new(self.seed);
        let scales = || x.iter().enumerate().map(|(i, &x)| self.scale_or_default(i, x));
        let vectors: Vec<Vec<f64>> = (0..vectors).map(|_| random.next(scales())).collect();
        let products: Vec<D> = vectors.iter().map(|v| (self.kind.product)(x, v)).collect();
        let mut findings = Vec::new();
        for (k, (vector, product)) in vectors.iter().zip(&products).enumerate() {
            let claimed = product.as_ref();
            expect_length("claimed product", "point", x.len(), claimed.len())?;
            let expected =
                derivatives(|t| (self.kind.gradient)(&moved(x, vector, t)), 0.0, x.len(), Some(1.0));
            let component = |(row, (&claimed, expected))| {
                Finding::new(Place::Component { vector: k, row }, claimed, expected, self.floor)
            };
            findings.extend(claimed.iter().zip(&expected).enumerate().map(component));
        }
        for (k, pair) in vectors.windows(2).enumerate() {
            let place = Place::Symmetry(k);
            findings.push(symmetry(
                place,
                &pair[0],
                products[k + 1].as_ref(),
                &pair[1],
                products[k].as_ref(),
                self.floor,
            ));
        }
        Ok(Report::new(findings, x))
    }
}

/// Each entry above the diagonal against its mirror image.
fn mirrored(matrix: &[Vec<f64>], floor: f64) -> Vec<Finding> {
    let largest = |row: &[f64]| row.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let pairs = (0..matrix.len()).flat_map(|row| (row + 1..matrix.len()).map(move |column| (row, column)));
    pairs
        .map(|(row, column)| {
            let size = largest(&matrix[row]).max(largest(&matrix[column]));
            equal(Place::Mirrored { row, column }, [matrix[row][column], matrix[column][row]], size, floor)
        })
        .collect()
}

/// u·(H·v) against v·(H·u); components that the floor excuses may add up to a difference.
fn symmetry(place: Place, u: &[f64], hv: &[f64], v: &[f64], hu: &[f64], floor: f64) -> Finding {
    let products = |a: &[f64], b: &[f64]| -> (f64, f64) {
        let terms = || a.iter().zip(b).map(|(a, b)| a * b);
        (terms().sum(), terms().map(f64::abs).sum())
    };
    let ((one, size), (other, other_size)) = (products(u, hv), products(v, hu));
    let excused: f64 = u.iter().chain(v).map(|component| floor * component.abs()).sum();
    equal(place, [one, other], size.max(other_size), excused)
}

/// Two claims that have to be equal. Where they are small beside what they stand beside or were added up from, rounding of that may be all the
/// difference.
fn equal(place: Place, [one, other]: [f64; 2], size: f64, floor: f64) -> Finding {
    let difference = (one - other).abs();
    let digits = if one == other { digits(0.0) } else { digits(difference / one.abs().max(other.abs())) };
    let verdict = if !difference.is_finite() {
        Verdict::Wrong { fault: Fault::Asymmetric }
    } else if digits >= SYMMETRIC_DIGITS {
        Verdict::Agrees { digits }
    } else if difference <= floor {
        Verdict::Excused
    } else if difference <= ROUNDINGS * f64::EPSILON * size {
        Verdict::CannotTell { doubt: Doubt::NearZero }
    } else {
        Verdict::Wrong { fault: Fault::Asymmetric }
    };
    Finding { place, claimed: one, expected: Some(Derivative::exactly(other)), verdict }
}
