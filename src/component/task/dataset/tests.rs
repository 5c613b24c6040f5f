use std::{collections::BTreeSet, path::Path};

use super::*;
use crate::{
    component::task::{Batch, Goal, Targets, TaskSpec},
    data::fixture::{Entry, file, integers, npz, singles},
    seed::{self, Purpose},
};

/// The task of these arrays and settings, its file at `folder`.
fn bound(folder: &Path, settings: serde_json::Value) -> Result<TaskSpec, String> {
    let mut written = serde_json::json!({"kind": "dataset", "file": "data.npz"});
    written.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let mut task: TaskSpec = serde_json::from_value(written).map_err(|error| error.to_string())?;
    let files = DataFiles { folder: folder.to_owned(), known: vec![] };
    task.bind(&files).map_err(|misfit| misfit.to_string())?;
    Ok(task)
}

fn task_with(entries: &[Entry], settings: serde_json::Value) -> Result<TaskSpec, String> {
    let (folder, _) = file("data.npz", &npz(entries));
    bound(folder.path(), settings)
}

fn task(entries: &[Entry]) -> Result<TaskSpec, String> {
    task_with(entries, serde_json::json!({}))
}

/// All sequences of a part, in order.
fn part(task: &TaskSpec, purpose: Purpose) -> Batch {
    let contents = task.contents().unwrap();
    let count = match purpose {
        Purpose::Data => contents.train,
        Purpose::Validation => contents.validation,
        _ => contents.test,
    };
    Batch::draw(task, &seed::stream(7, purpose, &[]), &(0..count as u64).collect::<Vec<_>>())
}

