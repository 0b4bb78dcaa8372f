//! Descent by steps −M⁻¹∇J, where M is about the Hessian: Newton's method and limited-memory BFGS are two ways to choose M.
//!
//! The decrement ν = √(∇JᵀM⁻¹∇J) measures how far there is to go: ν²/2 is about the gap to the optimum. By what factor a step brings ν down tells how good
//! M is, and so whether a new Hessian is worth its passes over the data:
//!
//! ```text
//! passes left with this M: ln(ν/goal)/ln(1/factor)        with a new one: its cost and two more
//! ```
//!
//! The gradient's size is no criterion: on separable data it falls below any bound while each step still moves the logits by about 1. Nor is ν, but ν/√J is: it stays
//! there.
//!
//! Invariant: the value never rises, beyond its rounding.

use nalgebra::DVector;

use crate::error::{Error, Obstacle};
use crate::memory::Memory;
use crate::metric::Metric;
use crate::solver::{Goal, Outcome, Place, Problem};

/// How M is chosen.
pub(crate) struct Manner {
    /// M to begin with.
    pub(crate) metric: First,
    /// Whether Hessians are computed at all.
    pub(crate) has_hessian: bool,
    /// How many pairs are remembered.
    pub(crate) memory: usize,
    /// How many steps may be taken.
    pub(crate) limit: usize,
}

/// Steps that limited-memory BFGS remembers.
const MEMORY: usize = 20;

impl Manner {
    /// Newton's method, begun at the Hessian.
    pub(crate) fn newton(limit: usize) -> Self {
        Manner { metric: First::Hessian, has_hessian: true, memory: 0, limit }
    }

    /// Limited-memory BFGS, begun at about the second derivatives.
    pub(crate) fn lbfgs(curvatures: DVector<f64>, limit: usize) -> Self {
        let metric = First::Rough(Metric::Diagonal(curvatures));
        Manner { metric, has_hessian: false, memory: MEMORY, limit }
    }
}

/// M to begin with.
pub(crate) enum First {
    /// The Hessian at the start, to be computed.
    Hessian,
    /// The same, known already.
    Known(Metric),
    /// Something like it.
    Rough(Metric),
}

/// Asked before each step; may end the descent.
pub(crate) type Watch<'w> = &'w mut dyn FnMut(&Look<'_>) -> Result<Option<Stop>, Error>;

/// What there is to see before a step.
pub(crate) struct Look<'p> {
    pub(crate) place: &'p Place,
    /// Steps so far.
    pub(crate) steps: usize,
    /// ν, or ∞ from a solver that does not know it.
    pub(crate) decrement: f64,
}

/// Why a descent is ended from outside.
pub(crate) enum Stop {
    /// The place is good enough.
    Arrived,
    /// There is nothing to be found.
    Obstacle(Obstacle),
}

impl Stop {
    /// What stands in the way of an optimum, if anything.
    pub(crate) fn obstacle(self) -> Option<Obstacle> {
        match self {
            Stop::Arrived => None,
            Stop::Obstacle(obstacle) => Some(obstacle),
        }
    }
}

/// With ν² below this share of J, steps that do not halve ν have met rounding: one step with a new Hessian, or so many without.
const ROUNDING_SHARE: f64 = 1e-16;
const PATIENCE: usize = 10;

/// How often a step by a bound is doubled at most.
const DOUBLINGS: u32 = 20;

/// The age of M from elsewhere.
const OLD: usize = usize::MAX / 2;

/// M is tried for one step for each so many passes that a new one costs: what is remembered of the steps makes it better.
const PASSES_A_TRIAL: f64 = 3.0;

/// Minimises from a point; returns M beside the outcome, for whoever goes on from there.
pub(crate) fn minimise(
    problem: &impl Problem,
    start: DVector<f64>,
    manner: Manner,
    goal: Goal,
    watch: Watch<'_>,
) -> Result<(Outcome, Option<Metric>), Error> {
    minimise_from(problem, Place::at(problem, start)?, manner, goal, watch)
}

