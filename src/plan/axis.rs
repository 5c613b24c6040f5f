//! What a sweep entry spans: axes of values, and how they combine.

use serde_json::Value;

use super::low_discrepancy::unit_points;
use crate::{
    seed::{self, Role},
    suite::{Path, Problem, SECTIONS, SweepSpec, nearest},
};

/// One swept path with the values it takes.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub path: Path,
    pub values: Vec<Value>,
    /// Where the axis stands in the suite file, for messages.
    pub origin: Path,
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
    pub label: Option<String>,
    pub axes: Vec<Axis>,
    pub combination: Combination,
}

impl Entry {
    /// The one arm of a suite without a sweep.
    pub fn single() -> Self {
        Self { label: None, axes: vec![], combination: Combination::Product }
    }

    /// Entry number `index` of the suite's sweep.
    pub fn new(index: usize, spec: &SweepSpec, seed: u64) -> Result<Self, Vec<Problem>> {
        let over = Path::root().key("sweep").index(index).key("over");
        let axis = |path: &str, values: Vec<Value>| {
            let origin = over.key(path);
            let target = target(path).map_err(|message| Problem::new(origin.clone(), message))?;
            if values.is_empty() {
                let message = format!("no values to sweep `{target}` over");
                return Err(Problem::new(origin, message).help("give at least one"));
            }
            Ok(Axis { path: target, values, origin })
        };
        let (label, axes, combination) = match spec {
            SweepSpec::Grid(lists) | SweepSpec::Zip(lists) => {
                let axes = lists.over.iter().map(|(path, values)| axis(path, values.clone()));
                let together = matches!(spec, SweepSpec::Zip(_));
                let combination = if together { Combination::Together } else { Combination::Product };
                (lists.label.clone(), axes.collect::<Vec<_>>(), combination)
            }
            SweepSpec::Random(points) => {
                let mut draws = seed::stream(seed, Role::Sweep, &[("entry", &index.to_string())]).at(0);
                let unit = unit_points(points.points as usize, points.over.len(), &mut draws);
                let axes = points.over.iter().enumerate().map(|(dimension, (path, range))| {
                    let values = range.values(unit.iter().map(|point| point[dimension]));
                    axis(path, values.map_err(|message| Problem::new(over.key(path.as_str()), message))?)
                });
                (points.label.clone(), axes.collect(), Combination::Together)
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
        if problems.is_empty() { Ok(Self { label, axes, combination }) } else { Err(problems) }
    }

    /// Number of arms; none if it does not fit a `usize`.
    pub fn count(&self) -> Option<usize> {
        match self.combination {
            Combination::Product => {
                self.axes.iter().try_fold(1usize, |count, axis| count.checked_mul(axis.values.len()))
            }
            Combination::Together => Some(self.axes.first().map_or(1, |axis| axis.values.len())),
        }
    }

    /// A number for what arm `index` takes of some of the axes, given in order: the same for the same values.
    pub fn part(&self, index: usize, axes: &[usize]) -> usize {
        match self.combination {
            Combination::Together => {
                if axes.is_empty() {
                    0
                } else {
                    index
                }
            }
            Combination::Product => axes.iter().fold(0, |part, &axis| {
                let stride: usize = self.axes[axis + 1..].iter().map(|axis| axis.values.len()).product();
                let count = self.axes[axis].values.len();
                part * count + index / stride % count
            }),
        }
    }

    /// For arm `index`, which value each axis takes.
    pub fn choice(&self, index: usize) -> Vec<usize> {
        match self.combination {
            Combination::Together => vec![index; self.axes.len()],
            Combination::Product => {
                let mut rest = index;
                let mut choice: Vec<usize> = self
                    .axes
                    .iter()
                    .rev()
                    .map(|axis| {
                        let taken = rest % axis.values.len();
                        rest /= axis.values.len();
                        taken
                    })
                    .collect();
                choice.reverse();
                choice
            }
        }
    }
}

/// The path an axis changes, which must lie in one of the sections.
fn target(path: &str) -> Result<Path, String> {
    let parsed: Path = path.parse().map_err(|error: crate::suite::PathError| error.to_string())?;
    let first = path.split(['.', '[']).next().unwrap_or_default();
    if SECTIONS.contains(&first) {
        return Ok(parsed);
    }
    let hint = nearest(first, &SECTIONS).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    Err(format!("a sweep cannot change `{first}`; {hint}a path begins with one of: {}", SECTIONS.join(", ")))
}
