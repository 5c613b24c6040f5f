//! The table of a suite's searches.

use super::found::{Estimated, Found, FoundArm};
use super::words::bound_in_words;
use crate::{
    results::table::{Cell, Column, Infinite, Table},
    stats::{Bound, CONFIDENCE, Ending, Estimate, Misfit, Reach},
};

/// The table of searches, described.
pub const REACH_ABOUT: &str =
    "How far back each arm learns, of a suite with `reach`: one row per arm. In `reach.parquet`.";

/// The columns of the table of searches, described.
pub const REACH_COLUMNS: [(&str, &str); 11] = [
    ("arm", "The arm's name in the plan, without the setting that is searched along."),
    (
        "reach",
        "The value of that setting at which half of the seeds that learn at all still reach the target within the budget: the \
         posterior's median with its 95 % interval. Infinite, with its sign, where it is beyond, or below, all that was to be tried.",
    ),
    ("reach of all seeds", "The same for half of all seeds, those that fail at any value among them."),
    ("trials", "Trainings with a result."),
    ("solved", "How many of them reached the target."),
    ("spread", "How gradually success ends: from 73 % to 27 % within twice so much, in ln of the value."),
    ("lapses", "The share of seeds that fail at any value."),
    (
        "gradient reach",
        "The largest lag up to which the gradient before training is no less than 1 % of that at lag 1, with the probe `gradient-by-lag`.",
    ),
    (
        "gradient falls",
        "Whether it falls that far within the lags that were measured; if not, it reaches so far at least.",
    ),
    ("search", "How the search ended: `precise`, `trials spent`, `beyond the range`, `below the range`; or `goes on`."),
    ("doubt", "Why the reach may not be believed, where there is a reason."),
];

/// One row per arm with the columns of [`REACH_COLUMNS`].
pub fn reach_table(found: &Found) -> Table {
    let mut columns = vec![Column::text("arm")];
    columns.extend(["reach", "reach of all seeds", "trials", "solved", "spread", "lapses"].map(Column::number));
    if found.has_gradients {
        columns.extend([Column::number("gradient reach"), Column::text("gradient falls")]);
    }
    columns.extend([Column::text("search"), Column::text("doubt")]);
    let mut table = Table { columns, ..Table::default() };
    for arm in &found.arms {
        let estimate = |of: fn(&Estimated) -> Estimate| {
            let n = arm.trials() as usize;
            let cell = |estimate| Cell::Estimate { estimate: Estimate { n, ..estimate }, infinite: "".into() };
            arm.estimate.as_ref().map_or(Cell::Null, |estimated| cell(of(estimated)))
        };
        let reach = |of: fn(&Estimated) -> Reach| {
            arm.estimate.as_ref().map_or(Cell::Null, |estimated| reach_cell(found, &of(estimated), arm.trials()))
        };
        let flows = match arm.gradient_reach {
            Some((lag, beyond)) => [Cell::Integer(lag.into()), Cell::Boolean(!beyond)],
            None => [Cell::Null, Cell::Null],
        };
        let row = [
            Cell::Text(arm.label.clone()),
            reach(|estimated| estimated.reach),
            reach(|estimated| estimated.of_all),
            Cell::Integer(arm.trials().into()),
            Cell::Integer(arm.solved().into()),
            estimate(|estimated| estimated.spread),
            estimate(|estimated| estimated.lapse),
        ];
        let last = [Cell::Text(search_in_words(arm).to_owned()), misfit_in_words(arm).map_or(Cell::Null, Cell::Text)];
        table.rows.push(
            row.into_iter().chain(found.has_gradients.then_some(flows).into_iter().flatten()).chain(last).collect(),
        );
    }
    table.notes.push(found.definition.clone());
    table
}

/// A reach as a cell: what lies outside of the range stays a bound.
pub fn reach_cell(found: &Found, reach: &Reach, trials: u32) -> Cell {
    let [value, low, high] = [reach.median, reach.low, reach.high].map(Bound::number);
    let estimate = Estimate { value, low, high, n: trials as usize, confidence: CONFIDENCE };
    Cell::Estimate {
        estimate,
        infinite: Infinite {
            below: bound_in_words(Bound::Below, found.range()),
            beyond: bound_in_words(Bound::Beyond, found.range()),
        },
    }
}

fn search_in_words(arm: &FoundArm) -> &'static str {
    match arm.ending {
        Some(Ending::Precise) => "precise",
        Some(Ending::Spent) => "trials spent",
        Some(Ending::Beyond) => "beyond the range",
        Some(Ending::Below) => "below the range",
        None if arm.failed > 0 => "waits for a failed trial",
        None => "goes on",
    }
}

/// The reason not to believe an arm's reach, in words.
pub fn misfit_in_words(arm: &FoundArm) -> Option<String> {
    let range = |(low, high): (u64, u64)| if low == high { low.to_string() } else { format!("{low} to {high}") };
    match arm.estimate.as_ref()?.misfit? {
        Misfit::Rising { shorter, of_shorter, longer, of_longer, .. } => Some(format!(
            "{}/{} at {} but {}/{} at {}",
            of_shorter.0,
            of_shorter.1,
            range(shorter),
            of_longer.0,
            of_longer.1,
            range(longer)
        )),
        Misfit::Scattered { .. } => Some("success scatters more than seeds do".to_owned()),
    }
}
