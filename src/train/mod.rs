//! One trial: a network trained on a task, evaluated, probed, and ended for a stated reason.

mod chain;
mod descent;
mod fitting;
mod guessing;
mod history;
mod metric;
mod parameters;
mod score;
mod setup;
mod spec;
mod splits;
mod training;
mod updater;

pub use self::{
    chain::HashChain,
    descent::GradientDescent,
    fitting::fit,
    guessing::Guessing,
    history::{History, MetricValue, ProbeValue},
    metric::{Measure, MetricName, Split, UnknownMetric},
    score::{Score, score},
    setup::Setup,
    spec::{Metric, TargetSpec, TrainSpec},
    splits::Splits,
    training::{Event, Outcome, Pending, Progress, Trained, Training, train},
    updater::{Quantity, UpdateObserver, UpdateView, Updated, Updater, updater},
};
