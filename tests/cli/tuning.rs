//! Settings chosen for each arm: equal candidates, seeds of their own, nothing mixed into what is reported.

use std::time::{Duration, Instant};

use crate::program::{Folder, ended};

/// Four arms, three candidates, two of which learn nothing.
const TUNED: &str = "\
version: 1
name: tuned
replicates: 2
task: {kind: adding, length: 6}
model: {cell: elman, hidden: 8}
train: {batch: 16, updates: 60, evaluate-every: 20, validation-sequences: 64, test-sequences: 64, target: {metric: validation/loss, below: 0.1}}
tune: {over: {optimizer.learning-rate: [1e-5, 1e-2, 100.0]}}
sweep:
  - kind: grid
    over: {model.cell: [elman, gru], task.length: [4, 6]}
";

fn column(folder: &Folder, arguments: &[&str], name: &str) -> Vec<String> {
    let csv = folder.succeed(&[arguments, &["--format", "csv"]].concat()).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let place = reader.headers().expect("a head").iter().position(|head| head == name).expect(name);
    reader.records().map(|row| row.expect("a row")[place].to_owned()).collect()
}

#[test]
fn each_arm_gets_the_candidate_that_learns_and_only_that_is_reported() {
    let folder = Folder::new();
    let file = folder.write("tuned.yaml", TUNED);
    let planned = folder.succeed(&["plan", file]);
    assert!(
        planned.err.contains("3 candidates to choose from + 2 replicates) = 20 trials, 0 stored"),
        "{}",
        planned.err
    );
    let run = folder.succeed(&["run", file]);
    assert!(run.err.contains("12 trials to do") && run.err.contains("8 trials to do"), "{}", run.err);
    let tried = ["show", "tuned", "--table", "tuning"];
    assert_eq!(column(&folder, &tried, "chosen"), ["false", "true", "false"].repeat(4));
    assert!(column(&folder, &tried, "trials").iter().all(|trials| trials == "1"));
    assert_eq!(column(&folder, &tried, "edge"), ["lowest learning-rate", "", "highest learning-rate"].repeat(4));
    let seeds = ["show", "tuned", "--table", "trials", "--where", "stage=tuning"];
    assert!(column(&folder, &seeds, "replicate").iter().all(|replicate| replicate == "1000000"));
    // What fewer candidates would have come to: the less the more are tried, and with all what was chosen.
    let expected: Vec<f64> = column(&folder, &["show", "tuned", "--table", "tuning-budget"], "expected score")
        .iter()
        .map(|score| score.parse().expect("a number"))
        .collect();
    assert_eq!(expected.len(), 12);
    assert!(expected.chunks(3).all(|arm| arm[0] >= arm[1] && arm[1] >= arm[2]), "{expected:?}");
    assert!(expected.chunks(3).any(|arm| arm[0] > arm[2]), "{expected:?}");
    // The reported trials are those of a suite that states the chosen value, to the bit.
    let stated = TUNED.replace(
        "tune: {over: {optimizer.learning-rate: [1e-5, 1e-2, 100.0]}}",
        "optimizer: {kind: adam, learning-rate: 0.01}",
    );
    folder.write("stated.yaml", &stated);
    folder.succeed(&["run", "stated.yaml", "-q", "--out", "stated"]);
    let hashes = |arguments: &[&str]| column(&folder, arguments, "hash");
    let reported = hashes(&["show", "tuned", "--table", "trials", "--where", "stage=reported"]);
    assert_eq!(reported, hashes(&["show", "stated/tuned", "--table", "trials"]));
    assert_eq!(reported.len(), 8);
    // Nor do the candidates appear in any summary.
    let summary = |run: &str| {
        let shown = folder.succeed(&["show", run, "--format", "json"]).out;
        let mut rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&shown).expect("objects");
        // What was tuned is a swept setting, what is stated is none.
        rows.iter_mut().for_each(|row| drop(row.remove("optimizer.learning-rate")));
        rows
    };
    assert_eq!(summary("tuned"), summary("stated/tuned"));
    let rates = ["show", "tuned", "--table", "trials", "--where", "stage=reported"];
    assert!(column(&folder, &rates, "optimizer.learning-rate").iter().all(|rate| rate == "0.01"));
    assert!(folder.succeed(&["plan", file]).err.contains("20 trials, 20 stored"));
    assert!(folder.succeed(&["run", file]).err.contains("nothing to do"));
    assert!(folder.succeed(&["reproduce", "tuned"]).err.contains("20 of 20 trials have the same bits again"));
    folder.succeed(&["report", "tuned", "--check"]);
    let page = String::from_utf8(folder.read("results/tuned/report.md")).expect("text");
    // Three candidates are a curve, in all forms and unasked.
    assert!(page.contains("figures/tuning-budget.svg"), "{page}");
    assert!(
        ["svg", "png", "pdf"]
            .iter()
            .all(|form| folder.path(&format!("results/tuned/figures/tuning-budget.{form}")).is_file())
    );
    assert!(page.contains("## Tuning") && page.contains("learning-rate 0.01"), "{page}");
}

