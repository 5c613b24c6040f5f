//! The table of arms that a run ends with.

use std::collections::BTreeMap;

use crate::stats::{Observation, Worse, median_interval, median_with_censoring, wilson};
use crate::store::{Status, Trial};

use super::cell::Cell;
use super::results::{Arm, Results};
use super::view::{Column, View};

/// The confidence of all intervals.
const CONFIDENCE: f64 = 0.95;
/// The fewest values whose median has an exact interval of that confidence.
const ENOUGH: usize = 6;

/// One row per arm, in the plan's order: how many trials there are, how many solved the task and how soon, what they score on
/// test data beside what the best constant scores, and how many diverged.
///
/// - `solved` counts finished trials that reached the target, with Wilson's interval; `updates to target` is the Kaplan–Meier
///   median. Both are absent where no arm has a target.
/// - `test loss` and the other figures are medians with exact intervals of order statistics ([`median_interval`]).
/// - A diverged trial never solves its task and scores worse than every number; it is never left out. A trial that ended in
///   error, timeout, out-of-memory or interrupted says nothing about its arm: it is counted under `failed` only.
pub fn summary(results: &Results) -> View {
    let arms: Vec<Row> = results.arms.iter().enumerate().map(|(index, arm)| Row::new(arm, index, results)).collect();
    let tests = Tests::new(results);
    let with_target = results.arms.iter().any(|arm| arm.target.is_some());
    let with_failed = arms.iter().any(|row| row.failed > 0);
    // Arms have equally many replicates; where the plan says otherwise, it is not known how many each has.
    let each = results.planned.checked_div(arms.len()).filter(|each| each * arms.len() == results.planned);

    let mut view = View::default();
    let mut add = |column: Column, cells: Vec<Cell>| {
        view.columns.push(column);
        view.rows.resize(arms.len(), Vec::new());
        view.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
    };
    add(Column::text("arm"), arms.iter().map(|row| Cell::Text(row.arm.label.clone())).collect());
    add(Column::number("trials"), arms.iter().map(|row| row.trials(each)).collect());
    if with_target {
        add(Column::number("solved"), arms.iter().map(Row::solved).collect());
        add(Column::number("updates to target"), arms.iter().map(Row::updates_to_target).collect());
    }
    // The arms say which metrics matter by naming their chance levels; where none does, all are shown.
    let named = |metric: &str| arms.iter().any(|row| row.chance(metric) != Cell::Null);
    let silent = arms.iter().all(|row| row.arm.chance.is_empty());
    for metric in tests.metrics.iter().filter(|metric| silent || named(metric)) {
        add(Column::number(format!("test {metric}")), arms.iter().map(|row| row.test(metric, &tests)).collect());
        let chance: Vec<_> = arms.iter().map(|row| row.chance(metric)).collect();
        if chance.iter().any(|cell| *cell != Cell::Null) {
            add(Column::number(format!("chance {metric}")), chance);
        }
    }
    add(Column::number("diverged"), arms.iter().map(|row| Cell::Integer(row.diverged() as i128)).collect());
    if with_failed {
        add(Column::number("failed"), arms.iter().map(|row| Cell::Integer(row.failed as i128)).collect());
    }
    view.notes = notes(&arms, with_target, !tests.metrics.is_empty(), results);
    view
}

/// An arm with its trials.
struct Row<'a> {
    arm: &'a Arm,
    /// The trials that finished or diverged.
    trials: Vec<&'a Trial>,
    /// How many ended otherwise.
    failed: usize,
}

impl<'a> Row<'a> {
    fn new(arm: &'a Arm, index: usize, results: &'a Results) -> Self {
        let stored = results.trials.iter().filter(|(of, _)| *of == index).map(|(_, trial)| trial);
        let (trials, failed): (Vec<_>, Vec<_>) = stored.partition(|trial| trial.status.is_result());
        Self { arm, trials, failed: failed.len() }
    }

    fn trials(&self, planned: Option<usize>) -> Cell {
        let stored = self.trials.len() + self.failed;
        match planned {
            Some(planned) => Cell::Text(format!("{stored}/{planned}")),
            None => Cell::Integer(stored as i128),
        }
    }

    fn diverged(&self) -> usize {
        self.trials.iter().filter(|trial| trial.status == Status::Diverged).count()
    }

    fn solved(&self) -> Cell {
        let share = || {
            self.arm.target.as_ref()?;
            wilson(self.trials.iter().filter(|trial| is_solved(trial)).count(), self.trials.len(), CONFIDENCE)
        };
        share().map_or(Cell::Null, Cell::Share)
    }

