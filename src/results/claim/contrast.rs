//! Claims with the arms that they are about.

use super::spec::ClaimSpec;
use crate::train::MetricName;

/// A claim of a suite with the arms that its conditions pick.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The claim as the suite states it.
    pub spec: ClaimSpec,
    /// The probability of a false verdict that is accepted: the claim's own, else the suite's.
    pub alpha: f64,
    /// The arms, by their place in the plan.
    pub contrast: Contrast,
}

impl Claim {
    /// Whether it is about what probes measured.
    pub fn reads_probes(&self) -> bool {
        let is_probed = |metric: MetricName| matches!(metric, MetricName::Gradient(..));
        is_probed(self.spec.metric) || self.spec.with.is_some_and(is_probed)
    }
}

/// The arms of a claim, stratum by stratum, by their place in the plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Contrast {
    /// Of each stratum the arm on the left and the one on the right.
    Arms(Vec<[usize; 2]>),
    /// Of each stratum the arm and the number that it is compared with.
    Level(Vec<(usize, f64)>),
    /// Of each stratum the arms in the stated order.
    Order(Vec<Vec<usize>>),
    /// Of each stratum the arms by increasing value of the setting, with that value.
    Trend(Vec<Vec<(f64, usize)>>),
    /// Of each stratum the arms over which two metrics are correlated.
    Correlation(Vec<Vec<usize>>),
}

impl Contrast {
    /// Every arm, each once, in the order of the plan.
    pub fn arms(&self) -> Vec<usize> {
        let mut arms: Vec<usize> = match self {
            Self::Arms(pairs) => pairs.iter().flatten().copied().collect(),
            Self::Level(arms) => arms.iter().map(|(arm, _)| *arm).collect(),
            Self::Order(strata) | Self::Correlation(strata) => strata.iter().flatten().copied().collect(),
            Self::Trend(strata) => strata.iter().flatten().map(|(_, arm)| *arm).collect(),
        };
        arms.sort_unstable();
        arms.dedup();
        arms
    }

    /// The contrast with every arm at its new place; nothing where one has none.
    pub fn moved(&self, place: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let all = |arms: &Vec<usize>| arms.iter().map(|arm| place(*arm)).collect::<Option<Vec<usize>>>();
        Some(match self {
            Self::Arms(pairs) => Self::Arms(
                pairs.iter().map(|[left, right]| Some([place(*left)?, place(*right)?])).collect::<Option<_>>()?,
            ),
            Self::Level(arms) => {
                Self::Level(arms.iter().map(|(arm, bound)| Some((place(*arm)?, *bound))).collect::<Option<_>>()?)
            }
            Self::Order(strata) => Self::Order(strata.iter().map(all).collect::<Option<_>>()?),
            Self::Correlation(strata) => Self::Correlation(strata.iter().map(all).collect::<Option<_>>()?),
            Self::Trend(strata) => {
                let one = |(value, arm): &(f64, usize)| Some((*value, place(*arm)?));
                let stratum = |arms: &Vec<(f64, usize)>| arms.iter().map(one).collect::<Option<Vec<_>>>();
                Self::Trend(strata.iter().map(stratum).collect::<Option<_>>()?)
            }
        })
    }

    /// How many strata there are.
    pub fn strata(&self) -> usize {
        match self {
            Self::Arms(strata) => strata.len(),
            Self::Level(strata) => strata.len(),
            Self::Order(strata) | Self::Correlation(strata) => strata.len(),
            Self::Trend(strata) => strata.len(),
        }
    }
}
