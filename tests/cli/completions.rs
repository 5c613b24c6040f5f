//! Completion of lines in a shell, by the shell itself.

use std::process::Command;

use crate::program::{Folder, ended};

/// The words that bash completes the last of `words` to, with the script of `longlag completions bash`; nothing where there is no bash.
fn completed(folder: &Folder, words: &[&str]) -> Option<Vec<String>> {
    let script = r#"
        source <(longlag completions bash)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        function=$(complete -p longlag | sed 's/.*-F \([^ ]*\) .*/\1/')
        "$function" longlag "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>&1
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_longlag"));
    let path = std::env::join_paths(
        [program.parent().expect("a folder").to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .expect("a search path");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script, "bash", "longlag"]).args(words).env("PATH", path).current_dir(folder.path(""));
    let output = match bash.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("bash: {error}"),
    };
    let ended = ended(output);
    assert_eq!(ended.code, Some(0), "{words:?}: {ended:#?}");
    Some(ended.out.lines().map(str::to_owned).filter(|word| !word.is_empty()).collect())
}

#[test]
fn values_are_completed_by_bash() {
    let folder = Folder::new();
    folder.write("forget.yaml", "version: 1\n");
    folder.write("notes.txt", "");
    for run in ["results/small", "results/baselines/main"] {
        std::fs::create_dir_all(folder.path(run)).expect("a folder");
        folder.write(&format!("{run}/resolved.yaml"), "");
    }
    let Some(kinds) = completed(&folder, &["list", ""]) else { return };
    assert!(
        ["cells", "tasks", "suite", "tables"].iter().all(|kind| kinds.iter().any(|word| word == kind)),
        "{kinds:?}"
    );
    let cases: [(&[&str], &[&str]); 14] = [
        (&["comp"], &["compare", "completions"]),
        (&["describe", "modif"], &["modifier"]),
        (&["describe", "cell", "lstm-pee"], &["lstm-peephole"]),
        (&["describe", "task", "parit"], &["parity"]),
        (&["describe", "table", "tri"], &["trials"]),
        (&["show", "s"], &["small"]),
        (&["show", "small", "--table", "t"], &["tuning", "tuning-budget", "trials"]),
        (&["show", "small", "--table", "trials", "--format", "l"], &["latex"]),
        (&["show", "small", "--pivot", "task.length", "--metric", "updates"], &["updates-to-target"]),
        (&["claims", "small", "--format", "j"], &["json", "junit"]),
        (&["compare", "small", "--baseline", "m"], &["main"]),
        (&["run", "f"], &["forget.yaml"]),
        (&["run", "forget.yaml", "--engine", "d"], &["dfdx"]),
        (&["man", "repro"], &["reproduce"]),
    ];
    for (words, expected) in cases {
        assert_eq!(completed(&folder, words).expect("bash is there"), expected, "{words:?}");
    }
    assert!(!completed(&folder, &["run", "n"]).expect("bash is there").contains(&"notes.txt".to_owned()));
}

#[test]
fn every_shell_gets_a_script() {
    let folder = Folder::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = folder.succeed(&["completions", shell]).out;
        assert!(script.contains("LONGLAG_COMPLETE") && script.contains(shell), "{shell}: {script}");
    }
    folder.refuse(&["completions", "tcsh"]);
}
