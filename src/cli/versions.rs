//! The versions that the program follows.

use std::sync::LazyLock;

use crate::{
    engine::NUMERICS,
    store::{Build, SCHEMA_VERSION},
    suite::SUITE_VERSION,
};

/// The crate's version, then the others and the build, one on each line.
pub(super) fn versions() -> &'static str {
    static VERSIONS: LazyLock<String> = LazyLock::new(text);
    &VERSIONS
}

fn text() -> String {
    let Build { longlag, commit, rustc, profile } = Build::this();
    let mut text =
        format!("{longlag}\nsuite format {SUITE_VERSION}\ntable schema {SCHEMA_VERSION}\nnumerics {NUMERICS}");
    for (name, value) in [("commit", commit), ("compiler", rustc), ("profile", profile)] {
        text += &value.map(|value| format!("\n{name} {value}")).unwrap_or_default();
    }
    text
}
