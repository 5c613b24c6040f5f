//! Where a value stands in a tree, such as `sweep[0].over` or `model.cell.activation`.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A key of a map.
    Key(String),
    /// An entry of a list, from 0. In a map it stands for the key of those digits.
    Index(usize),
}

/// The way from the root of a tree to one of its values. The empty path is the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Path(Vec<Segment>);

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A quote that is not closed, or stands in the wrong place.
    #[error(
        "the path `{0}` has a quote out of place; keys with dots are written like `init.parameters.\"layer1.b_f\"`"
    )]
    Quote(String),
    /// There is nothing in it.
    #[error("the path is empty; write one like `model.cell.activation`")]
    Empty,
    /// Two dots in a row, or one at an end.
    #[error("the path `{0}` has an empty part; write one like `model.cell.activation`")]
    EmptyPart(String),
    /// Brackets hold something else than digits, or stand in the wrong place.
    #[error("the path `{0}` has a bracket out of place; entries of lists are written like `clip[0].max`")]
    Bracket(String),
}

impl Path {
    /// The path of the root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path of the entry under `key`. The key is taken whole: dots in it do not split it.
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.child(Segment::Key(key.into()))
    }

    /// The path of the list's entry number `index`, from 0.
    pub fn index(&self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    /// The path in its one canonical text, which reads back as the path: keys that would be taken for several steps, such as
    /// names of parameters with a dot, stand in quotes. As it is displayed, the path has no quotes.
    pub fn spelled(&self) -> String {
        let mut text = String::new();
        for segment in &self.0 {
            match segment {
                Segment::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    let plain = !key.is_empty() && !key.contains(['.', '[', ']', '"']) && number_of(key).is_none();
                    if plain { text.push_str(key) } else { text.push_str(&Value::from(key.as_str()).to_string()) }
                }
                Segment::Index(index) => text.push_str(&format!("[{index}]")),
            }
        }
        text
    }

    /// This path, then `rest`.
    pub fn join(&self, rest: &Path) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// Whether `prefix` is this path or leads to it.
    pub fn starts_with(&self, prefix: &Path) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// The path of the map or list that holds the value; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_last()?;
        Some(Self(parent.to_vec()))
    }

    pub(super) fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    fn child(&self, segment: Segment) -> Self {
        let mut child = self.clone();
        child.push(segment);
        child
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if depth == 0 => write!(f, "{key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = PathError;

    /// Reads keys with dots between them, such as `clip[0].max`. A key in double quotes, in which a backslash goes before a
    /// quote, is taken whole: `init.parameters."layer1.b_f".value`.
    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let first = segments.is_empty();
            let quoted = rest.starts_with('"');
            rest = if quoted {
                let mut keys = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let key = keys.next().and_then(Result::ok).ok_or_else(|| PathError::Quote(text.into()))?;
                segments.push(Segment::Key(key));
                &rest[keys.byte_offset()..]
            } else {
                let (name, after) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
                if name.contains(']') {
                    return Err(PathError::Bracket(text.into()));
                }
                if name.contains('"') {
                    return Err(PathError::Quote(text.into()));
                }
                if !name.is_empty() {
                    segments.push(number_of(name).map_or_else(|| Segment::Key(name.into()), Segment::Index));
                } else if !after.starts_with('[') || !first {
                    return Err(PathError::EmptyPart(text.into()));
                }
                after
            };
            while let Some(bracket) = rest.strip_prefix('[') {
                let (digits, after) = bracket.split_once(']').ok_or_else(|| PathError::Bracket(text.into()))?;
                segments.push(Segment::Index(number_of(digits).ok_or_else(|| PathError::Bracket(text.into()))?));
                rest = after;
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(Self(segments)),
                None if quoted || rest.starts_with('"') => return Err(PathError::Quote(text.into())),
                None => return Err(PathError::Bracket(text.into())),
            }
        }
    }
}

