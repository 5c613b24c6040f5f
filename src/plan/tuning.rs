//! Which candidate of an arm is the best.

use std::cmp::Ordering;

use crate::suite::Select;

/// The outcome of a candidate's trial on validation data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialResult {
    /// The update of the evaluation that first reached the target.
    pub solved_at: Option<u64>,
    /// Whether a loss, gradient or parameter became NaN or infinite.
    pub diverged: bool,
    /// The last validation loss.
    pub loss: f64,
    /// The last validation accuracy.
    pub accuracy: f64,
}

/// The number of the best candidate, given the outcomes of its replicates for each; of equals the first. `None` without
/// candidates.
///
/// A replicate that diverged, or whose last loss is not finite, is worse than every other: first the fewest of these count,
/// then the mean over the rest.
pub fn best(select: Select, candidates: &[Vec<TrialResult>]) -> Option<usize> {
    ranking(select, candidates).into_iter().next()
}

/// The numbers of all candidates by that rule, the best first; equals in their order.
pub fn ranking(select: Select, candidates: &[Vec<TrialResult>]) -> Vec<usize> {
    let scores: Vec<Score> = candidates.iter().map(|outcomes| Score::of(outcomes)).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].compare(&scores[b], select));
    order
}

impl TrialResult {
    /// Whether it counts as worse than every other, whatever else is known of it.
    pub fn is_bad(&self) -> bool {
        self.diverged || !self.loss.is_finite()
    }
}

/// A candidate's replicates in a few numbers.
#[derive(Clone, Copy, Debug)]
struct Score {
    solved: usize,
    /// Sum over the replicates that reached the target.
    updates: u64,
    bad: usize,
    /// Means over the replicates that are not bad.
    loss: f64,
    accuracy: f64,
}

impl Score {
    fn of(outcomes: &[TrialResult]) -> Self {
        let good: Vec<&TrialResult> = outcomes.iter().filter(|one| !one.is_bad()).collect();
        let mean = |of: fn(&TrialResult) -> f64| good.iter().map(|one| of(one)).sum::<f64>() / good.len().max(1) as f64;
        Self {
            solved: outcomes.iter().filter(|one| one.solved_at.is_some()).count(),
            updates: outcomes.iter().filter_map(|one| one.solved_at).sum(),
            bad: outcomes.len() - good.len(),
            loss: mean(|one| one.loss),
            accuracy: mean(|one| one.accuracy),
        }
    }

    /// Less is better.
    fn compare(&self, other: &Self, select: Select) -> Ordering {
        let bad = self.bad.cmp(&other.bad);
        let loss = || self.loss.total_cmp(&other.loss);
        match select {
            Select::UpdatesToTarget => {
                let solved = other.solved.cmp(&self.solved).then(self.updates.cmp(&other.updates));
                solved.then(bad).then_with(loss)
            }
            Select::Loss => bad.then_with(loss),
            Select::Accuracy => bad.then_with(|| other.accuracy.total_cmp(&self.accuracy)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(at: u64, loss: f64) -> TrialResult {
        TrialResult { solved_at: Some(at), diverged: false, loss, accuracy: 1.0 }
    }

    fn unsolved(loss: f64) -> TrialResult {
        TrialResult { solved_at: None, diverged: false, loss, accuracy: 1.0 - loss }
    }

    fn diverged(loss: f64) -> TrialResult {
        TrialResult { diverged: true, ..unsolved(loss) }
    }

    fn choose(select: Select, candidates: &[&[TrialResult]]) -> Option<usize> {
        best(select, &candidates.iter().map(|outcomes| outcomes.to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn solved_beats_unsolved_and_earlier_beats_later() {
        let by_updates = |candidates: &[&[TrialResult]]| choose(Select::UpdatesToTarget, candidates);
        // A lower loss does not make up for an unsolved task, nor for a later solution.
        assert_eq!(by_updates(&[&[unsolved(0.001)], &[solved(900, 0.009)], &[solved(800, 0.0095)]]), Some(2));
        // More replicates that solve it beat earlier solutions.
        let once = [solved(100, 0.0), unsolved(0.5)];
        assert_eq!(by_updates(&[&once, &[solved(900, 0.0), solved(900, 0.0)]]), Some(1));
        // Where none solves it the loss decides.
        assert_eq!(by_updates(&[&[unsolved(0.3)], &[unsolved(0.2)], &[diverged(0.1)]]), Some(1));
    }

    #[test]
    fn what_diverged_is_worst_whatever_its_last_loss() {
        for select in [Select::UpdatesToTarget, Select::Loss, Select::Accuracy] {
            assert_eq!(choose(select, &[&[diverged(0.01)], &[unsolved(0.9)]]), Some(1));
            assert_eq!(choose(select, &[&[unsolved(f64::NAN)], &[unsolved(f64::INFINITY)], &[unsolved(0.9)]]), Some(2));
            assert_eq!(choose(select, &[&[diverged(0.0), unsolved(0.1)], &[unsolved(0.9), unsolved(0.9)]]), Some(1));
        }
    }

    #[test]
    fn of_equals_the_first_is_chosen() {
        for select in [Select::UpdatesToTarget, Select::Loss, Select::Accuracy] {
            assert_eq!(choose(select, &[&[unsolved(0.5)], &[unsolved(0.5)]]), Some(0));
            assert_eq!(choose(select, &[&[diverged(f64::NAN)], &[diverged(1.0)]]), Some(0));
            assert_eq!(choose(select, &[]), None);
        }
    }

    #[test]
    fn the_metric_that_is_asked_for_decides() {
        let high = TrialResult { accuracy: 0.9, ..unsolved(0.7) };
        let low = TrialResult { accuracy: 0.1, ..unsolved(0.2) };
        assert_eq!(choose(Select::Loss, &[&[high], &[low], &[solved(1, 0.3)]]), Some(1));
        assert_eq!(choose(Select::Accuracy, &[&[low], &[high]]), Some(1));
    }
}
