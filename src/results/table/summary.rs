//! The table of arms that a run ends with.

use serde_json::Value;

use crate::results::reach::reach_cell;
use crate::stats::CONFIDENCE;
use crate::store::Status;
use crate::train::{Measure, MetricName, Split};

use super::cell::Cell;
use super::content::{Column, Table};
use super::results::{ArmResults, MEDIAN_UPDATES, Results};

/// A sentence on the rows of the summary.
pub const SUMMARY_ABOUT: &str = "One row per arm, in the order of the plan; made of the tables of trials and metrics.";
/// The columns of the summary, with what each says. Of those of a measure there is one for each that was tested: loss, accuracy,
/// exact-match.
pub const SUMMARY_COLUMNS: [(&str, &str); 10] = [
    ("arm", "The name of the arm, made of its swept settings."),
    (
        "task.length, model.cell, …",
        "One column for each swept setting, named by its path, in CSV and JSON, with --columns and --where: to readers the arm's name tells it.",
    ),
    ("trials", "How many trials are stored, of how many that are planned."),
    (
        "reach",
        "Of a suite with `reach`: the value searched for, of the arm whichever value this row has; `describe table reach` says more.",
    ),
    (
        "solved",
        "How many of the trials that finished or diverged reached the target, with the exact interval (Clopper and Pearson); absent without a target.",
    ),
    (
        "updates to target",
        "The Kaplan–Meier median of the updates until the target, censored at the budget, with the interval between order statistics.",
    ),
    (
        "test loss",
        "The median over replicates of the test loss at the end, with its exact interval; a diverged trial ranks as infinite. So `test accuracy`, `test exact-match`.",
    ),
    (
        "chance loss",
        "The loss of the best constant predictor, where that says something of the task. So `chance accuracy`, `chance exact-match`.",
    ),
    ("diverged", "How many trials diverged."),
    ("failed", "How many trials ended by an error or a limit of time or memory: they count for no other number here."),
];

/// One row per arm, in the plan's order: how many trials there are, how many solved the task and how soon, what they score on
/// test data beside what the best constant scores, and how many diverged.
///
/// - `solved` counts finished trials that reached the target, with the exact interval of Clopper and Pearson; `updates to target` is the Kaplan–Meier
///   median. Both are absent where no arm has a target.
/// - `test loss` and the other figures are medians with exact intervals of order statistics
///   ([`median_interval`](crate::stats::median_interval)).
/// - A diverged trial never solves its task and scores worse than every number; it is never left out. A trial that ended in
///   error, timeout, out-of-memory or interrupted says nothing about its arm: it is counted under `failed` only.
pub fn summary(results: &Results) -> Table {
    let arms = &results.arms;
    let with_target = arms.iter().any(|arm| arm.arm.target.is_some());
    let measured = measured(results);
    // Arms have equally many replicates; where the plan says otherwise, it is not known how many each has.
    let each = results.planned.checked_div(arms.len()).filter(|each| each * arms.len() == results.planned);
    let each = each.filter(|_| results.circumstances.reach.is_none());

    let mut table = Table::default();
    let mut add = |column: Column, cell: &dyn Fn(&ArmResults) -> Cell| {
        table.columns.push(column);
        table.rows.resize(arms.len(), Vec::new());
        table.rows.iter_mut().zip(arms).for_each(|(row, arm)| row.push(cell(arm)));
    };
    add(Column::text("arm"), &|arm| Cell::Text(arm.arm.label.clone()));
    for (column, cell) in swept(arms) {
        add(column, &*cell);
    }
    add(Column::number("trials"), &|arm| match each {
        Some(of) => Cell::Progress { count: arm.trials.len(), of },
        None => Cell::Integer(arm.trials.len() as i128),
    });
    if let Some(found) = &results.circumstances.reach {
        add(Column::number("reach"), &|arm| {
            let searched = found.of(&arm.arm.label);
            let estimated = searched.and_then(|searched| Some((searched, searched.estimate.as_ref()?)));
            estimated.map_or(Cell::Null, |(searched, estimated)| reach_cell(found, &estimated.reach, searched.trials()))
        });
    }
    if with_target {
        add(Column::number("solved"), &|arm| arm.solved().map_or(Cell::Null, Cell::Share));
        add(Column::number("updates to target"), &updates_to_target);
    }
    // The arms say which measures matter by naming their chance levels; where none does, all are shown.
    let silent = arms.iter().all(|arm| arm.arm.chance.is_empty());
    for &measure in &measured {
        let with_chance = arms.iter().any(|arm| arm.chance(measure).is_some());
        if silent || with_chance {
            add(Column::number(format!("test {}", measure.name())), &|arm| test(arm, measure));
        }
        if with_chance {
            let chance = |arm: &ArmResults| arm.chance(measure).map_or(Cell::Null, Cell::Number);
            add(Column::number(format!("chance {}", measure.name())), &chance);
        }
    }
    add(Column::number("diverged"), &|arm| count(arm, |status| status == Status::Diverged));
    if results.failed() > 0 {
        add(Column::number("failed"), &|arm| count(arm, |status| !status.is_result()));
    }
    table.notes = notes(with_target, !measured.is_empty());
    table.notes.extend(results.circumstances.reach.iter().map(|found| found.definition.clone()));
    table
}

