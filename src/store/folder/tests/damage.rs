//! Damage of every kind to every file: noticed, told in one line, and paid for by what was damaged only.

use super::*;

const COUNT: u64 = 9;

/// A folder of which some trials are in the tables and some in the journal, another run's with the same trials, and what the tables are
/// once all are stored.
struct Case {
    dir: tempfile::TempDir,
    other: tempfile::TempDir,
    whole: Vec<Vec<u8>>,
}

/// The same trial as another run, say of another engine, has it.
fn foreign(n: u64) -> Record {
    let mut record = record(n);
    record.trial.engine = "dfdx".to_owned();
    record.metrics.iter_mut().for_each(|row| row.value += 1.0);
    record.probes.iter_mut().for_each(|row| row.value -= 1.0);
    record.chain.iter_mut().for_each(|link| link.link.replace_range(..1, "z"));
    record
}

fn case() -> Case {
    let folder = |of: fn(u64) -> Record, pending: u64| {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..COUNT - pending).for_each(|n| store.append(&of(n)).unwrap());
        store.compact(&columns(COUNT)).unwrap();
        (COUNT - pending..COUNT).for_each(|n| store.append(&of(n)).unwrap());
        drop(store);
        dir
    };
    let whole = folder(record, 0);
    Case { dir: folder(record, 3), other: folder(foreign, 2), whole: bytes(whole.path()) }
}

/// Opens the damaged folder, stores again what is missing, and says how many trials that were. Nothing that is believed may be other than
/// it was, and the tables end as those of a run that was never damaged.
fn mend(case: &Case, context: &str) -> (usize, Vec<String>) {
    let dir = case.dir.path();
    // A reader believes as little, or says that it cannot read.
    if let Ok(reader) = Store::read(dir) {
        believed(&reader, context);
    }
    let mut store = Store::open(dir).unwrap_or_else(|error| panic!("{context}: {error}"));
    believed(&store, context);
    let lines: Vec<String> = store.damages().iter().map(Damage::to_string).collect();
    let missing: Vec<u64> = (0..COUNT).filter(|n| !store.trials().contains_key(&record(*n).trial.trial_id)).collect();
    missing.iter().for_each(|n| store.append(&record(*n)).unwrap());
    store.compact(&columns(COUNT)).unwrap();
    drop(store);
    assert!(bytes(dir) == case.whole, "{context}: the tables are others");
    assert!(Store::open(dir).unwrap().damages().is_empty(), "{context}");
    (missing.len(), lines)
}

/// Asserts that each trial that counts as stored is as it was, in every table that can be read.
fn believed(store: &Store, context: &str) {
    let of = |row: &TrialRow| (0..COUNT).find(|n| record(*n).trial.trial_id == row.trial_id);
    let mut expected: Vec<Record> = vec![];
    for trial in store.trials().values() {
        let n = of(trial).unwrap_or_else(|| panic!("{context}: {} is no trial", trial.trial_id));
        assert_eq!(*trial, record(n).trial, "{context}");
        expected.push(record(n));
    }
    fn compare<T: RecordRow + PartialEq + std::fmt::Debug>(store: &Store, expected: &[Record], context: &str)
    where
        Vec<T>: serde::Serialize,
    {
        // A reader may meet damage that it was not told of.
        let Ok(found) = store.rows::<T>(|_| true) else { return };
        let rows = expected.iter().flat_map(|record| {
            let mut rows = T::of(record).to_vec();
            rows.sort_by(T::compare);
            rows
        });
        let rows: Vec<T> = rows.collect();
        assert_eq!(
            postcard::to_stdvec(&found).unwrap(),
            postcard::to_stdvec(&rows).unwrap(),
            "{context}: {}",
            T::TABLE
        );
    }
    compare::<MetricRow>(store, &expected, context);
    compare::<ProbeRow>(store, &expected, context);
    compare::<Link>(store, &expected, context);
}

