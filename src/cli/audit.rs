//! `longlag audit`.

use std::{fs, io::Write, sync::atomic::Ordering};

use super::{
    Exit, Failure, arguments,
    terminal::{print_error, silence_panics_of_trials, stop_on_signals},
};
use crate::{
    plan::Plan,
    run::{
        AuditError, EngineTrainer, RunError, alone, audit as everything, check_backend_for, find_trial_of_any_stage,
    },
    store::{StoreError, write_output},
};

pub(super) fn audit(options: &arguments::Audit, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.backend.resolve()?;
    let (suite, planning) = options.suite.load()?;
    let plan = Plan::new(&suite, &planning)?;
    let (plan, trial, id) =
        find_trial_of_any_stage(&plan, &options.trial).map_err(|error| Failure::of_trial(error, "RUN"))?;
    check_backend_for(backend, &plan, trial.arm)?;
    backend.probe().map_err(RunError::from)?;
    let stop = stop_on_signals("given up")?;
    silence_panics_of_trials();
    let go_on = || !stop.load(Ordering::Relaxed);
    let bytes = match alone(&EngineTrainer { backend, keep_models: false }, || {
        everything(&plan, trial, options.update, backend, go_on)
    })? {
        Ok(bytes) => bytes,
        Err(AuditError::Stopped) => return Ok(Exit::Interrupted),
        Err(error) => return Err(Failure::usage(error.to_string())),
    };
    if let Some(folder) = options.out.parent() {
        fs::create_dir_all(folder).map_err(StoreError::io("create the folder", folder))?;
    }
    write_output(&options.out, &bytes).map_err(StoreError::io("write", &options.out))?;
    writeln!(out, "{}", options.out.display())?;
    // A suite without a sweep has one arm, which needs no name.
    let label = match plan.arm(trial.arm).label {
        label if label.is_empty() => label,
        label => format!(" ({label})"),
    };
    print_error(&format!("update {} of trial {id}{label}", options.update));
    Ok(Exit::Ok)
}
