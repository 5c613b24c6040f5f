//! The purposes of random streams: no two share numbers, and each metric is of the sequences that its split names.

use longlag::{
    component::{
        cell::{CellSpec, Elman},
        curriculum::{CurriculumSpec, Growing},
        init::InitSpec,
        probe::{GradientByLag, ProbeSpec},
        task::{AddingPascanu, Batch, TaskSpec},
    },
    engine::Engine as _,
    model::{ModelSpec, Network},
    seed::Purpose,
    train::{Event, Score, Split, Splits, UpdateObserver, UpdateView, score},
};

use super::laboratory::{Laboratory, engine, metric};

/// More than two batches of an evaluation.
const HELD_OUT: usize = 600;

fn laboratory() -> Laboratory {
    let task = TaskSpec::AddingPascanu(AddingPascanu { length: 12.into() });
    let mut laboratory = Laboratory::new(&task, CellSpec::Elman(Elman::default()), 4, &InitSpec::default());
    let setup = &mut laboratory.setup;
    (setup.budget, setup.evaluate_every, setup.batch) = (7, 3, 5);
    (setup.validation, setup.test) = (HELD_OUT, HELD_OUT);
    laboratory
}

/// The values of a metric of one split.
fn values(laboratory: &mut Laboratory, split: Split, name: &str) -> Vec<(u64, f64)> {
    metric(&laboratory.run(), split, name)
}

fn assert_near(got: f64, wanted: f64, what: &str) {
    assert!((got - wanted).abs() <= 1e-12 * wanted.abs(), "{what}: {got} for {wanted}");
}

/// Whatever the task: what is trained on, selected by, reported and probed never comes from one stream.
#[test]
fn every_role_has_sequences_of_its_own() {
    const PURPOSES: [Purpose; 5] =
        [Purpose::Data, Purpose::Validation, Purpose::Test, Purpose::Probe, Purpose::Predict];
    for task in TaskSpec::all() {
        let splits = Splits::new(&task, task.kind(), 0, 0);
        let drawn = PURPOSES.map(|purpose| (purpose, splits.batch(purpose, 24)));
        for (k, (purpose, batch)) in drawn.iter().enumerate() {
            for (other, same) in &drawn[..k] {
                assert!(batch.input != same.input, "{}: {purpose:?} is {other:?}", task.kind());
            }
        }
        if task.finite().is_none() {
            assert_eq!(splits.training_batch(0, 24), drawn[0].1, "{}", task.kind());
        }
    }
}

/// Masks, noise and guesses are drawn from streams of their own, another one in each update.
#[test]
fn every_update_draws_its_own_masks_noise_and_guesses() {
    let task = TaskSpec::AddingPascanu(AddingPascanu { length: 12.into() });
    for replicate in 0..2 {
        let splits = Splits::new(&task, "adding", 0, replicate);
        let mut first: Vec<u64> = (0..50)
            .flat_map(|update| {
                [splits.dropout(update).at(0), splits.weight_noise(update), splits.guess(update)].map(|mut d| d.bits())
            })
            .collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 150, "two updates share random numbers");
        let other = Splits::new(&task, "adding", 0, replicate + 1);
        assert_ne!(splits.dropout(3).at(0).bits(), other.dropout(3).at(0).bits());
        assert_ne!(splits.weight_noise(3).bits(), other.weight_noise(3).bits());
        assert_ne!(splits.guess(3).bits(), other.guess(3).bits());
    }
}

/// Adds up what an update saw before it changed anything.
#[derive(Default)]
struct Seen(Vec<Score>);

impl UpdateObserver for Seen {
    fn after_step(&mut self, view: &UpdateView) {
        self.0.push(score(view.batch, view.outputs, 0.2));
    }
}

