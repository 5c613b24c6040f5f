//! Everything but training: reading a suite, planning it, storing trials and reading them back, statistics, comparing, and drawing a
//! report, on the committed results of `suites/vanishing.yaml`.
//!
//! `cargo bench --bench pipeline`; add a filter to see one part: `cargo bench --bench pipeline -- store`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use longlag::{
    plan::{Plan, PlanOptions},
    results::{comparison, figure::FigureSpec},
    run::StoredRun,
    seed::{self, Purpose},
    stats::{
        Alternative, Hypothesis, NonFinite, Observation, RESAMPLES, bca_bootstrap, fisher_exact_test,
        interquartile_mean, kaplan_meier, sign_flip_test, sign_test,
    },
    store::{Link, MetricRow, ProbeRow, Record, RecordRow, Store, TrialRow},
    suite::Suite,
};

/// A file of the repository.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A suite of 19 000 arms.
const WIDE: &str = "\
version: 1
name: wide
about: Many arms.
replicates: 2
task: {kind: adding, length: 10}
model: {cell: elman, hidden: 8}
optimizer: {kind: adam, learning-rate: 1e-3}
train: {batch: 8, updates: 100, evaluate-every: 50}
sweep:
  - kind: grid
    over:
      model.cell: [elman, lstm, gru, mgu]
      task.length: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
      model.hidden: [8, 16, 24, 32, 40, 48, 56, 64, 72, 80]
      optimizer.learning-rate: [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1]
      train.batch: [8, 16, 24, 32, 40]
exclude: [{model.cell: mgu, train.batch: 8}]
";

fn suites(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("suite");
    for name in ["vanishing", "zoo", "guard"] {
        let text = fs::read_to_string(file(&format!("suites/{name}.yaml"))).expect("it is committed");
        group.bench_function(BenchmarkId::new("parse", name), |bencher| {
            bencher.iter(|| Suite::parse(&text).expect("it is valid"));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);
    for name in ["vanishing", "zoo", "guard"] {
        let suite = Suite::load(&file(&format!("suites/{name}.yaml")), vec![], false).expect("it is valid");
        group.bench_function(name, |bencher| {
            bencher.iter(|| Plan::new(&suite, &PlanOptions::default()).expect("it can be planned"));
        });
    }
    let wide = Suite::parse(WIDE).expect("it is valid");
    let options = PlanOptions { max_trials: 100_000, ..PlanOptions::default() };
    group.bench_function("19,000 arms", |bencher| {
        bencher.iter(|| Plan::new(&wide, &options).expect("it can be planned"));
    });
    group.finish();
}

/// The folder of results that everything is measured on.
fn published() -> PathBuf {
    file("results/published/vanishing")
}

/// Its trials as records.
fn records() -> Vec<Record> {
    fn by_trial<T: RecordRow>(store: &Store, id: impl Fn(&T) -> String) -> BTreeMap<String, Vec<T>> {
        let mut found: BTreeMap<String, Vec<T>> = BTreeMap::new();
        for row in store.rows::<T>(|_| true).expect("it can be read") {
            found.entry(id(&row)).or_default().push(row);
        }
        found
    }
    let store = Store::read(&published()).expect("it can be read");
    let mut metrics = by_trial(&store, |row: &MetricRow| row.trial_id.clone());
    let mut probes = by_trial(&store, |row: &ProbeRow| row.trial_id.clone());
    let mut chains = by_trial(&store, |row: &Link| row.trial_id.clone());
    let mut record = |trial: &TrialRow| Record {
        metrics: metrics.remove(&trial.trial_id).unwrap_or_default(),
        probes: probes.remove(&trial.trial_id).unwrap_or_default(),
        chain: chains.remove(&trial.trial_id).unwrap_or_default(),
        trial: trial.clone(),
    };
    store.trials().values().map(|trial| record(trial)).collect()
}

fn store(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10);
    let records = records();
    let columns = StoredRun::open(&published()).expect("it can be read").columns();
    let folder = tempfile::tempdir().expect("a temporary folder");
    group.bench_function("append 100 trials", |bencher| {
        let mut store = Store::open(&folder.path().join("append")).expect("it can be written");
        bencher.iter(|| records[..100].iter().try_for_each(|record| store.append(record)).expect("it can be written"));
    });
    group.bench_function("compact", |bencher| {
        let mut store = Store::open(&folder.path().join("compact")).expect("it can be written");
        records.iter().try_for_each(|record| store.append(record)).expect("it can be written");
        bencher.iter(|| store.compact(&columns).expect("it can be written"));
    });
    group.bench_function("read trials", |bencher| bencher.iter(|| Store::read(&published()).expect("it can be read")));
    group.bench_function("gather results", |bencher| {
        let run = StoredRun::open(&published()).expect("it can be read");
        bencher.iter(|| run.results().expect("it can be read"));
    });
    group.finish();
}

fn statistics(criterion: &mut Criterion) {
    let mut draws = seed::stream(0, Purpose::Data, &[]).at(0);
    let numbers: Vec<f64> = (0..20).map(|_| draws.normal()).collect();
    let hypothesis = Hypothesis { null: 0.0, alternative: Alternative::TwoSided };
    let observations: Vec<Observation> =
        numbers.iter().map(|number| Observation { time: 10.0 + number, censored: *number > 0.5 }).collect();
    let mut group = criterion.benchmark_group("statistics");
    group.bench_function("sign test", |bencher| bencher.iter(|| sign_test(&numbers, hypothesis, 0.95)));
    group.bench_function("sign-flip test", |bencher| {
        bencher.iter(|| sign_flip_test(&numbers, hypothesis, 0.95, || draws.bits()));
    });
    let mut draws = seed::stream(0, Purpose::Data, &[]).at(1);
    group.bench_function("interquartile mean, BCa bootstrap", |bencher| {
        bencher
            .iter(|| bca_bootstrap(&numbers, interquartile_mean, NonFinite::Highest, RESAMPLES, 0.95, || draws.bits()));
    });
    group.bench_function("Fisher's exact test", |bencher| {
        bencher.iter(|| fisher_exact_test((12, 20), (5, 20), Alternative::TwoSided, 0.95));
    });
    group.bench_function("Kaplan-Meier", |bencher| bencher.iter(|| kaplan_meier(&observations, 0.95)));
    group.bench_function("compare 360 trials", |bencher| {
        let run = StoredRun::open(&published()).expect("it can be read");
        let side = run.side("a".to_owned()).expect("it can be read");
        bencher.iter(|| comparison::compare(&side, &side, comparison::Strictness::default()));
    });
    group.finish();
}

fn figures(criterion: &mut Criterion) {
    let run = StoredRun::open(&published()).expect("it can be read");
    let results = run.results().expect("it can be read");
    let mut group = criterion.benchmark_group("figure");
    group.sample_size(10);
    for figure in FigureSpec::all() {
        // Figures of what this suite has not, such as a tuning, draw nothing.
        let Ok(pictures) = figure.draw(&results) else { continue };
        let drawings: Vec<_> = pictures.into_iter().map(|picture| picture.drawing).collect();
        group.bench_function(BenchmarkId::new("svg", figure.kind()), |bencher| {
            bencher.iter_batched(
                || drawings.clone(),
                |drawings| drawings.iter().try_for_each(|drawing| drawing.svg().map(drop)).expect("it can be drawn"),
                BatchSize::SmallInput,
            );
        });
    }
    group.bench_function("whole report", |bencher| bencher.iter(|| run.report().expect("it can be drawn")));
    group.finish();
}

criterion_group!(benches, suites, store, statistics, figures);
criterion_main!(benches);
