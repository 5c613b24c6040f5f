//! Laws of what is said of arms: every name, column, condition and picture of a random suite follows from the values that ran.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::arms;
use crate::{
    component::task::{Goal, TaskSpec},
    plan::{Plan, PlanOptions, Trial},
    results::{
        figure::{Drawing, FigureSpec, Picture},
        table::{Arm, Probed, Results, Table, csv, plan_columns, select},
    },
    store::{Store, samples::record},
    suite::{Path, Setting, Suite},
    text::spelled,
    train::Measure,
};

/// Paths with values, many of which are spelled in several ways.
fn pool() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("task.length", vec![json!(10), json!(1e1), json!(20), json!(20.0), json!({"from": 5, "to": 9})]),
        ("model.hidden", vec![json!(4), json!(4.0), json!(6)]),
        (
            "model.cell",
            vec![
                json!("elman"),
                json!({"kind": "elman"}),
                json!({"kind": "elman", "activation": "tanh"}),
                json!({"kind": "elman", "activation": {"kind": "relu"}}),
                json!("gru"),
                json!({"kind": "gru", "reset": "before-matrix"}),
            ],
        ),
        ("model.cell.activation", vec![json!("tanh"), json!({"kind": "tanh"}), json!("relu"), json!("sin")]),
        (
            "optimizer.learning-rate",
            vec![json!(1), json!(1.0), json!(1e-2), json!(0.01), json!(0.123_456_7), json!(0.123_456_8)],
        ),
        ("optimizer.amsgrad", vec![json!(true), json!(false)]),
        (
            "init.recurrent",
            vec![json!("orthogonal"), json!({"kind": "orthogonal", "gain": 2.0}), json!("glorot-uniform")],
        ),
        ("init.input", vec![json!("orthogonal"), json!("glorot-uniform")]),
        ("clip", vec![json!([]), json!(["none"]), json!(["global-norm"]), json!([{"kind": "global-norm", "max": 2}])]),
        ("train.evaluate-every", vec![json!(null), json!(1), json!(1.0), json!(2)]),
    ]
}

const LABELS: [&str; 3] = ["first {model.cell}", "second {task.length}, {optimizer.amsgrad}", "third"];

/// A random entry of a sweep: points in ranges of numbers and choices of components.
fn random() -> impl Strategy<Value = Value> {
    let ranges = [
        ("optimizer.learning-rate", json!({"log-uniform": [1e-3, 1e-1]})),
        ("model.hidden", json!({"integer": [3, 6]})),
        ("init.recurrent", json!({"choice": ["orthogonal", {"kind": "orthogonal", "gain": 2.0}, "glorot-uniform"]})),
        ("task.length", json!({"choice": [1e1, 20]})),
    ];
    let paths = prop::sample::subsequence((0..ranges.len()).collect::<Vec<_>>(), 1..4).prop_shuffle();
    (paths, 1_u32..5).prop_map(move |(paths, points)| {
        let over: Map<String, Value> =
            paths.iter().map(|&place| (ranges[place].0.to_owned(), ranges[place].1.clone())).collect();
        json!({"kind": "random", "points": points, "over": over})
    })
}

/// Settings to tune, with their candidates.
fn tune() -> impl Strategy<Value = Option<Value>> {
    let over = prop::sample::select(vec![
        json!({"optimizer.epsilon": [1e-8, 1e-7]}),
        json!({"init.readout": ["zeros", "glorot-uniform"]}),
        json!({"train.batch": [2, 3.0]}),
    ]);
    let tune = over.prop_map(|over| json!({"over": over, "replicates": 2, "select": "validation/loss"}));
    prop::option::weighted(0.25, tune)
}

/// An entry of a sweep of any kind.
fn entry() -> impl Strategy<Value = Value> {
    prop_oneof![4 => lists(), 1 => random()]
}

