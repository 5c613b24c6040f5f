//! Laws of the sequences of any task.

use longlag::{
    component::task::{Batch, Goal, Targets, TaskSpec},
    seed::{self, Purpose},
};

use super::sizes::every_task;

fn draw(task: &TaskSpec, seed: u64, addresses: &[u64]) -> Batch {
    Batch::draw(task, &seed::stream(seed, Purpose::Data, &[]), addresses)
}

/// Sequence `b` of the batch alone.
fn column(batch: &Batch, b: usize) -> Batch {
    let Batch { size, dimensions, .. } = *batch;
    fn of<T: Copy>(values: &[T], size: usize, width: usize, b: usize) -> Vec<T> {
        values.chunks(width).skip(b).step_by(size).flatten().copied().collect()
    }
    Batch {
        size: 1,
        dimensions,
        input: of(&batch.input, size, dimensions.inputs, b),
        targets: match &batch.targets {
            Targets::Numbers(numbers) => Targets::Numbers(of(numbers, size, dimensions.goal.width(), b)),
            Targets::Classes(classes) => Targets::Classes(of(classes, size, 1, b)),
        },
        read: of(&batch.read, size, 1, b),
        scored: of(&batch.scored, size, 1, b),
        addresses: vec![batch.addresses[b]],
    }
}

#[test]
fn seed_and_address_decide_a_sequence() {
    for task in every_task() {
        let addresses: Vec<u64> = (0..64).collect();
        let batch = draw(&task, 0, &addresses);
        assert_eq!(batch, draw(&task, 0, &addresses), "{task:?}");
        assert_ne!(batch.input, draw(&task, 1, &addresses).input, "{task:?}: seeds do not matter");
        let first = column(&batch, 0);
        let differs = (1..64).any(|b| column(&batch, b).input != first.input);
        assert!(differs, "{task:?}: addresses do not matter");
    }
}

#[test]
fn a_sequence_does_not_depend_on_the_batch_it_is_in() {
    for task in every_task() {
        let addresses = [5, 0, 1 << 40, 3];
        let batch = draw(&task, 0, &addresses);
        for (b, &address) in addresses.iter().enumerate() {
            assert_eq!(column(&batch, b), draw(&task, 0, &[address]), "{task:?}, sequence {address}");
        }
    }
}

#[test]
fn shapes_are_the_declared_ones() {
    for task in every_task() {
        let dimensions = task.dimensions();
        let batch = draw(&task, 0, &(0..100).collect::<Vec<_>>());
        let rows = dimensions.steps * batch.size;
        assert_eq!((batch.size, batch.dimensions), (100, dimensions), "{task:?}");
        assert_eq!(batch.input.len(), rows * dimensions.inputs, "{task:?}");
        assert_eq!((batch.read.len(), batch.scored.len()), (rows, rows), "{task:?}");
        assert!(batch.input.iter().all(|x| x.is_finite()), "{task:?}");
        match (&batch.targets, dimensions.goal) {
            (Targets::Numbers(numbers), Goal::Numbers(width)) => {
                assert_eq!(numbers.len(), rows * width, "{task:?}");
                assert!(numbers.iter().all(|x| x.is_finite()), "{task:?}");
            }
            (Targets::Classes(targets), Goal::Classes(classes)) => {
                assert_eq!(targets.len(), rows, "{task:?}");
                assert!(targets.iter().all(|&target| (target as usize) < classes), "{task:?}");
            }
            (Targets::Numbers(bits), Goal::Bits(width)) => {
                assert_eq!(bits.len(), rows * width, "{task:?}");
                assert!(bits.iter().all(|&bit| bit == 0.0 || bit == 1.0), "{task:?}");
            }
            _ => panic!("{task:?}: targets are of another kind than the goal"),
        }
    }
}

/// A task that declares an input or a class too many would still train, on a network wider than it is said to be.
#[test]
fn every_declared_input_and_class_is_used() {
    for task in TaskSpec::all() {
        let dimensions = task.dimensions();
        let batch = draw(&task, 0, &(0..2000).collect::<Vec<_>>());
        for input in 0..dimensions.inputs {
            let used = batch.input.iter().skip(input).step_by(dimensions.inputs).any(|&x| x != 0.0);
            assert!(used, "{task:?}: input {input} is always 0");
        }
        match (&batch.targets, dimensions.goal) {
            (Targets::Classes(targets), Goal::Classes(classes)) => {
                let asked = match task.kind() {
                    // The source has a class for the delimiter, too, which is never an answer.
                    "copy-scalar" => classes - 1,
                    // Only the first symbol, which comes again at the end, is asked for where only the last step counts.
                    "permutation" => 2,
                    _ => classes,
                };
                for class in 0..asked {
                    let occurs = targets.iter().any(|&target| target as usize == class);
                    assert!(occurs, "{task:?}: class {class} never occurs");
                }
            }
            (Targets::Numbers(numbers), Goal::Numbers(width) | Goal::Bits(width)) => {
                for output in 0..width {
                    let used = numbers.iter().skip(output).step_by(width).any(|&x| x != 0.0);
                    assert!(used, "{task:?}: target {output} is always 0");
                }
            }
            _ => panic!("{task:?}: targets are of another kind than the goal"),
        }
    }
}

#[test]
fn something_is_read_and_scored_in_every_sequence() {
    for task in every_task() {
        let batch = draw(&task, 0, &(0..1000).collect::<Vec<_>>());
        for b in 0..batch.size {
            let sequence = column(&batch, b);
            assert!(sequence.reads() > 0, "{task:?}, sequence {b}: nothing is read");
            assert!(sequence.scored.contains(&true), "{task:?}, sequence {b}: nothing is scored");
            let within = sequence.read.iter().zip(&sequence.scored).all(|(&read, &scored)| read || !scored);
            assert!(within, "{task:?}, sequence {b}: an output is scored that is not read");
        }
        let last = task.dimensions().steps - 1;
        assert!(batch.read_steps().contains(&last), "{task:?} declares more steps than it uses");
    }
}

#[test]
fn a_finite_data_set_has_its_declared_size() {
    for task in every_task() {
        let declared = serde_json::to_value(&task).expect("a task can be written")["sequences"].as_u64();
        assert_eq!(task.finite().map(|sequences| sequences as u64), declared, "{task:?}");
    }
}
