use super::Dimensions;

/// The meaning and number of a network's outputs, which decides the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// `n` numbers; the loss is the mean squared error.
    Numbers(usize),
    /// Logits of `n` classes; the loss is the cross-entropy in nats.
    Classes(usize),
    /// A logit for each of `n` independent bits; the loss is the mean of their binary cross-entropies in nats.
    Bits(usize),
}

impl Goal {
    /// Number of outputs.
    pub fn width(self) -> usize {
        match self {
            Self::Numbers(width) | Self::Classes(width) | Self::Bits(width) => width,
        }
    }
}

/// The targets of the steps at which something is to be predicted.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Numbers, \[steps, width\] (with the batch between them in a [`Batch`](super::Batch)); bits are 0 or 1.
    Numbers(Vec<f32>),
    /// Classes, \[steps\].
    Classes(Vec<u32>),
}

/// One sequence with its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Inputs, \[steps, inputs\].
    pub input: Vec<f32>,
    /// Targets of every step; they count only where `read`.
    pub targets: Targets,
    /// Whether the loss counts each step.
    pub read: Vec<bool>,
    /// Whether the accuracy counts each step; only where it is read.
    pub scored: Vec<bool>,
    inputs: usize,
    width: usize,
}

impl Sequence {
    /// A sequence with all inputs zero and nothing to predict.
    pub fn blank(dimensions: Dimensions) -> Self {
        let Dimensions { inputs, goal, steps } = dimensions;
        let targets = match goal {
            Goal::Numbers(width) | Goal::Bits(width) => Targets::Numbers(vec![0.0; steps * width]),
            Goal::Classes(_) => Targets::Classes(vec![0; steps]),
        };
        Self {
            input: vec![0.0; steps * inputs],
            targets,
            read: vec![false; steps],
            scored: vec![false; steps],
            inputs,
            width: goal.width(),
        }
    }

    /// Sets input `unit` of step `t`.
    pub fn set(&mut self, t: usize, unit: usize, value: f64) {
        self.input[t * self.inputs + unit] = value as f32;
    }

    /// Asks for the number `value` as the first output at step `t`.
    ///
    /// # Panics
    ///
    /// When the task has classes as targets, or `t` is beyond its steps.
    pub fn expect_number(&mut self, t: usize, value: f64) {
        let Targets::Numbers(numbers) = &mut self.targets else { panic!("the task has classes as targets") };
        numbers[t * self.width] = value as f32;
        (self.read[t], self.scored[t]) = (true, true);
    }

    /// Asks for `bit` as the first output at step `t`.
    ///
    /// # Panics
    ///
    /// As [`Sequence::expect_number`].
    pub fn expect_bit(&mut self, t: usize, bit: bool) {
        self.expect_number(t, f64::from(u8::from(bit)));
    }

    /// Asks for `class` at step `t`; `scored` says whether the accuracy counts it.
    ///
    /// # Panics
    ///
    /// When the task has numbers as targets, or `t` is beyond its steps.
    pub fn expect_class(&mut self, t: usize, class: usize, scored: bool) {
        let Targets::Classes(classes) = &mut self.targets else { panic!("the task has numbers as targets") };
        classes[t] = class as u32;
        (self.read[t], self.scored[t]) = (true, scored);
    }
}
