//! Tests of stored trials that are run again.

use super::*;
use crate::{
    run::{ReproduceOptions, StoredRun, reproduce},
    store::Difference,
};

#[test]
fn a_stored_run_reproduces_itself_and_names_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), TUNED);
    train(&mut session, |_, trial| {
        Some(if trial == (Trial { arm: 0, replicate: 1 }) { Status::Error } else { Status::Finished })
    });
    let run = StoredRun::open(session.dir()).unwrap();
    let again = |trainer: &dyn Trainer, sample| {
        let options = ReproduceOptions { jobs: 1, sample };
        reproduce(&run, trainer, options, &mut (), &AtomicBool::new(false)).unwrap()
    };
    let same = again(&Fake(succeed), None);
    assert_eq!((same.stored, same.comparable, same.compared), (16, 15, 15));
    assert_eq!((same.mismatches.len(), same.interrupted), (0, false));
    assert_eq!(again(&Fake(succeed), Some(4)).compared, 4);
    let worse = again(
        &Fake(|_: &Plan, trial: Trial| Some(if trial.arm == 1 { Status::Error } else { Status::Finished })),
        None,
    );
    // The seeds of a tuning are told by their candidate, and numbered from 0.
    let arms: Vec<_> = worse.mismatches.iter().map(|trial| (trial.arm.as_str(), trial.replicate)).collect();
    assert_eq!(arms.len(), 4, "{arms:?}");
    let of_candidate = |arm: &str| arm.starts_with("tuning candidate 2 · ") && arm.ends_with("learning-rate 0.01");
    assert!(arms[..2].iter().all(|(arm, _)| of_candidate(arm)) && !arms[2].0.contains("tuning"), "{arms:?}");
    assert_eq!(arms.iter().map(|(_, replicate)| *replicate).collect::<Vec<_>>(), [0, 1, 0, 1], "{arms:?}");
    assert!(worse.mismatches.iter().all(|trial| trial.difference.is_none() && trial.reason == "it was told so"));
    assert_eq!(worse.table().rows.len(), 4);
}

/// Computes other parameters from update 2 on.
struct Other;

impl Trainer for Other {
    fn train(&self, plan: &Plan, trial: Trial, course: &mut dyn Course) -> Option<Finished> {
        let mut finished = Fake(succeed).train(plan, trial, course)?;
        finished.record.trial.hash = "other".to_owned();
        finished.record.chain[0].link = "other".to_owned();
        Some(finished)
    }

    fn names(&self) -> (&'static str, &'static str) {
        ("fused", "cpu")
    }
}

#[test]
fn other_bits_are_told_from_other_engines() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    let run = StoredRun::open(session.dir()).unwrap();
    let options = ReproduceOptions { jobs: 1, sample: Some(3) };
    let found = reproduce(&run, &Other, options, &mut (), &AtomicBool::new(false)).unwrap();
    assert_eq!((found.compared, found.mismatches.len()), (3, 3));
    let difference = Some(Difference { update: 2, same_until: None });
    assert!(found.mismatches.iter().all(|trial| trial.difference == difference), "{:?}", found.mismatches);
    let found = reproduce(
        &run,
        &EngineTrainer { backend: Backend::Dfdx, keep_models: false },
        options,
        &mut (),
        &AtomicBool::new(true),
    );
    let found = found.unwrap();
    assert_eq!((found.stored, found.comparable, found.compared), (4, 0, 0));
}
