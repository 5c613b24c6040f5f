//! Instructions that kernels, optimizers and updates of every registered cell execute, counted by callgrind: free of noise, so that a
//! slowdown of a few per cent is found by comparing with the counts that are committed in `counts.json` beside this file.
//!
//! ```text
//! scripts/bench-regression.sh            # exit 3 where a count grew by more than the tolerance, 4 where counts cannot be compared
//! scripts/bench-regression.sh --record   # writes the counts of this version
//! cargo bench --bench instructions       # prints the counts of the release profile
//! ```
//!
//! Counted are instructions of this program's own functions, not those of the C library (its copies and its allocator differ from
//! system to system), in the dev profile, in which users train, with the instruction set avx2: valgrind knows no AVX-512, and shows a
//! program the same processor wherever it runs. A compiler of another version gives other counts, so that they stand beside its name.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark's output is its table")]

mod callgrind;
mod cases;
mod counts;
#[path = "../operands/mod.rs"]
mod operands;

use std::process::ExitCode;

use counts::{Counts, Setup};

/// By how much a count may grow, as a share: unrelated code moves what a compiler inlines, and so does incremental building, by up to
/// 2.3 % of an update. Recorded counts are of a build without it, as in CI.
const TOLERANCE: f64 = 0.03;
/// The least that the reference engine executes for each instruction of the fused one, in the same process: this asks for no history.
const LEAST_RATIO: f64 = 5.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let found = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cases"] => {
            cases::run(&mut |name, work| {
                // Named before it is counted: the counts come in this order.
                println!("{name}");
                measured(work);
            });
            return ExitCode::SUCCESS;
        }
        [] => count().map(|(counts, ratio)| {
            print(&counts, None);
            print_ratio(ratio);
            ExitCode::SUCCESS
        }),
        ["check"] => check(),
        ["record"] => count().and_then(|(counts, ratio)| {
            print(&counts, Counts::read().ok().as_ref());
            print_ratio(ratio);
            counts.write().map(|()| ExitCode::SUCCESS)
        }),
        _ => Err(Stop::error("give nothing, `check` or `record`")),
    };
    found.unwrap_or_else(|stop| {
        eprintln!("error: {}", stop.message);
        ExitCode::from(stop.code)
    })
}

/// The reason why nothing was counted or compared, with the exit code.
struct Stop {
    message: String,
    code: u8,
}

impl Stop {
    /// Something that has to be mended.
    fn error(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// Counts that cannot be compared on this machine, or with this compiler.
    fn incomparable(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 4 }
    }
}

/// Everything between its beginning and its end is counted.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}

/// The counts of this program, and how many instructions the reference engine executes for each of the fused one.
fn count() -> Result<(Counts, f64), Stop> {
    let mut counts = callgrind::counts()?;
    let mut engine = |name: &str| counts.shift_remove(name).filter(|count| *count > 0);
    let ratio = match (engine(cases::REFERENCE), engine(cases::FUSED)) {
        (Some(reference), Some(fused)) => reference as f64 / fused as f64,
        _ => return Err(Stop::error("the engines were not counted")),
    };
    Ok((Counts { setup: Setup::this(), counts }, ratio))
}

fn check() -> Result<ExitCode, Stop> {
    let recorded = Counts::read()?;
    recorded.setup.check(&Setup::this())?;
    let (counts, ratio) = count()?;
    print(&counts, Some(&recorded));
    print_ratio(ratio);
    let grown = counts.grown(&recorded, TOLERANCE);
    let gone: Vec<&str> =
        recorded.counts.keys().map(String::as_str).filter(|name| !counts.counts.contains_key(*name)).collect();
    for (name, share) in &grown {
        eprintln!("regression: {name} executes {:.1} % more instructions than recorded", 100.0 * share);
    }
    for name in &gone {
        eprintln!("{name} is recorded and not counted any more; --record forgets it");
    }
    let is_faster = ratio >= LEAST_RATIO;
    if !is_faster {
        eprintln!(
            "regression: the reference engine executes {ratio:.2} times what the fused one does, less than {LEAST_RATIO}"
        );
    }
    let shrunk = recorded.grown(&counts, TOLERANCE).len();
    if shrunk > 0 {
        eprintln!("{shrunk} counts shrank by more than {} %; --record keeps what was won", 100.0 * TOLERANCE);
    }
    println!("{} counts compared, {} regressed", counts.counts.len(), grown.len());
    Ok(match (grown.is_empty() && is_faster, gone.is_empty()) {
        (false, _) => ExitCode::from(3),
        (true, false) => ExitCode::from(4),
        (true, true) => ExitCode::SUCCESS,
    })
}

fn print(counts: &Counts, recorded: Option<&Counts>) {
    for (name, count) in &counts.counts {
        let before = recorded.map(|recorded| recorded.counts.get(name));
        let change = match before {
            None => String::new(),
            Some(None) => "  not recorded".to_owned(),
            Some(Some(before)) => format!("  {:+.2} %", 100.0 * (*count as f64 / *before as f64 - 1.0)),
        };
        println!("{name:<40}{count:>12}{change}");
    }
}

fn print_ratio(ratio: f64) {
    println!("the reference engine executes {ratio:.2} instructions for each of the fused engine, for the same update");
}
