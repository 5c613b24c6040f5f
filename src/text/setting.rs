//! Names of settings.

/// The name of the setting at a dotted path: its last segment, or the one before where that says only that it is a value
/// (`init.parameters.b_f.value` sets `b_f`).
pub fn setting_name(path: &str) -> &str {
    let mut segments = path.rsplit('.');
    match (segments.next(), segments.next()) {
        (Some("value"), Some(owner)) => owner,
        (last, _) => last.unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::setting_name;

    #[test]
    fn a_value_is_called_after_what_has_it() {
        let names = ["init.parameters.b_f.value", "task.length", "label", "value"].map(setting_name);
        assert_eq!(names, ["b_f", "length", "label", "value"]);
    }
}
