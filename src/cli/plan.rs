//! `longlag plan`.

use std::{io::Write, time::Duration};

use indicatif::HumanDuration;

use super::{Exit, Failure, arguments, computing, counted::counted};
use crate::{
    engine::NUMERICS,
    plan::Plan,
    store::{Store, StoreError},
    table::{Cell, Column, Format, View},
};

/// Above this many arms the table shows the first ones only.
const SHOWN_ARMS: usize = 200;

pub(super) fn plan(options: &arguments::PlanArguments, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.computing.backend()?;
    let format: Format = options.format.parse()?;
    let (suite, planning) = options.suite.load()?;
    let plan = Plan::new(&suite, &planning)?;
    computing::fits(backend, &plan)?;
    for warning in &plan.warnings {
        super::run::eprintln_quietly(&format!("warning: {warning}"));
    }
    let store = match Store::read(&options.out.join(suite.folder())) {
        Ok(store) => Some(store),
        Err(StoreError::Nothing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let (engine, device) = backend.names();
    let mut stored = vec![0u32; plan.arms()];
    if let Some(store) = &store {
        for trial in plan.trials() {
            let found = store.stored(&plan.trial_id(trial), engine, device, NUMERICS);
            stored[trial.arm] += u32::from(found.is_some_and(|trial| trial.status.is_result()));
        }
    }
    let (mut seconds, mut memory) = (0.0, 0f64);
    let mut view = View {
        columns: vec![
            Column::text("arm"),
            Column::number("trials"),
            Column::number("stored"),
            Column::number("updates"),
            Column::number("parameters"),
        ],
        ..View::default()
    };
    // A million labels would take longer than all the rest.
    let mut arms = plan.named_arms().take(SHOWN_ARMS);
    for (&stored, estimate) in stored.iter().zip(plan.estimates(backend)) {
        let missing = f64::from(plan.replicates() - stored.min(plan.replicates()));
        seconds += missing * estimate.seconds;
        memory = memory.max(estimate.bytes);
        if let Some(arm) = arms.next() {
            view.rows.push(vec![
                Cell::Text(arm.label),
                Cell::Integer(plan.replicates().into()),
                Cell::Integer(stored.into()),
                Cell::Integer(estimate.budget.into()),
                Cell::Integer(estimate.parameters as i128),
            ]);
        }
    }
    out.write_all(format.render(&view, super::run::terminal_width())?.as_bytes())?;
    if plan.arms() > SHOWN_ARMS {
        super::run::eprintln_quietly(&format!("… and {} more", counted((plan.arms() - SHOWN_ARMS) as u64, "arm")));
    }
    let jobs = computing::jobs(None, backend.threads());
    let total_stored: u64 = stored.iter().map(|&count| u64::from(count)).sum();
    let least = if seconds > 0.0 { 1.0 } else { 0.0 };
    let time = HumanDuration(Duration::from_secs_f64((seconds / jobs as f64).clamp(least, 1e15)));
    super::run::eprintln_quietly(&format!(
        "{} × {} = {}, {total_stored} stored; the others take roughly {time} at most on {}; a trial needs {:.0} MiB",
        counted(plan.arms() as u64, "arm"),
        counted(plan.replicates(), "replicate"),
        counted(plan.len() as u64, "trial"),
        counted((jobs * backend.threads()) as u64, "core"),
        (memory / f64::from(1 << 20)).ceil(),
    ));
    Ok(Exit::Ok)
}