/// An entry of a sweep: paths of the pool with some of their values, in every combination or together, a label, and the batch that
/// it holds constant.
fn lists() -> impl Strategy<Value = Value> {
    let pool = pool();
    let paths = prop::sample::subsequence((0..pool.len()).collect::<Vec<_>>(), 1..4).prop_shuffle();
    let values = prop::collection::vec(prop::collection::vec(0_usize..6, 1..4), 3);
    let label = prop::option::weighted(0.3, prop::sample::select(LABELS.to_vec()));
    let batch = prop::option::weighted(0.2, 3_u32..5);
    let zip = prop::bool::weighted(0.2);
    (paths, values, label, batch, zip).prop_map(move |(paths, values, label, batch, zip)| {
        let shortest = values.iter().map(Vec::len).min().unwrap_or(0);
        let list = |(place, taken): (&usize, &Vec<usize>)| {
            let (path, values) = &pool[*place];
            let taken = if zip { &taken[..shortest] } else { taken };
            let list: Vec<Value> = taken.iter().map(|value| values[value % values.len()].clone()).collect();
            ((*path).to_owned(), list.into())
        };
        let over: Map<String, Value> = paths.iter().zip(&values).map(list).collect();
        let mut entry = json!({"kind": if zip { "zip" } else { "grid" }, "over": over});
        if let Some(label) = label {
            entry["label"] = json!(label);
        }
        if let Some(batch) = batch {
            entry["with"] = json!({"train.batch": batch});
        }
        entry
    })
}

fn suite(sweep: &[Value], tune: Option<&Value>) -> Value {
    json!({"tune": tune, "version": 1, "name": "x", "replicates": 1, "task": {"kind": "adding", "length": 20},
        "model": {"cell": "elman", "hidden": 4}, "optimizer": {"kind": "adam", "learning-rate": 0.5}, "sweep": sweep,
        "train": {"batch": 2, "updates": 3, "target": {"metric": "validation/loss", "below": 0.5}}})
}

fn planned(suite: &Value, set: Vec<Setting>, only: Vec<Setting>) -> Result<Plan, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.yaml");
    std::fs::write(&file, suite.to_string()).expect("written");
    let suite = Suite::load(&file, set, false).map_err(|problems| problems.to_string())?;
    Plan::new(&suite, &PlanOptions { only, ..PlanOptions::default() }).map_err(|problems| problems.to_string())
}

fn id(plan: &Plan, arm: usize) -> String {
    plan.trial_id(Trial { arm, replicate: 0 })
}

fn setting(flag: &str, path: &str, value: &Value) -> Setting {
    Setting::parse(flag, &format!("{path}={}", spelled(value))).expect("a setting")
}

/// Equal values have equal text and others have other text, at every path and in every name.
fn one_text_per_value(arms: &[Arm]) {
    for (place, one) in arms.iter().enumerate() {
        for other in &arms[..place] {
            assert_ne!(one.label, other.label);
            for setting in &one.swept {
                let Some(of_other) = other.swept.iter().find(|of_other| of_other.path == setting.path) else {
                    continue;
                };
                let equal = setting.value == of_other.value;
                assert_eq!(equal, setting.cell().shown() == of_other.cell().shown(), "{setting:?} {of_other:?}");
                assert_eq!(equal, spelled(&setting.value) == spelled(&of_other.value));
                let deeper =
                    |other: &&crate::results::table::Setting| other.path.starts_with(&format!("{}.", setting.path));
                if equal || !one.swept.iter().any(|other| deeper(&other)) {
                    assert_eq!(equal, setting.text == of_other.text, "{setting:?} {of_other:?}");
                }
            }
        }
    }
}

/// The printed swept settings of an arm, set in the suite without its sweep, make the arm's trial.
fn text_reads_back(plan: &Plan, arms: &[Arm]) {
    for (arm, told) in arms.iter().enumerate() {
        let mut swept: Vec<_> = told.swept.iter().collect();
        swept.sort_by_key(|setting| setting.path.matches('.').count());
        let batch = plan.setting(arm, &"train.batch".parse::<Path>().expect("a path")).expect("a batch");
        let mut set: Vec<Setting> = swept.iter().map(|told| setting("--set", &told.path, &told.value)).collect();
        set.push(setting("--set", "train.batch", &batch));
        let single = planned(&suite(&[], None), set, vec![]).expect("a suite of one arm");
        assert_eq!(id(&single, 0), id(plan, arm), "{told:?}");
    }
}

