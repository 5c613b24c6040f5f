//! Losses by dfdx's own operations: terms, and their weights in the mean.

use ::dfdx::{
    shapes::{HasShape as _, Rank0},
    tensor::{Tape, Tensor},
    tensor_ops::{Device, ReshapeTo as _},
};

use super::{
    Real,
    recorder::{Matrix, Recorder},
};
use crate::{
    component::task::{Batch, Goal, Targets},
    engine::Averaging,
};

/// A loss as a weighted sum. It is added up twice: on the host in f64, where it is a number to report, and by the device in its own
/// precision, where it is only the place from which gradients set out.
pub(super) struct Loss<E: Real, D: Device<E>> {
    /// \[read steps · size, width\].
    terms: Matrix<E, D>,
    /// Of each term, row by row.
    weights: Vec<f64>,
}

impl<E: Real, D: Device<E>> Loss<E, D> {
    /// The loss of `outputs` \[read steps · size, width\] against the batch's targets.
    pub fn new<T: Tape<E, D>>(
        recorder: &mut Recorder<E, D, T>,
        outputs: &Matrix<E, D>,
        batch: &Batch,
        averaging: Averaging,
    ) -> Self {
        let weights = averaging.weights(batch);
        let read_steps = batch.read_steps();
        let width = batch.dimensions.goal.width();
        let rows = weights.len();
        let spread = |weights: Vec<f64>| {
            weights.into_iter().flat_map(|weight| std::iter::repeat_n(weight / width as f64, width)).collect()
        };
        match (batch.dimensions.goal, &batch.targets) {
            (Goal::Numbers(_), Targets::Numbers(numbers)) => {
                let block = batch.size * width;
                let targets = read_steps.iter().flat_map(|t| &numbers[t * block..][..block]);
                let targets = recorder.matrix(rows, width, targets.map(|&x| E::narrow(f64::from(x))).collect());
                let terms = recorder.apply(outputs, |outputs| (outputs - targets).square());
                Self { terms, weights: spread(weights) }
            }
            (Goal::Classes(_), Targets::Classes(classes)) => {
                let mut one_hot = vec![0.0; rows * width];
                let read = read_steps.iter().flat_map(|t| &classes[t * batch.size..][..batch.size]);
                for (row, (&class, &weight)) in read.zip(&weights).enumerate() {
                    one_hot[row * width + class as usize] = -weight;
                }
                Self { terms: log_softmax(recorder, outputs), weights: one_hot }
            }
            (Goal::Bits(_), Targets::Numbers(bits)) => {
                let block = batch.size * width;
                let signs = read_steps.iter().flat_map(|t| &bits[t * block..][..block]);
                let signs = signs.map(|&bit| E::narrow(if bit == 0.0 { 1.0 } else { -1.0 })).collect();
                let signs = recorder.matrix(rows, width, signs);
                // With a the logit against its bit: max(a, 0) + ln(1 + e^−|a|), where max(a, 0) = (a + |a|) / 2 has the right slope
                // at 0 and hides no NaN.
                let against = recorder.apply(outputs, |outputs| outputs * signs);
                let magnitude = recorder.apply(&against, |against| against.abs());
                let twice = {
                    let magnitude = magnitude.clone();
                    recorder.apply(&against, |against| against + magnitude)
                };
                let rest = recorder.apply(&magnitude, |magnitude| ((-magnitude).exp() + E::narrow(1.0)).ln());
                let terms = recorder.apply(&twice, |twice| twice * E::narrow(0.5) + rest);
                Self { terms, weights: spread(weights) }
            }
            _ => unreachable!("a task's targets are of its goal's kind"),
        }
    }

    /// The loss, its terms added one after another. Those of no weight have no influence, whatever they are.
    pub fn value(&self) -> f64 {
        let terms = self.terms.as_vec();
        let weighted = self.weights.iter().zip(&terms).filter(|&(&weight, _)| weight != 0.0);
        weighted.map(|(weight, term)| weight * term.widen()).sum()
    }

    /// The loss as a tensor to differentiate: a product, since sums on a CUDA device add in any order.
    pub fn scalar<T: Tape<E, D>>(&self, recorder: &mut Recorder<E, D, T>) -> Tensor<Rank0, E, D> {
        let count = self.weights.len();
        let weights = recorder.matrix(count, 1, self.weights.iter().map(|&weight| E::narrow(weight)).collect());
        let row = recorder.apply(&self.terms, |terms| terms.reshape_like(&(1, count)));
        let sum = recorder.product(&row, &weights);
        recorder.apply(&sum, |sum| sum.reshape_like(&()))
    }
}

/// The logarithms of the softmax of each row: z − ln Σ e^z of z = outputs − their greatest, which as a constant changes no gradient.
fn log_softmax<E: Real, D: Device<E>, T: Tape<E, D>>(
    recorder: &mut Recorder<E, D, T>,
    outputs: &Matrix<E, D>,
) -> Matrix<E, D> {
    let (rows, width) = *outputs.shape();
    let greatest = |row: &[E]| row.iter().map(|output| output.widen()).fold(f64::NEG_INFINITY, f64::max);
    let values = outputs.as_vec();
    let shifts = values.chunks(width).flat_map(|row| std::iter::repeat_n(E::narrow(greatest(row)), width));
    let shifts = recorder.matrix(rows, width, shifts.collect());
    let shifted = recorder.apply(outputs, |outputs| outputs - shifts);
    let powers = recorder.apply(&shifted, |shifted| shifted.exp());
    let ones = recorder.matrix(width, 1, vec![E::narrow(1.0); width]);
    let sums = recorder.product(&powers, &ones);
    let logarithms = recorder.apply(&sums, |sums| sums.ln());
    let ones = recorder.matrix(1, width, vec![E::narrow(1.0); width]);
    let spread = recorder.product(&logarithms, &ones);
    recorder.apply(&shifted, |shifted| shifted - spread)
}
