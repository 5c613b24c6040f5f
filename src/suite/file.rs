//! The suite file: every key a suite may have. The documentation, the JSON schema and the errors derive from these types.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    component::{
        algorithm::AlgorithmSpec,
        bptt::BpttSpec,
        clip::ClipSpec,
        constraint::ConstraintSpec,
        init::InitSpec,
        optim::{LearningRateFactorsSpec, OptimizerSpec},
        parametrization::ParametrizeSpec,
        probe::ProbeSpec,
        regularizer::RegularizerSpec,
        schedule::ScheduleSpec,
        task::{KnownData, TaskSpec},
    },
    model::ModelSpec,
    results::{claim::ClaimSpec, figure::FigureSpec},
    text,
    train::{EvaluateSpec, TrainSpec},
};

use super::{ReachSpec, TunedValues, prune, range::Range, section::suite_file};

/// The version of the suite format: raised when a suite that was valid would be refused, or mean another experiment, as by another
/// default.
pub const SUITE_VERSION: u32 = 1;

/// The most independent seeds per arm.
pub const MAX_REPLICATES: u32 = 1_000_000;

suite_file! {
    /// A suite: one experiment, swept over settings and replicated over seeds.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    pub struct SuiteFile {
        /// Version of the suite format; 1.
        #[schemars(range(min = SUITE_VERSION, max = SUITE_VERSION))]
        pub version: u32,
        /// Name of the suite and of its folder under results/: small letters, digits and hyphens.
        #[schemars(regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 64))]
        #[schemars(extend("x-form" = "small letters and digits, with single hyphens between them"))]
        pub name: String,
        /// The question the suite asks, in a sentence or two; shown in the report.
        #[serde(default)]
        #[schemars(regex(pattern = text::PROSE), extend("x-form" = text::PROSE_FORM))]
        pub about: String,
        /// Seed of everything random. 0 is a seed like any other.
        #[serde(default)]
        pub seed: u64,
        /// Independent seeds per arm: the unit of statistics. A suite with `reach` has `reach.trials` in its place.
        #[serde(default = "five")]
        #[schemars(range(min = 1, max = MAX_REPLICATES))]
        pub replicates: u32,
        sections {
            /// The task that is to be learnt.
            "task" => task: Task(TaskSpec) bound by [TaskSpec::bind],
            /// The network.
            #[serde(default)]
            "model" => model: Model(ModelSpec) identified by identity,
            /// Initial values of the parameters.
            #[serde(default)]
            "init" => init: Init(InitSpec),
            /// Parametrizations: weight matrices that are made of raw parameters.
            #[serde(default)]
            "parametrize" => parametrize: Parametrize(ParametrizeSpec) pruned by ParametrizeSpec::prune,
            /// The way from the parameters before an update to those after it.
            #[serde(default)]
            "algorithm" => algorithm: Algorithm(AlgorithmSpec),
            /// Penalties on parameters, whose gradients are added before clipping.
            #[serde(default)]
            "regularizers" => regularizers: Regularizers(Vec<RegularizerSpec>),
            /// The rule that turns a gradient into an update.
            #[serde(default)]
            "optimizer" => optimizer: Optimizer(OptimizerSpec) pruned by prune::optimizer,
            /// Factors of the learning rate, update by update; they multiply.
            #[serde(default)]
            "schedule" => schedule: Schedule(Vec<ScheduleSpec>) pruned by prune::schedules,
            /// Factors of the learning rate of single parameters.
            #[serde(default)]
            "learning-rate-factors" =>
                learning_rate_factors: LearningRateFactors(LearningRateFactorsSpec) pruned by LearningRateFactorsSpec::prune,
            /// Transforms of the gradient before the optimizer sees it, in order.
            #[serde(default)]
            "clip" => clip: Clip(Vec<ClipSpec>) pruned by prune::clips,
            /// Rules for what passes back from step to step, in order.
            #[serde(default)]
            "bptt" => bptt: Bptt(Vec<BpttSpec>),
            /// Constraints on parameters, restored after the optimizer's step, in order.
            #[serde(default)]
            "constraints" => constraints: Constraints(Vec<ConstraintSpec>),
            /// Batches, budget, evaluation and target.
            #[serde(default)]
            "train" => train: Train(TrainSpec),
            /// Measurements made while training.
            #[serde(default)]
            "probes" => probes: Probes(Vec<ProbeSpec>),
            /// Tests after training, on other lengths of the task.
            #[serde(default)]
            "evaluate" => evaluate: Evaluate(EvaluateSpec) pruned by EvaluateSpec::prune,
        }
        /// Arms: the union of what each entry spans. Without it the suite has one arm.
        #[serde(default)]
        pub sweep: Vec<SweepSpec>,
        /// Arms to leave out: those for which every setting of an entry holds.
        #[serde(default)]
        pub exclude: Vec<IndexMap<String, Value>>,
        /// Settings to choose for each arm before it is measured, from the same candidates for all.
        #[serde(default)]
        pub tune: Option<TuneSpec>,
        /// A search for how far back each arm learns, whose trials take the place of the replicates.
        #[serde(default)]
        pub reach: Option<ReachSpec>,
        /// Artifacts to save of each trial beside its rows in the tables.
        #[serde(default)]
        pub save: Vec<Artifact>,
        /// Settings of the small version that `--quick` runs, by path. Without it: 1 replicate, or 8 trials of a search, and at most 50
        /// updates.
        #[serde(default)]
        pub quick: Option<IndexMap<String, Value>>,
        /// Statements about the arms, which the results support, refute, or leave open.
        #[serde(default)]
        pub claims: Vec<ClaimSpec>,
        /// The probability of any false verdict that is accepted, all claims together.
        #[serde(default = "five_percent")]
        #[schemars(extend("exclusiveMinimum" = 0.0, "maximum" = 0.5))]
        pub alpha: f64,
        /// Figures of the report; all that apply if not given.
        #[serde(default)]
        pub figures: Option<Vec<FigureSpec>>,
        /// Facts about the files of `dataset` tasks, which a run notes in its resolved.yaml: results are read without the files, and
        /// a file that has changed is refused.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub data: Vec<KnownData>,
    }
}

