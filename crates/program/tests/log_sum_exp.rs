//! Logarithms and quotients of sums of exponentials, of many forms and in many orders, where terms overflow and where they do not.
//!
//! The numbers of [`CASES`] were computed by mpmath 1.3 at 900 decimals, derivatives by the rules of differentiation at the same precision; where a form has
//! a kink that the function has not, those of the function. Random sums are held to the graph as it was written, at arbitrary precision.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]
#![expect(
    clippy::excessive_precision,
    clippy::approx_constant,
    reason = "references keep the digits they were computed to"
)]

mod common;

use chainrule_graph::oracle::{BigFloat, ulps, value};
use chainrule_graph::{Graph, Node, Real};
use chainrule_program::Program;
use common::numbers;

/// A loss without data at a point; the Hessian's lower triangle row by row.
struct Case {
    formulas: &'static str,
    at: &'static [f64],
    value: f64,
    gradient: &'static [f64],
    hessian: &'static [f64],
}

/// So many units in the last place of the largest among the entry, the value and the arguments; of a second derivative, the slopes too.
const ULPS: f64 = 8.0;

const CASES: [Case; 38] = [
    Case {
        formulas: "parameter u, v; ln(1 + exp(u) + exp(v)) - u - 0.5*v",
        at: &[800.0, 3.0],
        value: -1.5,
        gradient: &[0.0, -0.5],
        hessian: &[0.0, 0.0, 0.0],
    },
    Case {
        formulas: "parameter u, v; ln(1 + exp(u) + exp(v))",
        at: &[-60.0, -59.5],
        value: 2.3193556314268875629e-26,
        gradient: &[8.7565107626965203385e-27, 1.443704555157235529e-26],
        hessian: &[8.7565107626965203385e-27, -1.2641814475388325097e-52, 1.443704555157235529e-26],
    },
    Case {
        formulas: "parameter u, v; ln_1p(exp(u) + 2*exp(v))",
        at: &[800.0, 799.25],
        value: 800.66512474682290843,
        gradient: &[0.51420937771928141, 0.48579062228071859],
        hessian: &[0.24979809358483078904, -0.24979809358483078904, 0.24979809358483078904],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a) + exp(b))",
        at: &[800.0, 800.0],
        value: 800.69314718055994531,
        gradient: &[0.5, 0.5],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a) + exp(b))",
        at: &[-800.5, -801.25],
        value: -800.11312899388510006,
        gradient: &[0.67917869917539297316, 0.32082130082460702684],
        hessian: &[0.21789499376181402948, -0.21789499376181402948, 0.21789499376181402948],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a) + exp(b))",
        at: &[1000000.0, 999999.5],
        value: 1.0000004740769841801e+6,
        gradient: &[0.62245933120185456464, 0.37754066879814543536],
        hessian: &[0.23500371220159448907, -0.23500371220159448907, 0.23500371220159448907],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a) + exp(b))",
        at: &[1e-300, -1e-300],
        value: 0.69314718055994530942,
        gradient: &[0.5, 0.5],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter a, b, c; ln(exp(a)*3 + (exp(b)/7 + 0.5*exp(c)))",
        at: &[-745.5, -746.0, -750.0],
        value: -744.37111662710465281,
        gradient: &[0.97018249672514790081, 0.028021210941921608205, 1.7962923329304909815e-3],
        hessian: &[
            0.028928419773306283527,
            -0.027185688392895539178,
            0.027236022679269940944,
            -1.7427313804107443494e-3,
            -5.0334286374401766237e-5,
            1.7930656667851461157e-3,
        ],
    },
    Case {
        formulas: "parameter a, b, c; ln(sum(exp(c), 1e10*exp(a), 1e-10*exp(b)))",
        at: &[777.0, 810.0, 790.0],
        value: 800.02589731663957603,
        gradient: &[0.99995361437672710435, 2.1463362340968617722e-6, 4.4239287038798789364e-5],
        hessian: &[
            4.6383471646849236137e-5,
            -2.1462366749528899896e-6,
            2.1463316273376319751e-6,
            -4.4237234971896346148e-5,
            -9.495238474198550119e-11,
            4.4237329924281088133e-5,
        ],
    },
    Case {
        formulas: "parameter a, b; s = exp(a) - (-exp(b)); ln(2*s + 5)",
        at: &[710.0, 715.0],
        value: 715.69986252904906338,
        gradient: &[6.6928509242848555594e-3, 0.99330714907571514444],
        hessian: &[6.648056670790154914e-3, -6.648056670790154914e-3, 6.648056670790154914e-3],
    },
    Case {
        formulas: "parameter a, b; ln(1/exp(-a) + recip(exp(-b)))",
        at: &[900.0, 901.0],
        value: 901.31326168751822283,
        gradient: &[0.26894142136999512075, 0.73105857863000487925],
        hessian: &[0.19661193324148185254, -0.19661193324148185254, 0.19661193324148185254],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a)*exp(b) + exp(b)^2)",
        at: &[600.0, 500.0],
        value: 1.1e+3,
        gradient: &[1.0, 1.0],
        hessian: &[3.720075976020835963e-44, -3.720075976020835963e-44, 3.720075976020835963e-44],
    },
    Case {
        formulas: "parameter a, b; ln((exp(a) + exp(b))/2)",
        at: &[1e-12, 3e-12],
        value: 2.0000000000005000607e-12,
        gradient: &[0.4999999999995, 0.5000000000005],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter a, b, c; ln((exp(a) + exp(b) + exp(c))/3)",
        at: &[1e-09, -2e-09, 5e-09],
        value: 1.3333333374444444592e-9,
        gradient: &[0.33333333322222222087, 0.3333333322222222227, 0.33333333455555555643],
        hessian: &[
            0.22222222218518518472,
            -0.11111111070370370354,
            0.22222222185185185078,
            -0.11111111148148148119,
            -0.11111111114814814724,
            0.22222222262962962843,
        ],
    },
    Case {
        formulas: "parameter a, b; ln((3*exp(a) + 7*exp(b))/10)",
        at: &[1e-20, -4e-20],
        value: -2.4999999999999998629e-20,
        gradient: &[0.30000000000000000001, 0.69999999999999999999],
        hessian: &[0.21, -0.21, 0.21],
    },
    Case {
        formulas: "parameter a, b; ln(exp(a)/3 + exp(b)*0.75 - (-exp(a)/6))",
        at: &[0.001, 0.002],
        value: 0.22474367130620535655,
        gradient: &[0.39976002401759623857, 0.60023997598240376143],
        hessian: &[0.23995194721504711706, -0.23995194721504711706, 0.23995194721504711706],
    },
    Case {
        formulas: "parameter a, b; ln(0.25*exp(a) + 0.75*exp(b))",
        at: &[-1000.0, -1001.0],
        value: -1.0006426259804912115e+3,
        gradient: &[0.4753668864186716911, 0.5246331135813283089],
        hessian: &[0.24939320971528937882, -0.24939320971528937882, 0.24939320971528937882],
    },
    Case {
        formulas: "parameter a, b, c; -ln(exp(a)/(exp(a) + exp(b) + exp(c)))",
        at: &[-900.0, -899.0, -901.0],
        value: 1.4076059644443803045,
        gradient: &[-0.75527152894520234753, 0.66524095577482188953, 0.090030573170380457998],
        hessian: &[
            0.18483644650997872006,
            -0.16280340198980442403,
            0.22269542653462335644,
            -0.022033044520174296035,
            -0.059892024544818932411,
            0.081925069064993228446,
        ],
    },
    Case {
        formulas: "parameter a, b; -ln(exp(a)/(exp(a) + exp(b)))",
        at: &[40.0, 1.0],
        value: 1.154822417301578592e-17,
        gradient: &[-1.1548224173015785853e-17, 1.1548224173015785853e-17],
        hessian: &[1.154822417301578572e-17, -1.154822417301578572e-17, 1.154822417301578572e-17],
    },
    Case {
        formulas: "parameter a, b; ln(exp(b) + exp(a)) - a",
        at: &[1000.0, 1001.5],
        value: 1.7014132779827524095,
        gradient: &[-0.81757447619364365961, 0.81757447619364365961],
        hessian: &[0.1491464520703328565, -0.1491464520703328565, 0.1491464520703328565],
    },
    Case {
        formulas: "parameter a, b, c; exp(a)/(exp(b) + exp(a) + exp(c))",
        at: &[800.0, 801.0, 799.0],
        value: 0.24472847105479765247,
        gradient: &[0.18483644650997872006, -0.16280340198980442403, -0.022033044520174296035],
        hessian: &[
            0.094366964610800756535,
            -0.083118146686835546977,
            0.053803579496375645682,
            -0.011248817923965209557,
            0.029314567190459901296,
            -0.018065749266494691738,
        ],
    },
    Case {
        formulas: "parameter a, b, c; 3*exp(a)*recip(exp(b) + 2*exp(c) + 1)",
        at: &[-800.0, -790.0, 2.0],
        value: 0.0,
        gradient: &[0.0, 0.0, 0.0],
        hessian: &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    },
    Case {
        formulas: "parameter a, b; exp(a)/(exp(a) + exp(b))",
        at: &[-900.0, -897.0],
        value: 0.047425873177566780879,
        gradient: &[0.045176659730912132649, -0.045176659730912132649],
        hessian: &[0.040891574660943478616, -0.040891574660943478616, 0.040891574660943478616],
    },
    Case {
        formulas: "parameter a, b; exp(a)/exp(b)",
        at: &[1000.0, 1001.0],
        value: 0.3678794411714423216,
        gradient: &[0.3678794411714423216, -0.3678794411714423216],
        hessian: &[0.3678794411714423216, -0.3678794411714423216, 0.3678794411714423216],
    },
    Case {
        formulas: "parameter z; 1/(1 + exp(-z))",
        at: &[-800.0],
        value: 0.0,
        gradient: &[0.0],
        hessian: &[0.0],
    },
    Case {
        formulas: "parameter z; 1/(1 + exp(-z))",
        at: &[-30.0],
        value: 9.3576229688392989538e-14,
        gradient: &[9.3576229688384233028e-14],
        hessian: &[9.3576229688366720006e-14],
    },
    Case {
        formulas: "parameter a, b; (exp(a) + exp(b))/(exp(a) + 2*exp(b))",
        at: &[888.0, 889.0],
        value: 0.5776812017484818034,
        gradient: &[0.065612463538305138618, -0.065612463538305138618],
        hessian: &[0.045225043468969187791, -0.045225043468969187791, 0.045225043468969187791],
    },
    Case {
        formulas: "parameter a, b, w; ln(w*exp(a) + (1 - w)*exp(b))",
        at: &[800.0, 801.0, 0.25],
        value: 800.82798893924286975,
        gradient: &[0.10923177257303592801, 0.89076822742696407199, -0.75076387961047505059],
        hessian: &[
            0.097300192433588484013,
            -0.097300192433588484013,
            0.097300192433588484013,
            0.51893435964580524807,
            -0.51893435964580524807,
            -0.5636464029277718754,
        ],
    },
    Case {
        formulas: "parameter a, b, w; ln(w*exp(a) + (1 - w)*exp(b))",
        at: &[1e-12, -3e-12, 0.25],
        value: -1.9999999999985001112e-12,
        gradient: &[0.25000000000075, 0.74999999999925, 4.0000000000040001215e-12],
        hessian: &[
            0.187500000000375,
            -0.187500000000375,
            0.187500000000375,
            1.000000000002,
            -1.000000000002,
            -1.6000000000032000972e-23,
        ],
    },
    Case {
        formulas: "parameter a, w; ln(1 + w*exp(a))",
        at: &[-60.0, 0.5],
        value: 4.3782553813482601692e-27,
        gradient: &[4.3782553813482601692e-27, 8.7565107626965203385e-27],
        hessian: &[4.3782553813482601692e-27, 8.7565107626965203385e-27, -7.6676480737219996324e-53],
    },
    Case {
        formulas: "parameter a, b, v, w; ln(v*exp(a) + exp(b)/w)",
        at: &[-800.0, -790.0, 1e-05, 200000.0],
        value: -802.20598184979270649,
        gradient: &[
            9.0791615659021826277e-5,
            0.99990920838434097817,
            9.079161565902181885,
            -4.9995460419217048909e-6,
        ],
        hessian: &[
            9.078337254154785074e-5,
            -9.078337254154785074e-5,
            9.078337254154785074e-5,
            9.0783372541547843313,
            -9.0783372541547843313,
            -82.431174739755359415,
            4.539168627077392537e-10,
            -4.539168627077392537e-10,
            4.5391686270773921657e-5,
            2.4999999793922063151e-11,
        ],
    },
    Case {
        formulas: "parameter a, b, w; w*exp(a)/(exp(a) + w*exp(b))",
        at: &[100000.0, 100001.0, 3.0],
        value: 0.32769531771910778404,
        gradient: &[0.29190057730076545204, -0.29190057730076545204, 0.011931580139447444002],
        hessian: &[
            0.22813094235345524107,
            -0.22813094235345524107,
            0.22813094235345524107,
            0.021256544982436736989,
            -0.021256544982436736989,
            -7.0855149941455789964e-3,
        ],
    },
    Case {
        formulas: "parameter a, b, c; ln(exp(ln(exp(a) + exp(b))) + exp(c))",
        at: &[800.0, 801.0, 802.0],
        value: 802.4076059644443803,
        gradient: &[0.090030573170380457998, 0.24472847105479765247, 0.66524095577482188953],
        hessian: &[
            0.081925069064993228446,
            -0.022033044520174296035,
            0.18483644650997872006,
            -0.059892024544818932411,
            -0.16280340198980442403,
            0.22269542653462335644,
        ],
    },
    Case {
        formulas: "parameter a, b; s = max(a, b); s + ln(exp(a - s) + exp(b - s))",
        at: &[2.0, 2.0],
        value: 2.6931471805599453094,
        gradient: &[0.5, 0.5],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter a, b; max(a, b) + ln(1 + exp(-abs(a - b)))",
        at: &[2.0, 2.0],
        value: 2.6931471805599453094,
        gradient: &[0.5, 0.5],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter a, b; ln_1p(exp(-abs(b - a))) + max(b, a)",
        at: &[800.0, 799.0],
        value: 800.31326168751822283,
        gradient: &[0.73105857863000487925, 0.26894142136999512075],
        hessian: &[0.19661193324148185254, -0.19661193324148185254, 0.19661193324148185254],
    },
    Case {
        formulas: "parameter a, b; max(a, b) + ln(1 + exp(min(a, b) - max(a, b)))",
        at: &[-3.0, -3.0],
        value: -2.3068528194400546906,
        gradient: &[0.5, 0.5],
        hessian: &[0.25, -0.25, 0.25],
    },
    Case {
        formulas: "parameter z, y; max(z, 0) - z*y + ln(1 + exp(-abs(z)))",
        at: &[0.0, 0.25],
        value: 0.69314718055994530942,
        gradient: &[0.25, 0.0],
        hessian: &[0.25, -1.0, 0.0],
    },
];

