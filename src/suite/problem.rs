//! Mistakes in files and settings, told so that a newcomer can mend them.

use std::fmt;

use super::{Path, Position};

/// The part of the value at a problem's path that is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// The value itself.
    Value,
    /// One of the value's keys, such as an unknown one.
    Key(String),
    /// The value under one of the value's keys, such as an unknown `kind`.
    Inside(String),
    /// A place in a text: the value itself, or where it is swept the value that stands for it.
    Within {
        /// The text.
        text: String,
        /// The byte of the text.
        offset: usize,
    },
}

/// One mistake in a tree of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The value that the message speaks of.
    pub path: Path,
    /// The mistake, as a sentence fragment: ``unknown key `x` ``.
    pub message: String,
    /// Advice: ``did you mean `y`?``.
    pub help: Option<String>,
    /// The part to point at.
    pub at: At,
}

impl Problem {
    /// A mistake in the value at `path`.
    pub fn new(path: Path, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), help: None, at: At::Value }
    }

    /// This problem with advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// This problem, pointing at a part of the value.
    pub fn at(mut self, at: At) -> Self {
        self.at = at;
        self
    }

    /// This problem in a tree whose root stands at `prefix`.
    pub fn beneath(mut self, prefix: &Path) -> Self {
        self.path = prefix.join(&self.path);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

/// A [`Problem`] and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The file as the user named it, or a setting such as `--set model.hidden=abc`.
    pub origin: String,
    /// The place in the file; none for a setting and for the file as a whole.
    pub position: Option<Position>,
    /// The mistake.
    pub problem: Problem,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}:{position}: {}", self.origin, self.problem),
            None => write!(f, "{}: {}", self.origin, self.problem),
        }
    }
}

/// How many problems are named at once; nobody reads more.
pub const MAX_PROBLEMS: usize = 100;

/// All that is wrong, at least one mistake, in the order of the text. Shown one per line, the first [`MAX_PROBLEMS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Located>);

impl Problems {
    /// One mistake.
    pub fn one(origin: impl Into<String>, position: Option<Position>, problem: Problem) -> Self {
        Self(vec![Located { origin: origin.into(), position, problem }])
    }

    /// These mistakes, sorted within each origin by position; `Ok` when there are none.
    ///
    /// # Errors
    ///
    /// The mistakes.
    pub fn raise(located: Vec<Located>) -> Result<(), Self> {
        if located.is_empty() { Ok(()) } else { Err(Self::sorted(located)) }
    }

    /// These mistakes, at least one.
    pub(super) fn sorted(mut located: Vec<Located>) -> Self {
        let mut origins: Vec<String> = Vec::new();
        for each in &located {
            if !origins.contains(&each.origin) {
                origins.push(each.origin.clone());
            }
        }
        located.sort_by_key(|each| (origins.iter().position(|origin| *origin == each.origin), each.position));
        Self(located)
    }

    /// Both lists as one.
    pub fn and(mut self, more: Problems) -> Self {
        self.0.extend(more.0);
        self
    }

    /// The mistakes, at least one.
    pub fn iter(&self) -> std::slice::Iter<'_, Located> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Located;
    type IntoIter = std::slice::Iter<'a, Located>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, located) in self.0.iter().take(MAX_PROBLEMS).enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{located}")?;
        }
        match self.0.get(MAX_PROBLEMS) {
            Some(located) => write!(f, "\n{}: there are more problems; mend these first", located.origin),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(origin: &str, line: usize, message: &str) -> Located {
        let position = (line > 0).then_some(Position { line, column: 1 });
        Located { origin: origin.into(), position, problem: Problem::new(Path::root().key("model"), message) }
    }

    #[test]
    fn one_line_each_in_the_order_of_the_text() {
        let shuffled = vec![located("b.yaml", 9, "x"), located("--set a=1", 0, "y"), located("b.yaml", 2, "z")];
        let problems = Problems::raise(shuffled).expect_err("problems");
        assert_eq!(problems.to_string(), "b.yaml:2:1: model: z\nb.yaml:9:1: model: x\n--set a=1: model: y");
        assert_eq!(problems.iter().count(), 3);
        assert_eq!(Problems::raise(vec![]), Ok(()));
    }

    #[test]
    fn too_many_are_cut_short() {
        let many = (1..=MAX_PROBLEMS + 1).rev().map(|line| located("b.yaml", line, "x")).collect();
        let text = Problems::raise(many).expect_err("problems").to_string();
        assert_eq!(text.lines().count(), MAX_PROBLEMS + 1);
        assert!(
            text.starts_with("b.yaml:1:1: ") && text.ends_with("\nb.yaml: there are more problems; mend these first")
        );
    }

    #[test]
    fn advice_follows_the_message() {
        let problem = Problem::new(Path::root(), "unknown key `x`").help("did you mean `y`?");
        assert_eq!(problem.to_string(), "unknown key `x`; did you mean `y`?");
        assert_eq!(problem.beneath(&Path::root().key("a")).to_string(), "a: unknown key `x`; did you mean `y`?");
    }
}
