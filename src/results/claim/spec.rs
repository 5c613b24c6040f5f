//! Claims as suites state them.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::quota::Quota;
use crate::{text, train::MetricName};

/// Settings by path, all of which an arm must have.
pub type Conditions = IndexMap<String, Value>;

/// A statement about the arms of a suite, which its results support, refute, or leave open.
///
/// `left` and `right` compare two arms, or an arm with a number or its chance level; `order` states an order of several arms;
/// `over` a trend over the values of a swept setting; `with` a correlation of two metrics over arms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimSpec {
    /// Name of the claim, unique in its suite: small letters, digits and hyphens.
    #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 64))]
    #[schemars(extend("x-form" = "small letters and digits, with single hyphens between them"))]
    pub id: String,
    /// The claim in a sentence that says no more than its test tests.
    #[schemars(length(min = 1), regex(pattern = text::PROSE), extend("x-form" = text::PROSE_FORM))]
    pub statement: String,
    /// The number of a trial that the claim is about.
    pub metric: MetricName,
    /// The arm on the left of `expect`, by its settings.
    #[serde(default)]
    pub left: Option<Conditions>,
    /// The right side of `expect`: an arm by its settings, a number, or `chance`, the score of the best constant predictor.
    #[serde(default)]
    pub right: Option<Right>,
    /// The arms whose metric is to increase or decrease from one to the next.
    #[serde(default)]
    pub order: Option<Vec<Conditions>>,
    /// The swept setting, a number, over whose values the metric is to increase or decrease.
    #[serde(default)]
    pub over: Option<String>,
    /// The metric with which the first one is to correlate, over arms, replicate by replicate.
    #[serde(default)]
    pub with: Option<MetricName>,
    /// Settings of all arms that the claim is about; without it, and without `left`, `right` and `order`, all arms.
    #[serde(default)]
    pub among: Conditions,
    /// Settings whose values are strata: where sides match several arms, those of equal values are compared with each other, and
    /// a replicate's number is the mean over strata.
    #[serde(default)]
    pub pair_by: Vec<String>,
    /// The relation that is claimed.
    pub expect: Expectation,
    /// How much more than equality is claimed: the difference by which one side must exceed the other, or, of `left = right`, the
    /// largest that counts as equal. In units of the metric, or of the rank correlation of trends and correlations.
    #[serde(default)]
    pub margin: f64,
    /// In place of a test: how many of the first so many replicates the relation of `left` and `right` has to hold in, as `9 of 10`.
    /// The replicates that were run are counted, which tells little of other seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_at_least: Option<Quota>,
    /// The probability of a false verdict that is accepted, after correction for all claims of the suite; the suite's `alpha` if
    /// not given.
    #[serde(default)]
    #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 0.5))]
    pub alpha: Option<f64>,
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Right {
    /// An arm, by its settings.
    Arm(Conditions),
    /// A number.
    Number(f64),
    /// A level that the arm's task has.
    Level(Level),
}

/// A level that a task has for a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The score of the best constant predictor.
    Chance,
}

/// The relation that a claim states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// The left side exceeds the right one by more than the margin.
    #[serde(rename = "left > right")]
    Greater,
    /// The right side exceeds the left one by more than the margin.
    #[serde(rename = "left < right")]
    Less,
    /// The sides differ by less than the margin.
    #[serde(rename = "left = right")]
    Equal,
    /// Each step of an order, or the trend, leads up.
    Increasing,
    /// Each step of an order, or the trend, leads down.
    Decreasing,
    /// The metrics go together.
    Positive,
    /// Where one metric is large, the other is small.
    Negative,
}

impl Expectation {
    /// The relation as suites write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Greater => "left > right",
            Self::Less => "left < right",
            Self::Equal => "left = right",
            Self::Increasing => "increasing",
            Self::Decreasing => "decreasing",
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

impl ClaimSpec {
    /// 16 hexadecimal digits of a hash of the claim as stated, so that an edited claim is seen in a report.
    pub fn hash(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 claim");
        hasher.update(text.as_bytes());
        hasher.finalize().to_hex()[..16].to_owned()
    }
}