/// Sequence k of n holds k at every step; its class is k mod 2.
fn numbered(prefix: [&'static str; 2], count: usize, steps: usize) -> [Entry; 2] {
    let numbers = (0..count).flat_map(|k| std::iter::repeat_n(k as f32, steps));
    [singles(prefix[0], &[count, steps], numbers), integers(prefix[1], &[count], (0..count as i64).map(|k| k % 2))]
}

fn first_step(batch: &Batch) -> Vec<f32> {
    batch.input[..batch.size].to_vec()
}

#[test]
fn unnamed_sequences_are_divided_by_shares_and_a_seed() {
    let entries = numbered(["input", "target"], 100, 3);
    let parts = |settings| {
        let task = task_with(&entries, settings).unwrap();
        [Purpose::Data, Purpose::Validation, Purpose::Test].map(|purpose| first_step(&part(&task, purpose)))
    };
    let usual = parts(serde_json::json!({}));
    assert_eq!(usual.each_ref().map(Vec::len), [70, 10, 20]);
    let all: BTreeSet<u32> = usual.iter().flatten().map(|&k| k as u32).collect();
    assert_eq!(all, (0..100).collect(), "every sequence is of one part");
    assert_eq!(usual, parts(serde_json::json!({})));
    assert_ne!(usual, parts(serde_json::json!({"split-seed": 1})));
    let other = parts(serde_json::json!({"validation": 0.25, "test": 0.05}));
    assert_eq!(other.each_ref().map(Vec::len), [70, 25, 5]);
    assert_ne!(usual[0], (0..70).map(|k| k as f32).collect::<Vec<_>>(), "not the first ones");
}

#[test]
fn named_parts_and_a_split_say_which_sequences_are_of_which_part() {
    let [input, target] = numbered(["input", "target"], 6, 2);
    let split = integers("split", &[6], [0, 1, 2, 0, 0, 2]);
    let by_number = task(&[input, target, split]).unwrap();
    let [train, validation, test] =
        [Purpose::Data, Purpose::Validation, Purpose::Test].map(|purpose| first_step(&part(&by_number, purpose)));
    assert_eq!((train, validation, test), (vec![0.0, 3.0, 4.0], vec![1.0], vec![2.0, 5.0]));

    let named = [
        numbered(["train_input", "train_target"], 5, 2),
        numbered(["validation_input", "validation_target"], 3, 2),
        numbered(["test_input", "test_target"], 4, 2),
    ];
    let all = named.into_iter().flatten().collect::<Vec<_>>();
    let contents = task(&all).unwrap().contents().unwrap();
    assert_eq!((contents.train, contents.validation, contents.test), (5, 3, 4));

    // As MNIST comes: the validation part is taken out of the training part, and the test part stays whole.
    let named = [numbered(["train_input", "train_target"], 50, 2), numbered(["test_input", "test_target"], 4, 2)];
    let two = named.into_iter().flatten().collect::<Vec<_>>();
    let task = task_with(&two, serde_json::json!({"validation": 0.2})).unwrap();
    assert_eq!(first_step(&part(&task, Purpose::Test)), [0.0, 1.0, 2.0, 3.0]);
    let held: BTreeSet<u32> = first_step(&part(&task, Purpose::Validation)).iter().map(|&k| k as u32).collect();
    let train: BTreeSet<u32> = first_step(&part(&task, Purpose::Data)).iter().map(|&k| k as u32).collect();
    assert_eq!((held.len(), train.len(), held.intersection(&train).count()), (10, 40, 0));
}

#[test]
fn a_permutation_is_one_order_for_all_sequences() {
    let steps = 50;
    let numbers = (0..20).flat_map(|row| (0..steps).map(move |t| (100 * row + t) as f32));
    let entries = [singles("input", &[20, steps], numbers), integers("target", &[20], (0..20).map(|k| k % 2))];
    let order = |settings| -> Vec<usize> {
        let task = task_with(&entries, settings).unwrap();
        let batch = part(&task, Purpose::Data);
        let column =
            |b: usize| -> Vec<usize> { (0..steps).map(|t| batch.input[t * batch.size + b] as usize % 100).collect() };
        assert!((1..batch.size).all(|b| column(b) == column(0)));
        column(0)
    };
    let permuted = order(serde_json::json!({"permuted": true}));
    assert_eq!(order(serde_json::json!({})), (0..steps).collect::<Vec<_>>());
    assert_ne!(permuted, (0..steps).collect::<Vec<_>>());
    assert_eq!(permuted.iter().copied().collect::<BTreeSet<_>>(), (0..steps).collect());
    assert_ne!(permuted, order(serde_json::json!({"permuted": true, "permutation-seed": 1})));
}

#[test]
fn tokens_are_one_hot_and_stop_at_the_sequences_end() {
    let tokens = [0, 2, 1, 9, 3, 0, 0, 0].into_iter().cycle().take(80);
    let entries = || {
        let lengths = (0..20).map(|row| if row % 2 == 0 { 4 } else { 1 });
        [
            integers("input", &[20, 4], tokens.clone()),
            integers("target", &[20, 4], (0..80).map(|k| if k % 4 == 0 { k % 3 } else { -1 })),
            integers("lengths", &[20], lengths),
        ]
    };
    let task = task(&entries()).unwrap();
    let dimensions = task.dimensions();
    assert_eq!((dimensions.inputs, dimensions.goal, dimensions.steps), (10, Goal::Classes(3), 4));
    let batch = part(&task, Purpose::Data);
    for b in 0..batch.size {
        let step = |t: usize| &batch.input[(t * batch.size + b) * 10..][..10];
        let hot: Vec<Option<usize>> = (0..4).map(|t| step(t).iter().position(|&x| x == 1.0)).collect();
        let long = [Some(0), Some(2), Some(1), Some(9)];
        assert!(hot == long || hot == [Some(3), None, None, None], "{hot:?}");
        assert_eq!(batch.last_read(b), Some(0));
        assert_eq!((0..4).filter(|t| batch.scored[t * batch.size + b]).count(), 1);
    }
    let wide = task_with(&entries(), serde_json::json!({"tokens": 30, "classes": 5})).unwrap();
    assert_eq!((wide.dimensions().inputs, wide.dimensions().goal), (30, Goal::Classes(5)));
}

/// Worked out by hand.
#[test]
fn chance_is_the_best_constant_answer_to_the_training_sequences() {
    let split =
        |count: usize| integers("split", &[count], (0..count as i64).map(|k| [0, 1, 2, 0, 0, 0][k as usize % 6]));
    let input = || singles("input", &[6, 2], (0..12).map(|k| k as f32));
    // Training classes: 0, 0, 0, 1.
    let classes = task(&[input(), integers("target", &[6], [0, 2, 2, 0, 0, 1]), split(6)]).unwrap();
    let entropy = -(0.75 * libm::log(0.75) + 0.25 * libm::log(0.25));
    let chance = classes.chance();
    assert!((chance.loss - entropy).abs() <= 1e-12 && chance.accuracy == 0.75, "{chance:?}");
    assert_eq!((classes.exact_match(), classes.dimensions().goal), (None, Goal::Classes(3)));

    // Training numbers: 1, 2, 2.5, 8; within 0.5 of one number lie two of them.
    let numbers = [singles("target", &[6], [1.0, 0.0, 0.0, 2.0, 2.5, 8.0])];
    let [target] = numbers;
    let task = task_with(&[input(), target, split(6)], serde_json::json!({"tolerance": 0.5})).unwrap();
    let variance = [1.0, 2.0, 2.5, 8.0].map(|x: f64| (x - 3.375) * (x - 3.375)).iter().sum::<f64>() / 4.0;
    assert!((task.chance().loss - variance).abs() <= 1e-12 && task.chance().accuracy == 0.5, "{:?}", task.chance());

    // A class at every step: 0 in five of eight; one training sequence is 0 throughout.
    let steps = integers("target", &[6, 2], [0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0]);
    let every = self::task(&[input(), steps, split(6)]).unwrap();
    assert_eq!((every.chance().accuracy, every.exact_match()), (0.625, Some(0.25)));
}

#[test]
fn numbers_at_every_step_and_a_scale() {
    let input = singles("input", &[20, 3, 2], (0..120).map(|k| k as f32));
    let target = singles("target", &[20, 3, 1], (0..60).map(|k| k as f32));
    let task = task_with(&[input, target], serde_json::json!({"scale": 0.5})).unwrap();
    let batch = part(&task, Purpose::Test);
    let Targets::Numbers(numbers) = &batch.targets else { panic!("numbers") };
    for b in 0..batch.size {
        for t in 0..3 {
            let number = numbers[t * batch.size + b];
            assert_eq!(batch.input[(t * batch.size + b) * 2], number, "input 2k, halved, beside target k");
            assert!(batch.read[t * batch.size + b]);
        }
    }
}

#[test]
fn what_does_not_fit_together_is_refused_with_its_place() {
    let input = || singles("input", &[20, 3], (0..60).map(|k| k as f32));
    let target = || integers("target", &[20], (0..20).map(|k| k % 2));
    let with = |name: &'static str, shape: &[usize], value: i64| {
        integers(name, shape, (0..shape.iter().product::<usize>()).map(|_| value))
    };
    let none = || serde_json::json!({});
    for (entries, settings, expected) in [
        (vec![], none(), "the file has nothing, and neither `input` nor `train_input`; give the sequences"),
        (vec![input()], none(), "the file has `input` and no `target`; give both"),
        (vec![target()], none(), "the file has `target` and no `input`; give both"),
        (
            vec![input(), with("target", &[19], 0)],
            none(),
            "the array `target` is of the shape [19], and there are 20 sequences;",
        ),
        (
            vec![input(), with("target", &[20, 2], 0)],
            none(),
            "the array `target` is of the shape [20, 2], and the sequences have 3 steps;",
        ),
        (vec![input(), with("target", &[20], -1)], none(), "the array `target` holds -1 at [0]; number classes from 0"),
        (
            vec![input(), with("target", &[20, 3], -2)],
            none(),
            "the array `target` holds -2 at [0, 0]; number classes from 0; −1 asks for nothing",
        ),
        (
            vec![input(), with("target", &[20, 3], -1)],
            none(),
            "the array `target` asks for nothing in all of sequence 0;",
        ),
        (
            vec![with("input", &[20, 3], -5), target()],
            none(),
            "the array `input` holds -5 at [0, 0]; number tokens from 0;",
        ),
        (
            vec![with("input", &[20], 1), target()],
            none(),
            "the array `input` is of the shape [20]; give [sequences, steps, features]",
        ),
        (
            vec![with("input", &[0, 3], 1), with("target", &[0], 0)],
            none(),
            "the array `input` is of the shape [0, 3], which holds no sequence;",
        ),
        (
            vec![input(), target(), with("lengths", &[20], 4)],
            none(),
            "the array `lengths` holds 4 at [0], and a sequence has 1 to 3 steps;",
        ),
        (vec![input(), target(), with("lengths", &[20], 0)], none(), "the array `lengths` holds 0 at [0], and"),
        (
            vec![input(), target(), with("lengths", &[19], 1)],
            none(),
            "the array `lengths` is of the shape [19], and not one integer",
        ),
        (
            vec![input(), target(), with("split", &[20], 3)],
            none(),
            "the array `split` holds 3 at [0]; give 0 for train,",
        ),
        (
            vec![input(), target(), with("split", &[20], 0)],
            none(),
            "the data set has 20 sequences, and none of them for validation;",
        ),
        (
            vec![input(), target(), with("split", &[20], 0)],
            serde_json::json!({"test": 0.3}),
            "the array `split` says which sequences are of which part, so that `test` has no effect; remove it",
        ),
        (
            vec![input(), target()],
            serde_json::json!({"test": 0.01}),
            "the data set has 20 sequences, and none of them for test; give more sequences, or another share",
        ),
        (
            vec![input(), target()],
            serde_json::json!({"tokens": 5}),
            "the inputs are numbers, not tokens; remove `tokens`",
        ),
        (
            vec![input(), with("target", &[20], 4)],
            serde_json::json!({"classes": 3}),
            "`classes` is 3, and the class 4 comes; raise it, or remove it",
        ),
        (
            vec![with("input", &[20, 3], 7), target()],
            serde_json::json!({"tokens": 7}),
            "`tokens` is 7, and the token 7 comes; raise it, or remove it",
        ),
        (
            vec![with("input", &[20, 3], 2_000_000), target()],
            none(),
            "there would be 2000001 input units or outputs; number tokens and classes from 0",
        ),
        (
            vec![input(), target(), with("lengths", &[20], 2)],
            serde_json::json!({"permuted": true}),
            "the sequences have several lengths,",
        ),
        (vec![input(), with("target", &[20, 3], 1)], serde_json::json!({"permuted": true}), "every step has a target,"),
        (
            vec![input(), target()],
            serde_json::json!({"tolerance": 0.1}),
            "the targets are classes, which are right or wrong; remove `tolerance`",
        ),
        (
            vec![
                input(),
                target(),
                singles("train_input", &[2, 3], (0..6).map(|_| 0.0)),
                with("train_target", &[2], 0),
            ],
            none(),
            "the file has `input` and `train_input`;",
        ),
    ] {
        let names: Vec<&str> = entries.iter().map(|entry| entry.0).collect();
        let found = task_with(&entries, settings).expect_err(&format!("{names:?}"));
        let found = found.strip_prefix("data.npz: ").expect("the file's name").to_owned();
        assert!(found.starts_with(expected), "{names:?}: {found}");
    }
}

