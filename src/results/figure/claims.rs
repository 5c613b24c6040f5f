//! The claims of a suite, each effect against what was claimed of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::chart::Scale;
use super::data::forest::{Forest, ForestGroup, ForestMark, ForestRow};
use super::drawing::Drawing;
use super::picture::{Figure, Fit, NothingToDraw, Picture};
use super::sentences::ran;
use crate::results::claim::{Contrast, Outcome, Verdict, verdicts};
use crate::results::number;
use crate::results::table::Results;

/// The claims of a suite: the effect of each with its corrected interval, against the bound that the claim sets.
///
/// # Definition
///
/// One row per claim, grouped by what is measured. The effect is the difference of the metric, left less right (of an order that
/// of its deciding step, later less earlier; of a claim of replicates the number in which it holds), or the median over replicates of a rank correlation within each. The bar is the
/// interval from which the verdict follows: the inversion of the claim's test, at the confidence that Holm's correction for all
/// claims of the suite asks for. The short upright line is the bound; a claim of equality has two.
///
/// # Why it is here
///
/// A verdict is a word; the picture shows how far from the bound the effect lies, and how sure that is.
///
/// # How to read it
///
/// A filled circle is supported: its bar lies on the claimed side of the bound. A diamond is refuted: its bar lies on the other
/// side. An open circle is inconclusive: the bar holds the bound. A bar that runs to the edge has no end, as with too few
/// replicates or diverged ones. Claims of parameter counts have no bar: no seed changes them; nor have claims of replicates, which are counted.
///
/// # Example
///
/// ```yaml
/// figures: [claims]
/// ```
///
/// # References
///
/// Lewis and Clarke 2001, doi:10.1136/bmj.322.7300.1479 (forest plots). Holm 1979, "A simple sequentially rejective multiple test
/// procedure".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claims {}

impl Figure for Claims {
    fn fits(&self, plan: &Results) -> Result<Fit, NothingToDraw> {
        if plan.claims.is_empty() {
            return Err(NothingToDraw("the suite states no claims; add some under `claims`".to_owned()));
        }
        Ok(Fit::Telling)
    }

    fn draw(&self, results: &Results) -> Result<Vec<Picture>, NothingToDraw> {
        self.fits(results)?;
        ran(results)?;
        let verdicts = verdicts(results);
        let mut groups: Vec<ForestGroup> = vec![];
        for verdict in &verdicts {
            let unit = unit(verdict);
            match groups.iter_mut().find(|group| group.unit == unit) {
                Some(group) => group.rows.push(row(verdict)),
                None => {
                    groups.push(ForestGroup { unit, scale: Scale::Linear, include: vec![], rows: vec![row(verdict)] })
                }
            }
        }
        let count = |outcome: Outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
        let title = "Claims".to_owned();
        let subtitle = format!(
            "{} supported, {} refuted, {} inconclusive. Bar: the interval that decides, corrected for all claims; upright line: \
             the bound that the claim sets.",
            count(Outcome::Supported),
            count(Outcome::Refuted),
            count(Outcome::Inconclusive),
        );
        let caption = "The effect of each claim with the interval from which its verdict follows. Filled circle: the interval lies \
                       on the claimed side of the bound; diamond: on the other side; open circle: it holds the bound."
            .to_owned();
        let forest = Forest { title: title.clone(), subtitle, groups, notes: vec![] };
        Ok(vec![Picture { name: "claims".to_owned(), title, caption, drawing: Drawing::Forest(forest) }])
    }
}

/// The quantity along the axis of a claim's group.
fn unit(verdict: &Verdict) -> String {
    let spec = &verdict.claim.spec;
    match &verdict.claim.contrast {
        _ if spec.in_at_least.is_some() => format!("{}, replicates", spec.metric.words()),
        Contrast::Trend(_) | Contrast::Correlation(_) => "rank correlation".to_owned(),
        _ => format!("{}, difference", spec.metric.words()),
    }
}

fn row(verdict: &Verdict) -> ForestRow {
    let effect = verdict.effect;
    let interval = effect.filter(|effect| effect.low < effect.high).map(|effect| (effect.low, effect.high));
    let short = number::short;
    ForestRow {
        label: verdict.claim.spec.id.clone(),
        value: effect.map(|effect| effect.value),
        interval,
        bounds: verdict.claim.bounds(),
        mark: match verdict.outcome {
            Outcome::Supported => ForestMark::For,
            Outcome::Refuted => ForestMark::Against,
            Outcome::Inconclusive => ForestMark::Open,
        },
        numbers: match (effect, interval) {
            (None, _) => "no results".to_owned(),
            (Some(effect), None) => short(effect.value),
            (Some(effect), Some((low, high))) => format!("{} [{}, {}]", short(effect.value), short(low), short(high)),
        },
        word: verdict.outcome.name().to_owned(),
    }
}
