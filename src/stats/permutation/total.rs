//! Sums of values of which some are infinite.

use std::ops::{AddAssign, SubAssign};

/// A sum in which one infinite value outweighs every sum of numbers, and infinite values of opposite signs cancel.
///
/// So sums with diverged trials are ordered like any other and never NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Total {
    /// The values of +∞ less those of −∞.
    infinite: i64,
    /// The sum of the numbers.
    finite: f64,
}

impl Total {
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        values.into_iter().fold(Self::default(), |mut sum, value| {
            sum += value;
            sum
        })
    }

    /// The mean of `count` values with this sum: infinite where infinite values are left over.
    pub(super) fn mean(self, count: usize) -> f64 {
        match self.infinite {
            0 => self.finite / count as f64,
            left => left as f64 * f64::INFINITY,
        }
    }
}

impl AddAssign<f64> for Total {
    fn add_assign(&mut self, value: f64) {
        if value.is_finite() {
            self.finite += value;
        } else {
            self.infinite += if value > 0.0 { 1 } else { -1 };
        }
    }
}

impl SubAssign<Total> for Total {
    fn sub_assign(&mut self, other: Total) {
        self.finite -= other.finite;
        self.infinite -= other.infinite;
    }
}
