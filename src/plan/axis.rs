//! Sweep entries: axes of values, and how they combine.

use serde_json::Value;

use super::{label::Template, low_discrepancy::unit_points};
use crate::{
    results::table::{Setting, join},
    seed::{self, Purpose},
    suite::{Path, Problem, Range, Schema, Section, Segment, SuiteFile, SweepSpec, TuneSpec, TunedValues, hint},
};

/// One swept path with the values it takes.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub path: Path,
    pub values: Vec<Value>,
    /// Where the axis stands in the suite file, for messages.
    pub origin: Path,
    /// Whether its values stand there as a list.
    pub listed: bool,
}

impl Axis {
    /// Where value number `taken` stands in the suite file.
    pub fn place(&self, taken: usize) -> Path {
        if self.listed { self.origin.index(taken) } else { self.origin.clone() }
    }

    /// Whether an entry of the sweep has it, and not the search.
    pub fn is_of_sweep(&self) -> bool {
        self.origin.segments().first() == Some(&Segment::Key("sweep".to_owned()))
    }
}

/// How the axes of an entry combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combination {
    /// Every combination, the last axis fastest.
    Product,
    /// Value k of every axis together.
    Together,
}

/// A sweep entry, expanded to lists of values.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub label: Option<Template>,
    pub axes: Vec<Axis>,
    /// How the axes combine, but for the tuned ones.
    pub combination: Combination,
    /// Settings that all arms of the entry have: axes of one value.
    pub constants: Vec<Axis>,
    /// Whether the last of the axes that are not tuned is the one that the suite searches along: whatever the others take, it takes each
    /// of its values.
    pub searched: bool,
    /// How many axes, the last ones, are tuned: whatever the others take, these take every candidate.
    pub tuned: usize,
    /// How many of these, the last ones, are ranges: each takes its value number k together with the others', whatever the lists
    /// take.
    pub ranges: usize,
}

impl Entry {
    /// The one arm of a suite without a sweep.
    pub fn single() -> Self {
        Self {
            label: None,
            axes: vec![],
            combination: Combination::Product,
            constants: vec![],
            searched: false,
            tuned: 0,
            ranges: 0,
        }
    }

    /// Entry number `index` of the suite's sweep.
    pub fn new(index: usize, spec: &SweepSpec, seed: u64) -> Result<Self, Vec<Problem>> {
        let over = Path::root().key("sweep").index(index).key("over");
        let axis = |path: &str, values: Vec<Value>| {
            let origin = over.key(path);
            let target = target(path, "a sweep").map_err(|message| Problem::new(origin.clone(), message))?;
            if values.is_empty() {
                let message = format!("no values to sweep `{target}` over");
                return Err(Problem::new(origin, message).help("give at least one"));
            }
            let values = Schema::of::<SuiteFile>().with_every(&target, values);
            let listed = !matches!(spec, SweepSpec::Random(_));
            Ok(Axis { path: target, values, origin, listed })
        };
        let (label, with, axes, combination) = match spec {
            SweepSpec::Grid(lists) | SweepSpec::Zip(lists) => {
                let axes = lists.over.iter().map(|(path, values)| axis(path, values.clone()));
                let together = matches!(spec, SweepSpec::Zip(_));
                let combination = if together { Combination::Together } else { Combination::Product };
                (lists.label.clone(), &lists.with, axes.collect::<Vec<_>>(), combination)
            }
            SweepSpec::Random(points) => {
                let ranges: Vec<(&String, &Range)> = points.over.iter().collect();
                let drawn = drawn(&ranges, points.points, seed, &index.to_string(), &over);
                let axes = drawn.into_iter().map(|(path, values)| axis(path, values?));
                (points.label.clone(), &points.with, axes.collect(), Combination::Together)
            }
        };
        let mut problems: Vec<Problem> = axes.iter().filter_map(|axis| axis.as_ref().err().cloned()).collect();
        let axes: Vec<Axis> = axes.into_iter().flatten().collect();
        if combination == Combination::Together
            && let Some(longest) = axes.iter().map(|axis| axis.values.len()).max()
        {
            for axis in axes.iter().filter(|axis| axis.values.len() != longest) {
                let message = format!("has {} values where another list has {longest}", axis.values.len());
                problems.push(Problem::new(axis.origin.clone(), message).help("a zip takes lists of one length"));
            }
        }
        let label = label.map(|label| Template::parse(&label)).transpose().unwrap_or_else(|error| {
            let place = Path::root().key("sweep").index(index).key("label");
            problems.push(Problem::new(place, error.to_string()));
            None
        });
        let with_place = Path::root().key("sweep").index(index).key("with");
        let constants = with.iter().map(|(path, value)| {
            let origin = with_place.key(path.as_str());
            let path = target(path, "`with`").map_err(|message| Problem::new(origin.clone(), message))?;
            Ok(Axis { path, values: vec![value.clone()], origin, listed: false })
        });
        let constants: Vec<Result<Axis, Problem>> = constants.collect();
        problems.extend(constants.iter().filter_map(|constant| constant.as_ref().err().cloned()));
        let constants = constants.into_iter().flatten().collect();
        let entry = Self { label, axes, combination, constants, searched: false, tuned: 0, ranges: 0 };
        problems.extend(entry.overlaps());
        if problems.is_empty() { Ok(entry) } else { Err(problems) }
    }

