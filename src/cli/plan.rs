//! `longlag plan`.

use std::{io::Write, time::Duration};

use indicatif::HumanDuration;

use super::{Exit, Failure, arguments, computing};
use crate::{
    engine::NUMERICS,
    plan::Plan,
    results::table::{Cell, Column, Format, View},
    run::Stages,
    store::{self, Store, StoreError},
    text::pluralize,
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
    let counts = |trial: &store::Trial| {
        (trial.engine.as_str(), trial.device.as_str(), trial.numerics) == (engine, device, NUMERICS)
    };
    let Stages { tuning, reported: plan, .. } = Stages::new(&plan, store.as_ref(), counts)?;
    let stored_of = |plan: &Plan| {
        let mut stored = vec![0u32; plan.arms()];
        for trial in plan.trials() {
            let found = store.as_ref().and_then(|store| store.stored(&plan.trial_id(trial), engine, device, NUMERICS));
            stored[trial.arm] += u32::from(found.is_some_and(|trial| trial.status.is_result()));
        }
        stored
    };
    let stored = stored_of(&plan);
    let (mut seconds, mut memory) = (0.0, 0f64);
    let mut columns = vec![Column::text("arm")];
    // For each arm how many trials its tuning has, and how many of them are stored.
    let mut tried: Option<Vec<(u32, u32)>> = None;
    if let Some(tuning) = &tuning {
        columns.extend([Column::number("tuning"), Column::number("tuned")]);
        let stored = stored_of(tuning);
        for (&stored, estimate) in stored.iter().zip(tuning.estimates(backend)) {
            seconds += f64::from(tuning.replicates() - stored) * estimate.seconds;
            memory = memory.max(estimate.bytes);
        }
        let each = tuning.candidates() as u32 * tuning.replicates();
        tried = Some(stored.chunks(tuning.candidates()).map(|arm| (each, arm.iter().sum())).collect());
    }
    columns.extend([
        Column::number("trials"),
        Column::number("stored"),
        Column::number("updates"),
        Column::number("parameters"),
    ]);
    let mut view = View { columns, ..View::default() };
    // A million labels would take longer than all the rest.
    let mut arms = plan.named_arms().take(SHOWN_ARMS);
    for (index, (&stored, estimate)) in stored.iter().zip(plan.estimates(backend)).enumerate() {
        let missing = f64::from(plan.replicates() - stored.min(plan.replicates()));
        seconds += missing * estimate.seconds;
        memory = memory.max(estimate.bytes);
        if let Some(arm) = arms.next() {
            let tried = tried.as_ref().map(|tried| tried[index]);
            let tried =
                tried.into_iter().flat_map(|(each, stored)| [each, stored].map(|count| Cell::Integer(count.into())));
            let counts = [
                Cell::Integer(plan.replicates().into()),
                Cell::Integer(stored.into()),
                Cell::Integer(estimate.budget.into()),
                Cell::Integer(estimate.parameters as i128),
            ];
            view.rows.push([Cell::Text(arm.label)].into_iter().chain(tried).chain(counts).collect());
        }
    }
    out.write_all(format.render(&view, super::run::terminal_width())?.as_bytes())?;
    if plan.arms() > SHOWN_ARMS {
        super::run::eprintln_quietly(&format!("… and {} more", pluralize(plan.arms() - SHOWN_ARMS, "arm")));
    }
    let jobs = computing::jobs(None, backend.threads());
    let stored_tried = tried.iter().flatten().map(|&(_, stored)| u64::from(stored)).sum::<u64>();
    let total_stored = stored_tried + stored.iter().map(|&count| u64::from(count)).sum::<u64>();
    let total = (plan.len() + tuning.as_ref().map_or(0, Plan::len)) as u64;
    let least = if seconds > 0.0 { 1.0 } else { 0.0 };
    let time = HumanDuration(Duration::from_secs_f64((seconds / jobs as f64).clamp(least, 1e15)));
    super::run::eprintln_quietly(&format!(
        "{} × {}{} = {}, {total_stored} stored; the others take roughly {time} at most on {}; a trial needs {:.0} MiB",
        pluralize(plan.arms(), "arm"),
        match &tuning {
            Some(tuning) if tuning.replicates() == 1 => {
                format!("({} to choose from + ", pluralize(tuning.candidates(), "candidate"))
            }
            Some(tuning) => format!(
                "({} to choose from × {} + ",
                pluralize(tuning.candidates(), "candidate"),
                pluralize(tuning.replicates(), "replicate")
            ),
            None => String::new(),
        },
        pluralize(plan.replicates(), "replicate") + if tuning.is_some() { ")" } else { "" },
        pluralize(total, "trial"),
        pluralize(jobs * backend.threads(), "core"),
        (memory / f64::from(1 << 20)).ceil(),
    ));
    Ok(Exit::Ok)
}
