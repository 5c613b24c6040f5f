//! The committed hash chains of `suites/guard.yaml`: the same on every machine, with every instruction set, for any number of
//! threads and jobs.
//!
//! `LONGLAG_BLESS=1 cargo test --test laws bits::golden` writes the chains of new arms. A chain that changes under the same
//! `NUMERICS` is a broken promise, so that it refuses to write one; with a raised `NUMERICS` it writes all of them anew.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::atomic::AtomicBool};

use longlag::{
    compute::kernel::Isa,
    engine::{Backend, NUMERICS},
    plan::{Plan, PlanOptions, Trial},
    run::{EngineTrainer, PoolEvent, PoolOptions, train_trials},
    store::Status,
    suite::Suite,
};
use serde::{Deserialize, Serialize};

use super::cases::sets;
use crate::support::bless::bless;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/chains.json")
}

fn plan() -> Plan {
    let suite = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("suites/guard.yaml");
    let suite = Suite::load(&suite, vec![], false).expect("the suite is valid");
    Plan::new(&suite, &PlanOptions::default()).expect("the sweep is valid")
}

/// The file `chains.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Golden {
    numerics: u32,
    /// By arm and replicate: each link as `update link`, the last one in full.
    chains: BTreeMap<String, Vec<String>>,
}

impl Golden {
    /// These chains with those of new arms among `found`; all of `found` under another `NUMERICS`.
    ///
    /// # Errors
    ///
    /// A chain changed, or its arm is gone, under the same `NUMERICS`. An arm may change its name.
    fn with(self, found: Golden) -> Result<Golden, String> {
        if self.numerics != found.numerics {
            return Ok(found);
        }
        for (name, chain) in &self.chains {
            let message = match found.chains.get(name) {
                Some(now) if now == chain => continue,
                Some(_) => "has other bits",
                None if found.chains.iter().any(|(new, now)| now == chain && !self.chains.contains_key(new)) => {
                    continue;
                }
                None => "is gone",
            };
            let numerics = self.numerics;
            return Err(format!("the chain `{name}` {message} under NUMERICS {numerics}: mend it, or raise NUMERICS"));
        }
        Ok(found)
    }
}

fn chains(isa: Isa, threads: usize, jobs: usize) -> Golden {
    let plan = plan();
    let trials: Vec<Trial> = plan.trials().collect();
    let trainer = EngineTrainer { backend: Backend::Fused { isa, threads }, keep_models: false };
    let labels: Vec<String> = plan.named_arms().map(|arm| arm.label).collect();
    let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut collect = |event: PoolEvent| {
        let PoolEvent::Finished(trial, finished) = event else { return Ok(()) };
        let record = finished.record;
        let status = record.trial.status;
        assert!(matches!(status, Status::Finished | Status::Diverged), "{status:?}: {:?}", record.trial.reason);
        let mut links: Vec<String> = record.chain.iter().map(|link| format!("{} {}", link.update, link.link)).collect();
        links.push(format!("{} {}", status.name(), record.trial.hash));
        let name = format!("{} #{}", labels[trial.arm], trial.replicate);
        assert_eq!(chains.insert(name, links), None, "two trials have one name");
        Ok(())
    };
    let options = PoolOptions { jobs, ..PoolOptions::default() };
    train_trials(&plan, &trials, &trainer, options, &AtomicBool::new(false), &mut collect).expect("nothing is written");
    Golden { numerics: NUMERICS, chains }
}

fn committed() -> Golden {
    let text = fs::read_to_string(path()).expect("the chains are committed");
    serde_json::from_str(&text).expect("chains by name")
}

#[test]
fn golden_chains_are_the_same_everywhere() {
    if bless() {
        let written = committed().with(chains(Isa::Portable, 1, 1)).unwrap_or_else(|refusal| panic!("{refusal}"));
        let json = serde_json::to_value(&written).expect("text keys");
        fs::write(path(), format!("{json:#}\n")).expect("the chains are written");
    }
    let wanted = committed();
    assert_eq!(wanted.numerics, NUMERICS, "NUMERICS was raised: write the golden chains anew");
    for isa in sets() {
        for (threads, jobs) in [(1, 1), (2, 1), (1, 2), (2, 2)] {
            // The portable kernels are slow, and threads and jobs are the same code everywhere.
            if isa == Isa::Portable && threads != jobs {
                continue;
            }
            let found = chains(isa, threads, jobs);
            for (name, chain) in &wanted.chains {
                let how = format!("{name}: {} with {threads} threads and {jobs} jobs", isa.name());
                assert_eq!(found.chains.get(name), Some(chain), "{how}");
            }
            let new: Vec<&String> = found.chains.keys().filter(|name| !wanted.chains.contains_key(*name)).collect();
            assert!(new.is_empty(), "LONGLAG_BLESS=1 writes the chains of new arms: {new:?}");
        }
    }
}

fn golden(numerics: u32, chains: &[(&str, &str)]) -> Golden {
    let chains = chains.iter().map(|(name, link)| ((*name).to_owned(), vec![(*link).to_owned()]));
    Golden { numerics, chains: chains.collect() }
}

#[test]
fn rewriting_adds_arms_and_follows_new_names() {
    let known = golden(3, &[("gru", "a"), ("lstm", "b")]);
    let more = golden(3, &[("gru", "a"), ("janet", "c"), ("lstm", "b")]);
    assert_eq!(known.clone().with(more.clone()), Ok(more));
    let renamed = golden(3, &[("gru", "a"), ("long short-term memory", "b")]);
    assert_eq!(known.with(renamed.clone()), Ok(renamed));
}

#[test]
fn rewriting_refuses_other_bits_unless_numerics_differs() {
    let known = golden(3, &[("gru", "a"), ("lstm", "b")]);
    let changed = golden(3, &[("gru", "a"), ("lstm", "x")]);
    let refusal = known.clone().with(changed).expect_err("another chain");
    assert_eq!(refusal, "the chain `lstm` has other bits under NUMERICS 3: mend it, or raise NUMERICS");
    let fewer = golden(3, &[("gru", "a")]);
    let refusal = known.clone().with(fewer).expect_err("a chain less");
    assert_eq!(refusal, "the chain `lstm` is gone under NUMERICS 3: mend it, or raise NUMERICS");
    let raised = golden(4, &[("gru", "y")]);
    assert_eq!(known.with(raised.clone()), Ok(raised));
}
