//! `longlag show`.

use std::{collections::HashMap, io::Write, mem::ManuallyDrop};

use super::{
    Exit, Failure, arguments,
    in_flight::under_way,
    kinds::one_of,
    tables::fence,
    terminal::{opened, print_error, width},
};
use crate::{
    results::{
        Doubt, doubts,
        table::{Cell, Format, SortKey, Table, TableError, TableWriter, View, pivot, summary},
    },
    run::{RunTable, Standing, StoredRun, TRIAL_ID, in_flight},
    text::{Condition, pluralize},
    train::MetricName,
};

/// The word for all columns.
const ALL: &str = "all";

pub(super) fn show(options: &arguments::Show, out: &mut dyn Write) -> Result<Exit, Failure> {
    let format: Format = options.format.parse()?;
    let conditions: Vec<Condition> = options.conditions.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let table = RunTable::from_name(&options.table).ok_or_else(|| {
        let hint = one_of(&options.table, &RunTable::ALL.map(RunTable::name));
        Failure::usage(format!("unknown table `{}`; {hint}", options.table))
    })?;
    let metric = options.metric.as_deref().map(str::parse::<MetricName>).transpose();
    let metric = metric.map_err(|unknown| Failure::usage(unknown.to_string()))?;
    let all_columns = options.columns.iter().any(|name| name == ALL);
    let view = View {
        conditions,
        sort: options.sort.iter().map(|text| SortKey::read(text)).collect(),
        limit: options.limit,
        columns: if all_columns { vec![] } else { options.columns.clone() },
    };
    // As the program ends nobody else needs its memory: of many trials it takes long to give back piece by piece.
    let run = ManuallyDrop::new(opened(|| StoredRun::open(&options.folder.run))?);
    // In a workflow no row is taken for a command, whatever a suite calls its arms.
    let fence = fence(format);
    if let Some([stop, _]) = &fence {
        write!(out, "{stop}")?;
    }
    let mut writer = TableWriter::new(format, width(), &mut *out);
    // Rows that meet the conditions, whatever the limit.
    let met;
    if options.pivot.is_some() || table == RunTable::Summary {
        // The doubts are about the same results, which are read once.
        let reads_probes = matches!(metric, Some(MetricName::Gradient(..)));
        let results = if reads_probes { run.results() } else { run.results_without_probes() }?;
        let results = ManuallyDrop::new(results);
        let whole = match &options.pivot {
            Some(axis) => pivot(&results, Some(axis), metric)?,
            None => summary(&results),
        };
        let whole = if all_columns { whole.with_all_columns() } else { whole };
        let mut chosen = View { limit: None, ..view.clone() }.of(whole)?;
        met = chosen.rows.len();
        chosen.rows.truncate(view.limit.unwrap_or(usize::MAX));
        writer.part(chosen)?;
        doubts(&results).iter().for_each(|doubt| print_error(&doubt.to_string()));
    } else {
        let reader = Reader { run: &run, table, format, all_columns };
        met = reader.write(&view, options.all, &mut writer)?;
        let Standing { unplanned, redefined: parts, .. } = run.standing();
        if unplanned > 0
            && !matches!(
                table,
                RunTable::Tuning
                    | RunTable::TuningBudget
                    | RunTable::Generalization
                    | RunTable::Curves
                    | RunTable::Claims
            )
            && !options.all
        {
            let trials = pluralize(unplanned as u64, "stored trial");
            print_error(&format!("left out: the rows of {trials} no longer in the plan; --all shows them"));
        }
        if !parts.is_empty() {
            print_error(&Doubt::Redefined { parts }.to_string());
        }
    }
    under_way(&in_flight(&run.stages, &run.store)).iter().for_each(|line| print_error(line));
    let (rows, written) = writer.finish()?;
    if let Some([_, resume]) = &fence {
        write!(out, "{resume}")?;
    }
    if met == 0 {
        let why = if view.conditions.is_empty() { table.why_empty() } else { "no row meets every --where".to_owned() };
        print_error(&why);
    }
    if written < rows {
        let rest = pluralize(rows - written, "more row");
        print_error(&format!("… and {rest}; `--format csv` and `--format json` write all, --where picks some"));
    }
    Ok(Exit::Ok)
}

/// A table of rows, as whoever asks for it wants to see it.
struct Reader<'a> {
    run: &'a StoredRun,
    table: RunTable,
    format: Format,
    all_columns: bool,
}

impl Reader<'_> {
    /// Writes the part of the table that `view` asks for. A program gets rows as they come, in the order of the file; to a reader
    /// trials stand in the order of the plan. Tells how many rows meet the conditions, whatever the limit.
    fn write(&self, view: &View, all: bool, writer: &mut TableWriter) -> Result<usize, Failure> {
        let Self { run, table, .. } = self;
        let in_plan_order = *table == RunTable::Trials && self.for_reader();
        if view.sort.is_empty() && !in_plan_order {
            let (mut rest, mut met) = (view.limit.unwrap_or(usize::MAX), 0);
            run.table_parts::<Failure>(*table, &view.conditions, all, &mut |part| {
                met += part.rows.len();
                let part = self.shown(&View { limit: Some(rest), ..of_parts(view) }, part)?;
                rest -= part.rows.len();
                Ok(writer.part(part)?)
            })?;
            return Ok(met);
        }
        let mut whole = run.table(*table, &view.conditions, all)?;
        if in_plan_order {
            self.order_as_planned(&mut whole);
        }
        let met = whole.rows.len();
        writer.part(self.shown(&of_parts(view), whole)?)?;
        Ok(met)
    }

    fn for_reader(&self) -> bool {
        !matches!(self.format, Format::Csv | Format::Json)
    }

    /// The rows of trials by arm and replicate, those that are not planned last.
    fn order_as_planned(&self, table: &mut Table) {
        let plans = [Some(&self.run.stages.reported), self.run.stages.tuning.as_ref()];
        let mut places: HashMap<String, (usize, usize, u32)> = HashMap::new();
        for (stage, plan) in plans.into_iter().flatten().enumerate() {
            let trials = plan.trials().map(|trial| (plan.trial_id(trial), (stage, trial.arm, trial.replicate)));
            places.extend(trials);
        }
        let id = table.columns.iter().position(|column| column.name == TRIAL_ID).unwrap_or(0);
        table.rows.sort_by_key(|row| places.get(&row[id].shown()).copied().unwrap_or((usize::MAX, 0, 0)));
    }

    /// The columns that are asked for, or those that a reader is shown.
    fn shown(&self, view: &View, table: Table) -> Result<Table, TableError> {
        let (usual, where_known) = self.table.columns_for_readers();
        let mut view = view.clone();
        if view.columns.is_empty() && self.for_reader() && !self.all_columns {
            let known = |name: &&&str| {
                let place = table.columns.iter().position(|column| column.name == **name);
                place.is_some_and(|place| table.rows.iter().any(|row| row[place] != Cell::Null))
            };
            let names = usual.iter().chain(where_known.iter().filter(known));
            view.columns = names.map(|&name| name.to_owned()).collect();
        }
        let mut shown = view.of(table)?;
        if self.format == Format::Table {
            let length = self.run.id_length();
            for (place, _) in shown.columns.iter().enumerate().filter(|(_, column)| column.name == TRIAL_ID) {
                for cell in shown.rows.iter_mut().filter_map(|row| row.get_mut(place)) {
                    if let Cell::Text(id) = cell {
                        id.truncate(length);
                    }
                }
            }
        }
        Ok(shown)
    }
}

/// The view of rows that meet the conditions already.
fn of_parts(view: &View) -> View {
    View { conditions: vec![], ..view.clone() }
}
