//! A set of sequences that are not trained on.

use super::{EVALUATION_BATCH, Score, Splits, Tally};
use crate::{component::task::Batch, engine::Engine, seed::Purpose};

/// The validation set or the test set of a trial. Sequences that are drawn are kept from one evaluation to the next; those of a
/// stored data set, which all trials share, are copied batch by batch.
#[derive(Debug)]
pub struct HeldOut<'a> {
    splits: &'a Splits,
    purpose: Purpose,
    count: usize,
    kept: Option<Vec<Batch>>,
}

impl<'a> HeldOut<'a> {
    /// The `count` sequences of `purpose`.
    pub fn new(splits: &'a Splits, purpose: Purpose, count: usize) -> Self {
        let kept = (!splits.are_stored()).then(|| splits.evaluation_batches(purpose, count));
        Self { splits, purpose, count, kept }
    }

    /// The score of a network with these weights.
    pub fn score(&self, engine: &mut dyn Engine, weights: &[f32], tolerance: f64) -> Score {
        let mut tally = Tally::default();
        self.each(|batch| tally.add(batch, &engine.outputs(weights, batch), tolerance));
        tally.score()
    }

    /// The score where there is none to tell: every measure that these sequences have, as NaN.
    pub fn without_result(&self) -> Score {
        let mut several = false;
        self.each(|batch| several |= Score::without_result(std::slice::from_ref(batch)).exact_match.is_some());
        Score { loss: f64::NAN, accuracy: f64::NAN, exact_match: several.then_some(f64::NAN) }
    }

    /// Calls `look` with each batch, in order.
    fn each(&self, mut look: impl FnMut(&Batch)) {
        if let Some(kept) = &self.kept {
            return kept.iter().for_each(look);
        }
        for start in (0..self.count).step_by(EVALUATION_BATCH) {
            let end = self.count.min(start + EVALUATION_BATCH);
            look(&self.splits.evaluation_batch(self.purpose, start..end));
        }
    }
}