/// Every `step`-th byte; in the long form as many as are asked for: 1 for all, and up to 40 no region of 40 bytes is left out.
fn step() -> usize {
    let asked = std::env::var("LONGLAG_EXHAUSTIVE").ok().and_then(|step| step.parse().ok());
    asked.filter(|step| *step > 0).unwrap_or(401)
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever runs the long form asks how much was tried")]
fn a_flipped_or_zeroed_byte_anywhere_costs_its_part_only() {
    let case = case();
    let files = TABLES.into_iter().chain([layout::JOURNAL]);
    let pristine: Vec<(&str, Vec<u8>)> =
        files.map(|name| (name, fs::read(case.dir.path().join(name)).unwrap())).collect();
    let restore = || pristine.iter().for_each(|(name, bytes)| fs::write(case.dir.path().join(name), bytes).unwrap());
    let (mut damages, mut retrained) = (0, 0);
    for (number, (name, whole)) in pristine.iter().enumerate() {
        let group_end = whole.len() * 6 / 10;
        for at in (number..whole.len()).step_by(step()) {
            for region in [1, 40] {
                let mut bytes = whole.clone();
                if region == 1 {
                    bytes[at] ^= 1 << (at % 8);
                } else {
                    let end = (at + region).min(bytes.len());
                    bytes[at..end].fill(0);
                }
                if bytes == *whole {
                    continue;
                }
                restore();
                fs::write(case.dir.path().join(name), &bytes).unwrap();
                let context = format!("{name}, {region} from {at}");
                let (missing, lines) = mend(&case, &context);
                let torn = *name == layout::JOURNAL && lines.is_empty();
                assert!(lines.len() == 1 || (torn && missing <= 1), "{context}: {lines:?}");
                assert!(torn || lines[0].contains(name), "{context}: {lines:?}");
                if *name == layout::JOURNAL {
                    assert!(missing <= if region == 1 { 1 } else { 3 }, "{context}: {missing}");
                } else if *name == "trials.parquet" && at < group_end / 2 && region == 1 {
                    // A row group, which is a small one in tests.
                    assert!(missing <= 4, "{context}: {missing}");
                }
                (damages, retrained) = (damages + 1, retrained + missing);
            }
        }
    }
    println!("{damages} damages, {retrained} trials again");
}

#[test]
fn a_file_cut_deleted_or_from_another_run_costs_what_it_held() {
    let case = case();
    let names: Vec<&str> = TABLES.into_iter().chain([layout::JOURNAL]).collect();
    let pristine: Vec<Vec<u8>> = names.iter().map(|name| fs::read(case.dir.path().join(name)).unwrap()).collect();
    for (name, whole) in names.iter().zip(&pristine) {
        let other = fs::read(case.other.path().join(name)).unwrap();
        let cuts = (0..whole.len()).step_by(step()).map(|cut| Some(whole[..cut].to_vec()));
        for (number, bytes) in [None, Some(other), Some(b"hello".to_vec())].into_iter().chain(cuts).enumerate() {
            for (name, bytes) in names.iter().zip(&pristine) {
                fs::write(case.dir.path().join(name), bytes).unwrap();
            }
            let path = case.dir.path().join(name);
            match &bytes {
                Some(bytes) => fs::write(path, bytes).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
            let context = format!("{name}, {number}");
            if *name == layout::JOURNAL && number == 1 {
                // The journal of another run holds its trials: those are what is stored now, and are seen to be of another engine.
                let store = Store::open(case.dir.path()).unwrap();
                let provenance = Provenance { engine: "fused", device: "cpu", numerics: 1 };
                assert_eq!(store.trials().values().filter(|trial| provenance.is_of(trial)).count(), 6);
                continue;
            }
            let (missing, lines) = mend(&case, &context);
            if *name == layout::JOURNAL {
                assert!(missing <= 3 && lines.len() <= 1, "{context}: {lines:?}");
            } else {
                assert_eq!(missing, 6, "{context}: {lines:?}");
                assert!(lines.len() == 1 && lines[0].contains(name), "{context}: {lines:?}");
                assert!(lines[0].contains("6 trials of it") || number == 1, "{context}: {lines:?}");
            }
        }
    }
}

/// An older copy of a table, as a backup or an interrupted copy of the folder leaves it.
#[test]
fn an_older_table_costs_the_trials_since() {
    let case = case();
    let older: Vec<Vec<u8>> = bytes(case.dir.path());
    for (name, bytes) in TABLES.iter().zip(&older) {
        Store::open(case.dir.path()).unwrap().compact(&columns(COUNT)).unwrap();
        assert!(Store::open(case.dir.path()).unwrap().damages().is_empty());
        fs::write(case.dir.path().join(name), bytes).unwrap();
        let (missing, lines) = mend(&case, name);
        assert_eq!(missing, 3, "{name}: {lines:?}");
        assert!(lines.len() == 1 && lines[0].contains("3 trials of it count as not stored"), "{name}: {lines:?}");
    }
}

/// A table of a run whose trials have other ids: one fault, and that table's.
#[test]
fn a_table_of_a_run_of_other_trials_is_one_fault() {
    let case = case();
    let other = tempfile::tempdir().unwrap();
    let mut store = Store::open(other.path()).unwrap();
    (20..25).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&columns(COUNT)).unwrap();
    drop(store);
    for (name, bytes) in TABLES.iter().zip(bytes(other.path())) {
        Store::open(case.dir.path()).unwrap().compact(&columns(COUNT)).unwrap();
        fs::write(case.dir.path().join(name), bytes).unwrap();
        let (missing, lines) = mend(&case, name);
        assert_eq!(missing, COUNT as usize, "{name}: {lines:?}");
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("`{name}` is of another")), "{name}: {lines:?}");
    }
}

