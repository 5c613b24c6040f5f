//! Random weight guessing, noise on weights, and curricula in the training loop.

use longlag::{
    component::{
        algorithm::{self, AlgorithmSpec, Keep},
        cell::{CellSpec, Elman},
        constraint::{ConstraintSpec, MaxMagnitude},
        curriculum::{CurriculumSpec, Growing, Mixed},
        init::InitSpec,
        regularizer::{RegularizerSpec, WeightNoise},
        task::{Latch, TaskSpec},
    },
    compute::kernel::Isa,
    engine::fused::FusedEngine,
    model::{ModelSpec, Network},
    seed::Purpose,
    train::{GradientDescent, Outcome, RandomGuessing, Split, Splits, Updater as _},
};

use super::laboratory::Laboratory;

const SETTINGS: algorithm::RandomGuessing = algorithm::RandomGuessing { range: 10.0, keep: Keep::Better };

fn laboratory() -> Laboratory {
    let task = TaskSpec::Latch(Latch { length: 12.into(), ..Latch::default() });
    let mut laboratory = Laboratory::new(&task, CellSpec::Elman(Elman::default()), 2, &InitSpec::default());
    laboratory.setup.tolerance = task.tolerance();
    laboratory
}

fn guessing(budget: u64) -> Laboratory {
    let mut laboratory = laboratory();
    laboratory.setup.algorithm = AlgorithmSpec::RandomGuessing(SETTINGS);
    (laboratory.setup.budget, laboratory.setup.evaluate_every, laboratory.setup.batch) = (budget, budget, 64);
    laboratory
}

/// The claim of Hochreiter and Schmidhuber 1996, with two units.
#[test]
fn guessing_solves_the_latch() {
    let trained = guessing(2000).run();
    assert_eq!((trained.outcome, trained.updates), (Outcome::Spent, 2000));
    let row =
        trained.metrics.iter().rev().find(|row| row.split == Split::Validation && row.metric.name() == "accuracy");
    assert_eq!(row.expect("an accuracy").value, 1.0);
}

#[test]
fn guesses_are_the_same_wherever_they_are_made_and_never_do_worse_on_their_batch() {
    let mut laboratory = guessing(40);
    let chain = laboratory.run().chain;
    laboratory.setup.isa = Isa::Portable;
    assert_eq!(laboratory.run().chain, chain);
    // A training that is taken up in the middle: an update is a function of its number and the parameters before it.
    let mut guesses = RandomGuessing::new(&laboratory.setup, &SETTINGS);
    let mut kept = 0;
    for update in 0..40 {
        let batch = laboratory.setup.splits.training_batch(update, 64);
        let before = guesses.parameters().to_vec();
        let outputs = guesses.update(&mut laboratory.engine, &batch, &mut ()).outputs;
        let loss = |outputs: &[f32]| longlag::train::score(&batch, outputs, 0.0).loss;
        let old = longlag::engine::Engine::outputs(&mut laboratory.engine, &before, &batch);
        assert!(loss(&outputs) <= loss(&old), "update {update}");
        kept += usize::from(guesses.parameters() == before);
        assert!(guesses.parameters().iter().all(|parameter| parameter.abs() <= 10.0));
    }
    assert!(0 < kept && kept < 40, "{kept} of 40 guesses were refused");
}

/// Each guess is judged by itself: it is there at the next update, however bad, unless the one before was right on its whole batch.
#[test]
fn the_first_guess_that_is_right_stays() {
    let mut laboratory = guessing(2000);
    let settings = algorithm::RandomGuessing { keep: Keep::Right, ..SETTINGS };
    let mut guesses = RandomGuessing::new(&laboratory.setup, &settings);
    let batch = laboratory.setup.splits.training_batch(0, 64);
    let right = |outputs: &[f32]| longlag::train::score(&batch, outputs, laboratory.setup.tolerance).accuracy == 1.0;
    let (mut first, mut worse, mut loss) = (None, 0, f64::INFINITY);
    for update in 0..2000 {
        let before = guesses.parameters().to_vec();
        let old = longlag::engine::Engine::outputs(&mut laboratory.engine, &before, &batch);
        let outputs = guesses.update(&mut laboratory.engine, &batch, &mut ()).outputs;
        assert_eq!(guesses.parameters() == before, right(&old), "update {update}");
        let now = longlag::train::score(&batch, &outputs, 0.0).loss;
        worse += usize::from(now > loss);
        loss = now;
        if right(&outputs) && first.is_none() {
            first = Some(update);
        }
    }
    let first = first.expect("a guess is right");
    assert!(first > 3 && worse > 1, "guess {first} was right, {worse} were worse than the one before");
}

#[test]
fn guesses_meet_constraints() {
    let mut laboratory = guessing(20);
    laboratory.setup.constraints =
        vec![ConstraintSpec::MaxMagnitude(MaxMagnitude { parameters: vec!["w_hh".to_owned()], bound: 0.5 })];
    let trained = laboratory.run();
    let w = laboratory.setup.layout.iter().find(|parameter| parameter.local_name() == "w_hh").expect("w_hh");
    assert!(trained.parameters[w.range()].iter().all(|weight| weight.abs() <= 0.5));
}

