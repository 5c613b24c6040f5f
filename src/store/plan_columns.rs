//! The columns of the trials table that come from the current plan: the arm and the swept settings of each trial.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{
    BooleanChunked, Column, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked,
};
use serde_json::Value;

use super::digests::CONTENTS;
use super::record::TrialRow;
use super::row::Row;
use super::scores::SCORES;
use crate::text::spelled;

/// The name of the arm's column.
pub(super) const ARM: &str = "arm";

/// The name of the column that every table has: whether a row's trial is in the current plan.
pub const PLANNED: &str = "planned";

/// The largest magnitude up to which a double tells all integers apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The plan's columns of the trials table. The default is no plan: every trial's arm is null.
///
/// Trials of one arm have the same, which is kept once for all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanColumns {
    /// The swept paths, in the order of the columns.
    paths: Vec<String>,
    arms: Vec<PlannedArm>,
    /// The place of each trial's arm.
    trials: BTreeMap<String, usize>,
}

/// The label and the values of the trials of an arm.
#[derive(Clone, Debug, PartialEq)]
struct PlannedArm {
    label: String,
    /// The resolved value at each path; nothing where the arm's components lack the setting. Paths that came later are left out.
    values: Vec<Option<Value>>,
}

impl PlannedArm {
    fn value(&self, path: usize) -> Option<&Value> {
        self.values.get(path)?.as_ref()
    }
}

