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

/// One swept path of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// The dotted path, such as `task.length`; the column's name.
    pub path: String,
    /// The resolved value by trial; nothing for trials whose components lack the setting.
    pub values: BTreeMap<String, Value>,
}

/// The plan's columns of the trials table. The default is no plan: every trial's arm is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanColumns {
    /// The arm's label by trial.
    pub arms: BTreeMap<String, String>,
    /// The swept paths, in the order of the columns.
    pub swept: Vec<Swept>,
}

impl PlanColumns {
    /// A hash of all that the columns say.
    pub(super) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        };
        for (id, arm) in &self.arms {
            [id, arm].into_iter().for_each(|text| add(text));
        }
        for Swept { path, values } in &self.swept {
            add("");
            add(path);
            for (id, value) in values {
                add(id);
                add(&value.to_string());
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
        let arms = trials.iter().map(|id| self.arms.get(id));
        let mut columns = vec![StringChunked::from_iter_options(ARM.into(), arms).into_column()];
        let mut taken: BTreeSet<String> = TrialRow::FIELDS.iter().map(|field| field.name.to_owned()).collect();
        taken.extend([ARM, PLANNED, CONTENTS.name].map(str::to_owned));
        taken.extend(SCORES.iter().map(|score| score.name.to_owned()));
        for swept in &self.swept {
            // A setting may be called like a column of the table, such as `replicate`.
            let mut name = swept.path.clone();
            while !taken.insert(name.clone()) {
                name.insert_str(0, "suite.");
            }
            columns.push(swept.column(&name, trials));
        }
        columns
    }
}

impl Swept {
    fn column(&self, name: &str, trials: &[String]) -> Column {
        let values = || trials.iter().map(|id| self.values.get(id).filter(|value| !value.is_null()));
        // Over the plan's values, not these trials': a column's type must not depend on how far the run has come.
        let all = |is: fn(&Value) -> bool| self.values.values().all(|value| value.is_null() || is(value));
        if all(Value::is_boolean) && !all(Value::is_null) {
            BooleanChunked::from_iter_options(name.into(), values().map(|value| value?.as_bool())).into_column()
        } else if all(|value| whole(value).is_some()) && !all(Value::is_null) {
            Int64Chunked::from_iter_options(name.into(), values().map(|value| whole(value?))).into_column()
        } else if all(is_double) && !all(Value::is_null) {
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

    fn swept(path: &str, values: &[(&str, Value)]) -> Swept {
        let values = values.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect();
        Swept { path: path.into(), values }
    }

    #[test]
    fn columns_have_the_narrowest_type_that_holds_the_plan() {
        let cell = json!({"kind": "elman", "activation": "relu"});
        let plan = PlanColumns {
            arms: BTreeMap::from([("a".into(), "elman".into())]),
            swept: vec![
                swept("task.length", &[("a", json!(50)), ("b", json!(100.0))]),
                swept("rate", &[("a", json!(1)), ("b", json!(0.5))]),
                swept("peepholes", &[("a", json!(true)), ("b", json!(false))]),
                swept("max", &[("a", json!(1.0)), ("b", json!("none"))]),
                swept("bias", &[("a", json!(2)), ("b", json!(null))]),
                swept("cell", &[("a", cell), ("b", json!({"kind": "gru"}))]),
                swept("target", &[("a", json!(null))]),
                swept("label", &[("a", json!("naive, 1"))]),
                swept("status", &[("a", json!("x"))]),
            ],
        };
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
            let values: Vec<_> = ["a", "b"].into_iter().zip(values.iter().cloned()).collect();
            let columns = PlanColumns { arms: BTreeMap::new(), swept: vec![swept("n", &values)] };
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
