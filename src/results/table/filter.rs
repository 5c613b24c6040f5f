//! Rows that satisfy conditions.

use std::collections::BTreeSet;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};
use serde_yaml::Value;

use super::cell::{Cell, LONGEST_NUMBER};
use super::error::TableError;
use super::frame::cells;
use crate::text::{Comparison, Condition, described, nearest};

/// Whether a condition holds of a cell. An estimate counts as its value, a count of all that are to be as the count. What is not
/// known satisfies `=null` and `!=` of anything else, and no order.
pub(super) fn holds(condition: &Condition, cell: &Cell) -> bool {
    match condition.comparison {
        Comparison::Equal => equals(condition, cell),
        Comparison::NotEqual => !equals(condition, cell),
        Comparison::Matches => match cell {
            Cell::Null => false,
            cell => condition.matches_text(&cell.shown()),
        },
        Comparison::Less | Comparison::AtMost | Comparison::Greater | Comparison::AtLeast => {
            cell.number().is_some_and(|number| condition.holds_of_number(number))
        }
    }
}

/// Whether a cell has the value that a condition asks for, or is shown as it is written. Text may also be a number that is
/// written otherwise, or a setting whose keys stand in another order or that is given in the words of labels.
fn equals(condition: &Condition, cell: &Cell) -> bool {
    if condition.word.as_deref() == Some(cell.shown().as_str()) {
        return true;
    }
    let holds = |value: Value| condition.holds(&value);
    match cell {
        Cell::Null => holds(Value::Null),
        Cell::Boolean(flag) => holds((*flag).into()),
        Cell::Integer(integer) => holds(match (u64::try_from(*integer), i64::try_from(*integer)) {
            (Ok(integer), _) => integer.into(),
            (_, Ok(integer)) => integer.into(),
            _ => (*integer as f64).into(),
        }),
        Cell::Number(number) | Cell::Setting(number) => holds((*number).into()),
        Cell::Text(text) => {
            let number = || text.parse().ok().filter(|number: &f64| text.len() <= LONGEST_NUMBER && number.is_finite());
            let word = condition.word.as_deref().unwrap_or_default();
            let setting = || {
                let wanted = value(word);
                let found = value(text)?;
                Some(if wanted.is_some() { wanted.as_ref() == Some(&found) } else { in_words(&found) == word })
            };
            holds(text.as_str().into())
                || number().is_some_and(|number| holds(number.into()))
                || setting() == Some(true)
        }
        Cell::Share(_) | Cell::Estimate { .. } | Cell::Progress { .. } => {
            cell.number().is_some_and(|number| holds(number.into()))
        }
    }
}

/// The map or list that a text spells, in YAML.
fn value(text: &str) -> Option<Value> {
    text.starts_with(['{', '[']).then(|| serde_yaml::from_str(text).ok()).flatten()
}

/// The setting in the words of labels, such as `orthogonal gain 2`.
fn in_words(value: &Value) -> String {
    serde_json::to_value(value).map_or_else(|_| String::new(), |value| described(&value))
}

/// The rows of `frame` that satisfy all conditions, in its order.
///
/// A condition may name a column of `trials` instead (`arm`, `status`, `task.length`), for the tables whose rows belong to
/// trials: then the rows of the trials that satisfy it are kept. Quotes in a column's name may be left out.
///
/// # Errors
/// When neither has a condition's column: with the nearest name and all of them.
pub fn select(
    frame: &DataFrame,
    trials: Option<&DataFrame>,
    conditions: &[Condition],
) -> Result<DataFrame, TableError> {
    let mut keep = vec![true; frame.height()];
    for condition in conditions {
        let bare = |name: &str| name.replace('"', "");
        let named = |frame: &DataFrame| {
            let exact = frame.column(&condition.name).ok().cloned();
            exact
                .or_else(|| frame.columns().iter().find(|column| bare(column.name()) == bare(&condition.name)).cloned())
        };
        if let Some(column) = &named(frame) {
            keep.iter_mut().zip(cells(column)?).for_each(|(keep, cell)| *keep &= holds(condition, &cell));
        } else if let Some((trials, column)) = &trials.and_then(|trials| Some((trials, named(trials)?))) {
            let ids = trials.column("trial_id")?.str()?.iter();
            let chosen: BTreeSet<&str> =
                ids.zip(cells(column)?).filter(|(_, cell)| holds(condition, cell)).filter_map(|(id, _)| id).collect();
            let ids = frame.column("trial_id")?.str()?.iter();
            keep.iter_mut().zip(ids).for_each(|(keep, id)| *keep &= id.is_some_and(|id| chosen.contains(id)));
        } else {
            return Err(unknown(&condition.name, frame, trials));
        }
    }
    Ok(frame.filter(&BooleanChunked::from_iter_values("keep".into(), keep.into_iter()))?)
}

fn unknown(name: &str, frame: &DataFrame, trials: Option<&DataFrame>) -> TableError {
    let mut columns: Vec<String> = Vec::new();
    for column in [Some(frame), trials].into_iter().flatten().flat_map(DataFrame::columns) {
        if !columns.iter().any(|known| known == column.name().as_str()) {
            columns.push(column.name().to_string());
        }
    }
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let nearest = nearest(name, &names).map(str::to_owned);
    TableError::UnknownColumn { column: name.to_owned(), nearest, columns }
}

