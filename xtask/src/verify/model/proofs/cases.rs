//! Which of the bounds a certificate is made of, case by case.
//!
//! The penalty is asked first. If what it proves is enough and narrow, that is all; else the Hessian is asked too, of a part of the examples where
//! there is one, and each bound is the
//! smaller one of the two theorems'. With a tolerance the gradient is the solver's own, unless that proves too little.
//!
//! Invariant: of a case within a hundredth of a limit nothing is expected.

use chainrule_data::Dataset;
use chainrule_model::{LogisticRegression, Penalty, Theorem};
use nalgebra::{DMatrix, DVector};

use super::super::oracle::{Estimate, Likelihood, Sample};
use super::seen::{Seen, Units};
use super::theorems::{Basis, Bounds, Over, Place, inverse_factor};
use crate::error::Error;

/// A gap that is proved without a tolerance, as a share of F.
const PROVED: f64 = 1e-9;

/// Data, what is minimised over them, and how precisely.
#[derive(Clone, Debug)]
pub(in crate::verify::model) struct Case {
    pub(in crate::verify::model) sample: Sample,
    pub(in crate::verify::model) lambda: f64,
    pub(in crate::verify::model) tolerance: Option<f64>,
}

/// A tenth of many examples.
pub(in crate::verify::model) struct Part {
    pub(in crate::verify::model) sample: Sample,
    pub(in crate::verify::model) share: f64,
}

/// What a certificate has to be: nothing is known near a limit.
pub(in crate::verify::model) enum Expected {
    Certificate(Box<Bounds>),
    None,
    Unknown,
}

impl Case {
    pub(in crate::verify::model) fn dataset(&self) -> Result<Dataset, Error> {
        let sample = &self.sample;
        let (rows, width) = (sample.labels.len(), sample.columns.len());
        let features = DMatrix::from_iterator(rows, width, sample.columns.iter().flatten().copied());
        let names = (0..width).map(|j| format!("x{j}")).collect();
        let mut data = Dataset::new(features, DVector::from_vec(sample.labels.clone()), names)?;
        if let Some(weights) = &sample.weights {
            data = data.with_weights(DVector::from_vec(weights.clone()))?;
        }
        if let Some(offset) = &sample.offset {
            data = data.with_offset(DVector::from_vec(offset.clone()))?;
        }
        Ok(data)
    }

    /// What is maximised.
    pub(in crate::verify::model) fn likelihood(&self) -> Likelihood {
        if self.lambda > 0.0 { Likelihood::Ridge(self.lambda) } else { Likelihood::Logistic }
    }

    /// The optimum at 256 bits, begun where Newton's steps at f64 end.
    pub(in crate::verify::model) fn truth(&self) -> Option<Estimate> {
        const STEPS: usize = 12;
        let units = Units::of(&self.sample, &self.sample);
        let size = self.sample.columns.len() + 1;
        let mut point = vec![0.0; size];
        for _ in 0..STEPS {
            let seen = Seen::plain(&self.sample, &units, &point, self.lambda);
            let step = newton_step(&seen, &units, self.lambda)?;
            // By standard coordinates: w = w′/s, b = b′ − Σ w·μ.
            for j in 1..size {
                let step = step[j] / units.scales[j - 1];
                point[j] -= step;
                point[0] += step * units.means[j - 1];
            }
            point[0] -= step[0];
        }
        let start = if point.iter().all(|w| w.is_finite()) { point } else { vec![0.0; size] };
        self.sample.estimate_from(&start, self.likelihood(), None)
    }

    pub(in crate::verify::model) fn regression(&self) -> LogisticRegression {
        let penalty = if self.lambda > 0.0 { Penalty::L2(self.lambda) } else { Penalty::None };
        let regression = LogisticRegression::new().penalty(penalty);
        match self.tolerance {
            Some(tolerance) => regression.tolerance(tolerance),
            None => regression,
        }
    }

    /// The same as [`at`](Self::at) by sums at f64.
    pub(in crate::verify::model) fn at_f64<'c>(&'c self, point: &'c [f64]) -> Point<'c> {
        let units = Units::of(&self.sample, &self.sample);
        let seen = Seen::plain(&self.sample, &units, point, self.lambda);
        Point { case: self, part: None, point, units, seen }
    }

    /// What is known at a point: the examples in standard coordinates and the means over them.
    pub(in crate::verify::model) fn at<'c>(&'c self, part: Option<&'c Part>, point: &'c [f64]) -> Point<'c> {
        let units = Units::of(part.map_or(&self.sample, |part| &part.sample), &self.sample);
        let seen = match part {
            None => Seen::exact(&self.sample, &units, point, self.lambda),
            Some(_) => Seen::plain(&self.sample, &units, point, self.lambda),
        };
        Point { case: self, part, point, units, seen }
    }
}

