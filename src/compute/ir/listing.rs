//! Lists of calls as text.

use std::fmt::{self, Write as _};

use super::{
    Call, Factor, FactorId, Factors, Form, Instruction, Move, Operation, Places, Reference, Relation, Slot, Term,
};

/// Prints calls, one line for each product, moved run of units or pointwise instruction:
///
/// ```text
/// v4 = b_h + w_xh·x + w_hh·h[t-1]
/// h = tanh v4
/// ```
///
/// `h[t-1]` is the place h as it was a step before, `wᵀ` a transposed matrix, `r0` a value within a pointwise program. Pointwise
/// instructions are indented; a line with their width stands before them.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    pub places: &'a Places,
    pub factors: &'a Factors,
}

impl Listing<'_> {
    /// The lines for `calls`, each behind `indent`.
    pub fn of(self, calls: &[Call], indent: &str) -> String {
        let mut text = String::new();
        for call in calls {
            for line in self.lines(call) {
                writeln!(text, "{indent}{line}").expect("a string takes what is written");
            }
        }
        text
    }

    fn lines(self, call: &Call) -> Vec<String> {
        match call {
            Call::Product { to, initial, terms } => {
                let start = (self.places.get(*initial).form != Form::Zeros).then(|| self.reference(*initial));
                let products = terms
                    .iter()
                    .map(|Term { value, matrix }| format!("{}·{}", self.factor(*matrix), self.reference(*value)));
                let sum: Vec<String> = start.into_iter().chain(products).collect();
                vec![format!("{} = {}", self.reference(*to), sum.join(" + "))]
            }
            Call::Rearrange { to, moves } => {
                let units = |first: usize, count: usize| format!("{{{first}..{}}}", first + count);
                let line = |&Move { from, first, step, to: target, count }: &Move| {
                    let read = match from {
                        None => "0".to_owned(),
                        Some(from) if step == 0 => format!("{}{{{first}}}", self.reference(from)),
                        Some(from) => format!("{}{}", self.reference(from), units(first, count)),
                    };
                    format!("{}{} = {read}", self.reference(*to), units(target, count))
                };
                moves.iter().map(line).collect()
            }
            Call::Pointwise { instructions, operands, width } => {
                let mut lines = vec![format!("pointwise, {width} wide")];
                lines.extend(instructions.iter().map(|one| format!("  {}", self.instruction(one, operands))));
                lines
            }
        }
    }

    /// The name of a place, and how many steps before it is meant.
    pub fn reference(self, reference: Reference) -> String {
        let name = &self.places.get(reference).name;
        if reference.delay == 0 { name.clone() } else { format!("{name}[t-{}]", reference.delay) }
    }

    fn factor(self, factor: FactorId) -> String {
        let (name, transposed) = match &self.factors.all()[factor.0] {
            Factor::Weight { name, transposed, .. } => (name.clone(), *transposed),
            Factor::Fixed { matrix, transposed } => {
                (format!("M{}[{}, {}]", factor.0, matrix.rows(), matrix.columns()), *transposed)
            }
        };
        if transposed { format!("{name}ᵀ") } else { name }
    }

    fn instruction(self, instruction: &Instruction, operands: &[Reference]) -> String {
        let slot = |slot: &Slot| match slot {
            Slot::Local(local) => format!("r{local}"),
            Slot::Operand(operand) => self.reference(operands[*operand]),
        };
        let sources: Vec<String> = instruction.sources().iter().map(slot).collect();
        format!("{} = {}", slot(&instruction.to), Applied(instruction.operation, &sources))
    }
}

/// An operation with its operands in words.
struct Applied<'a>(Operation, &'a [String]);

impl fmt::Display for Applied<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(operation, operands) = self;
        let relation = |relation| match relation {
            Relation::Less => "<",
            Relation::LessOrEqual => "≤",
            Relation::Greater => ">",
            Relation::GreaterOrEqual => "≥",
        };
        match (operation, operands) {
            (Operation::Tanh, [a]) => write!(f, "tanh {a}"),
            (Operation::Sigmoid, [a]) => write!(f, "sigmoid {a}"),
            (Operation::Exp, [a]) => write!(f, "exp {a}"),
            (Operation::ExpM1, [a]) => write!(f, "expm1 {a}"),
            (Operation::Ln, [a]) => write!(f, "ln {a}"),
            (Operation::Ln1P, [a]) => write!(f, "log1p {a}"),
            (Operation::Sqrt, [a]) => write!(f, "sqrt {a}"),
            (Operation::Square, [a]) => write!(f, "{a}²"),
            (Operation::Abs, [a]) => write!(f, "|{a}|"),
            (Operation::Sin, [a]) => write!(f, "sin {a}"),
            (Operation::Cos, [a]) => write!(f, "cos {a}"),
            (Operation::Copy, [a]) => write!(f, "{a}"),
            (Operation::Constant(value), []) => write!(f, "{value}"),
            (Operation::Scalar(scalar), []) => write!(f, "s{scalar}"),
            (Operation::Scale { scalar }, [a]) => write!(f, "s{scalar}·{a}"),
            (Operation::Affine { scale, shift }, [a]) => write!(f, "{scale}·{a} + {shift}"),
            (Operation::SquareAffine { scale, shift }, [a]) => write!(f, "{scale}·{a}² + {shift}"),
            (Operation::Add, [a, b]) => write!(f, "{a} + {b}"),
            (Operation::Subtract, [a, b]) => write!(f, "{a} - {b}"),
            (Operation::Multiply, [a, b]) => write!(f, "{a}·{b}"),
            (Operation::Divide, [a, b]) => write!(f, "{a} / {b}"),
            (Operation::MultiplyAdd, [a, b, c]) => write!(f, "{a}·{b} + {c}"),
            (Operation::NegativeMultiplyAdd, [a, b, c]) => write!(f, "{c} - {a}·{b}"),
            (Operation::Select { relation: r, threshold }, [a, b, c]) => {
                write!(f, "if {a} {} {threshold} then {b} else {c}", relation(*r))
            }
            (operation, operands) => unreachable!("{operation:?} of {operands:?}"),
        }
    }
}
