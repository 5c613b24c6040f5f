//! The effect of each swept setting by itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::Scale;
use super::data::forest::{Forest, ForestGroup, ForestMark, ForestRow};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::sentences::{left_out, planned_replicates, ran};
use super::swept::{paths, resolve, value};
use crate::results::table::{ArmResults, LABEL, Results, join};
use crate::seed::{self, Purpose};
use crate::stats::{CONFIDENCE, Estimate, bounded_mean, two_sided_z};
use crate::text::pluralize;
use crate::train::MetricName;

/// The marginal effect of each swept setting: the mean over all others.
///
/// # Definition
///
/// For each value of a setting the mean of the metric over replicates, averaged with equal weight over those combinations of all
/// other settings that are planned with every value of it, so that values are compared on the same ground. The bar is a 95 % interval that
/// assumes of the metric only that it lies between 0 and 1 (Gaffke's, combination by combination, by 4000 draws; Wilson's of more than
/// 3000 trials). The metric is
/// `solved`, `diverged`, an accuracy, or `updates-to-target` over the budget, 1 where the target was not reached. A diverged trial has the
/// worst accuracy, 0. A trial that ended by a fault or a limit of time or memory is not counted.
///
/// # Why it is here
///
/// Of a large sweep one asks first which settings matter at all. The mean over all others answers that with all trials at once; what it
/// averages away, an interaction of two settings, `heat-map` shows.
///
/// # How to read it
///
/// Within a group, values whose bars lie apart differ on average over everything else that was tried. Bars that overlap widely do not say
/// that the setting never matters: it may help here and harm there.
///
/// # Example
///
/// ```yaml
/// figures:
///   - {kind: marginal-effects, factors: [init.recurrent], metric: solved}
/// ```
///
/// # References
///
/// Hutter, Hoos and Leyton-Brown 2014, proceedings.mlr.press/v32/hutter14 (marginals of settings). Gaffke 2005; Learned-Miller and Thomas,
/// arXiv:1905.06208v2 (interval of a bounded mean).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MarginalEffects {
    /// The dotted paths of swept settings. Defaults to all whose values share combinations of the others.
    pub factors: Vec<String>,
    /// The metric, between 0 and 1. Defaults to `solved` where there is a target, else `validation/accuracy`.
    pub metric: Option<MetricName>,
}

/// The words for what a setting must have.
const NEEDED: &str =
    "two to sixty values that are planned with the same combinations of the other settings, two or more";
/// The fewest combinations of other settings that make a mean.
const FEWEST: usize = 2;
/// The fewest and the most values of a setting whose rows can be read.
const VALUES: std::ops::RangeInclusive<usize> = 2..=60;
/// The most trials of a value whose interval is drawn by lot, which takes time.
const MOST_DRAWN: usize = 3000;
/// The most rows that are drawn unasked.
const MOST_ROWS: usize = 40;

/// A setting with its values, each with its arms by combination of the others.
struct Factor<'a> {
    name: String,
    values: Vec<(String, Vec<&'a ArmResults>)>,
    combinations: usize,
}

impl Figure for MarginalEffects {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        self.metric(plan)?;
        let (factors, _) = self.factors(plan)?;
        let rows: usize = factors.iter().map(|factor| factor.values.len()).sum();
        Ok(Fit::telling(factors.len() > 1 && rows <= MOST_ROWS && planned_replicates(plan) > 1))
    }

    fn averages_over_tasks(&self) -> bool {
        true
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        ran(results)?;
        let metric = self.metric(results)?;
        let mut groups = vec![];
        let (factors, lacking) = self.factors(results)?;
        for factor in factors {
            let rows: Vec<ForestRow> = factor
                .values
                .iter()
                .filter_map(|(label, arms)| row(results, &factor.name, label, arms, metric))
                .collect();
            if !rows.is_empty() {
                let over = pluralize(factor.combinations, "combination");
                let unit = format!("{} by {}, over {over} of the other settings", quantity(metric), factor.name);
                groups.push(ForestGroup { unit, scale: Scale::Linear, include: vec![], rows });
            }
        }
        if groups.is_empty() {
            return Err(NothingToDraw(format!("no stored trial has the metric `{metric}`")));
        }
        let sense = if metric.lower_is_better() { "lower is better" } else { "higher is better" };
        let title = "Marginal effects".to_owned();
        let subtitle = format!(
            "Point: mean {} over all other settings, {sense}; bar: its 95 % interval (Gaffke).",
            quantity(metric)
        );
        let caption = "What each setting does by itself: the mean over all combinations of the others that are planned with each of its \
                       values. Values whose bars lie apart differ on average; an interaction of settings is averaged away."
            .to_owned();
        let mut notes: Vec<String> = left_out(results).into_iter().collect();
        if !lacking.is_empty() {
            notes.push(format!("Not shown, for want of {NEEDED}: {}.", lacking.join(", ")));
        }
        let forest = Forest { title: title.clone(), subtitle, groups, notes };
        Ok(vec![Picture { name: "marginal-effects".to_owned(), title, caption, drawing: Drawing::Forest(forest) }])
    }
}

