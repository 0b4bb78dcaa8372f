//! Code run over columns, block by block.
//!
//! A block is as many examples as fit into the caches with all registers. Instructions are taken one after the other, each for the whole
//! block, so what an instruction is gets asked once a block and not once an example. Sums are taken block by block, the lanes of a block in a
//! fixed order, blocks in theirs: the same bits however the work is divided.
//!
//! Invariant: beyond the data, memory is registers · block, whatever the number of examples.

use chainrule_graph::{Number, Primitive, Real};

use crate::code::{Code, Instruction, Source, Summand, Uniform};
use crate::lanes::{Lanes, WIDTH};
use crate::lower::Operation;

/// Groups of lanes in a block.
const GROUPS: usize = 32;

/// Examples in a block.
pub(crate) const BLOCK: usize = GROUPS * WIDTH;

/// How many products with the same adjoint are summed at once, and pairs of a sum of products.
const ABREAST: usize = 4;

/// Σ of each output over the examples, weighted if there are weights.
pub(crate) fn sums(
    code: &Code,
    parameters: &[f64],
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    examples: usize,
) -> Vec<f64> {
    pulp::Arch::new().dispatch(Job { code, parameters, columns, weights, examples })
}

/// A run, for whichever vector instructions there are. A type and not a closure, since closures need not be inlined.
struct Job<'a> {
    code: &'a Code,
    parameters: &'a [f64],
    columns: &'a [&'a [f64]],
    weights: Option<&'a [f64]>,
    examples: usize,
}

impl pulp::WithSimd for Job<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Vec<f64> {
        sums_here(self.code, self.parameters, self.columns, self.weights, self.examples)
    }
}

/// The same with the vector instructions of the caller.
#[inline(always)]
fn sums_here(
    code: &Code,
    parameters: &[f64],
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    examples: usize,
) -> Vec<f64> {
    let uniforms = uniforms(&code.uniforms, parameters);
    let mut registers = vec![vec![Lanes::constant(0.0); GROUPS]; code.registers];
    let mut totals = vec![0.0; code.summands.len()];
    for start in (0..examples).step_by(BLOCK) {
        let block =
            Block { columns, weights, start, examples: BLOCK.min(examples - start), uniforms: &uniforms };
        for instruction in &code.instructions {
            let mut target = std::mem::take(&mut registers[instruction.target]);
            block.run(instruction, &registers, &mut target);
            registers[instruction.target] = target;
        }
        block.sum(&code.summands, &registers, &mut totals);
    }
    totals
}

/// What is the same for all examples, by the functions that examples are computed by.
#[inline(always)]
fn uniforms(uniforms: &[Uniform], parameters: &[f64]) -> Vec<Lanes> {
    let mut values: Vec<Lanes> = Vec::with_capacity(uniforms.len());
    for uniform in uniforms {
        values.push(match uniform {
            Uniform::Constant(value) => Lanes::constant(*value),
            Uniform::Parameter(parameter) => Lanes::constant(parameters[*parameter]),
            Uniform::Computed(operation, operands) => {
                let views: Vec<View<'_>> =
                    operands.iter().map(|&operand| View::Uniform(values[operand])).collect();
                let mut result = [Lanes::constant(0.0)];
                compute(*operation, &views, &mut result);
                result[0]
            }
        });
    }
    values
}

/// A few hundred examples in a row.
struct Block<'a> {
    columns: &'a [&'a [f64]],
    weights: Option<&'a [f64]>,
    start: usize,
    examples: usize,
    uniforms: &'a [Lanes],
}

/// An operand for all groups of a block.
#[derive(Clone, Copy)]
enum View<'a> {
    Uniform(Lanes),
    Column(&'a [f64]),
    Register(&'a [Lanes]),
}

impl View<'_> {
    #[inline(always)]
    fn group(&self, group: usize) -> Lanes {
        match self {
            View::Uniform(lanes) => *lanes,
            View::Column(column) => Lanes::load(column, group),
            View::Register(register) => register[group],
        }
    }
}

impl<'a> Block<'a> {
    #[inline(always)]
    fn groups(&self) -> usize {
        self.examples.div_ceil(WIDTH)
    }

    #[inline(always)]
    fn view<'r>(&'r self, source: Source, registers: &'r [Vec<Lanes>]) -> View<'r> {
        match source {
            Source::Uniform(place) => View::Uniform(self.uniforms[place]),
            Source::Column(column) => {
                View::Column(&self.columns[column][self.start..self.start + self.examples])
            }
            Source::Register(register) => View::Register(&registers[register]),
        }
    }

