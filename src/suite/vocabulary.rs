//! Other words for the names in suites: those that suites once had, and those of PyTorch, Keras and JAX.

use serde_json::Value;

use super::schema::KIND;

/// Names of keys and kinds that changed, and what they are called now.
const FORMER: &[(&str, &str)] = &[
    ("adaptive", "running-mean-norm"),
    ("backward", "bptt"),
    ("deviation", "distance"),
    ("keep", "save"),
    ("parameter-norm", "per-parameter-norm"),
    ("rates", "learning-rate-factors"),
    ("retractions", "constraints"),
    ("test", "test-sequences"),
    ("validation", "validation-sequences"),
];

/// Words of other libraries, in small letters with hyphens, and what they are called here, the likeliest first.
const FOREIGN: &[(&str, &[&str])] = &[
    ("architecture", &["model"]),
    ("batch-size", &["batch"]),
    ("bsz", &["batch"]),
    ("clip-grad-norm", &["clip", "global-norm"]),
    ("clip-grad-value", &["clip", "value"]),
    ("clipnorm", &["clip", "global-norm"]),
    ("clipvalue", &["clip", "value"]),
    ("cosine-annealing", &["cosine"]),
    ("cosine-decay", &["cosine"]),
    ("data", &["task"]),
    ("dataset", &["task"]),
    ("drop-out", &["dropout"]),
    ("early-stopping", &["target"]),
    ("eps", &["epsilon"]),
    ("eval-every", &["evaluate-every"]),
    ("eval-interval", &["evaluate-every"]),
    ("exponential-decay", &["exponential"]),
    ("glorot", &["glorot-uniform"]),
    ("grad-clip", &["clip", "global-norm"]),
    ("gradient-clipping", &["clip", "global-norm"]),
    ("grucell", &["gru"]),
    ("hidden-dim", &["hidden"]),
    ("hidden-size", &["hidden"]),
    ("hidden-units", &["hidden"]),
    ("initializer", &["init"]),
    ("iterations", &["updates"]),
    ("kaiming", &["he-normal"]),
    ("kaiming-normal", &["he-normal"]),
    ("kaiming-uniform", &["he-uniform"]),
    ("he", &["he-normal"]),
    ("lecun", &["lecun-normal"]),
    ("linear", &["identity"]),
    ("lr", &["learning-rate"]),
    ("lr-schedule", &["schedule"]),
    ("lr-scheduler", &["schedule"]),
    ("lstmcell", &["lstm"]),
    ("max-norm", &["global-norm"]),
    ("max-steps", &["updates"]),
    ("nlayers", &["layers"]),
    ("nonlinearity", &["activation"]),
    ("num-epochs", &["epochs"]),
    ("num-layers", &["layers"]),
    ("num-seeds", &["replicates"]),
    ("num-steps", &["updates"]),
    ("recurrent-initializer", &["recurrent"]),
    ("bias-initializer", &["bias"]),
    ("kernel-initializer", &["input"]),
    ("repeats", &["replicates"]),
    ("rnn", &["elman"]),
    ("runs", &["replicates"]),
    ("scheduler", &["schedule"]),
    ("seeds", &["replicates"]),
    ("seq-len", &["length"]),
    ("seq-length", &["length"]),
    ("sequence-length", &["length"]),
    ("simplernn", &["elman"]),
    ("simple-rnn", &["elman"]),
    ("size", &["hidden", "units"]),
    ("std", &["deviation"]),
    ("stddev", &["deviation"]),
    ("steps", &["updates"]),
    ("swish", &["silu"]),
    ("tbptt", &["truncate"]),
    ("timesteps", &["length"]),
    ("total-steps", &["updates"]),
    ("truncated-bptt", &["truncate"]),
    ("units", &["hidden"]),
    ("val-size", &["validation-sequences"]),
    ("vanilla", &["elman"]),
    ("vanilla-rnn", &["elman"]),
    ("warmup", &["warm-up"]),
    ("weight-decay", &["l2", "adamw", "regularizers"]),
    ("xavier", &["glorot-uniform"]),
    ("xavier-normal", &["glorot-normal"]),
    ("xavier-uniform", &["glorot-uniform"]),
];

/// Kinds that stand in another section now, and how to write them there.
const MOVED: &[(&str, &str)] = &[("random-guessing", "algorithm: random-guessing")];

/// How to write the component `kind` now, if it once stood in another section.
pub(super) fn moved(kind: &str) -> Option<&'static str> {
    MOVED.iter().find(|(moved, _)| *moved == kind).map(|(_, now)| *now)
}

/// The name that replaces `word`, if suites once had it.
pub(super) fn now_called(word: &str) -> Option<&'static str> {
    FORMER.iter().find(|(former, _)| *former == word).map(|(_, now)| *now)
}

