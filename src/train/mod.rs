//! One trial: a network trained on a task by an optimizer, evaluated, probed, and ended for a stated reason.

mod chain;
mod fitting;
mod score;
mod spec;
mod splits;
mod trial;
mod update;

pub use self::{
    chain::HashChain,
    fitting::fit,
    score::{Score, score},
    spec::{Metric, TargetSpec, TrainSpec},
    splits::Splits,
    trial::{Outcome, Progress, Setup, Trained, train},
    update::{Nonfinite, Updates},
};
