//! The values that a tuned setting may take: a list, or a range.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, value::MapAccessDeserializer, value::SeqAccessDeserializer},
};
use serde_json::Value;

use super::range::Range;

/// The values that a tuned setting may take: `[1e-3, 1e-2]`, or `{log-uniform: [1e-4, 1e-1]}`.
#[derive(Clone, Debug, PartialEq)]
pub enum TunedValues {
    /// Each of these.
    List(Vec<Value>),
    /// Points of a range, as many as the tuning's `points` says.
    Range(Range),
}

impl Serialize for TunedValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(values) => values.serialize(serializer),
            Self::Range(range) => range.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for TunedValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = TunedValues;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of values, or a range such as {log-uniform: [1e-4, 1e-1]}")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<TunedValues, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(TunedValues::List)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<TunedValues, A::Error> {
        Range::deserialize(MapAccessDeserializer::new(map)).map(TunedValues::Range)
    }
}

impl JsonSchema for TunedValues {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TunedValues".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{"type": "array", "items": true}, generator.subschema_for::<Range>()]
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tuned_values_are_a_list_or_a_range_and_are_written_as_they_were_read() {
        let list = json!([1e-3, "every", {"kind": "identity"}]);
        let read: TunedValues = serde_json::from_value(list.clone()).expect("a list");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), list);
        let read: TunedValues = serde_json::from_value(json!({"log-uniform": [1e-4, 0.1]})).expect("a range");
        assert_eq!(read, TunedValues::Range(Range { log_uniform: Some([1e-4, 0.1]), ..Range::default() }));
        for wrong in [json!(1e-3), json!("every"), json!({"log": [1, 2]}), json!({"uniform": [1]})] {
            assert!(serde_json::from_value::<TunedValues>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
