//! A trial that has other bits in one folder than in another.

use std::{collections::BTreeSet, fmt, path::PathBuf};

use crate::{
    run::error::RunError,
    store::{Difference, Record, Store, difference_of_trials},
};

/// A trial that has other bits in one folder than in another.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The trial's id.
    pub trial_id: String,
    /// Its arm and replicate; none where it is no longer planned.
    pub name: Option<String>,
    /// The two folders.
    pub folders: [PathBuf; 2],
    /// The place at which the hash chains part; none where the chains are the same.
    pub difference: Option<Difference>,
    /// The first number that is another at the same parameters.
    pub number: Option<String>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trial_id, name, folders: [one, other], .. } = self;
        let name = name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        write!(f, "trial {trial_id}{name} has other bits in `{}` than in `{}`", one.display(), other.display())?;
        match (self.difference, &self.number) {
            (Some(Difference { update, same_until: Some(same) }), _) => {
                write!(f, ": first at update {update}, the same until {same}")
            }
            (Some(Difference { update, same_until: None }), _) => write!(f, ": first at update {update}"),
            (None, Some(number)) => write!(f, ": the same parameters, but another {number}"),
            (None, None) => write!(f, ": the same parameters and measurements, but another row"),
        }
    }
}

/// Tells how the two stored trials of `id` differ.
///
/// # Errors
///
/// When a file cannot be read.
pub(super) fn conflict(id: &str, name: Option<String>, one: &Store, other: &Store) -> Result<Conflict, RunError> {
    let ids = BTreeSet::from([id.to_owned()]);
    let (first, second) = (one.records(&ids)?, other.records(&ids)?);
    let (difference, number) = match (first.first(), second.first()) {
        (Some(a), Some(b)) => {
            let difference = difference_of_trials((&a.trial, &a.chain), (&b.trial, &b.chain));
            (difference, if difference.is_none() { number(a, b) } else { None })
        }
        _ => (None, None),
    };
    let folders = [one.dir().to_owned(), other.dir().to_owned()];
    Ok(Conflict { trial_id: id.to_owned(), name, folders, difference, number })
}

/// The first metric or measurement that one has and the other has not, or not with these bits.
fn number(one: &Record, other: &Record) -> Option<String> {
    let metrics = |record: &Record| -> Vec<(String, u64)> {
        let named = record.metrics.iter();
        named.map(|row| (format!("{}/{} at update {}", row.split, row.metric, row.update), bits(row.value))).collect()
    };
    let probes = |record: &Record| -> Vec<(String, u64)> {
        let named = record.probes.iter();
        named.map(|row| (format!("{} at update {}", row.probe, row.update), bits(row.value))).collect()
    };
    let first = |one: Vec<(String, u64)>, other: Vec<(String, u64)>| {
        let place = one
            .iter()
            .zip(&other)
            .position(|(a, b)| a != b)
            .or((one.len() != other.len()).then_some(one.len().min(other.len())))?;
        one.get(place).or(other.get(place)).map(|(name, _)| name.clone())
    };
    first(metrics(one), metrics(other)).or_else(|| first(probes(one), probes(other)))
}

/// The bits of a number, all NaN alike.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}