/// Each number is computed again from its definition, by another engine of the kind.
#[test]
fn every_metric_is_of_the_sequences_that_its_split_names() {
    let mut laboratory = laboratory();
    let task = TaskSpec::AddingPascanu(AddingPascanu { length: 12.into() });
    let model = ModelSpec { cell: CellSpec::Elman(Elman::default()), hidden: 4, ..ModelSpec::default() };
    let mut other = engine(Network::new(&model, task.dimensions()));
    let splits = laboratory.setup.splits.clone();
    let mut score_of = |purpose: Purpose, weights: &[f32]| {
        let batch: Batch = splits.batch(purpose, HELD_OUT);
        score(&batch, &other.outputs(weights, &batch), 0.2)
    };
    let mut training = laboratory.training();
    let (mut since, mut trained) = (Seen::default(), vec![]);
    let mut validation = vec![];
    let test = loop {
        match training.advance_observed(&mut since) {
            Event::Evaluated(_) => {
                validation.push((training.updates(), score_of(Purpose::Validation, training.weights())));
                let seen = std::mem::take(&mut since).0;
                let mean = |of: fn(&Score) -> f64| seen.iter().map(of).sum::<f64>() / seen.len() as f64;
                trained.push((training.updates(), mean(|score| score.loss), mean(|score| score.accuracy)));
            }
            Event::Ended(_) => break score_of(Purpose::Test, training.weights()),
            Event::Probed | Event::Updated => {}
        }
    };
    let trained_rows = training.into_trained().expect("it has ended");
    let (rows, last) = (metric(&trained_rows, Split::Validation, "loss"), validation.last().expect("the last").1);
    assert_eq!(rows.len(), validation.len());
    for ((update, loss), (at, wanted)) in rows.into_iter().zip(validation) {
        assert_eq!(update, at);
        assert_near(loss, wanted.loss, "validation/loss");
    }
    // The mean since the last evaluation, not since the start: the batches are of one size.
    for (name, of) in [("loss", 1), ("accuracy", 2)] {
        let rows = metric(&trained_rows, Split::Train, name);
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [3, 6, 7]);
        for ((update, value), wanted) in rows.into_iter().zip(&trained[1..]) {
            assert_eq!(update, wanted.0);
            assert_near(value, if of == 1 { wanted.1 } else { wanted.2 }, name);
        }
    }
    for (name, wanted, not) in [("loss", test.loss, last.loss), ("accuracy", test.accuracy, last.accuracy)] {
        let rows = metric(&trained_rows, Split::Test, name);
        assert_eq!(rows.len(), 1);
        assert_near(rows[0].1, wanted, name);
        assert_ne!(rows[0].1, not, "test/{name} is of the validation set");
    }
}

/// Held-out sets are held out of everything: their size and the curriculum change nothing of the training.
#[test]
fn held_out_sets_are_as_large_as_they_are_said_to_be() {
    let mut laboratory = laboratory();
    let [validation, test] =
        [Split::Validation, Split::Test].map(|split| values(&mut laboratory, split, "accuracy").pop().expect("one").1);
    for (accuracy, name) in [(validation, "validation"), (test, "test")] {
        // Every sequence has one scored output.
        let right = accuracy * HELD_OUT as f64;
        assert!((right - right.round()).abs() <= 1e-9, "{name}: {right} of {HELD_OUT}");
    }
    laboratory.setup.test = 1;
    let one = values(&mut laboratory, Split::Test, "accuracy")[0].1;
    assert!(one == 0.0 || one == 1.0, "{one}");
    assert_eq!(values(&mut laboratory, Split::Validation, "accuracy").pop().expect("one").1, validation);
}

#[test]
fn probes_measure_on_their_own_sequences_of_full_length() {
    let task = TaskSpec::AddingPascanu(AddingPascanu { length: 12.into() });
    let mut laboratory = laboratory();
    let probe = GradientByLag { every: Some(2), sequences: 6, ..GradientByLag::default() };
    laboratory.setup.probes = vec![ProbeSpec::GradientByLag(probe.clone())];
    let growing = CurriculumSpec::Growing(Growing { from: 10, over: 100 });
    laboratory.setup.splits = laboratory.setup.splits.clone().with_curriculum(Some(growing));
    let trained = laboratory.run();
    let splits = Splits::new(&task, task.kind(), 0, 0);
    let batch = splits.batch(Purpose::Probe, 6);
    let first: Vec<_> =
        trained.probes.iter().filter(|row| row.update == 0).map(|row| row.measurement.clone()).collect();
    let wanted = longlag::component::probe::Probe::measure(
        &probe,
        &mut laboratory.engine,
        &laboratory.setup.parameters.clone(),
        &batch,
    );
    assert_eq!(first, wanted);
    let mut updates: Vec<u64> = trained.probes.iter().map(|row| row.update).collect();
    updates.dedup();
    assert_eq!(updates, [0, 2, 4, 6, 7]);
}
