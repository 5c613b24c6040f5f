//! Stored trials as whole records, and what tells two computations of one apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::error::StoreError;
use super::folder::Store;
use super::record::{LINK_DIGITS, Link, MetricRow, ProbeRow, Record, RecordRow, TrialRow};

/// A hash of all that is stored of a trial but the time it took and the program that took it: two computations of a trial gave the
/// same bits iff theirs are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The hash.
    pub hash: [u8; 32],
    /// The rows that are stored of the trial, in all tables.
    pub rows: usize,
    /// Whether the trial has metrics, and its last link is its row's.
    pub is_whole: bool,
}

impl Store {
    /// The records of the stored trials among `ids`, by id, with their rows in the order of the tables.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn records(&self, ids: &BTreeSet<String>) -> Result<Vec<Record>, StoreError> {
        let found = ids.iter().filter_map(|id| Some((id.as_str(), self.trials().get(id)?)));
        let mut records: BTreeMap<&str, Record> = found
            .map(|(id, trial)| {
                (id, Record { trial: TrialRow::clone(trial), metrics: vec![], probes: vec![], chain: vec![] })
            })
            .collect();
        let wanted = |id: &str| ids.contains(id);
        self.visit::<MetricRow>(wanted, |row| {
            records.get_mut(row.trial_id.as_str()).into_iter().for_each(|record| record.metrics.push(row.clone()));
            Ok(())
        })?;
        self.visit::<ProbeRow>(wanted, |row| {
            records.get_mut(row.trial_id.as_str()).into_iter().for_each(|record| record.probes.push(row.clone()));
            Ok(())
        })?;
        self.visit::<Link>(wanted, |row| {
            records.get_mut(row.trial_id.as_str()).into_iter().for_each(|record| record.chain.push(row.clone()));
            Ok(())
        })?;
        Ok(records.into_values().collect())
    }

    /// The fingerprints of the stored trials that satisfy `keep`, by id; no more than a part of a table is in memory at a time.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn fingerprints(&self, keep: impl Fn(&str) -> bool) -> Result<BTreeMap<String, Fingerprint>, StoreError> {
        let mut prints: BTreeMap<String, Fingerprint> = BTreeMap::new();
        for (id, trial) in self.trials().iter().filter(|(id, _)| keep(id)) {
            let trial = TrialRow { build: None, train_seconds: 0.0, ..TrialRow::clone(trial) };
            let mut hasher = blake3::Hasher::new_derive_key("longlag 2026 fingerprint of a stored trial");
            hasher.update(&encoded(&trial)?);
            prints.insert(id.clone(), Fingerprint { hash: *hasher.finalize().as_bytes(), rows: 1, is_whole: false });
        }
        let mut with_metrics = BTreeSet::new();
        self.fold(&mut prints, |row: &mut MetricRow| {
            row.value = canonical(row.value);
            with_metrics.insert(row.trial_id.clone());
        })?;
        self.fold(&mut prints, |row: &mut ProbeRow| row.value = canonical(row.value))?;
        let mut ends: BTreeMap<String, String> = BTreeMap::new();
        // The links of a trial come in the order of its updates.
        self.fold(&mut prints, |row: &mut Link| drop(ends.insert(row.trial_id.clone(), row.link.clone())))?;
        let none = "0".repeat(LINK_DIGITS);
        for (id, print) in &mut prints {
            let end = ends.get(id).unwrap_or(&none);
            print.is_whole = with_metrics.contains(id) && self.trials()[id].hash.starts_with(end);
        }
        Ok(prints)
    }

    /// Adds the rows of a table to the fingerprints of their trials.
    fn fold<T: RecordRow + Serialize>(
        &self,
        prints: &mut BTreeMap<String, Fingerprint>,
        mut prepare: impl FnMut(&mut T),
    ) -> Result<(), StoreError> {
        let wanted: BTreeSet<String> = prints.keys().cloned().collect();
        let mut current: Option<(String, blake3::Hasher, usize)> = None;
        let mut close = |trial: Option<(String, blake3::Hasher, usize)>| {
            let Some((id, hasher, rows)) = trial else { return };
            if let Some(print) = prints.get_mut(&id) {
                let of_table = hasher.finalize();
                let mut both = blake3::Hasher::new();
                both.update(&print.hash).update(T::TABLE.as_bytes()).update(of_table.as_bytes());
                (print.hash, print.rows) = (*both.finalize().as_bytes(), print.rows + rows);
            }
        };
        self.visit::<T>(
            |id| wanted.contains(id),
            |mut row| {
                prepare(&mut row);
                // All rows of a trial follow each other.
                if current.as_ref().is_none_or(|(id, ..)| id != row.trial_id()) {
                    close(current.take());
                    current = Some((row.trial_id().to_owned(), blake3::Hasher::new(), 0));
                }
                if let Some((_, hasher, rows)) = &mut current {
                    hasher.update(&encoded(&row)?);
                    *rows += 1;
                }
                Ok(())
            },
        )?;
        close(current);
        Ok(())
    }
}

/// A row as bytes, each of a length that its first bytes tell.
fn encoded<T: Serialize + RecordRow>(row: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(row).map_err(|source| StoreError::Encode { trial_id: row.trial_id().to_owned(), source })
}

/// NaN has many bit patterns, and tables keep one.
fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}
