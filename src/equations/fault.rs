//! Mistakes in a text of equations, and their places.

use std::ops::Range;

/// The setting that a mistake stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The statements.
    Step,
    /// The output.
    Output,
    /// The constant of that name.
    Constant(String),
    /// The width of the state of that name.
    State(String),
}

/// A mistake in equations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The setting that it stands in.
    pub part: Part,
    /// The bytes of that text that are to blame.
    pub span: Range<usize>,
    /// The mistake, a sentence fragment.
    pub message: String,
    /// The remedy.
    pub help: String,
}

/// A place in one of the texts.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub part: Part,
    pub span: Range<usize>,
}

impl Spot {
    pub(super) fn fault(&self, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { part: self.part.clone(), span: self.span.clone(), message: message.into(), help: help.into() }
    }
}

/// A mistake in one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub span: Range<usize>,
    pub message: String,
    pub help: String,
}

impl Mistake {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: help.into() }
    }

    pub(super) fn in_part(self, part: Part) -> Fault {
        Fault { part, span: self.span, message: self.message, help: self.help }
    }
}
