//! The columns of the trials table that come from the current plan: the arm and the swept settings of each trial.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{Column, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked};

use super::record::TrialRow;
use super::row::Row;

/// The name of the arm's column.
pub(super) const ARM: &str = "arm";

/// The name of the column that every table has: whether a row's trial is in the current plan.
pub const PLANNED: &str = "planned";

/// The largest magnitude up to which a double tells all integers apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A swept setting's value in one trial.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptValue {
    /// The value as it is shown.
    pub text: String,
    /// Its value where it is a number.
    pub number: Option<f64>,
}

/// One swept path of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// The dotted path, such as `task.length`; the column's name.
    pub path: String,
    /// The value by trial.
    pub values: BTreeMap<String, SweptValue>,
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
    /// The columns for these trials: `arm`, then one per swept path; null for trials that are not in the plan.
    ///
    /// A path's column is `i64` where all its values are whole numbers, `f64` where all are numbers, and text otherwise.
    pub(super) fn columns(&self, trials: &[String]) -> Vec<Column> {
        let arms = trials.iter().map(|id| self.arms.get(id));
        let mut columns = vec![StringChunked::from_iter_options(ARM.into(), arms).into_column()];
        let mut taken: BTreeSet<String> = TrialRow::FIELDS.iter().map(|field| field.name.to_owned()).collect();
        taken.extend([ARM, PLANNED].map(str::to_owned));
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
        let values = || trials.iter().map(|id| self.values.get(id));
        let number = |value: Option<&SweptValue>| value.and_then(|value| value.number);
        // Over the plan's values, not these trials': a column's type must not depend on how far the run has come.
        if self.values.values().any(|value| value.number.is_none()) {
            let texts = values().map(|value| value.map(|value| value.text.as_str()));
            StringChunked::from_iter_options(name.into(), texts).into_column()
        } else if self.values.values().all(|value| value.number.is_some_and(is_whole)) {
            let integers = values().map(|value| number(value).map(|number| number as i64));
            Int64Chunked::from_iter_options(name.into(), integers).into_column()
        } else {
            Float64Chunked::from_iter_options(name.into(), values().map(number)).into_column()
        }
    }
}

fn is_whole(number: f64) -> bool {
    number.trunc() == number && number.abs() <= EXACT
}

#[cfg(test)]
mod tests {
    use polars::prelude::DataType;

    use super::*;

    fn swept(path: &str, values: &[(&str, &str, Option<f64>)]) -> Swept {
        let values = values
            .iter()
            .map(|&(id, text, number)| (id.to_owned(), SweptValue { text: text.into(), number }))
            .collect();
        Swept { path: path.into(), values }
    }

    #[test]
    fn columns_have_the_narrowest_type_that_holds_the_plan() {
        let plan = PlanColumns {
            arms: BTreeMap::from([("a".into(), "elman".into())]),
            swept: vec![
                swept("task.length", &[("a", "50", Some(50.0)), ("b", "100", Some(100.0))]),
                swept("rate", &[("a", "1", Some(1.0)), ("b", "0.5", Some(0.5))]),
                swept("max", &[("a", "1", Some(1.0)), ("b", "none", None)]),
                swept("status", &[("a", "x", None)]),
            ],
        };
        let columns = plan.columns(&["a".into(), "z".into()]);
        let shown: Vec<_> = columns.iter().map(|column| (column.name().as_str(), column.dtype().clone())).collect();
        assert_eq!(
            shown,
            [
                ("arm", DataType::String),
                ("task.length", DataType::Int64),
                ("rate", DataType::Float64),
                ("max", DataType::String),
                ("suite.status", DataType::String),
            ]
        );
        assert!(columns.iter().all(|column| column.null_count() == 1), "z is not in the plan");
        assert_eq!(columns[1].i64().unwrap().get(0), Some(50));
        assert_eq!(columns[3].str().unwrap().get(0), Some("1"));
    }

    #[test]
    fn only_numbers_that_a_double_holds_exactly_are_integers() {
        let kind = |number: f64| {
            let columns = PlanColumns { arms: BTreeMap::new(), swept: vec![swept("n", &[("a", "n", Some(number))])] };
            columns.columns(&["a".into()])[1].dtype().clone()
        };
        for whole in [0.0, -3.0, EXACT, -EXACT] {
            assert_eq!(kind(whole), DataType::Int64, "{whole}");
        }
        for number in [0.5, 2.0 * EXACT, -2.0 * EXACT, f64::INFINITY, f64::NAN] {
            assert_eq!(kind(number), DataType::Float64, "{number}");
        }
    }
}
