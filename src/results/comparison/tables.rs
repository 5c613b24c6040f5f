//! The tables of a comparison.

use serde_json::Value;

use super::Comparison;
use super::arms::Standing;
use super::effect::Change;
use super::trials::Bits;
use crate::results::table::{Cell, Column, INFINITY, Table};

/// One row per metric of each arm that is not the same bit for bit, and one for each arm that is, unless there are more than `most` of
/// these: then a note counts them.
pub fn arms_table(comparison: &Comparison, most: usize) -> Table {
    let columns = vec![
        Column::text("arm"),
        Column::text("standing"),
        Column::text("metric"),
        Column::number("before"),
        Column::number("now"),
        Column::number("difference"),
        Column::number("threshold"),
        Column::text("test"),
        Column::number("corrected p"),
        Column::text("change"),
        Column::number("speed"),
    ];
    let mut rows = vec![];
    let is_same = |arm: &&super::ComparedArm| arm.standing == Standing::NoChange;
    let same = comparison.arms.iter().filter(is_same).count();
    let is_shown = |arm: &&super::ComparedArm| same <= most || !is_same(arm);
    for arm in comparison.arms.iter().filter(is_shown) {
        let speed = match arm.updates_per_second {
            [Some(before), Some(now)] => Cell::Number(now / before),
            _ => Cell::Null,
        };
        let head = |speed: Cell| ([Cell::Text(arm.label.clone()), Cell::Text(arm.standing.name().to_owned())], speed);
        if arm.effects.is_empty() {
            let (head, speed) = head(speed);
            rows.push(head.into_iter().chain(std::iter::repeat_n(Cell::Null, 8)).chain([speed]).collect());
            continue;
        }
        for effect in &arm.effects {
            let change = match effect.change {
                Change::Worse => "worse",
                Change::Better => "better",
                Change::None => "",
            };
            let (head, speed) = head(speed.clone());
            rows.push(
                head.into_iter()
                    .chain([
                        Cell::Text(effect.metric.to_string()),
                        level(effect, 0),
                        level(effect, 1),
                        Cell::Estimate { estimate: effect.difference, infinite: INFINITY.into() },
                        Cell::Number(effect.threshold),
                        Cell::Text(effect.test.to_owned()),
                        effect.corrected_p.map_or(Cell::Null, Cell::Number),
                        Cell::Text(change.to_owned()),
                        speed,
                    ])
                    .collect(),
            );
        }
    }
    let judged = comparison.arms.iter().any(|arm| !arm.effects.is_empty());
    let mut notes = vec![];
    if judged {
        notes.push(
            "Before and now: replicates that reached the target, and medians, with their own 95 % intervals. Difference: now less before, \
             with the interval that is corrected, as p is (Holm), for all arms and metrics that so many replicates can tell apart at all."
                .to_owned(),
        );
    }
    if same > most {
        notes.push(format!("Arms without any change are not shown, {same} of them; CSV and JSON have them."));
    }
    if !rows.is_empty() {
        notes.push(
            "Speed: updates per second now over those before, on whatever machines those were; no verdict rests on it."
                .to_owned(),
        );
    }
    Table { columns, rows, notes }
}

/// A metric of one of the runs, as its own tables show it.
fn level(effect: &super::Effect, side: usize) -> Cell {
    let estimate = effect.levels[side];
    match effect.metric.is_binary() {
        true => Cell::Share(estimate),
        false => Cell::Estimate { estimate, infinite: INFINITY.into() },
    }
}

/// One row per trial whose bits are not the same.
pub fn trials_table(comparison: &Comparison) -> Table {
    let columns = vec![
        Column::text("trial_id"),
        Column::text("arm"),
        Column::number("replicate"),
        Column::text("bits"),
        Column::number("first_differing_update"),
        Column::number("same_until"),
        Column::number("drift"),
        Column::text("reason"),
    ];
    let update = |update: Option<u64>| update.map_or(Cell::Null, |update| Cell::Integer(update.into()));
    let different = comparison.trials.iter().filter(|trial| trial.bits != Bits::Same);
    let rows: Vec<Vec<Cell>> = different
        .map(|trial| {
            let (first, same, drift, reason) = match &trial.bits {
                Bits::Other { at, drift, metric } => {
                    let reason = metric.map(|metric| format!("the parameters are the same, {metric} is not"));
                    (Some(at.update), at.same_until, *drift, reason.unwrap_or_default())
                }
                Bits::Incomparable(reason) => (None, None, None, reason.clone()),
                Bits::OtherRow(_) => (None, None, None, trial.bits.sentence()),
                _ => (None, None, None, String::new()),
            };
            vec![
                Cell::Text(trial.trial_id.clone()),
                Cell::Text(trial.arm.clone()),
                Cell::Integer(trial.replicate.into()),
                Cell::Text(trial.bits.name().to_owned()),
                update(first),
                update(same),
                drift.map_or(Cell::Null, Cell::Number),
                Cell::Text(reason),
            ]
        })
        .collect();
    let drifts = comparison.trials.iter().any(|trial| matches!(trial.bits, Bits::Other { .. }));
    let note =
        "Drift: the largest relative difference of a metric since the trials part, at evaluations that both have.";
    Table { columns, rows, notes: if drifts { vec![note.to_owned()] } else { vec![] } }
}

/// One row per setting in which arms of the same label differ.
pub fn settings_table(comparison: &Comparison) -> Table {
    let columns = vec![Column::text("setting"), Column::text("before"), Column::text("now"), Column::number("arms")];
    let value = |value: &Option<Value>| match value {
        None => Cell::Null,
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(value) => Cell::Text(value.to_string()),
    };
    let rows = comparison.settings.iter().map(|setting| {
        let count = Cell::Integer(setting.arms as i128);
        vec![Cell::Text(setting.path.clone()), value(&setting.before), value(&setting.now), count]
    });
    Table { columns, rows: rows.collect(), notes: vec![] }
}
