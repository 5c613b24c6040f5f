//! The names of what is measured of a training.

use std::{borrow::Cow, fmt, str::FromStr, sync::LazyLock};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{stats::NonFinite, text::nearest};

/// The sequences that a measure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Split {
    /// The batches of all updates since the last evaluation, each before its update.
    Train,
    /// The validation set, on which a target stops.
    Validation,
    /// The test set, once, at the end.
    Test,
    /// Test sequences of another length of the task, once, at the end, where the suite's `evaluate` asks for it.
    AtLength(u32),
}

impl Split {
    /// Every split that each training has, in its order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The name in tables, such as `validation` or `length-200`.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Train => "train".into(),
            Self::Validation => "validation".into(),
            Self::Test => "test".into(),
            Self::AtLength(length) => format!("{AT_LENGTH}{length}").into(),
        }
    }
}

/// The beginning of the names of test sets of other lengths: `length-200`.
const AT_LENGTH: &str = "length-";

/// A quantity that evaluations measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Measure {
    /// Mean squared error, or cross-entropy in nats.
    Loss,
    /// Fraction of the scored outputs that are right.
    Accuracy,
    /// Fraction of the sequences all of whose scored outputs are right, of tasks that score several.
    ExactMatch,
    /// Updates that a clip left out because their gradient was not finite; of the split `train` only.
    Skipped,
}

impl Measure {
    /// Every measure, the loss first.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Accuracy, Self::ExactMatch, Self::Skipped];

    /// The name in tables, such as `loss`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Accuracy => "accuracy",
            Self::ExactMatch => "exact-match",
            Self::Skipped => "skipped",
        }
    }

    /// Whether a smaller value is the better one.
    pub fn lower_is_better(self) -> bool {
        !matches!(self, Self::Accuracy | Self::ExactMatch)
    }

    /// The smallest and the largest value that it may have.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Loss | Self::Skipped => (0.0, f64::INFINITY),
            Self::Accuracy | Self::ExactMatch => (0.0, 1.0),
        }
    }
}

/// The name of one number per trial, as suites, figures and filters write it: `validation/loss`, `updates-to-target`.
///
/// A measure of a split changes as training goes on; what it is of a trial is its value at the last evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricName {
    /// A measure of a split, such as `test/accuracy`.
    Measured(Split, Measure),
    /// Whether the target was reached: 1 or 0.
    Solved,
    /// The update of the evaluation that first reached the target.
    UpdatesToTarget,
    /// Whether the training diverged: 1 or 0.
    Diverged,
    /// The number of trained parameters.
    Parameters,
    /// Floating-point operations of one update.
    FlopsPerUpdate,
    /// A quantity of the flow of the gradient, by the probe `gradient-by-lag`.
    Gradient(Moment, GradientFlow),
}

/// A moment of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Before the first update.
    Initial,
    /// After the last update.
    Final,
}

/// A number that sums up how the gradient's norm changes with the lag: of the whole state of the first recurrent layer, the median
/// over sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GradientFlow {
    /// The lag up to which the norm stays at or above a hundredth of that at lag 0.
    Horizon,
    /// The norm at the longest lag over that at lag 0, in powers of ten: negative where it vanishes, positive where it explodes.
    Growth,
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Final => "final",
        }
    }
}

impl GradientFlow {
    fn name(self) -> &'static str {
        match self {
            Self::Horizon => "horizon",
            Self::Growth => "growth",
        }
    }
}

/// The complaint about a name that is no metric's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no metric `{name}`{}; the metrics are {}", hint(name), listed())]
pub struct UnknownMetric {
    /// The name that was given.
    pub name: String,
}

