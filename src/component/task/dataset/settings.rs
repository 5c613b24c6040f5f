use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{Answers, Chance, Dimensions, Lag, Sequence, Solved, Task},
    bound::Bound,
    contents::Contents,
    files::{DataFiles, KnownData},
    source::{self, Source},
};
use crate::{
    component::misfit::Misfit,
    data::Fault,
    seed::{Draws, Purpose, Stream},
};

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
/// a trial's identity, its path is not. One copy of a file in memory serves all trials.
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
    data: Bound,
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

    /// Finds the file and reads it, unless all facts about it are known.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is no such data set.
    pub fn bind(&mut self, files: &DataFiles) -> Result<(), Misfit> {
        if !self.permuted {
            self.permutation_seed = 0;
        }
        let place = files.folder.join(&self.file);
        let is_known = |known: &&KnownData| {
            known.task == *self && self.content.as_ref().is_none_or(|wanted| *wanted == known.contents.hash)
        };
        let settings = Self { content: None, data: Bound::default(), ..self.clone() };
        let source = match files.known.iter().find(is_known) {
            Some(KnownData { folder, contents, .. }) => {
                let places = vec![place, std::path::Path::new(folder).join(&self.file)];
                Source::known(contents.clone(), folder.clone(), settings, places)
            }
            None => {
                let loaded = source::load(&place, &settings).map_err(|fault| self.misfit(&fault))?;
                if let Some(wanted) = self.content.as_ref().filter(|wanted| **wanted != loaded.contents.hash) {
                    return Err(self.misfit(&source::changed(wanted, &loaded.contents.hash)));
                }
                Source::loaded(loaded, files.folder.display().to_string(), settings)
            }
        };
        self.data = Bound::to(source);
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn source(&self) -> std::sync::Arc<Source> {
        self.data.source()
    }

    /// The facts about the data set that it is bound to.
    pub fn known(&self) -> KnownData {
        let source = self.data.source();
        KnownData { folder: source.folder.clone(), task: self.clone(), contents: source.contents.clone() }
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

    fn misfit(&self, fault: &Fault) -> Misfit {
        let misfit = Misfit::new(format!("{}: {}", self.file, fault.sentence()), fault.help.clone());
        Misfit { setting: vec!["file".to_owned()], ..misfit }
    }
}

impl Task for Dataset {
    fn dimensions(&self) -> Dimensions {
        self.data.source().contents.dimensions()
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let number = draws.below(self.data.source().contents.train);
        self.write(0, number, sequence);
    }

    /// Of the training, validation and test streams every address is a sequence, in the order of the file; of others they come in a
    /// random order, each once before any comes again.
    fn sequence(&self, stream: &Stream, address: u64, sequence: &mut Sequence) {
        let source = self.data.source();
        let counts = [source.contents.train, source.contents.validation, source.contents.test];
        let (part, ordered) = match stream.purpose() {
            Purpose::Data => (0, true),
            Purpose::Validation => (1, true),
            Purpose::Test => (2, true),
            Purpose::Probe => (1, false),
            Purpose::Predict => (2, false),
            _ => (0, false),
        };
        let number = (address % counts[part] as u64) as usize;
        self.write(part, if ordered { number } else { stream.at(0).permutation(counts[part])[number] }, sequence);
    }

    fn oracle(&self, _: &[&[f32]], _: &mut Answers) -> bool {
        false
    }

    fn lag(&self) -> Option<Lag> {
        None
    }

    fn chance(&self) -> Chance {
        self.data.source().contents.chance()
    }

    fn exact_match(&self) -> Option<f64> {
        self.data.source().contents.chance_exact_match
    }

    fn plateau(&self) -> Option<f64> {
        None
    }

    fn solved(&self) -> Option<Solved> {
        None
    }

    fn tolerance(&self) -> f64 {
        self.tolerance
    }

    fn finite(&self) -> Option<usize> {
        Some(self.data.source().contents.train)
    }

    fn contents(&self) -> Option<Contents> {
        Some(self.data.source().contents.clone())
    }

    fn ready(&self) -> Result<(), Fault> {
        self.data.source().sequences().map(drop).map_err(|fault| {
            let message = format!("{}: {}", self.file, fault.sentence());
            Fault::new(message, fault.help)
        })
    }
}

impl Dataset {
    /// Writes sequence `number` of part `part`.
    ///
    /// # Panics
    /// When the file cannot be read, which [`Task::ready`] tells before.
    fn write(&self, part: usize, number: usize, sequence: &mut Sequence) {
        match self.data.source().sequences() {
            Ok(sequences) => sequences.write(part, number, sequence),
            Err(fault) => panic!("{}: {fault}", self.file),
        }
    }
}
