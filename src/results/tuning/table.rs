//! Tables of a tuning.

use super::ledger::{Candidate, Edge, Ledger};
use crate::{
    results::{
        number::significant,
        table::{Cell, Column, INFINITY, Setting, Table, join},
    },
    store::Status,
};

/// The most candidates that the overview shows one by one.
const SHOWN: usize = 8;

/// The ledger of a tuning, described.
pub const LEDGER_ABOUT: &str = "What was tried to choose each arm's settings: one row per arm and candidate, of trials of their own. In \
    `tuning.parquet`.";

/// The columns of the ledger, described.
pub const LEDGER_COLUMNS: [(&str, &str); 11] = [
    ("arm", "The arm's name in the plan."),
    ("optimizer.learning-rate, …", "One column for each tuned setting, named by its path: what the candidate takes."),
    ("trials", "Stored replicates of the candidate, of those that it is to have."),
    ("diverged", "Replicates that diverged."),
    ("failed", "Replicates that a fault or a limit ended; they say nothing."),
    ("solved", "Replicates that reached the target; null without one."),
    ("validation loss", "The mean of the last validation losses of the replicates that did not diverge."),
    (
        "score",
        "The mean of what the suite selects by; a replicate that did not reach its target counts as the budget, one that diverged \
        as infinite where the loss or the accuracy decides.",
    ),
    ("rank", "The place by the rule of selection, 1 for the best; null until all candidates of the arm are trained."),
    ("chosen", "Whether the arm is reported with this candidate."),
    (
        "edge",
        "Tuned numbers that are the least or the greatest of three or more that were tried: `highest learning-rate`.",
    ),
];

/// The table of budgets, described.
pub const BUDGET_ABOUT: &str = "What a smaller tuning would have come to: one row per arm and number of candidates. In \
    `tuning-budget.parquet`.";

/// The columns of the table of budgets, described.
pub const BUDGET_COLUMNS: [(&str, &str); 3] = [
    ("arm", "The arm's name in the plan."),
    ("candidates", "So many of the candidates are tried, all choices of them being equally likely."),
    (
        "expected score",
        "The expected score of the one that would be chosen, and where it lies for 95 % of the choices.",
    ),
];