/// One unit in the last place of a number of this size.
fn unit(size: f64) -> f64 {
    let size = size.abs().max(f64::MIN_POSITIVE);
    f64::from_bits(size.to_bits() + 1) - size
}

fn program(formulas: &str, is_stable: bool) -> Program {
    let graph = Graph::new();
    let loss = graph.parse(&format!("data one; {formulas}")).unwrap();
    Program::builder(&graph, loss).unwrap().stabilise(is_stable).compile().unwrap()
}

/// Value, gradient, the Hessian's lower triangle.
fn all(program: &Program, at: &[f64]) -> Vec<f64> {
    let columns: [&[f64]; 1] = [&[1.0]];
    let examples = program.over(&columns).unwrap();
    let (value, gradient) = examples.value_and_gradient(at).unwrap();
    let hessian = examples.hessian(at).unwrap();
    for (column, row) in hessian.iter().enumerate() {
        let mut direction = vec![0.0; at.len()];
        direction[column] = 1.0;
        let product = examples.hessian_vector(at, &direction).unwrap();
        for (product, entry) in product.iter().zip(row) {
            let is_close = (product - entry).abs() <= 4.0 * unit(entry.abs().max(value.abs()).max(1.0));
            assert!(is_close || !value.is_finite() || entry.is_nan(), "{product} {entry}");
        }
    }
    let triangle = hessian.iter().enumerate().flat_map(|(i, row)| row[..=i].to_vec());
    std::iter::once(value).chain(gradient).chain(triangle).collect()
}

