//! Claims on the command line: `--expect 'metric: solved, left: {model.cell: gru}, in-at-least: 9 of 10'`.

use serde_json::{Map, Value, json};

use super::{Document, Path, Problem, Problems, Setting, validate};
use crate::{results::claim::ClaimSpec, text::shortened};

/// How an expectation is written.
const EXAMPLE: &str = "metric: solved, left: {model.cell: gru}, in-at-least: 9 of 10";
/// The metrics that are yes or no, which are expected to be yes where nothing else is said.
const BINARY: [&str; 2] = ["solved", "diverged"];

impl Setting {
    /// Reads the claims of a suite, each the argument of one `flag` (`--expect`), to take the place of those that it states: the keys of
    /// a claim in YAML on one line, with or without braces around them.
    ///
    /// What one line may leave out: `id` (`expect-1`, …), `statement` (the line itself), and beside `in-at-least`, of a metric that is
    /// yes or no, `right: 0` and `expect: left > right`.
    ///
    /// # Errors
    ///
    /// When one is no YAML, or no claim.
    pub fn claims(flag: &str, texts: &[String]) -> Result<Vec<Self>, Problems> {
        let claims = Path::root().key("claims");
        let one = |(number, text): (usize, &String)| {
            let origin = format!("{flag} {}", shortened(text));
            let refuse = |message: &str| {
                let help = format!("write it like `{flag} '{EXAMPLE}'`");
                Problems::one(&origin, None, Problem::new(Path::root(), message).help(help))
            };
            let bare = text.trim();
            if bare.is_empty() {
                return Err(refuse("says nothing"));
            }
            let braced = if bare.starts_with('{') { bare.to_owned() } else { format!("{{{bare}}}") };
            let document = Document::unbound(&braced, &origin, false)?;
            let Value::Object(mut keys) = document.value().clone() else { return Err(refuse("is no claim")) };
            // A flow map takes a bare word for a key without a value.
            if keys.values().all(Value::is_null) {
                return Err(refuse("has no keys of a claim"));
            }
            complete(&mut keys, number, bare);
            let claim = Value::Object(keys);
            // Here, where the line is at hand: in the suite it is one of many.
            if let Err(problems) = validate::<ClaimSpec>(&claim) {
                document.raise(problems)?;
            }
            Ok(Self { path: claims.clone().index(number), value: claim, origin })
        };
        let places =
            Self { path: claims.clone(), value: json!(vec![Value::Null; texts.len()]), origin: flag.to_owned() };
        let settings: Vec<Self> = texts.iter().enumerate().map(one).collect::<Result<_, _>>()?;
        Ok(if settings.is_empty() { settings } else { [vec![places], settings].concat() })
    }
}

/// Adds what one line may leave out.
fn complete(keys: &mut Map<String, Value>, number: usize, text: &str) {
    let mut default = |key: &str, value: Value| {
        keys.entry(key).or_insert(value);
    };
    default("id", json!(format!("expect-{}", number + 1)));
    default("statement", json!(text));
    let is_binary = keys.get("metric").and_then(Value::as_str).is_some_and(|metric| BINARY.contains(&metric));
    let is_bare = ["right", "expect"].iter().all(|key| !keys.contains_key(*key));
    if is_binary && is_bare && keys.contains_key("in-at-least") {
        keys.insert("right".to_owned(), json!(0));
        keys.insert("expect".to_owned(), json!("left > right"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Vec<Value>, String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let settings = Setting::claims("--expect", &texts).map_err(|problems| problems.to_string())?;
        Ok(settings.into_iter().skip(1).map(|setting| setting.value).collect())
    }

    #[test]
    fn a_line_is_a_claim_with_what_it_leaves_out() {
        let line = "metric: solved, left: {model.cell: gru, task.length: 200}, in-at-least: 9 of 10";
        let claim = json!({"metric": "solved", "left": {"model.cell": "gru", "task.length": 200}, "in-at-least": "9 of 10",
            "id": "expect-1", "statement": line, "right": 0, "expect": "left > right"});
        assert_eq!(read(&[line]), Ok(vec![claim.clone()]));
        let braced = read(&[&format!(" {{{line}}} ")]).unwrap();
        assert_eq!(braced[0]["left"], claim["left"]);
        let two = read(&[
            "metric: test/loss, left: {}, right: 0.1, expect: left < right",
            "id: b, metric: solved, right: 1, expect: left = right",
        ]);
        let ids: Vec<Value> = two.unwrap().iter().map(|claim| claim["id"].clone()).collect();
        assert_eq!(ids, ["expect-1", "b"]);
        assert_eq!(read(&[]), Ok(vec![]));
    }

    #[test]
    fn what_is_no_claim_is_refused_with_an_example() {
        for text in ["", "  ", "gru solves length 200"] {
            let complaint = read(&[text]).unwrap_err();
            assert!(complaint.contains("--expect") && complaint.contains(EXAMPLE), "{text}: {complaint}");
        }
        let complaint = read(&["metric: sloved, left: {}, right: 0, expect: left > right"]).unwrap_err();
        assert!(
            complaint.starts_with("--expect metric: sloved") && complaint.contains("did you mean `solved`"),
            "{complaint}"
        );
        let complaint = read(&["metric: [solved"]).unwrap_err();
        assert!(complaint.contains("not closed"), "{complaint}");
    }
}
