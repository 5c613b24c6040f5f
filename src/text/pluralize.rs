//! Numbers of things, in words.

use std::fmt::Display;

/// A count with its noun: `1 trial`, `2 trials`, `2 entries`.
pub fn pluralize<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    if count == N::from(1) {
        return format!("{count} {noun}");
    }
    let vowel = |letter: char| "aeiou".contains(letter);
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(vowel) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::pluralize;

    #[test]
    fn one_is_singular() {
        assert_eq!(["0 arms", "1 arm", "2 arms"].map(str::to_owned), [0u64, 1, 2].map(|count| pluralize(count, "arm")));
        assert_eq!(
            [pluralize(1u32, "entry"), pluralize(3u32, "entry"), pluralize(3u32, "key")],
            ["1 entry", "3 entries", "3 keys"]
        );
    }
}