#[cfg(test)]
mod tests {
    use polars::prelude::IntoColumn;

    use super::*;
    use crate::results::table::Table;
    use crate::store::samples::record;
    use crate::store::{MetricRow, Row, TrialRow};

    fn frames() -> (DataFrame, DataFrame) {
        let records: Vec<_> = (0..4).map(record).collect();
        let trials: Vec<_> = records.iter().map(|record| record.trial.clone()).collect();
        let metrics: Vec<_> = records.iter().flat_map(|record| record.metrics.clone()).collect();
        let mut trials = TrialRow::to_frame(&trials).unwrap();
        let lengths = polars::prelude::Int64Chunked::from_iter_options(
            "task.length".into(),
            [Some(50), Some(100), Some(50), None].into_iter(),
        );
        let rates = polars::prelude::StringChunked::from_iter_options(
            "rate".into(),
            [Some("0.001"), Some("none"), Some("1e-3"), None].into_iter(),
        );
        let extra = [lengths.into_column(), rates.into_column()];
        trials = trials.hstack(&extra).unwrap();
        (trials, MetricRow::to_frame(&metrics).unwrap())
    }

    fn count(frame: &DataFrame, trials: Option<&DataFrame>, conditions: &[&str]) -> usize {
        let conditions: Vec<Condition> = conditions.iter().map(|text| text.parse().unwrap()).collect();
        select(frame, trials, &conditions).unwrap().height()
    }

    #[test]
    fn equality_knows_numbers_text_booleans_and_null() {
        let (trials, metrics) = frames();
        for (condition, expected) in [
            ("status=diverged", 1),
            ("status=Diverged", 0),
            ("replicate=2", 1),
            ("replicate=2.0", 1),
            ("replicate=two", 0),
            ("task.length=50.0", 2),
            ("task.length=5e1", 2),
            ("task.length=null", 1),
            ("rate=1e-3", 2),
            ("rate=none", 1),
            ("solved=true", 3),
            ("reason=", 3),
            ("config={\"n\":1}", 1),
            ("train_seconds=0.125", 1),
        ] {
            assert_eq!(count(&trials, None, &[condition]), expected, "{condition}");
        }
        assert_eq!(count(&trials, None, &["task.length=50", "status=diverged"]), 1);
        assert_eq!(count(&trials, None, &[]), 4);
        assert_eq!(count(&metrics, None, &["value=NaN"]), 1);
        assert_eq!(count(&metrics, None, &["value=inf"]), 4);
        assert_eq!(count(&metrics, None, &["value=0"]), 4, "−0 is 0");
    }

    #[test]
    fn numbers_are_compared_and_texts_searched() {
        let (trials, metrics) = frames();
        for (condition, expected) in [
            ("replicate<2", 2),
            ("replicate>=2", 2),
            ("task.length>50", 1),
            ("task.length!=50", 2),
            ("status!=diverged", 3),
            ("status~^fin", 3),
            ("rate<0.01", 2),
            ("reason~nothing", 0),
        ] {
            assert_eq!(count(&trials, None, &[condition]), expected, "{condition}");
        }
        assert_eq!(count(&metrics, Some(&trials), &["task.length<60", "split=test"]), 4);
        // NaN is in no order.
        let all = metrics.height();
        let [below, rest, nan] = ["value<1", "value>=1", "value=NaN"].map(|text| count(&metrics, None, &[text]));
        assert_eq!(below + rest + nan, all);
        assert!(nan > 0);
    }

    #[test]
    fn rows_of_trials_are_chosen_by_their_trial() {
        let (trials, metrics) = frames();
        assert_eq!(count(&metrics, Some(&trials), &["task.length=50", "split=test"]), 4);
        assert_eq!(count(&metrics, Some(&trials), &["status=diverged", "metric=loss", "split=test"]), 1);
    }

    #[test]
    fn digits_of_an_id_are_not_a_number() {
        let holds = |value: &str, id: &str| {
            let condition: Condition = format!("trial_id={value}").parse().unwrap();
            holds(&condition, &Cell::Text(id.into()))
        };
        assert!(!holds("9234567890123457", "9234567890123456"));
        assert!(!holds("0", "0000000000000000"));
        assert!(holds("9234567890123456", "9234567890123456"));
    }

    #[test]
    fn an_unknown_column_is_named_beside_the_nearest_and_all() {
        let (trials, metrics) = frames();
        let error = select(&metrics, Some(&trials), &["task.lenght=50".parse().unwrap()]).unwrap_err().to_string();
        assert!(error.contains("`task.lenght`; did you mean `task.length`?"), "{error}");
        assert!(error.contains("trial_id, update, split, metric, value, config"), "{error}");
        let error = select(&trials, None, &["zzz=1".parse().unwrap()]).unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
    }

    #[test]
    fn a_view_has_the_tables_columns_in_their_order() {
        let (trials, _) = frames();
        let table = Table::from_frame(&trials).unwrap();
        assert_eq!(table.columns.len(), TrialRow::FIELDS.len() + 2);
        assert_eq!(table.columns[0].name, "trial_id");
        assert_eq!(table.rows.len(), 4);
        assert_eq!(table.rows[3].last(), Some(&Cell::Null));
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
        assert_eq!(Table::from_frame(&trials.slice(0, 0)).unwrap().columns, table.columns);
    }
}
