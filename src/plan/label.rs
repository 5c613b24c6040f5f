//! Labels of sweep entries: text with places for settings.

use crate::{
    results::table::LabelPart,
    suite::{Path, PathError, Schema, SuiteFile},
};

/// A label of a sweep entry: text with places for settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

/// A part of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text, as it is.
    Text(String),
    /// The value of the setting at a path.
    Value(Path),
}

impl Template {
    /// Reads a label such as `naive {model.cell.activation}`. A brace that is not closed is text.
    ///
    /// # Errors
    ///
    /// When there is no path between two braces.
    pub fn parse(label: &str) -> Result<Self, PathError> {
        let mut parts = vec![];
        let mut text = String::new();
        let mut rest = label;
        while let Some((before, mention, after)) = rest
            .split_once('{')
            .and_then(|(before, after)| after.split_once('}').map(|(path, rest)| (before, path, rest)))
        {
            text.push_str(before);
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(Part::Value(Schema::of::<SuiteFile>().understood(mention.parse()?)));
            rest = after;
        }
        text.push_str(rest);
        parts.push(Part::Text(text));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }

    /// The settings that the label mentions.
    pub fn mentions(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().filter_map(|part| match part {
            Part::Value(path) => Some(path),
            Part::Text(_) => None,
        })
    }

    /// Its parts with the text that `value` gives for each path.
    pub fn parts(&self, value: impl Fn(&Path) -> String) -> Vec<LabelPart> {
        let part = |part: &Part| match part {
            Part::Text(text) => LabelPart::Text(text.clone()),
            Part::Value(path) => LabelPart::Value { path: path.spelled(), text: value(path) },
        };
        self.0.iter().map(part).collect()
    }

    /// The label with the text that `value` gives for each path.
    pub fn filled(&self, value: impl Fn(&Path) -> String) -> String {
        let text = |part| match part {
            LabelPart::Text(text) | LabelPart::Value { text, .. } => text,
        };
        self.parts(value).into_iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_filled_with_the_settings_it_mentions() {
        let filled = |label: &str| Template::parse(label).map(|label| label.filled(|path| format!("<{path}>")));
        assert_eq!(filled("naive {model.cell}, {task.length}!"), Ok("naive <model.cell>, <task.length>!".to_owned()));
        assert_eq!(filled("a {b"), Ok("a {b".to_owned()));
        assert_eq!(filled(""), Ok(String::new()));
        assert!(filled("a {} b").is_err() && filled("{a..b}").is_err());
    }
}
