//! One list per kind of component, from which everything else about the kind derives.
//!
//! A kind (tasks, cells, initializers, …) is an enum made by [`registry!`](crate::registry). Its variants carry the component's settings, so
//! the suite's YAML (`kind: adding`), the JSON schema, `list`, `describe`, the law tests and the benches all read the same
//! list, and the page of a component is its doc comment.

use schemars::Schema;

/// A registered component, as `list` and `describe` show it.
#[derive(Clone, Debug)]
pub struct Page {
    /// The name in suites, such as `adding`.
    pub name: &'static str,
    /// The JSON schema of its settings; its `description` is the doc comment of the component's struct.
    pub schema: Schema,
}

impl Page {
    /// The doc comment, in Markdown.
    pub fn text(&self) -> &str {
        self.schema.get("description").and_then(|text| text.as_str()).unwrap_or_default()
    }

    /// The first paragraph of the doc comment on one line.
    pub fn summary(&self) -> String {
        self.text().lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect::<Vec<_>>().join(" ")
    }
}

/// Declares a kind: an enum over its components, tagged by `kind` in YAML, that dereferences to the kind's trait.
#[macro_export]
macro_rules! registry {
    ($(#[$meta:meta])* $vis:vis enum $name:ident: $contract:path { $($kind:literal => $variant:ident($component:ty)),* $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        $(#[$meta])*
        #[serde(tag = "kind")]
        $vis enum $name {
            $(
                #[doc = $kind]
                #[serde(rename = $kind)]
                $variant($component),
            )*
        }

        impl $name {
            /// The registered names, in the order of the list.
            pub const NAMES: &'static [&'static str] = &[$($kind),*];

            /// The component's name in suites.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// Every registered component with its default settings.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$variant(<$component>::default())),*]
            }

            /// The page of every registered component.
            pub fn pages() -> Vec<$crate::component::registry::Page> {
                vec![$($crate::component::registry::Page { name: $kind, schema: schemars::schema_for!($component) }),*]
            }
        }

        impl std::ops::Deref for $name {
            type Target = dyn $contract;

            fn deref(&self) -> &Self::Target {
                match self { $(Self::$variant(component) => component,)* }
            }
        }
    };
}
