//! This program under callgrind, and what that writes down.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use indexmap::IndexMap;

use crate::Stop;

/// The function between whose beginning and end is counted.
const MEASURED: &str = "instructions::measured";

/// The counts of all cases, in their order.
pub fn counts() -> Result<IndexMap<String, u64>, Stop> {
    let program = std::env::current_exe().map_err(|error| Stop::error(error.to_string()))?;
    let folder = tempfile::tempdir().map_err(|error| Stop::error(format!("a temporary folder: {error}")))?;
    // Whole names: patterns are not known to all of these options.
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--dump-instr=no", "--compress-strings=no"])
        .args([format!("--toggle-collect={MEASURED}"), format!("--dump-after={MEASURED}")])
        .current_dir(folder.path())
        .arg(&program)
        .arg("cases")
        .output()
        .map_err(|error| Stop::incomparable(format!("valgrind: {error}; install Debian's package `valgrind`")))?;
    if !run.status.success() {
        return Err(Stop::incomparable(format!("the cases under valgrind: {}", String::from_utf8_lossy(&run.stderr))));
    }
    let dumps = dumps(folder.path())?;
    let names = String::from_utf8_lossy(&run.stdout).into_owned();
    let mut counts = IndexMap::new();
    for (number, name) in names.lines().enumerate() {
        let path = dumps.get(number).ok_or_else(|| Stop::error(format!("`{name}` was not counted")))?;
        let text = fs::read_to_string(path).map_err(|error| Stop::error(format!("{}: {error}", path.display())))?;
        counts.insert(name.to_owned(), own(&text, &program));
    }
    Ok(counts)
}

/// The dumps `callgrind.out.PID.NUMBER` in their order; the one of the program's end has no number, and nothing in it.
fn dumps(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let failed = |error: std::io::Error| Stop::error(format!("{}: {error}", folder.display()));
    let paths = fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path()));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>().map_err(failed)?;
    let number = |path: &PathBuf| -> Option<usize> {
        let name = path.file_name()?.to_str()?;
        let parts: Vec<&str> = name.split('.').collect();
        if parts.len() == 4 { parts[3].parse().ok() } else { None }
    };
    let mut numbered: Vec<(usize, PathBuf)> =
        paths.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    numbered.sort();
    Ok(numbered.into_iter().map(|(_, path)| path).collect())
}

/// The instructions of a dump that functions of `program` executed themselves.
///
/// The format, <https://valgrind.org/docs/manual/cl-format.html>: `ob=` names the file of the functions that follow, `calls=` is followed
/// by a line of what the callee cost, and a line that begins with a position is one of cost.
fn own(dump: &str, program: &Path) -> u64 {
    let program = program.display().to_string();
    let (mut is_own, mut is_of_callee, mut total) = (false, false, 0);
    for line in dump.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            is_own = object == program;
        } else if line.starts_with("calls=") {
            is_of_callee = true;
        } else if line.starts_with(|sign: char| sign.is_ascii_digit() || "+-*".contains(sign)) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok()).unwrap_or(0);
            if is_own && !is_of_callee {
                total += cost;
            }
            is_of_callee = false;
        }
    }
    total
}
