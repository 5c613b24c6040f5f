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

#[test]
fn every_component_is_listed_and_has_a_page() {
    let folder = Folder::new();
    let kinds = listed(&folder);
    assert_eq!(kinds.len(), 13);
    let table = folder.succeed(&["list"]).out;
    for (kind, names) in kinds {
        assert!(!names.is_empty(), "there are no {kind}");
        for name in names {
            assert!(table.contains(&name));
            let page = folder.succeed(&["describe", &kind, &name]).out;
            let mut headings = vec!["# Definition", "# Why it is here", "# Example", "# References"];
            headings.extend((kind == "tasks").then_some("# Chance level"));
            for heading in headings {
                assert!(page.contains(heading), "the page of {kind} {name} has no {heading}");
            }
            let example = page.split("```yaml").nth(1).and_then(|rest| rest.split("```").next());
            let example = example.unwrap_or_else(|| panic!("the page of {kind} {name} has no YAML"));
            assert!(serde_yaml::from_str::<serde_yaml::Value>(example).is_ok(), "{kind} {name}: {example}");
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

#[test]
fn misspelt_kinds_and_names_are_met_with_the_right_ones() {
    let folder = Folder::new();
    assert!(folder.refuse(&["list", "cels"]).contains("did you mean `cell`"));
    assert!(folder.refuse(&["describe", "cell", "lstmm"]).contains("did you mean `lstm`"));
    let page = |kind: &str, name: &str| folder.succeed(&["describe", kind, name]).out;
    assert_eq!(page("backward", "truncate"), page("backward-rule", "truncate"), "the suite's key is a name too");
    assert!(page("modifier", "zoneout").contains("`rate` (default 0.1, at least 0.0, below 1.0)"));
    assert!(folder.refuse(&["show", "nowhere"]).contains("`nowhere` holds no results"));
}
