//! Fits at arbitrary precision: the estimates that the model crate's are held to.
//!
//! Newton's method on the textbook's formulas, with Gaussian elimination, at 256 bits:
//!
//! ```text
//! logistic: L = ln(1 + e^z) − y·z,  a = 1/(1 + e^(−z)),  v = a(1 − a)          Poisson: L = e^z − y·z,  a = v = e^z
//! score U = Σ cᵢ(yᵢ − aᵢ)x̃ᵢ − C·λ·w,   information I = Σ cᵢvᵢx̃ᵢx̃ᵢᵀ + C·diag(0, λ),   step I⁻¹U,   C = Σc
//! Firth:    U + ½ Σ hᵢ(1 − 2aᵢ)x̃ᵢ,   hᵢ = cᵢvᵢ·x̃ᵢᵀI⁻¹x̃ᵢ            (Firth, Biometrika 80, 1993)
//! ```
//!
//! Invariant: nothing of the model crate is used; an estimate is one only if the last step is below 10⁻³⁰ of it.

use chainrule_graph::oracle::BigFloat;
use chainrule_graph::{Number, Primitive, Real};

pub(in crate::verify) type Big = BigFloat;

const PRECISION: usize = 256;

/// Newton's method doubles the digits of a step; Firth's scoring adds one and more.
const STEPS: usize = 400;

/// Halvings of a step that makes the likelihood smaller.
const HALVINGS: usize = 60;

pub(in crate::verify) fn big(value: f64) -> Big {
    Big::new(value, PRECISION)
}

pub(in crate::verify) fn exp(x: &Big) -> Big {
    Big::compute(Primitive::Exp, std::slice::from_ref(x))
}

pub(in crate::verify) fn ln(x: &Big) -> Big {
    Big::compute(Primitive::Ln, std::slice::from_ref(x))
}

pub(in crate::verify) fn root(x: &Big) -> Big {
    Big::compute(Primitive::Sqrt, std::slice::from_ref(x))
}

/// Labelled examples, or counts.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Sample {
    pub(in crate::verify) columns: Vec<Vec<f64>>,
    pub(in crate::verify) labels: Vec<f64>,
    pub(in crate::verify) weights: Option<Vec<f64>>,
    pub(in crate::verify) offset: Option<Vec<f64>>,
}

/// What is maximised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::verify) enum Likelihood {
    Logistic,
    Ridge(f64),
    Firth,
    Poisson,
}

/// An estimate and what follows from it.
#[derive(Clone, Debug)]
pub(in crate::verify) struct Estimate {
    /// The intercept, then the weights.
    pub(in crate::verify) point: Vec<Big>,
    /// −Σ cᵢLᵢ
    pub(in crate::verify) log_likelihood: Big,
    /// The information's inverse, of all coefficients that are not held.
    pub(in crate::verify) covariance: Vec<Vec<Big>>,
}

impl Sample {
    fn weight(&self, i: usize) -> Big {
        big(self.weights.as_ref().map_or(1.0, |weights| weights[i]))
    }

    pub(in crate::verify) fn total(&self) -> Big {
        (0..self.labels.len()).fold(big(0.0), |sum, i| sum + self.weight(i))
    }

    fn row(&self, i: usize) -> Vec<Big> {
        std::iter::once(1.0).chain(self.columns.iter().map(|column| column[i])).map(big).collect()
    }

    fn logit(&self, i: usize, point: &[Big]) -> Big {
        let offset = big(self.offset.as_ref().map_or(0.0, |offset| offset[i]));
        self.row(i).iter().zip(point).fold(offset, |sum, (x, w)| sum + x.clone() * w)
    }

    /// The estimate; `held` is a coefficient that stays where it is put. Nothing if there is none within 400 steps.
    pub(in crate::verify) fn estimate(
        &self,
        likelihood: Likelihood,
        held: Option<(usize, f64)>,
    ) -> Option<Estimate> {
        self.estimate_from(&vec![0.0; self.columns.len() + 1], likelihood, held)
    }

