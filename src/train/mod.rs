//! One trial: a network trained on a task, evaluated, probed, and ended for a stated reason.

mod chain;
mod checkpoint;
mod data_scaling;
mod descent;
mod evaluate;
mod guessing;
mod held_out;
mod history;
mod metric;
mod parameters;
mod score;
mod setup;
mod spec;
mod splits;
mod state;
mod training;
mod updater;

pub use self::{
    chain::HashChain,
    checkpoint::Checkpoint,
    data_scaling::scale_to_data,
    descent::GradientDescent,
    evaluate::EvaluateSpec,
    guessing::RandomGuessing,
    held_out::HeldOut,
    history::{History, MetricValue, ProbeValue},
    metric::{GradientFlow, Measure, MetricName, Moment, Split, UnknownMetric},
    score::{Score, Tally, score},
    setup::Setup,
    spec::{Metric, TargetSpec, TrainSpec},
    splits::{EVALUATION_BATCH, Splits},
    state::{StateError, UpdaterState},
    training::{Event, Outcome, Pending, Progress, Trained, Training, score_of, train},
    updater::{Quantity, UpdateObserver, UpdateResult, UpdateView, Updater},
};
