//! Where operations are looked at: the same arguments for every operation, cut to its domain.
//!
//! Rounding goes wrong at edges and at magnitudes that nobody tries by hand, so the arguments are landmarks
//! of f64 (zero, the smallest and the largest numbers, 1 and its neighbours, where e^x over- and underflows),
//! the operation's own probes, and draws from a fixed seed: of moderate size, of any size, close to ±1, and
//! close to multiples of π/2. Of several arguments a part is drawn close to each other.
//!
//! Invariant: the same operation and number give the same list on every platform; no operation is known by
//! name here.

use std::f64::consts::FRAC_PI_2;

use crate::op::Op;

/// Points at which something ends, overflows, cancels or begins to round; each is used with both signs.
const LANDMARKS: [f64; 24] = [
    0.0,
    5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    1e-200,
    1e-100,
    1.0 / 134_217_728.0, // 2⁻²⁷: its square is lost beside 1
    f64::EPSILON,
    0.5,
    1.0 - f64::EPSILON / 2.0,
    1.0,
    1.0 + f64::EPSILON,
    FRAC_PI_2,
    2.0 * FRAC_PI_2,
    37.0,  // 1 + e^(−37) is 1
    354.9, // the square of e^x overflows beyond
    709.78,
    745.13, // e^(−x) is 0 beyond
    1e10,
    1e100,
    1e154, // squares overflow beyond
    1e200,
    1e300,
    f64::MAX,
];

/// How many arguments an operation of any number of them is given: even, as a dot product needs.
const ANY_NUMBER: usize = 6;

/// Draws that miss the domain are repeated, this many times as many as are wanted: domains are no small part
/// of the line.
const PATIENCE: usize = 64;

/// Argument lists in the domain of an operation and off its kinks: probes, landmarks, and `draws` seeded
/// draws.
///
/// Operations of any number of arguments are given their probes and lists of six.
///
/// ```
/// use chainrule_graph::Op;
/// use chainrule_graph::oracle::samples;
///
/// let arguments = samples(Op::Ln, 100);
/// assert!(arguments.contains(&vec![5e-324]) && arguments.contains(&vec![f64::MAX]));
/// assert!(arguments.iter().all(|x| Op::Ln.in_domain(x)));
/// ```
pub fn samples(op: Op, draws: usize) -> Vec<Vec<f64>> {
    let arity = op.arity().unwrap_or(ANY_NUMBER);
    let mut random = Random(SEED);
    let mut samples = op.probes();
    samples.extend(landmarks(arity, &mut random));
    samples.retain(|arguments| is_smooth(op, arguments));
    let drawn = (0..PATIENCE * draws).map(|_| random.arguments(arity));
    samples.extend(drawn.filter(|arguments| is_smooth(op, arguments)).take(draws));
    samples
}

/// Whether a difference quotient can judge: in the domain, off the kinks.
pub(super) fn is_smooth(op: Op, arguments: &[f64]) -> bool {
    op.in_domain(arguments) && op.kink_values(arguments).iter().all(|&kink| kink != 0.0)
}

/// Each landmark with both signs if there is one argument; of several, each magnitude beside each, with signs
/// as they are drawn, and the same distance further along the list for the rest.
fn landmarks(arity: usize, random: &mut Random) -> Vec<Vec<f64>> {
    if arity == 1 {
        return LANDMARKS.iter().flat_map(|&landmark| [vec![landmark], vec![-landmark]]).collect();
    }
    let count = LANDMARKS.len();
    let mut list = |first: usize, shift: usize| -> Vec<f64> {
        (0..arity).map(|k| random.sign() * LANDMARKS[(first + k * shift) % count]).collect()
    };
    (0..count * count).map(|place| list(place / count, place % count)).collect()
}

/// The seed of all draws.
const SEED: u64 = 0x0c4a_1e5e_ed0f_7ab1;

/// SplitMix64 (Steele, Lea & Flood, 2014): a few lines that draw the same everywhere.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2.0_f64.powi(-53)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn sign(&mut self) -> f64 {
        if self.bits() & 1 == 0 { 1.0 } else { -1.0 }
    }

    /// A magnitude whose binary exponent is uniform between two.
    fn magnitude(&mut self, low: i32, high: i32) -> f64 {
        let exponent = self.between(f64::from(low), f64::from(high)).floor() as i32;
        // In two factors, since 2^−1074 is no factor of its own on every platform.
        let half = exponent / 2;
        (1.0 + self.unit()) * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half)
    }

    fn argument(&mut self) -> f64 {
        let magnitude = match self.bits() % 8 {
            0..=2 => self.magnitude(-12, 10),
            3 => self.between(0.0, 40.0),
            4 => self.magnitude(f64::MIN_EXP - f64::MANTISSA_DIGITS as i32, f64::MAX_EXP),
            5 => self.magnitude(-60, 60),
            6 => 1.0 + self.sign() * self.magnitude(-53, -1),
            _ => FRAC_PI_2 * self.magnitude(0, 30).floor(),
        };
        self.sign() * magnitude
    }

    fn arguments(&mut self, count: usize) -> Vec<f64> {
        let mut arguments: Vec<f64> = (0..count).map(|_| self.argument()).collect();
        if self.bits().is_multiple_of(4) {
            // All close to the first, or to its opposite.
            for k in 1..count {
                arguments[k] = self.sign() * arguments[0] * (1.0 + self.magnitude(-52, 2));
            }
        }
        arguments.retain(|argument| argument.is_finite());
        arguments
    }
}
