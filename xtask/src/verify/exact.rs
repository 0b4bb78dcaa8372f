//! Signs of sums of products, without rounding.
//!
//! Each product is split into two floating-point numbers whose sum it is, and what is added up is kept as an expansion of numbers that do not
//! overlap (Shewchuk, *Discrete & Computational Geometry* 18, 1997).
//!
//! Invariant: the sign is exact where no product under- or overflows.

/// The sign of Σ aᵢ·bᵢ: 1, −1 or 0.
pub(in crate::verify) fn sign_of_sum(products: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut expansion: Vec<f64> = Vec::new();
    for (a, b) in products {
        let product = a * b;
        for term in [a.mul_add(b, -product), product] {
            let mut carried = term;
            for part in &mut expansion {
                let sum = carried + *part;
                let of_part = sum - carried;
                *part = (carried - (sum - of_part)) + (*part - of_part);
                carried = sum;
            }
            expansion.push(carried);
        }
    }
    // The largest part that is not 0 comes last, and has the sign of the sum.
    expansion.iter().rev().find(|part| **part != 0.0).map_or(0.0, |part| part.signum())
}
