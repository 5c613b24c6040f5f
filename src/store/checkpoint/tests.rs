use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::{
    component::probe::Measurement,
    fuzz::{fuzz, mutation},
    train::{
        HashChain, History, Measure, MetricValue, Outcome, Pending, ProbeValue, Quantity, Score, Split, UpdaterState,
    },
};

fn head() -> CheckpointHead {
    let hash = |letter: &str| format!("x{}", letter.repeat(15));
    CheckpointHead {
        origin: CheckpointOrigin {
            trial_id: "t0123456789abcde".to_owned(),
            engine: "fused".to_owned(),
            device: "cpu".to_owned(),
            numerics: 5,
            definition: Definition { task: hash("a"), network: hash("b"), training: hash("c") },
        },
        build: "longlag 0.1.0".to_owned(),
        update: 7,
        budget: 1000,
        train_seconds: 1.5,
        written: "2026-02-28T23:59:59Z".to_owned(),
    }
}

/// A state with something of everything, and the floats that are easily lost.
fn state() -> Checkpoint {
    let mut chain = HashChain::default();
    chain.extend(0, &[1.0, -0.0]);
    let metric = |value: f64| MetricValue { update: 3, split: Split::AtLength(9), metric: Measure::ExactMatch, value };
    let measurement = |value: f64| Measurement {
        layer: Some(1),
        state: Some("h".to_owned()),
        lag: None,
        index: Some(300),
        statistic: Cow::Borrowed("median"),
        value,
    };
    let probe =
        |value: f64| ProbeValue { update: 2, probe: Cow::Borrowed("gradient-by-lag"), measurement: measurement(value) };
    Checkpoint {
        pending: Pending::Test(Outcome::Diverged { update: 7, quantity: Quantity::OptimizerState }),
        updater: UpdaterState {
            updates: 7,
            steps: 6,
            parameters: vec![f32::NAN, f32::NEG_INFINITY, -0.0, f32::MIN_POSITIVE / 2.0],
            bases: vec![("w_h".to_owned(), vec![1.0, 0.5])],
            slots: vec![vec![0.25; 4], vec![f32::MAX; 4]],
            clip_means: vec![0.1],
        },
        running: crate::train::Tally::default(),
        validation: Some(Score { loss: f64::NAN, accuracy: 0.5, exact_match: Some(0.0) }),
        history: History {
            metrics: [f64::NAN, f64::INFINITY, 5e-324].map(metric).to_vec(),
            probes: vec![probe(-0.0), probe(f64::NAN)],
            chain,
        },
    }
}

fn bytes() -> Vec<u8> {
    encode(&head(), &state()).unwrap()
}

fn decode(bytes: &[u8]) -> Result<(CheckpointHead, Checkpoint), CheckpointFault> {
    let (head, state) = decode_head(bytes)?;
    Ok((head, decode_state(state)?))
}

/// The bytes of format 1: whoever changes the layout of any part raises [`FORMAT`], so that no old file is read as something else.
#[test]
fn the_layout_is_that_of_its_format() {
    let bytes = bytes();
    assert_eq!((FORMAT, bytes.len()), (1, LENGTH));
    assert_eq!(
        blake3::hash(&bytes[PREFIX..]).to_hex().as_str(),
        LAYOUT,
        "the layout changed: raise `FORMAT`, then bless"
    );
    let (head, state) = decode(&bytes).unwrap();
    assert_eq!(encode(&head, &state).unwrap(), bytes);
}

const LENGTH: usize = 443;
const LAYOUT: &str = "ff17c4dce34753592e561682e5ef59596a784dcbe372fec50a65f51353203f80";

#[test]
fn what_is_written_is_read_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::of(folder.path());
    let (head, state) = (head(), state());
    let id = &head.origin.trial_id;
    assert!(!checkpoints.has(id) && checkpoints.read(&head.origin).unwrap().is_none());
    assert_eq!((checkpoints.trial_ids(), checkpoints.head(id)), (vec![], None));
    for update in [7, 8] {
        let head = CheckpointHead { update, ..head.clone() };
        checkpoints.write(&head, &state).unwrap();
        let (found, found_state) = checkpoints.read(&head.origin).unwrap().unwrap();
        assert_eq!(encode(&found, &found_state).unwrap(), encode(&head, &state).unwrap());
        assert_eq!(checkpoints.head(id), Some(head));
    }
    assert!(checkpoints.has(id));
    assert_eq!(checkpoints.trial_ids(), std::slice::from_ref(id));
    // A process that is killed while it writes leaves a file of another name.
    fs::write(folder.path().join("checkpoints/.t1.checkpoint.17.tmp"), "half").unwrap();
    checkpoints.sweep();
    assert_eq!((checkpoints.files().len(), checkpoints.trial_ids().len()), (1, 1));
    checkpoints.remove(id);
    checkpoints.remove(id);
    checkpoints.sweep();
    assert!(!folder.path().join("checkpoints").exists(), "an empty folder goes");
}

