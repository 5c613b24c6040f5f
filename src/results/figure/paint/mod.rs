//! Scenes as files.

mod marks;
pub mod pdf;
pub mod png;
pub mod svg;
