//! Verdicts: what results say of claims.

use super::attainable::shortages;
use super::contrast::{Claim, Contrast};
use super::evidence::{Evidence, evidence};
use super::outcome::Outcome;
use super::quota::Quota;
use super::sample::Sample;
use crate::results::number::significant;
use crate::results::table::Results;
use crate::stats::{Estimate, holm};
use crate::text::pluralize;

/// The most replicates that are suggested.
const MOST: f64 = 1000.0;

/// A claim with what results say of it, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The claim.
    pub claim: Claim,
    /// The verdict in a word.
    pub outcome: Outcome,
    /// The effect with the corrected interval: a difference, left less right or later less earlier, or a rank correlation; of an
    /// order that of its deciding step; of a claim of replicates the number in which it holds. Absent without results.
    pub effect: Option<Estimate>,
    /// The number of replicates that count.
    pub n: usize,
    /// The name of the test.
    pub test: &'static str,
    /// The two-sided p-value of the hypothesis that the effect lies at the claim's bound; absent where nothing is left to chance.
    pub p: Option<f64>,
    /// The p-value after Holm's correction for all claims of the suite.
    pub corrected: Option<f64>,
    /// Facts that a reader must know, one sentence each.
    pub notes: Vec<String>,
}

impl Verdict {
    /// The verdict in a sentence: the claim's statement, what was found, and how sure that is.
    pub fn sentence(&self) -> String {
        let short = |number: f64| significant(number, 3);
        let mut sentence = format!("{}: {}", self.outcome.name(), self.claim.spec.statement);
        if let Some(effect) = self.effect {
            let interval = if effect.low < effect.high {
                format!(" [{}, {}]", short(effect.low), short(effect.high))
            } else {
                String::new()
            };
            let expected = self.claim.expected(short);
            let metric = self.claim.spec.metric;
            let what = if self.claim.spec.in_at_least.is_some() { "found in" } else { "effect" };
            sentence +=
                &format!(" ({metric}: {what} {}{interval}, expected {expected}, n = {}", short(effect.value), self.n);
            if let Some(p) = self.corrected {
                sentence += &format!(", corrected p = {}", short(p));
            }
            sentence.push(')');
        }
        self.notes.iter().for_each(|note| sentence += &format!("; {note}"));
        sentence
    }
}

/// The verdicts on all claims of a suite, in its order.
///
/// A claim is *supported* if the corrected interval of its effect lies wholly beyond the margin, on the side that is claimed, and
/// the corrected p-value is at most α; *refuted* if it lies wholly on the other side. The interval's confidence is 1 − α/f, where f
/// is the factor by which Holm's correction over all claims of the suite multiplies the claim's p-value; it is the inversion of the
/// test whose p-value that is. So the probability of any false verdict of a suite is at most the largest α of its claims.
///
/// A claim of so many replicates (`in-at-least`) follows from counting them, and takes no part in the correction.
///
/// An order is supported if each of its steps is, for which the largest p-value counts, and refuted if one of them is, for which the
/// smallest counts, times the number of steps. A claim of equality has two bounds, of whose p-values the larger counts.
pub fn verdicts(results: &Results) -> Vec<Verdict> {
    let found: Vec<Found> = results.claims.iter().map(|claim| Found::new(claim, evidence(claim, results))).collect();
    let p: Vec<f64> = found.iter().filter_map(|found| found.p).collect();
    let mut adjusted = holm(&p).into_iter();
    let verdict = |found: &Found| {
        let corrected = found.p.and_then(|_| adjusted.next());
        let factor = found.p.zip(corrected).map_or(1.0, |(own, corrected)| {
            let rank = p.iter().filter(|other| **other >= own).count() as f64;
            if own > 0.0 { rank.max(corrected / own) } else { rank }
        });
        found.verdict(corrected, factor, &results.claims)
    };
    found.iter().map(verdict).collect()
}

