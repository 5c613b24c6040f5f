//! The sections of a suite: the parts that a trial is put together from, and that sweeps change by path.

/// Declares the suite file with its sections. Each section is one entry, from which follow the file's key, the section's name,
/// its place in [`Sections`](crate::suite::Sections), how it is read, and its part in a trial's identity. Settings that have no
/// effect beside others are taken back by the function that an entry names after `pruned by`.
macro_rules! suite_file {
    (
        $(#[$meta:meta])*
        pub struct SuiteFile {
            $($(#[$before_meta:meta])* pub $before:ident: $before_type:ty,)*
            sections {
                $($(#[$section_meta:meta])* $name:literal => $field:ident: $section:ident($type:ty) $(pruned by $prune:path)?,)*
            }
            $($(#[$after_meta:meta])* pub $after:ident: $after_type:ty,)*
        }
    ) => {
        $(#[$meta])*
        pub struct SuiteFile {
            $($(#[$before_meta])* pub $before: $before_type,)*
            $($(#[$section_meta])* #[serde(rename = $name)] pub $field: $type,)*
            $($(#[$after_meta])* pub $after: $after_type,)*
        }

        impl SuiteFile {
            /// The complete tree of a section, as the file has it.
            pub fn section(&self, section: Section) -> serde_json::Value {
                match section { $(Section::$section => $crate::suite::section::tree(&self.$field),)* }
            }
        }

        /// A part of a suite that a trial is put together from; sweeps change sections by path.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Section {
            $(#[doc = concat!("The section `", $name, "`.")] $section,)*
        }

        impl Section {
            /// How many sections there are.
            pub const COUNT: usize = Self::NAMES.len();
            /// Every section, in the order of the file.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$section),*];
            /// The names of all sections, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name),*];
        }

        /// All sections of one trial.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Sections {
            $(#[doc = concat!("The section `", $name, "`.")] pub $field: $type,)*
        }

        /// Values of every section, any number of each.
        #[derive(Clone, Debug, Default)]
        pub struct SectionValues {
            $(#[doc = concat!("Values of the section `", $name, "`.")] pub $field: Vec<$type>,)*
        }

        impl SectionValues {
            /// Reads a tree as a further value of `section`, and gives its complete tree.
            ///
            /// # Errors
            ///
            /// All that is wrong with the tree; paths begin with the section's name.
            pub fn push(
                &mut self,
                section: Section,
                tree: &serde_json::Value,
            ) -> Result<serde_json::Value, Vec<$crate::suite::Problem>> {
                match section {
                    $(Section::$section => {
                        #[allow(unused_mut, reason = "not every section is pruned")]
                        let mut value = $crate::suite::section::read::<$type>(section, tree)?;
                        $($prune(&mut value);)?
                        let tree = $crate::suite::section::tree(&value);
                        self.$field.push(value);
                        Ok(tree)
                    })*
                }
            }

            /// Takes the last value of `section` back.
            pub fn pop(&mut self, section: Section) {
                match section { $(Section::$section => drop(self.$field.pop()),)* }
            }

            /// One trial's sections: of each section the value with the number that `of` gives.
            ///
            /// # Panics
            ///
            /// When there is no value of that number.
            pub fn sections(&self, of: impl Fn(Section) -> usize) -> Sections {
                Sections { $($field: self.$field[of(Section::$section)].clone(),)* }
            }
        }
    };
}

pub(super) use suite_file;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Path, Problem, Schema, Section, Segment, SuiteFile, validate};

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
    pub fn differing(self, tree: &Value) -> Vec<(Path, Value)> {
        Schema::of::<SuiteFile>().differing_under(self.name(), tree)
    }
}

pub(super) fn tree<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("the suite's types have text keys and finite numbers")
}

pub(super) fn read<T: DeserializeOwned + JsonSchema + 'static>(
    section: Section,
    tree: &Value,
) -> Result<T, Vec<Problem>> {
    let prefix = Path::root().key(section.name());
    let beneath = |problems: Vec<Problem>| problems.into_iter().map(|problem| problem.beneath(&prefix)).collect();
    validate::<T>(tree).map(|(value, _)| value).map_err(beneath)
}
