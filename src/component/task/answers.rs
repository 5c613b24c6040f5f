//! The outputs of a network that knows everything.

use super::Dimensions;

/// A logit so far from 0 that a softmax or a sigmoid of it is exactly 0 or 1, in f32 too.
const CERTAIN: f32 = 1000.0;

/// Outputs for every step of a sequence, \[steps, width\]: numbers, or logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// The numbers, row-major.
    pub outputs: Vec<f32>,
    width: usize,
}

impl Answers {
    /// Outputs that are all zero.
    pub fn blank(dimensions: Dimensions) -> Self {
        let width = dimensions.goal.width();
        Self { outputs: vec![0.0; dimensions.steps * width], width }
    }

    /// The outputs of step `t`.
    pub fn at(&self, t: usize) -> &[f32] {
        &self.outputs[t * self.width..][..self.width]
    }

    fn step(&mut self, t: usize) -> &mut [f32] {
        &mut self.outputs[t * self.width..][..self.width]
    }

    /// Answers the number `value`.
    pub fn number(&mut self, t: usize, value: f64) {
        self.step(t)[0] = value as f32;
    }

    /// Answers `class` for certain. A class out of range counts as no answer.
    pub fn class(&mut self, t: usize, class: usize) {
        self.one_of(t, class..class + 1);
    }

    /// Answers one of these classes, each as likely.
    pub fn one_of(&mut self, t: usize, classes: std::ops::Range<usize>) {
        for (class, logit) in self.step(t).iter_mut().enumerate() {
            *logit = if classes.contains(&class) { 0.0 } else { -CERTAIN };
        }
    }

    /// Answers `bit` for certain.
    pub fn bit(&mut self, t: usize, bit: bool) {
        self.step(t)[0] = if bit { CERTAIN } else { -CERTAIN };
    }
}

/// The unit of a one-hot input that is on; 0 if none is.
pub(super) fn hot(step: &[f32]) -> usize {
    (1..step.len()).fold(0, |best, unit| if step[unit] > step[best] { unit } else { best })
}

/// The steps whose `unit` is `value`, in order.
pub(super) fn marked(input: &[&[f32]], unit: usize, value: f32) -> impl Iterator<Item = usize> {
    (0..input.len()).filter(move |&t| input[t][unit] == value)
}
