//! Settings of parameters in layers that only some arms have.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{planned::Planned, version::Versions};
use crate::suite::{Problem, Section};

/// The sections that have settings by parameters' names.
const BY_NAME: [Section; 3] = [Section::Init, Section::Parametrize, Section::LearningRateFactors];

/// Takes what is said of a layer that an arm lacks, and another arm has, out of that arm: it is meant for the others. A layer that
/// no arm has stays, for the check to name.
pub(super) fn leave_out_missing(versions: &mut Versions, arms: &mut [Planned]) -> Result<(), Vec<Problem>> {
    let most = arms.iter().map(|arm| versions.layers(&arm.key)).max().unwrap_or(0);
    let mut known: BTreeMap<(Section, u32, usize), u32> = BTreeMap::new();
    for arm in arms {
        let layers = versions.layers(&arm.key);
        if layers == most {
            continue;
        }
        for section in BY_NAME {
            let version = arm.key[section];
            let place = (section, version, layers);
            if let Some(&kept) = known.get(&place) {
                arm.key[section] = kept;
                continue;
            }
            let mut tree = versions.tree(section, &arm.key);
            if let Some(Value::Object(parameters)) = tree.get_mut("parameters") {
                let before = parameters.len();
                parameters.retain(|name, _| layer(name).is_none_or(|layer| !(layers..most).contains(&layer)));
                if parameters.len() < before {
                    arm.key[section] = versions.add(section, tree)?;
                }
            }
            known.insert(place, arm.key[section]);
        }
    }
    Ok(())
}

/// The layer of a parameter that is named with it, such as `layer1.b_f`.
fn layer(name: &str) -> Option<usize> {
    name.strip_prefix("layer")?.split_once('.')?.0.parse().ok()
}
