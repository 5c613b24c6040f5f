//! The sections of a suite: the parts that a trial is put together from, and that sweeps change by path.

/// Declares the suite file with its sections. Each section is one entry, from which follow the file's key, the section's name,
/// its place in [`Sections`](crate::suite::Sections), how it is read, and its part in a trial's identity. Settings that have no
/// effect beside others are taken back by the function that an entry names after `pruned by`; files that they name are found by the one
/// after `bound by`; what identifies a section where that is not its settings is made by the value's method behind `identified by`.
macro_rules! suite_file {
    (
        $(#[$meta:meta])*
        pub struct SuiteFile {
            $($(#[$before_meta:meta])* pub $before:ident: $before_type:ty,)*
            sections {
                $($(#[$section_meta:meta])* $name:literal => $field:ident: $section:ident($type:ty) $(identified by $identity:ident)? $(bound by [$bind:path])? $(pruned by $prune:path)?,)*
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
                match section { $(Section::$section => $crate::suite::settings::tree(&self.$field),)* }
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
            /// Reads a tree as a further value of `section`, and gives its complete tree. Files that it names are looked for in `files`.
            ///
            /// # Errors
            ///
            /// All that is wrong with the tree or the files; paths begin with the section's name.
            pub fn push(
                &mut self,
                section: Section,
                tree: serde_json::Value,
                files: &$crate::component::task::DataFiles,
            ) -> Result<serde_json::Value, Vec<$crate::suite::Problem>> {
                match section {
                    $(Section::$section => {
                        #[allow(unused_mut, reason = "not every section is bound or pruned")]
                        let mut value = $crate::suite::settings::read::<$type>(section.name(), tree)?;
                        $($bind(&mut value, files).map_err(|misfit| vec![$crate::suite::settings::misfit(section.name(), misfit)])?;)?
                        $($prune(&mut value);)?
                        let tree = $crate::suite::settings::tree(&value);
                        self.$field.push(value);
                        Ok(tree)
                    })*
                }
            }

            /// The complete tree of the value of `section` with that number.
            ///
            /// # Panics
            ///
            /// When there is no value of that number.
            pub fn tree(&self, section: Section, number: usize) -> serde_json::Value {
                match section { $(Section::$section => $crate::suite::settings::tree(&self.$field[number]),)* }
            }

            /// The tree of the last value of `section` by which it is identified.
            ///
            /// # Panics
            ///
            /// When there is no value.
            pub fn identity(&self, section: Section) -> serde_json::Value {
                match section {
                    $(Section::$section => {
                        let value = self.$field.last().expect("a value was read");
                        $(return value.$identity();)?
                        #[allow(unreachable_code, reason = "most sections are identified by their settings")]
                        $crate::suite::settings::tree(value)
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
