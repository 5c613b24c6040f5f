//! Tells the program which commit, compiler and profile it was built from, for the manifests of its runs.

use std::process::Command;

fn main() {
    // A new commit, a change of the sources: whatever may change the answer.
    for path in ["build.rs", "Cargo.toml", "Cargo.lock", "src", ".git/HEAD", ".git/logs/HEAD"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let git = |arguments: &[&str]| output("git", arguments);
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        let changed =
            git(&["--no-optional-locks", "status", "--porcelain", "--", "src", "Cargo.toml", "Cargo.lock", "build.rs"]);
        let mark = if changed.is_none_or(|changed| changed.is_empty()) { "" } else { "+changes" };
        println!("cargo::rustc-env=LONGLAG_COMMIT={commit}{mark}");
    }
    let profile = match std::env::var("PROFILE").as_deref() {
        Ok("debug") => "dev".to_owned(),
        profile => profile.unwrap_or_default().to_owned(),
    };
    println!("cargo::rustc-env=LONGLAG_PROFILE={profile}");
    if let Some(version) = std::env::var("RUSTC").ok().and_then(|rustc| output(&rustc, &["--version"])) {
        println!("cargo::rustc-env=LONGLAG_RUSTC={version}");
    }
}

/// The output of a command, if it succeeds. Outside a checkout, or without git, the commit is simply not known.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