#[test]
fn sums_of_exponentials_are_stable_in_whatever_order_they_are_written() {
    for Case { formulas, at, value, gradient, hessian } in CASES {
        let found = all(&program(formulas, true), at);
        let truth = [&[value], gradient, hessian].concat();
        assert_eq!(found.len(), truth.len(), "{formulas}");
        let scale = at.iter().fold(value.abs(), |scale, x| scale.max(x.abs()));
        for (place, (found, truth)) in found.iter().zip(&truth).enumerate() {
            let error = (found - truth).abs() / unit(truth.abs().max(scale));
            assert!(error <= ULPS, "{formulas} at {at:?}: {place} is {found}, not {truth}: {error} ulp");
        }
    }
}

/// As written most of these are no numbers, so the test above says something.
#[test]
fn as_written_they_are_not() {
    let as_written = |case: &&Case| all(&program(case.formulas, false), case.at);
    let lost = CASES.iter().filter(|case| as_written(case).iter().any(|entry| !entry.is_finite()));
    assert!(lost.count() > 20);
}

/// A sum of up to six exponentials in a random order, with random weights, and what is made of it.
fn random<'g>(graph: &'g Graph, seed: u64) -> (Node<'g>, Vec<f64>) {
    let draws = numbers(seed, 64);
    let mut place = 0;
    let mut draw = || {
        place += 1;
        draws[place]
    };
    let terms = 1 + ((draw() + 1.0) * 3.0) as usize;
    let (size, offset) = (10.0_f64.powf(4.5 * draw() - 1.0), 1500.0 * draw());
    let mut at = Vec::new();
    let mut sum: Option<Node<'g>> = None;
    let mut first = None;
    for index in 0..terms {
        let x = graph.parameter(&format!("x{index}"));
        at.push(size * draw() + if draw() > 0.0 { offset } else { 0.0 });
        let weight = 10.0_f64.powf(8.0 * draw());
        let term = match ((draw() + 1.0) * 2.5) as usize {
            0 => weight * x.exp(),
            1 => x.exp() / weight,
            2 => (-x).exp().recip(),
            3 => 1.0 / (-x).exp(),
            _ => x.exp(),
        };
        first.get_or_insert(x.exp());
        sum = Some(match sum {
            None => term,
            Some(sum) if draw() > 0.0 => sum + term,
            Some(sum) if draw() > 0.0 => sum - (-term),
            Some(sum) => term + sum,
        });
    }
    let (sum, first) = (sum.unwrap(), first.unwrap());
    let formed = match ((draw() + 1.0) * 4.0) as usize {
        0 => sum.ln(),
        1 => (1.0 + sum).ln(),
        2 => (sum + 2.5).ln(),
        3 => -(first / sum).ln(),
        4 => first / sum,
        5 => first * sum.recip(),
        6 => 1.0 / (sum + 1.0),
        _ => sum.ln_1p(),
    };
    (formed, at)
}

