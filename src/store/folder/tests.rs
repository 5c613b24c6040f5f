mod damage;
mod older;

use super::*;
use crate::store::plan_columns::ARM;
use crate::store::record::RecordRow;
use crate::store::samples::record;

const TABLES: [&str; 4] = ["trials.parquet", "metrics.parquet", "probes.parquet", "chains.parquet"];

fn columns(count: u64) -> PlanColumns {
    let mut columns = PlanColumns::default();
    for n in 0..count {
        let arm = columns.add_arm(&format!("arm {}", n % 2), [("task.length", (n % 2).into())]);
        columns.add_trial(&record(n).trial.trial_id, arm);
    }
    columns
}

fn bytes(dir: &Path) -> Vec<Vec<u8>> {
    TABLES.iter().map(|name| fs::read(dir.join(name)).unwrap()).collect()
}

/// All that the store holds, as bytes: NaN is not equal to itself.
fn contents(store: &Store) -> Vec<u8> {
    let trials: Vec<TrialRow> = store.trials().values().map(|trial| TrialRow::clone(trial)).collect();
    assert_eq!(trials, store.rows::<TrialRow>(|_| true).unwrap());
    let rows = (store.rows::<MetricRow>(|_| true).unwrap(), store.rows::<ProbeRow>(|_| true).unwrap());
    postcard::to_stdvec(&(trials, rows, store.rows::<Link>(|_| true).unwrap())).unwrap()
}

#[test]
fn a_trial_is_there_for_the_next_process_whether_or_not_the_run_ended() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("deep/results");
    let mut store = Store::open(&dir).unwrap();
    store.append(&record(2)).unwrap();
    store.append(&record(1)).unwrap();
    let before = contents(&store);
    drop(store);
    let mut store = Store::open(&dir).unwrap();
    assert_eq!(contents(&store), before);
    assert!(store.pending_bytes() > 0);
    store.compact(&PlanColumns::default()).unwrap();
    assert_eq!((contents(&store), store.pending_bytes()), (before.clone(), 0));
    drop(store);
    assert_eq!(contents(&Store::read(&dir).unwrap()), before);
}

#[test]
fn the_tables_bytes_do_not_depend_on_how_the_run_went() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = Store::open(one.path()).unwrap();
    for n in 0..8 {
        store.append(&record(n)).unwrap();
    }
    store.compact(&columns(8)).unwrap();

    let mut store = Store::open(two.path()).unwrap();
    for n in [5, 0, 7, 3, 1, 5, 6, 2, 4] {
        store.append(&record(n)).unwrap();
        if n % 3 == 0 {
            store.compact(&columns(4)).unwrap();
        }
    }
    drop(store);
    let mut store = Store::open(two.path()).unwrap();
    store.compact(&columns(8)).unwrap();
    assert_eq!(bytes(one.path()), bytes(two.path()));
    store.compact(&columns(8)).unwrap();
    assert_eq!(bytes(one.path()), bytes(two.path()));
}

#[test]
fn a_trial_that_is_run_again_replaces_its_rows_in_all_tables() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.append(&record(1)).unwrap();
    store.append(&record(2)).unwrap();
    store.compact(&PlanColumns::default()).unwrap();
    let id = record(1).trial.trial_id;
    let mut again = record(1);
    again.trial.updates = 7;
    again.metrics.truncate(1);
    again.probes.clear();
    again.chain.truncate(2);
    for compacted in [false, true] {
        if compacted {
            store.compact(&PlanColumns::default()).unwrap();
        } else {
            store.append(&again).unwrap();
        }
        assert_eq!(store.rows::<TrialRow>(|row| row == id).unwrap(), [again.trial.clone()]);
        assert_eq!(store.rows::<MetricRow>(|row| row == id).unwrap().len(), 1);
        assert!(store.rows::<ProbeRow>(|row| row == id).unwrap().is_empty());
        assert_eq!(store.rows::<Link>(|row| row == id).unwrap(), again.chain);
        assert_eq!(store.rows::<ProbeRow>(|_| true).unwrap().len(), record(2).probes.len());
    }
}

