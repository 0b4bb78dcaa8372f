//! First and second derivatives of a formula in x and y by every mode of differentiation.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use chainrule_graph::{Dual, Graph, Lanes, Node, Real, Tape};

/// What one mode gives: gradients, and Hessians where it has them.
pub(crate) struct Found {
    pub(crate) mode: &'static str,
    pub(crate) gradient: [f64; 2],
    pub(crate) hessian: Option<[[f64; 2]; 2]>,
}

/// All modes that there are.
pub(crate) fn all(formula: &str, point: &[f64; 2]) -> Vec<Found> {
    let g = Graph::new();
    let inputs = [g.parameter("x"), g.parameter("y")];
    of_node(&g, inputs, g.parse(formula).unwrap(), point)
}

/// The same for a node.
pub(crate) fn of_node<'g>(
    graph: &'g Graph,
    inputs: [Node<'g>; 2],
    output: Node<'g>,
    point: &'g [f64; 2],
) -> Vec<Found> {
    let made = Made { graph, inputs, output, point };
    vec![
        made.graph(),
        made.symbolic(),
        made.sweep_over_symbols(),
        made.tape(),
        made.tape_on_tape(),
        made.lanes(),
        made.dual(),
    ]
}

struct Made<'g> {
    graph: &'g Graph,
    inputs: [Node<'g>; 2],
    output: Node<'g>,
    point: &'g [f64; 2],
}

fn unit(row: usize, place: usize) -> f64 {
    f64::from(u8::from(row == place))
}

impl Made<'_> {
    fn value_at<R: Real>(&self, point: [R; 2]) -> R {
        let [x, y] = point;
        self.graph.at(&[(self.inputs[0], x), (self.inputs[1], y)]).unwrap().value(self.output).unwrap()
    }

    fn gradient_at<R: Real>(&self, output: Node<'_>, point: [R; 2]) -> [R; 2] {
        let [x, y] = point;
        let d = self.graph.at(&[(self.inputs[0], x), (self.inputs[1], y)]).unwrap().gradient(output).unwrap();
        self.inputs.map(|input| d[input].clone())
    }

    /// Coordinates that move along one of the axes.
    fn moving(&self, row: usize) -> [Dual<f64>; 2] {
        [0, 1].map(|k| Dual::new(self.point[k], unit(row, k)))
    }

    fn graph(&self) -> Found {
        let gradient = self.gradient_at(self.output, *self.point);
        let hessian = [0, 1].map(|row| self.gradient_at(self.output, self.moving(row)).map(|d| d.tangent));
        Found { mode: "the reverse sweep", gradient, hessian: Some(hessian) }
    }

    fn symbolic(&self) -> Found {
        let slopes = self.graph.derivative(self.output, &self.inputs).unwrap();
        let rows = self.graph.hessian(self.output, &self.inputs).unwrap();
        let run = self.graph.at(&[(self.inputs[0], self.point[0]), (self.inputs[1], self.point[1])]).unwrap();
        let value = |node: Node<'_>| run.value(node).unwrap();
        let gradient = [0, 1].map(|k| value(slopes[k]));
        let hessian = [0, 1].map(|row| [0, 1].map(|column| value(rows[row][column])));
        Found { mode: "the symbolic derivative", gradient, hessian: Some(hessian) }
    }

    fn sweep_over_symbols(&self) -> Found {
        let slopes = self.graph.derivative(self.output, &self.inputs).unwrap();
        let gradient = self.gradient_at(self.output, *self.point);
        let hessian = [0, 1].map(|row| self.gradient_at(slopes[row], *self.point));
        Found { mode: "the reverse sweep over a symbolic derivative", gradient, hessian: Some(hessian) }
    }

    fn tape(&self) -> Found {
        let tape = Tape::new();
        let variables = self.point.map(|x| tape.var(x));
        let gradient = tape.gradient(&self.value_at(variables)).unwrap();
        let hessian = [0, 1].map(|row| {
            let tape = Tape::new();
            let variables = self.moving(row).map(|x| tape.var(x));
            let gradient = tape.gradient(&self.value_at(variables)).unwrap();
            variables.map(|variable| gradient[variable].tangent)
        });
        Found {
            mode: "the tape",
            gradient: variables.map(|variable| gradient[variable]),
            hessian: Some(hessian),
        }
    }

    fn tape_on_tape(&self) -> Found {
        let inner = Tape::new();
        let inner_variables = self.point.map(|x| inner.var(x));
        let outer = Tape::new();
        let variables = inner_variables.map(|x| outer.var(x));
        let slopes = outer.gradient(&self.value_at(variables)).unwrap();
        let slopes = variables.map(|variable| slopes[variable]);
        let hessian = slopes.map(|slope| {
            let gradient = inner.gradient(&slope).unwrap();
            inner_variables.map(|variable| gradient[variable])
        });
        Found {
            mode: "a tape on a tape",
            gradient: slopes.map(|slope| slope.value()),
            hessian: Some(hessian),
        }
    }

    /// Beside the point there is another one, at which all is well or not.
    fn lanes(&self) -> Found {
        let tape = Tape::new();
        let variables = self.point.map(|x| tape.var(Lanes([0.5, x, -3.0])));
        let gradient = tape.gradient(&self.value_at(variables)).unwrap();
        let gradient = variables.map(|variable| gradient[variable].0[1]);
        let hessian = [0, 1].map(|row| {
            let tape = Tape::new();
            let moving =
                [0, 1].map(|k| Dual::new(Lanes([0.5, self.point[k], -3.0]), Lanes([unit(row, k); 3])));
            let variables = moving.map(|x| tape.var(x));
            let gradient = tape.gradient(&self.value_at(variables)).unwrap();
            variables.map(|variable| gradient[variable].tangent.0[1])
        });
        Found { mode: "lanes", gradient, hessian: Some(hessian) }
    }

    fn dual(&self) -> Found {
        let gradient = [0, 1].map(|row| self.value_at(self.moving(row)).tangent);
        let hessian = [0, 1].map(|row| {
            [0, 1].map(|column| {
                let twice = [0, 1]
                    .map(|k| Dual::new(Dual::new(self.point[k], unit(column, k)), Dual::fixed(unit(row, k))));
                self.value_at(twice).tangent.tangent
            })
        });
        Found { mode: "dual numbers", gradient, hessian: Some(hessian) }
    }
}

