//! Why a component cannot be had where a suite puts it.

use std::{fmt, ops::Range};

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

/// A mistake in a component's settings, which may lie within a text that one of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The mistake and the setting at fault.
    pub misfit: Misfit,
    /// The text of that setting and the bytes that are to blame.
    pub within: Option<(String, Range<usize>)>,
}

impl From<Misfit> for Mistake {
    fn from(misfit: Misfit) -> Self {
        Self { misfit, within: None }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}
