//! Which arms share a panel, and which setting tells the series of a panel apart.

use std::collections::{BTreeMap, BTreeSet};

use super::data::chart::{Axis, Scale, Tick};
use super::picture::NothingToDraw;
use crate::results::table::{Arm, ArmResults, Results, Setting, join};
use crate::store::Status;

/// Stands for the value of a setting that an arm's components lack.
const LACKING: &str = "–";

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

impl Value {
    /// The key of equal values: their text and number.
    fn key(&self) -> (String, Option<u64>) {
        (self.text.clone(), self.number.map(f64::to_bits))
    }
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
    /// The place of the arm in the plan.
    pub number: usize,
    pub arm: &'a ArmResults,
}

impl Arrangement<'_> {
    /// Nothing where the setting has values enough for a horizontal axis.
    ///
    /// # Errors
    /// When it has fewer than two.
    pub fn needs_an_axis(&self) -> Result<(), NothingToDraw> {
        if self.values.len() > 1 {
            return Ok(());
        }
        Err(NothingToDraw(
            "the horizontal axis needs a swept setting with two values or more; name one as `series`, or see the figure `success`"
                .to_owned(),
        ))
    }

    /// Where the values lie on a horizontal axis: at their number if all have a positive one, else side by side.
    pub fn places(&self) -> Vec<Tick> {
        let numbers: Option<Vec<f64>> = self.values.iter().map(|value| value.number.filter(|n| *n > 0.0)).collect();
        let numbers = numbers.unwrap_or_else(|| (1..=self.values.len()).map(|rank| rank as f64).collect());
        let ticks = self.values.iter().zip(numbers);
        ticks.map(|(value, number)| Tick { value: number, label: value.text.clone() }).collect()
    }

    /// The horizontal axis on which the values lie at `places`.
    pub fn axis(&self, places: &[Tick]) -> Axis {
        let numeric = places.iter().all(|tick| tick.value > 0.0) && self.values.iter().all(|v| v.number.is_some());
        Axis {
            label: self.name.clone(),
            scale: if numeric { Scale::Log } else { Scale::Linear },
            ticks: Some(places.to_vec()),
            ..Axis::default()
        }
    }
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
/// When `series` is not swept.
pub(super) fn arrange<'a>(results: &'a Results, series: Option<&str>) -> Result<Arrangement<'a>, NothingToDraw> {
    let path = series_path(results, series)?;
    let swept = || results.arms.iter().flat_map(|arm| &arm.arm.swept);
    let named = path.as_ref().and_then(|path| swept().find(|setting| setting.path == *path));
    let name = named.map(|setting| setting.name.replace('-', " ")).unwrap_or_default();
    let find = |arm: &'a Arm| path.as_ref().and_then(|path| arm.swept.iter().find(|setting| setting.path == *path));
    let mut values: Vec<Value> = Vec::new();
    let mut known: BTreeSet<(String, Option<u64>)> = BTreeSet::new();
    for arm in &results.arms {
        let value = value_of(path.as_deref(), find(&arm.arm));
        if known.insert(value.key()) {
            values.push(value);
        }
    }
    // An arm whose components lack the setting comes last.
    let lacking = |value: &Value| value.text == LACKING;
    if values.iter().all(|value| value.number.is_some() || lacking(value)) {
        values.sort_by(|a, b| a.number.unwrap_or(f64::INFINITY).total_cmp(&b.number.unwrap_or(f64::INFINITY)));
    } else {
        values.sort_by_key(lacking);
    }
    let ranks: BTreeMap<(String, Option<u64>), usize> =
        values.iter().enumerate().map(|(rank, value)| (value.key(), rank)).collect();
    let mut groups: Vec<Group<'a>> = Vec::new();
    // Where the n-th arm of a label and a rank goes: two arms that look alike (their difference has no text) never share a line.
    let mut seen: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut places: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for (number, arm) in results.arms.iter().enumerate() {
        let label = group_label(&arm.arm, path.as_deref());
        let value = value_of(path.as_deref(), find(&arm.arm));
        let rank = ranks.get(&value.key()).copied().unwrap_or(0);
        let before = seen.entry((label.clone(), rank)).or_default();
        let place = *places.entry((label.clone(), *before)).or_insert_with(|| {
            groups.push(Group { label, members: vec![] });
            groups.len() - 1
        });
        *before += 1;
        groups[place].members.push(Member { rank, number, arm });
    }
    for group in &mut groups {
        group.members.sort_by_key(|member| member.rank);
    }
    Ok(Arrangement { name, values, groups })
}

fn series_path(results: &Results, series: Option<&str>) -> Result<Option<String>, NothingToDraw> {
    let mut swept: Vec<(&str, Vec<Option<f64>>)> = Vec::new();
    for setting in results.arms.iter().flat_map(|arm| &arm.arm.swept) {
        let number = setting.number();
        match swept.iter_mut().find(|(path, _)| *path == setting.path) {
            Some((_, numbers)) if numbers.contains(&number) => {}
            Some((_, numbers)) => numbers.push(number),
            None => swept.push((&setting.path, vec![number])),
        }
    }
    if let Some(wanted) = series {
        // The quotes of a name with dots may be left out.
        let bare = |path: &str| path.replace('"', "");
        if let Some((path, _)) = swept.iter().find(|(path, _)| bare(path) == bare(wanted)) {
            return Ok(Some((*path).to_owned()));
        }
        let known: Vec<String> = swept.iter().map(|(path, _)| format!("`{path}`")).collect();
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        return Err(NothingToDraw(format!("`series: {wanted}` is not swept by this suite; it sweeps {known}")));
    }
    let numeric = |numbers: &[Option<f64>]| numbers.len() > 1 && numbers.iter().all(Option::is_some);
    let candidates = || swept.iter().filter(|(_, numbers)| numeric(numbers)).map(|(path, _)| *path);
    Ok(candidates().find(|path| *path == "task.length").or_else(|| candidates().next()).map(str::to_owned))
}

fn value_of(path: Option<&str>, setting: Option<&Setting>) -> Value {
    let text = match (path, setting) {
        (None, _) => String::new(),
        (Some(_), None) => LACKING.to_owned(),
        (Some(_), Some(setting)) => setting.text.clone(),
    };
    Value { text, number: setting.and_then(Setting::number) }
}

/// The name of the arm without the setting at `without`.
fn group_label(arm: &Arm, without: Option<&str>) -> String {
    join(&arm.settings_without(|path| Some(path) == without))
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
            arm.settings = vec![Setting::new("label", arm.label.clone().into())];
            arm.swept = arm.settings.clone();
        }
        let arrangement = arrange(&results, None).unwrap();
        assert_eq!(arrangement.groups.len(), results.arms.len());
        assert_eq!(arrangement.name, "");
    }
}
