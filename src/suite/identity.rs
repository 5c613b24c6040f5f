//! A section's name, its paths, and its part in a trial's identity.

use serde_json::Value;

use super::{Path, Schema, Section, Segment, SuiteFile};

impl Section {
    /// The section's name: its key in the file.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// The section of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }

    /// The section that `path` lies in, and the path within it.
    pub fn split(path: &Path) -> Option<(Self, Path)> {
        let (first, rest) = path.segments().split_first()?;
        let Segment::Key(first) = first else { return None };
        Some((Self::named(first)?, rest.iter().cloned().collect()))
    }

    /// The settings of a complete `tree` of the section that differ from those of a suite that leaves the section out, or from the
    /// defaults of a section that every suite gives; paths begin with the section's name.
    pub fn non_defaults(self, tree: &Value) -> Vec<(Path, Value)> {
        Schema::of::<SuiteFile>().non_defaults_under(self.name(), tree)
    }
}
