//! Where one proof ends and another begins, found by halving along a ray from the optimum.
//!
//! Bounds by the penalty alone are kept as long as they are enough and narrow, a thousandth of a standard error; the Hessian proves nothing from
//! R·ν = ½ on. Where the Hessian has next to
//! no digits, W of H⁻¹ = D·WᵀW·D is large and so is what roundings of H do to it.
//!
//! Invariant: both sides are asked the same question at the same points, and where the answer changes is compared.

use chainrule_model::{Certificate, Theorem};

use super::super::oracle::{Big, Sample};
use super::cases::{Case, Expected};
use super::theorems::Bounds;
use super::{Range, compare, hold, random_sample};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Halvings of ten decades; the formulas at f64 agree with the certificates to a ten thousandth.
const HALVINGS: usize = 24;
const AGREED: f64 = 1e-3;

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    along_rays(effort)?.into_iter().for_each(&mut *emit);
    emit(of_few_digits()?);
    Ok(())
}

fn row(name: &str, reference: &'static str, bound: f64, files: &'static str) -> Check {
    Check::new(format!("proofs: {name}"), "certificates", reference, bound).convicts(files)
}

/// What a certificate says of itself.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    /// Is it by the penalty alone?
    ByPenalty,
    /// Is there one?
    Exists,
}

impl Question {
    fn of(self, theorem: Option<Theorem>) -> bool {
        match self {
            Question::ByPenalty => theorem == Some(Theorem::StrongConvexity),
            Question::Exists => theorem.is_some(),
        }
    }
}

fn along_rays(effort: &Effort) -> Result<[Check; 2], Error> {
    let mut narrow = row(
        "where bounds by the penalty are no longer narrow",
        "distances by the formulas",
        AGREED,
        "crates/model/src/{certificate/narrow,verdict,fit}.rs",
    );
    let mut reach = row(
        "where self-concordance proves nothing more",
        "distances by the formulas",
        AGREED,
        "crates/model/src/{certificate/self_concordance,closed_form/each}.rs",
    );
    let draws =
        [(Random::new(0x11A1), effort.samples(6, 60)), (effort.fresh("limits"), effort.samples(3, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = random_sample(kind, &mut random);
            let lambda = 10f64.powf(random.between(-3.0, -1.0));
            let plain = Case { sample: sample.clone(), lambda: 0.0, tolerance: None };
            let ridge = Case { sample: sample.clone(), lambda, tolerance: None };
            let at_hand = Case { sample, lambda, tolerance: Some(0.9) };
            along_ray(&mut narrow, &ridge, Question::ByPenalty, &mut random)?;
            along_ray(&mut narrow, &at_hand, Question::ByPenalty, &mut random)?;
            along_ray(&mut reach, &plain, Question::Exists, &mut random)?;
        }
    }
    Ok([narrow, reach])
}

fn along_ray(row: &mut Check, case: &Case, question: Question, random: &mut Random) -> Result<(), Error> {
    let Some(truth) = case.truth() else { return Ok(()) };
    let data = case.dataset()?;
    let deviation = |j: usize| truth.covariance[j][j].to_f64().sqrt();
    let ray: Vec<f64> = (0..truth.point.len()).map(|j| random.normal() * deviation(j)).collect();
    let at = |t: f64| -> Vec<f64> {
        truth.point.iter().zip(&ray).map(|(known, along): (&Big, &f64)| known.to_f64() + t * along).collect()
    };
    let found = |t: f64| -> Result<bool, Error> {
        let found = case.regression().certify(&data, &at(t))?;
        Ok(question.of(found.as_ref().map(Certificate::theorem)))
    };
    let known = |t: f64| Ok(question.of(case.at_f64(&at(t)).theorem()));
    let what = format!("{} coefficients, λ = {}, tolerance {:?}", ray.len(), case.lambda, case.tolerance);
    match (switch(&found)?, switch(&known)?) {
        (Some(found), Some(known)) => row.compare_at(found, known, || what),
        (None, None) => {}
        (found, known) => row.expect(false, || format!("{what}: {found:?} for {known:?}")),
    }
    Ok(())
}

/// The distance up to which the answer is yes, if it is not the same from end to end.
fn switch(answer: &dyn Fn(f64) -> Result<bool, Error>) -> Result<Option<f64>, Error> {
    let (mut low, mut high) = (1e-9_f64.ln(), 10_f64.ln());
    if !answer(low.exp())? || answer(high.exp())? {
        return Ok(None);
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if answer(middle.exp())? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(Some(low.exp()))
}

/// Two columns that differ in two examples alone, whose classes are as good as certain.
fn of_few_digits() -> Result<Check, Error> {
    let mut row = row(
        "bounds from a Hessian of few digits",
        "the theorem's formulas",
        1.0,
        "crates/model/src/{certificate/self_concordance,metric}.rs",
    );
    for certain in [18.0, 26.0, 28.0, 28.5, 29.0, 29.25, 29.5, 29.75, 30.0] {
        let case = Case { sample: nearly_alike(certain), lambda: 0.0, tolerance: None };
        let Some(truth) = case.truth() else { continue };
        let point: Vec<f64> = truth.point.iter().map(Big::to_f64).collect();
        let found = case.regression().certify(&case.dataset()?, &point)?;
        let what = format!("logits of {certain}");
        match (&found, case.at(None, &point).expected()) {
            (_, Expected::Unknown) | (None, Expected::None) => {}
            (Some(found), Expected::Certificate(bounds)) => {
                let bounds: Bounds = *bounds;
                compare(&mut row, found, &bounds, FEW_DIGITS, &what);
                hold(&mut row, found, &case, &truth, &point, &what);
            }
            (found, _) => row.expect(false, || format!("{what}: {found:?}")),
        }
    }
    Ok(row)
}

/// A Hessian of condition 10¹³ has three digits.
const FEW_DIGITS: Range = Range { below: 5e-3, above: 5e-3 };

fn nearly_alike(certain: f64) -> Sample {
    let one: Vec<f64> = (0..16).map(|i| f64::from(i % 4) - 1.5).collect();
    let mut other = one.clone();
    let mut labels: Vec<f64> = (0..16).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
    let mut offset = vec![0.0; 16];
    for (i, label) in [(4, 0.0), (9, 1.0)] {
        labels[i] = label;
        other[i] += 3.0;
        offset[i] = certain * (2.0 * label - 1.0);
    }
    Sample { columns: vec![one, other], labels, weights: None, offset: Some(offset) }
}
