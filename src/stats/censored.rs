//! Times to an event that some trials never reached.

/// When a trial reached its target, or how long it was watched without reaching it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The time of the event, or until which there was none.
    pub time: f64,
    /// Whether there was no event by then.
    pub censored: bool,
}

/// The Kaplan–Meier median: the earliest event time at which the estimated share of trials without the event is at most ½.
/// `None` where it stays above ½, that is, the median lies beyond what was watched; also without observations.
///
/// Where the share is exactly ½ over a stretch, this is the stretch's beginning, so that the median is always a time at which
/// a trial did reach the target. A trial censored at the time of an event counts as watched then. A time that is not a number
/// (NaN, infinite) is an event that was never seen: such a trial is watched to the end and never reaches its target, as a
/// diverged one does.
///
/// Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958.
pub fn median_with_censoring(observations: &[Observation]) -> Option<f64> {
    let mut sorted: Vec<Observation> = observations
        .iter()
        .map(|&seen| if seen.time.is_finite() { seen } else { Observation { time: f64::INFINITY, censored: true } })
        .collect();
    sorted.sort_by(|left, right| left.time.total_cmp(&right.time));

    let mut surviving = 1.0;
    let mut at_risk = sorted.len();
    for same in sorted.chunk_by(|left, right| left.time == right.time) {
        let events = same.iter().filter(|seen| !seen.censored).count();
        if events > 0 {
            surviving *= (at_risk - events) as f64 / at_risk as f64;
            // The products of such fractions round: 9/10·8/9·…·5/6 is ½.
            if surviving <= 0.5 + 1e-12 {
                return Some(same[0].time);
            }
        }
        at_risk -= same.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(times: &[(f64, bool)]) -> Option<f64> {
        let observations: Vec<_> = times.iter().map(|&(time, censored)| Observation { time, censored }).collect();
        median_with_censoring(&observations)
    }

    #[test]
    fn without_censoring_it_is_the_lower_median() {
        assert_eq!(median(&[(3.0, false), (1.0, false), (2.0, false)]), Some(2.0));
        let ten: Vec<_> = (1..=10).rev().map(|time| (f64::from(time), false)).collect();
        assert_eq!(median(&ten), Some(5.0));
        assert_eq!(median(&[(4.0, false); 4]), Some(4.0));
    }

    #[test]
    fn beyond_the_budget_there_is_none() {
        assert_eq!(median(&[(10.0, false), (100.0, true), (100.0, true)]), None);
        assert_eq!(median(&[(10.0, false), (20.0, false), (100.0, true)]), Some(20.0));
        // Exactly half: the later of the events brings the share to ½.
        assert_eq!(median(&[(10.0, false), (20.0, false), (100.0, true), (100.0, true)]), Some(20.0));
        assert_eq!(median(&[(100.0, true)]), None);
        assert_eq!(median(&[]), None);
    }

    /// The 6-mercaptopurine arm of Freireich et al. 1963, the textbook example: its median is 23 weeks.
    #[test]
    fn it_is_that_of_the_textbook() {
        let events = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let events = events.iter().map(|&time| (f64::from(time), false));
        let all: Vec<_> = events.chain(censored.iter().map(|&time| (f64::from(time), true))).collect();
        assert_eq!(median(&all), Some(23.0));
    }

    #[test]
    fn a_diverged_trial_never_reaches_its_target() {
        assert_eq!(median(&[(1.0, false), (f64::NAN, false), (f64::INFINITY, false)]), None);
        assert_eq!(median(&[(1.0, false), (2.0, false), (f64::NAN, false)]), Some(2.0));
    }
}
