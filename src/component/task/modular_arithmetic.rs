use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Answers, Chance, Dimensions, Goal, Lag, Length, Sequence, Solved, Task, answers::hot, length::with_length,
};
use crate::seed::Draws;

/// Modular arithmetic without brackets.
///
/// # Definition
///
/// A string of numbers 0, …, m − 1 (m = `modulus`) with +, − or × between them, all drawn uniformly, as one-hot inputs of m + 3
/// units. It has T = `length` steps, or T − 1 where T is even. After the last step the class is to be the value of the string
/// modulo m, products first. Loss: cross-entropy. Accuracy: fraction of sequences right.
///
/// # Why it is here
///
/// The state is a sum and a pending product: a finite one, though harder to find than those of `parity` and
/// `cycle-navigation`.
///
/// # Example
///
/// ```yaml
/// task: {kind: modular-arithmetic, length: {from: 1, to: 40}}
/// ```
///
/// # Chance level
///
/// The entropy of the value after T steps (products favour 0), which tends to ln m (1.609 nats for 5); accuracy: the probability of
/// the most likely value. With all but the first number known the mean of ln(m / gcd(c, m)) over the product c of the numbers that
/// multiply it (10/11 · ln 5 = 1.463 nats for 5 and long strings). All are computed exactly. Solved: 90 % right, as in the source.
///
/// # References
///
/// Delétang et al. 2023, Neural networks and the Chomsky hierarchy (arXiv:2207.02098v3), and its code
/// (`tasks/regular/modular_arithmetic.py`), whose inputs have one more unit, for blanks that are never drawn; trained there on
/// lengths from 1 to 40, with m = 5.
/// The answer is read one step later there, after an input of its own (a further one-hot unit) that asks for it; here at the last
/// symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ModularArithmetic {
    /// T, in steps.
    pub length: Length<1>,
    /// m.
    #[schemars(range(min = 2, max = 100))]
    pub modulus: usize,
}

impl Default for ModularArithmetic {
    fn default() -> Self {
        Self { length: Length::from_to(1, 40), modulus: 5 }
    }
}

/// The state of a string read up to a number: its value is sum + product, and what follows may still multiply the product.
type State = (usize, usize);

const OPERATORS: usize = 3;

fn gcd(a: usize, b: usize) -> usize {
    if a == 0 { b } else { gcd(b % a, a) }
}

/// The odd number of steps.
fn odd(length: usize) -> usize {
    length - usize::from(length.is_multiple_of(2))
}

impl ModularArithmetic {
    /// The state after `operator` (0 for +, 1 for −, 2 for ×) and `number`.
    fn next(&self, (sum, product): State, operator: usize, number: usize) -> State {
        let m = self.modulus;
        match operator {
            0 => ((sum + product) % m, number % m),
            1 => ((sum + product) % m, (m - number % m) % m),
            _ => (sum, product * number % m),
        }
    }

    /// How likely each state is after one more operator and number.
    fn states(&self, before: &[f64]) -> Vec<f64> {
        let m = self.modulus;
        let mut after = vec![0.0; m * m];
        for (state, probability) in before.iter().enumerate() {
            for (operator, number) in (0..OPERATORS).flat_map(|operator| (0..m).map(move |number| (operator, number))) {
                let (sum, product) = self.next((state / m, state % m), operator, number);
                after[sum * m + product] += probability / (OPERATORS * m) as f64;
            }
        }
        after
    }

    /// How likely each value is.
    fn values(&self, states: &[f64]) -> Vec<f64> {
        let m = self.modulus;
        let mut values = vec![0.0; m];
        states.iter().enumerate().for_each(|(state, probability)| values[(state / m + state % m) % m] += probability);
        values
    }
}

impl Task for ModularArithmetic {
    fn dimensions(&self) -> Dimensions {
        let (inputs, steps) = (self.modulus + OPERATORS, odd(self.length.longest()));
        Dimensions { inputs, goal: Goal::Classes(self.modulus), steps }
    }

    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence) {
        let length = odd(self.length.draw(draws));
        let first = draws.below(self.modulus);
        sequence.set(0, first, 1.0);
        let mut state = (0, first);
        for t in (1..length).step_by(2) {
            let (operator, number) = (draws.below(OPERATORS), draws.below(self.modulus));
            sequence.set(t, self.modulus + operator, 1.0);
            sequence.set(t + 1, number, 1.0);
            state = self.next(state, operator, number);
        }
        sequence.expect_class(length - 1, (state.0 + state.1) % self.modulus, true);
    }

    fn oracle(&self, input: &[&[f32]], answers: &mut Answers) -> bool {
        let units: Vec<usize> = input.iter().map(|step| hot(step)).collect();
        let mut state = (0, units[0] % self.modulus);
        for pair in units[1..].chunks_exact(2) {
            state = self.next(state, pair[0].saturating_sub(self.modulus), pair[1]);
        }
        answers.class(input.len() - 1, (state.0 + state.1) % self.modulus);
        true
    }

    fn lag(&self) -> Option<Lag> {
        Some(Lag { shortest: 0, longest: odd(self.length.longest()) - 1 })
    }

    fn chance(&self) -> Chance {
        let m = self.modulus;
        let mut start = vec![0.0; m * m];
        start[..m].fill(1.0 / m as f64);
        // After 1, 2, 3, 4, … steps, of which even ones are those before.
        let states = std::iter::successors(Some(start), |before| Some(self.states(before)));
        let twice = states.flat_map(|states| [Chance::of_classes(&self.values(&states)); 2]);
        Chance::over(self.length, twice)
    }

    fn plateau(&self) -> Option<f64> {
        // Known but the first number a, the value is a·c + d with c the product of the numbers that multiply it: one of
        // m / gcd(c, m) values, each as likely.
        let m = self.modulus;
        let mut factors = vec![0.0; m];
        factors[1 % m] = 1.0;
        let mut settled = 0.0;
        let after = std::iter::from_fn(|| {
            let unknown = |(c, p): (usize, &f64)| p * libm::log((m / gcd(c, m)) as f64);
            let open: f64 = factors.iter().enumerate().map(unknown).sum();
            let loss = settled + open;
            // One operator in three multiplies on.
            settled += open * (OPERATORS - 1) as f64 / OPERATORS as f64;
            let mut next = vec![0.0; m];
            for (c, p) in factors.iter().enumerate() {
                (0..m).for_each(|number| next[c * number % m] += p / (OPERATORS * m) as f64);
            }
            factors = next;
            Some(Chance { loss, accuracy: 0.0 })
        });
        Some(Chance::over(self.length, after.flat_map(|of| [of; 2])).loss)
    }

    fn solved(&self) -> Option<Solved> {
        Some(Solved::AccuracyFrom(0.9))
    }

    with_length!(ModularArithmetic);
}