    /// The same from another start than the origin, which saves steps.
    pub(super) fn estimate_from(
        &self,
        start: &[f64],
        likelihood: Likelihood,
        held: Option<(usize, f64)>,
    ) -> Option<Estimate> {
        let size = self.columns.len() + 1;
        let mut point: Vec<Big> = start.iter().map(|&w| big(w)).collect();
        if let Some((place, value)) = held {
            point[place] = big(value);
        }
        let free: Vec<usize> = (0..size).filter(|&j| held.is_none_or(|(place, _)| place != j)).collect();
        let mut reached = self.objective(likelihood, &point);
        for _ in 0..STEPS {
            let (score, information) = self.score_and_information(likelihood, &point);
            let pick = |vector: &[Big]| free.iter().map(|&j| vector[j].clone()).collect::<Vec<Big>>();
            let matrix: Vec<Vec<Big>> = free.iter().map(|&j| pick(&information[j])).collect();
            let inverse = inverted(&matrix)?;
            let step: Vec<Big> = inverse.iter().map(|row| product(row, &pick(&score))).collect();
            let before = reached.clone();
            let mut length = big(1.0);
            let mut next = point.clone();
            for _ in 0..HALVINGS {
                for (&j, step) in free.iter().zip(&step) {
                    next[j] = point[j].clone() + length.clone() * step;
                }
                let there = self.objective(likelihood, &next);
                let gain = (there.clone() - &before).to_f64();
                reached = there;
                // Firth's scoring has no Hessian to go by, and near the end a difference is rounding.
                if gain >= -1e-40 * (1.0 + before.to_f64().abs()) {
                    break;
                }
                length = length * big(0.5);
            }
            point = next;
            let is_settled = free
                .iter()
                .zip(&step)
                .all(|(&j, step)| step.to_f64().abs() <= 1e-40 + 1e-30 * point[j].to_f64().abs());
            if is_settled {
                let log_likelihood = self.log_likelihood(likelihood, &point);
                return Some(Estimate { point, log_likelihood, covariance: inverse });
            }
            if point.iter().any(|w| !w.is_finite()) {
                return None;
            }
        }
        None
    }

    /// aᵢ and vᵢ.
    fn mean_and_variance(&self, likelihood: Likelihood, z: &Big) -> [Big; 2] {
        if likelihood == Likelihood::Poisson {
            return [exp(z), exp(z)];
        }
        let a = big(1.0) / (exp(&-z.clone()) + big(1.0));
        [a.clone(), a.clone() * (big(1.0) - a)]
    }

    fn score_and_information(&self, likelihood: Likelihood, point: &[Big]) -> (Vec<Big>, Vec<Vec<Big>>) {
        let size = point.len();
        let mut score = vec![big(0.0); size];
        let mut information = vec![vec![big(0.0); size]; size];
        let mut rows = Vec::new();
        for (i, &label) in self.labels.iter().enumerate() {
            let row = self.row(i);
            let [a, v] = self.mean_and_variance(likelihood, &self.logit(i, point));
            let (residual, weight) = (self.weight(i) * (big(label) - &a), self.weight(i) * v);
            for j in 0..size {
                score[j] = score[j].clone() + residual.clone() * &row[j];
                for k in 0..size {
                    information[j][k] = information[j][k].clone() + weight.clone() * &row[j] * &row[k];
                }
            }
            rows.push((row, a, weight));
        }
        if let Likelihood::Ridge(lambda) = likelihood {
            let lambda = self.total() * big(lambda);
            for j in 1..size {
                score[j] = score[j].clone() - lambda.clone() * &point[j];
                information[j][j] = information[j][j].clone() + &lambda;
            }
        }
        if likelihood == Likelihood::Firth
            && let Some(inverse) = inverted(&information)
        {
            for (row, a, weight) in rows {
                let leverage =
                    inverse.iter().zip(&row).fold(big(0.0), |sum, (line, x)| sum + product(line, &row) * x);
                let pull = big(0.5) * weight * leverage * (big(1.0) - big(2.0) * a);
                for j in 0..size {
                    score[j] = score[j].clone() + pull.clone() * &row[j];
                }
            }
        }
        (score, information)
    }

    pub(in crate::verify) fn log_likelihood(&self, likelihood: Likelihood, point: &[Big]) -> Big {
        let loss = |i: usize| {
            let z = self.logit(i, point);
            let linear = big(self.labels[i]) * &z;
            let convex = if likelihood == Likelihood::Poisson { exp(&z) } else { ln(&(exp(&z) + big(1.0))) };
            self.weight(i) * (convex - linear)
        };
        -(0..self.labels.len()).fold(big(0.0), |sum, i| sum + loss(i))
    }

    /// What is maximised, with its penalty.
    pub(in crate::verify) fn objective(&self, likelihood: Likelihood, point: &[Big]) -> Big {
        let plain = self.log_likelihood(likelihood, point);
        match likelihood {
            Likelihood::Ridge(lambda) => {
                let squares = point[1..].iter().fold(big(0.0), |sum, w| sum + w.clone() * w);
                plain - self.total() * big(lambda / 2.0) * squares
            }
            Likelihood::Firth => {
                let (_, information) = self.score_and_information(Likelihood::Logistic, point);
                plain + big(0.5) * ln(&determinant(&information))
            }
            Likelihood::Logistic | Likelihood::Poisson => plain,
        }
    }
}

