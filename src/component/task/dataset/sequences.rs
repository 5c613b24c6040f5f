//! The sequences of a data set, as a network gets them.

use std::sync::Arc;

use super::{
    super::{Sequence, Targets},
    checked::Form,
    contents::{Contents, Outputs},
    parts::{Group, Parts},
    raw::Raw,
    settings::Dataset,
};
use crate::{
    data::{Array, Fault},
    seed::{self, Purpose},
};

/// Sequences of each part that are hashed for the definition.
const DEFINING: usize = 8;

/// A checked data set.
#[derive(Debug)]
pub(super) struct Sequences {
    /// The facts about it.
    pub contents: Contents,
    parts: Parts,
    form: Form,
    /// The file, which stays in memory for other settings as long as this does.
    _raw: Arc<Raw>,
    /// The step of the file that each step is.
    order: Option<Vec<usize>>,
    scale: f32,
}

impl Sequences {
    /// The sequences of a file, of which the chance level is still to be found.
    pub fn new(raw: Arc<Raw>, settings: &Dataset) -> Result<Self, Fault> {
        let parts = Parts::new(&raw.arrays, settings)?;
        let form = Form::new(&parts, settings)?;
        parts.check()?;
        let order = order(&parts, form, settings)?;
        let contents = Contents {
            hash: raw.hash.clone(),
            inputs: form.inputs,
            steps: form.steps,
            outputs: form.outputs,
            width: form.width,
            train: parts.rows[0].1.len(),
            validation: parts.rows[1].1.len(),
            test: parts.rows[2].1.len(),
            chance_loss: 0.0,
            chance_accuracy: 0.0,
            chance_exact_match: None,
            repeated_validation: None,
            repeated_test: None,
            definition: String::new(),
        };
        let mut sequences = Self { contents, parts, form, _raw: raw, order, scale: settings.scale as f32 };
        sequences.contents.definition = sequences.definition();
        Ok(sequences)
    }

    /// How many sequences part `part` has.
    pub fn count(&self, part: usize) -> usize {
        self.parts.rows[part].1.len()
    }

    pub fn form(&self) -> Form {
        self.form
    }

    /// Writes sequence `number` of part `part` into a blank one.
    pub fn write(&self, part: usize, number: usize, sequence: &mut Sequence) {
        let (group, row) = self.row(part, number);
        let (steps, length) = self.extent(group, row);
        let input = &group.input;
        if self.form.tokens {
            for t in 0..length {
                let token = input.values.integer(row * steps + self.source(t)) as usize;
                sequence.input[t * self.form.inputs + token] = 1.0;
            }
        } else {
            let width = self.form.inputs;
            for t in 0..length {
                let from = (row * steps + self.source(t)) * width;
                for unit in 0..width {
                    sequence.input[t * width + unit] = input.values.single(from + unit) * self.scale;
                }
            }
        }
        self.targets(part, number, |t, target| {
            match (&mut sequence.targets, target) {
                (Targets::Classes(classes), Target::Class(class)) => classes[t] = class,
                (Targets::Numbers(numbers), Target::Numbers(target, from)) => {
                    let width = self.form.width;
                    for unit in 0..width {
                        numbers[t * width + unit] = target.values.single(from + unit);
                    }
                }
                _ => {}
            }
            (sequence.read[t], sequence.scored[t]) = (true, true);
        });
    }

    /// Appends what tells the input of sequence `number` of part `part` from others: its numbers in the file's order, up to its end.
    pub fn input_bytes(&self, part: usize, number: usize, bytes: &mut Vec<u8>) {
        let (group, row) = self.row(part, number);
        let (steps, length) = self.extent(group, row);
        let width = if self.form.tokens { 1 } else { self.form.inputs };
        for at in row * steps * width..(row * steps + length) * width {
            if self.form.tokens {
                bytes.extend(group.input.values.integer(at).to_le_bytes());
            } else {
                // Both zeros are one number.
                bytes.extend((group.input.values.single(at) + 0.0).to_le_bytes());
            }
        }
    }

    /// Calls `each` with the steps of a sequence that ask for something, in order.
    pub fn targets(&self, part: usize, number: usize, mut each: impl FnMut(usize, Target<'_>)) {
        let (group, row) = self.row(part, number);
        let (steps, length) = self.extent(group, row);
        let (target, width) = (&*group.target, self.form.width);
        let asked = if self.form.every_step { 0..length } else { length - 1..length };
        for t in asked {
            let place = if self.form.every_step { row * steps + t } else { row };
            match self.form.outputs {
                Outputs::Numbers => each(t, Target::Numbers(target, place * width)),
                Outputs::Classes => {
                    let class = target.values.integer(place);
                    if class >= 0 {
                        each(t, Target::Class(class as u32));
                    }
                }
            }
        }
    }

    fn row(&self, part: usize, number: usize) -> (&Group, usize) {
        let (group, rows) = &self.parts.rows[part];
        (&self.parts.groups[*group], rows[number] as usize)
    }

    /// The steps of a group's arrays, and those of the sequence itself.
    fn extent(&self, group: &Group, row: usize) -> (usize, usize) {
        let steps = group.input.shape[1];
        (steps, group.lengths.as_ref().map_or(steps, |lengths| lengths.values.integer(row) as usize))
    }

    fn source(&self, t: usize) -> usize {
        self.order.as_ref().map_or(t, |order| order[t])
    }

    fn definition(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 data set");
        for part in 0..3 {
            for number in 0..self.count(part).min(DEFINING) {
                let mut sequence = Sequence::blank(self.contents.dimensions());
                self.write(part, number, &mut sequence);
                let mut bytes: Vec<u8> = sequence.input.iter().flat_map(|value| value.to_le_bytes()).collect();
                match &sequence.targets {
                    Targets::Numbers(numbers) => bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes())),
                    Targets::Classes(classes) => bytes.extend(classes.iter().flat_map(|class| class.to_le_bytes())),
                }
                bytes.extend(sequence.read.iter().map(|&read| u8::from(read)));
                hasher.update(&bytes);
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// Something that is asked for at a step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// This class.
    Class(u32),
    /// The numbers of an array from this one on.
    Numbers(&'a Array, usize),
}

/// The order in which steps are given, where the settings ask for another than the file's.
fn order(parts: &Parts, form: Form, settings: &Dataset) -> Result<Option<Vec<usize>>, Fault> {
    if !settings.permuted {
        return Ok(None);
    }
    if form.every_step {
        return Err(Fault::new(
            "every step has a target, which another order would part from its input",
            "remove `permuted`",
        ));
    }
    let fixed = parts.groups.iter().all(|group| group.lengths.is_none() && group.input.shape[1] == form.steps);
    if !fixed {
        return Err(Fault::new(
            "the sequences have several lengths, which have no order in common",
            "remove `permuted`",
        ));
    }
    let stream = seed::stream(settings.permutation_seed, Purpose::Permutation, &[("steps", &form.steps.to_string())]);
    Ok(Some(stream.at(0).permutation(form.steps)))
}
