//! The elementary functions of `kernel::function`: what they cost, and with `--exhaustive` how far they are from the truth.
//!
//! ```text
//! scripts/elementary.sh                       # cycles per 16 numbers, every function on every instruction set
//! scripts/elementary.sh --exhaustive          # all 2^32 arguments: some 20 minutes on two threads
//! scripts/elementary.sh --exhaustive tanh ln  # some of them
//! scripts/elementary.sh --fastest             # only the fastest instruction set, with any of these
//! ```
//!
//! The truth is `libm` in f64. Without `--exhaustive`, cheap operations and the pointwise part of an LSTM are timed as well.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it reports")]

#[path = "../src/compute/kernel/function/reference.rs"]
mod reference;

use std::{
    hint::black_box,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use longlag::compute::kernel::{
    Isa,
    pointwise::{Instruction, Operation, Program, Scratch, Slot},
};
use reference::{REFERENCES, Reference, error_in_ulp};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|name| !name.starts_with("--")).collect();
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    if arguments.iter().any(|argument| argument == "--exhaustive") {
        for function in REFERENCES.iter().filter(|function| wanted(function.name)) {
            exhaust(function);
        }
    } else {
        time(&wanted);
    }
}

fn sets() -> Vec<Isa> {
    let count = if std::env::args().any(|argument| argument == "--fastest") { 1 } else { Isa::ALL.len() };
    Isa::ALL.into_iter().filter(|isa| isa.available()).take(count).collect()
}

fn operation(name: &str) -> Operation {
    match name {
        "tanh" => Operation::Tanh,
        "sigmoid" => Operation::Sigmoid,
        "exp" => Operation::Exp,
        "expm1" => Operation::ExpM1,
        "ln" => Operation::Ln,
        "log1p" => Operation::Ln1P,
        "sin" => Operation::Sin,
        "cos" => Operation::Cos,
        _ => panic!("no operation is called {name}"),
    }
}

/// Operand 1 ← the operation of operand 0 (and 2, 3).
fn program(operation: Operation, isa: Isa) -> Program<f32> {
    let from = [Slot::Operand(0), Slot::Operand(2), Slot::Operand(3)];
    Program::new(isa, vec![Instruction::new(operation, Slot::Operand(1), &from[..operation.arity()])])
}

/// Numbers per place: two or four places stay in a first-level cache.
const COUNT: usize = 2048;

fn time(wanted: &dyn Fn(&str) -> bool) {
    let clock = clock();
    println!("{clock:.2} cycles per ns; cycles per 16 numbers (ns per number):\n");
    println!("{:<14}{}", "", sets().iter().map(|isa| format!("{:>22}", isa.name())).collect::<String>());
    let line = |name: &str, count: usize, places: &[usize], program: &dyn Fn(Isa) -> Program<f32>| {
        let cells = sets().into_iter().map(|isa| {
            let ns = nanoseconds(&program(isa), count, places) / count as f64;
            format!("{:>22}", format!("{:.1} ({ns:.3})", ns * 16.0 * clock))
        });
        println!("{name:<14}{}", cells.collect::<String>());
    };
    let functions = REFERENCES.iter().map(|function| (function.name, operation(function.name)));
    let cheap = [("copy", Operation::Copy), ("divide", Operation::Divide), ("multiply-add", Operation::MultiplyAdd)];
    for (name, operation) in functions.chain(cheap).filter(|(name, _)| wanted(name)) {
        line(name, COUNT, &[0, COUNT, 2 * COUNT, 3 * COUNT], &|isa| program(operation, isa));
    }
    if wanted("lstm") {
        // A tile of 8 rows of 128 units.
        let places: Vec<usize> = (0..7).map(|i| i * 1024).collect();
        line("lstm", 1024, &places, &lstm);
    }
}

/// The pointwise part of an LSTM's step: operands 0 to 3 are the gates before their nonlinearities, 4 and 5 the old and the new
/// cell, 6 the output.
fn lstm(isa: Isa) -> Program<f32> {
    use Operation::{Multiply, MultiplyAdd, Sigmoid, Tanh};
    use Slot::{Local, Operand};
    let instructions = vec![
        Instruction::new(Sigmoid, Local(0), &[Operand(0)]),
        Instruction::new(Sigmoid, Local(1), &[Operand(1)]),
        Instruction::new(Tanh, Local(2), &[Operand(2)]),
        Instruction::new(Sigmoid, Local(3), &[Operand(3)]),
        Instruction::new(Multiply, Local(0), &[Local(0), Local(2)]),
        Instruction::new(MultiplyAdd, Operand(5), &[Local(1), Operand(4), Local(0)]),
        Instruction::new(Tanh, Local(2), &[Operand(5)]),
        Instruction::new(Multiply, Operand(6), &[Local(3), Local(2)]),
    ];
    Program::new(isa, instructions)
}