#[test]
fn trials_share_one_copy_and_a_changed_file_is_another_data_set() {
    let (folder, path) = file("data.npz", &npz(&numbered(["input", "target"], 20, 3)));
    let none = || serde_json::json!({});
    let (one, two) = (bound(folder.path(), none()).unwrap(), bound(folder.path(), none()).unwrap());
    let sequences = |task: &TaskSpec| {
        let TaskSpec::Dataset(dataset) = task else { panic!("a data set") };
        std::sync::Arc::as_ptr(dataset.source().sequences().unwrap())
    };
    assert_eq!(sequences(&one), sequences(&two));
    let hash = one.contents().unwrap().hash;
    assert_eq!(hash, blake3::hash(&std::fs::read(&path).unwrap()).to_hex().as_str());

    std::fs::write(&path, npz(&numbered(["input", "target"], 21, 3))).unwrap();
    let other = bound(folder.path(), none()).unwrap();
    assert_ne!(other.contents().unwrap().hash, hash);
    let changed = bound(folder.path(), serde_json::json!({"content": hash})).unwrap_err();
    assert!(changed.starts_with("data.npz: the file has changed: its BLAKE3 hash is "), "{changed}");
    // The former one is in memory still.
    assert_eq!(part(&one, Purpose::Data).size, 14);
}