/// Whatever the bytes of the files are, opening the folder is an answer and no panic.
#[test]
fn no_bytes_make_a_panic() {
    use proptest::prelude::*;
    let case = case();
    let names: Vec<&str> = TABLES.into_iter().chain([layout::JOURNAL]).collect();
    let pristine: Vec<Vec<u8>> = names.iter().map(|name| fs::read(case.dir.path().join(name)).unwrap()).collect();
    let edits = prop::collection::vec((0_usize..5, any::<prop::sample::Index>(), 0_usize..4, any::<[u8; 8]>()), 1..6);
    let cases = if step() == 1 { 20_000 } else { 64 };
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(edits in edits)| {
        let mut files = pristine.clone();
        for (file, at, kind, bytes) in edits {
            let target = &mut files[file];
            if target.is_empty() { continue }
            let at = at.index(target.len());
            match kind {
                0 => target[at] ^= bytes[0],
                1 => target.truncate(at),
                2 => drop(target.splice(at..at, bytes)),
                _ => drop(target.splice(at..(at + 8).min(target.len()), bytes)),
            }
        }
        for (name, bytes) in names.iter().zip(&files) {
            fs::write(case.dir.path().join(name), bytes).unwrap();
        }
        let _ = Store::read(case.dir.path());
        if let Ok(store) = Store::open(case.dir.path()) {
            believed(&store, "mutated");
        }
        fs::remove_dir_all(case.dir.path().join("damaged")).unwrap_or_default();
    });
}

/// A Parquet file of another program has no seal, and polars panics on some that are damaged.
#[test]
fn a_damaged_file_of_another_program_is_told() {
    let case = case();
    let frame = Store::read(case.dir.path()).unwrap().frame::<MetricRow>().unwrap();
    let mut whole = vec![];
    polars_io::prelude::ParquetWriter::new(&mut whole).finish(&mut frame.clone()).unwrap();
    let path = case.dir.path().join("metrics.parquet");
    for at in (0..whole.len()).step_by(step()) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let store = Store::open(case.dir.path()).unwrap();
        believed(&store, &format!("byte {at}"));
        assert!(!store.damages().is_empty(), "byte {at}");
    }
}

/// A table that another program put together of two copies: what is there twice counts once, and where two rows say different things of
/// one the trial counts no more.
#[test]
fn rows_that_another_program_doubled_are_told_and_count_once() {
    fn rewritten<T: RecordRow>(case: &Case, change: impl Fn(usize, &mut T)) -> Vec<u8> {
        let mut frame = Store::read(case.dir.path()).unwrap().frame::<T>().unwrap();
        let mut rows = T::from_frame(&frame).unwrap();
        let others = frame.clone();
        rows.iter_mut().enumerate().for_each(|(number, row)| change(number, row));
        let mut changed = T::to_frame(&rows).unwrap();
        for column in others.columns() {
            if changed.column(column.name()).is_err() {
                changed.with_column(column.clone()).unwrap();
            }
        }
        frame.vstack_mut_owned(changed).unwrap();
        let mut bytes = vec![];
        polars_io::prelude::ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        bytes
    }
    let case = || {
        let mut case = case();
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..COUNT).for_each(|n| store.append(&record(n)).unwrap());
        store.compact(&columns(COUNT)).unwrap();
        drop(store);
        case.dir = dir;
        case
    };
    let once = |bytes: fn(&Case) -> Vec<u8>, name: &str, rows: usize| {
        let case = case();
        fs::write(case.dir.path().join(name), bytes(&case)).unwrap();
        let reader = Store::read(case.dir.path()).unwrap();
        assert_eq!(reader.rows::<TrialRow>(|_| true).unwrap().len(), COUNT as usize, "{name}");
        let (missing, lines) = mend(&case, name);
        let told =
            format!("`{name}` was written by another program, which has {rows} rows twice: no trial is lost by it");
        assert!(missing == 0 && matches!(&lines[..], [line] if line.starts_with(&told)), "{missing}, {lines:?}");
    };
    let rows = 3 * COUNT as usize;
    once(|case| rewritten::<TrialRow>(case, |_, _| {}), TABLES[0], COUNT as usize);
    once(|case| rewritten::<MetricRow>(case, |_, _| {}), TABLES[1], rows);
    once(|case| rewritten::<ProbeRow>(case, |_, _| {}), TABLES[2], rows);
    once(|case| rewritten::<Link>(case, |_, _| {}), TABLES[3], rows);
    let refused = |bytes: fn(&Case) -> Vec<u8>, name: &str| {
        let case = case();
        fs::write(case.dir.path().join(name), bytes(&case)).unwrap();
        let (missing, lines) = mend(&case, name);
        let told = |line: &String| line.contains(name) && line.contains("1 trial of it counts as not stored");
        assert!(missing == 1 && lines.len() == 1 && told(&lines[0]), "{missing}, {lines:?}");
    };
    refused(|case| rewritten::<TrialRow>(case, |n, row| row.updates += u64::from(n == 2)), TABLES[0]);
    refused(|case| rewritten::<MetricRow>(case, |n, row| row.value = if n == 1 { 9.0 } else { row.value }), TABLES[1]);
}
