//! Parts of a run, brought together, by hand and by a cluster's jobs.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use crate::program::{Ended, Folder, SMALL, ended};

/// Two arms with three candidates each and two replicates.
const TUNED: &str = "\
version: 1
name: tuned
replicates: 2
task: {kind: adding, length: 6}
model: {cell: elman, hidden: 8}
train: {batch: 16, updates: 60, evaluate-every: 20, validation-sequences: 64, test-sequences: 64, target: {metric: validation/loss, below: 0.1}}
tune: {over: {optimizer.learning-rate: [1e-5, 1e-2, 100.0]}}
sweep: [{kind: grid, over: {model.cell: [elman, gru]}}]
";

fn same_tables(folder: &Folder, one: &str, other: &str) {
    for table in ["trials", "metrics", "probes"] {
        assert_eq!(folder.rows(one, table), folder.rows(other, table), "{table}");
    }
}

#[test]
fn parts_wait_for_each_other_and_merge_to_the_run_of_one_machine() {
    let folder = Folder::new();
    let file = folder.write("tuned.yaml", TUNED);
    folder.succeed(&["run", file, "-q", "--out", "whole"]);
    let shard = |part: &str| folder.run(&["run", file, "--shard", part]);
    let first = shard("1/2");
    assert_eq!(first.code, Some(6), "{first:#?}");
    assert!(first.err.contains("arms wait for other shards to store the trials that choose settings"), "{}", first.err);
    assert!(first.out.is_empty() && !folder.path("results/tuned/report.html").exists());
    // What is not merged is not hidden.
    let shown = folder.run(&["show", "tuned"]);
    assert!(shown.code == Some(2) && shown.err.contains("`longlag merge results/tuned`"), "{shown:#?}");
    let merged = folder.run(&["merge", "tuned"]);
    assert_eq!(merged.code, Some(6), "{merged:#?}");
    assert!(merged.err.contains("unfinished: "), "{}", merged.err);
    let second = shard("2/2");
    assert_eq!(second.code, Some(0), "{second:#?}");
    assert!(second.err.contains("shard 2/2: ") && second.err.contains("longlag merge results/tuned"), "{}", second.err);
    assert_eq!(shard("1/2").code, Some(0));
    // One process alone would train them again.
    let alone = folder.run(&["run", file, "-q", "--only", "model.cell=gru"]);
    assert!(
        alone.err.contains("of those to do: stop this, and `longlag merge results/tuned` takes them over"),
        "{}",
        alone.err
    );
    let planned = folder.succeed(&["plan", file]);
    let told = "3 trials are stored in parts of the run: `longlag merge results/tuned` takes them over";
    assert!(planned.err.contains(told), "{}", planned.err);
    let merged = folder.succeed(&["merge", "tuned"]);
    assert!(merged.err.contains("10 of 10 trials are stored"), "{}", merged.err);
    assert!(merged.out.contains("gru") && merged.err.contains("report: results/tuned/report.html"), "{merged:#?}");
    same_tables(&folder, "tuned", "whole/tuned");
    assert!(folder.succeed(&["merge", "tuned"]).err.contains("merged: 0 trials of 2 folders"));
    assert!(folder.succeed(&["run", file]).err.contains("nothing to do"));
    folder.succeed(&["report", "tuned", "--check"]);
    folder.succeed(&["reproduce", "tuned", "-q"]);
}

#[test]
fn copies_of_other_engines_or_suites_are_named_and_left_out() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    folder.succeed(&["run", file, "-q", "--only", "task.length=6"]);
    folder.succeed(&["run", file, "-q", "--only", "task.length=8", "--out", "other"]);
    folder.succeed(&["run", file, "-q", "--only", "task.length=8", "--engine", "dfdx", "--out", "dfdx"]);
    folder.write("tuned.yaml", TUNED);
    folder.succeed(&["run", "tuned.yaml", "-q"]);
    let merge = |others: &[&str]| folder.run(&[&["merge", "small", "-q"], others].concat());
    let unfinished = merge(&["dfdx/small"]);
    assert_eq!(unfinished.code, Some(6), "{unfinished:#?}");
    assert!(
        unfinished.err.contains("not merged: 4 trials of `dfdx/small`, computed by another engine"),
        "{}",
        unfinished.err
    );
    let left_out = merge(&["other/small", "results/tuned"]);
    assert_eq!(left_out.code, Some(4), "{left_out:#?}");
    assert!(left_out.err.contains("not merged: `results/tuned`: it is of the suite tuned"), "{}", left_out.err);
    folder.succeed(&["run", file, "-q", "--out", "whole"]);
    same_tables(&folder, "small", "whole/small");
    assert_eq!(merge(&["nowhere"]).code, Some(2));
}

