use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use polars_io::prelude::{ParquetReader, SerReader as _};

use super::*;
use crate::{
    results::{
        Doubt, doubts,
        table::{Cell, Table},
        tuning::Side,
    },
    run::{
        ReproduceOptions, RunTable, StoredRun,
        interim::{Interim, Pace},
        reproduce,
    },
    store::Difference,
    text::Condition,
};

fn manifest(session: &Session) -> Manifest {
    Manifest::read(session.dir()).unwrap()
}

#[test]
fn the_manifest_tells_of_every_session_that_did_something() {
    for (suite, jobs, used) in [(SUITE, 2, 2), (SUITE, 99, 4), (TUNED, 99, 16)] {
        let folder = tempfile::tempdir().unwrap();
        let mut session = open_with(folder.path(), suite, |options| options.jobs = Some(jobs));
        train(&mut session, succeed);
        let first = manifest(&session);
        assert_eq!((first.sessions.len(), first.sessions[0].threads), (1, used));
        drop(session);
        let mut session = open(folder.path(), suite);
        train(&mut session, succeed);
        assert_eq!(manifest(&session), first);
        drop(session);
        // Another suite of that name, although all of its trials are stored.
        let mut session = open(folder.path(), &suite.replace("name: small", "name: small\nabout: Another question"));
        train(&mut session, succeed);
        let both = manifest(&session).sessions;
        assert_eq!((both.len(), &both[0]), (2, &first.sessions[0]));
        assert!(both.iter().all(|session| session.ended.is_some()));
    }
}

/// Of each row of a table whether it says that its trial is planned.
fn planned(run: &StoredRun, table: RunTable, all: bool) -> Vec<Cell> {
    let table = run.table(table, &[], all).unwrap();
    let index = table.columns.iter().position(|column| column.name == "planned").unwrap();
    table.rows.into_iter().map(|mut row| row.swap_remove(index)).collect()
}

/// Of an edited suite, every table tells the rows of its own trials from those of earlier versions.
#[test]
fn trials_that_are_no_longer_planned_are_left_out_and_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    train(&mut open(folder.path(), SUITE), succeed);
    let edited = SUITE.replace("[2, 3]", "[3, 4]");
    let mut session = open(folder.path(), &edited);
    train(&mut session, succeed);
    assert!(doubts(&session.results().unwrap()).contains(&Doubt::Unplanned { trials: 2 }));
    let dir = session.dir().to_owned();
    drop(session);
    let run = StoredRun::open(&dir).unwrap();
    assert_eq!(run.standing().unplanned, 2);
    for (table, each) in [(RunTable::Trials, 1), (RunTable::Metrics, 4), (RunTable::Chains, 1)] {
        assert_eq!(planned(&run, table, false), vec![Cell::Boolean(true); 4 * each], "{}", table.name());
        let all = planned(&run, table, true);
        assert_eq!((all.len(), all.iter().filter(|cell| **cell == Cell::Boolean(false)).count()), (6 * each, 2 * each));
        let unplanned: Condition = "planned=false".parse().unwrap();
        assert_eq!(run.table(table, &[unplanned], true).unwrap().rows.len(), 2 * each);
    }
    // What other programs read says the same.
    for table in store::tables() {
        let path = dir.join(layout::table(table.name));
        let frame = ParquetReader::new(fs::File::open(path).unwrap()).finish().unwrap();
        let planned = frame.column("planned").unwrap().bool().unwrap();
        assert_eq!(planned.iter().filter(|planned| *planned == Some(false)).count() * 3, frame.height());
        assert_eq!(planned.iter().filter(Option::is_none).count(), 0);
    }
}

