//! A plan's results, from the store.

use std::collections::{BTreeMap, HashMap};

use crate::results::Circumstances;
use crate::store::{MetricRow, Store, StoreError};

use super::results::{Arm, ArmResults, Results, TrialResults};

impl Results {
    /// Gathers what is stored of a plan: for each of its trials the index of the arm and the id, in the plan's order. The table of
    /// probes, which may be a thousand times as long as all others, is read `with_probes` only.
    ///
    /// # Errors
    /// When a table cannot be read, or has a row of a metric that this version does not know.
    pub fn gather(
        store: &Store,
        suite: &str,
        about: &str,
        arms: Vec<Arm>,
        plan: &[(usize, String)],
        with_probes: bool,
    ) -> Result<Self, StoreError> {
        let mut arms: Vec<ArmResults> = arms.into_iter().map(|arm| ArmResults { arm, trials: vec![] }).collect();
        // Where each trial went: every row of the tables is looked up once.
        let mut places: HashMap<&str, (usize, usize)> = HashMap::new();
        for (index, id) in plan {
            if let Some((arm, trial)) = arms.get_mut(*index).zip(store.trials().get(id)) {
                places.insert(id, (*index, arm.trials.len()));
                arm.trials.push(TrialResults { trial: trial.clone(), curves: BTreeMap::new(), probes: vec![] });
            }
        }
        let place = |id: &str| places.get(id).copied();
        let known = |id: &str| places.contains_key(id);
        // All rows of a trial follow each other.
        let mut last: Option<(usize, usize)> = None;
        store.visit_metrics(|metrics| {
            if metrics.is_of_another_trial {
                last = place(metrics.trial_id);
            }
            let Some((arm, trial)) = last else { return Ok(()) };
            let added = arms[arm].trials[trial].add(&metrics);
            added.map_err(|unknown| store.unknown_value::<MetricRow>("metric", unknown.name))
        })?;
        if with_probes {
            store.visit_first_and_last(known, |row| {
                if let Some((arm, trial)) = place(&row.trial_id) {
                    arms[arm].trials[trial].add_measurement(row);
                }
                Ok(())
            })?;
        }
        let circumstances = Circumstances::default();
        Ok(Self {
            suite: suite.to_owned(),
            about: about.to_owned(),
            arms,
            planned: plan.len(),
            circumstances,
            claims: vec![],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Setting, plan_columns};
    use crate::store::samples::record;
    use crate::train::{Measure, Split};

    fn arm(label: &str, length: f64) -> Arm {
        let setting = Setting::new("task.length", length.into());
        let swept = vec![setting.clone()];
        Arm {
            label: label.into(),
            settings: vec![setting],
            swept,
            own_label: vec![],
            chance: vec![],
            budget: 10,
            target: None,
            lengths: None,
            probes: vec![],
        }
    }

    #[test]
    fn results_are_in_the_plans_order_and_hold_its_trials_only() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..3).for_each(|n| store.append(&record(n)).unwrap());
        let id = |n| record(n).trial.trial_id;
        let plan = [(0, id(2)), (0, id(7)), (1, id(0))];
        let arms = vec![arm("short", 50.0), arm("long", 100.0)];
        store.compact(&plan_columns(&arms, &plan)).unwrap();
        let results = Results::gather(&store, "x", "about", arms.clone(), &plan, true).unwrap();
        let ids = |arm: usize| results.arms[arm].trials.iter().map(|trial| trial.trial.trial_id.clone());
        assert_eq!(ids(0).collect::<Vec<_>>(), [id(2)]);
        assert_eq!(ids(1).collect::<Vec<_>>(), [id(0)]);
        assert_eq!((results.planned, results.stored()), (3, 2));
        for trial in results.trials() {
            let metrics: Vec<_> = trial.curves.keys().map(|&(split, measure)| (split, measure)).collect();
            assert_eq!(
                metrics,
                [(Split::Validation, Measure::Loss), (Split::Test, Measure::Loss), (Split::Test, Measure::Accuracy)]
            );
            assert_eq!(trial.probes.len(), 3);
            assert!(trial.probes.iter().all(|row| row.trial_id == trial.trial.trial_id));
        }
        let mut without = results.clone();
        without.trials_mut().for_each(|trial| trial.probes.clear());
        // Where nobody asks for probes, their table is not so much as opened.
        std::fs::write(dir.path().join("probes.parquet"), "damaged").unwrap();
        let read = Results::gather(&store, "x", "about", arms.clone(), &plan, false).unwrap();
        // As text: NaN is no other NaN.
        assert_eq!(format!("{read:?}"), format!("{without:?}"));
        assert!(Results::gather(&store, "x", "about", arms, &plan, true).is_err());
    }

    #[test]
    fn the_columns_have_every_swept_path_once() {
        let mut second = arm("b", 100.0);
        second.settings = vec![Setting::new("label", "gru of 100".into())];
        second.swept.push(Setting::new("cell", "gru".into()));
        let plan = [(0, "t0".to_owned()), (1, "t1".to_owned()), (9, "no such arm".to_owned())];
        let columns = plan_columns(&[arm("a", 50.0), second], &plan);
        assert_eq!(columns.len(), 2);
        let expected = {
            let mut columns = crate::store::PlanColumns::default();
            let first = columns.add_arm("a", [("task.length", 50.0.into())]);
            let settings = [("label", "gru of 100".into()), ("task.length", 100.0.into()), ("cell", "gru".into())];
            let second = columns.add_arm("b", settings);
            columns.add_trial("t0", first);
            columns.add_trial("t1", second);
            columns
        };
        assert_eq!(columns, expected);
    }
}
