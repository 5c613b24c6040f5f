//! Stores of older versions.

use super::*;

/// The tables that versions before schema 5 wrote: without `contents`, and without seals of each other.
#[test]
fn the_tables_of_an_older_version_are_read_and_looked_at() {
    use polars_io::prelude::ParquetWriter;
    let dir = tempfile::tempdir().unwrap();
    let write = |names: &[&str]| {
        let source = tempfile::tempdir().unwrap();
        let mut store = Store::open(source.path()).unwrap();
        for n in 0..6 {
            let mut record = record(n);
            // As a trainer has it: the chain ends with the trial's hash.
            record.chain.last_mut().unwrap().link = record.trial.hash[..LINK_DIGITS].to_owned();
            store.append(&record).unwrap();
        }
        store.compact(&PlanColumns::default()).unwrap();
        let frames = [
            store.frame::<TrialRow>().unwrap().drop("contents").unwrap(),
            store.frame::<MetricRow>().unwrap(),
            store.frame::<ProbeRow>().unwrap(),
            store.frame::<Link>().unwrap(),
        ];
        for (name, mut frame) in TABLES.into_iter().zip(frames) {
            let path = dir.path().join(name);
            fs::remove_file(&path).unwrap_or_default();
            if names.contains(&name) {
                ParquetWriter::new(fs::File::create(path).unwrap()).finish(&mut frame).unwrap();
            }
        }
        fs::remove_file(dir.path().join(layout::JOURNAL)).unwrap_or_default();
    };
    write(&TABLES);
    assert_eq!(Store::read(dir.path()).unwrap().trials().len(), 6);
    let mut store = Store::open(dir.path()).unwrap();
    let before = contents(&store);
    assert_eq!(store.trials().len(), 6);
    store.compact(&PlanColumns::default()).unwrap();
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!((contents(&store), store.damages().len()), (before, 0));
    drop(store);
    for missing in &TABLES[1..] {
        let names: Vec<&str> = TABLES.into_iter().filter(|name| name != missing).collect();
        write(&names);
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.trials().len(), 0, "{missing}");
        let lines: Vec<String> = store.damages().iter().map(Damage::to_string).collect();
        assert!(lines.iter().any(|line| line.contains(missing) && line.contains("is missing: 6 trials")), "{lines:?}");
    }
    // A baseline has no probes, and is only read.
    write(&["trials.parquet", "metrics.parquet", "chains.parquet"]);
    fs::write(dir.path().join(layout::BASELINE_TRIALS), "").unwrap();
    let store = Store::read(dir.path()).unwrap();
    assert_eq!(store.trials().len(), 6);
}
