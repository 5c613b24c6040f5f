//! Programs give what the same operations give on single numbers, on every instruction set, and touch nothing else.

use super::{CHUNK, Instruction, Number, Operation, Program, Relation, Scratch, Slot};
use crate::compute::kernel::{
    Isa,
    function::Elementary,
    lanes::{Array, Lanes as _},
};

const COUNTS: [usize; 11] = [0, 1, 2, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 1000, 4 * CHUNK + 16];

fn operations() -> Vec<Operation> {
    use Operation::*;
    let relations = [Relation::Less, Relation::LessOrEqual, Relation::Greater, Relation::GreaterOrEqual];
    let mut all = vec![
        Tanh,
        Sigmoid,
        Exp,
        ExpM1,
        Ln,
        Ln1P,
        Sqrt,
        Square,
        Abs,
        Sin,
        Cos,
        Copy,
        Constant(0.1),
        Constant(f64::NAN),
        Scalar(0),
        Scale { scalar: 1 },
        Add,
        Subtract,
        Multiply,
        Divide,
        MultiplyAdd,
        NegativeMultiplyAdd,
        Affine { scale: -1.7, shift: 0.3 },
        SquareAffine { scale: -1.0, shift: 1.0 },
    ];
    for threshold in [0.0, -0.0, 0.75, f64::INFINITY, f64::NAN] {
        all.extend(relations.map(|relation| Select { relation, threshold }));
    }
    all
}

/// The numbers handed in at each run.
const SCALARS: [f64; 2] = [-0.3, 1.7];

/// One operation on one number.
fn plain<E: Number>(operation: Operation, a: E, b: E, c: E) -> E
where
    Array<E, 1>: Elementary<Element = E>,
{
    let elementary = |f: unsafe fn(Array<E, 1>) -> Array<E, 1>| {
        let mut to = E::ZERO;
        // SAFETY: arrays need no instruction set; both pointers are to one number.
        unsafe { f(Array::load(&raw const a)).store(&raw mut to) };
        to
    };
    let number = E::narrow;
    match operation {
        Operation::Tanh => elementary(Elementary::tanh),
        Operation::Sigmoid => elementary(Elementary::sigmoid),
        Operation::Exp => elementary(Elementary::exp),
        Operation::ExpM1 => elementary(Elementary::exp_m1),
        Operation::Ln => elementary(Elementary::ln),
        Operation::Ln1P => elementary(Elementary::ln_1p),
        Operation::Sin => elementary(Elementary::sin),
        Operation::Cos => elementary(Elementary::cos),
        Operation::Sqrt => a.square_root(),
        Operation::Square => a * a,
        Operation::Abs => a.magnitude(),
        Operation::Copy => a,
        Operation::Constant(value) => number(value),
        Operation::Scalar(scalar) => number(SCALARS[scalar]),
        Operation::Scale { scalar } => a.multiply_add(number(SCALARS[scalar]), E::ZERO),
        Operation::Affine { scale, shift } => a.multiply_add(number(scale), number(shift)),
        Operation::SquareAffine { scale, shift } => (number(scale) * a).multiply_add(a, number(shift)),
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => a / b,
        Operation::MultiplyAdd => a.multiply_add(b, c),
        Operation::NegativeMultiplyAdd => (-a).multiply_add(b, c),
        Operation::Select { relation, threshold } => {
            let threshold = number(threshold);
            let holds = match relation {
                Relation::Less => a < threshold,
                Relation::LessOrEqual => a <= threshold,
                Relation::Greater => a > threshold,
                Relation::GreaterOrEqual => a >= threshold,
            };
            if holds { b } else { c }
        }
    }
}

