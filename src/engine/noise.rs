//! The numbers of random vectors.

use crate::{
    graph::Law,
    seed::{Draws, Stream},
    task::Batch,
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

/// Numbers of the random vector of `width` units at `site`, given to `put` as (step, sequence, unit, number). Each is addressed
/// by update (the stream is the update's own), sequence, site, occasion and unit, so that the other sequences of the batch do not change it.
/// An output that is not read has no influence, and no numbers.
pub(super) fn draw(
    batch: &Batch,
    sequences: std::ops::Range<usize>,
    stream: &Stream,
    (site, law, width): (usize, Law, usize),
    occasions: Occasions,
    mut put: impl FnMut(usize, usize, usize, f64),
) {
    for b in sequences {
        let mut draws = stream.at(batch.addresses[b] << SITE_BITS | site as u64);
        let steps = if occasions == Occasions::Once { 1 } else { batch.dimensions.steps };
        for t in 0..steps {
            if occasions == Occasions::Reads && !batch.read[t * batch.size + b] {
                continue;
            }
            for unit in 0..width {
                put(t, b, unit, number(law, &mut draws));
            }
        }
    }
}

fn number(law: Law, draws: &mut Draws) -> f64 {
    match law {
        Law::Bernoulli { probability, value } => {
            if draws.uniform() < probability {
                value
            } else {
                0.0
            }
        }
        Law::Uniform => draws.uniform(),
        Law::Normal => draws.normal(),
    }
}
