//! Lists, pages, schema.

use serde_json::Value;

use crate::program::{Folder, suite};

/// The kinds and their names, as the program lists them.
fn listed(folder: &Folder) -> Vec<(String, Vec<String>)> {
    let json: Value = serde_json::from_str(&folder.succeed(&["list", "--json"]).out).expect("JSON");
    let names = |entries: &Value| {
        let entries = entries.as_array().expect("a list").iter();
        entries.map(|entry| entry["name"].as_str().expect("a name").to_owned()).collect()
    };
    json.as_object().expect("an object").iter().map(|(kind, entries)| (kind.clone(), names(entries))).collect()
}

/// The first block of YAML on a page.
fn example(page: &str) -> Option<&str> {
    page.split("```yaml").nth(1).and_then(|rest| rest.split("```").next())
}

/// Whether a value anywhere in it is `name`: a component by its name alone, or as a kind.
fn names(value: &serde_yaml::Value, name: &str) -> bool {
    match value {
        serde_yaml::Value::String(text) => text == name,
        serde_yaml::Value::Sequence(values) => values.iter().any(|value| names(value, name)),
        serde_yaml::Value::Mapping(entries) => entries.values().any(|value| names(value, name)),
        _ => false,
    }
}

/// A suite that says what the example says, and otherwise as little as it can.
fn suite_of(example: &serde_yaml::Mapping) -> serde_yaml::Mapping {
    let base = "{version: 1, name: example, about: One, task: {kind: adding, length: 20}, model: {hidden: 8}}";
    let mut suite: serde_yaml::Mapping = serde_yaml::from_str(base).expect("YAML");
    for (key, value) in example {
        let small = suite.get("model").cloned();
        suite.insert(key.clone(), value.clone());
        // Small layers, unless the example says how large they are.
        if let (Some("model"), Some(serde_yaml::Value::Mapping(model))) = (key.as_str(), suite.get_mut(key)) {
            let hidden = small.and_then(|small| small.get("hidden").cloned()).expect("a size");
            model.entry("hidden".into()).or_insert(hidden);
        }
    }
    suite
}

/// Every page has a summary and an example that is a part of a valid suite and names the component.
/// What stands in a suite and is no component has its pages as well.
#[test]
fn parts_of_a_suite_are_described() {
    let folder = Folder::new();
    let described = |name: &str| folder.succeed(&["describe", "suite", name]).out;
    let derived = described("derived-number");
    for told in ["factor: 20, plus: 500", "- `per`: The path", "- `factor` (default 1", "- `plus` (default 0"] {
        assert!(derived.contains(told), "{told}: {derived}");
    }
    for kind in ["grid", "zip", "random"] {
        assert!(described(kind).contains("- `with`"), "{kind}");
    }
    let listed = folder.succeed(&["list", "suite"]).out;
    let derived = listed.lines().find(|line| line.trim_start().starts_with("derived-number ")).unwrap_or_default();
    assert!(derived.contains("A number that depends on another setting"), "{listed}");
    // All at once, claims among them, and the tables of a run with their columns.
    let all = folder.succeed(&["describe", "suite"]).out;
    for told in [
        "# file (suite)",
        "- `replicates` (default 5",
        "# claim (suite)",
        "- `margin` (default 0",
        "- `evaluate-every`",
    ] {
        assert!(all.contains(told), "{told}: {all}");
    }
    let trials = folder.succeed(&["describe", "table", "trials"]).out;
    assert!(trials.contains("# Columns") && trials.contains("- `test_loss`: The test loss at the end"), "{trials}");
    assert!(folder.refuse(&["describe", "table", "trails"]).contains("did you mean `trials`?"));
    assert!(folder.refuse(&["describe", "suite", "derived"]).contains("did you mean `derived-number`?"));
}

