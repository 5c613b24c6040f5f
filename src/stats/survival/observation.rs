//! Times to an event, or until which there was none.

/// When a trial reached its target, or how long it was watched without reaching it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The time of the event, or until which there was none.
    pub time: f64,
    /// Whether there was no event by then.
    pub censored: bool,
}

/// The observations by time. A time that is not a number (NaN, infinite) is an event that was never seen: such a trial is watched to the
/// end and never has it.
pub(super) fn sorted(observations: &[Observation]) -> Vec<Observation> {
    let mut sorted: Vec<Observation> = observations
        .iter()
        .map(|&seen| if seen.time.is_finite() { seen } else { Observation { time: f64::INFINITY, censored: true } })
        .collect();
    sorted.sort_by(|left, right| left.time.total_cmp(&right.time));
    sorted
}
