//! Which stored trials count: those of which every table has the rows that it had when the tables were written.
//!
//! The table of trials is written last, and its metadata has the seals of the others. Where they are those of the files that are there,
//! all is as it was written. Otherwise the digests in each trial's row are compared with the rows that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use polars::prelude::DataFrame;

use super::column::ColumnType;
use super::damage::Damage;
use super::digests::{CONTENTS, Digestible, Digests, RowHasher, TableDigests};
use super::error::{SchemaError, StoreError};
use super::record::{LINK_DIGITS, Link, MetricRow, ProbeRow, TrialRow};
use super::row::Row;
use super::shared_trial::SharedTrial;
use super::table_reader::TableReader;
use super::{frames, layout};
use crate::text::pluralize;

/// The key of the other tables' seals in the metadata of the table of trials.
pub(super) const TABLES_KEY: &str = "longlag.tables";
/// The key of the digest of the plan's columns there.
pub(super) const PLAN_KEY: &str = "longlag.plan";
/// Rows that are structs at a time.
const STRUCTS: usize = 1 << 14;

/// Whoever looks at a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To look at every byte, as before writing.
    Whole,
    /// To read: damage is noticed where something is read.
    Read,
}

/// The tables of a folder as they were found.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Whether there is a table of trials.
    pub(super) there: bool,
    /// The trials that count, but for those in the journal.
    pub(super) trials: BTreeMap<String, SharedTrial>,
    /// The digests of their rows.
    pub(super) digests: BTreeMap<String, Digests>,
    /// The faults that were found.
    pub(super) damages: Vec<Damage>,
    /// Files that are no tables and count as missing.
    pub(super) unreadable: BTreeSet<&'static str>,
    /// Whether tables have rows that do not count, or damaged parts.
    pub(super) doubtful: bool,
    /// The digest of the plan's columns with which they were written, where all is as it was written.
    pub(super) plan: Option<String>,
}

/// A table's file as it was found.
enum Found {
    Missing,
    /// The fault in words.
    Unreadable(String),
    Open(Box<TableReader>, Condition),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    Intact,
    /// Some parts are damaged.
    Damaged,
}

impl Found {
    fn open<T: Row>(dir: &Path, purpose: Purpose) -> Result<Self, StoreError> {
        let reader = match TableReader::open(&dir.join(layout::table(T::TABLE))) {
            Ok(Some(reader)) => reader,
            Ok(None) => return Ok(Self::Missing),
            Err(StoreError::Table { source, .. }) => return Ok(Self::Unreadable(format!("is no table: {source}"))),
            Err(error) => return Err(error),
        };
        let intact = purpose == Purpose::Read || reader.is_intact()?;
        let condition = if intact { Condition::Intact } else { Condition::Damaged };
        // Those that follow, of scores and the plan, are made anew.
        let columns = T::FIELDS.iter().map(|field| field.name).chain([CONTENTS.name]);
        Ok(Self::Open(Box::new(reader.salvaging().of_columns(columns)), condition))
    }

