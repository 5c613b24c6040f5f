//! Pages on the tables of a run: every column, from the types of their rows.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};

use crate::{
    component::registry::Page,
    results::{claim, reach, table, tuning},
    store::{CONTENTS, ColumnType, PLANNED, SCORES, TableSchema, tables as stored_tables},
};

/// A page for each table that a run has: those that are stored, then those that are made of them.
pub fn tables() -> Vec<Page> {
    let stored = stored_tables().into_iter().map(|table| Page { name: table.name, schema: stored(&table) });
    let made = [
        ("summary", table::SUMMARY_ABOUT, &table::SUMMARY_COLUMNS[..]),
        ("claims", claim::TABLE_ABOUT, &claim::TABLE_COLUMNS[..]),
        ("tuning", tuning::LEDGER_ABOUT, &tuning::LEDGER_COLUMNS[..]),
        ("tuning-budget", tuning::BUDGET_ABOUT, &tuning::BUDGET_COLUMNS[..]),
        ("reach", reach::REACH_ABOUT, &reach::REACH_COLUMNS[..]),
        ("curves", table::CURVES_ABOUT, &table::CURVES_COLUMNS[..]),
        ("generalization", table::GENERALIZATION_ABOUT, &table::GENERALIZATION_COLUMNS[..]),
    ];
    let made = made.into_iter().map(|(name, about, columns)| {
        let columns = columns.iter().map(|(column, text)| ((*column).to_owned(), json!({ "description": text })));
        Page { name, schema: schema(about, columns.collect()) }
    });
    stored.chain(made).collect()
}

fn schema(about: &str, columns: Map<String, Value>) -> Schema {
    json_schema!({ "description": about, "properties": columns, "x-table": true })
}

fn stored(table: &TableSchema) -> Schema {
    let is_trials = table.name == "trials";
    let scores = SCORES.iter().chain([&CONTENTS]).filter(|_| is_trials);
    let column = |name: &str, text: &str, kind: &str, nullable: bool| {
        let kind = if nullable { format!("{kind} or null") } else { kind.to_owned() };
        (name.to_owned(), json!({ "description": format!("{text} ({kind})") }))
    };
    let fields = table.fields.iter().chain(scores);
    let mut columns: Map<String, Value> =
        fields.map(|field| column(field.name, &field.text(), kind(field.kind), field.nullable)).collect();
    columns.extend([column(
        PLANNED,
        "Whether the trial is in the plan of the suite as it was run last.",
        "boolean",
        false,
    )]);
    if is_trials {
        let arm = "The name of the trial's arm; null for trials that are not planned any more.";
        let stage = "`tuning` or `reported`: what the trial is for; a column of suites with `tune`.";
        let path = "One column for each swept setting, named by its path: its resolved value, null where the arm's components lack it.";
        columns.extend([
            column("arm", arm, "text", true),
            column("stage", stage, "text", true),
            column("task.length, model.cell, …", path, "the type that holds all values", true),
        ]);
    }
    let about = format!("{} In `{}.parquet`; sorted by the first columns.", table.text(), table.name);
    schema(&about, columns)
}

fn kind(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::U32 => "32-bit whole number",
        ColumnType::U64 => "64-bit whole number",
        ColumnType::F64 => "double",
        ColumnType::Boolean => "boolean",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_is_described() {
        let pages = tables();
        let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        let mut expected = ["trials", "metrics", "probes", "chains", "summary", "claims"].to_vec();
        expected.extend(["tuning", "tuning-budget", "reach", "curves", "generalization"]);
        assert_eq!(names, expected);
        for page in &pages {
            assert!(page.summary().ends_with('.'), "{}: {}", page.name, page.summary());
            let columns = page.schema.get("properties").and_then(Value::as_object).expect("columns");
            for (name, column) in columns {
                let text = column["description"].as_str().unwrap_or_default();
                assert!(text.len() > 10, "{} {name}: {text}", page.name);
            }
        }
        let trials = pages[0].schema.get("properties").and_then(Value::as_object).expect("columns");
        assert!(["trial_id", "test_loss", "planned", "arm"].iter().all(|name| trials.contains_key(*name)));
    }
}
