//! Folders that trials are taken from.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use super::planned::Planned;
use crate::{
    run::{elsewhere::shard_folders, error::RunError},
    store::{Damage, Manifest, ManifestSession, Store, StoreError, layout},
    text::pluralize,
};

/// A folder that was opened to take trials from.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) dir: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) store: Store,
}

/// Something that was there and was not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A whole folder.
    Folder {
        /// The folder.
        dir: PathBuf,
        /// The reason, in words.
        reason: String,
    },
    /// Something of a folder that is damaged.
    Damaged(Damage),
    /// A file of trained parameters that has a fault: its path and the fault, in words.
    Model(String),
    /// Some trials of a folder, of which no other has what could stand for them.
    Trials {
        /// The folder.
        dir: PathBuf,
        /// How many.
        count: usize,
        /// The reason, as it follows the number, such as “computed by another engine”.
        reason: String,
    },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { dir, reason } => write!(f, "not merged: `{}`: {reason}", dir.display()),
            Self::Damaged(damage) => write!(f, "damage: {damage}"),
            Self::Model(fault) => write!(f, "damage: {fault}: it is not taken over"),
            Self::Trials { dir, count, reason } => {
                write!(f, "not merged: {} of `{}`, {reason}", pluralize(*count as u64, "trial"), dir.display())
            }
        }
    }
}

/// The folder of `run`, which may be the name of a suite, and all folders to read: its own first, then its shards, and those of `others`.
pub(super) fn folders(run: &Path, others: &[PathBuf]) -> Result<(PathBuf, Vec<PathBuf>), RunError> {
    let is_run = |dir: &PathBuf| {
        [layout::RESOLVED, layout::MANIFEST].iter().any(|file| dir.join(file).is_file())
            || dir.join(layout::SHARDS).is_dir()
    };
    let find = |run: &Path| {
        let found = [run.to_owned(), Path::new(layout::RESULTS).join(run)].into_iter().find(is_run);
        found.ok_or_else(|| RunError::NoRun { path: run.to_owned() })
    };
    let (mut folders, mut seen) = (vec![], BTreeSet::new());
    let mut first = None;
    for run in [run].into_iter().chain(others.iter().map(PathBuf::as_path)) {
        let dir = find(run)?;
        first.get_or_insert_with(|| dir.clone());
        let shards = shard_folders(&dir)?;
        for folder in [dir].into_iter().chain(shards) {
            let same = folder.canonicalize().map_err(StoreError::io("find", &folder))?;
            if seen.insert(same) {
                folders.push(folder);
            }
        }
    }
    Ok((first.unwrap_or_default(), folders))
}

/// Opens folders for reading; those in which nothing was stored yet are passed over.
pub(super) fn open(folders: Vec<PathBuf>, left_out: &mut Vec<LeftOut>) -> Vec<Source> {
    let mut sources = vec![];
    for dir in folders {
        let left_out_for = |error: StoreError| LeftOut::Folder { dir: dir.clone(), reason: error.to_string() };
        let store = match Store::read_whole(&dir) {
            Ok(store) => store,
            Err(StoreError::Nothing { .. }) => continue,
            Err(error) => {
                left_out.push(left_out_for(error));
                continue;
            }
        };
        match store.manifest() {
            Ok(manifest) => {
                left_out.extend(store.damages().iter().map(|damage| LeftOut::Damaged(damage.in_folder(&dir))));
                sources.push(Source { dir, manifest, store });
            }
            // A process that was killed before it began.
            Err(StoreError::NoManifest { .. }) if store.trials().is_empty() => {}
            Err(error) => left_out.push(left_out_for(error)),
        }
    }
    sources
}

/// The folder that has the suite: of those of one suite the one that was trained last. The suite is that of `dir`, else that of the
/// first; folders of others are taken out of `sources`.
pub(super) fn lead(dir: &Path, sources: &mut Vec<Source>, left_out: &mut Vec<LeftOut>) -> Option<PathBuf> {
    let of = |source: &Source| (source.manifest.suite.clone(), source.manifest.quick);
    let suite = of(sources.iter().find(|source| source.dir == dir).or(sources.first())?);
    let named = |(name, quick): &(String, bool)| if *quick { format!("{name} --quick") } else { name.clone() };
    sources.retain(|source| {
        let other = of(source);
        if other != suite {
            let reason = format!("it is of the suite {}, and the run is of {}", named(&other), named(&suite));
            left_out.push(LeftOut::Folder { dir: source.dir.clone(), reason });
        }
        other == suite
    });
    let has_suite = |source: &&Source| source.store.resolved_suite().is_ok_and(|path| path.is_file());
    let last = |source: &Source| {
        let of_report = source.manifest.sessions.iter().filter(|session| !session.apart);
        of_report.map(|session| session.started.clone()).max()
    };
    // The first of several at one time.
    let lead = sources.iter().filter(has_suite).rev().max_by_key(|source| last(source))?;
    Some(lead.dir.clone())
}

/// The engine and device that computed the most trials of the plan; of several the first.
pub(super) fn names(sources: &[Source], planned: &Planned) -> (&'static str, &'static str) {
    let all = [("fused", "cpu"), ("dfdx", "cpu"), ("dfdx", "cuda"), ("fused", "cuda")];
    let count = |names: &(&'static str, &'static str)| {
        let rows = sources.iter().flat_map(|source| source.store.trials().values());
        rows.filter(|row| planned.is_by(*names, row)).count()
    };
    all.into_iter().rev().max_by_key(count).unwrap_or(all[0])
}

/// The manifest of all folders together: that of `lead` with the sessions of all, in the order in which they began.
pub(super) fn manifest(lead: &Path, sources: &[Source]) -> Manifest {
    let mut sessions: Vec<ManifestSession> = vec![];
    for session in sources.iter().flat_map(|source| &source.manifest.sessions) {
        let begun = |session: &ManifestSession| ManifestSession { ended: None, ..session.clone() };
        match sessions.iter_mut().find(|known| begun(known) == begun(session)) {
            // A copy that was made while it ran does not know of its end.
            Some(known) => known.ended = known.ended.take().max(session.ended.clone()),
            None => sessions.push(session.clone()),
        }
    }
    let order = |session: &ManifestSession| (session.started.clone(), session.command.clone(), session.ended.clone());
    sessions.sort_by_key(order);
    let of_lead = sources.iter().find(|source| source.dir == lead).map(|source| source.manifest.clone());
    Manifest { sessions, ..of_lead.unwrap_or_else(|| Manifest::new("")) }
}
