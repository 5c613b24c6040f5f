//! The file of a trial's trained parameters.

use std::{collections::HashMap, fs, path::Path};

use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use serde_json::{Map, Value, json};

use super::description::KEY;
use crate::{
    model::Network,
    store::{StoreError, layout, write_atomically},
};

/// The hash of the trial's chain, in the file's description.
const HASH: &str = "hash";
/// The BLAKE3 of the rest of the description and of all parameters, in the file's description.
const CHECKSUM: &str = "parameters_blake3";

/// The trained parameters by name, in the safetensors format; the trial's `description`, the hash of its chain and a checksum are JSON in
/// the metadata.
pub(super) fn model(network: &Network, parameters: &[f32], mut description: Map<String, Value>, hash: &str) -> Vec<u8> {
    let bytes: Vec<u8> = parameters.iter().flat_map(|parameter| parameter.to_le_bytes()).collect();
    let views: Vec<(&str, TensorView<'_>)> = network
        .parameters
        .iter()
        .map(|parameter| {
            let range = parameter.range();
            let view = TensorView::new(Dtype::F32, parameter.shape.clone(), &bytes[4 * range.start..4 * range.end]);
            (parameter.name.as_str(), view.expect("the bytes are those of the shape"))
        })
        .collect();
    description.insert(HASH.to_owned(), json!(hash));
    let sum = checksum(&description, views.iter().map(|(name, view)| (*name, view)));
    description.insert(CHECKSUM.to_owned(), json!(sum));
    // One entry, so that the same model gives the same bytes: a map of several has no order.
    let metadata = HashMap::from([(KEY.to_owned(), Value::Object(description).to_string())]);
    serialize(views, Some(metadata)).expect("parameters have distinct names")
}

/// The BLAKE3 of a description without a checksum, and of named tensors, in the order of their names.
fn checksum<'a>(
    description: &Map<String, Value>,
    tensors: impl Iterator<Item = (&'a str, &'a TensorView<'a>)>,
) -> String {
    let mut tensors: Vec<(&str, &TensorView<'_>)> = tensors.collect();
    tensors.sort_unstable_by_key(|(name, _)| *name);
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    };
    add(Value::Object(description.clone()).to_string().as_bytes());
    for (name, tensor) in tensors {
        add(name.as_bytes());
        add(format!("{:?} {:?}", tensor.dtype(), tensor.shape()).as_bytes());
        add(tensor.data());
    }
    hasher.finalize().to_hex().to_string()
}

/// The tensors of the file `bytes`, if they are those of the trial `id` whose chain ends with `hash`.
///
/// A file of an older version has neither hash nor checksum: of that only the trial is looked at.
///
/// # Errors
///
/// The fault, as it follows the file's name.
pub(super) fn checked<'a>(bytes: &'a [u8], id: &str, hash: &str) -> Result<SafeTensors<'a>, String> {
    let damaged = |error: safetensors::SafeTensorError| format!("is damaged: {error}");
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let text = metadata.metadata().as_ref().and_then(|entries| entries.get(KEY));
    let description: Map<String, Value> = text
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| "is damaged: it does not say which trial it is of".to_owned())?;
    let entry = |key: &str| description.get(key).and_then(Value::as_str);
    match entry("trial_id") {
        Some(found) if found == id => {}
        Some(found) => return Err(format!("is that of trial {found}")),
        None => return Err("is damaged: it does not say which trial it is of".to_owned()),
    }
    if entry(HASH).is_some_and(|found| found != hash) {
        return Err("is of another training of this trial".to_owned());
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    if let Some(expected) = entry(CHECKSUM) {
        let all = tensors.tensors();
        let mut rest = description.clone();
        rest.shift_remove(CHECKSUM);
        let found = checksum(&rest, all.iter().map(|(name, view)| (name.as_str(), view)));
        if found != expected {
            return Err("is damaged: its checksum is wrong".to_owned());
        }
    } else if entry(HASH).is_some() {
        return Err("is damaged: its checksum is missing".to_owned());
    }
    Ok(tensors)
}

/// Writes the file of the trained parameters of a trial into the folder of its run.
pub(super) fn write_model(dir: &Path, trial_id: &str, model: &[u8]) -> Result<(), StoreError> {
    let (folder, path) = (dir.join(layout::MODELS), dir.join(layout::model(trial_id)));
    fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
    write_atomically(&path, model).map_err(StoreError::io("write", &path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        component::task::{Adding, Task as _},
        model::ModelSpec,
    };

    /// The network is made from the description of its trial: a flipped bit there is as bad as one in a parameter.
    #[test]
    fn no_flipped_bit_goes_unnoticed() {
        let network = Network::new(&ModelSpec { hidden: 3, ..ModelSpec::default() }, Adding::default().dimensions());
        let parameters = network.initialize(&crate::component::init::InitSpec::default(), 0, 0);
        let description = json!({"trial_id": "t1", "model": {"cell": {"step": "h' = U h + b"}, "scale": 0.1}});
        let Value::Object(description) = description else { panic!("a map") };
        let bytes = model(&network, &parameters, description, "1234");
        assert_eq!(checked(&bytes, "t1", "1234").map(|tensors| tensors.len()), Ok(network.parameters.len()));
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1 << bit;
                // The header is padded with spaces, which say nothing.
                let is_padding = bytes[place] == b' ' && flipped[place] != b' ';
                assert!(checked(&flipped, "t1", "1234").is_err() || is_padding, "byte {place}, bit {bit}");
            }
        }
        assert!(checked(&bytes, "t2", "1234").is_err() && checked(&bytes, "t1", "5678").is_err());
    }

    /// Whatever bytes a model has, they are its own or refused.
    #[test]
    fn any_bytes_are_a_model_or_refused() {
        use crate::fuzz::{fuzz, mutated};
        let network = Network::new(&ModelSpec { hidden: 3, ..ModelSpec::default() }, Adding::default().dimensions());
        let parameters = network.initialize(&crate::component::init::InitSpec::default(), 0, 0);
        let Value::Object(description) = json!({"trial_id": "t1"}) else { panic!("a map") };
        let whole = model(&network, &parameters, description, "1234");
        let views = Vec::<(&str, TensorView<'_>)>::new();
        let none =
            serialize(views, Some(HashMap::from([(KEY.to_owned(), r#"{"trial_id":"t1"}"#.to_owned())]))).unwrap();
        fuzz(500, &mutated(vec![whole, none], 8), |bytes| {
            if let Ok(tensors) = checked(&bytes, "t1", "1234") {
                let size: usize = tensors.tensors().iter().map(|(_, tensor)| tensor.data().len()).sum();
                proptest::prop_assert!(size <= bytes.len());
            }
            Ok(())
        });
    }
}
