//! Schedules: how the learning rate changes over the updates of a training.

mod constant;
mod cosine;
mod exponential;
mod one_cycle;
mod step;
mod warm_up;

pub use self::{
    constant::Constant, cosine::Cosine, exponential::Exponential, one_cycle::OneCycle, step::StepDecay, warm_up::WarmUp,
};
use crate::registry;

/// A factor on the learning rate, which depends on how far the training is and on nothing else.
pub trait Schedule: std::fmt::Debug {
    /// The factor at an update; finite and not negative.
    fn factor(&self, at: Point) -> f64;
}

/// How far a training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Updates done before this one: 0 at first.
    pub update: u64,
    /// The most updates that there will be; more than `update`.
    pub budget: u64,
}

registry! {
    /// How the learning rate changes over the updates.
    pub enum ScheduleSpec: Schedule {
        "constant" => Constant(Constant),
        "step" => StepDecay(StepDecay),
        "exponential" => Exponential(Exponential),
        "cosine" => Cosine(Cosine),
        "warm-up" => WarmUp(WarmUp),
        "one-cycle" => OneCycle(OneCycle),
    }
}

/// The product of the factors of `schedules`; 1 if there are none.
pub fn factor(schedules: &[ScheduleSpec], at: Point) -> f64 {
    schedules.iter().map(|schedule| schedule.factor(at)).product()
}

/// From 1 at `part` 0 to 0 at 1, along half a cosine.
fn along_cosine(part: f64) -> f64 {
    (1.0 + libm::cos(std::f64::consts::PI * part)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_finite_and_never_negative_for_any_budget() {
        for schedule in ScheduleSpec::all() {
            for budget in [1, 2, 3, 4, 10, 1000] {
                for update in 0..budget {
                    let factor = schedule.factor(Point { update, budget });
                    assert!((0.0..=1.0).contains(&factor), "{schedule:?}: {factor} at {update} of {budget}");
                }
            }
        }
    }

    #[test]
    fn factors_multiply() {
        let at = Point { update: 7, budget: 100 };
        let all = ScheduleSpec::all();
        let wanted = all.iter().fold(1.0, |product, schedule| product * schedule.factor(at));
        assert_eq!(factor(&all, at), wanted);
        assert_eq!(factor(&[], at), 1.0);
    }
}
