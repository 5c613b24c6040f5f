//! A run and what can be done with its results.

use std::io::Read as _;

use serde_json::Value;

use crate::program::{Folder, SMALL, suite};

#[test]
fn the_smoke_suite_leaves_everything_a_reader_wants() {
    let folder = Folder::new();
    let ended = folder.succeed(&["run", &suite("smoke"), "--out", "out"]);
    assert!(ended.out.contains("leaky-relu") && ended.out.contains("chance"), "{}", ended.out);
    assert!(ended.err.contains("report: out/smoke/report.html"), "{}", ended.err);
    for name in ["trials.parquet", "metrics.parquet", "probes.parquet", "chains.parquet"] {
        assert_eq!(&folder.read(format!("out/smoke/{name}"))[..4], b"PAR1", "{name}");
    }
    let manifest: Value = serde_json::from_slice(&folder.read("out/smoke/manifest.json")).expect("JSON");
    assert_eq!(manifest["suite"], "smoke");
    let session = &manifest["sessions"][0];
    assert!(session["ended"].is_string() && session["machine"].is_object(), "{manifest}");
    assert!(folder.read("out/smoke/figures/gradient-by-lag.png").starts_with(b"\x89PNG"));
    let page = String::from_utf8(folder.read("out/smoke/report.html")).expect("UTF-8");
    assert!(page.contains("<svg") && !page.contains("src=\"http"));
    // What was trained stands before any result.
    for told in ["id=\"setup\"", "global-norm", "fused on cpu", "The suite, as it was written"] {
        assert!(page.find(told).is_some_and(|at| at < page.find("<figure").unwrap_or(0)), "{told}");
    }
    assert!(!folder.read("out/smoke/report.md").is_empty());
    folder.succeed(&["check", "out/smoke/suite.yaml", "out/smoke/resolved.yaml"]);
}

#[test]
fn a_second_run_trains_nothing_and_changes_nothing() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file]);
    let tables = ["trials", "metrics", "probes"].map(|name| format!("results/small/{name}.parquet"));
    let before = tables.clone().map(|name| folder.read(name));
    let again = folder.succeed(&["run", file]);
    assert!(again.err.contains("nothing to do: 8 trials stored already"), "{}", again.err);
    assert_eq!(before, tables.map(|name| folder.read(name)));
}

#[test]
fn quiet_is_quiet_and_quick_is_another_folder() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    let ended = folder.succeed(&["run", file, "--quick", "--quiet"]);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""));
    assert_eq!(folder.rows("small-quick", "trials").len(), 4);
    let told = |run: &str| folder.succeed(&["show", run]).err.contains("A quick run");
    folder.succeed(&["run", file, "--quiet"]);
    assert!(told("small-quick") && !told("small"));
    let report = String::from_utf8(folder.read("results/small-quick/report.md")).expect("text");
    assert!(report.find("A quick run") < report.find("## Summary"), "{report}");
}

#[test]
fn tables_are_shown_in_every_format_and_by_condition() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    for table in ["summary", "trials", "metrics", "probes"] {
        for format in ["table", "csv", "latex", "markdown", "html"] {
            assert!(folder.succeed(&["show", "small", "--table", table, "--format", format]).out.len() > 100);
        }
        let json = folder.succeed(&["show", "small", "--table", table, "--format", "json"]).out;
        let rows: Vec<Value> = serde_json::from_str(&json).expect("a list of objects");
        assert!(!rows.is_empty() && rows.iter().all(Value::is_object));
    }
    let count = |conditions: &[&str]| {
        let arguments: Vec<&str> =
            ["show", "small", "--format", "csv", "--table"].into_iter().chain(conditions.iter().copied()).collect();
        folder.succeed(&arguments).out.lines().count() - 1
    };
    assert_eq!(count(&["trials", "--where", "model.cell=lstm"]), 4);
    assert_eq!(count(&["trials", "--where", "task.length=6.0", "--where", "replicate=1"]), 2);
    assert_eq!(count(&["metrics", "--where", "split=test", "--where", "metric=loss"]), 8);
    let nothing = folder.succeed(&["show", "small", "--table", "trials", "--where", "replicate=99"]);
    assert!(nothing.err.contains("no row meets"), "{}", nothing.err);
    let refused = folder.refuse(&["show", "small", "--table", "trials", "--where", "replicat=1"]);
    assert!(refused.contains("replicate"), "{refused}");
}

