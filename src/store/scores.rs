//! The columns of the trials table that come from its metrics: what each trial scored at its last evaluation.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, Float64Chunked, IntoColumn, NewChunkedArray};

use super::column::{ColumnSchema, ColumnType};
use super::error::SchemaError;
use super::shared_trial::SharedTrial;
use super::status::Status;

/// A column of final scores: its split and metric as the table of metrics has them.
struct Score {
    split: &'static str,
    metric: &'static str,
}

/// Declares the columns of final scores, each with what it says.
macro_rules! scores {
    ($($(#[doc = $doc:literal])* $name:literal = $split:literal / $metric:literal,)*) => {
        /// The columns of final scores, which follow those of the trial itself. They are made of the table of metrics whenever the
        /// table of trials is written or shown, so that those of older versions have them too.
        pub const SCORES: &[ColumnSchema] = &[$(ColumnSchema {
            name: $name,
            doc: concat!($($doc, "\n"),*),
            kind: ColumnType::F64,
            nullable: true,
        }),*];

        const OF: &[Score] = &[$(Score { split: $split, metric: $metric }),*];
    };
}

scores! {
    /// The validation loss at the last evaluation; NaN of a diverged trial, null of one without a result.
    "validation_loss" = "validation" / "loss",
    /// The validation accuracy at the last evaluation, as `validation_loss`.
    "validation_accuracy" = "validation" / "accuracy",
    /// The test loss at the end, as `validation_loss`.
    "test_loss" = "test" / "loss",
    /// The test accuracy at the end, as `validation_loss`.
    "test_accuracy" = "test" / "accuracy",
    /// The share of test sequences all of whose outputs are right, at the end, as `validation_loss`; null for tasks that score one output.
    "test_exact_match" = "test" / "exact-match",
}

/// The final scores of trials.
#[derive(Debug, Default)]
pub(super) struct Scores {
    of: BTreeMap<String, [Option<f64>; OF.len()]>,
}

impl Scores {
    /// Takes in a part of the table of metrics, whose rows come by trial and update.
    pub fn add(&mut self, metrics: &DataFrame) -> Result<(), SchemaError> {
        let text = |name: &str| -> Result<_, SchemaError> { Ok(metrics.column(name)?.str()?) };
        let (ids, splits, names) = (text("trial_id")?, text("split")?, text("metric")?);
        let values = metrics.column("value")?.f64()?;
        let rows = ids.iter().zip(splits.iter()).zip(names.iter()).zip(values.iter());
        for (((id, split), metric), value) in rows {
            let place = OF.iter().position(|score| Some(score.split) == split && Some(score.metric) == metric);
            let (Some(id), Some(place)) = (id, place) else { continue };
            match self.of.get_mut(id) {
                Some(scores) => scores[place] = value,
                None => {
                    let mut scores = [None; OF.len()];
                    scores[place] = value;
                    self.of.insert(id.to_owned(), scores);
                }
            }
        }
        Ok(())
    }

    /// The columns for these trials.
    pub fn columns(&self, ids: &[String], trials: &BTreeMap<String, SharedTrial>) -> Vec<Column> {
        let score = |id: &String, place: usize| {
            let value = self.of.get(id)?[place]?;
            match trials.get(id)?.status {
                Status::Finished => Some(value),
                Status::Diverged => Some(f64::NAN),
                Status::Timeout | Status::OutOfMemory | Status::Error | Status::Interrupted => None,
            }
        };
        let column = |(place, schema): (usize, &ColumnSchema)| {
            let values = ids.iter().map(|id| score(id, place));
            Float64Chunked::from_iter_options(schema.name.into(), values).into_column()
        };
        SCORES.iter().enumerate().map(column).collect()
    }
}
