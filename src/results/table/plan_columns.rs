//! The plan's columns of the stored trials table.

use std::collections::BTreeMap;

use crate::store::{PlanColumns, Swept};

use super::results::Arm;
use super::setting::LABEL;

/// The columns that the plan gives the trials table: each trial's arm, its label where a sweep entry has one, and what it
/// has at every swept path.
///
/// `plan` has the index of the arm and the trial's id. The paths come in the order in which the arms first have them.
pub fn plan_columns(arms: &[Arm], plan: &[(usize, String)]) -> PlanColumns {
    let mut columns = PlanColumns::default();
    for (arm, id) in plan.iter().filter_map(|(index, id)| Some((arms.get(*index)?, id))) {
        columns.arms.insert(id.clone(), arm.label.clone());
        let labels = arm.settings.iter().filter(|setting| setting.path == LABEL);
        for setting in labels.chain(&arm.swept) {
            let value = setting.value.clone();
            match columns.swept.iter_mut().find(|swept| swept.path == setting.path) {
                Some(swept) => {
                    swept.values.insert(id.clone(), value);
                }
                None => {
                    let values = BTreeMap::from([(id.clone(), value)]);
                    columns.swept.push(Swept { path: setting.path.clone(), values });
                }
            }
        }
    }
    columns
}
