//! `longlag reproduce`.

use std::io::Write;

use super::{
    Exit, Failure,
    arguments::{self, Device, EngineName},
    progress::Progress,
    tables::rendered,
    terminal::{opened, print_error, stop_on_signals},
};
use crate::{
    engine::NUMERICS,
    results::table::Format,
    run::{EngineTrainer, ReproduceOptions, RunError, StoredRun, default_jobs, reproduce as run_again},
    store::Manifest,
    text::{pluralize, shell_quote},
};

pub(super) fn reproduce(options: &arguments::Reproduce, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let run = opened(|| StoredRun::open(&options.folder.run))?;
    // By what computed the run last, unless told otherwise.
    let mut asked = options.backend.clone();
    let told = asked.engine.is_some() || asked.device.is_some();
    let manifest = run.store.manifest().ok().filter(|_| !told);
    if let Some(session) = manifest.as_ref().and_then(Manifest::last) {
        asked.engine = Some(if session.engine == "dfdx" { EngineName::Dfdx } else { EngineName::Fused });
        asked.device = Some(if session.device == "cuda" { Device::Cuda } else { Device::Cpu });
    }
    let backend = asked.resolve()?;
    let stop = stop_on_signals("given up")?;
    let largest = run.plan().estimates(backend).into_iter().map(|estimate| estimate.bytes).fold(0.0, f64::max);
    let how = ReproduceOptions {
        jobs: options.jobs.map_or_else(|| default_jobs(backend, largest), usize::from),
        sample: options.sample.map(|sample| sample as usize),
    };
    let trainer = EngineTrainer { backend, keep_models: false };
    let found = run_again(&run, &trainer, how, &mut Progress::new(backend, options.quiet), &stop).map_err(|error| {
        match error {
            // Trials that can be compared were computed on such a device.
            RunError::Device(error) => Failure::operational(format!(
                "{error}; the run's trials were computed on a GPU and can be reproduced on one only"
            )),
            error => error.into(),
        }
    })?;

    let (engine, device) = backend.names();
    let this = format!("engine {engine} on {device} under numerics {NUMERICS}");
    if found.comparable == 0 {
        print_error(&format!(
            "nothing to compare: none of {} has a result by {this}; `longlag show {} --table trials` shows what each was \
             computed by",
            pluralize(found.stored, "stored trial"),
            shell_quote(&run.dir.display().to_string())
        ));
        return Ok(Exit::NothingComparable);
    }
    let mismatches = found.mismatches.len();
    let gpus = (manifest.as_ref().and_then(Manifest::last).and_then(|session| session.gpu.clone()), backend.gpu());
    if let (Some(stored), Some(here)) = gpus
        && mismatches > 0
        && stored != here
    {
        print_error(&format!("the run was computed on another GPU or by other versions: {stored}; here is {here}"));
    }
    if mismatches > 0 || !matches!(format, Format::Table) {
        out.write_all(rendered(format, &found.table())?.as_bytes())?;
    }
    let others = match found.stored - found.comparable {
        0 => String::new(),
        others => format!("; {others} more were computed otherwise"),
    };
    print_error(&format!(
        "{} of {} have the same bits again, by {this}{others}",
        found.compared - mismatches,
        pluralize(found.compared, "trial")
    ));
    Ok(if found.interrupted {
        Exit::Interrupted
    } else if found.mismatches.iter().any(|mismatch| mismatch.difference.is_some()) {
        Exit::Mismatch
    } else if mismatches > 0 {
        // Nothing is known of their bits.
        Exit::TrialsFailed
    } else {
        Exit::Ok
    })
}