    fn updates_to_target(&self) -> Cell {
        let budget = self.arm.budget as f64;
        let observations: Vec<Observation> = self
            .trials
            .iter()
            .map(|trial| match trial.updates_to_target {
                Some(update) if is_solved(trial) => Observation { time: update as f64, censored: false },
                // A diverged trial too is censored at the budget, not where it diverged.
                _ => Observation { time: budget, censored: true },
            })
            .collect();
        let beyond = |seen: &Observation| if seen.censored { f64::INFINITY } else { seen.time };
        let estimate = || {
            self.arm.target.as_ref()?;
            let times: Vec<f64> = observations.iter().map(beyond).collect();
            let mut estimate = median_interval(&times, CONFIDENCE, Worse::High)?;
            estimate.value = median_with_censoring(&observations).unwrap_or(f64::INFINITY);
            Some(estimate)
        };
        let infinite = format!("> {}", self.arm.budget);
        estimate().map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite })
    }

    fn test(&self, metric: &str, tests: &Tests) -> Cell {
        let scores = self.trials.iter().filter_map(|trial| match trial.status {
            Status::Diverged => Some(f64::NAN),
            _ => tests.scores.get(&(trial.trial_id.as_str(), metric)).map(|(_, value)| *value),
        });
        let scores: Vec<f64> = scores.collect();
        let estimate = median_interval(&scores, CONFIDENCE, worse(metric));
        estimate.map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: "diverged".to_owned() })
    }

    fn chance(&self, metric: &str) -> Cell {
        let chance = self.arm.chance.iter().find(|(name, _)| name == metric);
        chance.map_or(Cell::Null, |(_, value)| Cell::Number(*value))
    }
}

fn is_solved(trial: &Trial) -> bool {
    trial.status == Status::Finished && trial.solved == Some(true)
}

/// On which side a trial without a finite score ranks.
fn worse(metric: &str) -> Worse {
    if metric.ends_with("accuracy") { Worse::Low } else { Worse::High }
}

/// What the trials score on test data, each at its last update.
struct Tests<'a> {
    /// The update and the value, by trial and metric.
    scores: BTreeMap<(&'a str, &'a str), (u64, f64)>,
    /// The metrics that any trial has: the loss first, then by name.
    metrics: Vec<&'a str>,
}

impl<'a> Tests<'a> {
    fn new(results: &'a Results) -> Self {
        let mut scores = BTreeMap::new();
        let mut metrics = Vec::new();
        for row in results.metrics.iter().filter(|row| row.split == "test") {
            let best = scores.entry((row.trial_id.as_str(), row.metric.as_str())).or_insert((row.update, row.value));
            if row.update >= best.0 {
                *best = (row.update, row.value);
            }
            metrics.push(row.metric.as_str());
        }
        metrics.sort_by_key(|metric| (*metric != "loss", *metric));
        metrics.dedup();
        Self { scores, metrics }
    }
}

