//! Manual pages and versions.

use std::process::Command;

use longlag::{cli::Exit, engine::NUMERICS, store::SCHEMA_VERSION, suite::SUITE_VERSION};

use crate::program::{Folder, ended};

/// A page as it is read in a terminal, with what the formatter complained of; nothing where there is no groff.
fn formatted(folder: &Folder, file: &str) -> Option<String> {
    let mut groff = Command::new("groff");
    // As `man` calls it.
    groff.args(["-man", "-Kutf8", "-Tutf8", "-ww", "-P-cbou", file]).current_dir(folder.path(""));
    let output = match groff.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("groff: {error}"),
    };
    let ended = ended(output);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{file}");
    Some(ended.out.replace(['\u{2010}', '\u{2212}'], "-"))
}

/// There is a page for each command, with its options and every exit code, which groff formats without a complaint.
#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::new();
    folder.succeed(&["man", "--out", "man"]);
    let mut files: Vec<String> = std::fs::read_dir(folder.path("man"))
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    files.sort();
    let help = folder.succeed(&["--help"]).out;
    let (_, commands) = help.split_once("Commands:\n").expect("commands");
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> =
        names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    let mut expected: Vec<String> = names.iter().map(|name| format!("longlag-{name}.1")).collect();
    expected.push("longlag.1".to_owned());
    expected.sort();
    assert_eq!(files, expected);
    for name in names {
        let page = folder.succeed(&["man", name]).out;
        assert_eq!(page.as_bytes(), folder.read(format!("man/longlag-{name}.1")), "{name}");
        let Some(text) = formatted(&folder, &format!("man/longlag-{name}.1")) else { continue };
        assert!(text.contains(&format!("longlag-{name}")) && text.contains("EXIT STATUS"), "{text}");
        for exit in Exit::ALL {
            let code = format!("{}", *exit as u8);
            assert!(text.lines().any(|line| line.split_whitespace().next() == Some(&code)), "{name}, {code}: {text}");
        }
    }
    if let Some(text) = formatted(&folder, "man/longlag.1") {
        assert!(text.contains("longlag-compare(1)"), "{text}");
    }
    assert!(folder.refuse(&["man", "rum"]).contains("did you mean `run`?"));
}

#[test]
fn all_versions_are_told() {
    let folder = Folder::new();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(folder.succeed(&["-V"]).out, format!("longlag {version}\n"));
    let told = folder.succeed(&["--version"]).out;
    let expected = format!(
        "longlag {version}\nsuite format {SUITE_VERSION}\ntable schema {SCHEMA_VERSION}\nnumerics {NUMERICS}\n"
    );
    assert!(told.starts_with(&expected), "{told}");
}
