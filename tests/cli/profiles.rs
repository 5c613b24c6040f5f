//! The build itself: what `Cargo.toml` says about dependencies holds of those that are built.

use std::{collections::BTreeSet, path::Path, process::Command};

const MANIFEST: &str = include_str!("../../Cargo.toml");

/// The packages that are built, one a line in this format of `cargo tree`, for one target wherever the test runs.
fn tree(edges: &str, format: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "tree",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "--no-dedupe",
            "--target",
            "x86_64-unknown-linux-gnu",
        ])
        .args(["--edges", edges, "--format", format])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The packages that a profile sets an optimization level of, with that level, but for `*`.
fn named(profile: &str) -> BTreeSet<(String, String)> {
    let mut lines = MANIFEST.lines();
    let mut named = BTreeSet::new();
    while let Some(line) = lines.next() {
        let Some(package) = line.strip_prefix(&format!("[profile.{profile}.package.")) else { continue };
        let package = package.trim_end_matches(']').trim_matches('"');
        if package != "*" {
            let setting = lines.next().expect("a setting follows the package");
            named.insert((package.to_owned(), setting.to_owned()));
        }
    }
    named
}

#[test]
fn every_package_that_a_profile_names_is_built() {
    let built = tree("normal,build", "{p}");
    let built: BTreeSet<&str> = built.iter().filter_map(|package| package.split(' ').next()).collect();
    let named = named("dev");
    assert!(named.len() > 20, "{named:?}");
    for (package, _) in &named {
        assert!(built.contains(package.as_str()), "`{package}` has a profile in Cargo.toml, but is not built");
    }
}

#[test]
fn both_profiles_optimize_the_same_packages() {
    assert_eq!(named("dev"), named("release"));
}

#[test]
fn tests_ask_for_no_dependency_with_other_features() {
    // Otherwise `cargo test` builds it, and everything above it, a second time.
    let (run, test) = (tree("normal,build", "{p} {f}"), tree("normal,build,dev", "{p} {f}"));
    let other: Vec<&String> = run.difference(&test).filter(|package| !package.starts_with("longlag ")).collect();
    assert!(
        other.is_empty(),
        "name these among the dependencies with the features that the tests give them: {other:?}"
    );
}

/// Where a package is built for macros alone, cargo gives it other settings than where the program links it too: tests that link
/// one would have it, and everything above it, built a second time.
#[test]
fn tests_link_no_package_that_the_program_has_for_its_macros_only() {
    let of = |edges: &str| tree(edges, "{p} {f}");
    let (linked, all) = (of("normal,no-proc-macro"), of("normal,build"));
    let tests = of("normal,dev,no-proc-macro");
    let twice: Vec<&String> = tests.intersection(&all).filter(|package| !linked.contains(*package)).collect();
    assert!(twice.is_empty(), "name these among the dependencies: {twice:?}");
}
