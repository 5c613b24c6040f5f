//! Losses by dfdx's own operations, masked and averaged.

use ::dfdx::{
    shapes::{Axis, Rank0},
    tensor::{Tape, Tensor},
    tensor_ops::{Device, SumTo as _},
};

use super::{
    Real,
    recorder::{Matrix, Recorder},
};
use crate::{
    component::task::{Batch, Goal, Targets},
    engine::Averaging,
};

/// The loss of `outputs` \[read steps · size, width\] against the batch's targets.
pub(super) fn loss<E: Real, D: Device<E>, T: Tape<E, D>>(
    recorder: &mut Recorder<E, D, T>,
    outputs: &Matrix<E, D>,
    batch: &Batch,
    averaging: Averaging,
) -> Tensor<Rank0, E, D> {
    let weights = averaging.weights(batch);
    let read_steps = batch.read_steps();
    let width = batch.dimensions.goal.width();
    let rows = weights.len();
    match (batch.dimensions.goal, &batch.targets) {
        (Goal::Numbers(_), Targets::Numbers(numbers)) => {
            let block = batch.size * width;
            let targets = read_steps.iter().flat_map(|t| &numbers[t * block..][..block]);
            let targets = recorder.matrix(rows, width, targets.map(|&x| E::narrow(f64::from(x))).collect());
            let spread = weights.iter().flat_map(|w| std::iter::repeat_n(E::narrow(w / width as f64), width));
            let spread = recorder.matrix(rows, width, spread.collect());
            recorder.apply(outputs, |outputs| ((outputs - targets).square() * spread).sum())
        }
        (Goal::Classes(_), Targets::Classes(classes)) => {
            let mut one_hot = vec![E::narrow(0.0); rows * width];
            let read = read_steps.iter().flat_map(|t| &classes[t * batch.size..][..batch.size]);
            for (row, (&class, &weight)) in read.zip(&weights).enumerate() {
                one_hot[row * width + class as usize] = E::narrow(-weight);
            }
            let one_hot = recorder.matrix(rows, width, one_hot);
            recorder.apply(outputs, |outputs| (outputs.log_softmax::<Axis<1>>() * one_hot).sum())
        }
        (Goal::Bits(_), Targets::Numbers(bits)) => {
            let block = batch.size * width;
            let signs = read_steps.iter().flat_map(|t| &bits[t * block..][..block]);
            let signs = signs.map(|&bit| E::narrow(if bit == 0.0 { 1.0 } else { -1.0 })).collect();
            let signs = recorder.matrix(rows, width, signs);
            let spread = weights.iter().flat_map(|w| std::iter::repeat_n(E::narrow(w / width as f64), width));
            let spread = recorder.matrix(rows, width, spread.collect());
            // With a the logit against its bit: max(a, 0) + ln(1 + e^−|a|), where max(a, 0) = (a + |a|) / 2 has the right slope
            // at 0 and hides no NaN.
            let against = recorder.apply(outputs, |outputs| outputs * signs);
            let magnitude = recorder.apply(&against, |against| against.abs());
            let twice = {
                let magnitude = magnitude.clone();
                recorder.apply(&against, |against| against + magnitude)
            };
            let rest = recorder.apply(&magnitude, |magnitude| ((-magnitude).exp() + E::narrow(1.0)).ln());
            recorder.apply(&twice, |twice| ((twice * E::narrow(0.5) + rest) * spread).sum())
        }
        _ => unreachable!("a task's targets are of its goal's kind"),
    }
}
