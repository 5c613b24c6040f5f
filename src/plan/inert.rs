//! Components that change nothing where they stand.

use std::collections::{BTreeMap, HashMap};

use super::{
    naming::Naming,
    planned::Planned,
    version::{Key, Versions},
};
use crate::{
    component::bptt::{self, BpttSpec},
    graph::{Builder, canonical},
    suite::{Section, Sections},
    text::pluralize,
    train::TrainSpec,
};

/// For each component that changes nothing in some arms a sentence that says so.
pub(super) fn warnings(naming: &Naming, versions: &Versions, arms: &[Planned]) -> Vec<String> {
    let mut known: HashMap<[u32; 4], Vec<&'static str>> = HashMap::new();
    let mut found: BTreeMap<&'static str, (usize, String)> = BTreeMap::new();
    for arm in arms {
        let key = &arm.key;
        let inert = known
            .entry(key.of([Section::Task, Section::Model, Section::Bptt, Section::Train]))
            .or_insert_with(|| inert(versions, key));
        for kind in inert {
            found.entry(kind).or_insert_with(|| (0, naming.label(arm, true))).0 += 1;
        }
    }
    let sentence = |(kind, (count, label)): (&str, (usize, String))| {
        let such_as = if label.is_empty() { String::new() } else { format!(", such as `{label}`") };
        let of = pluralize(arms.len() as u64, "arm");
        let why = match HELD_OUT.contains(&kind) {
            true => "of the file of their data set all sequences are taken",
            false => "with it they are what they are without it",
        };
        format!("`{kind}` changes nothing in {count} of {of}{such_as}: {why}")
    };
    found.into_iter().map(sentence).collect()
}

/// The sizes of the evaluation sets, which a data set of a file decides itself.
const HELD_OUT: [&str; 2] = ["train.validation-sequences", "train.test-sequences"];

/// The modifiers, rules of backpropagation and sizes of evaluation sets that change nothing in the arms with this key.
fn inert(versions: &Versions, key: &Key) -> Vec<&'static str> {
    let Sections { task, model, bptt, train, .. } = versions.sections(key);
    let dimensions = task.dimensions();
    let mut changes = vec![false; model.modifiers.len()];
    let mut inputs = dimensions.inputs;
    for layer in 0..model.layers {
        if model.modifiers.is_empty() {
            break;
        }
        let mut step = model.cell.graph(inputs, model.hidden);
        for (modifier, changes) in model.modifiers.iter().zip(&mut changes) {
            let modified = modifier.modify(&step, layer);
            *changes |= modified.canonical() != step.canonical();
            step = modified;
        }
        inputs = step.nodes[step.output.0].width;
    }
    let modifiers = model.modifiers.iter().zip(changes).filter(|(_, changes)| !changes);
    let rules = bptt.iter().filter(|rule| is_inert(rule, dimensions.steps));
    let usual = TrainSpec::default();
    let sizes =
        [train.validation_sequences != usual.validation_sequences, train.test_sequences != usual.test_sequences];
    let sizes = HELD_OUT.into_iter().zip(sizes).filter(|(_, given)| *given && task.contents().is_some());
    let kinds = modifiers.map(|(modifier, _)| modifier.kind()).chain(rules.map(|rule| rule.kind()));
    kinds.chain(sizes.map(|(size, _)| size)).collect()
}

/// Whether a rule lets all pass in sequences of so many steps.
fn is_inert(rule: &BpttSpec, steps: usize) -> bool {
    let builder = Builder::new(1, 1);
    let (cotangent, share) = (builder.given(1), builder.given(1));
    let (before, after) = (cotangent.id(), bptt::pass(std::slice::from_ref(rule), cotangent, share).id());
    let nodes = builder.into_nodes();
    canonical(&nodes, &[before]) == canonical(&nodes, &[after]) && !(0..steps).any(|t| rule.cuts(t))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{
        plan::{Plan, PlanOptions},
        suite::Suite,
    };

    fn warnings(settings: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suite.yaml");
        fs::write(&file, format!("version: 1\nname: small\ntask: {{kind: adding, length: 20}}\n{settings}\n")).unwrap();
        Plan::new(&Suite::load(&file, vec![], false).unwrap(), &PlanOptions::default()).unwrap().warnings
    }

    #[test]
    fn what_changes_nothing_is_told() {
        for (settings, kind) in [
            ("model: {modifiers: [{kind: zoneout, rate: 0}]}", "zoneout"),
            ("model: {modifiers: [{kind: recurrent-dropout, rate: 0}]}", "recurrent-dropout"),
            ("model: {modifiers: [depth-residual]}", "depth-residual"),
            ("model: {modifiers: [{kind: dilation, steps: 1}]}", "dilation"),
            ("model: {modifiers: [{kind: initial-state, start: zeros}]}", "initial-state"),
            ("bptt: [{kind: truncate, every: 20}]", "truncate"),
        ] {
            let found = warnings(settings);
            assert!(found.len() == 1 && found[0].starts_with(&format!("`{kind}` changes nothing")), "{found:?}");
        }
        for settings in [
            "model: {modifiers: [{kind: zoneout, rate: 0.1}, {kind: dilation, steps: 2}]}",
            "model: {modifiers: [depth-residual], layers: 2, hidden: 4}",
            "bptt: [{kind: truncate, every: 19}, clip-state-gradient]",
        ] {
            assert_eq!(warnings(settings), Vec::<String>::new());
        }
        let swept = warnings(
            "sweep: [{kind: grid, over: {bptt: [[], [{kind: truncate, every: 5}], [{kind: truncate, every: 50}]]}}]",
        );
        assert!(swept.len() == 1 && swept[0].contains("1 of 3 arms") && swept[0].contains("50"), "{swept:?}");
    }
}