/// The number that `text` spells in the one usual way: `10`, but not `010` or `+10`.
fn number_of(text: &str) -> Option<usize> {
    let usual = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| usual)
}

impl TryFrom<String> for Path {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<Path> for String {
    fn from(path: Path) -> Self {
        path.spelled()
    }
}

impl JsonSchema for Path {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Path".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Path {
        text.parse().expect("a path")
    }

    #[test]
    fn both_ways_to_number_an_entry_are_the_same_path() {
        assert_eq!(parse("clip.0.max"), parse("clip[0].max"));
        assert_eq!(parse("clip.0.max"), Path::root().key("clip").index(0).key("max"));
        assert_eq!(parse("a[1][2]"), Path::root().key("a").index(1).index(2));
        assert_eq!(parse("[3].a"), Path::root().index(3).key("a"));
        assert_eq!(parse("a.007"), Path::root().key("a").key("007"));
    }

    #[test]
    fn keys_with_dots_are_shown_as_written() {
        let path = Path::root().key("sweep").index(0).key("over").key("task.length");
        assert_eq!(path.to_string(), "sweep[0].over.task.length");
    }

    #[test]
    fn what_is_no_path_is_explained() {
        let explain = |text: &str| text.parse::<Path>().expect_err("no path").to_string();
        assert_eq!(explain(""), "the path is empty; write one like `model.cell.activation`");
        assert_eq!(explain("a..b"), "the path `a..b` has an empty part; write one like `model.cell.activation`");
        let bracket = "has a bracket out of place; entries of lists are written like `clip[0].max`";
        for text in ["a[", "a]", "a[]", "a[x]", "a[0", "a[0]b", "a[0]]", "a[-1]", "a[[0]]", "a[00]"] {
            assert_eq!(explain(text), format!("the path `{text}` {bracket}"));
        }
        assert!("a.[0]".parse::<Path>().is_err());
        let quote = "has a quote out of place; keys with dots are written like `init.parameters.\"layer1.b_f\"`";
        for text in ["a.\"b", "a\"b\"", "a.\"b\"c", "a.\"b\"\"c\"", "\""] {
            assert_eq!(explain(text), format!("the path `{text}` {quote}"));
        }
    }

    #[test]
    fn keys_in_quotes_are_taken_whole() {
        let path = Path::root().key("init").key("parameters").key("layer1.b_f").key("value");
        assert_eq!(path.spelled(), "init.parameters.\"layer1.b_f\".value");
        assert_eq!(parse(&path.spelled()), path);
        assert_eq!(parse("\"a\"[2].\"3\""), Path::root().key("a").index(2).key("3"));
    }

    #[test]
    fn relatives() {
        let path = parse("model.cell.activation");
        assert!(path.starts_with(&parse("model.cell")) && path.starts_with(&Path::root()));
        assert!(!path.starts_with(&parse("model.ce")));
        assert_eq!(path.parent(), Some(parse("model.cell")));
        assert_eq!(Path::root().parent(), None);
        assert_eq!(parse("model").join(&parse("cell[0]")), parse("model.cell[0]"));
    }

    proptest! {
        #[test]
        fn a_shown_path_reads_back(segments in prop::collection::vec(
            prop_oneof!["[a-z_-]{1,6}".prop_map(Segment::Key), (0_usize..1000).prop_map(Segment::Index)], 1..6)) {
            let path: Path = segments.into_iter().collect();
            prop_assert_eq!(path.to_string().parse::<Path>(), Ok(path));
        }

        #[test]
        fn a_spelled_path_reads_back_whatever_its_keys(segments in prop::collection::vec(
            prop_oneof![".{0,6}".prop_map(Segment::Key), (0_usize..1000).prop_map(Segment::Index)], 1..6)) {
            let path: Path = segments.into_iter().collect();
            prop_assert_eq!(path.spelled().parse::<Path>(), Ok(path));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in ".*") {
            let _ = text.parse::<Path>();
        }
    }
}
