//! The settings of the task.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bound::Bound;
use crate::data::Fault;

/// Sequences of a data set of your own, read from a file.
///
/// # Definition
///
/// The file is NumPy's `.npz`, `.safetensors` or `.parquet`, its path relative to the folder of the suite. It has the arrays
///
/// - `input`: \[sequences, steps, features\] of numbers, \[sequences, steps\] of floats for one feature, or \[sequences, steps\] of
///   integers for tokens, which the network gets one-hot;
/// - `target`: integers \[sequences\] for a class after the last step, integers \[sequences, steps\] for a class at every step (−1
///   and −100 ask for nothing), floats \[sequences\] or \[sequences, outputs\] for numbers after the last step, floats \[sequences,
///   steps, outputs\] for numbers at every step. Classes: cross-entropy in nats. Numbers: mean squared error;
/// - `lengths`, if sequences differ in length: \[sequences\] of 1 to steps. What follows a sequence's end does not count.
///
/// They are divided into three parts: by the names of the arrays, `train_input`, `validation_input`, `test_input` and so on; by an
/// array `split` of 0, 1 and 2 for these three; or else at random, by the shares `validation` and `test`, the same ones for every
/// replicate. If only the validation or the test arrays are named, the other part is taken out of the training sequences. In a
/// Parquet file a row is a sequence, whose input is a list of steps or a list of lists, and `split` has words.
///
/// Training passes over the training sequences in a new order in every epoch, the last batch short; it is bounded by `epochs` or
/// `updates`. Each evaluation takes all validation sequences, the report all test sequences. The BLAKE3 hash of the file is part of
/// a trial's identity, its path is not. One copy of a file in memory serves all trials. `reproduce` and `predict` look for the file in
/// the folder of the run, then where the suite had it, from the working folder and from each folder above the run.
///
/// Validation and test sequences whose input is that of a training sequence are counted, by `check` and at the top of every summary:
/// scores on them say little of new sequences.
///
/// With `permuted` the steps of every sequence are given in one fixed random order, of the seed `permutation-seed`: the pixels of MNIST
/// become permuted sequential MNIST.
///
/// # Why it is here
///
/// What holds of a synthetic task with a known lag should be seen on the data that a reader cares about, with the same probes and
/// statistics.
///
/// # Example
///
/// ```yaml
/// task: {kind: dataset, file: digits.npz, permuted: true}
/// train: {batch: 50, epochs: 10}
/// ```
///
/// # Chance level
///
/// The best constant answer to the training sequences. Classes: the entropy of their frequencies, accuracy that of the most frequent
/// one. Numbers: the variance about their mean, averaged over outputs. It is never solved, and no oracle knows the answers.
///
/// # References
///
/// Le, Jaitly, Hinton 2015 (arXiv:1504.00941v2), §4.3: pixel by pixel MNIST and its permuted form. NumPy enhancement proposal 1: the
/// npy format.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dataset {
    /// The file, relative to the folder of the suite.
    #[schemars(length(min = 1), extend("x-identity" = false))]
    pub file: String,
    /// The BLAKE3 hash that the file must have, in hexadecimal digits; found out if it is not given.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"), extend("x-form" = "64 hexadecimal digits", "x-identity" = false))]
    pub content: Option<String>,
    /// The share of the sequences that is for validation, where the file names none.
    #[serde(default = "tenth")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub validation: f64,
    /// The share of the sequences that is for the test, where the file names none.
    #[serde(default = "fifth")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub test: f64,
    /// The seed of the division into parts, where the file does not name all of them.
    #[serde(default)]
    pub split_seed: u64,
    /// Whether the steps of every sequence are given in one fixed random order.
    #[serde(default)]
    pub permuted: bool,
    /// The seed of that order.
    #[serde(default)]
    pub permutation_seed: u64,
    /// The number of different tokens, where not one more than the largest in the file.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub tokens: Option<usize>,
    /// The number of classes, where not one more than the largest in the file.
    #[serde(default)]
    #[schemars(range(min = 2, max = 1_000_000))]
    pub classes: Option<usize>,
    /// A factor on all input numbers.
    #[serde(default = "one")]
    pub scale: f64,
    /// The largest error of a number that counts as right.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub tolerance: f64,
    #[serde(skip)]
    #[schemars(skip)]
    pub(super) data: Bound,
}

fn tenth() -> f64 {
    0.1
}

fn fifth() -> f64 {
    0.2
}

fn one() -> f64 {
    1.0
}

/// The data set of tasks without a file: a small example.
impl Default for Dataset {
    fn default() -> Self {
        Self::unbound()
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Dataset({})", serde_json::json!(self))
    }
}

/// Settings are the same whatever they were bound to.
impl PartialEq for Dataset {
    fn eq(&self, other: &Self) -> bool {
        let written = |dataset: &Self| serde_json::json!(dataset);
        written(self) == written(other)
    }
}

impl Dataset {
    /// Settings that name no file.
    pub(super) fn unbound() -> Self {
        Self {
            file: String::new(),
            content: None,
            validation: tenth(),
            test: fifth(),
            split_seed: 0,
            permuted: false,
            permutation_seed: 0,
            tokens: None,
            classes: None,
            scale: one(),
            tolerance: 0.0,
            data: Bound::default(),
        }
    }

    /// Refuses shares that nothing is divided by: of the validation part and the test part those that are `given` by `giver`.
    pub(super) fn refuse_shares(&self, given: [bool; 2], giver: &str) -> Result<(), Fault> {
        let shares = [("validation", self.validation != tenth()), ("test", self.test != fifth())];
        let wrong =
            shares.iter().zip(given).find(|((_, changed), given)| *changed && *given).map(|((name, _), _)| *name);
        let seed = (self.split_seed != 0 && given == [true; 2]).then_some("split-seed");
        let Some(name) = wrong.or(seed) else { return Ok(()) };
        Err(Fault::new(
            format!("{giver} says which sequences are of which part, so that `{name}` has no effect"),
            "remove it",
        ))
    }
}
