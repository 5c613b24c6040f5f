//! The demands on a data set's arrays, and the form of sequences that follows from them.

use super::{
    contents::Outputs,
    parts::{Group, Parts},
    settings::Dataset,
};
use crate::data::{Array, Fault, Values};

/// The most classes and tokens.
const MOST: usize = 1_000_000;
/// Targets by which a step asks for nothing: NumPy's habit and PyTorch's `ignore_index`.
pub(super) const NOTHING: [i64; 2] = [-1, -100];

/// The form of a data set's sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Whether inputs are tokens, given one-hot.
    pub tokens: bool,
    /// Units of the input.
    pub inputs: usize,
    /// The longest sequence.
    pub steps: usize,
    pub outputs: Outputs,
    /// Number of outputs.
    pub width: usize,
    /// Whether every step has a target.
    pub every_step: bool,
}

impl Form {
    /// The form of all groups together.
    pub fn new(parts: &Parts, settings: &Dataset) -> Result<Self, Fault> {
        let mut forms = parts.groups.iter().map(|group| of_group(group).map(|form| (group, form)));
        let (first, mut form) = forms.next().unwrap_or_else(|| Err(Fault::new("the file is empty", "give arrays")))?;
        for other in forms {
            let (group, other) = other?;
            let alike = form.tokens == other.tokens
                && form.every_step == other.every_step
                && form.outputs == other.outputs
                && (form.tokens || form.inputs == other.inputs)
                && (form.outputs == Outputs::Classes || form.width == other.width);
            if !alike {
                let message = format!("has another form than `{}input` with its target", first.prefix);
                return Err(Fault::new(message, "give all parts the same types, features and kind of target")
                    .of(&format!("{}input", group.prefix)));
            }
            form.steps = form.steps.max(other.steps);
            form.inputs = form.inputs.max(other.inputs);
            form.width = form.width.max(other.width);
        }
        form.settled(settings)
    }

    /// The form with the numbers of tokens and classes that the settings ask for, where these make sense.
    fn settled(mut self, settings: &Dataset) -> Result<Self, Fault> {
        let wrong = |message: String, help: &str| Err(Fault::new(message, help));
        match settings.tokens {
            Some(_) if !self.tokens => {
                return wrong("the inputs are numbers, not tokens".to_owned(), "remove `tokens`");
            }
            Some(tokens) if tokens < self.inputs => {
                let largest = self.inputs - 1;
                return wrong(format!("`tokens` is {tokens}, and the token {largest} comes"), "raise it, or remove it");
            }
            tokens => self.inputs = tokens.unwrap_or(self.inputs),
        }
        let classes = self.outputs == Outputs::Classes;
        match settings.classes {
            Some(_) if !classes => return wrong("the targets are numbers, not classes".to_owned(), "remove `classes`"),
            Some(count) if count < self.width => {
                let largest = self.width - 1;
                return wrong(format!("`classes` is {count}, and the class {largest} comes"), "raise it, or remove it");
            }
            count => self.width = count.unwrap_or(if classes { self.width.max(2) } else { self.width }),
        }
        if self.inputs.max(self.width) > MOST {
            let largest = self.inputs.max(self.width);
            return wrong(
                format!("there would be {largest} input units or outputs"),
                "number tokens and classes from 0",
            );
        }
        if classes && settings.tolerance != 0.0 {
            return wrong("the targets are classes, which are right or wrong".to_owned(), "remove `tolerance`");
        }
        if self.tokens && settings.scale != 1.0 {
            return wrong("the inputs are tokens, which have no scale".to_owned(), "remove `scale`");
        }
        Ok(self)
    }
}

