/// What the best predictor scores that knows the task but ignores the input (it may know the step it is at).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chance {
    /// Mean squared error or cross-entropy in nats.
    pub loss: f64,
    /// Fraction of the scored outputs that are right.
    pub accuracy: f64,
}
