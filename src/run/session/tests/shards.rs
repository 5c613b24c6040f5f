//! Runs cut into parts and brought together again: the tables of a run on one machine, with nothing trained twice.

use std::collections::BTreeSet;

use super::{
    searches::{Learner, SEARCHED},
    *,
};
use crate::{
    run::{Merged, Shard, merge},
    seed::{self, Purpose},
    store::SCHEMA_VERSION,
};

const RUN: &str = "results/small";

/// The bytes of all tables of a run.
fn tables(run: &Path) -> Vec<Vec<u8>> {
    ["trials", "metrics", "probes", "chains"].map(|name| fs::read(run.join(layout::table(name))).unwrap()).to_vec()
}

/// Trains by the fake that fits the suite, and stops after `most` trials; gives how many there were.
fn train_some(session: &mut Session, most: usize) -> usize {
    let (stop, left) = (AtomicBool::new(false), AtomicUsize::new(most));
    let go_on = || {
        let more = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if !more {
            stop.store(true, Ordering::SeqCst);
        }
        more.then_some(Status::Finished)
    };
    let summary = if session.suite().file.reach.is_some() {
        session.run(&Learner(|_: &str| go_on()), &mut (), &stop)
    } else {
        session.run(&Fake(|_: &Plan, _: Trial| go_on()), &mut (), &stop)
    };
    summary.unwrap().finished
}

fn shard(folder: &Path, text: &str, index: u32, count: u32, jobs: usize) -> Session {
    open_with(folder, text, |options| (options.shard, options.jobs) = (Shard::new(index, count), Some(jobs)))
}

fn bring_together(folder: &Path) -> Merged {
    merge(&folder.join(RUN), &[]).unwrap()
}

/// Trains all shards of `count` until nothing is left.
fn train_shards(folder: &Path, text: &str, count: u32) {
    for _ in 0..2 {
        for index in 1..=count {
            train_some(&mut shard(folder, text, index, count, 1), usize::MAX);
        }
    }
}

/// Trains `text` in parts that are cut anywhere, of a number and in an order that chance says, with merges in between, `attempts` times;
/// compares the outcome with a run on one machine.
fn cut_anywhere(text: &str, attempts: u32, most: u32) {
    let draws = seed::stream(0, Purpose::Guess, &[("shards", text)]);
    let mut draws = draws.at(0);
    let mut below = |bound: u32| (draws.bits() % u64::from(bound)) as u32;
    let whole = tempfile::tempdir().unwrap();
    let mut session = open(whole.path(), text);
    let trials = train_some(&mut session, usize::MAX);
    let expected = tables(session.dir());
    for attempt in 0..attempts {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join(RUN);
        let (mut trained, mut steps) = (0, 0);
        loop {
            // First always the same number of parts, later any.
            let count = if attempt < 7 { attempt + 1 } else { below(7) + 1 };
            let mut session = shard(folder.path(), text, below(count) + 1, count, 1 + below(2) as usize);
            trained += train_some(&mut session, 1 + below(most) as usize);
            drop(session);
            steps += 1;
            assert!(steps < 2000, "{trained} of {trials} trials are trained");
            if below(4) == 0 || trained == trials {
                let merged = bring_together(folder.path());
                assert!(merged.conflicts.is_empty() && merged.left_out.is_empty());
                assert!(merged.stored <= merged.planned && (!merged.complete || trained == trials));
                if merged.complete {
                    break;
                }
            }
        }
        assert_eq!(trained, trials, "no trial is trained twice");
        assert!(tables(&run) == expected, "attempt {attempt}");
        // A second time nothing changes.
        let files = |dir: &Path| {
            let names = [layout::SUITE, layout::RESOLVED, layout::MANIFEST];
            (names.map(|name| fs::read(dir.join(name)).unwrap()), tables(dir))
        };
        let before = files(&run);
        assert_eq!(bring_together(folder.path()).taken, 0);
        assert!(files(&run) == before);
        // It is a run like any other: nothing is left to do.
        let mut session = open(folder.path(), text);
        assert!(session.pending().is_empty());
        assert_eq!(train_some(&mut session, usize::MAX), 0);
        assert!(tables(session.dir()) == expected);
    }
}

