//! One cell of a table.

use crate::stats::Estimate;

use crate::results::number::significant;
use crate::text::spelled_double;

/// Significant digits of a number for readers.
const DIGITS: usize = 4;
/// Significant digits of the ends of a proportion's interval.
const SHARE_DIGITS: usize = 2;
/// Significant digits of an estimate and the ends of its interval.
const ESTIMATE_DIGITS: usize = 3;
/// Longer text, such as a trial's id, is never taken for a number: so many digits a double tells apart.
pub(super) const LONGEST_NUMBER: usize = 15;
/// An infinity that says no more than that.
pub(in crate::results) const INFINITY: &str = "∞";

/// One cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known, or without meaning there.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number; wide enough for every integer column.
    Integer(i128),
    /// A double, NaN and infinities included.
    Number(f64),
    /// A number of the suite, never rounded.
    Setting(f64),
    /// Text, shown as it is.
    Text(String),
    /// A proportion with its interval, shown as a count: `9/10 [0.6, 0.98]`.
    Share(Estimate),
    /// How many of all there are to be, shown as `3/10`.
    Progress {
        /// So many are there.
        count: usize,
        /// So many are to be.
        of: usize,
    },
    /// An estimate with its interval, and what is shown where one of its numbers is infinite, such as `> 3000`.
    Estimate {
        /// The numbers.
        estimate: Estimate,
        /// The words for an infinity.
        infinite: Infinite,
    },
}

/// The words for infinite numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Infinite {
    /// Stands for one that is below every number.
    pub below: String,
    /// Stands for one that is beyond every number.
    pub beyond: String,
}

impl Infinite {
    /// The words for this infinity.
    pub(super) fn word(&self, infinity: f64) -> &str {
        if infinity < 0.0 { &self.below } else { &self.beyond }
    }
}

/// The same words on either side; before the sign ∞ a minus tells which.
impl From<&str> for Infinite {
    fn from(words: &str) -> Self {
        let sign = if words == INFINITY { "-" } else { "" };
        Self { below: format!("{sign}{words}"), beyond: words.to_owned() }
    }
}

impl From<String> for Infinite {
    fn from(words: String) -> Self {
        words.as_str().into()
    }
}

impl Cell {
    /// The cell for a reader, rounded; `number` writes each number, given as text.
    pub(super) fn shown_with(&self, number: impl Fn(&str) -> String) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(flag) => flag.to_string(),
            Self::Integer(integer) => number(&integer.to_string()),
            Self::Number(value) => number(&significant(*value, DIGITS)),
            Self::Setting(value) => number(&spelled_double(*value)),
            Self::Text(text) => text.clone(),
            Self::Progress { count, of } => format!("{count}/{of}"),
            Self::Share(estimate) => {
                // Hundredths, and one digit of what is less than a tenth.
                let digits = |end: f64| if end < 0.1 { SHARE_DIGITS - 1 } else { SHARE_DIGITS };
                with_interval(estimate.as_fraction(), estimate, |end| number(&significant(end, digits(end))))
            }
            Self::Estimate { estimate, infinite } => {
                let one = |value: f64| match value.is_infinite() {
                    true => infinite.word(value).to_owned(),
                    false => number(&significant(value, ESTIMATE_DIGITS)),
                };
                // An infinity on both sides is said once.
                if estimate.low.is_infinite() && estimate.low == estimate.high {
                    return one(estimate.low);
                }
                with_interval(one(estimate.value), estimate, one)
            }
        }
    }

    /// The number that the cell stands for among others: an estimate's value, the count of a progress, the number that a text
    /// spells. Absent for other texts and where nothing is known.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            Self::Boolean(flag) => Some(f64::from(u8::from(*flag))),
            Self::Integer(integer) => Some(*integer as f64),
            Self::Number(number) | Self::Setting(number) => Some(*number),
            Self::Text(text) => text.parse().ok().filter(|_| text.len() <= LONGEST_NUMBER),
            Self::Share(estimate) | Self::Estimate { estimate, .. } => Some(estimate.value),
            Self::Progress { count, .. } => Some(*count as f64),
        }
    }

    /// The cell for a reader, rounded.
    pub fn shown(&self) -> String {
        self.shown_with(str::to_owned)
    }

    /// The cell for a program, exact; null is empty.
    pub(super) fn exact(&self) -> String {
        match self {
            // The shortest text that reads back as the same double.
            Self::Number(value) => format!("{value:?}"),
            Self::Share(estimate) | Self::Estimate { estimate, .. } => format!("{:?}", estimate.value),
            Self::Progress { count, .. } => count.to_string(),
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Setting(_) | Self::Text(_) => self.shown(),
        }
    }
}

fn with_interval(point: String, estimate: &Estimate, end: impl Fn(f64) -> String) -> String {
    // One value alone says nothing about its spread: an interval of no width would look certain.
    if estimate.confidence <= 0.0 {
        return point;
    }
    // The usual coverage goes without saying; what fewer than five replicates reach does not.
    let coverage = estimate.short_coverage().map(|share| format!(" ({} %)", (100.0 * share).round()));
    format!("{point} [{}, {}]{}", end(estimate.low), end(estimate.high), coverage.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_show_their_interval_and_what_an_infinity_means() {
        let estimate = Estimate { value: 1_200.0, low: 1_000.0, high: f64::INFINITY, n: 10, confidence: 0.95 };
        let cell = |estimate| Cell::Estimate { estimate, infinite: "> 3000".into() };
        assert_eq!(cell(estimate).shown(), "1200 [1000, > 3000]");
        assert_eq!(cell(estimate).exact(), "1200.0");
        assert_eq!(cell(Estimate { n: 1, confidence: 0.0, ..estimate }).shown(), "1200");
        // Three replicates cover 75 %, five so nearly 95 % that it goes without saying.
        assert_eq!(cell(Estimate { n: 3, confidence: 0.75, ..estimate }).shown(), "1200 [1000, > 3000] (75 %)");
        assert_eq!(cell(Estimate { n: 5, confidence: 0.9375, ..estimate }).shown(), "1200 [1000, > 3000]");
        let share = Estimate { value: 0.9, low: 0.5958, high: 0.9821, n: 10, confidence: 0.95 };
        assert_eq!(Cell::Share(share).shown(), "9/10 [0.6, 0.98]");
        let rare = Estimate { value: 0.3, low: 0.066_7, high: 0.652, n: 10, confidence: 0.95 };
        assert_eq!(Cell::Share(rare).shown(), "3/10 [0.07, 0.65]");
    }

    #[test]
    fn exact_cells_read_back_as_they_were() {
        for value in [0.1, 1.0 / 3.0, 5e-324, f64::MAX, -0.0, f64::INFINITY] {
            let text = Cell::Number(value).exact();
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(Cell::Number(f64::NAN).exact(), "NaN");
        assert_eq!(Cell::Integer(i128::from(u64::MAX)).exact(), u64::MAX.to_string());
        assert_eq!(Cell::Null.exact(), "");
    }
}
