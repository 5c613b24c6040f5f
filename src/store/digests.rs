//! Digests of the rows of a trial: one for each table, by which a missing, older or foreign row is noticed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::column::{ColumnSchema, ColumnType};
use super::record::{Link, MetricRow, ProbeRow, Record, RecordRow, TrialRow};

/// Hexadecimal digits for one table.
const DIGITS: usize = 8;
/// The number of tables.
const TABLES: usize = 4;

/// The column of `trials` that holds the digests of each trial's rows in every table.
pub const CONTENTS: ColumnSchema = ColumnSchema {
    name: "contents",
    doc: " Hashes of the trial's rows in `trials` (without `train_seconds`), `metrics`, `probes` and `chains`, eight hexadecimal digits \
          each, by which a missing or changed row is noticed. Null where an older version wrote the table.",
    kind: ColumnType::Text,
    nullable: true,
};

/// The digests of one trial's rows, in the order of [`super::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digests(pub(super) [u32; TABLES]);

/// A hash over the rows that one trial has in one table, in their order.
#[derive(Debug, Default)]
pub(super) struct RowHasher {
    hasher: blake3::Hasher,
    /// The current row.
    row: Vec<u8>,
}

/// A row as its digest sees it.
pub(super) trait Digestible: RecordRow + Serialize {
    /// The bytes at the end of a row that a repetition changes; zeros stand for them.
    const CHANGING: usize = 0;
}

impl Digestible for TrialRow {
    /// The time that the training took.
    const CHANGING: usize = size_of::<f64>();
}
impl Digestible for MetricRow {}
impl Digestible for ProbeRow {}
impl Digestible for Link {}

impl RowHasher {
    pub(super) fn add<T: Digestible>(&mut self, row: &T) {
        let mut bytes = std::mem::take(&mut self.row);
        bytes.clear();
        // Nothing in a row can fail to be encoded into memory.
        if let Ok(mut bytes) = postcard::to_extend(row, bytes) {
            let end = bytes.len();
            bytes[end - T::CHANGING..].fill(0);
            self.hasher.update(&bytes);
            self.row = bytes;
        }
    }

    /// The digest of one row alone.
    pub(super) fn of<T: Digestible>(row: &T) -> u32 {
        let mut hasher = Self::default();
        hasher.add(row);
        hasher.digest()
    }

    pub(super) fn digest(&self) -> u32 {
        let mut bytes = [0; 4];
        self.hasher.finalize_xof().fill(&mut bytes);
        u32::from_be_bytes(bytes)
    }
}

/// The digest of a trial's rows in one table.
fn digest<T: Digestible>(record: &Record) -> u32 {
    digest_of(T::of(record))
}

fn digest_of<T: Digestible>(rows: &[T]) -> u32 {
    let mut rows: Vec<&T> = rows.iter().collect();
    rows.sort_by(|one, other| T::compare(one, other));
    let mut hasher = RowHasher::default();
    rows.into_iter().for_each(|row| hasher.add(row));
    hasher.digest()
}

/// A digest of all that a trial's rows in the table of probes say.
pub fn digest_of_probes(rows: &[ProbeRow]) -> u32 {
    digest_of(rows)
}

impl Digests {
    /// The digests of a record.
    pub(super) fn of(record: &Record) -> Self {
        Self([
            digest::<TrialRow>(record),
            digest::<MetricRow>(record),
            digest::<ProbeRow>(record),
            digest::<Link>(record),
        ])
    }

    /// The digest of no row.
    pub(super) fn of_nothing() -> u32 {
        RowHasher::default().digest()
    }

    /// The digests in a cell of the column.
    pub(super) fn parse(cell: &str) -> Option<Self> {
        if cell.len() != DIGITS * TABLES || !cell.is_ascii() {
            return None;
        }
        let mut digests = [0; TABLES];
        for (digest, at) in digests.iter_mut().zip((0..).step_by(DIGITS)) {
            *digest = u32::from_str_radix(&cell[at..at + DIGITS], 16).ok()?;
        }
        Some(Self(digests))
    }

    /// The cell of the column.
    pub(super) fn cell(&self) -> String {
        self.0.iter().map(|digest| format!("{digest:0DIGITS$x}")).collect()
    }
}

/// The digests of every trial's rows in one table, whose rows come by trial.
#[derive(Debug, Default)]
pub(super) struct TableDigests {
    pub(super) of: BTreeMap<String, u32>,
    /// Trials that have two values for one thing.
    pub(super) ambiguous: BTreeSet<String>,
    current: Option<(String, RowHasher)>,
}

impl TableDigests {
    pub(super) fn add<T: Digestible>(&mut self, id: &str, row: &T) {
        if self.current.as_ref().is_none_or(|(current, _)| current != id) {
            self.close();
            self.current = Some((id.to_owned(), RowHasher::default()));
        }
        if let Some((_, hasher)) = &mut self.current {
            hasher.add(row);
        }
    }

    /// Ends the last trial.
    pub(super) fn close(&mut self) {
        if let Some((id, hasher)) = self.current.take() {
            self.of.insert(id, hasher.digest());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::record;

    #[test]
    fn a_changed_row_anywhere_changes_its_tables_digest_only() {
        let before = record(1);
        let digests = Digests::of(&before);
        assert_eq!(Digests::parse(&digests.cell()), Some(digests));
        assert_eq!(Digests::parse("12"), None);
        type Change = fn(&mut Record);
        let changes: [(&str, Change); 6] = [
            ("1000", |record| record.trial.updates += 1),
            ("0100", |record| record.metrics[0].value = -0.0),
            ("0100", |record| drop(record.metrics.pop())),
            ("0010", |record| record.probes[0].lag = None),
            ("0001", |record| record.chain.clear()),
            ("0000", |record| record.trial.train_seconds = 9.0),
        ];
        for (expected, change) in changes {
            let mut after = before.clone();
            change(&mut after);
            let other = Digests::of(&after);
            let changed: String = (0..4).map(|k| if digests.0[k] == other.0[k] { '0' } else { '1' }).collect();
            assert_eq!(changed, expected);
        }
        let mut after = before.clone();
        after.metrics.reverse();
        assert_eq!(Digests::of(&after), digests, "the order in which rows come");
    }
}