#[test]
fn shards_merge_to_the_tables_of_one_machine() {
    cut_anywhere(SUITE, 10, 4);
}

#[test]
fn shards_of_a_tuning_merge_to_the_tables_of_one_machine() {
    cut_anywhere(TUNED, 9, 12);
}

#[test]
fn shards_of_a_search_merge_to_the_tables_of_one_machine() {
    cut_anywhere(SEARCHED, 3, 100);
}

#[test]
fn parameters_are_kept_once_for_each_reported_trial() {
    let folder = tempfile::tempdir().unwrap();
    train_shards(folder.path(), TUNED, 3);
    assert!(bring_together(folder.path()).complete);
    let kept = |dir: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(dir.join(layout::MODELS)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let session = open(folder.path(), TUNED);
    let reported = &session.stages().reported;
    let expected = reported.trials().map(|trial| format!("{}.safetensors", reported.trial_id(trial)));
    assert_eq!(kept(session.dir()), expected.collect());
}

/// Parameters that are damaged in a part, or missing, are not merged, and the trial is not among those that are stored.
#[test]
fn parameters_with_a_fault_are_not_merged() {
    let spoil: [fn(&Path); 2] = [
        |path| fs::remove_file(path).unwrap(),
        |path| {
            let mut bytes = fs::read(path).unwrap();
            let at = bytes.len() - 1;
            bytes[at] ^= 1;
            fs::write(path, bytes).unwrap();
        },
    ];
    for (spoil, lines) in spoil.into_iter().zip([0, 1]) {
        let folder = tempfile::tempdir().unwrap();
        train_shards(folder.path(), KEPT, 1);
        let models = folder.path().join(RUN).join("shards/1-of-1").join(layout::MODELS);
        let name = fs::read_dir(models).unwrap().next().unwrap().unwrap();
        let before = fs::read(name.path()).unwrap();
        spoil(&name.path());
        let merged = bring_together(folder.path());
        let told: Vec<String> = merged.left_out.iter().map(ToString::to_string).collect();
        assert_eq!((merged.stored, merged.planned, merged.complete, told.len()), (3, 4, false, lines), "{told:?}");
        let target = folder.path().join(RUN).join(layout::MODELS).join(name.file_name());
        assert!(!target.exists() && told.iter().all(|line| line.contains("is damaged")), "{told:?}");
        // One that was taken over before it was damaged is taken over again.
        fs::write(name.path(), &before).unwrap();
        assert!(bring_together(folder.path()).complete && fs::read(&target).unwrap() == before);
        spoil(&target);
        assert!(bring_together(folder.path()).complete && fs::read(&target).unwrap() == before);
        assert_eq!(open(folder.path(), KEPT).without_model(), 0);
        spoil(&target);
        assert_eq!(open(folder.path(), KEPT).without_model(), 1);
    }
}

/// A shard trains what it can and says for how many arms it waits; of a search it waits for nobody.
#[test]
fn a_shard_ends_where_it_waits_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = shard(folder.path(), TUNED, 1, 2, 1);
    let of_first = first.pending().tuning.len();
    assert!((1..12).contains(&of_first));
    assert_eq!(train_some(&mut first, usize::MAX), of_first);
    assert_eq!((first.waiting(), first.stored(), first.planned()), (2, of_first, of_first));
    drop(first);
    let mut second = shard(folder.path(), TUNED, 2, 2, 1);
    let of_second = train_some(&mut second, usize::MAX);
    assert_eq!((second.waiting(), second.pending().is_empty()), (0, true));
    drop(second);
    // What it waited for is there now.
    let mut first = shard(folder.path(), TUNED, 1, 2, 1);
    let rest = train_some(&mut first, usize::MAX);
    assert_eq!((first.waiting(), of_first + of_second + rest), (0, 16));
    drop(first);
    assert!(bring_together(folder.path()).complete);

    let folder = tempfile::tempdir().unwrap();
    let arms: Vec<usize> = (1..=4)
        .map(|index| {
            let mut session = shard(folder.path(), SEARCHED, index, 4, 1);
            train_some(&mut session, usize::MAX);
            assert_eq!((session.waiting(), session.pending().is_empty()), (0, true));
            session.stages().searches.as_ref().unwrap().ended()
        })
        .collect();
    // Each sees what those before it have found.
    assert_eq!(arms, [1, 2, 3, 3]);
}