#[test]
fn random_sums_are_close_to_what_was_written_at_any_precision() {
    let mut tried = 0;
    for seed in 0..60 {
        let graph = Graph::new();
        let one = graph.data("one");
        let (loss, at) = random(&graph, seed);
        let parameters: Vec<Node<'_>> = graph.parameters().collect();
        let mut nodes = vec![loss];
        nodes.extend(graph.derivative(loss, &parameters).unwrap());
        nodes.extend(
            graph
                .hessian(loss, &parameters)
                .unwrap()
                .iter()
                .enumerate()
                .flat_map(|(i, row)| row[..=i].to_vec()),
        );
        let found = all(&Program::new(&graph, loss).unwrap(), &at);
        let leaves: Vec<_> = parameters.iter().copied().zip(at.iter().copied()).chain([(one, 1.0)]).collect();
        let truths: Vec<BigFloat> =
            nodes.iter().filter_map(|&node| value(&graph, &leaves, node).unwrap()).collect();
        if truths.len() < nodes.len() {
            continue; // e^(-4000) beside 1 takes more bits than the oracle has
        }
        tried += 1;
        let first_order = truths[0].to_f64().abs().max(at.iter().fold(0.0, |scale, x| x.abs().max(scale)));
        let slopes = truths[1..=at.len()].iter().map(|slope| slope.to_f64().abs());
        let second_order = slopes.fold(first_order, f64::max);
        for (place, (found, truth)) in found.iter().zip(&truths).enumerate() {
            let scale = if place > at.len() { second_order } else { first_order };
            let is_close =
                ulps(*found, truth) <= ULPS || (found - truth.to_f64()).abs() <= ULPS * unit(scale);
            assert!(is_close, "{loss} at {at:?}: {place} is {found}, not {truth}");
        }
    }
    assert!(tried >= 40, "{tried}");
}

