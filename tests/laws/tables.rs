//! The tables' schema under its version: `tests/golden/tables.txt` lists the columns.
//!
//! `LONGLAG_BLESS=1 cargo test --test laws tables` writes the list anew once `SCHEMA_VERSION` was raised. Under the same version it refuses:
//! a reader of tables tells by the version what columns there are.

use std::{fs, path::Path};

use longlag::store::{SCHEMA_VERSION, tables};

use crate::support::bless::bless;

/// The version, then a line for each column: table, name, type and, where it may be null, a question mark.
fn listing(version: u32) -> String {
    let mut text = format!("schema {version}\n");
    for table in tables() {
        for column in table.fields {
            let null = if column.nullable { "?" } else { "" };
            text += &format!("{}.{} {:?}{null}\n", table.name, column.name, column.kind);
        }
    }
    text
}

/// The text to write in place of `stored`.
///
/// # Errors
///
/// When columns differ under one version, or a new one may not be null, which rows of older versions leave it.
fn blessed(stored: &str, version: u32) -> Result<String, String> {
    let now = listing(version);
    let same_version = stored.lines().next() == now.lines().next();
    let differs = |line: &&str| !stored.lines().any(|other| other == *line);
    match now.lines().find(differs).or_else(|| stored.lines().find(|line| !now.lines().any(|other| other == *line))) {
        Some(column) if same_version => Err(format!(
            "`{column}` differs under schema version {version}: raise SCHEMA_VERSION in src/store/column.rs"
        )),
        _ => match now.lines().skip(1).filter(differs).find(|column| !column.ends_with('?')) {
            Some(column) => Err(format!(
                "`{column}` is new and never null, so that tables of older versions cannot be read: make it an `Option` in \
                 src/store/record.rs"
            )),
            None => Ok(now),
        },
    }
}

#[test]
fn columns_are_those_of_the_schema_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tables.txt");
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let now = blessed(&stored, SCHEMA_VERSION).unwrap_or_else(|refusal| panic!("{refusal}"));
    if bless() {
        fs::write(&path, &now).expect("the list is written");
    } else {
        assert_eq!(
            stored, now,
            "tests/golden/tables.txt: the schema's version was raised; `LONGLAG_BLESS=1 cargo test --test laws tables` writes its columns"
        );
    }
}

#[test]
fn a_column_that_changes_under_one_version_is_refused() {
    let stored = listing(3);
    assert_eq!(blessed(&stored, 3), Ok(stored.clone()));
    let fewer = stored.replace("trials.config Text\n", "");
    let refused = |before: &str| blessed(before, 3).expect_err("columns differ");
    assert!(refused(&fewer).starts_with("`trials.config Text` differs"), "{}", refused(&fewer));
    assert!(refused(&format!("{stored}trials.gone U64\n")).starts_with("`trials.gone U64` differs"));
    assert!(blessed(&fewer, 4).expect_err("a column that is never null").contains("`trials.config Text` is new"));
    let without_reason = stored.replace("trials.reason Text?\n", "");
    assert!(refused(&without_reason).starts_with("`trials.reason Text?` differs"));
    assert_eq!(blessed(&without_reason, 4), Ok(listing(4)));
}
