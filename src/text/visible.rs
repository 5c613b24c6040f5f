//! Texts that a reader sees as they are.

/// A character that is seen: none that is a control or format character, a space or other blank, or that only varies another one.
macro_rules! visible {
    () => {
        r"[^\p{Cc}\p{Cf}\p{Co}\p{Z}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180D\u180F\u2800\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]"
    };
}

/// The pattern of texts that name things, such as labels of arms: visible characters, with single plain spaces between words. Two of
/// them that differ in nothing that is seen are one text.
pub const NAME: &str = concat!("^(?:", visible!(), "+(?: ", visible!(), "+)*)?$");
/// The texts of [`NAME`] in words.
pub const NAME_FORM: &str = "visible characters, with single spaces between words";
/// The pattern of sentences, which may have several lines: nothing that drives a terminal or turns the direction of the text around it.
pub const PROSE: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]*$";
/// The texts of [`PROSE`] in words.
pub const PROSE_FORM: &str = "text without control and invisible characters";

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn names_are_of_visible_characters_and_single_spaces() {
        let name = Regex::new(NAME).expect("a pattern");
        for good in
            ["", "a", "lstm, b_f 1", "{task} {model.cell}", "σ = ½·‖W‖₂", "学習率 é", "a\u{301}", "🙂", "−1 → ∞"]
        {
            assert!(name.is_match(good), "{good:?}");
        }
        for bad in ["   ", " a", "a ", "a  b", "a\tb", "a\nb"] {
            assert!(!name.is_match(bad), "{bad:?}");
        }
        // Soft hyphen, joiners, variation selectors, fillers, blanks, byte order mark, direction, tags.
        for sign in "\0\u{1b}\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{1680}\u{17b4}\u{180b}\u{180e}\u{2003}\u{200b}\u{200c}\
            \u{200d}\u{200e}\u{2028}\u{202e}\u{202f}\u{2060}\u{2066}\u{2800}\u{3000}\u{3164}\u{e000}\u{fe0f}\u{feff}\u{ffa0}\u{e0001}\u{e0100}"
            .chars()
        {
            assert!(!name.is_match(&format!("a{sign}b")), "{sign:?}");
        }
    }

    #[test]
    fn sentences_have_lines_and_joined_signs_and_nothing_hidden() {
        let prose = Regex::new(PROSE).expect("a pattern");
        for good in
            ["", "One line.", "Two\nlines,\tand a tab.", "نمی\u{200c}خواهم", "👩\u{200d}🔬 ❤\u{fe0f}", "two  spaces "]
        {
            assert!(prose.is_match(good), "{good:?}");
        }
        for sign in "\0\u{1b}\u{7f}\u{85}\u{ad}\u{200b}\u{202e}\u{2066}\u{feff}".chars() {
            assert!(!prose.is_match(&format!("a{sign}b")), "{sign:?}");
        }
    }
}