/// Σ over n equal terms: ln n more than each, and slopes of 1/n, to digits that do not depend on n.
#[test]
fn a_thousand_terms_are_as_good_as_two() {
    for n in [2_usize, 10, 100, 1000] {
        let terms: Vec<String> = (0..n).map(|i| format!("exp(x{i})")).collect();
        for formulas in [format!("ln({})", terms.join(" + ")), format!("ln(sum({}))", terms.join(", "))] {
            let program = program(&formulas, true);
            let (value, gradient) = program.value_and_gradient(&vec![800.0; n], &[&[1.0]]).unwrap();
            let (truth, slope) = (800.0 + (n as f64).ln(), 1.0 / n as f64);
            assert!((value - truth).abs() <= 2.0 * unit(truth), "{n}: {value} {truth}");
            assert!(gradient.iter().all(|found| (found - slope).abs() <= 4.0 * unit(slope)), "{n}");
        }
    }
}

#[test]
fn a_weight_or_an_exponential_of_nothing_is_nothing() {
    let at = |formulas: &str, at: &[f64]| program(formulas, true).value_and_gradient(at, &[&[1.0]]).unwrap();
    let infinite = f64::INFINITY;
    assert_eq!(at("parameter a, b; ln(exp(a) + exp(b))", &[-infinite, 3.0]).0, 3.0);
    assert_eq!(at("parameter a, b; ln(exp(a) + exp(b))", &[-infinite, -infinite]).0, -infinite);
    assert!(!at("parameter a, b; ln(exp(a) + exp(b))", &[infinite, 3.0]).0.is_finite());
    assert!(at("parameter a, b; ln(exp(a) + exp(b))", &[f64::NAN, 3.0]).0.is_nan());
    // A weight of 0 beside an exponential that overflows.
    let (value, gradient) = at("parameter a, b, w; ln(w*exp(a) + exp(b))", &[900.0, 800.0, 0.0]);
    assert_eq!((value, &gradient[..2]), (800.0, [0.0, 1.0].as_slice()));
    // Weights of any size.
    let (value, _) = at("parameter a, b, w; ln(w*exp(a) + 1e300*exp(b))", &[1000.0, 0.0, 1e-308]);
    assert!((value - (300.0 * std::f64::consts::LN_10)).abs() < 1e-12, "{value}");
    assert!(at("parameter a, w; ln(w*exp(a) + 2*w)", &[800.0, -1.0]).0.is_nan()); // as written
}