impl MarginalEffects {
    /// The metric, if it lies between 0 and 1.
    fn metric(&self, results: &Results) -> Result<MetricName, NothingToDraw> {
        let aims = results.arms.iter().any(|arm| arm.arm.target.is_some());
        let Some(metric) = self.metric.or(aims.then_some(MetricName::Solved)) else {
            return Err(NothingToDraw(
                "the suite states no target; add one as train.target, or name a metric such as `validation/accuracy`"
                    .to_owned(),
            ));
        };
        let is_share = match metric {
            MetricName::Solved | MetricName::UpdatesToTarget => aims,
            MetricName::Diverged => true,
            MetricName::Measured(_, measure) => measure.range() == (0.0, 1.0),
            _ => false,
        };
        if is_share {
            return Ok(metric);
        }
        Err(NothingToDraw(format!(
            "the mean of `{metric}` is not between 0 and 1 here; name `solved`, `diverged`, `updates-to-target` or an accuracy"
        )))
    }

    /// The settings with their values and arms, and the paths of those that have no marginal effect.
    fn factors<'a>(&self, plan: &'a Results) -> Result<(Vec<Factor<'a>>, Vec<String>), NothingToDraw> {
        let wanted: Vec<String> = match self.factors.as_slice() {
            [] => paths(plan).into_iter().filter(|path| path != LABEL).collect(),
            named => named.iter().map(|path| resolve(plan, "factors", path)).collect::<Result<_, _>>()?,
        };
        let (mut found, mut lacking) = (vec![], vec![]);
        for path in wanted {
            match factor(plan, &path) {
                Some(factor) => found.push(factor),
                None => lacking.push(path),
            }
        }
        if found.is_empty() || !self.factors.is_empty() && !lacking.is_empty() {
            return Err(NothingToDraw(match lacking.as_slice() {
                [] => format!("no setting has {NEEDED}; sweep another as a grid"),
                lacking => format!("`{}` has not {NEEDED}; sweep another as a grid", lacking.join("`, `")),
            }));
        }
        Ok((found, lacking))
    }
}

/// The setting at `path`, over those combinations of the others that have all of its values; absent where these are too few.
fn factor<'a>(plan: &'a Results, path: &str) -> Option<Factor<'a>> {
    let mut values: Vec<(Option<f64>, String)> = vec![];
    let mut combinations: Vec<(String, BTreeMap<usize, &ArmResults>)> = vec![];
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
    let mut name = String::new();
    for arm in &plan.arms {
        let Some(setting) = value(&arm.arm, path) else { continue };
        name = setting.name.replace('-', " ");
        let rank = *ranks.entry(&setting.text).or_insert_with(|| {
            values.push((setting.number(), setting.text.clone()));
            values.len() - 1
        });
        let others = join(arm.arm.swept.iter().filter(|other| other.path != path));
        let place = *places.entry(others.clone()).or_insert_with(|| {
            combinations.push((others, BTreeMap::new()));
            combinations.len() - 1
        });
        combinations[place].1.insert(rank, arm);
    }
    combinations.retain(|(_, arms)| arms.len() == values.len());
    if !VALUES.contains(&values.len()) || combinations.len() < FEWEST {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    if values.iter().all(|(number, _)| number.is_some()) {
        order.sort_by(|&a, &b| values[a].0.unwrap_or(0.0).total_cmp(&values[b].0.unwrap_or(0.0)));
    }
    let arms = |rank: usize| combinations.iter().map(|(_, arms)| arms[&rank]).collect();
    let values = order.into_iter().map(|rank| (values[rank].1.clone(), arms(rank))).collect();
    Some(Factor { name, values, combinations: combinations.len() })
}

/// The mean of a value's arms; absent while some have no trials.
fn row(results: &Results, name: &str, label: &str, arms: &[&ArmResults], metric: MetricName) -> Option<ForestRow> {
    let share = |arm: &ArmResults, value: f64| match metric {
        MetricName::UpdatesToTarget => (value / arm.arm.budget as f64).min(1.0),
        _ if value.is_finite() => value.clamp(0.0, 1.0),
        _ => 0.0,
    };
    let strata: Vec<Vec<f64>> =
        arms.iter().map(|arm| arm.values(metric).into_iter().map(|value| share(arm, value)).collect()).collect();
    let n: usize = strata.iter().map(Vec::len).sum();
    let strata: Vec<&[f64]> = strata.iter().map(Vec::as_slice).collect();
    let axes = [("suite", results.suite.as_str()), ("setting", name), ("value", label)];
    let mut draws = seed::stream(0, Purpose::Bootstrap, &axes).at(2);
    let (value, low, high) = if n > MOST_DRAWN {
        score_interval(&strata)?
    } else {
        let Estimate { value, low, high, .. } = bounded_mean(&strata, (0.0, 1.0), CONFIDENCE, || draws.bits())?;
        (value, low, high)
    };
    Some(ForestRow {
        label: label.to_owned(),
        value: Some(value),
        interval: Some((low, high)),
        bounds: vec![],
        mark: ForestMark::For,
        numbers: format!("{value:.2} [{low:.2}, {high:.2}]"),
        word: format!("n = {n}"),
    })
}