#[test]
fn every_component_is_listed_and_has_a_page() {
    let folder = Folder::new();
    let kinds = listed(&folder);
    let table = folder.succeed(&["list"]).out;
    let mut suites = vec![];
    let mut wrong = vec![];
    for (kind, components) in kinds {
        assert!(!components.is_empty(), "there are no {kind}");
        assert!(table.contains(&format!("{kind} ({})", components.len())), "list counts the {kind}");
        for name in components {
            assert!(table.contains(&name));
            let page = folder.succeed(&["describe", &kind, &name]).out;
            let Some(example) = example(&page) else {
                wrong.push(format!("the page of {kind} {name} has no YAML"));
                continue;
            };
            let Ok(serde_yaml::Value::Mapping(parsed)) = serde_yaml::from_str(example) else {
                wrong.push(format!("the example of {kind} {name} is no mapping: {example}"));
                continue;
            };
            if !names(&serde_yaml::Value::Mapping(parsed.clone()), &name) {
                wrong.push(format!("the example of {kind} {name} does not name it: {example}"));
            }
            let file = format!("{kind}-{name}.yaml");
            folder.write(&file, &serde_yaml::to_string(&suite_of(&parsed)).expect("YAML"));
            suites.push(file);
        }
    }
    // The file that the example of `dataset` names.
    let data = format!("{}/tests/golden/data/plain.npz", env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(data, folder.path("digits.npz")).expect("the file is copied");
    let mut arguments = vec!["check"];
    arguments.extend(suites.iter().map(String::as_str));
    let checked = folder.run(&arguments);
    let mistakes = checked.err.lines().filter(|line| line.starts_with("error:")).map(str::to_owned);
    wrong.extend(mistakes);
    assert!(wrong.is_empty() && checked.code == Some(0), "{:?} {wrong:#?}", checked.code);
}

/// One page holds all of them, in two forms.
/// What `describe` shows of a cell or an activation in equations is a part of a valid suite.
#[test]
fn equations_are_ready_to_copy() {
    let folder = Folder::new();
    let mut suites = vec![];
    for (kind, components) in listed(&folder) {
        for name in components.iter().filter(|name| !["equations", "formula"].contains(&name.as_str())) {
            let page = folder.succeed(&["describe", &kind, name]).out;
            let Some((_, equations)) = page.split_once("\n# Equations\n") else {
                assert!(!["cells", "activations"].contains(&kind.as_str()), "{name} has no equations");
                continue;
            };
            let text = example(equations).expect("YAML");
            assert!(text.contains("kind: equations") || text.contains("kind: formula"), "{text}");
            let suite = suite_of(&serde_yaml::from_str(text).expect("a map"));
            let file = format!("{kind}-{name}.yaml");
            folder.write(&file, &serde_yaml::to_string(&suite).expect("YAML"));
            suites.push(file);
        }
    }
    assert!(suites.len() > 50, "{suites:?}");
    let files: Vec<&str> = ["check"].into_iter().chain(suites.iter().map(String::as_str)).collect();
    folder.succeed(&files);
}

#[test]
fn the_reference_holds_every_component() {
    let folder = Folder::new();
    let markdown = folder.succeed(&["reference"]).out;
    assert_eq!(folder.succeed(&["reference", "--out", "all.html"]).out, "all.html\n");
    assert_eq!(folder.succeed(&["reference", "--format", "markdown", "--out", "all.txt"]).out, "all.txt\n");
    assert_eq!(folder.read("all.txt"), markdown.as_bytes());
    let html = String::from_utf8(folder.read("all.html")).expect("UTF-8");
    assert!(html.starts_with("<!DOCTYPE html>"));
    for (kind, components) in listed(&folder) {
        assert!(markdown.contains(&format!("](#{kind}) ({})", components.len())), "{kind}");
        for name in components {
            let anchor = format!("-{name}\"");
            assert!(markdown.contains(&anchor) && html.contains(&anchor), "{anchor}");
        }
    }
}

#[test]
fn every_suite_of_the_repository_is_valid_and_the_schema_is_json() {
    let folder = Folder::new();
    for name in ["vanishing", "exploding", "textbook", "smoke", "zoo"] {
        folder.succeed(&["check", &suite(name)]);
        folder.succeed(&["plan", &suite(name)]);
    }
    let schema: Value = serde_json::from_str(&folder.succeed(&["schema"]).out).expect("JSON");
    assert!(schema["properties"]["task"].is_object());
    assert!(folder.succeed(&["completions", "bash"]).out.contains("longlag"));
    assert!(folder.succeed(&["--version"]).out.starts_with("longlag "));
}

/// The help of `list` names every kind, that of the program every exit code.
#[test]
fn help_names_every_kind_and_exit_code() {
    let folder = Folder::new();
    let unfolded = |arguments: &[&str]| folder.succeed(arguments).out.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = unfolded(&["list", "--help"]);
    for (kind, _) in listed(&folder) {
        assert!(help.contains(&kind), "{kind}: {help}");
    }
    let help = unfolded(&["--help"]);
    for exit in longlag::cli::Exit::ALL {
        assert!(help.contains(&format!("{} {}", *exit as u8, exit.meaning())), "{exit:?}: {help}");
    }
}

#[test]
fn misspelt_kinds_and_names_are_met_with_the_right_ones() {
    let folder = Folder::new();
    assert!(folder.refuse(&["list", "cels"]).contains("did you mean `cell`"));
    assert!(folder.refuse(&["describe", "cell", "lstmm"]).contains("did you mean `lstm`"));
    let page = |kind: &str, name: &str| folder.succeed(&["describe", kind, name]).out;
    assert_eq!(page("bptt", "truncate"), page("bptt-rule", "truncate"), "the suite's key is a name too");
    assert!(page("modifier", "zoneout").contains("`rate` (default 0.1, at least 0, below 1)"));
    assert!(folder.refuse(&["show", "nowhere"]).contains("`nowhere` holds no results"));
}
