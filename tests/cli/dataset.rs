//! Data from a file: its content is the trial's, its path is not, and results are there without it.

use crate::program::Folder;

const SUITE: &str = "\
version: 1
name: mine
replicates: 2
save: [models]
task: {kind: dataset, file: ../data/mine.npz}
model: {hidden: 4}
train: {batch: 8, epochs: 2}
";

fn golden(name: &str) -> String {
    format!("{}/tests/golden/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A suite in a folder beside that of its data.
fn folder() -> Folder {
    let folder = Folder::new();
    for name in ["suites", "data"] {
        std::fs::create_dir(folder.path(name)).expect("a folder");
    }
    folder.write("suites/mine.yaml", SUITE);
    std::fs::copy(golden("plain.npz"), folder.path("data/mine.npz")).expect("the file is copied");
    folder
}

fn ids(folder: &Folder) -> Vec<String> {
    folder.rows("mine", "trials").into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn a_file_counts_by_its_content_and_not_by_its_path() {
    let folder = folder();
    folder.succeed(&["run", "suites/mine.yaml", "--quiet"]);
    let first = ids(&folder);
    // The same bytes elsewhere: nothing is trained again.
    std::fs::rename(folder.path("data/mine.npz"), folder.path("suites/other.npz")).expect("the file is moved");
    folder.write("suites/mine.yaml", &SUITE.replace("../data/mine.npz", "other.npz"));
    let again = folder.succeed(&["plan", "suites/mine.yaml"]);
    assert!(again.err.contains("2 stored") || again.out.contains("2       2"), "{again:?}");
    // Other bytes under the same path: other trials, and what was stored stays.
    std::fs::copy(golden("stored.npz"), folder.path("suites/other.npz")).expect("the file is copied");
    folder.succeed(&["run", "suites/mine.yaml", "--quiet"]);
    let second = ids(&folder);
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(first.iter().all(|id| !second.contains(id)), "{first:?} {second:?}");
}

#[test]
fn results_are_there_without_the_file_and_sequences_are_not() {
    let folder = folder();
    folder.succeed(&["run", "suites/mine.yaml", "--quiet"]);
    let shown = folder.succeed(&["show", "mine"]).out;
    assert!(shown.contains("0.5"), "the chance level of two classes: {shown}");
    folder.succeed(&["reproduce", "mine"]);
    let trial = ids(&folder).remove(0);
    folder.succeed(&["predict", "mine", "--trial", &trial]);

    std::fs::rename(folder.path("data/mine.npz"), folder.path("data/away.npz")).expect("the file is moved");
    assert_eq!(folder.succeed(&["show", "mine"]).out, shown);
    folder.succeed(&["report", "mine", "--check"]);
    for command in [vec!["reproduce", "mine"], vec!["predict", "mine", "--trial", &trial]] {
        let refused = folder.run(&command);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        let expected = "../data/mine.npz: there is no file `results/mine/../data/mine.npz`, nor `suites/../data/mine.npz` from here or \
                        from a folder above the results; bring it to one of these places, or go to the folder";
        assert!(refused.err.contains(expected), "{refused:?}");
    }
    let missing = folder.refuse(&["check", "suites/mine.yaml"]);
    assert!(
        missing.starts_with("error: suites/mine.yaml:5:29: task.file: ../data/mine.npz: there is no file"),
        "{missing}"
    );

    std::fs::copy(golden("stored.npz"), folder.path("data/mine.npz")).expect("the file is copied");
    assert_eq!(folder.succeed(&["show", "mine"]).out, shown);
    let changed = folder.run(&["reproduce", "mine"]);
    assert_eq!(changed.code, Some(2), "{changed:?}");
    assert!(changed.err.contains("../data/mine.npz: the file has changed: its BLAKE3 hash is "), "{changed:?}");
}

/// Results stand for themselves wherever one stands: the file is found from the folders above them, or beside them.
#[test]
fn stored_trials_are_reproduced_from_any_folder() {
    let folder = folder();
    folder.succeed(&["run", "suites/mine.yaml", "--quiet"]);
    std::fs::create_dir(folder.path("elsewhere")).expect("a folder");
    folder.succeed_in("elsewhere", &["reproduce", "../results/mine"]);
    folder.succeed_in("results/mine", &["reproduce", "."]);

    // Carried off, without what lies around them.
    std::fs::create_dir_all(folder.path("away/far")).expect("a folder");
    std::fs::rename(folder.path("results/mine"), folder.path("away/far/mine")).expect("they are moved");
    std::fs::rename(folder.path("suites"), folder.path("moved")).expect("it is moved");
    std::fs::rename(folder.path("data"), folder.path("away/far/data")).expect("it is moved");
    folder.succeed_in("elsewhere", &["reproduce", "../away/far/mine"]);

    // Another file of that name on the way is not the one that is looked for.
    std::fs::create_dir(folder.path("suites")).expect("a folder");
    std::fs::create_dir(folder.path("data")).expect("a folder");
    std::fs::rename(folder.path("away/far/data/mine.npz"), folder.path("data/mine.npz")).expect("it is moved");
    std::fs::copy(golden("stored.npz"), folder.path("away/far/data/mine.npz")).expect("the file is copied");
    folder.succeed_in("elsewhere", &["reproduce", "../away/far/mine"]);
}

/// The rows of this file repeat every eleven: a random division of the 30 parts them.
#[test]
fn test_sequences_that_are_training_sequences_are_told() {
    let folder = folder();
    let told = folder.succeed(&["check", "suites/mine.yaml"]).err;
    let expected = "warning: suites/mine.yaml: `../data/mine.npz`: 3 of 3 validation sequences and 6 of 6 test sequences have the input of a \
                    training sequence, so that scores on them say little of new ones;";
    assert!(told.contains(expected), "{told}");
    folder.succeed(&["run", "suites/mine.yaml", "--quiet"]);
    let shown = folder.succeed(&["show", "mine"]);
    let expected =
        "6 of 6 test sequences have the input of a training sequence, so that test scores are too good, in 1 arm.";
    assert!(shown.err.contains(expected) || shown.out.contains(expected), "{shown:?}");
    let report = std::fs::read_to_string(folder.path("results/mine/report.md")).expect("a report");
    assert!(report.contains(expected), "{report}");

    std::fs::copy(golden("stored.npz"), folder.path("data/mine.npz")).expect("the file is copied");
    let told = folder.succeed(&["check", "suites/mine.yaml"]).err;
    assert!(told.is_empty(), "{told}");
}
