//! A point with its uncertainty.

/// The confidence of every interval that tables, figures and reports show.
pub const CONFIDENCE: f64 = 0.95;

/// A point estimate, its interval and what both rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The point estimate.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// The number of independent values that it rests on.
    pub n: usize,
    /// The interval's confidence level, between 0 and 1: the one asked for, or what is attained where `n` is too small.
    pub confidence: f64,
}

impl Estimate {
    /// A proportion as a count of its n, such as `9/10`.
    pub fn as_fraction(&self) -> String {
        format!("{}/{}", (self.value * self.n as f64).round(), self.n)
    }
}
