//! The whole pass, forward and backward through time, as one operation on dfdx's tape.

use ::dfdx::{
    dtypes::Dtype,
    shapes::{HasShape as _, Rank0, Shape},
    tensor::{Cpu, PutTape as _, SplitTape as _, Tape, Tensor, TensorFromVec as _},
};

use super::engine::{FusedEngine, Task, total};
use crate::{component::task::Batch, compute::kernel::Number, engine::Averaging, seed::Stream};

impl<E: Number + Dtype> FusedEngine<E> {
    /// The mean loss over `batch` as a tensor, to which terms made with dfdx's own operations can be added: a penalty, or
    /// another network's loss. `parameters` is the flat buffer, of shape \[n\] or \[1, n\]. Where it carries a tape, its gradient is
    /// found together with the loss, in one fused pass, and waits on the tape; without one the pass runs forward only. Random
    /// vectors are drawn from `noise`, or have their values at evaluation.
    ///
    /// ```
    /// use dfdx::prelude::*;
    /// use longlag::{
    ///     component::{
    ///         init::InitSpec,
    ///         task::{Adding, Batch, TaskSpec},
    ///     },
    ///     compute::kernel::Isa,
    ///     engine::fused::FusedEngine,
    ///     model::{ModelSpec, Network},
    ///     seed,
    /// };
    ///
    /// let task = TaskSpec::Adding(Adding { length: 20.into() });
    /// let network = Network::new(&ModelSpec::default(), task.dimensions());
    /// let batch = Batch::draw(&task, &seed::stream(0, seed::Purpose::Data, &[]), &[0, 1, 2, 3]);
    /// let values = network.initialize(&InitSpec::default(), 0, 0);
    /// let mut engine = FusedEngine::<f32>::new(network, Isa::choose()?, 1);
    ///
    /// let device = Cpu::default();
    /// let shape = (values.len(),);
    /// let parameters: Tensor<(usize,), f32, Cpu> = device.tensor_from_vec(values, shape);
    /// let penalty = parameters.leaky_trace().square().sum() * 1e-4;
    /// let loss = engine.loss(parameters.leaky_trace(), &batch, None) + penalty;
    /// let gradient = loss.backward().get(&parameters).as_vec();
    /// # assert!(gradient.iter().all(|g| g.is_finite()) && gradient.iter().any(|g| *g != 0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `parameters` are not as many as the network has, or lie in two dimensions.
    pub fn loss<S: Shape, T: Tape<E, Cpu>>(
        &mut self,
        parameters: Tensor<S, E, Cpu, T>,
        batch: &Batch,
        noise: Option<&Stream>,
    ) -> Tensor<Rank0, E, Cpu, T> {
        let (parameters, mut tape) = parameters.split_tape();
        let size = self.network.size();
        let long = parameters.shape().concrete().into_iter().filter(|&dimension| dimension != 1).count();
        assert!(long <= 1, "the parameters lie in one row, not in {:?}", parameters.shape());
        assert_eq!(parameters.shape().num_elements(), size, "the network has so many parameters");
        let mut values = vec![E::ZERO; size];
        parameters.copy_into(&mut values);

        let weights = Averaging::Batch.weights(batch);
        let mut gradient = vec![E::ZERO; if T::OWNS_TAPE { size } else { 0 }];
        let task = if T::OWNS_TAPE {
            Task::Differentiate { noise, gradient: &mut gradient }
        } else {
            Task::Evaluate { noise }
        };
        let pass = self.pass(task, &values, batch, &weights);
        let loss = E::narrow(total(&weights, &pass.losses, batch.size));
        let loss = parameters.device().tensor_from_vec(vec![loss], ());

        let (from, to) = (loss.ghost(), parameters.ghost());
        tape.add_backward_op(move |gradients| {
            gradients.try_alloc_for(&from)?;
            let cotangent = gradients.get(&from).as_vec()[0];
            let sum: &mut Vec<E> = gradients.get_or_alloc_mut(&to)?;
            sum.iter_mut().zip(&gradient).for_each(|(sum, slope)| *sum += cotangent * *slope);
            Ok(())
        });
        loss.put_tape(tape)
    }
}
