//! What the features of synthetic data are drawn from.
//!
//! Invariant: every distribution has mean 0 and variance 1, so that a margin means the same for all.
//!
//! Uniform numbers take + − × ÷ and √ only, which IEEE 754 rounds alike everywhere. The others go through
//! logarithms, exponentials and powers of the standard library and through `rand_distr`: the same bits
//! only on the same platform, compiler and version of that crate.

use crate::Error;
use crate::random::Random;
use rand_distr::{Distribution as _, Exp1, LogNormal as LogNormalDistribution, StandardNormal, StudentT};

/// The distribution of one feature, with mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Distribution {
    /// Uniform on [−√3, √3). The same bits on every platform.
    #[default]
    Uniform,
    /// Gaussian.
    Gaussian,
    /// Student's t with so many degrees of freedom (above 2, for a finite variance), divided by its
    /// standard deviation: heavy tails on both sides.
    StudentT(f64),
    /// Exponential, less its mean 1: a tail on one side.
    Exponential,
    /// The exponential of a standard Gaussian, standardised: a heavy tail on one side.
    LogNormal,
}

/// A distribution made ready to be drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sampler {
    Uniform,
    Gaussian,
    StudentT { distribution: StudentT<f64>, deviation: f64 },
    Exponential,
    LogNormal { distribution: LogNormalDistribution<f64>, mean: f64, deviation: f64 },
}

impl Distribution {
    /// The sampler of this distribution; an error if its parameter is out of range.
    pub(crate) fn sampler(self) -> Result<Sampler, Error> {
        match self {
            Distribution::Uniform => Ok(Sampler::Uniform),
            Distribution::Gaussian => Ok(Sampler::Gaussian),
            Distribution::StudentT(degrees) => student_t(degrees),
            Distribution::Exponential => Ok(Sampler::Exponential),
            Distribution::LogNormal => log_normal(),
        }
    }
}

impl Sampler {
    /// One draw.
    pub(crate) fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Sampler::Uniform => (2.0 * random.uniform() - 1.0) * 3_f64.sqrt(),
            Sampler::Gaussian => StandardNormal.sample(random.words()),
            Sampler::StudentT { distribution, deviation } => distribution.sample(random.words()) / deviation,
            Sampler::Exponential => {
                let draw: f64 = Exp1.sample(random.words());
                draw - 1.0
            }
            Sampler::LogNormal { distribution, mean, deviation } => {
                (distribution.sample(random.words()) - mean) / deviation
            }
        }
    }
}

fn student_t(degrees: f64) -> Result<Sampler, Error> {
    let wanted = "a finite number above 2, for a finite variance";
    let refused = Error::Parameter { name: "degrees of freedom", value: degrees, wanted };
    if !(degrees > 2.0 && degrees.is_finite()) {
        return Err(refused);
    }
    let distribution = StudentT::new(degrees).map_err(|_| refused)?;
    // The variance of Student's t is ν/(ν − 2).
    Ok(Sampler::StudentT { distribution, deviation: (degrees / (degrees - 2.0)).sqrt() })
}

fn log_normal() -> Result<Sampler, Error> {
    let refused = Error::Parameter { name: "log-normal deviation", value: 1.0, wanted: "a finite number" };
    let distribution = LogNormalDistribution::new(0.0, 1.0).map_err(|_| refused)?;
    // The mean of e^N(0, 1) is √e and its variance (e − 1)·e.
    let (mean, variance) = (0.5_f64.exp(), 1_f64.exp_m1() * 1_f64.exp());
    Ok(Sampler::LogNormal { distribution, mean, deviation: variance.sqrt() })
}
