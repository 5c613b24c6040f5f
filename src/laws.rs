//! The material that a registered component needs beside its code.
//!
//! A part of the library, so that `cargo test` runs it before all other tests: whoever adds a component reads in one message
//! which files it still asks for. What follows from the registry (names, pages, schema, smoke suite, laws) is not asked for.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value;

use crate::{
    component::{
        activation::ActivationSpec, algorithm::AlgorithmSpec, bptt::BpttSpec, cell::CellSpec, clip::ClipSpec,
        constraint::ConstraintSpec, curriculum::CurriculumSpec, init::InitializerSpec, modifier::ModifierSpec,
        optim::OptimizerSpec, parametrization::ParametrizationSpec, regularizer::RegularizerSpec,
        schedule::ScheduleSpec, task::TaskSpec,
    },
    plan::{Plan, PlanOptions},
    results::{
        figure::FigureSpec,
        reference::{KINDS, Kind},
    },
    store::{SCHEMA_VERSION, tables},
    suite::{Sections, Suite},
};

/// The folder below `src/` in which components of a kind have their files.
fn folder(kind: &Kind) -> String {
    match kind.singular {
        "figure" => "results/figure".to_owned(),
        "initializer" => "component/init".to_owned(),
        "optimizer" => "component/optim".to_owned(),
        "bptt-rule" => "component/bptt".to_owned(),
        named_alike => format!("component/{named_alike}"),
    }
}

/// A file or an entry that a component asks for and that is not there, with the way to make it.
fn need(file: &str, what: String) -> String {
    format!("{file}\n    {what}")
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Headings that a page lacks.
fn pages() -> Vec<String> {
    let mut needs = vec![];
    for kind in &KINDS {
        let (folder, name) = (folder(kind), kind.singular);
        let mut headings = vec!["# Definition", "# Why it is here", "# Example", "# References"];
        headings.extend((name == "task").then_some("# Chance level"));
        headings.extend((name == "figure").then_some("# How to read it"));
        for page in (kind.pages)() {
            let lines: Vec<&str> = page.text().lines().collect();
            let missing = headings.iter().filter(|heading| !lines.contains(heading));
            needs.extend(missing.map(|heading| {
                need(&format!("src/{folder}/"), format!("`{heading}` in the doc comment of the {name} `{}`", page.name))
            }));
        }
    }
    needs
}

/// Numbers of an independent implementation.
fn golden_vectors() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch");
    let files = fs::read_dir(folder).expect("the folder of golden vectors").map(|entry| entry.expect("an entry"));
    let kind = |value: &Value| value["kind"].as_str().map(str::to_owned);
    let cells: BTreeSet<String> = files
        .filter_map(|file| {
            kind(&json(&format!("tests/golden/torch/{}", file.file_name().to_str().expect("a name")))["cell"])
        })
        .collect();
    let cases = |file: &str, of: &dyn Fn(&Value) -> Option<String>| -> BTreeSet<String> {
        let file = json(&format!("tests/golden/torch/{file}.json"));
        file["cases"].as_array().expect("cases").iter().filter_map(of).collect()
    };
    let missing = |kind: &str, names: &[&str], known: &BTreeSet<String>, file: &str, script: &str| -> Vec<String> {
        let missing = names.iter().filter(|name| !known.contains(**name));
        let needs = missing.map(|name| {
            let file = format!("tests/golden/torch/{}.json", file.replace("NAME", name));
            let how = format!(
                "numbers of the {kind} `{name}` made without this program: describe it in scripts/golden/{script}, then run\n    \
                 `.venv/bin/python scripts/golden/make.py`, which scripts/golden/README.md sets up"
            );
            need(&file, how)
        });
        needs.collect()
    };
    let mut activations = cases("activations", &|case| kind(&case["activation"]));
    // Its bias is trained, so that it has an entry of its own.
    activations.insert("mod-relu".to_owned());
    // What suites write is held to the registered components in tests/laws/equations.
    activations.insert("formula".to_owned());
    let cells = cells.into_iter().chain(["equations".to_owned()]).collect();
    [
        missing("cell", CellSpec::NAMES, &cells, "NAME", "gated.py or structured.py"),
        missing("activation", ActivationSpec::NAMES, &activations, "activations", "activations.py"),
        missing("optimizer", OptimizerSpec::NAMES, &cases("optimizers", &kind), "optimizers", "optimizers.py"),
        missing("schedule", ScheduleSpec::NAMES, &cases("schedules", &kind), "schedules", "schedules.py"),
        missing(
            "parametrization",
            ParametrizationSpec::NAMES,
            &cases("parametrizations", &kind),
            "parametrizations",
            "parametrizations.py",
        ),
    ]
    .concat()
}

