//! Values of `BigFloat` against published digits and against a second library.
//!
//! The constants are those of the On-Line Encyclopedia of Integer Sequences, whose number stands beside each,
//! to 70 digits as printed by Python's mpmath 1.3.0; the sine of 10²² is the example of K. C. Ng, "Argument
//! reduction for huge arguments: good to the last bit", 1992. The second library is astro-float-num, which
//! shares no code with dashu-float.

use astro_float_num::{BigFloat as Astro, Consts, Radix, RoundingMode};
use chainrule_graph::oracle::{BigFloat, samples};
use chainrule_graph::{Op, Real};

/// 70 decimals are 233 bits.
const PRECISION: usize = 256;

#[test]
fn published_constants() {
    let number = |value: f64| BigFloat::new(value, PRECISION);
    let one = number(1.0);
    for (name, found, expected) in [
        (
            "e, A001113",
            one.exp(),
            "2.718281828459045235360287471352662497757247093699959574966967627724077e0",
        ),
        (
            "ln 2, A002162",
            number(2.0).ln(),
            "6.931471805599453094172321214581765680755001343602552541206800094933936e-1",
        ),
        (
            "ln 2, A002162",
            number(0.0).softplus(),
            "6.931471805599453094172321214581765680755001343602552541206800094933936e-1",
        ),
        (
            "ln 3, A002391",
            number(2.0).ln_1p(),
            "1.098612288668109691395245236922525704647490557822749451734694333637494e0",
        ),
        (
            "1/e − 1, A068996",
            number(-1.0).exp_m1(),
            "-6.321205588285576784044762298385391325541888689682321654921631983025385e-1",
        ),
        (
            "π/4, A003881",
            one.atan(),
            "7.853981633974483096156608458198757210492923498437764552437361480769541e-1",
        ),
        (
            "π/2, A019669",
            number(0.0).acos(),
            "1.570796326794896619231321691639751442098584699687552910487472296153908e0",
        ),
        (
            "π/2, A019669",
            number(f64::INFINITY).atan(),
            "1.570796326794896619231321691639751442098584699687552910487472296153908e0",
        ),
        (
            "π/6, A019673",
            number(0.5).asin(),
            "5.235987755982988730771072305465838140328615665625176368291574320513027e-1",
        ),
        (
            "sin 1, A049469",
            one.sin(),
            "8.414709848078965066525023216302989996225630607983710656727517099919104e-1",
        ),
        (
            "cos 1, A049470",
            one.cos(),
            "5.403023058681397174009366074429766037323104206179222276700972553811004e-1",
        ),
        (
            "tan 1, A049471",
            one.tan(),
            "1.557407724654902230506974807458360173087250772381520038383946605698861e0",
        ),
        (
            "√2, A002193",
            number(2.0).sqrt(),
            "1.414213562373095048801688724209698078569671875376948073176679737990732e0",
        ),
        (
            "√5, A002163",
            one.hypot(&number(2.0)),
            "2.236067977499789696409173668731276235440618359611525724270897245410521e0",
        ),
        (
            "sinh 1, A073742",
            one.sinh(),
            "1.175201193643801456882381850595600815155717981334095870229565413013308e0",
        ),
        (
            "cosh 1, A073743",
            one.cosh(),
            "1.543080634815243778477905620757061682601529112365863704737402214710769e0",
        ),
        (
            "tanh 1, A073744",
            one.tanh(),
            "7.615941559557648881194582826047935904127685972579365515968105001219532e-1",
        ),
        (
            "2^√2, A007507",
            number(2.0).powf(&number(2.0).sqrt()),
            "2.66514414269022518865029724987313984827421131371465949283597959336492e0",
        ),
        (
            "sin 10²², Ng",
            number(1e22).sin(),
            "-8.522008497671888017727058937530293682617621504100436562565093260259103e-1",
        ),
    ] {
        assert_eq!(format!("{found:.70}"), expected, "{name}");
    }
}

