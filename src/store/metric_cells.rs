//! Rows of the metrics as they lie in their table: there are many more of them than trials, and a struct with texts of its own for each
//! takes longer than all else that is made of them.

use polars::prelude::DataFrame;

use super::error::{SchemaError, StoreError};
use super::folder::Store;
use super::record::MetricRow;
use super::row::Row as _;

/// A row of the metrics.
#[derive(Clone, Copy, Debug)]
pub struct MetricCells<'a> {
    /// The trial.
    pub trial_id: &'a str,
    /// Whether the row before is of another trial, or there is none.
    pub is_of_another_trial: bool,
    /// Parameter updates done before the evaluation.
    pub update: u64,
    /// The split, such as `test`.
    pub split: &'a str,
    /// The metric, such as `loss`.
    pub metric: &'a str,
    /// The figure.
    pub value: f64,
}

impl<'a> From<&'a MetricRow> for MetricCells<'a> {
    fn from(row: &'a MetricRow) -> Self {
        let MetricRow { trial_id, update, split, metric, value } = row;
        Self { trial_id, is_of_another_trial: true, update: *update, split, metric, value: *value }
    }
}

impl Store {
    /// Hands the rows of the metrics to `each`, in the order of the table.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn visit_metrics(
        &self,
        mut each: impl FnMut(MetricCells<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut last = String::new();
        self.scan::<MetricRow, StoreError>(&mut |part| {
            let mut done = Ok(());
            let visited = visit(&part, &mut |mut cells| {
                cells.is_of_another_trial = cells.trial_id != last;
                if cells.is_of_another_trial {
                    last.clear();
                    last.push_str(cells.trial_id);
                }
                done = each(cells);
                done.is_ok()
            });
            visited.map_err(|source| self.cannot_read::<MetricRow>(source))?;
            done
        })
    }
}

/// Hands the rows of a part to `each` until that is false.
fn visit(part: &DataFrame, each: &mut dyn FnMut(MetricCells<'_>) -> bool) -> Result<(), SchemaError> {
    let column = |name: &str| {
        let column = part.column(name)?;
        if column.null_count() > 0 {
            let row = column.is_null().iter().position(|null| null == Some(true)).unwrap_or_default();
            return Err(SchemaError::Null { column: name.to_owned(), row });
        }
        Ok(column)
    };
    // The schema is the struct's, which is destructured so that no field is forgotten.
    debug_assert_eq!(MetricRow::FIELDS.len(), 5);
    let (ids, updates) = (column("trial_id")?.str()?, column("update")?.u64()?);
    let (splits, metrics) = (column("split")?.str()?, column("metric")?.str()?);
    let values = column("value")?.f64()?;
    let rows = ids.iter().zip(updates.iter()).zip(splits.iter()).zip(metrics.iter()).zip(values.iter());
    for ((((id, update), split), metric), value) in rows {
        let (Some(trial_id), Some(update), Some(split)) = (id, update, split) else { continue };
        let (Some(metric), Some(value)) = (metric, value) else { continue };
        if !each(MetricCells { trial_id, is_of_another_trial: false, update, split, metric, value }) {
            break;
        }
    }
    Ok(())
}
