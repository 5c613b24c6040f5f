//! The table of scores of trained networks on other lengths of their task.

use super::cell::Cell;
use super::cell::INFINITY;
use super::content::{Column, Table};
use super::results::{ArmResults, Results};
use crate::train::{Measure, MetricName, Split};

/// The table, described.
pub const GENERALIZATION_ABOUT: &str = "What trained networks score on other lengths of their task: one row per arm and length, medians over \
    replicates with exact 95 % intervals.";

/// Its columns, described.
pub const GENERALIZATION_COLUMNS: [(&str, &str); 5] = [
    ("arm", "The arm's name in the plan."),
    ("length", "The length of the test sequences, in the task's own measure."),
    ("trained", "Whether training sequences have that length."),
    ("loss, accuracy, exact-match", "The median over replicates; a diverged one is worse than every number."),
    ("chance loss, …", "The score of the best constant predictor at that length."),
];

/// One row per arm and length that it is tested on: medians over replicates with their exact intervals, beside the score of the best
/// constant predictor at that length.
///
/// - `trained` tells whether training sequences have that length. Where they have one only, the row of it is the test set's, unless
///   the suite's `evaluate` names that length too.
/// - A diverged trial scores worse than every number.
pub fn generalization(results: &Results) -> Table {
    let tested: Vec<(&ArmResults, Vec<Tested>)> = results.arms.iter().map(|arm| (arm, arm.tested())).collect();
    let all = || tested.iter().flat_map(|(arm, lengths)| lengths.iter().map(move |at| (*arm, at)));
    // As in the summary: the measures that the arms' chance levels name.
    let measures: Vec<Measure> = [Measure::Loss, Measure::Accuracy, Measure::ExactMatch]
        .into_iter()
        .filter(|measure| all().any(|(_, at)| at.chance.iter().any(|(of, _)| of == measure)))
        .collect();
    let mut table = Table { columns: vec![Column::text("arm"), Column::number("length")], ..Table::default() };
    table.columns.push(Column::text("trained"));
    for measure in &measures {
        table.columns.extend([measure.name().to_owned(), format!("chance {}", measure.name())].map(Column::number));
    }
    for (arm, at) in all() {
        let mut row =
            vec![Cell::Text(arm.arm.label.clone()), Cell::Integer(at.length.into()), Cell::Boolean(at.trained)];
        for &measure in &measures {
            let estimate = arm.median(MetricName::Measured(at.split, measure));
            row.push(estimate.map_or(Cell::Null, |estimate| Cell::Estimate { estimate, infinite: INFINITY.into() }));
            let chance = at.chance.iter().find(|(of, _)| *of == measure);
            row.push(chance.map_or(Cell::Null, |(_, value)| Cell::Number(*value)));
        }
        table.rows.push(row);
    }
    table
}

/// A length on which the networks of an arm are tested.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// The length, in the task's own measure.
    pub length: u32,
    /// The sequences of that length.
    pub split: Split,
    /// Whether training sequences have it.
    pub trained: bool,
    /// The score of the best constant predictor there, for each measure that says something.
    pub chance: Vec<(Measure, f64)>,
}

impl ArmResults {
    /// The lengths on which the arm's networks are tested, ascending: those that the suite names, and their own if it is one. None where
    /// the suite names none.
    pub fn tested(&self) -> Vec<Tested> {
        let Some(lengths) = &self.arm.lengths else { return vec![] };
        let (shortest, longest) = lengths.own;
        let trained = |length: u32| (shortest..=longest).contains(&length);
        let mut tested: Vec<Tested> = lengths
            .others
            .iter()
            .map(|(length, chance)| {
                let split = Split::AtLength(*length);
                Tested { length: *length, split, trained: trained(*length), chance: chance.clone() }
            })
            .collect();
        if shortest == longest && tested.iter().all(|at| at.length != shortest) {
            let chance = self.arm.chance.clone();
            tested.push(Tested { length: shortest, split: Split::Test, trained: true, chance });
        }
        tested.sort_by_key(|at| at.length);
        tested
    }
}