/// The value of an arm in a column.
pub(super) type CellOf = Box<dyn Fn(&ArmResults) -> Cell>;

/// A column for each swept setting, by which a program picks arms; to a reader the arm's name tells it.
pub(super) fn swept(arms: &[ArmResults]) -> Vec<(Column, CellOf)> {
    let mut paths: Vec<&str> = Vec::new();
    for setting in arms.iter().flat_map(|arm| &arm.arm.swept) {
        if !paths.contains(&setting.path.as_str()) {
            paths.push(&setting.path);
        }
    }
    let column = |path: &str| {
        let path = path.to_owned();
        let find = move |arm: &ArmResults| arm.arm.swept.iter().find(|setting| setting.path == path).cloned();
        // One type for all values of a column, as in the table of trials.
        let all = |is: fn(&Value) -> bool| {
            arms.iter().filter_map(&find).all(|setting| setting.value.is_null() || is(&setting.value))
        };
        let of_one_type = all(Value::is_number) || all(Value::is_boolean) || all(Value::is_string);
        move |arm: &ArmResults| find(arm).map_or(Cell::Null, |setting| setting.cell_in(of_one_type))
    };
    let columns = paths.into_iter().map(|path| {
        let head = Column { for_programs: true, ..Column::text(path) };
        (head, Box::new(column(path)) as CellOf)
    });
    columns.collect()
}

fn updates_to_target(arm: &ArmResults) -> Cell {
    let infinite = format!("> {}", arm.arm.budget);
    arm.updates_to_target().map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: infinite.into() })
}

fn test(arm: &ArmResults, measure: Measure) -> Cell {
    let estimate = arm.median(MetricName::Measured(Split::Test, measure));
    estimate.map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: "diverged".into() })
}

fn count(arm: &ArmResults, of: impl Fn(Status) -> bool) -> Cell {
    Cell::Integer(arm.trials.iter().filter(|trial| of(trial.trial.status)).count() as i128)
}

/// The measures that any trial was tested for, the loss first.
fn measured(results: &Results) -> Vec<Measure> {
    let any = |measure| results.trials().any(|trial| trial.curves.contains_key(&(Split::Test, measure)));
    Measure::ALL.into_iter().filter(|measure| any(*measure)).collect()
}

fn notes(with_target: bool, with_tests: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if with_tests || with_target {
        let interval = format!("in brackets their exact {} interval", percent());
        notes.push(format!("Medians over replicates; {interval}, or what it covers of few replicates."));
    }
    if with_target {
        notes.push(format!("Solved: the exact {} interval (Clopper and Pearson).", percent()));
        notes.push(format!("Updates to target: the median is {MEDIAN_UPDATES}."));
    }
    notes
}

