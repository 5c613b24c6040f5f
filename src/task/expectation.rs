//! What a task says of itself beside its sequences.

/// Between an output that is scored and the inputs that it depends on, in steps: 0 is an input of the output's own step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lag {
    pub shortest: usize,
    pub longest: usize,
}

/// When the field, or the task's own source, calls it solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solved {
    /// The loss is below this.
    LossBelow(f64),
    /// At least this fraction of the scored outputs is right.
    AccuracyFrom(f64),
}

/// What the best predictor scores that knows the task but ignores the input (it may know the step it is at, and the length of
/// the sequence).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// Mean squared error or cross-entropy in nats, over all outputs that are read.
    pub loss: f64,
    /// Fraction of the scored outputs that are right. The best guess may be another than the one of least loss.
    pub accuracy: f64,
}