/// Whether two numbers are the same bit for bit, or both NaN.
fn same<E: Number>(a: E, b: E) -> bool {
    let (a, b) = (a.widen(), b.widen());
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Random bits: every kind of number, and of usual ones more than bits alone would give.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // Steele, Lea and Flood's SplitMix64 (2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn number<E: Number>(&mut self) -> E {
        let special = [0.0, -0.0, 1.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-40, -1e-45, 0.75, 1e30];
        let bits = self.next();
        match bits % 4 {
            0 => E::narrow(special[(bits >> 8) as usize % special.len()]),
            1 => E::narrow(f64::from(f32::from_bits((bits >> 32) as u32))),
            _ => E::narrow(((bits >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * 40.0),
        }
    }
}

fn sets() -> impl Iterator<Item = Isa> {
    Isa::ALL.into_iter().filter(|isa| isa.available())
}

fn every_operation_is_its_plain_self<E: Number>()
where
    Array<E, 1>: Elementary<Element = E>,
{
    let mut random = Random(1);
    let mut scratch = Scratch::default();
    for operation in operations() {
        let operands: Vec<Slot> = (1..=operation.arity()).map(Slot::Operand).collect();
        let instruction = Instruction::new(operation, Slot::Operand(0), &operands);
        for count in COUNTS {
            // to, a, b, c with a gap between, of numbers that must stay.
            let places: [usize; 4] = std::array::from_fn(|i| 3 + i * (count + 5));
            let before: Vec<E> = (0..4 * (count + 5) + 3).map(|_| random.number()).collect();
            for isa in sets() {
                let mut arena = before.clone();
                let program = Program::new(isa, vec![instruction]);
                program.run_with(&mut scratch, &mut arena, count, &places, &SCALARS.map(E::narrow));
                for (i, (&new, &old)) in arena.iter().zip(&before).enumerate() {
                    if (places[0]..places[0] + count).contains(&i) {
                        let [a, b, c] = [1, 2, 3].map(|operand| before[places[operand] + i - places[0]]);
                        let wanted = plain(operation, a, b, c);
                        assert!(
                            same(new, wanted),
                            "{operation:?} on {}: {a:?}, {b:?}, {c:?} gives {new:?}, not {wanted:?}",
                            isa.name()
                        );
                    } else {
                        assert!(same(new, old), "{operation:?} of {count} on {} touches number {i}", isa.name());
                    }
                }
            }
        }
    }
}

#[test]
fn every_operation_is_its_plain_self_in_f32() {
    every_operation_is_its_plain_self::<f32>();
}

#[test]
fn every_operation_is_its_plain_self_in_f64() {
    every_operation_is_its_plain_self::<f64>();
}

/// Random programs of locals and operands, some of them in the same place.
#[test]
fn programs_are_the_sequence_of_their_instructions() {
    let mut random = Random(2);
    let all = operations();
    let mut scratch = Scratch::default();
    for round in 0..60 {
        let (locals, operands, length) = (1 + round % 7, 2 + round % 5, 1 + round % 23);
        let count = COUNTS[round % COUNTS.len()];
        let mut written = vec![false; locals];
        let mut instructions = Vec::new();
        for _ in 0..length {
            let operation = all[random.next() as usize % all.len()];
            let mut pick = |only_written: bool| loop {
                let n = random.next() as usize % (locals + operands);
                match n.checked_sub(locals) {
                    Some(operand) => break Slot::Operand(operand),
                    None if written[n] || !only_written => break Slot::Local(n),
                    None => {}
                }
            };
            let from: Vec<Slot> = (0..operation.arity()).map(|_| pick(true)).collect();
            let to = pick(false);
            if let Slot::Local(i) = to {
                written[i] = true;
            }
            instructions.push(Instruction::new(operation, to, &from));
        }
        // The last operand is in the place of the first.
        let mut places: Vec<usize> = (0..operands).map(|i| 2 + i * (count + 1)).collect();
        places[operands - 1] = places[0];
        let before: Vec<f32> = (0..operands * (count + 1) + 2).map(|_| random.number()).collect();
        let mut wanted = before.clone();
        for k in 0..count {
            let mut values = vec![0.0; locals];
            for instruction in &instructions {
                let read = |slot| match slot {
                    Slot::Local(i) => values[i],
                    Slot::Operand(i) => wanted[places[i] + k],
                };
                let [a, b, c] = instruction.from.map(read);
                let value = plain(instruction.operation, a, b, c);
                match instruction.to {
                    Slot::Local(i) => values[i] = value,
                    Slot::Operand(i) => wanted[places[i] + k] = value,
                }
            }
        }
        for isa in sets() {
            let mut arena = before.clone();
            let program = Program::new(isa, instructions.clone());
            let scalars = SCALARS.map(|scalar| scalar as f32);
            program.run_with(&mut scratch, &mut arena, count, &places[..program.operands()], &scalars);
            for (i, (&a, &b)) in arena.iter().zip(&wanted).enumerate() {
                assert!(same(a, b), "{instructions:?} on {}: number {i} is {a:?}, not {b:?}", isa.name());
            }
        }
    }
}

#[test]
fn overlapping_places_are_no_danger() {
    let add = Instruction::new(Operation::Add, Slot::Operand(0), &[Slot::Operand(1), Slot::Operand(2)]);
    for isa in sets() {
        let mut arena = vec![1.0f32; 700];
        Program::new(isa, vec![add]).run(&mut Scratch::default(), &mut arena, 600, &[100, 90, 7]);
        assert!(arena[..100].iter().all(|&x| x == 1.0));
    }
}

#[test]
fn what_does_not_fit_panics() {
    let copy = Instruction::new(Operation::Copy, Slot::Operand(0), &[Slot::Operand(1)]);
    let run = |count: usize, places: &'static [usize]| {
        std::panic::catch_unwind(move || {
            let mut arena = [1.0f32; 64];
            Program::new(Isa::Portable, vec![copy]).run(&mut Scratch::default(), &mut arena, count, places);
        })
    };
    assert!(run(32, &[0, 32]).is_ok());
    assert!(run(32, &[0, 33]).is_err());
    assert!(run(32, &[0]).is_err());
    assert!(run(1, &[usize::MAX, 0]).is_err());
    let unwritten = Instruction::new(Operation::Copy, Slot::Operand(0), &[Slot::Local(1)]);
    assert!(std::panic::catch_unwind(|| Program::<f32>::new(Isa::Portable, vec![unwritten])).is_err());
}
