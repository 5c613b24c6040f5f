//! Values as YAML that reads back to the same.

use serde::Serialize;

use super::Document;

/// The value as YAML, which [`Document::parse`] reads as the same tree. What JSON cannot hold, such as a map whose keys are no
/// texts, becomes null.
pub fn to_yaml<T: Serialize>(value: &T) -> String {
    // By way of JSON's types, since YAML's own writer makes tags of enums.
    let tree = serde_json::to_value(value).unwrap_or_default();
    let yaml = serde_yaml::to_string(&tree).unwrap_or_default();
    let reads_back = |text: &str| Document::written_out(text).is_ok_and(|document| *document.value() == tree);
    // The writer leaves some texts bare that look like numbers to a reader. JSON, which is YAML too, quotes them all.
    if reads_back(&yaml) { yaml } else { format!("{tree:#}\n") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::suite::sample::{self, Suite};

    fn read(text: &str) -> Value {
        Document::unbound(text, "x.yaml", true).expect("YAML").value().clone()
    }

    #[test]
    fn enums_have_no_tags() {
        let law = sample::Law::LogUniform([0.5, 2.0]);
        assert_eq!(to_yaml(&law), "log-uniform:\n- 0.5\n- 2.0\n");
    }

    #[test]
    fn texts_that_look_like_something_else_stay_texts() {
        let long = "123456789012345678901234567890";
        for text in ["1", "1e400", long, "~", "true", "", "- a", "<<", "a: b", " x", "x\ny\n", "\t"] {
            let value = json!({"key": text, "list": [text]});
            assert_eq!(read(&to_yaml(&value)), value, "{text:?}");
        }
    }

    #[test]
    fn a_suite_reads_back_typed() {
        let text = to_yaml(&Suite::plain());
        assert_eq!(Document::parse(&text, "x.yaml").expect("YAML").load(), Ok(Suite::plain()));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(suite in sample::suite(), text in "[ -~\n\u{e9}]{0,12}", number: f64) {
            let mut value = serde_json::to_value(&suite).expect("JSON");
            value["text"] = text.into();
            value["number"] = json!(number);
            prop_assert_eq!(read(&to_yaml(&value)), value);
        }
    }
}
