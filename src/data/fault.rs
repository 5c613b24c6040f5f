//! Reasons why a file of arrays could not be read.

use std::fmt;

/// A mistake in a file of arrays, with its place and a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The array that is at fault; nothing for the file as a whole.
    pub array: Option<String>,
    /// The mistake, as a sentence fragment.
    pub message: String,
    /// The remedy, as a sentence fragment.
    pub help: String,
}

impl Fault {
    /// A mistake of the file as a whole.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { array: None, message: message.into(), help: help.into() }
    }

    /// This mistake as one of the array `name`.
    #[must_use]
    pub fn of(self, name: &str) -> Self {
        Self { array: Some(name.to_owned()), ..self }
    }

    /// The mistake without its remedy: ``the array `input` is …``.
    pub fn sentence(&self) -> String {
        match &self.array {
            Some(name) => format!("the array `{name}` {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; {}", self.sentence(), self.help)
    }
}

impl std::error::Error for Fault {}