/// The confidence of the intervals in words, such as `95 %`.
fn percent() -> String {
    format!("{} %", 100.0 * CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::results::work;
    use crate::results::table::{Arm, Target, TrialResults, csv, text};
    use crate::results::{Circumstances, Doubt, doubts};
    use crate::store::samples::record;
    use crate::store::{MetricRow, Record, TrialRow};

    const REPLICATES: u64 = 10;

    fn arm(label: &str) -> Arm {
        let target = Target { metric: "validation/loss".parse().unwrap(), below: Some(0.01), above: None };
        let chance = vec![(Measure::Loss, 1.0 / 6.0)];
        Arm {
            label: label.into(),
            settings: vec![],
            swept: vec![],
            own_label: vec![],
            chance,
            budget: 3_000,
            target: Some(target),
            lengths: None,
            probes: vec![],
        }
    }

    fn metric(trial: &TrialRow, update: u64, split: &str, metric: &str, value: f64) -> MetricRow {
        let (trial_id, split, metric) = (trial.trial_id.clone(), split.to_owned(), metric.to_owned());
        MetricRow { trial_id, update, split, metric, value }
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
        let trials = |records: Vec<Record>| {
            let trial = |record: Record| TrialResults::new(record.trial, &record.metrics, record.probes).unwrap();
            records.into_iter().map(trial).collect()
        };
        let arms = arms.into_iter().map(|(arm, records)| ArmResults { arm, trials: trials(records) });
        Results {
            suite: "x".into(),
            about: String::new(),
            arms: arms.collect(),
            planned,
            circumstances: Circumstances::default(),
            claims: vec![],
        }
    }

    fn shown(table: &Table, column: &str) -> Vec<String> {
        let index = table.columns.iter().position(|head| head.name == column).unwrap();
        table.rows.iter().map(|row| row[index].shown()).collect()
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
        let table = summary(&three_arms());
        assert_eq!(shown(&table, "trials"), ["10/10", "10/10", "5/10"]);
        assert_eq!(shown(&table, "solved"), ["10/10 [0.69, 1]", "3/10 [0.07, 0.65]", "0/4 [0, 0.6]"]);
        assert_eq!(shown(&table, "updates to target"), ["1400 [1100, 1800]", "> 3000 [2500, > 3000]", "> 3000"]);
        assert_eq!(
            shown(&table, "test loss"),
            ["0.0055 [0.002, 0.009]", "0.1 [0.1, 0.1]", "diverged [0.17, diverged] (88 %)"]
        );
        assert_eq!(shown(&table, "chance loss"), ["0.1667"; 3]);
        assert_eq!(shown(&table, "diverged"), ["0", "0", "3"]);
        assert_eq!(shown(&table, "failed"), ["0", "0", "1"]);
        let doubts = doubts(&three_arms());
        assert!(doubts.contains(&Doubt::FewReplicates), "{doubts:?}");
        assert!(doubts.contains(&Doubt::Missing { missing: 5, planned: 30 }), "{doubts:?}");
    }

    #[test]
    fn accuracy_ranks_diverged_trials_lowest() {
        let mut results = three_arms();
        for trial in results.trials_mut().filter(|trial| trial.trial.status == Status::Finished) {
            let accuracy = metric(&trial.trial, trial.trial.updates, "test", "accuracy", 0.75);
            trial.add(&(&accuracy).into()).unwrap();
        }
        results.arms[0].arm.chance.push((Measure::Accuracy, 0.25));
        let table = summary(&results);
        let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names[4..8], ["test loss", "chance loss", "test accuracy", "chance accuracy"]);
        assert_eq!(shown(&table, "test accuracy")[2], "diverged [diverged, 0.75] (88 %)");
        assert_eq!(shown(&table, "chance accuracy"), ["0.25", "", ""]);
    }

    #[test]
    fn without_a_target_nothing_is_said_of_solving() {
        let mut results = three_arms();
        for arm in &mut results.arms {
            arm.arm.target = None;
            arm.trials.iter_mut().for_each(|trial| trial.trial.solved = None);
        }
        let names: Vec<_> = summary(&results).columns.into_iter().map(|column| column.name).collect();
        assert_eq!(names, ["arm", "trials", "test loss", "chance loss", "diverged", "failed"]);
    }

    #[test]
    fn every_column_is_described() {
        let mut results = three_arms();
        results.arms[2].arm.swept = vec![crate::results::table::Setting::new("task.length", 50.into())];
        results.arms[1].trials[0].trial.status = Status::Error;
        for column in summary(&results).columns {
            let kind = |measure: &str| ["test ", "chance "].map(|of| format!("{of}{measure}")).contains(&column.name);
            let described = |name: &&str| {
                **name == column.name
                    || kind("accuracy")
                    || kind("exact-match")
                    || name.split(", ").any(|one| one == column.name)
            };
            assert!(SUMMARY_COLUMNS.iter().map(|(name, _)| name).any(described), "{}", column.name);
        }
    }

    #[test]
    fn a_plan_without_results_is_shown_empty() {
        let table = summary(&results(vec![(arm("a"), vec![])]));
        assert_eq!(shown(&table, "trials"), ["0/10"]);
        assert_eq!(shown(&table, "solved"), [""]);
        assert_eq!(shown(&table, "diverged"), ["0"]);
        let nothing = summary(&results(vec![]));
        assert!(nothing.rows.is_empty() && !nothing.columns.is_empty());
    }

    #[test]
    fn it_fits_a_terminal_of_120_columns_unbroken() {
        let shown = text(&summary(&three_arms()), Some(120));
        assert!(shown.lines().all(|line| line.chars().count() <= 120), "{shown}");
        let mut usual = three_arms();
        usual.arms[2].trials.clear();
        let usual = text(&summary(&usual), Some(120));
        for unbroken in ["10/10 [0.69, 1]", "> 3000 [2500, > 3000]", "0.0055 [0.002, 0.009]"] {
            assert!(shown.contains(unbroken) && usual.contains(unbroken), "{shown}{usual}");
        }
        assert!(usual.contains("lstm · orthogonal · length 50"), "{usual}");
        let lines = csv(&summary(&three_arms())).unwrap();
        assert!(lines.lines().nth(3).unwrap().contains(",inf,inf,inf,4,0.875,"), "{lines}");
    }

    #[test]
    fn few_trials_are_noted_where_an_interval_covers_less_than_it_says() {
        for n in 2..9 {
            let results = results(vec![(arm("a"), (0..n).map(|n| trial(n, None, 0.1)).collect())]);
            let median = results.arms[0].median(MetricName::Measured(Split::Test, Measure::Loss)).unwrap();
            let noted = doubts(&results).contains(&Doubt::FewReplicates);
            assert_eq!(noted, median.confidence < CONFIDENCE, "{n} trials");
        }
    }

    /// Many arms cost as much as few with as many trials: nothing runs over all trials once per arm.
    #[test]
    fn the_work_grows_with_the_trials_only() {
        let of = |arms: u64, each: u64| {
            let records = |arm: u64| (0..each).map(|n| trial(arm * each + n, Some(1_000 + n), 0.1)).collect();
            results((0..arms).map(|index| (arm(&format!("arm {index}")), records(index))).collect())
        };
        let work = |results: &Results| work::done_by(|| summary(results));
        let (few, many) = (work(&of(2, 60)), work(&of(60, 2)));
        assert!(few >= 120 && many == few, "{few} look-ups for 120 trials of 2 arms, {many} of 60");
        assert_eq!(work(&of(120, 2)), 2 * many);
    }
}
