//! Losses of a tile's outputs at one step, and their cotangents.

use std::ops::Range;

use crate::{
    component::task::{Batch, Goal, Targets},
    compute::kernel::{
        Isa, Number, Place,
        loss::{BinaryCrossEntropy, BitRows, CrossEntropy, Rows},
    },
};

/// The outputs of a tile at one step, with all that their losses depend on.
pub(super) struct StepOutputs<'a, E> {
    pub batch: &'a Batch,
    /// The step.
    pub t: usize,
    /// Which sequences of the batch.
    pub sequences: Range<usize>,
    /// The weight of each sequence's loss.
    pub weights: &'a [E],
    /// Where the outputs lie.
    pub outputs: Place,
    /// Where their cotangents go: a place of their own, or that of the outputs.
    pub cotangents: Place,
}

/// Writes the loss of each sequence, not weighted, and the cotangent of each output, weighted. Where the weight is zero, so is
/// the cotangent, whatever the output.
pub(super) fn losses<E: Number>(isa: Isa, arena: &mut [E], outputs: &StepOutputs<'_, E>, losses: &mut [E]) {
    let StepOutputs { batch, t, ref sequences, weights, outputs, cotangents } = *outputs;
    let width = batch.dimensions.goal.width();
    let first = t * batch.size + sequences.start;
    match (&batch.targets, batch.dimensions.goal) {
        (Targets::Numbers(numbers), Goal::Numbers(_)) => {
            let share = E::narrow(1.0 / width as f64);
            for (row, (loss, &weight)) in losses.iter_mut().zip(weights).enumerate() {
                let slope = weight * E::narrow(2.0) * share;
                let mut sum = E::ZERO;
                for unit in 0..width {
                    let target = E::narrow(f64::from(numbers[(first + row) * width + unit]));
                    let error = arena[outputs.index(row, unit)] - target;
                    sum = error.multiply_add(error, sum);
                    arena[cotangents.index(row, unit)] = if weight == E::ZERO { E::ZERO } else { slope * error };
                }
                *loss = sum * share;
            }
        }
        (Targets::Classes(classes), Goal::Classes(_)) => {
            let classes = &classes[first..][..losses.len()];
            let rows = Rows { logits: outputs, cotangents, width, classes, weights };
            CrossEntropy::new(isa).run(arena, &rows, losses);
        }
        (Targets::Numbers(bits), Goal::Bits(_)) => {
            let bits = &bits[first * width..][..losses.len() * width];
            let rows = BitRows { logits: outputs, cotangents, width, bits, weights };
            BinaryCrossEntropy::new(isa).run(arena, &rows, losses);
        }
        _ => unreachable!("a task's targets are of its goal's kind"),
    }
}
