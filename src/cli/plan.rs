//! `longlag plan`.

use std::{io::Write, time::Duration};

use indicatif::HumanDuration;

use super::{Exit, Failure, arguments, in_flight::under_way, tables::rendered, terminal::print_error};
use crate::{
    engine::Backend,
    plan::Plan,
    results::table::{Format, significant},
    run::{Forecast, check_backend, default_jobs, forecast, read_store, undrawable_figures},
    store::Store,
    text::{pluralize, shell_quote},
};

/// Above this many arms the table shows the first ones only.
const SHOWN_ARMS: usize = 200;

pub(super) fn plan(options: &arguments::PlanArguments, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.backend.resolve()?;
    let format: Format = options.format.parse()?;
    let (suite, planning) = options.suite.load()?;
    let plan = Plan::new(&suite, &planning)?;
    check_backend(backend, &plan)?;
    for warning in plan.warnings.iter().chain(&undrawable_figures(&suite, &plan)) {
        print_error(&format!("warning: {warning}"));
    }
    let dir = options.out.join(suite.folder());
    let store = read_store(&dir)?;
    for damage in store.iter().flat_map(Store::damages) {
        print_error(&format!("damage: {damage}"));
    }
    let forecast = forecast(&plan, &dir, store.as_ref(), backend, suite.keeps_models())?;
    out.write_all(rendered(format, &forecast.table(SHOWN_ARMS))?.as_bytes())?;
    if forecast.arms.len() > SHOWN_ARMS {
        print_error(&format!("… and {} more", pluralize(forecast.arms.len() - SHOWN_ARMS, "arm")));
    }
    print_error(&summary(&forecast, backend));
    if forecast.unmerged > 0 {
        let dir = dir.display().to_string();
        let merge = shell_quote(&dir);
        let trials = pluralize(forecast.unmerged, "trial");
        print_error(&format!(
            "of the others, {trials} are stored in parts of the run: `longlag merge {merge}` takes them over"
        ));
    }
    under_way(&forecast.in_flight).iter().for_each(|line| print_error(line));
    Ok(Exit::Ok)
}

/// Trials, time and memory in one line.
fn summary(forecast: &Forecast, backend: Backend) -> String {
    let jobs = default_jobs(backend, forecast.bytes);
    let time = match forecast.seconds {
        Some(seconds) => {
            let time = |seconds: f64| {
                let least = if seconds > 0.0 { 1.0 } else { 0.0 };
                HumanDuration(Duration::from_secs_f64((seconds / jobs as f64).clamp(least, 1e15)))
            };
            let (most, cores) = (time(seconds), pluralize(jobs * backend.threads(), "core"));
            match forecast.likely {
                Some(likely) => format!(
                    "the others likely take {} on {cores} with about {} of the search, and {most} if each arm spends all of its trials at \
                     the largest value",
                    time(likely),
                    pluralize(forecast.likely_trials as u64, "trial")
                ),
                None => format!("the others take roughly {most} at most on {cores}"),
            }
        }
        None if forecast.stored == forecast.trials as u64 => "no others are to be trained".to_owned(),
        None => "how long the others take on a GPU is not known".to_owned(),
    };
    let (arms, each) = match forecast.stages.searched.as_ref().and_then(Plan::along) {
        Some(along) => (forecast.arms.len(), format!("up to {}", pluralize(along.spec.trials, "trial"))),
        None => (forecast.stages.reported.arms(), pluralize(forecast.stages.reported.replicates(), "replicate")),
    };
    let tuning = forecast.stages.tuning.as_ref();
    format!(
        "{} × {}{} = {}, {} stored; {time}; {} at a time need {:.0} MiB; the tables have up \
         to {} rows",
        pluralize(arms, "arm"),
        match tuning {
            Some(tuning) if tuning.tried(0, 0).count() > 1 => format!(
                "({} to choose from × {} × {} + ",
                pluralize(tuning.candidates(), "candidate"),
                pluralize(tuning.tried(0, 0).count() as u64, "value"),
                pluralize(tuning.replicates(), "replicate")
            ),
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
        each + if tuning.is_some() { ")" } else { "" },
        pluralize(forecast.trials, "trial"),
        forecast.stored,
        pluralize(jobs, "trial"),
        (jobs as f64 * forecast.bytes / f64::from(1 << 20)).ceil(),
        significant(forecast.rows, 2),
    )
}
