//! Numbers of things, in words.

use std::fmt::Display;

/// `1 trial`, `2 trials`.
pub(super) fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_singular() {
        assert_eq!(["0 arms", "1 arm", "2 arms"].map(str::to_owned), [0u64, 1, 2].map(|count| counted(count, "arm")));
    }
}