/// The gradient is that at the disturbed weights; what is evaluated is not disturbed.
#[test]
fn weight_noise_disturbs_the_gradient_and_nothing_else() {
    let mut laboratory = laboratory();
    let batch = laboratory.setup.splits.training_batch(0, 8);
    let gradient = |laboratory: &mut Laboratory| {
        let mut updates = GradientDescent::new(&laboratory.setup);
        updates.differentiate(&mut laboratory.engine, &batch);
        updates.regularize();
        assert_eq!(updates.weights(), laboratory.setup.parameters);
        updates.gradient().to_vec()
    };
    let quiet = gradient(&mut laboratory);
    let noise =
        |deviation: f64| vec![RegularizerSpec::WeightNoise(WeightNoise { deviation, ..WeightNoise::default() })];
    laboratory.setup.regularizers = noise(0.1);
    let disturbed = gradient(&mut laboratory);
    assert_ne!(disturbed, quiet);
    assert_eq!(gradient(&mut laboratory), disturbed, "the noise of an update is one");
    // By hand: the weights of the matrices, moved by the stream's numbers in the order of the layout.
    let mut moved = laboratory.setup.parameters.clone();
    let mut draws = laboratory.setup.splits.weight_noise(0);
    let matrices = laboratory.setup.layout.iter().filter(|parameter| parameter.shape.len() == 2);
    for parameter in matrices {
        let noisy = |weight: &mut f32| *weight = (f64::from(*weight) + 0.1 * draws.normal()) as f32;
        moved[parameter.range()].iter_mut().for_each(noisy);
    }
    laboratory.setup.regularizers.clear();
    let start = std::mem::replace(&mut laboratory.setup.parameters, moved);
    assert_eq!(gradient(&mut laboratory), disturbed);
    laboratory.setup.parameters = start;
    laboratory.setup.regularizers = noise(1e-30);
    assert_eq!(gradient(&mut laboratory), quiet);
}

/// Batches have fewer steps than the network was made for, and both engines take them.
#[test]
fn curricula_shorten_training_sequences_only() {
    let task = TaskSpec::Latch(Latch { length: 12.into(), ..Latch::default() });
    let growing = CurriculumSpec::Growing(Growing { from: 4, over: 10 });
    for curriculum in [growing.clone(), CurriculumSpec::Mixed(Mixed { from: 4 })] {
        let splits = Splits::new(&task, "latch", 0, 0).with_curriculum(Some(curriculum.clone()));
        let steps: Vec<usize> = (0..60).map(|update| splits.training_batch(update, 3).dimensions.steps).collect();
        assert!(steps.iter().all(|steps| (4..=12).contains(steps)) && steps.contains(&12), "{steps:?}");
        assert!(steps[..10].iter().any(|&steps| steps < 12), "{steps:?}");
        assert!(splits.evaluation_batches(Purpose::Test, 300).iter().all(|batch| batch.dimensions.steps == 12));

        let mut laboratory = laboratory();
        laboratory.setup.splits = splits.clone();
        let trained = laboratory.run();
        assert_eq!(trained.outcome, Outcome::Spent);
        let cell = CellSpec::Elman(Elman::default());
        let network = Network::new(&ModelSpec { cell, hidden: 2, ..ModelSpec::default() }, task.dimensions());
        let mut fused = FusedEngine::<f32>::new(network, laboratory.setup.isa, 1);
        let by_fused = longlag::train::train(&laboratory.setup, &mut fused, |_| true).expect("nobody stops it");
        let largest = by_fused.parameters.iter().zip(&trained.parameters).map(|(a, b)| (a - b).abs());
        let largest = largest.fold(0.0f32, |a, b| if b <= a { a } else { b });
        assert!(largest <= 1e-4, "{curriculum:?}: the engines differ by {largest}");
    }
}

/// An equal loss is no better, and any loss is better than none.
#[test]
fn a_guess_has_to_be_better_to_be_kept() {
    let mut laboratory = guessing(20);
    let parameters = laboratory.setup.layout.iter().map(|parameter| parameter.name.clone()).collect();
    // So small that the loss of every guess is that of zeros.
    laboratory.setup.constraints = vec![ConstraintSpec::MaxMagnitude(MaxMagnitude { parameters, bound: 1e-30 })];
    laboratory.setup.parameters.fill(0.0);
    assert!(laboratory.run().parameters.iter().all(|parameter| *parameter == 0.0));
    laboratory.setup.parameters.fill(f32::NAN);
    let mut guesses = RandomGuessing::new(&laboratory.setup, &SETTINGS);
    let batch = laboratory.setup.splits.training_batch(0, 64);
    guesses.update(&mut laboratory.engine, &batch, &mut ());
    assert!(guesses.parameters().iter().all(|parameter| parameter.is_finite()));
}

/// Beyond its end a curriculum is as if there were none, also where the task draws a length for each sequence.
#[test]
fn a_curriculum_ends_at_the_lengths_of_the_task() {
    let length = serde_json::json!({"kind": "adding", "length": {"from": 6, "to": 12}});
    let task: TaskSpec = serde_json::from_value(length).expect("a known task");
    let plain = Splits::new(&task, "adding", 0, 0);
    let growing = plain.clone().with_curriculum(Some(CurriculumSpec::Growing(Growing { from: 4, over: 5 })));
    for update in 0..20 {
        let same = growing.training_batch(update, 8) == plain.training_batch(update, 8);
        assert_eq!(same, update >= 5, "update {update}");
    }
}