#[test]
fn killed_between_any_two_steps_of_compaction_it_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..3).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&columns(3)).unwrap();
    let mut again = record(1);
    again.probes.pop();
    store.append(&again).unwrap();
    store.append(&record(4)).unwrap();
    let expected = contents(&store);
    drop(store);
    let names: Vec<_> = TABLES.into_iter().chain([layout::JOURNAL]).collect();
    let before: Vec<_> = names.iter().map(|name| fs::read(dir.path().join(name)).unwrap()).collect();
    Store::open(dir.path()).unwrap().compact(&columns(3)).unwrap();
    let after: Vec<_> = names.iter().map(|name| fs::read(dir.path().join(name)).unwrap()).collect();

    // Any of the tables may have been renamed, in any order; the journal is emptied after all of them.
    for renamed in 0..16_usize {
        for (index, name) in names.iter().enumerate() {
            let source = if renamed >> index & 1 == 1 { &after } else { &before };
            fs::write(dir.path().join(name), &source[index]).unwrap();
        }
        fs::write(dir.path().join(".metrics.parquet.4294967295.tmp"), "half").unwrap();
        assert_eq!(contents(&Store::read(dir.path()).unwrap()), expected, "{renamed:04b}");
        let mut store = Store::open(dir.path()).unwrap();
        assert_eq!(contents(&store), expected, "{renamed:04b}");
        store.compact(&columns(3)).unwrap();
        assert_eq!(bytes(dir.path()), after[..4], "{renamed:04b}");
        assert!(!dir.path().join(".metrics.parquet.4294967295.tmp").exists());
    }
}

#[test]
fn a_second_writer_is_told_and_readers_are_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let error = Store::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }));
    assert!(error.to_string().contains("in use"), "{error}");
    store.append(&record(1)).unwrap();
    let mut reader = Store::read(dir.path()).unwrap();
    assert_eq!(reader.trials().len(), 1);
    // Compacted under the reader, which still sees what it opened.
    store.compact(&PlanColumns::default()).unwrap();
    assert_eq!(contents(&reader), contents(&store));
    assert!(matches!(reader.append(&record(2)), Err(StoreError::NotWritable { .. })));
    assert!(matches!(reader.compact(&PlanColumns::default()), Err(StoreError::NotWritable { .. })));
    drop(store);
    Store::open(dir.path()).unwrap();
}

#[test]
fn reading_where_nothing_is_says_so_and_creates_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    assert!(matches!(Store::read(&missing), Err(StoreError::Nothing { .. })));
    assert!(matches!(Store::read(dir.path()), Err(StoreError::Nothing { .. })));
    assert!(!missing.exists());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_trial_is_reused_only_from_the_same_engine_device_and_numerics() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.append(&record(1)).unwrap();
    let id = record(1).trial.trial_id;
    assert!(store.stored(&id, Provenance { engine: "fused", device: "cpu", numerics: 1 }).is_some());
    for (engine, device, numerics) in [("dfdx", "cpu", 1), ("fused", "cuda", 1), ("fused", "cpu", 2)] {
        assert!(store.stored(&id, Provenance { engine, device, numerics }).is_none());
    }
    assert!(store.stored("none", Provenance { engine: "fused", device: "cpu", numerics: 1 }).is_none());
}

#[test]
fn the_plans_columns_are_shown_and_trials_of_other_plans_stay() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..3).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&columns(2)).unwrap();
    store.append(&record(0)).unwrap();
    let frame = store.frame::<TrialRow>().unwrap();
    let lengths: Vec<_> = frame.column("task.length").unwrap().i64().unwrap().iter().collect();
    // By id: 1, 0, 2.
    assert_eq!(lengths, [Some(1), None, None], "0 is in the journal, 2 is not in the plan");
    let arms = store.trials_frame(&columns(2)).unwrap();
    let arms: Vec<_> = arms.column(ARM).unwrap().str().unwrap().iter().collect();
    assert_eq!(arms, [Some("arm 1"), Some("arm 0"), None]);
    assert_eq!(store.trials().len(), 3);
}

