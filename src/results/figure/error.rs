//! Errors between a drawing and its file.

/// Why a drawing did not become a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("the built-in typeface of the figures cannot be read; reinstall longlag")]
    /// The typeface that is part of the program cannot be read.
    Font,
    #[error("the figure cannot be drawn ({0}); report this with the suite that led to it")]
    /// plotters refused, for this reason.
    Backend(String),
}
