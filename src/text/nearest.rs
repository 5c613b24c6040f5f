//! The name that was meant by one that does not exist.

use super::shorten::MAX_QUOTE;

/// The valid name that the writer probably meant: one at most a third of whose letters are off, whatever the case and
/// separators, or the only one that it abbreviates: `activ`, or `lr` for `learning-rate`.
pub fn nearest<'a>(wrong: &str, valid: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', ' '], "-");
    let wrong = plain(&wrong.chars().take(MAX_QUOTE).collect::<String>());
    let by_letters = valid
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong, &plain(name)), *name))
        .filter(|(edits, name)| *edits <= (name.chars().count().min(wrong.chars().count()) / 3).max(1))
        .filter(|(edits, name)| *edits < name.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name);
    let initials = |name: &str| plain(name).split('-').filter_map(|word| word.chars().next()).collect::<String>();
    let abbreviates = |name: &&&str| match wrong.len() {
        2 => initials(name) == wrong,
        length => length > 2 && (plain(name).starts_with(&wrong) || initials(name) == wrong),
    };
    let mut longer = valid.iter().filter(abbreviates);
    by_letters.or(match (longer.next(), longer.next()) {
        (Some(name), None) => Some(*name),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognized_and_strangers_are_not() {
        let keys = ["activation", "learning-rate", "max", "kind", "lstm", "gru"];
        for (wrong, meant) in [
            ("aktivation", "activation"),
            ("learning_rate", "learning-rate"),
            ("Learning Rate", "learning-rate"),
            ("lerning-rate", "learning-rate"),
            ("activ", "activation"),
            ("lstmm", "lstm"),
            ("LSTM", "lstm"),
            ("lr", "learning-rate"),
            ("mxa", "max"),
        ] {
            assert_eq!(nearest(wrong, &keys), Some(meant), "{wrong}");
        }
        for stranger in ["x", "", "momentum", "hidden", "le"] {
            assert_eq!(nearest(stranger, &keys), None, "{stranger}");
        }
    }
}
