//! The experimental setup: what was trained, and how.

/// The experimental setup of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExperimentalSetup {
    /// Settings that all trials have in common, and those that differ between them, by section of the suite; then replicates, dates, machine.
    pub facts: Vec<Fact>,
    /// The swept settings: the path of each, and its values in words.
    pub swept: Vec<(String, String)>,
    /// The kind and the name of every component that the suite names, such as `cell` and `lstm`.
    pub components: Vec<(String, String)>,
    /// The suite as its author wrote it, in YAML.
    pub suite: String,
}

/// A fact of the setup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// The name, such as `Task`.
    pub name: String,
    /// The words, those that tell of swept settings apart.
    pub parts: Vec<Part>,
}

/// A few words of a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The words, as plain text.
    pub text: String,
    /// Whether they tell of settings that differ between arms.
    pub swept: bool,
}

impl Fact {
    /// A fact in plain words.
    pub fn plain(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), parts: vec![Part { text: text.into(), swept: false }] }
    }

    /// All words, as plain text.
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}