/// Entries of tables in the tests, which tell a definition from the other end or try a component in settings that matter.
fn told() -> Vec<String> {
    let tables: [(&str, &[&str], &str, &str, &str); 5] = [
        (
            "TaskSpec",
            TaskSpec::NAMES,
            "tasks/definition/read.rs",
            "the task",
            "from the inputs alone the answers, the earliest input that each depends on, and the draws, by a function in \
             one of the files beside it",
        ),
        ("ActivationSpec", ActivationSpec::NAMES, "graph/activations.rs", "the activation", "its value and derivative"),
        (
            "InitializerSpec",
            InitializerSpec::NAMES,
            "initializers/variants.rs",
            "the initializer",
            "the distribution of its entries",
        ),
        (
            "ModifierSpec",
            ModifierSpec::NAMES,
            "through_time/modifiers/cases.rs",
            "the modifier",
            "settings that matter in short sequences",
        ),
        (
            "BpttSpec",
            BpttSpec::NAMES,
            "through_time/backward.rs",
            "the bptt rule",
            "settings that matter in short sequences",
        ),
    ];
    let variant = |name: &str| -> String {
        let words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        words.collect()
    };
    let missing = tables.iter().flat_map(|(kinds, names, file, what, how)| {
        let file = format!("tests/laws/{file}");
        let told = read(&file);
        let missing = names.iter().filter(move |name| !told.contains(&format!("{kinds}::{}(", variant(name))));
        missing.map(move |name| need(&file, format!("an entry for {what} `{name}`: {how}")))
    });
    missing.collect()
}

/// An arm that trains it under the eyes of `tests/laws/bits/golden.rs`.
fn golden_chains() -> Vec<String> {
    let file = "suites/guard.yaml";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    let plan = Suite::load(&path, vec![], false).and_then(|suite| Plan::new(&suite, &PlanOptions::default()));
    let plan = match plan {
        Ok(plan) => plan,
        Err(problems) => return vec![need(file, format!("arms that are valid: {problems}"))],
    };
    let stored = json("tests/golden/chains.json");
    let arms: Vec<Sections> = (0..plan.arms()).map(|arm| plan.sections(arm)).collect();
    let labels: Vec<String> = plan.named_arms().map(|arm| arm.label).collect();
    let mut needs = vec![];
    for (kind, names, used) in uses() {
        for name in names {
            if !arms.iter().any(|arm| used(arm, name)) {
                needs.push(need(file, format!("an arm with the {kind} `{name}`")));
            }
        }
    }
    let new = labels.iter().any(|label| stored["chains"].get(format!("{label} #0")).is_none());
    if new || !needs.is_empty() {
        let how = "the chains of new arms: `LONGLAG_BLESS=1 cargo test --test laws golden` writes them";
        needs.push(need("tests/golden/chains.json", how.to_owned()));
    }
    needs
}

/// Whether an arm uses the component of that name.
type Used = fn(&Sections, &str) -> bool;