impl MetricName {
    /// Every metric but those of test sequences of other lengths, of which there are as many as lengths.
    pub const ALL: [Self; 19] = [
        Self::Measured(Split::Train, Measure::Loss),
        Self::Measured(Split::Train, Measure::Accuracy),
        Self::Measured(Split::Train, Measure::ExactMatch),
        Self::Measured(Split::Train, Measure::Skipped),
        Self::Measured(Split::Validation, Measure::Loss),
        Self::Measured(Split::Validation, Measure::Accuracy),
        Self::Measured(Split::Validation, Measure::ExactMatch),
        Self::Measured(Split::Test, Measure::Loss),
        Self::Measured(Split::Test, Measure::Accuracy),
        Self::Measured(Split::Test, Measure::ExactMatch),
        Self::Solved,
        Self::UpdatesToTarget,
        Self::Diverged,
        Self::Parameters,
        Self::FlopsPerUpdate,
        Self::Gradient(Moment::Initial, GradientFlow::Horizon),
        Self::Gradient(Moment::Initial, GradientFlow::Growth),
        Self::Gradient(Moment::Final, GradientFlow::Horizon),
        Self::Gradient(Moment::Final, GradientFlow::Growth),
    ];

    /// The metric of a row of the metrics table, which names split and measure apart.
    ///
    /// # Errors
    /// When there is no such split or measure.
    pub fn of_row(split: &str, measure: &str) -> Result<Self, UnknownMetric> {
        // A table may have millions of rows.
        static KNOWN: LazyLock<Vec<(String, MetricName)>> = LazyLock::new(|| {
            let measured = MetricName::ALL.into_iter().filter(|metric| matches!(metric, MetricName::Measured(..)));
            measured.map(|metric| (metric.to_string(), metric)).collect()
        });
        let is_it = |name: &str| name.strip_prefix(split).and_then(|rest| rest.strip_prefix('/')) == Some(measure);
        match KNOWN.iter().find(|(name, _)| is_it(name)) {
            Some((_, metric)) => Ok(*metric),
            None => format!("{split}/{measure}").parse(),
        }
    }

    /// Whether a smaller value is the better one.
    pub fn lower_is_better(self) -> bool {
        match self {
            Self::Measured(_, measure) => measure.lower_is_better(),
            Self::Solved | Self::Gradient(..) => false,
            Self::UpdatesToTarget | Self::Diverged | Self::Parameters | Self::FlopsPerUpdate => true,
        }
    }

    /// Whether one of two values is the better one by itself; a gradient should neither vanish nor explode.
    pub fn has_direction(self) -> bool {
        !matches!(self, Self::Gradient(_, GradientFlow::Growth))
    }

    /// Whether the value follows from an arm's settings, whatever the seed.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Parameters | Self::FlopsPerUpdate)
    }

    /// Whether a trial's value is 1 or 0, yes or no.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Solved | Self::Diverged)
    }

    /// The rank of a value that is not finite: worse than every number.
    pub fn non_finite(self) -> NonFinite {
        if self.lower_is_better() { NonFinite::Highest } else { NonFinite::Lowest }
    }

    /// The name in words, such as `validation loss`.
    pub fn words(self) -> String {
        self.to_string().replace(['/', '-'], " ")
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Measured(split, measure) => write!(formatter, "{}/{}", split.name(), measure.name()),
            Self::Solved => formatter.write_str("solved"),
            Self::UpdatesToTarget => formatter.write_str("updates-to-target"),
            Self::Diverged => formatter.write_str("diverged"),
            Self::Parameters => formatter.write_str("parameters"),
            Self::FlopsPerUpdate => formatter.write_str("flops-per-update"),
            Self::Gradient(moment, flow) => write!(formatter, "gradient-by-lag/{}-{}", moment.name(), flow.name()),
        }
    }
}

impl FromStr for MetricName {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Self, UnknownMetric> {
        let found = Self::ALL.into_iter().find(|metric| metric.to_string() == name);
        found.or_else(|| at_length(name)).ok_or_else(|| UnknownMetric { name: name.to_owned() })
    }
}

/// The metric of that name of test sequences of another length. One metric has one name: `length-0200/loss` is none.
fn at_length(name: &str) -> Option<MetricName> {
    let (length, _) = name.strip_prefix(AT_LENGTH)?.split_once('/')?;
    let length = length.parse().ok()?;
    let measures = Measure::ALL.into_iter().filter(|measure| *measure != Measure::Skipped);
    let mut metrics = measures.map(|measure| MetricName::Measured(Split::AtLength(length), measure));
    metrics.find(|metric| metric.to_string() == name)
}

