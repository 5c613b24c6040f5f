//! The crate as a package: what is in it, and that its versions, licences and tools are said alike wherever they are said.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use flate2::{Compression, write::DeflateEncoder};
use longlag::{engine::NUMERICS, store::SCHEMA_VERSION, suite::SUITE_VERSION};
use serde_yaml::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The value of a key at the top of Cargo.toml, as it is written.
fn manifest(key: &str) -> String {
    let text = read("Cargo.toml");
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim));
    value.unwrap_or_else(|| panic!("Cargo.toml has no {key}")).trim_matches('"').to_owned()
}

/// The files that `cargo package` puts into the package.
fn packaged() -> BTreeSet<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--offline"]).current_dir(root());
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names").lines().map(PathBuf::from).collect()
}

/// The files that a Markdown text links to or shows, as paths in the package.
fn links(file: &Path, text: &str) -> Vec<PathBuf> {
    let folder = file.parent().expect("a folder");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let paths = local.map(|target| folder.join(target.split('#').next().expect("a path")));
    // Code has brackets before parentheses as well.
    paths
        .filter(|path| {
            path.extension().is_some_and(|end| ["md", "svg", "png", "html"].iter().any(|known| end == *known))
        })
        .collect()
}

/// README, the pages it leads to and all pictures on them are in the package; nothing of it is scratch, and it is small.
#[test]
fn links_lead_to_files_of_the_package() {
    let files = packaged();
    let (mut pages, mut seen) = (vec![PathBuf::from("README.md")], BTreeSet::new());
    while let Some(page) = pages.pop() {
        assert!(files.contains(&page), "{} is not in the package: see `exclude` in Cargo.toml", page.display());
        if page.extension().is_some_and(|end| end == "md") && seen.insert(page.clone()) {
            pages.extend(links(&page, &read(&page.display().to_string())));
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
    assert!(files.iter().filter(|file| file.extension().is_some_and(|end| end == "svg")).count() >= 3);
    let scratch = |file: &&PathBuf| {
        let name = file.display().to_string();
        [".tmp", ".orig", ".rej", ".log", ".parquet", "~"].iter().any(|end| name.ends_with(end))
            && name != "Cargo.toml.orig"
            && !name.starts_with("tests/golden/")
    };
    assert_eq!(files.iter().find(scratch), None);
    // As a registry counts, which takes no more than some 10 MB.
    let packed = |file: &PathBuf| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&fs::read(root().join(file)).unwrap_or_default()).expect("it is written to memory");
        encoder.finish().expect("it is written to memory").len()
    };
    let bytes: usize = files.iter().map(packed).sum();
    assert!(bytes < 3_000_000, "the package has {bytes} bytes, compressed: see `exclude` in Cargo.toml");
}

#[test]
fn licences_are_those_of_the_files() {
    let licence = manifest("license");
    assert_eq!(licence, "MIT OR Apache-2.0");
    let files = packaged();
    for (name, heading) in [("LICENSE-MIT", "MIT License"), ("LICENSE-APACHE", "Apache License")] {
        assert!(files.contains(Path::new(name)) && read(name).contains(heading), "{name}");
    }
    let cited: Vec<Value> = yaml("CITATION.cff")["license"].as_sequence().expect("licences").clone();
    let cited: Vec<&str> = cited.iter().filter_map(Value::as_str).collect();
    assert_eq!(cited.join(" OR "), licence);
}

/// CHANGELOG names all versions, CITATION that of the crate.
#[test]
fn versions_are_said_alike() {
    let version = env!("CARGO_PKG_VERSION");
    let line = format!(
        "Versions: crate {version}, suite format {SUITE_VERSION}, table schema {SCHEMA_VERSION}, `NUMERICS` {NUMERICS}."
    );
    let text = read("CHANGELOG.md");
    let said = text.lines().find(|line| line.starts_with("Versions: "));
    assert_eq!(
        said,
        Some(line.as_str()),
        "CHANGELOG.md: name the version that was raised, and what it means to a user"
    );
    assert_eq!(yaml("CITATION.cff")["version"].as_str(), Some(version), "CITATION.cff");
}

/// The compiler is the one of Cargo.toml wherever one is named.
#[test]
fn compilers_are_named_alike() {
    let version = manifest("rust-version");
    for file in [".github/workflows/ci.yml", ".github/workflows/guard.yml", ".github/workflows/release.yml"] {
        let text = read(file);
        let mut named = text.split("rust-toolchain@").skip(1).filter_map(|rest| rest.lines().next()).peekable();
        assert!(named.peek().is_some(), "{file} names no compiler");
        assert!(named.all(|name| name == format!("{version}.0")), "{file} names another compiler than {version}.0");
    }
    assert!(read("Dockerfile").contains(&format!("FROM rust:{version}-")), "Dockerfile");
    for file in ["README.md", "CONTRIBUTING.md"] {
        assert!(read(file).contains(&format!("Rust {version}")), "{file}");
    }
}

/// Every program in `examples/` is run by continuous integration.
#[test]
fn examples_are_run() {
    let script = read(".ci/run");
    assert!(script.contains("for example in examples/*.rs; do\n    cargo run "), ".ci/run does not run examples/*.rs");
}

/// The manifests of committed results are read anywhere: their commands name no place of the machine on which they were given.
#[test]
fn committed_results_name_no_place_of_a_machine() {
    let manifests = ["published", "baselines"].iter().flat_map(|folder| {
        let folders = fs::read_dir(root().join("results").join(folder)).expect("a folder of results");
        folders.map(|entry| entry.expect("an entry").path().join("manifest.json")).filter(|path| path.is_file())
    });
    let mut seen = 0;
    for path in manifests {
        let text = fs::read_to_string(&path).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for session in manifest["sessions"].as_array().expect("sessions") {
            let command = session["command"].as_array().expect("a command").iter().filter_map(|part| part.as_str());
            let places: Vec<&str> = command.filter(|part| part.contains("/home") || part.starts_with('/')).collect();
            assert!(places.is_empty(), "{}: {places:?}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} sessions");
}