/// What is finite as written stays as it is: masks of 0, weights of any size, unknown factors whose product overflows.
#[test]
fn nothing_that_is_finite_as_written_gets_worse() {
    let infinite = f64::INFINITY;
    let of = |formulas: &str, at: &[f64], is_stable: bool| {
        let (value, gradient) = program(formulas, is_stable).value_and_gradient(at, &[&[1.0]]).unwrap();
        std::iter::once(value).chain(gradient).collect::<Vec<f64>>()
    };
    let at = |formulas: &str, at: &[f64]| of(formulas, at, true);
    let masked = "parameter w, a, b; ln(w*exp(a) + exp(b))";
    for (a, b) in [(600.0, -200.0), (700.0, -100.0), (709.0, -740.0)] {
        assert_eq!(at(masked, &[0.0, a, b]), [b, infinite, 0.0, 1.0]);
    }
    let gate = "parameter v, w, a, b; v*exp(a)/(v*exp(a) + w*exp(b))";
    assert_eq!(at(gate, &[0.0, 1.0, 700.0, -100.0])[..1], [0.0]);
    let scaled = at("parameter v, a, b, c; v*exp(a)/(exp(b) + exp(c))", &[0.0, 700.0, -100.0, -101.0]);
    assert_eq!((scaled[0], &scaled[2..]), (0.0, [0.0, 0.0, 0.0].as_slice()));
    assert_eq!(at("parameter v, a, b; v*exp(a)/exp(b)", &[0.0, 700.0, -100.0])[0], 0.0);
    // What is no number as written does not become one.
    for nothing in [infinite, f64::NAN] {
        assert!(at(masked, &[0.0, nothing, 1.0])[0].is_nan());
        assert!(at(masked, &[nothing, -800.0, 2000.0])[0].is_nan());
        assert!(at("parameter v, a, b; v*exp(a)/exp(b)", &[0.0, nothing, 1.0])[0].is_nan());
        assert!(at("parameter v, a, b; v*exp(a)/(exp(b) + 1)", &[nothing, -2000.0, 1.0])[0].is_nan());
    }
    for (formulas, point) in [
        ("parameter v, a, w; ln(v*exp(a)*w)", [1e200, -700.0, 1e200]),
        ("parameter v, a, w; ln(v*exp(a)*w + exp(a))", [1e200, -700.0, 1e200]),
        ("parameter v, a, w; ln(v*(w*exp(a) + exp(a)))", [1e200, -700.0, 1e200]),
        ("parameter v, a, b; ln(v*(exp(a) + exp(b)))", [1.7e308, -1.0, -1.0]),
        ("parameter v, a, b; ln(v*1e3*exp(a) + exp(b))", [1e305, -700.0, 0.0]),
        ("parameter v, a, b; ln(v*exp(a)*1e3 + exp(b))", [1e306, -700.0, 0.0]),
        ("parameter v, a, b; ln(v*(1e200*exp(a)) + exp(b))", [1e200, -700.0, 0.0]),
        ("parameter v, a, b; ln(v*exp(a)*2 + b)", [1.7e308, -700.0, 0.0]),
        ("parameter v, a, b; ln(v^2*exp(a) + exp(b))", [1e-200, 700.0, 0.0]),
        ("parameter v, a, b; ln(exp(a)/v + exp(b))", [1e-310, -700.0, -3.0]),
        ("parameter v, a, b; ln(exp(a)/v + exp(b))", [1.7e308, 709.0, -700.0]),
        ("parameter v, a, b; ln(1e300*exp(a) + 1e300*exp(b))", [0.0, 1.0, 2.0]),
        ("parameter v, a, b; ln(1.7e308*(exp(a) + exp(b)))", [0.0, -1.0, -1.0]),
    ] {
        let (written, stable) = (of(formulas, &point, false)[0], at(formulas, &point)[0]);
        assert!(written.is_finite(), "{formulas}: {written}");
        assert!((written - stable).abs() <= ULPS * unit(700.0), "{formulas}: {stable}, not {written}");
    }
    // Weights below the range; the references by decimal arithmetic of 50 digits, with the f64 that is nearest to 1e-310.
    let tiny = "parameter v, w, a, b; ln(v*exp(a) + w*exp(b))";
    for (a, b, truth) in [(720.0, 0.0, 6.200651340460664), (700.0, -20.0, -13.799348659539337)] {
        let found = at(tiny, &[1e-310, 1.0, a, b])[0];
        assert!((found - truth).abs() <= ULPS * unit(700.0), "{found} {truth}");
    }
}

