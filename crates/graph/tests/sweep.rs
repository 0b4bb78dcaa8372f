//! The two sweeps at every type: all modes give the same derivative of random expressions.
//!
//! There are no reference numbers: each mode is the reference of the others. They multiply the same partials in
//! another order, so they may differ by rounding, measured against Σ |products over paths|; the tape runs the graph's
//! own sweep and must give the same bits.

mod random;

use chainrule_graph::{Dual, Graph, Real, Tape, value_and_gradient};
use proptest::prelude::*;
use random::{INPUTS, ROUNDING, bound, build, graph_of, path_scale, points, recipes};

fn close(left: f64, right: f64, scale: f64) -> Result<(), TestCaseError> {
    prop_assert!((left - right).abs() <= ROUNDING * scale, "{left} and {right} at scale {scale}");
    Ok(())
}

proptest! {
    #![proptest_config(random::config())]

    #[test]
    fn reverse_forward_symbolic_and_tape_agree(recipe in recipes(), point in points()) {
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let reverse = run.gradient(output).unwrap();
        let scale = path_scale(&run, &g, output, &inputs);
        prop_assert!(scale.iter().all(|scale| scale.is_finite()));

        // forward, in each direction
        for k in 0..INPUTS {
            let seeded: Vec<_> =
                (0..INPUTS).map(|i| Dual::new(point[i], f64::from(u8::from(i == k)))).collect();
            let dual = build(&recipe, &seeded);
            prop_assert_eq!(dual.value, run.value(output).unwrap());
            close(dual.tangent, reverse[inputs[k]], scale[k])?;
            // a graph run at dual numbers is the same sweep as the function run at them
            let bindings: Vec<_> = inputs.iter().copied().zip(seeded).collect();
            prop_assert_eq!(g.at(&bindings).unwrap().value(output).unwrap().tangent, dual.tangent);
        }

        // symbolic
        let slopes = g.derivative(output, &inputs).unwrap();
        let evaluated = g.at(&bound(&inputs, &point)).unwrap();
        for k in 0..INPUTS {
            close(evaluated.value(slopes[k]).unwrap(), reverse[inputs[k]], scale[k])?;
        }

        // tape, by hand and as a one-liner
        let tape = Tape::new();
        let variables = point.map(|value| tape.var(value));
        let adjoints = tape.gradient(&build(&recipe, &variables)).unwrap();
        let (value, gradient) = value_and_gradient(|x| build(&recipe, x), &point).unwrap();
        prop_assert_eq!(value, run.value(output).unwrap());
        for k in 0..INPUTS {
            prop_assert_eq!(adjoints[variables[k]], reverse[inputs[k]]);
            prop_assert_eq!(gradient[k], reverse[inputs[k]]);
        }
    }

    #[test]
    fn second_derivatives_agree_and_are_symmetric(recipe in recipes(), point in points()) {
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let symbolic = g.hessian(output, &inputs).unwrap();
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let mixed = chainrule_graph::hessian(|x| build(&recipe, x), &point).unwrap();
        // The rounding of second derivatives has no bound as simple as that of first ones; these expressions stay
        // within a few thousand units, while a wrong rule is off in the first digits.
        let size = mixed.iter().flatten().fold(1.0_f64, |size, entry| size.max(entry.abs()));
        for i in 0..INPUTS {
            for j in 0..INPUTS {
                let entry = run.value(symbolic[i][j]).unwrap();
                prop_assert!((entry - mixed[i][j]).abs() <= 1e-9 * size, "{entry} and {}", mixed[i][j]);
                prop_assert!((mixed[j][i] - mixed[i][j]).abs() <= 1e-9 * size);
                let second = |k, value| {
                    let outer = f64::from(u8::from(k == i));
                    let inner = f64::from(u8::from(k == j));
                    Dual::new(Dual::new(value, inner), Dual::new(outer, 0.0))
                };
                let twice: Vec<_> = point.iter().enumerate().map(|(k, &value)| second(k, value)).collect();
                let forward = build(&recipe, &twice).tangent.tangent;
                prop_assert!((forward - mixed[i][j]).abs() <= 1e-9 * size, "{forward} and {}", mixed[i][j]);
            }
        }
    }

    /// Multiplication by a power of two is exact, so linearity in the seed holds bit for bit.
    #[test]
    fn both_sweeps_are_linear_in_the_seed(recipe in recipes(), point in points(), exponent in -20..20_i32) {
        let factor = 2.0_f64.powi(exponent);
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let scaled = factor * output;
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let (d, d_scaled) = (run.gradient(output).unwrap(), run.gradient(scaled).unwrap());
        for input in inputs {
            prop_assert_eq!(d_scaled[input], factor * d[input]);
        }
        let along = |length: f64| {
            build(&recipe, &point.map(|value| Dual::new(value, length))).tangent
        };
        prop_assert_eq!(along(factor), factor * along(1.0));
    }

    /// ∇(J + K) = ∇J + ∇K, and the directional derivative along v is ∇J · v.
    #[test]
    fn the_sweeps_are_additive(first in recipes(), second in recipes(), point in points(), v in points()) {
        let g = Graph::new();
        let (inputs, j) = graph_of(&g, &first);
        let k = build(&second, &inputs);
        let both = j + k;
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let (dj, dk, d) = (run.gradient(j).unwrap(), run.gradient(k).unwrap(), run.gradient(both).unwrap());
        let scale = path_scale(&run, &g, both, &inputs);
        for (input, scale) in inputs.into_iter().zip(scale) {
            close(d[input], dj[input] + dk[input], scale)?;
        }
        let moving: Vec<_> = point.iter().zip(v).map(|(&x, v)| Dual::new(x, v)).collect();
        let inner: f64 = inputs.iter().zip(v).map(|(&input, v)| dj[input] * v).sum();
        let scale = path_scale(&run, &g, j, &inputs).iter().zip(v).map(|(s, v)| s * v.abs()).sum();
        close(build(&first, &moving).tangent, inner, scale)?;
    }
}

#[test]
fn an_output_without_inputs_has_the_gradient_zero() {
    let g = Graph::new();
    let x = g.parameter("x");
    let c = g.constant(4.0).sqrt();
    let run = g.at(&[(x, 1.0)]).unwrap();
    assert_eq!(run.gradient(c).unwrap()[x], 0.0);
    assert_eq!(g.at(&[(x, 1.0)]).unwrap().value(g.derivative(c, &[x]).unwrap()[0]).unwrap(), 0.0);
}

/// A symbolic derivative needs no nodes for what does not move: not for data, not for constants.
#[test]
fn symbolic_derivatives_add_nothing_for_what_does_not_depend_on_an_input() {
    let g = Graph::new();
    let (w, x) = (g.parameter("w"), g.data("x"));
    let j = (w * x.exp().sin()).powf(&Real::constant(2.5));
    let before = g.len();
    let slope = g.derivative(j, &[w]).unwrap()[0];
    let added: Vec<_> = g.nodes().skip(before).map(|node| node.formula()).collect();
    assert!(added.iter().all(|formula| !formula.contains("ln") && !formula.contains("cos")), "{added:?}");
    // 2.5·(w·sin eˣ)^1.5·sin eˣ
    let (at_w, at_x) = (1.3_f64, 0.2_f64);
    let s = at_x.exp().sin();
    let value = g.at(&[(w, at_w), (x, at_x)]).unwrap().value(slope).unwrap();
    let expected = 2.5 * (at_w * s).powf(1.5) * s;
    assert!((value - expected).abs() <= 1e-15 * expected);
}
