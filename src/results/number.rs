//! Numbers as readers see them: in tables as plain characters, in pictures typeset.

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

/// A power of ten, such as `10⁻⁶`; 10⁰ and 10¹ are written 1 and 10.
pub fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10{}", exponent.to_string().chars().map(superscript).collect::<String>()),
    }
}

/// A value with as many decimals as `step`, its spacing, needs; thousands apart from 10 000 on. Where that were more than nine, a
/// power of ten, with the digits down to the step's first.
pub fn decimal(value: f64, step: f64) -> String {
    let mut decimals = 0;
    let mut spacing = step.abs();
    while (spacing - spacing.round()).abs() > 1e-6 * spacing {
        if decimals == 9 {
            let place = |number: f64| libm::floor(libm::log10(number.abs()) + 1e-9);
            return typeset(&significant(value, (place(value) - place(step) + 1.0).clamp(1.0, 17.0) as usize));
        }
        spacing *= 10.0;
        decimals += 1;
    }
    let written = format!("{value:.decimals$}");
    let zero = !written.chars().any(|digit| ('1'..='9').contains(&digit));
    typeset(if zero { written.trim_start_matches('-') } else { &written })
}

/// A value in three significant digits, such as `0.167` or `3.21·10⁻⁵`.
pub fn short(value: f64) -> String {
    typeset(&significant(value, 3))
}

/// A value's order of magnitude: like [`short`] as far as that writes no powers of ten, and the nearest power beyond.
pub fn order_of_magnitude(value: f64) -> String {
    if value > 0.0 && significant(value, 3).contains('e') {
        return power_of_ten(libm::round(libm::log10(value)) as i32);
    }
    short(value)
}

/// A number in plain characters as a printer would set it: a true minus, `∞`, raised exponents, and the thousands of five
/// and more digits apart.
fn typeset(number: &str) -> String {
    let (sign, size) = number.strip_prefix('-').map_or(("", number), |size| ("−", size));
    if size == "inf" {
        return format!("{sign}∞");
    }
    let (mantissa, exponent) = size.split_once('e').map_or((size, None), |(m, e)| (m, e.parse().ok()));
    match (mantissa, exponent) {
        ("1", Some(exponent)) => format!("{sign}{}", power_of_ten(exponent)),
        (mantissa, Some(exponent)) => format!("{sign}{mantissa}·{}", power_of_ten(exponent)),
        (number, None) => format!("{sign}{}", with_thousands_apart(number)),
    }
}

fn with_thousands_apart(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut text = String::with_capacity(number.len());
    for (index, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text + fraction
}

fn superscript(sign: char) -> char {
    match sign {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '-' => '⁻',
        other => other,
    }
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

    #[test]
    fn powers_are_written_raised() {
        assert_eq!(power_of_ten(-38), "10⁻³⁸");
        assert_eq!(power_of_ten(0), "1");
        assert_eq!(power_of_ten(1), "10");
    }

    #[test]
    fn decimals_follow_the_spacing() {
        assert_eq!(decimal(0.1 + 0.2, 0.1), "0.3");
        assert_eq!(decimal(3000.0, 1000.0), "3000");
        assert_eq!(decimal(20000.0, 5000.0), "20\u{a0}000");
        assert_eq!(decimal(1_234_567.25, 0.25), "1\u{a0}234\u{a0}567.25");
        assert_eq!(decimal(-1e-17, 0.25), "0.00");
        assert_eq!(decimal(-0.25, 0.25), "−0.25");
    }

    #[test]
    fn a_picture_writes_the_digits_of_a_table() {
        for (value, text) in [
            (1.0 / 6.0, "0.167"),
            (0.01, "0.01"),
            (3.214e-5, "3.21·10⁻⁵"),
            (1500.0, "1500"),
            (123_456.0, "123\u{a0}456"),
            (-0.5, "−0.5"),
            (f64::INFINITY, "∞"),
            (f64::NEG_INFINITY, "−∞"),
            (f64::NAN, "NaN"),
            (1e10, "10¹⁰"),
            (-0.0, "0"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn orders_of_magnitude_are_short() {
        assert_eq!(order_of_magnitude(4.9e21), "10²²");
        assert_eq!(order_of_magnitude(2e-9), "10⁻⁹");
        assert_eq!(order_of_magnitude(31.4), "31.4");
        assert_eq!(order_of_magnitude(0.0), "0");
        assert_eq!(order_of_magnitude(f64::INFINITY), "∞");
        assert_eq!(order_of_magnitude(-2e9), "−2·10⁹");
    }

    /// Digits, sign, exponent: what is written is the number to half a unit of its last digit, whatever the number.
    #[test]
    fn what_is_written_is_the_number_rounded() {
        let mut value = 1.234_567_89e-12;
        while value < 1e13 {
            for (number, digits) in [(value, 3), (-value, 3), (value, 2), (value, 4)] {
                let read: f64 = significant(number, digits).parse().unwrap();
                let unit = libm::pow(10.0, libm::floor(libm::log10(number.abs())) + 1.0 - digits as f64);
                assert!((read - number).abs() <= 0.500_001 * unit, "{number} in {digits} digits: {read}");
            }
            value *= 1.37;
        }
    }
}
