use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
use crate::seed::Draws;

/// Cycle navigation: where a walk on a circle ends.
///
/// # Definition
///
/// One-hot input of 3 units over T = `length` steps: left, stay or right, as likely. After the last step the class is to be the
/// place on a circle of `positions` places, started from 0, right counting up. Loss: cross-entropy. Accuracy: fraction of sequences
/// right.
///
/// # Why it is here
///
/// As `parity`, with more states than two, and steps that leave the state as it is.
///
/// # Example
///
/// ```yaml
/// task: {kind: cycle-navigation, length: {from: 1, to: 40}}
/// ```
///
/// # Chance level
///
/// The entropy of the place after T steps, which tends to ln(positions) (1.609 nats for 5); accuracy: the probability of the most
/// likely place, at least 1/positions. With all steps but one known: the entropy of one step, ln 3. Solved: 90 % right, as in the
/// source.
///
/// # References
///
/// Delétang et al. 2023, Neural networks and the Chomsky hierarchy (arXiv:2207.02098v3), and its code
/// (`tasks/regular/cycle_navigation.py`); trained there on lengths from 1 to 40, with 5 places.
/// The answer is read one step later there, after an input of its own (a further one-hot unit) that asks for it; here at the last
/// symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CycleNavigation {
    /// T, in steps.
    pub length: Length<1>,
    /// The number of places on the circle.
    #[schemars(range(min = 2, max = 10_000))]
    pub positions: usize,
}

impl Default for CycleNavigation {
    fn default() -> Self {
        Self { length: Length::from_to(1, 40), positions: 5 }
    }
}

impl CycleNavigation {
    /// The place to which `action` (0 for left, 1 for stay, 2 for right) leads from `place`.
    fn next(&self, place: usize, action: usize) -> usize {
        (place + self.positions + action - 1) % self.positions
    }

    /// The probability of each place after so many steps.
    fn places(&self, before: &[f64]) -> Vec<f64> {
        let mut after = vec![0.0; self.positions];
        for (place, probability) in before.iter().enumerate() {
            (0..ACTIONS).for_each(|action| after[self.next(place, action)] += probability / ACTIONS as f64);
        }
        after
    }
}

const ACTIONS: usize = 3;

impl Task for CycleNavigation {
    fn dimensions(&self) -> Dimensions {
        Dimensions { inputs: ACTIONS, goal: Goal::Classes(self.positions), steps: self.length.longest() }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = self.length.draw(draws);
        let mut place = 0;
        for t in 0..length {
            let action = draws.below(ACTIONS);
            sequence.set(t, action, 1.0);
            place = self.next(place, action);
        }
        sequence.expect_class(length - 1, place, true);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let place = input.iter().map(|step| hot(step)).fold(0, |place, action| self.next(place, action));
        answers.class(input.len() - 1, place);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: 0, longest: self.length.longest() - 1 })
    }

    fn chance(&self) -> Chance {
        let mut start = vec![0.0; self.positions];
        start[0] = 1.0;
        let walk = std::iter::successors(Some(start), |before| Some(self.places(before)));
        Chance::over(self.length, walk.skip(1).map(|places| Chance::of_classes(&places)))
    }

    fn plateau(&self) -> Option<f64> {
        let mut start = vec![0.0; self.positions];
        start[0] = 1.0;
        Some(Chance::of_classes(&self.places(&start)).loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.9))
    }

    with_length!(CycleNavigation);
}