/// A claim with its evidence, before the correction.
struct Found<'a> {
    claim: &'a Claim,
    evidence: Evidence,
    /// Of each step the larger of the p-values at the claim's bounds, none where nothing is left to chance.
    p_of_steps: Vec<Option<f64>>,
    /// The step that decides.
    decisive: Option<usize>,
    /// Whether that step contradicts the claim: then one of all steps has to be false, not all of them true.
    contradicted: bool,
    p: Option<f64>,
}

impl<'a> Found<'a> {
    fn new(claim: &'a Claim, evidence: Evidence) -> Self {
        if claim.spec.in_at_least.is_some() {
            return Self { claim, evidence, p_of_steps: vec![], decisive: None, contradicted: false, p: None };
        }
        let bounds = claim.bounds();
        // At any confidence: only the p-values and the effects are looked at.
        let at_bounds = |step: &Sample| bounds.iter().map(|bound| step.test(*bound, 0.5)).collect::<Option<Vec<_>>>();
        let tested: Vec<_> = evidence.steps.iter().map_while(at_bounds).collect();
        let largest = |found: &Vec<super::sample::Tested>| found.iter().filter_map(|found| found.p).reduce(f64::max);
        let p_of_steps: Vec<Option<f64>> = tested.iter().map(largest).collect();
        let wrong: Vec<usize> =
            (0..tested.len()).filter(|step| claim.contradicts(tested[*step][0].effect.value)).collect();
        let p = |step: &usize| p_of_steps[*step].unwrap_or(0.0);
        let complete = tested.len() == evidence.steps.len();
        let decisive = match &wrong[..] {
            _ if !complete => None,
            // Of equal ones the first.
            [] => (0..tested.len()).rev().max_by(|one, other| p(one).total_cmp(&p(other))),
            wrong => wrong.iter().copied().min_by(|one, other| p(one).total_cmp(&p(other))),
        };
        let contradicted = !wrong.is_empty();
        let steps = tested.len() as f64;
        let p = decisive.and_then(|step| p_of_steps[step]).map(|p| if contradicted { (p * steps).min(1.0) } else { p });
        Self { claim, evidence, p_of_steps, decisive, contradicted, p }
    }

    fn verdict(&self, corrected: Option<f64>, factor: f64, family: &[Claim]) -> Verdict {
        let Self { claim, evidence, .. } = self;
        if let Some(quota) = claim.spec.in_at_least {
            return self.count(quota);
        }
        let shared = if self.contradicted { evidence.steps.len() as f64 } else { 1.0 };
        let confidence = 1.0 - claim.alpha / (factor * shared);
        let decided = self
            .decisive
            .and_then(|step| Some((step, evidence.steps[step].test(claim.bounds()[0], confidence)?.effect)));
        let significant = corrected.is_none_or(|p| p <= claim.alpha);
        // Of several steps the deciding one is the least sure of the claim, or the surest against it.
        let outcome = match &decided {
            Some((_, effect)) if significant => claim.judge(effect.low, effect.high),
            _ => Outcome::Inconclusive,
        };
        let mut verdict = Verdict {
            claim: (*claim).clone(),
            outcome,
            effect: decided.map(|(_, effect)| Estimate { n: evidence.n, ..effect }),
            n: evidence.n,
            test: self.decisive.map_or("", |step| evidence.steps[step].name()),
            p: self.p,
            corrected,
            notes: vec![],
        };
        verdict.notes = self.notes(outcome, verdict.effect.as_ref(), confidence, family);
        verdict
    }

    /// The verdict on a claim of so many replicates, which leaves nothing to chance.
    fn count(&self, quota: Quota) -> Verdict {
        let Self { claim, evidence, .. } = self;
        let holds = |number: &&f64| claim.judge(**number, **number) == Outcome::Supported;
        let numbers =
            evidence.steps.iter().filter_map(|step| if let Sample::Numbers(of) = step { Some(of) } else { None });
        let found = numbers.flatten().filter(holds).count();
        let value = found as f64;
        let effect = Estimate { value, low: value, high: value, n: evidence.n, confidence: 1.0 };
        let mut notes = vec![];
        if evidence.missing > 0 {
            let missing = pluralize(evidence.missing as u64, "replicate");
            notes.push(format!("{missing} of the {} not there: not run, failed, or without such a metric", quota.of));
        }
        Verdict {
            claim: (*claim).clone(),
            outcome: judged(quota, found, evidence.missing),
            effect: (evidence.n > 0).then_some(effect),
            n: evidence.n,
            test: "none, replicates are counted",
            p: None,
            corrected: None,
            notes,
        }
    }