/// Results are read without the file; only sequences need it, and they need the very same.
#[test]
fn known_facts_stand_for_a_file_that_is_gone() {
    let (folder, path) = file("data.npz", &npz(&numbered(["input", "target"], 20, 3)));
    let first = bound(folder.path(), serde_json::json!({})).unwrap();
    let known = vec![first.known().unwrap()];
    let moved = folder.path().join("moved.npz");
    std::fs::rename(&path, &moved).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let files = DataFiles { folder: elsewhere.path().to_owned(), known };
    let read = || {
        let mut task: TaskSpec =
            serde_json::from_value(serde_json::json!({"kind": "dataset", "file": "data.npz"})).unwrap();
        task.bind(&files).unwrap();
        task
    };
    assert_eq!((read().contents(), read().chance()), (first.contents(), first.chance()));
    let gone = read().ready().unwrap_err().to_string();
    assert!(gone.starts_with("data.npz: there is no file `"), "{gone}");
    std::fs::rename(&moved, &path).unwrap();
    let task = read();
    assert_eq!(task.ready(), Ok(()), "it is in the folder of the suite that was run");
    assert_eq!(part(&task, Purpose::Test), part(&first, Purpose::Test));
    std::fs::write(&path, npz(&numbered(["input", "target"], 20, 4))).unwrap();
    let changed = read().ready().unwrap_err().to_string();
    assert!(changed.contains("the file has changed"), "{changed}");
}

