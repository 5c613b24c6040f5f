//! Trials under way in one line.

use crate::{run::InFlight, text::pluralize};

/// The most trials that the line tells of.
const SHOWN: usize = 4;

/// The trials that were left on their way, and where; nothing if there are none.
pub(super) fn under_way(trials: &[InFlight]) -> Option<String> {
    if trials.is_empty() {
        return None;
    }
    let shown: Vec<String> = trials.iter().take(SHOWN).map(InFlight::to_string).collect();
    let others = trials.len().saturating_sub(SHOWN);
    let others = if others > 0 { format!("; and {others} more") } else { String::new() };
    let count = pluralize(trials.len() as u64, "trial");
    Some(format!("under way by the last checkpoints: {count}: {}{others}", shown.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_are_told() {
        let trial = |update: u64| InFlight {
            trial_id: "t0123456789abcde".to_owned(),
            arm: "lstm".to_owned(),
            replicate: 2,
            update,
            budget: 1000,
            train_seconds: 1.5,
            written: "2026-02-28T23:59:59Z".to_owned(),
        };
        assert_eq!(under_way(&[]), None);
        let one = "t0123456 (lstm, replicate 2) at update 400 of 1000, 2026-02-28 23:59:59 UTC";
        assert_eq!(under_way(&[trial(400)]).unwrap(), format!("under way by the last checkpoints: 1 trial: {one}"));
        let many = under_way(&[1, 2, 3, 4, 5, 6].map(trial)).unwrap();
        assert!(many.contains(" 6 trials: ") && many.contains(" update 4 ") && !many.contains(" update 5 "), "{many}");
        assert!(many.ends_with("; and 2 more"), "{many}");
    }
}