    fn notes(&self, outcome: Outcome, effect: Option<&Estimate>, confidence: f64, family: &[Claim]) -> Vec<String> {
        let Self { claim, evidence, .. } = self;
        let mut notes = vec![];
        if evidence.missing > 0 {
            let left_out = pluralize(evidence.missing as u64, "replicate");
            notes.push(format!("{left_out} left out, of which a trial is missing, failed, or has no such metric"));
        }
        if let (Contrast::Order(_), Some(step)) = (&claim.contrast, self.decisive) {
            notes.push(format!("step {} of {} decides", step + 1, self.p_of_steps.len()));
        }
        if outcome != Outcome::Inconclusive || evidence.n == 0 {
            return notes;
        }
        let shortage = shortages(family, evidence.n);
        if let Some(short) = shortage.iter().find(|short| short.id == claim.spec.id) {
            let needed = short.needed.map_or_else(String::new, |needed| format!("; {needed} can"));
            let replicates = pluralize(evidence.n as u64, "replicate");
            notes.push(format!("{replicates} cannot reach α = {}{needed}", significant(short.alpha, 3)));
        } else if effect.is_some_and(|effect| effect.low == f64::NEG_INFINITY && effect.high == f64::INFINITY)
            && let Some(needed) = self.for_an_interval(confidence)
        {
            // The best case has other claims decided first; here they were not.
            let replicates = pluralize(evidence.n as u64, "replicate");
            notes.push(format!("{replicates} give no interval of the corrected confidence; {needed} do"));
        } else if let Some(enough) = effect.and_then(|effect| self.enough(effect)) {
            notes.push(format!("about {enough} replicates would decide it, were the effect as it seems"));
        }
        notes
    }

    /// The fewest replicates whose interval of this confidence has an end.
    fn for_an_interval(&self, confidence: f64) -> Option<usize> {
        let suffices = |n: &usize| self.claim.kind().least_p(*n).is_some_and(|p| p <= 1.0 - confidence);
        (self.evidence.n + 1..=MOST as usize).find(suffices)
    }

    /// The number of replicates that would decide, were the effect as it seems: an interval narrows with the root of their number.
    fn enough(&self, effect: &Estimate) -> Option<usize> {
        let share = |bound: &f64| {
            let reach = if effect.value > *bound { effect.value - effect.low } else { effect.high - effect.value };
            reach / (effect.value - bound).abs()
        };
        let widest = self.claim.bounds().iter().map(share).fold(0.0, f64::max);
        let enough =
            if effect.value.is_finite() { libm::ceil(effect.n as f64 * widest * widest) } else { f64::INFINITY };
        // Beyond that, or of no finite number, nobody would.
        (enough <= MOST).then(|| (enough as usize).max(effect.n + 1))
    }
}
/// The verdict where the relation holds in `found` of the replicates and `missing` ones are not known: these decide nothing where either
/// way is sure without them.
fn judged(quota: Quota, found: usize, missing: usize) -> Outcome {
    if found >= quota.wanted {
        Outcome::Supported
    } else if found + missing < quota.wanted {
        Outcome::Refuted
    } else {
        Outcome::Inconclusive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_replicates_count_for_neither_side() {
        use Outcome::{Inconclusive, Refuted, Supported};
        let quota = Quota { wanted: 9, of: 10 };
        let judged = [(9, 0), (9, 1), (8, 2), (8, 1), (8, 0), (0, 9), (0, 8)]
            .map(|(found, missing)| judged(quota, found, missing));
        assert_eq!(judged, [Supported, Supported, Inconclusive, Inconclusive, Refuted, Inconclusive, Refuted]);
    }
}