/// While a part trains others may store what it would wait for: it goes on with that at once.
#[test]
fn a_shard_goes_on_with_what_others_store_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = shard(folder.path(), TUNED, 1, 2, 1);
    let (of_tuning, begun) = (first.planned(), AtomicUsize::new(0));
    let how = |_: &Plan, _: Trial| {
        if begun.fetch_add(1, Ordering::SeqCst) == 0 {
            train_some(&mut shard(folder.path(), TUNED, 2, 2, 1), usize::MAX);
        }
        Some(Status::Finished)
    };
    let trained = train(&mut first, how).finished;
    assert!(trained > of_tuning && trained == first.planned(), "{trained} of {}", first.planned());
    assert_eq!((first.waiting(), first.pending().is_empty()), (0, true));
}

/// A trial that is stored in the folder of the run, or in a part of another number, is not trained again.
#[test]
fn a_shard_sees_what_is_finished_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    train_some(&mut open(folder.path(), SUITE), 1);
    for (index, count) in [(1, 3), (2, 3), (3, 3)] {
        train_some(&mut shard(folder.path(), SUITE, index, count, 1), 1);
    }
    let stored = shard(folder.path(), SUITE, 1, 1, 1).stored();
    assert!((2..=4).contains(&stored));
    assert_eq!(train_some(&mut shard(folder.path(), SUITE, 1, 1, 1), usize::MAX), 4 - stored);
    drop(folder);
    // A folder that cannot be read is told of, and its trials count as missing.
    let folder = tempfile::tempdir().unwrap();
    train_some(&mut shard(folder.path(), SUITE, 1, 1, 1), 3);
    let damaged = folder.path().join(RUN).join("shards/1-of-1/trials.parquet");
    fs::write(&damaged, b"PAR1 and no more").unwrap();
    let session = shard(folder.path(), SUITE, 1, 2, 1);
    let unread: Vec<String> = session.unread().iter().map(ToString::to_string).collect();
    assert!(unread.len() == 1 && unread[0].contains("1-of-1/trials.parquet"), "{unread:?}");
    drop(session);
    for index in 1..=2 {
        train_some(&mut shard(folder.path(), SUITE, index, 2, 1), usize::MAX);
    }
    let merged = bring_together(folder.path());
    let told: Vec<String> = merged.left_out.iter().map(ToString::to_string).collect();
    assert!(merged.complete && told.len() == 1 && told[0].contains("1-of-1/trials.parquet"), "{told:?}");
}

/// Changes the stored record of a trial of `dir`, the first by id; gives its id.
fn change(dir: &Path, change: impl FnOnce(&mut Record)) -> String {
    let mut store = Store::open(dir).unwrap();
    let id = store.trials().keys().next().unwrap().clone();
    let mut record = store.records(&BTreeSet::from([id.clone()])).unwrap().remove(0);
    change(&mut record);
    store.append(&record).unwrap();
    id
}