/// A store of the arms, one made-up trial each, and the table of trials.
fn stored(plan: &Plan, arms: &[Arm]) -> (Results, polars::prelude::DataFrame) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a store");
    let order: Vec<(usize, String)> = (0..plan.arms()).map(|arm| (arm, id(plan, arm))).collect();
    for (arm, id) in &order {
        let mut record = record(3 * *arm as u64);
        record.trial.trial_id.clone_from(id);
        // Figures compare the same replicates.
        record.trial.replicate = 0;
        record.metrics.iter_mut().for_each(|row| row.trial_id.clone_from(id));
        for row in &mut record.probes {
            row.trial_id.clone_from(id);
            row.state = Some("full".to_owned());
        }
        record.chain.iter_mut().for_each(|row| row.trial_id.clone_from(id));
        store.append(&record).expect("stored");
    }
    let columns = plan_columns(arms, &order);
    store.compact(&columns).expect("tables");
    // The suite has no probes, the made-up trials have.
    let probes = vec![Probed { kind: "gradient-by-lag".to_owned(), states: vec![vec!["h".to_owned()]] }];
    let probed = arms.iter().map(|arm| Arm { probes: probes.clone(), ..arm.clone() }).collect();
    let results = Results::gather(&store, "x", "", probed, &order, true).expect("results");
    (results, store.trials_frame(&columns).expect("a table"))
}

/// A condition with what a cell shows, or what its CSV has, picks the rows that show it, and no others.
fn conditions_accept_what_is_shown(frame: &polars::prelude::DataFrame, arms: &[Arm]) {
    let table = Table::from_frame(frame).expect("a table").with_settings(|_| true);
    let text = csv(&table).expect("CSV");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let exact: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let paths: std::collections::BTreeSet<&str> =
        arms.iter().flat_map(|arm| &arm.swept).map(|setting| setting.path.as_str()).collect();
    for path in paths.into_iter().chain(["arm"]) {
        let column = table.columns.iter().position(|column| column.name == path).expect("a column");
        for (row, cells) in table.rows.iter().enumerate() {
            let alike = table.rows.iter().filter(|other| other[column] == cells[column]).count();
            for shown in [cells[column].shown(), exact[row][column].to_owned()] {
                let condition = format!("{path}={shown}").parse().expect("a condition");
                let picked = select(frame, None, &[condition]).expect("rows").height();
                assert_eq!(picked, alike, "{path}={shown}");
            }
        }
    }
}

/// Texts of which no two are the same.
fn distinct<'a>(texts: impl IntoIterator<Item = &'a String>) {
    let texts: Vec<&String> = texts.into_iter().collect();
    let set: std::collections::BTreeSet<_> = texts.iter().collect();
    assert_eq!(texts.len(), set.len(), "{texts:?}");
}

/// In every picture each arm has a place of its own, under the text of its value, and no two values share a text.
fn pictures_have_every_arm_once(results: &Results) {
    let arms = results.arms.len();
    for figure in FigureSpec::all() {
        let pictures = match figure.draw(results) {
            Ok(pictures) => pictures,
            // What is not drawn of a plan whose trials are all stored was known beforehand.
            Err(nothing) => {
                let always = ["success", "survival", "learning-curves", "gradient-by-lag"];
                assert!(figure.fits(results).is_err(), "no figure `{}`: {nothing}", figure.kind());
                assert!(!always.contains(&figure.kind()), "no figure `{}`: {nothing}", figure.kind());
                continue;
            }
        };
        for picture in pictures {
            match &picture.drawing {
                Drawing::Heatmap(heatmap) => {
                    distinct(&heatmap.columns);
                    // Rows without cells are the headings of blocks.
                    let blocks = || heatmap.rows.split(|row| row.cells.is_empty());
                    blocks().for_each(|rows| distinct(rows.iter().map(|row| &row.label)));
                    distinct(heatmap.rows.iter().filter(|row| row.cells.is_empty()).map(|row| &row.label));
                    let cells = heatmap.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.is_some()).count();
                    // Of two settings, arms that lack one have no cell.
                    assert!(cells == arms || figure.kind() == "heat-map" && cells < arms, "{heatmap:?}");
                }
                Drawing::DotPlot(plot) => {
                    distinct(&plot.columns);
                    distinct(plot.rows.iter().map(|row| &row.label));
                    let cells = plot.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.is_some()).count();
                    assert!(plot.columns.is_empty() || cells == arms, "{plot:?}");
                }
                Drawing::Forest(forest) => {
                    assert_eq!(figure.kind(), "marginal-effects");
                    distinct(forest.groups.iter().map(|group| &group.unit));
                    forest.groups.iter().for_each(|group| distinct(group.rows.iter().map(|row| &row.label)));
                }
                Drawing::RankDiagram(diagram) => distinct(diagram.methods.iter().map(|method| &method.label)),
                Drawing::Chart(chart) => {
                    distinct(chart.x.ticks.iter().flatten().map(|tick| &tick.label));
                    distinct(chart.panels.iter().map(|panel| &panel.title));
                    chart.panels.iter().for_each(|panel| distinct(panel.series.iter().map(|series| &series.label)));
                    // One line for each arm, or one point; of a panel for each arm only those of the largest value.
                    let series = || chart.panels.iter().flat_map(|panel| &panel.series);
                    match figure.kind() {
                        "learning-curves" => assert_eq!(series().count(), arms, "{chart:?}"),
                        "survival" => assert_eq!(series().count(), arms, "{chart:?}"),
                        "performance-profile" => assert!(series().count() <= arms, "{chart:?}"),
                        "updates-to-target" | "success-rate" => {
                            assert_eq!(series().flat_map(|series| &series.points).count(), arms, "{chart:?}");
                        }
                        _ => assert!(chart.panels.len() <= arms, "{chart:?}"),
                    }
                }
            }
        }
    }
}