/// The time of one run, the least of several.
fn nanoseconds(program: &Program<f32>, count: usize, places: &[usize]) -> f64 {
    let mut arena: Vec<f32> = (0..4 * COUNT).map(|i| (i % 1021) as f32 / 128.0 - 4.0).collect();
    // ln of positive numbers, and no subnormal results.
    arena[..COUNT].iter_mut().for_each(|x| *x = x.abs() + 0.01);
    let mut scratch = Scratch::default();
    let mut least = f64::INFINITY;
    for _ in 0..40 {
        let start = Instant::now();
        for _ in 0..50 {
            program.run(&mut scratch, black_box(&mut arena), count, places);
        }
        least = least.min(start.elapsed().as_nanos() as f64 / 50.0);
    }
    least
}

/// Cycles per nanosecond, by a chain of multiplications, which take three cycles each on the processors of today.
fn clock() -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        let mut x = black_box(3u64);
        for _ in 0..1_000_000 {
            x = x.wrapping_mul(x);
        }
        black_box(x);
        least = least.min(start.elapsed().as_nanos() as f64);
    }
    3e6 / least
}

/// Arguments per piece of work.
const PIECE: u32 = 1 << 16;

/// The findings on some arguments or all.
#[derive(Default)]
struct Found {
    /// The largest error, and the bits of its argument.
    error: f64,
    at: u32,
    /// Neighbours in the wrong order, and the largest step back in units in the last place.
    backward: u64,
    step: u32,
    first: Option<u32>,
    /// Arguments of which instruction sets differ.
    different: u64,
}

fn exhaust(function: &Reference) {
    let start = Instant::now();
    let (next, total) = (AtomicU32::new(0), Mutex::new(Found::default()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut found = Found::default();
                let mut worker = Worker::new(function);
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= 1 << 16 {
                        break;
                    }
                    if piece % (1 << 13) == 0 {
                        eprintln!("{} {} %", function.name, (u64::from(piece) * 100) >> 16);
                    }
                    worker.inspect(piece * PIECE, &mut found);
                }
                total.lock().expect("no thread panics").add(found);
            });
        }
    });
    let found = total.into_inner().expect("no thread panics");
    let order = match (function.increases, found.first) {
        (false, _) => String::new(),
        (true, None) => ", monotone".to_owned(),
        (true, Some(first)) => format!(
            ", {} steps back of at most {} ulp, the first at {:e}",
            found.backward,
            found.step,
            f32::from_bits(first)
        ),
    };
    println!(
        "{}: at most {:.3} ulp, at {:e} (0x{:08x}){order}; sets differ at {} ({:.0} s)",
        function.name,
        found.error,
        f32::from_bits(found.at),
        found.at,
        found.different,
        start.elapsed().as_secs_f64()
    );
    assert!(found.error <= function.bound && found.different == 0, "this is worse than promised");
}

impl Found {
    fn add(&mut self, other: Self) {
        if other.error > self.error {
            (self.error, self.at) = (other.error, other.at);
        }
        self.backward += other.backward;
        self.step = self.step.max(other.step);
        self.first = self.first.into_iter().chain(other.first).min();
        self.different += other.different;
    }
}

struct Worker<'a> {
    function: &'a Reference,
    programs: Vec<Program<f32>>,
    scratch: Scratch<f32>,
    arena: Vec<f32>,
    values: Vec<f32>,
}

impl<'a> Worker<'a> {
    fn new(function: &'a Reference) -> Self {
        let programs = sets().into_iter().map(|isa| program(operation(function.name), isa)).collect();
        Self { function, programs, scratch: Scratch::default(), arena: Vec::new(), values: Vec::new() }
    }

    /// The arguments with bits `start..start + PIECE`.
    fn inspect(&mut self, start: u32, found: &mut Found) {
        // One more in front, to compare with, unless that has another sign.
        let start = if start << 1 == 0 { start } else { start - 1 };
        let count = if start % PIECE == 0 { PIECE as usize } else { PIECE as usize + 1 };
        self.values.clear();
        for program in &self.programs {
            self.arena.clear();
            self.arena.extend((0..count as u32).map(|i| f32::from_bits(start + i)));
            self.arena.resize(2 * count, 0.0);
            program.run(&mut self.scratch, &mut self.arena, count, &[0, count]);
            self.values.extend_from_slice(&self.arena[count..]);
        }
        let values = &self.values[..count];
        for (i, &value) in values.iter().enumerate() {
            for other in self.values[count..].iter().skip(i).step_by(count) {
                found.different += u64::from(value.to_bits() != other.to_bits() && !(value.is_nan() && other.is_nan()));
            }
            let x = f32::from_bits(start + i as u32);
            let error = error_in_ulp(value, (self.function.value)(f64::from(x)));
            if error > found.error {
                (found.error, found.at) = (error, start + i as u32);
            }
        }
        for (i, pair) in values.windows(2).enumerate() {
            // Bits of negative numbers count away from zero.
            let (low, high) = if start >> 31 == 0 { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            if self.function.increases && low > high {
                found.backward += 1;
                found.step = found.step.max(low.to_bits().abs_diff(high.to_bits()));
                found.first.get_or_insert(start + i as u32);
            }
        }
    }
}
