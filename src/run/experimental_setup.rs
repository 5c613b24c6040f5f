//! The experimental setup of a run, from its plan and its manifest.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Stages;
use crate::{
    engine::Gpu,
    plan::{Along, Plan},
    results::{
        report::{ExperimentalSetup, Fact, Part},
        table::Results,
    },
    store::{Machine, Manifest, ManifestSession},
    suite::Section,
    text::{pluralize, spelled},
};

/// The sections that are told of even where they are as by default: a reader asks for them.
const ALWAYS: [Section; 6] =
    [Section::Task, Section::Model, Section::Init, Section::Optimizer, Section::Clip, Section::Train];
/// The most values of a swept setting that are listed.
const VALUES: usize = 24;
/// The most values that are listed within the text of a section.
const IN_TEXT: usize = 6;

/// The setup of the trials that are reported; `suite` is the file as it was written.
pub(super) fn experimental_setup(
    suite: String,
    stages: &Stages,
    results: &Results,
    manifest: &Manifest,
) -> ExperimentalSetup {
    let plan = &stages.reported;
    let sections = Section::ALL.into_iter().filter_map(|section| {
        let trees = plan.section_trees(section);
        let parts = Phrase::of(&trees.iter().collect::<Vec<_>>()).parts();
        let as_by_default = parts.is_empty() || trees.iter().all(|tree| section.non_defaults(tree).is_empty());
        let parts = if parts.is_empty() { vec![Part { text: "none".to_owned(), swept: false }] } else { parts };
        (!as_by_default || ALWAYS.contains(&section)).then(|| Fact { name: capital(section.name()), parts })
    });
    let facts = sections.chain(counts(plan, stages, results)).chain(circumstances(manifest));
    ExperimentalSetup { facts: facts.collect(), swept: swept(plan, results), components: components(plan), suite }
}

/// The components that the arms of a plan have, by kind and name, in the order of the suite's sections.
fn components(plan: &Plan) -> Vec<(String, String)> {
    let mut found = vec![];
    for section in Section::ALL {
        let kind = match section {
            Section::Task => "task",
            Section::Model => "cell",
            Section::Init => "initializer",
            Section::Parametrize => "parametrization",
            Section::Algorithm => "algorithm",
            Section::Regularizers => "regularizer",
            Section::Optimizer => "optimizer",
            Section::Schedule => "schedule",
            Section::Clip => "clip",
            Section::Bptt => "bptt-rule",
            Section::Constraints => "constraint",
            Section::Train => "curriculum",
            Section::Probes => "probe",
            Section::LearningRateFactors | Section::Evaluate => continue,
        };
        plan.section_trees(section).iter().for_each(|tree| add_components(tree, kind, &mut found));
    }
    found
}