fn product(row: &[Big], vector: &[Big]) -> Big {
    row.iter().zip(vector).fold(big(0.0), |sum, (a, b)| sum + a.clone() * b)
}

/// The inverse of a positive definite matrix by Gauss and Jordan; nothing where a pivot is not positive.
fn inverted(matrix: &[Vec<Big>]) -> Option<Vec<Vec<Big>>> {
    let size = matrix.len();
    let unit = |j: usize| (0..size).map(move |k| big(f64::from(u8::from(j == k))));
    let mut rows: Vec<Vec<Big>> =
        matrix.iter().enumerate().map(|(j, row)| row.iter().cloned().chain(unit(j)).collect()).collect();
    for j in 0..size {
        let pivot = rows[j][j].clone();
        if pivot.to_f64().is_nan() || pivot.to_f64() <= 0.0 {
            return None;
        }
        for entry in &mut rows[j] {
            *entry = entry.clone() / &pivot;
        }
        let eliminated = rows[j].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(k, _)| *k != j) {
            let factor = row[j].clone();
            for (entry, other) in row.iter_mut().zip(&eliminated) {
                *entry = entry.clone() - factor.clone() * other;
            }
        }
    }
    Some(rows.into_iter().map(|row| row[size..].to_vec()).collect())
}

fn determinant(matrix: &[Vec<Big>]) -> Big {
    let mut rows = matrix.to_vec();
    let mut found = big(1.0);
    for j in 0..rows.len() {
        let pivot = rows[j][j].clone();
        found = found * &pivot;
        let eliminated = rows[j].clone();
        for row in rows.iter_mut().skip(j + 1) {
            let factor = row[j].clone() / &pivot;
            for (entry, other) in row.iter_mut().zip(&eliminated) {
                *entry = entry.clone() - factor.clone() * other;
            }
        }
    }
    found
}

/// Bits for tails: the series' terms are as large as e^(x²) and the tail as small as e^(−x²).
const TAIL_PRECISION: usize = 1536;

/// P(|Z| > z) of a standard normal Z, 1 − erf(z/√2) by erf's power series (Abramowitz and Stegun, 7.1.5); z up to 20.
pub(in crate::verify) fn normal_tails(z: f64) -> f64 {
    let x = Big::new(z.abs(), TAIL_PRECISION) / root(&Big::new(2.0, TAIL_PRECISION));
    (Big::new(1.0, TAIL_PRECISION) - error_function(&x)).to_f64()
}

fn error_function(x: &Big) -> Big {
    let square = x.clone() * x;
    let mut term = x.clone();
    let mut sum = x.clone();
    for n in 1..4000 {
        term = -(term * &square / Big::constant(f64::from(n)));
        let part = term.clone() / Big::constant(f64::from(2 * n + 1));
        sum = sum + &part;
        if part.to_f64().abs() < 1e-250 {
            break;
        }
    }
    // π = 4·arctan 1
    let pi = Big::new(4.0, TAIL_PRECISION) * Big::compute(Primitive::Atan, &[Big::new(1.0, TAIL_PRECISION)]);
    sum * Big::constant(2.0) / root(&pi)
}

/// P(χ²ₖ > x) by Q(a + 1, h) = Q(a, h) + hᵃe^(−h)/Γ(a + 1), from Q(½, h) = erfc(√h) and Q(1, h) = e^(−h) (Abramowitz and Stegun, 6.5.21).
pub(in crate::verify) fn chi_squared_tail(x: f64, degrees: usize) -> f64 {
    let half = Big::new(x, TAIL_PRECISION) / Big::constant(2.0);
    let decay = exp(&-half.clone());
    let pi = Big::new(4.0, TAIL_PRECISION) * Big::compute(Primitive::Atan, &[Big::new(1.0, TAIL_PRECISION)]);
    let (mut order, mut tail, mut term) = if degrees % 2 == 1 {
        let tail = Big::new(1.0, TAIL_PRECISION) - error_function(&root(&half));
        // h^(1/2)·e^(−h)/Γ(3/2), Γ(3/2) = √π/2
        (0.5, tail, root(&half) * &decay * Big::constant(2.0) / root(&pi))
    } else {
        (1.0, decay.clone(), half.clone() * &decay)
    };
    while order < degrees as f64 / 2.0 {
        tail = tail + &term;
        // Γ(a + 2) = (a + 1)·Γ(a + 1)
        order += 1.0;
        term = term * &half / Big::constant(order);
    }
    tail.to_f64()
}