fn notes(arms: &[Row], with_target: bool, with_tests: bool, results: &Results) -> Vec<String> {
    let mut notes = Vec::new();
    if with_tests || with_target {
        notes.push("Medians over replicates; in brackets their exact 95 % interval.".to_owned());
    }
    if with_target {
        notes.push("Solved: Wilson's 95 % interval. Updates to target: the Kaplan–Meier median.".to_owned());
    }
    let few = arms.iter().any(|row| (2..ENOUGH).contains(&row.trials.len()));
    if few && (with_tests || with_target) {
        notes.push(
            "With fewer than 6 trials a median's brackets span all: they cover 94 % (n = 5), 88 % (4), 75 % (3), 50 % (2)."
                .to_owned(),
        );
    }
    let missing = results.planned.saturating_sub(results.trials.len());
    if missing > 0 {
        notes.push(format!("{missing} of {} planned trials are not stored.", results.planned));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::{Target, csv, text};
    use crate::store::samples::record;
    use crate::store::{Metric, Record};

    const REPLICATES: u64 = 10;

    fn arm(label: &str) -> Arm {
        let target = Target { metric: "validation/loss".into(), below: Some(0.01), above: None };
        let chance = vec![("loss".to_owned(), 1.0 / 6.0)];
        Arm { label: label.into(), settings: vec![], swept: vec![], chance, budget: 3_000, target: Some(target) }
    }

    fn metric(trial: &Trial, update: u64, split: &str, metric: &str, value: f64) -> Metric {
        let (trial_id, split, metric) = (trial.trial_id.clone(), split.to_owned(), metric.to_owned());
        Metric { trial_id, update, split, metric, value }
    }

    /// A trial that solves its task at `solved_at` with a test loss of `loss`.
    fn trial(n: u64, solved_at: Option<u64>, loss: f64) -> Record {
        let mut record = record(n);
        let trial = &mut record.trial;
        trial.status = Status::Finished;
        trial.solved = Some(solved_at.is_some());
        trial.updates_to_target = solved_at;
        trial.censored = Some(solved_at.is_none());
        trial.updates = solved_at.unwrap_or(3_000);
        record.metrics = vec![
            // An earlier test evaluation and another split, which are not the reported number.
            metric(trial, 0, "test", "loss", 77.0),
            metric(trial, trial.updates, "test", "loss", loss),
            metric(trial, trial.updates, "validation", "loss", 99.0),
        ];
        record
    }

    fn results(arms: Vec<(Arm, Vec<Record>)>) -> Results {
        let planned = arms.len() * REPLICATES as usize;
        let mut results = Results {
            suite: "x".into(),
            about: String::new(),
            arms: Vec::new(),
            trials: Vec::new(),
            metrics: Vec::new(),
            probes: Vec::new(),
            planned,
        };
        for (index, (arm, records)) in arms.into_iter().enumerate() {
            results.arms.push(arm);
            for record in records {
                results.trials.push((index, record.trial));
                results.metrics.extend(record.metrics);
            }
        }
        results
    }

    fn shown(view: &View, column: &str) -> Vec<String> {
        let index = view.columns.iter().position(|head| head.name == column).unwrap();
        view.rows.iter().map(|row| row[index].shown()).collect()
    }

    fn three_arms() -> Results {
        let good = (0..10).map(|n| trial(n, Some(1_000 + 100 * n), 0.001 * (n + 1) as f64)).collect();
        let poor = (10..20).map(|n| trial(n, (n < 13).then_some(2_500), 0.1)).collect();
        let mut bad: Vec<_> = (20..24).map(|n| trial(n, None, 0.17)).collect();
        for record in &mut bad[1..] {
            record.trial.status = Status::Diverged;
            record.metrics.clear();
        }
        bad.push(trial(24, None, 0.17));
        bad[4].trial.status = Status::Timeout;
        results(vec![
            (arm("lstm · orthogonal · length 50"), good),
            (arm("elman tanh · orthogonal · length 50"), poor),
            (arm("elman relu · identity · length 50"), bad),
        ])
    }

    #[test]
    fn arms_are_counted_and_scored_as_worked_by_hand() {
        let view = summary(&three_arms());
        assert_eq!(shown(&view, "trials"), ["10/10", "10/10", "5/10"]);
        assert_eq!(shown(&view, "solved"), ["10/10 [0.72, 1]", "3/10 [0.11, 0.6]", "0/4 [0, 0.49]"]);
        assert_eq!(shown(&view, "updates to target"), ["1400 [1100, 1800]", "> 3000 [2500, > 3000]", "> 3000"]);
        assert_eq!(shown(&view, "test loss"), ["0.0055 [0.002, 0.009]", "0.1 [0.1, 0.1]", "diverged [0.17, diverged]"]);
        assert_eq!(shown(&view, "chance loss"), ["0.1667"; 3]);
        assert_eq!(shown(&view, "diverged"), ["0", "0", "3"]);
        assert_eq!(shown(&view, "failed"), ["0", "0", "1"]);
        assert!(view.notes.iter().any(|note| note.contains("fewer than 6")), "{:?}", view.notes);
        assert!(view.notes.iter().any(|note| note.contains("5 of 30")), "{:?}", view.notes);
    }

    #[test]
    fn accuracy_ranks_diverged_trials_lowest() {
        let mut results = three_arms();
        for (_, trial) in results.trials.iter().filter(|(_, trial)| trial.status == Status::Finished) {
            results.metrics.push(metric(trial, trial.updates, "test", "accuracy", 0.75));
        }
        results.arms[0].chance.push(("accuracy".into(), 0.25));
        let view = summary(&results);
        let names: Vec<_> = view.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names[4..8], ["test loss", "chance loss", "test accuracy", "chance accuracy"]);
        assert_eq!(shown(&view, "test accuracy")[2], "diverged [diverged, 0.75]");
        assert_eq!(shown(&view, "chance accuracy"), ["0.25", "", ""]);
    }

    #[test]
    fn without_a_target_nothing_is_said_of_solving() {
        let mut results = three_arms();
        results.arms.iter_mut().for_each(|arm| arm.target = None);
        let names: Vec<_> = summary(&results).columns.into_iter().map(|column| column.name).collect();
        assert_eq!(names, ["arm", "trials", "test loss", "chance loss", "diverged", "failed"]);
    }

    #[test]
    fn a_plan_without_results_is_shown_empty() {
        let view = summary(&results(vec![(arm("a"), vec![])]));
        assert_eq!(shown(&view, "trials"), ["0/10"]);
        assert_eq!(shown(&view, "solved"), [""]);
        assert_eq!(shown(&view, "diverged"), ["0"]);
        let nothing = summary(&results(vec![]));
        assert!(nothing.rows.is_empty() && !nothing.columns.is_empty());
    }

    #[test]
    fn it_fits_a_terminal_of_120_columns_unbroken() {
        let shown = text(&summary(&three_arms()), Some(120));
        assert!(shown.lines().all(|line| line.chars().count() <= 120), "{shown}");
        let mut usual = three_arms();
        usual.trials.retain(|(arm, _)| *arm < 2);
        let usual = text(&summary(&usual), Some(120));
        for unbroken in ["10/10 [0.72, 1]", "> 3000 [2500, > 3000]", "0.0055 [0.002, 0.009]"] {
            assert!(shown.contains(unbroken) && usual.contains(unbroken), "{shown}{usual}");
        }
        assert!(usual.contains("lstm · orthogonal · length 50"), "{usual}");
        let lines = csv(&summary(&three_arms())).unwrap();
        assert!(lines.lines().nth(3).unwrap().contains(",inf,inf,inf,4,0.875,"), "{lines}");
    }
}