#[test]
fn a_labelled_sweep_has_its_settings_as_columns_too() {
    const LABELLED: &str = "
version: 1
name: labelled
replicates: 1
task: {kind: adding, length: 6}
model: {cell: elman, hidden: 4}
train: {batch: 4, updates: 2, evaluate-every: 1, validation-sequences: 8, test-sequences: 8}
sweep:
  - {kind: grid, label: \"{model.cell.activation}, {init.recurrent}\", over: {model.cell.activation: [tanh, relu],
     init.recurrent: [orthogonal, {kind: orthogonal, gain: 2}], optimizer.learning-rate: [0.01, 0.1]}}
  - {kind: grid, label: \"{model.cell}\", over: {model.cell: [residual-elman, lstm]}}
";
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("labelled.yaml", LABELLED), "-q"]);
    let count = |conditions: &[&str]| {
        let conditions = conditions.iter().flat_map(|condition| ["--where", condition]);
        let arguments = ["show", "labelled", "--table", "trials", "--format", "csv"].into_iter().chain(conditions);
        folder.succeed(&arguments.collect::<Vec<_>>()).out.lines().count() - 1
    };
    assert_eq!(count(&[]), 10);
    assert_eq!(count(&["model.cell.activation=relu"]), 4);
    // What another entry sweeps has its value in every arm that has such a setting.
    assert_eq!(count(&["model.cell.activation=tanh"]), 5);
    assert_eq!(count(&["model.cell.activation=null", "model.cell=lstm"]), 1);
    assert_eq!(count(&["init.recurrent=orthogonal"]), 6);
    assert_eq!(count(&["init.recurrent=orthogonal gain 2", "optimizer.learning-rate=1e-1"]), 2);
    // As the table shows it, with its keys in another order, and in words.
    assert_eq!(count(&["init.recurrent={kind: orthogonal, gain: 2}"]), 4);
    assert_eq!(count(&["init.recurrent={gain: 2, kind: orthogonal}"]), 4);
    assert_eq!(count(&["optimizer.learning-rate=0.001"]), 2);
    assert_eq!(count(&["label=tanh, orthogonal"]), 2);
}

#[test]
fn tables_for_people_fit_a_terminal_and_are_sorted_filtered_and_pivoted() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    let show = |arguments: &[&str]| {
        let all: Vec<&str> = ["show", "small"].iter().chain(arguments).copied().collect();
        folder.succeed(&all).out
    };
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let trials = show(&["--table", "trials"]);
    assert!(trials.lines().all(|line| line.chars().count() <= 100), "{trials}");
    // In the order of the plan.
    let arms: Vec<String> = lines(&trials)[2..10]
        .iter()
        .map(|line| line.split_whitespace().nth(1).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(arms, ["elman", "elman", "elman", "elman", "lstm", "lstm", "lstm", "lstm"]);
    assert!(trials.starts_with("trial_id") && trials.contains("test_loss") && !trials.contains("config"), "{trials}");
    assert!(show(&["--table", "trials", "--columns", "all"]).contains("train_seconds"));
    // A trial is found by the beginning of its id that is shown.
    let id = lines(&trials)[2].split_whitespace().next().unwrap_or_default().to_owned();
    assert_eq!(
        lines(&show(&[
            "--table",
            "metrics",
            "--where",
            &format!("trial_id={id}"),
            "--where",
            "split=test",
            "--where",
            "metric=loss",
            "--format",
            "csv"
        ]))
        .len(),
        2
    );
    assert!(folder.refuse(&["show", "small", "--table", "trials", "--where", "trial_id=t"]).contains("8 trials"));
    let losses = |sort: &str| -> Vec<f64> {
        let csv = show(&["--table", "trials", "--columns", "test_loss", "--sort", sort, "--format", "csv"]);
        csv.lines().skip(1).map(|line| line.parse().expect("a number")).collect()
    };
    let up = losses("test_loss");
    assert!(up.len() == 8 && up.is_sorted() && up.iter().all(|loss| *loss > 0.0), "{up:?}");
    assert_eq!(losses("-test_loss").first(), up.last());
    let middle = format!("test_loss<{}", up[4]);
    assert_eq!(lines(&show(&["--table", "trials", "--where", &middle, "--format", "csv"])).len(), 5);
    assert_eq!(lines(&show(&["--table", "trials", "--limit", "3", "--format", "csv"])).len(), 4);
    // The summary too.
    let summary = show(&[
        "--where",
        "model.cell=lstm",
        "--where",
        "test loss<1e9",
        "--columns",
        "arm,task.length",
        "--sort",
        "-task.length",
    ]);
    assert_eq!(lines(&summary).iter().filter(|line| line.starts_with("lstm")).count(), 2, "{summary}");
    assert!(summary.contains("task.length"), "{summary}");
    assert!(folder.refuse(&["show", "small", "--sort", "test los"]).contains("did you mean `test loss`"));
    assert!(folder.refuse(&["show", "small", "--where", "test loss<low"]).contains("compares numbers"));
    let pivot = show(&["--pivot", "task.length", "--format", "markdown"]);
    assert!(pivot.starts_with("| arm | length 6 | length 8 |") && pivot.contains("/2"), "{pivot}");
    assert!(show(&["--pivot", "model.cell", "--metric", "test/loss", "--format", "latex"]).contains("cell lstm"));
    assert!(folder.refuse(&["show", "small", "--pivot", "model.hidden"]).contains("task.length"));
    assert!(folder.refuse(&["show", "small", "--pivot", "task.length", "--metric", "tset/loss"]).contains("test/loss"));
}