/// Other programs take a column's type from the Arrow schema in its file, and many cannot work with `string_view`.
#[test]
fn every_column_has_an_arrow_type_that_other_programs_know() {
    use polars::prelude::{ArrowDataType, ArrowField, ArrowSchema, DataType};
    use polars_io::prelude::{ParquetReader, SerReader};
    use polars_parquet::write::schema_to_metadata_key;
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..3).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&columns(3)).unwrap();
    for name in TABLES {
        let mut file = ParquetReader::new(fs::File::open(dir.path().join(name)).unwrap());
        let pairs = file.get_metadata().unwrap().key_value_metadata().clone().unwrap();
        let plain = |(name, kind): (&_, &DataType)| {
            let kind = match kind {
                DataType::String => ArrowDataType::LargeUtf8,
                DataType::UInt32 => ArrowDataType::UInt32,
                DataType::UInt64 => ArrowDataType::UInt64,
                DataType::Int64 => ArrowDataType::Int64,
                DataType::Float64 => ArrowDataType::Float64,
                DataType::Boolean => ArrowDataType::Boolean,
                other => panic!("{name} is {other}"),
            };
            ArrowField::new(polars::prelude::PlSmallStr::clone(name), kind, true)
        };
        let expected: ArrowSchema = file.finish().unwrap().schema().iter().map(plain).collect();
        let expected = schema_to_metadata_key(&expected);
        let written = pairs.iter().find(|pair| pair.key == expected.key).unwrap();
        assert_eq!(written.value, expected.value, "{name}");
    }
}

#[test]
fn a_table_that_another_program_wrote_is_sorted_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..5).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&PlanColumns::default()).unwrap();
    let expected = contents(&store);
    let mut frame = store.frame::<MetricRow>().unwrap().reverse();
    let file = fs::File::create(dir.path().join("metrics.parquet")).unwrap();
    polars_io::prelude::ParquetWriter::new(file).finish(&mut frame).unwrap();
    assert_eq!(contents(&store), expected);
    store.append(&record(1)).unwrap();
    assert_eq!(contents(&store), expected);
    drop(store);
    // Who opens the folder is told, and no trial is lost by it.
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(contents(&store), expected);
    let [damage] = store.damages() else { panic!("one table was written by another program") };
    assert_eq!((damage.fault.as_str(), damage.trials), ("was written by another program", Some(0)));
    store.compact(&PlanColumns::default()).unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!((contents(&store), store.damages()), (expected, &[][..]));
}

#[test]
fn what_is_unchanged_is_not_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    (0..5).for_each(|n| store.append(&record(n)).unwrap());
    store.compact(&columns(5)).unwrap();
    let written = bytes(dir.path());
    drop(store);
    let times = || TABLES.map(|name| fs::metadata(dir.path().join(name)).unwrap().modified().unwrap());
    let before = times();
    let mut store = Store::open(dir.path()).unwrap();
    store.compact(&columns(5)).unwrap();
    assert_eq!((times(), bytes(dir.path())), (before, written.clone()));
    // Another plan has other columns.
    store.compact(&columns(3)).unwrap();
    assert_ne!(bytes(dir.path()), written);
    store.compact(&columns(5)).unwrap();
    assert_eq!(bytes(dir.path()), written);
}

#[test]
fn a_folder_that_is_gone_is_noticed_before_anything_is_appended() {
    let parent = tempfile::tempdir().unwrap();
    let (dir, moved) = (parent.path().join("run"), parent.path().join("moved"));
    let mut store = Store::open(&dir).unwrap();
    store.append(&record(1)).unwrap();
    fs::rename(&dir, &moved).unwrap();
    assert!(matches!(store.append(&record(2)), Err(StoreError::Gone { .. })));
    // Put back, it goes on.
    fs::rename(&moved, &dir).unwrap();
    store.append(&record(2)).unwrap();
    // Another journal in its place is another's.
    fs::copy(dir.join(layout::JOURNAL), dir.join("copy")).unwrap();
    fs::rename(dir.join("copy"), dir.join(layout::JOURNAL)).unwrap();
    let error = store.append(&record(3)).unwrap_err();
    assert!(matches!(error, StoreError::Gone { .. }) && error.to_string().contains("journal.bin"), "{error}");
    assert!(matches!(store.compact(&PlanColumns::default()), Err(StoreError::Gone { .. })));
    drop(store);
    assert_eq!(Store::read(&dir).unwrap().trials().len(), 2);
}
