//! Sentences that several figures share.

use super::picture::NothingToDraw;
use crate::results::number;
use crate::results::table::Results;

/// The note on a chart whose axis is cut at `limit`.
pub(super) fn beyond(limit: f64) -> String {
    format!("Wedges along the top: values beyond the scale, above {}, and how far they reach.", number::short(limit))
}

/// The note on trials that say nothing of their arm, where there are any.
pub(super) fn left_out(results: &Results) -> Option<String> {
    let left_out = results.failed();
    (left_out > 0).then(|| format!("{left_out} of {} trials did not finish and are left out.", results.stored()))
}

/// Nothing where trials are stored.
///
/// # Errors
/// When none is.
pub(super) fn ran(results: &Results) -> Result<(), NothingToDraw> {
    match results.stored() {
        0 => Err(NothingToDraw("no trials are stored yet; run the suite first".to_owned())),
        _ => Ok(()),
    }
}

/// The complaint that no stored trial says anything of a target.
pub(super) fn no_target_yet() -> NothingToDraw {
    NothingToDraw("no trial with a target has finished yet; run the suite first".to_owned())
}

/// The number of replicates of an arm that are planned, stored or not.
pub(super) fn planned_replicates(plan: &Results) -> usize {
    plan.planned / plan.arms.len().max(1)
}

/// The targets of the arms, such as `validation loss below 0.01 within 3000 updates`.
///
/// # Errors
/// When no arm has a target.
pub(super) fn target_in_words(results: &Results) -> Result<String, NothingToDraw> {
    let mut targets: Vec<String> = Vec::new();
    for (arm, target) in results.arms.iter().filter_map(|arm| Some((&arm.arm, arm.arm.target.as_ref()?))) {
        let bound = match (target.below, target.above) {
            (Some(below), _) => format!("below {}", number::short(below)),
            (None, Some(above)) => format!("above {}", number::short(above)),
            (None, None) => continue,
        };
        let budget = number::decimal(arm.budget as f64, 1.0);
        let words = format!("{} {bound} within {budget} updates", target.metric.words());
        if !targets.contains(&words) {
            targets.push(words);
        }
    }
    match targets.as_slice() {
        [] => Err(NothingToDraw(
            "the suite states no target; add one as train.target to see when it is reached".to_owned(),
        )),
        [one] => Ok(format!("Target: {one}")),
        _ => Ok("Targets and budgets differ between arms".to_owned()),
    }
}
