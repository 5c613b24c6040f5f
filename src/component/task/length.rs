//! The setting `length` of a task: one number, or a range to draw from.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

use crate::seed::Draws;

/// The longest length that a suite may ask for.
const MOST: usize = 1_000_000;

/// The length of sequences, in the task's own measure: `length: 50`, or `length: {from: 50, to: 100}` for a length drawn
/// uniformly, ends included, for each sequence from its own random numbers. No task takes less than `LEAST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length<const LEAST: usize> {
    shortest: usize,
    longest: usize,
}

/// The lengths that a task has, and the least that it could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// The least length that the task takes.
    pub least: usize,
    /// The shortest that is drawn, in the task's own measure.
    pub shortest: usize,
    /// The longest that is drawn; the same as the shortest where the length is fixed.
    pub longest: usize,
}

impl<const LEAST: usize> Length<LEAST> {
    /// Lengths drawn uniformly from `shortest` to `longest`; nothing when that is empty or below what the task takes.
    pub fn between(shortest: usize, longest: usize) -> Option<Self> {
        (LEAST <= shortest && shortest <= longest && longest <= MOST).then_some(Self { shortest, longest })
    }

    /// A range, for defaults.
    pub(super) const fn from_to(shortest: usize, longest: usize) -> Self {
        Self { shortest, longest }
    }

    /// The shortest length that is drawn, in the task's own measure.
    pub fn shortest(self) -> usize {
        self.shortest
    }

    /// The longest length that is drawn.
    pub fn longest(self) -> usize {
        self.longest
    }

    /// Its range, with the least length that the task takes.
    pub fn lengths(self) -> Lengths {
        Lengths { least: LEAST, shortest: self.shortest, longest: self.longest }
    }

    /// The length of one sequence. A fixed one takes no random number.
    pub fn draw(self, draws: &mut Draws) -> usize {
        if self.shortest == self.longest {
            return self.shortest;
        }
        self.shortest + draws.below(self.longest - self.shortest + 1)
    }

    /// The mean of `f` over the lengths.
    pub fn mean(self, f: impl FnMut(usize) -> f64) -> f64 {
        let count = (self.longest - self.shortest + 1) as f64;
        (self.shortest..=self.longest).map(f).sum::<f64>() / count
    }
}

impl<const LEAST: usize> From<usize> for Length<LEAST> {
    fn from(length: usize) -> Self {
        Self { shortest: length, longest: length }
    }
}

/// A fixed length is written as the number that it was before there were ranges, so that trials keep their identity.
impl<const LEAST: usize> Serialize for Length<LEAST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.shortest == self.longest {
            return serializer.serialize_u64(self.shortest as u64);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("from", &self.shortest)?;
        map.serialize_entry("to", &self.longest)?;
        map.end()
    }
}

impl<'de, const LEAST: usize> Deserialize<'de> for Length<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (shortest, longest) = deserializer.deserialize_any(Visitor)?;
        Self::between(shortest, longest).ok_or_else(|| {
            let wrong = if shortest > longest {
                format!("the length goes from {shortest} to {longest}; give a `to` that is not below `from`")
            } else {
                format!("the length must be from {LEAST} to {MOST}")
            };
            de::Error::custom(wrong)
        })
    }
}

struct Visitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: usize,
    to: usize,
}

impl<'de> de::Visitor<'de> for Visitor {
    type Value = (usize, usize);

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a length, or {from: …, to: …}")
    }

    fn visit_u64<E: de::Error>(self, length: u64) -> Result<Self::Value, E> {
        let length = usize::try_from(length).map_err(E::custom)?;
        Ok((length, length))
    }

    fn visit_i64<E: de::Error>(self, length: i64) -> Result<Self::Value, E> {
        self.visit_u64(u64::try_from(length).map_err(E::custom)?)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let range = Range::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok((range.from, range.to))
    }
}

impl<const LEAST: usize> JsonSchema for Length<LEAST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Length{LEAST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                {"type": "integer", "format": "uint", "minimum": LEAST, "maximum": MOST},
                {
                    "type": "object",
                    "properties": {
                        "from": {
                            "description": "The shortest.",
                            "type": "integer", "format": "uint", "minimum": LEAST, "maximum": MOST
                        },
                        "to": {
                            "description": "The longest.",
                            "type": "integer", "format": "uint", "minimum": LEAST, "maximum": MOST
                        }
                    },
                    "required": ["from", "to"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// The two methods of [`Task`](super::Task) that are about the setting `length`.
macro_rules! with_length {
    ($task:ident) => {
        fn lengths(&self) -> Option<$crate::component::task::Lengths> {
            Some(self.length.lengths())
        }

        fn with_length(&self, length: usize) -> Option<$crate::component::task::TaskSpec> {
            let mut task = self.clone();
            task.length = $crate::component::task::Length::between(length, length)?;
            Some($crate::component::task::TaskSpec::$task(task))
        }
    };
}

pub(super) use with_length;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::seed::{self, Purpose};

    fn read(value: Value) -> Result<Length<2>, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_length_is_a_number_or_a_range() {
        for (written, shortest, longest) in [(json!(5), 5, 5), (json!({"from": 5, "to": 9}), 5, 9)] {
            let length = read(written.clone()).expect("a length");
            assert_eq!((length.shortest(), length.longest()), (shortest, longest));
            assert_eq!(serde_json::to_value(length).expect("JSON"), written);
        }
        assert_eq!(read(json!({"from": 5, "to": 5})), Ok(5.into()));
        assert_eq!(serde_json::to_value(Length::<2>::between(5, 5)).expect("JSON"), json!(5));
    }

    #[test]
    fn what_is_no_length_is_refused() {
        assert_eq!(read(json!({"from": 9, "to": 5})), {
            Err("the length goes from 9 to 5; give a `to` that is not below `from`".to_owned())
        });
        assert_eq!(read(json!(1)), Err("the length must be from 2 to 1000000".to_owned()));
        for wrong in
            [json!("5"), json!(-5), json!(2.5), json!([5, 9]), json!({"from": 5}), json!({"from": 5, "to": 6, "by": 1})]
        {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
        assert_eq!(Length::<2>::between(5, MOST + 1), None);
    }

    #[test]
    fn a_fixed_length_draws_nothing_and_a_range_all_of_it() {
        let mut draws = seed::stream(0, Purpose::Data, &[]).at(0);
        assert_eq!(Length::<2>::from(7).draw(&mut draws), 7);
        assert_eq!(draws.bits(), seed::stream(0, Purpose::Data, &[]).at(0).bits());
        let length = Length::<2>::between(3, 5).expect("a range");
        let mut counts = [0; 3];
        (0..3000).for_each(|_| counts[length.draw(&mut draws) - 3] += 1);
        assert!(counts.iter().all(|&count: &i32| (count - 1000).abs() <= 130), "{counts:?}");
        assert_eq!(length.mean(|length| length as f64), 4.0);
    }
}
