//! The definition of what a trial computes, in a few hashes.

use serde::{Deserialize, Serialize};

use super::{provenance::Part, record::TrialRow};

/// Hashes of all that a trial computes, whatever its settings are called: an edited formula is another definition under the same
/// settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Of the task: its sequences.
    pub task: String,
    /// Of the network: the graphs of its layers, its parametrizations, the laws of its initial values.
    pub network: String,
    /// Of the training: what becomes of a gradient, and when it ends.
    pub training: String,
}

impl Definition {
    /// The first part in which the stored `trial` was computed by another definition, if there is one.
    pub fn difference(&self, trial: &TrialRow) -> Option<Part> {
        let stored = [&trial.task_definition, &trial.network_definition, &trial.training_definition];
        let parts = [(Part::Task, &self.task), (Part::Network, &self.network), (Part::Training, &self.training)];
        let of = |((part, now), stored): ((Part, &String), &Option<String>)| match stored {
            None => Some(Part::Unknown),
            Some(stored) => (stored != now).then_some(part),
        };
        parts.into_iter().zip(stored).find_map(of)
    }

    /// Writes the definition into the row of a trial that was computed by it.
    pub fn mark(&self, trial: &mut TrialRow) {
        let Self { task, network, training } = self.clone();
        (trial.task_definition, trial.network_definition) = (Some(task), Some(network));
        trial.training_definition = Some(training);
    }
}
