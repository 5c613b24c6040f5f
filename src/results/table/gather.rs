//! A plan's results, from the store.

use std::collections::BTreeMap;

use crate::store::{Metric, Probe, Store, StoreError};

use super::results::{Arm, Results};

impl Results {
    /// Gathers what is stored of a plan: for each of its trials the index of the arm and the id, in the plan's order.
    pub fn gather(
        store: &Store,
        suite: &str,
        about: &str,
        arms: Vec<Arm>,
        plan: &[(usize, String)],
    ) -> Result<Self, StoreError> {
        let stored = plan.iter().filter_map(|(arm, id)| Some((*arm, store.trials().get(id)?.clone())));
        let trials: Vec<_> = stored.collect();
        let place: BTreeMap<&str, usize> =
            trials.iter().enumerate().map(|(place, (_, trial))| (trial.trial_id.as_str(), place)).collect();
        // The store's order within a trial stays: the sort is stable.
        let mut metrics: Vec<Metric> = store.rows(|id| place.contains_key(id))?;
        metrics.sort_by_key(|row| place.get(row.trial_id.as_str()).copied());
        let mut probes: Vec<Probe> = store.rows(|id| place.contains_key(id))?;
        probes.sort_by_key(|row| place.get(row.trial_id.as_str()).copied());
        Ok(Self {
            suite: suite.to_owned(),
            about: about.to_owned(),
            arms,
            trials,
            metrics,
            probes,
            planned: plan.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Setting, layout};
    use crate::store::samples::record;

    fn arm(label: &str, length: f64) -> Arm {
        let setting = Setting { path: "task.length".into(), text: length.to_string(), number: Some(length) };
        let swept = vec![setting.clone()];
        Arm { label: label.into(), settings: vec![setting], swept, chance: vec![], budget: 10, target: None }
    }

    #[test]
    fn results_are_in_the_plans_order_and_hold_its_trials_only() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..3).for_each(|n| store.append(&record(n)).unwrap());
        let id = |n| record(n).trial.trial_id;
        let plan = [(0, id(2)), (0, id(7)), (1, id(0))];
        let arms = vec![arm("short", 50.0), arm("long", 100.0)];
        store.compact(&layout(&arms, &plan)).unwrap();
        let results = Results::gather(&store, "x", "about", arms, &plan).unwrap();
        let trials: Vec<_> = results.trials.iter().map(|(arm, trial)| (*arm, trial.trial_id.clone())).collect();
        assert_eq!(trials, [(0, id(2)), (1, id(0))]);
        assert_eq!(results.planned, 3);
        let metrics: Vec<_> = results.metrics.iter().map(|row| (row.trial_id.clone(), row.metric.as_str())).collect();
        let of = |n| [(id(n), "accuracy"), (id(n), "loss"), (id(n), "loss")];
        assert_eq!(metrics, [of(2), of(0)].concat());
        assert_eq!(results.probes.len(), 6);
        assert_eq!(results.probes[0].trial_id, id(2));
    }

    #[test]
    fn the_layout_has_every_swept_path_once() {
        let mut second = arm("b", 100.0);
        second.settings = vec![Setting { path: "label".into(), text: "gru of 100".into(), number: None }];
        second.swept.push(Setting { path: "cell".into(), text: "gru".into(), number: None });
        let plan = [(0, "t0".to_owned()), (1, "t1".to_owned()), (9, "no such arm".to_owned())];
        let layout = layout(&[arm("a", 50.0), second], &plan);
        assert_eq!(layout.arms.len(), 2);
        let paths: Vec<_> = layout.swept.iter().map(|swept| (swept.path.as_str(), swept.values.len())).collect();
        assert_eq!(paths, [("task.length", 2), ("label", 1), ("cell", 1)]);
    }
}