/// A copy of a run's folder as `cp -r` makes it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[test]
fn the_same_trial_with_other_bits_is_told_with_both_folders_and_the_first_update_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    train_some(&mut open(folder.path(), SUITE), usize::MAX);
    let (run, other) = (folder.path().join(RUN), folder.path().join("other/small"));
    let before = tables(&run);
    type Change = fn(&mut Record);
    let cases: [(Change, &str); 4] = [
        (
            |record| {
                record.chain[0].link = "0123456789abcdef".to_owned();
                record.trial.hash = record.chain[0].link.repeat(4);
            },
            ": first at update 2",
        ),
        (|record| record.metrics[1].value = 0.125, ": the same parameters, but another test/loss at update 2"),
        (|record| drop(record.metrics.pop()), ": the same parameters, but another validation/loss at update 2"),
        (|record| record.trial.updates = 3, ": the same parameters and measurements, but another row"),
    ];
    for (how, words) in cases {
        copy(&run, &other);
        let id = change(&other, how);
        let merged = merge(&run, std::slice::from_ref(&other)).unwrap();
        let told: Vec<String> = merged.conflicts.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 1);
        for word in [id.as_str(), "hidden ", "replicate ", "results/small` than in `", "other/small`", words] {
            assert!(told[0].contains(word), "{word} is not in {told:?}");
        }
        assert!(merged.taken == 0 && tables(&run) == before);
        fs::remove_dir_all(folder.path().join("other")).unwrap();
    }
    // Time is no bit, and of equal bits those of the least time stay, from whichever side they are looked at.
    for seconds in [0.5, -0.0] {
        copy(&run, &other);
        let id = change(&other, |record| record.trial.train_seconds = seconds);
        let merged = merge(&run, std::slice::from_ref(&other)).unwrap();
        assert_eq!((merged.conflicts.len(), merged.taken), (0, usize::from(seconds < 0.5)));
        let kept = Store::read(&run).unwrap().trials()[&id].train_seconds;
        assert!(kept == 0.0);
        fs::remove_dir_all(folder.path().join("other")).unwrap();
    }
}

#[test]
fn what_was_computed_otherwise_is_told_and_not_merged() {
    let folder = tempfile::tempdir().unwrap();
    train_shards(folder.path(), SUITE, 2);
    let run = folder.path().join(RUN);
    let [first, second] = [1, 2].map(|index| run.join(format!("shards/{index}-of-2")));
    let stored = Store::read(&second).unwrap().trials().len();
    let saved = folder.path().join("saved");
    copy(&run, &saved);
    type Change = fn(&mut Record);
    let cases: [(Change, &str); 5] = [
        (|record| record.trial.numerics += 1, "computed under another numerics version"),
        (|record| record.trial.engine = "dfdx".to_owned(), "computed by another engine"),
        (|record| record.trial.task_definition = Some("x".to_owned()), "computed with another definition of the task"),
        (|record| record.trial.hash = "f".repeat(64), "whose rows are not all there"),
        (|record| record.metrics.clear(), "whose rows are not all there"),
    ];
    for (how, words) in cases {
        let id = change(&second, how);
        let merged = bring_together(folder.path());
        let told: Vec<String> = merged.left_out.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("not merged: 1 trial of `") && told[0].ends_with(words), "{told:?}");
        assert!(told[0].contains("2-of-2") && !merged.complete && merged.taken == 3);
        assert!(!Store::read(&run).unwrap().trials().contains_key(&id));
        // Once another folder has it, there is nothing to tell.
        let merged = merge(&run, std::slice::from_ref(&saved)).unwrap();
        assert!(merged.complete && merged.left_out.is_empty() && merged.taken == 1, "{:?}", merged.left_out);
        fs::remove_dir_all(&run).unwrap();
        copy(&saved, &run);
    }
    // Of another suite, or of a later version.
    let manifest = Manifest::read(&second).unwrap();
    for (changed, words) in [
        (
            Manifest { suite: "large".to_owned(), ..manifest.clone() },
            "it is of the suite large, and the run is of small",
        ),
        (Manifest { quick: true, ..manifest.clone() }, "it is of the suite small --quick, and the run is of small"),
        (Manifest { schema: SCHEMA_VERSION + 1, ..manifest }, "newer than"),
    ] {
        changed.write(&second).unwrap();
        let merged = bring_together(folder.path());
        let told: Vec<String> = merged.left_out.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].contains("2-of-2`") && told[0].contains(words), "{told:?}");
        assert_eq!((merged.stored, merged.complete), (4 - stored, false));
        fs::remove_dir_all(&run).unwrap();
        copy(&saved, &run);
    }
    assert!(first.is_dir() && bring_together(folder.path()).complete);
}

