//! The parts of cells for programs.

use super::cell::Cell;
use crate::stats::Estimate;

/// A part of a cell that formats for programs have in a column of its own, beside the value or the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The lower end of an interval.
    Low,
    /// The upper end of an interval.
    High,
    /// How many values an estimate is of.
    N,
    /// The chance with which an interval covers.
    Confidence,
    /// How many there are to be.
    Planned,
}

impl Part {
    /// All parts: those of an estimate in the order of their columns, then that of a count.
    pub const ALL: [Self; 5] = [Self::Low, Self::High, Self::N, Self::Confidence, Self::Planned];

    /// The word after the column's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::N => "n",
            Self::Confidence => "confidence",
            Self::Planned => "planned",
        }
    }

    /// Whether a cell has it.
    pub fn is_in(self, cell: &Cell) -> bool {
        match cell {
            Cell::Share(_) | Cell::Estimate { .. } => self != Self::Planned,
            Cell::Progress { .. } => self == Self::Planned,
            _ => false,
        }
    }

    /// The part of a cell. An end of an interval keeps the words for an infinity.
    pub fn of(self, cell: &Cell) -> Cell {
        let end = |estimate: &Estimate| if self == Self::Low { estimate.low } else { estimate.high };
        match (self, cell) {
            (Self::Planned, Cell::Progress { of, .. }) => Cell::Integer(*of as i128),
            (Self::N, Cell::Share(estimate) | Cell::Estimate { estimate, .. }) => Cell::Integer(estimate.n as i128),
            (Self::Confidence, Cell::Share(estimate) | Cell::Estimate { estimate, .. }) => {
                Cell::Number(estimate.confidence)
            }
            (Self::Low | Self::High, Cell::Share(estimate)) => Cell::Number(end(estimate)),
            (Self::Low | Self::High, Cell::Estimate { estimate, infinite }) => {
                let end = end(estimate);
                let alone = Estimate { value: end, low: end, high: end, confidence: 0.0, ..*estimate };
                Cell::Estimate { estimate: alone, infinite: infinite.clone() }
            }
            _ => Cell::Null,
        }
    }
}