/// Adds the components in `tree`, which is of a kind unless a key says otherwise.
fn add_components(tree: &Value, kind: &'static str, found: &mut Vec<(String, String)>) {
    match tree {
        Value::Array(list) => list.iter().for_each(|value| add_components(value, kind, found)),
        Value::Object(node) => {
            if let Some(name) = node.get("kind").and_then(Value::as_str) {
                let component = (kind.to_owned(), name.to_owned());
                if !found.contains(&component) {
                    found.push(component);
                }
            }
            for (key, value) in node {
                let kind = match key.as_str() {
                    "modifiers" => "modifier",
                    key if key.ends_with("activation") => "activation",
                    _ => kind,
                };
                add_components(value, kind, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The numbers of arms, trials and parameters, and how settings were chosen.
fn counts(plan: &Plan, stages: &Stages, results: &Results) -> Vec<Fact> {
    let (arms, replicates, trials) = (plan.arms() as u64, u64::from(plan.replicates()), plan.len() as u64);
    let search = plan.along().map(|along| {
        let spec = &along.spec;
        let arms = stages.labels().len() as u64;
        let (each, trials) = (pluralize(spec.trials, "trial"), pluralize(trials, "trial"));
        let text = format!(
            "{} along {} from {} to {}, up to {each} each, until the interval's ends are within a factor of {}: {trials}; seed {}",
            pluralize(arms, "arm"),
            along.path,
            spec.from,
            spec.to,
            spec.precision,
            plan.seed()
        );
        Fact::plain("Search", text)
    });
    let mut facts = vec![search.unwrap_or_else(|| {
        Fact::plain(
            "Replicates",
            format!(
                "{}, {} each: {}; seed {}",
                pluralize(arms, "arm"),
                pluralize(replicates, "replicate"),
                pluralize(trials, "trial"),
                plan.seed()
            ),
        )
    })];
    let parameters = || results.trials().map(|trial| trial.trial.parameters);
    if let Some((least, most)) = parameters().min().zip(parameters().max()) {
        let text = if least == most { least.to_string() } else { format!("{least} to {most}") };
        facts.push(Fact::plain("Parameters", format!("{text} trained numbers per network")));
    }
    if let (Some(tune), Some(tuning)) = (plan.tune(), &stages.tuning) {
        let paths: Vec<&str> = tune.over.keys().map(String::as_str).collect();
        let select = serde_json::to_value(tune.select).ok();
        facts.push(Fact::plain(
            "Tuning",
            format!(
                "{} for each arm over {}{}, {} each on seeds of their own; chosen by {}",
                pluralize(tuning.candidates() as u64, "candidate"),
                paths.join(", "),
                plan.along().map(|along| tuned_at(along, &tune.at)).unwrap_or_default(),
                pluralize(u64::from(tuning.replicates()), "replicate"),
                select.as_ref().and_then(Value::as_str).unwrap_or("validation data"),
            ),
        ));
    }
    facts
}

/// Where a search tunes, such as ` at task.length 20, 80`.
fn tuned_at(along: &Along, at: &[u64]) -> String {
    let values: Vec<String> = at.iter().map(ToString::to_string).collect();
    format!(" at {} {}", along.path, values.join(", "))
}

/// When, where and by which program the trials were trained.
fn circumstances(manifest: &Manifest) -> Vec<Fact> {
    // Those of trials that are stored beside the reported ones are no part of this.
    let sessions: Vec<&ManifestSession> = manifest.sessions.iter().filter(|session| !session.apart).collect();
    let Some((first, last)) = sessions.first().zip(sessions.last()) else { return vec![] };
    let time = |text: &str| text.replacen('T', " ", 1).replacen('Z', "", 1);
    let end = last.ended.as_deref().map_or_else(|| "not ended".to_owned(), time);
    let count = match sessions.len() {
        1 => String::new(),
        count => format!(", {}", pluralize(count as u64, "session")),
    };
    let each = |of: fn(&ManifestSession) -> String| -> String {
        let mut seen = BTreeSet::new();
        let texts = sessions.iter().map(|session| of(session));
        let texts = texts.filter(|text| !text.is_empty() && seen.insert(text.clone()));
        texts.collect::<Vec<_>>().join("; ")
    };
    let program = |session: &ManifestSession| {
        let commit = session.commit.as_deref().map(|commit| format!(", commit {}", commit.get(..12).unwrap_or(commit)));
        let (engine, device, numerics) = (&session.engine, &session.device, session.numerics);
        let commit = commit.unwrap_or_default();
        format!("longlag {}{commit}, engine {engine} on {device}, NUMERICS {numerics}", session.longlag)
    };
    let machine = |session: &ManifestSession| {
        let Machine { cpu, cores, platform } = &session.machine;
        let cores = cores.map(|cores| pluralize(cores as u64, "core"));
        let threads = format!("{} at work", pluralize(session.threads as u64, "thread"));
        let known = [cpu.clone(), cores, Some(platform.clone()), Some(threads)];
        known.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let gpu = |session: &ManifestSession| session.gpu.as_ref().map(Gpu::to_string).unwrap_or_default();
    let gpus = Some(each(gpu)).filter(|gpus| !gpus.is_empty());
    let facts = [
        Fact::plain("Date", format!("{} to {end} UTC{count}", time(&first.started))),
        Fact::plain("Program", each(program)),
        Fact::plain("Processor", each(machine)),
    ];
    facts.into_iter().chain(gpus.map(|gpus| Fact::plain("GPU", gpus))).collect()
}

/// The swept settings with their values, in the order in which arms first have them.
fn swept(plan: &Plan, results: &Results) -> Vec<(String, String)> {
    // A tuned setting is told of with the tuning: nobody chose its values for the arms.
    let is_tuned = |path: &str| plan.tune().is_some_and(|tune| tune.over.contains_key(path));
    let mut paths: Vec<(&str, Vec<&str>)> = vec![];
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for setting in results.arms.iter().flat_map(|arm| &arm.arm.swept).filter(|setting| !is_tuned(&setting.path)) {
        let (path, text) = (setting.path.as_str(), setting.text.as_str());
        if !seen.insert((path, text)) {
            continue;
        }
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, values)) => values.push(text),
            None => paths.push((path, vec![text])),
        }
    }
    let varies = paths.into_iter().filter(|(_, values)| values.len() > 1);
    let told = |(path, mut values): (&str, Vec<&str>)| {
        let number = |text: &&str| text.parse::<f64>().unwrap_or(f64::NAN);
        if values.iter().all(|text| number(text).is_finite()) {
            values.sort_by(|a, b| number(a).total_cmp(&number(b)));
        }
        (path.to_owned(), listed(&values, VALUES, ", "))
    };
    varies.map(told).collect()
}

/// The first `most` of some texts, and how many there are in all.
fn listed(texts: &[&str], most: usize, between: &str) -> String {
    let shown = texts.iter().take(most).copied().collect::<Vec<_>>().join(between);
    if texts.len() > most { format!("{shown}{between}… ({} in all)", texts.len()) } else { shown }
}

fn capital(word: &str) -> String {
    let words = word.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The common part of several values in words, and where they differ.
enum Phrase {
    /// Nothing to tell: null, false, an empty list or map.
    Nothing,
    /// Words that all values share.
    Same(String),
    /// Words for values that differ.
    Differs(String),
    /// A component's kind, if it is one, and its settings by name.
    Node(Option<String>, Vec<(String, Phrase)>),
}

impl Phrase {
    fn of(values: &[&Value]) -> Self {
        let Some(first) = values.first() else { return Self::Nothing };
        let maps: Option<Vec<&Map<String, Value>>> = values.iter().map(|value| value.as_object()).collect();
        if let Some(maps) = maps
            && maps.iter().all(|map| map.get("kind") == maps[0].get("kind"))
        {
            return Self::node(&maps);
        }
        if values.iter().all(|value| value == first) {
            return Self::single(first);
        }
        let mut texts: Vec<String> = vec![];
        for value in values {
            let text = match value {
                Value::Null => "none".to_owned(),
                Value::Array(list) if list.is_empty() => "none".to_owned(),
                // Of components of several kinds the names are enough here: the swept settings say the rest.
                Value::Object(node) => node.get("kind").and_then(Value::as_str).unwrap_or("other settings").to_owned(),
                Value::Array(_) => Self::single(value).text(),
                value => spelled(value),
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Self::Differs(listed(&texts, IN_TEXT, " / "))
    }

    fn single(value: &Value) -> Self {
        match value {
            Value::Null | Value::Bool(false) => Self::Nothing,
            Value::Array(list) => {
                let texts: Vec<String> =
                    list.iter().map(|value| Self::of(&[value]).text()).filter(|text| !text.is_empty()).collect();
                if texts.is_empty() { Self::Nothing } else { Self::Same(texts.join(" + ")) }
            }
            Value::Object(node) => Self::node(&[node]),
            Value::String(text) => Self::Same(text.clone()),
            value => Self::Same(spelled(value)),
        }
    }

    fn node(maps: &[&Map<String, Value>]) -> Self {
        let kind = maps[0].get("kind").and_then(Value::as_str).map(str::to_owned);
        let mut names: Vec<&String> = vec![];
        for name in maps.iter().flat_map(|map| map.keys()).filter(|name| *name != "kind") {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let settings = names.into_iter().map(|name| {
            let values: Vec<&Value> = maps.iter().map(|map| map.get(name).unwrap_or(&Value::Null)).collect();
            (name.clone(), Self::of(&values))
        });
        let told: Vec<_> = settings.filter(|(_, phrase)| !phrase.is_nothing()).collect();
        if kind.is_none() && told.is_empty() { Self::Nothing } else { Self::Node(kind, told) }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    fn text(&self) -> String {
        self.parts().into_iter().map(|part| part.text).collect()
    }

    /// The words in order; those at the top stand without parentheses.
    fn parts(&self) -> Vec<Part> {
        let mut parts = vec![];
        self.add(&mut parts, true);
        parts
    }

    fn add(&self, parts: &mut Vec<Part>, top: bool) {
        let mut say = |text: &str, swept: bool| match parts.last_mut() {
            Some(last) if last.swept == swept => last.text.push_str(text),
            _ => parts.push(Part { text: text.to_owned(), swept }),
        };
        match self {
            Self::Nothing => {}
            Self::Same(text) => say(text, false),
            Self::Differs(text) => say(text, true),
            Self::Node(kind, settings) => {
                if let Some(kind) = kind {
                    say(kind, false);
                }
                let bare = top && kind.is_none();
                for (index, (name, phrase)) in settings.iter().enumerate() {
                    let mut say = |text: &str| match parts.last_mut() {
                        Some(last) if !last.swept => last.text.push_str(text),
                        _ => parts.push(Part { text: text.to_owned(), swept: false }),
                    };
                    let open = if kind.is_some() { " (" } else { "(" };
                    say(match index {
                        0 if bare => "",
                        0 => open,
                        _ => ", ",
                    });
                    say(name);
                    // A switch that is on is its name.
                    if !matches!(phrase, Self::Same(text) if text == "true") {
                        say(" ");
                        phrase.add(parts, false);
                    }
                }
                if !settings.is_empty() && !bare {
                    match parts.last_mut() {
                        Some(last) if !last.swept => last.text.push(')'),
                        _ => parts.push(Part { text: ")".to_owned(), swept: false }),
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(values: &[Value]) -> String {
        let parts = Phrase::of(&values.iter().collect::<Vec<_>>()).parts();
        parts.iter().map(|part| if part.swept { format!("<{}>", part.text) } else { part.text.clone() }).collect()
    }

    #[test]
    fn what_is_common_is_told_once_and_what_differs_is_marked() {
        let task = |length: Value| json!({"kind": "adding", "length": length, "noise": null, "fixed": false});
        assert_eq!(told(&[task(json!(100))]), "adding (length 100)");
        assert_eq!(told(&[task(json!(50)), task(json!(100)), task(json!(50))]), "adding (length <50 / 100>)");
        let cell = |kind: &str| json!({"cell": {"kind": kind, "activation": {"kind": "tanh"}}, "hidden": 64});
        assert_eq!(told(&[cell("elman")]), "cell elman (activation tanh), hidden 64");
        assert_eq!(told(&[cell("elman"), cell("lstm")]), "cell <elman / lstm>, hidden 64");
        let clip = json!([{"kind": "value", "max": 1.0}, {"kind": "none"}]);
        assert_eq!(told(std::slice::from_ref(&clip)), "value (max 1) + none");
        assert_eq!(told(&[clip, json!([])]), "<value (max 1) + none / none>");
        assert_eq!(told(&[json!({"on": true, "off": false})]), "on");
        assert_eq!(told(&[json!([])]), "");
        let many: Vec<Value> = (0..9).map(|n| json!({"rate": n})).collect();
        assert_eq!(told(&many), "rate <0 / 1 / 2 / 3 / 4 / 5 / … (9 in all)>");
    }

    #[test]
    fn a_gpu_is_told_of_where_there_was_one() {
        let session = ManifestSession::begin("dfdx", "cuda", 1, 1);
        let gpu = Gpu { name: Some("NVIDIA H200".to_owned()), cublas: Some("13.1.0".to_owned()), ..Gpu::default() };
        let with = |gpu: Option<Gpu>| {
            let sessions = vec![ManifestSession { gpu, ..session.clone() }];
            circumstances(&Manifest { sessions, ..Manifest::new("x") })
        };
        let (without, with) = (with(None), with(Some(gpu)));
        assert_eq!(with[..without.len()], without);
        assert_eq!(with[without.len()..], [Fact::plain("GPU", "NVIDIA H200, cuBLAS 13.1.0")]);
    }
}