#[test]
fn one_of_another_computation_is_refused_by_the_part_that_differs() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::of(folder.path());
    checkpoints.write(&head(), &state()).unwrap();
    type Change = fn(&mut CheckpointOrigin);
    let changes: [(Part, Change); 6] = [
        (Part::Engine, |origin| origin.engine = "dfdx".to_owned()),
        (Part::Device, |origin| origin.device = "cuda".to_owned()),
        (Part::Numerics, |origin| origin.numerics += 1),
        (Part::Task, |origin| origin.definition.task.push('0')),
        (Part::Network, |origin| origin.definition.network.push('0')),
        (Part::Training, |origin| origin.definition.training.push('0')),
    ];
    for (part, change) in changes {
        let mut origin = head().origin;
        change(&mut origin);
        let error = checkpoints.read(&origin).unwrap_err();
        assert!(matches!(error.fault, CheckpointFault::Otherwise(found) if found == part), "{error}");
        assert!(error.to_string().ends_with(&format!(".checkpoint` was computed {part}")), "{error}");
    }
    // Swapped with another trial's.
    let mut other = head().origin;
    other.trial_id = "t1".to_owned();
    fs::rename(checkpoints.path(&head().origin.trial_id), checkpoints.path("t1")).unwrap();
    let error = checkpoints.read(&other).unwrap_err();
    assert!(error.to_string().ends_with("is of trial t0123456789abcde"), "{error}");
    assert_eq!(checkpoints.head("t1"), None);
}

#[test]
fn damage_anywhere_is_noticed() {
    let whole = bytes();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(decode(&damaged).is_err(), "flipped {at}");
        assert!(decode(&whole[..at]).is_err(), "cut at {at}");
    }
    let longer = [&whole[..], b"\0"].concat();
    assert!(matches!(decode(&longer), Err(CheckpointFault::Damaged)));
    // Right sums over something else.
    let mut resealed = longer;
    seal(&mut resealed);
    assert!(matches!(decode(&resealed), Err(CheckpointFault::Damaged)));
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::of(folder.path());
    let path = checkpoints.path(&head().origin.trial_id);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (bytes, said) in [
        (&b""[..], "is no checkpoint of longlag"),
        (b"PAR1PAR1PAR1", "is no checkpoint of longlag"),
        (b"longlagc\x01\0", "is damaged"),
        (b"longlagc\x09\0\0\0", "has format 9, and this longlag reads format 1"),
        (&whole[..whole.len() - 1], "is damaged"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = checkpoints.read(&head().origin).unwrap_err();
        assert!(error.to_string().ends_with(said), "{error}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let error = checkpoints.read(&head().origin).unwrap_err();
    assert!(error.to_string().ends_with("cannot be read: this is a folder; give a regular file"), "{error}");
}

/// Bytes of any kind decode to something or are refused, whether or not their sum is right: no panic, and no more memory than they are
/// long in some measure.
#[test]
fn any_bytes_are_a_checkpoint_or_refused() {
    let whole = bytes();
    let strategy = (prop::collection::vec(mutation(), 0..8), any::<bool>(), prop::collection::vec(any::<u8>(), 0..200));
    fuzz(2000, &strategy, |(mutations, sealed, noise)| {
        let mut damaged = whole.clone();
        mutations.iter().for_each(|mutation| mutation.apply(&mut damaged));
        for mut bytes in [damaged, [&whole[..PREFIX], &noise].concat()] {
            if sealed && bytes.len() >= PREFIX {
                seal(&mut bytes);
            }
            if let Ok((head, state)) = decode(&bytes) {
                let again = encode(&head, &state).unwrap();
                prop_assert!(again.len() <= bytes.len(), "numbers may be written longer than they must, never shorter");
            }
        }
        Ok(())
    });
}