impl PlanColumns {
    /// Adds an arm with its label and its settings, a dotted path such as `task.length` and a resolved value each, and gives its place.
    pub fn add_arm<'a>(&mut self, label: &str, settings: impl IntoIterator<Item = (&'a str, Value)>) -> usize {
        let mut values = vec![];
        for (path, value) in settings {
            let place = self.paths.iter().position(|known| known == path).unwrap_or_else(|| {
                self.paths.push(path.to_owned());
                self.paths.len() - 1
            });
            if values.len() <= place {
                values.resize(place + 1, None);
            }
            values[place] = Some(value);
        }
        self.arms.push(PlannedArm { label: label.to_owned(), values });
        self.arms.len() - 1
    }

    /// Adds a trial of the arm at a place that [`PlanColumns::add_arm`] gave.
    pub fn add_trial(&mut self, trial_id: &str, arm: usize) {
        self.trials.insert(trial_id.to_owned(), arm);
    }

    /// The number of trials of the plan.
    pub fn len(&self) -> usize {
        self.trials.len()
    }

    /// Whether there is no plan.
    pub fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }

    /// Whether the trial is in the plan.
    pub fn has(&self, trial_id: &str) -> bool {
        self.trials.contains_key(trial_id)
    }

    fn arm(&self, trial_id: &str) -> Option<&PlannedArm> {
        self.arms.get(*self.trials.get(trial_id)?)
    }

    /// A hash of all that the columns say.
    pub(super) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        };
        for (id, arm) in &self.trials {
            add(id);
            add(&self.arms[*arm].label);
        }
        for (place, path) in self.paths.iter().enumerate() {
            add("");
            add(path);
            let spelled: Vec<Option<String>> =
                self.arms.iter().map(|arm| arm.value(place).map(Value::to_string)).collect();
            for (id, arm) in &self.trials {
                if let Some(value) = &spelled[*arm] {
                    add(id);
                    add(value);
                }
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The columns for these trials: `arm`, then one per swept path; null for trials that are not in the plan.
    ///
    /// A path's column has the narrowest type that holds all values which the plan gives it, null aside: truth values, `i64`
    /// where all are whole numbers, `f64` where all are numbers, texts. Otherwise it is text, each value [`spelled`] as YAML:
    /// numbers in their shortest way, components as `gru` or `{kind: elman, activation: relu}`. Null is null in all of them.
    pub(super) fn columns(&self, trials: &[String]) -> Vec<Column> {
        let arms: Vec<Option<&PlannedArm>> = trials.iter().map(|id| self.arm(id)).collect();
        let labels = arms.iter().map(|arm| arm.map(|arm| &arm.label));
        let mut columns = vec![StringChunked::from_iter_options(ARM.into(), labels).into_column()];
        let mut taken: BTreeSet<String> = TrialRow::FIELDS.iter().map(|field| field.name.to_owned()).collect();
        taken.extend([ARM, PLANNED, CONTENTS.name].map(str::to_owned));
        taken.extend(SCORES.iter().map(|score| score.name.to_owned()));
        for (place, path) in self.paths.iter().enumerate() {
            // A setting may be called like a column of the table, such as `replicate`.
            let mut name = path.clone();
            while !taken.insert(name.clone()) {
                name.insert_str(0, "suite.");
            }
            columns.push(self.column(place, &name, &arms));
        }
        columns
    }

    /// The column of the path at `place` for trials of these arms.
    fn column(&self, place: usize, name: &str, arms: &[Option<&PlannedArm>]) -> Column {
        let values = || arms.iter().map(|arm| (*arm)?.value(place).filter(|value| !value.is_null()));
        // Over the plan's values, not these trials': a column's type must not depend on how far the run has come.
        let of_plan = || self.arms.iter().filter_map(|arm| arm.value(place));
        let all = |is: fn(&Value) -> bool| of_plan().all(|value| value.is_null() || is(value));
        let some = of_plan().any(|value| !value.is_null());
        if some && all(Value::is_boolean) {
            BooleanChunked::from_iter_options(name.into(), values().map(|value| value?.as_bool())).into_column()
        } else if some && all(|value| whole(value).is_some()) {
            Int64Chunked::from_iter_options(name.into(), values().map(|value| whole(value?))).into_column()
        } else if some && all(is_double) {
            Float64Chunked::from_iter_options(name.into(), values().map(|value| value?.as_f64())).into_column()
        } else if all(Value::is_string) {
            StringChunked::from_iter_options(name.into(), values().map(|value| value?.as_str())).into_column()
        } else {
            let texts = values().map(|value| value.map(spelled));
            StringChunked::from_iter_options(name.into(), texts).into_column()
        }
    }
}

/// The whole number that a value is, if a column of whole numbers holds it.
fn whole(value: &Value) -> Option<i64> {
    let double = |value: &Value| value.as_f64().filter(|number| number.trunc() == *number && number.abs() <= EXACT);
    value.as_i64().or_else(|| double(value).filter(|_| value.is_f64()).map(|number| number as i64))
}

/// Whether a value is a number that a column of doubles tells from all others.
fn is_double(value: &Value) -> bool {
    value.is_f64() || value.as_i64().is_some_and(|number| number.unsigned_abs() <= EXACT as u64)
}

#[cfg(test)]
mod tests {
    use polars::prelude::DataType;
    use serde_json::json;

    use super::*;

    /// The columns of arms, of one trial each, whose ids are these.
    fn columns_of(ids: &[&str], settings: &[(&str, &[Value])]) -> PlanColumns {
        let mut plan = PlanColumns::default();
        for (number, id) in ids.iter().enumerate() {
            let values = settings.iter().filter_map(|(path, values)| Some((*path, values.get(number)?.clone())));
            let arm = plan.add_arm("elman", values);
            plan.add_trial(id, arm);
        }
        plan
    }

    #[test]
    fn columns_have_the_narrowest_type_that_holds_the_plan() {
        let cell = json!({"kind": "elman", "activation": "relu"});
        let plan = columns_of(
            &["a", "b"],
            &[
                ("task.length", &[json!(50), json!(100.0)]),
                ("rate", &[json!(1), json!(0.5)]),
                ("peepholes", &[json!(true), json!(false)]),
                ("max", &[json!(1.0), json!("none")]),
                ("bias", &[json!(2), json!(null)]),
                ("cell", &[cell, json!({"kind": "gru"})]),
                ("target", &[json!(null)]),
                ("label", &[json!("naive, 1")]),
                ("status", &[json!("x")]),
            ],
        );
        let columns = plan.columns(&["a".into(), "b".into(), "z".into()]);
        let shown: Vec<_> = columns.iter().map(|column| (column.name().as_str(), column.dtype().clone())).collect();
        assert_eq!(
            shown,
            [
                ("arm", DataType::String),
                ("task.length", DataType::Int64),
                ("rate", DataType::Float64),
                ("peepholes", DataType::Boolean),
                ("max", DataType::String),
                ("bias", DataType::Int64),
                ("cell", DataType::String),
                ("target", DataType::String),
                ("label", DataType::String),
                ("suite.status", DataType::String),
            ]
        );
        assert!(columns.iter().all(|column| column.null_count() > 0), "z is not in the plan");
        assert_eq!(columns[1].i64().unwrap().iter().collect::<Vec<_>>(), [Some(50), Some(100), None]);
        assert_eq!(columns[3].bool().unwrap().get(1), Some(false));
        assert_eq!(columns[4].str().unwrap().get(0), Some("1"));
        assert_eq!(columns[8].str().unwrap().get(0), Some("naive, 1"));
        assert_eq!(columns[5].i64().unwrap().iter().collect::<Vec<_>>(), [Some(2), None, None]);
        let cells: Vec<_> = columns[6].str().unwrap().iter().collect();
        assert_eq!(cells, [Some("{kind: elman, activation: relu}"), Some("gru"), None]);
    }

    #[test]
    fn only_numbers_that_a_column_holds_exactly_are_numbers() {
        let kind = |values: &[Value]| {
            let columns = columns_of(&["a", "b"], &[("n", values)]);
            columns.columns(&["a".into()])[1].dtype().clone()
        };
        for whole in [json!(0.0), json!(-3), json!(EXACT), json!(-EXACT), json!(i64::MAX)] {
            assert_eq!(kind(std::slice::from_ref(&whole)), DataType::Int64, "{whole}");
        }
        for number in [json!(0.5), json!(2.0 * EXACT), json!(-2.0 * EXACT)] {
            assert_eq!(kind(std::slice::from_ref(&number)), DataType::Float64, "{number}");
        }
        assert_eq!(kind(&[json!(u64::MAX)]), DataType::String);
        assert_eq!(kind(&[json!(i64::MAX), json!(0.5)]), DataType::String);
    }
}
