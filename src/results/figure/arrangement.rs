//! Which arms share a panel, and which setting tells the series of a panel apart.

use super::picture::NothingToDraw;
use crate::results::table::{Arm, ArmResults, Results, Setting};
use crate::store::Status;
use crate::text::setting_name;

/// The arms of a plan, grouped by all swept settings but one.
pub(super) struct Arrangement<'a> {
    /// The name of the setting, such as `length`; empty where there is none.
    pub name: String,
    /// The values of the setting in increasing order, or in the order of the plan if they are not numbers; one empty text without it.
    pub values: Vec<Value>,
    /// The groups in the order of the plan.
    pub groups: Vec<Group<'a>>,
}

/// A value of the setting that tells series apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub text: String,
    pub number: Option<f64>,
}

/// Arms that differ in one setting only.
pub(super) struct Group<'a> {
    /// The values of the other settings.
    pub label: String,
    /// The arms by increasing rank.
    pub members: Vec<Member<'a>>,
}

/// An arm with the rank of its value.
pub(super) struct Member<'a> {
    pub rank: usize,
    pub arm: &'a ArmResults,
}

impl Group<'_> {
    /// Remarks on replicates that diverged or did not finish, in as few lines as will do.
    pub fn remarks(&self, arrangement: &Arrangement) -> Vec<String> {
        let name = &arrangement.name;
        let of_members: Vec<Vec<String>> = self.members.iter().map(Member::remarks).collect();
        match of_members.as_slice() {
            [alone] if name.is_empty() => alone.clone(),
            [first, others @ ..] if !others.is_empty() && others.iter().all(|remarks| remarks == first) => {
                first.iter().map(|remark| format!("at every {name}: {remark}")).collect()
            }
            _ => {
                let values = self.members.iter().map(|member| &arrangement.values[member.rank].text);
                let pairs = values.zip(of_members);
                pairs
                    .flat_map(|(value, remarks)| {
                        remarks.into_iter().map(move |remark| format!("{name} {value}: {remark}"))
                    })
                    .collect()
            }
        }
    }
}

impl Member<'_> {
    /// The number of replicates that count: all that ended by themselves.
    pub fn n(&self) -> usize {
        self.arm.results().count()
    }

    /// Remarks on replicates that diverged or did not end, such as `2 of 5 diverged`.
    pub fn remarks(&self) -> Vec<String> {
        let diverged = self.arm.results().filter(|trial| trial.trial.status == Status::Diverged).count();
        let of = self.arm.trials.len();
        let failed = of - self.n();
        let mut remarks = Vec::new();
        if diverged > 0 {
            remarks.push(format!("{diverged} of {of} diverged"));
        }
        if failed > 0 {
            remarks.push(format!("{failed} of {of} left out, not finished"));
        }
        remarks
    }
}

/// The fewest and most replicates of any arm.
pub(super) fn replicates(arrangement: &Arrangement) -> (usize, usize) {
    let counts = || arrangement.groups.iter().flat_map(|group| &group.members).map(Member::n).filter(|n| *n > 0);
    (counts().min().unwrap_or(0), counts().max().unwrap_or(0))
}

/// Groups the arms. `series` names the setting that tells series apart; without it, `task.length` if it is swept, else the
/// first swept setting whose values are numbers.
///
/// # Errors
/// When nothing is stored or `series` is not swept.
pub(super) fn arrange<'a>(results: &'a Results, series: Option<&str>) -> Result<Arrangement<'a>, NothingToDraw> {
    if results.stored() == 0 {
        return Err(NothingToDraw("no trials are stored yet; run the suite first".to_owned()));
    }
    let path = series_path(results, series)?;
    let find = |arm: &'a Arm| path.as_ref().and_then(|path| arm.settings.iter().find(|setting| setting.path == *path));
    let mut values: Vec<Value> = Vec::new();
    for arm in &results.arms {
        let value = value_of(find(&arm.arm));
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.iter().all(|value| value.number.is_some()) {
        values.sort_by(|a, b| a.number.unwrap_or(f64::NAN).total_cmp(&b.number.unwrap_or(f64::NAN)));
    }
    let mut groups: Vec<Group<'a>> = Vec::new();
    for arm in &results.arms {
        let label = group_label(&arm.arm, path.as_deref());
        let value = value_of(find(&arm.arm));
        let rank = values.iter().position(|other| *other == value).unwrap_or(0);
        let member = Member { rank, arm };
        // Two arms that look alike (their difference has no text) never share a line.
        match groups.iter_mut().find(|group| group.label == label && group.members.iter().all(|m| m.rank != rank)) {
            Some(group) => group.members.push(member),
            None => groups.push(Group { label, members: vec![member] }),
        }
    }
    for group in &mut groups {
        group.members.sort_by_key(|member| member.rank);
    }
    Ok(Arrangement { name: path.as_deref().map(readable).unwrap_or_default(), values, groups })
}

