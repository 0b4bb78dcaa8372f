//! Code that is ready to run: what is the same for all examples apart, registers given out, products that are only summed left to the sum.
//!
//! Invariant: a register is written before it is read, and not given out again before it was read for the last time.

use std::collections::HashMap;

use crate::lower::{Line, Lines, Operand, Operation};

/// Where an instruction finds an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// The same for all examples: a parameter, a constant, or what is made of such alone.
    Uniform(usize),
    /// A column of the data.
    Column(usize),
    /// A register of one block.
    Register(usize),
}

/// An instruction for a block of examples.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub(crate) operation: Operation,
    pub(crate) operands: Vec<Source>,
    pub(crate) target: usize,
}

/// What is summed over the examples for one output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Summand {
    Value(Source),
    /// Adjoint · partial.
    Product(Source, Source),
}

/// A uniform value: given, or computed once for each run.
#[derive(Clone, Debug)]
pub(crate) enum Uniform {
    Constant(f64),
    Parameter(usize),
    Computed(Operation, Vec<usize>),
}

/// Σ curvature·xⱼ·xₖ over the examples, for k ≤ j: the Hessian of a loss of Σ pⱼ·xⱼ.
#[derive(Clone, Debug)]
pub(crate) struct Gram {
    pub(crate) curvature: Source,
    pub(crate) design: Vec<Source>,
}

/// A program's code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) uniforms: Vec<Uniform>,
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) registers: usize,
    pub(crate) summands: Vec<Summand>,
    pub(crate) gram: Option<Gram>,
}

impl Code {
    /// How many sums come out: one for each summand, then the rows of the triangle of pairs.
    pub(crate) fn sums(&self) -> usize {
        let size = self.gram.as_ref().map_or(0, |gram| gram.design.len());
        self.summands.len() + size * (size + 1) / 2
    }
}

/// What is summed, before sources are known.
#[derive(Clone, Copy)]
enum Wanted {
    Value(Operand),
    Product(Operand, Operand),
}

impl Wanted {
    fn operands(self) -> Vec<Operand> {
        match self {
            Wanted::Value(value) => vec![value],
            Wanted::Product(a, b) => vec![a, b],
        }
    }
}

/// Code that sums all outputs.
pub(crate) fn code(lines: &Lines) -> Code {
    let wanted: Vec<Wanted> = lines.outputs.iter().map(|&output| wanted(lines, output)).collect();
    let (code, places) = made(lines, &wanted);
    let summands = places
        .into_iter()
        .zip(wanted)
        .map(|(places, wanted)| match (places.as_slice(), wanted) {
            (&[a, b], Wanted::Product(..)) => Summand::Product(a, b),
            (places, _) => Summand::Value(places[0]),
        })
        .collect();
    Code { summands, ..code }
}

/// Code that sums the first output times each pair of the others.
pub(crate) fn gram_code(lines: &Lines) -> Code {
    let wanted: Vec<Wanted> = lines.outputs.iter().map(|&output| Wanted::Value(output)).collect();
    let (code, places) = made(lines, &wanted);
    let mut places = places.into_iter().flatten();
    let gram = places.next().map(|curvature| Gram { curvature, design: places.collect() });
    Code { gram, ..code }
}

/// Code without sums, and where what is wanted will be.
fn made(lines: &Lines, wanted: &[Wanted]) -> (Code, Vec<Vec<Source>>) {
    let is_uniform = uniform_lines(&lines.lines);
    let last_use = last_uses(&lines.lines, wanted);
    let mut made = Maker {
        is_uniform: &is_uniform,
        uniforms: Vec::new(),
        known: HashMap::new(),
        places: vec![None; lines.lines.len()],
    };
    let mut instructions = Vec::new();
    let mut registers = 0;
    let mut free: Vec<usize> = Vec::new();
    for (index, line) in lines.lines.iter().enumerate() {
        let Some(last) = last_use[index] else { continue };
        if is_uniform[index] {
            let operands = line.operands.iter().map(|&operand| made.uniform(operand)).collect();
            made.uniforms.push(Uniform::Computed(line.operation, operands));
            made.places[index] = Some(Source::Uniform(made.uniforms.len() - 1));
            continue;
        }
        let operands: Vec<Source> = line.operands.iter().map(|&operand| made.source(operand)).collect();
        let target = free.pop().unwrap_or_else(|| {
            registers += 1;
            registers - 1
        });
        made.places[index] = Some(Source::Register(target));
        let operands = if line.operation == Operation::Dot { uniform_first(&operands) } else { operands };
        instructions.push(Instruction { operation: line.operation, operands, target });
        release(&lines.lines, index, &last_use, &made.places, &mut free);
        if last == index {
            free.push(target);
        }
    }
    let places = wanted
        .iter()
        .map(|wanted| wanted.operands().into_iter().map(|operand| made.source(operand)).collect())
        .collect();
    (Code { uniforms: made.uniforms, instructions, registers, summands: Vec::new(), gram: None }, places)
}

