//! A reach in words, the same everywhere.

use crate::{
    results::table::significant,
    stats::{Bound, Reach},
};

/// A bound of a search in this range: `120`, `> 5000`, `< 10`.
pub fn bound_in_words(bound: Bound, (from, to): (u64, u64)) -> String {
    match bound {
        Bound::Below => format!("< {from}"),
        Bound::At(value) => significant(value, 3),
        Bound::Beyond => format!("> {to}"),
    }
}

/// A reach with its interval, of a search in this range: `120 [93, 160]`; where all three are the same bound, that alone.
pub fn reach_in_words(reach: &Reach, range: (u64, u64)) -> String {
    let [median, low, high] = [reach.median, reach.low, reach.high].map(|bound| bound_in_words(bound, range));
    if low == high { median } else { format!("{median} [{low}, {high}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_is_said_as_a_bound() {
        let words = |low, median, high| reach_in_words(&Reach { median, low, high }, (10, 5000));
        assert_eq!(words(Bound::At(93.2), Bound::At(120.0), Bound::Beyond), "120 [93.2, > 5000]");
        assert_eq!(words(Bound::Beyond, Bound::Beyond, Bound::Beyond), "> 5000");
        assert_eq!(words(Bound::Below, Bound::Below, Bound::At(12.0)), "< 10 [< 10, 12]");
    }
}