/// What cancels is 0 of a number only.
#[test]
fn what_cancels_hides_no_nan() {
    for formulas in [
        "parameter x, y; y*exp(ln(x))/exp(ln(x))",
        "parameter x, y; exp(ln(x))/exp(ln(x)) + y",
        "parameter x, y; ln(exp(ln(x))*exp(y)*exp(-ln(x)))",
        "parameter x, y; s = ln(x); ln(exp(-s)*(exp(s) + exp(s)*exp(y)))",
        "parameter x, y; s = exp(ln(x)) + exp(y); ln(s*exp(y)/s)",
        "parameter x, y; s = ln(x); ln(s*exp(y)/s)",
        "parameter x, y; s = ln(x); exp(s)*exp(y)/(exp(s)*exp(y) + exp(s)*exp(2*y))",
    ] {
        let program = program(formulas, true);
        for x in [-1.0, f64::NAN] {
            let (value, _) = program.value_and_gradient(&[x, 2.0], &[&[1.0]]).unwrap();
            assert!(value.is_nan(), "{formulas} at {x}: {value}");
        }
    }
}

/// All logarithms and quotients of one sum share its exponentials.
#[test]
fn a_sum_is_shifted_once() {
    let source = |formulas: &str| program(formulas, true).rust("f").unwrap();
    let one = source("s = exp(a) + exp(b) + exp(c); ln(s)");
    let many = source("s = exp(a) + exp(b) + exp(c); ln(s) + exp(a)/s + 2*exp(b)/s - ln(exp(c)/s)");
    let calls = |source: &str| source.matches("= exp_sub(").count();
    assert_eq!((calls(&one), calls(&many)), (3, 3));
}