/// The mean of strata of values between 0 and 1 with Wilson's score interval for as many trials as equal weights of the strata leave.
/// Values between the bounds vary less than zeros and ones of their mean, and strata less than their union.
fn score_interval(strata: &[&[f64]]) -> Option<(f64, f64, f64)> {
    if strata.iter().any(|stratum| stratum.is_empty()) {
        return None;
    }
    let k = strata.len() as f64;
    let mean = strata.iter().map(|stratum| stratum.iter().sum::<f64>() / stratum.len() as f64).sum::<f64>() / k;
    let n = k * k / strata.iter().map(|stratum| 1.0 / stratum.len() as f64).sum::<f64>();
    let z = two_sided_z(CONFIDENCE);
    let centre = (mean + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * libm::sqrt(mean * (1.0 - mean) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n);
    Some((mean, (centre - half).clamp(0.0, mean), (centre + half).clamp(mean, 1.0)))
}

fn quantity(metric: MetricName) -> String {
    match metric {
        MetricName::Solved => "share of trials that reached the target".to_owned(),
        MetricName::Diverged => "share of trials that diverged".to_owned(),
        MetricName::UpdatesToTarget => "updates to target / budget".to_owned(),
        metric => metric.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn forest(figure: &MarginalEffects, results: &Results) -> Forest {
        let named = figure.draw(results).unwrap();
        let Drawing::Forest(forest) = &named[0].drawing else { panic!("not a forest plot") };
        forest.clone()
    }

    #[test]
    fn a_setting_is_averaged_over_all_others() {
        let forest = forest(&MarginalEffects::default(), &fixture::results());
        let means: Vec<(&str, f64)> = forest
            .groups
            .iter()
            .flat_map(|group| &group.rows)
            .map(|row| (row.label.as_str(), (1e9 * row.value.unwrap()).round() / 1e9))
            .collect();
        // Of tanh nothing is solved; of the LSTM all at length 20 and two of three at 50.
        let (sixths, third) = (0.833_333_333, 0.333_333_333);
        assert_eq!(means, [("elman tanh", 0.0), ("lstm", sixths), ("20", 0.5), ("50", third)]);
        assert!(forest.groups.iter().flat_map(|group| &group.rows).all(|row| {
            let (low, high) = row.interval.unwrap();
            low < high && (low..=high).contains(&row.value.unwrap())
        }));
    }

    /// Of a single stratum of zeros and ones it is Wilson's interval; strata of unequal size count for as many as their mean is sure of.
    #[test]
    fn the_interval_of_many_trials_is_wilsons() {
        let stratum: Vec<f64> = (0..100).map(|index| f64::from(u8::from(index < 37))).collect();
        let (value, low, high) = score_interval(&[&stratum]).unwrap();
        let wilson = crate::stats::wilson(37, 100, CONFIDENCE).unwrap();
        for (found, expected) in [(value, wilson.value), (low, wilson.low), (high, wilson.high)] {
            assert!((found - expected).abs() <= 1e-12, "{found} {expected}");
        }
        let (_, wider, _) = score_interval(&[&stratum, &stratum[30..40]]).unwrap();
        let (_, narrower, _) = score_interval(&[&stratum, &stratum]).unwrap();
        assert!(wider < 0.5 && narrower > low, "{wider} {narrower}");
        assert_eq!(score_interval(&[&[]]), None);
        assert!(score_interval(&[&[0.0; 4000]]).unwrap().2 > 0.0);
    }

    /// A combination that lacks one of the values would weigh for the others alone.
    #[test]
    fn only_what_all_values_share_counts() {
        let mut results = fixture::showcase();
        let before = forest(&MarginalEffects::default(), &results);
        let lengths =
            |forest: &Forest| forest.groups.iter().find(|group| group.unit.contains(" by length")).cloned().unwrap();
        assert!(lengths(&before).unit.contains("9 combinations"), "{}", lengths(&before).unit);
        results.arms.remove(0);
        assert!(lengths(&forest(&MarginalEffects::default(), &results)).unit.contains("8 combinations"));
    }

    #[test]
    fn a_loss_has_no_mean_and_an_unknown_setting_none_either() {
        let of = |metric: &str| MarginalEffects { metric: metric.parse().ok(), ..MarginalEffects::default() };
        let reason = of("validation/loss").fits(&fixture::results()).unwrap_err();
        assert!(reason.0.contains("not between 0 and 1"), "{reason}");
        let figure = MarginalEffects { factors: vec!["model.hiden".to_owned()], ..MarginalEffects::default() };
        let reason = figure.fits(&fixture::results()).unwrap_err();
        assert!(reason.0.contains("`factors: model.hiden` is not swept"), "{reason}");
    }
}
