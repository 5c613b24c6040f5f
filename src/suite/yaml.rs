use serde::Serialize;

/// The value as YAML.
pub fn to_yaml<T: Serialize>(value: &T) -> String {
    serde_yaml::to_string(value).expect("the suite's types have text keys")
}
