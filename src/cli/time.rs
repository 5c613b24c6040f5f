//! Lengths of time on the command line: `90`, `90s`, `30m`, `1h30m`, `2d`.

use std::time::Duration;

/// Letters of units, with their seconds.
const UNITS: [(char, f64); 4] = [('s', 1.0), ('m', 60.0), ('h', 3600.0), ('d', 86400.0)];
/// The longest that may be asked for: a hundred years.
const LONGEST: f64 = 100.0 * 365.0 * 86400.0;

/// Reads a length of time: seconds, or numbers with the unit s, m, h or d each.
///
/// # Errors
///
/// A sentence that says what is one.
pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{text}` is no length of time: seconds, or numbers with a unit, such as 90, 30m, 1h30m or 2d");
    let seconds = read(text.trim()).ok_or_else(wrong)?;
    let is_possible = seconds <= LONGEST;
    if !is_possible {
        return Err(format!("`{text}` is longer than a hundred years; without the option there is no limit"));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// As [`parse_time`] does, but never nothing.
///
/// # Errors
///
/// As of [`parse_time`].
pub(super) fn parse_some_time(text: &str) -> Result<Duration, String> {
    let time = parse_time(text)?;
    if time.is_zero() { Err("no time at all leaves nothing to train: give more than 0".to_owned()) } else { Ok(time) }
}

fn read(text: &str) -> Option<f64> {
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        digits.parse::<f64>().ok().filter(|_| plain)
    };
    if let Some(seconds) = number(text) {
        return Some(seconds);
    }
    let (mut sum, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (_, seconds) = UNITS.iter().find(|(letter, _)| rest[end..].starts_with(*letter))?;
        sum += number(&rest[..end])? * seconds;
        rest = &rest[end + 1..];
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read() {
        let seconds = |text: &str| parse_time(text).map(|time| time.as_secs_f64());
        for (text, wanted) in
            [("90", 90.0), ("0", 0.0), ("0.5", 0.5), ("90s", 90.0), ("1h30m", 5400.0), ("1.5h", 5400.0)]
        {
            assert_eq!(seconds(text), Ok(wanted), "{text}");
        }
        assert_eq!(seconds("2d"), Ok(172_800.0));
    }

    #[test]
    fn others_are_refused_in_a_sentence() {
        for text in ["", "-1", "1e3", "inf", "nan", "soon", "h", "1x", "1h30", "1 h", "1ms", "1µs", "..", "5é"] {
            let error = parse_time(text).unwrap_err();
            assert!(error.contains("1h30m"), "{text}: {error}");
        }
        assert!(parse_time("99999999999999d").unwrap_err().contains("hundred years"));
        assert!(parse_some_time("0").unwrap_err().contains("more than 0"));
        assert_eq!(parse_some_time("1s"), Ok(Duration::from_secs(1)));
    }
}
