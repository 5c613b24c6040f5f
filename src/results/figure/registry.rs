//! The registered figures.

use super::claims::Claims;
use super::critical_difference::CriticalDifference;
use super::generalization::Generalization;
use super::gradient_by_lag::GradientByLag;
use super::gradient_reach::GradientReach;
use super::heat_map::HeatMap;
use super::learning_curves::LearningCurves;
use super::marginal_effects::MarginalEffects;
use super::performance_profile::PerformanceProfile;
use super::picture::Figure;
use super::psychometric::Psychometric;
use super::ranking::Ranking;
use super::reach::Reach;
use super::success::Success;
use super::success_rate::SuccessRate;
use super::survival::Survival;
use super::tuning_budget::TuningBudget;
use super::updates_to_target::UpdatesToTarget;
use crate::registry;

registry! {
    /// A figure, as suites name it.
    pub enum FigureSpec: Figure {
        "reach" => Reach(Reach),
        "psychometric" => Psychometric(Psychometric),
        "gradient-reach" => GradientReach(GradientReach),
        "claims" => Claims(Claims),
        "learning-curves" => LearningCurves(LearningCurves),
        "gradient-by-lag" => GradientByLag(GradientByLag),
        "updates-to-target" => UpdatesToTarget(UpdatesToTarget),
        "survival" => Survival(Survival),
        "success" => Success(Success),
        "success-rate" => SuccessRate(SuccessRate),
        "heat-map" => HeatMap(HeatMap),
        "marginal-effects" => MarginalEffects(MarginalEffects),
        "ranking" => Ranking(Ranking),
        "generalization" => Generalization(Generalization),
        "performance-profile" => PerformanceProfile(PerformanceProfile),
        "critical-difference" => CriticalDifference(CriticalDifference),
        "tuning-budget" => TuningBudget(TuningBudget),
    }
}
