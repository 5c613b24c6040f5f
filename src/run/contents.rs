//! A suite with its stages and what is stored of them: results, columns and the report follow from the three.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Stages, arms,
    circumstances::circumstances,
    definition::Definitions,
    error::RunError,
    experimental_setup::experimental_setup,
    mixture::Computed,
    reach,
    standing::{Standing, in_order},
    tuning,
};
use crate::{
    plan::Plan,
    results::{
        Circumstances,
        claim::Claim,
        figure::FigureSpec,
        reach::reach_table,
        report::{Composition, Surroundings, TABLES, Unfinished, compose},
        table::{Results, add_plan, plan_columns},
        tuning::{budget_table, candidate_table, overview},
    },
    store::{Manifest, PlanColumns, Store, StoreError, derived_table, layout, write_atomically},
    suite::Suite,
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Contents<'a> {
    pub suite: &'a Suite,
    pub stages: &'a Stages,
    pub store: &'a Store,
    /// Whether the suite is its own small version.
    pub quick: bool,
    /// The definitions by which trials would be computed now.
    pub definitions: &'a Definitions,
    /// The way of computing of whose trials numbers are made; nothing where nothing is stored.
    pub shown: Option<&'a Computed>,
}

impl Contents<'_> {
    /// The stored results of the trials that are reported, with what probes measured or without; without it they have no claims where
    /// one is about that.
    pub fn results(&self, with_probes: bool) -> Result<Results, StoreError> {
        let (file, plan) = (&self.suite.file, &self.stages.reported);
        let Standing { shown, left_out, unplanned, redefined } = self.standing();
        let results = Results::gather(self.store, &file.name, &file.about, arms(plan), &shown, with_probes)?;
        // An arm that is not tuned yet has no trials to look for, but they are planned.
        let tuning = tuning::ledger(self.stages, Some(self.store), self.shown)?;
        let quick = self.quick;
        let mixed = self.shown.filter(|_| left_out > 0).map(|shown| (left_out, shown.to_string()));
        let reach = reach::found(self.stages, Some(self.store), &results);
        Ok(Results {
            planned: plan.len(),
            circumstances: Circumstances { quick, unplanned, mixed, redefined, tuning, reach, ..circumstances(plan) },
            // All or none: they are corrected for each other.
            claims: if with_probes || !self.claims_read_probes() { plan.claims().to_vec() } else { vec![] },
            ..results
        })
    }

    /// How the stored trials stand to the plan.
    pub fn standing(&self) -> Standing {
        Standing::of(self.stages, self.store, self.shown, self.definitions)
    }

    /// Whether a claim is about what probes measured.
    fn claims_read_probes(&self) -> bool {
        self.stages.reported.claims().iter().any(Claim::reads_probes)
    }

    /// The report as files, and the results that it is of; `unfinished` says how far a run has come that goes on.
    pub fn report(
        &self,
        manifest: &Manifest,
        unfinished: Option<Unfinished>,
    ) -> Result<(Composition, Results), RunError> {
        let figures = self.suite.file.figures.as_deref();
        let drawn = figures.is_none_or(|figures| figures.iter().any(|figure| figure.reads_probes()));
        // The table of a search has how far back gradients flowed.
        let with_probes = drawn || self.claims_read_probes() || self.stages.searches.is_some();
        let results = self.results(with_probes)?;
        let ledger = results.circumstances.tuning.as_ref();
        // A stored run is loaded from the suite as it was resolved.
        let written = self.store.written_suite().unwrap_or_else(|| self.suite.written_yaml().to_owned());
        let setup = experimental_setup(written, self.stages, &results, manifest);
        let data = self.store.digests()?;
        let surroundings = Surroundings { setup, data, unfinished, manifest };
        let mut report = compose(&results, figures, ledger.map(overview).as_ref(), surroundings);
        let tables = ledger.map(|ledger| [candidate_table(ledger), budget_table(ledger)]);
        let found = results.circumstances.reach.as_ref().map(reach_table);
        let tables = TUNING.iter().zip(tables.iter().flatten()).chain([&REACH].into_iter().zip(&found));
        for (name, table) in tables {
            let path = PathBuf::from(layout::table(name));
            let bytes = derived_table(&path, table.to_frame()?)?;
            report.files.push((path, bytes));
        }
        Ok((report, results))
    }
}

/// The tables of a tuning, which are made anew with each report.
const TUNING: [&str; 2] = ["tuning", "tuning-budget"];

/// The table of a search, which is made anew with each report.
const REACH: &str = "reach";

/// The plan's columns of the trials table; a suite with `tune` has one that tells its stages apart.
pub(super) fn columns(stages: &Stages) -> PlanColumns {
    let order = |plan: &Plan| -> Vec<(usize, String)> { in_order(plan).map(|(trial, id)| (trial.arm, id)).collect() };
    let (all, reported) = (arms(&stages.reported), order(&stages.reported));
    let Some(tuning) = &stages.tuning else { return plan_columns(&all, &reported) };
    let mut columns = PlanColumns::default();
    add_plan(&mut columns, Some("reported"), &all, &reported);
    add_plan(&mut columns, Some("tuning"), &arms(tuning), &order(tuning));
    columns
}

/// Writes the files of a report into the folder of its run and gives the path of its page.
pub(super) fn write(dir: &Path, report: &Composition) -> Result<PathBuf, StoreError> {
    for (name, bytes) in &report.files {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(StoreError::io("create the folder", folder))?;
        write_atomically(&path, bytes).map_err(StoreError::io("write", &path))?;
    }
    for path in left_over(dir, report) {
        fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
    }
    Ok(dir.join(layout::REPORT_HTML))
}

/// The figures, tables and verdicts in the folder of a run that its report has no more. Files of other names are somebody else's.
pub(super) fn left_over(dir: &Path, report: &Composition) -> Vec<PathBuf> {
    let is_figure = |name: &str| {
        let stem = [".svg", ".png", ".pdf"].into_iter().find_map(|format| name.strip_suffix(format));
        stem.is_some_and(|stem| FigureSpec::NAMES.iter().any(|kind| stem.starts_with(kind)))
    };
    let names = |folder: &str| {
        let entries = fs::read_dir(dir.join(folder)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok())
    };
    let figures = names(layout::FIGURES).filter(|name| is_figure(name)).map(|name| layout::figure(&name));
    let is_table = |name: &String| TABLES.iter().any(|table| layout::csv(table).ends_with(name));
    let tables = names(layout::TABLES).filter(is_table).map(|name| Path::new(layout::TABLES).join(name));
    let own = [TUNING[0], TUNING[1], REACH].map(|name| PathBuf::from(layout::table(name)));
    let others = [PathBuf::from(layout::CLAIMS)].into_iter().chain(own).filter(|name| dir.join(name).is_file());
    let figures = figures.chain(tables).chain(others);
    let mut found: Vec<PathBuf> =
        figures.filter(|name| report.files.iter().all(|(kept, _)| kept != name)).map(|name| dir.join(name)).collect();
    found.sort();
    found
}
