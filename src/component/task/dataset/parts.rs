//! The three parts of a data set: which sequences are trained on, which stop the training, and which are reported on.

use std::{collections::BTreeMap, sync::Arc};

use super::settings::Dataset;
use crate::{
    data::{Array, Fault},
    seed::{self, Purpose},
};

/// The parts' names, as in the names of arrays such as `train_input`, in the order of their numbers in the array `split`.
pub(super) const PARTS: [&str; 3] = ["train", "validation", "test"];
/// The arrays of a part.
const ARRAYS: [&str; 3] = ["input", "target", "lengths"];

/// The names that an array of a file may have.
pub(super) fn names() -> Vec<String> {
    let prefixed = PARTS.iter().flat_map(|part| ARRAYS.iter().map(move |array| format!("{part}_{array}")));
    ARRAYS.iter().map(ToString::to_string).chain(["split".to_owned()]).chain(prefixed).collect()
}

/// Arrays that belong together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The beginning of their names: nothing, or such as `train_`.
    pub prefix: String,
    pub input: Arc<Array>,
    pub target: Arc<Array>,
    pub lengths: Option<Arc<Array>>,
}

/// The groups of a file, and for each part its group and its rows there.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub groups: Vec<Group>,
    pub rows: [(usize, Vec<u32>); 3],
}

impl Parts {
    /// The parts as the file names them; sequences that it leaves unnamed are divided by `settings`.
    pub fn new(arrays: &BTreeMap<String, Arc<Array>>, settings: &Dataset) -> Result<Self, Fault> {
        let whole = group(arrays, "")?;
        let named: Vec<Option<Group>> =
            PARTS.iter().map(|part| group(arrays, &format!("{part}_"))).collect::<Result<_, _>>()?;
        let given = [named[1].is_some(), named[2].is_some()];
        match (whole, named[0].clone(), arrays.get("split")) {
            (Some(whole), None, Some(split)) if given == [false; 2] => {
                settings.refuse_shares([true; 2], "the array `split`")?;
                by_number(whole, split)
            }
            (_, _, Some(_)) => {
                let message = "divides sequences that the names of their arrays divide already";
                Err(Fault::new(message, "give `input` and `target` beside it").of("split"))
            }
            (Some(_), Some(_), _) => {
                Err(Fault::new("the file has `input` and `train_input`", "keep one of them, with its target"))
            }
            (Some(all), None, None) | (None, Some(all), None) => {
                settings.refuse_shares(given, "the file")?;
                let rows = divide(first_axis(&all.input), given, settings);
                let mut groups = vec![all];
                let mut parts = rows.map(|rows| (0, rows));
                for (part, group) in (1..3).zip([&named[1], &named[2]]) {
                    if let Some(group) = group {
                        parts[part] = (groups.len(), every(first_axis(&group.input)));
                        groups.push(group.clone());
                    }
                }
                Ok(Self { groups, rows: parts })
            }
            (None, None, None) => {
                let found = arrays.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let found = if found.is_empty() { "nothing".to_owned() } else { found };
                let message = format!("the file has {found}, and neither `input` nor `train_input`");
                Err(Fault::new(message, "give the sequences under one of these names"))
            }
        }
    }

    /// Refuses a part without sequences.
    pub fn check(&self) -> Result<(), Fault> {
        let empty = self.rows.iter().zip(PARTS).find(|((_, rows), _)| rows.is_empty());
        let Some((_, part)) = empty else { return Ok(()) };
        let own = self.groups.len() > 1;
        let all: usize = self.rows.iter().map(|(_, rows)| rows.len()).sum();
        let message = format!("the data set has {all} sequences, and none of them for {part}");
        let help = if own { "give every part some" } else { "give more sequences, or another share of them" };
        Err(Fault::new(message, help))
    }
}

/// The arrays whose names begin with `prefix`; nothing if there is none.
fn group(arrays: &BTreeMap<String, Arc<Array>>, prefix: &str) -> Result<Option<Group>, Fault> {
    let of = |name: &str| arrays.get(&format!("{prefix}{name}")).cloned();
    match (of("input"), of("target"), of("lengths")) {
        (None, None, None) => Ok(None),
        (Some(input), Some(target), lengths) => Ok(Some(Group { prefix: prefix.to_owned(), input, target, lengths })),
        (input, ..) => {
            let (there, missing) = if input.is_some() { ("input", "target") } else { ("target", "input") };
            let there = if of(there).is_some() { there } else { "lengths" };
            let message = format!("the file has `{prefix}{there}` and no `{prefix}{missing}`");
            Err(Fault::new(message, "give both"))
        }
    }
}

fn first_axis(array: &Array) -> usize {
    array.shape.first().copied().unwrap_or(0)
}

fn every(count: usize) -> Vec<u32> {
    (0..count as u32).collect()
}

/// The rows of each part as an array of numbers says.
fn by_number(whole: Group, split: &Array) -> Result<Parts, Fault> {
    let count = first_axis(&whole.input);
    if split.shape != [count] || !split.values.are_integers() {
        let message = format!("is of the shape {:?}, and not one integer for each of {count} sequences", split.shape);
        return Err(Fault::new(message, "give 0 for train, 1 for validation and 2 for test").of("split"));
    }
    let mut rows = [vec![], vec![], vec![]];
    for row in 0..count {
        let part = split.values.integer(row);
        let Some(rows) = usize::try_from(part).ok().and_then(|part| rows.get_mut(part)) else {
            let message = format!("holds {part} at {}", split.place(row));
            return Err(Fault::new(message, "give 0 for train, 1 for validation and 2 for test").of("split"));
        };
        rows.push(row as u32);
    }
    Ok(Parts { groups: vec![whole], rows: rows.map(|rows| (0, rows)) })
}

/// Divides `count` sequences at random: the shares of test and validation, where these parts are not `given`, and the rest to train on.
fn divide(count: usize, given: [bool; 2], settings: &Dataset) -> [Vec<u32>; 3] {
    let share = |given: bool, share: f64| if given { 0 } else { libm::round(share * count as f64) as usize };
    let (validation, test) = (share(given[0], settings.validation), share(given[1], settings.test));
    if given == [true; 2] {
        return [every(count), vec![], vec![]];
    }
    let stream = seed::stream(settings.split_seed, Purpose::Split, &[("sequences", &count.to_string())]);
    let order: Vec<u32> = stream.at(0).permutation(count).into_iter().map(|row| row as u32).collect();
    let mut taken = order.into_iter();
    let mut take = |rows: usize| -> Vec<u32> {
        let mut rows: Vec<u32> = taken.by_ref().take(rows).collect();
        rows.sort_unstable();
        rows
    };
    let (test, validation) = (take(test), take(validation));
    [take(count), validation, test]
}