/// As copies are made while a run goes on: the journal's end is torn, or tables are older than it is.
#[test]
fn a_copy_made_while_running_gives_what_is_whole_in_it() {
    let folder = tempfile::tempdir().unwrap();
    train_some(&mut open(folder.path(), SUITE), usize::MAX);
    let (run, copied) = (folder.path().join(RUN), folder.path().join("copies/small"));
    let expected = tables(&run);
    // All four trials in the journal, as while the run goes on.
    let live = folder.path().join("live/small");
    copy(&run, &live);
    let ids = Store::read(&run).unwrap().trials().keys().cloned().collect();
    let records = Store::read(&run).unwrap().records(&ids).unwrap();
    for name in ["trials", "metrics", "probes", "chains"] {
        fs::remove_file(live.join(layout::table(name))).unwrap();
    }
    let mut store = Store::open(&live).unwrap();
    records.iter().for_each(|record| store.append(record).unwrap());
    drop(store);
    let journal = fs::read(live.join(layout::JOURNAL)).unwrap();
    // The header is written with the file.
    let header = 16;
    let cuts = (0..20).map(|part| header + (journal.len() - header) * part / 19);
    let mut seen = BTreeSet::new();
    for cut in cuts {
        copy(&live, &copied);
        fs::write(copied.join(layout::JOURNAL), &journal[..cut]).unwrap();
        let target = folder.path().join("target/small");
        copy(&copied, &target);
        let merged = merge(&target, std::slice::from_ref(&copied)).unwrap();
        assert!(merged.left_out.is_empty() && merged.conflicts.is_empty());
        seen.insert(merged.stored);
        // The rest comes later, once the run is over.
        let merged = merge(&target, std::slice::from_ref(&run)).unwrap();
        assert!(merged.complete && tables(&target) == expected);
        for dir in [&target, &copied] {
            fs::remove_dir_all(dir).unwrap();
        }
    }
    assert_eq!(seen, (0..=4).collect());
}

/// A result takes the place of a failure, and no failure that of a result.
#[test]
fn failures_give_way_to_results() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = shard(folder.path(), SUITE, 1, 1, 1);
    assert_eq!(train(&mut first, |_, _| Some(Status::Error)).failed, 4);
    drop(first);
    let merged = bring_together(folder.path());
    assert_eq!((merged.stored, merged.failures.get(&Status::Error)), (0, Some(&4)));
    for index in 1..=2 {
        train_some(&mut shard(folder.path(), SUITE, index, 2, 1), usize::MAX);
    }
    let merged = bring_together(folder.path());
    assert!(merged.complete && merged.failures.is_empty() && merged.taken == 4);
}

#[test]
fn where_there_is_nothing_to_merge_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| merge(path, &[]).unwrap_err().to_string();
    assert!(error(&folder.path().join("none")).contains("holds no results"));
    drop(shard(folder.path(), SUITE, 1, 2, 1));
    assert!(error(&folder.path().join(RUN)).contains("no stored trials"), "{}", error(&folder.path().join(RUN)));
    // A folder in use is not written to.
    train_shards(folder.path(), SUITE, 2);
    let session = open(folder.path(), SUITE);
    assert!(error(&folder.path().join(RUN)).contains("in use by another"));
    drop(session);
}