#[test]
fn mistakes_are_one_sentence_with_what_to_do() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", SMALL);
    for wrong in ["5/4", "0/4", "2", "a/b"] {
        let said = folder.refuse(&["run", file, "--shard", wrong]);
        assert!(said.contains("such as 2/4"), "{said}");
    }
    let submit = |more: &[&str]| folder.refuse(&[&["submit", file, "--dry-run", "--shards", "2"], more].concat());
    for (more, words) in [
        (&["--time", "soon"][..], "such as 12:00:00"),
        (&["--time", "1"], "--time leaves a task 60 s, and --grace 120"),
        (&["--partition", "a\nb"], "cannot stand in a line"),
        (&["--", "--again"], "leave `--again` away"),
        (&["--", "--jobs", "2"], "options of `longlag run` beside --shard and --jobs"),
        (&["--", "--nonsense"], "'--nonsense'"),
        (&["--set", "train.update=5"], "train.update"),
    ] {
        let said = submit(more);
        assert!(said.contains(words), "{words:?} is not in: {said}");
    }
    let mut without = folder.command(&["submit", file, "--shards", "2"]);
    let ended = ended(without.env("PATH", "").output().expect("the binary starts"));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("sbatch") && ended.err.contains("--dry-run"), "{}", ended.err);
}

/// Takes jobs as `sbatch` does and runs them at once, one task after the other; a task that is to be queued again is run again.
const CLUSTER: &str = r#"#!/bin/bash
echo "$@" >> "$CLUSTER/calls"
script=${@: -1}
number=$(($(cat "$CLUSTER/number" 2> /dev/null || echo 0) + 1))
echo "$number" > "$CLUSTER/number"
cd "$(sed -n 's/^#SBATCH --chdir="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$script")"
tasks=$(sed -n 's/^#SBATCH --array=1-\([0-9]*\).*/\1/p' "$script")
for task in $(seq "${tasks:-1}"); do
    SLURM_ARRAY_TASK_ID=$task SLURM_JOB_ID=$number bash "$script" >> "$CLUSTER/log" 2>&1
    echo "job $number task $task: $?" >> "$CLUSTER/ends"
done
echo "$number;cluster"
"#;

