//! The committed hash chains of a small suite: the same on every machine, with every instruction set, for any number of
//! threads and jobs.
//!
//! `LONGLAG_BLESS=1 cargo test --test laws bits::golden` writes them anew. Do so only together with a raised `NUMERICS`:
//! a chain that changes under the same number is a broken promise.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::atomic::AtomicBool};

use longlag::{
    component::{
        activation::ActivationSpec, algorithm::AlgorithmSpec, bptt::BpttSpec, cell::CellSpec, clip::ClipSpec,
        constraint::ConstraintSpec, curriculum::CurriculumSpec, init::InitializerSpec, modifier::ModifierSpec,
        optim::OptimizerSpec, parametrization::ParametrizationSpec, regularizer::RegularizerSpec,
        schedule::ScheduleSpec, task::TaskSpec,
    },
    compute::kernel::Isa,
    engine::{Backend, NUMERICS},
    plan::{Plan, PlanOptions, Trial},
    run::{EngineTrainer, Event, PoolOptions, train_trials},
    store::Status,
    suite::{Sections, Suite},
};
use serde_json::{Value, json};

use super::cases::sets;
use crate::support::bless::bless;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn plan() -> Plan {
    let suite = Suite::load(&path("chains.yaml"), vec![], false).expect("the suite is valid");
    Plan::new(&suite, &PlanOptions::default()).expect("the sweep is valid")
}

fn chains(isa: Isa, threads: usize, jobs: usize) -> Value {
    let plan = plan();
    let trials: Vec<Trial> = plan.trials().collect();
    let trainer = EngineTrainer { backend: Backend::Fused { isa, threads }, keep_models: false };
    let labels: Vec<String> = plan.named_arms().map(|arm| arm.label).collect();
    // By arm and replicate: each link as `update link`, the last one in full.
    let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut collect = |event: Event| {
        let Event::Finished(trial, finished) = event else { return Ok(()) };
        let record = finished.record;
        let status = record.trial.status;
        assert!(matches!(status, Status::Finished | Status::Diverged), "{status:?}: {:?}", record.trial.reason);
        let mut links: Vec<String> = record.chain.iter().map(|link| format!("{} {}", link.update, link.link)).collect();
        links.push(format!("{} {}", status.name(), record.trial.hash));
        let name = format!("{} #{}", labels[trial.arm], trial.replicate);
        assert_eq!(chains.insert(name, links), None, "two trials have one name");
        Ok(())
    };
    let options = PoolOptions { jobs, fail_fast: false };
    train_trials(&plan, &trials, &trainer, options, &AtomicBool::new(false), &mut collect).expect("nothing is written");
    json!({"numerics": NUMERICS, "chains": chains})
}

#[test]
fn golden_chains_are_the_same_everywhere() {
    let file = path("chains.json");
    if bless() {
        let text = format!("{:#}\n", chains(Isa::Portable, 1, 1));
        fs::write(&file, text).expect("the chains are written");
    }
    let text = fs::read_to_string(&file).expect("the chains are committed");
    let wanted: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(wanted["numerics"], NUMERICS, "NUMERICS was raised: write the golden chains anew");
    for isa in sets() {
        for (threads, jobs) in [(1, 1), (2, 1), (1, 2), (2, 2)] {
            // The portable kernels are slow, and threads and jobs are the same code everywhere.
            if isa == Isa::Portable && threads != jobs {
                continue;
            }
            let found = chains(isa, threads, jobs);
            for (name, chain) in wanted["chains"].as_object().expect("chains by name") {
                let how = format!("{name}: {} with {threads} threads and {jobs} jobs", isa.name());
                assert_eq!(found["chains"][name], *chain, "{how}");
            }
            assert_eq!(found, wanted, "a trial is missing or too many");
        }
    }
}

/// A new component takes part once it is in the suite.
#[test]
fn golden_chains_cover_every_registered_component() {
    let plan = plan();
    let sections: Vec<Sections> = (0..plan.arms()).map(|arm| plan.sections(arm)).collect();
    let missing = |names: &[&'static str], used: &dyn Fn(&Sections, &str) -> bool| -> Vec<&'static str> {
        names.iter().copied().filter(|name| !sections.iter().any(|sections| used(sections, name))).collect()
    };
    let none: Vec<&str> = vec![];
    assert_eq!(missing(CellSpec::NAMES, &|s, name| s.model.cell.kind() == name), none);
    assert_eq!(missing(TaskSpec::NAMES, &|s, name| s.task.kind() == name), none);
    assert_eq!(missing(OptimizerSpec::NAMES, &|s, name| s.optimizer.kind() == name), none);
    assert_eq!(missing(AlgorithmSpec::NAMES, &|s, name| s.algorithm.kind() == name), none);
    let regularizers = |s: &Sections, name: &str| s.regularizers.iter().any(|regularizer| regularizer.kind() == name);
    assert_eq!(missing(RegularizerSpec::NAMES, &regularizers), none);
    let curricula = |s: &Sections, name: &str| s.train.curriculum.as_ref().is_some_and(|c| c.kind() == name);
    assert_eq!(missing(CurriculumSpec::NAMES, &curricula), none);
    let clips = |s: &Sections, name: &str| {
        ["none", "stop-nonfinite"].contains(&name) || s.clip.iter().any(|clip| clip.kind() == name)
    };
    assert_eq!(missing(ClipSpec::NAMES, &clips), none);
    let modifiers = |s: &Sections, name: &str| s.model.modifiers.iter().any(|modifier| modifier.kind() == name);
    assert_eq!(missing(ModifierSpec::NAMES, &modifiers), none);
    let rules = |s: &Sections, name: &str| s.bptt.iter().any(|rule| rule.kind() == name);
    assert_eq!(missing(BpttSpec::NAMES, &rules), none);
    let schedules = |s: &Sections, name: &str| name == "constant" || s.schedule.iter().any(|one| one.kind() == name);
    assert_eq!(missing(ScheduleSpec::NAMES, &schedules), none);
    let starts = |s: &Sections, name: &str| {
        let init = &s.init;
        let roles = [&init.input, &init.recurrent, &init.bias, &init.readout];
        roles.into_iter().chain(init.parameters.values()).any(|initializer| initializer.kind() == name)
    };
    assert_eq!(missing(InitializerSpec::NAMES, &starts), none);
    let activations = |s: &Sections, name: &str| s.model.cell.activations().iter().any(|f| f.kind() == name);
    assert_eq!(missing(ActivationSpec::NAMES, &activations), none);
    let made = |s: &Sections, name: &str| {
        // `free` is the same as none.
        let parametrized = s.parametrize.recurrent.iter().chain(s.parametrize.parameters.values());
        name == "free" || parametrized.into_iter().any(|parametrization| parametrization.kind() == name)
    };
    assert_eq!(missing(ParametrizationSpec::NAMES, &made), none);
    let penalties = |s: &Sections, name: &str| s.regularizers.iter().any(|regularizer| regularizer.kind() == name);
    assert_eq!(missing(RegularizerSpec::NAMES, &penalties), none);
    let retractions = |s: &Sections, name: &str| s.constraints.iter().any(|retraction| retraction.kind() == name);
    assert_eq!(missing(ConstraintSpec::NAMES, &retractions), none);
    assert!(sections.iter().any(|s| s.model.readout.dropout > 0.0) && sections.iter().any(|s| s.model.layers > 1));
}
