//! The table of verdicts.

use super::verdict::Verdict;
use crate::results::number::significant;
use crate::results::table::{Cell, Column, INFINITY, Table};

/// Significant digits of a bound for readers.
const DIGITS: usize = 4;

/// A sentence on the rows of the verdicts.
pub const TABLE_ABOUT: &str =
    "One row per claim of the suite, in its order; made of the tables of trials, metrics and probes.";
/// The columns of the verdicts, with what each says.
pub const TABLE_COLUMNS: [(&str, &str); 13] = [
    ("claim", "The claim's id."),
    (
        "verdict",
        "`supported`, `refuted` or `inconclusive`: whether the corrected interval lies beyond what is claimed, on the other side, or neither.",
    ),
    ("statement", "The claim in words, as the suite has it."),
    ("metric", "The number of a trial that the claim is about; in CSV and JSON only."),
    (
        "effect",
        "The difference of the metric, left less right, or a rank correlation, with the corrected interval that decides; of a claim with \
         `in-at-least` the number of replicates in which it holds.",
    ),
    ("expected", "The effects that the claim claims, such as `> 0.2`; after `in ≥` the number of replicates."),
    ("n", "How many replicates count."),
    ("test", "The statistical test whose inversion the interval is."),
    (
        "p",
        "The two-sided p-value of the hypothesis that the effect lies at the claim's bound; absent where nothing is left to chance.",
    ),
    ("corrected p", "The p-value after Holm's correction for all claims of the suite."),
    ("alpha", "The probability of a false verdict that the claim accepts; in CSV and JSON only."),
    ("hash", "A hash of the claim's text and test; in CSV and JSON only."),
    ("notes", "What a reader must know: replicates left out, how many would decide."),
];

/// One row per claim, in the suite's order: its verdict, the effect with the corrected interval beside what was expected of it, and
/// the test with its p-values.
pub fn table(verdicts: &[Verdict]) -> Table {
    let hidden = |column: Column| Column { for_programs: true, ..column };
    let columns = vec![
        Column::text("claim"),
        Column::text("verdict"),
        Column::text("statement"),
        hidden(Column::text("metric")),
        Column::number("effect"),
        Column::text("expected"),
        Column::number("n"),
        Column::text("test"),
        Column::number("p"),
        Column::number("corrected p"),
        hidden(Column::number("alpha")),
        hidden(Column::text("hash")),
        Column::text("notes"),
    ];
    let number = |p: Option<f64>| p.map_or(Cell::Null, Cell::Number);
    let row = |verdict: &Verdict| {
        let spec = &verdict.claim.spec;
        let effect = match verdict.effect {
            None => Cell::Null,
            // What no seed changes has no interval.
            Some(effect) if verdict.p.is_none() => Cell::Number(effect.value),
            Some(estimate) => Cell::Estimate { estimate, infinite: INFINITY.into() },
        };
        vec![
            Cell::Text(spec.id.clone()),
            Cell::Text(verdict.outcome.name().to_owned()),
            Cell::Text(spec.statement.clone()),
            Cell::Text(spec.metric.to_string()),
            effect,
            Cell::Text(verdict.claim.expected(|bound| significant(bound, DIGITS))),
            Cell::Integer(verdict.n as i128),
            Cell::Text(verdict.test.to_owned()),
            number(verdict.p),
            number(verdict.corrected),
            Cell::Number(verdict.claim.alpha),
            Cell::Text(spec.hash()),
            Cell::Text(verdict.notes.join("; ")),
        ]
    };
    let rows: Vec<Vec<Cell>> = verdicts.iter().map(row).collect();
    let any_p = verdicts.iter().any(|verdict| verdict.p.is_some());
    let note = "Effect: the difference of the metric, left less right, or a rank correlation; in brackets the interval that decides, \
                corrected as p is (Holm) for all claims of the suite.";
    Table { columns, rows, notes: if any_p { vec![note.to_owned()] } else { vec![] } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_described() {
        let table = table(&[]);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, TABLE_COLUMNS.map(|(name, _)| name));
    }
}
