//! Rules for what passes back from step to step, on dfdx's tape.

use std::rc::Rc;

use ::dfdx::{
    shapes::HasShape as _,
    tensor::{Gradients, NoneTape, OwnedTape, Tape},
    tensor_ops::{Backward as _, Device, ReshapeTo as _},
};

use super::{
    Real,
    recorder::{Matrix, Recorder, Sources},
};
use crate::{
    component::bptt::{self, BpttSpec},
    graph::{Builder, Graph},
};

/// How states are read, so that what passes back through the reading obeys the rules.
pub(super) struct Passing<'a, E> {
    pub rules: &'a [BpttSpec],
    /// The share of each sequence in the loss.
    pub shares: Vec<E>,
}

impl<E: Real> Passing<'_, E> {
    /// `state`, carried out of step `t` − `delay`, as step `t` reads it.
    pub fn read<D: Device<E>, T: Tape<E, D>>(
        &self,
        recorder: &mut Recorder<E, D, T>,
        (t, delay): (usize, usize),
        state: &Matrix<E, D>,
    ) -> Matrix<E, D> {
        if self.rules.is_empty() || t < delay {
            return state.clone();
        }
        let (rows, width) = *state.shape();
        if (t + 1 - delay..=t).any(|t| bptt::cut(self.rules, t)) {
            // Another tensor with the same numbers, of which the tape knows nothing.
            return recorder.matrix(rows, width, state.as_vec());
        }
        let rule = Rc::new(rule(self.rules, width));
        let spread = self.shares.iter().flat_map(|&share| std::iter::repeat_n(share, width));
        let share = recorder.matrix(rows, width, spread.collect());
        // The gradient by this copy is changed before dfdx adds it to the state's.
        let read = recorder.apply(state, |state| state * E::narrow(1.0));
        let (device, of) = (recorder.device.clone(), read.clone());
        recorder.on_backward(move |gradients| {
            gradients.try_alloc_for(&of)?;
            let passed = evaluate(&rule, device, gradients.get(&of), share);
            set(gradients, &of, passed)
        });
        read
    }
}

/// The rules as a graph: the first given vector is the cotangent, the second the share.
fn rule(rules: &[BpttSpec], width: usize) -> Graph {
    let builder = Builder::new(0, width);
    let (cotangent, share) = (builder.given(width), builder.given(width));
    // Times one, so that the output is a node of its own even if all passes.
    builder.output(bptt::pass(rules, cotangent, share) * 1.0);
    builder.finish()
}

fn evaluate<E: Real, D: Device<E>>(
    rule: &Graph,
    device: D,
    cotangent: Matrix<E, D>,
    share: Matrix<E, D>,
) -> Matrix<E, D> {
    let rows = cotangent.shape().0;
    let mut values = vec![None; rule.nodes.len()];
    (values[0], values[1]) = (Some(cotangent), Some(share));
    let sources = Sources { rows, step: 0, input: None, random: &[], parameters: &[] };
    Recorder::<E, D, NoneTape>::new(device).evaluate(rule, &sources, |index| index > 1, &mut values);
    values[rule.output.0].take().expect("the output has been evaluated")
}

/// Puts `value` in place of the gradient by `tensor`. dfdx gives access to gradients only: here to the one by the row v of v·valueᵀ.
fn set<E: Real, D: Device<E>>(
    gradients: &mut Gradients<E, D>,
    tensor: &Matrix<E, D>,
    value: Matrix<E, D>,
) -> Result<(), D::Err> {
    let (rows, width) = *value.shape();
    let mut recorder = Recorder::<E, D, OwnedTape<E, D>>::new(value.device().clone());
    let v: Matrix<E, D> = recorder.device.zeros_like(&(1, rows * width));
    let product = recorder.product(&v, &value.reshape_like(&(rows * width, 1)));
    let mut found = recorder.finish(product.reshape_like(&())).backward();
    *gradients.get_or_alloc_mut(tensor)? = found.get_or_alloc_mut(&v)?.clone();
    Ok(())
}