/// The second library's value of an operation; `None` if it needs none.
#[expect(clippy::panic, reason = "a panic is how a test fails")]
fn by_astro(op: Op, x: &[Astro], constants: &mut Consts) -> Option<Astro> {
    // Enough bits for e^x − 1 and 1 + x at the smallest numbers.
    let (p, to_even) = (2600, RoundingMode::ToEven);
    let one = Astro::from_f64(1.0, p);
    Some(match op {
        Op::Add => x[0].add(&x[1], p, to_even),
        Op::Sub => x[0].sub(&x[1], p, to_even),
        Op::Mul => x[0].mul(&x[1], p, to_even),
        Op::Div => x[0].div(&x[1], p, to_even),
        Op::PowI(n) if n >= 0 => x[0].powi(n.unsigned_abs() as usize, p, to_even),
        Op::PowI(n) => one.div(&x[0].powi(n.unsigned_abs() as usize, p, to_even), p, to_even),
        Op::PowF => x[0].pow(&x[1], p, to_even, constants),
        Op::Sqrt => x[0].sqrt(p, to_even),
        Op::Exp => x[0].exp(p, to_even, constants),
        Op::ExpSub => x[0].sub(&x[1], p, to_even).exp(p, to_even, constants),
        Op::ExpM1 => x[0].exp(p, to_even, constants).sub(&one, p, to_even),
        Op::Ln => x[0].ln(p, to_even, constants),
        Op::Ln1p => x[0].add(&one, p, to_even).ln(p, to_even, constants),
        Op::Sin => x[0].sin(p, to_even, constants),
        Op::Cos => x[0].cos(p, to_even, constants),
        Op::Tan => x[0].tan(p, to_even, constants),
        Op::Asin => x[0].asin(p, to_even, constants),
        Op::Acos => x[0].acos(p, to_even, constants),
        Op::Atan => x[0].atan(p, to_even, constants),
        Op::Sinh => x[0].sinh(p, to_even, constants),
        Op::Cosh => x[0].cosh(p, to_even, constants),
        Op::Tanh => x[0].tanh(p, to_even, constants),
        Op::Hypot => {
            let squares = x[0].mul(&x[0], p, to_even).add(&x[1].mul(&x[1], p, to_even), p, to_even);
            squares.sqrt(p, to_even)
        }
        // What only chooses or changes a sign, and what is made of others.
        Op::Neg | Op::Abs | Op::Sign | Op::Round | Op::Min | Op::Max | Op::Select => return None,
        Op::Recip | Op::Sigmoid | Op::Softplus | Op::Sum | Op::Dot => return None,
        Op::Chain | Op::Route | Op::Inside | Op::Exponent => return None,
        other => panic!("no second opinion on {other:?}, nor is it said to need none"),
    })
}

/// The f64 as a number of the second library, whose own conversion halves subnormal numbers (0.3.7).
fn exactly(x: f64) -> Astro {
    let lift = 2.0_f64.powi(100);
    if x.abs() < f64::MIN_POSITIVE {
        Astro::from_f64(x * lift, 64).div(&Astro::from_f64(lift, 64), 64, RoundingMode::ToEven)
    } else {
        Astro::from_f64(x, 64)
    }
}

/// A seeded part of what the operation is surveyed at.
fn some_samples(op: Op) -> impl Iterator<Item = Vec<f64>> {
    let every = if op.arity() == Some(1) { 2 } else { 23 };
    samples(op, 60).into_iter().step_by(every)
}

#[test]
fn two_libraries_agree() {
    let mut constants = Consts::new().unwrap();
    let mut compared = 0;
    for op in Op::all() {
        for arguments in some_samples(op) {
            let exact: Vec<_> = arguments.iter().map(|&x| exactly(x)).collect();
            let Some(expected) = by_astro(op, &exact, &mut constants) else { continue };
            let ours: Vec<_> = arguments.iter().map(|&x| BigFloat::new(x, PRECISION)).collect();
            let found = BigFloat::apply(&chainrule_graph::Table, op, &ours);
            let (Some(_), Some(size)) = (found.exponent(), expected.exponent()) else { continue };
            let digits = format!("{found:.100}");
            let found = Astro::parse(&digits, Radix::Dec, 2600, RoundingMode::ToEven, &mut constants);
            let error = found.sub(&expected, 2600, RoundingMode::ToEven);
            // Half a unit in the last of 256 bits, by exponents.
            let close = error.is_zero() || error.exponent().unwrap() <= size - PRECISION as i32;
            assert!(close, "{op:?}{arguments:?}: {digits}");
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared} comparisons");
}
