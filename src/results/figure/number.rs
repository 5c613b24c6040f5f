//! Numbers as they are written on axes and in notes.

/// A power of ten, such as `10⁻⁶`; 10⁰ and 10¹ are written 1 and 10.
pub(super) fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".to_owned(),
        1 => "10".to_owned(),
        _ => format!("10{}", exponent.to_string().chars().map(superscript).collect::<String>()),
    }
}

/// A value with as many decimals as `step`, its spacing, needs; thousands apart from 10 000 on.
pub(super) fn decimal(value: f64, step: f64) -> String {
    let mut decimals = 0;
    let mut spacing = step.abs();
    while decimals < 9 && (spacing - spacing.round()).abs() > 1e-6 * spacing {
        spacing *= 10.0;
        decimals += 1;
    }
    let written = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && written.chars().any(|digit| ('1'..='9').contains(&digit));
    let (whole, fraction) = written.split_once('.').map_or((written.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    if negative {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A value in three digits, such as `0.167` or `3.2·10⁻⁵`.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "∞"
        } else {
            "−∞"
        }
        .to_owned();
    }
    let exponent = libm::floor(libm::log10(value.abs())) as i32;
    if (-3..6).contains(&exponent) {
        let digits = (2 - exponent).max(0) as usize;
        let written = format!("{:.digits$}", value.abs());
        let written = if digits > 0 { written.trim_end_matches('0').trim_end_matches('.') } else { &written };
        let step = if written.contains('.') { 0.5 } else { 1.0 };
        // Whole numbers get their thousands apart.
        let written = if step == 1.0 { decimal(value.abs().round(), 1.0) } else { written.to_owned() };
        return if value < 0.0 { format!("−{written}") } else { written };
    }
    let mantissa = value / libm::pow(10.0, f64::from(exponent));
    let mantissa = format!("{mantissa:.1}").replace('-', "−");
    match mantissa.trim_end_matches(".0") {
        "1" => power_of_ten(exponent),
        mantissa => format!("{mantissa}·{}", power_of_ten(exponent)),
    }
}

/// A value's order of magnitude: like [`short`] as far as that writes no powers of ten, and the nearest power beyond.
pub(super) fn order(value: f64) -> String {
    let exponent = libm::log10(value.abs());
    if !value.is_finite() || value <= 0.0 || (-3.0..6.0).contains(&exponent) {
        return short(value);
    }
    power_of_ten(libm::round(exponent) as i32)
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
    fn powers_are_written_raised() {
        assert_eq!(power_of_ten(-38), "10⁻³⁸");
        assert_eq!(power_of_ten(0), "1");
    }

    #[test]
    fn decimals_follow_the_spacing() {
        assert_eq!(decimal(0.1 + 0.2, 0.1), "0.3");
        assert_eq!(decimal(3000.0, 1000.0), "3000");
        assert_eq!(decimal(20000.0, 5000.0), "20\u{a0}000");
        assert_eq!(decimal(-1e-17, 0.25), "0.00");
        assert_eq!(decimal(-0.25, 0.25), "−0.25");
    }

    #[test]
    fn short_numbers_keep_three_digits() {
        assert_eq!(short(1.0 / 6.0), "0.167");
        assert_eq!(short(0.01), "0.01");
        assert_eq!(short(3.21e-5), "3.2·10⁻⁵");
        assert_eq!(short(1500.0), "1500");
        assert_eq!(short(f64::INFINITY), "∞");
        assert_eq!(short(1e10), "10¹⁰");
    }

    #[test]
    fn orders_of_magnitude_are_short() {
        assert_eq!(order(4.9e21), "10²²");
        assert_eq!(order(2e-9), "10⁻⁹");
        assert_eq!(order(31.4), "31.4");
        assert_eq!(order(f64::INFINITY), "∞");
        assert_eq!(order(-2e9), "−2·10⁹");
    }
}
