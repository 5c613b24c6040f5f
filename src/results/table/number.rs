//! Numbers for readers.

/// The number with so many significant digits, trailing zeros cut: `0.001235`, `50`, `1.2e-9`, `NaN`, `inf`.
///
/// Digits before the decimal point are never rounded away below ten million; from there on, and below 0.0001, it is written
/// with an exponent.
pub fn significant(number: f64, digits: usize) -> String {
    if !number.is_finite() || number == 0.0 {
        // Also without the sign of −0.
        return if number == 0.0 { "0".to_owned() } else { number.to_string() };
    }
    let digits = digits.max(1);
    // The exponent after rounding: 9.996 with three digits is 1.00e1.
    let scientific = format!("{number:.*e}", digits - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let Ok(exponent) = exponent.parse::<i32>() else { return scientific };
    if (-4..7).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        trimmed(&format!("{number:.decimals$}")).to_owned()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

/// Without the zeros that end a fraction.
fn trimmed(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_digits_and_not_to_places() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (50.0, "50"),
            (1.0 / 6.0, "0.1667"),
            (-0.001_234_56, "-0.001235"),
            (9.999_96, "10"),
            (123_456.7, "123457"),
            (9_999_999.9, "1e7"),
            (12_345_678.0, "1.235e7"),
            (0.000_1, "0.0001"),
            (0.000_012_345, "1.234e-5"),
            (5e-324, "4.941e-324"),
            (f64::MAX, "1.798e308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(significant(number, 4), text);
        }
        assert_eq!(significant(0.96, 1), "1");
    }
}