fn five_percent() -> f64 {
    0.05
}

fn five() -> u32 {
    5
}

/// An artifact that may be saved of a trial beside its rows in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Artifact {
    /// The trained parameters, as models/TRIAL.safetensors; `predict` needs them.
    Models,
}

/// How each arm's settings are chosen: every candidate is trained on seeds of its own, the best one by validation data is then
/// trained on the suite's replicates, and those alone are reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TuneSpec {
    /// For each path the values to choose from: a list, or a range as a `random` sweep has. Every combination of the lists, with
    /// each of the `points` of the ranges, is a candidate: the same ones for every arm.
    #[schemars(extend("minProperties" = 1))]
    pub over: IndexMap<String, TunedValues>,
    /// With ranges: how many points of them, spread evenly (a low-discrepancy sequence that the suite's seed shifts).
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000))]
    pub points: Option<u32>,
    /// Independent seeds per candidate, none of which is a seed of the reported trials.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub replicates: u32,
    /// The rule by which the best candidate is selected.
    #[serde(default)]
    pub select: Select,
    /// With `reach`: the values of the setting searched over at which the candidates are tried, such as `[20, 80]`. The outcomes at all
    /// of them count together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<u64>,
}

fn one() -> u32 {
    1
}

/// The rule by which the best candidate is selected, all on validation data. A replicate that diverged is worse than every other; of equals
/// the first is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Select {
    /// The most replicates that reach the target; of equals the fewest updates until then, of equals the lowest loss.
    #[default]
    #[serde(rename = "updates-to-target")]
    UpdatesToTarget,
    /// The lowest mean of the last validation losses.
    #[serde(rename = "validation/loss")]
    Loss,
    /// The highest mean of the last validation accuracies.
    #[serde(rename = "validation/accuracy")]
    Accuracy,
}

/// One entry of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SweepSpec {
    /// Every combination of the values.
    Grid(Lists),
    /// The first values together, then the second ones, and so on; all lists have one length.
    Zip(Lists),
    /// Points spread evenly (a low-discrepancy sequence) over ranges.
    Random(Points),
}

/// Lists of values by path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lists {
    /// How the entry's arms are called in tables and figures, such as `naive {model.cell.activation}`, where braces hold any
    /// setting of the arms; swept settings with several values that it does not mention are added to it.
    #[serde(default)]
    #[schemars(regex(pattern = text::NAME), extend("x-form" = text::NAME_FORM))]
    pub label: Option<String>,
    /// Settings that all arms of this entry have, by path, beside those that it sweeps.
    #[serde(default)]
    pub with: IndexMap<String, Value>,
    /// For each path the values to take; `every` among them is each registered component of the setting's kind.
    #[schemars(extend("minProperties" = 1))]
    pub over: IndexMap<String, Vec<Value>>,
}

/// Ranges by path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Points {
    /// As for `grid`.
    #[serde(default)]
    #[schemars(regex(pattern = text::NAME), extend("x-form" = text::NAME_FORM))]
    pub label: Option<String>,
    /// As for `grid`.
    #[serde(default)]
    pub with: IndexMap<String, Value>,
    /// How many points.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub points: u32,
    /// For each path the range to draw from.
    #[schemars(extend("minProperties" = 1))]
    pub over: IndexMap<String, Range>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Measure, MetricName, Split};

    #[test]
    fn candidates_are_judged_by_metrics_under_their_names() {
        for (select, metric) in [
            (Select::UpdatesToTarget, MetricName::UpdatesToTarget),
            (Select::Loss, MetricName::Measured(Split::Validation, Measure::Loss)),
            (Select::Accuracy, MetricName::Measured(Split::Validation, Measure::Accuracy)),
        ] {
            assert_eq!(serde_json::to_value(select).unwrap(), metric.to_string());
        }
    }
}
