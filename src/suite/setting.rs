//! Settings on the command line: `--set model.hidden=128`, `--only task.length=50`.

use serde_json::Value;

use super::{Document, Located, Path, Problem, Problems};
use crate::text::{assignment, shortened};

/// A path and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The value's place.
    pub path: Path,
    /// The value.
    pub value: Value,
    /// The setting as typed, for messages: `--set model.hidden=128`.
    pub origin: String,
}

impl Setting {
    /// Reads `path=value`, the value in YAML, as the argument of `flag` (`--set`).
    ///
    /// # Errors
    ///
    /// When there is no `=`, nothing after it, or one side cannot be read.
    pub fn parse(flag: &str, text: &str) -> Result<Self, Problems> {
        let origin = format!("{flag} {}", shortened(text));
        let refuse = |message: String| Problems::one(&origin, None, Problem::new(Path::root(), message));
        let Some((path, value)) = assignment(text) else {
            return Err(refuse(format!("has no `=`; write it like `{flag} model.hidden=128`")));
        };
        let path: Path = path.parse().map_err(|error: super::PathError| refuse(error.to_string()))?;
        if value.is_empty() {
            return Err(refuse(format!(
                "has no value; write `{path}=null` for nothing or `{path}='\"\"'` for an empty text"
            )));
        }
        let value = Document::unbound(value, &origin, false)?.value().clone();
        Ok(Self { path, value, origin })
    }

    /// Puts the value in its place.
    ///
    /// # Errors
    ///
    /// As [`Path::set`], as a problem of this setting.
    pub fn apply(&self, tree: &mut Value) -> Result<(), Problems> {
        self.path.set(tree, self.value.clone()).map_err(|problem| Problems::one(&self.origin, None, problem))
    }

    /// Takes over a problem found at or beneath this setting's path once it had been applied.
    pub fn blame(&self, problem: &Problem) -> Option<Located> {
        let part = match &problem.at {
            super::At::Value | super::At::Within { .. } => problem.path.clone(),
            super::At::Key(key) | super::At::Inside(key) => problem.path.key(key),
        };
        part.starts_with(&self.path).then(|| {
            let mut problem = problem.clone();
            if let super::At::Within { text, offset } = &problem.at {
                let before = text.get(..*offset).unwrap_or_default();
                let (line, last) = (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default());
                let column = last.chars().count() + 1;
                problem.message = format!("at line {line}, column {column} of the text, {}", problem.message);
            }
            Located { origin: self.origin.clone(), position: None, problem }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::suite::At;

    fn refused(text: &str) -> String {
        Setting::parse("--set", text).expect_err("refused").to_string()
    }

    #[test]
    fn values_are_yaml() {
        for (text, value) in [
            ("a.b=1", json!(1)),
            ("a.b = relu", json!("relu")),
            ("a.b={kind: lstm, x: [1, 2]}", json!({"kind": "lstm", "x": [1, 2]})),
            ("a.b=null", json!(null)),
            ("a.b=''", json!("")),
            ("a.b=x=y", json!("x=y")),
            ("a.b=1e-3", json!(1e-3)),
        ] {
            let setting = Setting::parse("--set", text).expect("a setting");
            assert_eq!((setting.path.to_string().as_str(), setting.value), ("a.b", value), "{text}");
        }
    }

    #[test]
    fn what_is_no_setting_is_explained() {
        assert_eq!(refused("abc"), "--set abc: has no `=`; write it like `--set model.hidden=128`");
        assert_eq!(refused("=1"), "--set =1: the path is empty; write one like `model.cell.activation`");
        assert!(
            refused("a..b=1").ends_with("the path `a..b` has an empty part; write one like `model.cell.activation`")
        );
        assert!(refused("a= ").contains("has no value; write `a=null` for nothing"));
        assert!(refused("a=[1, 2").contains("the `[` of line 1, column 1 is not closed"));
        assert_eq!(refused("a=.nan"), "--set a=.nan: is `.nan`; give a finite number");
        assert!(refused(&format!("a={}", "[".repeat(100))).contains("nested more than 64 deep"));
    }

    #[test]
    fn a_setting_answers_for_what_it_set() {
        let setting = Setting::parse("--set", "model.hidden=abc").expect("a setting");
        let hidden: Path = "model.hidden".parse().expect("a path");
        let problem = Problem::new(hidden, "expected a whole number");
        let located = setting.blame(&problem).expect("its fault");
        assert_eq!(located.to_string(), "--set model.hidden=abc: model.hidden: expected a whole number");
        let unknown = Problem::new(Path::root().key("model"), "unknown key").at(At::Key("hidden".into()));
        assert!(setting.blame(&unknown).is_some());
        assert_eq!(setting.blame(&Problem::new(Path::root().key("model"), "x")), None);
    }
}
