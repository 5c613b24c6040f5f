//! The setting along which a suite with `reach` searches.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::{
    axis::{Axis, target},
    naming::Naming,
    planned::Planned,
    resolve::Fault,
};
use crate::{
    stats::{Search, Stop},
    suite::{Path, Problem, ReachSpec, Schema, Section, SuiteFile},
};

/// A suite's search as a plan has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// The section of the suite.
    pub spec: ReachSpec,
    /// The path of the setting, in full.
    pub path: Path,
    /// Every value that a trial may have, ascending.
    pub values: Vec<u64>,
    /// Places among them at which candidates are tried.
    pub tuned_at: Vec<usize>,
}

impl Along {
    /// The search of the suite, if it has one.
    ///
    /// # Errors
    ///
    /// When the setting cannot be searched along, or there is nothing to search for.
    pub fn new(file: &SuiteFile) -> Result<Option<Self>, Vec<Problem>> {
        let place = Path::root().key("reach");
        let Some(spec) = &file.reach else {
            return match &file.tune {
                Some(tune) if !tune.at.is_empty() => {
                    let message = "`at` says at which values a search tunes, and the suite has no `reach`";
                    Err(vec![Problem::new(Path::root().key("tune").key("at"), message).help("take it out")])
                }
                _ => Ok(None),
            };
        };
        let over = place.key("over");
        let mut problems = vec![];
        let mut refuse = |path: &Path, message: String, help: &str| {
            problems.push(Problem::new(path.clone(), message).help(help));
        };
        let path = target(&spec.over.to_string(), "a search").unwrap_or_else(|message| {
            refuse(&over, message, "search along a setting of the task, such as `task.length`");
            spec.over.clone()
        });
        let usual = "search along a setting of the task, such as `task.length`";
        let schema = Schema::of::<SuiteFile>();
        let of_task = Section::split(&path).is_some_and(|(section, _)| section == Section::Task);
        if of_task && !schema.knows(&path) {
            let meant = schema.meant(&path).map(|meant| format!("did you mean `{}`?", meant.spelled()));
            refuse(&over, format!("there is no setting `{path}`"), meant.as_deref().unwrap_or(usual));
        } else if Section::split(&path).is_some() && !of_task {
            refuse(&over, format!("`{path}` does not make the task harder"), usual);
        } else if of_task && !schema.takes_whole_numbers(&path) {
            refuse(
                &over,
                format!("`{path}` takes no whole numbers"),
                "search along one that does, such as `task.length`",
            );
        }
        if spec.from >= spec.to {
            refuse(
                &place.key("to"),
                format!("the search ends at {}, and begins at {}", spec.to, spec.from),
                "give a `to` above `from`",
            );
        }
        if file.train.target.is_none() {
            refuse(
                &place,
                "success is to reach `train.target`, and the suite has none".to_owned(),
                "give one, such as `target: {metric: validation/loss, below: 0.0167}` under `train`",
            );
        }
        let least = spec.updates.map_or(file.train.updates, |updates| Some(updates.of(spec.from)));
        if least == Some(1) {
            refuse(
                &if spec.updates.is_some() { place.key("updates") } else { Path::root().key("train").key("updates") },
                "a training of one update learns nothing, so that there is no reach".to_owned(),
                "give more updates",
            );
        }
        if spec.updates.is_some() && file.train.updates.is_some() {
            refuse(
                &place.key("updates"),
                "the budget goes with the length here, and `train.updates` says another".to_owned(),
                "take one of the two out",
            );
        }
        if !file.claims.is_empty() {
            refuse(
                &Path::root().key("claims"),
                "a suite with `reach` has no claims: which trials it has is known only afterwards".to_owned(),
                "put them into a suite that sweeps the lengths",
            );
        }
        let tuned_at: &[u64] = file.tune.as_ref().map_or(&[], |tune| &tune.at);
        if file.tune.is_some() {
            let at = Path::root().key("tune").key("at");
            if tuned_at.is_empty() {
                refuse(
                    &Path::root().key("tune"),
                    format!("`at` is missing: the values of `{path}` at which the candidates are tried"),
                    "write such as `at: [20, 80]` under `tune`",
                );
            }
            for (number, value) in tuned_at.iter().enumerate() {
                if !(spec.from..=spec.to).contains(value) {
                    refuse(
                        &at.index(number),
                        format!("{value} is not between {} and {}", spec.from, spec.to),
                        "tune within the range of the search",
                    );
                }
                if tuned_at[..number].contains(value) {
                    refuse(&at.index(number), format!("{value} is there twice"), "take one out");
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let stop = Stop { precision: spec.precision, trials: spec.trials as usize };
        let mut values: Vec<u64> =
            Search::new(spec.from, spec.to, stop).lengths().iter().chain(tuned_at).copied().collect();
        values.sort_unstable();
        values.dedup();
        let tuned_at = (0..values.len()).filter(|&place| tuned_at.contains(&values[place])).collect();
        Ok(Some(Self { spec: spec.clone(), path, values, tuned_at }))
    }

    /// The search itself, along the values that it may try.
    pub fn search(&self) -> Search {
        Search::new(
            self.spec.from,
            self.spec.to,
            Stop { precision: self.spec.precision, trials: self.spec.trials as usize },
        )
    }

    /// The axis of its values, and the settings that go with it.
    pub(super) fn axes(&self) -> (Axis, Vec<Axis>) {
        let reach = Path::root().key("reach");
        let values = self.values.iter().map(|value| json!(value)).collect();
        let axis = Axis { path: self.path.clone(), values, origin: reach.key("over"), listed: false };
        let budget = self.spec.budget(&self.path).map(|value| Axis {
            path: Path::root().key("train").key("updates"),
            values: vec![value],
            origin: reach.key("updates"),
            listed: false,
        });
        (axis, budget.into_iter().collect())
    }

    /// The entry of the sweep and the place in it of the searched arm that `arm` is at one value of, with one of so many candidates.
    pub(super) fn searched_as(&self, arm: &Planned, candidates: usize) -> (u32, usize) {
        (arm.entry, arm.index as usize / (candidates * self.values.len()))
    }

    /// Refuses arms that lack one of the values searched along.
    pub(super) fn check(&self, naming: &Naming, arms: &[Planned], candidates: usize) -> Result<(), Vec<Problem>> {
        let each = candidates * self.values.len();
        let mut counts: HashMap<(u32, usize), usize> = HashMap::new();
        for arm in arms {
            *counts.entry(self.searched_as(arm, candidates)).or_default() += 1;
        }
        let short = arms.iter().find(|arm| counts[&self.searched_as(arm, candidates)] < each);
        let Some(arm) = short else { return Ok(()) };
        let message = format!(
            "some values of `{}` of the arm `{}` are left out by a condition on it",
            self.path,
            naming.label(arm, false)
        );
        let help = "the search tries whichever it needs: take the setting out of `exclude` and `--only`, and narrow `from` and `to`";
        Err(vec![Problem::new(Path::root().key("reach").key("over"), message).help(help)])
    }
}

/// The values searched along at which each setting is wrong, by their places.
#[derive(Debug, Default)]
pub(super) struct Wrong(HashMap<Path, BTreeSet<usize>>);

impl Wrong {
    /// Notes a mistake that an arm has at the value of this place.
    pub fn note(&mut self, fault: &Fault, place: Option<usize>) {
        if let Some(place) = place.filter(|_| is_of_search(fault)) {
            self.0.entry(fault.setting.clone()).or_default().insert(place);
        }
    }

    /// The problem of a mistake, at the end of the search beyond which every value has it, of so many.
    pub fn blamed(&self, fault: Fault, values: usize) -> Problem {
        let Some(wrong) = self.0.get(&fault.setting).filter(|_| is_of_search(&fault)) else { return fault.problem };
        let below = (0..wrong.len()).all(|place| wrong.contains(&place));
        let above = (values - wrong.len()..values).all(|place| wrong.contains(&place));
        let key = match (below, above) {
            (true, false) => "from",
            (false, true) => "to",
            // All of them, or some in between.
            _ => "over",
        };
        Problem { path: Path::root().key("reach").key(key), ..fault.problem }
    }
}

fn is_of_search(fault: &Fault) -> bool {
    fault.problem.path == Path::root().key("reach").key("over")
}