    /// Hands all rows, sorted, to `each`. A file whose columns are not those of the table becomes one that is unreadable.
    fn visit<T: Row>(
        &mut self,
        each: &mut dyn FnMut(&DataFrame, usize, T) -> Result<(), SchemaError>,
    ) -> Result<(), StoreError> {
        let Self::Open(reader, condition) = self else { return Ok(()) };
        let visit_part = |part: &DataFrame, each: &mut dyn FnMut(&DataFrame, usize, T) -> Result<(), SchemaError>| {
            for start in (0..part.height()).step_by(STRUCTS) {
                let part = part.slice(start as i64, STRUCTS);
                T::from_frame(&part)?.into_iter().enumerate().try_for_each(|(row, value)| each(&part, row, value))?;
            }
            Ok::<(), SchemaError>(())
        };
        let visited = (|| {
            if !reader.is_own() {
                let whole = reader.whole()?;
                let sorted = frames::conform::<T>(&whole).and_then(|_| frames::sorted_once::<T>(&whole));
                return Ok(sorted.and_then(|(whole, repeated)| {
                    reader.repeated = repeated;
                    visit_part(&whole, each)
                }));
            }
            while let Some(part) = reader.next_part()? {
                if let Err(error) = frames::conform::<T>(&part).and_then(|_| visit_part(&part, each)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })();
        if reader.lost > 0 {
            *condition = Condition::Damaged;
        }
        match visited {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) | Err(StoreError::Table { source, .. }) => {
                *self = Self::Unreadable(format!("is no table: {source}"));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// The fault in words, if there is one for certain.
    fn fault(&self) -> Option<String> {
        match self {
            Self::Missing => Some("is missing".to_owned()),
            Self::Unreadable(fault) => Some(fault.clone()),
            Self::Open(reader, Condition::Damaged) if reader.lost == 0 => {
                Some("is damaged in its page index".to_owned())
            }
            Self::Open(reader, Condition::Damaged) => {
                let (lost, of) = (reader.lost, reader.groups());
                Some(format!("is damaged in {lost} of its {of} parts, whose checksums are wrong"))
            }
            Self::Open(reader, _) if !reader.is_own() => Some(match reader.repeated {
                0 => "was written by another program".to_owned(),
                rows => format!("was written by another program, which has {} twice", pluralize(rows as u64, "row")),
            }),
            Self::Open(..) => None,
        }
    }

    fn is_sealed_as(&self, seal: Option<&str>) -> bool {
        matches!(self, Self::Open(reader, Condition::Intact) if seal.is_some() && reader.seal() == seal)
    }
}

/// The seals of tables as the table of trials keeps them.
pub(super) fn spelled(seals: &[(&str, String)]) -> String {
    seals.iter().map(|(table, seal)| format!("{table}={seal}")).collect::<Vec<_>>().join(",")
}

/// Reads the tables of `dir`, of which the trials in `journal` are no longer looked at.
///
/// # Errors
/// When a file cannot be read, or was written by a newer version.
pub(super) fn read(dir: &Path, purpose: Purpose, journal: &BTreeSet<&str>) -> Result<Tables, StoreError> {
    let mut tables = Tables::default();
    let mut trials = Found::open::<TrialRow>(dir, purpose)?;
    let mut rows: Vec<(SharedTrial, Option<Digests>)> = vec![];
    let mut wrong: BTreeSet<String> = BTreeSet::new();
    trials.visit::<TrialRow>(&mut |part, row, trial| {
        let cell = match part.column(CONTENTS.name) {
            Ok(column) if *column.dtype() == ColumnType::Text.data_type() => column.str()?.get(row),
            _ => None,
        };
        let digests = cell.and_then(Digests::parse);
        if digests.is_some_and(|digests| digests.0[0] != RowHasher::of(&trial)) {
            wrong.insert(trial.trial_id.clone());
        }
        rows.push((trial.into(), digests));
        Ok(())
    })?;
    // They come so in a table of this program.
    rows.sort_by(|(one, _), (other, _)| one.trial_id.cmp(&other.trial_id));
    // Of two rows that are not the same nobody knows which counts.
    let twice = rows.windows(2).filter(|pair| pair[0].0.trial_id == pair[1].0.trial_id);
    wrong.extend(twice.map(|pair| pair[0].0.trial_id.clone()));
    // A map of what is sorted is made at once.
    let found: BTreeMap<String, Option<Digests>> =
        rows.iter().map(|(trial, digests)| (trial.trial_id.clone(), *digests)).collect();
    tables.trials = rows.into_iter().map(|(trial, _)| (trial.trial_id.clone(), trial)).collect();
    tables.there = !matches!(trials, Found::Missing);
    let value = |key: &str| match &trials {
        Found::Open(reader, Condition::Intact) => reader.value_of(key).map(str::to_owned),
        _ => None,
    };
    let (seals, plan) = (value(TABLES_KEY).unwrap_or_default(), value(PLAN_KEY));
    let seal = |table: &str| seals.split(',').find_map(|pair| pair.strip_prefix(table)?.strip_prefix('='));
    let others = [MetricRow::TABLE, ProbeRow::TABLE, Link::TABLE];
    let mut files = [
        Found::open::<MetricRow>(dir, purpose)?,
        Found::open::<ProbeRow>(dir, purpose)?,
        Found::open::<Link>(dir, purpose)?,
    ];
    let as_written = others.iter().zip(&files).all(|(table, file)| file.is_sealed_as(seal(table)));
    if as_written && wrong.is_empty() && trials.fault().is_none() && found.values().all(Option::is_some) {
        tables.digests = found.into_iter().filter_map(|(id, digests)| Some((id, digests?))).collect();
        tables.plan = plan;
        return Ok(tables);
    }
    let [metrics, probes, chains] = &mut files;
    // A baseline has no probes.
    let is_baseline = dir.join(layout::BASELINE_TRIALS).is_file();
    let unasked = purpose == Purpose::Read && is_baseline && matches!(probes, Found::Missing);
    let (rows_of_metrics, _) = digests_of(metrics, |_: &MetricRow| ())?;
    // Of an older version's tables nothing tells whether probes are whole; a reader need not look.
    let old = !found.is_empty() && found.values().all(Option::is_none);
    let rows_of_probes =
        if purpose == Purpose::Read && old { None } else { Some(digests_of(probes, |_: &ProbeRow| ())?.0) };
    let (rows_of_chains, links) = digests_of(chains, |link: &Link| link.link.clone())?;

    let nothing = Digests::of_nothing();
    let digest = |rows: &TableDigests, id: &str| rows.of.get(id).copied().unwrap_or(nothing);
    let mut lost = [0; 4];
    let mut doubtful: Vec<String> = Vec::new();
    for (id, stored) in &found {
        if journal.contains(id.as_str()) {
            continue;
        }
        let trial = &tables.trials[id];
        let there = [
            stored.map_or(0, |digests| digests.0[0]),
            digest(&rows_of_metrics, id),
            rows_of_probes.as_ref().map_or(nothing, |rows| digest(rows, id)),
            digest(&rows_of_chains, id),
        ];
        let faults = match stored {
            Some(digests) => {
                let mut faults = [false; 4];
                (1..4).for_each(|table| faults[table] = there[table] != digests.0[table]);
                faults[0] = wrong.contains(id);
                faults[2] &= !unasked;
                faults
            }
            None => {
                let result = trial.status.is_result();
                let last = links.get(id).is_some_and(|link| trial.hash.get(..LINK_DIGITS) == Some(link));
                let no_probes = purpose == Purpose::Whole && !matches!(probes, Found::Open(..));
                let twice = |rows: &TableDigests| rows.ambiguous.contains(id);
                [
                    wrong.contains(id),
                    (result && there[1] == nothing) || twice(&rows_of_metrics),
                    (result && no_probes) || rows_of_probes.as_ref().is_some_and(twice),
                    (result && !last) || twice(&rows_of_chains),
                ]
            }
        };
        faults.iter().zip(&mut lost).for_each(|(fault, lost)| *lost += usize::from(*fault));
        if faults.contains(&true) {
            doubtful.push(id.clone());
        } else {
            let digests = stored.unwrap_or_else(|| Digests([RowHasher::of(&**trial), there[1], there[2], there[3]]));
            tables.digests.insert(id.clone(), digests);
        }
    }
    // Trials of which only the other tables have rows. Where some of these are those that were written with the table of trials, and others
    // are not, the fault is the others'.
    let written =
        [&*metrics, probes, chains].into_iter().zip(others).map(|(file, table)| file.is_sealed_as(seal(table)));
    let written: Vec<bool> = written.collect();
    let mut of_others: BTreeSet<&String> = BTreeSet::new();
    let foreign = |id: &&String| !journal.contains(id.as_str());
    for (place, rows) in [Some(&rows_of_metrics), rows_of_probes.as_ref(), Some(&rows_of_chains)].iter().enumerate() {
        let ids = rows.iter().flat_map(|rows| rows.of.keys()).filter(foreign);
        if written.contains(&true) && !written[place] {
            lost[place + 1] = lost[place + 1].max(ids.filter(|id| !found.contains_key(*id)).count());
        } else {
            of_others.extend(ids);
        }
    }
    let others = of_others.iter().filter(|id| !found.contains_key(**id)).count();
    lost[0] += others;
    let is_alone = {
        let rows = [rows_of_metrics.of.is_empty(), rows_of_probes.as_ref().is_none_or(|rows| rows.of.is_empty())];
        let tables = [(MetricRow::TABLE, &*metrics, rows[0]), (ProbeRow::TABLE, &*probes, rows[1])];
        let tables = tables.into_iter().chain([(Link::TABLE, &*chains, rows_of_chains.of.is_empty())]);
        let mut agree = tables.filter(|(table, file, empty)| !empty && file.is_sealed_as(seal(table)));
        let differ = [(&*metrics, lost[1]), (&*probes, lost[2]), (&*chains, lost[3])];
        let differ: Vec<&Found> = differ.into_iter().filter(|(_, lost)| *lost > 0).map(|(file, _)| file).collect();
        agree.next().is_none() && differ.len() > 1 && differ.iter().all(|file| file.fault().is_none())
    };
    if is_alone {
        // Several tables that all differ from that of trials, each as it was written, have one cause.
        let known = doubtful.iter().filter(|id| of_others.contains(id)).count();
        lost = [known.max(lost[0] - others) + others, 0, 0, 0];
    }
    for id in &doubtful {
        tables.trials.remove(id);
    }
    let nowhere = found.is_empty() && others == 0;
    let [metrics, probes, chains] = &files;
    for ((table, file), lost) in super::tables().iter().zip([&trials, metrics, probes, chains]).zip(lost) {
        tables.doubtful |= matches!(file, Found::Open(_, Condition::Damaged)) || lost > 0;
        if matches!(file, Found::Unreadable(_)) {
            tables.unreadable.insert(table.name);
        }
        let fault = match file.fault() {
            // Before the first tables are written there are none.
            Some(_)
                if matches!(file, Found::Missing) && (nowhere || (is_baseline && table.name == ProbeRow::TABLE)) =>
            {
                continue;
            }
            Some(fault) => fault,
            None if lost == 0 => continue,
            None if table.name == TrialRow::TABLE && is_alone => {
                "is of another time or another run than the other tables".to_owned()
            }
            None if table.name == TrialRow::TABLE && others > 0 => {
                "does not have trials that the other tables have".to_owned()
            }
            None if table.name == TrialRow::TABLE => "has rows that were changed after they were written".to_owned(),
            None => "is of another time or another run than `trials.parquet`".to_owned(),
        };
        tables.damages.push(Damage::new(&layout::table(table.name), fault, Some(lost)));
    }
    tables.doubtful |= !tables.damages.is_empty();
    Ok(tables)
}

/// The digests of each trial's rows in a table, and what `of` makes of each trial's last row.
fn digests_of<T: Digestible, R>(
    file: &mut Found,
    of: impl Fn(&T) -> R,
) -> Result<(TableDigests, BTreeMap<String, R>), StoreError> {
    let (mut digests, mut last) = (TableDigests::default(), BTreeMap::new());
    let mut before: Option<T> = None;
    file.visit::<T>(&mut |_, _, row| {
        if before.as_ref().is_some_and(|before| before.compare(&row).is_eq()) {
            digests.ambiguous.insert(row.trial_id().to_owned());
        }
        digests.add(row.trial_id(), &row);
        match last.get_mut(row.trial_id()) {
            Some(last) => *last = of(&row),
            None => drop(last.insert(row.trial_id().to_owned(), of(&row))),
        }
        before = Some(row);
        Ok(())
    })?;
    digests.close();
    if matches!(file, Found::Unreadable(_)) {
        return Ok((TableDigests::default(), BTreeMap::new()));
    }
    Ok((digests, last))
}