    /// The entry with the axis to be searched along after its own, and what goes with it.
    ///
    /// # Errors
    ///
    /// When one of them is swept already.
    pub fn searched(mut self, axis: &Axis, constants: &[Axis]) -> Result<Self, Vec<Problem>> {
        if self.axes.iter().chain(&self.constants).any(|other| other.path == axis.path) {
            let message = format!("`{}` is swept too", axis.path);
            let help = "a setting is either swept or searched along: take it out of one";
            return Err(vec![Problem::new(axis.origin.clone(), message).help(help)]);
        }
        self.axes.push(axis.clone());
        self.constants.extend_from_slice(constants);
        self.searched = true;
        let problems = self.overlaps();
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// The entry with axes to be tuned after its own: lists, then ranges.
    ///
    /// # Errors
    ///
    /// When one of them is swept already.
    pub fn tuned(mut self, axes: &[Axis]) -> Result<Self, Vec<Problem>> {
        let swept = |axis: &&Axis| self.axes.iter().any(|other| other.path == axis.path);
        let problem = |axis: &Axis| {
            let message = format!("`{}` is swept too", axis.path);
            Problem::new(axis.origin.clone(), message).help("a setting is either compared or tuned: take it out of one")
        };
        let problems: Vec<Problem> = axes.iter().filter(swept).map(problem).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        self.tuned = axes.len();
        self.ranges = axes.iter().filter(|axis| !axis.listed).count();
        self.axes.extend_from_slice(axes);
        let problems = self.overlaps();
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    /// Axes that say two things of one setting: of each pair the first value of the one that writes what the other one sets.
    fn overlaps(&self) -> Vec<Problem> {
        let mut problems = vec![];
        let all: Vec<&Axis> = self.axes.iter().chain(&self.constants).collect();
        for (number, axis) in all.iter().enumerate() {
            for (other, deeper) in all.iter().enumerate() {
                if other == number || !deeper.path.starts_with(&axis.path) {
                    continue;
                }
                let below: Path = deeper.path.segments()[axis.path.segments().len()..].iter().cloned().collect();
                if below.is_root() {
                    // Each of the two sees the other one.
                    if other < number {
                        let message = format!("the entry sets `{}` twice", axis.path);
                        problems.push(Problem::new(axis.origin.clone(), message).help("keep one of the two"));
                    }
                } else if let Some(place) = axis.values.iter().position(|value| below.get(value).is_some()) {
                    let (setter, help) = match deeper.origin.segments().first() {
                        Some(Segment::Key(section)) if section == "reach" => ("the search", String::new()),
                        Some(Segment::Key(section)) if section == "tune" => {
                            ("the tuning", format!(", or `{}` out of `tune`", deeper.path))
                        }
                        _ => ("the entry", format!(", or `{}` out of the entry", deeper.path)),
                    };
                    let message =
                        format!("this value says what `{}` is, which {setter} sets by itself too", deeper.path);
                    let help = format!("take `{}` out of the value{help}", below.spelled());
                    problems.push(Problem::new(axis.place(place), message).help(help));
                }
            }
        }
        problems
    }

    /// The axes that are swept, and those that are tuned.
    pub fn parts(&self) -> (&[Axis], &[Axis]) {
        self.axes.split_at(self.axes.len() - self.tuned)
    }

    /// The tuned axes: those that are lists, and those that are ranges.
    fn tuned_parts(&self) -> (&[Axis], &[Axis]) {
        let tuned = self.parts().1;
        tuned.split_at(tuned.len() - self.ranges)
    }

    /// How many points the tuned ranges have; 1 without any.
    fn points(&self) -> usize {
        self.tuned_parts().1.first().map_or(1, |axis| axis.values.len())
    }

    /// How many candidates each arm is tuned over; 1 without tuning.
    pub fn candidates(&self) -> usize {
        let lists = product(self.tuned_parts().0);
        lists.and_then(|lists| lists.checked_mul(self.points())).unwrap_or(usize::MAX)
    }

    /// The name of an arm, of which axis k takes value `choice[k]`, as the suite writes its values: for arms that cannot be
    /// resolved.
    pub fn written(&self, choice: &[usize]) -> String {
        let setting = |(axis, &taken): (&Axis, &usize)| Setting::new(&axis.path.spelled(), axis.values[taken].clone());
        join(&self.axes.iter().zip(choice).map(setting).collect::<Vec<_>>())
    }

    /// The axes that the entry's combination is of, and how many values are searched along; 1 without a search.
    fn combined(&self) -> (&[Axis], usize) {
        let swept = self.parts().0;
        match swept.split_last().filter(|_| self.searched) {
            Some((searched, combined)) => (combined, searched.values.len()),
            None => (swept, 1),
        }
    }

    /// The number of the value searched along, of an arm of which axis k takes value `choice[k]`.
    pub fn along(&self, choice: &[usize]) -> Option<usize> {
        self.searched.then(|| choice[self.parts().0.len() - 1])
    }

    /// Number of arms, one for each candidate and value searched along; none if it does not fit a `usize`.
    pub fn count(&self) -> Option<usize> {
        let (combined, searched) = self.combined();
        let arms = match self.combination {
            Combination::Product => product(combined),
            Combination::Together => Some(combined.first().map_or(1, |axis| axis.values.len())),
        };
        arms?.checked_mul(searched)?.checked_mul(self.candidates())
    }

    /// A number for what arm `index` takes of some of the axes, given in order: the same for the same values.
    pub fn part(&self, index: usize, axes: &[usize]) -> usize {
        let (swept, (lists, _)) = (self.parts().0, self.tuned_parts());
        let (combined, searched) = self.combined();
        let (arm, list, point) = self.indices(index);
        let own = axes.partition_point(|&axis| axis < combined.len());
        let swept_too = axes.partition_point(|&axis| axis < swept.len());
        let (combination, value) = (arm / searched, arm % searched);
        let part = match self.combination {
            Combination::Together if own == 0 => 0,
            Combination::Together => combination,
            Combination::Product => axes[..own]
                .iter()
                .fold(0, |part, &axis| part * combined[axis].values.len() + taken(combined, combination, axis)),
        };
        let part = if swept_too > own { part * searched + value } else { part };
        let own = swept_too;
        let tuned = axes[own..].iter().map(|axis| axis - swept.len());
        let (of_lists, of_ranges): (Vec<usize>, Vec<usize>) = tuned.partition(|axis| *axis < lists.len());
        let part = of_lists.iter().fold(part, |part, &axis| part * lists[axis].values.len() + taken(lists, list, axis));
        if of_ranges.is_empty() { part } else { part * self.points() + point }
    }

    /// For arm `index`, which value each axis takes.
    pub fn choice(&self, index: usize) -> Vec<usize> {
        let (lists, ranges) = self.tuned_parts();
        let (combined, searched) = self.combined();
        let (arm, list, point) = self.indices(index);
        let (combination, value) = (arm / searched, arm % searched);
        let own = (0..combined.len()).map(|axis| match self.combination {
            Combination::Together => combination,
            Combination::Product => taken(combined, combination, axis),
        });
        let along = self.searched.then_some(value);
        let listed = (0..lists.len()).map(|axis| taken(lists, list, axis));
        own.chain(along).chain(listed).chain(ranges.iter().map(|_| point)).collect()
    }

    /// Of arm `index`, one of each candidate: its number without tuning, that of the combination of tuned lists, and that of the
    /// point of tuned ranges.
    fn indices(&self, index: usize) -> (usize, usize, usize) {
        let (arm, candidate) = (index / self.candidates(), index % self.candidates());
        (arm, candidate / self.points(), candidate % self.points())
    }
}

/// The axes of a suite's `tune`: lists, then ranges.
pub(super) fn tuned_axes(spec: &TuneSpec, seed: u64) -> Result<Vec<Axis>, Vec<Problem>> {
    let tune = Path::root().key("tune");
    let over = tune.key("over");
    let ranges: Vec<(&String, &Range)> = spec.over.iter().filter_map(|(path, values)| range(path, values)).collect();
    match spec.points {
        None if !ranges.is_empty() => {
            let message = format!("a range needs `points`, which says how many values of `{}` are tried", ranges[0].0);
            return Err(vec![
                Problem::new(over.key(ranges[0].0.as_str()), message).help("write `points: 8` under `tune`"),
            ]);
        }
        Some(_) if ranges.is_empty() => {
            let message = "`points` is of ranges, and all that is tuned are lists, of which every combination is tried";
            return Err(vec![Problem::new(tune.key("points"), message).help("take it out, or give a range")]);
        }
        _ => {}
    }
    let lists = spec.over.iter().filter_map(|(path, values)| match values {
        TunedValues::List(values) => Some((path, Ok(values.clone()))),
        TunedValues::Range(_) => None,
    });
    let listed = lists.clone().count();
    let points = spec.points.unwrap_or(1);
    let all = lists.chain(drawn(&ranges, points, seed, "tune", &over));
    let axis = |(number, (path, values)): (usize, (&String, Result<Vec<Value>, Problem>))| {
        let origin = over.key(path.as_str());
        let refuse = |message: String| Problem::new(origin.clone(), message);
        let target = target(path, "tuning").map_err(refuse)?;
        let first = target.segments().first().cloned();
        let is = |name: &str| first.as_ref().is_some_and(|first| *first == Segment::Key(name.to_owned()));
        if is("task") || is("probes") || (is("train") && target.spelled() != "train.batch") {
            let help = "tune how the network is made and trained; sweep what it is compared by";
            return Err(refuse(format!("`{path}` says what is measured, which tuning must not change")).help(help));
        }
        let values = values?;
        if values.is_empty() {
            return Err(refuse(format!("no values to choose `{target}` from")).help("give at least one"));
        }
        Ok(Axis { path: target, values, origin, listed: number < listed })
    };
    let axes: Vec<Result<Axis, Problem>> = all.enumerate().map(axis).collect();
    let problems: Vec<Problem> = axes.iter().filter_map(|axis| axis.as_ref().err().cloned()).collect();
    if problems.is_empty() { Ok(axes.into_iter().flatten().collect()) } else { Err(problems) }
}

fn range<'a>(path: &'a String, values: &'a TunedValues) -> Option<(&'a String, &'a Range)> {
    match values {
        TunedValues::List(_) => None,
        TunedValues::Range(range) => Some((path, range)),
    }
}

/// For each path of the ranges the values at shared points of low discrepancy, which stand under `over`; `entry` names the random
/// numbers that shift them.
fn drawn<'a>(
    ranges: &[(&'a String, &'a Range)],
    points: u32,
    seed: u64,
    entry: &str,
    over: &Path,
) -> Vec<(&'a String, Result<Vec<Value>, Problem>)> {
    let mut draws = seed::stream(seed, Purpose::Sweep, &[("entry", entry)]).at(0);
    let unit = unit_points(points as usize, ranges.len(), &mut draws);
    // By name, so that the order of keys says nothing.
    let mut paths: Vec<&String> = ranges.iter().map(|(path, _)| *path).collect();
    paths.sort_unstable();
    let values = |path: &String, range: &Range| {
        let dimension = paths.partition_point(|other| *other < path);
        let refuse = |message: String| Problem::new(over.key(path.as_str()), message);
        if let Some([low, high]) = range.uniform.or(range.log_uniform)
            && path.parse().is_ok_and(|path| Schema::of::<SuiteFile>().takes_whole_numbers(&path))
        {
            let message = format!("`{path}` takes whole numbers");
            let (low, high) = (libm::ceil(low), libm::floor(high));
            return Err(refuse(message).help(format!("write `integer: [{low}, {high}]`")));
        }
        range.values(unit.iter().map(|point| point[dimension])).map_err(refuse)
    };
    ranges.iter().map(|&(path, range)| (path, values(path, range))).collect()
}

/// How many combinations the axes have.
fn product(axes: &[Axis]) -> Option<usize> {
    axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.values.len()))
}

/// Which value of axis number `axis` combination `index` of all of them takes.
fn taken(axes: &[Axis], index: usize, axis: usize) -> usize {
    let stride: usize = axes[axis + 1..].iter().map(|axis| axis.values.len()).product();
    index / stride % axes[axis].values.len()
}

/// The path an axis changes, which must lie in one of the sections; `what` would change it.
pub(super) fn target(path: &str, what: &str) -> Result<Path, String> {
    let parsed: Path = path.parse().map_err(|error: crate::suite::PathError| error.to_string())?;
    if Section::split(&parsed).is_some() {
        return Ok(Schema::of::<SuiteFile>().understood(parsed));
    }
    let first = path.split(['.', '[']).next().unwrap_or_default();
    let hint = hint(first, Section::NAMES).map(|hint| hint + " ").unwrap_or_default();
    Err(format!("{what} cannot change `{first}`; {hint}a path begins with one of: {}", Section::NAMES.join(", ")))
}
