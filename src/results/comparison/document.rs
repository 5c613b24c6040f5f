//! A comparison for programs.

use serde::Serialize;
use serde_json::Value;

use super::Comparison;
use super::effect::Change;
use super::trials::Bits;

/// The version of the document's schema; raised when a key gains another meaning or goes.
pub const SCHEMA: u32 = 1;

/// The document. Numbers that are not finite are null.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    schema: u32,
    baseline: &'a str,
    run: &'a str,
    builds_before: &'a [String],
    builds_now: &'a [String],
    threshold: f64,
    alpha: f64,
    /// The method by which p-values are corrected.
    correction: &'static str,
    verdict: &'static str,
    /// The names of the suites.
    suite_before: &'a str,
    suite_now: &'a str,
    identical: usize,
    changed: usize,
    missing: usize,
    new: usize,
    incomparable: usize,
    arms: Vec<Arm<'a>>,
    trials: Vec<Trial<'a>>,
    settings: Vec<Setting<'a>>,
    gone: &'a [String],
    added: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Arm<'a> {
    arm: &'a str,
    standing: &'static str,
    /// Why it is not compared.
    reason: Option<&'a str>,
    /// Replicates of the baseline that the run has no result of.
    lacking: usize,
    same_settings: bool,
    effects: Vec<Effect>,
    updates_per_second_before: Option<f64>,
    updates_per_second_now: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Effect {
    metric: String,
    before: Option<f64>,
    now: Option<f64>,
    difference: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    confidence: f64,
    n: usize,
    threshold: f64,
    test: &'static str,
    /// Null where so few replicates can show nothing.
    corrected_p: Option<f64>,
    change: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Trial<'a> {
    trial_id: &'a str,
    arm: &'a str,
    replicate: u32,
    bits: &'static str,
    first_differing_update: Option<u64>,
    same_until: Option<u64>,
    drift: Option<f64>,
    /// The metric that alone differs, where the trained parameters are the same.
    metric: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Setting<'a> {
    path: &'a str,
    before: &'a Option<Value>,
    now: &'a Option<Value>,
    arms: usize,
}

/// The comparison as JSON, ending with a line break; trials with the same bits are counted, the others listed.
pub fn document(comparison: &Comparison) -> String {
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    let effect = |effect: &super::Effect| Effect {
        metric: effect.metric.to_string(),
        before: finite(effect.levels[0].value),
        now: finite(effect.levels[1].value),
        difference: finite(effect.difference.value),
        low: finite(effect.difference.low),
        high: finite(effect.difference.high),
        confidence: effect.difference.confidence,
        n: effect.difference.n,
        threshold: effect.threshold,
        test: effect.test,
        corrected_p: effect.corrected_p,
        change: match effect.change {
            Change::Worse => Some("worse"),
            Change::Better => Some("better"),
            Change::None => None,
        },
    };
    let arms = comparison.arms.iter().map(|arm| Arm {
        arm: &arm.label,
        standing: arm.standing.name(),
        reason: arm.reason.as_deref(),
        lacking: arm.lacking,
        same_settings: arm.same_settings,
        effects: arm.effects.iter().map(effect).collect(),
        updates_per_second_before: arm.updates_per_second[0],
        updates_per_second_now: arm.updates_per_second[1],
    });
    let different = comparison.trials.iter().filter(|trial| trial.bits != Bits::Same);
    let trials = different.map(|trial| {
        let (first_differing_update, same_until, drift, metric) = match &trial.bits {
            Bits::Other { at, drift, metric } => (Some(at.update), at.same_until, drift.and_then(finite), *metric),
            _ => (None, None, None, None),
        };
        let reason = match &trial.bits {
            Bits::Incomparable(reason) => Some(reason.clone()),
            Bits::OtherRow(_) => Some(trial.bits.sentence()),
            _ => None,
        };
        Trial {
            trial_id: &trial.trial_id,
            arm: &trial.arm,
            replicate: trial.replicate,
            bits: trial.bits.name(),
            first_differing_update,
            same_until,
            drift,
            metric: metric.map(|metric| metric.to_string()),
            reason,
        }
    });
    let settings = comparison.settings.iter().map(|setting| Setting {
        path: &setting.path,
        before: &setting.before,
        now: &setting.now,
        arms: setting.arms,
    });
    let document = Document {
        schema: SCHEMA,
        baseline: &comparison.baseline,
        run: &comparison.run,
        builds_before: &comparison.builds[0],
        builds_now: &comparison.builds[1],
        threshold: comparison.strictness.threshold,
        alpha: comparison.strictness.alpha,
        correction: "holm",
        verdict: comparison.verdict().name(),
        suite_before: &comparison.suites[0],
        suite_now: &comparison.suites[1],
        identical: comparison.identical(),
        changed: comparison.changed(),
        missing: comparison.missing(),
        new: comparison.new_trials(),
        incomparable: comparison.incomparable(),
        arms: arms.collect(),
        trials: trials.collect(),
        settings: settings.collect(),
        gone: &comparison.gone,
        added: &comparison.added,
    };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
