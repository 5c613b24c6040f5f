//! Bad input: one clear sentence that says where and what to do, exit code 2, nothing lost.

use crate::program::{Folder, SMALL, ended};

/// A suite with `from` replaced, refused by `check` with each of `words`.
fn refused(from: &str, to: &str, words: &[&str]) {
    assert!(SMALL.contains(from), "{from} is not in the suite");
    refused_text(&SMALL.replace(from, to), words);
}

fn refused_text(text: &str, words: &[&str]) {
    let folder = Folder::new();
    let said = folder.refuse(&["check", folder.write("bad.yaml", text)]);
    for word in words.iter().chain(&["error: bad.yaml:"]) {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

#[test]
fn keys_and_kinds_are_named_with_their_place_and_the_nearest_valid_one() {
    refused("replicates: 2", "replicate: 2", &["bad.yaml:4:1", "unknown key `replicate`", "did you mean `replicates`"]);
    refused("{kind: adding, length: 8}", "{kind: adding, lenght: 8}", &["bad.yaml:5:22", "`lenght`", "`length`"]);
    refused(
        "{kind: adding, length: 8}",
        "{kind: addin}",
        &["unknown kind `addin`", "did you mean `adding`", "temporal-order-2"],
    );
    refused("{kind: adding, length: 8}", "{length: 8}", &["kind"]);
    refused("task: {kind: adding, length: 8}\n", "", &["task"]);
    refused("hidden: 6", "hidden: six", &["bad.yaml:6:30", "expected", "six"]);
    refused("hidden: 6", "hidden: 6.5", &["6.5"]);
    refused("version: 1", "version: 2", &["version"]);
}

#[test]
fn bounds_are_stated() {
    refused("dropout: 0.2", "dropout: 1.0", &["below 1"]);
    refused("dropout: 0.2", "dropout: -0.1", &["dropout"]);
    refused("hidden: 6", "hidden: 0", &["at least 1"]);
    refused("length: 8}", "length: 1}", &["at least 2"]);
    refused("train:", "optimizer: {kind: sgd, learning-rate: -1}\ntrain:", &["learning-rate", "above 0"]);
    refused("hidden: 6", "hidden: 65536, layers: 64", &["GiB", "model.hidden"]);
}

#[test]
fn a_length_is_a_number_or_a_range() {
    let range = |text: &str, words: &[&str]| refused("length: 8}", &format!("length: {text}}}"), words);
    range("{from: 9, to: 5}", &["the length goes from 9 to 5", "`to`"]);
    range("{from: 1, to: 5}", &["task.length.from", "at least 2"]);
    range("{from: 5}", &["task.length", "missing key `to`"]);
    range("{from: 5, two: 6}", &["unknown key `two`", "did you mean `to`"]);
    range("[5, 9]", &["task.length", "expected a whole number or a map"]);
    range("long", &["task.length", "expected a whole number or a map"]);
}

#[test]
fn solved_is_a_target_of_tasks_that_can_be_solved() {
    const TARGET: &str = "{metric: validation/loss, below: 0.01}";
    let solved = SMALL.replace(TARGET, "{metric: solved}");
    let folder = Folder::new();
    folder.succeed(&["check", folder.write("good.yaml", &solved)]);
    refused(TARGET, "{metric: solved, below: 1}", &["train.target", "the task's own bound"]);
    let random = solved.replace("{kind: adding, length: 8}", "random-data");
    refused_text(&random, &["train.target", "the random-data task is never solved"]);
    refused(TARGET, "{metric: solve}", &["did you mean `solved`"]);
}

#[test]
fn names_never_leave_the_results_folder() {
    for name in ["a/b", "../up", "..", "Big", "'a b'", "''"] {
        refused("name: small", &format!("name: {name}"), &["bad.yaml:2:"]);
    }
}

#[test]
fn hostile_and_broken_files_are_refused() {
    refused("replicates: 2", "replicates: 2\nreplicates: 3", &["replicates"]);
    refused("version: 1", "version: [1", &[]);
    refused_text("", &["empty"]);
    let bomb: String = (1..30).map(|k| format!("a{k}: &a{k} [*a{0}, *a{0}, *a{0}]\n", k - 1)).collect();
    refused_text(&format!("a0: &a0 [1, 2]\n{bomb}"), &["alias"]);
    refused_text(&format!("a: {}{}", "[".repeat(5000), "]".repeat(5000)), &["deep"]);
    let folder = Folder::new();
    std::fs::write(folder.path("latin.yaml"), b"name: caf\xe9\n").expect("the file is written");
    assert!(folder.refuse(&["check", "latin.yaml"]).contains("UTF-8"));
    assert!(folder.refuse(&["check", "missing.yaml"]).contains("no such file"));
    assert!(folder.refuse(&["check", "."]).contains("folder"));
}

#[test]
fn sweeps_are_checked_arm_by_arm() {
    let sweep = "over: {model.cell: [elman, lstm], task.length: [6, 8]}";
    refused(sweep, "over: {task.length: []}", &["bad.yaml:12:25", "at least one"]);
    refused(sweep, "over: {}", &["over"]);
    refused(
        sweep,
        "over: {model.cell: [elman, gru], model.cell.activation: [relu]}",
        &["in the arm `gru · relu`", "activation"],
    );
    refused(sweep, "over: {modle.cell: [elman]}", &["modle", "did you mean `model`"]);
    refused(sweep, "over: {replicates: [1, 2]}", &["replicates"]);
    refused(
        "- kind: grid\n    over: {model.cell: [elman, lstm], task.length: [6, 8]}",
        "- {kind: zip, over: {task.length: [6, 8], model.hidden: [4]}}",
        &["one length"],
    );
    refused(
        "- kind: grid\n    over: {model.cell: [elman, lstm], task.length: [6, 8]}",
        "- {kind: random, points: 3, over: {optimizer.learning-rate: {uniform: [1, 0]}}}",
        &["[1, 0]"],
    );
    refused("save: [models]", "exclude: [{model.cell: elman}, {model.cell: lstm}]", &["every arm is excluded"]);
    refused("save: [models]", "exclude: [{model.cel: elman}]", &["model.cel"]);
}

#[test]
fn sections_must_fit_each_other() {
    refused("updates: 12", "epochs: 2", &["adding", "epochs", "`updates`"]);
    refused("updates: 12", "updates: 12, epochs: 2", &["keep one"]);
    refused("below: 0.01", "below: 0.01, above: 1", &["a target has one bound", "give `below`, a number above 0"]);
    refused("updates: 12", "updates: 12, curriculum: {kind: mixed, from: 1}", &["train.curriculum", "from: 2"]);
    refused(
        "updates: 12",
        "updates: 12, curriculum: {kind: growing, from: 900}",
        &["train.curriculum", "a length of 900"],
    );
    // Also where an arm of the same task and training comes before.
    refused(
        "- kind: grid\n    over: {model.cell: [elman, lstm], task.length: [6, 8]}",
        "- {kind: grid, over: {algorithm: [gradient-descent, random-guessing], regularizers: [[l2]]}}",
        &["random-guessing", "`regularizers` has no effect"],
    );
    refused(
        "save: [models]",
        "algorithm: random-guessing\nconstraints: [full-capacity]",
        &["`random-guessing` takes no steps", "`full-capacity` has no effect", "constraints[0]"],
    );
    refused(
        "save: [models]",
        "optimizer: {kind: random-guessing, range: 10.0}",
        &["unknown kind `random-guessing`", "write `algorithm: random-guessing`"],
    );
    refused("save: [models]", "init: {parameters: {b_q: zeros}}", &["no parameter `b_q`", "b_h"]);
    refused("save: [models]", "init: {bias: identity}", &["identity", "init.bias"]);
    refused("save: [models]", "init: {input: np-rnn}", &["square", "init.input", "6 × 2"]);
    refused("save: [models]", "init: {parameters: {b_h: echo-state}}", &["vector", "init.parameters.b_h"]);
    let fitted = "init: {recurrent: lsuv}\nparametrize: {recurrent: orthogonal-cayley}";
    refused("save: [models]", fitted, &["lsuv", "init.recurrent", "parametrization"]);
    refused("save: [models]", "init: {bias: {kind: chrono, max-lag: 1.5}}", &["max-lag", "at least 2"]);
    refused(
        "save: [models]",
        "parametrize: {parameters: {w_q: antisymmetric}}",
        &["no parameter `w_q`", "parametrize"],
    );
    refused("save: [models]", "parametrize: antisymmetric", &["write `parametrize: {recurrent: antisymmetric}`"]);
    refused(
        "save: [models]",
        "parametrize: {recurrent: {kind: householder, reflections: 60000}}",
        &["fewer `reflections`"],
    );
    refused(
        "save: [models]",
        "constraints: [rebase]",
        &["constraints[0]", "`parametrize: {recurrent: orthogonal-exponential}`"],
    );
    refused(
        "save: [models]",
        "parametrize: {recurrent: complex}\nconstraints: [full-capacity]",
        &["constraints[0]", "is made by `complex`"],
    );
    refused(
        "save: [models]",
        "regularizers: [{kind: distance, parameters: [w_hh.gamma]}]",
        &["regularizers[0].parameters[0]", "no parameter `w_hh.gamma`"],
    );
    refused(
        "save: [models]",
        "parametrize: {input: antisymmetric}",
        &["w_xh", "no square matrix", "parametrize.input"],
    );
    refused(
        "save: [models]",
        "constraints: [{kind: max-magnitude, parameters: [w_hh, w_q]}]",
        &["constraints[0].parameters[1]", "no parameter `w_q`"],
    );
    refused(
        "save: [models]",
        "learning-rate-factors: {parameters: {w_q: 0.1}}",
        &["learning-rate-factors.parameters.w_q", "no parameter `w_q`", "w_hh"],
    );

    refused(
        "save: [models]",
        "learning-rate-factors: {recurrent: -0.1}",
        &["learning-rate-factors.recurrent", "at least 0"],
    );
    refused("save: [models]", "schedule: [{kind: step, every: 0}]", &["schedule[0].every", "at least 1"]);
    refused(
        "save: [models]",
        "regularizers: [{kind: l2, on: []}]",
        &["regularizers[0].on", "must not be an empty list"],
    );
    refused("save: [models]", "bptt: [{kind: truncate, evry: 3}]", &["in the truncate bptt rule", "`every`"]);
    refused("save: [models]", "bptt: [{kind: clip-state-gradient, max: 0}]", &["must be above 0 and at most 1e30"]);
    let modified = |list: &str, words: &[&str]| refused("hidden: 6", &format!("hidden: 6, modifiers: [{list}]"), words);
    let zoneout = "dilation, {kind: zoneout, states: {c: 0.5}}";
    modified(zoneout, &["modifiers[1].states.c", "no state `c`", "its states: h", "elman"]);
    modified("{kind: dilation, steps: 7}", &["modifiers[0].steps", "layer 0 reads its state 7 steps back", "6 steps"]);
    modified("{kind: zoneout, states: {h: 1}}", &["modifiers[0].states.h", "below 1"]);
    modified("{kind: skip, steps: 6}", &["modifiers[0].steps", "6 steps back"]);
    modified("{kind: clockwork, periods: [1, 2, 3, 4, 5, 6, 7]}", &["modifiers[0].periods", "7 groups"]);
    modified("{kind: clockwork, periods: []}", &["modifiers[0].periods", "empty"]);
    modified("layer-norm, layer-norm", &["modifiers[1]", "comes twice", "keep one"]);
    modified("{kind: initial-state, start: learned}, zoneout", &["modifiers[1]", "put `initial-state` last"]);
    let celled =
        |cell: &str, words: &[&str]| refused("save: [models]", &format!("model: {{hidden: 6, cell: {cell}}}"), words);
    let _ = celled;
}

#[test]
fn the_command_lines_own_settings_are_blamed() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    let said = folder.refuse(&["run", file, "--set", "model.hiden=3"]);
    assert!(said.contains("--set model.hiden=3") && said.contains("did you mean `hidden`"), "{said}");
    assert!(folder.refuse(&["run", file, "--set", "model.hidden"]).contains('='));
    let said = folder.refuse(&["run", file, "--only", "model.cell=gru"]);
    assert!(said.contains("--only model.cell=gru"), "{said}");
    assert!(folder.refuse(&["run", file, "--only", "model.sell=gru"]).contains("model.sell"));
    assert!(folder.refuse(&["run", file, "--jobs", "0"]).contains("0"));
    assert!(folder.refuse(&["show", "x", "--format", "pdf"]).contains("pdf"));
    assert!(!folder.path("results").exists(), "a refused run left a folder");
}

#[test]
fn a_million_trials_plan_and_more_need_a_flag() {
    let folder = Folder::new();
    let list = |count: usize| (1..=count).map(|k| k.to_string()).collect::<Vec<_>>().join(", ");
    let rates = (1..=50).map(|k| format!("{:.4}", k as f64 * 1e-4)).collect::<Vec<_>>().join(", ");
    let text = format!(
        "version: 1\nname: many\nreplicates: 1\ntask: adding\nsweep:\n  - kind: grid\n    over:\n      \
         model.hidden: [{}]\n      optimizer.learning-rate: [{rates}]\n      train.batch: [{}]\n",
        list(200),
        list(100)
    );
    let file = folder.write("many.yaml", &text);
    let planned = folder.succeed(&["plan", file]);
    assert!(planned.err.contains("1000000 trials"), "{}", planned.err);
    let said = folder.refuse(&["plan", file, "--set", "replicates=2"]);
    assert!(said.contains("2000000 trials") && said.contains("--max-trials"), "{said}");
}

#[test]
fn more_random_vectors_than_addresses_are_refused() {
    let folder = Folder::new();
    let zoneouts = "{kind: zoneout, rate: 0.1}, ".repeat(3);
    let text = format!(
        "version: 1\nname: many\ntask: {{kind: adding, length: 10}}\nmodel: {{cell: lstm, hidden: 4, layers: 64, \
         modifiers: [{zoneouts}]}}\n"
    );
    let file = folder.write("many.yaml", &text);
    let said = folder.refuse(&["check", file]);
    assert!(said.contains("many.yaml:4") && said.contains("384 random vectors"), "{said}");
}

/// However many values of a range are wrong, and in however many arms: one mistake is one line.
#[test]
fn one_mistake_is_one_line() {
    let folder = Folder::new();
    let sweep = "over: {model.cell: [elman, lstm], task.length: [6, 8]}";
    let tuned = "save: [models]\ntune: {points: 200, over: {optimizer.learning-rate: {uniform: [-3, -1]}}}";
    let random = "- kind: grid\n    over: {model.cell: [elman, lstm], task.length: [6, 8]}";
    for (from, to) in [
        ("save: [models]", tuned),
        (random, "- {kind: random, points: 100, over: {optimizer.learning-rate: {uniform: [-3, -1]}}}"),
        (sweep, "over: {train.batch: [1, 2, 3, 4, 5], train.evaluate-every: [0, 1]}"),
        (sweep, "over: {optimizer.learning-rate: [1e-3, 1e-2, 1e-1], optimizer.beta1: [7, 0.9]}"),
    ] {
        assert!(SMALL.contains(from), "{from} is not in the suite");
        let said = folder.refuse(&["check", folder.write("bad.yaml", &SMALL.replace(from, to))]);
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // Two mistakes are two.
    let two = SMALL.replace(sweep, "over: {train.batch: [0, 2, 3], train.evaluate-every: [0, 1]}");
    let said = folder.refuse(&["check", folder.write("bad.yaml", &two)]);
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn what_only_a_type_refuses_has_its_place() {
    let claim = "claims:\n  - id: x\n    statement: y\n    metric: nope\n    left: {model.cell: lstm}\n    right: {model.cell: elman}\n    expect: left > right\n";
    refused("save: [models]\n", &format!("save: [models]\n{claim}"), &["bad.yaml:13:13", "claims[0].metric", "`nope`"]);
    refused(
        "save: [models]\n",
        "save: [models]\nfigures:\n  - {kind: success}\n  - {kind: learning-curves, metric: validation/los}\n",
        &["bad.yaml:12:37", "figures[1].metric", "did you mean"],
    );
    refused(
        "over: {model.cell",
        "over: {clip[0].max: [1, 2], model.cell",
        &["12:16", "stands in quotes: \"clip[0].max\""],
    );
}

/// To open a pipe would wait for ever for whoever writes to it.
#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_in_a_sentence() {
    use std::{
        process::{Command, Stdio},
        time::{Duration, Instant},
    };
    let folder = Folder::new();
    let pipe = |name: &str| {
        let path = folder.path(name);
        let _ = std::fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo starts").success());
    };
    let said = |arguments: &[&str]| {
        let mut child =
            folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let since = Instant::now();
        while child.try_wait().expect("it is a child").is_none() {
            if since.elapsed() > Duration::from_secs(60) {
                child.kill().expect("it ends");
                panic!("{arguments:?} waits for a pipe");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        ended(child.wait_with_output().expect("it has ended"))
    };
    pipe("pipe.yaml");
    for command in ["run", "plan", "check"] {
        let said = said(&[command, "pipe.yaml"]);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.contains("pipe.yaml") && said.err.contains("this is a pipe; give a regular file"), "{said:?}");
    }
    let suite = folder.write("small.yaml", SMALL);
    pipe("out");
    let said_of_out = said(&["run", suite, "--quiet", "--out", "out"]);
    assert_eq!(said_of_out.code, Some(1), "{said_of_out:?}");
    assert!(said_of_out.err.contains("`out"), "{said_of_out:?}");
    folder.succeed(&["run", suite, "--quiet"]);
    // Every file of a run in turn, whoever reads it.
    let files = std::fs::read_dir(folder.path("results/small")).expect("a folder");
    let names: Vec<String> =
        files.map(|file| file.expect("an entry").file_name().into_string().expect("a name")).collect();
    for name in names.iter().filter(|name| folder.path("results/small").join(name).is_file()) {
        let path = format!("results/small/{name}");
        let whole = folder.read(&path);
        pipe(&path);
        for arguments in [
            &["show", "small", "--table", "metrics"][..],
            &["report", "small", "--check"],
            &["runs"],
            &["reproduce", "small", "--sample", "1"],
            &["run", suite, "--quiet"],
        ] {
            let said = said(arguments);
            assert!(said.code.is_some_and(|code| code != 101), "{name}: {arguments:?}: {said:?}");
            // A report is made anew in place of the pipe.
            if !std::fs::symlink_metadata(folder.path(&path)).is_ok_and(|found| !found.is_file()) {
                pipe(&path);
            }
        }
        std::fs::remove_file(folder.path(&path)).expect("the pipe goes");
        std::fs::write(folder.path(&path), whole).expect("the file is back");
    }
    folder.succeed(&["report", "small", "--check"]);
}