/// A label is a name only: whether it mentions the axis or the tasks changes no figure but for the name.
#[test]
fn figures_are_arranged_by_settings_whatever_labels_mention() {
    let of_label = |label: &str| {
        let over = json!({"model.cell": ["elman", "gru", "lstm"], "task.length": [10, 20, 40]});
        let entry = json!({"kind": "grid", "label": label, "over": over});
        let plan = planned(&suite(&[entry], None), vec![], vec![]).expect("a plan");
        stored(&plan, &arms(&plan)).0
    };
    let (plain, named) = (of_label("{model.cell}"), of_label("{model.cell} {task.length}"));
    // The words of a picture; those of intervals aside, which are drawn by a method's name.
    let words = |picture: &Picture| -> Vec<String> {
        let svg = picture.drawing.svg().expect("a picture");
        let texts = svg
            .lines()
            .filter(|line| line.starts_with("<text"))
            .filter_map(|line| Some(line.split_once('>')?.1.split_once('<')?.0.replace(" …", "")));
        texts.filter(|text| !text.contains('[')).collect()
    };
    let mut drawn = vec![];
    for figure in FigureSpec::all() {
        assert_eq!(figure.fits(&plain), figure.fits(&named), "{}", figure.kind());
        let Ok(pictures) = figure.draw(&plain) else { continue };
        let others = figure.draw(&named).expect("it is drawn too");
        assert_eq!(
            pictures.iter().map(words).collect::<Vec<_>>(),
            others.iter().map(words).collect::<Vec<_>>(),
            "{}",
            figure.kind()
        );
        drawn.push(figure.kind());
    }
    for kind in ["learning-curves", "success", "performance-profile", "critical-difference", "ranking"] {
        assert!(drawn.contains(&kind), "{kind} is not among {drawn:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_said_of_an_arm_is_what_ran(sweep in prop::collection::vec(entry(), 1..4), tune in tune()) {
        let suite = |sweep: &[Value]| suite(sweep, tune.as_ref());
        // Not every combination is a suite: a gru has no activation.
        let plan = planned(&suite(&sweep), vec![], vec![]);
        prop_assume!(plan.is_ok());
        let plan = plan.expect("a plan");
        let told = arms(&plan);
        one_text_per_value(&told);
        text_reads_back(&plan, &told);
        let (results, frame) = stored(&plan, &told);
        conditions_accept_what_is_shown(&frame, &told);
        pictures_have_every_arm_once(&results);

        // `--only` with what is shown keeps the arm, under its name.
        // Which candidates are tried is no matter of `--only`.
        let is_tuned = |path: &str| tune.as_ref().is_some_and(|tune| tune["over"].get(path).is_some());
        let swept = told[0].swept.iter().filter(|told| !is_tuned(&told.path));
        let only = swept.map(|told| setting("--only", &told.path, &told.value)).collect();
        let kept = planned(&suite(&sweep), vec![], only).expect("arms");
        let same = (0..kept.arms()).find(|&arm| id(&kept, arm) == id(&plan, 0)).expect("the arm");
        prop_assert_eq!(&kept.arm(same).label, &told[0].label);

        // The order of keys says nothing.
        let turned = |entry: &Value| {
            let mut turned = entry.clone();
            let over = entry["over"].as_object().expect("a map").clone();
            turned["over"] = over.into_iter().rev().collect::<Map<_, _>>().into();
            turned
        };
        let turned = planned(&suite(&sweep.iter().map(turned).collect::<Vec<_>>()), vec![], vec![]).expect("a plan");
        let by_id = |plan: &Plan| {
            let label = |(arm, told): (usize, Arm)| (id(plan, arm), told.label);
            arms(plan).into_iter().enumerate().map(label).collect::<std::collections::BTreeMap<_, _>>()
        };
        prop_assert_eq!(by_id(&plan), by_id(&turned));
    }
}

#[test]
fn an_arm_that_takes_the_suites_value_has_it() {
    let sweep = [
        json!({"kind": "grid", "over": {"model.cell": ["lstm"], "task.length": [1e1, 20]}}),
        json!({"kind": "grid", "over": {"model.cell": ["gru"]}}),
    ];
    let told = arms(&planned(&suite(&sweep, None), vec![], vec![]).expect("a plan"));
    let labels: Vec<&str> = told.iter().map(|arm| arm.label.as_str()).collect();
    assert_eq!(labels, ["lstm · length 10", "lstm · length 20", "gru · length 20"]);
}

#[test]
fn a_label_is_filled_with_settings_that_are_not_swept_too() {
    let entry = json!({"kind": "grid", "label": "{model.cell} lr {optimizer.learning-rate} h {model.hidden}",
        "over": {"model.hidden": [4, 8]}});
    let told = arms(&planned(&suite(&[entry], None), vec![], vec![]).expect("a plan"));
    let labels: Vec<&str> = told.iter().map(|arm| arm.label.as_str()).collect();
    assert_eq!(labels, ["elman lr 0.5 h 4", "elman lr 0.5 h 8"]);
}

#[test]
fn settings_of_one_entry_tell_its_arms_from_those_of_others() {
    let entry = |with: Value| json!({"kind": "grid", "with": with, "over": {"model.hidden": [4, 8]}});
    let plan = planned(&suite(&[entry(json!({"clip": ["global-norm"]})), entry(json!({}))], None), vec![], vec![])
        .expect("a plan");
    let told = arms(&plan);
    let labels: Vec<&str> = told.iter().map(|arm| arm.label.as_str()).collect();
    assert_eq!(labels, ["global-norm · hidden 4", "global-norm · hidden 8", "none · hidden 4", "none · hidden 8"]);
    let alone =
        arms(&planned(&suite(&[entry(json!({"clip": ["global-norm"]}))], None), vec![], vec![]).expect("a plan"));
    assert_eq!(alone[0].label, "hidden 4");
    assert_eq!(
        planned(&suite(&[entry(json!({"clip": ["global-norm"]}))], None), vec![], vec![])
            .unwrap()
            .sections(0)
            .clip
            .len(),
        1
    );
}

/// Accuracy says something where classes are told apart or bits are right; of numbers only where the suite aims at it.
#[test]
fn accuracy_is_told_where_it_says_something() {
    for task in TaskSpec::all() {
        let numbers = matches!(task.dimensions().goal, Goal::Numbers(_));
        for (metric, bound) in [("loss", "below"), ("accuracy", "above")] {
            let target = json!({"metric": format!("validation/{metric}"), bound: 0.9});
            let told = |target: &Value| {
                let suite = json!({"version": 1, "name": "x", "replicates": 1, "task": task,
                    "train": {"batch": 2, "updates": 1, "target": target}});
                planned(&suite, vec![], vec![]).map(|plan| arms(&plan).remove(0))
            };
            let Ok(arm) = told(&target) else { continue };
            let measures: Vec<Measure> = arm.chance.iter().map(|(measure, _)| *measure).collect();
            assert!(measures.contains(&Measure::Loss), "{}: {measures:?}", task.kind());
            let expected = !numbers || metric == "accuracy";
            assert_eq!(measures.contains(&Measure::Accuracy), expected, "{} by {metric}: {measures:?}", task.kind());
            let without = told(&Value::Null).expect("a suite without a target");
            assert_eq!(
                without.chance.iter().any(|(measure, _)| *measure == Measure::Accuracy),
                !numbers,
                "{}",
                task.kind()
            );
        }
    }
}
