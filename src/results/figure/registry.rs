//! The registered figures.

use super::claims::Claims;
use super::generalization::Generalization;
use super::gradient_by_lag::GradientByLag;
use super::learning_curves::LearningCurves;
use super::picture::Figure;
use super::ranking::Ranking;
use super::success::Success;
use super::updates_to_target::UpdatesToTarget;
use crate::registry;

registry! {
    /// A figure, as suites name it.
    pub enum FigureSpec: Figure {
        "claims" => Claims(Claims),
        "learning-curves" => LearningCurves(LearningCurves),
        "gradient-by-lag" => GradientByLag(GradientByLag),
        "updates-to-target" => UpdatesToTarget(UpdatesToTarget),
        "success" => Success(Success),
        "ranking" => Ranking(Ranking),
        "generalization" => Generalization(Generalization),
    }
}
