//! From the claims of a suite to the arms that their conditions pick.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{condition::Test, naming::Naming, planned::Planned, version::Versions};
use crate::{
    results::claim::{Bound, Claim, ClaimSpec, Conditions, Contrast, Form, Misfit},
    suite::{Path, PathError, Problem, Schema, Section, SuiteFile},
    text::{described, nearest, spelled},
    train::{Measure, MetricName, Moment, Split},
};

/// The fewest arms of a stratum over which a trend or a correlation is one.
const FEWEST: usize = 3;
/// The most arms or values that a message lists.
const LISTED: usize = 12;

/// The arms among which claims choose: all that the suite has, of a suite with `tune` the first candidate of each.
pub(super) struct Arms<'a> {
    pub naming: &'a Naming,
    pub versions: &'a Versions,
    pub arms: &'a [Planned],
    /// The paths that are tuned, whose values are known after a run only.
    pub tuned: Vec<String>,
}

/// The claims of `file` with their arms.
///
/// # Errors
///
/// All that is wrong with them.
pub(super) fn resolve(file: &SuiteFile, arms: &Arms) -> Result<Vec<Claim>, Vec<Problem>> {
    let (mut claims, mut problems) = (vec![], vec![]);
    for (number, spec) in file.claims.iter().enumerate() {
        let place = Path::root().key("claims").index(number);
        if file.claims[..number].iter().any(|other| other.id == spec.id) {
            problems.push(Problem::new(place.key("id"), format!("another claim is called `{}`", spec.id)));
        }
        let resolved = Resolver { arms, spec, place: &place }.contrast();
        match resolved {
            Ok(contrast) => {
                claims.push(Claim { spec: spec.clone(), alpha: spec.alpha.unwrap_or(file.alpha), contrast });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(claims) } else { Err(problems) }
}

/// One claim beside the arms that it refers to.
struct Resolver<'a> {
    arms: &'a Arms<'a>,
    spec: &'a ClaimSpec,
    place: &'a Path,
}

/// The arms that conditions pick, by the values of the settings that make strata.
type Strata = BTreeMap<String, Vec<usize>>;

impl Resolver<'_> {
    fn contrast(&self) -> Result<Contrast, Problem> {
        let form = self.spec.form().map_err(|Misfit { key, message }| {
            let place = if key.is_empty() { self.place.clone() } else { self.place.key(key) };
            Problem::new(place, message)
        })?;
        for metric in [Some(self.spec.metric), self.spec.with].into_iter().flatten() {
            self.check_metric(metric)?;
        }
        match form {
            Form::Arms { left, right } => {
                let sides = [self.single("left", &[left])?, self.single("right", &[right])?];
                self.check_strata(["left", "right"], &sides)?;
                let pairs: Vec<[usize; 2]> =
                    sides[0].values().zip(sides[1].values()).map(|(left, right)| [*left, *right]).collect();
                match pairs.iter().find(|[left, right]| left == right) {
                    Some([same, _]) => {
                        let message = format!("`left` and `right` are one arm, `{}`", self.name(*same));
                        Err(Problem::new(self.place.key("right"), message).help("name settings in which they differ"))
                    }
                    None => Ok(Contrast::Arms(pairs)),
                }
            }
            Form::Level { left, bound } => {
                let arms = self.single("left", &[left])?.into_values();
                arms.map(|arm| Ok((arm, self.bound(arm, bound)?))).collect::<Result<_, _>>().map(Contrast::Level)
            }
            Form::Order(steps) => {
                let steps: Vec<BTreeMap<String, usize>> = (0..steps.len())
                    .map(|step| self.single_at(self.place.key("order").index(step), &[&steps[step]]))
                    .collect::<Result<_, _>>()?;
                self.check_strata(["order", "order"], &steps)?;
                let of = |stratum: &String| steps.iter().map(|step| step[stratum]).collect::<Vec<usize>>();
                let strata: Vec<Vec<usize>> = steps[0].keys().map(of).collect();
                let twice = strata.iter().flat_map(|arms| arms.windows(2)).find(|pair| pair[0] == pair[1]);
                match twice {
                    Some(pair) => {
                        let message = format!("two steps are one arm, `{}`", self.name(pair[0]));
                        Err(Problem::new(self.place.key("order"), message).help("name settings in which they differ"))
                    }
                    None => Ok(Contrast::Order(strata)),
                }
            }
            Form::Trend(over) => self.trend(over),
            Form::Correlation(_) => {
                let strata = self.strata(&self.place.key("among"), &[])?;
                match strata.values().find(|arms| arms.len() < FEWEST) {
                    Some(arms) => Err(self.too_few("with", "a correlation over arms", arms.len())),
                    None => Ok(Contrast::Correlation(strata.into_values().collect())),
                }
            }
        }
    }

    fn trend(&self, over: &str) -> Result<Contrast, Problem> {
        let place = self.place.key("over");
        let path = self.path(&place, over)?;
        let strata = self.strata(&self.place.key("among"), &[])?;
        let value = |arm: &usize| {
            let value = self.value(&path, *arm).as_ref().and_then(Value::as_f64);
            let lacks =
                || Problem::new(place.clone(), format!("`{path}` is no number in the arm `{}`", self.name(*arm)));
            Ok((value.ok_or_else(|| lacks().help("leave the arm out by `among`"))?, *arm))
        };
        let mut trends = vec![];
        for arms in strata.values() {
            let mut trend: Vec<(f64, usize)> = arms.iter().map(value).collect::<Result<_, _>>()?;
            trend.sort_by(|one, other| one.0.total_cmp(&other.0));
            if let Some(pair) = trend.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                let names = [pair[0].1, pair[1].1].map(|arm| format!("`{}`", self.name(arm))).join(" and ");
                let message = format!("{names} have one value of `{path}`");
                let help = self.pairing(arms, &[path.to_string()]);
                return Err(Problem::new(place, message).help(help));
            }
            if trend.len() < FEWEST {
                return Err(self.too_few("over", "a trend", trend.len()));
            }
            trends.push(trend);
        }
        Ok(Contrast::Trend(trends))
    }

    fn too_few(&self, key: &str, what: &str, found: usize) -> Problem {
        let message = format!("{what} needs {FEWEST} arms or more in each stratum, found {found}");
        Problem::new(self.place.key(key), message).help("sweep more values, or widen `among`")
    }

    /// Refuses a metric that no trial of the suite has.
    fn check_metric(&self, metric: MetricName) -> Result<(), Problem> {
        let key = if metric == self.spec.metric { "metric" } else { "with" };
        let lacks = |what: &str, help: &str| {
            Err(Problem::new(self.place.key(key), format!("`{metric}` is a metric of {what}")).help(help))
        };
        let sections = |arm: &Planned| self.arms.versions.sections(&arm.key);
        // Suites have few versions of what matters here.
        let any = |of: &dyn Fn(&crate::suite::Sections) -> bool| {
            let mut known = std::collections::HashMap::new();
            self.arms.arms.iter().any(|arm| {
                *known
                    .entry(arm.key.of([Section::Task, Section::Train, Section::Probes, Section::Evaluate]))
                    .or_insert_with(|| of(&sections(arm)))
            })
        };
        match metric {
            MetricName::Solved | MetricName::UpdatesToTarget if !any(&|sections| sections.train.target.is_some()) => {
                lacks("suites with a target", "add train.target")
            }
            MetricName::Gradient(..)
                if !any(&|sections| sections.probes.iter().any(|probe| probe.kind() == "gradient-by-lag")) =>
            {
                lacks("the probe gradient-by-lag", "add `probes: [gradient-by-lag]` to the suite")
            }
            MetricName::Gradient(Moment::Final, _)
                if !any(&|sections| sections.probes.iter().any(|probe| probe.at_end())) =>
            {
                lacks("a probe that measures after training", "remove `when: start` from `probes`")
            }
            MetricName::Measured(Split::AtLength(length), _)
                if !any(&|sections| sections.evaluate.lengths.contains(&length)) =>
            {
                lacks(
                    "suites that test on that length",
                    &format!("add `evaluate: {{lengths: [{length}]}}` to the suite"),
                )
            }
            MetricName::Measured(_, Measure::ExactMatch) if !any(&|sections| sections.task.exact_match().is_some()) => {
                lacks("tasks that score several outputs of a sequence", "name another metric, such as test/accuracy")
            }
            _ => Ok(()),
        }
    }

    /// The number that an arm is compared with.
    fn bound(&self, arm: usize, bound: Bound) -> Result<f64, Problem> {
        let Bound::Number(number) = bound else {
            let own = self.arms.versions.sections(&self.arms.arms[arm].key).task;
            let task = match self.spec.metric {
                MetricName::Measured(Split::AtLength(length), _) => own.with_length(length as usize).unwrap_or(own),
                _ => own,
            };
            let level = match self.spec.metric {
                MetricName::Measured(_, Measure::Loss) => Some(task.chance().loss),
                MetricName::Measured(_, Measure::Accuracy) => Some(task.chance().accuracy),
                MetricName::Measured(_, Measure::ExactMatch) => task.exact_match(),
                _ => None,
            };
            return level.ok_or_else(|| {
                Problem::new(
                    self.place.key("right"),
                    format!("`{}` has no chance level; give a number", self.spec.metric),
                )
            });
        };
        Ok(number)
    }

    /// The one arm of each stratum that conditions under `key` pick.
    fn single(&self, key: &str, conditions: &[&Conditions]) -> Result<BTreeMap<String, usize>, Problem> {
        self.single_at(self.place.key(key), conditions)
    }

    fn single_at(&self, place: Path, conditions: &[&Conditions]) -> Result<BTreeMap<String, usize>, Problem> {
        let strata = self.strata(&place, conditions)?;
        let one = |(stratum, arms): (String, Vec<usize>)| match arms[..] {
            [arm] => Ok((stratum, arm)),
            _ => {
                let message = format!("matches {} arms: {}", arms.len(), self.listed(&arms));
                Err(Problem::new(place.clone(), message).help(self.pairing(&arms, &[])))
            }
        };
        strata.into_iter().map(one).collect()
    }

    /// How to tell several arms apart, or to pair them.
    fn pairing(&self, arms: &[usize], but: &[String]) -> String {
        let mut paths: Vec<String> = vec![];
        for arm in arms {
            for setting in self.arms.naming.swept(&self.arms.arms[*arm]) {
                let tuned = self.arms.tuned.contains(&setting.path);
                if !tuned && !paths.contains(&setting.path) && !but.contains(&setting.path) {
                    paths.push(setting.path);
                }
            }
        }
        let text = |path: &str, arm: usize| {
            let swept = self.arms.naming.swept(&self.arms.arms[arm]);
            swept.iter().find(|setting| setting.path == *path).map(|setting| spelled(&setting.value))
        };
        paths.retain(|path| arms.iter().any(|arm| text(path, *arm) != text(path, arms[0])));
        match paths.is_empty() {
            true => "pick one by more settings".to_owned(),
            false => format!(
                "pick one by more settings, or compare stratum by stratum with `pair-by: [{}]`",
                paths.join(", ")
            ),
        }
    }

    /// Refuses sides with arms in different strata.
    fn check_strata(&self, keys: [&str; 2], sides: &[BTreeMap<String, usize>]) -> Result<(), Problem> {
        let strata = |side: &BTreeMap<String, usize>| side.keys().cloned().collect::<Vec<_>>();
        match sides.iter().find(|side| side.keys().ne(sides[0].keys())) {
            Some(other) => {
                let message =
                    format!("the strata differ: {} against {}", strata(&sides[0]).join(", "), strata(other).join(", "));
                let help =
                    format!("every stratum needs an arm of each side: add conditions to `{}` or `among`", keys[0]);
                Err(Problem::new(self.place.key("pair-by"), message).help(help))
            }
            None => Ok(()),
        }
    }

    /// The arms for which all conditions, and those of `among`, hold, stratum by stratum.
    fn strata(&self, place: &Path, conditions: &[&Conditions]) -> Result<Strata, Problem> {
        let among = self.place.key("among");
        let mut tests = vec![];
        for (place, conditions) in
            [(&among, &self.spec.among)].into_iter().chain(conditions.iter().map(|one| (place, *one)))
        {
            for (written, wanted) in conditions {
                let at = place.key(written.as_str());
                let path = self.path(&at, written)?;
                let test = Test::new(self.arms.versions, &path, wanted)
                    .map_err(|message| Problem::new(at.clone(), message))?;
                if !self.arms.arms.iter().any(|arm| test.holds(&arm.key)) {
                    return Err(self.no_such_value(at, &path, wanted));
                }
                tests.push(test);
            }
        }
        let holds = |arm: &usize| tests.iter().all(|test| test.holds(&self.arms.arms[*arm].key));
        let chosen: Vec<usize> = (0..self.arms.arms.len()).filter(holds).collect();
        if chosen.is_empty() {
            let all: Vec<usize> = (0..self.arms.arms.len()).collect();
            let message = format!("no arm has all of these settings; the arms are {}", self.listed(&all));
            return Err(Problem::new(place.clone(), message));
        }
        let mut paths = vec![];
        for (number, written) in self.spec.pair_by.iter().enumerate() {
            let at = self.place.key("pair-by").index(number);
            let path = self.path(&at, written)?;
            if let Some(arm) = chosen.iter().find(|arm| self.value(&path, **arm).is_none()) {
                let message = format!("the arm `{}` has no setting `{path}`", self.name(*arm));
                return Err(Problem::new(at, message).help(self.pairing(&chosen, &[])));
            }
            paths.push(path);
        }
        let mut strata = Strata::new();
        for arm in chosen {
            let words =
                |path: &Path| format!("{path} {}", self.value(path, arm).as_ref().map(described).unwrap_or_default());
            strata.entry(paths.iter().map(words).collect::<Vec<_>>().join(", ")).or_default().push(arm);
        }
        Ok(strata)
    }

    /// The path that is meant, unless it is tuned.
    fn path(&self, place: &Path, written: &str) -> Result<Path, Problem> {
        let path: Path = written.parse().map_err(|error: PathError| Problem::new(place.clone(), error.to_string()))?;
        let path = Schema::of::<SuiteFile>().understood(path);
        let shown = path.to_string();
        if self.arms.tuned.contains(&shown) {
            let message = format!("`{shown}` is tuned: an arm has the value that is chosen for it");
            return Err(Problem::new(place.clone(), message).help("name swept settings"));
        }
        if Section::split(&path).is_none() {
            // The same complaint as of a condition.
            let complaint = Test::new(self.arms.versions, &path, &Value::Null).err().unwrap_or_default();
            return Err(Problem::new(place.clone(), complaint));
        }
        Ok(path)
    }

    fn value(&self, path: &Path, arm: usize) -> Option<Value> {
        let (section, rest) = Section::split(path)?;
        rest.get(&self.arms.versions.tree(section, &self.arms.arms[arm].key)).cloned()
    }

    /// A value that no arm has, beside those that they have.
    fn no_such_value(&self, place: Path, path: &Path, wanted: &Value) -> Problem {
        let words = |value: &Value| match value.get("kind").and_then(Value::as_str) {
            Some(kind) => kind.to_owned(),
            None => described(value),
        };
        let mut values: Vec<String> = vec![];
        for arm in 0..self.arms.arms.len() {
            let found = self.value(path, arm).as_ref().map(words);
            values.extend(found.filter(|found| !values.contains(found)));
        }
        let wanted = words(wanted);
        let names: Vec<&str> = values.iter().map(String::as_str).collect();
        let hint = nearest(&wanted, &names).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        let listed = names[..names.len().min(LISTED)].join(", ") + if names.len() > LISTED { ", …" } else { "" };
        Problem::new(place, format!("no arm has `{path}` {wanted}")).help(format!("{hint}the arms have {listed}"))
    }

    fn name(&self, arm: usize) -> String {
        let label = self.arms.naming.label(&self.arms.arms[arm], false);
        if label.is_empty() { "all".to_owned() } else { label }
    }

    fn listed(&self, arms: &[usize]) -> String {
        let names: Vec<String> = arms.iter().take(LISTED).map(|arm| format!("`{}`", self.name(*arm))).collect();
        let rest = arms.len().saturating_sub(LISTED);
        names.join(", ") + &if rest > 0 { format!(" and {rest} more") } else { String::new() }
    }
}
