//! Programs with one planted mistake, for those who test a verifier: does it notice?
//!
//! Each instruction, constant and sum of the compiled code is altered in turn, and each line of what [`Program::rust`] writes; so a mistake of any
//! pass, of lowering, of registers or of a kernel has a likeness among them.
//!
//! Invariant: the program itself stays as it is; a planted mistake is in a copy.

#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    reason = "each primitive speaks for itself, so that the compiler asks a new one to"
)]

use chainrule_graph::Primitive;

use crate::code::{Code, Summand, Uniform};
use crate::lower::Operation;
use crate::program::Program;

/// A program with a mistake in it.
#[derive(Clone, Debug)]
pub struct Planted {
    /// What was altered, and where.
    pub what: String,
    /// The program that has it.
    pub program: Program,
}

impl Program {
    /// Copies of the program with a mistake each, in what runs over columns.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_program::Program;
    ///
    /// let g = Graph::new();
    /// let program = Program::new(&g, g.parse("data x; (p - x)^2")?)?;
    /// let (columns, right): ([&[f64]; 1], _) = ([&[1.0, 4.0]], program.value_and_gradient(&[2.0], &[&[1.0, 4.0]])?);
    /// let wrong = program.planted().into_iter().filter(|planted| planted.what.starts_with("value and gradient"));
    /// for planted in wrong {
    ///     assert_ne!(planted.program.value_and_gradient(&[2.0], &columns)?, right, "{}", planted.what);
    /// }
    /// # Ok::<(), chainrule_program::Error>(())
    /// ```
    pub fn planted(&self) -> Vec<Planted> {
        type Part = (&'static str, fn(&Program) -> Option<&Code>, fn(&mut Program, Code));
        let parts: [Part; 4] = [
            ("value", |program| Some(&program.value), |program, code| program.value = code),
            (
                "value and gradient",
                |program| Some(&program.value_and_gradient),
                |program, code| program.value_and_gradient = code,
            ),
            (
                "Hessian times a direction",
                |program| Some(&program.hessian_vector),
                |program, code| program.hessian_vector = code,
            ),
            ("Hessian", |program| program.hessian.as_ref(), |program, code| program.hessian = Some(code)),
        ];
        let mut planted = Vec::new();
        for (part, get, set) in parts {
            for (what, code) in get(self).map(altered_codes).unwrap_or_default() {
                let mut program = self.clone();
                set(&mut program, code);
                planted.push(Planted { what: format!("{part}, {what}"), program });
            }
        }
        planted
    }

    /// Copies of the program with a mistake each, in what [`rust`](Self::rust) writes.
    pub fn planted_in_source(&self) -> Vec<Planted> {
        let mut planted = Vec::new();
        for (index, line) in self.lines.lines.iter().enumerate() {
            let Some((operation, operands)) = altered(line.operation, &line.operands) else { continue };
            let mut program = self.clone();
            let altered = &mut program.lines.lines[index];
            (altered.operation, altered.operands) = (operation, operands);
            planted.push(Planted { what: format!("source, line {index}: {operation:?}"), program });
        }
        planted
    }
}

/// Every way to alter one thing.
fn altered_codes(code: &Code) -> Vec<(String, Code)> {
    let mut codes = Vec::new();
    for (index, instruction) in code.instructions.iter().enumerate() {
        let Some((operation, operands)) = altered(instruction.operation, &instruction.operands) else {
            continue;
        };
        let mut copy = code.clone();
        let what = format!("instruction {index}: {operation:?} for {:?}", instruction.operation);
        (copy.instructions[index].operation, copy.instructions[index].operands) = (operation, operands);
        codes.push((what, copy));
    }
    for (index, uniform) in code.uniforms.iter().enumerate() {
        let altered = match uniform {
            Uniform::Constant(value) if value.is_nan() => None,
            Uniform::Constant(0.0) => Some(Uniform::Constant(1.0)),
            Uniform::Constant(value) => Some(Uniform::Constant(value * (1.0 + 1e-6))),
            Uniform::Parameter(_) => None,
            Uniform::Computed(operation, operands) => altered(*operation, operands)
                .map(|(operation, operands)| Uniform::Computed(operation, operands)),
        };
        let Some(altered) = altered else { continue };
        let mut copy = code.clone();
        copy.uniforms[index] = altered;
        codes.push((format!("what is the same for all examples, {index}"), copy));
    }
    for index in 1..code.summands.len() {
        let mut copy = code.clone();
        copy.summands.swap(index - 1, index);
        codes.push((format!("sums {} and {index} exchanged", index - 1), copy));
    }
    for (index, summand) in code.summands.iter().enumerate() {
        if let Summand::Product(adjoint, _) = *summand {
            let mut copy = code.clone();
            copy.summands[index] = Summand::Value(adjoint);
            codes.push((format!("sum {index} of adjoints without partials"), copy));
        }
    }
    if let Some(gram) = &code.gram {
        for index in 1..gram.design.len() {
            let mut copy = code.clone();
            if let Some(gram) = &mut copy.gram {
                gram.design.swap(index - 1, index);
            }
            codes.push((format!("columns {} and {index} exchanged", index - 1), copy));
        }
    }
    codes
}

/// Another operation of as many operands, or the same with one thing wrong; none where nothing wrong is near.
fn altered<T: Clone + PartialEq>(operation: Operation, operands: &[T]) -> Option<(Operation, Vec<T>)> {
    let same = operands.to_vec();
    let swapped = |a: usize, b: usize| {
        let mut operands = operands.to_vec();
        operands.swap(a, b);
        operands
    };
    Some(match operation {
        Operation::Add => (Operation::Sub, same),
        // x − x only tells what is finite.
        Operation::Sub if operands.first() == operands.get(1) => return None,
        Operation::Sub => (Operation::Add, same),
        Operation::Mul | Operation::Chain | Operation::Route => (Operation::Add, same),
        Operation::Div | Operation::Quotient => (Operation::Mul, same),
        Operation::Neg => (Operation::Compute(Primitive::Exp), same),
        Operation::ExpSub => (operation, swapped(0, 1)),
        Operation::Dot if operands.len() >= 2 => {
            // Without the first pair.
            let (left, right) = operands.split_at(operands.len() / 2);
            (Operation::Dot, [&left[1..], &right[1..]].concat())
        }
        Operation::Dot => return None,
        Operation::Compute(primitive) => match primitive {
            Primitive::Select | Primitive::WhereZero if operands.get(1) == operands.get(2) => return None,
            Primitive::Select | Primitive::WhereZero => (operation, swapped(1, 2)),
            Primitive::PowI(n) => (Operation::Compute(Primitive::PowI(n + 1)), same),
            Primitive::Exp => (Operation::Compute(Primitive::ExpM1), same),
            Primitive::Ln1p => (Operation::Compute(Primitive::Ln), same),
            Primitive::Max => (Operation::Compute(Primitive::Min), same),
            Primitive::Min => (Operation::Compute(Primitive::Max), same),
            Primitive::PowF => (operation, swapped(0, 1)),
            Primitive::Hypot => (Operation::Sub, same), // exchanged arguments would be no mistake
            Primitive::Sqrt
            | Primitive::ExpM1
            | Primitive::Ln
            | Primitive::Sin
            | Primitive::Cos
            | Primitive::Tan
            | Primitive::Asin
            | Primitive::Acos
            | Primitive::Atan
            | Primitive::Sinh
            | Primitive::Cosh
            | Primitive::Tanh
            | Primitive::Abs
            | Primitive::Sign
            | Primitive::Round => (Operation::Neg, same),
        },
    })
}
