//! Suites with random mistakes: read, or refused by a sentence.

use std::path::Path;

use proptest::prelude::*;

use crate::{
    fuzz::fuzz,
    plan::{Plan, PlanOptions},
    suite::Suite,
};

/// Words that a mistake may put in place of another.
const WORDS: [&str; 40] = [
    "",
    "~",
    "null",
    "true",
    "-1",
    "0",
    "0.5",
    "1e999",
    "-.inf",
    ".nan",
    "1e-400",
    "18446744073709551616",
    "0x10",
    "1_000",
    "[]",
    "{}",
    "[[[[[[",
    "}",
    "&a",
    "*a",
    "<<: *a",
    "!!binary",
    "!tag",
    "---",
    "...",
    "|",
    ">-",
    "'",
    "\"",
    "#",
    "kind",
    "lstm",
    "{kind: adding}",
    "{log-uniform: [1e-4, 1e-1]}",
    "{log-uniform: [0, -1]}",
    "grid",
    "version: 1",
    "\u{feff}",
    "\u{2028}",
    "ß",
];

/// A mistake: what is done, where, and how.
type Mistake = (u8, usize, usize);

fn mistaken(text: &mut String, (deed, at, how): Mistake) {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return;
    }
    let (line, other) = (at % lines.len(), how % lines.len());
    *text = match deed % 9 {
        0 => {
            lines.remove(line);
            lines.join("\n")
        }
        1 => {
            lines.insert(other, lines[line]);
            lines.join("\n")
        }
        2 => {
            lines.swap(line, other);
            lines.join("\n")
        }
        // A word of a line by another.
        3..=5 => {
            let words: Vec<&str> = lines[line].split_inclusive([' ', ',', ':', '[', '{', '}', ']']).collect();
            let place = how % words.len().max(1);
            let new: Vec<&str> = words
                .iter()
                .enumerate()
                .map(|(k, word)| if k == place { WORDS[at % WORDS.len()] } else { word })
                .collect();
            let new = new.concat();
            lines[line] = &new;
            lines.join("\n")
        }
        6 => {
            let indented = format!("{}{}", " ".repeat(how % 5), lines[line].trim_start());
            lines[line] = &indented;
            lines.join("\n")
        }
        7 => text.chars().take(at % text.chars().count().max(1)).collect(),
        _ => {
            let place = text.char_indices().map(|(place, _)| place).nth(at % text.chars().count().max(1)).unwrap_or(0);
            let (before, after) = text.split_at(place);
            format!("{before}{}{after}", WORDS[how % WORDS.len()].repeat(1 + how % 3))
        }
    };
}

fn read(text: &str) -> Result<(), TestCaseError> {
    let problems = match Suite::parse(text) {
        Ok(suite) => match Plan::new(&suite, &PlanOptions { max_trials: 2000, ..PlanOptions::default() }) {
            Ok(_) => return Ok(()),
            Err(problems) => problems,
        },
        Err(problems) => problems,
    };
    let message = problems.to_string();
    prop_assert!(message.lines().all(|line| !line.trim().is_empty()) && message.len() > 10, "{message:?}");
    Ok(())
}

/// The repository's suites, by name.
fn suites() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("suites");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "yaml"));
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// No mistake in a suite makes the program panic, whatever it is told then.
#[test]
fn a_suite_with_any_mistakes_is_read_or_refused() {
    let suites = suites();
    let mistakes = prop::collection::vec(any::<Mistake>(), 1..6);
    fuzz(60, &(any::<usize>(), mistakes), |(suite, mistakes)| {
        let mut text = suites[suite % suites.len()].clone();
        mistakes.into_iter().for_each(|mistake| mistaken(&mut text, mistake));
        read(&text)
    });
}

/// Bytes are a suite or none: the file is read as a user's is.
#[test]
fn any_bytes_are_a_suite_or_refused() {
    let (suites, folder) = (suites(), tempfile::tempdir().unwrap());
    let file = folder.path().join("suite.yaml");
    let changes = prop::collection::vec((any::<usize>(), any::<u8>()), 1..8);
    fuzz(60, &(any::<usize>(), changes), |(suite, changes)| {
        let mut bytes = suites[suite % suites.len()].clone().into_bytes();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        std::fs::write(&file, &bytes).unwrap();
        match (Suite::load(&file, vec![], false), String::from_utf8(bytes)) {
            (Ok(_), Ok(text)) => read(&text),
            (Ok(_), Err(_)) => Err(TestCaseError::fail("read as text what is none")),
            (Err(problems), _) => {
                prop_assert!(problems.to_string().contains("suite.yaml"), "{problems}");
                Ok(())
            }
        }
    });
}
