//! The order in which results of trainings are ranked.

/// The rank of values that are not finite (NaN, +∞, −∞), all of them equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonFinite {
    /// Above all numbers: worst where low is good, as of losses and numbers of updates.
    Highest,
    /// Below all numbers: worst where high is good, as of accuracies.
    Lowest,
}

impl NonFinite {
    /// The infinity that stands for every value that is not finite.
    pub fn infinity(self) -> f64 {
        match self {
            Self::Highest => f64::INFINITY,
            Self::Lowest => f64::NEG_INFINITY,
        }
    }
}

/// The values in ascending order, those that are not finite replaced by [`NonFinite::infinity`].
pub fn ranked(values: &[f64], non_finite: NonFinite) -> Vec<f64> {
    let mut ranked: Vec<f64> =
        values.iter().map(|&value| if value.is_finite() { value } else { non_finite.infinity() }).collect();
    ranked.sort_by(f64::total_cmp);
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_finite_ranks_worst() {
        let values = [2.0, f64::NAN, -1.0, f64::NEG_INFINITY, -f64::NAN, f64::INFINITY];
        let bad = f64::INFINITY;
        assert_eq!(ranked(&values, NonFinite::Highest), [-1.0, 2.0, bad, bad, bad, bad]);
        assert_eq!(ranked(&values, NonFinite::Lowest), [-bad, -bad, -bad, -bad, -1.0, 2.0]);
    }
}