/// The pairs of a sum of products with what is the same for all examples on the left, and such pairs first: they are taken four at a time.
fn uniform_first(operands: &[Source]) -> Vec<Source> {
    let (left, right) = operands.split_at(operands.len() / 2);
    let is_uniform = |source: Source| matches!(source, Source::Uniform(_));
    let turned = left.iter().zip(right).map(|(&a, &b)| if is_uniform(b) { (b, a) } else { (a, b) });
    let (first, rest): (Vec<_>, Vec<_>) = turned.partition(|&(a, b)| is_uniform(a) && !is_uniform(b));
    let (left, right): (Vec<_>, Vec<_>) = first.into_iter().chain(rest).unzip();
    [left, right].concat()
}

/// A product of the chain rule is left to the sum.
fn wanted(lines: &Lines, output: Operand) -> Wanted {
    if let Operand::Line(index) = output
        && let Line { operation: Operation::Chain, operands } = &lines.lines[index]
        && let &[a, b] = operands.as_slice()
    {
        return Wanted::Product(a, b);
    }
    Wanted::Value(output)
}

fn uniform_lines(lines: &[Line]) -> Vec<bool> {
    let mut is_uniform: Vec<bool> = Vec::with_capacity(lines.len());
    for line in lines {
        let uniform = line.operands.iter().all(|operand| match *operand {
            Operand::Constant(_) | Operand::Parameter(_) => true,
            Operand::Column(_) => false,
            Operand::Line(index) => is_uniform[index],
        });
        is_uniform.push(uniform);
    }
    is_uniform
}

/// The last line that uses each line, the number of lines for what is summed; none for dead code.
fn last_uses(lines: &[Line], wanted: &[Wanted]) -> Vec<Option<usize>> {
    let mut last: Vec<Option<usize>> = vec![None; lines.len()];
    for operand in wanted.iter().flat_map(|wanted| wanted.operands()) {
        if let Operand::Line(index) = operand {
            last[index] = Some(lines.len());
        }
    }
    for (index, line) in lines.iter().enumerate().rev() {
        if last[index].is_some() {
            for operand in &line.operands {
                if let Operand::Line(used) = *operand {
                    last[used] = last[used].or(Some(index));
                }
            }
        }
    }
    last
}

/// Gives back the registers that line `index` was the last to read.
fn release(
    lines: &[Line],
    index: usize,
    last_use: &[Option<usize>],
    places: &[Option<Source>],
    free: &mut Vec<usize>,
) {
    for operand in &lines[index].operands {
        if let Operand::Line(used) = *operand
            && last_use[used] == Some(index)
            && let Some(Source::Register(register)) = places[used]
            && !free.contains(&register)
        {
            free.push(register);
        }
    }
}

struct Maker<'l> {
    is_uniform: &'l [bool],
    uniforms: Vec<Uniform>,
    /// The places of parameters, and of constants by their bits.
    known: HashMap<(bool, u64), usize>,
    places: Vec<Option<Source>>,
}

impl Maker<'_> {
    fn source(&mut self, operand: Operand) -> Source {
        match operand {
            Operand::Column(column) => Source::Column(column),
            Operand::Line(index) if !self.is_uniform[index] => {
                self.places[index].unwrap_or(Source::Uniform(0))
            }
            _ => Source::Uniform(self.uniform(operand)),
        }
    }

    /// The place of a uniform value, which is made if it is not there.
    fn uniform(&mut self, operand: Operand) -> usize {
        match operand {
            Operand::Line(index) => match self.places[index] {
                Some(Source::Uniform(place)) => place,
                _ => self.given(Uniform::Constant(f64::NAN)), // lines come before what uses them
            },
            Operand::Parameter(parameter) => self.given(Uniform::Parameter(parameter)),
            Operand::Constant(value) => self.given(Uniform::Constant(value)),
            Operand::Column(_) => self.given(Uniform::Constant(f64::NAN)), // no column is uniform
        }
    }

    fn given(&mut self, given: Uniform) -> usize {
        let key = match given {
            Uniform::Parameter(parameter) => Some((true, parameter as u64)),
            Uniform::Constant(value) => Some((false, value.to_bits())),
            Uniform::Computed(..) => None,
        };
        if let Some(&place) = key.and_then(|key| self.known.get(&key)) {
            return place;
        }
        self.uniforms.push(given);
        self.known.extend(key.map(|key| (key, self.uniforms.len() - 1)));
        self.uniforms.len() - 1
    }
}
