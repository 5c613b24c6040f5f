//! `longlag predict`.

use std::io::Write;

use super::{Exit, Failure, arguments, tables::rendered, terminal::opened};
use crate::{
    results::table::Format,
    run::{StoredRun, predict as predict_sequences},
};

pub(super) fn predict(options: &arguments::Predict, out: &mut dyn Write) -> Result<Exit, Failure> {
    let backend = options.backend.resolve()?;
    let format: Format = options.format.parse()?;
    let run = opened(|| StoredRun::open(&options.folder.run))?;
    let prediction = predict_sequences(&run, &options.trial, options.sequences, backend)
        .map_err(|error| Failure::of_trial(error, &run.dir.display().to_string()))?;
    let whole = !matches!(format, Format::Table);
    out.write_all(rendered(format, &prediction.table(whole))?.as_bytes())?;
    Ok(Exit::Ok)
}
