//! Training on a finite data set.

use std::collections::BTreeSet;

use longlag::{
    component::{
        cell::{CellSpec, Elman},
        init::InitSpec,
        task::{Batch, Dataset, RandomData, Targets, TaskSpec},
    },
    seed::Purpose,
    train::{Split, Splits, TrainSpec},
};

use super::laboratory::{Laboratory, metric};

fn task() -> TaskSpec {
    TaskSpec::RandomData(RandomData::default())
}

#[test]
fn an_epoch_is_every_sequence_once_in_a_new_order() {
    let spec = TrainSpec { batch: 32, epochs: Some(3), ..TrainSpec::default() };
    let (budget, interval) = (spec.budget(task().finite()), spec.evaluation_interval(task().finite()));
    assert_eq!((budget, interval), (12, 4));

    let mut laboratory = Laboratory::new(&task(), CellSpec::Elman(Elman::default()), 4, &InitSpec::default());
    (laboratory.setup.batch, laboratory.setup.budget) = (spec.batch, budget);
    laboratory.setup.evaluate_every = interval;
    let trained = laboratory.run();
    assert_eq!(trained.updates, 12);
    let evaluated: Vec<u64> = metric(&trained, Split::Validation, "loss").into_iter().map(|row| row.0).collect();
    assert_eq!(evaluated, [0, 4, 8, 12]);

    let batches = &laboratory.engine.batches;
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [32, 32, 32, 4].repeat(3));
    let epochs: Vec<Vec<u64>> = batches.chunks(4).map(|epoch| epoch.concat()).collect();
    for epoch in &epochs {
        assert_eq!(epoch.iter().copied().collect::<BTreeSet<_>>(), (0..100).collect());
        assert_ne!(*epoch, (0..100).collect::<Vec<_>>(), "not shuffled");
    }
    assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2] && epochs[0] != epochs[2], "the same order twice");
}

#[test]
fn the_budget_counts_updates() {
    let spec = |updates, epochs| TrainSpec { batch: 32, updates, epochs, ..TrainSpec::default() };
    assert_eq!(spec(None, None).budget(None), 1000);
    assert_eq!(spec(Some(7), None).budget(None), 7);
    assert_eq!(spec(Some(7), None).budget(Some(100)), 7);
    assert_eq!(spec(None, Some(10)).budget(Some(96)), 30);
    assert_eq!(spec(None, Some(10)).budget(Some(1)), 10);
    assert_eq!(spec(Some(7), None).evaluation_interval(Some(100)), 100);
    assert_eq!(TrainSpec { evaluate_every: Some(5), ..spec(None, Some(2)) }.evaluation_interval(Some(100)), 5);
}

fn sequences(batch: &Batch) -> BTreeSet<Vec<u32>> {
    let columns = (0..batch.size).map(|b| {
        let steps = batch.input.chunks(batch.dimensions.inputs).skip(b).step_by(batch.size);
        steps.flatten().map(|x| x.to_bits()).collect()
    });
    columns.collect()
}

/// Neither validation nor test nor probe sequences are among those that are trained on.
#[test]
fn splits_share_no_sequence() {
    let splits = Splits::new(&task(), "random-data", 0, 0);
    let trained: BTreeSet<_> = (0..4).flat_map(|update| sequences(&splits.training_batch(update, 32))).collect();
    assert_eq!(trained.len(), 100);
    let mut all = trained;
    for role in [Purpose::Validation, Purpose::Test, Purpose::Probe] {
        let held_out: BTreeSet<_> = splits.evaluation_batches(role, 300).iter().flat_map(sequences).collect();
        assert_eq!(held_out.len(), 300, "{role:?}");
        assert!(all.is_disjoint(&held_out), "{role:?}");
        assert_eq!(sequences(&splits.batch(role, 300)), held_out, "{role:?}");
        all.extend(held_out);
    }
}

/// Of a stored data set every epoch has each training sequence once, and an evaluation each of its own part once; what is trained on
/// is neither validated nor tested on.
#[test]
fn a_stored_data_set_is_passed_over_whole() {
    let task = TaskSpec::Dataset(Dataset::default());
    let contents = task.contents().expect("a data set is stored");
    assert_eq!(task.finite(), Some(contents.train));
    let splits = Splits::new(&task, "dataset", 0, 0);
    let per_epoch = contents.train.div_ceil(8) as u64;
    let epoch = |epoch: u64| -> Vec<Batch> {
        (epoch * per_epoch..(epoch + 1) * per_epoch).map(|update| splits.training_batch(update, 8)).collect()
    };
    let addresses = |batches: &[Batch]| batches.iter().flat_map(|batch| batch.addresses.clone()).collect::<Vec<_>>();
    let (first, second) = (epoch(0), epoch(1));
    assert_ne!(addresses(&first), addresses(&second));
    let trained: BTreeSet<_> = first.iter().flat_map(sequences).collect();
    assert_eq!(trained.len(), contents.train);
    assert_eq!(trained, second.iter().flat_map(sequences).collect());
    let mut all = trained;
    for (purpose, count) in [(Purpose::Validation, contents.validation), (Purpose::Test, contents.test)] {
        let held_out: BTreeSet<_> = splits.evaluation_batches(purpose, count).iter().flat_map(sequences).collect();
        assert_eq!(held_out.len(), count, "{purpose:?}");
        assert!(all.is_disjoint(&held_out), "{purpose:?}");
        all.extend(held_out);
    }
    // Another replicate has the same parts, and another order.
    let other = Splits::new(&task, "dataset", 0, 1);
    assert_eq!(
        other.evaluation_batch(Purpose::Test, 0..contents.test),
        splits.evaluation_batch(Purpose::Test, 0..contents.test)
    );
    assert_ne!(other.training_batch(0, 8).addresses, first[0].addresses);
}

/// With an endless task every update sees new sequences, the same for every batch size.
#[test]
fn an_endless_task_repeats_nothing() {
    let endless = TaskSpec::all().into_iter().filter(|task| task.finite().is_none());
    for task in endless {
        let splits = Splits::new(&task, task.kind(), 0, 0);
        let small: Vec<u64> = (0..6).flat_map(|update| splits.training_batch(update, 4).addresses).collect();
        let large: Vec<u64> = (0..2).flat_map(|update| splits.training_batch(update, 12).addresses).collect();
        assert_eq!(small, large, "{}", task.kind());
        assert_eq!(small.iter().collect::<BTreeSet<_>>().len(), 24, "{}", task.kind());
    }
}

/// A replicate has its own data; a method has not, since it is not among the axes.
#[test]
fn replicates_differ_in_their_data() {
    let batch = |seed, replicate| Splits::new(&task(), "random-data", seed, replicate).batch(Purpose::Validation, 5);
    assert_eq!(batch(0, 0), batch(0, 0));
    assert_ne!(batch(0, 0), batch(0, 1));
    assert_ne!(batch(0, 0), batch(1, 0));
    assert!(matches!(batch(0, 0).targets, Targets::Classes(_)));
}
