//! `longlag reproduce`: stored trials run again.

use longlag::store::{Link, MetricRow, PlanColumns, ProbeRow, Record, Store, TrialRow};

use crate::program::{Folder, SMALL};

/// Stores the trials of a run anew, changed.
fn tamper(folder: &Folder, change: impl Fn(&mut Record)) {
    let mut store = Store::open(&folder.path("results/small")).expect("the store opens");
    for trial in store.trials().values().cloned().map(TrialRow::from).collect::<Vec<_>>() {
        let of = |id: &str| id == trial.trial_id;
        let mut record = Record {
            metrics: store.rows::<MetricRow>(of).expect("metrics"),
            probes: store.rows::<ProbeRow>(of).expect("probes"),
            chain: store.rows::<Link>(of).expect("a chain"),
            trial: trial.clone(),
        };
        change(&mut record);
        store.append(&record).expect("it is stored");
    }
    store.compact(&PlanColumns::default()).expect("tables are written");
}

#[test]
fn a_run_reproduces_itself_and_is_left_alone() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    let before = folder.read("results/small/trials.parquet");
    let all = folder.succeed(&["reproduce", "small", "-q", "-j", "2"]);
    assert!(all.err.contains("8 of 8 trials have the same bits"), "{all:#?}");
    let some = folder.succeed(&["reproduce", "results/small", "-q", "--sample", "3", "--threads-per-trial", "2"]);
    assert!(some.err.contains("3 of 3 trials"), "{some:#?}");
    assert_eq!(some.out, "");
    assert_eq!(before, folder.read("results/small/trials.parquet"));
}

#[test]
fn the_first_differing_update_is_named() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    tamper(&folder, |record| {
        if record.trial.replicate == 1 {
            record.trial.hash = "0".repeat(64);
            let later = record.chain.iter_mut().filter(|link| link.update >= 8);
            later.for_each(|link| link.link = "0".repeat(16));
        }
    });
    let ended = folder.run(&["reproduce", "small", "-q", "--format", "csv"]);
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.err.contains("4 of 8 trials have the same bits"), "{ended:#?}");
    let mut reader = csv::Reader::from_reader(ended.out.as_bytes());
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 4, "{}", ended.out);
    assert!(rows.iter().all(|row| (&row[2], &row[3], &row[4]) == ("1", "8", "4")), "{}", ended.out);
}

#[test]
fn nothing_comparable_has_a_code_of_its_own() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    let other = folder.run(&["reproduce", "small", "-q", "--engine", "dfdx"]);
    assert_eq!((other.code, other.out.as_str()), (Some(4), ""), "{other:#?}");
    assert!(other.err.contains("dfdx on cpu"), "{other:#?}");
    tamper(&folder, |record| record.trial.numerics = 1);
    let older = folder.run(&["reproduce", "small", "-q"]);
    assert_eq!(older.code, Some(4), "{older:#?}");
    assert!(older.err.contains("numerics"), "{older:#?}");
}
