//! Figures: pictures drawn from stored results, never from a training.
//!
//! A figure turns [`Results`](crate::results::table::Results) into plain data (a chart, dot plot, forest plot, heatmap or rank diagram), which is
//! laid out and painted as SVG, PNG or PDF. The same results give the same bytes on every machine.

mod arrangement;
mod bounds;
mod claims;
mod critical_difference;
mod data;
mod drawing;
mod error;
mod generalization;
mod gradient_by_lag;
mod gradient_reach;
mod heat_map;
mod layout;
mod learning_curves;
mod marginal_effects;
mod methods;
mod paint;
mod performance_profile;
mod picture;
mod psychometric;
mod ranking;
mod reach;
mod registry;
mod sentences;
pub(crate) mod style;
mod success;
mod success_rate;
mod survival;
mod swept;
mod tuning_budget;
mod updates_to_target;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod huge;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod readback;

#[cfg(test)]
pub(crate) use self::data::heatmap::Heatmap;
pub use self::{
    claims::Claims,
    critical_difference::{Blocks, CriticalDifference, PairTest},
    drawing::Drawing,
    error::RenderError,
    gradient_by_lag::GradientByLag,
    heat_map::HeatMap,
    learning_curves::{Centre, LearningCurves},
    marginal_effects::MarginalEffects,
    performance_profile::PerformanceProfile,
    picture::{Figure, Fit, NothingToDraw, Picture, refuse_averages_of_searches},
    ranking::{Aggregate, Ranking},
    registry::FigureSpec,
    success::Success,
    success_rate::SuccessRate,
    survival::Survival,
    tuning_budget::TuningBudget,
    updates_to_target::UpdatesToTarget,
};