/// A part of a suite, or a suite that `--set` changes, does not take the place of the whole one's report.
#[test]
fn the_report_of_the_whole_suite_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("suite.yaml");
    fs::write(&file, SUITE).unwrap();
    let opened = |set: &[&str], only: &[&str]| {
        let settings = |flag: &str, texts: &[&str]| -> Vec<Setting> {
            texts.iter().map(|text| Setting::parse(flag, text).unwrap()).collect()
        };
        let suite = Suite::load(&file, settings("--set", set), false).unwrap();
        let plan = PlanOptions { only: settings("--only", only), ..PlanOptions::default() };
        let options = SessionOptions { out: folder.path().join("results"), jobs: Some(1), plan, ..Default::default() };
        Session::open(suite, options).unwrap()
    };
    let report = |mut session: Session| {
        train(&mut session, succeed);
        let apart = session.is_apart();
        if !apart {
            session.write(&session.report().unwrap()).unwrap();
        }
        let read = |name: &str| fs::read(session.dir().join(name)).unwrap();
        (apart, [layout::RESOLVED, layout::REPORT_MARKDOWN, "trials.parquet"].map(read))
    };
    // What was made by --set alone may be made by another one.
    let (apart, first) = report(opened(&["train.updates=3"], &[]));
    assert!(!apart);
    let (apart, whole) = report(opened(&[], &[]));
    assert!(!apart && whole != first);
    let (apart, after) = report(opened(&["train.updates=3"], &[]));
    assert!(apart && after == whole);
    let (apart, after) = report(opened(&[], &["model.hidden=2"]));
    assert!(!apart && after == whole);
    fs::write(&file, SUITE.replace("[2, 3]", "[3, 4]")).unwrap();
    let (apart, after) = report(opened(&[], &["model.hidden=4"]));
    assert!(apart && after == whole);
    let mut session = opened(&[], &["model.hidden=4"]);
    assert!(session.pending().is_empty(), "it is stored all the same");
    assert_eq!(manifest(&session).sessions.len(), 4);
    train(&mut session, succeed);
    drop(session);
    let (apart, after) = report(opened(&[], &[]));
    assert!(!apart && after != whole);
}

#[test]
fn figures_that_a_report_has_no_more_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    let figures = session.dir().join(layout::FIGURES);
    fs::create_dir_all(&figures).unwrap();
    for name in ["ranking.svg", "learning-curves-2.png", "survival.pdf", "notes.txt", "mine.svg"] {
        fs::write(figures.join(name), "x").unwrap();
    }
    let report = session.report().unwrap();
    let stale = StoredRun::open(session.dir()).unwrap().stale(&report);
    assert!(stale.contains(&figures.join("ranking.svg")) && !stale.contains(&figures.join("mine.svg")), "{stale:?}");
    session.write(&report).unwrap();
    let mut left: Vec<_> = fs::read_dir(&figures).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["mine.svg", "notes.txt"]);
    assert_eq!(StoredRun::open(session.dir()).unwrap().stale(&report), Vec::<PathBuf>::new());
}

/// A table of chains with a link that was overwritten does not pass, although the trial's own hash is what it was.
#[test]
fn every_link_of_a_stored_chain_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let trainer = session.trainer();
    session.run(&trainer, &mut (), &AtomicBool::new(false)).unwrap();
    let dir = session.dir().to_owned();
    drop(session);
    let mismatches = || {
        let options = ReproduceOptions { jobs: 1, sample: None };
        let run = StoredRun::open(&dir).unwrap();
        reproduce(&run, &trainer, options, &mut (), &AtomicBool::new(false)).unwrap().mismatches
    };
    assert_eq!(mismatches(), []);
    let mut store = Store::open(&dir).unwrap();
    let trial = store.trials().values().next().unwrap().clone();
    let of_trial = |id: &str| id == trial.trial_id;
    let mut chain = store.rows::<Link>(of_trial).unwrap();
    let updates: Vec<u64> = chain.iter().map(|link| link.update).collect();
    assert_eq!(updates, [0, 1, 2]);
    chain[1].link = "0".repeat(16);
    let metrics = store.rows::<MetricRow>(of_trial).unwrap();
    store.append(&Record { trial: trial.clone().into(), metrics, probes: vec![], chain }).unwrap();
    drop(store);
    let [found] = &mismatches()[..] else { panic!("one trial has another link") };
    assert_eq!(found.trial_id, trial.trial_id);
    assert_eq!(found.difference, Some(Difference { update: 1, same_until: Some(0) }));
}

#[test]
fn a_tuned_value_at_an_edge_and_arms_without_a_candidate_are_counted() {
    let circumstances = |text: &str, status: Status| {
        let folder = tempfile::tempdir().unwrap();
        let mut session = open(folder.path(), text);
        train(&mut session, |_, _| Some(status));
        let found = session.results().unwrap().circumstances;
        let ledger = found.tuning.expect("a tuned suite");
        let sides = [Side::Lowest, Side::Highest].map(|side| ledger.at_side(side));
        (ledger.tuned().count(), ledger.at_edge(), sides, ledger.without_candidate())
    };
    // The last candidate is the best, and has the highest learning rate, or one between.
    assert_eq!(circumstances(TUNED, Status::Finished), (2, 2, [0, 2], 0));
    let between = TUNED.replace("[1e-3, 1e-2, 1e-1]", "[1e-3, 1e-1, 1e-2]");
    assert_eq!(circumstances(&between, Status::Finished), (2, 0, [0, 0], 0));
    // The first of equals is taken.
    assert_eq!(circumstances(TUNED, Status::Diverged), (2, 2, [2, 0], 2));
}