/// Sequences are the same where the numbers up to their ends are, whatever follows, and whatever their targets.
#[test]
fn held_out_sequences_that_are_training_sequences_are_counted() {
    let split = || integers("split", &[8], [0, 0, 0, 1, 1, 2, 2, 2]);
    let target = || integers("target", &[8], [0, 1, 0, 1, 0, 1, 0, 1]);
    let rows = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3], [1, 2, 4], [4, 5, 0], [7, 8, 9], [4, 5, 6]];
    let repeated = |entries: &[Entry], settings: serde_json::Value| {
        let contents = task_with(entries, settings).unwrap().contents().unwrap();
        [contents.repeated_validation, contents.repeated_test].map(|count| count.expect("it was looked at"))
    };
    let tokens = || integers("input", &[8, 3], rows.into_iter().flatten().map(i64::from));
    let numbers = || singles("input", &[8, 3], rows.into_iter().flatten().map(|number| number as f32 - 9.0));
    let negative = || {
        singles(
            "input",
            &[8, 3],
            rows.into_iter().flatten().map(|number| if number == 9 { -0.0 } else { f32::from(u8::from(number != 3)) }),
        )
    };
    let none = || serde_json::json!({});
    assert_eq!(repeated(&[tokens(), target(), split()], none()), [1, 2]);
    assert_eq!(repeated(&[numbers(), target(), split()], none()), [1, 2]);
    assert_eq!(repeated(&[numbers(), target(), split()], serde_json::json!({"permuted": true})), [1, 2]);
    // Of the second training sequence two steps count, and of the first test sequence.
    let lengths = || integers("lengths", &[8], [3, 2, 3, 3, 3, 2, 3, 3]);
    assert_eq!(repeated(&[tokens(), target(), split(), lengths()], none()), [1, 2]);
    let lengths = || integers("lengths", &[8], [3, 2, 3, 2, 3, 3, 2, 3]);
    assert_eq!(repeated(&[tokens(), target(), split(), lengths()], none()), [0, 0]);
    assert_eq!(repeated(&[negative(), target(), split()], none()), [2, 3]);
    // Held-out sequences have the one zero, training sequences the other, and nothing else tells them apart.
    let zero = |row: usize| if row < 3 { 0.0 } else { -0.0 };
    let zeros = singles("input", &[8, 2], (0..8).flat_map(|row| [zero(row), (row % 3) as f32 + 1.0]));
    assert_eq!(repeated(&[zeros, target(), split()], none()), [2, 3]);
}