/// The form of one group of arrays, with as many classes and tokens as come.
fn of_group(group: &Group) -> Result<Form, Fault> {
    let name = |array: &str| format!("{}{array}", group.prefix);
    let (input, target) = (&*group.input, &*group.target);
    let help = "give [sequences, steps, features] of numbers, or [sequences, steps] of tokens or numbers";
    let (tokens, features) = match input.shape[..] {
        [_, _] if input.values.are_integers() => (true, largest(input, &name("input"))? + 1),
        [_, _] => (false, 1),
        [_, _, features] => (false, features),
        _ => return Err(Fault::new(format!("is of the shape {:?}", input.shape), help).of(&name("input"))),
    };
    let (sequences, steps) = (input.shape[0], input.shape[1]);
    if sequences == 0 || steps == 0 || features == 0 || sequences > u32::MAX as usize {
        let message = format!("is of the shape {:?}, which holds no sequence", input.shape);
        return Err(Fault::new(message, help).of(&name("input")));
    }
    if let Some(lengths) = &group.lengths {
        check_lengths(lengths, sequences, steps).map_err(|fault| fault.of(&name("lengths")))?;
    }
    let fits = |message: String| {
        let help = "give integers [sequences] or [sequences, steps] for classes, floats [sequences], [sequences, outputs] or \
                    [sequences, steps, outputs] for numbers";
        Fault::new(message, help).of(&name("target"))
    };
    if target.shape.first() != Some(&sequences) {
        return Err(fits(format!("is of the shape {:?}, and there are {sequences} sequences", target.shape)));
    }
    let (outputs, width, every_step) = match (target.values.are_integers(), &target.shape[1..]) {
        (true, []) => (Outputs::Classes, classes(target, None, &name("target"))?, false),
        (true, &[each]) if each == steps => (Outputs::Classes, classes(target, Some(group), &name("target"))?, true),
        (false, []) => (Outputs::Numbers, 1, false),
        (false, &[width]) if width > 0 => (Outputs::Numbers, width, false),
        (false, &[each, width]) if each == steps && width > 0 => (Outputs::Numbers, width, true),
        _ => return Err(fits(format!("is of the shape {:?}, and the sequences have {steps} steps", target.shape))),
    };
    Ok(Form { tokens, inputs: features, steps, outputs, width, every_step })
}

/// The largest token, none of which is negative.
fn largest(array: &Array, name: &str) -> Result<usize, Fault> {
    match &array.values {
        Values::Bytes(values) => Ok(values.iter().copied().max().unwrap_or(0).into()),
        Values::Integers(values) => {
            if let Some(at) = values.iter().position(|&value| value < 0) {
                let message = format!("holds {} at {}", values[at], array.place(at));
                return Err(Fault::new(message, "number tokens from 0; give `lengths` for shorter sequences").of(name));
            }
            Ok(values.iter().copied().max().unwrap_or(0) as usize)
        }
        Values::Singles(_) => Ok(0),
    }
}

fn check_lengths(lengths: &Array, sequences: usize, steps: usize) -> Result<(), Fault> {
    let help = "give for each sequence how many of its steps count";
    if lengths.shape != [sequences] || !lengths.values.are_integers() {
        let message =
            format!("is of the shape {:?}, and not one integer for each of {sequences} sequences", lengths.shape);
        return Err(Fault::new(message, help));
    }
    let outside = (0..sequences).find(|&row| !(1..=steps as i64).contains(&lengths.values.integer(row)));
    let Some(row) = outside else { return Ok(()) };
    let message = format!(
        "holds {} at {}, and a sequence has 1 to {steps} steps",
        lengths.values.integer(row),
        lengths.place(row)
    );
    Err(Fault::new(message, help))
}

/// How many classes there are: one more than the largest. With steps, some may ask for nothing, but not all of a sequence.
fn classes(target: &Array, steps_of: Option<&Group>, name: &str) -> Result<usize, Fault> {
    let mut largest = 0;
    for at in 0..target.values.len() {
        let class = target.values.integer(at);
        if class >= 0 {
            largest = largest.max(class as usize);
        } else if steps_of.is_none() || !NOTHING.contains(&class) {
            let message = format!("holds {class} at {}", target.place(at));
            let help = if steps_of.is_some() {
                "number classes from 0; −1 asks for nothing"
            } else {
                "number classes from 0"
            };
            return Err(Fault::new(message, help).of(name));
        }
    }
    let Some(group) = steps_of else { return Ok(largest + 1) };
    let steps = target.shape[1];
    for row in 0..target.shape[0] {
        let end = group.lengths.as_ref().map_or(steps, |lengths| lengths.values.integer(row) as usize);
        if !(0..end).any(|t| target.values.integer(row * steps + t) >= 0) {
            let message = format!("asks for nothing in all of sequence {row}");
            return Err(Fault::new(message, "give it a class at some step within its length").of(name));
        }
    }
    Ok(largest + 1)
}
