//! The curves of single trials that a page draws when its reader opens an arm.

use std::fmt::Write as _;

use crate::results::table::{Results, TrialResults, significant};
use crate::train::{Measure, Split};

/// The most trials whose curves are part of a page.
const TRIALS: usize = 2000;
/// The most evaluations of a curve; of more, some are left out evenly.
const EVALUATIONS: usize = 60;
/// Significant digits: a pixel is less.
const DIGITS: usize = 4;

/// The validation losses of all trials by update, as JSON; nothing where there are too many trials for a page, or none was evaluated.
///
/// `updates` has the distinct lists of updates, `trials` by id the number of the list and the losses there, null for what is no finite
/// number. No text of a suite is in it.
pub(super) fn curves(results: &Results) -> Option<String> {
    if results.stored() > TRIALS {
        return None;
    }
    let mut updates: Vec<Vec<u64>> = vec![];
    let mut trials: Vec<String> = vec![];
    for trial in results.trials() {
        let (at, losses): (Vec<u64>, Vec<f64>) = thinned(trial).into_iter().unzip();
        if at.is_empty() {
            continue;
        }
        let number = updates.iter().position(|known| *known == at).unwrap_or_else(|| {
            updates.push(at);
            updates.len() - 1
        });
        let losses: Vec<String> = losses.into_iter().map(json).collect();
        trials.push(format!("\"{}\":[{number},[{}]]", trial.trial.trial_id, losses.join(",")));
    }
    let mut text = String::from("{\"updates\":[");
    for (index, list) in updates.iter().enumerate() {
        let list: Vec<String> = list.iter().map(u64::to_string).collect();
        let _ = write!(text, "{}[{}]", if index > 0 { "," } else { "" }, list.join(","));
    }
    let _ = write!(text, "],\"trials\":{{{}}}}}", trials.join(",\n"));
    (!trials.is_empty()).then_some(text)
}

/// Evenly some of the validation losses, the first and the last among them.
fn thinned(trial: &TrialResults) -> Vec<(u64, f64)> {
    let all = trial.curves.get(&(Split::Validation, Measure::Loss)).map_or(&[][..], Vec::as_slice);
    let last = all.len().saturating_sub(1);
    if all.len() <= EVALUATIONS {
        return all.to_vec();
    }
    (0..EVALUATIONS).map(|index| all[index * last / (EVALUATIONS - 1)]).collect()
}

fn json(number: f64) -> String {
    if number.is_finite() { significant(number, DIGITS) } else { "null".to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::results::Circumstances;
    use crate::results::table::{Arm, ArmResults};
    use crate::store::samples::record;

    #[test]
    fn curves_are_json_of_few_evaluations_with_the_first_and_the_last() {
        let trial = |n: u64, evaluations: u64, value: f64| {
            let mut trial = TrialResults::new(record(n).trial, &[], vec![]).unwrap();
            let curve = (0..evaluations).map(|index| (10 * index, value / (1.0 + index as f64))).collect();
            trial.curves.insert((Split::Validation, Measure::Loss), curve);
            trial
        };
        let arm = Arm {
            label: "</script>".to_owned(),
            settings: vec![],
            swept: vec![],
            own_label: vec![],
            chance: vec![],
            budget: 10,
            target: None,
            lengths: None,
            probes: vec![],
        };
        let trials = vec![trial(0, 1000, 1e-9), trial(1, 1000, 2.0), trial(2, 3, f64::NAN), trial(3, 0, 1.0)];
        let results = Results {
            suite: "x".to_owned(),
            about: String::new(),
            arms: vec![ArmResults { arm, trials }],
            planned: 4,
            circumstances: Circumstances::default(),
            claims: vec![],
        };
        let text = curves(&results).unwrap();
        assert!(!text.contains('<'));
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["updates"].as_array().map(Vec::len), Some(2), "equal lists of updates stand once");
        let first = &read["trials"][&record(0).trial.trial_id];
        assert_eq!((&first[0], &first[1][0]), (&0.into(), &1e-9.into()));
        assert_eq!((&read["updates"][0][0], &read["updates"][0][EVALUATIONS - 1]), (&0.into(), &9990.into()));
        assert!(read["trials"][&record(2).trial.trial_id][1][0].is_null());
        assert!(read["trials"].get(&record(3).trial.trial_id).is_none());
    }
}