/// The same from a place that was looked at.
pub(crate) fn minimise_from(
    problem: &impl Problem,
    mut place: Place,
    manner: Manner,
    goal: Goal,
    watch: Watch<'_>,
) -> Result<(Outcome, Option<Metric>), Error> {
    let mut memory = Memory::new(manner.memory);
    // Steps since M was computed; M from elsewhere is old.
    let (mut metric, mut age) = match manner.metric {
        First::Hessian => (Metric::at(problem, &place.point)?, 0),
        First::Known(metric) => (Some(metric), 0),
        First::Rough(metric) => (Some(metric), OLD),
    };
    let mut history = vec![place.value];
    let mut before: Option<f64> = None;
    let (mut least, mut steps_since_half, mut steps_with) = (f64::INFINITY, 0, 0);
    let (mut is_seen, mut looked, mut is_bound) = (true, 0, false);
    let obstacle = loop {
        if metric.is_none() && !is_bound {
            (metric, age, is_bound) = (problem.bound(), OLD, true);
        }
        let Some(known) = &metric else { break Some(Obstacle::SingularHessian) };
        let step = -memory.solve(known, &place.gradient);
        let decrement = (-place.gradient.dot(&step)).max(0.0).sqrt();
        if !decrement.is_finite() {
            break Some(Obstacle::SingularHessian);
        }
        let factor = before.map(|before: f64| decrement / before);
        (least, steps_since_half) =
            if decrement <= least / 2.0 { (decrement, 0) } else { (least, steps_since_half + 1) };
        match judged(goal, problem.gap_bound(&place), problem.unit(&place), decrement, factor) {
            Judgement::Arrived => break None,
            Judgement::OneStepMore if matches!(goal, Goal::Decrement(_)) => {
                place.point += step;
                is_seen = false;
                break None;
            }
            Judgement::OneStepMore => {
                let Some(last) = place.lower(problem, &step, 1)? else { break None };
                if history.len() > manner.limit {
                    break Some(Obstacle::IterationLimit);
                }
                history.push(last.value);
                place = last;
                break None;
            }
            Judgement::Rounding if age <= 1 || steps_since_half >= PATIENCE => break None,
            Judgement::GoOn | Judgement::Rounding => {}
        }
        if history.len() > looked {
            looked = history.len();
            if let Some(stop) = watch(&Look { place: &place, steps: looked - 1, decrement })? {
                break stop.obstacle();
            }
        }
        if history.len() > manner.limit {
            break Some(Obstacle::IterationLimit);
        }
        let may_renew = manner.has_hessian && age > 0;
        let is_judged = steps_with >= (problem.hessian_cost() / PASSES_A_TRIAL) as usize;
        let next = if may_renew && is_judged && is_slow(problem, &place, goal, decrement, factor) {
            None
        } else {
            // With an old M a step that does not lower the value asks for a new one, not for shorter steps.
            place.lower(problem, &step, if may_renew { 1 } else { usize::MAX })?
        };
        match next {
            Some(next) => {
                let next = if is_bound { farther(problem, &place, &step, next)? } else { next };
                memory.remember(&next.point - &place.point, &next.gradient - &place.gradient);
                history.push(next.value);
                (place, age, before, steps_with) = (next, age + 1, Some(decrement), steps_with + 1);
                is_bound = false;
            }
            None if may_renew => {
                memory.clear();
                (metric, age, before) = (Metric::at(problem, &place.point)?, 0, None);
                steps_with = 0;
            }
            // Where curvatures vanish, as far from all logits, the Hessian's steps are beyond every measure.
            None if !is_bound => {
                memory.clear();
                (metric, age, before, steps_with) = (problem.bound(), OLD, None, 0);
                is_bound = true;
            }
            None => break Some(Obstacle::NoDescent),
        }
    };
    let mut outcome = Outcome::at(place, history, obstacle);
    outcome.is_seen = is_seen;
    Ok((outcome, metric))
}

/// The place twice as far along a step, four times, … as long as the value falls: a step by a bound is as short as the largest curvature there might be demands.
fn farther(
    problem: &impl Problem,
    from: &Place,
    step: &DVector<f64>,
    mut next: Place,
) -> Result<Place, Error> {
    for doubling in 1..=DOUBLINGS {
        let there = Place::at(problem, &from.point + step * f64::from(1_u32 << doubling))?;
        let is_lower = there.value < next.value;
        if !is_lower {
            break;
        }
        next = there;
    }
    Ok(next)
}

/// What a decrement says.
pub(crate) enum Judgement {
    GoOn,
    /// The point is good enough.
    Arrived,
    /// It will be after the step that is known.
    OneStepMore,
    /// Steps no longer bring ν down, and it is small.
    Rounding,
}

pub(crate) fn judged(
    goal: Goal,
    gap: Option<f64>,
    value: f64,
    decrement: f64,
    factor: Option<f64>,
) -> Judgement {
    let squared = decrement * decrement;
    let after = decrement * factor.unwrap_or(1.0).min(1.0);
    let is_stuck = factor.is_some_and(|factor| factor > 0.5);
    match goal {
        _ if decrement == 0.0 => Judgement::Arrived,
        Goal::Gap(share) if gap.unwrap_or(squared / 2.0) <= share * value => Judgement::Arrived,
        Goal::Decrement(wanted) if after <= wanted => Judgement::OneStepMore,
        _ if after <= precise(value) => Judgement::OneStepMore,
        _ if is_stuck && squared <= ROUNDING_SHARE * value => Judgement::Rounding,
        _ => Judgement::GoOn,
    }
}

/// A decrement whose square is nothing beside the value.
fn precise(value: f64) -> f64 {
    f64::EPSILON * value.sqrt()
}

/// Whether the passes that are left with this M are more than a new one costs, and two.
fn is_slow(problem: &impl Problem, place: &Place, goal: Goal, decrement: f64, factor: Option<f64>) -> bool {
    let Some(factor) = factor else { return false };
    let unit = problem.unit(place);
    // By how much ν has still to fall.
    let fall = match goal {
        Goal::Precise => decrement / precise(unit),
        Goal::Decrement(wanted) => decrement / wanted,
        Goal::Gap(share) => {
            (problem.gap_bound(place).unwrap_or(decrement * decrement / 2.0) / (share * unit)).sqrt()
        }
    };
    let passes_left = fall.ln() / -factor.ln();
    !(factor < 1.0 && passes_left <= 2.0 + problem.hessian_cost())
}
