//! Losses of a tile's outputs at one step, and their cotangents.

use std::ops::Range;

use crate::{
    kernel::{Isa, Number, Place},
    task::{Batch, Goal, Targets},
};

/// What is judged.
pub(super) struct Judged<'a> {
    pub batch: &'a Batch,
    /// The step.
    pub t: usize,
    /// Which sequences of the batch.
    pub sequences: Range<usize>,
    /// The weight of each sequence's loss.
    pub weights: &'a [f64],
    /// Where the outputs lie.
    pub outputs: Place,
    /// Where their cotangents go, if they are asked for.
    pub cotangents: Option<Place>,
}

/// Writes the loss of each sequence, not weighted, and the cotangent of each output, weighted. Where the weight is zero, so is
/// the cotangent, whatever the output.
pub(super) fn judge<E: Number>(_isa: Isa, arena: &mut [E], judged: &Judged<'_>, losses: &mut [E]) {
    let Judged { batch, t, ref sequences, weights, outputs, cotangents } = *judged;
    let width = batch.dimensions.goal.width();
    let first = t * batch.size + sequences.start;
    match (&batch.targets, batch.dimensions.goal) {
        (Targets::Numbers(numbers), Goal::Numbers(_)) => {
            let scale = E::narrow(1.0 / width as f64);
            for (row, (loss, &weight)) in losses.iter_mut().zip(weights).enumerate() {
                let slope = E::narrow(2.0 * weight / width as f64);
                let mut sum = E::ZERO;
                for unit in 0..width {
                    let target = E::narrow(f64::from(numbers[(first + row) * width + unit]));
                    let error = arena[outputs.index(row, unit)] - target;
                    sum = error.multiply_add(error, sum);
                    if let Some(cotangents) = cotangents {
                        arena[cotangents.index(row, unit)] = if weight == 0.0 { E::ZERO } else { slope * error };
                    }
                }
                *loss = sum * scale;
            }
        }
        (Targets::Classes(classes), Goal::Classes(_)) => {
            for (row, (loss, &weight)) in losses.iter_mut().zip(weights).enumerate() {
                let class = classes[first + row] as usize;
                let logits: Vec<f64> = (0..width).map(|unit| arena[outputs.index(row, unit)].widen()).collect();
                let max =
                    logits.iter().copied().fold(f64::NEG_INFINITY, |a, b| if b > a || b.is_nan() { b } else { a });
                let sum: f64 = logits.iter().map(|logit| libm::exp(logit - max)).sum();
                *loss = E::narrow(libm::log(sum) + max - logits[class]);
                for (unit, logit) in logits.iter().enumerate() {
                    let p = libm::exp(logit - max) / sum - f64::from(u8::from(unit == class));
                    if let Some(cotangents) = cotangents {
                        arena[cotangents.index(row, unit)] = E::narrow(if weight == 0.0 { 0.0 } else { weight * p });
                    }
                }
            }
        }
        _ => unreachable!("a task's targets are of its goal's kind"),
    }
}