fn series_path(results: &Results, series: Option<&str>) -> Result<Option<String>, NothingToDraw> {
    let mut swept: Vec<(&str, Vec<Option<f64>>)> = Vec::new();
    for setting in results.arms.iter().flat_map(|arm| &arm.arm.settings) {
        match swept.iter_mut().find(|(path, _)| *path == setting.path) {
            Some((_, numbers)) if numbers.contains(&setting.number) => {}
            Some((_, numbers)) => numbers.push(setting.number),
            None => swept.push((&setting.path, vec![setting.number])),
        }
    }
    if let Some(wanted) = series {
        if swept.iter().any(|(path, _)| *path == wanted) {
            return Ok(Some(wanted.to_owned()));
        }
        let known: Vec<String> = swept.iter().map(|(path, _)| format!("`{path}`")).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        return Err(NothingToDraw(format!("`series: {wanted}` is not swept by this suite; it sweeps {known}")));
    }
    let numeric = |numbers: &[Option<f64>]| numbers.len() > 1 && numbers.iter().all(Option::is_some);
    let candidates = || swept.iter().filter(|(_, numbers)| numeric(numbers)).map(|(path, _)| *path);
    Ok(candidates().find(|path| *path == "task.length").or_else(|| candidates().next()).map(str::to_owned))
}

fn value_of(setting: Option<&Setting>) -> Value {
    setting.map_or(Value { text: String::new(), number: None }, |setting| Value {
        text: setting.text.clone(),
        number: setting.number,
    })
}

/// The values of all settings but the one at `without`, numbers with their name.
fn group_label(arm: &Arm, without: Option<&str>) -> String {
    let parts: Vec<String> = arm
        .settings
        .iter()
        .filter(|setting| Some(setting.path.as_str()) != without)
        .map(|setting| match setting.number {
            Some(_) => format!("{} {}", readable(&setting.path), setting.text),
            None => setting.text.clone(),
        })
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" · ")
}

/// The name of the setting at a dotted path, in words.
pub(super) fn readable(path: &str) -> String {
    setting_name(path).replace('-', " ")
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn length_tells_series_apart_by_default() {
        let results = fixture::results();
        let arrangement = arrange(&results, None).unwrap();
        assert_eq!(arrangement.name, "length");
        assert_eq!(arrangement.values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>(), ["20", "50"]);
        assert_eq!(
            arrangement.groups.iter().map(|group| group.label.as_str()).collect::<Vec<_>>(),
            ["elman tanh", "lstm"]
        );
        assert!(arrangement.groups.iter().all(|group| group.members.len() == 2));
    }

    #[test]
    fn the_order_of_the_plan_does_not_matter_within_a_group() {
        let mut results = fixture::results();
        results.arms.reverse();
        let arrangement = arrange(&results, None).unwrap();
        for group in &arrangement.groups {
            let ranks: Vec<usize> = group.members.iter().map(|member| member.rank).collect();
            assert_eq!(ranks, [0, 1]);
        }
    }

    #[test]
    fn any_swept_setting_can_tell_series_apart() {
        let results = fixture::results();
        let arrangement = arrange(&results, Some("model.cell")).unwrap();
        assert_eq!(arrangement.groups[0].label, "length 20");
        let Err(NothingToDraw(reason)) = arrange(&results, Some("task.lenght")) else { panic!("accepted") };
        assert!(reason.contains("task.length") && reason.contains("model.cell"), "{reason}");
    }

    #[test]
    fn without_a_swept_number_every_arm_is_a_group() {
        let mut results = fixture::results();
        for ArmResults { arm, .. } in &mut results.arms {
            arm.settings = vec![Setting { path: "label".to_owned(), text: arm.label.clone(), number: None }];
        }
        let arrangement = arrange(&results, None).unwrap();
        assert_eq!(arrangement.groups.len(), results.arms.len());
        assert_eq!(arrangement.name, "");
    }
}