    #[inline(always)]
    fn run(&self, instruction: &Instruction, registers: &[Vec<Lanes>], target: &mut [Lanes]) {
        let mut views: Vec<View<'_>> = Vec::with_capacity(instruction.operands.len());
        for &source in &instruction.operands {
            views.push(self.view(source, registers));
        }
        compute(instruction.operation, &views, &mut target[..self.groups()]);
    }

    /// Adds the block's sums to the totals.
    #[inline(always)]
    fn sum(&self, summands: &[Summand], registers: &[Vec<Lanes>], totals: &mut [f64]) {
        let mut place = 0;
        while place < summands.len() {
            let abreast = self.abreast(&summands[place..]);
            match (summands[place], abreast) {
                (Summand::Product(adjoint, _), ABREAST) if self.weights.is_none() => {
                    let partial = |k: usize| match summands[place + k] {
                        Summand::Product(_, partial) | Summand::Value(partial) => {
                            self.view(partial, registers)
                        }
                    };
                    let partials: [View<'_>; ABREAST] = std::array::from_fn(partial);
                    let sums = self.products(self.view(adjoint, registers), &partials);
                    for (total, sum) in totals[place..].iter_mut().zip(sums) {
                        *total += sum;
                    }
                    place += ABREAST;
                }
                (Summand::Product(adjoint, partial), _) => {
                    let views = [self.view(partial, registers)];
                    let adjoint = self.weighted(self.view(adjoint, registers));
                    let adjoint = View::Register(&adjoint);
                    totals[place] += self.products(adjoint, &views)[0];
                    place += 1;
                }
                (Summand::Value(value), _) => {
                    totals[place] += self.values(self.view(value, registers));
                    place += 1;
                }
            }
        }
    }

    /// How many of the first summands are products with one adjoint, up to [`ABREAST`].
    #[inline(always)]
    fn abreast(&self, summands: &[Summand]) -> usize {
        let Some(&Summand::Product(first, _)) = summands.first() else { return 1 };
        let is_same =
            |summand: &&Summand| matches!(summand, Summand::Product(adjoint, _) if *adjoint == first);
        summands.iter().take(ABREAST).take_while(is_same).count()
    }

    /// The adjoint times the weights.
    #[inline(always)]
    fn weighted(&self, view: View<'_>) -> Vec<Lanes> {
        (0..self.groups()).map(|group| self.weight(view.group(group), group)).collect()
    }

    #[inline(always)]
    fn weight(&self, value: Lanes, group: usize) -> Lanes {
        match self.weights {
            Some(weights) => value * Lanes::load(&weights[self.start..self.start + self.examples], group),
            None => value,
        }
    }

    #[inline(always)]
    fn values(&self, view: View<'_>) -> f64 {
        let mut sum = Lanes::constant(0.0);
        let whole = self.examples / WIDTH;
        for group in 0..whole {
            sum = sum + self.weight(view.group(group), group);
        }
        if whole < self.groups() {
            sum = sum + self.weight(view.group(whole), whole).first(self.examples % WIDTH);
        }
        sum.sum()
    }

    /// Σ adjoint·partial for several partials at once.
    #[inline(always)]
    fn products<const N: usize>(&self, adjoint: View<'_>, partials: &[View<'_>; N]) -> [f64; N] {
        let mut sums = [Lanes::constant(0.0); N];
        let whole = self.examples / WIDTH;
        for group in 0..whole {
            let adjoint = adjoint.group(group);
            for (sum, partial) in sums.iter_mut().zip(partials) {
                *sum = sum.plus_product(&adjoint, &partial.group(group));
            }
        }
        if whole < self.groups() {
            let lanes = self.examples % WIDTH;
            let adjoint = adjoint.group(whole).first(lanes);
            for (sum, partial) in sums.iter_mut().zip(partials) {
                *sum = sum.plus_product(&adjoint, &partial.group(whole).first(lanes));
            }
        }
        let sums = sums.map(|sum| sum.sum());
        // An adjoint of 0 beside an infinite partial: once more, with the rule that 0·∞ is 0.
        if sums.iter().any(|sum| sum.is_nan()) { self.careful_products(adjoint, partials) } else { sums }
    }

    #[cold]
    #[inline(never)]
    fn careful_products<const N: usize>(&self, adjoint: View<'_>, partials: &[View<'_>; N]) -> [f64; N] {
        std::array::from_fn(|k| {
            let product = |group: usize| {
                let lanes = WIDTH.min(self.examples - group * WIDTH);
                adjoint.group(group).chain(&partials[k].group(group)).first(lanes)
            };
            (0..self.groups()).map(product).fold(Lanes::constant(0.0), |sum, product| sum + product).sum()
        })
    }
}