/// The ledger: one row per arm and candidate, with the columns of [`LEDGER_COLUMNS`].
pub fn candidate_table(ledger: &Ledger) -> Table {
    let mut paths: Vec<&str> = ledger.arms.iter().flat_map(|arm| arm.paths()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut table = Table { columns: vec![Column::text("arm")], ..Table::default() };
    table.columns.extend(paths.iter().map(|path| Column::number(*path)));
    table.columns.extend([Column::number("trials"), Column::number("diverged"), Column::number("failed")]);
    table.columns.extend(["solved", "validation loss", "score", "rank"].map(Column::number));
    table.columns.extend([Column::text("chosen"), Column::text("edge")]);
    for arm in &ledger.arms {
        for (number, candidate) in arm.candidates.iter().enumerate() {
            let setting = |path: &&str| candidate.settings.iter().find(|setting| setting.path == **path);
            let integer = |count: Option<usize>| count.map_or(Cell::Null, |count| Cell::Integer(count as i128));
            let real = |value: Option<f64>| value.map_or(Cell::Null, Cell::Number);
            let counted = |counts: fn(Status) -> bool| {
                let of = candidate.statuses.iter().filter(|(status, _)| counts(**status));
                Cell::Integer(of.map(|(_, count)| *count as i128).sum())
            };
            let row = [Cell::Text(arm.label.clone())].into_iter();
            let row = row.chain(paths.iter().map(|path| setting(path).map_or(Cell::Null, Setting::cell))).chain([
                Cell::Progress { count: candidate.statuses.values().sum(), of: ledger.replicates },
                counted(|status| status == Status::Diverged),
                counted(|status| !status.is_result()),
                integer(candidate.solved),
                real(candidate.loss),
                real(candidate.score),
                integer(candidate.rank),
                arm.chosen.map_or(Cell::Null, |chosen| Cell::Boolean(chosen == number)),
                Cell::Text(sides(&arm.edges(number))),
            ]);
            table.rows.push(row.collect());
        }
    }
    table.notes.push(format!(
        "Score: mean {} over the replicates of the tuning. Edge: the least or the greatest of three numbers or more that were tried. \
         `--table trials --where stage=tuning` has the trials.",
        ledger.score_in_words()
    ));
    table
}

/// One row per arm: what its candidates reached, which of them is chosen, and at which edge of what was tried it lies.
pub fn overview(ledger: &Ledger) -> Table {
    let each = ledger.arms.iter().map(|arm| arm.candidates.len()).max().unwrap_or(0);
    let shown = if each <= SHOWN { each } else { 0 };
    let named = |candidate: &Candidate| join(&candidate.settings);
    let mut table = Table { columns: vec![Column::text("arm")], ..Table::default() };
    let first = ledger.arms.first().map(|arm| &arm.candidates[..shown.min(arm.candidates.len())]).unwrap_or_default();
    table.columns.extend(first.iter().map(|candidate| Column::number(named(candidate))));
    table.columns.extend([Column::text("chosen"), Column::text("edge"), Column::number("diverged")]);
    for arm in &ledger.arms {
        let reached = arm.candidates[..first.len().min(arm.candidates.len())].iter();
        let reached = reached.map(|candidate| match in_words(candidate, ledger.replicates) {
            text if text.is_empty() => Cell::Null,
            text => Cell::Text(text),
        });
        let diverged = |one: &Candidate| one.statuses.get(&Status::Diverged).copied().unwrap_or(0);
        let row = [Cell::Text(arm.label.clone())].into_iter().chain(reached).chain([
            arm.chosen.map_or(Cell::Null, |chosen| Cell::Text(named(&arm.candidates[chosen]))),
            Cell::Text(sides(&arm.chosen_edges())),
            Cell::Integer(arm.candidates.iter().map(|one| diverged(one) as i128).sum()),
        ]);
        table.rows.push(row.collect());
    }
    if shown > 0 {
        let several = "; of several replicates how many reached it, and the mean, where the others count as the budget";
        let several = if ledger.replicates > 1 { several } else { "" };
        table
            .notes
            .push(format!("The update at which the target was reached, else the last validation loss{several}."));
    }
    table
}

/// Performance against the tuning's budget: one row per arm and number of candidates, with the expected score of what would have
/// been chosen of so many, and the interval in which it lies for 95 % of the choices of them.
///
/// The expectation is over which candidates are tried, all subsets being equally likely.
pub fn budget_table(ledger: &Ledger) -> Table {
    let columns = vec![Column::text("arm"), Column::number("candidates"), Column::number("expected score")];
    let mut table = Table { columns, ..Table::default() };
    for (number, arm) in ledger.arms.iter().enumerate() {
        for (tried, estimate) in (1..).zip(ledger.budget_curve(number)) {
            let estimate = Cell::Estimate { estimate, infinite: INFINITY.into() };
            table.rows.push(vec![Cell::Text(arm.label.clone()), Cell::Integer(tried), estimate]);
        }
    }
    table.notes.push(format!(
        "Expected {} of what is chosen of so many candidates, tried in random order; in brackets where 95 % of the orders end \
         (Dodge and others 2019).",
        ledger.score_in_words()
    ));
    table
}

/// The edges in words: `lowest learning-rate`.
fn sides(edges: &[Edge]) -> String {
    let words: Vec<String> = edges.iter().map(|edge| format!("{} {}", edge.side.name(), edge.setting)).collect();
    words.join(", ")
}

/// The words for what a candidate reached: `at 850`, `1/2 at 2650`, `loss 0.18`, `diverged`.
fn in_words(candidate: &Candidate, replicates: usize) -> String {
    let stored: usize = candidate.statuses.values().sum();
    let score = candidate.score.map(|score| significant(score, 3)).unwrap_or_default();
    match (candidate.solved, candidate.loss) {
        _ if stored == 0 => String::new(),
        (Some(solved @ 1..), _) if replicates == 1 && solved == 1 => format!("at {score}"),
        (Some(solved @ 1..), _) => format!("{solved}/{replicates} at {score}"),
        (_, Some(loss)) => format!("loss {}", significant(loss, 3)),
        _ => "diverged".to_owned(),
    }
}

#[cfg(test)]
mod tests;
