//! Long text on little room.

use std::collections::{BTreeMap, BTreeSet};

/// The longest piece of a file that a message repeats, in characters.
pub const MAX_QUOTE: usize = 60;

/// A text on one line, shortened when long.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Another text in the place of one of some that come out alike.
type Way<'a> = &'a dyn Fn(usize, &[&str]) -> String;

/// Each text as `shorten` makes it fit, by its place; those that differ still do. Of texts that would come out the same the words go first
/// that they have in common at their beginning; where that is not enough, they are numbered.
pub fn shortened_apart(texts: &[&str], shorten: impl Fn(usize, &str) -> String) -> Vec<String> {
    let mut short: Vec<String> = texts.iter().enumerate().map(|(place, text)| shorten(place, text)).collect();
    let without_beginning = |place: usize, alike: &[&str]| format!("…{}", &texts[place][common_words(alike)..]);
    let numbered = |place: usize, alike: &[&str]| {
        let number = alike.iter().position(|text| *text == texts[place]).map_or(0, |number| number + 1);
        format!("{number}: {}", texts[place])
    };
    let ways: [Way; 2] = [&without_beginning, &numbered];
    for way in ways {
        let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (short, text) in short.iter().zip(texts) {
            groups.entry(short.clone()).or_default().insert(text);
        }
        for place in 0..texts.len() {
            let alike: Vec<&str> = groups[&short[place]].iter().copied().collect();
            if alike.len() > 1 {
                short[place] = shorten(place, &way(place, &alike));
            }
        }
    }
    short
}

/// The bytes of the words at the beginning of all texts.
fn common_words(texts: &[&str]) -> usize {
    let Some((first, rest)) = texts.split_first() else { return 0 };
    let is_common = |end: &usize| rest.iter().all(|text| text.get(..*end) == first.get(..*end));
    first
        .char_indices()
        .filter(|(_, sign)| *sign == ' ')
        .map(|(at, _)| at + 1)
        .take_while(is_common)
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first eight signs, an ellipsis in the middle.
    fn middle(text: &str) -> String {
        let signs: Vec<char> = text.chars().collect();
        if signs.len() <= 8 {
            return text.to_owned();
        }
        signs[..5].iter().chain(&['…']).chain(&signs[signs.len() - 2..]).collect()
    }

    #[test]
    fn texts_that_differ_are_shortened_to_texts_that_differ() {
        let apart = |texts: &[&str]| shortened_apart(texts, |_, text| middle(text));
        assert_eq!(apart(&["gru", "lstm, forget bias 1"]), ["gru", "lstm,… 1"]);
        assert_eq!(apart(&["copy 5 relu 1", "copy 5 tanh 1", "gru"]), ["…relu 1", "…tanh 1", "gru"]);
        // The same text stays the same, wherever it stands.
        assert_eq!(apart(&["copy 5 relu 1", "copy 5 tanh 1", "copy 5 relu 1"]), ["…relu 1", "…tanh 1", "…relu 1"]);
        let long = ["learning-rate-a-1", "learning-rate-b-1", "learning-rate-c-1"];
        assert_eq!(apart(&long), ["1: le…-1", "2: le…-1", "3: le…-1"]);
        assert_eq!(apart(&["a b c d e f g 1", "a b c d e f g 1 "]).iter().collect::<BTreeSet<_>>().len(), 2);
        assert_eq!(apart(&[]), [""; 0]);
    }
}
