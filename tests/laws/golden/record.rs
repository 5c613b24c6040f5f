//! Reading the stored numbers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch")
}

/// The names of all files, in order.
pub fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the golden files' folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let named = paths.filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned()));
    let mut names: Vec<String> = named.collect();
    names.sort_unstable();
    names
}

/// The file `tests/golden/torch/{name}.json`.
pub fn read(name: &str) -> Value {
    let path = folder().join(name).with_extension("json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers of nested lists, row-major.
pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(entries) => entries.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))],
    }
}

/// The numbers of nested lists in f32, which holds every stored input exactly.
pub fn singles(value: &Value) -> Vec<f32> {
    let narrow = |x: f64| {
        let single = x as f32;
        assert_eq!(f64::from(single), x, "an input that f32 does not hold");
        single
    };
    numbers(value).into_iter().map(narrow).collect()
}

/// An entry that is an integer.
pub fn count(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("{value} is not a count")) as usize
}

/// An entry that is a text.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text"))
}

/// An entry that is a list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is not a list"))
}