/// One operation for all groups of a block.
#[inline(always)]
fn compute(operation: Operation, views: &[View<'_>], target: &mut [Lanes]) {
    match (operation, views) {
        (Operation::Add, [a, b]) => binary(
            a,
            b,
            target,
            #[inline(always)]
            |a, b| a + b,
        ),
        (Operation::Sub, [a, b]) => binary(
            a,
            b,
            target,
            #[inline(always)]
            |a, b| a - b,
        ),
        (Operation::Mul, [a, b]) => binary(
            a,
            b,
            target,
            #[inline(always)]
            |a, b| a * b,
        ),
        (Operation::Div, [a, b]) => binary(
            a,
            b,
            target,
            #[inline(always)]
            |a, b| a / b,
        ),
        (Operation::Chain, [a, b]) => binary(
            a,
            b,
            target,
            #[inline(always)]
            |a, b| a.chain(&b),
        ),
        (Operation::Neg, [x]) => unary(
            x,
            target,
            #[inline(always)]
            |x| -x,
        ),
        (Operation::Dot, views) => dot(views, target),
        (Operation::Compute(primitive), views) => match (primitive, views) {
            (Primitive::Exp, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Exp, &[x]),
            ),
            (Primitive::ExpM1, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::ExpM1, &[x]),
            ),
            (Primitive::Ln, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Ln, &[x]),
            ),
            (Primitive::Ln1p, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Ln1p, &[x]),
            ),
            (Primitive::Tanh, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Tanh, &[x]),
            ),
            (Primitive::Abs, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Abs, &[x]),
            ),
            (Primitive::Sqrt, [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::Sqrt, &[x]),
            ),
            (Primitive::PowI(2), [x]) => unary(
                x,
                target,
                #[inline(always)]
                |x| Lanes::compute(Primitive::PowI(2), &[x]),
            ),
            (Primitive::Max, [a, b]) => binary(
                a,
                b,
                target,
                #[inline(always)]
                |a, b| Lanes::compute(Primitive::Max, &[a, b]),
            ),
            (Primitive::Min, [a, b]) => binary(
                a,
                b,
                target,
                #[inline(always)]
                |a, b| Lanes::compute(Primitive::Min, &[a, b]),
            ),
            (Primitive::Select, [c, a, b]) => {
                for (group, result) in target.iter_mut().enumerate() {
                    let arguments = [c.group(group), a.group(group), b.group(group)];
                    *result = Lanes::compute(Primitive::Select, &arguments);
                }
            }
            (primitive, views) => {
                for (group, result) in target.iter_mut().enumerate() {
                    let arguments: Vec<Lanes> = views.iter().map(|view| view.group(group)).collect();
                    *result = Lanes::compute(primitive, &arguments);
                }
            }
        },
        _ => target.fill(Lanes::constant(f64::NAN)), // no operation has another number of operands
    }
}

#[inline(always)]
fn unary(x: &View<'_>, target: &mut [Lanes], f: impl Fn(Lanes) -> Lanes) {
    for (group, result) in target.iter_mut().enumerate() {
        *result = f(x.group(group));
    }
}

#[inline(always)]
fn binary(a: &View<'_>, b: &View<'_>, target: &mut [Lanes], f: impl Fn(Lanes, Lanes) -> Lanes) {
    for (group, result) in target.iter_mut().enumerate() {
        *result = f(a.group(group), b.group(group));
    }
}

/// Σ aᵢ·bᵢ, a few products at a time, in their order.
#[inline(always)]
fn dot(views: &[View<'_>], target: &mut [Lanes]) {
    target.fill(Lanes::constant(0.0));
    let (left, right) = views.split_at(views.len() / 2);
    let (left, left_rest) = left.as_chunks::<ABREAST>();
    let (right, right_rest) = right.as_chunks::<ABREAST>();
    for (left, right) in left.iter().zip(right) {
        for (group, sum) in target.iter_mut().enumerate() {
            for k in 0..ABREAST {
                *sum = sum.plus_product(&left[k].group(group), &right[k].group(group));
            }
        }
    }
    for (a, b) in left_rest.iter().zip(right_rest) {
        for (group, sum) in target.iter_mut().enumerate() {
            *sum = sum.plus_product(&a.group(group), &b.group(group));
        }
    }
}
