//! Sections: the parts a trial is put together from.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    component::{
        bptt::BackwardSpec,
        clip::ClipSpec,
        constraint::RetractionSpec,
        optim::{OptimizerSpec, RatesSpec},
        parametrization::ParametrizeSpec,
        probe::ProbeSpec,
        regularizer::RegularizerSpec,
        schedule::ScheduleSpec,
        task::TaskSpec,
    },
    model::{InitSpec, ModelSpec},
    suite::{Path, Problem, SECTIONS, Schema, SuiteFile, validate},
    train::TrainSpec,
};

/// One section, typed.
#[derive(Clone, Debug)]
pub enum Section {
    Task(TaskSpec),
    Model(ModelSpec),
    Init(InitSpec),
    Optimizer(OptimizerSpec),
    Clip(Vec<ClipSpec>),
    Train(TrainSpec),
    Probes(Vec<ProbeSpec>),
    Parametrize(ParametrizeSpec),
    Regularizers(Vec<RegularizerSpec>),
    Retractions(Vec<RetractionSpec>),
    Backward(Vec<BackwardSpec>),
    Schedule(Vec<ScheduleSpec>),
    Rates(RatesSpec),
}

/// All sections of one trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Sections {
    pub task: TaskSpec,
    pub model: ModelSpec,
    pub init: InitSpec,
    pub optimizer: OptimizerSpec,
    pub clip: Vec<ClipSpec>,
    pub train: TrainSpec,
    pub probes: Vec<ProbeSpec>,
    pub parametrize: ParametrizeSpec,
    pub regularizers: Vec<RegularizerSpec>,
    pub retractions: Vec<RetractionSpec>,
    pub backward: Vec<BackwardSpec>,
    pub schedule: Vec<ScheduleSpec>,
    pub rates: RatesSpec,
}

/// One distinct version of a section.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub section: Section,
    /// Complete and in its long form.
    pub value: Value,
    /// The settings that differ from their defaults, with the section's name in the path.
    pub differing: Vec<(Path, Value)>,
    /// Hash of `differing`.
    pub digest: [u8; 32],
}

/// The sections of a suite as written, before any sweep: complete trees in the order of [`SECTIONS`].
pub(super) fn base(file: &SuiteFile) -> [Value; SECTIONS.len()] {
    [
        tree(&file.task),
        tree(&file.model),
        tree(&file.init),
        tree(&file.optimizer),
        tree(&file.clip),
        tree(&file.train),
        tree(&file.probes),
        tree(&file.parametrize),
        tree(&file.regularizers),
        tree(&file.retractions),
        tree(&file.backward),
        tree(&file.schedule),
        tree(&file.rates),
    ]
}

fn tree<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("the suite's types have text keys and finite numbers")
}

impl Version {
    /// Checks and types the tree of section number `index`. Problems have the section in their path.
    pub fn resolve(index: usize, value: &Value) -> Result<Self, Vec<Problem>> {
        match SECTIONS[index] {
            "task" => resolve(index, value, |_| {}, without_default::<TaskSpec>, Section::Task),
            "model" => resolve(index, value, |_| {}, with_default::<ModelSpec>, Section::Model),
            "init" => resolve(index, value, |_| {}, with_default::<InitSpec>, Section::Init),
            "optimizer" => resolve(index, value, prune_optimizer, with_default::<OptimizerSpec>, Section::Optimizer),
            "clip" => resolve(index, value, prune_clips, with_default::<Vec<ClipSpec>>, Section::Clip),
            "train" => resolve(index, value, |_| {}, with_default::<TrainSpec>, Section::Train),
            "probes" => resolve(index, value, |_| {}, with_default::<Vec<ProbeSpec>>, Section::Probes),
            "parametrize" => {
                resolve(index, value, ParametrizeSpec::prune, with_default::<ParametrizeSpec>, Section::Parametrize)
            }
            "regularizers" => {
                resolve(index, value, |_| {}, with_default::<Vec<RegularizerSpec>>, Section::Regularizers)
            }
            "retractions" => resolve(index, value, |_| {}, with_default::<Vec<RetractionSpec>>, Section::Retractions),
            "backward" => resolve(index, value, |_| {}, with_default::<Vec<BackwardSpec>>, Section::Backward),
            "schedule" => resolve(index, value, prune_schedules, with_default::<Vec<ScheduleSpec>>, Section::Schedule),
            "rates" => resolve(index, value, RatesSpec::prune, with_default::<RatesSpec>, Section::Rates),
            other => unreachable!("`{other}` is no section"),
        }
    }
}

/// Settings that have no effect beside others take their defaults, so that no two trials are the same.
fn prune_optimizer(optimizer: &mut OptimizerSpec) {
    if let OptimizerSpec::Sgd(sgd) = optimizer
        && sgd.momentum == 0.0
    {
        sgd.nesterov = false;
    }
}

fn prune_clips(clips: &mut Vec<ClipSpec>) {
    // Stopping is what happens anyhow, unless there is another rule that it comes before.
    let others = clips.iter().any(|clip| matches!(clip, ClipSpec::SkipNonfinite(_) | ClipSpec::PascanuFallback(_)));
    clips.retain(|clip| match clip {
        ClipSpec::NoClip(_) => false,
        ClipSpec::StopNonfinite(_) => others,
        _ => true,
    });
}

fn prune_schedules(schedules: &mut Vec<ScheduleSpec>) {
    schedules.retain(|schedule| !matches!(schedule, ScheduleSpec::Constant(_)));
}

/// What of a complete section differs from its defaults, for a section that a suite has to give.
fn without_default<T: JsonSchema + 'static>(value: &Value) -> Vec<(Path, Value)> {
    Schema::of::<T>().differing(value)
}

/// A section that a suite may leave out.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Optional<T: Default + Serialize> {
    #[serde(default)]
    section: T,
}

/// What of a complete section differs from the one that a suite has when it gives none.
fn with_default<T: Default + Serialize + JsonSchema + 'static>(value: &Value) -> Vec<(Path, Value)> {
    let differing = Schema::of::<Optional<T>>().differing(&json!({ "section": value }));
    let within = |path: Path| path.segments()[1..].iter().cloned().collect();
    differing.into_iter().map(|(path, value)| (within(path), value)).collect()
}

fn resolve<T: Serialize + DeserializeOwned + JsonSchema + 'static>(
    index: usize,
    value: &Value,
    prune: impl FnOnce(&mut T),
    differing: impl FnOnce(&Value) -> Vec<(Path, Value)>,
    section: impl FnOnce(T) -> Section,
) -> Result<Version, Vec<Problem>> {
    let prefix = Path::root().key(SECTIONS[index]);
    let (mut typed, _) = validate::<T>(value).map_err(|problems| -> Vec<Problem> {
        problems.into_iter().map(|problem| problem.beneath(&prefix)).collect()
    })?;
    prune(&mut typed);
    let value = tree(&typed);
    let differing: Vec<(Path, Value)> =
        differing(&value).into_iter().map(|(path, value)| (prefix.join(&path), value)).collect();
    let mut hasher = blake3::Hasher::new();
    for (path, value) in &differing {
        // Typed: JSON keeps 1, "1" and true apart; lengths keep neighbours apart.
        for part in [path.to_string(), value.to_string()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    Ok(Version { section: section(typed), value, differing, digest: *hasher.finalize().as_bytes() })
}
