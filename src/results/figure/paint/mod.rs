//! Scenes as files.

mod marks;
pub mod png;
pub mod svg;
