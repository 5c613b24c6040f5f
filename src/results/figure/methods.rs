//! Methods and the tasks on which they are compared.

use std::collections::{BTreeMap, BTreeSet};

use super::picture::NothingToDraw;
use super::swept;
use crate::results::table::{Arm, ArmResults, Results, Setting, join};
use crate::train::MetricName;

/// The path of the tasks unless a figure names another.
pub(super) const TASK: &str = "task";

/// The methods of a suite, each on every task.
pub(super) struct Comparison<'a> {
    /// The names of the tasks in the order of the plan; one empty name where none is swept.
    pub tasks: Vec<String>,
    /// The methods in the order of the plan.
    pub methods: Vec<Method<'a>>,
}

/// A method with its trials on each task.
pub(super) struct Method<'a> {
    pub label: String,
    /// The arm of each task that it is planned on, with the updates that its trials needed: infinite where the target was not reached.
    pub tasks: Vec<Option<(&'a ArmResults, Vec<f64>)>>,
}

impl Method<'_> {
    /// Whether it is planned, with a target, on all tasks.
    pub fn is_planned(&self) -> bool {
        self.tasks.iter().all(|task| task.as_ref().is_some_and(|(arm, _)| arm.arm.target.is_some()))
    }

    /// Whether it has trials that aim at a target on all tasks.
    pub fn is_complete(&self) -> bool {
        self.tasks.iter().all(|task| task.as_ref().is_some_and(|(_, needed)| !needed.is_empty()))
    }

    /// The scores of its trials, task by task: the updates to the target over the budget, 1 where it was not reached.
    pub fn scores(&self) -> Vec<Vec<f64>> {
        let of_task = |(arm, needed): &(&ArmResults, Vec<f64>)| -> Vec<f64> {
            let budget = arm.arm.budget as f64;
            needed.iter().map(|&updates| if updates.is_finite() { (updates / budget).min(1.0) } else { 1.0 }).collect()
        };
        self.tasks.iter().flatten().map(of_task).filter(|scores| !scores.is_empty()).collect()
    }
}

/// Nothing where there are `fewest` methods or more.
///
/// # Errors
/// When there are fewer, with what `figure` needs.
pub(super) fn needs_methods(count: usize, fewest: usize, figure: &str) -> Result<(), NothingToDraw> {
    if count >= fewest {
        return Ok(());
    }
    let word =
        ["no methods", "one method", "two methods", "three methods"].get(fewest).copied().unwrap_or("more methods");
    Err(NothingToDraw(format!("{figure} needs {word} or more; sweep something beside the task, such as `model.cell`")))
}

/// Nothing where `fewest` of the methods or more are planned on every task.
///
/// # Errors
/// When fewer are, with what `figure` needs.
pub(super) fn needs_whole_methods(methods: &[Method], fewest: usize, figure: &str) -> Result<(), NothingToDraw> {
    needs_methods(methods.len(), fewest, figure)?;
    let count = methods.iter().filter(|method| method.is_planned()).count();
    if count >= fewest {
        return Ok(());
    }
    let (all, verb) = (methods.len(), if count == 1 { "is" } else { "are" });
    Err(NothingToDraw(format!(
        "{figure} needs {fewest} methods or more on all tasks; {count} of {all} {verb} planned on all of them, with a target"
    )))
}

/// The settings of the training in which methods differ. Each task may have a target and a budget of its own, which tell no methods
/// apart; what differs between arms that are the same otherwise does.
fn compared<'a>(results: &'a Results, of_task: impl Fn(&str) -> bool) -> BTreeSet<&'a str> {
    let mut first: BTreeMap<String, &'a Arm> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for ArmResults { arm, .. } in &results.arms {
        let of_training = |path: &str| path.starts_with("train.");
        let task = join(arm.swept.iter().filter(|setting| of_task(&setting.path)));
        let others = join(&arm.settings_without(|path| of_training(path) || of_task(path)));
        let one = *first.entry(format!("{task}\n{others}")).or_insert(arm);
        let value =
            |arm: &'a Arm, path: &str| arm.settings.iter().find(|other| other.path == path).map(|other| &other.value);
        let differ = |setting: &&Setting| value(one, &setting.path) != value(arm, &setting.path);
        let trained = arm.settings.iter().filter(|setting| of_training(&setting.path));
        found.extend(trained.filter(differ).map(|setting| setting.path.as_str()));
    }
    found
}

/// The methods and tasks of `results`: swept settings at or beneath `path` are the tasks, all others the methods.
///
/// # Errors
/// When nothing at or beneath `path` is swept; of a suite with one task, that is `task`.
pub(super) fn compare<'a>(results: &'a Results, path: &str) -> Result<Comparison<'a>, NothingToDraw> {
    let within = |of: &str| {
        let rest = of.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) && !of.starts_with("train.")
    };
    let compared = compared(results, within);
    let of_task = |of: &str| within(of) || of.starts_with("train.") && !compared.contains(of);
    let (mut tasks, mut methods): (Vec<String>, Vec<Method<'a>>) = (vec![], vec![]);
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    // Where the n-th arm of a label on a task goes: arms that look alike (their difference has no text) are methods of their own.
    let mut seen: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut places: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for arm in &results.arms {
        let task = join(arm.arm.swept.iter().filter(|setting| within(&setting.path)));
        let label = join(&arm.arm.settings_without(of_task));
        let label = if label.is_empty() { results.suite.clone() } else { label };
        let column = *columns.entry(task.clone()).or_insert_with(|| {
            tasks.push(task);
            tasks.len() - 1
        });
        let needed = arm.values(MetricName::UpdatesToTarget);
        let before = seen.entry((label.clone(), column)).or_default();
        let place = *places.entry((label.clone(), *before)).or_insert_with(|| {
            methods.push(Method { label, tasks: vec![] });
            methods.len() - 1
        });
        *before += 1;
        let method = &mut methods[place];
        method.tasks.resize_with(method.tasks.len().max(column + 1), || None);
        method.tasks[column] = Some((arm, needed));
    }
    methods.iter_mut().for_each(|method| method.tasks.resize_with(tasks.len(), || None));
    if path != TASK && !results.arms.iter().any(|arm| arm.arm.swept.iter().any(|setting| within(&setting.path))) {
        return Err(swept::unknown(results, "tasks", path));
    }
    Ok(Comparison { tasks, methods })
}
