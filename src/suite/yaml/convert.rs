//! From the YAML parser's tree to the tree that the rest works on: JSON's types, keys in the order of the text.

use serde_json::{Map, Number, Value};

use crate::suite::{At, Path, Problem, Segment};

/// Converts a whole tree, merging `<<` into the maps that hold it: their own keys win over merged ones, earlier merged maps
/// over later ones.
pub(in crate::suite) fn convert(value: serde_yaml::Value) -> Result<Value, Vec<Problem>> {
    let mut conversion = Conversion { path: Path::root(), problems: Vec::new() };
    let value = conversion.value(value);
    if conversion.problems.is_empty() { Ok(value) } else { Err(conversion.problems) }
}

struct Conversion {
    path: Path,
    problems: Vec<Problem>,
}

impl Conversion {
    fn value(&mut self, value: serde_yaml::Value) -> Value {
        match value {
            serde_yaml::Value::Null => Value::Null,
            serde_yaml::Value::Bool(value) => Value::Bool(value),
            serde_yaml::Value::Number(number) => self.number(&number),
            serde_yaml::Value::String(text) => Value::String(text),
            serde_yaml::Value::Sequence(entries) => {
                let entries = entries.into_iter().enumerate();
                Value::Array(entries.map(|(index, entry)| self.child(Segment::Index(index), entry)).collect())
            }
            serde_yaml::Value::Mapping(entries) => self.map(entries),
            serde_yaml::Value::Tagged(tagged) => {
                self.report(format!("the tag `{}` has no meaning here; remove it", tagged.tag), At::Value);
                Value::Null
            }
        }
    }

    fn number(&mut self, number: &serde_yaml::Number) -> Value {
        let integer = number.as_u64().map(Number::from).or_else(|| number.as_i64().map(Number::from));
        match integer.or_else(|| number.as_f64().and_then(Number::from_f64)) {
            Some(number) => Value::Number(number),
            None => {
                self.report(format!("is `{number}`; give a finite number"), At::Value);
                Value::Null
            }
        }
    }

    fn map(&mut self, entries: serde_yaml::Mapping) -> Value {
        let mut map = Map::new();
        let mut merged = Vec::new();
        for (key, value) in entries {
            match key {
                serde_yaml::Value::String(key) if key == "<<" => merged.push(self.child(Segment::Key(key), value)),
                serde_yaml::Value::String(key) => {
                    let value = self.child(Segment::Key(key.clone()), value);
                    map.insert(key, value);
                }
                _ => self.report("a key is not a text; put it in quotes".into(), At::Value),
            }
        }
        for value in merged {
            self.merge(&mut map, value);
        }
        Value::Object(map)
    }

    fn merge(&mut self, map: &mut Map<String, Value>, value: Value) {
        let sources = match value {
            Value::Array(sources) => sources,
            source => vec![source],
        };
        for source in sources {
            let Value::Object(source) = source else {
                let message = "`<<` merges maps: write `<<: *name` or `<<: [*a, *b]`, with anchors of maps";
                return self.report(message.into(), At::Key("<<".into()));
            };
            for (key, value) in source {
                map.entry(key).or_insert(value);
            }
        }
    }

    fn child(&mut self, segment: Segment, value: serde_yaml::Value) -> Value {
        self.path.push(segment);
        let value = self.value(value);
        self.path.pop();
        value
    }

    fn report(&mut self, message: String, at: At) {
        self.problems.push(Problem::new(self.path.clone(), message).at(at));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(text: &str) -> Result<Value, Vec<String>> {
        convert(serde_yaml::from_str(text).expect("YAML"))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn merged_keys_never_win_over_own_ones() {
        let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd: {z: 3, <<: *b}\n";
        let merged = tree(text).expect("a tree");
        assert_eq!(merged["c"], json!({"x": 0, "y": 1, "z": 2}));
        assert_eq!(merged["d"].to_string(), r#"{"z":3,"y":2}"#);
        assert_eq!(tree("a: {<<: 1}"), {
            Err(vec!["a: `<<` merges maps: write `<<: *name` or `<<: [*a, *b]`, with anchors of maps".into()])
        });
    }

    #[test]
    fn numbers_keep_their_value() {
        let text = "[1, -1, 18446744073709551615, 1e3, 1.0, 0x10, 007, .5]";
        let expected = json!([1, -1, 18446744073709551615_u64, 1000.0, 1.0, 16, "007", 0.5]);
        assert_eq!(tree(text), Ok(expected));
    }

    #[test]
    fn every_number_must_be_finite() {
        assert_eq!(tree("{a: .nan, b: [-.inf]}"), {
            Err(vec!["a: is `.nan`; give a finite number".into(), "b[0]: is `-.inf`; give a finite number".into()])
        });
    }
}
