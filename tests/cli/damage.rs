//! The files that say which run a folder is of: one that was changed is told in one line by whatever opens the folder, and `run` writes it
//! anew without training anything.

use crate::program::{Ended, Folder, SMALL};

/// The lines that tell of damage, or that say why a command ends.
fn told(ended: &Ended) -> Vec<&str> {
    ended
        .err
        .lines()
        .filter(|line| ["damage: ", "error: ", "not merged: "].iter().any(|sign| line.starts_with(sign)))
        .collect()
}

#[test]
fn a_changed_suite_or_manifest_is_told_by_every_command_and_costs_no_trial() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &format!("{SMALL}figures: []\n"));
    folder.succeed(&["run", file, "-q"]);
    let tables =
        || ["trials", "metrics", "probes", "chains"].map(|name| folder.read(format!("results/small/{name}.parquet")));
    let (before, rows) = (tables(), folder.rows("small", "trials"));
    let id = rows[1][0].clone();
    let readers: [&[&str]; 5] = [
        &["show", "small"],
        &["report", "small"],
        &["reproduce", "small", "-q", "--sample", "1"],
        &["predict", "small", "--trial", &id, "--sequences", "1"],
        &["show", "small", "--table", "metrics"],
    ];
    for name in ["suite.yaml", "resolved.yaml", "manifest.json"] {
        let path = folder.path(&format!("results/small/{name}"));
        let whole = std::fs::read(&path).expect("it is there");
        // In a place that leaves the file one of its kind: another seed, another machine.
        let seed =
            String::from_utf8_lossy(&whole).find(if name == "manifest.json" { "\"cpu\": \"" } else { "replicates: 2" });
        let at = seed.expect("there is one") + if name == "manifest.json" { 8 } else { 12 };
        let flipped: Vec<u8> = whole.iter().enumerate().map(|(place, byte)| byte ^ u8::from(place == at)).collect();
        for (bytes, word) in
            [(Some(flipped), "was changed"), (Some(whole[..at].to_vec()), "was changed"), (None, "missing")]
        {
            for arguments in readers {
                match &bytes {
                    Some(bytes) => std::fs::write(&path, bytes).expect("it is written"),
                    None => std::fs::remove_file(&path).unwrap_or_default(),
                }
                let ended = folder.run(arguments);
                let context = format!("{name} {word}, {arguments:?}: {ended:#?}");
                let lines = told(&ended);
                // Without the resolved suite there is no run.
                let none = name == "resolved.yaml" && word == "missing";
                assert!(lines.len() == 1 && (none || lines[0].contains(name)), "{context}");
                assert!(none || lines[0].contains("anew"), "{context}");
                assert!(!ended.err.contains("panicked"), "{context}");
                let needs = name == "resolved.yaml" || (name == "manifest.json" && arguments[0] == "report");
                let failed = if none { 2 } else { 1 };
                assert_eq!(ended.code, Some(if needs { failed } else { 0 }), "{context}");
            }
            let run = folder.succeed(&["run", file]);
            assert!(matches!(&told(&run)[..], [line] if line.contains(name)), "{name} {word}: {run:#?}");
            assert!(run.err.contains("nothing to do: 8 trials"), "{name} {word}: {}", run.err);
            assert!(tables() == before, "{name} {word}");
            if name != "manifest.json" {
                assert!(std::fs::read(&path).expect("it is there") == whole, "{name} {word}");
            }
            for arguments in readers {
                assert!(told(&folder.succeed(arguments)).is_empty(), "{name} {word}: {arguments:?}");
            }
            folder.succeed(&["report", "small", "--check"]);
        }
    }
}

#[test]
fn a_part_without_its_manifest_is_named_and_nothing_else_is_lost() {
    let folder = Folder::new();
    let file = folder.write("small.yaml", &format!("{SMALL}figures: []\n"));
    folder.succeed(&["run", file, "-q", "--out", "whole"]);
    for part in ["1/2", "2/2"] {
        folder.succeed(&["run", file, "-q", "--shard", part]);
    }
    let manifest = |part: u32| folder.path(&format!("results/small/shards/{part}-of-2/manifest.json"));
    let kept = [1, 2].map(|part| std::fs::read(manifest(part)).expect("it is there"));
    let damages: [(&[u8], &str); 3] =
        [(b"", "there is no `"), (b"{", "was changed"), (b"{\"files\": \xff", "was changed")];
    for (bytes, word) in damages {
        for part in [1, 2] {
            if bytes.is_empty() {
                std::fs::remove_file(manifest(part)).expect("it is removed");
            } else {
                std::fs::write(manifest(part), bytes).expect("it is written");
            }
        }
        let merged = folder.run(&["merge", "small", "-q"]);
        let lines = told(&merged);
        assert!(merged.code == Some(2) && lines.len() == 1 && !lines[0].contains("no stored trials"), "{merged:#?}");
        for part in ["1-of-2/manifest.json", "2-of-2/manifest.json", word, "run the suite again"] {
            assert!(lines[0].contains(part), "{part} is not in {}", lines[0]);
        }
        std::fs::write(manifest(1), &kept[0]).expect("it is written");
        std::fs::write(manifest(2), &kept[1]).expect("it is written");
    }
    // The same command writes it anew, and trains nothing.
    std::fs::remove_file(manifest(2)).expect("it is removed");
    let half = folder.run(&["merge", "small", "-q"]);
    assert!(
        half.code == Some(6) && told(&half).len() == 1 && told(&half)[0].contains("2-of-2/manifest.json"),
        "{half:#?}"
    );
    let again = folder.succeed(&["run", file, "--shard", "2/2"]);
    assert!(again.err.contains("4 of 4 trials are stored") && told(&again).len() == 1, "{again:#?}");
    folder.succeed(&["merge", "small", "-q"]);
    for table in ["metrics", "probes", "chains"] {
        let read = |run: &str| folder.read(format!("{run}/small/{table}.parquet"));
        assert!(read("results") == read("whole"), "{table}");
    }
}
