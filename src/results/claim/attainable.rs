//! Whether a suite has enough replicates for its claims to be decided at all.

use super::contrast::{Claim, Contrast};
use super::sample::Kind;
use super::spec::Expectation;
use crate::stats::holm;

/// The most replicates that are thought of.
const MOST: usize = 2_000;

/// A claim that cannot be decided by the replicates that its suite has.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortage {
    /// The claim's id.
    pub id: String,
    /// The smallest p-value that the replicates can give it after correction for all claims.
    pub least_p: f64,
    /// The α that it has to reach.
    pub alpha: f64,
    /// The number of replicates with which all claims of the suite can reach theirs; none where no number does.
    pub needed: Option<usize>,
}

/// The claims that cannot be decided by `replicates`, however clear the results.
pub fn shortages(claims: &[Claim], replicates: usize) -> Vec<Shortage> {
    let least = least_p(claims, replicates);
    let reached = |(claim, p): &(&Claim, &f64)| **p <= claim.alpha;
    let needed = needed(claims);
    claims
        .iter()
        .zip(&least)
        .filter(|pair| !reached(pair))
        .map(|(claim, p)| Shortage { id: claim.spec.id.clone(), least_p: *p, alpha: claim.alpha, needed })
        .collect()
}

/// The fewest replicates with which every claim can be decided; none where no number of them does.
fn needed(claims: &[Claim]) -> Option<usize> {
    let enough = |n: usize| claims.iter().zip(least_p(claims, n)).all(|(claim, p)| p <= claim.alpha);
    // More replicates never raise the smallest p.
    if !enough(MOST) {
        return None;
    }
    let (mut short, mut long) = (0, MOST);
    while long - short > 1 {
        let middle = (short + long) / 2;
        if enough(middle) { long = middle } else { short = middle }
    }
    Some(long)
}

/// The smallest p-values that so many replicates can give the claims after correction, 0 where nothing is left to chance.
fn least_p(claims: &[Claim], replicates: usize) -> Vec<f64> {
    let own: Vec<Option<f64>> = claims.iter().map(|claim| claim.kind().least_p(replicates)).collect();
    let mut corrected = holm(&own.iter().copied().flatten().collect::<Vec<_>>()).into_iter();
    own.iter().map(|p| if p.is_some() { corrected.next().unwrap_or(1.0) } else { 0.0 }).collect()
}

impl Claim {
    /// The form of its samples.
    pub(super) fn kind(&self) -> Kind {
        let metric = self.spec.metric;
        let alone = self.contrast.strata() == 1;
        match &self.contrast {
            _ if self.spec.in_at_least.is_some() => Kind::Fixed,
            Contrast::Arms(_) | Contrast::Level(_) | Contrast::Order(_) if metric.is_fixed() => Kind::Fixed,
            Contrast::Arms(_) | Contrast::Order(_) if alone && metric.is_binary() => Kind::Successes,
            Contrast::Level(arms) if alone && metric.is_binary() => {
                let bound = arms.first().map_or(0.0, |(_, bound)| *bound);
                let (above, margin) = (self.spec.expect != Expectation::Less, self.spec.margin);
                Kind::Share { bound: if above { bound + margin } else { bound - margin }, above }
            }
            _ => Kind::Signs,
        }
    }
}