#[test]
fn runs_are_listed_with_what_is_wrong_with_them() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    folder.succeed(&["run", "small.yaml", "--quick", "-q"]);
    std::fs::create_dir_all(folder.path("results/odd")).expect("a folder");
    folder.write("results/odd/manifest.json", "{");
    std::fs::create_dir_all(folder.path("results/published")).expect("a folder");
    let runs = folder.succeed(&["runs", "--format", "csv"]).out;
    let lines: Vec<&str> = runs.lines().collect();
    assert_eq!(lines.len(), 4, "{runs}");
    assert!(lines[1].starts_with("odd,") && lines[1].contains("not read"), "{runs}");
    assert!(lines[2].starts_with("small,20") && lines[2].contains(",8,8,fused cpu,"), "{runs}");
    assert!(lines[3].starts_with("small-quick,") && lines[3].contains("quick"), "{runs}");
    assert!(folder.succeed(&["runs"]).out.contains("8/8"));
    assert_eq!(folder.run(&["runs", "nowhere"]).code, Some(1));
}

#[test]
fn the_report_is_drawn_again_from_the_store_and_staleness_is_seen() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    folder.succeed(&["report", "small", "--check"]);
    let before = folder.read("results/small/report.html");
    folder.write("results/small/report.md", "tampered");
    let stale = folder.run(&["report", "small", "--check"]);
    assert_eq!(stale.code, Some(3), "{stale:?}");
    assert!(stale.err.contains("report.md"), "{}", stale.err);
    folder.succeed(&["report", "results/small"]);
    folder.succeed(&["report", "small", "--check"]);
    assert_eq!(before, folder.read("results/small/report.html"));
}

#[test]
fn kept_models_predict() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    let id = folder.rows("small", "trials")[0][0].clone();
    let predicted = folder.succeed(&["predict", "small", "--trial", &id[..10], "--sequences", "3", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&predicted.out).expect("a list of objects");
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row["target"].is_number() && row["prediction"].is_number()), "{rows:?}");
    let model = folder.read(format!("results/small/models/{id}.safetensors"));
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&model).expect("metadata");
    let about: Value = serde_json::from_str(&metadata.metadata().as_ref().expect("a map")["longlag"]).expect("JSON");
    assert_eq!(
        (&about["trial_id"], &about["trial"]["task"]["kind"]),
        (&Value::from(id.as_str()), &Value::from("adding"))
    );
    assert!(folder.refuse(&["predict", "small", "--trial", "zz"]).contains("zz"));
    std::fs::remove_dir_all(folder.path("results/small/models")).expect("the folder is removed");
    assert!(folder.refuse(&["predict", "small", "--trial", &id]).contains("save: [models]"));
    // A model that is wanted and gone is trained again.
    folder.succeed(&["run", "small.yaml", "-q"]);
    folder.succeed(&["predict", "small", "--trial", &id]);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = Folder::new();
    let mut child = folder.start(&["schema"]);
    let mut first = [0; 1];
    let mut out = child.stdout.take().expect("stdout is a pipe");
    out.read_exact(&mut first).expect("the schema has a first byte");
    drop(out);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

/// Trials of `--set` and `--only` are stored beside those that the folder's report is of: it says how many there are, belongs to the store as
/// before, and gives the command that its own trials are made by. So does it after an interruption of such a run.
#[test]
fn trials_stored_beside_leave_a_report_that_belongs_to_the_store() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file, "-q"]);
    for (settings, trials) in [("--set=model.hidden=5", 8), ("--only=task.length=8", 8), ("--set=train.batch=3", 16)] {
        folder.succeed(&["run", file, "-q", settings]);
        folder.succeed(&["report", "small", "--check"]);
        let report = String::from_utf8(folder.read("results/small/report.md")).expect("text");
        assert!(report.contains(&format!("{trials} trials of other versions of the suite")), "{settings}: {report}");
        let command = report.lines().find(|line| line.trim_start().starts_with("longlag run")).unwrap_or_default();
        assert_eq!(command.trim(), "longlag run small.yaml -q", "{settings}");
    }
}

/// A table is empty if no row is in it, or meets the conditions, not because none is asked for.
#[test]
fn a_limit_makes_no_table_empty() {
    let folder = Folder::new();
    folder.succeed(&["run", folder.write("small.yaml", SMALL), "-q"]);
    for table in ["summary", "trials", "metrics", "probes", "chains"] {
        for format in ["table", "csv"] {
            let shown = |limit: &str, more: &[&str]| {
                let arguments = ["show", "small", "--table", table, "--format", format, "--limit", limit];
                folder.succeed(&[&arguments[..], more].concat()).err
            };
            for more in [&[][..], &["--sort", "arm"][..]] {
                if table != "summary" && table != "trials" && !more.is_empty() {
                    continue;
                }
                let told = shown("0", more);
                assert!(!told.contains("no rows yet") && !told.contains("no row meets"), "{table}: {told}");
            }
            let none = shown("0", &["--where", if table == "summary" { "arm=none" } else { "trial_id=none" }]);
            assert!(none.contains("no row meets every --where"), "{table}: {none}");
        }
    }
}
