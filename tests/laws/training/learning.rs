//! Training learns, and learns the same again.

use longlag::{
    component::{
        cell::{CellSpec, Lstm},
        init::InitSpec,
        task::{Adding, TaskSpec},
    },
    train::{Outcome, Split, Trained},
};

use super::laboratory::{Laboratory, metric};

fn adding(length: usize) -> Laboratory {
    let task = TaskSpec::Adding(Adding { length: length.into() });
    Laboratory::new(&task, CellSpec::Lstm(Lstm {}), 16, &InitSpec::default())
}

/// All that is kept of a training, bit by bit.
fn bits(trained: &Trained) -> (String, Vec<(u64, u64)>, Vec<u32>) {
    let metrics = trained.metrics.iter().map(|row| (row.update, row.value.to_bits())).collect();
    (trained.chain.to_hex(), metrics, trained.parameters.iter().map(|x| x.to_bits()).collect())
}

#[test]
fn the_same_setup_gives_the_same_bits() {
    let first = adding(10).run();
    assert_eq!(bits(&first), bits(&adding(10).run()));
    // One engine may train again: nothing is left in it from the last time.
    let mut laboratory = adding(10);
    laboratory.run();
    assert_eq!(bits(&first), bits(&laboratory.run()));

    let mut other = adding(10);
    other.setup.parameters[0] = other.setup.parameters[0].next_up();
    assert_ne!(bits(&first).0, bits(&other.run()).0, "the chain does not see one bit");
}

#[test]
fn evaluation_does_not_change_training() {
    let reference = adding(10).run();
    let mut often = adding(10);
    (often.setup.evaluate_every, often.setup.validation, often.setup.test) = (1, 300, 3);
    let often = often.run();
    assert_eq!(reference.parameters, often.parameters);
    let updates: Vec<u64> = metric(&often, Split::Validation, "loss").into_iter().map(|(update, _)| update).collect();
    assert_eq!(updates, (0..=20).collect::<Vec<_>>());
}

#[test]
fn metrics_are_recorded_when_they_are_due() {
    let trained = adding(10).run();
    assert_eq!((&trained.outcome, trained.updates), (&Outcome::Spent, 20));
    for (split, updates) in
        [(Split::Train, vec![10, 20]), (Split::Validation, vec![0, 10, 20]), (Split::Test, vec![20])]
    {
        for name in ["loss", "accuracy"] {
            let rows = metric(&trained, split, name);
            assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), updates, "{split:?}/{name}");
            assert!(rows.iter().all(|row| row.1.is_finite()), "{split:?}/{name}: {rows:?}");
        }
    }
}

#[test]
fn an_lstm_learns_to_add_over_five_steps() {
    let mut laboratory = adding(5);
    (laboratory.setup.budget, laboratory.setup.evaluate_every, laboratory.setup.batch) = (400, 100, 32);
    let trained = laboratory.run();
    let validation = metric(&trained, Split::Validation, "loss");
    let (before, after) = (validation[0].1, validation[validation.len() - 1].1);
    // Chance is 1/6.
    assert!(before > 0.1 && after < 0.03, "{validation:?}");
    let test = metric(&trained, Split::Test, "loss")[0].1;
    assert!(test < 0.03, "{test}");
}
