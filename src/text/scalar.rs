//! The meaning of plain words: the core schema of YAML 1.2, as serde_yaml reads it.

use serde_yaml::{Number, Value};

use super::shorten::shortened;

/// The value that a plain word stands for: nothing, a truth value, a number, else the text itself.
pub fn resolve(word: &str) -> Value {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(word).map_or_else(|| Value::String(word.to_owned()), Value::Number),
    }
}

fn number(word: &str) -> Option<Number> {
    match word {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY.into()),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY.into()),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN.into()),
        _ => {}
    }
    if let Some(digits) = Digits::of(word) {
        return match digits.negative {
            true => i64::from_str_radix(&format!("-{}", digits.figures), digits.radix).ok().map(Number::from),
            false => u64::from_str_radix(digits.figures, digits.radix).ok().map(Number::from),
        };
    }
    let rest = word.strip_prefix(['-', '+']).unwrap_or(word);
    // Digits after a leading zero, such as `007`, are a text; so are a second sign and Rust's words for what is not finite.
    let zeros = rest.len() > 1 && rest.starts_with('0') && rest.bytes().all(|byte| byte.is_ascii_digit());
    if zeros || !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    word.parse().ok().filter(|number: &f64| number.is_finite()).map(Number::from)
}

/// Why a plain word is a number that no field could hold, and what to do about it.
pub fn out_of_range(word: &str) -> Option<(String, Option<String>)> {
    let shown = shortened(word);
    if Digits::of(word).is_some() && number(word).is_none() {
        let help = format!("the range is {} to {}; a number may also be written like 1.5e30", i64::MIN, u64::MAX);
        return Some((format!("the whole number {shown} does not fit in 64 bits"), Some(help)));
    }
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let infinite = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && word.parse::<f64>().is_ok_and(|number| number.is_infinite());
    infinite.then(|| (format!("the number {shown} is too large; the largest is about 1.8e308"), None))
}

/// A whole number as it is written.
struct Digits<'a> {
    negative: bool,
    radix: u32,
    figures: &'a str,
}

impl<'a> Digits<'a> {
    fn of(word: &'a str) -> Option<Self> {
        let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
        let (radix, figures) = match digits.get(..2) {
            Some("0x") => (16, &digits[2..]),
            Some("0o") => (8, &digits[2..]),
            Some("0b") => (2, &digits[2..]),
            _ => (10, digits),
        };
        let leading_zero = radix == 10 && figures.len() > 1 && figures.starts_with('0');
        let whole = !figures.is_empty() && !leading_zero && figures.chars().all(|c| c.is_digit(radix));
        whole.then(|| Self { negative: word.starts_with('-'), radix, figures })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The value that serde_yaml makes of a word, in a place where nothing but a plain word can stand.
    fn by_serde_yaml(word: &str) -> Value {
        serde_yaml::from_str::<Value>(&format!("a: {word}")).expect("YAML")["a"].clone()
    }

    fn same(word: &str) -> bool {
        // Not a number does not equal itself.
        let (ours, theirs) = (resolve(word), by_serde_yaml(word));
        ours == theirs || (ours.as_f64().is_some_and(f64::is_nan) && theirs.as_f64().is_some_and(f64::is_nan))
    }

    #[test]
    fn words_mean_what_serde_yaml_reads() {
        for word in [
            "",
            "~",
            "null",
            "Null",
            "NULL",
            "nULL",
            "true",
            "True",
            "TRUE",
            "yes",
            "on",
            "false",
            "False",
            "FALSE",
            "0",
            "-0",
            "+0",
            "00",
            "-00",
            "007",
            "+7",
            "-7",
            "+-7",
            "-+7",
            "0x1F",
            "-0x1f",
            "+0x1F",
            "0x",
            "0x-1",
            "0xg",
            "0o17",
            "0o8",
            "0b101",
            "0b2",
            "1e3",
            "1E3",
            "1e+3",
            "1e-3",
            "1.",
            ".5",
            "-.5",
            "+.5",
            "+-.5",
            ".",
            "1.5.5",
            "1_000",
            "1,000",
            "00.5",
            "-00.5",
            "0e5",
            "00e5",
            "inf",
            "-inf",
            "nan",
            "infinity",
            ".inf",
            "-.inf",
            "+.inf",
            ".INF",
            ".Inf",
            ".iNF",
            ".nan",
            ".NaN",
            ".NAN",
            "-.nan",
            "e5",
            "1e",
            "0.1",
            "-1.5e-300",
            "18446744073709551615",
            "-9223372036854775808",
            "9223372036854775808",
            "12:30",
            "2026-11-29",
            "relu",
            "a-b",
            "1 2",
            "١",
            "0x١",
        ] {
            assert!(same(word), "{word}: {:?} and {:?}", resolve(word), by_serde_yaml(word));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_word_means_what_serde_yaml_reads(word in "[-+.]{0,2}(0[xob])?[0-9a-fA-F_.]{0,8}([eE][-+]?[0-9]{1,3})?") {
            prop_assume!(word != "-" && !word.starts_with("..") && out_of_range(&word).is_none());
            prop_assert!(same(&word), "{word}: {:?} and {:?}", resolve(&word), by_serde_yaml(&word));
        }
    }
}
