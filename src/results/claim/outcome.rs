//! From the interval of an effect to a verdict in a word.

use super::contrast::Claim;
use super::spec::Expectation;

/// A verdict in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The corrected interval lies on the side of the margin that is claimed.
    Supported,
    /// The corrected interval lies on the other side.
    Refuted,
    /// The interval holds the margin, or there is none.
    Inconclusive,
}

impl Outcome {
    /// The name in tables, such as `supported`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Refuted => "refuted",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Where the effect of a claim lies, if the claim is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Above,
    Below,
    Within,
}

impl Claim {
    fn side(&self) -> Side {
        match self.spec.expect {
            Expectation::Greater | Expectation::Increasing | Expectation::Positive => Side::Above,
            Expectation::Less | Expectation::Decreasing | Expectation::Negative => Side::Below,
            Expectation::Equal => Side::Within,
        }
    }

    /// The effects at which the claim becomes false: one, or the two ends of what counts as equal; of a claim of replicates their number.
    pub fn bounds(&self) -> Vec<f64> {
        let margin = self.spec.margin;
        if let Some(quota) = self.spec.in_at_least {
            return vec![quota.wanted as f64];
        }
        match self.side() {
            Side::Above => vec![margin],
            Side::Below => vec![-margin],
            Side::Within => vec![-margin, margin],
        }
    }

    /// The sign that the effect has to stand in to its bound, such as `>`, with the bound.
    pub fn expected(&self, number: impl Fn(f64) -> String) -> String {
        let margin = self.spec.margin;
        let quota = self.spec.in_at_least.map_or_else(String::new, |quota| format!(" in ≥ {quota}"));
        match self.side() {
            Side::Above => format!("> {}{quota}", number(margin)),
            Side::Below => format!("< {}{quota}", number(if margin == 0.0 { 0.0 } else { -margin })),
            Side::Within => format!("within ±{}{quota}", number(margin)),
        }
    }

    /// The verdict that an interval of the effect gives.
    pub(super) fn judge(&self, low: f64, high: f64) -> Outcome {
        let margin = self.spec.margin;
        let (holds, fails) = match self.side() {
            Side::Above => (low > margin, high < margin),
            Side::Below => (high < -margin, low > -margin),
            Side::Within => (low > -margin && high < margin, low > margin || high < -margin),
        };
        match (holds, fails) {
            (true, _) => Outcome::Supported,
            (false, true) => Outcome::Refuted,
            (false, false) => Outcome::Inconclusive,
        }
    }

    /// Whether an effect that was found contradicts the claim.
    pub(super) fn contradicts(&self, effect: f64) -> bool {
        self.judge(effect, effect) == Outcome::Refuted
    }
}
