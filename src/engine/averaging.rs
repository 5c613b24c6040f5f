use crate::component::task::Batch;

/// The set of outputs that a loss is averaged over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Averaging {
    /// Over all outputs of the batch that are read: the loss that is trained.
    Batch,
    /// Over each sequence's own outputs, then summed over sequences: what probes differentiate.
    Sequence,
}

impl Averaging {
    /// The share of each sequence in what is averaged: by so much the loss over its own outputs counts.
    pub fn shares(self, batch: &Batch) -> Vec<f64> {
        let mut own = vec![0usize; batch.size];
        for step in batch.read.chunks(batch.size) {
            own.iter_mut().zip(step).for_each(|(count, read)| *count += usize::from(*read));
        }
        let total: usize = own.iter().sum();
        let share = |own: usize| match self {
            Self::Batch => own as f64 / total as f64,
            Self::Sequence => 1.0,
        };
        own.into_iter().map(share).collect()
    }

    /// The weight of every output that may be read: \[read steps, size\].
    pub fn weights(self, batch: &Batch) -> Vec<f64> {
        let mut per_sequence = vec![0usize; batch.size];
        for step in batch.read.chunks(batch.size) {
            per_sequence.iter_mut().zip(step).for_each(|(count, read)| *count += usize::from(*read));
        }
        let total: usize = per_sequence.iter().sum();
        let weight = |t: usize, b: usize| match self {
            _ if !batch.read[t * batch.size + b] => 0.0,
            Self::Batch => 1.0 / total as f64,
            Self::Sequence => 1.0 / per_sequence[b] as f64,
        };
        batch.read_steps().into_iter().flat_map(|t| (0..batch.size).map(move |b| weight(t, b))).collect()
    }
}