/// All that was tried, what it reached, what was chosen, and what a smaller budget would have come to: as tables.
#[test]
fn the_ledger_of_a_tuning_is_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), TUNED);
    let tables = |session: &Session| {
        let run = StoredRun::open(session.dir()).unwrap();
        [RunTable::Tuning, RunTable::TuningBudget].map(|table| run.table(table, &[], false).unwrap())
    };
    let unlucky = |_: &Plan, trial: Trial| {
        // A candidate of the first arm diverges in one of two replicates, and that of the second fails.
        Some(match (trial.arm, trial.replicate == crate::plan::TUNING_REPLICATES) {
            (2, true) => Status::Diverged,
            (3, true) => Status::Error,
            _ => Status::Finished,
        })
    };
    train(&mut session, unlucky);
    let [ledger, budget] = tables(&session);
    assert_eq!(ledger.rows.len(), 6);
    let cells = |table: &Table, row: usize, names: &[&str]| -> Vec<String> {
        let place = |name: &&str| table.columns.iter().position(|column| column.name == **name).expect("a column");
        names.iter().map(|name| table.rows[row][place(name)].shown()).collect()
    };
    let shown = |row: usize| {
        cells(&ledger, row, &["optimizer.learning-rate", "trials", "diverged", "failed", "rank", "chosen", "edge"])
    };
    // The best of the fake trainer's is the last one but for what diverged; an arm that lacks a result chooses nothing.
    assert_eq!(shown(0), ["0.001", "2/2", "0", "0", "2", "false", "lowest learning-rate"]);
    assert_eq!(shown(1), ["0.01", "2/2", "0", "0", "1", "true", ""]);
    assert_eq!(shown(2), ["0.1", "2/2", "1", "0", "3", "false", "highest learning-rate"]);
    assert_eq!(shown(3), ["0.001", "2/2", "0", "1", "", "", "lowest learning-rate"]);
    assert_eq!(cells(&ledger, 2, &["score"]), ["inf"]);
    // As files for others, with the report.
    let report = session.report().unwrap();
    session.write(&report).unwrap();
    let file = fs::File::open(session.dir().join("tuning.parquet")).unwrap();
    let frame = ParquetReader::new(file).finish().unwrap();
    assert_eq!((frame.height(), frame.column("rank").unwrap().null_count()), (6, 3));
    assert_eq!(StoredRun::open(session.dir()).unwrap().stale(&report), Vec::<PathBuf>::new());
    // Of one candidate, of two, of all three of the arm that is complete: a candidate that diverged is not chosen of two.
    assert_eq!(budget.rows.len(), 3);
    assert_eq!(cells(&budget, 0, &["candidates", "expected score"]), ["1", "∞ [0.5, ∞]"]);
}

/// While a run goes on its report says so; at the end it does not.
#[test]
fn the_report_of_a_run_that_goes_on_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    let (dir, page) = (session.dir().to_owned(), session.dir().join(layout::REPORT_HTML));
    let mut interim = Interim::new(&dir, AT_ONCE);
    assert!(!interim.wait(), "nothing is drawn yet");
    interim.tick(0, 9);
    assert!(!interim.wait(), "nothing is stored yet");
    interim.tick(3, 9);
    assert!(interim.wait());
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("The run goes on: 3 of 9 trials are stored") && text.contains("data-lasts=\"1800\""));
    // It takes a fiftieth of the time at most.
    fs::remove_file(&page).unwrap();
    interim.tick(4, 9);
    interim.wait();
    assert!(!page.exists());
    session.write(&session.report().unwrap()).unwrap();
    let text = fs::read_to_string(&page).unwrap();
    assert!(!text.contains("The run goes on") && !text.contains("data-lasts"));
}

const AT_ONCE: Pace = Pace { first: Duration::ZERO, interval: Duration::ZERO };

