//! The numbers of random vectors.

use crate::{
    component::task::Batch,
    graph::Law,
    seed::{Draws, Stream},
};

/// At which steps of its sequence a stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasions {
    /// At every step: a recurrent layer.
    Steps,
    /// Where the sequence's own output is read: the readout.
    Reads,
    /// Once, before its first step: given as step 0.
    Once,
}

/// Sites that addresses have room for: the most random vectors of a network.
pub const SITES: usize = 1 << SITE_BITS;

const SITE_BITS: u32 = 8;

/// The random vector of `width` units at `site`, given to `put` as (step, sequence, numbers). Its numbers are addressed by update
/// (the stream is the update's own), sequence, site, occasion and unit, so that the other sequences of the batch do not change
/// them. An output that is not read has no influence, and no numbers.
pub(super) fn draw(
    batch: &Batch,
    sequences: std::ops::Range<usize>,
    stream: &Stream,
    (site, law, width): (usize, Law, usize),
    occasions: Occasions,
    mut put: impl FnMut(usize, usize, &[f64]),
) {
    let mut numbers = vec![0.0; width];
    for b in sequences {
        let mut draws = stream.at(batch.addresses[b] << SITE_BITS | site as u64);
        let steps = if occasions == Occasions::Once { 1 } else { batch.dimensions.steps };
        for t in 0..steps {
            if occasions == Occasions::Reads && !batch.read[t * batch.size + b] {
                continue;
            }
            fill(law, &mut draws, &mut numbers);
            put(t, b, &numbers);
        }
    }
}

fn fill(law: Law, draws: &mut Draws, numbers: &mut [f64]) {
    match law {
        Law::Bernoulli { probability, value } => {
            numbers.iter_mut().for_each(|number| *number = if draws.happens(probability) { value } else { 0.0 });
        }
        Law::Uniform => numbers.iter_mut().for_each(|number| *number = draws.uniform()),
        Law::Normal => numbers.iter_mut().for_each(|number| *number = draws.normal()),
    }
}