impl Serialize for MetricName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MetricName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for MetricName {
    fn schema_name() -> Cow<'static, str> {
        "MetricName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // What is neither is refused with the nearest name when it is read.
        json_schema!({ "anyOf": [
            { "type": "string", "enum": Self::ALL.map(|metric| metric.to_string()) },
            { "type": "string", "description": "Of test sequences of another length, such as length-200/loss." }
        ] })
    }
}

fn listed() -> String {
    format!("{}, and length-200/loss and its kin", MetricName::ALL.map(|metric| metric.to_string()).join(", "))
}

/// The metric that the writer of `name` probably meant: at most a third of its letters off, or what it abbreviates.
fn hint(name: &str) -> String {
    let names = MetricName::ALL.map(|metric| metric.to_string());
    let near = nearest(name, &names.each_ref().map(String::as_str));
    let plain = name.to_lowercase().replace('_', "-");
    // `val/acc`, and a measure alone: of its splits, the one that is reported.
    let abbreviates = |known: &&str| {
        let (split, measure) = plain.split_once('/').unwrap_or(("test", &plain));
        known
            .split_once('/')
            .is_some_and(|(s, m)| s.starts_with(split) && m.starts_with(measure) && !measure.is_empty())
    };
    let found = near.or_else(|| names.iter().map(String::as_str).find(abbreviates));
    found.map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_its_metric() {
        for metric in MetricName::ALL {
            let name = metric.to_string();
            assert_eq!(name.parse(), Ok(metric));
            let json = serde_json::to_value(metric).unwrap();
            assert_eq!(json, name.as_str());
            assert_eq!(serde_json::from_value::<MetricName>(json).unwrap(), metric);
        }
    }

    #[test]
    fn a_test_set_of_another_length_has_one_name_for_each_measure() {
        for (name, length, measure) in
            [("length-200/loss", 200, Measure::Loss), ("length-7/exact-match", 7, Measure::ExactMatch)]
        {
            let metric = MetricName::Measured(Split::AtLength(length), measure);
            assert_eq!((name.parse(), metric.to_string()), (Ok(metric), name.to_owned()));
            assert_eq!(MetricName::of_row(&Split::AtLength(length).name(), measure.name()), Ok(metric));
        }
        for wrong in
            ["length-0200/loss", "length-/loss", "length-200", "length-200/skipped", "length--1/loss", "length-+1/loss"]
        {
            assert!(wrong.parse::<MetricName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_measure_of_every_split_is_listed_once() {
        let mut names = MetricName::ALL.map(|metric| metric.to_string()).to_vec();
        names.dedup();
        assert_eq!(names.len(), MetricName::ALL.len());
        for split in Split::ALL {
            for measure in Measure::ALL.into_iter().filter(|measure| *measure != Measure::Skipped) {
                assert_eq!(MetricName::of_row(&split.name(), measure.name()), Ok(MetricName::Measured(split, measure)));
            }
        }
    }

    #[test]
    fn a_wrong_name_is_told_the_nearest_and_all() {
        for (wrong, meant) in [
            ("validation/los", "validation/loss"),
            ("valid/loss", "validation/loss"),
            ("Test_Accuracy", "test/accuracy"),
            ("val/acc", "validation/accuracy"),
            ("accuracy", "test/accuracy"),
            ("loss", "test/loss"),
            ("updates_to_target", "updates-to-target"),
        ] {
            let message = wrong.parse::<MetricName>().unwrap_err().to_string();
            assert!(message.contains(&format!("did you mean `{meant}`?")), "{message}");
        }
        let message = "test/f1-of-everything".parse::<MetricName>().unwrap_err().to_string();
        assert!(!message.contains("did you mean"), "{message}");
        for metric in MetricName::ALL {
            assert!(message.contains(&metric.to_string()), "{message}");
        }
    }

    #[test]
    fn worse_than_every_number_is_on_the_side_of_the_bad() {
        let of = |name: &str| name.parse::<MetricName>().unwrap();
        for lower in ["train/loss", "test/loss", "updates-to-target", "train/skipped"] {
            assert_eq!(of(lower).non_finite(), NonFinite::Highest);
        }
        for higher in ["validation/accuracy", "test/exact-match", "solved"] {
            assert_eq!(of(higher).non_finite(), NonFinite::Lowest);
        }
    }
}