/// How to see whether an arm uses a component, for each kind that decides bits. Without effect are `none`, `stop-nonfinite` alone,
/// `constant` and `free`, which no arm has.
fn uses() -> Vec<(&'static str, &'static [&'static str], Used)> {
    vec![
        ("task", TaskSpec::NAMES, |arm, name| arm.task.kind() == name),
        ("cell", CellSpec::NAMES, |arm, name| arm.model.cell.kind() == name),
        ("modifier", ModifierSpec::NAMES, |arm, name| arm.model.modifiers.iter().any(|one| one.kind() == name)),
        ("activation", ActivationSpec::NAMES, |arm, name| {
            arm.model.cell.activations().iter().any(|one| one.kind() == name)
        }),
        ("initializer", InitializerSpec::NAMES, |arm, name| {
            let roles = [&arm.init.input, &arm.init.recurrent, &arm.init.bias, &arm.init.readout];
            roles.into_iter().chain(arm.init.parameters.values()).any(|one| one.kind() == name)
        }),
        ("parametrization", ParametrizationSpec::NAMES, |arm, name| {
            let mut all = arm.parametrize.recurrent.iter().chain(arm.parametrize.parameters.values());
            name == "free" || all.any(|one| one.kind() == name)
        }),
        ("regularizer", RegularizerSpec::NAMES, |arm, name| arm.regularizers.iter().any(|one| one.kind() == name)),
        ("algorithm", AlgorithmSpec::NAMES, |arm, name| arm.algorithm.kind() == name),
        ("optimizer", OptimizerSpec::NAMES, |arm, name| arm.optimizer.kind() == name),
        ("schedule", ScheduleSpec::NAMES, |arm, name| {
            name == "constant" || arm.schedule.iter().any(|one| one.kind() == name)
        }),
        ("curriculum", CurriculumSpec::NAMES, |arm, name| {
            arm.train.curriculum.as_ref().is_some_and(|one| one.kind() == name)
        }),
        ("clip", ClipSpec::NAMES, |arm, name| {
            ["none", "stop-nonfinite"].contains(&name) || arm.clip.iter().any(|one| one.kind() == name)
        }),
        ("bptt rule", BpttSpec::NAMES, |arm, name| arm.bptt.iter().any(|one| one.kind() == name)),
        ("constraint", ConstraintSpec::NAMES, |arm, name| arm.constraints.iter().any(|one| one.kind() == name)),
    ]
}

/// Files that a command writes, for each component of some kinds: what a cell compiles to, a figure of made-up results.
fn written() -> Vec<String> {
    let listing = "what the cell compiles to: `LONGLAG_BLESS=1 cargo test --test laws golden` writes it";
    let picture = "the picture of the figure: `LONGLAG_BLESS=1 cargo test --lib figure::laws` draws it; look at it";
    let files = CellSpec::NAMES.iter().map(|name| (format!("tests/golden/instructions/{name}.txt"), listing));
    let files = files.chain(FigureSpec::NAMES.iter().map(|name| (format!("tests/golden/figures/{name}.svg"), picture)));
    let missing = files.filter(|(file, _)| !PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file).exists());
    missing.map(|(file, how)| need(&file, how.to_owned())).collect()
}

/// The version of the tables that a new column raises, where it is said, and the list of columns under it.
fn columns() -> Vec<String> {
    let stored = read("tests/golden/tables.txt");
    let raised = stored.lines().next() != Some(format!("schema {SCHEMA_VERSION}").as_str());
    let mut needs = vec![];
    let mut new = 0;
    for (table, column) in tables().iter().flat_map(|table| table.fields.iter().map(|column| (table.name, column))) {
        let name = format!("{table}.{}", column.name);
        if stored.lines().any(|line| line.split(' ').next() == Some(name.as_str())) {
            continue;
        }
        new += 1;
        if !column.nullable {
            let how =
                format!("an `Option` as type of the new column `{name}`: stored tables of older versions lack it");
            needs.push(need("src/store/record.rs", how));
        }
        if !raised {
            needs.push(need("src/store/column.rs", format!("SCHEMA_VERSION raised, for the new column `{name}`")));
        }
    }
    let said = format!(" table schema {SCHEMA_VERSION},");
    let changes = read("CHANGELOG.md");
    if !changes.lines().any(|line| line.starts_with("Versions: ") && line.contains(&said)) || (new > 0 && !raised) {
        let how = "the version of the table schema in the line `Versions:`, and what it means to a user";
        needs.push(need("CHANGELOG.md", how.to_owned()));
    }
    if new > 0 || raised {
        let how = "the columns of this version: `LONGLAG_BLESS=1 cargo test --test laws tables` writes them";
        needs.push(need("tests/golden/tables.txt", how.to_owned()));
    }
    needs
}

#[test]
fn every_registered_component_has_all_that_it_needs() {
    let needs = [pages(), golden_vectors(), told(), golden_chains(), written(), columns()].concat();
    assert!(needs.is_empty(), "a new component or column still needs:\n\n{}\n", needs.join("\n\n"));
}
