//! A point with its uncertainty.

/// The confidence of every interval that tables, figures and reports show.
pub const CONFIDENCE: f64 = 0.95;

/// The least coverage, of intervals at [`CONFIDENCE`], that needs no mention: that of an exact interval of 5 replicates is 0.9375.
const ENOUGH: f64 = 0.93;

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
    /// The coverage of an interval that was asked for at [`CONFIDENCE`], where `n` is too small for it: below 93 %, such as 0.75
    /// of 3 replicates. It is to be printed beside the interval.
    pub fn short_coverage(&self) -> Option<f64> {
        (self.confidence < ENOUGH).then_some(self.confidence)
    }

    /// A proportion as a count of its n, such as `9/10`.
    pub fn as_fraction(&self) -> String {
        format!("{}/{}", (self.value * self.n as f64).round(), self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{NonFinite, median_interval};

    #[test]
    fn an_interval_of_too_few_replicates_says_its_coverage() {
        let of = |n: usize| median_interval(&vec![1.0; n], CONFIDENCE, NonFinite::Highest).unwrap().short_coverage();
        let expected = [Some(0.0), Some(0.5), Some(0.75), Some(0.875), None, None];
        assert_eq!([1, 2, 3, 4, 5, 6].map(of), expected);
    }
}