/// Every mode gives these derivatives; NaN stands for whatever is not finite.
#[track_caller]
pub(crate) fn assert_slopes(formula: &str, point: &[f64; 2], gradient: &[f64; 2], hessian: &[[f64; 2]; 2]) {
    for found in all(formula, point) {
        let entries = found.hessian.iter().flat_map(|rows| rows.concat());
        let named =
            |k: usize| if k < 2 { format!("slope {k}") } else { format!("second derivative {}", k - 2) };
        let pairs =
            found.gradient.into_iter().chain(entries).zip(gradient.iter().copied().chain(hessian.concat()));
        for (k, (found_one, expected)) in pairs.enumerate() {
            // An infinite slope, where it is the output of another sweep, has no derivative.
            let is_output =
                found.mode.starts_with("the reverse sweep over") || found.mode == "a tape on a tape";
            let is_beyond = k >= 2 && is_output && !gradient[(k - 2) / 2].is_finite();
            let is_right = if expected.is_nan() {
                !found_one.is_finite()
            } else {
                (found_one - expected).abs() <= 1e-14 * expected.abs() || is_beyond && found_one.is_nan()
            };
            assert!(
                is_right,
                "{formula} at {point:?}, {} by {}: {found_one}, not {expected}",
                named(k),
                found.mode
            );
        }
    }
}

/// No mode gives a finite slope by this input, nor finite second derivatives by it alone.
#[track_caller]
pub(crate) fn assert_not_finite(formula: &str, point: &[f64; 2], input: usize) {
    for found in all(formula, point) {
        let slope = found.gradient[input];
        assert!(!slope.is_finite(), "{formula} at {point:?}: the slope by {} is {slope}", found.mode);
        if let Some(rows) = found.hessian {
            let entry = rows[input][input];
            assert!(!entry.is_finite(), "{formula} at {point:?}: the curvature by {} is {entry}", found.mode);
        }
    }
}