#[test]
fn neither_the_number_of_jobs_nor_the_order_nor_an_interruption_changes_what_is_chosen() {
    let folder = Folder::new();
    let long = TUNED.replace("updates: 60", "updates: 600").replace("below: 0.1", "below: 0.0001");
    let file = folder.write("tuned.yaml", &long);
    folder.succeed(&["run", file, "-q", "-j", "1", "--out", "whole"]);
    folder.succeed(&["run", file, "-q", "-j", "2", "--only", "model.cell=gru", "--out", "parts"]);
    let some = column(&folder, &["show", "parts/tuned", "--table", "tuning"], "chosen");
    assert!(some[..6].iter().all(String::is_empty) && some[6..].iter().all(|chosen| !chosen.is_empty()), "{some:?}");
    folder.succeed(&["run", file, "-q", "-j", "2", "--out", "parts"]);

    let mut child = folder.start(&["run", file, "-j", "2"]);
    let (started, journal) = (Instant::now(), folder.path("results/tuned/journal.bin"));
    while std::fs::metadata(&journal).map_or(0, |file| file.len()) < 2000 {
        assert!(child.try_wait().expect("its state is known").is_none(), "it ended before it could be stopped");
        assert!(started.elapsed() < Duration::from_secs(60), "nothing was stored within a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
    let stopped = ended(child.wait_with_output().expect("it ends"));
    assert_eq!(stopped.code, Some(130), "{stopped:?}");
    assert!(stopped.err.contains("of 20 trials are stored; the same command does the rest"), "{}", stopped.err);
    folder.succeed(&["show", "tuned"]);
    folder.succeed(&["report", "tuned"]);
    folder.succeed(&["run", file, "-q"]);

    for run in ["parts/tuned", "tuned"] {
        for table in ["tuning", "trials", "metrics", "summary"] {
            assert_eq!(folder.rows("whole/tuned", table), folder.rows(run, table), "{run}: {table}");
        }
    }
}

#[test]
fn several_seeds_per_candidate_and_a_quick_version() {
    let folder = Folder::new();
    let text = TUNED.replace("tune: {over", "tune: {replicates: 3, select: validation/loss, over");
    let file = folder.write("tuned.yaml", &text);
    let planned = folder.succeed(&["plan", file]).err;
    assert!(planned.contains("3 candidates to choose from × 3 replicates + 2 replicates) = 44 trials"), "{planned}");
    folder.succeed(&["run", file, "-q"]);
    assert_eq!(folder.rows("tuned", "tuning").len(), 12);
    folder.succeed(&["run", file, "-q", "--quick"]);
    assert_eq!(folder.rows("tuned-quick", "tuning").len(), 12);
    assert_eq!(folder.rows("tuned-quick", "trials").len(), 16);
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    let folder = Folder::new();
    let refused = |from: &str, to: &str, words: &[&str]| {
        assert!(TUNED.contains(from), "{from} is not in the suite");
        let said = folder.refuse(&["check", folder.write("bad.yaml", &TUNED.replace(from, to))]);
        for word in words.iter().chain(&["error: bad.yaml:7:"]) {
            assert!(said.contains(word), "{word:?} is not in: {said}");
        }
    };
    let values = "[1e-5, 1e-2, 100.0]";
    refused(values, "[]", &["no values to choose `optimizer.learning-rate` from", "at least one"]);
    refused(values, "[0.1, 0.1]", &["two candidates", "elman · length 4", "are the same"]);
    refused(values, "[0.1, -1]", &["learning-rate -1", "above 0"]);
    refused(
        "optimizer.learning-rate",
        "optimiser.learning-rate",
        &["tuning cannot change `optimiser`", "did you mean `optimizer`"],
    );
    refused("optimizer.learning-rate", "optimizer.learning-rat", &["learning-rate"]);
    refused("optimizer.learning-rate", "model.cell", &["`model.cell` is swept too", "take it out of one"]);
    refused("optimizer.learning-rate", "train.updates", &["says what is measured"]);
    refused("tune: {", "tune: {select: test/loss, ", &["validation/loss"]);
    refused("tune: {over: {optimizer.learning-rate: [1e-5, 1e-2, 100.0]}}", "tune: {}", &["over"]);
    let left_out = format!("{TUNED}exclude: [{{optimizer.learning-rate: 0.01}}]\n");
    let said = folder.refuse(&["check", folder.write("bad.yaml", &left_out)]);
    assert!(said.contains("the same candidates"), "{said}");
    let plain = TUNED.replace("tune: {over: {optimizer.learning-rate: [1e-5, 1e-2, 100.0]}}\n", "");
    folder.write("plain.yaml", &plain);
    folder.succeed(&["run", "plain.yaml", "-q"]);
    assert!(folder.refuse(&["show", "tuned", "--table", "tuning"]).contains("tunes nothing"));
    let asked = folder.write("asked.yaml", &format!("{plain}figures: [tuning-budget]\n"));
    let warned = folder.succeed(&["check", asked]).err;
    assert!(warned.contains("the figure `tuning-budget` will not be drawn: the suite tunes nothing"), "{warned}");
    // A search tries each arm at lengths of its own.
    let searched = "version: 1\nname: searched\ntask: {kind: adding}\nmodel: {hidden: 8}\n\
                    train: {updates: 60, target: {metric: validation/loss, below: 0.1}}\n\
                    sweep: [{kind: grid, over: {model.cell: [elman, gru], optimizer: [adam, sgd]}}]\n\
                    reach: {over: task.length, from: 4, to: 8, trials: 4}\n";
    let figures = "figures: [reach, ranking, performance-profile, critical-difference, marginal-effects]\n";
    let warned = folder.succeed(&["check", folder.write("searched.yaml", &format!("{searched}{figures}"))]).err;
    assert_eq!(warned.matches("a search tries each arm at another length").count(), 4, "{warned}");
}