/// The events of a training lead to the report of a run that goes on, and its end to one that says nothing of that: of all trials, or of
/// some where it was interrupted.
#[test]
fn the_report_is_drawn_as_trials_end_and_when_the_run_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    session.pace = AT_ONCE;
    let page = session.dir().join(layout::REPORT_HTML);
    let text = || fs::read_to_string(&page).unwrap_or_default();
    let (stop, trained) = (AtomicBool::new(false), AtomicUsize::new(0));
    let how = |_: &Plan, _: Trial| {
        match trained.fetch_add(1, Ordering::SeqCst) {
            // Nothing is stored, so there is nothing to draw.
            0 => assert_eq!(text(), ""),
            1 => {
                let since = Instant::now();
                while !text().contains("The run goes on: 1 of 4 trials are stored") {
                    assert!(since.elapsed() < Duration::from_secs(60), "no report is drawn");
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
            _ => stop.store(true, Ordering::SeqCst),
        }
        Some(Status::Finished)
    };
    let summary = session.run(&Fake(how), &mut (), &stop).unwrap();
    // An assertion that fails in a trial is a failed trial.
    assert!(summary.interrupted && summary.failed == 0 && (2..4).contains(&session.stored()), "{summary:?}");
    assert!(text().contains("<h1>") && !text().contains("The run goes on"));
    assert_eq!(session.report().unwrap(), StoredRun::open(session.dir()).unwrap().report().unwrap());
    assert_eq!(StoredRun::open(session.dir()).unwrap().stale(&session.report().unwrap()), Vec::<PathBuf>::new());
    drop(session);
    // Interrupted at once, before anything was drawn.
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    let page = session.dir().join(layout::REPORT_HTML);
    let (stop, trained) = (AtomicBool::new(false), AtomicUsize::new(0));
    let how = |_: &Plan, _: Trial| {
        stop.store(trained.fetch_add(1, Ordering::SeqCst) > 0, Ordering::SeqCst);
        Some(Status::Finished)
    };
    session.run(&Fake(how), &mut (), &stop).unwrap();
    assert!(session.stored() < 4 && page.exists());
}

#[test]
fn a_report_belongs_to_the_bytes_of_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = open(folder.path(), SUITE);
    train(&mut session, succeed);
    session.write(&session.report().unwrap()).unwrap();
    let dir = session.dir().to_owned();
    drop(session);
    let stale = || {
        let run = StoredRun::open(&dir).unwrap();
        run.stale(&run.report().unwrap())
    };
    assert_eq!(stale(), Vec::<PathBuf>::new());
    // Of the chains nothing else is in the report. Another program writes the same rows as other bytes.
    let mut chains = StoredRun::open(&dir).unwrap().store.frame::<Link>().unwrap();
    let file = fs::File::create(dir.join(layout::table("chains"))).unwrap();
    polars_io::prelude::ParquetWriter::new(file).finish(&mut chains).unwrap();
    let names: Vec<_> = stale().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["report.md", "report.html"]);
}

/// Every table has its page, on which every one of its columns is told of.
#[test]
fn every_column_that_is_shown_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let claims = "\nclaims: [{id: a, statement: b, metric: test/loss, left: {model.hidden: 2}, right: chance, expect: left < right}]\n";
    let mut session = open(folder.path(), &(TUNED.to_owned() + claims));
    train(&mut session, succeed);
    let run = StoredRun::open(session.dir()).unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut session = open(other.path(), searches::SEARCHED);
    searches::search(&mut session);
    let searched = StoredRun::open(session.dir()).unwrap();
    let swept = run.plan().swept(0).into_iter().map(|setting| setting.path);
    let swept: Vec<String> = swept.chain(run.plan().tuned(0).into_iter().map(|setting| setting.path)).collect();
    assert!(!swept.is_empty());
    for table in RunTable::ALL {
        let pages = crate::results::reference::tables();
        let page = pages.iter().find(|page| page.name == table.name()).expect("a page of every table");
        let described = page.schema.get("properties").and_then(serde_json::Value::as_object).unwrap();
        let run = if table == RunTable::Reach { &searched } else { &run };
        for column in run.table(table, &[], true).unwrap().columns {
            let name = column.name.replace("exact-match", "loss").replace("accuracy", "loss");
            // One line may be about several columns.
            let mut lines = described.keys().flat_map(|key| key.split(", "));
            let told = lines.any(|line| line == column.name || line == name);
            assert!(told || swept.contains(&column.name), "{}: {}", table.name(), column.name);
        }
    }
}
