use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Chance, Dimensions, Goal};

/// Facts about the data set of a task, from which everything but its sequences follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contents {
    /// The BLAKE3 hash of the file.
    pub hash: String,
    /// Units of the input at each step.
    pub inputs: usize,
    /// The longest sequence, in steps.
    pub steps: usize,
    /// The meaning of the outputs.
    pub outputs: Outputs,
    /// Number of outputs.
    pub width: usize,
    /// Number of training sequences.
    pub train: usize,
    /// Number of validation sequences.
    pub validation: usize,
    /// Number of test sequences.
    pub test: usize,
    /// The loss of the best constant answer to the training sequences.
    pub chance_loss: f64,
    /// The fraction of their outputs that the best constant answer gets right.
    pub chance_accuracy: f64,
    /// The fraction of them all of whose outputs it gets right; nothing where each has a single one.
    #[serde(default)]
    pub chance_exact_match: Option<f64>,
    /// Number of validation sequences whose input is that of a training sequence; nothing where nobody looked.
    #[serde(default)]
    pub repeated_validation: Option<usize>,
    /// Number of test sequences whose input is that of a training sequence; nothing where nobody looked.
    #[serde(default)]
    pub repeated_test: Option<usize>,
    /// A hash of some sequences as a network gets them.
    pub definition: String,
}

/// The meaning of a data set's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outputs {
    /// Logits of classes.
    Classes,
    /// Numbers.
    Numbers,
}

impl Contents {
    /// Whether the facts are those of the same sequences.
    pub(super) fn are_of_the_same_data(&self, other: &Self) -> bool {
        // Runs of former versions do not know how many are repeated.
        let looked_at = Self { repeated_validation: None, repeated_test: None, ..self.clone() };
        looked_at == Self { repeated_validation: None, repeated_test: None, ..other.clone() }
    }

    /// The dimensions of the task.
    pub fn dimensions(&self) -> Dimensions {
        let goal = match self.outputs {
            Outputs::Classes => Goal::Classes(self.width),
            Outputs::Numbers => Goal::Numbers(self.width),
        };
        Dimensions { inputs: self.inputs, goal, steps: self.steps }
    }

    /// The chance level of the task.
    pub fn chance(&self) -> Chance {
        Chance { loss: self.chance_loss, accuracy: self.chance_accuracy }
    }
}