/// The names in suites that `word` may stand for, the likeliest first.
pub fn meanings(word: &str) -> Vec<&'static str> {
    let plain = word.to_lowercase().replace(['_', ' '], "-");
    let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == plain).map(|(_, meanings)| *meanings);
    now_called(word).into_iter().chain(foreign.into_iter().flatten().copied()).collect()
}

/// A kind in `value` that is called otherwise now, and its name now.
pub fn former_kind(value: &Value) -> Option<(&str, &'static str)> {
    match value {
        Value::String(kind) => Some((kind.as_str(), now_called(kind)?)),
        Value::Array(entries) => entries.iter().find_map(former_kind),
        Value::Object(node) => former_kind(node.get(KIND)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::suite::{Document, SuiteFile, editor_schema};

    /// Every key and kind that a suite may have.
    fn names(schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                names.extend(
                    map.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys().cloned()),
                );
                names.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| self::names(value, names));
            }
            Value::Array(list) => list.iter().for_each(|value| self::names(value, names)),
            _ => {}
        }
    }

    #[test]
    fn every_meaning_is_a_name_of_suites() {
        let mut known = BTreeSet::new();
        names(&editor_schema::<SuiteFile>(), &mut known);
        for meaning in FORMER.iter().map(|(_, now)| now).chain(FOREIGN.iter().flat_map(|(_, meanings)| *meanings)) {
            assert!(known.contains(*meaning), "{meaning}");
        }
        for (word, _) in FOREIGN {
            assert_eq!(FOREIGN.iter().filter(|(other, _)| other == word).count(), 1, "{word} stands twice");
            assert_eq!(*word, word.to_lowercase().replace(['_', ' '], "-"));
        }
    }

    /// The problems of a suite that is fine but for this.
    fn problems(text: &str) -> String {
        let text = format!("version: 1\nname: x\n{text}");
        let text = if text.contains("task:") { text } else { format!("{text}task: adding\n") };
        Document::parse(&text, "x")
            .and_then(|document| document.load::<SuiteFile>())
            .expect_err("a problem")
            .to_string()
    }

    #[test]
    fn a_name_that_changed_is_refused_with_the_one_it_has_now() {
        let places = [
            ("adaptive", "clip: [adaptive]\n"),
            ("backward", "backward: [truncate]\n"),
            ("deviation", "regularizers: [{kind: deviation, parameters: [w_hh]}]\n"),
            ("keep", "keep: models\n"),
            ("parameter-norm", "clip: [parameter-norm]\n"),
            ("rates", "rates: {recurrent: 0.1}\n"),
            ("retractions", "retractions: [rebase]\n"),
            ("test", "train: {test: 8}\n"),
            ("validation", "train: {validation: 8}\n"),
        ];
        assert_eq!(FORMER.iter().map(|(former, _)| *former).collect::<Vec<_>>(), places.map(|(former, _)| former));
        for ((former, now), (_, text)) in FORMER.iter().zip(places) {
            let shown = problems(text);
            assert!(shown.contains(&format!("`{former}`")), "{shown}");
            assert!(shown.contains(&format!("it is called `{now}` now")), "{shown}");
        }
    }

    #[test]
    fn words_of_other_libraries_are_understood() {
        for (text, expected) in [
            ("model: {hidden_size: 8}\n", "did you mean `hidden`?"),
            ("model: {num_layers: 2}\n", "did you mean `layers`?"),
            ("train: {batch_size: 8}\n", "did you mean `batch`?"),
            ("optimizer: {kind: adam, lr: 0.1}\n", "did you mean `learning-rate`?"),
            ("init: {recurrent: xavier_uniform}\n", "did you mean `glorot-uniform`?"),
            ("init: {input: kaiming}\n", "did you mean `he-normal`?"),
            ("task: {kind: adding, seq_len: 9}\n", "did you mean `length`?"),
            ("model: {cell: SimpleRNN}\n", "did you mean `elman`?"),
            ("model: {units: 8}\n", "did you mean `hidden`?"),
            ("regularizers: [weight_decay]\n", "did you mean `l2`?"),
            // At another place than theirs.
            ("lr: 0.1\n", "`learning-rate` belongs under `optimizer`"),
            ("hidden_size: 8\n", "`hidden` belongs under `model`"),
            ("batch_size: 8\n", "`batch` belongs under `train`"),
            ("epochs: 3\n", "`epochs` belongs under `train`"),
        ] {
            let shown = problems(text);
            assert!(shown.contains(expected), "{text}: {shown}");
        }
        assert_eq!(meanings("relu"), [""; 0]);
        assert_eq!(json!(meanings("Batch_Size")), json!(["batch"]));
    }
}
