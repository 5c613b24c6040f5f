//! A test with its effect.

use super::estimate::Estimate;

/// The side on which a test looks for an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// The effect differs from the null hypothesis' on either side.
    TwoSided,
    /// The effect is above that of the null hypothesis.
    Greater,
    /// The effect is below that of the null hypothesis.
    Less,
}

impl Alternative {
    /// The p-value, at most 1, of `below` and `above`: the probabilities under the null hypothesis of a statistic as low as the
    /// observed one or lower, and as high or higher. The two-sided one is twice the smaller.
    pub fn p(self, below: f64, above: f64) -> f64 {
        match self {
            Self::TwoSided => (2.0 * below.min(above)).min(1.0),
            Self::Greater => above.min(1.0),
            Self::Less => below.min(1.0),
        }
    }

    /// The number of sides on which the effect may lie.
    pub fn sides(self) -> f64 {
        if self == Self::TwoSided { 2.0 } else { 1.0 }
    }
}

/// The null hypothesis of a test, and on which side an effect would speak against it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hypothesis {
    /// The effect if there is nothing to be found, such as a difference of 0, or a margin that is to be exceeded.
    pub null: f64,
    /// The side that is looked for.
    pub alternative: Alternative,
}

impl Hypothesis {
    /// No effect, against one on either side.
    pub const NO_EFFECT: Self = Self { null: 0.0, alternative: Alternative::TwoSided };

    /// At most `null`, against more.
    pub fn above(null: f64) -> Self {
        Self { null, alternative: Alternative::Greater }
    }

    /// At least `null`, against less.
    pub fn below(null: f64) -> Self {
        Self { null, alternative: Alternative::Less }
    }
}

/// The outcome of a test: what it measured and how likely that is by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The test and the form of it that ran, such as `sign-flip test (exact)`.
    pub name: &'static str,
    /// The test's own statistic.
    pub statistic: f64,
    /// The probability, were the null hypothesis true, of a statistic as far out or farther.
    pub p: f64,
    /// The smallest p that this test can give for so many values: where it is above α, no outcome is significant.
    pub least_p: f64,
    /// The number of independent values that it rests on.
    pub n: usize,
    /// The effect with its interval, which does not depend on the hypothesis.
    pub effect: Estimate,
}
