#![expect(clippy::print_stdout, reason = "it shows what it finds")]

use std::{error::Error, path::Path, sync::atomic::AtomicBool};

use longlag::{
    run::{Session, SessionOptions},
    suite::Suite,
};

fn main() -> Result<(), Box<dyn Error>> {
    let suite = Suite::load(Path::new("suites/vanishing.yaml"), vec![], true)?; // its small version, as by --quick
    let mut session = Session::open(suite, SessionOptions::default())?; // stores in results/vanishing-quick/
    println!("{} trials to train", session.pending().reported.len());
    session.run(&session.trainer(), &mut (), &AtomicBool::new(false))?;

    let results = session.results()?;
    for arm in &results.arms {
        for trial in &arm.trials {
            let loss = trial.value("test/loss".parse()?).unwrap_or(f64::NAN);
            println!("{}, replicate {}: test loss {loss:.3}", arm.arm.label, trial.trial.replicate);
        }
    }
    Ok(())
}