/// A case at a point.
pub(in crate::verify::model) struct Point<'c> {
    case: &'c Case,
    part: Option<&'c Part>,
    point: &'c [f64],
    pub(in crate::verify::model) units: Units,
    pub(in crate::verify::model) seen: Seen,
}

impl Point<'_> {
    /// The certificate, if the case is clear.
    pub(in crate::verify::model) fn expected(&self) -> Expected {
        match [0.99, 1.01].map(|edge| self.bounds(edge)) {
            [Some(one), Some(other)] if one.theorem == other.theorem && one.gap == other.gap => {
                Expected::Certificate(Box::new(one))
            }
            [None, None] => Expected::None,
            _ => Expected::Unknown,
        }
    }

    /// What proves the certificate, if there is one.
    pub(in crate::verify::model) fn theorem(&self) -> Option<Theorem> {
        self.bounds(1.0).map(|bounds| bounds.theorem)
    }

    /// By strong convexity alone, as after steps of descent.
    pub(in crate::verify::model) fn by_penalty(&self) -> Option<Bounds> {
        self.place(Basis::Compensated, 1.0).by_penalty()
    }

    fn place(&self, basis: Basis, edge: f64) -> Place<'_> {
        let Case { sample, lambda, .. } = self.case;
        Place::new(sample, &self.units, self.point, self.seen.clone(), *lambda, basis, edge)
    }

    fn bounds(&self, edge: f64) -> Option<Bounds> {
        let compensated = self.place(Basis::Compensated, edge);
        let share = self.case.tolerance.unwrap_or(PROVED);
        let is_enough = |bounds: &Bounds| bounds.gap <= share * compensated.value() * edge;
        if self.case.tolerance.is_some() && self.case.lambda > 0.0 {
            let at_hand = self.place(Basis::AtHand, edge);
            match (at_hand.by_penalty().filter(is_enough), self.part) {
                (Some(bounds), _) => return Some(self.narrowed(&at_hand, bounds, edge)),
                (None, Some(part)) => {
                    if let Some(bounds) = self.by_part(&at_hand, part).filter(is_enough) {
                        return Some(bounds);
                    }
                }
                (None, None) => {}
            }
        }
        match compensated.by_penalty() {
            Some(bounds) if is_enough(&bounds) => Some(self.narrowed(&compensated, bounds, edge)),
            by_penalty => both(by_penalty, self.by_whole(&compensated)),
        }
    }

    fn narrowed(&self, place: &Place<'_>, bounds: Bounds, edge: f64) -> Bounds {
        if place.breadth(&bounds) <= edge {
            return bounds;
        }
        let Some(part) = self.part else {
            return both(Some(bounds.clone()), self.by_whole(place)).unwrap_or(bounds);
        };
        let bounds = both(Some(bounds.clone()), self.by_part(place, part)).unwrap_or(bounds);
        if place.breadth(&bounds) <= edge || self.case.tolerance.is_some() {
            return bounds;
        }
        both(Some(bounds.clone()), self.by_whole(place)).unwrap_or(bounds)
    }

    fn by_whole(&self, place: &Place<'_>) -> Option<Bounds> {
        let examples = self.rows(&self.case.sample);
        place.by_hessian(&self.seen.hessian, &Over { examples: &examples, is_whole: true })
    }

    fn by_part(&self, place: &Place<'_>, part: &Part) -> Option<Bounds> {
        let of_part = Seen::plain(&part.sample, &self.units, self.point, self.case.lambda).hessian;
        let shared: Vec<Vec<f64>> =
            of_part.iter().map(|row| row.iter().map(|entry| entry * part.share).collect()).collect();
        let examples = self.rows(&part.sample);
        place.by_hessian(&shared, &Over { examples: &examples, is_whole: false })
    }

    /// (1, x′) of each example.
    fn rows(&self, sample: &Sample) -> Vec<Vec<f64>> {
        let row = |i: usize| {
            let entry =
                |(j, column): (usize, &Vec<f64>)| (column[i] - self.units.means[j]) / self.units.scales[j];
            std::iter::once(1.0).chain(sample.columns.iter().enumerate().map(entry)).collect()
        };
        (0..sample.labels.len()).map(row).collect()
    }
}

fn both(one: Option<Bounds>, other: Option<Bounds>) -> Option<Bounds> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.and(&other)),
        (one, other) => one.or(other),
    }
}

/// (∇²F)⁻¹∇F in standard coordinates.
fn newton_step(seen: &Seen, units: &Units, lambda: f64) -> Option<Vec<f64>> {
    let mut hessian = seen.hessian.clone();
    for (j, scale) in units.scales.iter().enumerate() {
        hessian[j + 1][j + 1] += lambda / scale.powi(2);
    }
    let root = inverse_factor(&hessian)?;
    let along: Vec<f64> =
        root.iter().map(|row| row.iter().zip(&seen.gradient).map(|(w, g)| w * g).sum()).collect();
    Some((0..along.len()).map(|j| root.iter().zip(&along).map(|(row, a)| row[j] * a).sum()).collect())
}