fn submit(folder: &Folder, arguments: &[&str]) -> Ended {
    let sbatch = folder.path("sbatch");
    std::fs::write(&sbatch, CLUSTER).expect("it is written");
    std::fs::set_permissions(&sbatch, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let here = folder.path("");
    let path = format!("{}:{}", here.display(), std::env::var("PATH").expect("a path"));
    let mut command = folder.command(&[&["submit"], arguments].concat());
    ended(command.env("PATH", path).env("CLUSTER", here).output().expect("the binary starts"))
}

#[test]
fn a_cluster_trains_what_one_machine_trains() {
    let folder = Folder::new();
    // A name that a shell would take apart.
    let file = folder.write("my $own \"suite\".yaml", TUNED);
    folder.succeed(&["run", file, "-q", "--out", "whole"]);
    let asked = ["--engine", "slurm", "--shards", "3", "--at-once", "2", "--cpus", "2", "--out", "the results"];
    let more = ["--time", "1:00:00", "--memory", "2G", "--partition", "short", "--sbatch=--account=physics"];
    let further = ["--dependency", "afterok:7", "--", "--threads-per-trial", "2"];
    let arguments = [&[file][..], &asked, &more, &further].concat();
    let scripts = submit(&folder, &[&arguments[..1], &["--dry-run"], &arguments[1..]].concat());
    assert!(scripts.code == Some(0) && !folder.path("the results").exists(), "{scripts:#?}");
    let submitted = submit(&folder, &arguments);
    assert_eq!(submitted.out, "1\ttuning\n2\tshards\n3\tmerge\n", "{submitted:#?}");
    let text = |name: &str| String::from_utf8(folder.read(name)).expect("text");
    assert!(submitted.err.contains("squeue --job 1,2,3"), "{}", submitted.err);
    let calls = text("calls");
    let calls: Vec<&str> = calls.lines().collect();
    assert!(calls[0].starts_with("--parsable --dependency=afterok:7 /"), "{calls:?}");
    assert!(
        calls[1].starts_with("--parsable --dependency=afterany:1 /") && calls[2].contains("afterany:2"),
        "{calls:?}"
    );
    assert!(
        text("ends").lines().all(|line| line.ends_with(": 0")) && text("ends").lines().count() == 7,
        "{}",
        text("ends")
    );
    same_tables(&folder, "the results/tuned", "whole/tuned");
    // What was printed is what was submitted, and each line asks for what was asked for.
    for name in ["tuning", "shards", "merge"] {
        let script = text(&format!("the results/tuned/slurm/{name}.sh"));
        assert!(scripts.out.contains(&script), "{name}: {}", scripts.out);
        for line in ["--partition=short", "--time=1:00:00", "--mem=2G", "--account=physics", "--job-name=tuned"] {
            assert!(script.contains(&format!("#SBATCH {line}\n")), "{name}: no {line} in {script}");
        }
    }
    let shards = text("the results/tuned/slurm/shards.sh");
    for line in ["--array=1-3%2", "--cpus-per-task=2", "--requeue", "--signal=B:USR1@120"] {
        assert!(shards.contains(&format!("#SBATCH {line}\n")), "no {line} in {shards}");
    }
    assert!(shards.contains("--jobs 1 ") && shards.contains("--threads-per-trial 2 &"), "{shards}");
    // The suite is kept as it was.
    let kept = std::fs::read_dir(folder.path("the results/tuned/slurm")).expect("a folder");
    let kept = kept.map(|entry| entry.expect("an entry").path());
    let kept: Vec<_> = kept.filter(|path| path.extension() == Some("yaml".as_ref())).collect();
    assert!(kept.len() == 1 && std::fs::read_to_string(&kept[0]).expect("text") == TUNED, "{kept:?}");
}

/// A task that is told that its time is up stops, and asks to be queued again; one that is ended otherwise does not.
#[test]
fn a_task_whose_time_is_up_asks_to_be_queued_again() {
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let file = folder
        .write("long.yaml", &SMALL.replace("updates: 12", "updates: 1000000").replace("name: small", "name: long"));
    let scripts = folder.succeed(&["submit", file, "--dry-run", "--shards", "1", "--out", "."]).out;
    let script = scripts.split("# sbatch").nth(1).expect("a script").split_once('\n').expect("lines").1;
    // Sooner than in earnest.
    let script = script.replace("\"$SECONDS\" -ge 60", "\"$SECONDS\" -ge 0");
    let kept = script.split_whitespace().find(|word| word.contains("/suite-")).expect("the kept suite").to_owned();
    std::fs::create_dir_all(Path::new(&kept).parent().expect("a folder")).expect("it is made");
    std::fs::copy(folder.path(file), &kept).expect("it is copied");
    folder.write("task.sh", &script);
    folder.write("scontrol", "#!/bin/sh\necho \"scontrol $*\" > asked\n");
    std::fs::set_permissions(folder.path("scontrol"), std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    let path = format!("{}:{}", folder.path("").display(), std::env::var("PATH").expect("a path"));
    for (signal, code, asks) in [("-USR1", 0, true), ("-TERM", 130, false)] {
        let mut task = Command::new("bash");
        task.arg("task.sh")
            .current_dir(folder.path(""))
            .env("PATH", &path)
            .envs([("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_JOB_ID", "42")]);
        let mut child = task.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a shell");
        {
            use std::io::{BufRead as _, BufReader};
            let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
            // Once something is to be trained the program listens to signals.
            let mut lines = lines.map(|line| line.expect("a line"));
            assert!(lines.any(|line| line.contains("trials to do")), "nothing is trained");
            let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
            assert!(sent.success());
            assert!(lines.any(|line| line.contains("interrupted")), "it is not interrupted");
        }
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{signal}");
        let asked = std::fs::read_to_string(folder.path("asked")).ok();
        assert_eq!(asked.as_deref(), asks.then_some("scontrol requeue 42\n"), "{signal}");
        let _ = std::fs::remove_file(folder.path("asked"));
    }
}
