//! The plan's columns of the stored trials table.

use std::collections::BTreeMap;

use crate::store::PlanColumns;

use super::results::Arm;
use super::setting::LABEL;

/// The columns that the plan gives the trials table: each trial's arm, its label where a sweep entry has one, and what it
/// has at every swept path.
///
/// `plan` has the index of the arm and the trial's id. The paths come in the order in which the arms first have them.
pub fn plan_columns(arms: &[Arm], plan: &[(usize, String)]) -> PlanColumns {
    let mut columns = PlanColumns::default();
    add_plan(&mut columns, None, arms, plan);
    columns
}

/// Adds the trials of a plan to `columns`, with the name of its stage where there are several.
pub fn add_plan(columns: &mut PlanColumns, stage: Option<&str>, arms: &[Arm], plan: &[(usize, String)]) {
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, id) in plan {
        let Some(arm) = arms.get(*index) else { continue };
        // Arms without trials say nothing of the columns.
        let place = *places.entry(*index).or_insert_with(|| {
            let stage = stage.map(|stage| ("stage", stage.into()));
            let labels = arm.settings.iter().filter(|setting| setting.path == LABEL);
            let settings = labels.chain(&arm.swept).map(|setting| (setting.path.as_str(), setting.value.clone()));
            columns.add_arm(&arm.label, stage.into_iter().chain(settings))
        });
        columns.add_trial(id, place);
    }
}
