//! Commands that documents, workflows and scripts of the repository show: each of them is one that the program takes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Parser as _;
use serde_yaml::Value;

use super::arguments::Arguments;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The files below `folder` whose names end so.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let below = paths.into_iter().flat_map(|path| if path.is_dir() { files(&path, end) } else { vec![path] });
    below.filter(|path| path.to_string_lossy().ends_with(end)).collect()
}

/// Every text under a key `run` of a workflow, the steps' scripts.
fn scripts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                match value {
                    Value::String(script) if key.as_str() == Some("run") => found.push(script.clone()),
                    value => scripts(value, found),
                }
            }
        }
        Value::Sequence(values) => values.iter().for_each(|value| scripts(value, found)),
        _ => {}
    }
}

/// The blocks of a Markdown text that are shell.
fn blocks(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next())
}

/// The words of each command in a script: quotes are taken off, a comment and what follows a pipe or a redirection are left out.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![];
    for line in script.replace("\\\n", " ").lines() {
        let (mut words, mut word, mut quote) = (vec![], String::new(), None);
        for sign in line.chars().chain([' ']) {
            match (sign, quote) {
                (sign, Some(open)) if sign == open => quote = None,
                (sign, Some(_)) => word.push(sign),
                ('"' | '\'', None) => quote = Some(sign),
                ('#', None) if word.is_empty() => break,
                ('|' | ';' | '&' | '>' | '(' | ')', None) => {
                    // The number of a stream that is redirected is no argument.
                    word = if sign == '>' && word.parse::<u8>().is_ok() { String::new() } else { word };
                    words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                    commands.push(std::mem::take(&mut words));
                }
                (sign, None) if sign.is_whitespace() => {
                    words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                }
                (sign, None) => word.push(sign),
            }
        }
        commands.push(words);
    }
    commands
}

/// The calls of the program in a script, each as its arguments. The variable of a loop stands for the loop's first word.
fn calls(script: &str) -> Vec<Vec<String>> {
    let mut variables: Vec<(String, String)> = vec![];
    let mut calls = vec![];
    for words in commands(script) {
        if let [first, name, of, word, ..] = &words[..]
            && (first.as_str(), of.as_str()) == ("for", "in")
        {
            variables.push((format!("${name}"), word.clone()));
        }
        let arguments = call(&words).into_iter().flatten().map(|argument| {
            let variable = variables.iter().rev().find(|(name, _)| *name == argument);
            variable.map_or(argument.clone(), |(_, word)| word.clone())
        });
        calls.push(arguments.collect::<Vec<String>>());
    }
    calls.retain(|arguments| !arguments.is_empty());
    calls
}

/// The arguments of the program where `words` call it: as `longlag …`, `path/longlag …` or `cargo run … -- …`.
fn call(words: &[String]) -> Option<Vec<String>> {
    let first = words.iter().position(|word| !word.contains('=') && !["if", "!", "then", "do"].contains(&&**word))?;
    let words = &words[first..];
    let arguments = match words[0].as_str() {
        "cargo" if words.get(1).is_some_and(|word| word == "run") && !words.contains(&"--example".to_owned()) => {
            let start = words.iter().position(|word| word == "--")?;
            &words[start + 1..]
        }
        program if program == "longlag" || program.ends_with("/longlag") => &words[1..],
        _ => return None,
    };
    Some(["longlag".to_owned()].into_iter().chain(arguments.iter().cloned()).collect())
}

/// The mistake in a command line, if it is not one that asks for help or the version.
fn mistake(arguments: &[String]) -> Option<String> {
    let error = Arguments::try_parse_from(arguments).err().filter(clap::Error::use_stderr)?;
    Some(error.to_string())
}

#[test]
fn commands_are_found_in_scripts() {
    let script = "cargo run --locked -- check a.yaml # every one\nX= longlag compare \"$A\" \\\n  b 2> log | head\nif longlag run 'a b'; then echo longlag; fi\nfor one in bash zsh; do\nlonglag completions \"$one\"\ndone\n";
    let expected: [&[&str]; 4] = [
        &["longlag", "check", "a.yaml"],
        &["longlag", "compare", "$A", "b"],
        &["longlag", "run", "a b"],
        &["longlag", "completions", "bash"],
    ];
    assert_eq!(calls(script), expected);
    assert!(mistake(&["longlag".into(), "chek".into()]).is_some());
}

/// A workflow that names an option the program no longer has would be found out in somebody's continuous integration.
#[test]
fn commands_of_documents_and_workflows_are_understood() {
    let mut found: Vec<(String, String)> = vec![];
    for file in files(&root().join(".github"), ".yml") {
        let workflow: Value =
            serde_yaml::from_str(&read(&file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut steps = vec![];
        scripts(&workflow, &mut steps);
        assert!(!steps.is_empty() || file.ends_with("guard.yml"), "{} has no steps", file.display());
        found.extend(steps.into_iter().map(|script| (file.display().to_string(), script)));
    }
    for name in ["README.md", "CONTRIBUTING.md"] {
        let text = read(&root().join(name));
        found.extend(blocks(&text).map(|script| (name.to_owned(), script.to_owned())));
    }
    for file in files(&root().join("scripts"), ".sh").into_iter().chain([root().join(".ci/run")]) {
        found.push((file.display().to_string(), read(&file)));
    }
    let calls: Vec<(&str, Vec<String>)> = found
        .iter()
        .flat_map(|(file, script)| calls(script).into_iter().map(move |arguments| (file.as_str(), arguments)))
        .collect();
    let of = |part: &str| calls.iter().filter(|(file, _)| file.contains(part)).count();
    assert!(of("guard") >= 4 && of("release") >= 4 && of("README") >= 15 && of(".ci/run") >= 4, "{calls:#?}");
    let wrong: Vec<String> = calls
        .iter()
        .filter_map(|(file, arguments)| Some(format!("{file}: {}\n{}", arguments.join(" "), mistake(arguments)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
