//! The acceptance rules of three well-known checkers, re-stated from their documentation.
//!
//! Only the arithmetic of the rules is here: steps, direction and tolerance, at f64.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Whether a rule accepts a claimed gradient of f at x.
pub(crate) type Rule =
    fn(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], random: &mut ChaCha8Rng) -> bool;

/// Every rule by name.
pub(crate) const RULES: [(&str, Rule); 5] = [
    ("scipy check_grad, norm ≤ 1e-6", scipy_loose),
    ("scipy check_grad, norm ≤ 1e-7", scipy_tight),
    ("PyTorch gradcheck", torch),
    ("PyTorch gradcheck, fast mode", torch_fast),
    ("JAX check_grads", jax),
];

/// `scipy.optimize.check_grad` (scipy 1.16): forward differences with ε = √(machine epsilon), one absolute 2-norm. It
/// documents no bound for that number; its example prints 2.98e-8 for a right gradient.
fn scipy_norm(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64]) -> f64 {
    let step = f64::EPSILON.sqrt();
    let here = f(x);
    let square = |(i, claimed): (usize, &f64)| {
        let quotient = (f(&moved_along_axis(x, i, step)) - here) / step;
        (quotient - claimed).powi(2)
    };
    claimed.iter().enumerate().map(square).sum::<f64>().sqrt()
}

fn scipy_loose(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], _: &mut ChaCha8Rng) -> bool {
    scipy_norm(f, x, claimed) <= 1e-6
}

fn scipy_tight(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], _: &mut ChaCha8Rng) -> bool {
    scipy_norm(f, x, claimed) <= 1e-7
}

/// `torch.autograd.gradcheck` (PyTorch 2): central differences with eps = 1e-6, every entry within atol = 1e-5 plus rtol = 1e-3
/// of the numerical one.
fn torch(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], _: &mut ChaCha8Rng) -> bool {
    claimed.iter().enumerate().all(|(i, &claimed)| {
        let mut axis = vec![0.0; x.len()];
        axis[i] = 1.0;
        is_close(claimed, central(f, x, &axis, 1e-6), 1e-5, 1e-3)
    })
}

/// The same with `fast_mode=True`: one random unit vector u, claim·u against the difference along u, the absolute
/// tolerance weighed with the sum of the entries of u for an output of one entry.
fn torch_fast(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], random: &mut ChaCha8Rng) -> bool {
    let u: Vec<f64> = x.iter().map(|_| random.random_range(0.0..1.0)).collect();
    let length = u.iter().map(|u| u * u).sum::<f64>().sqrt();
    let u: Vec<f64> = u.iter().map(|u| u / length).collect();
    let atol = 1e-5 * u.iter().sum::<f64>();
    is_close(dot(claimed, &u), central(f, x, &u, 1e-6), atol, 1e-3)
}

/// `jax.test_util.check_grads` (JAX 0.4) at f64: one Gaussian direction, central differences with eps = 1e-4, and
/// the default tolerance of 1e-5 for gradients of f64, absolute and relative.
fn jax(f: &dyn Fn(&[f64]) -> f64, x: &[f64], claimed: &[f64], random: &mut ChaCha8Rng) -> bool {
    let direction: Vec<f64> = x.iter().map(|_| gaussian(random)).collect();
    is_close(dot(claimed, &direction), central(f, x, &direction, 1e-4), 1e-5, 1e-5)
}

fn central(f: &dyn Fn(&[f64]) -> f64, x: &[f64], direction: &[f64], step: f64) -> f64 {
    let moved = |t: f64| -> Vec<f64> { x.iter().zip(direction).map(|(x, d)| x + t * d).collect() };
    (f(&moved(step)) - f(&moved(-step))) / (2.0 * step)
}

fn moved_along_axis(x: &[f64], i: usize, step: f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    moved[i] += step;
    moved
}

fn is_close(claimed: f64, expected: f64, atol: f64, rtol: f64) -> bool {
    (claimed - expected).abs() <= atol + rtol * expected.abs()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Box and Muller's transform of two uniform numbers.
fn gaussian(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random_range(0.0..1.0_f64)).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random_range(0.0..1.0_f64)).cos()
}
