//! Numbers, texts and names.

use serde_json::Value;

use super::walk::Check;
use crate::suite::normalize::whole;
use crate::suite::schema::{Bound, NodeId, Number, Text};
use crate::suite::wording::{quoted, suggestion};
use crate::text::pluralize;

impl Check<'_> {
    pub(super) fn number(&mut self, number: &serde_json::Number, bounds: &Number) {
        let Some(value) = number.as_f64() else { return };
        let integer = whole(number);
        if bounds.integer && integer.is_none() {
            return self.note(format!("expected a whole number, found the number {number}"));
        }
        // Written so that a value that compares with nothing would fail.
        let above = |low: Bound, value: f64| if low.open { value > low.value } else { value >= low.value };
        let below = |high: Bound| if high.open { value < high.value } else { value <= high.value };
        if !bounds.low.is_none_or(|low| above(low, value)) || !bounds.high.is_none_or(below) {
            let low = bounds.low.map(|low| (if low.open { "above" } else { "at least" }, low.value));
            let high = bounds.high.map(|high| (if high.open { "below" } else { "at most" }, high.value));
            let words = |(words, bound): (&str, f64)| format!("{words} {}", plain(bound));
            let interval = match (bounds.low, bounds.high) {
                (Some(low), Some(high)) if low.value == high.value => plain(low.value),
                _ => [low, high].into_iter().flatten().map(words).collect::<Vec<_>>().join(" and "),
            };
            return self.note(format!("must be {interval}, found {number}"));
        }
        if let (Some((low, high)), Some(integer)) = (bounds.range, integer)
            && !(low..=high).contains(&integer)
        {
            let bound = if integer < low { format!("at least {low}") } else { format!("at most {high}") };
            return self.note(format!("must be {bound}, found {number}"));
        }
        if bounds.single && value.abs() > f64::from(f32::MAX) {
            self.note(format!("must be at most about 3.4e38 to fit in 32 bits, found {number}"));
        } else if bounds.single && value != 0.0 && value.abs() < f64::from(f32::MIN_POSITIVE) {
            let zero = if bounds.low.is_none_or(|low| above(low, 0.0)) { "0 or " } else { "" };
            self.note(format!(
                "is so small that 32 bits hold little or nothing of it; give {zero}at least 1.2e-38, found {number}"
            ));
        }
    }

    pub(super) fn text(&mut self, text: &str, rules: &Text) {
        let length = text.chars().count();
        if length == 0 && rules.shortest > 0 {
            return self.note("must not be an empty text");
        }
        if length < rules.shortest {
            let fewest = pluralize(rules.shortest, "character");
            return self.note(format!("must have at least {fewest}, found {}", quoted(text)));
        }
        if let Some(longest) = rules.longest.filter(|longest| length > *longest) {
            let most = pluralize(longest, "character");
            return self.note(format!("must have at most {most}, found {length} in {}", quoted(text)));
        }
        if let Some(pattern) = rules.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            let wanted = rules.form.as_ref().map_or_else(|| format!("match {pattern}"), |form| format!("be {form}"));
            self.note(format!("must {wanted}, found {}", quoted(text)));
        }
    }

    pub(super) fn choice(&mut self, value: &Value, values: &[Value], id: NodeId) {
        if values.contains(value) {
            return;
        }
        let names: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
        match (value.as_str(), names) {
            (Some(text), Some(names)) => {
                self.report(format!("unknown value {}", quoted(text)), suggestion(text, &names));
            }
            _ => self.mismatch(value, id),
        }
    }
}

/// A bound as one would write it: `20`, `0.5`, `1e30`.
fn plain(bound: f64) -> String {
    if bound.abs() >= 1e15 { format!("{bound:e}") } else { bound.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::suite::sample::{problem, problems};

    #[test]
    fn bounds_are_stated() {
        let dropout = |value: f64| json!({"cell": {"kind": "elman", "dropout": value}});
        assert_eq!(problem(dropout(1.5)), "cell.dropout: must be at least 0 and below 1, found 1.5");
        assert_eq!(problem(dropout(1.0)), "cell.dropout: must be at least 0 and below 1, found 1.0");
        assert_eq!(problem(dropout(-0.1)), "cell.dropout: must be at least 0 and below 1, found -0.1");
        assert_eq!(problems(dropout(0.0)), [""; 0]);
        assert_eq!(problem(json!({"clip": [{"kind": "norm", "max": 0}]})), "clip[0].max: must be above 0, found 0");
        assert_eq!(problem(json!({"threads": 9})), "threads: must be at least 1 and at most 8, found 9");
        assert_eq!(problem(json!({"updates": -1})), "updates: must be at least 0, found -1");
        assert_eq!(
            problem(json!({"updates": 4_294_967_296_u64})),
            "updates: must be at most 4294967295, found 4294967296"
        );
        assert_eq!(problem(json!({"rate": 1e39})), "rate: must be at most about 3.4e38 to fit in 32 bits, found 1e+39");
        // Zero in 32 bits, and what they have a few digits of, above and below zero.
        for small in [1e-50, 1e-40, -1.17e-38] {
            let expected =
                "rate: is so small that 32 bits hold little or nothing of it; give 0 or at least 1.2e-38, found ";
            assert!(problem(json!({"rate": small})).starts_with(expected), "{small}");
        }
        // Where 0 is none of its values it is not advised.
        assert_eq!(
            problem(json!({"clip": [{"kind": "norm", "max": 1e-40}]})),
            "clip[0].max: is so small that 32 bits hold little or nothing of it; give at least 1.2e-38, found 1e-40"
        );
        assert_eq!(problems(json!({"rate": 1.2e-38})), [""; 0]);
        assert_eq!(problems(json!({"rate": 0.0})), [""; 0]);
        assert_eq!(problem(json!({"name": ""})), "name: must not be an empty text");
        assert_eq!(problem(json!({"name": "A b"})), "name: must be small letters, digits and hyphens, found \"A b\"");
        assert!(
            problem(json!({"name": "x".repeat(30)})).starts_with("name: must have at most 20 characters, found 30 in")
        );
        let four = json!({"clip": ["norm", "norm", "norm", "norm"]});
        assert_eq!(problem(four), "clip: must have at most 3 entries, found 4 entries");
        assert_eq!(
            problem(json!({"law": {"log-uniform": [1]}})),
            "law.log-uniform: must have exactly 2 entries, found 1 entry"
        );
    }
}
