//! Schedules: factors on the learning rate, update by update.

mod constant;
mod cosine;
mod exponential;
mod one_cycle;
mod step;
mod warm_up;

pub use self::{
    constant::Constant,
    cosine::Cosine,
    exponential::Exponential,
    one_cycle::{OneCycle, Shape},
    step::Step,
    warm_up::WarmUp,
};
use crate::registry;

/// A factor on the learning rate that depends on nothing but the update and the budget.
pub trait Schedule: std::fmt::Debug {
    /// The factor at `update`, 0 at first, of a training of `budget` updates.
    fn factor(&self, update: u64, budget: u64) -> f64;
}

registry! {
    /// The factor on the learning rate, update by update.
    pub enum ScheduleSpec: Schedule {
        "constant" => Constant(Constant),
        "step" => Step(Step),
        "exponential" => Exponential(Exponential),
        "cosine" => Cosine(Cosine),
        "warm-up" => WarmUp(WarmUp),
        "one-cycle" => OneCycle(OneCycle),
    }
}

/// The product of the factors of all `schedules`, which is 1 if there are none.
pub fn factor(schedules: &[ScheduleSpec], update: u64, budget: u64) -> f64 {
    schedules.iter().map(|schedule| schedule.factor(update, budget)).product()
}

/// From `start` to `end` along half a wave, as `done` goes from 0 to 1.
fn half_wave(start: f64, end: f64, done: f64) -> f64 {
    end + (start - end) / 2.0 * (1.0 + libm::cos(std::f64::consts::PI * done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_finite_and_never_negative_for_any_budget() {
        for schedule in ScheduleSpec::all() {
            for budget in [1, 2, 3, 4, 10, 1000] {
                for update in 0..budget {
                    let factor = schedule.factor(update, budget);
                    assert!((0.0..=1.0).contains(&factor), "{} at {update} of {budget}: {factor}", schedule.kind());
                }
            }
        }
    }

    #[test]
    fn every_schedule_but_the_constant_one_changes_the_rate() {
        for schedule in ScheduleSpec::all() {
            let changes = (0..10_000).any(|update| schedule.factor(update, 10_000) != 1.0);
            assert_eq!(changes, schedule.kind() != "constant", "{}", schedule.kind());
        }
    }

    #[test]
    fn factors_multiply() {
        let step = ScheduleSpec::Step(Step { every: 2, factor: 0.5 });
        let exponential = ScheduleSpec::Exponential(Exponential { factor: 0.5 });
        assert_eq!(factor(&[step, exponential], 5, 10), 0.25 * 0.03125);
        assert_eq!(factor(&[], 5, 10), 1.0);
    }

    /// Where torch divides by zero: the rise ends at the first update.
    #[test]
    fn a_rise_of_one_update_is_over_at_once() {
        let schedule = OneCycle { rise: 0.25, ..OneCycle::default() };
        assert_eq!(schedule.factor(0, 4), 1.0);
        assert!(schedule.factor(1, 4) < 1.0);
    }

    /// A longer budget than the schedule's does not take it beyond its end.
    #[test]
    fn cosine_and_warm_up_stay_at_their_ends() {
        let cosine = Cosine { last: 0.125, updates: Some(4) };
        assert_eq!([4, 5, 8, 100].map(|update| cosine.factor(update, 200)), [0.125; 4]);
        let warm_up = WarmUp { first: 0.5, updates: 4 };
        assert_eq!([0, 1, 2, 3, 4, 50].map(|update| warm_up.factor(update, 200)), [0.5, 0.625, 0.75, 0.875, 1.0, 1.0]);
    }
}
