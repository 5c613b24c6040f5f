#![expect(clippy::print_stdout, reason = "it shows what it finds")]

use std::{error::Error, sync::atomic::AtomicBool};

use longlag::{
    results::claim::verdicts,
    run::{Session, SessionOptions},
    suite::Suite,
};

/// Some seconds of training.
const SUITE: &str = "
version: 1
name: forget-bias-reach
about: Does a larger forget bias let the gradient reach further back, before any training?
replicates: 8
task: {kind: adding, length: 50}
model: {cell: lstm, hidden: 16}
init: {parameters: {b_f: {kind: constant, value: 1.0}}}
train: {batch: 16, updates: 1, validation-sequences: 32, test-sequences: 32}
probes: [gradient-by-lag]
sweep: [{kind: grid, over: {init.parameters.b_f.value: [-2, 0, 1, 4]}}]
claims:
  - id: reach
    statement: The larger the forget bias, the further back the gradient reaches.
    metric: gradient-by-lag/initial-horizon
    over: init.parameters.b_f.value
    expect: increasing
";

fn main() -> Result<(), Box<dyn Error>> {
    let suite = Suite::parse(SUITE)?; // every mistake in it would be an error with its line and column
    let mut session = Session::open(suite, SessionOptions::default())?; // stores in results/forget-bias-reach/
    session.run(&session.trainer(), &mut (), &AtomicBool::new(false))?;
    for verdict in verdicts(&session.results()?) {
        println!("{}", verdict.sentence());
    }
    Ok(())
}
