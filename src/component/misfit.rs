//! Why a component cannot be had where a suite puts it.

use std::fmt;

/// A component that does not fit what surrounds it: the network, the task, the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The keys that lead to the setting at fault; none for the component as a whole.
    pub setting: Vec<String>,
    /// The mistake, a sentence fragment.
    pub message: String,
    /// The remedy.
    pub help: String,
}

impl Misfit {
    /// A component that does not fit as a whole.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { setting: vec![], message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}
