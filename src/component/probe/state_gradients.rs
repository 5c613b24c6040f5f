//! Gradients with respect to states, as engines offer them to probes.

use crate::component::task::Batch;

/// ∂L/∂state for one state of one layer, where L is each sequence's own loss and the state is as carried out of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateGradient<E = f32> {
    /// From 0 at the input.
    pub layer: usize,
    /// The state's name, such as `h` or `c`.
    pub state: String,
    /// Units of the state.
    pub width: usize,
    /// \[steps, size, width\].
    pub values: Vec<E>,
    /// \[steps, size\]: the sum of the squared gradients by the state's values at earlier steps that are carried out of a step too,
    /// since later steps read them. Empty where a state is read one step back alone.
    pub earlier: Vec<f64>,
}

/// Finds how losses depend on states.
pub trait StateGradients {
    /// How the loss of each sequence of `batch` depends on each state at each step. The sequences may be longer than those of the
    /// network's own task.
    fn state_gradients(&mut self, parameters: &[f32], batch: &Batch) -> Vec<StateGradient>;
}
