//! The textbook's algorithms on a smooth function: dense, plain, slow.
//!
//! Invariant: nothing of the model crate is used.

const STEPS: usize = 30;

/// A point to F and ∇F there.
type Derivatives<'s> = dyn Fn(&[f64]) -> (f64, Vec<f64>) + 's;

/// A function with its derivatives.
pub(super) struct Smooth<'s> {
    pub(super) value_and_gradient: &'s Derivatives<'s>,
    pub(super) hessian: &'s dyn Fn(&[f64]) -> Vec<Vec<f64>>,
}

/// A place on a path.
pub(super) struct Step {
    pub(super) point: Vec<f64>,
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
}

impl Smooth<'_> {
    pub(super) fn at(&self, point: Vec<f64>) -> Step {
        let (value, gradient) = (self.value_and_gradient)(&point);
        Step { point, value, gradient }
    }

    /// The first of the whole step, its half, … that falls as promised.
    pub(super) fn lower(&self, from: &Step, step: &[f64]) -> Step {
        let slope = dot(&from.gradient, step);
        let mut share = 1.0;
        loop {
            let there = self.at(plus(&from.point, share, step));
            if there.value <= from.value + 1e-4 * share * slope || share < 1e-9 {
                return there;
            }
            share /= 2.0;
        }
    }

    /// F along a path whose steps follow from where it is and where it was.
    pub(super) fn path(&self, start: &[f64], mut step: impl FnMut(&Self, &[Step]) -> Vec<f64>) -> Vec<f64> {
        let mut places = vec![self.at(start.to_vec())];
        for _ in 0..STEPS {
            let next = step(self, &places);
            let last = &places[places.len() - 1];
            // Here steps end in roundings.
            if dot(&last.gradient, &next).abs() < 1e-8 * last.value.abs() {
                break;
            }
            let next = self.lower(last, &next);
            places.push(next);
        }
        places.into_iter().map(|place| place.value).collect()
    }

    pub(super) fn bfgs(&self, start: &[f64], diagonal: &[f64]) -> Vec<f64> {
        self.path(start, |_, places| {
            let size = diagonal.len();
            let mut inverse: Vec<Vec<f64>> = (0..size)
                .map(|j| (0..size).map(|k| if j == k { 1.0 / diagonal[j] } else { 0.0 }).collect())
                .collect();
            for pair in places.windows(2).rev().take(20).collect::<Vec<_>>().into_iter().rev() {
                let s = plus(&pair[1].point, -1.0, &pair[0].point);
                let y = plus(&pair[1].gradient, -1.0, &pair[0].gradient);
                let rho = 1.0 / dot(&s, &y);
                let entry = |j: usize, k: usize| {
                    let left = |j: usize, l: usize| f64::from(u8::from(j == l)) - rho * s[j] * y[l];
                    let sum = |l: usize| (0..size).map(|m| inverse[l][m] * left(k, m)).sum::<f64>();
                    (0..size).map(|l| left(j, l) * sum(l)).sum::<f64>() + rho * s[j] * s[k]
                };
                inverse = (0..size).map(|j| (0..size).map(|k| entry(j, k)).collect()).collect();
            }
            let last = &places[places.len() - 1];
            product(&inverse, &last.gradient).into_iter().map(|entry| -entry).collect()
        })
    }

    pub(super) fn conjugate_gradients(&self, start: &[f64], diagonal: &[f64]) -> Vec<f64> {
        let in_metric = |v: &[f64]| v.iter().zip(diagonal).map(|(v, d)| v * v / d).sum::<f64>().sqrt();
        self.path(start, |smooth, places| {
            let last = &places[places.len() - 1];
            let (first, now) = (in_metric(&places[0].gradient), in_metric(&last.gradient));
            let wanted = now * (now / first).sqrt().min(0.5);
            let hessian = (smooth.hessian)(&last.point);
            let mut step = vec![0.0; diagonal.len()];
            let mut residual: Vec<f64> = last.gradient.iter().map(|g| -g).collect();
            let solved = |r: &[f64]| r.iter().zip(diagonal).map(|(r, d)| r / d).collect::<Vec<f64>>();
            let mut direction = solved(&residual);
            for _ in 0..diagonal.len() {
                if in_metric(&residual) <= wanted {
                    break;
                }
                let turned = product(&hessian, &direction);
                let before = dot(&residual, &solved(&residual));
                let share = before / dot(&direction, &turned);
                step = plus(&step, share, &direction);
                residual = plus(&residual, -share, &turned);
                let again = dot(&residual, &solved(&residual)) / before;
                direction = plus(&solved(&residual), again, &direction);
            }
            step
        })
    }
}

/// By squaring the matrix, which leaves the direction of the largest.
pub(super) fn largest_eigenvalue(matrix: &[Vec<f64>]) -> f64 {
    let size = matrix.len();
    let mut power = matrix.to_vec();
    for _ in 0..40 {
        let trace: f64 = (0..size).map(|j| power[j][j]).sum();
        let entry =
            |j: usize, k: usize| (0..size).map(|l| power[j][l] * power[l][k]).sum::<f64>() / trace / trace;
        power = (0..size).map(|j| (0..size).map(|k| entry(j, k)).collect()).collect();
    }
    // A power is v·vᵀ: the row of its largest diagonal entry is v.
    let most = (0..size).max_by(|&j, &k| power[j][j].total_cmp(&power[k][k])).unwrap_or(0);
    let along = power[most].clone();
    let turned = product(matrix, &along);
    dot(&turned, &along) / dot(&along, &along)
}

pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

pub(super) fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

pub(super) fn plus(point: &[f64], share: f64, step: &[f64]) -> Vec<f64> {
    point.iter().zip(step).map(|(p, s)| p + share * s).collect()
}

/// The solution of a linear system by elimination with pivots.
pub(super) fn solved(matrix: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let size = right.len();
    let mut rows: Vec<Vec<f64>> =
        matrix.iter().zip(right).map(|(row, r)| row.iter().copied().chain([*r]).collect()).collect();
    for j in 0..size {
        let best = (j..size).max_by(|&a, &b| rows[a][j].abs().total_cmp(&rows[b][j].abs())).unwrap_or(j);
        rows.swap(j, best);
        let pivot = rows[j].clone();
        for (k, row) in rows.iter_mut().enumerate() {
            let factor = row[j] / pivot[j];
            if k != j {
                row.iter_mut().zip(&pivot).for_each(|(entry, other)| *entry -= factor * other);
            }
        }
    }
    (0..size).map(|j| rows[j][size] / rows[j][j]).collect()
}
